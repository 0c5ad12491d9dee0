"""How a run may go: its patterns.

A pattern is one choice of alternatives, of optional slots, and of durations of stretchable slots. It is cut into
segments where a pause is allowed (cuts.py); a run that may not be paused is one segment. So blocks, profiles,
alternatives and runs of several groups all have one form. It must not know the optimisation.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Final

from ...model import Run, Sequence
from ...model.slot import CostKind
from .cuts import Piece, Segment, Sums, cut, joined, pause_sums
from .stretch import Taken, ways

#: Most combinations of alternatives and optional slots that are tried for one run.
MAXIMUM_PATTERNS: Final = 64

#: Up to how many optional slots of a sequence each may be left out; more are always run.
MAXIMUM_OPTIONAL: Final = 6


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way a run can go."""

    choice: tuple[str, ...]
    """Chosen sequence_id per group."""
    segments: tuple[Segment, ...]
    preference: float
    """currency; what the user would pay to avoid it."""
    optional_energy: float = 0.0
    """kWh that could have been left out: of optional slots, and of slots that could be shorter."""
    pause_sums: tuple[Sums, ...] = ()
    """How long the pauses of a group may be together."""
    cost: float = 0.0
    """currency; what its slots cost besides energy."""
    co2: float = 0.0
    """kg of CO2 that its slots cause besides energy."""

    @property
    def duration(self) -> float:
        """Length with those pauses only that must be, s."""
        return sum(segment.duration + segment.least_pause for segment in self.segments)

    @property
    def energy(self) -> float:
        """Energy, kWh."""
        return sum(segment.energy for segment in self.segments)

    def offset(self, stage: int) -> float:
        """Return when a segment starts after the start of the pattern with those pauses only that must be, s."""
        begin = sum(segment.duration + segment.least_pause for segment in self.segments[:stage])
        return begin + self.segments[stage].least_pause


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(value: datetime | None, otherwise: float) -> float:
    """Return a moment as seconds since 1970, or something else where there is none."""
    return value.timestamp() if value is not None else otherwise


def patterns_of(run: Run, currency: str = "") -> tuple[Pattern, ...]:
    """Return every combination of alternatives, optional slots and durations, at most MAXIMUM_PATTERNS.

    The device's own comes first. A run that the user fixed goes as it was laid out. Costs of slots in another
    currency than the given one do not count.
    """
    if run.pinned_start is not None and run.schedule:
        return (_as_laid_out(run, currency),)
    groups = [
        [sequence for sequence in group.alternatives if not sequence.emergency_only] or list(group.alternatives[:1])
        for group in run.profile.groups
    ]
    settled = not run.profile.supports_reselection or run.pinned_start is not None
    if settled and len(run.choice) == len(groups):
        groups = [[run.sequence(number)] for number in range(len(groups))]
    found: dict[Pattern, None] = {}
    for combination in product(*groups):
        for taken in product(*(_ways(sequence) for sequence in combination)):
            pattern = _pattern(combination, taken, run.profile.repetitions, currency)
            if pattern is not None:
                found[pattern] = None
            if len(found) >= MAXIMUM_PATTERNS:
                return tuple(found)
    return tuple(found)


def _ways(sequence: Sequence) -> tuple[tuple[Taken, ...], ...]:
    """Return the ways to run a sequence: with and without optional slots, and with other durations.

    Ways that are active for shorter or longer in all than the sequence may be are left out, unless all of them are.
    """
    slots = [(index, slot) for index, slot in enumerate(sequence.slots) if slot.activated]
    optional = [index for index, slot in slots if slot.optional][:MAXIMUM_OPTIONAL]
    found: list[tuple[Taken, ...]] = []
    for kept in product((True, False), repeat=len(optional)):
        left_out = {index for index, keep in zip(optional, kept, strict=True) if not keep}
        found += ways([entry for entry in slots if entry[0] not in left_out])
        if len(found) >= MAXIMUM_PATTERNS:
            break
    low, high = sequence.active_duration_sum_min or 0.0, sequence.active_duration_sum_max or float("inf")
    fitting = [way for way in found if low - 1e-6 <= sum(taken.duration for taken in way) <= high + 1e-6]
    return tuple(fitting or found)[:MAXIMUM_PATTERNS]


def _pattern(
    combination: tuple[Sequence, ...], taken: tuple[tuple[Taken, ...], ...], repetitions: int, currency: str
) -> Pattern | None:
    segments: list[Segment] = []
    for repetition in range(repetitions):
        for group, (sequence, slots) in enumerate(zip(combination, taken, strict=True)):
            if slots:
                segments += cut((repetition, group), sequence, slots)
    if not segments:
        return None
    segments = joined(segments)
    cost, co2 = _costs([entry for slots in taken for entry in slots], currency)
    return Pattern(
        choice=tuple(sequence.sequence_id for sequence in combination),
        segments=tuple(segments),
        preference=repetitions * sum(sequence.preference_price for sequence in combination),
        optional_energy=repetitions * sum(entry.spare for slots in taken for entry in slots) / 1000.0,
        pause_sums=pause_sums(segments, combination),
        cost=repetitions * cost,
        co2=repetitions * co2,
    )


def _costs(slots: list[Taken], currency: str) -> tuple[float, float]:
    """Return what slots cost besides energy: money, and kg of CO2. Comfort has no price that a device could tell."""
    money = grams = 0.0
    for cost in (cost for entry in slots for cost in entry.slot.costs):
        if cost.kind is CostKind.FINANCIAL and (not cost.currency or not currency or cost.currency == currency):
            money += cost.value
        elif cost.kind is CostKind.GHG_EMISSIONS:
            grams += cost.value
    return money, grams / 1000.0


def _as_laid_out(run: Run, currency: str) -> Pattern:
    """Return a run that the user fixed as the one pattern that its slots are, with the pauses between them."""
    parts: list[list[Piece]] = []
    before = None
    for entry in run.schedule:
        piece = Piece(
            group=entry.group,
            slot=entry.slot,
            duration=max((entry.end - entry.start).total_seconds(), 1e-3),
            power=entry.power,
            begins=before is None or (before.group, before.slot) != (entry.group, entry.slot),
        )
        if before is None or entry.start > before.end:
            parts.append([piece])
        else:
            parts[-1].append(piece)
        before = entry
    sequences = tuple(run.sequence(group) for group in range(len(run.profile.groups)))
    taken = [
        Taken(index=index, slot=slot, duration=slot.duration, power=slot.power)
        for index, slot in {
            (entry.group, entry.slot): (entry.slot, sequences[entry.group].slots[entry.slot]) for entry in run.schedule
        }.values()
    ]
    cost, co2 = _costs(taken, currency)
    return Pattern(
        choice=run.choice or tuple(sequence.sequence_id for sequence in sequences),
        segments=tuple(Segment(pieces=tuple(pieces)) for pieces in parts),
        preference=run.profile.repetitions * sum(sequence.preference_price for sequence in sequences),
        cost=run.profile.repetitions * cost,
        co2=run.profile.repetitions * co2,
    )
