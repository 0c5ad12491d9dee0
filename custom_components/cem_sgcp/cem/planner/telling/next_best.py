"""The next best choice of a run: another program, or a start half an hour away or more.

A start five minutes later that costs the same is no other choice for a person. Which one is the next best is guessed
from the reduced costs of the plan's linear problem and then asked, so that its cost is exact. It must not know how the
answer is told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from ...model.time_grid import Array
from ..power_profile import RunPart
from ..runs.patterns import moment
from .questions import Questions

#: How far another start is away at least, s.
AWAY: Final = 1800.0

#: How many guesses are asked before it is given up.
GUESSES: Final = 3

#: What breaks limits by more than this beyond the plan is no choice, currency.
BROKEN: Final = 1e-3


@dataclass(frozen=True, slots=True)
class NextBest:
    """Another choice, and what the run would cost then."""

    start: datetime
    choice: tuple[str, ...]
    cost: float
    """currency."""


def next_best(
    part: RunPart, chosen: tuple[int, ...], asked: tuple[Questions, Array], without: float
) -> NextBest | None:
    """Return the next best choice, or None where there is none that keeps limits; `without` is the cost of no run."""
    questions, x = asked
    starts = part.starts
    mine = starts.patterns[starts.pattern[chosen[0]]].choice
    other = np.array([pattern.choice != mine for pattern in starts.patterns])
    first = np.flatnonzero((starts.stage == 0) & starts.permitted)
    away = (np.abs(starts.start[first] - starts.start[chosen[0]]) >= AWAY) | other[starts.pattern[first]]
    first = first[away]
    estimate = questions.reduced[part.columns] - part.threshold
    for guess in first[np.argsort(estimate[first], kind="stable")][:GUESSES].tolist():
        way = starts.without_pause(int(starts.pattern[guess]), float(starts.start[guess]))
        if way is None or not starts.permitted[list(way)].all():
            continue
        found = questions.started_by(part, way)
        if found is None or questions.broken(found) > questions.broken(x) + BROKEN:
            continue
        return NextBest(
            start=moment(float(starts.start[guess])),
            choice=starts.patterns[starts.pattern[guess]].choice,
            cost=round(questions.money(found) - without, 6) + 0.0,
        )
    return None
