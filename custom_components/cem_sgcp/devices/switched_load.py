"""Switched load: anything that is to run for some hours a day: pool pump, heating rod, dehumidifier.

Operation mode (S2 OMBC) with the modes off and on, a quota of hours for each local day and least times on and off;
"other controllable load" of IEC TR 62746-2 figure 1. The plan chooses the hours.

Fields: power_entity, power_inverted, rated_power (W); quota (h a day), most (h a day), window_start, window_end (local
times; it is off outside of them); on_time_entity (how long it ran today); price_limit (currency/kWh: hours that cost
more are left out); priority. act: see `switching`. advanced: minimum_on, minimum_off (min), starts_per_day,
stale_after (min).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import voluptuous as vol

from ..cem.model import Instruction, ModeQuota, NumberRange, OperationMode, OperationModes, Resource
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .common import configured_entities, local_time, measured, optional, resource, value
from .forms import POWER, PRIORITY, STALE_AFTER, TIME, YES_NO, Field, Section, form, measurement, number
from .local_days import Window, gaps, quota, ran, windows
from .modes import MINIMUM_OFF_FIELD, MINIMUM_ON_FIELD, OFF, ON, STARTS_PER_DAY, on_and_off, starts_allowed
from .reading import duration_of
from .switching import ACT_ENTITIES, ACT_FIELDS, can_switch, hand_back, is_on, options_missing, silent, switch_by_mode

ROWS = (
    Field(key="power_entity", selector=POWER),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="rated_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="quota", selector=number(0, 24, "h"), required=True),
    Field(key="most", selector=number(0, 24, "h")),
    Field(key="window_start", selector=TIME),
    Field(key="window_end", selector=TIME),
    Field(key="on_time_entity", selector=measurement("duration")),
    Field(key="price_limit", selector=number(0, 10, step=0.001)),
    PRIORITY,
    Section(key="act", fields=ACT_FIELDS),
    Section(key="advanced", fields=(MINIMUM_ON_FIELD, MINIMUM_OFF_FIELD, STARTS_PER_DAY, STALE_AFTER)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors = dict.fromkeys(options_missing(data), "option_missing")
    hours = value(data, "quota", 0.0)
    if hours > value(data, "most", 24.0, 0.0, 24.0):
        errors["most"] = "most_below_quota"
    start, end = local_time(data.get("window_start")), local_time(data.get("window_end"))
    if hours * 3600.0 > _length(start, end):
        errors["quota"] = "quota_above_window"
    return errors


def _length(start: Any, end: Any) -> float:
    """Return the length of a daily window on a day without a change of the clock, s."""
    seconds = [0 if at is None else at.hour * 3600 + at.minute * 60 + at.second for at in (start, end)]
    return float((seconds[1] - seconds[0]) % 86_400 or 86_400)


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "on_time_entity", *ACT_ENTITIES)


def _rated(device: Device) -> float:
    return value(device.data, "rated_power", 0.0)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    rated = _rated(device)
    on, since = is_on(device, sensing)
    power = measured(device, sensing)
    if power is None and on is not None and not data.get("power_entity"):
        power = rated if on else 0.0
    transitions, timers = on_and_off(data, sensing, on=on, since=since)
    control = OperationModes(
        modes=(
            OperationMode(mode_id=OFF, power=NumberRange(start=0.0, end=0.0)),
            OperationMode(mode_id=ON, power=NumberRange(start=rated, end=rated)),
        ),
        transitions=transitions,
        timers=timers,
        active_mode=None if on is None else ON if on else OFF,
        active_factor=1.0 if on else 0.0,
        quotas=tuple(_quotas(device, sensing, since if on else None)),
        maximum_starts_per_day=starts_allowed(data),
        starts_today=sensing.starts_today,
    )
    return resource(
        device,
        settings,
        acts=can_switch(device),
        control=control,
        available=on is not None and not silent(device, sensing),
        power=power,
        maximum_power=rated or None,
    )


def _quotas(device: Device, sensing: Sensing, on_since: datetime | None) -> list[ModeQuota]:
    """Return the hours of each day ahead, less what it ran already, and the times in which it must be off."""
    data = device.data
    hours = value(data, "quota", 0.0, 0.0, 24.0)
    most = None if optional(data, "most") is None else value(data, "most", 24.0, hours, 24.0) * 3600.0
    limited = optional(data, "price_limit") is not None
    price = value(data, "price_limit", 0.0, 0.0, 1000.0) * _rated(device) / 1000.0 if limited else None
    start, end = local_time(data.get("window_start")), local_time(data.get("window_end"))
    allowed = windows(start, end, sensing)
    found: list[ModeQuota | None] = []
    for window in allowed:
        done = _done(device, sensing, window, on_since) if window.start < sensing.now else 0.0
        found.append(
            quota(
                window,
                (ON,),
                sensing,
                done=done,
                minimum=hours * 3600.0,
                maximum=most,
                price=price,
            )
        )
    found += [quota(gap, (ON,), sensing, maximum=0.0) for gap in gaps(allowed, sensing)]
    return [entry for entry in found if entry is not None]


def _done(device: Device, sensing: Sensing, window: Window, on_since: datetime | None) -> float:
    """Return how long it ran in a window that has begun, s: as its sensor, else our own record, else its state says."""
    told = duration_of(sensing.of(device.data.get("on_time_entity")), "h")
    day, today = (moment.astimezone(sensing.time_zone).date() for moment in (window.start, sensing.now))
    if told is not None and day == today:
        return min(max(told, 0.0), 90_000.0)
    recorded = ran(sensing, (ON,), window.start)
    if recorded is not None:
        return recorded
    return 0.0 if on_since is None else max((sensing.now - max(on_since, window.start)).total_seconds(), 0.0)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    return switch_by_mode(device, instruction, sensing, _rated(device))


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    return hand_back(device, sensing, _rated(device))


SWITCHED_LOAD = DeviceKind(
    kind="switched_load",
    has_modes=True,
    icon="mdi:timer-cog-outline",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=can_switch,
)
