"""Solar thermal: a collector and an electric heater in one tank; the heater leaves room for the sun.

Fill rate (S2 FRBC), level in °C of the tank. What the collector brings is negative use:

    gain = area x efficiency x irradiance,    irradiance = forecast / nominal_power x 1000 W/m²

The forecast is that of a solar plant in the same place (an entity, or the Energy dashboard's), `nominal_power` the
plant's: under standard conditions (1000 W/m²) it gives that power. Learned use takes the place of the stated one.
Handing back means that the heater's own thermostat decides.

Fields: power_entity (of the heater), power_inverted, temperature_entity, volume (l), max_power, min_power (W; none: on
or off), area (m² of collector), collector_efficiency (%), forecast_source (none, entity, energy), forecast_entity,
forecast_entry, nominal_power (W of the plant that is forecast), daily_use (kWh of heat), draw_shape, standby_loss (kWh
a day), room_temperature (°C), running_entity, minimum_run, minimum_pause (min), starts_per_day, start_cost, priority.
comfort: see heat.py. act: climate_entity (water heater or climate) with climate_act, target_entity (°C),
number_entity (W, kW, %), switch_entity, sequence, normal_set_point, heat_release, release_sequence. advanced:
stale_after (min).
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.helpers.selector import ConfigEntrySelector
import voluptuous as vol

from ..cem.model import FillRate, Instruction, Resource, Series
from .base import Command, Device, DeviceKind, DeviceSettings, ForecastFrom, Sensing, ThermalSources
from .common import value
from .forms import POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, choice, entities as several, form, number
from .heat import Band, band_error, band_now, bands, span, targets
from .heat_acting import acting_error, acts, commands, release
from .heat_modes import actuator, powers
from .heat_rows import (
    CLIMATE,
    CLIMATE_ACT,
    DEGREES,
    HAND_BACK,
    MAX_POWER,
    MIN_POWER,
    POWER_NUMBER,
    RUNNING_ENTITY,
    SWITCH,
    SWITCHING,
    TARGET,
    TEMPERATURE_ENTITY,
    comfort,
)
from .heat_sense import entities, heat_resource, sources
from .heat_store import WATER, daily_draw, fill_rate, heat_per_electricity, leakage, tank, together, usage
from .heat_times import constant

HOT_WATER: Final = (45.0, 85.0)
DAILY_USE: Final = 5.845
#: Irradiance that the nominal power of a solar plant stands for, W/m².
STANDARD: Final = 1000.0
#: Share of the sun that a flat collector brings into the tank over a day, %.
EFFICIENCY: Final = 50.0
USUAL_POWER: Final = 2000.0

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    TEMPERATURE_ENTITY,
    Field(key="volume", selector=number(1, 100_000, "L"), required=True),
    MAX_POWER,
    MIN_POWER,
    Field(key="area", selector=number(0.1, 10_000, "m²"), required=True),
    Field(key="collector_efficiency", selector=number(1, 100, "%"), default=EFFICIENCY),
    Field(key="forecast_source", selector=choice("forecast_source", "none", "entity", "energy"), default="energy"),
    Field(key="forecast_entity", selector=several("sensor")),
    Field(key="forecast_entry", selector=ConfigEntrySelector()),
    Field(key="nominal_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="daily_use", selector=number(0, 1000, "kWh"), default=5.8),
    Field(key="draw_shape", selector=choice("draw_shape", "tapping", "morning", "evening", "even"), default="tapping"),
    PRIORITY,
    comfort(HOT_WATER),
    Section(
        key="act",
        fields=(CLIMATE, CLIMATE_ACT, TARGET, POWER_NUMBER, SWITCH, *HAND_BACK),
    ),
    Section(
        key="advanced",
        fields=(
            Field(key="standby_loss", selector=number(0, 1000, "kWh")),
            Field(key="room_temperature", selector=DEGREES),
            RUNNING_ENTITY,
            *SWITCHING,
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors = band_error(data, HOT_WATER) | acting_error(data)
    if data.get("forecast_source") == "entity" and not data.get("forecast_entity"):
        errors["forecast_entity"] = "forecast_entity_missing"
    return errors


def _room(data: Mapping[str, Any]) -> float:
    return value(data, "room_temperature", 20.0, -20.0, 60.0)


def gain(data: Mapping[str, Any], forecast: Series | None) -> Series | None:
    """Return what the collector brings, W of heat; None where the sun is not forecast."""
    nominal = value(data, "nominal_power", 0.0)
    if forecast is None or nominal <= 0:
        return None
    area = value(data, "area", 0.0, 0.0, 10_000.0)
    share = area * value(data, "collector_efficiency", EFFICIENCY, 1.0, 100.0) / 100.0
    return Series(
        intervals=tuple(
            # A plant gives its nominal power at most; a forecast that says more is in another unit.
            entry.replace(value=share * STANDARD * min(abs(entry.value) / nominal, 1.2))
            for entry in forecast.intervals
        ),
        unit="W",
    )


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    _, greatest = powers(device.data, USUAL_POWER)

    def store(level: float, power: float | None) -> FillRate:
        return _store(device, sensing, level, power)

    found = heat_resource(device, settings, sensing, greatest=greatest, store=store)
    # The forecast is that of the sun, not of the heater.
    return found.replace(forecast=None)


def _store(device: Device, sensing: Sensing, level: float, power: float | None) -> FillRate:
    data = device.data
    least, greatest = powers(data, USUAL_POWER)
    model, room = tank(data, sensing), _room(data)
    found = bands(data, sensing, HOT_WATER)
    levels = span(found, 20.0, 3.0)
    drawn = sensing.usage
    if drawn is None:
        energy = value(data, "daily_use", DAILY_USE, 0.0, 1000.0) * 1000.0
        drawn = daily_draw(energy, data.get("draw_shape"), sensing)
    gained = gain(data, sensing.forecast)
    return FillRate(
        actuators=(
            actuator(
                device,
                sensing,
                actuator_id="heater",
                least=least,
                greatest=greatest,
                elements=((levels, fill_rate(heat_per_electricity(1.0, model), model)),),
                power=power,
            ),
        ),
        level=level,
        level_range=levels,
        level_unit="°C",
        leakage=leakage(model, room, levels),
        usage=usage(
            model,
            constant(sensing, room),
            room,
            together(sensing, drawn, gained),
            sensing=sensing,
        ),
        targets=targets(found, data),
        terminal_value=0.0 if _sunny(sensing, drawn, gained) else None,
    )


def _sunny(sensing: Sensing, drawn: Series, gained: Series | None) -> bool:
    """Return whether the sun brings most of what is drawn: what is left in the end it brings again for nothing."""
    if gained is None:
        return False
    net = together(sensing, drawn, gained)
    asked = sum(max(drawn.at(entry.start) or 0.0, 0.0) for entry in net.intervals)
    left = sum(entry.value for entry in net.intervals)
    return left < 0.5 * asked


def _thermal(device: Device) -> ThermalSources | None:
    capacity = value(device.data, "volume", 200.0, 1.0, 100_000.0) * WATER
    return sources(device, efficiency=1.0, capacity=capacity, room=_room(device.data), outdoors=False)


def _band(device: Device, sensing: Sensing) -> Band:
    return band_now(device.data, sensing, HOT_WATER)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    least, greatest = powers(device.data, USUAL_POWER)
    return commands(device, instruction, sensing, least=least, greatest=greatest, band=_band(device, sensing))


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, USUAL_POWER)
    return release(device, sensing, greatest=greatest, band=_band(device, sensing))


SOLAR_THERMAL = DeviceKind(
    kind="solar_thermal",
    forecast=ForecastFrom.SUN,
    has_level=True,
    icon="mdi:solar-panel-large",
    schema=_schema,
    validate=_validate,
    entities=entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=acts,
    thermal=_thermal,
)
