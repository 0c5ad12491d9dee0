"""Limits and phases act at once, with or without a plan, and what they took is given back."""

from datetime import timedelta

import pytest

from custom_components.cem_sgcp.cem.limits import phase
from custom_components.cem_sgcp.cem.model import (
    Direction,
    InstructionKind,
    Intent,
    LimitCategory,
    LimitScope,
    NotControllable,
    Phase,
    RunState,
    TrafficLight,
)

from .house import START, Device, Simulation, battery, call, device_plan, ev, limit, load, plan, pv, run, told, washer

CHARGING = plan(device_plan("ev", Intent.CHARGE_GRID, 11_000.0), device_plan("battery", Intent.CHARGE_GRID, 3000.0))
RED = TrafficLight(phase=Phase.RED, source="dso", reason="unstable")


def later(seconds):
    return START + timedelta(seconds=seconds)


def test_ct05_a_limit_acts_on_the_first_call():
    limits = (limit(4200.0, seconds=600),)
    light = phase(limits, TrafficLight(), START)
    assert light.phase is Phase.RED
    result = call(ev(power=11_000.0), net=11_500.0, plan=CHARGING, limits=limits, light=light)
    instruction = told(result, "ev")
    assert instruction.urgent
    assert instruction.reason == "limit"
    # Red because of the limit is obeyed by keeping the limit: the car is not stopped altogether.
    assert instruction.power == pytest.approx(4200.0 - 500.0 - 50.0)
    assert result.shed == ("ev",)
    assert result.unheld == ()


def test_what_a_limit_cuts_comes_first():
    result = call(battery(), ev(power=11_000.0, priority=9), net=11_500.0, plan=CHARGING, limits=(limit(4200.0),))
    assert result.instructions[0].urgent
    assert result.instructions[0].resource_id == "ev"


def test_ct06_controllable_devices_together_keep_their_limit():
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    result = call(battery(), ev(power=11_000.0), net=12_000.0, plan=CHARGING, limits=limits)
    total = told(result, "battery").power + told(result, "ev").power
    assert total == pytest.approx(4200.0)


def test_ct07_the_rest_of_the_house_does_not_count_for_controllable_devices():
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    result = call(ev(power=11_000.0), load("sauna", 6000.0), net=17_000.0, plan=CHARGING, limits=limits)
    assert told(result, "ev").power == pytest.approx(4200.0)
    assert {entry.resource_id for entry in result.instructions} == {"ev"}


def test_ct08_a_silent_meter_leaves_static_shares():
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    seen = call(ev(power=4200.0), pv(power=-3000.0), net=1500.0, plan=CHARGING, limits=limits)
    assert told(seen, "ev").power > 4200.0
    blind = call(
        ev(power=4200.0),
        pv(power=-3000.0),
        net=None,
        plan=CHARGING,
        limits=limits,
        memory=seen.memory,
        now=later(12),
    )
    assert told(blind, "ev").power == pytest.approx(4200.0)


def test_a_silent_meter_under_a_connection_limit_assumes_the_highest_load_seen():
    busy = call(ev(power=2000.0), net=9000.0, plan=CHARGING, limits=(limit(12_000.0),))
    busy = call(
        ev(power=2000.0), net=9000.0, plan=CHARGING, limits=(limit(12_000.0),), memory=busy.memory, now=later(1)
    )
    calm = call(
        ev(power=4000.0), net=5000.0, plan=CHARGING, limits=(limit(12_000.0),), memory=busy.memory, now=later(60)
    )
    blind = call(
        ev(power=4000.0), net=None, plan=CHARGING, limits=(limit(12_000.0),), memory=calm.memory, now=later(75)
    )
    assert told(blind, "ev").power == pytest.approx(12_000.0 - 50.0 - 7000.0, abs=10.0)


def test_a_slip_of_the_meter_is_not_taken_for_the_highest_load():
    slip = call(ev(power=2000.0), net=900_000.0, plan=CHARGING, limits=(limit(12_000.0),))
    for second in (1, 2):
        slip = call(
            ev(power=2000.0),
            net=2500.0,
            plan=CHARGING,
            limits=(limit(12_000.0),),
            memory=slip.memory,
            now=later(second),
        )
    blind = call(
        ev(power=2000.0), net=None, plan=CHARGING, limits=(limit(12_000.0),), memory=slip.memory, now=later(75)
    )
    assert told(blind, "ev").power > 7000.0


def test_a_silent_meter_of_which_nothing_is_known_leaves_no_room():
    blind = call(ev(power=4000.0), net=None, limits=(limit(12_000.0),))
    assert told(blind, "ev").power == 0.0
    assert told(blind, "ev").urgent


def test_ct09_own_surplus_comes_on_top():
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    result = call(ev(power=4200.0), pv(power=-3500.0), net=1200.0, plan=CHARGING, limits=limits)
    assert told(result, "ev").power == pytest.approx(7200.0)


def test_a_device_of_which_nobody_knows_the_power_is_counted_with_the_worst():
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    result = call(ev(power=None), net=12_000.0, plan=CHARGING, limits=limits)
    assert told(result, "ev").power == 0.0
    result = call(ev(power=None, most=4000.0), net=12_000.0, plan=CHARGING, limits=limits)
    assert told(result, "ev").power == 4000.0


def test_unknown_power_is_not_counted_as_room_under_a_connection_limit():
    result = call(ev(power=None), net=6000.0, plan=CHARGING, limits=(limit(9000.0),))
    assert told(result, "ev").power == pytest.approx(2950.0)


def test_a_device_that_is_not_available_is_counted_with_the_worst():
    limits = (limit(8000.0, scope=LimitScope.CONTROLLABLE),)
    gone = battery(available=False, power=None)
    result = call(gone, ev(power=11_000.0), net=17_000.0, plan=CHARGING, limits=limits)
    assert told(result, "ev").power == pytest.approx(3000.0)


def test_a_missing_device_that_may_be_charging_is_told_to_stop_while_a_limit_is_in_force():
    charging = call(battery(), net=500.0, plan=CHARGING)
    assert told(charging, "battery").power == 3000.0
    missing = battery(available=False, power=None).replace(control=NotControllable())
    result = call(missing, net=3500.0, plan=CHARGING, limits=(limit(1000.0),), memory=charging.memory, now=later(1))
    instruction = told(result, "battery")
    assert (instruction.kind, instruction.power, instruction.reason) == (InstructionKind.SET, 0.0, "worst_case")
    assert instruction.urgent
    # Not handed back to its own habits either, as long as the limit lasts.
    result = call(missing, net=500.0, plan=CHARGING, limits=(limit(1000.0),), memory=result.memory, now=later(100))
    assert told(result, "battery").kind is InstructionKind.SET
    result = call(missing, net=500.0, plan=CHARGING, memory=result.memory, now=later(101))
    assert told(result, "battery").kind is InstructionKind.RELEASE


def test_a_store_helps_to_hold_the_connection_whatever_it_was_meant_to_do():
    result = call(
        battery(),
        load("sauna", 9000.0),
        net=9500.0,
        plan=plan(device_plan("battery", Intent.HOLD)),
        limits=(limit(7000.0),),
    )
    instruction = told(result, "battery")
    assert instruction.urgent
    assert instruction.intent is Intent.COVER_HOUSE
    assert 9500.0 + instruction.power <= 7000.0
    assert instruction.power == pytest.approx(-2600.0, abs=50.0)
    assert result.unheld == ()


def test_a_charging_store_first_stops_then_discharges():
    result = call(battery(power=3000.0), net=10_000.0, plan=CHARGING, limits=(limit(6000.0),))
    assert told(result, "battery").power == pytest.approx(-1100.0, abs=50.0)
    result = call(battery(power=3000.0), net=7000.0, plan=CHARGING, limits=(limit(6000.0),))
    assert told(result, "battery").power == pytest.approx(1950.0)


def test_devices_are_shed_by_priority():
    result = call(
        battery(power=3000.0, priority=2),
        ev(power=11_000.0, priority=8),
        net=14_500.0,
        plan=CHARGING,
        limits=(limit(5000.0),),
    )
    assert told(result, "battery").power == 3000.0
    assert told(result, "ev").power == pytest.approx(1450.0)
    assert result.shed == ("ev",)


def test_a_car_below_six_amperes_is_stopped():
    result = call(ev(power=11_000.0), net=14_000.0, plan=CHARGING, limits=(limit(4200.0),))
    instruction = told(result, "ev")
    assert (instruction.power, instruction.intent) == (0.0, Intent.IDLE)


def test_what_cannot_be_held_is_said():
    result = call(battery(level=1000.0), load("sauna", 9000.0), net=9000.0, plan=CHARGING, limits=(limit(7000.0),))
    assert len(result.unheld) == 1
    assert result.unheld[0].limit.limit_id == "limit"
    assert result.unheld[0].excess == pytest.approx(2000.0)


def test_nobody_discharges_for_a_limit_that_only_concerns_controllable_devices():
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    holding = plan(device_plan("battery", Intent.HOLD))
    result = call(battery(), load("sauna", 9000.0), net=9000.0, plan=holding, limits=limits)
    assert told(result, "battery").power == 0.0
    assert result.unheld == ()


def test_a_cycle_that_cannot_be_cut_is_fed_by_the_store_under_a_limit_of_controllable_devices():
    started = START - timedelta(minutes=10)
    running = washer(run(state=RunState.EXECUTING, start=started, started=started), power=2000.0)
    limits = (limit(1000.0, scope=LimitScope.CONTROLLABLE),)
    result = call(running, battery(), net=2500.0, plan=plan(device_plan("battery", Intent.HOLD)), limits=limits)
    # The house takes the first 500 W of it, only the rest is the cycle's own generation.
    assert told(result, "battery").power == pytest.approx(-1500.0, abs=60.0)
    assert result.unheld == ()
    empty = call(running, battery(level=0.0), net=2500.0, limits=limits)
    assert empty.unheld[0].excess == pytest.approx(1000.0)


def test_ct11_when_the_limit_ends_devices_return_to_the_plan_at_once():
    limits = (limit(4200.0, seconds=600),)
    cut = call(ev(power=11_000.0), net=11_500.0, plan=CHARGING, limits=limits)
    still = call(ev(power=3600.0), net=4100.0, plan=CHARGING, limits=limits, memory=cut.memory, now=later(599))
    assert told(still, "ev").power < 4200.0
    free = call(ev(power=3600.0), net=4100.0, plan=CHARGING, limits=limits, memory=still.memory, now=later(600))
    instruction = told(free, "ev")
    assert (instruction.power, instruction.reason, instruction.urgent) == (11_000.0, "plan", False)
    assert free.shed == ()


def test_ct12_limit_without_duration_never_expires():
    memory = None
    for hours in (0, 1, 24 * 400):
        result = call(
            ev(power=11_000.0),
            net=11_500.0,
            plan=None,
            limits=(limit(4200.0),),
            now=START + timedelta(hours=hours),
            **({} if memory is None else {"memory": memory}),
        )
        memory = result.memory
        assert told(result, "ev").power <= 4200.0


def test_ct13_the_strictest_of_several_limits_is_kept():
    limits = (
        limit(9000.0, limit_id="contract", category=LimitCategory.SAFETY),
        limit(4200.0, limit_id="dso", scope=LimitScope.CONTROLLABLE),
        limit(6000.0, limit_id="user", category=LimitCategory.USER),
        limit(100.0, limit_id="tomorrow", start=START + timedelta(days=1)),
        limit(100.0, limit_id="yesterday", start=START - timedelta(days=1), seconds=60),
    )
    result = call(ev(power=11_000.0), load("sauna", 2000.0), net=13_000.0, plan=CHARGING, limits=limits)
    assert told(result, "ev").power == pytest.approx(6000.0 - 2000.0 - 50.0)


def test_without_a_plan_a_limit_takes_devices_from_themselves_and_gives_them_back():
    limits = (limit(5000.0, seconds=600),)
    result = call(ev(power=11_000.0), net=11_500.0, limits=limits)
    instruction = told(result, "ev")
    assert (instruction.kind, instruction.urgent) == (InstructionKind.SET, True)
    assert instruction.power == pytest.approx(4450.0)
    result = call(ev(power=4450.0), net=4950.0, limits=limits, memory=result.memory, now=later(30))
    assert told(result, "ev").kind is InstructionKind.SET
    result = call(ev(power=4450.0), net=4950.0, limits=limits, memory=result.memory, now=later(601))
    assert told(result, "ev").kind is InstructionKind.RELEASE


def test_without_a_plan_a_battery_is_taken_only_when_it_is_needed():
    limits = (limit(5000.0),)
    quiet = call(battery(power=-500.0), net=3000.0, limits=limits)
    assert told(quiet, "battery").kind is InstructionKind.RELEASE
    needed = call(battery(power=-500.0), net=7000.0, limits=limits, memory=quiet.memory, now=later(10))
    instruction = told(needed, "battery")
    assert (instruction.kind, instruction.urgent) == (InstructionKind.SET, True)
    assert instruction.power == pytest.approx(-2600.0, abs=100.0)
    # While it is needed it stays taken; when it has not been for a minute it is handed back.
    memory, kinds = needed.memory, []
    for second in range(11, 120):
        result = call(battery(power=-2600.0), net=500.0, limits=limits, memory=memory, now=later(second))
        memory = result.memory
        kinds.append(told(result, "battery").kind)
    assert kinds[0] is InstructionKind.SET
    assert kinds[-1] is InstructionKind.RELEASE


def test_a_released_battery_that_charges_too_much_is_stopped():
    result = call(battery(power=4000.0), net=6000.0, limits=(limit(3000.0),))
    assert told(result, "battery").urgent
    assert told(result, "battery").power <= 1000.0


def test_red_without_a_value_stops_charging_from_the_grid():
    result = call(battery(), ev(power=11_000.0), net=11_500.0, plan=CHARGING, light=RED)
    assert told(result, "ev").power == 0.0
    assert told(result, "battery").power == 0.0
    assert told(result, "ev").urgent
    assert told(result, "ev").reason == "red_phase"


def test_red_leaves_the_sun_to_the_stores():
    result = call(battery(), net=-2500.0, plan=CHARGING, light=RED)
    assert told(result, "battery").power == pytest.approx(2500.0)


def test_red_stops_selling_but_covers_the_house():
    selling = plan(device_plan("battery", Intent.DISCHARGE_GRID, -5000.0))
    result = call(battery(), net=1200.0, plan=selling, light=RED)
    assert told(result, "battery").power == pytest.approx(-1200.0)


def test_red_stops_devices_that_are_on_their_own():
    result = call(battery(power=3000.0), ev(power=11_000.0), net=14_500.0, light=RED)
    assert told(result, "ev").power == 0.0
    assert told(result, "battery").power == pytest.approx(-500.0)
    idle = call(battery(power=-300.0), net=0.0, light=RED)
    assert told(idle, "battery").kind is InstructionKind.RELEASE


def test_red_of_the_signal_stays_red_beside_a_limit_of_the_export():
    limits = (limit(3000.0, direction=Direction.EXPORT),)
    light = phase(limits, RED, START)
    assert told(call(ev(power=11_000.0), net=11_500.0, plan=CHARGING, limits=limits, light=light), "ev").power == 0.0
    # The same limit alone is red, too, but asks nothing of the import.
    light = phase(limits, TrafficLight(), START)
    assert told(call(ev(power=11_000.0), net=11_500.0, plan=CHARGING, limits=limits, light=light), "ev").power == 11_000


def test_red_with_a_value_is_the_value():
    limits = (limit(4200.0),)
    light = phase(limits, RED, START)
    result = call(ev(power=11_000.0), net=11_500.0, plan=CHARGING, limits=limits, light=light)
    assert told(result, "ev").power == pytest.approx(3650.0)


def test_the_contract_limit_does_not_soften_red():
    limits = (limit(24_000.0, category=LimitCategory.SAFETY),)
    result = call(ev(power=11_000.0), net=11_500.0, plan=CHARGING, limits=limits, light=RED)
    assert told(result, "ev").power == 0.0


def test_black_leaves_the_island_to_the_battery():
    black = TrafficLight(phase=Phase.BLACK)
    result = call(battery(), ev(power=7000.0), washer(run()), net=0.0, plan=CHARGING, light=black)
    assert told(result, "battery").kind is InstructionKind.RELEASE
    assert told(result, "battery").reason == "black_phase"
    assert told(result, "ev").power == 0.0
    assert result.postponed == ("wash",)
    unplanned = call(battery(), ev(power=7000.0), net=0.0, light=black)
    assert told(unplanned, "battery").kind is InstructionKind.RELEASE
    assert told(unplanned, "ev").power == 0.0


EXPORT = limit(3000.0, direction=Direction.EXPORT)


def test_ct23_export_is_absorbed_first_and_curtailed_last():
    holding = plan(device_plan("battery", Intent.HOLD), device_plan("pv", Intent.UNLIMITED))
    result = call(battery(), pv(power=-8000.0), net=-7500.0, plan=holding, limits=(EXPORT,))
    assert told(result, "battery").power == pytest.approx(4550.0, abs=10.0)
    assert told(result, "battery").urgent
    assert told(result, "pv").intent is Intent.UNLIMITED
    full = call(battery(level=10_000.0), pv(power=-8000.0), net=-7500.0, plan=holding, limits=(EXPORT,))
    assert told(full, "battery").power == 0.0
    assert told(full, "pv").limit == pytest.approx(3450.0, abs=10.0)
    assert told(full, "pv").urgent
    assert full.shed == ("pv",)


def test_a_store_sells_no_more_than_may_be_exported():
    selling = plan(device_plan("battery", Intent.DISCHARGE_GRID, -5000.0))
    result = call(battery(), net=500.0, plan=selling, limits=(EXPORT,))
    assert told(result, "battery").power == pytest.approx(-3450.0)
    assert told(result, "battery").urgent


def test_export_without_anything_to_move_is_said():
    result = call(load("old inverter", -8000.0), net=-7500.0, limits=(EXPORT,))
    assert result.unheld[0].excess == pytest.approx(4500.0)


def test_a_silent_meter_under_an_export_limit_feeds_nothing_in_on_purpose():
    selling = plan(device_plan("battery", Intent.DISCHARGE_GRID, -5000.0), device_plan("pv", Intent.UNLIMITED))
    result = call(battery(), pv(power=None), net=None, plan=selling, limits=(EXPORT,))
    assert told(result, "battery").power == 0.0
    assert told(result, "pv").limit == pytest.approx(2950.0)


def test_export_of_controllable_devices_alone():
    limits = (limit(3000.0, direction=Direction.EXPORT, scope=LimitScope.CONTROLLABLE),)
    generating = plan(device_plan("pv", Intent.UNLIMITED))
    result = call(pv(power=-8000.0), load("old inverter", -4000.0), net=-11_500.0, plan=generating, limits=limits)
    # The house draws 500 W but another inverter covers it: only 3 kW may be fed in.
    assert told(result, "pv").limit == pytest.approx(2950.0)


def test_several_sources_share_what_may_be_generated():
    generating = plan(device_plan("pv1", Intent.UNLIMITED), device_plan("pv2", Intent.UNLIMITED))
    result = call(pv("pv1", power=-500.0), pv("pv2", power=-6000.0), net=-6000.0, plan=generating, limits=(EXPORT,))
    first, second = told(result, "pv1").limit, told(result, "pv2").limit
    assert first + second == pytest.approx(3450.0)
    # The shaded one keeps what it can use, the other gets the rest.
    assert first == pytest.approx(850.0)


def _car(power, **fields):
    return ev(power=power, **fields)


def closed_loop(limits=(), *, base=lambda time: 500.0, lag=2, follows=CHARGING, delay=2.0, car=_car):
    return Simulation(
        {
            "ev": Device(car, power=0.0, delay=delay, own=lambda potential, house: 11_000.0),
            "battery": Device(lambda power: battery(power=power), delay=delay),
        },
        base=base,
        meter_lag=lag,
        plan=follows,
        limits=limits,
    )


@pytest.mark.parametrize("lag", [0, 2, 5, 12])
def test_ct06_the_limit_holds_in_the_loop_within_thirty_seconds_and_does_not_swing(lag):
    house = closed_loop((limit(4200.0, start=START + timedelta(seconds=60), seconds=300),), lag=lag)
    house.run(480)
    assert min(house.nets[20:60]) > 14_000.0
    assert max(house.nets[60 + 30 : 360]) <= 4200.0
    assert house.devices["ev"].switches <= 3
    assert house.commands["ev"] < 12
    # Within ten seconds of the end both are back at the plan.
    assert house.powers["ev"][371] == 11_000.0
    assert house.powers["battery"][371] == 3000.0


def test_a_device_that_does_not_obey_is_made_up_for_by_others():
    house = closed_loop((limit(9000.0),))
    house.devices["ev"].obeys = False
    house.run(90)
    assert max(house.nets[40:]) <= 9000.0
    assert house.powers["battery"][-1] < -2000.0


def test_a_battery_that_gives_less_than_told_is_not_counted_on():
    house = closed_loop(
        (limit(6000.0),),
        follows=plan(device_plan("ev", Intent.CHARGE_GRID, 11_000.0), device_plan("battery", Intent.COVER_HOUSE)),
    )
    # Its inverter is warm: it gives a kilowatt and no more.
    house.devices["battery"].make = lambda power: battery(power=max(power, -1000.0))
    real = house.devices["battery"]
    step = real.step

    def weak(time, rest):
        step(time, rest)
        real.power = max(real.power, -1000.0)

    real.step = weak
    house.run(120)
    assert max(house.nets[60:]) <= 6000.0


@pytest.mark.parametrize("lag", [0, 4])
def test_a_car_without_a_power_sensor_keeps_the_limit_and_does_not_swing(lag):
    house = closed_loop(
        (limit(9000.0),), base=lambda time: 1500.0 if time < 120 else 2500.0, lag=lag, car=lambda power: ev(power=None)
    )
    house.run(300)
    assert max(house.nets[20:120]) <= 9000.0
    assert max(house.nets[150:]) <= 9000.0
    assert house.powers["ev"][-1] > 3000.0
    assert house.devices["ev"].switches <= 3


def test_a_store_that_takes_less_than_it_must_absorb_leaves_the_rest_to_curtailing():
    house = Simulation(
        {
            "battery": Device(lambda power: battery(power=power), ceiling=lambda time: 1000.0),
            "pv": Device(lambda power: pv(power=power), available_power=lambda time: 7500.0),
        },
        base=lambda time: 500.0,
        plan=plan(device_plan("battery", Intent.HOLD), device_plan("pv", Intent.UNLIMITED)),
        limits=(EXPORT,),
    )
    house.run(200)
    assert min(house.nets[60:]) >= -3000.0
    assert house.powers["battery"][-1] == 1000.0


def test_a_flickering_load_under_a_limit_is_answered_with_few_commands():
    noise = (0, 37, -61, 80, -15, 92, -88, 54, 5, -40)
    house = closed_loop((limit(9000.0),), base=lambda time: 1500.0 + noise[int(time * 7) % 10] + time / 10.0)
    house.run(600)
    assert max(house.nets[30:]) <= 9000.0
    assert house.commands["ev"] < 30
    assert house.commands["battery"] < 60


def test_a_tapering_battery_leaves_the_surplus_to_the_other():
    both = plan(device_plan("battery1", Intent.CHARGE_SURPLUS), device_plan("battery2", Intent.CHARGE_SURPLUS))
    house = Simulation(
        {
            "battery1": Device(lambda power: battery("battery1", power=power, priority=1), ceiling=lambda time: 800.0),
            "battery2": Device(lambda power: battery("battery2", power=power, priority=9)),
        },
        base=lambda time: -4000.0,
        plan=both,
    )
    house.run(120)
    assert house.powers["battery1"][-1] == 800.0
    assert house.powers["battery2"][-1] == pytest.approx(3200.0, abs=550.0)
    assert abs(house.nets[-1]) <= 550.0


def test_a_battery_that_gives_less_than_told_leaves_the_house_to_the_other():
    both = plan(device_plan("battery1", Intent.COVER_HOUSE), device_plan("battery2", Intent.COVER_HOUSE))
    house = Simulation(
        {
            "battery1": Device(lambda power: battery("battery1", power=power, priority=1)),
            "battery2": Device(lambda power: battery("battery2", power=power, priority=9)),
        },
        base=lambda time: 4000.0,
        plan=both,
    )
    weak = house.devices["battery1"]
    step = weak.step

    def tired(time, rest):
        step(time, rest)
        weak.power = max(weak.power, -700.0)

    weak.step = tired
    house.run(120)
    assert house.powers["battery2"][-1] == pytest.approx(-3300.0, abs=550.0)
    assert abs(house.nets[-1]) <= 550.0


def test_zero_export_does_not_hide_the_sun_from_the_battery():
    for own in (plan(device_plan("battery", Intent.SELF_CONSUMPTION), device_plan("pv", Intent.UNLIMITED)), None):
        house = Simulation(
            {
                "battery": Device(
                    lambda power: battery(power=power), own=lambda potential, rest: max(-5000.0, min(5000.0, -rest))
                ),
                "pv": Device(lambda power: pv(power=power), available_power=lambda time: min(6000.0, 10.0 * time)),
            },
            base=lambda time: 500.0,
            plan=own,
            limits=(limit(0.0, direction=Direction.EXPORT),),
        )
        house.run(900)
        assert house.powers["pv"][-1] <= -5000.0
        assert house.powers["battery"][-1] == pytest.approx(5000.0, abs=300.0)
        assert min(house.nets[-60:]) >= -100.0


@pytest.mark.parametrize("lag", [0, 3, 8])
def test_ct23_export_holds_in_the_loop_and_the_store_takes_what_was_curtailed(lag):
    house = Simulation(
        {
            "battery": Device(lambda power: battery(power=power)),
            "pv": Device(lambda power: pv(power=power), available_power=lambda time: 1000.0 if time < 30 else 7500.0),
        },
        base=lambda time: 500.0,
        meter_lag=lag,
        plan=plan(device_plan("battery", Intent.HOLD), device_plan("pv", Intent.UNLIMITED)),
        limits=(EXPORT,),
    )
    house.run(150)
    assert min(house.nets[60:]) >= -3000.0
    assert house.powers["battery"][-1] == pytest.approx(4050.0, abs=500.0)
    assert house.powers["pv"][-1] <= -7000.0


def test_curtailed_sun_is_found_again_when_the_house_draws_more():
    house = Simulation(
        {"pv": Device(lambda power: pv(power=power), available_power=lambda time: 7500.0)},
        base=lambda time: 500.0 if time < 60 else 3000.0,
        plan=plan(device_plan("pv", Intent.UNLIMITED)),
        limits=(limit(0.0, direction=Direction.EXPORT),),
    )
    house.run(120)
    assert house.powers["pv"][59] == pytest.approx(-500.0, abs=60.0)
    assert house.powers["pv"][-1] == pytest.approx(-3000.0, abs=100.0)
    assert min(house.nets[30:60]) >= -1.0
