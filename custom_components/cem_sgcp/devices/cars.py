"""Cars: whether one is connected, when it leaves, and with what power it is charged.

Fields (data): connected_entity, connected_states (texts); ready_by (local time), departure_entity (timestamp, above
ready_by); min_current, max_current (A), phases (1 to 3), voltage (V), or max_power and min_power (W) instead. It must
not know any kind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from .base import Device, DeviceSettings, Sensing
from .common import deadline, sensible, texts, value
from .reading import is_one_of, moment_of

#: What entities of chargers and cars say while a car is plugged in.
CONNECTED_STATES: Final = (
    "on", "connected", "charging", "plugged", "plugged_in", "plugged in", "ready", "ready_to_charge", "waiting",
    "awaiting_start", "awaiting_authorization", "preparing", "suspended", "suspended_ev", "suspended_evse",
    "suspendedev", "suspendedevse", "paused", "completed", "complete", "finishing", "finished", "stopped", "b", "c",
    "true", "yes",
)  # fmt: skip


def line_voltage(data: Mapping[str, Any]) -> float:
    """Return V times phases."""
    return value(data, "voltage", 230.0, 1.0) * round(value(data, "phases", 3.0, 1.0, 3.0))


def charging_powers(data: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return the least and the greatest charging power in W, and V times phases."""
    volts = line_voltage(data)
    greatest = value(data, "max_power", value(data, "max_current", 16.0) * volts, 1.0)
    least = value(data, "min_power", value(data, "min_current", 6.0) * volts)
    return least, greatest, volts


def connected(device: Device, sensing: Sensing) -> bool | None:
    """Return whether a car is plugged in; None: not known."""
    states = texts(device.data.get("connected_states"), CONNECTED_STATES)
    return is_one_of(sensing.of(device.data.get("connected_entity")), states)


def departure(device: Device, settings: DeviceSettings, sensing: Sensing) -> datetime | None:
    """Return when the car should be ready: the user's moment, else that of an entity, else the daily one."""
    if not sensible(settings.ready_by, sensing):
        told = moment_of(sensing.of(device.data.get("departure_entity")), sensing.time_zone)
        if sensible(told, sensing):
            return told
    return deadline(device, settings, sensing)
