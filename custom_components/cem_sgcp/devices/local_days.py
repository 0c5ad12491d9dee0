"""Times that come back each local day: windows, gaps between them, and how long modes were on within them.

Days follow the local calendar, so that one with daylight saving has 23 or 25 hours; everything returned is UTC. It must
not know any kind.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from ..cem.model import ModeQuota
from .base import Sensing

MIDNIGHT: Final = time()
#: What is planned where nobody says how far (see `Sensing.horizon`), and how far kinds look at most.
USUAL_HORIZON: Final = timedelta(days=2)
FURTHEST_HORIZON: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Window:
    """A time that comes back each day, on one day."""

    start: datetime
    end: datetime


def horizon(sensing: Sensing) -> datetime:
    """Return the end of what is planned, UTC."""
    end = sensing.horizon or sensing.now + USUAL_HORIZON
    return min(max(end, sensing.now), sensing.now + FURTHEST_HORIZON)


def windows(start: time | None, end: time | None, sensing: Sensing) -> tuple[Window, ...]:
    """Return a daily window as often as it lies ahead; None, or both the same: the whole day.

    A window that ends before it starts goes on over midnight. The first may have begun already.
    """
    opens, closes = start or MIDNIGHT, end or MIDNIGHT
    first = sensing.now.astimezone(sensing.time_zone).date() - timedelta(days=1)
    until = horizon(sensing)
    found: list[Window] = []
    for days in range((until - sensing.now).days + 4):
        day = first + timedelta(days=days)
        begin = datetime.combine(day, opens, sensing.time_zone).astimezone(UTC)
        last = day if closes > opens else day + timedelta(days=1)
        over = datetime.combine(last, closes, sensing.time_zone).astimezone(UTC)
        if begin < over and sensing.now < over and begin < until:
            found.append(Window(begin, over))
    return tuple(found)


def gaps(allowed: tuple[Window, ...], sensing: Sensing) -> Iterator[Window]:
    """Yield the times from now to the horizon that are outside all of some windows, in their order."""
    at, until = sensing.now, horizon(sensing)
    for window in allowed:
        if window.start > at:
            yield Window(at, min(window.start, until))
        at = max(at, window.end)
    if at < until:
        yield Window(at, until)


def ran(sensing: Sensing, modes: Collection[str], since: datetime) -> float | None:
    """Return for how many s the device was in any of some modes from a moment until now; None: not known."""
    changes = sensing.mode_changes
    if not changes:
        return None
    total = 0.0
    ends = (*(at for at, _ in changes[1:]), sensing.now)
    for (begin, mode), end in zip(changes, ends, strict=True):
        if mode in modes:
            total += max((min(end, sensing.now) - max(begin, since)).total_seconds(), 0.0)
    return total


def quota(
    window: Window,
    modes: tuple[str, ...],
    sensing: Sensing,
    *,
    done: float = 0.0,
    minimum: float = 0.0,
    maximum: float | None = None,
    price: float | None = None,
) -> ModeQuota | None:
    """Return what is left of a quota (s) in a window, within the horizon; None where nothing of it lies ahead.

    `done` is how long it ran in the window already. What still fits behind the horizon need not be done before it.
    """
    start, end = max(window.start, sensing.now), min(window.end, horizon(sensing))
    if end <= start:
        return None
    later = (window.end - end).total_seconds()
    least = min(max(minimum - done - later, 0.0), (end - start).total_seconds())
    most = None if maximum is None else max(maximum - done, least, 0.0)
    if least <= 0.0 and most is None:
        return None
    return ModeQuota(start=start, end=end, modes=modes, minimum=least, maximum=most, price=price)
