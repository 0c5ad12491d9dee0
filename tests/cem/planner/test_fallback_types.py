"""The plan by rules for every control type: limits, quotas, demands and bands are kept as with the solver."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    CapacityCharge,
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Group,
    Intent,
    LevelTarget,
    ModeQuota,
    NumberRange,
    OperationMode,
    OperationModes,
    Plan,
    PlanStatus,
    Precedence,
    Resource,
    Sequence,
    Timer,
    Transition,
)
from custom_components.cem_sgcp.cem.planner import make_plan
from custom_components.cem_sgcp.cem.planner.solver import linear

from .houses import NOW, appliance, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped, slots

HOUR = timedelta(hours=1)
NONE = NumberRange(start=0, end=0)


@pytest.fixture(autouse=True)
def _no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver has no wheel for this machine."""
    monkeypatch.setattr(linear, "highspy", None)


def ranged(start: float, end: float) -> NumberRange:
    return NumberRange(start=start, end=end)


def modes(resource_id: str = "pump", **fields: object) -> Resource:
    given: dict[str, object] = {
        "modes": (
            OperationMode(mode_id="off", power=NONE),
            OperationMode(mode_id="on", power=ranged(1000, 1000)),
        ),
        "active_mode": "off",
    }
    return Resource(
        resource_id=resource_id, name=resource_id, control=OperationModes(**{**given, **fields}), controllable=True
    )


def quota(hours: float, start=NOW, end=NOW + 24 * HOUR, **fields: object) -> ModeQuota:
    return ModeQuota(start=start, end=end, modes=("on",), minimum=hours * 3600, **fields)


def planned(*resources: Resource, **fields: object) -> Plan:
    plan = make_plan(house(*resources, **fields))
    assert plan.status is PlanStatus.FALLBACK
    assert [note.key for note in plan.notes if note.key == "fallback_failed"] == []
    return plan


def hours_on(plan: Plan, name: str = "pump") -> float:
    return float(np.array(plan.device(name).power) @ plan.grid.hours) / 1000.0


# ---------------------------------------------------------------------------------------------- operation modes


def test_quota_of_a_pump_is_served_in_the_cheapest_hours():
    buys = [0.30] * 4 + [0.10] * 2 + [0.30] * 4 + [0.05] + [0.30] * 40
    plan = planned(modes(quotas=(quota(3.0),)), prices=prices(buys))
    device = plan.device("pump")
    assert hours_on(plan) == pytest.approx(3.0)
    on = {step // 4 for step, power in enumerate(device.power) if power > 0}
    assert on == {4, 5, 10}
    (actuator,) = device.actuators
    assert actuator.actuator_id == "pump"
    assert {actuator.mode[step] for step in range(16, 24)} == {"on"}
    assert actuator.mode[0] == "off"
    assert device.intent[16] is Intent.ON
    assert device.intent[0] is Intent.OFF


def test_quota_with_minimum_times_is_served_in_one_piece():
    timer = Timer(timer_id="minimum", duration=3600)
    there = Transition(transition_id="on", from_mode="off", to_mode="on", start_timers=("minimum",))
    back = Transition(transition_id="off", from_mode="on", to_mode="off", blocking_timers=("minimum",))
    pump = modes(quotas=(quota(2.0),), timers=(timer,), transitions=(there, back))
    plan = planned(pump, prices=prices([0.1, 0.5] * 6 + [0.2, 0.2] + [0.5] * 30))
    on = np.flatnonzero(np.array(plan.device("pump").power) > 0)
    assert len(on) == 8
    assert on[-1] - on[0] == 7
    assert on[0] == 48


def test_mode_is_kept_while_a_timer_forbids_to_leave_it():
    timer = Timer(timer_id="minimum", duration=3600, finished_at=NOW + HOUR)
    back = Transition(transition_id="off", from_mode="on", to_mode="off", blocking_timers=("minimum",))
    pump = modes(active_mode="on", active_factor=1.0, timers=(timer,), transitions=(back,))
    device = planned(pump).device("pump")
    assert device.power[:4] == (1000, 1000, 1000, 1000)
    assert max(device.power[4:]) == 0


def test_mode_that_cannot_be_reached_is_not_taken():
    back = Transition(transition_id="off", from_mode="on", to_mode="off")
    plan = planned(modes(quotas=(quota(2.0),), transitions=(back,)))
    assert hours_on(plan) == 0
    (told,) = plan.relaxations
    assert told.precedence is Precedence.TARGET
    assert (told.amount, told.unit) == (120, "min")


def test_quota_waits_for_room_below_the_limit():
    base = shaped(lambda hour: 3500.0 if hour < 10 else 300.0)
    plan = planned(
        modes(quotas=(quota(2.0),)), base_load=base, limits=(limit(4000),), prices=prices([0.1] * 10 + [0.3] * 40)
    )
    assert hours_on(plan) == pytest.approx(2.0)
    assert max(plan.net_power) <= 4000


def test_quota_that_costs_more_than_it_is_worth_is_not_served():
    cheap = [0.50] * 5 + [0.10] + [0.50] * 40
    plan = planned(modes(quotas=(quota(3.0, price=0.2),)), prices=prices(cheap))
    assert hours_on(plan) == pytest.approx(1.0)


def generator(most: float = 5000) -> Resource:
    return modes(
        "generator",
        modes=(
            OperationMode(mode_id="off", power=NONE),
            OperationMode(mode_id="on", power=ranged(-most / 4, -most), running_cost=ranged(0.0002, 0.0005)),
        ),
    )


def test_generator_stays_off_unless_a_limit_needs_it():
    assert max(map(abs, planned(generator()).device("generator").power)) == 0
    base = shaped(lambda hour: 6000.0 if 5 <= hour < 7 else 300.0)
    plan = planned(generator(), base_load=base, limits=(limit(4000),))
    device = plan.device("generator")
    assert max(plan.net_power) <= 4000
    assert device.power[20:28] == pytest.approx([-2000] * 8)
    assert max(map(abs, device.power[:20])) == 0
    assert device.actuators[0].mode[20] == "on"
    assert 0 < device.actuators[0].factor[20] < 1
    assert plan.relaxations == ()


# ------------------------------------------------------------------------------------------------ demand driven


def hybrid(demand: float = 5000, **fields: object) -> Resource:
    """A heat pump of COP 3 and a boiler that burns gas for 0.10 per kWh of heat; demand in W of heat."""
    pump = DemandDrivenActuator(
        actuator_id="pump",
        modes=(
            DemandDrivenMode(mode_id="off", power=NONE, supply_rate=NONE),
            DemandDrivenMode(mode_id="on", power=ranged(500, 2000), supply_rate=ranged(1500, 6000)),
        ),
    )
    boiler = DemandDrivenActuator(
        actuator_id="boiler",
        modes=(
            DemandDrivenMode(mode_id="off", power=NONE, supply_rate=NONE),
            DemandDrivenMode(
                mode_id="on", power=NONE, supply_rate=ranged(0, 20000), running_cost=ranged(0, 20000 * 1e-4 / 3600)
            ),
        ),
    )
    control = DemandDriven(actuators=(pump, boiler), present_demand_rate=demand, **fields)
    return Resource(resource_id="heating", name="heating", control=control, controllable=True)


def test_demand_is_met_by_the_cheapest_actuator_of_each_step():
    plan = planned(hybrid(), prices=prices([0.20] * 6 + [0.50] * 40))
    device = plan.device("heating")
    pump, boiler = device.actuators
    assert pump.mode[0] == "on"
    assert boiler.mode[0] == "off"
    assert device.power[0] == pytest.approx(5000 / 3)
    assert (pump.mode[30], boiler.mode[30]) == ("off", "on")
    assert boiler.factor[30] == pytest.approx(0.25)
    assert device.power[30] == 0
    assert plan.relaxations == ()


def test_demand_beyond_one_actuator_is_met_by_two():
    device = planned(hybrid(8000), prices=prices(0.20)).device("heating")
    pump, boiler = device.actuators
    assert (pump.mode[0], boiler.mode[0]) == ("on", "on")
    assert device.power[0] == pytest.approx(2000)
    assert boiler.factor[0] == pytest.approx(0.1)


def test_demand_keeps_the_limit_by_another_actuator():
    plan = planned(hybrid(), prices=prices(0.20), base_load=flat(1000), limits=(limit(2000),))
    assert max(plan.net_power) <= 2000
    assert plan.device("heating").actuators[1].mode[0] == "on"
    assert plan.relaxations == ()


def test_demand_that_nothing_can_meet_is_said():
    plan = planned(hybrid(52000))
    (told,) = plan.relaxations
    assert told.reason.key == "demand_not_met"
    assert (told.amount, told.unit) == (50, "%")


# ----------------------------------------------------------------------------------------------- thermal stores


def boiler(level: float = 50, *, low: float = 45, draw: float = 2.0, **fields: object) -> Resource:
    """Hot water: 2 kW raise it by 10 K an hour, use and loss lower it by `draw` K an hour."""
    whole = ranged(0, 90)
    heat = FillRateMode(
        mode_id="heat",
        elements=(FillRateElement(level_range=whole, fill_rate=ranged(0, 10 / 3600), power=ranged(0, 2000)),),
    )
    off = FillRateMode(mode_id="off", elements=(FillRateElement(level_range=whole, fill_rate=NONE, power=NONE),))
    control = FillRate(
        actuators=(FillRateActuator(actuator_id="rod", modes=(heat, off)),),
        level=level,
        level_range=ranged(low, 65),
        level_unit="°C",
        usage=flat(draw / 3600),
        **fields,
    )
    return Resource(resource_id="boiler", name="boiler", control=control, controllable=True)


def test_thermal_store_is_heated_before_it_needs_it_in_the_cheap_hours():
    buys = [0.40] * 2 + [0.10] * 2 + [0.40] * 4 + [0.15] * 2 + [0.40] * 40
    plan = planned(boiler(), prices=prices(buys))
    device = plan.device("boiler")
    assert min(device.level) >= 45 - 1e-3
    assert max(device.level) <= 65 + 1e-3
    dear = sum(power for step, power in enumerate(device.power[:60]) if buys[step // 4] > 0.3)
    cheap = sum(power for step, power in enumerate(device.power[:60]) if buys[step // 4] < 0.3)
    assert cheap > 0
    assert dear < cheap
    assert device.intent[8] is Intent.CHARGE_GRID


def test_thermal_store_is_warm_when_its_target_asks_for_it():
    target = LevelTarget(start=NOW + 6 * HOUR, end=NOW + 9 * HOUR, minimum=60)
    device = planned(boiler(targets=(target,))).device("boiler")
    assert min(device.level[23:36]) >= 60 - 1e-3
    assert device.shortfall == 0


def test_thermal_store_that_cannot_keep_its_band_says_so():
    plan = planned(boiler(46, draw=14.0))
    (told,) = plan.relaxations
    assert told.precedence is Precedence.RANGE
    assert told.unit == "°C"
    assert told.amount > 0


def test_thermal_store_keeps_the_import_limit():
    base = shaped(lambda hour: 3900.0 if 1 <= hour < 4 else 300.0)
    plan = planned(boiler(), base_load=base, limits=(limit(4000),))
    assert max(plan.net_power) <= 4000
    assert min(plan.device("boiler").level) >= 45 - 1e-3


# ------------------------------------------------------------------------------------- charges, limits, precedence


def test_peak_that_was_reached_already_is_used_and_not_raised():
    charge = CapacityCharge(
        charge_id="month", price=5.0, period_start=NOW - 10 * HOUR, period_end=NOW + 600 * HOUR, peak=3000
    )
    cheap = prices([0.10] + [0.12] * 30)
    free = planned(car(9000, NOW + 10 * HOUR, least=0), prices=cheap)
    bound = planned(car(9000, NOW + 10 * HOUR, least=0), prices=cheap, capacity_charges=(charge,))
    assert max(free.net_power) > 5000
    assert max(bound.net_power) <= 3000 + 1
    assert bound.relaxations == ()


def test_runs_go_one_after_the_other_where_a_peak_is_charged():
    charge = CapacityCharge(
        charge_id="month", price=5.0, period_start=NOW - 10 * HOUR, period_end=NOW + 600 * HOUR, peak=2500
    )
    washers = [appliance((3600, 2000.0), name=name) for name in ("washer", "dryer")]
    plan = planned(*washers, capacity_charges=(charge,), prices=prices([0.1] + [0.2] * 40))
    assert max(plan.net_power) <= 2500


def test_battery_with_a_target_still_covers_what_a_limit_forbids():
    base = shaped(lambda hour: 5000.0 if 2 <= hour < 3 else 300.0)
    target = LevelTarget(start=NOW + 20 * HOUR, end=NOW + 21 * HOUR, minimum=8000)
    plan = planned(battery(8000, targets=(target,)), base_load=base, limits=(limit(4000),))
    assert max(plan.net_power) <= 4000 + 1


def test_limit_goes_before_a_deadline():
    plan = planned(
        appliance((3600, 2000.0), latest=NOW + 3 * HOUR),
        base_load=shaped(lambda hour: 3000.0 if hour < 4 else 200.0),
        limits=(limit(3500),),
    )
    assert max(plan.net_power) <= 3500
    assert not plan.runs()[0].met
    assert [entry.precedence for entry in plan.relaxations] == [Precedence.DEADLINE]


def test_target_goes_before_a_deadline():
    plan = planned(
        car(3600 * 3, NOW + 3 * HOUR, least=0, most=3600),
        appliance((3600, 3000.0), latest=NOW + 3 * HOUR),
        limits=(limit(4000),),
    )
    assert max(plan.net_power) <= 4000
    assert [entry.precedence for entry in plan.relaxations] == [Precedence.DEADLINE]


def test_programme_is_chosen_by_rules_too():
    eco = Sequence(sequence_id="eco", slots=slots((10800, 300.0)))
    quick = Sequence(sequence_id="quick", slots=slots((3600, 1500.0)), preference_price=0.2)
    group = (Group(alternatives=(eco, quick)),)
    assert planned(appliance(groups=group)).runs()[0].choice == ("eco",)
    hurried = planned(appliance(groups=group, latest=NOW + 1.5 * HOUR))
    assert hurried.runs()[0].choice == ("quick",)
    assert hurried.runs()[0].met
    assert hurried.runs()[0].reason.key == "run_program_deadline"


def test_starts_per_day_are_kept_by_rules_too():
    block = Sequence(sequence_id="s", slots=slots((3600, 2000.0)), max_cycles_per_day=1)
    resource = appliance(groups=(Group(alternatives=(block,)),))
    run = resource.runs[0]
    resource = resource.replace(runs=(run.replace(run_id="one"), run.replace(run_id="two")))
    first, second = planned(resource, grid=grid(48, 30)).runs()
    assert second.start - first.start >= timedelta(days=1)


def test_all_control_types_together_keep_the_limit_and_balance():
    plan = planned(
        photovoltaics(4000),
        battery(3000),
        car(8000, NOW + 12 * HOUR),
        boiler(),
        hybrid(4000),
        modes(quotas=(quota(3.0),)),
        generator(),
        appliance(latest=NOW + 10 * HOUR),
        limits=(limit(9000),),
        prices=prices([0.2, 0.4, 0.3] * 16),
    )
    assert max(plan.net_power) <= 9000 + 1
    drawn = np.array(plan.base_load) + np.sum([device.power for device in plan.devices], axis=0)
    assert np.array(plan.net_power) == pytest.approx(drawn, abs=0.1)
    assert plan.relaxations == ()
    for device in plan.devices:
        assert all(
            low - 1e-6 <= power <= high + 1e-6
            for low, power, high in zip(device.lower, device.power, device.upper, strict=True)
        )
