"""Mode book: since when each device has been in which mode, and how often it was started today.

What is observed counts, whoever switched. The record reaches back to the midnight before last, outlives a restart and
is what quotas of hours and starts a day are reckoned with. It must not decide anything.
"""

from collections.abc import Iterable, MutableMapping
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any, Final

from .cem.model import DemandDriven, FillRate, OperationModes, Resource
from .cem.model.base import utc
from .cem.model.errors import ModelError
from .devices.common import IDLE_POWER

#: A device that changes more often than this in two days has a fault; the latest changes are kept.
MOST_CHANGES: Final = 2000
_WATT: Final = 1.0

type Entry = tuple[datetime, str, bool]
"""Since when, which mode, and whether it draws or gives power."""


class ModeBook:
    """The record of one connection point, in a mapping that the store writes: device → rows of JSON values."""

    def __init__(self, stored: MutableMapping[str, Any]) -> None:
        """Go on from what was stored; what is damaged there is left out."""
        self._stored = stored
        self._entries: dict[str, list[Entry]] = {
            device_id: entries for device_id, rows in stored.items() if (entries := _read(rows))
        }

    def observe(self, resources: Iterable[Resource], now: datetime, zone: tzinfo) -> bool:
        """Take in what devices with modes are doing; return whether anything changed."""
        changed = False
        for resource in resources:
            if not resource.available or (shown := mode_of(resource)) is None:
                continue
            entries = self._entries.setdefault(resource.resource_id, [])
            if entries and entries[-1][1:] == shown:
                continue
            if entries and entries[-1][0] > now:
                # The clock was set back.
                entries[:] = [entry for entry in entries if entry[0] <= now]
            entries.append((now, *shown))
            self._prune(resource.resource_id, now, zone)
            self._stored[resource.resource_id] = [
                [at.isoformat(), mode, on] for at, mode, on in self._entries[resource.resource_id]
            ]
            changed = True
        return changed

    def changes(self, device_id: str) -> tuple[tuple[datetime, str], ...]:
        """Return since when the device was in which mode, oldest first."""
        return tuple((at, mode) for at, mode, _ in self._entries.get(device_id, ()))

    def starts_today(self, device_id: str, now: datetime, zone: tzinfo) -> int:
        """Return how often it went from a mode without power to one with since local midnight."""
        midnight = _midnight(now, zone)
        entries = self._entries.get(device_id, ())
        return sum(after[2] and not before[2] and midnight <= after[0] <= now for before, after in pairwise(entries))

    def _prune(self, device_id: str, now: datetime, zone: tzinfo) -> None:
        entries = self._entries[device_id]
        since = _midnight(_midnight(now, zone) - timedelta(hours=2), zone)
        old = sum(at <= since for at, _, _ in entries)
        del entries[: max(old - 1, len(entries) - MOST_CHANGES, 0)]


def mode_of(resource: Resource) -> tuple[str, bool] | None:
    """Return the mode of a resource and whether it draws or gives power; None where it has no modes or says nothing.

    Of several actuators the modes are joined: "pump: on, boiler: off".
    """
    control = resource.control
    if isinstance(control, OperationModes):
        found = next((mode for mode in control.modes if mode.mode_id == control.active_mode), None)
        if found is not None:
            power = found.power.start + control.active_factor * (found.power.end - found.power.start)
            return found.mode_id, abs(power) > _WATT
    elif isinstance(control, FillRate) and control.level_unit in {"Wh", "kWh"}:
        # Batteries and cars follow the house by power; nobody counts their starts.
        return None
    elif isinstance(control, FillRate | DemandDriven):
        names: list[str] = []
        on = False
        for actuator in control.actuators:
            if actuator.active_mode is None:
                break
            names.append(actuator.active_mode)
            mode = next(mode for mode in actuator.modes if mode.mode_id == actuator.active_mode)
            powers = [mode.power] if not hasattr(mode, "elements") else [entry.power for entry in mode.elements]
            on = on or any(max(abs(power.start), abs(power.end)) > _WATT for power in powers)
        else:
            if len(names) == 1:
                return names[0], on
            actuators = [actuator.actuator_id for actuator in control.actuators]
            return ", ".join(f"{actuator}: {name}" for actuator, name in zip(actuators, names, strict=True)), on
    else:
        return None
    if resource.power is None:
        return None
    on = abs(resource.power) > IDLE_POWER
    return "on" if on else "off", on


def _midnight(now: datetime, zone: tzinfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _read(rows: object) -> list[Entry]:
    entries: list[Entry] = []
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, list | tuple) or len(row) != 3:
            continue
        at, mode, on = row
        if not isinstance(mode, str) or not isinstance(on, bool):
            continue
        try:
            moment = utc(at, "since")
        except ModelError:
            continue
        if not entries or moment >= entries[-1][0]:
            entries.append((moment, mode, on))
    return entries[-MOST_CHANGES:]
