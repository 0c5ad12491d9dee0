"""Set points of inverters, batteries and bidirectional chargers: by mode, by signed power, by two powers or by actions.

Fields (data): mode_entity (select) with option_automatic, option_manual, option_idle, option_charge and
option_discharge; setpoint_entity (number in W, kW or A), setpoint_inverted (positive means discharging);
charge_power_entity, discharge_power_entity; max_charge_power, max_discharge_power (W); sequence, release_sequence. It
must not know any kind.
"""

from collections.abc import Mapping
from typing import Any, Final

from ..cem.model import Instruction, InstructionKind, Intent
from .acting import choose, sequence, set_power
from .base import Command, Device, Sensing
from .common import value
from .forms import ACTIONS, NUMBER_ENTITY, SELECT_ENTITY, TEXT, YES_NO, Field

ACT_FIELDS: Final = (
    Field(key="mode_entity", selector=SELECT_ENTITY),
    Field(key="option_automatic", selector=TEXT),
    Field(key="option_manual", selector=TEXT),
    Field(key="option_idle", selector=TEXT),
    Field(key="option_charge", selector=TEXT),
    Field(key="option_discharge", selector=TEXT),
    Field(key="setpoint_entity", selector=NUMBER_ENTITY),
    Field(key="setpoint_inverted", selector=YES_NO, default=False),
    Field(key="charge_power_entity", selector=NUMBER_ENTITY),
    Field(key="discharge_power_entity", selector=NUMBER_ENTITY),
    Field(key="sequence", selector=ACTIONS),
    Field(key="release_sequence", selector=ACTIONS),
)
ACT_ENTITIES: Final = ("mode_entity", "setpoint_entity", "charge_power_entity", "discharge_power_entity")


def takes_set_points(device: Device) -> bool:
    """Return whether there is anything to act with."""
    keys = ("mode_entity", "setpoint_entity", "charge_power_entity", "sequence")
    return any(device.data.get(key) for key in keys)


def missing_options(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the options that a mode select lacks."""
    if not data.get("mode_entity"):
        return ()
    lacking = [] if data.get("option_automatic") else ["option_automatic"]
    if not (data.get("option_manual") or (data.get("option_charge") and data.get("option_discharge"))):
        lacking.append("option_manual")
    return tuple(lacking)


def missing_power(data: Mapping[str, Any]) -> str | None:
    """Return the power entity that lacks beside the other direction's, or None."""
    if bool(data.get("charge_power_entity")) == bool(data.get("discharge_power_entity")):
        return None
    return "discharge_power_entity" if data.get("charge_power_entity") else "charge_power_entity"


def set_point(
    device: Device, instruction: Instruction, sensing: Sensing, power: float | None, *, volts: float | None = None
) -> tuple[Command, ...]:
    """Return what makes the device take `power` in W (charging positive); None: its own automatic mode.

    `volts` is V times phases, for set points in A.
    """
    data = device.data
    if own := _own_decision(device, instruction, power):
        return own
    power = power or 0.0
    commands: list[Command] = []
    mode_entity, idle = data.get("mode_entity"), data.get("option_idle")
    still = abs(power) < 1.0
    if mode_entity:
        if still and idle:
            return (choose(mode_entity, idle),)
        way = data.get("option_charge") if power >= 0 else data.get("option_discharge")
        manual = data.get("option_manual")
        if option := (manual or way) if still else (way or manual):
            commands.append(choose(mode_entity, option))
    commands += _numbers(data, power, sensing, volts)
    return tuple(commands) or sequence(data.get("sequence"), device, instruction, sensing, power=power)


def _own_decision(device: Device, instruction: Instruction, power: float | None) -> tuple[Command, ...]:
    """Leave self-consumption to the battery itself where it can: it follows the house within a second."""
    wanted = power is None or (instruction.intent is Intent.SELF_CONSUMPTION and not instruction.urgent)
    mode_entity, automatic = device.data.get("mode_entity"), device.data.get("option_automatic")
    return (choose(mode_entity, automatic),) if wanted and mode_entity and automatic else ()


def _numbers(data: Mapping[str, Any], power: float, sensing: Sensing, volts: float | None) -> list[Command]:
    commands: list[Command] = []
    if entity_id := data.get("setpoint_entity"):
        signed = -power if data.get("setpoint_inverted") is True else power
        by_mode = data.get("mode_entity") and data.get("option_charge") and data.get("option_discharge")
        commands.append(set_power(entity_id, abs(power) if by_mode else signed, sensing, volts=volts))
    if entity_id := data.get("charge_power_entity"):
        commands.append(set_power(entity_id, max(power, 0.0), sensing, volts=volts))
    if entity_id := data.get("discharge_power_entity"):
        commands.append(set_power(entity_id, max(-power, 0.0), sensing, volts=volts))
    return commands


def hand_back_set_point(device: Device, sensing: Sensing, *, volts: float | None = None) -> tuple[Command, ...]:
    """Hand back: automatic mode; without one a set point of zero and both powers at their greatest."""
    data = device.data
    instruction = Instruction(
        resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.SELF_CONSUMPTION
    )
    commands: list[Command] = []
    if entity_id := data.get("charge_power_entity"):
        commands.append(set_power(entity_id, value(data, "max_charge_power", 0.0), sensing, volts=volts))
    if entity_id := data.get("discharge_power_entity"):
        commands.append(set_power(entity_id, value(data, "max_discharge_power", 0.0), sensing, volts=volts))
    if data.get("mode_entity") and data.get("option_automatic"):
        commands.append(choose(data["mode_entity"], data["option_automatic"]))
    elif entity_id := data.get("setpoint_entity"):
        commands.append(set_power(entity_id, 0.0, sensing, volts=volts))
    own = data.get("release_sequence") or (None if commands else data.get("sequence"))
    return (*commands, *sequence(own, device, instruction, sensing, power=0.0))
