"""Freezer or fridge: cooled further while it is cheap, and never let above its temperature guard.

Fill rate (S2 FRBC) on the mirrored axis: filling is cooling, the level is the negative temperature in the unit "-°C".
IEC TR 62746-2 user story JWG3: in an emergency of the grid its consumption is reduced, but only down to the guard,
which is kept at any price; the comfort band is where it is normally run. A compressor that was switched off rests for
its minimum pause, because it cannot start against its own pressure. Handing back means switched on, at the usual set
point.

Fields: power_entity, power_inverted, temperature_entity (sensor), appliance (freezer, fridge), guard (°C, never above),
max_power (W of the running compressor), volume (l), yearly_energy (kWh of the label), contents (kg), room_temperature
(°C), eer, minimum_run, minimum_pause (min), running_entity, starts_per_day, start_cost, priority. comfort: see heat.py.
act: switch_entity, climate_entity with climate_act (set_point, mode), target_entity (°C), sequence,
normal_set_point, heat_release, release_sequence. advanced: stale_after (min).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import voluptuous as vol

from ..cem.model import FillRate, Instruction, LevelTarget, NumberRange, Resource, ThermalModel
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing, ThermalSources
from .common import optional, value
from .forms import POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, choice, form, number
from .heat import Band, band_error, bands, targets
from .heat_acting import acting_error, acts, commands, release
from .heat_modes import actuator, powers
from .heat_rows import (
    CLIMATE_ACT,
    DEGREES,
    HAND_BACK,
    MAX_POWER,
    RUNNING_ENTITY,
    SWITCH,
    SWITCHING,
    TARGET,
    TEMPERATURE_ENTITY,
    THERMOSTAT,
    comfort,
)
from .heat_sense import MIRRORED, entities, heat_resource, sources
from .heat_store import fill_rate, heat_per_electricity, leakage, stated, usage
from .heat_times import constant, horizon

#: Usual bands and what is never exceeded, °C.
BANDS: Final[Mapping[str, tuple[float, float]]] = {"freezer": (-24.0, -18.0), "fridge": (2.0, 7.0)}
GUARDS: Final[Mapping[str, float]] = {"freezer": -16.0, "fridge": 8.0}
#: Compressor cycles of such appliances: heat moved per electricity.
EER: Final[Mapping[str, float]] = {"freezer": 1.3, "fridge": 2.0}
#: What a label counts a year of (IEC 62552: mean of 16 and 32 °C), and the inside that it is for, °C.
LABEL_ROOM: Final = 24.0
LABEL_INSIDE: Final[Mapping[str, float]] = {"freezer": -18.0, "fridge": 4.0}
LABEL_ENERGY: Final[Mapping[str, float]] = {"freezer": 220.0, "fridge": 110.0}
HOURS_A_YEAR: Final = 8760.0

#: Heat capacity of frozen and of fresh food (Siebel: 2.0 and 3.6 kJ/(kg K)), Wh/(kg K), and of a litre of cabinet.
FOOD: Final[Mapping[str, float]] = {"freezer": 0.55, "fridge": 1.0}
CABINET: Final = 0.05
#: Food per litre where its mass is not stated: half full, kg.
FILLED: Final[Mapping[str, float]] = {"freezer": 0.3, "fridge": 0.15}
VOLUME: Final = 200.0

USUAL_POWER: Final = 100.0
#: A compressor's rest before it may start again where none is stated, min.
REST: Final = 10.0
#: Colder than the band it may get by so much (K): thermostats overshoot.
BELOW: Final = 2.0
#: Room left above the guard, so that a plan can be made where it is exceeded already (K).
ABOVE: Final = 10.0

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    TEMPERATURE_ENTITY,
    Field(key="appliance", selector=choice("cold_appliance", "freezer", "fridge"), default="freezer"),
    Field(key="guard", selector=DEGREES),
    MAX_POWER,
    Field(key="volume", selector=number(1, 100_000, "L")),
    Field(key="yearly_energy", selector=number(1, 100_000, "kWh")),
    PRIORITY,
    comfort(),
    Section(
        key="act",
        fields=(SWITCH, THERMOSTAT, CLIMATE_ACT, TARGET, *HAND_BACK),
    ),
    Section(
        key="advanced",
        fields=(
            Field(key="contents", selector=number(0, 100_000, "kg")),
            Field(key="room_temperature", selector=DEGREES),
            Field(key="eer", selector=number(0.5, 8, step=0.01)),
            RUNNING_ENTITY,
            *SWITCHING,
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _sort(data: Mapping[str, Any]) -> str:
    return "fridge" if data.get("appliance") == "fridge" else "freezer"


def _guard(data: Mapping[str, Any]) -> float:
    return value(data, "guard", GUARDS[_sort(data)], -60.0, 30.0)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    usual = BANDS[_sort(data)]
    errors = band_error(data, usual) | acting_error(data)
    warmest = max(value(data, key, usual[1], -60.0, 150.0) for key in ("band_maximum", "night_maximum"))
    if _guard(data) < warmest and "band_maximum" not in errors:
        errors["guard"] = "guard_below_band"
    return errors


def _room(data: Mapping[str, Any]) -> float:
    return value(data, "room_temperature", 21.0, -20.0, 60.0)


def _eer(data: Mapping[str, Any]) -> float:
    return value(data, "eer", EER[_sort(data)], 0.5, 8.0)


def _model(data: Mapping[str, Any], sensing: Sensing) -> ThermalModel:
    """Return what it does with heat: learned, else by volume, contents and the energy of its label."""
    sort = _sort(data)
    volume = value(data, "volume", VOLUME, 1.0, 100_000.0)
    contents = value(data, "contents", FILLED[sort] * volume, 0.0, 100_000.0)
    mean_power = value(data, "yearly_energy", LABEL_ENERGY[sort], 1.0, 100_000.0) * 1000.0 / HOURS_A_YEAR
    given = any(optional(data, key) is not None for key in ("contents", "yearly_energy"))
    return stated(
        None if given else sensing.thermal,
        loss=mean_power * _eer(data) / (LABEL_ROOM - LABEL_INSIDE[sort]),
        capacity=contents * FOOD[sort] + volume * CABINET,
    )


def _bands(data: Mapping[str, Any], sensing: Sensing) -> tuple[Band, ...]:
    """Return the bands, none of them warmer than the guard."""
    guard = _guard(data)
    return tuple(
        replace(band, minimum=min(band.minimum, guard), maximum=min(band.maximum, guard))
        for band in bands(data, sensing, BANDS[_sort(data)])
    )


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    _, greatest = powers(device.data, USUAL_POWER)

    def store(level: float, power: float | None) -> FillRate:
        return _store(device, sensing, level, power)

    return heat_resource(device, settings, sensing, greatest=greatest, store=store)


def _store(device: Device, sensing: Sensing, level: float, power: float | None) -> FillRate:
    data = device.data
    _, greatest = powers(data, USUAL_POWER)
    model, room, found, guard = _model(data, sensing), _room(data), _bands(data, sensing), _guard(data)
    levels = NumberRange(start=-(guard + ABOVE), end=-(min(band.minimum for band in found) - BELOW))
    rests = replace(device, data={"minimum_pause": REST, **data})
    return FillRate(
        actuators=(
            actuator(
                rests,
                sensing,
                actuator_id="compressor",
                least=greatest,
                greatest=greatest,
                elements=((levels, fill_rate(heat_per_electricity(_eer(data), model), model)),),
                power=power,
            ),
        ),
        level=-level,
        level_range=levels,
        level_unit=MIRRORED,
        leakage=leakage(model, room, levels, mirrored=True),
        usage=usage(model, constant(sensing, room), room, sensing.usage, sensing=sensing, mirrored=True),
        targets=(*targets(found, data, mirrored=True), _guarded(guard, sensing)),
    )


def _guarded(guard: float, sensing: Sensing) -> LevelTarget:
    """Return the guard as a target without a price: it is kept as far as it can be."""
    return LevelTarget(start=sensing.now, end=horizon(sensing), minimum=-guard)


def _thermal(device: Device) -> ThermalSources | None:
    return sources(device, efficiency=-_eer(device.data), room=_room(device.data), outdoors=False)


def _band(device: Device, sensing: Sensing) -> Band:
    return _bands(device.data, sensing)[0]


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, USUAL_POWER)
    return commands(
        device, instruction, sensing, least=greatest, greatest=greatest, band=_band(device, sensing), cooling=True
    )


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, USUAL_POWER)
    return release(device, sensing, greatest=greatest, band=_band(device, sensing), cooling=True)


FREEZER = DeviceKind(
    kind="freezer",
    has_level=True,
    icon="mdi:fridge-industrial",
    schema=_schema,
    validate=_validate,
    entities=entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=acts,
    thermal=_thermal,
)
