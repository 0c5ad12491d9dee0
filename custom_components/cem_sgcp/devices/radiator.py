"""Radiator: an electric heater of one room; the room's mass is the store that is warmed when it is cheap.

Fill rate (S2 FRBC), level in °C of the room. Storage heaters, heating foils and radiators on a plug are the same here.
Handing back means that the heater's own thermostat decides: its usual set point, or switched on.

Fields: power_entity, power_inverted, temperature_entity (sensor, climate), max_power, min_power (W; none: on or off),
outdoor_entity, running_entity, minimum_run, minimum_pause (min), priority. comfort: see heat.py. building: see
heat_store.zone, for the room. act: climate_entity with climate_act (set_point, mode), target_entity (°C),
number_entity (W, kW, %), switch_entity, sequence, normal_set_point, heat_release, release_sequence. advanced:
stale_after (min).
"""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from ..cem.model import FillRate, Instruction, Resource
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing, ThermalSources
from .forms import POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, form
from .heat import Band, band_error, band_now, bands, span, targets
from .heat_acting import acting_error, acts, commands, release
from .heat_modes import actuator, powers
from .heat_rows import (
    BUILDING,
    CLIMATE,
    CLIMATE_ACT,
    HAND_BACK,
    MAX_POWER,
    MIN_POWER,
    OUTDOOR_ENTITY,
    POWER_NUMBER,
    RUNNING_ENTITY,
    SWITCH,
    SWITCHING,
    TARGET,
    TEMPERATURE_ENTITY,
    comfort,
)
from .heat_sense import entities, heat_resource, sources
from .heat_store import fill_rate, heat_per_electricity, leakage, usage, zone
from .heat_times import mean, outdoor

ROOM: Final = (20.0, 22.0)
#: Area of a room where none is stated, m².
ROOM_AREA: Final = 20.0
#: Outdoor temperature where nothing is known of the weather, °C.
USUAL_OUTDOOR: Final = 5.0
USUAL_POWER: Final = 1500.0

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    TEMPERATURE_ENTITY,
    MAX_POWER,
    MIN_POWER,
    OUTDOOR_ENTITY,
    PRIORITY,
    comfort(ROOM),
    BUILDING,
    Section(
        key="act",
        fields=(CLIMATE, CLIMATE_ACT, TARGET, POWER_NUMBER, SWITCH, *HAND_BACK),
    ),
    Section(key="advanced", fields=(RUNNING_ENTITY, *SWITCHING, STALE_AFTER)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    return band_error(data, ROOM) | acting_error(data)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    _, greatest = powers(device.data, USUAL_POWER)

    def store(level: float, power: float | None) -> FillRate:
        return _store(device, sensing, level, power)

    return heat_resource(device, settings, sensing, greatest=greatest, store=store)


def _store(device: Device, sensing: Sensing, level: float, power: float | None) -> FillRate:
    data = device.data
    least, greatest = powers(data, USUAL_POWER)
    model = zone(data, sensing, ROOM_AREA)
    weather = outdoor(sensing, data.get("outdoor_entity"), USUAL_OUTDOOR)
    reference = mean(weather)
    found = bands(data, sensing, ROOM)
    levels = span(found, 5.0, 2.0)
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
        leakage=leakage(model, reference, levels),
        usage=usage(model, weather, reference, sensing.usage, sensing=sensing),
        targets=targets(found, data),
    )


def _thermal(device: Device) -> ThermalSources | None:
    return sources(device, efficiency=1.0)


def _band(device: Device, sensing: Sensing) -> Band:
    return band_now(device.data, sensing, ROOM)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    least, greatest = powers(device.data, USUAL_POWER)
    return commands(device, instruction, sensing, least=least, greatest=greatest, band=_band(device, sensing))


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, USUAL_POWER)
    return release(device, sensing, greatest=greatest, band=_band(device, sensing))


RADIATOR = DeviceKind(
    kind="radiator",
    has_level=True,
    icon="mdi:radiator",
    schema=_schema,
    validate=_validate,
    entities=entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=acts,
    thermal=_thermal,
)
