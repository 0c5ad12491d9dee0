"""Rows of the conformance table that a plan alone can show."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import PlanStatus
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, appliance, battery, car, grid, house, prices
from .real_prices import real_prices


def energy_cost(start: datetime, slots, buys: list[float], begin: datetime) -> float:
    """What a profile costs from a start on, by summing over seconds' shares of hourly prices."""
    total, moment = 0.0, (start - begin) / timedelta(hours=1)
    for duration, power in slots:
        left = duration / 3600
        while left > 1e-9:
            part = min(left, np.floor(moment + 1e-9) + 1 - moment)
            total += power / 1000 * part * buys[int(moment + 1e-9)]
            moment, left = moment + part, left - part
    return total


def test_ct28_washer_ready_by_17_starts_at_the_cheapest_feasible_moment():
    profile = ((900, 150.0), (1500, 2100.0), (1800, 250.0), (1200, 500.0))
    buys = [0.31, 0.29, 0.27, 0.33, 0.38, 0.24, 0.22, 0.21, 0.26, 0.35, 0.41, 0.19] + [0.30] * 36
    ready = NOW.replace(hour=17)
    plan = make_plan(house(appliance(*profile, latest=ready), prices=prices(buys)))
    starts = [NOW + timedelta(minutes=15 * number) for number in range(39)]
    costs = {
        start: energy_cost(start, profile, buys, NOW) for start in starts if start + timedelta(minutes=90) <= ready
    }
    (run,) = plan.runs()
    assert plan.status is PlanStatus.OPTIMAL
    assert run.start == min(costs, key=lambda start: (round(costs[start], 9), start))
    assert run.cost == pytest.approx(min(costs.values()), abs=1e-6)
    assert run.cost_now == pytest.approx(costs[NOW], abs=1e-6)
    assert run.end == run.start + timedelta(minutes=90)
    assert run.latest_start == ready - timedelta(minutes=90)
    assert run.met


def test_ct30_without_prices_the_washer_starts_as_late_as_is_safe():
    ready = NOW.replace(hour=17)
    plan = make_plan(house(appliance(latest=ready), prices=prices([], [])))
    (run,) = plan.runs()
    assert run.end == ready - timedelta(minutes=2)  # time for a second attempt to start it
    assert run.met
    assert any(note.key == "no_prices" for note in plan.notes)
    assert not any(plan.price_known)


def test_ct30_with_a_known_flat_tariff_it_starts_as_early_as_it_may():
    earliest = NOW + timedelta(minutes=37)
    plan = make_plan(house(appliance(earliest=earliest, latest=NOW.replace(hour=17))))
    assert plan.runs()[0].start == earliest


def test_ct35_battery_charges_in_the_cheapest_and_discharges_in_the_dearest_hours_above_its_reserve():
    buys, sells = real_prices("2024-06-26", hours=24)
    snapshot = house(
        battery(level=2000, reserve=2000, wear=0.01, terminal=float(np.mean(buys))),
        grid=grid(24, now=NOW.replace(hour=0)),
        now=NOW.replace(hour=0),
        prices=prices(buys, sells, start=NOW.replace(hour=0)),
    )
    plan = make_plan(snapshot)
    device = plan.device("battery")
    assert device is not None
    power = np.array(device.power).reshape(24, 4).mean(axis=1)
    charged, discharged = power > 50, power < -50
    assert charged.any()
    assert discharged.any()
    assert min(device.level) >= 2000 - 1e-3
    # Nowhere would a charged hour be cheaper to swap for an hour that was left out before the next discharge.
    assert np.mean(np.array(buys)[charged]) < np.quantile(buys, 0.4)
    assert np.argmax(buys) in np.flatnonzero(discharged)
    assert np.argmin(buys) in np.flatnonzero(charged)


def test_ct36_car_has_its_10_kwh_by_7_and_charges_in_the_cheapest_quarters():
    evening = NOW.replace(hour=22)
    ready = evening + timedelta(hours=9)
    buys = [0.32, 0.30, 0.26, 0.22, 0.21, 0.23, 0.27, 0.31, 0.35] + [0.33] * 15
    plan = make_plan(
        house(
            car(10000, ready),
            now=evening,
            grid=grid(24, now=evening),
            prices=prices(buys, start=evening),
        )
    )
    device = plan.device("car")
    assert device is not None
    at_seven = 9 * 4 - 1
    assert device.level[at_seven] == pytest.approx(10000, abs=1)
    assert device.shortfall == 0
    assert max(device.power[at_seven + 1 :]) == 0
    power = np.array(device.power)
    assert np.all((power < 1) | (power >= 1380 - 1e-3))
    assert power[4 * 4 : 5 * 4].sum() / 4 == pytest.approx(10000, abs=1)  # all of it in the one cheapest hour
