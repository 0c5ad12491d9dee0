"""How a mode of a store behaves over the levels, and what that allows in a step.

It must not know the optimisation.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ...model import FillRateElement, FillRateMode
from ...model.time_grid import Array
from ..frame import Frame

#: A change of what a mode can do by less than this is none, as a share.
SAME: Final = 1e-3

#: Most that a mode may do more at another level than at that of the plan before, as a multiple.
MOST_STRETCH: Final = 20.0

#: At how many levels it is asked what a mode can do, and how many corners of the hull of that are kept.
LEVELS: Final = 25
CORNERS: Final = 6


@dataclass(frozen=True, slots=True)
class Bound:
    """factor ≤ offset + slope x level at the beginning of the step, per step; level in kWh. No slope: no bound."""

    offset: Array
    slope: Array


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a mode behaves over the levels, in the planner's units; levels in kWh, ascending."""

    lower: Array
    upper: Array
    table: Array
    """element x (power, fill rate, cost, each at factor 0 and at factor 1): kW, kWh per h, currency per h."""

    @classmethod
    def of(cls, mode: FillRateMode, unit: float) -> Behaviour:
        """Read the elements of a mode."""
        elements = sorted(mode.elements, key=lambda entry: (entry.level_range.lower, entry.level_range.upper))
        return cls(
            lower=np.array([entry.level_range.lower for entry in elements]) / unit,
            upper=np.array([entry.level_range.upper for entry in elements]) / unit,
            table=np.array([_values(entry, unit) for entry in elements]),
        )

    @property
    def matters(self) -> bool:
        """Whether the level makes a difference."""
        return not np.allclose(self.table, self.table[0], rtol=SAME, atol=1e-12)

    @property
    def rises(self) -> bool:
        """Whether it fills."""
        return bool(self.table[:, 3].max() > 0)

    @property
    def size(self) -> Array:
        """How many kW it takes or gives in each element at factor 1."""
        return np.abs(self.table[:, 1])

    @property
    def one_factor(self) -> bool:
        """Whether what it takes and what it stores for it go together, so that one factor says both."""
        if not np.all(self.size > 0):
            return False
        ratio = self.table[:, 3] / self.size
        return bool(np.ptp(ratio) <= 1e-2 * np.abs(ratio).max())

    def place(self, level: float, *, rising: bool) -> int:
        """Return the element that holds at a level; at an edge the one that is entered; else the nearest one."""
        away = np.maximum(np.maximum(self.lower - level, level - self.upper), 0.0)
        found = np.flatnonzero(away <= away.min() + 1e-12)
        return int(found[-1] if rising else found[0])

    def shares(self, level: float, hours: float, factor: float) -> Array:
        """Return for which share of a time the mode at factor 1 is in each element, from a level on."""
        end = 3 if np.any(self.table[:, 3]) else 2  # of a mode written from full to nothing the first end
        rates = self.table[:, end] * factor
        spent = np.zeros(len(rates))
        rising = bool(rates[self.place(level, rising=True)] > 0)
        left = hours
        for _ in rates:
            here = self.place(level, rising=rising)
            rate = float(rates[here])
            following = here + (1 if rising else -1)
            edge = float(self.upper[here] if rising else self.lower[here])
            needed = (edge - level) / rate if rate else np.inf
            if (rate > 0) != rising or not 0 <= needed < left or not 0 <= following < len(rates):
                break
            spent[here] += needed
            left -= needed
            level = edge
        spent[self.place(level, rising=rising)] += left
        shares: Array = spent / spent.sum()
        return shares


def level_bounds(
    frame: Frame, reach: tuple[float, float], behaviour: Behaviour, base: Array, path: Array | None
) -> tuple[tuple[Bound, ...], Array]:
    """Return bounds of the factor by the level, and how far it may go per step; `base` is the kW of factor 1.

    `reach` are the lowest and the highest level in kWh, `path` levels of the plan before. The first step needs no
    bound: its level is known.
    """
    low, high = reach
    inner = np.concatenate([behaviour.lower, behaviour.upper, np.linspace(low, high, LEVELS)])
    levels = np.unique(np.clip(inner, low, high))
    stretch = np.ones(frame.steps)
    hull = [Bound(offset=frame.zeros(), slope=frame.zeros()) for _ in range(CORNERS)]
    chord = Bound(offset=frame.zeros(), slope=frame.zeros())
    if len(levels) < 2:
        return (), stretch
    for hours in np.unique(frame.hours):
        able = np.array([float(behaviour.shares(float(at), float(hours), 1.0) @ behaviour.size) for at in levels])
        pieces = _hull(levels, able)
        for step in np.flatnonzero(frame.hours == hours):
            if step == 0 or base[step] <= 0:
                continue
            stretch[step] = min(float(able.max()) / base[step], MOST_STRETCH)
            for bound, (offset, slope) in zip(hull, pieces, strict=False):
                bound.offset[step], bound.slope[step] = offset / base[step], slope / base[step]
            if path is not None:
                slope = _chord(levels, able, float(path[step]), float(base[step]), rising=behaviour.rises)
                chord.slope[step] = slope / base[step]
                chord.offset[step] = 1.0 - chord.slope[step] * path[step]
                if not slope:
                    stretch[step] = 1.0
    found = [bound for bound in (*hull, chord) if np.any(bound.slope)]
    return tuple(found), stretch


def _hull(levels: Array, able: Array) -> list[tuple[float, float]]:
    """Return the upper concave hull of what a mode can do as lines (offset, slope), flat ones left out."""
    corners: list[int] = []
    for place in range(len(levels)):
        while len(corners) > 1 and _turns_up(levels, able, corners[-2], corners[-1], place):
            corners.pop()
        corners.append(place)
    if len(corners) > CORNERS + 1:
        corners = [corners[place] for place in np.linspace(0, len(corners) - 1, CORNERS + 1).round().astype(int)]
    lines = []
    for left, right in pairwise(corners):
        slope = float((able[right] - able[left]) / (levels[right] - levels[left]))
        if abs(slope) > 1e-9:
            lines.append((float(able[left] - slope * levels[left]), slope))
    return lines


def _turns_up(levels: Array, able: Array, first: int, middle: int, last: int) -> bool:
    rise = (able[middle] - able[first]) * (levels[last] - levels[first])
    return bool(rise <= (able[last] - able[first]) * (levels[middle] - levels[first]) + 1e-12)


def _chord(levels: Array, able: Array, level: float, here: float, *, rising: bool) -> float:
    """Return the slope of the bound through what a mode can do at a level.

    Further on in the mode's own direction it is the steepest chord, so that no more is promised than can be, but never
    one that forbids a level; where nothing becomes less there, the chord from the end that lies behind.
    """
    ahead = levels > level + 1e-6 if rising else levels < level - 1e-6
    if not ahead.any():
        ahead = np.ones(len(levels), dtype=bool)
    end, start = (levels[-1], levels[0]) if rising else (levels[0], levels[-1])
    behind = (float(able[0 if rising else -1]) - here) / (start - level) if abs(start - level) > 1e-6 else 0.0
    away = np.where(np.abs(levels - level) > 1e-6, levels - level, np.inf)
    slopes = (able[ahead] - here) / away[ahead]
    forbids = here / (level - end) if abs(level - end) > 1e-6 else (-np.inf if rising else np.inf)
    if rising:
        return float(min(max(min(slopes.min(), behind), forbids), 0.0))
    return float(max(min(max(slopes.max(), behind), forbids), 0.0))


def _values(element: FillRateElement, unit: float) -> tuple[float, ...]:
    cost = element.running_cost
    return (
        element.power.start / 1000.0,
        element.power.end / 1000.0,
        element.fill_rate.start * 3600.0 / unit,
        element.fill_rate.end * 3600.0 / unit,
        cost.start * 3600.0 if cost is not None else 0.0,
        cost.end * 3600.0 if cost is not None else 0.0,
    )
