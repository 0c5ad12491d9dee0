"""Capacity tariffs: the highest mean import of a billing period costs money (JWG5, JWG18; the Belgian tariff)."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import linprog

from custom_components.cem_sgcp.cem.model import ActiveTime, CapacityCharge, Goal, Goals
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, battery, car, flat, grid, house, prices, shaped

HOUR = timedelta(hours=1)
MONTH = {"period_start": NOW.replace(day=1, hour=0), "period_end": NOW.replace(month=2, day=1, hour=0)}


def belgian(price: float = 4.0, **fields: object) -> CapacityCharge:
    """A quarter-hour peak per month, of which 2.5 kW are charged in any case."""
    return CapacityCharge(**{"charge_id": "january", "price": price, "free_power": 2500.0, **MONTH, **fields})


def quarters(plan) -> np.ndarray:
    """Mean import of each quarter of an hour, W; the steps are quarters of an hour or less."""
    edges, net = plan.grid.seconds, np.maximum(np.array(plan.net_power), 0.0)
    windows = np.floor(edges[:-1] / 900.0)
    return np.bincount((windows - windows[0]).astype(int), weights=net * plan.grid.durations) / 900.0


CHEAP_AT_NIGHT = prices([0.30] * 16 + [0.10] * 4 + [0.30] * 28)


def test_belgian_capacity_tariff_spreads_the_car_below_what_is_charged_in_any_case():
    house_with_car = house(car(22000, NOW + 20 * HOUR), prices=CHEAP_AT_NIGHT)
    free = make_plan(house_with_car)
    assert max(quarters(free)) > 5000  # cheap hours are used at full power where nothing else counts
    plan = make_plan(house_with_car.replace(capacity_charges=(belgian(),)))
    assert max(quarters(plan)) <= 2500 + 0.5
    assert plan.device("car").shortfall == 0
    assert not [note for note in plan.notes if note.key == "peak_raised"]


def test_what_was_reached_this_month_is_free_to_be_reached_again():
    plan = make_plan(
        house(car(22000, NOW + 20 * HOUR), prices=CHEAP_AT_NIGHT, capacity_charges=(belgian(peak=6000.0),))
    )
    assert max(quarters(plan)) == pytest.approx(6000, abs=1)


def test_peak_that_cannot_be_avoided_is_told_with_its_cost():
    sauna = shaped(lambda hour: 6500.0 if 2 <= hour < 2.25 else 500.0)
    plan = make_plan(house(base_load=sauna, capacity_charges=(belgian(),)))
    (told,) = [note for note in plan.notes if note.key == "peak_raised"]
    assert told.values == ("2500", "6500", "16.00", "EUR")
    energy = 0.30 * (0.5 * 24 + 6.0 * 0.25)
    assert plan.cost == pytest.approx(energy)  # the price of energy stays the price of energy
    (cost,) = [term for term in plan.terms if term.goal is Goal.COST]
    assert cost.value == pytest.approx(energy + 16.0)
    assert plan.objective == pytest.approx(energy + 16.0, abs=1e-2)


def test_battery_cuts_the_peak_as_far_as_it_pays():
    sauna = shaped(lambda hour: 6500.0 if 2 <= hour < 3 else 500.0)
    site = house(
        battery(0, capacity=3000, power=5000, efficiency=1.0, terminal=0.0),
        base_load=sauna,
        capacity_charges=(belgian(),),
    )
    assert max(quarters(make_plan(site))) == pytest.approx(3500, abs=1)  # 6.5 kW for an hour less 3 kWh


def test_charge_counts_only_in_its_hours():
    evening = ActiveTime(start=NOW, end=NOW + 12 * HOUR)
    plan = make_plan(
        house(car(22000, NOW + 20 * HOUR), prices=CHEAP_AT_NIGHT, capacity_charges=(belgian(active=(evening,)),))
    )
    net = np.array(plan.net_power)
    assert max(net[:48]) <= 2500.5
    assert max(net[48:]) > 5000


def test_next_month_has_a_charge_of_its_own():
    middle = NOW + 10 * HOUR
    first = belgian(peak=5000.0, period_end=middle)
    second = belgian(charge_id="february", period_start=middle, period_end=middle + timedelta(days=28))
    plan = make_plan(house(car(40000, NOW + 20 * HOUR), capacity_charges=(first, second), prices=prices(0.3)))
    net = np.array(plan.net_power)
    assert max(net[:40]) <= 5000.5
    assert max(net[40:]) <= 2500.5


def test_what_was_imported_in_the_quarter_that_runs_counts():
    now = NOW + timedelta(minutes=10)
    fields = {"now": now, "base_load": flat(0), "prices": prices([0.01] + [0.50] * 30)}
    site = house(battery(0, efficiency=1.0, terminal=0.3), **fields, grid=grid(2, 5, now))
    known = make_plan(site.replace(capacity_charges=(belgian(imported=600.0),)))
    # 2500 W in a quarter of an hour are 625 Wh: 25 Wh are left for five minutes.
    assert known.net_power[0] == pytest.approx(300, abs=1)
    assert max(quarters(known)[1:]) <= 2500.5
    unknown = make_plan(site.replace(capacity_charges=(belgian(),)))
    assert unknown.net_power[0] == pytest.approx(2500, abs=1)


def test_mean_of_the_window_counts_not_the_step():
    spike = shaped(lambda hour: 0.0)
    site = house(battery(0, efficiency=1.0, power=8000, terminal=0.2), base_load=spike, grid=grid(1, 5))
    site = site.replace(prices=prices([0.01, 0.30, 0.30] * 8, minutes=5), capacity_charges=(belgian(),))
    net = np.array(make_plan(site).net_power)
    assert max(net) == pytest.approx(7500, abs=1)  # five minutes of every quarter: 2500 W in the mean
    hourly = make_plan(site.replace(grid=grid(6, 60), prices=prices([0.01, 0.30, 0.30] * 8)))
    assert max(hourly.net_power) == pytest.approx(2500, abs=1)


@pytest.mark.parametrize("seed", range(4))
def test_plan_with_a_capacity_charge_is_the_optimum_of_an_independent_program(seed):
    random = np.random.default_rng(seed)
    steps, price = 24, 2.0
    buy = np.round(random.uniform(0.1, 0.5, steps), 3)
    load = np.round(random.uniform(0.2, 5.0, steps), 2)
    site = house(
        battery(2000, capacity=8000, power=3000, efficiency=0.9, terminal=0.0),
        grid=grid(24, 60),
        prices=prices(buy.tolist(), 0.0),
        base_load=shaped(lambda hour: float(load[min(int(hour), steps - 1)] * 1000.0)),
        capacity_charges=(belgian(price, window=3600.0),),
    )
    plan = make_plan(site)
    # columns: import, charge, discharge, level (each per step), raised
    count = 4 * steps + 1
    cost = np.zeros(count)
    cost[:steps], cost[-1] = buy, price
    equal, right = np.zeros((2 * steps, count)), np.zeros(2 * steps)
    most, floor = np.zeros((steps, count)), np.full(steps, 2.5)
    for step in range(steps):
        equal[step, [step, steps + step, 2 * steps + step]] = 1.0, -1.0, 1.0
        right[step] = load[step]
        row = steps + step
        equal[row, [3 * steps + step, steps + step, 2 * steps + step]] = 1.0, -0.9, 1 / 0.9
        if step:
            equal[row, 3 * steps + step - 1] = -1.0
        else:
            right[row] = 2.0
        most[step, [step, count - 1]] = 1.0, -1.0
    bounds = [(0, None)] * steps + [(0, 3)] * (2 * steps) + [(0, 8)] * steps + [(0, None)]
    found = linprog(cost, most, floor, equal, right, bounds)
    terms = {term.goal: term.value for term in plan.terms}
    assert terms[Goal.COST] == pytest.approx(found.fun, abs=2e-2)
    assert terms[Goal.COST] >= found.fun - 1e-6


def test_lower_highest_import_can_be_a_wish_without_any_tariff():
    site = house(car(22000, NOW + 20 * HOUR), prices=CHEAP_AT_NIGHT)
    plan = make_plan(site.replace(goals=Goals(peak_price=10.0)))
    assert max(plan.net_power) < 2600
    terms = {term.goal: term for term in plan.terms}
    assert terms[Goal.PEAK].value == pytest.approx(max(plan.net_power), abs=0.1)
    assert terms[Goal.PEAK].weighted == pytest.approx(10.0 * max(plan.net_power) / 1000, rel=1e-3)
    # A wish is no money.
    assert terms[Goal.COST].value == pytest.approx(plan.cost)


def test_enormous_and_useless_charges_leave_a_plan():
    over = belgian(charge_id="old", period_start=NOW - 40 * 24 * HOUR, period_end=NOW - 10 * 24 * HOUR)
    never = belgian(charge_id="never", active=(ActiveTime(start=NOW - 2 * HOUR, end=NOW - HOUR),))
    huge = belgian(1e6, charge_id="huge", free_power=0.0, window=1.0)
    plan = make_plan(house(battery(), capacity_charges=(over, never, huge), grid=grid(2)))
    assert plan.solver == "HiGHS"
    assert {note.key for note in plan.notes} <= {"peak_raised"}
