"""The gate: whether an instruction is sent now, later, or not at all.

A deadband and a minimum dwell keep set points from chattering. They never hide a change of intent nor an urgent
instruction, and the deadband hides no change of mode. What was sent already is not sent again, except when the device
deviates from it, and from time to time in case it forgot. Pure functions; it must not know Home Assistant.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..cem.model import Instruction, InstructionKind
from ..devices.base import Command, Device


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How patient the hands are; all times in s."""

    deadband: float = 50.0
    """W; a smaller change of a set point is not sent."""
    deadband_share: float = 0.02
    """Nor a change smaller than this share of the last set point."""
    deadband_factor: float = 0.05
    """A smaller change of an operation mode factor is not sent."""
    dwell: float = 30.0
    """A set point stands at least so long."""
    reassert: float = 300.0
    """A set point is sent again after so long."""
    failure_pause: float = 60.0
    """After a command failed for good, the same is not tried again for so long."""
    call_timeout: float = 10.0
    """An action that has not returned by then is given up."""
    retries: tuple[float, ...] = (1.0, 5.0, 30.0)
    """Pauses before the second, third, ... attempt."""
    start_retry: float = 10.0
    """Pause before another attempt to start a run."""
    release_timeout: float = 10.0
    """Handing a device back may take so long, when everything ends."""
    release_retries: tuple[float, ...] = (1.0,)
    release_within: float = 3.0
    """How long handing back waits for the device to show it."""


#: What a device on the local network that the user calls fast takes: small corrections every few seconds.
FAST_DWELL: Final = 3.0
FAST_DEADBAND: Final = 20.0


def policy_for(policy: Policy, device: Device) -> Policy:
    """Return the policy for a device; a fast one is corrected sooner and by less."""
    if device.data.get("fast") is not True:
        return policy
    return replace(
        policy,
        dwell=min(policy.dwell, FAST_DWELL),
        deadband=min(policy.deadband, FAST_DEADBAND),
        deadband_share=min(policy.deadband_share, 0.01),
    )


class Verdict(StrEnum):
    """What the gate decides."""

    SEND = "send"
    SAME = "same"
    """Sent already."""
    SMALL = "small"
    """Within the deadband."""
    WAIT = "wait"
    """Not before the dwell time is over."""


class Standing(StrEnum):
    """How the last instruction fares."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(kw_only=True)
class Sent:
    """The last instruction that passed the gate."""

    instruction: Instruction
    commands: tuple[Command, ...]
    at: datetime
    """When it was last sent."""
    changed: datetime
    """When the set point last changed."""
    standing: Standing = Standing.WORKING


def judge(
    last: Sent | None,
    instruction: Instruction,
    commands: tuple[Command, ...],
    now: datetime,
    policy: Policy,
    *,
    deviates: bool = False,
) -> Verdict:
    """Return whether an instruction is sent now; `deviates`: the device does not show what was sent last."""
    if last is None or last.instruction.kind is not instruction.kind:
        return Verdict.SEND
    if instruction.kind is not InstructionKind.SET:
        same = (last.instruction.run_id, last.instruction.start) == (instruction.run_id, instruction.start)
        return _again(last, now, policy) if same else Verdict.SEND
    if last.commands == commands:
        if last.standing is Standing.DONE and (now - last.at).total_seconds() >= (
            policy.dwell if deviates else policy.reassert
        ):
            return Verdict.SEND
        return _again(last, now, policy)
    if instruction.urgent or last.instruction.intent is not instruction.intent:
        return Verdict.SEND
    if _within_deadband(last.instruction, instruction, policy) and not _other_modes(
        last.instruction, instruction, policy
    ):
        return Verdict.SMALL
    return Verdict.WAIT if dwell_left(last, now, policy) > 0 else Verdict.SEND


def dwell_left(last: Sent, now: datetime, policy: Policy) -> float:
    """Return how long the last set point must still stand, in s."""
    return policy.dwell - (now - last.changed).total_seconds()


def _again(last: Sent, now: datetime, policy: Policy) -> Verdict:
    """Try once more what failed, after a pause."""
    if last.standing is Standing.FAILED and (now - last.at).total_seconds() >= policy.failure_pause:
        return Verdict.SEND
    return Verdict.SAME


def _within_deadband(last: Instruction, instruction: Instruction, policy: Policy) -> bool:
    for before, after in ((last.power, instruction.power), (last.limit, instruction.limit)):
        if (before is None) is not (after is None):
            return False
        if (
            before is not None
            and after is not None
            and abs(after - before) >= max(policy.deadband, policy.deadband_share * abs(before))
        ):
            return False
    return True


def _other_modes(last: Instruction, instruction: Instruction, policy: Policy) -> bool:
    """Return whether modes differ: a lamp or a fan is put into another one by fewer W than the deadband."""
    before = {choice.actuator_id: choice for choice in last.modes}
    after = {choice.actuator_id: choice for choice in instruction.modes}
    if before.keys() != after.keys():
        return True
    return any(
        before[name].mode_id != choice.mode_id or abs(before[name].factor - choice.factor) >= policy.deadband_factor
        for name, choice in after.items()
    )
