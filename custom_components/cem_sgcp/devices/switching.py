"""Devices that are on or off: how that is seen, and how it is set: by a switch, a select or the user's actions.

Fields (data): switch_entity, select_entity with option_on and option_off, sequence, release_to (leave, on, off),
release_sequence; power_entity, power_inverted. It must not know any kind.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ..cem.model import Instruction, InstructionKind, Intent
from .acting import choose, sequence, switch
from .base import Command, Device, Sensing
from .common import IDLE_POWER, measured
from .forms import ACTIONS, SELECT_ENTITY, TEXT, Field, choice, entity
from .modes import wanted_mode
from .reading import is_one_of, known, stale

ACT_FIELDS: Final = (
    Field(key="switch_entity", selector=entity("switch", "input_boolean", "light", "fan", "humidifier")),
    Field(key="select_entity", selector=SELECT_ENTITY),
    Field(key="option_on", selector=TEXT),
    Field(key="option_off", selector=TEXT),
    Field(key="sequence", selector=ACTIONS),
    Field(key="release_to", selector=choice("release_state", "leave", "on", "off"), default="leave"),
    Field(key="release_sequence", selector=ACTIONS),
)
#: The same for what is rather off when nobody controls it.
ACT_FIELDS_OFF: Final = tuple(
    Field(key=field.key, selector=field.selector, default="off") if field.key == "release_to" else field
    for field in ACT_FIELDS
)
ACT_ENTITIES: Final = ("switch_entity", "select_entity")


def can_switch(device: Device) -> bool:
    """Return whether there is anything to switch it with."""
    data = device.data
    return bool(data.get("switch_entity") or data.get("sequence") or (_options(data) and data.get("select_entity")))


def options_missing(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the options that a select lacks."""
    if not data.get("select_entity"):
        return ()
    return tuple(key for key in ("option_on", "option_off") if not data.get(key))


def is_on(device: Device, sensing: Sensing) -> tuple[bool | None, datetime | None]:
    """Return whether it is on and since when: by its switch or select, else by its power; None: not known."""
    data = device.data
    for key, on, off in (
        ("switch_entity", ("on",), ("off",)),
        ("select_entity", (str(data.get("option_on") or ""),), (str(data.get("option_off") or ""),)),
    ):
        state = sensing.of(data.get(key))
        if state is None or not known(state):
            continue
        if is_one_of(state, on):
            return True, state.last_changed
        if is_one_of(state, off):
            return False, state.last_changed
    power = measured(device, sensing)
    return (None, None) if power is None else (abs(power) > IDLE_POWER, None)


def silent(device: Device, sensing: Sensing) -> bool:
    """Return whether the power sensor has been silent for longer than the user allows."""
    minutes = device.data.get("stale_after")
    after = minutes * 60.0 if isinstance(minutes, int | float) else None
    return stale(sensing.of(device.data.get("power_entity")), sensing.now, after)


def turn(device: Device, instruction: Instruction, sensing: Sensing, *, on: bool, power: float) -> tuple[Command, ...]:
    """Return what switches it on or off; the user's actions are told `power` (W)."""
    data = device.data
    commands: list[Command] = []
    if select_entity := data.get("select_entity"):
        option = data.get("option_on" if on else "option_off")
        if isinstance(option, str) and option:
            commands.append(choose(select_entity, option))
    if switch_entity := data.get("switch_entity"):
        commands.append(switch(switch_entity, on=on))
    return tuple(commands) or sequence(data.get("sequence"), device, instruction, sensing, power=power)


def switch_by_mode(
    device: Device, instruction: Instruction, sensing: Sensing, power: float, *, actuator_id: str | None = None
) -> tuple[Command, ...]:
    """Carry out an instruction to a device with the modes off and on; `power` is what it draws when on (W).

    `actuator_id`: of a store; None: the device itself has the modes.
    """
    if instruction.kind is InstructionKind.RELEASE:
        return hand_back(device, sensing, power)
    on = wanted_mode(instruction, actuator_id or device.device_id) != "off"
    return turn(device, instruction, sensing, on=on, power=power if on else 0.0)


def hand_back(device: Device, sensing: Sensing, power: float, default: str = "leave") -> tuple[Command, ...]:
    """Leave it as it is, switch it on or off, or what the user wrote; `default` where nothing is chosen."""
    data = device.data
    instruction = Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED)
    to = data.get("release_to") or default
    commands: tuple[Command, ...] = ()
    if to in {"on", "off"}:
        commands = turn(device, instruction, sensing, on=to == "on", power=power if to == "on" else 0.0)
    return (*commands, *sequence(data.get("release_sequence"), device, instruction, sensing, power=0.0))


def _options(data: Mapping[str, Any]) -> bool:
    return not options_missing(data)
