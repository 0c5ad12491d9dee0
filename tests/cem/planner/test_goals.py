"""What users want besides the lowest cost, each goal in its own unit, and presets to choose from."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import Direction, Goal, Goals, LevelTarget, Plan
from custom_components.cem_sgcp.cem.planner import make_plan
from custom_components.cem_sgcp.cem.planner.connection.goals import PRESETS, preset_goals

from .houses import NOW, appliance, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped

HOUR = timedelta(hours=1)


def value(plan: Plan, goal: Goal) -> float:
    return next(term.value for term in plan.terms if term.goal is goal)


def weighed(plan: Plan, goal: Goal) -> float:
    return next(term.weighted for term in plan.terms if term.goal is goal)


def test_plan_tells_all_goals_in_their_units():
    pv = photovoltaics(5000, forecast=shaped(lambda hour: -4000.0 if hour < 2 else 0.0))
    plan = make_plan(
        house(
            pv,
            base_load=flat(1000),
            grid=grid(4),
            prices=prices([0.3] * 24, 0.1, co2=[400.0] * 24),
            goals=Goals(co2_price=0.1, autonomy_price=0.02, self_consumption_price=0.01, smoothing_price=0.001),
        )
    )
    assert [term.goal for term in plan.terms] == list(Goal)
    assert value(plan, Goal.COST) == pytest.approx(2 * 0.3 - 6 * 0.1)
    assert value(plan, Goal.CO2) == pytest.approx(0.8)
    assert weighed(plan, Goal.CO2) == pytest.approx(0.08)
    assert value(plan, Goal.SELF_CONSUMPTION) == pytest.approx(0.25)  # 6 of 8 kWh are fed in
    assert weighed(plan, Goal.SELF_CONSUMPTION) == pytest.approx(0.06)
    assert value(plan, Goal.AUTONOMY) == pytest.approx(0.5)
    assert weighed(plan, Goal.AUTONOMY) == pytest.approx(0.04)
    assert value(plan, Goal.PEAK) == pytest.approx(1000)
    assert value(plan, Goal.WEAR) == 0
    assert value(plan, Goal.COMFORT) == 0
    assert value(plan, Goal.GRID_FRIENDLINESS) == pytest.approx(4000 / 15)
    assert weighed(plan, Goal.GRID_FRIENDLINESS) == pytest.approx(0.004)
    assert plan.cost == pytest.approx(0.0)  # wishes are no money


def test_worth_of_self_consumption_stores_what_would_be_sold():
    pv = photovoltaics(5000, forecast=shaped(lambda hour: -4000.0 if hour < 2 else 0.0))
    site = house(pv, battery(0, efficiency=0.9, terminal=0.0, capacity=4000), grid=grid(8), prices=prices(0.20, 0.19))
    assert value(make_plan(site), Goal.SELF_CONSUMPTION) < 0.2
    wished = make_plan(site.replace(goals=Goals(self_consumption_price=0.1)))
    # What the house takes at once, and what it takes later from the battery with losses both ways.
    assert value(wished, Goal.SELF_CONSUMPTION) == pytest.approx((0.6 + 1.8 / 0.81) / 8)
    assert wished.cost > make_plan(site).cost


def test_worth_of_self_consumption_never_curtails():
    pv = photovoltaics(5000, forecast=flat(-4000.0))
    plan = make_plan(house(pv, grid=grid(4), prices=prices(0.30, 0.05), goals=Goals(self_consumption_price=2.0)))
    assert min(plan.net_power) == pytest.approx(-3700, abs=1)
    assert value(plan, Goal.SELF_CONSUMPTION) == pytest.approx(0.075)


def test_worth_of_autonomy_rather_wears_the_battery_than_buys():
    site = house(battery(5000, wear=0.35, terminal=0.0), prices=prices(0.30, 0.0), grid=grid(8))
    assert value(make_plan(site), Goal.AUTONOMY) == pytest.approx(0.0)
    own = make_plan(site.replace(goals=Goals(autonomy_price=0.2)))
    assert value(own, Goal.AUTONOMY) == pytest.approx(1.0)
    assert value(own, Goal.WEAR) == pytest.approx(0.35 * 0.3 * 8)


def test_price_of_co2_moves_the_car_to_green_hours():
    co2 = [500.0] * 8 + [50.0] * 40
    site = house(car(10000, NOW + 16 * HOUR), prices=prices([0.25] * 8 + [0.30] * 40, 0.0, co2=co2))
    cheap, green = make_plan(site), make_plan(site.replace(goals=Goals(co2_price=0.5)))
    assert value(green, Goal.CO2) < value(cheap, Goal.CO2) - 3
    assert green.cost > cheap.cost


def test_smoothing_evens_out_the_exchange_from_what_is_measured_on():
    jumps = shaped(lambda hour: 3000.0 if int(hour * 2) % 2 else 500.0)
    site = house(battery(5000, efficiency=1.0, terminal=0.3), base_load=jumps, grid=grid(6), net_power=1500.0)
    rough, smooth = make_plan(site), make_plan(site.replace(goals=Goals(smoothing_price=0.5)))
    assert value(smooth, Goal.GRID_FRIENDLINESS) < 0.2 * value(rough, Goal.GRID_FRIENDLINESS)
    assert smooth.net_power[0] == pytest.approx(1500, abs=300)


def test_wear_is_told_in_money_and_weighs_what_the_user_says():
    site = house(battery(5000, wear=0.10, terminal=0.5), prices=prices([0.20, 0.45] * 12 + [0.2] * 24, 0.0))
    plain, spared = make_plan(site), make_plan(site.replace(goals=Goals(wear_weight=3.0)))
    assert value(plain, Goal.WEAR) > value(spared, Goal.WEAR) + 0.05
    out = -sum(min(power, 0.0) for power in plain.device("battery").power) / 4000.0
    assert value(plain, Goal.WEAR) == pytest.approx(0.10 * out, rel=1e-3)
    assert weighed(spared, Goal.WEAR) == pytest.approx(3.0 * value(spared, Goal.WEAR), rel=1e-6)


def test_comfort_counts_unit_hours_outside_the_band():
    band = LevelTarget(start=NOW, end=NOW + 4 * HOUR, minimum=6000, price=0.00001)
    plan = make_plan(house(battery(5000, power=0.001, targets=(band,)), grid=grid(4)))
    assert value(plan, Goal.COMFORT) == pytest.approx(4000, rel=1e-3)
    assert weighed(plan, Goal.COMFORT) == pytest.approx(0.04, rel=1e-3)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_plans_and_serves_what_it_is_named_after(preset):
    pv = photovoltaics(2500)
    site = house(
        pv,
        battery(3000, wear=0.05, efficiency=0.93, terminal=0.0),
        car(12000, NOW + 22 * HOUR),
        appliance(latest=NOW + 20 * HOUR),
        prices=prices(
            [0.30, 0.25, 0.20, 0.28, 0.33, 0.40] * 8, 0.12, co2=[300.0, 450.0, 500.0, 350.0, 200.0, 150.0] * 8
        ),
        net_power=400.0,
    )
    plain = make_plan(site)
    plan = make_plan(site.replace(goals=preset_goals(preset, 0.29)))
    served = {
        "co2": (Goal.CO2, -1),
        "self_consumption": (Goal.SELF_CONSUMPTION, 1),
        "autonomy": (Goal.AUTONOMY, 1),
        "peak": (Goal.PEAK, -1),
        "grid_friendliness": (Goal.GRID_FRIENDLINESS, -1),
        "cost": (Goal.COST, -1),
    }
    assert plan.solver == "HiGHS"
    money = [value(entry, Goal.COST) + value(entry, Goal.WEAR) for entry in (plan, plain)]
    assert money[0] >= money[1] - 0.01  # wishes cost money, they never bring any
    if preset in served:
        goal, sign = served[preset]
        assert sign * value(plan, goal) >= sign * value(plain, goal) - 1e-3
    if preset in {"co2", "peak", "grid_friendliness"}:
        assert abs(value(plan, goal)) <= 0.97 * abs(value(plain, goal)) + 1e-6  # nothing is taken: nothing to better


def test_presets_follow_the_price_scale_and_leave_what_is_no_weight():
    mine = Goals(move_gain=0.5, frozen_window=60.0)
    euro, krona = preset_goals("balanced", 0.3, mine), preset_goals("balanced", 3.0, mine)
    assert krona.co2_price == pytest.approx(10 * euro.co2_price)
    assert (krona.move_gain, krona.frozen_window, krona.preset) == (0.5, 60.0, "balanced")
    assert krona.comfort_weight == euro.comfort_weight
    own = Goals(co2_price=0.7)
    assert preset_goals("custom", 0.3, own) == own.replace(preset="custom")
    for price in (0.0, -1.0, float("nan"), float("inf")):
        assert preset_goals("peak", price) == preset_goals("peak", 0.30)
    assert preset_goals("cost", 0.3) == Goals()


def test_negative_feed_in_price_curtails_at_the_cost_of_curtailing():
    pv = photovoltaics(5000, forecast=flat(-4000.0))
    profile = prices(0.30, [-0.02] * 2 + [-0.10] * 2 + [0.05] * 44)
    plan = make_plan(house(pv, grid=grid(6), prices=profile))
    net = np.array(plan.net_power)
    assert np.allclose(net[:16], 0, atol=1)
    assert np.allclose(net[16:], -3700, atol=1)
    paid = pv.replace(control=pv.control.replace(curtailment_cost=0.05))
    net = np.array(make_plan(house(paid, grid=grid(6), prices=profile)).net_power)
    assert np.allclose(net[:8], -3700, atol=1)  # 0.02 is less than what curtailing costs
    assert np.allclose(net[8:16], 0, atol=1)


def test_forbidden_feed_in_is_kept_without_importing_for_it():
    pv = photovoltaics(5000, forecast=flat(-4000.0))
    zero = limit(0, Direction.EXPORT, hours=3)
    plan = make_plan(house(pv, battery(0, capacity=3000), grid=grid(6), limits=(zero,), prices=prices(0.30, -0.05)))
    assert min(plan.net_power[:12]) > -0.5
    assert max(plan.net_power) < 0.5
    assert plan.device("battery").level[11] == pytest.approx(3000, abs=1)
    assert not [note for note in plan.notes if note.key == "export_limit_exceeded"]


def test_paid_import_and_dear_feed_in_never_happen_at_once():
    profile = prices([-0.20] * 12, [0.10] * 12)
    plan = make_plan(house(photovoltaics(3000, forecast=flat(-2000.0)), grid=grid(6), prices=profile))
    net = np.array(plan.net_power) / 1000.0
    price = np.where(net > 0, -0.20, 0.10)
    assert plan.cost == pytest.approx(float(np.sum(net * price)) / 4, abs=1e-6)
    assert plan.cost >= 6 * min(-0.2 * 0.3, -0.1 * 1.7) - 1e-6
