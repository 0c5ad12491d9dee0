"""Rules that several records share: bounds in order, windows long enough, names used once.

Each raises ModelError in words for the person who sent the value. It must not know which record asks.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
import itertools
from typing import Protocol

from .errors import ModelError


class Timed(Protocol):
    """Anything that lasts from a start to an end."""

    @property
    def start(self) -> datetime:
        """First moment, inclusive."""

    @property
    def end(self) -> datetime:
        """Last moment, exclusive."""


def ordered(path: str, *values: float | None) -> None:
    """Refuse known values that do not ascend; `path` names the last."""
    known = [value for value in values if value is not None]
    for lower, upper in itertools.pairwise(known):
        if upper < lower:
            raise ModelError("wrong_order", path, minimum=lower, value=upper)


def not_before(path: str, earlier: datetime | None, later: datetime | None) -> None:
    """Refuse a moment that comes before another one; `path` names the later."""
    if earlier is not None and later is not None and later < earlier:
        raise ModelError("wrong_order", path, minimum=earlier.isoformat(), value=later.isoformat())


def ends_after_start(start: datetime | None, end: datetime | None, path: str = "end") -> None:
    """Refuse a time that ends before or as it starts."""
    if start is not None and end is not None and end <= start:
        raise ModelError("end_before_start", path, start=start.isoformat(), end=end.isoformat())


def window(path: str, start: datetime | None, end: datetime | None, needed: float) -> None:
    """Refuse a window that is shorter than the seconds needed in it."""
    ends_after_start(start, end, path)
    if start is None or end is None:
        return
    available = (end - start) / timedelta(seconds=1)
    if available + 1e-6 < needed:
        raise ModelError(
            "window_too_short",
            path,
            needed=round(needed),
            available=round(available),
            start=start.isoformat(),
            end=end.isoformat(),
        )


def ascending(path: str, entries: Iterable[Timed]) -> None:
    """Refuse entries that overlap or are out of order."""
    for earlier, later in itertools.pairwise(entries):
        if later.start < earlier.end:
            raise ModelError("overlap", path, end=earlier.end.isoformat(), start=later.start.isoformat())


def unique(path: str, names: Iterable[str]) -> None:
    """Refuse names that are used twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ModelError("duplicate", path, value=name)
        seen.add(name)


def known_names(path: str, names: Iterable[str | None], known: Iterable[str]) -> None:
    """Refuse names of something that is not there."""
    there = list(known)
    for name in names:
        if name is not None and name not in there:
            raise ModelError("unknown_name", path, value=name, expected=", ".join(there) or "nothing")
