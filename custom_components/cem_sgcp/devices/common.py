"""What the kinds share: reading of configured values, the measured power, moments of a local time of day.

It must not know any kind.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
import re
from typing import Any

from ..cem.model import Resource
from .base import Device, DeviceSettings, Sensing
from .reading import finite, power_of, stale

#: Below this a device counts as not running (W).
IDLE_POWER = 20.0
#: No configured quantity is larger; the forms allow no more, a file edited by hand might.
LARGEST = 1e6
#: A moment further ahead is a fault of its source.
FURTHEST = timedelta(days=366)


def value(data: Mapping[str, Any], key: str, default: float, minimum: float = 0.0, maximum: float = LARGEST) -> float:
    """Return a configured number within bounds, or its default where it is missing or no number."""
    number = finite(data.get(key))
    return min(max(default if number is None else number, minimum), maximum)


def optional(data: Mapping[str, Any], key: str) -> float | None:
    """Return a configured number, or None."""
    return finite(data.get(key))


def texts(given: object, default: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the texts of a list, or of one text with commas between."""
    parts = re.split(r"[,;\n]", given) if isinstance(given, str) else given if isinstance(given, list | tuple) else ()
    found = tuple(text for part in parts if isinstance(part, str) and (text := part.strip()))
    return found or tuple(default)


def local_time(given: object) -> time | None:
    """Return a time of day from the text that a time selector gives."""
    if isinstance(given, time):
        return given.replace(tzinfo=None)
    if not isinstance(given, str):
        return None
    try:
        return time.fromisoformat(given).replace(tzinfo=None)
    except ValueError:
        return None


def next_occurrence(at: time, sensing: Sensing) -> datetime:
    """Return when a local time of day comes next, UTC; a time that daylight saving skips is taken an hour later."""
    today = sensing.now.astimezone(sensing.time_zone).date()
    for days in range(3):
        moment = datetime.combine(today + timedelta(days=days), at, sensing.time_zone).astimezone(UTC)
        if moment > sensing.now:
            return moment
    return sensing.now + timedelta(days=1)  # not reached in any time zone


def sensible(moment: datetime | None, sensing: Sensing) -> bool:
    """Return whether a moment lies ahead, and not so far that it is a fault."""
    return moment is not None and sensing.now < moment < sensing.now + FURTHEST


def deadline(device: Device, settings: DeviceSettings, sensing: Sensing) -> datetime | None:
    """Return the moment by which the device should be ready: the user's, else the configured local time."""
    if sensible(settings.ready_by, sensing):
        return settings.ready_by
    at = local_time(device.data.get("ready_by"))
    return None if at is None else next_occurrence(at, sensing)


def measured(device: Device, sensing: Sensing) -> float | None:
    """Return the power of the device in W, consumption positive; None where it is not known or too old."""
    state = sensing.of(device.data.get("power_entity"))
    minutes = optional(device.data, "stale_after")
    if stale(state, sensing.now, None if minutes is None else minutes * 60.0):
        return None
    return power_of(state, inverted=device.data.get("power_inverted") is True)


def configured_entities(device: Device, *keys: str) -> frozenset[str]:
    """Return the entities that are configured under some keys."""
    return frozenset(entity for key in keys if isinstance(entity := device.data.get(key), str) and entity)


def resource(device: Device, settings: DeviceSettings, *, acts: bool, **fields: Any) -> Resource:
    """Return the device as the brain sees it, with what all kinds have in common."""
    return Resource(
        resource_id=device.device_id,
        name=device.name,
        kind=device.kind,
        priority=min(max(settings.priority, 1), 10),
        controllable=settings.control and acts,
        **fields,
    )
