"""Hybrid heating: a heat pump beside a gas or oil boiler; which of them meets the house's demand is chosen by the plan.

Demand driven (S2 DDBC), in Wh of heat: the house asks for what it loses at the wanted temperature. The heat pump's
supply follows the weather (`supply_factor`), the boiler costs fuel (`running_cost`): below the outdoor temperature at
which the price of electricity over the COP exceeds that of fuel over the efficiency, the boiler heats. That bivalent
point is nowhere configured: it moves with the prices. Handing back means the device's own automatic mode.

Fields: power_entity, power_inverted, temperature_entity (room; may be missing: the demand needs the weather only),
max_power, min_power (W of the heat pump; none: on or off), flow_temperature (°C), cop_mild, cop_cold or carnot_share
(%), boiler_power (W of heat), boiler_minimum (W), boiler_efficiency (%), boiler_electricity (W of pump and fan),
fuel_price (currency/kWh) or fuel_price_entity, outdoor_entity, demand_entity (W of heat now), minimum_run,
minimum_pause (min), starts_per_day, start_cost of the heat pump, priority. comfort: see heat.py. building: see
heat_store.zone. act: select_entity with option_heat_pump, option_boiler, option_both, option_automatic, option_off;
switch_entity (heat pump), boiler_switch_entity, heat_pump_sequence, boiler_sequence, sequence, release_sequence.
advanced: stale_after (min).
"""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from ..cem.model import (
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    Instruction,
    InstructionKind,
    Intent,
    NumberRange,
    Resource,
    Series,
)
from .acting import choose, sequence, switch
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing, ThermalSources
from .common import IDLE_POWER, configured_entities, measured, optional, resource, value
from .forms import (
    ACTIONS,
    POWER,
    PRIORITY,
    SELECT_ENTITY,
    STALE_AFTER,
    SWITCH_ENTITY,
    TEXT,
    YES_NO,
    Field,
    Section,
    form,
    measurement,
    number,
)
from .heat import band_error, band_now
from .heat_cop import factor, heat_curve
from .heat_modes import OFF, ON, is_on, powers, share_of_range, since, starts_a_day, timing
from .heat_rows import (
    BUILDING,
    MAX_POWER,
    MIN_POWER,
    OUTDOOR_ENTITY,
    RUNNING_ENTITY,
    SWITCH,
    SWITCHING,
    TEMPERATURE,
    comfort,
)
from .heat_sense import READ, sources
from .heat_store import demand, heat_per_electricity, zone
from .heat_times import mean, outdoor
from .reading import finite, is_one_of, number_of, power_of

HEAT_PUMP, BURNER = "heat_pump", "boiler"
ROOM: Final = (20.0, 22.0)
USUAL_POWER: Final = 2500.0
USUAL_OUTDOOR: Final = 5.0
MEAN_OUTDOOR: Final = 2.0
#: Modes in which nothing else heats: what is told where no mode says so.
BY_MODES: Final[Mapping[tuple[bool, bool], str]] = {
    (True, True): "option_both",
    (True, False): "option_heat_pump",
    (False, True): "option_boiler",
    (False, False): "option_off",
}

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="temperature_entity", selector=TEMPERATURE),
    MAX_POWER,
    MIN_POWER,
    Field(key="flow_temperature", selector=number(20, 75, "°C"), default=45),
    Field(key="cop_mild", selector=number(1, 8, step=0.01)),
    Field(key="cop_cold", selector=number(1, 8, step=0.01)),
    Field(key="boiler_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="boiler_efficiency", selector=number(10, 110, "%"), default=95),
    Field(key="fuel_price", selector=number(0, 10, step=0.001)),
    Field(key="fuel_price_entity", selector=measurement("monetary")),
    OUTDOOR_ENTITY,
    PRIORITY,
    comfort(ROOM),
    BUILDING,
    Section(
        key="act",
        fields=(
            Field(key="select_entity", selector=SELECT_ENTITY),
            Field(key="option_heat_pump", selector=TEXT),
            Field(key="option_boiler", selector=TEXT),
            Field(key="option_both", selector=TEXT),
            Field(key="option_off", selector=TEXT),
            Field(key="option_automatic", selector=TEXT),
            SWITCH,
            Field(key="boiler_switch_entity", selector=SWITCH_ENTITY),
            Field(key="heat_pump_sequence", selector=ACTIONS),
            Field(key="boiler_sequence", selector=ACTIONS),
            Field(key="sequence", selector=ACTIONS),
            Field(key="release_sequence", selector=ACTIONS),
        ),
    ),
    Section(
        key="advanced",
        fields=(
            Field(key="demand_entity", selector=POWER),
            Field(key="carnot_share", selector=number(5, 80, "%")),
            Field(key="boiler_minimum", selector=number(0, 1_000_000, "W")),
            Field(key="boiler_electricity", selector=number(0, 10_000, "W")),
            RUNNING_ENTITY,
            *SWITCHING,
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors = band_error(data, ROOM)
    least, greatest = optional(data, "min_power"), optional(data, "max_power")
    if least is not None and greatest is not None and least > greatest:
        errors["min_power"] = "minimum_above_maximum"
    if optional(data, "fuel_price") is None and not data.get("fuel_price_entity"):
        errors["fuel_price"] = "fuel_price_missing"
    if data.get("select_entity"):
        for key in ("option_heat_pump", "option_boiler", "option_automatic"):
            if not data.get(key):
                errors[key] = "option_missing"
    return errors


def _entities(device: Device) -> frozenset[str]:
    own = ("select_entity", "switch_entity", "boiler_switch_entity", "fuel_price_entity", "demand_entity")
    return configured_entities(device, *READ, *own)


def _controllable(device: Device) -> bool:
    keys = ("select_entity", "switch_entity", "boiler_switch_entity", "heat_pump_sequence", "boiler_sequence")
    return any(device.data.get(key) for key in (*keys, "sequence"))


def _fuel_price(data: Mapping[str, Any], sensing: Sensing) -> float | None:
    """Return what a kWh of fuel costs: an entity's value, else the stated one; None where nobody says."""
    told = finite(number_of(sensing.of(data.get("fuel_price_entity"))))
    if told is not None and 0.0 <= told <= 100.0:
        return told
    stated = optional(data, "fuel_price")
    return None if stated is None else min(max(stated, 0.0), 100.0)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    power = measured(device, sensing)
    _, greatest = powers(data, USUAL_POWER)
    weather = outdoor(sensing, data.get("outdoor_entity"), USUAL_OUTDOOR)
    room = band_now(data, sensing, ROOM).middle
    asked = sensing.usage or demand(zone(data, sensing), room, weather)
    told = power_of(sensing.of(data.get("demand_entity")))
    present = max(told, 0.0) if told is not None else asked.at(sensing.now) or 0.0
    actuators = [_heat_pump(device, sensing, weather, power)]
    price = _fuel_price(data, sensing)
    if price is not None:
        actuators.append(_burner(device, sensing, price))
    return resource(
        device,
        settings,
        acts=_controllable(device),
        control=DemandDriven(
            actuators=tuple(actuators),
            present_demand_rate=present / 3600.0,
            demand=asked.replace(
                intervals=tuple(entry.replace(value=max(entry.value, 0.0) / 3600.0) for entry in asked.intervals),
                unit="Wh/s",
            ),
        ),
        available=True,
        power=power,
        maximum_power=greatest + _auxiliary(data),
    )


def _heat_pump(device: Device, sensing: Sensing, weather: Series, power: float | None) -> DemandDrivenActuator:
    data = device.data
    least, greatest = powers(data, USUAL_POWER)
    curve, flow = heat_curve(data), value(data, "flow_temperature", 45.0, 20.0, 75.0)
    reference = mean(weather)
    nominal = curve.cop(MEAN_OUTDOOR, flow)
    model = zone(data, sensing)
    cop = heat_per_electricity(nominal, model) * curve.cop(reference, flow) / nominal
    # What the burner's pump draws is no sign of the heat pump.
    drawn = None if power is None else power - (_auxiliary(data) if _burning(device, sensing) else 0.0)
    on = is_on(device, sensing, drawn, least)
    transitions, timers = timing(data, on=on, begun=since(device, sensing, on=on))
    still = NumberRange(start=0.0, end=0.0)
    return DemandDrivenActuator(
        actuator_id=HEAT_PUMP,
        modes=(
            DemandDrivenMode(mode_id=OFF, power=still, supply_rate=still),
            DemandDrivenMode(
                mode_id=ON,
                power=NumberRange(start=least, end=greatest),
                supply_rate=NumberRange(start=least * cop / 3600.0, end=greatest * cop / 3600.0),
            ),
        ),
        transitions=transitions,
        timers=timers,
        active_mode=ON if on else OFF,
        active_factor=share_of_range(drawn, least, greatest) if on else 0.0,
        maximum_starts_per_day=starts_a_day(data),
        starts_today=max(sensing.starts_today, 0),
        supply_factor=factor(curve, weather, flow, reference),
    )


def _auxiliary(data: Mapping[str, Any]) -> float:
    return value(data, "boiler_electricity", 0.0, 0.0, 10_000.0)


def _burning(device: Device, sensing: Sensing) -> bool:
    """Return whether the burner is on: by its switch, else by the select."""
    data = device.data
    if data.get("boiler_switch_entity"):
        return is_one_of(sensing.of(data.get("boiler_switch_entity")), ("on",)) is True
    chosen = [data[key] for key in ("option_boiler", "option_both") if isinstance(data.get(key), str)]
    return bool(chosen) and is_one_of(sensing.of(data.get("select_entity")), chosen) is True


def _burner(device: Device, sensing: Sensing, price: float) -> DemandDrivenActuator:
    data = device.data
    greatest = value(data, "boiler_power", 15_000.0, 1.0)
    least = min(value(data, "boiler_minimum", 0.0), greatest)
    # currency/s for a W of heat
    cost = price / (value(data, "boiler_efficiency", 95.0, 10.0, 110.0) / 100.0) / 1000.0 / 3600.0
    still, aside = NumberRange(start=0.0, end=0.0), _auxiliary(data)
    on = _burning(device, sensing)
    return DemandDrivenActuator(
        actuator_id=BURNER,
        modes=(
            DemandDrivenMode(mode_id=OFF, power=still, supply_rate=still),
            DemandDrivenMode(
                mode_id=ON,
                power=NumberRange(start=aside if least > 0 else 0.0, end=aside),
                supply_rate=NumberRange(start=least / 3600.0, end=greatest / 3600.0),
                running_cost=NumberRange(start=least * cost, end=greatest * cost),
            ),
        ),
        active_mode=ON if on else OFF,
        active_factor=1.0 if on else 0.0,
    )


def _thermal(device: Device) -> ThermalSources | None:
    flow = value(device.data, "flow_temperature", 45.0, 20.0, 75.0)
    return sources(device, efficiency=heat_curve(device.data).cop(MEAN_OUTDOOR, flow))


def _modes(device: Device, instruction: Instruction) -> tuple[bool, bool] | None:
    """Return whether heat pump and burner are wanted; None: left to the device's own control."""
    stopped = instruction.kind in {InstructionKind.STOP, InstructionKind.PAUSE}
    wanted = {choice.actuator_id: choice.mode_id != OFF for choice in instruction.modes}
    least, _ = powers(device.data, USUAL_POWER)
    if not wanted and instruction.power is None and not stopped:
        return None
    enough = (instruction.power or 0.0) >= max(IDLE_POWER, 0.99 * least)
    pump = not stopped and wanted.get(HEAT_PUMP, enough)
    # A limit on electricity is no reason to be cold: where the heat pump may not run, the burner does.
    burner = wanted.get(BURNER, not pump) if not stopped else True
    return pump, burner


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    if instruction.kind is InstructionKind.RELEASE:
        return _release(device, sensing)
    data = device.data
    modes = _modes(device, instruction)
    if modes is None:
        return _release(device, sensing)
    pump, burner = modes
    found: list[Command] = []
    option = data.get(BY_MODES[modes]) or data.get("option_heat_pump" if pump else "option_boiler")
    if data.get("select_entity") and option:
        found.append(choose(data["select_entity"], option))
    for key, on in (("boiler_switch_entity", burner), ("switch_entity", pump)):
        if data.get(key):
            found.append(switch(data[key], on=on))
    least, greatest = powers(data, USUAL_POWER)
    told = min(max(instruction.power or least, least), greatest) if pump else 0.0
    found += sequence(data.get("heat_pump_sequence"), device, instruction, sensing, power=told)
    heat = _heat(data, instruction) if burner else 0.0
    found += sequence(data.get("boiler_sequence"), device, instruction, sensing, power=heat)
    return tuple(found) or sequence(data.get("sequence"), device, instruction, sensing, power=told)


def _heat(data: Mapping[str, Any], instruction: Instruction) -> float:
    """Return the heat in W that the plan wants of the burner: all it has where it says nothing."""
    greatest = value(data, "boiler_power", 15_000.0, 1.0)
    least = min(value(data, "boiler_minimum", 0.0), greatest)
    chosen = (choice.factor for choice in instruction.modes if choice.actuator_id == BURNER and choice.mode_id != OFF)
    return least + next(chosen, 1.0) * (greatest - least)


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    """Hand back: the automatic option, both allowed."""
    data = device.data
    instruction = Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED)
    found: list[Command] = []
    if data.get("select_entity") and data.get("option_automatic"):
        found.append(choose(data["select_entity"], data["option_automatic"]))
    found += [switch(data[key], on=True) for key in ("boiler_switch_entity", "switch_entity") if data.get(key)]
    own = data.get("release_sequence") or (None if found else data.get("sequence"))
    return (*found, *sequence(own, device, instruction, sensing))


HYBRID_HEATING = DeviceKind(
    kind="hybrid_heating",
    has_modes=True,
    icon="mdi:fire",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=_controllable,
    thermal=_thermal,
)
