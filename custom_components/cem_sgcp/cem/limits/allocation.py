"""Allocation: share a power budget among devices.

Priority 1 is served first and shed last; within a priority the shares are equal as far as wishes and minimum powers
allow (max-min fairness), and devices of which not all fit take turns. A device that only runs from a minimum power on
(an EV charger from 6 A) gets that or nothing. What must not be cut is served before everything else and may exceed
the budget; the caller is told by how much. Memory is passed in and handed back, so that shares do not follow every
flicker of the budget: a cut is at once, a rise waits. It must not know what the devices are nor why the budget is
what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Final

#: s for which there must be room before a share is raised, and before a device that was shed is served again.
RAISE_DELAY: Final = 10.0
RESTORE_DELAY: Final = 60.0
#: s after which a device gives way to one of the same priority that waits.
TURN: Final = 900.0
#: A share is not raised by less than this (W), nor by less than this part of the wish.
BAND: Final = 100.0
BAND_SHARE: Final = 0.05
#: A share that must be lowered again is lowered by this much more (W).
CUSHION: Final = 50.0
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one device asks for: 0, or between `minimum` and `wanted` (W)."""

    demand_id: str
    wanted: float
    minimum: float = 0.0
    priority: int = 5
    fixed: bool = False
    """It must not be cut, such as a running programme that cannot pause."""
    running: bool = False
    """It is drawing power already, so serving it goes on rather than begins."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is remembered of one device between two calls."""

    power: float
    since: datetime
    """Since when it has been on, or off."""
    cut: bool = False
    """It got less than it asked for; only then does a rise wait."""
    room_since: datetime | None = None
    """Since when there has been room for more."""


type AllocationMemory = Mapping[str, Share]

EMPTY: Final[AllocationMemory] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Allocation:
    """Power per device (W), what to remember, which devices got less than they asked for, and the excess (W)."""

    powers: Mapping[str, float]
    memory: AllocationMemory = field(default_factory=dict)
    shed: tuple[str, ...] = ()
    excess: float = 0.0


def allocate(
    budget: float | None,
    demands: tuple[Demand, ...],
    memory: AllocationMemory = EMPTY,
    *,
    now: datetime | None = None,
) -> Allocation:
    """Share a budget (W; None: unlimited) among demands.

    The sum of the shares never exceeds the budget unless fixed demands alone do; `excess` is by how much. With no
    budget everybody gets what they want at once and the memory is emptied. Without `now` nothing is remembered and
    rises do not wait.
    """
    if budget is None:
        return Allocation({entry.demand_id: max(0.0, entry.wanted) for entry in demands})
    left = budget
    target: dict[str, float] = {}
    flexible: list[Demand] = []
    for entry in demands:
        if entry.wanted <= 0.0:
            target[entry.demand_id] = 0.0
        elif entry.fixed:
            target[entry.demand_id] = entry.wanted
            left -= entry.wanted
        else:
            flexible.append(entry)
    excess = max(0.0, -left)
    left = max(0.0, left)
    flexible.sort(key=lambda entry: (entry.priority, *_turn(entry, memory.get(entry.demand_id), now)))
    for _, same in groupby(flexible, key=lambda entry: entry.priority):
        shares = _fair(left, list(same))
        left -= sum(shares.values())
        target |= shares
    if now is None:
        return Allocation(
            target, shed=tuple(entry.demand_id for entry in demands if _cut(entry, target)), excess=excess
        )
    return _settle(demands, target, memory, now, excess)


def _fair(budget: float, demands: list[Demand]) -> dict[str, float]:
    """Share among equals, in the order in which minimum powers are served."""
    shares = {entry.demand_id: 0.0 for entry in demands}
    served: list[Demand] = []
    left = budget
    for entry in demands:
        minimum = min(entry.minimum, entry.wanted)
        if minimum <= left + _TOLERANCE:
            shares[entry.demand_id] = max(0.0, minimum)
            left -= max(0.0, minimum)
            served.append(entry)
    # Water filling: the lowest are raised together until they reach the next one, their wish, or the end of the water.
    while left > _TOLERANCE:
        rising = [entry for entry in served if shares[entry.demand_id] < entry.wanted - _TOLERANCE]
        if not rising:
            break
        lowest = min(shares[entry.demand_id] for entry in rising)
        group = [entry for entry in rising if shares[entry.demand_id] <= lowest + _TOLERANCE]
        above = [shares[entry.demand_id] for entry in rising if shares[entry.demand_id] > lowest + _TOLERANCE]
        step = min(
            [left / len(group), *(entry.wanted - lowest for entry in group), *(value - lowest for value in above)]
        )
        for entry in group:
            shares[entry.demand_id] += step
        left -= step * len(group)
    return shares


def _cut(demand: Demand, target: Mapping[str, float]) -> bool:
    return target[demand.demand_id] < demand.wanted - 1.0


def _turn(demand: Demand, share: Share | None, now: datetime | None) -> tuple[int, float, str]:
    """Order among equals: who was served of late goes on, then who waits longest, then who has had a turn."""
    if share is None or now is None:
        return (0 if demand.running else 1), 0.0, demand.demand_id
    age = max(0.0, (now - share.since).total_seconds())
    if share.power <= 0.0:
        return 1, -age, demand.demand_id
    return (0 if age < TURN else 2), age if age >= TURN else 0.0, demand.demand_id


def _settle(
    demands: tuple[Demand, ...], target: dict[str, float], memory: AllocationMemory, now: datetime, excess: float
) -> Allocation:
    """Let rises after a cut wait and small ones be; everything else passes at once."""
    powers: dict[str, float] = {}
    kept: dict[str, Share] = {}
    shed: list[str] = []
    for entry in demands:
        power, room_since = target[entry.demand_id], None
        before = memory.get(entry.demand_id)
        if before is not None and before.cut and not entry.fixed:
            if power > before.power:
                power, room_since = _rise(entry, power, before, now)
            elif before.power - CUSHION < power < before.power:
                # A little lower than needed, so that flicker is not answered with a command each time.
                power = max(power - CUSHION, min(power, entry.minimum), 0.0)
        powers[entry.demand_id] = power
        cut = _cut(entry, powers)
        # A clock that was set back must not make the wait longer than it is.
        same = before is not None and (power > 0.0) == (before.power > 0.0)
        since = min(before.since, now) if before is not None and same else now
        kept[entry.demand_id] = Share(power, since, cut, room_since)
        if cut:
            shed.append(entry.demand_id)
    return Allocation(powers, kept, tuple(shed), excess)


def _rise(demand: Demand, goal: float, before: Share, now: datetime) -> tuple[float, datetime | None]:
    """Return the share now and since when there has been room for more."""
    held = min(before.power, demand.wanted)
    if 0.0 < held < min(demand.minimum, demand.wanted):
        # Its minimum has risen, such as by more phases: what it had is no longer possible.
        return goal, None
    if held > 0.0 and goal < demand.wanted and goal - held < max(BAND, BAND_SHARE * demand.wanted):
        return held, None
    room_since = now if before.room_since is None else min(before.room_since, now)
    delay = RAISE_DELAY if held > 0.0 else RESTORE_DELAY
    if (now - room_since).total_seconds() < delay:
        return held, room_since
    return goal, None
