"""When and how a run may go: its patterns, its possible starts, and the energy of each over the steps of the grid.

A pattern is one choice of alternatives and optional slots, laid out without a pause. Starts lie on the edges of the
grid, at the first and the last moment the window allows, where the plan before had it, and where the user pinned it.
The power of a start is spread exactly over the unequal steps. It must not know the optimisation.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..model import Preference, Run, ScheduledSlot, Sequence, Slot
from ..model.time_grid import Array
from .frame import Frame, Ints

#: What a start at the end of its window costs more than one at its beginning, in price scales per kWh of the run: of
#: starts of equal cost the earliest is taken; without prices the latest that is safe.
EARLY_START: Final = 4e-4

#: How much the greenest or earliest start outweighs the cheapest where the user of the device wants that.
EAGERNESS: Final = 10.0

#: Most combinations of alternatives and optional slots that are tried for one run.
MAXIMUM_PATTERNS: Final = 64


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way a run can go: the chosen alternatives with their slots one after the other."""

    choice: tuple[str, ...]
    slots: tuple[tuple[int, int, Slot], ...]
    """Group, index in the sequence, slot."""
    offsets: Array
    """Start of each slot and end of the last, s after the start, shape (slots + 1,)."""
    energy: Array
    """kWh taken until each offset."""
    preference: float
    """currency; what the user would pay to avoid it."""
    first: float
    """Earliest start that sequences and slots allow, seconds since 1970."""
    last: float

    @property
    def duration(self) -> float:
        """Length, s."""
        return float(self.offsets[-1])

    def lay_out(self, start: float) -> tuple[ScheduledSlot, ...]:
        """Return the slots with their times."""
        return tuple(
            ScheduledSlot(
                group=group,
                slot=index,
                start=moment(start + float(begin)),
                end=moment(start + float(end)),
                power=slot.energy * 3600.0 / slot.duration,
            )
            for (group, index, slot), begin, end in zip(self.slots, self.offsets[:-1], self.offsets[1:], strict=True)
        )


@dataclass(frozen=True, slots=True)
class Starts:
    """The possible starts of a run: one entry per start and pattern."""

    run: Run
    patterns: tuple[Pattern, ...]
    start: Array
    """Seconds since 1970."""
    pattern: Ints
    """Which pattern."""
    permitted: NDArray[np.bool_]
    """A start at once is listed even where it is not permitted, so that one can ask what it would cost."""
    energy: Array
    """kWh of each start in each step, shape (starts, steps)."""
    beyond: Array
    """kWh of each start after the horizon."""
    wish: Array
    """currency; what users' preferences and the settling of ties add to each start."""
    deadline: float
    """Seconds since 1970, infinite where there is none."""
    optional: bool
    """Whether the run as a whole may be left out."""

    @property
    def end(self) -> Array:
        """When the run is over, seconds since 1970, per start."""
        durations = np.array([pattern.duration for pattern in self.patterns])
        ends: Array = self.start + durations[self.pattern]
        return ends

    @property
    def latest(self) -> float | None:
        """Latest start that meets the deadline, seconds since 1970, or None where there is no deadline."""
        if not np.isfinite(self.deadline):
            return None
        return self.deadline - min(pattern.duration for pattern in self.patterns)


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def starts_of(frame: Frame, run: Run, free_from: float, wanted: float | None, *, late: bool) -> Starts:
    """Return the possible starts of a run that waits.

    `free_from` is when its device is free, `wanted` a start that should be among them (both seconds since 1970). Where
    nothing fits the window, only the earliest start of the shortest pattern is permitted. With `late`, starts that miss
    the deadline are permitted too.
    """
    patterns = patterns_of(run)
    optional = all(slot.optional for group in run.profile.groups for slot in group.alternatives[0].slots)
    deadline = min(_seconds(run.latest_end, np.inf), _seconds(run.profile.latest_end, np.inf))
    windows = [_window(frame, run, pattern, free_from, np.inf if late else deadline) for pattern in patterns]
    if not any(low <= high + 1e-6 for low, high in windows):
        soonest = min(range(len(patterns)), key=lambda number: windows[number][0] + patterns[number].duration)
        windows = [(low, low if number == soonest else -np.inf) for number, (low, _) in enumerate(windows)]
    start, owner, permitted = _starts(frame, run, windows, wanted)
    energy, beyond = _spread(frame, patterns, start, owner)
    first, last = float(start[permitted].min()), float(start[permitted].max())
    place = (start - first) / max(last - first, 1.0)
    wait = np.isfinite(deadline) and not _price_known(frame, first, deadline)
    totals = np.abs(np.array([pattern.energy[-1] for pattern in patterns]))[owner]
    trace = EARLY_START * frame.scale * totals * (1.0 - place if wait else place)
    preference = np.array([pattern.preference for pattern in patterns])[owner]
    return Starts(
        run=run,
        patterns=patterns,
        start=start,
        pattern=owner,
        permitted=permitted,
        energy=energy,
        beyond=beyond,
        wish=trace + preference + _eagerness(frame, run, start, energy),
        deadline=deadline,
        optional=optional,
    )


def patterns_of(run: Run) -> tuple[Pattern, ...]:
    """Return every combination of alternatives and optional slots, at most MAXIMUM_PATTERNS; the user's first."""
    groups = [
        [sequence for sequence in group.alternatives if not sequence.emergency_only] or list(group.alternatives[:1])
        for group in run.profile.groups
    ]
    found: list[Pattern] = []
    for combination in product(*groups):
        optional = [
            (group, index)
            for group, sequence in enumerate(combination)
            for index, slot in enumerate(sequence.slots)
            if slot.activated and slot.optional
        ]
        for taken in product((True, False), repeat=min(len(optional), 6)):
            left_out = {place for place, keep in zip(optional, taken, strict=False) if not keep}
            pattern = _pattern(combination, left_out)
            if pattern is not None:
                found.append(pattern)
            if len(found) >= MAXIMUM_PATTERNS:
                return tuple(found)
    return tuple(found)


def _pattern(combination: tuple[Sequence, ...], left_out: set[tuple[int, int]]) -> Pattern | None:
    slots = tuple(
        (group, index, slot)
        for group, sequence in enumerate(combination)
        for index, slot in enumerate(sequence.slots)
        if slot.activated and (group, index) not in left_out
    )
    if not slots:
        return None
    offsets = np.concatenate(([0.0], np.cumsum([slot.duration for _, _, slot in slots])))
    energy = np.concatenate(([0.0], np.cumsum([slot.energy / 1000.0 for _, _, slot in slots])))
    first, last = -np.inf, np.inf
    for number, (_, _, slot) in enumerate(slots):
        first = max(first, _seconds(slot.earliest_start, -np.inf) - offsets[number])
        last = min(last, _seconds(slot.latest_end, np.inf) - offsets[number + 1])
    for group, sequence in enumerate(combination):
        places = [number for number, (owner, _, _) in enumerate(slots) if owner == group]
        if not places:
            continue
        begin, end = offsets[places[0]], offsets[places[-1] + 1]
        first = max(first, _seconds(sequence.earliest_start, -np.inf) - begin)
        first = max(first, _seconds(sequence.earliest_end, -np.inf) - end)
        last = min(last, _seconds(sequence.latest_start, np.inf) - begin)
        last = min(last, _seconds(sequence.latest_end, np.inf) - end)
    return Pattern(
        choice=tuple(sequence.sequence_id for sequence in combination),
        slots=slots,
        offsets=offsets,
        energy=energy,
        preference=sum(sequence.preference_price for sequence in combination),
        first=float(first),
        last=float(last),
    )


def _seconds(value: datetime | None, otherwise: float) -> float:
    return value.timestamp() if value is not None else otherwise


def _window(frame: Frame, run: Run, pattern: Pattern, free_from: float, deadline: float) -> tuple[float, float]:
    """Return the first and the last permitted start, seconds since 1970."""
    low = max(
        frame.now,
        free_from,
        run.earliest_start.timestamp(),
        _seconds(run.profile.earliest_start, -np.inf),
        pattern.first,
    )
    if run.pinned_start is not None:
        pinned = max(run.pinned_start.timestamp(), frame.now, free_from)
        return pinned, pinned
    high = min(deadline - pattern.duration, _seconds(run.profile.latest_start, np.inf), pattern.last)
    within = frame.horizon - pattern.duration
    if low <= within < high:
        high = within
    elif not np.isfinite(high):
        high = max(within, low)
    return low, high


def _price_known(frame: Frame, start: float, end: float) -> bool:
    """Whether any price between two moments is known."""
    return bool(frame.price_known[frame.share(start, end) > 0].any())


def _starts(
    frame: Frame, run: Run, windows: list[tuple[float, float]], also: float | None
) -> tuple[Array, Ints, NDArray[np.bool_]]:
    """Return start, pattern and permission of every column; a start at once is there to be asked about."""
    starts: list[Array] = []
    owners: list[Ints] = []
    for number, (low, high) in enumerate(windows):
        wanted = [low, high]
        if also is not None:
            wanted.append(max(also, frame.now))
        inside = np.concatenate((frame.edges, [value for value in wanted if np.isfinite(value)]))
        inside = inside[(inside >= low - 1e-6) & (inside <= high + 1e-6)]
        if run.profile.preference is Preference.EARLIEST and len(inside):
            inside = inside[:0] if also is None else inside
            inside = np.append(inside, low)
        times = np.unique(np.append(np.clip(inside, low, max(low, high)), frame.now))
        starts.append(times)
        owners.append(np.full(len(times), number))
    start, owner = np.concatenate(starts), np.concatenate(owners)
    lows = np.array([low for low, _ in windows])[owner]
    highs = np.array([high for _, high in windows])[owner]
    return start, owner, (start >= lows - 1e-6) & (start <= highs + 1e-6)


def _spread(frame: Frame, patterns: tuple[Pattern, ...], starts: Array, owner: Ints) -> tuple[Array, Array]:
    """Return the energy in kWh of each start in each step, and what falls beyond the horizon."""
    energy = np.zeros((len(starts), frame.steps))
    beyond = np.zeros(len(starts))
    for number, pattern in enumerate(patterns):
        mine = owner == number
        taken = np.interp(frame.edges[None, :] - starts[mine][:, None], pattern.offsets, pattern.energy)
        energy[mine] = np.diff(taken, axis=1)
        beyond[mine] = pattern.energy[-1] - taken[:, -1]
    energy[np.abs(energy) < 1e-9] = 0.0
    return energy, beyond


def _eagerness(frame: Frame, run: Run, starts: Array, energy: Array) -> Array:
    """Return what the preference of the device's user adds to each start."""
    if run.profile.preference is Preference.EARLIEST:
        eager: Array = EAGERNESS * frame.scale * (starts - starts.min()) / 3600.0
        return eager
    if run.profile.preference is Preference.GREENEST and frame.co2.any():
        mean = float(np.average(frame.co2, weights=frame.hours))
        weighted: Array = energy @ (EAGERNESS * frame.scale * frame.co2 / mean)
        return weighted
    return np.zeros(len(starts))
