"""States as Home Assistant would hold them, for reading them through the device kinds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import State

from custom_components.cem_sgcp.cem.model import Instruction, InstructionKind, Intent
from custom_components.cem_sgcp.devices import KINDS, Command, Device, DeviceSettings, Sensing

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def state(entity_id: str, value: str, unit: str | None = None, **attributes: Any) -> State:
    """A state that was reported just now."""
    if unit is not None:
        attributes["unit_of_measurement"] = unit
    return State(entity_id, value, attributes, last_reported=NOW, last_updated=NOW, last_changed=NOW)


def sensing(*states: State, now: datetime = NOW, **more: Any) -> Sensing:
    """What a kind sees when these states exist."""
    by_id = {entry.entity_id: entry for entry in states}
    return Sensing(state=by_id.get, now=now, time_zone=more.pop("time_zone", BERLIN), **more)


def device(kind: str, data: Mapping[str, Any], name: str = "It") -> Device:
    """A device with these data."""
    return Device(device_id="d1", kind=kind, name=name, data=data)


def instruct(kind: InstructionKind = InstructionKind.SET, **fields: Any) -> Instruction:
    """An instruction to that device."""
    return Instruction(resource_id="d1", kind=kind, **({"intent": Intent.CHARGE_GRID} | fields))


def told(one: Device, instruction: Instruction, seen: Sensing) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Action, entity and data of the commands for an instruction."""
    return [said(command) for command in KINDS[one.kind].commands(one, instruction, seen)]


def released(one: Device, seen: Sensing) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Action, entity and data of the commands that hand the device back."""
    return [said(command) for command in KINDS[one.kind].release(one, seen)]


def said(command: Command) -> tuple[str, str | None, dict[str, Any]]:
    """Action, entity and data of a command."""
    return command.name, command.entity_id, dict(command.data)


CONTROLLED = DeviceSettings(control=True)
ADVISE = DeviceSettings()
