"""What a house remembers while the computer that simulates it is off; its devices go on by themselves meanwhile."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .simulation import House

# Fields by the part of the house they belong to; the house itself is the empty name.
_MEMORY = {
    "": (
        "pv_limit",
        "pv_energy",
        "base_energy",
        "imported",
        "exported",
        "grid_signal",
        "grid_limit",
    ),
    "battery": ("energy", "mode", "setpoint", "charged", "discharged"),
    "car": ("energy", "switched_on", "current", "charged", "was_connected", "out_until", "home_until"),
    "washer": ("door_open", "remote_start", "state", "position", "consumed", "runs"),
    "dishwasher": ("door_open", "remote_start", "state", "position", "consumed", "runs"),
}


def dump(house: House) -> dict[str, Any]:
    """Everything a house needs to go on later, as JSON."""
    parts = {
        part: {name: _plain(getattr(_part(house, part), name)) for name in names} for part, names in _MEMORY.items()
    }
    for device, machine in house.equipment.items():
        parts[f"equipment {device}"] = {name: _plain(getattr(machine, name)) for name in machine.remembered()}
    late = [[due.isoformat(), device, point, value] for due, device, point, value in house.late]
    return {"now": house.now.isoformat(), "parts": parts, "late": late}


def restore(house: House, memory: dict[str, Any]) -> None:
    """Put a new house into the state that was dumped; its clock goes back to that moment, but never forward."""
    for part, names in _MEMORY.items():
        target = _part(house, part)
        kept = memory["parts"].get(part, {})
        # What an older version did not remember stays as it is in a new house.
        for name in [name for name in names if name in kept]:
            value = kept[name]
            if isinstance(value, str):
                # Moments are known by their names; modes, states and signals are enumerations of strings.
                kind = datetime.fromisoformat if name.endswith("_until") else type(getattr(target, name))
                value = kind(value)
            setattr(target, name, value)
    for device, machine in house.equipment.items():
        kept = memory["parts"].get(f"equipment {device}", {})
        for name in (name for name in machine.remembered() if name in kept):
            setattr(machine, name, kept[name])
    house.late = [(datetime.fromisoformat(due), *command) for due, *command in memory["late"]]
    house.now = min(house.now, datetime.fromisoformat(memory["now"]).astimezone(UTC))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _part(house: House, part: str) -> Any:
    return getattr(house, part) if part else house
