"""Properties over any house: limits hold while the house can hold them, nothing swings, nothing raises."""

from datetime import timedelta
import itertools
import math

from hypothesis import HealthCheck, Phase as Stage, given, note, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.dispatch import DispatchMemory
from custom_components.cem_sgcp.cem.model import (
    Direction,
    FillRate,
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
    TrafficLight,
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
def odd_modes(draw, name):
    ranges = draw(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), min_size=1, max_size=3))
    return Resource(
        resource_id=name,
        control=OperationModes(
            modes=tuple(
                OperationMode(mode_id=str(index), power=NumberRange(start=start, end=end))
                for index, (start, end) in enumerate(ranges)
            )
        ),
        power=draw(powers),
        controllable=draw(st.booleans()),
        available=draw(st.booleans()),
    )


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
        result = call(
            *resources,
            net=data.draw(st.none() | st.floats(allow_nan=True, allow_infinity=True)),
            now=data.draw(moments),
            plan=planned,
            limits=tuple(data.draw(st.lists(odd_limits(), max_size=4))),
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
            if isinstance(resource.control, FillRate) and instruction.power is not None and resource.available:
                assert -5000.0 - 0.1 <= instruction.power <= 11_040.0 + 0.1
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
