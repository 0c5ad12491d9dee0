"""From points in any order, with or without an end, to a clean series.

What a source leaves out is inferred the same way for all of them: an end is the next start, and a hole in a regular
list stays a hole. It must not know where the points came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest
from statistics import median
from typing import Final

from ..cem.model import Interval, Series
from ..cem.model.series import MAXIMUM_INTERVALS
from .values import to_minute

DEFAULT_STEP: Final = timedelta(hours=1)
LONGEST_STEP: Final = timedelta(days=366)
LARGEST_POWER: Final = 1e9


@dataclass(frozen=True, slots=True)
class Point:
    """One entry of a list: a start, perhaps an end, perhaps a value. Without a value it only marks the time."""

    start: datetime
    end: datetime | None
    value: float | None


def assemble(points: Iterable[Point], unit: str, *, energies: bool = False) -> Series:
    """Return the points as a series: sorted, without duplicates or overlaps, ends filled in.

    Of two points with one start the last one with a value counts; an interval ends where the next one starts. With
    `energies` the values are Wh per interval and become mean W.
    """
    by_start: dict[datetime, Point] = {}
    for point in points:
        start = to_minute(point.start)
        end = None if point.end is None else to_minute(point.end)
        if end is not None and not timedelta() < end - start <= LONGEST_STEP:
            continue
        if point.value is not None or start not in by_start:
            by_start[start] = Point(start, end, point.value)
    ordered = [by_start[start] for start in sorted(by_start)]
    inferred = _ends([point.start for point in ordered])
    known = [
        (point.start, end, value)
        for point, inferred_end in zip(ordered, inferred, strict=True)
        if (value := _mean(point.value, point.start, end := point.end or inferred_end, energies=energies)) is not None
    ]
    starts = [start for start, _, _ in known]
    return Series(
        intervals=tuple(
            Interval(start=start, end=end if following is None else min(end, following), value=value)
            for (start, end, value), following in zip_longest(known, starts[1:])
        ),
        unit=unit,
    )


def _mean(value: float | None, start: datetime, end: datetime, *, energies: bool) -> float | None:
    """Return the mean over an interval; an energy in so short a time that no plant can deliver it is an error."""
    if value is None or not energies:
        return value
    power = value * 3600 / (end - start).total_seconds()
    return power if abs(power) <= LARGEST_POWER else None


def from_ends(points: Sequence[Point]) -> list[Point]:
    """Return points stamped at the end of their period as points stamped at the start.

    A period lasts from the stamp before; the first one as long as the second.
    """
    ordered = sorted(points, key=lambda point: point.start)
    if len(ordered) < 2:
        return [Point(point.start - DEFAULT_STEP, point.start, point.value) for point in ordered]
    first = ordered[0].start - (ordered[1].start - ordered[0].start)
    starts = [first, *(point.start for point in ordered)]
    return [
        Point(start, point.start, point.value)
        for start, point in zip(starts, ordered, strict=False)
        if start < point.start
    ]


def _ends(starts: Sequence[datetime]) -> list[datetime]:
    """Return the end of each interval from the starts alone; the last one lasts the median step.

    In a list of steps up to an hour (market time units), a step longer than both of its neighbours is a hole: the
    interval before it lasts as long as the longer neighbour and what follows stays unknown. Longer steps are change
    points of a tariff and last until the next one.
    """
    if not starts:
        return []
    steps = [later - earlier for earlier, later in pairwise(starts)]
    typical = timedelta(seconds=median(step.total_seconds() for step in steps)) if steps else DEFAULT_STEP
    if typical <= DEFAULT_STEP and len(steps) > 1:
        padded = [timedelta(), *steps, timedelta()]
        steps = [
            min(step, max(before, after)) if max(before, after) else step
            for before, step, after in zip(padded, steps, padded[2:], strict=False)
        ]
    lengths = [*steps, min(typical, LONGEST_STEP)]
    return [start + length for start, length in zip(starts, lengths, strict=True)]


def total(parts: Sequence[Series], unit: str) -> Series:
    """Return the sum of several series; where one of them says nothing, the others count alone."""
    if len(parts) == 1:
        return parts[0]
    edges = sorted({edge for part in parts for entry in part.intervals for edge in (entry.start, entry.end)})
    intervals = []
    for start, end in pairwise(edges):
        values = [value for part in parts if (value := part.at(start)) is not None]
        if values:
            intervals.append(Interval(start=start, end=end, value=sum(values)))
    return Series(intervals=tuple(intervals[:MAXIMUM_INTERVALS]), unit=unit)


def merged(parts: Sequence[Series], unit: str) -> Series:
    """Return several series as one; of two intervals with one start the one of the earlier series counts."""
    points = [Point(entry.start, entry.end, entry.value) for part in reversed(parts) for entry in part.intervals]
    return assemble(points, unit) if len(parts) > 1 else parts[0]


def clipped(series: Series, start: datetime, end: datetime) -> Series:
    """Return the part of a series between two moments."""
    return Series(
        intervals=tuple(
            entry
            if start <= entry.start and entry.end <= end
            else entry.replace(start=max(entry.start, start), end=min(entry.end, end))
            for entry in series.intervals
            if entry.start < end and entry.end > start
        ),
        unit=series.unit,
    )
