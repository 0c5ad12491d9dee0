"""Water pump with a tank: water is pumped when power is cheap, and the tank never runs dry or over.

Fill rate (S2 FRBC), level in litres; IEC TR 62746-2 figure 1, water pump. What is drawn is learned, else a stated daily
use spread over the day. A pump that empties a sump fills its free space: there the level is the space that is left, and
what flows in uses it up.

Fields: power_entity, power_inverted; level_entity (%, L, m³), capacity (L), minimum, maximum (%), rated_power (W), flow
(L/min), empties, daily_flow (L a day), flow_shape (even, tapping, morning, evening); priority. act: see `switching`.
advanced: minimum_on, minimum_off (min), starts_per_day, stale_after (min).
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.util.unit_conversion import VolumeConverter
import voluptuous as vol

from ..cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Instruction,
    NotControllable,
    NumberRange,
    Resource,
    Series,
)
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .common import configured_entities, measured, optional, resource, value
from .forms import POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, choice, form, measurement, number
from .heat_store import daily_draw
from .modes import MINIMUM_OFF_FIELD, MINIMUM_ON_FIELD, OFF, ON, STARTS_PER_DAY, on_and_off, starts_allowed
from .reading import number_of, stale, unit_of
from .switching import ACT_ENTITIES, ACT_FIELDS, can_switch, hand_back, is_on, options_missing, switch_by_mode

#: The one actuator.
PUMP = "pump"

ROWS = (
    Field(key="power_entity", selector=POWER),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="level_entity", selector=measurement("volume", "volume_storage", "water", "moisture"), required=True),
    Field(key="capacity", selector=number(1, 1_000_000, "L"), required=True),
    Field(key="minimum", selector=number(0, 100, "%"), default=20),
    Field(key="maximum", selector=number(0, 100, "%"), default=95),
    Field(key="rated_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="flow", selector=number(0.01, 100_000, "L/min"), required=True),
    Field(key="empties", selector=YES_NO, default=False),
    Field(key="daily_flow", selector=number(0, 1_000_000, "L"), default=300),
    Field(key="flow_shape", selector=choice("draw_shape", "even", "tapping", "morning", "evening"), default="even"),
    PRIORITY,
    Section(key="act", fields=ACT_FIELDS),
    Section(key="advanced", fields=(MINIMUM_ON_FIELD, MINIMUM_OFF_FIELD, STARTS_PER_DAY, STALE_AFTER)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors = dict.fromkeys(options_missing(data), "option_missing")
    if value(data, "minimum", 20.0) >= value(data, "maximum", 95.0):
        errors["minimum"] = "minimum_above_maximum"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "level_entity", *ACT_ENTITIES)


def _level(device: Device, sensing: Sensing, capacity: float) -> float | None:
    """Return what is in the tank, L; None where it is not known, impossible or too old."""
    state = sensing.of(device.data.get("level_entity"))
    minutes = optional(device.data, "stale_after")
    number_ = None if stale(state, sensing.now, None if minutes is None else minutes * 60.0) else number_of(state)
    if number_ is None:
        return None
    unit = unit_of(state) or "%"
    if unit == "%":
        litres = number_ / 100.0 * capacity
    elif unit in VolumeConverter.VALID_UNITS:
        litres = VolumeConverter.convert(number_, unit, "L")
    else:
        return None
    return min(max(litres, 0.0), capacity) if -0.05 * capacity <= litres <= 1.05 * capacity else None


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    capacity, rated = value(data, "capacity", 0.0), value(data, "rated_power", 0.0)
    on, since = is_on(device, sensing)
    power = measured(device, sensing)
    if power is None and on is not None and not data.get("power_entity"):
        power = rated if on else 0.0
    level = _level(device, sensing, capacity) if capacity > 0 else None
    common: dict[str, Any] = {"acts": can_switch(device), "power": power, "maximum_power": rated or None}
    if level is None:
        return resource(device, settings, control=NotControllable(), available=False, **common)
    least = value(data, "minimum", 20.0, 0.0, 100.0) / 100.0
    most = max(value(data, "maximum", 95.0, 0.0, 100.0) / 100.0, least)
    transitions, timers = on_and_off(data, sensing, on=on, since=since)
    bounds = NumberRange(start=least * capacity, end=most * capacity)
    if data.get("empties") is True:
        level, bounds = capacity - level, NumberRange(start=(1.0 - most) * capacity, end=(1.0 - least) * capacity)
    whole, still = NumberRange(start=0.0, end=capacity), NumberRange(start=0.0, end=0.0)
    flow = value(data, "flow", 0.0) / 60.0
    pumping = FillRateElement(
        level_range=whole,
        fill_rate=NumberRange(start=flow, end=flow),
        power=NumberRange(start=rated, end=rated),
    )
    return resource(
        device,
        settings,
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id=PUMP,
                    modes=(
                        FillRateMode(
                            mode_id=OFF, elements=(FillRateElement(level_range=whole, fill_rate=still, power=still),)
                        ),
                        FillRateMode(mode_id=ON, elements=(pumping,)),
                    ),
                    transitions=transitions,
                    timers=timers,
                    active_mode=None if on is None else ON if on else OFF,
                    active_factor=1.0 if on else 0.0,
                    maximum_starts_per_day=starts_allowed(data),
                    starts_today=sensing.starts_today,
                ),
            ),
            level=level,
            level_range=bounds,
            level_unit="L",
            usage=_usage(data, sensing),
        ),
        available=True,
        **common,
    )


def _usage(data: Mapping[str, Any], sensing: Sensing) -> Series:
    """Return what is drawn, or flows into a sump, L/s."""
    if sensing.usage is not None:
        return sensing.usage
    daily = daily_draw(value(data, "daily_flow", 300.0), data.get("flow_shape") or "even", sensing)
    # Its unit per hour, over 3600 s.
    return Series(intervals=tuple(entry.replace(value=entry.value / 3600.0) for entry in daily.intervals))


def _rated(device: Device) -> float:
    return value(device.data, "rated_power", 0.0)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    return switch_by_mode(device, instruction, sensing, _rated(device), actuator_id=PUMP)


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    return hand_back(device, sensing, _rated(device))


WATER_PUMP = DeviceKind(
    kind="water_pump",
    has_level=True,
    has_modes=True,
    icon="mdi:water-pump",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=can_switch,
)
