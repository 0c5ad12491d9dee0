"""How a run may go: its patterns, and where each may be paused.

A pattern is one choice of alternatives and optional slots. It is cut into segments where a pause is allowed: before a
slot or a sequence that may be paused, before a new group, and within a long slot that may be paused. A run that may not
be paused is one segment. It must not know the optimisation.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Final

from ..model import Run, Sequence, Slot

#: Most combinations of alternatives and optional slots that are tried for one run.
MAXIMUM_PATTERNS: Final = 64

#: Most segments of a pattern, and the shortest piece a slot is cut into, s.
MAXIMUM_SEGMENTS: Final = 8
SHORTEST_PIECE: Final = 900.0

#: Part of the greatest power of a run from which it counts as high.
HIGH_POWER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """A slot, or a part of one that may be paused."""

    group: int
    slot: int
    """Index in the sequence."""
    duration: float
    """s."""
    power: float
    """W."""
    first: float
    """Earliest start, seconds since 1970; minus infinity where there is none."""
    last: float
    """Latest end."""
    begins: bool = True
    """Whether it is the first part of its slot."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Pieces that follow one another without a pause."""

    pieces: tuple[Piece, ...]
    shortest_pause: float
    """s; a pause before this segment lasts at least so long, or there is none."""
    longest_pause: float
    """s; infinite where only the deadline bounds it."""
    resume_cost: float
    """currency; what a pause before this segment costs besides energy."""
    resume_energy: float
    """kWh; what it takes besides."""
    interrupts: bool
    """Whether a pause before this segment interrupts a sequence, rather than parting two of them."""
    first: float
    """Earliest start, seconds since 1970."""
    last: float
    """Latest start."""

    @property
    def duration(self) -> float:
        """Length, s."""
        return sum(piece.duration for piece in self.pieces)

    @property
    def energy(self) -> float:
        """Energy, kWh."""
        return sum(piece.power * piece.duration for piece in self.pieces) / 3.6e6


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way a run can go."""

    choice: tuple[str, ...]
    """Chosen sequence_id per group."""
    segments: tuple[Segment, ...]
    preference: float
    """currency; what the user would pay to avoid it."""
    optional_energy: float = 0.0
    """kWh of slots that could have been left out."""
    pause_sums: tuple[tuple[int, int, float], ...] = ()
    """First and last segment of a group and how long its pauses may be together, s."""

    @property
    def duration(self) -> float:
        """Length without pauses, s."""
        return sum(segment.duration for segment in self.segments)

    @property
    def energy(self) -> float:
        """Energy, kWh."""
        return sum(segment.energy for segment in self.segments)

    def offset(self, stage: int) -> float:
        """Return when a segment starts after the start of the pattern if there is no pause, s."""
        return sum(segment.duration for segment in self.segments[:stage])


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(value: datetime | None, otherwise: float) -> float:
    """Return a moment as seconds since 1970, or something else where there is none."""
    return value.timestamp() if value is not None else otherwise


def patterns_of(run: Run) -> tuple[Pattern, ...]:
    """Return every combination of alternatives and optional slots, at most MAXIMUM_PATTERNS; the device's first."""
    groups = [
        [sequence for sequence in group.alternatives if not sequence.emergency_only] or list(group.alternatives[:1])
        for group in run.profile.groups
    ]
    settled = not run.profile.supports_reselection or run.pinned_start is not None
    if settled and len(run.choice) == len(groups):
        groups = [[run.sequence(number)] for number in range(len(groups))]
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
            pattern = _pattern(combination, left_out, run.profile.repetitions)
            if pattern is not None:
                found.append(pattern)
            if len(found) >= MAXIMUM_PATTERNS:
                return tuple(found)
    return tuple(found)


def _pattern(combination: tuple[Sequence, ...], left_out: set[tuple[int, int]], repetitions: int) -> Pattern | None:
    once: list[Segment] = []
    taken = 0.0
    sums: list[tuple[int, int, float]] = []
    for group, sequence in enumerate(combination):
        slots = [
            (index, slot)
            for index, slot in enumerate(sequence.slots)
            if slot.activated and (group, index) not in left_out
        ]
        if not slots:
            continue
        taken += sum(abs(slot.energy) for _, slot in slots if slot.optional)
        cut = _segments(group, sequence, slots)
        if sequence.pause_duration_sum_max is not None and len(cut) > 1:
            sums.append((len(once), len(once) + len(cut) - 1, sequence.pause_duration_sum_max))
        once += cut
    if not once:
        return None
    segments: list[Segment] = []
    for _ in range(repetitions):
        segments += once
    kept = _joined(segments)
    return Pattern(
        choice=tuple(sequence.sequence_id for sequence in combination),
        segments=tuple(kept),
        preference=repetitions * sum(sequence.preference_price for sequence in combination),
        optional_energy=repetitions * taken / 1000.0,
        pause_sums=tuple(sums) if len(kept) == len(once) else (),
    )


def _segments(group: int, sequence: Sequence, slots: list[tuple[int, Slot]]) -> list[Segment]:
    """Cut the slots of a sequence where it may be paused."""
    highest = max(abs(slot.power) for _, slot in slots)
    runs: list[tuple[list[Piece], Slot]] = []
    for index, slot in slots:
        pausable = sequence.pausable or slot.pausable
        high = sequence.not_interruptible_at_high_power and abs(slot.power) >= HIGH_POWER * highest
        for number, piece in enumerate(_pieces(group, index, slot, sequence, cut=pausable and not high)):
            enough = not runs or sum(entry.duration for entry in runs[-1][0]) >= (sequence.active_duration_min or 0.0)
            if not runs or ((pausable or number) and enough):
                runs.append(([piece], slot))
            else:
                runs[-1][0].append(piece)
    limit = min(MAXIMUM_SEGMENTS, sequence.max_cycles_per_day or MAXIMUM_SEGMENTS)
    while len(runs) > limit:
        lengths = [sum(piece.duration for piece in pieces) for pieces, _ in runs]
        shortest = min(range(1, len(runs)), key=lambda number: lengths[number - 1] + lengths[number])
        runs[shortest - 1][0].extend(runs[shortest][0])
        del runs[shortest]
    return [
        _segment(sequence, pieces, slot, first=number == 0, last=number == len(runs) - 1)
        for number, (pieces, slot) in enumerate(runs)
    ]


def _pieces(group: int, index: int, slot: Slot, sequence: Sequence, *, cut: bool) -> list[Piece]:
    shortest = max(SHORTEST_PIECE, sequence.active_duration_min or 0.0)
    count = max(min(int(slot.duration // shortest), MAXIMUM_SEGMENTS), 1) if cut else 1
    first, last = seconds(slot.earliest_start, float("-inf")), seconds(slot.latest_end, float("inf"))
    piece = Piece(group=group, slot=index, duration=slot.duration / count, power=slot.power, first=first, last=last)
    return [piece, *[replace(piece, begins=False)] * (count - 1)]


def _segment(sequence: Sequence, pieces: list[Piece], slot: Slot, *, first: bool, last: bool) -> Segment:
    offset = 0.0
    earliest, latest = float("-inf"), float("inf")
    for piece in pieces:
        earliest = max(earliest, piece.first - offset)
        offset += piece.duration
        latest = min(latest, piece.last - offset)
    if first:
        earliest = max(earliest, seconds(sequence.earliest_start, float("-inf")))
        latest = min(latest, seconds(sequence.latest_start, float("inf")))
    if last:
        earliest = max(earliest, seconds(sequence.earliest_end, float("-inf")) - offset)
        latest = min(latest, seconds(sequence.latest_end, float("inf")) - offset)
    bounds = [slot.max_pause, sequence.pause_duration_max, sequence.max_pause_before if first else None]
    return Segment(
        pieces=tuple(pieces),
        shortest_pause=max(slot.min_pause or 0.0, sequence.pause_duration_min or 0.0),
        longest_pause=min((bound for bound in bounds if bound is not None), default=float("inf")),
        resume_cost=0.0 if first else sequence.resume_cost or 0.0,
        resume_energy=0.0 if first else (sequence.resume_energy or 0.0) / 1000.0,
        interrupts=not first,
        first=earliest,
        last=latest,
    )


def _joined(segments: list[Segment]) -> list[Segment]:
    """Join segments between which no pause is allowed, and the shortest ones where there are too many."""
    found = segments[:1]
    for segment in segments[1:]:
        if segment.longest_pause <= 0:
            found[-1] = _join(found[-1], segment)
        else:
            found.append(segment)
    while len(found) > MAXIMUM_SEGMENTS:
        place = min(range(1, len(found)), key=lambda number: found[number - 1].duration + found[number].duration)
        found[place - 1 : place + 1] = [_join(found[place - 1], found[place])]
    return found


def _join(earlier: Segment, later: Segment) -> Segment:
    return Segment(
        pieces=earlier.pieces + later.pieces,
        shortest_pause=earlier.shortest_pause,
        longest_pause=earlier.longest_pause,
        resume_cost=earlier.resume_cost,
        resume_energy=earlier.resume_energy,
        interrupts=earlier.interrupts,
        first=max(earlier.first, later.first - earlier.duration),
        last=min(earlier.last, later.last - earlier.duration),
    )
