"""When a run may go: the possible starts of its segments and the energy of each over the steps of the grid.

Starts lie on the edges of the grid, at the first and the last moment the window allows, where the plan before had them,
where the user pinned them, and where the segment before would end, so that a run can go without a pause from any start.
The power of a start is spread exactly over the unequal steps. It must not know the optimisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...model import Preference, Run, ScheduledSlot
from ...model.time_grid import Array
from ..frame import Frame, Ints
from .cuts import Segment
from .patterns import Pattern, moment, patterns_of, seconds
from .windows import Window, only_from, window_of

#: What a start at the end of its window costs more than one at its beginning, in price scales per kWh of the run: of
#: starts of equal cost the earliest is taken; without prices the latest that is safe.
EARLY_START: Final = 4e-4

#: Up to which price, in price scales per kWh, what is optional counts as free and runs.
FREE: Final = 2e-3

#: How much the greenest or earliest start outweighs the cheapest where the user of the device wants that.
EAGERNESS: Final = 10.0

#: How long before the last safe start a run is planned that waits for as long as it can, s: time for a second attempt
#: where the first one comes to nothing.
RETRY: Final = 120.0

#: Starts closer than this are one, s.
SAME: Final = 0.5


@dataclass(frozen=True, slots=True)
class Starts:
    """The possible starts of a run: one entry per pattern, segment ("stage") and moment."""

    run: Run
    patterns: tuple[Pattern, ...]
    start: Array
    """Seconds since 1970."""
    pattern: Ints
    stage: Ints
    permitted: NDArray[np.bool_]
    """A start at once is listed even where it is not permitted, so that one can ask what it would cost."""
    energy: Array
    """kWh of each start in each step, shape (starts, steps)."""
    beyond: Array
    """kWh of each start after the horizon."""
    cost: Array
    """currency; what each start costs besides energy."""
    wish: Array
    """currency; what users' preferences and the settling of ties add to each start."""
    deadline: float
    """Seconds since 1970, infinite where there is none."""
    optional: bool
    """Whether the run as a whole may be left out."""

    @property
    def end(self) -> Array:
        """When the segment of each entry ends, seconds since 1970."""
        ends = self.start.copy()
        for number, pattern in enumerate(self.patterns):
            for stage, segment in enumerate(pattern.segments):
                ends[self.of(number, stage)] += segment.duration
        return ends

    @property
    def latest(self) -> float | None:
        """Latest start that meets the deadline, seconds since 1970, or None where there is no deadline."""
        if not np.isfinite(self.deadline):
            return None
        return self.deadline - min(pattern.duration for pattern in self.patterns)

    @property
    def last_stage(self) -> NDArray[np.bool_]:
        """Whether each entry is of the last segment of its pattern."""
        last = np.array([len(pattern.segments) - 1 for pattern in self.patterns])
        return np.asarray(self.stage == last[self.pattern])

    def of(self, pattern: int, stage: int) -> Ints:
        """Return the entries of a segment, by start."""
        return np.flatnonzero((self.pattern == pattern) & (self.stage == stage))

    def entries(self, pattern: int, starts: Sequence[float]) -> tuple[int, ...] | None:
        """Return the entries of a pattern whose segments start at these moments, or None if one is not there."""
        found: list[int] = []
        for stage, start in enumerate(starts):
            mine = self.of(pattern, stage)
            near = mine[np.abs(self.start[mine] - start) < SAME]
            if not len(near):
                return None
            found.append(int(near[0]))
        return tuple(found)

    def without_pause(self, pattern: int, start: float) -> tuple[int, ...] | None:
        """Return the entries of a pattern that goes from a start on with those pauses only that must be."""
        count = len(self.patterns[pattern].segments)
        return self.entries(pattern, [start + self.patterns[pattern].offset(stage) for stage in range(count)])

    def lay_out(self, entries: Sequence[int]) -> tuple[ScheduledSlot, ...]:
        """Return the slots of chosen entries with their times; a slot that is not interrupted is one."""
        slots: list[ScheduledSlot] = []
        for entry in entries:
            begin = float(self.start[entry])
            for piece in self.patterns[self.pattern[entry]].segments[self.stage[entry]].pieces:
                start, end = moment(begin), moment(begin + piece.duration)
                if slots and not piece.begins and slots[-1].end == start:
                    slots[-1] = slots[-1].replace(end=end)
                else:
                    slots.append(
                        ScheduledSlot(group=piece.group, slot=piece.slot, start=start, end=end, power=piece.power)
                    )
                begin += piece.duration
        return tuple(slots)


def starts_of(
    frame: Frame, run: Run, free_from: float, wanted: tuple[ScheduledSlot, ...] | float | None, *, late: bool
) -> Starts:
    """Return the possible starts of a run that waits.

    `free_from` is when its device is free; `wanted` are slots or a start (seconds since 1970) that should be among
    them. Where nothing fits the window, only the earliest start of the shortest pattern is permitted. With `late`,
    starts that miss the deadline are permitted too.
    """
    patterns = patterns_of(run, frame.snapshot.prices.currency)
    droppable = [slot.optional for group in run.profile.groups for slot in group.alternatives[0].slots]
    optional = run.pinned_start is None and all(droppable)
    deadline = min(seconds(run.latest_end, np.inf), seconds(run.profile.latest_end, np.inf))
    windows = [window_of(frame, run, pattern, free_from, np.inf if late else deadline) for pattern in patterns]
    if not any(window.possible for window in windows):
        soonest = min(range(len(patterns)), key=lambda number: windows[number].low[0] + patterns[number].duration)
        windows = [
            only_from(patterns[number], float(window.low[0])) if number == soonest else window
            for number, window in enumerate(windows)
        ]
    waits = np.isfinite(deadline) and not _price_known(frame, min(float(entry.low[0]) for entry in windows), deadline)
    margin = RETRY if waits and run.pinned_start is None else 0.0
    start, pattern, stage, permitted = _listed(frame, run, (patterns, windows), wanted, margin)
    energy, beyond = np.zeros((len(start), frame.steps)), np.zeros(len(start))
    for number, entry in enumerate(patterns):
        for place, segment in enumerate(entry.segments):
            mine = (pattern == number) & (stage == place)
            energy[mine], beyond[mine] = _spread(frame, segment, start[mine])
    return Starts(
        run=run,
        patterns=patterns,
        start=start,
        pattern=pattern,
        stage=stage,
        permitted=permitted,
        energy=energy,
        beyond=beyond,
        cost=np.where(stage == 0, np.array([entry.cost for entry in patterns])[pattern], 0.0),
        wish=_wish(frame, run, patterns, (start, pattern, stage, permitted, energy), margin),
        deadline=deadline,
        optional=optional,
    )


def _listed(
    frame: Frame,
    run: Run,
    patterns: tuple[tuple[Pattern, ...], list[Window]],
    wanted: tuple[ScheduledSlot, ...] | float | None,
    margin: float,
) -> tuple[Array, Ints, Ints, NDArray[np.bool_]]:
    """Return start, pattern, stage and permission of every entry."""
    starts: list[Array] = []
    permitted: list[NDArray[np.bool_]] = []
    owners: list[tuple[int, int]] = []
    for number, (pattern, window) in enumerate(zip(*patterns, strict=True)):
        ended = np.zeros(0)
        for stage, segment in enumerate(pattern.segments):
            low, high = float(window.low[stage]), float(window.high[stage])
            also = [low, high, high - margin, *_wanted(pattern, stage, wanted, frame.now)]
            follows = np.concatenate((ended, ended + segment.shortest_pause))
            if run.profile.preference is Preference.EARLIEST:
                inside = np.concatenate(([low, *also[3:]], follows))
            else:
                inside = np.concatenate((frame.edges, follows, also))
            inside = inside[(inside >= low - 1e-6) & (inside <= high + 1e-6)] if window.possible else inside[:0]
            at_once = frame.now + pattern.offset(stage)
            listed = _distinct(np.concatenate((inside, [at_once])))
            starts.append(listed)
            permitted.append((listed >= low - 1e-6) & (listed <= high + 1e-6) & window.possible)
            owners.append((number, stage))
            ended = listed + segment.duration
    counts = [len(entry) for entry in starts]
    return (
        np.concatenate(starts),
        np.repeat([number for number, _ in owners], counts),
        np.repeat([stage for _, stage in owners], counts),
        np.concatenate(permitted),
    )


def segment_starts(pattern: Pattern, slots: tuple[ScheduledSlot, ...]) -> list[float] | None:
    """Return when each segment of a pattern starts if its slots lie like these, or None if they are not its slots."""
    starts: list[float] = []
    remaining = list(slots)
    begin = remaining[0].start.timestamp() if remaining else 0.0
    for segment in pattern.segments:
        for number, piece in enumerate(segment.pieces):
            if not remaining or (remaining[0].group, remaining[0].slot) != (piece.group, piece.slot):
                return None
            if number == 0:
                starts.append(begin)
            begin += piece.duration
            if begin > remaining[0].end.timestamp() + SAME:
                return None
            if begin > remaining[0].end.timestamp() - SAME:
                remaining.pop(0)
                begin = remaining[0].start.timestamp() if remaining else begin
    return None if remaining else starts


def _wanted(pattern: Pattern, stage: int, wanted: tuple[ScheduledSlot, ...] | float | None, now: float) -> list[float]:
    """Return when a segment starts in the plan before."""
    if wanted is None:
        return []
    if isinstance(wanted, float):
        return [max(wanted, now) + pattern.offset(stage)]
    before = segment_starts(pattern, wanted)
    return [max(before[stage], now)] if before is not None else []


def _distinct(values: Array) -> Array:
    """Return ascending values, of those that are nearly the same only the first."""
    ordered = np.sort(values)
    distinct: Array = ordered[np.concatenate(([True], np.diff(ordered) > 1e-3))]
    return distinct


def _spread(frame: Frame, segment: Segment, starts: Array) -> tuple[Array, Array]:
    """Return the energy in kWh of each start in each step, and what falls beyond the horizon."""
    offsets = np.concatenate(([0.0], np.cumsum([piece.duration for piece in segment.pieces])))
    taken = np.concatenate(([0.0], np.cumsum([piece.duration * piece.power / 3.6e6 for piece in segment.pieces])))
    by_edge = np.interp(frame.edges[None, :] - starts[:, None], offsets, taken)
    energy = np.diff(by_edge, axis=1)
    energy[np.abs(energy) < 1e-9] = 0.0
    return energy, taken[-1] - by_edge[:, -1]


def _wish(
    frame: Frame,
    run: Run,
    patterns: tuple[Pattern, ...],
    listed: tuple[Array, Ints, Ints, NDArray[np.bool_], Array],
    margin: float,
) -> Array:
    """Return what preferences add to each entry, currency, and the trace that settles ties."""
    start, pattern, stage, permitted, energy = listed
    shares = np.array([abs(segment.energy) for entry in patterns for segment in entry.segments])
    first = np.cumsum([0, *(len(entry.segments) for entry in patterns)])
    low, high = float(start[permitted].min()), float(start[permitted].max())
    place = (start - low) / max(high - low, 1.0)
    if margin:
        place = np.where(start > _last(first[pattern] + stage, start, permitted) - margin + 1e-6, 1.0, 1.0 - place)
    wish: Array = EARLY_START * frame.scale * shares[first[pattern] + stage] * place
    co2_price = frame.snapshot.goals.co2_price
    taken = np.array(
        [entry.preference + co2_price * entry.co2 - FREE * frame.scale * entry.optional_energy for entry in patterns]
    )
    wish = wish + np.where(stage == 0, taken[pattern], 0.0)
    if run.profile.preference is Preference.EARLIEST:
        wish = wish + EAGERNESS * frame.scale * np.clip(start - low, 0.0, None) / 3600.0
    if run.profile.preference is Preference.GREENEST and frame.co2.any():
        mean = float(np.average(frame.co2, weights=frame.hours))
        wish = wish + energy @ (EAGERNESS * frame.scale * frame.co2 / mean)
    return wish


def _last(segment: Ints, start: Array, permitted: NDArray[np.bool_]) -> Array:
    """Return, for each entry, the last permitted start of its segment."""
    last = np.full(int(segment.max()) + 1, -np.inf)
    np.maximum.at(last, segment[permitted], start[permitted])
    found: Array = last[segment]
    return found


def _price_known(frame: Frame, start: float, end: float) -> bool:
    """Whether any price between two moments is known."""
    return bool(frame.price_known[frame.share(start, end) > 0].any())
