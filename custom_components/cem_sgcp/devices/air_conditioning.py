"""Air conditioning, central or split: cools and heats the rooms; their mass is the store.

Fill rate (S2 FRBC). Heating counts in °C. Cooling counts on the mirrored axis: filling the store is cooling the rooms,
so its level is the negative temperature, in the unit "-°C": 24 °C in the rooms are a level of -24, and a band of 22 to
25 °C is -25 to -22. What people see is turned round again by that unit.

Whether it heats or cools is stated, or follows from the weather over the horizon: what the rooms would come to by
themselves, above or below the middle of the comfort band. Handing back means that its own thermostat decides.

Fields: power_entity, power_inverted, temperature_entity (sensor, climate), direction (automatic, cool, heat),
max_power, min_power (W; none: on or off), eer (35 °C outside, 27 °C inside), cop_mild, cop_cold (7 and -7 °C outside),
outdoor_entity, running_entity, minimum_run, minimum_pause (min), starts_per_day, start_cost, priority. comfort: see
heat.py. building: see heat_store.zone. act: climate_entity with climate_act (set_point, mode), number_entity (W, kW,
%), switch_entity, sequence, normal_set_point, heat_release, release_sequence. advanced: stale_after (min).
"""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from ..cem.model import FillRate, Instruction, NumberRange, Resource, Series, ThermalModel
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing, ThermalSources
from .forms import POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, choice, form, number
from .heat import Band, band_error, band_now, bands, span, targets
from .heat_acting import acting_error, acts, commands, release
from .heat_cop import RATED_FLOW, RATED_ROOM, cool_curve, factor, heat_curve
from .heat_modes import actuator, powers
from .heat_rows import (
    BUILDING,
    CLIMATE_ACT,
    HAND_BACK,
    MAX_POWER,
    MIN_POWER,
    OUTDOOR_ENTITY,
    POWER_NUMBER,
    RUNNING_ENTITY,
    SWITCH,
    SWITCHING,
    TEMPERATURE_ENTITY,
    THERMOSTAT,
    comfort,
)
from .heat_sense import MIRRORED, entities, heat_resource, sources
from .heat_store import fill_rate, heat_per_electricity, leakage, usage, zone
from .heat_times import mean, outdoor

ROOM: Final = (21.0, 25.0)
USUAL_POWER: Final = 1200.0
#: Outdoor temperature where nothing is known of the weather, °C.
USUAL_OUTDOOR: Final = 20.0
#: What is learned is learned around these temperatures outside, °C.
MEAN_SUMMER, MEAN_WINTER = 28.0, 2.0

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    TEMPERATURE_ENTITY,
    Field(key="direction", selector=choice("heat_direction", "automatic", "cool", "heat"), default="automatic"),
    MAX_POWER,
    MIN_POWER,
    OUTDOOR_ENTITY,
    PRIORITY,
    comfort(ROOM),
    BUILDING,
    Section(
        key="act",
        fields=(THERMOSTAT, CLIMATE_ACT, POWER_NUMBER, SWITCH, *HAND_BACK),
    ),
    Section(
        key="advanced",
        fields=(
            Field(key="eer", selector=number(1, 8, step=0.01)),
            Field(key="cop_mild", selector=number(1, 8, step=0.01)),
            Field(key="cop_cold", selector=number(1, 8, step=0.01)),
            RUNNING_ENTITY,
            *SWITCHING,
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    return band_error(data, ROOM) | acting_error(data)


def _weather(device: Device, sensing: Sensing) -> Series:
    return outdoor(sensing, device.data.get("outdoor_entity"), USUAL_OUTDOOR)


def _model(device: Device, sensing: Sensing) -> ThermalModel:
    return zone(device.data, sensing)


def cools(device: Device, sensing: Sensing) -> bool:
    """Return whether it cools: as stated, else where the rooms would come to by themselves: T_outdoor + gains x R."""
    match device.data.get("direction"):
        case "cool":
            return True
        case "heat":
            return False
    model = _model(device, sensing)
    by_itself = mean(_weather(device, sensing)) + model.gains * model.resistance
    return by_itself > band_now(device.data, sensing, ROOM).middle


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    _, greatest = powers(device.data, USUAL_POWER)

    def store(level: float, power: float | None) -> FillRate:
        return _store(device, sensing, level, power)

    return heat_resource(device, settings, sensing, greatest=greatest, store=store)


def _store(device: Device, sensing: Sensing, level: float, power: float | None) -> FillRate:
    data = device.data
    least, greatest = powers(data, USUAL_POWER)
    model, weather, cooling = _model(device, sensing), _weather(device, sensing), cools(device, sensing)
    reference = mean(weather)
    found = bands(data, sensing, ROOM)
    levels = _range(found, cooling=cooling)
    if cooling:
        curve, other, usual = cool_curve(data), RATED_ROOM, MEAN_SUMMER
        nominal, ratio = curve.cop(usual, other), curve.cop(reference, other)
        follows = factor(curve, weather, other, reference)
    else:
        heating = heat_curve(data)
        nominal, ratio = heating.cop(MEAN_WINTER, RATED_FLOW), heating.cop(reference, RATED_FLOW)
        follows = factor(heating, weather, RATED_FLOW, reference)
    brought = heat_per_electricity(nominal, model) * ratio / nominal
    return FillRate(
        actuators=(
            actuator(
                device,
                sensing,
                actuator_id="compressor",
                least=least,
                greatest=greatest,
                elements=((levels, fill_rate(brought, model)),),
                power=power,
                rate_factor=follows,
            ),
        ),
        level=-level if cooling else level,
        level_range=levels,
        level_unit=MIRRORED if cooling else "°C",
        leakage=leakage(model, reference, levels, mirrored=cooling),
        usage=usage(model, weather, reference, sensing.usage, sensing=sensing, mirrored=cooling),
        targets=targets(found, data, mirrored=cooling),
    )


def _range(found: tuple[Band, ...], *, cooling: bool) -> NumberRange:
    # Warmer than comfort in summer, colder in winter may happen; the other way round a little is enough.
    return span(found, 2.0, 8.0, mirrored=True) if cooling else span(found, 5.0, 2.0)


def _thermal(device: Device) -> ThermalSources | None:
    if device.data.get("direction") == "heat":
        return sources(device, efficiency=heat_curve(device.data).cop(MEAN_WINTER, RATED_FLOW))
    # Cooling and heating look alike in the power: only what is stated tells what was learned.
    if device.data.get("direction") == "cool":
        return sources(device, efficiency=-cool_curve(device.data).cop(MEAN_SUMMER, RATED_ROOM))
    return None


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    least, greatest = powers(device.data, USUAL_POWER)
    return commands(
        device,
        instruction,
        sensing,
        least=least,
        greatest=greatest,
        band=band_now(device.data, sensing, ROOM),
        cooling=cools(device, sensing),
    )


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    _, greatest = powers(device.data, USUAL_POWER)
    band = band_now(device.data, sensing, ROOM)
    return release(device, sensing, greatest=greatest, band=band, cooling=cools(device, sensing))


AIR_CONDITIONING = DeviceKind(
    kind="air_conditioning",
    has_level=True,
    icon="mdi:air-conditioner",
    schema=_schema,
    validate=_validate,
    entities=entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=acts,
    thermal=_thermal,
)
