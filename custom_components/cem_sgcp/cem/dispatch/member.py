"""Member: one device that may be moved, with what was measured, what it wishes and what is decided for it.

It lives for one call only. It must not know the other devices.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..model import FillRate, ModeChoice, PowerEnvelope, Resource
from .measuring import Range, believable, span, widen
from .memory import DeviceMemory
from .reach import fit
from .wish import Wish

#: A device follows as long as it is this near to what it was told: W, and part of the command.
FOLLOWS: Final = 150.0
FOLLOWS_SHARE: Final = 0.10
#: A device that does not follow is offered this much more than it takes (W, and part of it), to see when it does. It
#: must be more than the tolerance above, or every other call would believe it again.
HEADROOM: Final = 500.0
HEADROOM_SHARE: Final = 0.25
#: Powers below this (W) are standby.
STANDBY: Final = 50.0


def offered(power: float) -> float:
    """Return what is offered to a device that takes or gives less than it was told."""
    return power + max(HEADROOM, HEADROOM_SHARE * power)


@dataclass(slots=True, kw_only=True)
class Member:
    """A device under decision; powers in W, consumption positive."""

    resource: Resource
    wish: Wish
    memory: DeviceMemory
    measured: float | None
    range: Range
    power: float = 0.0
    """What is decided."""
    cut: bool = False
    """It gets less than it wishes because of a limit or the phase."""
    forced: bool = False
    """A limit demands what is decided."""
    modes: tuple[ModeChoice, ...] = ()
    """What carries out the decision, where it has modes."""

    @property
    def name(self) -> str:
        """The resource's id."""
        return self.resource.resource_id

    @property
    def store(self) -> bool:
        """Whether it has a level."""
        return isinstance(self.resource.control, FillRate)

    @property
    def loose(self) -> bool:
        """Whether it is on its own: left to its automatic mode, or a load that only has an upper limit."""
        return self.wish.released or isinstance(self.resource.control, PowerEnvelope)

    @property
    def own(self) -> float:
        """What it draws when it is on its own; 0 where that is not known."""
        return self.measured or 0.0

    @property
    def most(self) -> float:
        """The worst it can draw."""
        return max(self.wish.reach.floor + self.wish.reach.most, self.resource.maximum_power or 0.0)

    @property
    def low(self) -> float:
        """Lowest power it will really go to by following the house."""
        if self.memory.over and self.measured is not None and self.measured < 0.0:
            return max(self.wish.low, -offered(-self.measured))
        return self.wish.low

    @property
    def high(self) -> float:
        """Highest power it will really go to by following the house."""
        if self.memory.under and self.measured is not None and self.measured > STANDBY:
            return min(self.wish.high, max(offered(self.measured), self.wish.reach.least))
        return self.wish.high

    @property
    def give(self) -> float:
        """Highest power it can really supply, a magnitude."""
        give = self.wish.reach.give
        if self.memory.over and self.measured is not None and (self.memory.command or 0.0) < 0.0:
            return min(give, offered(max(0.0, -self.measured)))
        return give

    @property
    def take(self) -> float:
        """Highest power it will really take."""
        most = self.wish.reach.most
        if self.memory.under and self.measured is not None and self.measured > STANDBY:
            return min(most, max(offered(self.measured), self.wish.reach.least))
        return most

    @property
    def excess(self) -> float:
        """How much more it draws than it was told, W; 0 while it may still be on its way there."""
        if not self.memory.over or self.measured is None or self.memory.command is None:
            return 0.0
        return max(0.0, self.measured - self.memory.command)

    @property
    def counted(self) -> float:
        """What the house will see of it: what is decided, or what it takes of that."""
        if self.memory.under and self.measured is not None and 0.0 <= self.measured < self.power:
            return min(self.power, offered(self.measured) if self.wish.fixed <= 0.0 else self.measured)
        return self.power

    def fitted(self, share: float) -> float:
        """Return the power that a share of a budget (above the floor) allows."""
        reach = self.wish.reach
        return reach.floor + (fit(share, reach.consume) if reach.consume else 0.0)


def member(
    resource: Resource, entry: Wish, memory: DeviceMemory, now: datetime, *, window: float, turned: bool, executes: bool
) -> Member:
    """Return the member; its memory, which is this call's own, is brought up to date by what was measured."""
    power = believable(resource.power)
    command = memory.command if executes else None
    if power is not None:
        widen(memory, power, turned=turned)
    elif turned:
        widen(memory, command or 0.0, turned=True)
    if power is not None:
        reached = span(memory, power)
    elif command is not None:
        low, high = span(memory, command)
        reached = min(0.0, low), max(0.0, high)
    else:
        can = entry.reach
        reached = -can.give, max(can.floor + can.most, resource.maximum_power or 0.0)
    if executes:
        _obeying(memory, power, now, window)
    memory.full, memory.empty = entry.reach.full, entry.reach.empty
    return Member(resource=resource, wish=entry, memory=memory, measured=power, range=reached)


def _obeying(memory: DeviceMemory, power: float | None, now: datetime, window: float) -> None:
    """Notice whether the device does what it was told."""
    command = memory.command
    if command is None or power is None:
        _trust(memory)
        return
    tolerance = max(FOLLOWS, FOLLOWS_SHARE * abs(command))
    memory.over_since = None if power <= command + tolerance else min(memory.over_since or now, now)
    memory.under_since = None if power >= command - tolerance else min(memory.under_since or now, now)
    memory.over = _lasting(memory.over_since, memory.over, now, window)
    memory.under = _lasting(memory.under_since, memory.under, now, window)


def _lasting(since: datetime | None, before: bool, now: datetime, window: float) -> bool:
    return since is not None and (before or (now - since).total_seconds() >= window)


def _trust(memory: DeviceMemory) -> None:
    memory.over_since = memory.under_since = None
    memory.over = memory.under = False


def told(memory: DeviceMemory, power: float | None) -> None:
    """Note a new command; a device that follows gets its time to answer it."""
    before = memory.command
    memory.command = power
    if power is None or before is None:
        # Nothing was promised, so nothing can be broken yet.
        _trust(memory)
    elif abs(power - before) > max(FOLLOWS, FOLLOWS_SHARE * abs(power)):
        if not memory.over:
            memory.over_since = None
        if not memory.under:
            memory.under_since = None
    if power is not None:
        widen(memory, power)
