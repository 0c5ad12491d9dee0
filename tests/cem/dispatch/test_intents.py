"""The plan's intents are followed against what is measured, not its forecast."""

from datetime import timedelta

import pytest

from custom_components.cem_sgcp.cem.model import (
    AllowedLimitRange,
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    InstructionKind,
    Intent,
    LevelTarget,
    LimitType,
    NotControllable,
    NumberRange,
    OperationMode,
    OperationModes,
    Phase,
    PlanStatus,
    PowerEnvelope,
    Resource,
    TrafficLight,
)

from .house import START, battery, call, device_plan, ev, limit, load, plan, pv, told


@pytest.mark.parametrize(
    ("intent", "planned", "net", "expected"),
    [
        # The forecast said 800 W; the house draws 1500 W: the house is covered, not the forecast.
        (Intent.COVER_HOUSE, -800.0, 1500.0, -1500.0),
        (Intent.COVER_HOUSE, -800.0, -1500.0, 0.0),
        (Intent.COVER_HOUSE, -800.0, 9000.0, -5000.0),
        (Intent.CHARGE_SURPLUS, 800.0, -1500.0, 1500.0),
        (Intent.CHARGE_SURPLUS, 800.0, 1500.0, 0.0),
        (Intent.CHARGE_SURPLUS, 800.0, -9000.0, 5000.0),
        (Intent.SELF_CONSUMPTION, 0.0, 1500.0, -1500.0),
        (Intent.SELF_CONSUMPTION, 0.0, -1500.0, 1500.0),
        (Intent.CHARGE_GRID, 3000.0, 1500.0, 3000.0),
        # More sun than planned: buying does not get in the way of taking it.
        (Intent.CHARGE_GRID, 3000.0, -4000.0, 4000.0),
        (Intent.DISCHARGE_GRID, -4000.0, 1000.0, -4000.0),
        (Intent.DISCHARGE_GRID, -2000.0, 3000.0, -3000.0),
        (Intent.HOLD, 0.0, 3000.0, 0.0),
        (Intent.HOLD, 0.0, -3000.0, 0.0),
        (Intent.IDLE, 0.0, -3000.0, 0.0),
    ],
)
def test_a_battery_follows_the_intent_and_the_meter(intent, planned, net, expected):
    result = call(battery(), net=net, plan=plan(device_plan("battery", intent, planned)))
    instruction = told(result, "battery")
    assert instruction.kind is InstructionKind.SET
    assert instruction.intent is intent
    assert instruction.power == pytest.approx(expected)
    assert not instruction.urgent
    assert instruction.reason == "plan"


def test_bounds_of_the_plan_are_kept():
    bounded = plan(device_plan("battery", Intent.SELF_CONSUMPTION, 0.0, lower=-1000.0, upper=700.0))
    assert told(call(battery(), net=3000.0, plan=bounded), "battery").power == -1000.0
    assert told(call(battery(), net=-3000.0, plan=bounded), "battery").power == 700.0


def test_what_the_battery_does_already_is_not_counted_as_the_house():
    following = plan(device_plan("battery", Intent.COVER_HOUSE, -1000.0))
    assert told(call(battery(power=-1500.0), net=0.0, plan=following), "battery").power == -1500.0
    assert told(call(battery(power=-1500.0), net=500.0, plan=following), "battery").power == -2000.0


def test_an_empty_battery_covers_nothing_and_a_full_one_takes_nothing():
    following = plan(device_plan("battery", Intent.SELF_CONSUMPTION))
    assert told(call(battery(level=1000.0), net=2000.0, plan=following), "battery").power == 0.0
    assert told(call(battery(level=10_000.0), net=-2000.0, plan=following), "battery").power == 0.0


def test_an_empty_battery_takes_part_again_only_when_it_holds_something():
    following = plan(device_plan("battery", Intent.SELF_CONSUMPTION))
    result = call(battery(level=1000.0), net=2000.0, plan=following)
    for second, level, expected in ((1, 1010.0, 0.0), (2, 1100.0, -2000.0), (3, 1010.0, -2000.0)):
        result = call(
            battery(level=level),
            net=2000.0,
            plan=following,
            memory=result.memory,
            now=START + timedelta(seconds=second),
        )
        assert told(result, "battery").power == expected


def test_two_batteries_share_the_house():
    following = plan(device_plan("battery1", Intent.COVER_HOUSE), device_plan("battery2", Intent.COVER_HOUSE))
    result = call(battery("battery1"), battery("battery2"), net=3000.0, plan=following)
    assert told(result, "battery1").power == pytest.approx(-1500.0)
    assert told(result, "battery2").power == pytest.approx(-1500.0)


def test_surplus_goes_to_the_better_priority_first():
    following = plan(device_plan("battery1", Intent.CHARGE_SURPLUS), device_plan("battery2", Intent.CHARGE_SURPLUS))
    result = call(battery("battery1", priority=7), battery("battery2", priority=2), net=-6000.0, plan=following)
    assert told(result, "battery2").power == pytest.approx(5000.0)
    assert told(result, "battery1").power == pytest.approx(1000.0)


def test_a_car_charges_from_the_grid_at_the_planned_power_but_never_below_its_minimum():
    assert told(call(ev(), net=0.0, plan=plan(device_plan("ev", Intent.CHARGE_GRID, 7000.0))), "ev").power == 7000.0
    # The mean over a step may be less than the charger can do.
    assert told(call(ev(), net=0.0, plan=plan(device_plan("ev", Intent.CHARGE_GRID, 600.0))), "ev").power == 1380.0


def _charging_from(surpluses, power=0.0):
    """Call once a second with a surplus besides the car; return what the car was told."""
    following = plan(device_plan("ev", Intent.CHARGE_SURPLUS))
    result, told_powers = None, []
    for second, surplus in enumerate(surpluses):
        result = call(
            ev(power=power),
            net=power - surplus,
            plan=following,
            now=START + timedelta(seconds=second),
            **({} if result is None else {"memory": result.memory}),
        )
        power = told(result, "ev").power
        told_powers.append(power)
    return told_powers


def test_a_car_starts_on_surplus_only_after_it_has_lasted():
    powers = _charging_from([3000.0] * 70)
    assert powers[:60] == [0.0] * 60
    assert powers[65] == pytest.approx(3000.0)


def test_a_cloud_does_not_switch_the_car_off():
    powers = _charging_from([4000.0] * 100 + [200.0] * 120 + [4000.0] * 60)
    assert min(powers[61:]) == pytest.approx(1380.0)
    assert powers[-1] == pytest.approx(4000.0)


def test_a_lasting_lack_switches_the_car_off():
    powers = _charging_from([4000.0] * 100 + [200.0] * 240)
    assert powers[-1] == 0.0
    assert powers[100 + 150] == pytest.approx(1380.0)


def test_too_little_surplus_never_starts_the_car():
    assert set(_charging_from([1300.0] * 200)) == {0.0}


def test_a_car_that_is_charging_goes_on_after_a_restart():
    following = plan(device_plan("ev", Intent.CHARGE_SURPLUS))
    assert told(call(ev(power=3000.0), net=0.0, plan=following), "ev").power == pytest.approx(3000.0)


def test_a_change_of_intent_stops_the_car_at_once():
    charging = call(ev(power=3000.0), net=0.0, plan=plan(device_plan("ev", Intent.CHARGE_SURPLUS)))
    stopped = call(
        ev(power=3000.0),
        net=0.0,
        plan=plan(device_plan("ev", Intent.IDLE)),
        memory=charging.memory,
        now=START + timedelta(seconds=1),
    )
    assert told(stopped, "ev").power == 0.0


def test_a_battery_on_its_own_does_not_feed_the_car_and_gives_way_to_it():
    following = plan(device_plan("ev", Intent.CHARGE_SURPLUS))
    # The battery holds the meter at zero by discharging: there is no surplus.
    hidden = battery(power=-3000.0, controllable=False)
    assert told(call(ev(power=3000.0), hidden, net=0.0, plan=following), "ev").power == pytest.approx(1380.0)
    # The battery takes the sun; the car comes first.
    hidden = battery(power=3000.0, controllable=False, priority=8)
    assert told(call(ev(power=1400.0, priority=2), hidden, net=0.0, plan=following), "ev").power == pytest.approx(4400)
    # The battery comes first.
    hidden = battery(power=3000.0, controllable=False, priority=1)
    assert told(call(ev(power=1400.0, priority=2), hidden, net=0.0, plan=following), "ev").power == pytest.approx(1400)


def test_curtailed_generation_follows_the_house_where_feeding_in_costs_money():
    following = plan(device_plan("pv", Intent.CURTAIL, -600.0), export_price=(-0.05,) * 4, import_price=(0.25,) * 4)
    # The house draws 2 kW, not the 600 W that were forecast.
    instruction = told(call(pv(power=-600.0), net=1400.0, plan=following), "pv")
    assert instruction.intent is Intent.CURTAIL
    assert instruction.limit == pytest.approx(2000.0)


def test_generation_is_held_at_the_plan_where_importing_is_paid():
    following = plan(device_plan("pv", Intent.CURTAIL, 0.0), export_price=(-0.2,) * 4, import_price=(-0.1,) * 4)
    assert told(call(pv(power=-3000.0), net=-1000.0, plan=following), "pv").limit == 0.0


def test_free_generation_is_not_limited():
    instruction = told(call(pv(power=-3000.0), net=-1000.0, plan=plan(device_plan("pv", Intent.UNLIMITED))), "pv")
    assert instruction.intent is Intent.UNLIMITED
    assert instruction.limit is None


def _levels(power=0.0, priority=5):
    return Resource(
        resource_id="heater",
        control=OperationModes(
            modes=(
                OperationMode(mode_id="off", power=NumberRange(start=0.0, end=0.0)),
                OperationMode(mode_id="low", power=NumberRange(start=1000.0, end=1000.0)),
                OperationMode(mode_id="high", power=NumberRange(start=3000.0, end=3000.0)),
            )
        ),
        power=power,
        maximum_power=3000.0,
        controllable=True,
        priority=priority,
    )


def test_modes_follow_the_plan_and_step_down_under_a_limit():
    following = plan(device_plan("heater", Intent.ON, 3000.0))
    instruction = told(call(_levels(), net=500.0, plan=following), "heater")
    assert (instruction.intent, instruction.power) == (Intent.ON, 3000.0)
    limited = call(_levels(3000.0), net=3500.0, plan=following, limits=(limit(2600.0),))
    instruction = told(limited, "heater")
    assert (instruction.intent, instruction.power, instruction.urgent) == (Intent.ON, 1000.0, True)
    limited = call(_levels(3000.0), net=3500.0, plan=following, limits=(limit(1200.0),))
    instruction = told(limited, "heater")
    assert (instruction.intent, instruction.power, instruction.urgent) == (Intent.OFF, 0.0, True)
    assert limited.shed == ("heater",)


def _drive(power):
    """A load that only takes an upper limit."""
    return Resource(
        resource_id="drive",
        control=PowerEnvelope(
            allowed_limit_ranges=(
                AllowedLimitRange(limit_type=LimitType.UPPER, range=NumberRange(start=500.0, end=4000.0)),
            )
        ),
        power=power,
        maximum_power=4000.0,
        controllable=True,
    )


def test_a_load_that_only_takes_a_limit_is_free_bounded_by_the_plan_or_limited():
    free = told(call(_drive(2000.0), net=2500.0, plan=plan(device_plan("drive", Intent.UNLIMITED))), "drive")
    assert (free.kind, free.intent, free.limit) == (InstructionKind.SET, Intent.UNLIMITED, None)
    planned = plan(device_plan("drive", Intent.CURTAIL, 1500.0))
    assert told(call(_drive(2000.0), net=2500.0, plan=planned), "drive").limit == 1500.0
    limited = call(_drive(3000.0), net=3500.0, limits=(limit(2050.0),))
    instruction = told(limited, "drive")
    assert (instruction.intent, instruction.urgent) == (Intent.CURTAIL, True)
    assert instruction.limit == pytest.approx(1500.0, abs=60.0)
    impossible = call(_drive(3000.0), net=3500.0, limits=(limit(600.0),))
    assert told(impossible, "drive").limit == 500.0
    assert impossible.unheld[0].excess == pytest.approx(400.0)


def test_without_a_plan_devices_are_left_to_themselves():
    result = call(battery(), ev(power=7000.0), pv(power=-2000.0), _levels(), _drive(100.0), load(), net=5000.0)
    assert {entry.resource_id for entry in result.instructions} == {"battery", "ev", "pv", "heater", "drive"}
    for instruction in result.instructions:
        assert instruction.kind is InstructionKind.RELEASE
        assert instruction.reason == "no_plan"


@pytest.mark.parametrize("age", [1801, 90_000, -1801])
def test_a_stale_plan_hands_the_devices_back(age):
    old = plan(device_plan("battery", Intent.COVER_HOUSE), now=START - timedelta(seconds=age), hours=48.0)
    result = call(battery(), pv(), net=2000.0, plan=old)
    for name in ("battery", "pv"):
        assert told(result, name).kind is InstructionKind.RELEASE
        assert told(result, name).reason == "stale_plan"
    assert [note.key for note in result.notes] == ["stale_plan"]


def test_a_plan_that_ends_before_now_or_failed_is_no_plan():
    short = plan(device_plan("battery", Intent.COVER_HOUSE), now=START - timedelta(minutes=20), hours=0.1)
    assert told(call(battery(), net=0.0, plan=short), "battery").reason == "stale_plan"
    failed = plan(device_plan("battery", Intent.COVER_HOUSE)).replace(status=PlanStatus.FAILED)
    assert told(call(battery(), net=0.0, plan=failed), "battery").reason == "no_plan"


def test_a_device_the_plan_does_not_know_is_left_to_itself():
    result = call(battery(), ev(), net=0.0, plan=plan(device_plan("ev", Intent.IDLE)))
    assert told(result, "battery").kind is InstructionKind.RELEASE
    assert told(result, "battery").reason == "no_plan"


@pytest.mark.parametrize("net", [None, float("nan"), float("inf"), 1e300])
def test_with_a_silent_meter_the_planned_power_stands_in(net):
    following = plan(device_plan("battery", Intent.COVER_HOUSE, -800.0), device_plan("ev", Intent.CHARGE_GRID, 5000.0))
    result = call(battery(), ev(), net=net, plan=following)
    assert told(result, "battery").power == -800.0
    assert told(result, "ev").power == 5000.0


def test_a_hiccup_of_the_meter_changes_nothing():
    following = plan(device_plan("battery", Intent.COVER_HOUSE, -800.0))
    seen = call(battery(), net=2000.0, plan=following)
    for seconds, expected in ((5, -2000.0), (30, -800.0)):
        silent = call(
            battery(power=-2000.0),
            net=None,
            plan=following,
            memory=seen.memory,
            now=START + timedelta(seconds=seconds),
        )
        assert told(silent, "battery").power == expected


def test_devices_that_are_only_advised_get_advice_and_are_not_counted_on():
    following = plan(device_plan("battery", Intent.COVER_HOUSE), device_plan("ev", Intent.CHARGE_GRID, 7000.0))
    result = call(battery(controllable=False), ev(), net=1000.0, plan=following)
    assert told(result, "battery").power == -5000.0
    assert told(result, "ev").power == 7000.0
    # The battery would make room for the car, but nobody moves it.
    limited = call(battery(controllable=False), ev(power=7000.0), net=8000.0, plan=following, limits=(limit(4200.0),))
    assert told(limited, "ev").power == pytest.approx(3150.0, abs=1.0)
    assert told(limited, "battery").power == -5000.0


def test_yellow_leaves_the_grid_alone_unless_a_target_needs_it():
    yellow = TrafficLight(phase=Phase.YELLOW)
    following = plan(device_plan("ev", Intent.CHARGE_GRID, 7000.0))
    relaxed = ev(targets=(target(30_000.0, hours=12),))
    instruction = told(call(relaxed, net=500.0, plan=following, light=yellow), "ev")
    assert (instruction.power, instruction.intent, instruction.reason) == (0.0, Intent.CHARGE_SURPLUS, "yellow_phase")
    pressing = ev(targets=(target(30_000.0, hours=1),))
    assert told(call(pressing, net=500.0, plan=following, light=yellow), "ev").power == 7000.0
    full = ev(level=60_000.0, targets=(target(70_000.0, hours=1),))
    assert told(call(full, net=500.0, plan=following, light=yellow), "ev").power == 0.0
    reached = ev(targets=(target(10_000.0, hours=1), target(None, hours=1)))
    assert told(call(reached, net=500.0, plan=following, light=yellow), "ev").power == 0.0


def target(minimum, hours):
    start = START + timedelta(hours=hours)
    return LevelTarget(start=start, end=start + timedelta(hours=1), minimum=minimum, maximum=80_000.0)


def test_a_car_that_is_away_is_told_nothing_to_charge():
    following = plan(device_plan("ev", Intent.CHARGE_GRID, 7000.0))
    gone = ev(departure=START - timedelta(hours=1), arrival=START + timedelta(hours=3))
    assert told(call(gone, net=0.0, plan=following), "ev").power == 0.0
    back = ev(departure=START - timedelta(hours=3), arrival=START - timedelta(hours=1))
    assert told(call(back, net=0.0, plan=following), "ev").power == 7000.0
    coming = ev(arrival=START + timedelta(hours=1))
    assert told(call(coming, net=0.0, plan=following), "ev").power == 0.0


def test_a_device_whose_entities_are_missing_keeps_its_instruction_for_a_while():
    following = plan(device_plan("battery", Intent.COVER_HOUSE))
    result = call(battery(), net=2000.0, plan=following)
    for seconds, kind in ((1, InstructionKind.SET), (59, InstructionKind.SET), (62, InstructionKind.RELEASE)):
        result = call(
            battery(available=False, power=None).replace(control=NotControllable()),
            net=2000.0,
            plan=following,
            memory=result.memory,
            now=START + timedelta(seconds=seconds),
        )
        instruction = told(result, "battery")
        assert instruction.kind is kind
    assert instruction.reason == "unavailable"


def test_a_mode_that_is_planned_off_is_switched_off():
    instruction = told(call(_levels(3000.0), net=3500.0, plan=plan(device_plan("heater", Intent.OFF))), "heater")
    assert (instruction.intent, instruction.power) == (Intent.OFF, 0.0)


def test_two_actuators_of_one_store_act_together():
    two = battery()
    control = two.control
    second = control.actuators[0].replace(actuator_id="second")
    two = two.replace(control=control.replace(actuators=(control.actuators[0], second)))
    following = plan(device_plan("battery", Intent.COVER_HOUSE, lower=-20_000.0))
    assert told(call(two, net=9000.0, plan=following), "battery").power == -9000.0
    following = plan(device_plan("battery", Intent.CHARGE_SURPLUS, upper=20_000.0))
    assert told(call(two, net=-9000.0, plan=following), "battery").power == 9000.0


def test_a_demand_with_several_actuators_is_cut_to_what_they_need_at_least():
    def actuator(name, least, most):
        return DemandDrivenActuator(
            actuator_id=name,
            modes=(
                DemandDrivenMode(
                    mode_id="on",
                    power=NumberRange(start=least, end=most),
                    supply_rate=NumberRange(start=1.0, end=3.0),
                ),
            ),
        )

    heating = Resource(
        resource_id="heating",
        control=DemandDriven(
            actuators=(actuator("pump", 500.0, 2500.0), actuator("rod", 0.0, 6000.0)), present_demand_rate=2.0
        ),
        power=6000.0,
        controllable=True,
    )
    following = plan(device_plan("heating", Intent.ON, 6000.0))
    assert told(call(heating, net=6500.0, plan=following), "heating").power == 6000.0
    result = call(heating, net=6500.0, plan=following, limits=(limit(3000.0),))
    assert told(result, "heating").power == pytest.approx(2450.0)
    result = call(heating, net=6500.0, plan=following, limits=(limit(0.0),))
    assert told(result, "heating").power == 500.0
    assert result.unheld[0].excess == pytest.approx(1000.0)


def test_a_source_that_cannot_be_limited_is_left_alone():
    fixed = Resource(resource_id="wind", control=PowerEnvelope(), power=-900.0, controllable=True)
    assert call(fixed, net=0.0).instructions == ()


def test_modes_for_emergencies_only_are_not_used():
    spare = battery()
    actuator = spare.control.actuators[0]
    modes = tuple(entry.replace(abnormal_condition_only=entry.mode_id == "discharge") for entry in actuator.modes)
    spare = spare.replace(control=spare.control.replace(actuators=(actuator.replace(modes=modes),)))
    assert told(call(spare, net=2000.0, plan=plan(device_plan("battery", Intent.COVER_HOUSE))), "battery").power == 0.0
    heater = _levels()
    modes = tuple(entry.replace(abnormal_condition_only=True) for entry in heater.control.modes)
    heater = heater.replace(control=heater.control.replace(modes=modes))
    assert told(call(heater, net=0.0, plan=plan(device_plan("heater", Intent.OFF))), "heater").power == 0.0


def _valued(name, intent, value, power=0.0):
    return device_plan(name, intent, power).replace(stored_value=None if value is None else (value,) * 4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # A kWh in the first saves one at 30 ct in the evening, in the second one at 15 ct at night.
        ((0.30, 0.15), (4000.0, 0.0)),
        ((0.15, 0.30), (0.0, 4000.0)),
        # What is worth about the same shares equally, as does what nobody knows the worth of.
        ((0.30, 0.29), (2000.0, 2000.0)),
        ((0.30, None), (2000.0, 2000.0)),
    ],
)
def test_within_a_priority_surplus_goes_where_a_kwh_is_worth_more(values, expected):
    following = plan(
        *(_valued(f"battery{index}", Intent.CHARGE_SURPLUS, value) for index, value in enumerate(values, start=1))
    )
    result = call(battery("battery1"), battery("battery2"), net=-4000.0, plan=following)
    assert (told(result, "battery1").power, told(result, "battery2").power) == pytest.approx(expected)


def test_what_the_more_valuable_store_leaves_of_the_surplus_goes_to_the_other():
    following = plan(_valued("battery1", Intent.CHARGE_SURPLUS, 0.3), _valued("battery2", Intent.CHARGE_SURPLUS, 0.1))
    result = call(battery("battery1"), battery("battery2"), net=-7000.0, plan=following)
    assert told(result, "battery1").power == pytest.approx(5000.0)
    assert told(result, "battery2").power == pytest.approx(2000.0)


def test_the_users_priority_stands_above_the_value_of_a_kwh():
    following = plan(_valued("battery1", Intent.CHARGE_SURPLUS, 0.3), _valued("battery2", Intent.CHARGE_SURPLUS, 0.1))
    result = call(battery("battery1", priority=7), battery("battery2", priority=2), net=-4000.0, plan=following)
    assert told(result, "battery2").power == pytest.approx(4000.0)


def test_the_house_is_covered_by_what_is_worth_less():
    following = plan(_valued("battery1", Intent.COVER_HOUSE, 0.25), _valued("battery2", Intent.COVER_HOUSE, 0.10))
    result = call(battery("battery1"), battery("battery2"), net=6000.0, plan=following)
    assert told(result, "battery2").power == pytest.approx(-5000.0)
    assert told(result, "battery1").power == pytest.approx(-1000.0)
