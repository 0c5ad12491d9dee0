"""Where a run may be paused: the slots of a sequence cut into segments that follow one another without a pause.

A pause may come before a slot or a sequence that may be paused, before a new group, and within a long slot that may be
paused. Where a sequence may not be interrupted at high power, there is none within a slot of high power, nor right
before or after one: the device is neither switched off from high power nor back on into it. High is what draws
HIGH_POWER of the greatest power of the sequence or more. A sequence that may be active only for so long gets the pauses
that it must have. It must not know the optimisation.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final

from ...model import Sequence, Slot
from .stretch import Taken

#: Most segments of a pattern, and the shortest piece a slot is cut into, s.
MAXIMUM_SEGMENTS: Final = 8
SHORTEST_PIECE: Final = 900.0

#: Most pieces of a slot that may be active only for so long.
MAXIMUM_PIECES: Final = 48

#: Part of the greatest power of a sequence from which on it counts as high.
HIGH_POWER: Final = 0.8

#: How long a pause that must be lasts at least where the device gives no shortest pause, s.
SHORTEST_PAUSE: Final = 60.0


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
    first: float = float("-inf")
    """Earliest start, seconds since 1970; minus infinity where there is none."""
    last: float = float("inf")
    """Latest end."""
    begins: bool = True
    """Whether it is the first part of its slot."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Pieces that follow one another without a pause."""

    pieces: tuple[Piece, ...]
    owner: tuple[int, int] = (0, 0)
    """Repetition and group."""
    shortest_pause: float = 0.0
    """s; a pause before this segment lasts at least so long, or there is none."""
    longest_pause: float = float("inf")
    """s; infinite where only the deadline bounds it."""
    must_pause: bool = False
    """Whether there must be a pause before this segment."""
    resume_cost: float = 0.0
    """currency; what a pause before this segment costs besides energy."""
    resume_energy: float = 0.0
    """kWh; what it takes besides."""
    interrupts: bool = False
    """Whether a pause before this segment interrupts a sequence, rather than parting two of them."""
    first: float = float("-inf")
    """Earliest start, seconds since 1970."""
    last: float = float("inf")
    """Latest start."""

    @property
    def duration(self) -> float:
        """Length, s."""
        return sum(piece.duration for piece in self.pieces)

    @property
    def energy(self) -> float:
        """Energy, kWh."""
        return sum(piece.power * piece.duration for piece in self.pieces) / 3.6e6

    @property
    def least_pause(self) -> float:
        """The pause before it that cannot be avoided, s."""
        return self.shortest_pause if self.must_pause else 0.0


@dataclass(frozen=True, slots=True)
class Sums:
    """How long the pauses before some segments of a pattern may be together: none, or within these bounds."""

    first: int
    """The segment before the first of the pauses."""
    last: int
    """The segment after the last of the pauses."""
    least: float
    """s."""
    most: float


def cut(owner: tuple[int, int], sequence: Sequence, slots: tuple[Taken, ...]) -> list[Segment]:
    """Cut the slots of a sequence where it may be paused."""
    highest = max(abs(taken.power) for taken in slots)
    parts: list[_Part] = []
    high_before = False
    for taken in slots:
        high = sequence.not_interruptible_at_high_power and abs(taken.power) >= HIGH_POWER * highest > 0.0
        pausable = sequence.pausable or taken.slot.pausable
        for number, piece in enumerate(_pieces(owner[1], taken, sequence, within=pausable and not high)):
            may = pausable and (number > 0 or not (high or high_before))
            parts.append(_Part([piece], taken.slot, may))
        high_before = high
    if sequence.active_duration_max is not None:
        runs = _no_longer_than(parts, sequence.active_duration_max)
    else:
        runs = _no_shorter_than(parts, sequence.active_duration_min or 0.0)
    must = sequence.active_duration_max is not None
    limit = min(MAXIMUM_SEGMENTS, sequence.max_cycles_per_day or MAXIMUM_SEGMENTS)
    while len(runs) > limit and not must:
        shortest = min(range(1, len(runs)), key=lambda number: runs[number - 1].duration + runs[number].duration)
        runs[shortest - 1].pieces.extend(runs[shortest].pieces)
        del runs[shortest]
    return [
        _segment(owner, sequence, part, place=(number == 0, number == len(runs) - 1), must=must)
        for number, part in enumerate(runs)
    ]


@dataclass(slots=True)
class _Part:
    """Pieces of a sequence, the slot that they begin with, and whether there may be a pause before them."""

    pieces: list[Piece]
    slot: Slot
    may: bool

    @property
    def duration(self) -> float:
        return sum(piece.duration for piece in self.pieces)


def _no_shorter_than(parts: list[_Part], least: float) -> list[_Part]:
    """Join parts until there may be a pause between them and each is long enough."""
    runs = [parts[0]]
    for part in parts[1:]:
        if part.may and runs[-1].duration >= least:
            runs.append(part)
        else:
            runs[-1].pieces.extend(part.pieces)
    while len(runs) > 1 and runs[-1].duration < least:
        runs[-2].pieces.extend(runs[-1].pieces)
        del runs[-1]
    return runs


def _no_longer_than(parts: list[_Part], most: float) -> list[_Part]:
    """Join parts for as long as they may be active without a pause."""
    runs = [parts[0]]
    for part in parts[1:]:
        if part.may and runs[-1].duration + part.duration > most + 1e-6:
            runs.append(part)
        else:
            runs[-1].pieces.extend(part.pieces)
    return runs


def _pieces(group: int, taken: Taken, sequence: Sequence, *, within: bool) -> list[Piece]:
    """Return a slot as one piece, or as several where it may be paused."""
    shortest = max(SHORTEST_PIECE, sequence.active_duration_min or 0.0)
    count = max(min(int(taken.duration // shortest), MAXIMUM_SEGMENTS), 1) if within else 1
    if within and sequence.active_duration_max:
        count = max(min(ceil(taken.duration / sequence.active_duration_max - 1e-9), MAXIMUM_PIECES), 1)
    piece = Piece(
        group=group,
        slot=taken.index,
        duration=taken.duration / count,
        power=taken.power,
        first=_seconds(taken.slot.earliest_start, float("-inf")),
        last=_seconds(taken.slot.latest_end, float("inf")),
    )
    return [piece, *[replace(piece, begins=False)] * (count - 1)]


def _seconds(value: datetime | None, otherwise: float) -> float:
    return value.timestamp() if value is not None else otherwise


def _segment(
    owner: tuple[int, int], sequence: Sequence, part: _Part, *, place: tuple[bool, bool], must: bool
) -> Segment:
    first, last = place
    offset = 0.0
    earliest, latest = float("-inf"), float("inf")
    for piece in part.pieces:
        earliest = max(earliest, piece.first - offset)
        offset += piece.duration
        latest = min(latest, piece.last - offset)
    if first:
        earliest = max(earliest, _seconds(sequence.earliest_start, float("-inf")))
        latest = min(latest, _seconds(sequence.latest_start, float("inf")))
    if last:
        earliest = max(earliest, _seconds(sequence.earliest_end, float("-inf")) - offset)
        latest = min(latest, _seconds(sequence.latest_end, float("inf")) - offset)
    bounds = [part.slot.max_pause, sequence.pause_duration_max, sequence.max_pause_before if first else None]
    longest = min((bound for bound in bounds if bound is not None), default=float("inf"))
    shortest = max(part.slot.min_pause or 0.0, sequence.pause_duration_min or 0.0)
    must = must and not first
    return Segment(
        pieces=tuple(part.pieces),
        owner=owner,
        shortest_pause=max(shortest, min(SHORTEST_PAUSE, longest)) if must else shortest,
        longest_pause=longest,
        must_pause=must,
        resume_cost=0.0 if first else sequence.resume_cost or 0.0,
        resume_energy=0.0 if first else (sequence.resume_energy or 0.0) / 1000.0,
        interrupts=not first,
        first=earliest,
        last=latest,
    )


def joined(segments: list[Segment]) -> list[Segment]:
    """Join segments between which no pause is allowed, and the shortest ones where there are too many."""
    found = segments[:1]
    for segment in segments[1:]:
        if segment.longest_pause <= 0:
            found[-1] = _join(found[-1], segment)
        else:
            found.append(segment)
    while len(found) > MAXIMUM_SEGMENTS:
        places = [number for number in range(1, len(found)) if not found[number].must_pause]
        if not places:
            break
        place = min(places, key=lambda number: found[number - 1].duration + found[number].duration)
        found[place - 1 : place + 1] = [_join(found[place - 1], found[place])]
    return found


def _join(earlier: Segment, later: Segment) -> Segment:
    return replace(
        earlier,
        pieces=earlier.pieces + later.pieces,
        first=max(earlier.first, later.first - earlier.duration),
        last=min(earlier.last, later.last - earlier.duration),
    )


def pause_sums(segments: list[Segment], combination: tuple[Sequence, ...]) -> tuple[Sums, ...]:
    """Return the bounds on the sums of pauses, for each repetition of each group that has any."""
    found: list[Sums] = []
    for owner in dict.fromkeys(segment.owner for segment in segments):
        sequence = combination[owner[1]]
        least, most = sequence.pause_duration_sum_min or 0.0, sequence.pause_duration_sum_max
        inner = [number for number, entry in enumerate(segments) if entry.owner == owner and entry.interrupts]
        if inner and (least > 0 or most is not None):
            found.append(
                Sums(first=inner[0] - 1, last=inner[-1], least=least, most=float("inf") if most is None else most)
            )
    return tuple(found)
