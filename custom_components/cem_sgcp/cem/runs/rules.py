"""Rules for the times of a run: where it may start, where its slots may move, how long it may pause.

Use case JWG1103 and the limits that S2 PPBC, SPINE and Matter put on starts and pauses. Everything here is a question
about a run. It must not change one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import itertools
from typing import Final

from ..model import ModelError, Run, ScheduledSlot, Sequence, Slot

#: A run with more combinations of alternatives than this is judged by the shortest of each group alone.
MAXIMUM_CHOICES: Final = 256

#: A slot counts as 'high power' (SPINE notInterruptibleAtHighPower) from this share of the sequence's highest power on.
HIGH_POWER_SHARE: Final = 0.5


class RunError(ModelError):
    """Something that cannot be done with a run now; `key` is one of MESSAGES, for a user interface to translate."""


@dataclass(frozen=True, slots=True)
class StartRange:
    """Where one choice of alternatives may start, laid out without pauses."""

    choice: tuple[str, ...]
    first: datetime
    last: datetime | None
    """None: there is no deadline."""
    duration: float
    """s"""

    def contains(self, start: datetime) -> bool:
        """Whether the run may start at a moment."""
        return self.first <= start and (self.last is None or start <= self.last)

    @property
    def possible(self) -> bool:
        """Whether there is any moment at which it may start."""
        return self.last is None or self.first <= self.last


def start_ranges(run: Run) -> tuple[StartRange, ...]:
    """Return where each choice may start, the chosen one first, then in the order of the profile."""
    groups = [
        [entry for entry in group.alternatives if not entry.emergency_only] or list(group.alternatives)
        for group in run.profile.groups
    ]
    count = 1
    for group in groups:
        count *= len(group)
    if count > MAXIMUM_CHOICES:
        groups = [[min(group, key=lambda entry: entry.duration)] for group in groups]
    ranges = [_start_range(run, choice) for choice in itertools.product(*groups)]
    return tuple(sorted(ranges, key=lambda entry: entry.choice != run.choice))


def _start_range(run: Run, choice: tuple[Sequence, ...]) -> StartRange:
    first = [run.earliest_start]
    last = [run.profile.latest_start]
    offset = 0.0
    for sequence in choice:
        begins = offset
        for slot in sequence.slots:
            if not slot.activated:
                continue
            first.append(_earlier(slot.earliest_start, offset) or run.earliest_start)
            offset += slot.duration
            last.append(_earlier(slot.latest_end, offset))
        first.append(_earlier(sequence.earliest_start, begins) or run.earliest_start)
        first.append(_earlier(sequence.earliest_end, offset) or run.earliest_start)
        last += [_earlier(sequence.latest_start, begins), _earlier(sequence.latest_end, offset)]
    last.append(_earlier(run.latest_end, offset))
    return StartRange(
        choice=tuple(sequence.sequence_id for sequence in choice),
        first=max(first),
        last=min((entry for entry in last if entry is not None), default=None),
        duration=offset,
    )


def _earlier(moment: datetime | None, seconds: float) -> datetime | None:
    return None if moment is None else moment - timedelta(seconds=seconds)


def range_for(run: Run, start: datetime, path: str) -> StartRange:
    """Return the choice with which a run may start at a moment. Raises RunError that says what would be right."""
    ranges = [entry for entry in start_ranges(run) if entry.possible]
    for entry in ranges:
        if entry.contains(start):
            return entry
    later = [entry.first for entry in ranges if entry.first > start]
    if later:
        raise RunError("start_too_early", path, minimum=min(later).isoformat(), value=start.isoformat())
    last = max((entry.last for entry in ranges if entry.last is not None), default=run.earliest_start)
    raise RunError("start_too_late", path, maximum=last.isoformat(), value=start.isoformat())


# ------------------------------------------------------------------------------------------------------- pauses


def slot_at(run: Run, moment: datetime) -> ScheduledSlot | None:
    """Return the scheduled slot at a moment, or None between slots and outside the run."""
    return next((entry for entry in run.schedule if entry.start <= moment < entry.end), None)


def definition(run: Run, entry: ScheduledSlot) -> tuple[Sequence, Slot]:
    """Return what the profile says of a scheduled slot."""
    sequence = run.sequence(entry.group)
    return sequence, sequence.slots[entry.slot]


def shortest_pause(sequence: Sequence, slot: Slot) -> float:
    """Return how long a pause before or within a slot must last, s."""
    return max(slot.min_pause or 0.0, sequence.pause_duration_min or 0.0)


def longest_pause(sequence: Sequence, slot: Slot, *, first_of_group: bool = False) -> float | None:
    """Return how long a pause before or within a slot may last, s; None: as long as the deadline allows."""
    bounds = [slot.max_pause, sequence.pause_duration_max, sequence.max_pause_before if first_of_group else None]
    return min((bound for bound in bounds if bound is not None), default=None)


def check_interruptible(run: Run, now: datetime) -> None:
    """Refuse a pause that the profile does not allow now. Raises RunError."""
    entry = slot_at(run, now)
    if entry is None:
        raise RunError("no_slot_active", "run_id", value=run.run_id, start=now.isoformat())
    sequence, slot = definition(run, entry)
    if not (sequence.pausable or slot.pausable):
        raise RunError("not_pausable", "run_id", value=run.run_id, slot=entry.slot)
    if sequence.not_interruptible_at_high_power and _at_high_power(sequence, slot):
        raise RunError("not_pausable_at_high_power", "run_id", value=run.run_id, slot=entry.slot)
    if sequence.max_cycles_per_day is not None and run.pauses + 2 > sequence.max_cycles_per_day:
        raise RunError("pauses_used_up", "run_id", value=run.run_id, maximum=sequence.max_cycles_per_day - 1)
    if sequence.pause_duration_sum_max is not None:
        total = run.interrupted_total + shortest_pause(sequence, slot)
        if total > sequence.pause_duration_sum_max or run.interrupted_total >= sequence.pause_duration_sum_max:
            raise RunError(
                "pauses_used_up", "run_id", value=run.run_id, maximum=f"{sequence.pause_duration_sum_max:g} s"
            )
    since = run.resumed_at or run.started or now
    if sequence.active_duration_min and (now - since).total_seconds() < sequence.active_duration_min:
        ready = since + timedelta(seconds=sequence.active_duration_min)
        raise RunError(
            "active_too_short",
            "run_id",
            value=run.run_id,
            start=ready.isoformat(),
            minimum=sequence.active_duration_min,
        )
    end = run.schedule[-1].end + timedelta(seconds=shortest_pause(sequence, slot))
    if run.latest_end is not None and run.schedule[-1].end <= run.latest_end < end:
        raise RunError("pause_misses_deadline", "run_id", end=end.isoformat(), maximum=run.latest_end.isoformat())


def _at_high_power(sequence: Sequence, slot: Slot) -> bool:
    highest = max(abs(entry.power) for entry in sequence.slots)
    return abs(slot.power) >= HIGH_POWER_SHARE * highest


def gap_before(schedule: tuple[ScheduledSlot, ...], index: int) -> float:
    """Return the pause before a scheduled slot, s; 0 before the first."""
    return (schedule[index].start - schedule[index - 1].end).total_seconds() if index else 0.0


def check_moved(run: Run, schedule: tuple[ScheduledSlot, ...], index: int, path: str) -> None:
    """Refuse a layout whose slot `index` and those after it were moved against the rules. Raises RunError."""
    entry = schedule[index]
    sequence, slot = definition(run, entry)
    gap = gap_before(schedule, index)
    first_of_group = index > 0 and schedule[index - 1].group != entry.group
    if gap > 0:
        if not (sequence.pausable or slot.pausable or first_of_group):
            raise RunError("slot_not_movable", path, value=entry.slot)
        shortest = shortest_pause(sequence, slot)
        longest = longest_pause(sequence, slot, first_of_group=first_of_group)
        if gap < shortest:
            raise RunError("pause_too_short", path, minimum=shortest, value=gap)
        if longest is not None and gap > longest:
            raise RunError("pause_too_long", path, maximum=longest, value=gap)
        _check_pauses(run, schedule, entry.group, path)
    for moved in schedule[index:]:
        check_window(run, moved, path)
    if run.latest_end is not None and schedule[-1].end > run.latest_end:
        raise RunError(
            "pause_misses_deadline", path, end=schedule[-1].end.isoformat(), maximum=run.latest_end.isoformat()
        )


def _check_pauses(run: Run, schedule: tuple[ScheduledSlot, ...], group: int, path: str) -> None:
    sequence = run.sequence(group)
    inside = [entry for entry in schedule if entry.group == group]
    pauses = [later.start - earlier.end for earlier, later in itertools.pairwise(inside) if later.start > earlier.end]
    total = sum(pause.total_seconds() for pause in pauses)
    if sequence.pause_duration_sum_max is not None and total > sequence.pause_duration_sum_max:
        raise RunError("pause_too_long", path, maximum=sequence.pause_duration_sum_max, value=total)
    if sequence.max_cycles_per_day is not None and len(pauses) + 1 > sequence.max_cycles_per_day:
        raise RunError("pauses_used_up", path, value=run.run_id, maximum=sequence.max_cycles_per_day - 1)
    if sequence.active_duration_min:
        since = inside[0].start
        for earlier, later in itertools.pairwise(inside):
            if later.start > earlier.end:
                ready = since + timedelta(seconds=sequence.active_duration_min)
                if earlier.end < ready:
                    raise RunError(
                        "active_too_short",
                        path,
                        value=run.run_id,
                        start=ready.isoformat(),
                        minimum=sequence.active_duration_min,
                    )
                since = later.start


def check_window(run: Run, entry: ScheduledSlot, path: str) -> None:
    """Refuse a slot outside the times that it and its sequence allow. Raises RunError."""
    sequence, slot = definition(run, entry)
    if slot.earliest_start is not None and entry.start < slot.earliest_start:
        raise RunError("start_too_early", path, minimum=slot.earliest_start.isoformat(), value=entry.start.isoformat())
    for bound in (slot.latest_end, sequence.latest_end):
        if bound is not None and entry.end > bound:
            raise RunError("pause_misses_deadline", path, end=entry.end.isoformat(), maximum=bound.isoformat())
