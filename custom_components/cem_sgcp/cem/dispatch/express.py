"""Express: from decisions to instructions.

It must not decide anything but the words.
"""

from datetime import datetime
from typing import Final

from ..model import Instruction, InstructionKind, Intent, NotControllable, PowerEnvelope, PowerProfile, Resource
from .bounds import Bounds
from .member import Member
from .sources import Source
from .wishes import Guide

#: s for which a device whose entities are missing keeps its last instruction.
MISSING_GRACE: Final = 60.0
#: An instruction names the modes of so many actuators.
MOST_MODES: Final = 10
_WATT: Final = 1.0


def device_instruction(entry: Member, bounds: Bounds, *, taken: bool) -> Instruction:
    """Return the instruction for a device that is moved by power."""
    wish = entry.wish
    if isinstance(entry.resource.control, PowerEnvelope):
        return _bounded_load(entry, taken=taken)
    if wish.released and not taken:
        return Instruction(resource_id=entry.name, kind=InstructionKind.RELEASE, intent=wish.intent, reason=wish.reason)
    power = round(entry.power, 1) + 0.0
    intent = _forced_intent(entry, power) if entry.forced else wish.intent
    return Instruction(
        resource_id=entry.name,
        kind=InstructionKind.SET,
        intent=intent,
        power=power,
        modes=entry.modes[:MOST_MODES],
        urgent=entry.forced or (bounds.dark and wish.reason != "plan"),
        reason="limit" if entry.forced else wish.reason,
    )


def _forced_intent(entry: Member, power: float) -> Intent:
    """Return what a limit makes of an intent."""
    wish = entry.wish
    if not entry.store:
        return Intent.ON if power > wish.reach.floor + _WATT else Intent.OFF
    if abs(power) < _WATT:
        return Intent.HOLD if wish.reach.give > 0.0 or wish.reach.empty else Intent.IDLE
    if power < 0.0:
        return wish.intent if wish.covers else Intent.COVER_HOUSE
    if wish.intent in {Intent.CHARGE_GRID, Intent.CHARGE_SURPLUS, Intent.SELF_CONSUMPTION, Intent.ON, Intent.RUN}:
        return wish.intent
    return Intent.CHARGE_GRID if entry.cut else Intent.CHARGE_SURPLUS


def _bounded_load(entry: Member, *, taken: bool) -> Instruction:
    wish = entry.wish
    if entry.forced or taken:
        limit: float | None = max(0.0, round(entry.power, 1))
    else:
        limit = wish.limit
    if wish.released and limit is None:
        return Instruction(
            resource_id=entry.name, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED, reason=wish.reason
        )
    return Instruction(
        resource_id=entry.name,
        kind=InstructionKind.SET,
        intent=Intent.UNLIMITED if limit is None else Intent.CURTAIL,
        limit=limit,
        urgent=entry.forced,
        reason="limit" if entry.forced else wish.reason,
    )


def source_instruction(entry: Source, guided: Guide) -> Instruction:
    """Return the instruction for generation that can be curtailed."""
    if entry.bound is None and (guided.plan is None or entry.planned is None):
        reason = guided.reason if guided.plan is None else "no_plan"
        return Instruction(resource_id=entry.name, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED, reason=reason)
    return Instruction(
        resource_id=entry.name,
        kind=InstructionKind.SET,
        intent=Intent.UNLIMITED if entry.bound is None else Intent.CURTAIL,
        limit=None if entry.bound is None else round(entry.bound, 1),
        urgent=entry.forced,
        reason="limit" if entry.forced else "plan",
    )


def release_missing(
    resource: Resource, last: Instruction | None, since: datetime, now: datetime, *, tight: bool
) -> Instruction | None:
    """Return the instruction for a device whose entities are missing, or None where nothing was ever asked of it.

    For a while it keeps its last one, so that a hiccup of its connection does not switch anything; then it is handed
    back. While a limit is hard to keep it is told to stop what may be drawing power, and is not handed back to a
    habit that nobody can see.
    """
    if isinstance(resource.control, PowerProfile):
        return None
    if last is None:
        if tight or isinstance(resource.control, NotControllable):
            return None
    elif tight and last.kind is InstructionKind.SET and (last.power or 0.0) > 0.0:
        return last.replace(intent=Intent.IDLE, power=0.0, modes=(), urgent=True, reason="worst_case")
    elif tight or (now - since).total_seconds() < MISSING_GRACE:
        return last
    return Instruction(
        resource_id=resource.resource_id,
        kind=InstructionKind.RELEASE,
        intent=Intent.UNLIMITED,
        reason="unavailable",
    )
