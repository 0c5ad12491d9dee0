"""Pace: how often the entities report that should show an effect, so that a slow one gets the time that it needs.

An integration that asks its device every few minutes cannot show an effect earlier. Only reports at regular intervals
speak for that; what reports when something happens shows an effect at once. It must not send anything.
"""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from homeassistant.core import HomeAssistant

from ..devices.base import Command, Expect

#: So many reports are remembered, and so many are needed to speak of a pace.
REMEMBERED: Final = 8
NEEDED: Final = 4
#: Intervals are regular where the shortest is at least this part of the longest.
REGULAR: Final = 0.6
#: An effect is waited for so many intervals, and never longer than this (s).
INTERVALS: Final = 1.5
LONGEST: Final = 900.0


class Pace:
    """What one device's entities have shown so far."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._reports: dict[str, deque[float]] = {}

    def note(self, hass: HomeAssistant, commands: Iterable[Command]) -> None:
        """Look at when the entities reported last; called often."""
        for entity_id in {expect.entity_id for command in commands for expect in command.expect}:
            state = hass.states.get(entity_id)
            if state is None:
                continue
            reports = self._reports.setdefault(entity_id, deque(maxlen=REMEMBERED))
            at = state.last_reported.timestamp()
            if not reports or at > reports[-1]:
                reports.append(at)

    def within(self, expect: Expect) -> float:
        """Return how long an effect may take to show, s."""
        reports = self._reports.get(expect.entity_id, ())
        if len(reports) < NEEDED:
            return expect.within
        intervals = [later - earlier for earlier, later in pairwise(reports)]
        if min(intervals) < REGULAR * max(intervals):
            return expect.within
        return max(expect.within, min(INTERVALS * max(intervals), LONGEST))
