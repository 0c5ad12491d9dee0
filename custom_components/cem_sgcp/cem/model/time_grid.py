"""The time grid: steps of unequal length, fine now and coarser later.

Nothing counts slots from midnight, so days of 23 and 25 hours need no special care. It must not know what is
planned on the grid.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .base import Model, item, model
from .errors import ModelError

type Array = NDArray[np.float64]

MAXIMUM_STEPS: Final = 10_000


@model
class TimeGrid(Model):
    """Consecutive steps; step i lasts from edge i to edge i + 1."""

    edges: tuple[datetime, ...] = item(maximum_items=MAXIMUM_STEPS + 1, doc="Boundaries of the steps, ascending, UTC")

    def check(self) -> None:
        """Refuse grids without a step and edges that do not ascend."""
        if len(self.edges) < 2:
            raise ModelError("empty", "edges")
        for earlier, later in zip(self.edges, self.edges[1:], strict=False):
            if later <= earlier:
                raise ModelError("not_ascending", "edges", value=f"{earlier.isoformat()}, {later.isoformat()}")

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.edges) - 1

    @property
    def start(self) -> datetime:
        """Start of the first step."""
        return self.edges[0]

    @property
    def end(self) -> datetime:
        """End of the last step: the horizon."""
        return self.edges[-1]

    @cached_property
    def seconds(self) -> Array:
        """Edges as seconds since 1970, shape (steps + 1,)."""
        return np.array([edge.timestamp() for edge in self.edges], dtype=np.float64)

    @cached_property
    def durations(self) -> Array:
        """Length of each step in s, shape (steps,)."""
        return self.seconds[1:] - self.seconds[:-1]

    @cached_property
    def hours(self) -> Array:
        """Length of each step in h, shape (steps,)."""
        return self.durations / 3600.0

    def index_at(self, moment: datetime) -> int | None:
        """Return the step that contains a moment, or None outside the grid."""
        seconds = moment.timestamp()
        if not self.seconds[0] <= seconds < self.seconds[-1]:
            return None
        return int(np.searchsorted(self.seconds, seconds, side="right")) - 1

    def overlap(self, start: float, end: float) -> Array:
        """Return how many seconds of each step lie between two moments (seconds since 1970), shape (steps,)."""
        low = np.maximum(self.seconds[:-1], start)
        high = np.minimum(self.seconds[1:], end)
        lengths: Array = np.clip(high - low, 0.0, None)
        return lengths

    @classmethod
    def tiered(cls, now: datetime, tiers: tuple[tuple[float, float], ...]) -> TimeGrid:
        """Return a grid from the current minute on, made of tiers of (step in s, until so many s after now).

        Edges fall on multiples of the step since 1970, hence on market time units, and the first step is a shorter one
        up to the first such edge. A coarser tier starts where its own multiple is reached. Raises ModelError for tiers
        without a step or with more steps than a grid may have.
        """
        for index, (step, until) in enumerate(tiers):
            if not step >= 1:
                raise ModelError("too_low", f"tiers[{index}]", minimum="1 s", value=step)
            if not until / step <= MAXIMUM_STEPS:
                raise ModelError("too_many", f"tiers[{index}]", value=until / step, maximum=MAXIMUM_STEPS)
        first = now.astimezone(UTC).replace(second=0, microsecond=0)
        base = first.timestamp()
        edges = [base]
        for step, until in tiers:
            limit = base + until
            while edges[-1] + 1 <= limit:
                following = (edges[-1] // step + 1) * step
                if following > limit + step / 2 and len(edges) > 1:
                    break
                edges.append(following)
        return cls(edges=tuple(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=edge) for edge in edges))
