"""Resources with modes (S2 OMBC, FRBC, DDBC): the plan's modes are carried out, limits and phases cut, timers hold."""

from datetime import timedelta

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
    Interval,
    LevelTarget,
    LimitCategory,
    NumberRange,
    OperationMode,
    OperationModes,
    Phase,
    Resource,
    Series,
    Timer,
    TrafficLight,
    Transition,
)

from .house import START, battery, call, device_plan, limit, plan, told

RED = TrafficLight(phase=Phase.RED)
BLACK = TrafficLight(phase=Phase.BLACK)
EMERGENCY = LimitCategory.EMERGENCY


def between(*modes, block=(), abnormal=()):
    """Every change between modes; `block`: (from, to, timer)."""
    blocked = {(source, target): timer for source, target, timer in block}
    return tuple(
        Transition(
            transition_id=f"{source}-{target}",
            from_mode=source,
            to_mode=target,
            blocking_timers=(blocked[source, target],) if (source, target) in blocked else (),
            abnormal_condition_only=(source, target) in abnormal,
        )
        for source in modes
        for target in modes
        if source != target
    )


def running(name, seconds=300.0):
    return Timer(timer_id=name, duration=600.0, finished_at=START + timedelta(seconds=seconds))


def machine(name="heater", *, levels, power=0.0, active=None, abnormal=(), priority=5, **control):
    """A resource with operation modes: name of the mode → W, or (W, W) for a range."""
    return Resource(
        resource_id=name,
        control=OperationModes(
            modes=tuple(
                OperationMode(
                    mode_id=mode,
                    power=NumberRange(start=at, end=at)
                    if isinstance(at, float)
                    else NumberRange(start=at[0], end=at[1]),
                    abnormal_condition_only=mode in abnormal,
                )
                for mode, at in levels.items()
            ),
            active_mode=active,
            **control,
        ),
        power=power,
        controllable=True,
        priority=priority,
    )


HEATER = {"off": 0.0, "low": 1000.0, "high": 3000.0}
LIGHT = {"dim": 30.0, "bright": (100.0, 400.0)}
GENERATOR = {"off": 0.0, "run": (-1000.0, -4000.0)}


def moded(name, *actuators, intent=Intent.ON, power=0.0):
    """A device plan with the same modes throughout: (actuator, mode, factor)."""
    made = device_plan(name, intent, power, lower=min(power, 0.0), upper=max(power, 0.0))
    return made.replace(
        actuators=tuple(
            ActuatorPlan(actuator_id=actuator, mode=(mode,) * 4, factor=(factor,) * 4)
            for actuator, mode, factor in actuators
        )
    )


def modes(instruction):
    return {entry.actuator_id: (entry.mode_id, pytest.approx(entry.factor, abs=1e-3)) for entry in instruction.modes}


def mode(instruction):
    (only,) = instruction.modes
    return only.mode_id


# ----------------------------------------------------------------------- following the plan


def test_the_mode_and_factor_of_the_plan_are_instructed_and_power_is_what_they_draw():
    lamp = machine("lamp", levels=LIGHT, power=400.0, active="bright")
    instruction = told(call(lamp, net=900.0, plan=plan(moded("lamp", ("lamp", "bright", 0.5), power=250.0))), "lamp")
    assert instruction.kind is InstructionKind.SET
    assert modes(instruction) == {"lamp": ("bright", 0.5)}
    assert instruction.power == pytest.approx(250.0)
    assert not instruction.urgent


def test_a_mode_is_named_even_where_two_modes_draw_the_same():
    fan = machine("fan", levels={"in": 200.0, "out": 200.0})
    assert mode(told(call(fan, plan=plan(moded("fan", ("fan", "out", 1.0), power=200.0))), "fan")) == "out"


def test_without_a_fresh_plan_a_device_with_modes_is_left_to_itself():
    instruction = told(call(machine(levels=HEATER, power=3000.0, active="high"), net=3500.0), "heater")
    assert instruction.kind is InstructionKind.RELEASE
    assert instruction.modes == ()


def test_a_mode_that_does_not_exist_any_more_leaves_the_device_in_its_mode():
    heater = machine(levels=HEATER, power=1000.0, active="low")
    instruction = told(call(heater, plan=plan(moded("heater", ("heater", "turbo", 1.0), power=9000.0))), "heater")
    assert (mode(instruction), instruction.power) == ("low", 1000.0)


def test_modes_stand_for_a_minute_before_they_change_again():
    memory = DispatchMemory()
    seen = []
    for second in range(0, 130, 10):
        wanted = "high" if second in {0, 20} or second >= 40 else "low"
        result = call(
            machine(levels=HEATER, power=3000.0),
            plan=plan(moded("heater", ("heater", wanted, 1.0))),
            now=START + timedelta(seconds=second),
            memory=memory,
        )
        memory = result.memory
        seen.append(mode(told(result, "heater")))
    assert seen == ["high"] * 13


def test_a_lasting_change_of_mode_comes_through_after_a_minute():
    memory = DispatchMemory()
    seen = []
    for second in range(0, 100, 10):
        result = call(
            machine(levels=HEATER, power=3000.0),
            plan=plan(moded("heater", ("heater", "high" if second < 20 else "low", 1.0))),
            now=START + timedelta(seconds=second),
            memory=memory,
        )
        memory = result.memory
        seen.append(mode(told(result, "heater")))
    assert seen == ["high"] * 6 + ["low"] * 4


# ----------------------------------------------------------------------- timers


def test_a_least_time_off_holds_against_the_plan():
    compressor = machine(
        levels={"off": 0.0, "on": 2000.0},
        active="off",
        transitions=between("off", "on", block=[("off", "on", "rest")]),
        timers=(running("rest"),),
    )
    following = plan(moded("heater", ("heater", "on", 1.0), power=2000.0))
    instruction = told(call(compressor, plan=following), "heater")
    assert (mode(instruction), instruction.power) == ("off", 0.0)
    later = call(compressor, plan=following, now=START + timedelta(seconds=301))
    assert mode(told(later, "heater")) == "on"


def _on_for_a_while(**more):
    return machine(
        levels={"off": 0.0, "on": 2000.0},
        active="on",
        power=2000.0,
        transitions=between("off", "on", block=[("on", "off", "stay")]),
        timers=(running("stay"),),
        **more,
    )


def test_a_least_time_on_holds_against_the_plan_but_not_against_a_limit():
    following = plan(moded("heater", ("heater", "off", 1.0), intent=Intent.OFF))
    instruction = told(call(_on_for_a_while(), net=2500.0, plan=following), "heater")
    assert (mode(instruction), instruction.power) == ("on", 2000.0)
    limited = call(_on_for_a_while(), net=2500.0, plan=following, limits=(limit(1500.0),))
    instruction = told(limited, "heater")
    assert (mode(instruction), instruction.power, instruction.urgent) == ("off", 0.0, True)
    assert limited.unheld == ()


def test_a_limit_never_shortens_a_least_time_off():
    resting = machine(
        levels={"off": 0.0, "low": 500.0, "on": 2000.0},
        active="off",
        transitions=between("off", "low", "on", block=[("off", "on", "rest"), ("off", "low", "rest")]),
        timers=(running("rest"),),
    )
    following = plan(moded("heater", ("heater", "on", 1.0), power=2000.0))
    instruction = told(call(resting, net=200.0, plan=following, limits=(limit(1500.0),)), "heater")
    assert (mode(instruction), instruction.power) == ("off", 0.0)


def test_only_the_transitions_that_are_stated_are_taken():
    stages = machine(
        levels=HEATER,
        active="off",
        transitions=(
            Transition(transition_id="a", from_mode="off", to_mode="low"),
            Transition(transition_id="b", from_mode="low", to_mode="high"),
        ),
    )
    instruction = told(call(stages, plan=plan(moded("heater", ("heater", "high", 1.0), power=3000.0))), "heater")
    assert mode(instruction) == "off"


# ----------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("allowed", "name", "power"), [(3600.0, "high", 3000.0), (2600.0, "low", 1000.0), (1200.0, "off", 0.0)]
)
def test_a_limit_leaves_the_highest_mode_that_fits(allowed, name, power):
    following = plan(moded("heater", ("heater", "high", 1.0), power=3000.0))
    heater = machine(levels=HEATER, power=3000.0, active="high")
    result = call(heater, net=3500.0, plan=following, limits=(limit(allowed),))
    instruction = told(result, "heater")
    assert (mode(instruction), instruction.power) == (name, power)
    assert instruction.urgent is (name != "high")
    assert result.unheld == ()


def test_lighting_is_dimmed_to_its_floor_and_no_further():
    lamp = machine("lamp", levels=LIGHT, power=400.0, active="bright")
    following = plan(moded("lamp", ("lamp", "bright", 1.0), power=400.0))
    dimmed = told(call(lamp, net=900.0, plan=following, limits=(limit(700.0),)), "lamp")
    assert (mode(dimmed), dimmed.power) == ("bright", pytest.approx(186.0))
    result = call(lamp, net=900.0, plan=following, limits=(limit(0.0),))
    dark = told(result, "lamp")
    assert (mode(dark), dark.power) == ("dim", 30.0)
    assert result.unheld[0].excess == pytest.approx(530.0)


def test_devices_with_modes_share_a_limit_by_priority():
    first = machine("first", levels=HEATER, power=3000.0, active="high", priority=2)
    second = machine("second", levels=HEATER, power=3000.0, active="high", priority=8)
    following = plan(moded("first", ("first", "high", 1.0)), moded("second", ("second", "high", 1.0)))
    result = call(first, second, net=6000.0, plan=following, limits=(limit(4200.0),))
    assert mode(told(result, "first")) == "high"
    assert mode(told(result, "second")) == "low"


def test_a_device_taken_by_a_limit_from_its_own_habit_is_told_a_mode():
    heater = machine(levels=HEATER, power=3000.0, active="high")
    result = call(heater, net=3500.0, limits=(limit(2600.0),))
    instruction = told(result, "heater")
    assert (instruction.kind, mode(instruction), instruction.power) == (InstructionKind.SET, "low", 1000.0)


# ----------------------------------------------------------------------- phases


def test_in_red_what_consumes_goes_to_its_lowest_mode():
    heater = machine(levels=HEATER, power=3000.0, active="high")
    lamp = machine("lamp", levels=LIGHT, power=400.0, active="bright")
    following = plan(moded("heater", ("heater", "high", 1.0)), moded("lamp", ("lamp", "bright", 1.0)))
    result = call(heater, lamp, net=4000.0, plan=following, light=RED)
    assert (mode(told(result, "heater")), told(result, "heater").intent) == ("off", Intent.OFF)
    assert mode(told(result, "lamp")) == "dim"
    assert told(result, "heater").reason == "red_phase"
    assert told(result, "heater").urgent


def test_in_red_what_generates_by_plan_goes_on():
    engine = machine("engine", levels=GENERATOR, power=-2000.0, active="run")
    following = plan(moded("engine", ("engine", "run", 1 / 3), power=-2000.0))
    instruction = told(call(engine, net=500.0, plan=following, light=RED), "engine")
    assert (mode(instruction), instruction.power) == ("run", pytest.approx(-2000.0, abs=1.0))


def test_without_a_grid_everything_with_modes_is_left_to_itself():
    following = plan(moded("heater", ("heater", "high", 1.0)))
    instruction = told(call(machine(levels=HEATER), plan=following, light=BLACK), "heater")
    assert (instruction.kind, instruction.reason) == (InstructionKind.RELEASE, "black_phase")


def test_modes_for_abnormal_conditions_are_used_in_those_only():
    heater = machine(levels={"off": 50.0, "deep": 0.0, "on": 2000.0}, power=2000.0, active="on", abnormal=("deep",))
    following = plan(moded("heater", ("heater", "on", 1.0)))
    usual = told(call(heater, net=2500.0, plan=following, limits=(limit(0.0),)), "heater")
    assert mode(usual) == "off"
    grave = told(call(heater, net=2500.0, plan=following, limits=(limit(0.0, category=EMERGENCY),)), "heater")
    assert mode(grave) == "deep"
    assert mode(told(call(heater, net=2500.0, plan=following, light=RED), "heater")) == "deep"


# ----------------------------------------------------------------------- generators


def test_a_limit_alone_never_starts_a_generator():
    engine = machine("engine", levels=GENERATOR, active="off")
    following = plan(moded("engine", ("engine", "off", 1.0), intent=Intent.OFF))
    result = call(engine, net=5000.0, plan=following, limits=(limit(3000.0),))
    assert mode(told(result, "engine")) == "off"
    assert result.unheld[0].excess == pytest.approx(2000.0)


def test_a_generator_that_runs_by_plan_gives_more_for_a_limit():
    engine = machine("engine", levels=GENERATOR, power=-1000.0, active="run")
    following = plan(moded("engine", ("engine", "run", 0.0), power=-1000.0))
    result = call(engine, net=4000.0, plan=following, limits=(limit(3000.0),))
    instruction = told(result, "engine")
    assert mode(instruction) == "run"
    assert instruction.power == pytest.approx(-2050.0)
    assert result.unheld == ()


def test_in_an_emergency_a_generator_may_be_started_and_goes_on_until_it_is_over():
    engine = machine("engine", levels=GENERATOR, active="off", abnormal=("run",))
    following = plan(moded("engine", ("engine", "off", 1.0), intent=Intent.OFF))
    grave = (limit(3000.0, category=EMERGENCY),)
    result = call(engine, net=5000.0, plan=following, limits=grave)
    assert (mode(told(result, "engine")), told(result, "engine").power) == ("run", pytest.approx(-2050.0))
    on = machine("engine", levels=GENERATOR, active="run", power=-2050.0, abnormal=("run",))
    result = call(
        on, net=-1500.0, plan=following, limits=grave, memory=result.memory, now=START + timedelta(seconds=60)
    )
    assert (mode(told(result, "engine")), told(result, "engine").power) == ("run", -1000.0)
    result = call(on, net=-1500.0, plan=following, memory=result.memory, now=START + timedelta(seconds=180))
    assert mode(told(result, "engine")) == "off"


def test_stores_come_before_a_generator():
    engine = machine("engine", levels=GENERATOR, active="off", abnormal=("run",))
    following = plan(moded("engine", ("engine", "off", 1.0), intent=Intent.OFF), device_plan("battery", Intent.HOLD))
    result = call(engine, battery(), net=5000.0, plan=following, limits=(limit(3000.0, category=EMERGENCY),))
    assert told(result, "battery").power < -2000.0
    assert mode(told(result, "engine")) == "off"


def test_an_export_limit_takes_a_generator_down():
    engine = machine("engine", levels=GENERATOR, power=-4000.0, active="run")
    following = plan(moded("engine", ("engine", "run", 1.0), power=-4000.0))
    result = call(engine, net=-3500.0, plan=following, limits=(limit(1000.0, direction=Direction.EXPORT),))
    instruction = told(result, "engine")
    assert mode(instruction) == "run"
    assert instruction.power == pytest.approx(-1480.0)
    result = call(engine, net=-3500.0, plan=following, limits=(limit(0.0, direction=Direction.EXPORT),))
    assert told(result, "engine").power == 0.0
    assert result.unheld == ()


# ----------------------------------------------------------------------- stores


def tank(*, level=50.0, low=40.0, high=60.0, power=0.0, active=None, levels=None, name="tank", unit="°C", **actuator):
    """A store that is only filled, with one actuator: name of the mode → W; 1 kW fills 1 unit in 400 s."""
    levels = levels or {"off": 0.0, "on": 2000.0}
    return Resource(
        resource_id=name,
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="pump",
                    modes=tuple(
                        FillRateMode(
                            mode_id=mode_id,
                            elements=(
                                FillRateElement(
                                    level_range=NumberRange(start=-100.0, end=100.0),
                                    fill_rate=NumberRange(start=watts / 400_000.0, end=watts / 400_000.0),
                                    power=NumberRange(start=watts, end=watts),
                                ),
                            ),
                        )
                        for mode_id, watts in levels.items()
                    ),
                    active_mode=active,
                    **actuator,
                ),
            ),
            level=level,
            level_range=NumberRange(start=low, end=high),
            level_unit=unit,
        ),
        power=power,
        maximum_power=max(levels.values()),
        controllable=True,
    )


def heated(intent, power=0.0, name="tank", mode_id=None):
    made = device_plan(name, intent, power, lower=0.0, upper=3000.0)
    if mode_id is None:
        return made
    return made.replace(actuators=(ActuatorPlan(actuator_id="pump", mode=(mode_id,) * 4, factor=(1.0,) * 4),))


def test_a_heat_store_is_put_into_the_planned_mode():
    levels = {"off": 0.0, "reduced": 1000.0, "normal": 2000.0}
    result = call(tank(levels=levels), plan=plan(heated(Intent.CHARGE_GRID, 1000.0, mode_id="reduced")))
    assert (mode(told(result, "tank")), told(result, "tank").power) == ("reduced", 1000.0)


@pytest.mark.parametrize("low", [40.0, -20.0])
def test_a_level_below_its_range_is_filled_whatever_the_plan_says(low):
    """Below a least temperature, and for a freezer, whose level is the cold: above its highest temperature."""
    cold = tank(level=low - 1.0, low=low, high=low + 4.0)
    result = call(cold, plan=plan(heated(Intent.IDLE, mode_id="off")))
    instruction = told(result, "tank")
    assert (mode(instruction), instruction.power, instruction.reason) == ("on", 2000.0, "comfort_guard")
    still = tank(level=low + 0.01, low=low, high=low + 4.0, power=2000.0, active="on")
    now = START + timedelta(seconds=90)
    result = call(still, plan=plan(heated(Intent.IDLE, mode_id="off")), memory=result.memory, now=now)
    assert mode(told(result, "tank")) == "on"
    warm = tank(level=low + 0.5, low=low, high=low + 4.0, power=2000.0, active="on")
    result = call(
        warm,
        plan=plan(heated(Intent.IDLE, mode_id="off")),
        memory=result.memory,
        now=START + timedelta(seconds=180),
    )
    assert mode(told(result, "tank")) == "off"


def test_the_guard_of_a_level_gives_way_to_limits():
    cold = tank(level=35.0)
    following = plan(heated(Intent.IDLE, mode_id="off"))
    assert told(call(cold, net=500.0, plan=following, limits=(limit(1000.0),)), "tank").power == 0.0


def kept(resource, *, minimum=None, maximum=None, price=None):
    """The same store with a target that holds now."""
    target = LevelTarget(
        start=START - timedelta(hours=1), end=START + timedelta(hours=9), minimum=minimum, maximum=maximum, price=price
    )
    return resource.replace(control=resource.control.replace(targets=(target,)))


def test_jwg3_in_red_a_freezer_is_reduced_but_only_down_to_its_guard():
    cooling = plan(heated(Intent.CHARGE_GRID, 2000.0, mode_id="on"))
    reduced = kept(tank(level=20.0, low=0.0, high=26.0, unit="-°C", power=2000.0, active="on"), minimum=16.0)
    assert told(call(reduced, net=2500.0, plan=cooling, light=RED), "tank").power == 0.0
    warm = kept(tank(level=15.9, low=0.0, high=26.0, unit="-°C"), minimum=16.0)
    instruction = told(call(warm, net=500.0, plan=cooling, light=RED), "tank")
    assert (mode(instruction), instruction.power, instruction.reason) == ("on", 2000.0, "comfort_guard")


def test_comfort_that_has_a_price_is_left_to_the_plan():
    cool = kept(tank(level=45.0), minimum=48.0, price=0.5)
    assert told(call(cool, plan=plan(heated(Intent.IDLE, mode_id="off"))), "tank").power == 0.0


# -------------------------------------------------------------------------------------------------------- cogeneration


def chp(*, level=60.0, power=0.0, active=None):
    """A cogenerator: 5 kW of electricity while it heats a buffer between 50 and 70 °C."""
    return tank(
        level=level, low=50.0, high=70.0, power=power, active=active, levels={"off": 0.0, "on": 5000.0}
    ).replace(
        resource_id="chp",
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="pump",
                    modes=tuple(
                        FillRateMode(
                            mode_id=mode_id,
                            elements=(
                                FillRateElement(
                                    level_range=NumberRange(start=0.0, end=100.0),
                                    fill_rate=NumberRange(start=0.001 * run, end=0.002 * run),
                                    power=NumberRange(start=-2500.0 * run, end=-5000.0 * run),
                                ),
                            ),
                        )
                        for mode_id, run in (("off", 0.0), ("on", 1.0))
                    ),
                    active_mode=active,
                ),
            ),
            level=level,
            level_range=NumberRange(start=50.0, end=70.0),
            level_unit="°C",
        ),
    )


def heat_led(mode_id, power, intent=Intent.COVER_HOUSE):
    made = device_plan("chp", intent, power, lower=-5000.0, upper=0.0)
    return plan(made.replace(actuators=(ActuatorPlan(actuator_id="pump", mode=(mode_id,) * 4, factor=(0.0,) * 4),)))


def test_a_cogenerator_runs_as_planned_whatever_the_house_draws():
    for net in (-4000.0, 0.0, 9000.0):
        instruction = told(call(chp(), net=net, plan=heat_led("on", -2500.0)), "chp")
        assert (mode(instruction), instruction.power) == ("on", -2500.0)
        resting = told(call(chp(), net=net, plan=heat_led("off", 0.0)), "chp")
        assert (mode(resting), resting.power) == ("off", 0.0)


def test_a_cogenerator_stops_when_its_buffer_is_full_and_starts_when_it_is_cold():
    full = told(call(chp(level=71.0, power=-5000.0, active="on"), net=0.0, plan=heat_led("on", -5000.0)), "chp")
    assert (mode(full), full.power) == ("off", 0.0)
    cold = told(call(chp(level=49.0), net=0.0, plan=heat_led("off", 0.0, Intent.IDLE)), "chp")
    assert (mode(cold), cold.power, cold.reason) == ("on", -5000.0, "comfort_guard")


def test_a_cogenerator_is_not_a_battery_that_a_limit_discharges():
    result = call(chp(), net=9000.0, plan=heat_led("off", 0.0), limits=(limit(5000.0),))
    assert told(result, "chp").power == 0.0
    assert result.unheld[0].excess == pytest.approx(4000.0)


def test_a_cogenerator_without_a_plan_is_left_to_its_heat_demand_in_red_too():
    for light in (TrafficLight(), RED, BLACK):
        assert told(call(chp(power=-5000.0), net=-2000.0, light=light), "chp").kind is InstructionKind.RELEASE


def test_a_level_above_its_range_stops_whatever_is_running():
    hot = tank(
        level=61.0,
        power=2000.0,
        active="on",
        transitions=between("off", "on", block=[("on", "off", "stay")]),
        timers=(running("stay"),),
    )
    instruction = told(call(hot, net=-3000.0, plan=plan(heated(Intent.CHARGE_GRID, 2000.0, mode_id="on"))), "tank")
    assert (mode(instruction), instruction.power) == ("off", 0.0)


def test_the_level_of_a_car_is_no_matter_of_comfort():
    away = tank(level=-1.0, low=0.0, unit="Wh")
    assert told(call(away, plan=plan(heated(Intent.IDLE, mode_id="off"))), "tank").power == 0.0


def test_a_heat_store_takes_lasting_surplus_with_the_highest_mode_that_fits():
    levels = {"off": 0.0, "low": 1000.0, "high": 2500.0}
    memory, power, seen = DispatchMemory(), 0.0, []
    for second in range(0, 90, 5):
        result = call(
            tank(levels=levels, power=power),
            net=power - 1800.0,
            plan=plan(heated(Intent.CHARGE_SURPLUS, mode_id="off")),
            now=START + timedelta(seconds=second),
            memory=memory,
        )
        memory, power = result.memory, told(result, "tank").power
        seen.append(power)
    assert seen[:12] == [0.0] * 12
    assert set(seen[13:]) == {1000.0}
    assert mode(told(result, "tank")) == "low"


def test_surplus_never_starts_a_compressor_within_its_least_time_off():
    resting = tank(
        active="off",
        transitions=between("off", "on", block=[("off", "on", "rest")]),
        timers=(running("rest", 3600.0),),
    )
    memory = DispatchMemory()
    for second in range(0, 200, 5):
        now = START + timedelta(seconds=second)
        result = call(resting, net=-5000.0, plan=plan(heated(Intent.CHARGE_SURPLUS)), now=now, memory=memory)
        memory = result.memory
        assert told(result, "tank").power == 0.0


def test_a_compressor_goes_on_for_its_least_time_when_the_surplus_is_gone():
    on = tank(
        active="on",
        power=2000.0,
        transitions=between("off", "on", block=[("on", "off", "stay")]),
        timers=(running("stay", 3600.0),),
    )
    memory = DispatchMemory()
    for second in range(0, 300, 5):
        now = START + timedelta(seconds=second)
        result = call(on, net=2500.0, plan=plan(heated(Intent.CHARGE_SURPLUS)), now=now, memory=memory)
        memory = result.memory
        assert told(result, "tank").power == 2000.0


# ----------------------------------------------------------------------- demand driven


def hybrid(*, demand=4000.0, power=2000.0, factor=None, pump_active="on", boiler_active="off"):
    """A heat pump (4 W of heat from 1) and a gas boiler, in W of heat."""

    def actuator(name, watts, heat, active, **more):
        return DemandDrivenActuator(
            actuator_id=name,
            modes=(
                DemandDrivenMode(
                    mode_id="off", power=NumberRange(start=0.0, end=0.0), supply_rate=NumberRange(start=0.0, end=0.0)
                ),
                DemandDrivenMode(
                    mode_id="on", power=NumberRange(start=0.0, end=watts), supply_rate=NumberRange(start=0.0, end=heat)
                ),
            ),
            active_mode=active,
            **more,
        )

    supply = (
        None
        if factor is None
        else Series(
            intervals=(Interval(start=START - timedelta(hours=1), end=START + timedelta(hours=9), value=factor),)
        )
    )
    return Resource(
        resource_id="heating",
        control=DemandDriven(
            actuators=(
                actuator("pump", 2000.0, 8000.0, pump_active, supply_factor=supply),
                actuator("boiler", 60.0, 20_000.0, boiler_active),
            ),
            present_demand_rate=demand,
        ),
        power=power,
        controllable=True,
    )


def by_pump(factor=0.5):
    return plan(moded("heating", ("pump", "on", factor), ("boiler", "off", 0.0), power=2000.0 * factor))


def test_the_planned_actuator_meets_the_demand():
    instruction = told(call(hybrid(), net=2500.0, plan=by_pump()), "heating")
    assert modes(instruction) == {"pump": ("on", 0.5), "boiler": ("off", 0.0)}
    assert instruction.power == pytest.approx(1000.0)


def test_a_demand_above_the_forecast_is_met_within_the_planned_modes():
    instruction = told(call(hybrid(demand=6000.0), net=2500.0, plan=by_pump()), "heating")
    assert modes(instruction) == {"pump": ("on", 0.75), "boiler": ("off", 0.75)}


def test_what_the_planned_actuator_cannot_supply_comes_from_the_other_one():
    instruction = told(call(hybrid(demand=15_000.0), net=2500.0, plan=by_pump()), "heating")
    assert modes(instruction)["boiler"][0] == "on"
    colder = told(call(hybrid(demand=6000.0, factor=0.5), net=2500.0, plan=by_pump()), "heating")
    assert modes(colder)["boiler"][0] == "on"


def test_under_a_limit_the_demand_is_met_with_what_power_is_left():
    result = call(hybrid(), net=2500.0, plan=by_pump(), limits=(limit(900.0),))
    instruction = told(result, "heating")
    assert modes(instruction)["boiler"][0] == "on"
    assert instruction.power <= 400.0
    assert instruction.urgent
    assert result.unheld == ()


def test_in_red_a_demand_is_met_with_the_least_electricity():
    instruction = told(call(hybrid(), net=2500.0, plan=by_pump(), light=RED), "heating")
    assert modes(instruction)["pump"][0] == "off"
    assert modes(instruction)["boiler"][0] == "on"
    assert instruction.power == pytest.approx(12.0)
    assert instruction.reason == "red_phase"


def test_without_a_plan_the_heating_meets_its_demand_by_itself():
    assert told(call(hybrid(), net=2500.0), "heating").kind is InstructionKind.RELEASE


def test_many_actuators_are_answered_without_trying_every_combination():
    many = Resource(
        resource_id="heating",
        control=DemandDriven(
            actuators=tuple(
                DemandDrivenActuator(
                    actuator_id=f"a{number}",
                    modes=tuple(
                        DemandDrivenMode(
                            mode_id=f"m{step}",
                            power=NumberRange(start=100.0 * step, end=100.0 * step),
                            supply_rate=NumberRange(start=step, end=step),
                        )
                        for step in range(20)
                    ),
                )
                for number in range(10)
            ),
            present_demand_rate=3.0,
        ),
        power=0.0,
        controllable=True,
    )
    following = plan(device_plan("heating", Intent.ON, 1900.0))
    instruction = told(call(many, plan=following, limits=(limit(1000.0),)), "heating")
    assert len(instruction.modes) == 10
    assert instruction.power <= 1000.0
