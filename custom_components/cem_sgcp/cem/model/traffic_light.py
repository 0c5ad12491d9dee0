"""Traffic light: the phase of the grid.

IEC TR 62746-2:2015 clause 3.4.5, figure 23; BDEW traffic light concept: green is the market phase, yellow a potential
bottleneck, red endangers stability. Black (no grid) is the outage that USEF's model adds.
"""

from datetime import datetime
from enum import StrEnum

from .base import Model, item, model


class Phase(StrEnum):
    """Phase of the grid, mildest first."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLACK = "black"

    @property
    def severity(self) -> int:
        """Return 0 for green up to 3 for black."""
        return list(Phase).index(self)


@model
class TrafficLight(Model):
    """The phase with its reason and its source."""

    phase: Phase = item(default=Phase.GREEN)
    source: str = item(default="")
    reason: str = item(default="")
    since: datetime | None = item(default=None)
    until: datetime | None = item(default=None)
