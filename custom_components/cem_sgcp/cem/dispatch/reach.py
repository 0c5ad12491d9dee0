"""Reach: what a resource can do at this moment, in W.

Read from its S2 control type (EN 50491-12-2), its level and its presence. It must not know plans, limits or prices.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..model import (
    FillRate,
    LimitType,
    PowerEnvelope,
    Resource,
)
from .levels import away, element_at, full_or_empty
from .modes import Option, supplies

_WATT: Final = 1.0

type Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reach:
    """Ranges of power besides `floor` that are possible, as magnitudes, ascending."""

    consume: tuple[Span, ...] = ()
    supply: tuple[Span, ...] = ()
    floor: float = 0.0
    """What it draws even when it is cut as far as it can be."""
    full: bool = False
    empty: bool = False

    @property
    def least(self) -> float:
        """The lowest power above the floor at which it consumes; 0 where it can go down to the floor."""
        return self.consume[0][0] if self.consume else 0.0

    @property
    def most(self) -> float:
        """The highest power above the floor at which it consumes."""
        return max((upper for _, upper in self.consume), default=0.0)

    @property
    def give(self) -> float:
        """The highest power it can supply, a magnitude."""
        return max((upper for _, upper in self.supply), default=0.0)


NOTHING: Final = Reach()


def fit(power: float, spans: tuple[Span, ...]) -> float:
    """Return the highest possible magnitude that is not above `power`; 0 where there is none."""
    best = 0.0
    for lower, upper in spans:
        if lower <= power + _WATT:
            best = max(best, lower, min(power, upper))
    return best


def reach(
    resource: Resource,
    now: datetime,
    found: tuple[Option, ...] = (),
    *,
    was_full: bool = False,
    was_empty: bool = False,
) -> Reach:
    """Return what a resource can do now; nothing for what can only be measured, started or curtailed as a source.

    `found` is what its actuators can be put into, where it has modes (see `modes.options`).
    """
    control = resource.control
    if isinstance(control, FillRate):
        return _store(control, now, found, was_full=was_full, was_empty=was_empty)
    if found:
        return _levels(found)
    if isinstance(control, PowerEnvelope) and not generates(resource):
        allowed = control.limit_range(LimitType.UPPER)
        if allowed is not None and allowed.upper > 0.0:
            floor = max(0.0, allowed.lower)
            return Reach(consume=((0.0, allowed.upper - floor),), floor=floor)
    return NOTHING


def generates(resource: Resource) -> bool:
    """Whether a power envelope is a source that can be limited."""
    return isinstance(resource.control, PowerEnvelope) and resource.control.limit_range(LimitType.LOWER) is not None


def gives(resource: Resource) -> bool:
    """Whether a resource is a store that can supply, full or empty."""
    return isinstance(resource.control, FillRate) and supplies(resource.control)


def _store(control: FillRate, now: datetime, found: tuple[Option, ...], *, was_full: bool, was_empty: bool) -> Reach:
    if away(control, now):
        return NOTHING
    full, empty = full_or_empty(control, was_full=was_full, was_empty=was_empty)
    if found:
        filling = () if full else _spans((entry.lower, entry.upper) for entry in found if entry.fills)
        return Reach(consume=filling, full=full, empty=empty)
    parts: list[Reach] = []
    for actuator in control.actuators:
        powers = [element_at(mode, control.level).power for mode in actuator.modes if not mode.abnormal_condition_only]
        consume = () if full else _spans((entry.lower, entry.upper) for entry in powers)
        supply = () if empty else _spans((-entry.upper, -entry.lower) for entry in powers)
        parts.append(Reach(consume=consume, supply=supply))
    joined = _together(parts)
    return Reach(consume=joined.consume, supply=joined.supply, full=full, empty=empty)


def _levels(found: tuple[Option, ...]) -> Reach:
    """Return the reach of modes of which one is always chosen."""
    floor = max(0.0, min(entry.lower for entry in found))
    consume = _spans((entry.lower - floor, entry.upper - floor) for entry in found)
    return Reach(consume=consume, supply=_spans((-entry.upper, -entry.lower) for entry in found), floor=floor)


def _together(parts: list[Reach]) -> Reach:
    """Return the reach of several actuators of one store; gaps between their ranges are taken as closed."""
    if len(parts) == 1:
        return parts[0]
    consume = [part for part in parts if part.consume]
    supply = [part for part in parts if part.supply]
    return Reach(
        consume=((min(part.least for part in consume), sum(part.most for part in consume)),) if consume else (),
        supply=((min(part.supply[0][0] for part in supply), sum(part.give for part in supply)),) if supply else (),
    )


def _spans(bounds: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted((max(0.0, lower), upper) for lower, upper in bounds if upper > _WATT))
