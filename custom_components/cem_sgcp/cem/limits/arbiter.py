"""Arbiter: which limit governs, and which phase it means.

Any number of limits from any source; the strictest active one wins per direction and scope, whatever its category,
so a user's wish can tighten an obligation but never lift it. Ties are named after the stronger category
(IEC TR 62746-2:2015 clauses 3.4.5 and 3.4.6, BDEW traffic light). A limit without an end lasts until it is revoked,
and the book survives a restart through JSON. It must not know how a limit is kept.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..model import Direction, Limit, LimitCategory, LimitScope, Model, ModelError, Phase, TrafficLight
from ..model.base import item, model

#: Precedence, strongest first.
_RANK: Final = {category: rank for rank, category in enumerate(LimitCategory)}

#: What an active limit says about the phase of the grid; categories left out say nothing about it.
_PHASE: Final = {
    LimitCategory.EMERGENCY: Phase.RED,
    LimitCategory.OBLIGATION: Phase.RED,
    LimitCategory.RECOMMENDATION: Phase.YELLOW,
}


def active_limits(limits: Iterable[Limit], now: datetime) -> tuple[Limit, ...]:
    """Return the limits that hold at a moment."""
    return tuple(limit for limit in limits if limit.active_at(now))


def effective(
    limits: Iterable[Limit], now: datetime, direction: Direction, scope: LimitScope = LimitScope.CONNECTION
) -> Limit | None:
    """Return the strictest active limit of a direction and scope, or None where nothing limits."""
    best: Limit | None = None
    for limit in limits:
        if limit.direction is not direction or limit.scope is not scope or not limit.active_at(now):
            continue
        if best is None or _strictness(limit) < _strictness(best):
            best = limit
    return best


def phase(limits: Iterable[Limit], signal: TrafficLight, now: datetime) -> TrafficLight:
    """Return the light to publish: the worse of the grid's signal and what the active limits mean.

    An obligation or emergency means red, a recommendation yellow; safety, user, contract and optimisation limits are
    the premises' own matter and mean nothing about the grid. A signal that is over counts as green.
    Where signal and limits say the same, the signal keeps its source and reason.
    """
    current = signal if _lasts(signal, now) else TrafficLight()
    active = active_limits(limits, now)
    worst = max((_PHASE[limit.category] for limit in active if limit.category in _PHASE), key=_severity, default=None)
    if worst is None or worst.severity <= current.phase.severity:
        return current
    causes = [limit for limit in active if _PHASE.get(limit.category) is worst]
    first = min(causes, key=_strictness)
    ends = [limit.end for limit in causes if limit.end is not None]
    return TrafficLight(
        phase=worst,
        source=first.source,
        reason=first.reason or f"{first.category.value}_limit",
        since=min(limit.start for limit in causes),
        until=max(ends) if len(ends) == len(causes) else None,
    )


@model
class LimitBook(Model):
    """All limits that are known: active, announced and not yet cleared away."""

    limits: tuple[Limit, ...] = item(default=(), maximum_items=1000)

    def put(self, limit: Limit, now: datetime | None = None) -> LimitBook:
        """Return the book with a limit added; it replaces the one of the same name, source and direction.

        Raises ModelError where the book is full or, with `now` given, the limit is over already; the book stays as it
        was.
        """
        if now is not None and limit.end is not None and limit.end <= now:
            raise ModelError("end_before_start", "end", start=now.isoformat(), end=limit.end.isoformat())
        return self.replace(limits=(*(entry for entry in self.limits if _key(entry) != _key(limit)), limit))

    def clear(
        self, limit_id: str | None = None, *, source: str | None = None, direction: Direction | None = None
    ) -> LimitBook:
        """Return the book without the limits that match everything given; nothing given clears nothing."""
        if limit_id is None and source is None and direction is None:
            return self
        return self.replace(
            limits=tuple(
                entry
                for entry in self.limits
                if (limit_id is not None and entry.limit_id != limit_id)
                or (source is not None and entry.source != source)
                or (direction is not None and entry.direction is not direction)
            )
        )

    def expire(self, now: datetime) -> tuple[LimitBook, tuple[Limit, ...]]:
        """Return the book without the limits that are over, and those limits."""
        over = tuple(entry for entry in self.limits if entry.end is not None and entry.end <= now)
        if not over:
            return self, ()
        return self.replace(limits=tuple(entry for entry in self.limits if entry not in over)), over

    def active(self, now: datetime) -> tuple[Limit, ...]:
        """Return the limits that hold at a moment."""
        return active_limits(self.limits, now)

    def effective(self, now: datetime, direction: Direction, scope: LimitScope = LimitScope.CONNECTION) -> Limit | None:
        """Return the strictest active limit of a direction and scope, or None where nothing limits."""
        return effective(self.limits, now, direction, scope)

    def next_change(self, now: datetime) -> datetime | None:
        """Return when the next limit starts or ends after `now`, or None where nothing will change by itself."""
        moments = (moment for entry in self.limits for moment in (entry.start, entry.end) if moment is not None)
        return min((moment for moment in moments if moment > now), default=None)


def _strictness(limit: Limit) -> tuple[float, int, str, str]:
    return limit.value, _RANK[limit.category], limit.source, limit.limit_id


def _key(limit: Limit) -> tuple[str, str, Direction]:
    return limit.limit_id, limit.source, limit.direction


def _severity(value: Phase) -> int:
    return value.severity


def _lasts(signal: TrafficLight, now: datetime) -> bool:
    return signal.until is None or now < signal.until
