"""Properties over any house: limits hold while the house can hold them, nothing swings, nothing raises."""

from datetime import timedelta
import itertools
import math

from hypothesis import HealthCheck, Phase as Stage, given, note, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.dispatch import DispatchMemory
from custom_components.cem_sgcp.cem.model import (
    ActuatorPlan,
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    Direction,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    InstructionKind,
    Intent,
    LimitCategory,
    LimitScope,
    NumberRange,
    OperationMode,
    OperationModes,
    Phase,
    Resource,
    RunState,
    Timer,
    TrafficLight,
    Transition,
)

from .house import (
    START,
    Device,
    Simulation,
    battery,
    call,
    device_plan,
    ev,
    limit,
    load,
    plan,
    pv,
    run,
    washer,
)

STORE_INTENTS = [
    Intent.IDLE,
    Intent.HOLD,
    Intent.COVER_HOUSE,
    Intent.CHARGE_SURPLUS,
    Intent.CHARGE_GRID,
    Intent.DISCHARGE_GRID,
    Intent.SELF_CONSUMPTION,
]
PLANNED = {Intent.CHARGE_GRID: 1.0, Intent.DISCHARGE_GRID: -1.0}


@st.composite
def steps(draw, lowest, highest):
    """A power over time that changes every half minute or so and stays for a while at the end."""
    values = draw(st.lists(st.floats(lowest, highest), min_size=1, max_size=4))
    return lambda time: values[min(int(time // 40), len(values) - 1)]


@st.composite
def houses(draw):
    car, store = draw(st.sampled_from(STORE_INTENTS[:5])), draw(st.sampled_from(STORE_INTENTS))
    devices = (
        device_plan("ev", car, 7000.0 * PLANNED.get(car, 0.0)),
        device_plan("battery", store, 3000.0 * PLANNED.get(store, 0.0)),
        device_plan("pv", Intent.UNLIMITED),
    )
    priorities = draw(st.tuples(st.integers(1, 10), st.integers(1, 10)))
    sun = draw(steps(0.0, 7900.0))
    house = Simulation(
        {
            "ev": Device(
                lambda power: ev(power=power, priority=priorities[0]),
                delay=draw(st.sampled_from([1.0, 2.0, 4.0])),
                own=lambda potential, rest: 11_000.0,
            ),
            "battery": Device(
                lambda power: battery(power=power, priority=priorities[1]),
                delay=draw(st.sampled_from([1.0, 2.0, 4.0])),
                own=lambda potential, rest: max(-5000.0, min(5000.0, -rest)),
            ),
            "pv": Device(lambda power: pv(power=power), available_power=sun),
        },
        base=draw(steps(100.0, 4000.0)),
        meter_lag=draw(st.integers(0, 5)),
        meter_period=draw(st.sampled_from([1, 1, 3, 5])),
        plan=draw(st.sampled_from([None, plan(*devices)])),
    )
    limits = [
        limit(draw(st.floats(2000.0, 9000.0)), limit_id="import", category=draw(st.sampled_from(LimitCategory))),
        limit(draw(st.floats(0.0, 5000.0)), limit_id="export", direction=Direction.EXPORT),
    ]
    house.limits = tuple(draw(st.lists(st.sampled_from(limits), unique=True, max_size=2)))
    note(
        f"{car=} {store=} {priorities=} plan={house.plan is not None} {[(e.direction, e.value) for e in house.limits]}"
    )
    note(f"sun {[sun(40.0 * index) for index in range(4)]} base {[house.base(40.0 * index) for index in range(4)]}")
    note(f"lag {house.meter_lag} {house.meter_period} {[device.delay for device in house.devices.values()]}")
    return house


# A simulated house is slow to shrink and its description is short enough to read as it is.
@settings(
    max_examples=40,
    deadline=None,
    phases=[Stage.explicit, Stage.reuse, Stage.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(houses())
def test_limits_hold_while_the_house_can_hold_them_and_nothing_swings(house):
    # Sun and load last change at 120 s; the car takes a minute to start and three to stop.
    house.run(460)
    settled = house.nets[-60:]
    for entry in house.limits:
        if entry.direction is Direction.IMPORT:
            # Battery and car together can always bring the import below any of these limits.
            assert longest([net > entry.value + 1.0 for net in settled]) == 0
        else:
            # Where a store and the sun are exchanged, one may be a little faster than the other.
            assert longest([net < -entry.value - 1.0 for net in settled]) <= 5
    assert house.results[-1].unheld == ()
    # Beside curtailed sun, now and then a little more is tried.
    assert max(settled) - min(settled) < 1000.0 or not house.limits
    late = house.powers["battery"][-60:]
    turns = sum(
        1
        for before, here, after in zip(late, late[1:], late[2:], strict=False)
        if (here - before) * (after - here) < 0.0 and abs(here - before) > 150.0
    )
    assert turns <= 2
    assert house.devices["ev"].switches <= 12


def longest(exceeded):
    """Return for how many seconds in a row something was so."""
    return max((len(list(same)) for is_so, same in itertools.groupby(exceeded) if is_so), default=0)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([Intent.COVER_HOUSE, Intent.SELF_CONSUMPTION, Intent.CHARGE_SURPLUS]),
    steps(-4500.0, 4500.0),
    st.integers(0, 12),
    st.sampled_from([1, 2, 5]),
    st.sampled_from([0.0, 1.0, 3.0, 6.0]),
)
def test_a_store_that_follows_the_house_settles_at_zero(intent, base, lag, period, delay):
    house = Simulation(
        {"battery": Device(lambda power: battery(power=power), delay=delay)},
        base=base,
        meter_lag=lag,
        meter_period=period,
        plan=plan(device_plan("battery", intent)),
    )
    house.run(320)
    rest = base(320.0)
    expected = -rest if intent is Intent.SELF_CONSUMPTION else max(-rest, 0.0)
    if intent is Intent.COVER_HOUSE:
        expected = min(-rest, 0.0)
    assert house.powers["battery"][-60:] == [pytest.approx(expected, abs=1.0)] * 60
    # One answer per change of the house, and what it takes to learn how late the meter is.
    assert house.commands.get("battery", 0) <= 24


def test_noise_at_the_meter_is_answered_with_damping():
    house = Simulation(
        {"battery": Device(lambda power: battery(power=power), delay=3.0)},
        base=lambda time: 1500.0 + 300.0 * math.sin(time * 1.7) + 200.0 * math.sin(time * 0.31),
        meter_lag=4,
        plan=plan(device_plan("battery", Intent.COVER_HOUSE)),
    )
    house.run(600)
    powers = house.powers["battery"][60:]
    # The noise is not made larger by the loop, and on the mean the house is covered.
    assert max(house.nets[60:]) - min(house.nets[60:]) <= 2 * 1000.0
    assert sum(powers) / len(powers) == pytest.approx(-1500.0, abs=150.0)


def test_a_meter_that_fails_under_a_limit_never_lets_the_import_above_it():
    house = Simulation(
        {
            "ev": Device(lambda power: ev(power=power), own=lambda potential, rest: 11_000.0),
            "battery": Device(lambda power: battery(power=power)),
        },
        base=lambda time: 2500.0 if time < 100 else 600.0,
        plan=plan(device_plan("ev", Intent.CHARGE_GRID, 11_000.0), device_plan("battery", Intent.HOLD)),
        limits=(limit(8000.0),),
        meter_fails=lambda time: 150 <= time < 400,
    )
    house.run(500)
    assert max(house.nets[10:]) <= 8000.0
    # The load of before is what is reserved while nobody sees.
    assert house.powers["ev"][300] == pytest.approx(8000.0 - 50.0 - 2500.0, abs=10.0)
    assert house.powers["ev"][-1] == pytest.approx(8000.0 - 50.0 - 600.0, abs=400.0)


# ---------------------------------------------------------------------------------------------------- any input

powers = st.none() | st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, -1.0, 11_000.0])
moments = st.integers(-100_000, 100_000).map(lambda seconds: START + timedelta(seconds=seconds))


@st.composite
def odd_stores(draw, name):
    maker = draw(st.sampled_from([battery, ev]))
    made = maker(
        name,
        power=draw(powers),
        level=draw(st.floats(-1e6, 1e6)),
        controllable=draw(st.booleans()),
        available=draw(st.booleans()),
        priority=draw(st.integers(1, 10)),
    )
    control: FillRate = made.control
    times = {"departure": draw(st.none() | moments), "arrival": draw(st.none() | moments)}
    lowest = draw(st.floats(-1e4, 1e4))
    span = NumberRange(start=lowest, end=lowest + draw(st.floats(0, 1e5)))
    return made.replace(control=control.replace(level_range=span, **times), maximum_power=draw(powers.map(_size)))


def _size(power):
    return None if power is None else abs(power)


@st.composite
def odd_ways(draw, names):
    """Transitions, timers and the present mode of anything with modes."""
    timers = tuple(
        Timer(timer_id=name, duration=draw(st.floats(0, 1e5)), finished_at=draw(st.none() | moments))
        for name in draw(st.sampled_from([(), ("a",), ("a", "b")]))
    )
    names_of_timers = [timer.timer_id for timer in timers]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=5))
    transitions = tuple(
        Transition(
            transition_id=str(index),
            from_mode=source,
            to_mode=target,
            blocking_timers=tuple(draw(st.lists(st.sampled_from(names_of_timers), max_size=1)))
            if names_of_timers
            else (),
            abnormal_condition_only=draw(st.booleans()),
        )
        for index, (source, target) in enumerate(pairs)
    )
    return {
        "timers": timers,
        "transitions": transitions,
        "active_mode": draw(st.none() | st.sampled_from(names)),
        "active_factor": draw(st.floats(0, 1)),
    }


number_ranges = st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)).map(
    lambda ends: NumberRange(start=ends[0], end=ends[1])
)


@st.composite
def odd_controls(draw):
    """Operation modes, a demand, or a store that is only filled."""
    count = draw(st.integers(1, 3))
    names = [str(index) for index in range(count)]
    kind = draw(st.sampled_from(["modes", "demand", "store"]))
    if kind == "modes":
        return OperationModes(
            modes=tuple(
                OperationMode(mode_id=name, power=draw(number_ranges), abnormal_condition_only=draw(st.booleans()))
                for name in names
            ),
            **draw(odd_ways(names)),
        )
    actuators = [f"actuator{index}" for index in range(draw(st.integers(1, 3)))]
    if kind == "demand":
        return DemandDriven(
            actuators=tuple(
                DemandDrivenActuator(
                    actuator_id=actuator,
                    modes=tuple(
                        DemandDrivenMode(
                            mode_id=name,
                            power=draw(number_ranges),
                            supply_rate=draw(number_ranges),
                            abnormal_condition_only=draw(st.booleans()),
                        )
                        for name in names
                    ),
                    **draw(odd_ways(names)),
                )
                for actuator in actuators
            ),
            present_demand_rate=draw(st.floats(-1e6, 1e6)),
        )
    lowest = draw(st.floats(-100, 100))
    return FillRate(
        actuators=tuple(
            FillRateActuator(
                actuator_id=actuator,
                modes=tuple(
                    FillRateMode(
                        mode_id=name,
                        elements=(
                            FillRateElement(
                                level_range=NumberRange(start=-50.0, end=50.0),
                                fill_rate=NumberRange(start=0.0, end=draw(st.floats(-1, 1))),
                                power=NumberRange(start=draw(st.floats(0, 1e4)), end=draw(st.floats(0, 1e4))),
                            ),
                        ),
                        abnormal_condition_only=draw(st.booleans()),
                    )
                    for name in names
                ),
                **draw(odd_ways(names)),
            )
            for actuator in actuators
        ),
        level=draw(st.floats(-200, 200)),
        level_range=NumberRange(start=lowest, end=lowest + draw(st.floats(0, 100))),
        level_unit=draw(st.sampled_from(["°C", "Wh", "%"])),
    )


@st.composite
def odd_modes(draw, name):
    return Resource(
        resource_id=name,
        control=draw(odd_controls()),
        power=draw(powers),
        controllable=draw(st.booleans()),
        available=draw(st.booleans()),
    )


def modes_of(resource):
    """Actuator → modes, with the timers that run by names of modes that they block from the present one."""
    control = resource.control
    if isinstance(control, OperationModes):
        return {resource.resource_id: control}
    return {actuator.actuator_id: actuator for actuator in control.actuators}


def power_at(mode, factor, level):
    power = mode.power if not hasattr(mode, "elements") else mode.elements[0].power
    return power.start + factor * (power.end - power.start)


def check_modes(resource, instruction, now, *, abnormal):
    """What is instructed exists, draws what is said, and begins nothing that a timer or the rules of S2 forbid."""
    owners = modes_of(resource)
    assert {choice.actuator_id for choice in instruction.modes} == set(owners)
    total = 0.0
    for choice in instruction.modes:
        owner = owners[choice.actuator_id]
        modes = {mode.mode_id: mode for mode in owner.modes}
        chosen = modes[choice.mode_id]
        total += power_at(chosen, choice.factor, None)
        if all(mode.abnormal_condition_only for mode in owner.modes):
            continue
        assert abnormal or not chosen.abnormal_condition_only
        active = modes.get(owner.active_mode)
        if active is None or active is chosen or not owner.transitions:
            continue
        running = {
            timer.timer_id for timer in owner.timers if timer.finished_at is not None and timer.finished_at > now
        }
        open_ways = {
            way.to_mode
            for way in owner.transitions
            if way.from_mode == owner.active_mode
            and (abnormal or not way.abnormal_condition_only)
            and running.isdisjoint(way.blocking_timers)
        }
        if active.abnormal_condition_only and not abnormal:
            # It must not stay; where nothing leads out, the least will do.
            continue
        if choice.mode_id not in open_ways:
            # Only less than the present mode is taken in spite of a timer.
            assert size(chosen) < size(active)
    assert instruction.power == pytest.approx(total, rel=1e-3, abs=25.0)


def size(mode):
    power = mode.power if not hasattr(mode, "elements") else mode.elements[0].power
    return max(abs(power.start), abs(power.end))


@st.composite
def odd_sources(draw, name):
    return pv(
        name,
        power=draw(powers),
        nominal=draw(st.floats(0, 1e6)),
        controllable=draw(st.booleans()),
        available=draw(st.booleans()),
    )


@st.composite
def odd_runs(draw, name):
    started = draw(st.none() | moments)
    made = run(
        name,
        power=draw(st.floats(-1e5, 1e5)),
        minutes=draw(st.floats(0.1, 1e4)),
        start=draw(st.none() | moments),
        latest_end=draw(st.none() | moments),
        state=draw(st.sampled_from(RunState)),
        pausable=draw(st.booleans()),
        stoppable=draw(st.booleans()),
        started=started,
        interrupted_at=draw(st.none() | moments),
        pinned_start=draw(st.none() | moments),
    )
    return washer(made, name=name, power=draw(powers), controllable=draw(st.booleans()), available=draw(st.booleans()))


@st.composite
def odd_resources(draw):
    makers = [odd_stores, odd_modes, odd_sources, odd_runs, lambda name: powers.map(lambda power: load(name, power))]
    count = draw(st.integers(0, 5))
    return tuple(draw(draw(st.sampled_from(makers))(f"device{index}")) for index in range(count))


@st.composite
def odd_plans(draw, resources):
    devices = tuple(
        device_plan(
            entry.resource_id,
            draw(st.sampled_from(Intent)),
            draw(st.floats(-1e5, 1e5)),
            lower=draw(st.floats(-1e5, 1e5)),
            upper=draw(st.floats(-1e5, 1e5)),
        )
        for entry in resources
        if draw(st.booleans())
    )
    price = draw(st.floats(-1, 1))
    devices = tuple(
        made.replace(
            actuators=tuple(
                ActuatorPlan(
                    actuator_id=draw(st.sampled_from([made.resource_id, "actuator0", "actuator1"])),
                    mode=(draw(st.sampled_from("0123")),) * 4,
                    factor=(draw(st.floats(0, 1)),) * 4,
                )
                for _ in range(draw(st.integers(0, 2)))
            )
        )
        for made in devices
    )
    return plan(*devices, now=draw(moments), import_price=(price,) * 4, hours=draw(st.floats(0.1, 100)))


@st.composite
def odd_limits(draw):
    return limit(
        draw(st.floats(0, 1e9)),
        direction=draw(st.sampled_from(Direction)),
        scope=draw(st.sampled_from(LimitScope)),
        category=draw(st.sampled_from(LimitCategory)),
        start=draw(moments),
        seconds=draw(st.none() | st.floats(0.1, 1e5)),
        limit_id=draw(st.sampled_from("abc")),
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_no_input_raises_and_every_instruction_is_possible(data):
    memory = DispatchMemory()
    resources = data.draw(odd_resources())
    for _ in range(data.draw(st.integers(1, 4))):
        if data.draw(st.booleans()):
            resources = data.draw(odd_resources())
        planned = data.draw(st.none() | odd_plans(resources))
        now = data.draw(moments)
        limits = tuple(data.draw(st.lists(odd_limits(), max_size=4)))
        result = call(
            *resources,
            net=data.draw(st.none() | st.floats(allow_nan=True, allow_infinity=True)),
            now=now,
            plan=planned,
            limits=limits,
            light=TrafficLight(phase=data.draw(st.sampled_from(Phase)), until=data.draw(st.none() | moments)),
            memory=memory,
        )
        memory = result.memory
        known = {entry.resource_id: entry for entry in resources}
        seen = set()
        for instruction in result.instructions:
            resource = known[instruction.resource_id]
            about = instruction.resource_id, instruction.kind in {InstructionKind.SET, InstructionKind.RELEASE}
            assert about not in seen
            seen.add(about)
            battery_or_car = isinstance(resource.control, FillRate) and resource.kind in {"battery", "ev_charger"}
            if battery_or_car and instruction.power is not None and resource.available:
                assert -5000.0 - 0.1 <= instruction.power <= 11_040.0 + 0.1
            # What is missing keeps its last instruction, whatever it was described as then.
            if instruction.modes and not resource.kind and resource.available:
                check_modes(resource, instruction, now, abnormal=True)
            if instruction.limit is not None:
                assert math.isfinite(instruction.limit)
        for entry in result.unheld:
            assert entry.excess > 0.0
        assert DispatchMemory.from_json(memory.to_json()).control.paused == memory.control.paused


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_the_same_input_gives_the_same_answer(data):
    resources = data.draw(odd_resources())
    planned = data.draw(st.none() | odd_plans(resources))
    limits = tuple(data.draw(st.lists(odd_limits(), max_size=3)))
    first = call(*resources, net=1000.0, plan=planned, limits=limits)
    again = call(*resources, net=1000.0, plan=planned, limits=limits)
    assert first == again


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_modes_that_are_instructed_can_be_had_and_draw_what_is_said(data):
    """S2: transitions, timers and abnormal conditions; nothing is begun that they forbid, whatever the limits."""
    resource = data.draw(odd_modes("device0")).replace(available=True, controllable=True)
    memory = DispatchMemory()
    for second in range(data.draw(st.integers(1, 3))):
        red, emergency = data.draw(st.booleans()), data.draw(st.booleans())
        limits = (
            (limit(data.draw(st.floats(0, 2e4)), category=LimitCategory.EMERGENCY if emergency else "obligation"),)
            if data.draw(st.booleans())
            else ()
        )
        now = START + timedelta(seconds=40 * second)
        result = call(
            resource,
            net=data.draw(st.floats(-1e5, 1e5)),
            now=now,
            plan=data.draw(st.none() | odd_plans((resource,)).map(lambda made: made.replace(created=START))),
            limits=limits,
            light=TrafficLight(phase=Phase.RED if red else Phase.GREEN),
            memory=memory,
        )
        memory = result.memory
        for instruction in result.instructions:
            if instruction.modes:
                check_modes(resource, instruction, now, abnormal=red or (emergency and bool(limits)))


@settings(max_examples=100, deadline=None)
@given(
    base=st.floats(0, 3000),
    allowed=st.floats(0, 9000),
    levels=st.lists(st.floats(10, 4000), min_size=1, max_size=4),
    wanted=st.integers(0, 4),
    priorities=st.tuples(st.integers(1, 10), st.integers(1, 10)),
)
def test_what_has_modes_never_brings_the_import_above_a_limit(base, allowed, levels, wanted, priorities):
    """Two of them, off included among their modes: the house alone decides whether the limit can be held."""
    names = [str(index) for index in range(len(levels) + 1)]
    control = OperationModes(
        modes=tuple(
            OperationMode(mode_id=name, power=NumberRange(start=power, end=power))
            for name, power in zip(names, [0.0, *levels], strict=True)
        )
    )
    mode = names[min(wanted, len(levels))]
    full = [0.0, *levels][min(wanted, len(levels))]
    one = Resource(resource_id="one", control=control, power=full, controllable=True, priority=priorities[0])
    two = Resource(resource_id="two", control=control, power=full, controllable=True, priority=priorities[1])
    planned = plan(
        *(
            device_plan(name, Intent.ON, full).replace(
                actuators=(ActuatorPlan(actuator_id=name, mode=(mode,) * 4, factor=(1.0,) * 4),)
            )
            for name in ("one", "two")
        )
    )
    result = call(one, two, net=base + 2 * full, plan=planned, limits=(limit(allowed),))
    drawn = sum(instruction.power for instruction in result.instructions)
    assert base + drawn <= max(allowed, base) + 1.0
    assert (result.unheld == ()) is (base <= allowed + 1.0)
    if base + 2 * full <= allowed - 50.0:
        assert drawn == pytest.approx(2 * full, abs=0.2)
