"""Heat pump: warms the building's mass, or a buffer tank that the house draws its heat from.

Fill rate (S2 FRBC), level in °C; IEC TR 62746-2 use cases JWG112x (heat pump, PV and battery together). A compressor is
off, or on at one power or between two; its COP follows the weather (`rate_factor`), and in a buffer also the
temperature of the water (elements by level). Minimum run and pause are timers. Handing back means normal operation:
SG-Ready state normal, the thermostat at its usual set point, the switch on.

Fields: power_entity, power_inverted, temperature_entity (room, or buffer), heats (building, buffer), max_power,
min_power (W; none: on or off), flow_temperature (°C), cop_mild, cop_cold (A7/W35, A-7/W35) or carnot_share (%),
outdoor_entity, running_entity, minimum_run, minimum_pause (min), starts_per_day, start_cost (currency), volume (l) and
standby_loss (kWh a day) and room_temperature (°C) of a buffer, priority. comfort: see heat.py. building: see
heat_store.zone. act: switch_entity, number_entity (W, kW, %), climate_entity with climate_act (set_point, mode),
target_entity (°C), contact_1_entity, contact_2_entity with contact_order (usual, swapped), contact_on (recommended,
forced), contact_off (normal, blocked), sequence, normal_set_point, heat_release (on, off, leave), release_sequence.
advanced: stale_after (min).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import voluptuous as vol

from ..cem.model import FillRate, Instruction, NumberRange, Resource, Series, ThermalModel
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing, ThermalSources
from .common import value
from .forms import POWER, PRIORITY, STALE_AFTER, SWITCH_ENTITY, YES_NO, Field, Section, choice, form, number
from .heat import Band, band_error, band_now, bands, span, targets
from .heat_acting import acting_error, acts, commands, release
from .heat_cop import HeatCurve, factor, heat_curve
from .heat_modes import actuator, powers
from .heat_rows import (
    BUILDING,
    CLIMATE,
    CLIMATE_ACT,
    DEGREES,
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
from .heat_store import WATER, demand, fill_rate, heat_per_electricity, leakage, tank, usage, zone
from .heat_times import constant, mean, outdoor

#: Comfort of a room, and of a buffer for underfloor heating (°C).
ROOM: Final = (20.0, 22.0)
BUFFER: Final = (30.0, 45.0)

#: Mean outdoor temperature of a heating season where nothing is known of the weather (°C).
USUAL_OUTDOOR: Final = 5.0
#: Outdoor temperature that the mean COP is taken at (EN 14825, bin of the average climate with most hours), °C.
MEAN_OUTDOOR: Final = 2.0

#: The condenser is so much warmer than the water it heats (K).
ABOVE_WATER: Final = 5.0
#: Ranges of levels that the COP of a buffer is told by.
ELEMENTS: Final = 3

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    TEMPERATURE_ENTITY,
    Field(key="heats", selector=choice("heats", "building", "buffer"), default="building"),
    MAX_POWER,
    MIN_POWER,
    Field(key="flow_temperature", selector=number(20, 75, "°C"), default=35),
    Field(key="cop_mild", selector=number(1, 8, step=0.01)),
    Field(key="cop_cold", selector=number(1, 8, step=0.01)),
    OUTDOOR_ENTITY,
    PRIORITY,
    comfort(ROOM),
    BUILDING,
    Section(
        key="act",
        fields=(
            Field(key="contact_1_entity", selector=SWITCH_ENTITY),
            Field(key="contact_2_entity", selector=SWITCH_ENTITY),
            Field(key="contact_order", selector=choice("contact_order", "usual", "swapped"), default="usual"),
            Field(key="contact_on", selector=choice("contact_on", "recommended", "forced"), default="recommended"),
            Field(key="contact_off", selector=choice("contact_off", "normal", "blocked"), default="normal"),
            CLIMATE,
            CLIMATE_ACT,
            TARGET,
            POWER_NUMBER,
            SWITCH,
            *HAND_BACK,
        ),
    ),
    Section(
        key="advanced",
        fields=(
            RUNNING_ENTITY,
            *SWITCHING,
            Field(key="carnot_share", selector=number(5, 80, "%")),
            Field(key="volume", selector=number(1, 100_000, "L")),
            Field(key="standby_loss", selector=number(0, 1000, "kWh")),
            Field(key="room_temperature", selector=DEGREES),
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _buffered(data: Mapping[str, Any]) -> bool:
    return data.get("heats") == "buffer"


def _usual(data: Mapping[str, Any]) -> tuple[float, float]:
    return BUFFER if _buffered(data) else ROOM


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors = band_error(data, _usual(data)) | acting_error(data)
    if _buffered(data) and not data.get("volume"):
        errors["volume"] = "volume_missing"
    return errors


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    _, greatest = powers(device.data, 2000.0)

    def store(level: float, power: float | None) -> FillRate:
        return _store(device, sensing, level, power)

    return heat_resource(device, settings, sensing, greatest=greatest, store=store)


def _store(device: Device, sensing: Sensing, level: float, power: float | None) -> FillRate:
    data = device.data
    least, greatest = powers(data, 2000.0)
    curve, flow = heat_curve(data), value(data, "flow_temperature", 35.0, 20.0, 75.0)
    weather = outdoor(sensing, data.get("outdoor_entity"), USUAL_OUTDOOR)
    reference = mean(weather)
    found = bands(data, sensing, _usual(data))
    draw = sensing.usage
    if _buffered(data):
        model, around = tank(data, sensing), _room(data, sensing)
        draw = _losses(device, sensing, weather) if draw is None else draw
        levels = span(found, 10.0, 0.0)
        elements = _by_water(curve, model, levels, reference)
        flow = (levels.start + levels.end) / 2.0 + ABOVE_WATER
    else:
        model, around = zone(data, sensing), weather
        levels = span(found, 5.0, 2.0)
        heat = heat_per_electricity(curve.cop(MEAN_OUTDOOR, flow), model)
        heat *= curve.cop(reference, flow) / curve.cop(MEAN_OUTDOOR, flow)
        elements = ((levels, fill_rate(heat, model)),)
    ambient = mean(around)
    return FillRate(
        actuators=(
            actuator(
                device,
                sensing,
                actuator_id="compressor",
                least=least,
                greatest=greatest,
                elements=elements,
                power=power,
                rate_factor=factor(curve, weather, flow, reference),
            ),
        ),
        level=level,
        level_range=levels,
        level_unit="°C",
        leakage=leakage(model, ambient, levels),
        usage=usage(model, around, ambient, draw, sensing=sensing),
        targets=targets(found, data),
    )


def _by_water(
    curve: HeatCurve, model: ThermalModel, levels: NumberRange, reference: float
) -> tuple[tuple[NumberRange, float], ...]:
    """Return what 1 W fills per s, for some ranges of the water's temperature: the hotter, the less."""
    width = (levels.end - levels.start) / ELEMENTS
    nominal = curve.cop(MEAN_OUTDOOR, (levels.start + levels.end) / 2.0 + ABOVE_WATER)
    learned = heat_per_electricity(nominal, model) / nominal
    parts = [
        NumberRange(start=levels.start + number * width, end=levels.start + (number + 1) * width)
        for number in range(ELEMENTS)
    ]
    return tuple(
        (part, fill_rate(learned * curve.cop(reference, (part.start + part.end) / 2.0 + ABOVE_WATER), model))
        for part in parts
    )


def _room(data: Mapping[str, Any], sensing: Sensing) -> Series:
    return constant(sensing, value(data, "room_temperature", 20.0, -20.0, 60.0))


def _losses(device: Device, sensing: Sensing, weather: Series) -> Series:
    """Return the heat that the house takes from the buffer, W: what it loses at the wanted temperature."""
    # What was learned is the tank's; the house is described by what is stated of it.
    house = zone(device.data, replace(sensing, thermal=None))
    return demand(house, value(device.data, "room_temperature", 20.0, -20.0, 60.0), weather)


def _thermal(device: Device) -> ThermalSources | None:
    data = device.data
    if _buffered(data):
        water = sum(_usual(data)) / 2.0 + ABOVE_WATER
        return sources(
            device,
            efficiency=heat_curve(data).cop(MEAN_OUTDOOR, water),
            capacity=value(data, "volume", 200.0, 1.0, 100_000.0) * WATER,
            room=value(data, "room_temperature", 20.0, -20.0, 60.0),
            use=True,
            outdoors=False,
        )
    flow = value(data, "flow_temperature", 35.0, 20.0, 75.0)
    return sources(device, efficiency=heat_curve(data).cop(MEAN_OUTDOOR, flow))


def _band(device: Device, sensing: Sensing) -> Band:
    return band_now(device.data, sensing, _usual(device.data))


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    least, greatest = powers(device.data, 2000.0)
    return commands(device, instruction, sensing, least=least, greatest=greatest, band=_band(device, sensing))


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, 2000.0)
    return release(device, sensing, greatest=greatest, band=_band(device, sensing))


HEAT_PUMP = DeviceKind(
    kind="heat_pump",
    has_level=True,
    icon="mdi:heat-pump",
    schema=_schema,
    validate=_validate,
    entities=entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=acts,
    thermal=_thermal,
)
