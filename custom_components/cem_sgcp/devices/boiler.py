"""Boiler: a tank of hot water that a heater warms when it is cheap, so that it is warm when it is drawn.

Fill rate (S2 FRBC), level in °C: the mean temperature of the water. What is drawn is learned, else a stated daily use
spread by a tapping profile. A weekly heat-up against legionella is a target of its own. Handing back means that the
tank's own thermostat decides: its set point at the usual temperature, or switched on.

Fields: power_entity, power_inverted, temperature_entity (sensor, water heater), volume (l), max_power, min_power (W;
none: on or off), cop (heat per electricity, 1 of a rod), daily_use (kWh of heat), draw_shape (tapping, morning,
evening, even), standby_loss (kWh a day, 65 °C in 20 °C), room_temperature (°C), legionella_weekday, legionella_time,
legionella_temperature (°C), running_entity, minimum_run, minimum_pause (min), starts_per_day, start_cost, priority.
comfort: see heat.py. act: climate_entity (water heater or climate) with climate_act (set_point, mode),
target_entity (°C), number_entity (W, kW, %), switch_entity, sequence, normal_set_point, heat_release,
release_sequence. advanced: stale_after (min).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import voluptuous as vol

from ..cem.model import FillRate, Instruction, LevelTarget, Resource
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing, ThermalSources
from .common import local_time, value
from .forms import POWER, PRIORITY, STALE_AFTER, TIME, YES_NO, Field, Section, choice, form, number
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
from .heat_store import WATER, daily_draw, fill_rate, heat_per_electricity, leakage, tank, usage
from .heat_times import constant, horizon

HOT_WATER: Final = (45.0, 60.0)
#: What a household of two to three draws a day, kWh of heat (profile M of EN 16147).
DAILY_USE: Final = 5.845
#: What kills legionella within minutes (DVGW W 551), °C.
LEGIONELLA: Final = 60.0
#: By then it should be so hot, and so long it stays.
HELD: Final = timedelta(minutes=30)

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    TEMPERATURE_ENTITY,
    Field(key="volume", selector=number(1, 100_000, "L"), required=True),
    MAX_POWER,
    MIN_POWER,
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
            Field(key="cop", selector=number(0.1, 8, step=0.01)),
            Field(key="standby_loss", selector=number(0, 1000, "kWh")),
            Field(key="room_temperature", selector=DEGREES),
            Field(key="legionella_weekday", selector=choice("weekday", *WEEKDAYS)),
            Field(key="legionella_time", selector=TIME),
            Field(key="legionella_temperature", selector=number(50, 80, "°C")),
            RUNNING_ENTITY,
            *SWITCHING,
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    return band_error(data, HOT_WATER) | acting_error(data)


def _cop(data: Mapping[str, Any]) -> float:
    return value(data, "cop", 1.0, 0.1, 8.0)


def _room(data: Mapping[str, Any]) -> float:
    return value(data, "room_temperature", 20.0, -20.0, 60.0)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    _, greatest = powers(device.data, 2000.0)

    def store(level: float, power: float | None) -> FillRate:
        return _store(device, sensing, level, power)

    return heat_resource(device, settings, sensing, greatest=greatest, store=store)


def _store(device: Device, sensing: Sensing, level: float, power: float | None) -> FillRate:
    data = device.data
    least, greatest = powers(data, 2000.0)
    model, room = tank(data, sensing), _room(data)
    found = _bands(data, sensing)
    # A heater that is on or off does not end at a kelvin exactly.
    levels = span(found, 20.0, 3.0)
    draw = sensing.usage
    if draw is None:
        draw = daily_draw(value(data, "daily_use", DAILY_USE, 0.0, 1000.0) * 1000.0, data.get("draw_shape"), sensing)
    return FillRate(
        actuators=(
            actuator(
                device,
                sensing,
                actuator_id="heater",
                least=least,
                greatest=greatest,
                elements=((levels, fill_rate(heat_per_electricity(_cop(data), model), model)),),
                power=power,
            ),
        ),
        level=level,
        level_range=levels,
        level_unit="°C",
        leakage=leakage(model, room, levels),
        usage=usage(model, constant(sensing, room), room, draw, sensing=sensing),
        targets=(*targets(found, data), *(_heat_up(moment, data) for moment in _heat_ups(data, sensing))),
    )


def _bands(data: Mapping[str, Any], sensing: Sensing) -> tuple[Band, ...]:
    """Return the bands; where a heat-up is due within the horizon, none keeps the water from being hot enough."""
    found = bands(data, sensing, HOT_WATER)
    if not any(True for _ in _heat_ups(data, sensing)):
        return found
    least = _legionella(data)
    return tuple(replace(band, maximum=max(band.maximum, least)) for band in found)


def _legionella(data: Mapping[str, Any]) -> float:
    return value(data, "legionella_temperature", LEGIONELLA, 50.0, 80.0)


def _heat_ups(data: Mapping[str, Any], sensing: Sensing) -> Iterator[datetime]:
    """Yield when the weekly heat-up is due within the horizon, also one that is being held."""
    day, at = data.get("legionella_weekday"), local_time(data.get("legionella_time")) or local_time("14:00")
    if day not in WEEKDAYS or at is None:
        return
    today = sensing.now.astimezone(sensing.time_zone).date()
    end = horizon(sensing)
    for ahead in range(-1, (end - sensing.now).days + 2):
        date = today + timedelta(days=ahead)
        moment = datetime.combine(date, at, sensing.time_zone).astimezone(UTC)
        if date.weekday() == WEEKDAYS.index(day) and moment + HELD > sensing.now and moment < end:
            yield moment


def _heat_up(moment: datetime, data: Mapping[str, Any]) -> LevelTarget:
    return LevelTarget(start=moment, end=moment + HELD, minimum=_legionella(data))


def _thermal(device: Device) -> ThermalSources | None:
    return sources(
        device,
        efficiency=_cop(device.data),
        capacity=value(device.data, "volume", 200.0, 1.0, 100_000.0) * WATER,
        room=_room(device.data),
        use=True,
        outdoors=False,
    )


def _band(device: Device, sensing: Sensing) -> Band:
    """Return the band now; while a heat-up is held or near, its temperature is what is wanted."""
    data = device.data
    band = band_now(data, sensing, HOT_WATER)
    soon = any(moment - sensing.now < timedelta(hours=3) for moment in _heat_ups(data, sensing))
    return replace(band, maximum=max(band.maximum, _legionella(data))) if soon else band


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    least, greatest = powers(device.data, 2000.0)
    return commands(device, instruction, sensing, least=least, greatest=greatest, band=_band(device, sensing))


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, 2000.0)
    return release(device, sensing, greatest=greatest, band=_band(device, sensing))


BOILER = DeviceKind(
    kind="boiler",
    has_level=True,
    icon="mdi:water-boiler",
    schema=_schema,
    validate=_validate,
    entities=entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=acts,
    thermal=_thermal,
)
