"""Heat and power together: what CHP units and fuel cells share, a heat store that a generator fills.

Fill rate (S2 FRBC), level in °C of the buffer (see heat_store.py), with one or two actuators: the unit, whose mode has
a negative power and fills, and a boiler without electricity where there is one. Fuel is the running cost, a start has a
price; least times and starts a day are kept, and when the store is full it stops (JWG1111 of IEC TR 62746-2).

Fields (data): power_entity, power_sign, rated_power, least_power (W electric), electric_efficiency, thermal_efficiency
(% of the fuel), fuel_price, start_cost; temperature_entity, volume (L), buffer_minimum, buffer_maximum (°C); heat_need
(daily, building), daily_use (kWh), draw_shape, heat_loss (W/K), room_temperature (°C), outdoor_entity; boiler_power (W
of heat), boiler_efficiency (%), boiler_switch; act: see `switching`, and setpoint_entity; standby_loss (kWh a day),
minimum_on, minimum_off (min), starts_per_day, stale_after (min). It must not know any kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Instruction,
    InstructionKind,
    NotControllable,
    NumberRange,
    Resource,
    Series,
    ThermalModel,
)
from .acting import set_power, switch
from .base import Command, Device, DeviceSettings, Sensing
from .common import configured_entities, optional, resource, value
from .forms import (
    NUMBER_ENTITY,
    POWER,
    PRIORITY,
    STALE_AFTER,
    SWITCH_ENTITY,
    Field,
    Section,
    choice,
    number,
)
from .generated_power import POWER_SIGN, generated
from .heat_rows import DEGREES, OUTDOOR_ENTITY, TEMPERATURE_ENTITY
from .heat_sense import temperature
from .heat_store import daily_draw, demand, fill_rate, leakage, tank, usage
from .heat_times import constant, outdoor
from .modes import (
    MINIMUM_OFF_FIELD,
    MINIMUM_ON_FIELD,
    OFF,
    ON,
    STARTS_PER_DAY,
    factor_of,
    on_and_off,
    starts_allowed,
    wanted_mode,
)
from .reading import is_one_of
from .switching import ACT_ENTITIES, ACT_FIELDS, can_switch, hand_back, is_on, options_missing, silent, turn

UNIT: Final = "unit"
BOILER: Final = "boiler"
#: Outdoor temperature where nobody knows any: the mean of a heating season in Central Europe (°C).
USUAL_OUTDOOR: Final = 5.0
CELLAR: Final = 15.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is usual for a kind of unit: the suggestions of its form."""

    electric_efficiency: float
    """% of the fuel's heating value."""
    thermal_efficiency: float
    start_cost: float
    """Currency: the fuel and the wear of a start."""
    minimum_on: float
    """min"""
    minimum_off: float
    starts_per_day: int


def rows(usual: Figures) -> tuple[Field | Section, ...]:
    """Return the fields of the form."""
    return (
        Field(key="power_entity", selector=POWER),
        POWER_SIGN,
        Field(key="rated_power", selector=number(1, 1_000_000, "W"), required=True),
        Field(key="least_power", selector=number(0, 1_000_000, "W")),
        Field(key="electric_efficiency", selector=number(1, 100, "%"), default=usual.electric_efficiency),
        Field(key="thermal_efficiency", selector=number(1, 110, "%"), default=usual.thermal_efficiency),
        Field(key="fuel_price", selector=number(0, 100, step=0.001), required=True),
        Field(key="start_cost", selector=number(0, 1000, step=0.01), default=usual.start_cost),
        TEMPERATURE_ENTITY,
        Field(key="volume", selector=number(1, 100_000, "L"), required=True),
        Field(key="buffer_minimum", selector=DEGREES, default=45),
        Field(key="buffer_maximum", selector=DEGREES, default=75),
        Field(key="heat_need", selector=choice("heat_need", "daily", "building"), default="daily"),
        Field(key="daily_use", selector=number(0, 100_000, "kWh"), default=20),
        Field(key="draw_shape", selector=choice("draw_shape", "even", "tapping", "morning", "evening"), default="even"),
        Field(key="heat_loss", selector=number(0, 100_000, "W/K")),
        Field(key="room_temperature", selector=DEGREES, default=20),
        OUTDOOR_ENTITY,
        PRIORITY,
        Section(
            key="act",
            fields=(
                Field(key="setpoint_entity", selector=NUMBER_ENTITY),
                *ACT_FIELDS,
                Field(key="boiler_switch", selector=SWITCH_ENTITY),
            ),
        ),
        Section(
            key="advanced",
            fields=(
                Field(key="boiler_power", selector=number(0, 1_000_000, "W")),
                Field(key="boiler_efficiency", selector=number(1, 110, "%"), default=95),
                Field(key="standby_loss", selector=number(0, 1000, "kWh")),
                *(
                    Field(key=field.key, selector=field.selector, default=default)
                    for field, default in (
                        (MINIMUM_ON_FIELD, usual.minimum_on),
                        (MINIMUM_OFF_FIELD, usual.minimum_off),
                        (STARTS_PER_DAY, usual.starts_per_day),
                    )
                ),
                STALE_AFTER,
            ),
        ),
    )


def wrong(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a description, by field."""
    errors = dict.fromkeys(options_missing(data), "option_missing")
    if value(data, "least_power", 0.0) > value(data, "rated_power", 0.0):
        errors["least_power"] = "least_above_rated"
    if value(data, "buffer_minimum", 45.0, -60.0, 150.0) >= value(data, "buffer_maximum", 75.0, -60.0, 150.0):
        errors["buffer_minimum"] = "minimum_above_maximum"
    if value(data, "electric_efficiency", 30.0) + value(data, "thermal_efficiency", 60.0) > 115.0:
        errors["thermal_efficiency"] = "efficiency_above_fuel"
    if data.get("heat_need") == "building" and not data.get("heat_loss"):
        errors["heat_loss"] = "heat_loss_missing"
    return errors


def entities(device: Device) -> frozenset[str]:
    """Return the entities of a unit."""
    return configured_entities(
        device,
        "power_entity",
        "temperature_entity",
        "outdoor_entity",
        "setpoint_entity",
        "boiler_switch",
        *ACT_ENTITIES,
    )


def _powers(data: Mapping[str, Any]) -> tuple[float, float]:
    """Return the least and the greatest electric power in W, magnitudes; the same where it cannot be set."""
    rated = value(data, "rated_power", 0.0)
    adjustable = optional(data, "least_power") is not None and (data.get("setpoint_entity") or data.get("sequence"))
    return (value(data, "least_power", rated, 0.0, rated) if adjustable else rated), rated


def _fuel(data: Mapping[str, Any], usual: Figures) -> tuple[float, float]:
    """Return W of fuel and W of heat for each W of electricity."""
    electric = value(data, "electric_efficiency", usual.electric_efficiency, 1.0, 100.0)
    thermal = value(data, "thermal_efficiency", usual.thermal_efficiency, 1.0, 110.0)
    return 100.0 / electric, thermal / electric


def sense_unit(device: Device, settings: DeviceSettings, sensing: Sensing, usual: Figures) -> Resource:
    """Return the unit and its heat store as the brain sees them; without a temperature it offers no flexibility."""
    data = device.data
    _, rated = _powers(data)
    on, since = is_on(device, sensing)
    power = generated(device, sensing)
    if power is None and on is not None and not data.get("power_entity"):
        power = -rated if on else 0.0
    level = temperature(device, sensing)
    common: dict[str, Any] = {"acts": can_switch(device), "power": power, "maximum_power": rated or None}
    if level is None or rated <= 0:
        return resource(device, settings, control=NotControllable(), available=False, **common)
    transitions, timers = on_and_off(
        data, sensing, on=on, since=since, start_cost=value(data, "start_cost", usual.start_cost, 0.0, 1e4)
    )
    low = value(data, "buffer_minimum", 45.0, -60.0, 150.0)
    levels = NumberRange(start=low, end=max(value(data, "buffer_maximum", 75.0, -60.0, 150.0), low + 1.0))
    model = tank(data, sensing)
    unit = FillRateActuator(
        actuator_id=UNIT,
        modes=(_still(levels), _running(data, model, levels, usual)),
        transitions=transitions,
        timers=timers,
        active_mode=None if on is None else ON if on else OFF,
        active_factor=_factor(data, power) if on else 0.0,
        maximum_starts_per_day=starts_allowed(data),
        starts_today=sensing.starts_today,
    )
    return resource(
        device,
        settings,
        control=FillRate(
            actuators=(unit, *_boiler(data, model, levels, sensing)),
            level=level,
            level_range=levels,
            level_unit="°C",
            leakage=leakage(model, CELLAR, levels),
            usage=usage(model, constant(sensing, CELLAR), CELLAR, _draw(data, sensing), sensing=sensing),
        ),
        available=on is not None and not silent(device, sensing),
        **common,
    )


def _still(levels: NumberRange) -> FillRateMode:
    still = NumberRange(start=0.0, end=0.0)
    return FillRateMode(mode_id=OFF, elements=(FillRateElement(level_range=levels, fill_rate=still, power=still),))


def _running(data: Mapping[str, Any], model: ThermalModel, levels: NumberRange, usual: Figures) -> FillRateMode:
    least, rated = _powers(data)
    fuel, heat = _fuel(data, usual)
    price = value(data, "fuel_price", 0.0, 0.0, 1000.0) / 1000.0 / 3600.0
    return FillRateMode(
        mode_id=ON,
        elements=(
            FillRateElement(
                level_range=levels,
                fill_rate=NumberRange(start=fill_rate(least * heat, model), end=fill_rate(rated * heat, model)),
                power=NumberRange(start=-least, end=-rated),
                running_cost=NumberRange(start=least * fuel * price, end=rated * fuel * price),
            ),
        ),
    )


def _boiler(
    data: Mapping[str, Any], model: ThermalModel, levels: NumberRange, sensing: Sensing
) -> tuple[FillRateActuator, ...]:
    """Return the boiler that fills the same store, where there is one that can be switched."""
    heat = value(data, "boiler_power", 0.0)
    entity_id = data.get("boiler_switch")
    if heat <= 0 or not entity_id:
        return ()
    fuel = heat / (value(data, "boiler_efficiency", 95.0, 1.0, 110.0) / 100.0)
    cost = value(data, "fuel_price", 0.0, 0.0, 1000.0) / 1000.0 / 3600.0 * fuel
    on = is_one_of(sensing.of(entity_id), ("on",)) is True
    mode = FillRateMode(
        mode_id=ON,
        elements=(
            FillRateElement(
                level_range=levels,
                fill_rate=NumberRange(start=fill_rate(heat, model), end=fill_rate(heat, model)),
                power=NumberRange(start=0.0, end=0.0),
                running_cost=NumberRange(start=cost, end=cost),
            ),
        ),
    )
    return (
        FillRateActuator(
            actuator_id=BOILER,
            modes=(_still(levels), mode),
            active_mode=ON if on else OFF,
            active_factor=1.0 if on else 0.0,
        ),
    )


def _factor(data: Mapping[str, Any], power: float | None) -> float:
    least, rated = _powers(data)
    if power is None or rated <= least:
        return 1.0
    return min(max((-power - least) / (rated - least), 0.0), 1.0)


def _draw(data: Mapping[str, Any], sensing: Sensing) -> Series:
    """Return the heat that is drawn, W: learned, else by the weather and the building, else a stated daily use."""
    if sensing.usage is not None:
        return sensing.usage
    loss = value(data, "heat_loss", 0.0)
    if data.get("heat_need") == "building" and loss > 0:
        building = ThermalModel(resistance=1.0 / loss, capacity=1.0, gains=0.0)
        room = value(data, "room_temperature", 20.0, -20.0, 60.0)
        return demand(building, room, outdoor(sensing, data.get("outdoor_entity"), USUAL_OUTDOOR))
    return daily_draw(value(data, "daily_use", 20.0, 0.0, 1e5) * 1000.0, data.get("draw_shape") or "even", sensing)


def commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    """Return what switches the unit and the boiler as told."""
    if instruction.kind is InstructionKind.RELEASE:
        return release(device, sensing)
    data = device.data
    least, rated = _powers(data)
    on = wanted_mode(instruction, UNIT) != OFF
    factor = factor_of(instruction, UNIT)
    if factor is not None:
        power = least + factor * (rated - least)
    else:
        power = rated if not instruction.power else min(max(abs(instruction.power), least), rated)
    found: tuple[Command, ...] = ()
    entity_id = data.get("setpoint_entity")
    if on and isinstance(entity_id, str) and entity_id:
        found = (set_power(entity_id, power, sensing, nominal=rated or None),)
    found = (*found, *turn(device, instruction, sensing, on=on, power=-power if on else 0.0))
    boiler = data.get("boiler_switch")
    if isinstance(boiler, str) and boiler and any(choice.actuator_id == BOILER for choice in instruction.modes):
        found = (*found, switch(boiler, on=wanted_mode(instruction, BOILER) != OFF))
    return found


def release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    """Hand back: the unit as the user chose, and the boiler on, so that its own thermostat keeps the house warm."""
    boiler = device.data.get("boiler_switch")
    own = hand_back(device, sensing, -_powers(device.data)[1])
    return (*own, switch(boiler, on=True)) if isinstance(boiler, str) and boiler else own
