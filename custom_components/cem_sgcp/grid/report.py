"""What is known about the state of a source, for people and for diagnostics.

A problem is a key that a user interface can translate; `detail` holds what the other side said. It must not know how
the source is read.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Problem(StrEnum):
    """Why a source gives less than it should."""

    ENTITY_MISSING = "entity_missing"
    ENTITY_UNAVAILABLE = "entity_unavailable"
    NO_SERIES = "no_series"
    OUTDATED = "outdated"
    ACTION_MISSING = "action_missing"
    ACTION_FAILED = "action_failed"
    NOT_PUBLISHED = "not_published"
    OTHER_CURRENCY = "other_currency"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source at its last reading.

    `shape` names how the series was recognised, `used` and `dropped` count its entries, `held` says that the current
    value stands for the future as well, `age` is the time in s since the source last gave something new, `until` the
    end of what is known.
    """

    source: str = "none"
    shape: str = ""
    used: int = 0
    dropped: int = 0
    held: bool = False
    age: float | None = None
    until: datetime | None = None
    problem: Problem | None = None
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the source gives all that it should."""
        return self.problem is None

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {**asdict(self), "until": self.until.isoformat() if self.until else None}
