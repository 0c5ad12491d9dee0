"""Energy (power) profile: a run with slots, alternatives, pauses, earliest start and latest end.

IEC TR 62746-2:2015 clause 3.4.6, figures 24 to 26 and table 2. The field set is the union of the public siblings
S2 PPBC (EN 50491-12-2), SPINE SmartEnergyManagementPs and Matter Device Energy Management, in W, Wh, s and UTC
(S2 counts in ms, Matter in mW and mWh: conversions belong to the adapters). It must not know any appliance.
"""

from datetime import datetime, timedelta
from enum import StrEnum
import itertools

from .base import Model, item, model, quantity
from .errors import ModelError


class RunState(StrEnum):
    """State of a run; S2 PPBC PowerSequenceStatus."""

    NOT_SCHEDULED = "not_scheduled"
    SCHEDULED = "scheduled"
    EXECUTING = "executing"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    ABORTED = "aborted"


class Preference(StrEnum):
    """What the user of the device wants of the start (SPINE cheapest, greenest)."""

    NONE = "none"
    CHEAPEST = "cheapest"
    GREENEST = "greenest"
    EARLIEST = "earliest"


@model
class Slot(Model):
    """One element of a run: a power that holds for a duration."""

    duration: float = quantity("s", minimum=1e-3, doc="Expected duration")
    min_duration: float | None = quantity("s", default=None, minimum=0, doc="Shortest, where stretchable")
    max_duration: float | None = quantity("s", default=None, minimum=0, doc="Longest, where stretchable")
    duration_uncertainty: float | None = quantity("s", default=None, minimum=0)
    p_exp: float = quantity("W", doc="Expected power, consumption positive")
    p_min: float | None = quantity("W", default=None, doc="Lowest power to expect")
    p_max: float | None = quantity("W", default=None, doc="Highest power to expect")
    p_std: float | None = quantity("W", default=None, minimum=0, doc="Standard deviation")
    p_skew: float | None = quantity(default=None, doc="Skewness")
    e_exp: float | None = quantity("Wh", default=None, doc="Expected energy, where it is known apart from power")
    e_min: float | None = quantity("Wh", default=None)
    e_max: float | None = quantity("Wh", default=None)
    earliest_start: datetime | None = item(default=None, doc="This slot may not start before")
    latest_end: datetime | None = item(default=None, doc="This slot must end by")
    scheduled_start: datetime | None = item(default=None)
    optional: bool = item(default=False, doc="May be left out")
    activated: bool = item(default=True, doc="An optional slot that is left out is not activated")
    pausable: bool = item(default=False, doc="A pause may come before or within this slot")
    min_pause: float | None = quantity("s", default=None, minimum=0, doc="Shortest pause")
    max_pause: float | None = quantity("s", default=None, minimum=0, doc="Longest pause before this slot")

    @property
    def energy(self) -> float:
        """Expected energy in Wh."""
        return self.e_exp if self.e_exp is not None else self.p_exp * self.duration / 3600.0

    def check(self) -> None:
        """Refuse bounds in the wrong order and windows that are too short."""
        _ordered("p_exp", self.p_min, self.p_exp, self.p_max)
        _ordered("duration", self.min_duration, self.duration, self.max_duration)
        _ordered("e_exp", self.e_min, self.e_exp, self.e_max)
        _ordered("max_pause", self.min_pause, self.max_pause)
        _window("latest_end", self.earliest_start, self.latest_end, self.min_duration or self.duration)


@model
class Sequence(Model):
    """One way to run: slots in order. A group offers one or more of them as alternatives."""

    sequence_id: str = item()
    name: str = item(default="", doc="What people call it, such as 'eco'")
    slots: tuple[Slot, ...] = item(maximum_items=288, doc="In order")
    earliest_start: datetime | None = item(default=None)
    latest_start: datetime | None = item(default=None)
    earliest_end: datetime | None = item(default=None)
    latest_end: datetime | None = item(default=None)
    scheduled_start: datetime | None = item(default=None)
    pausable: bool = item(default=False, doc="May be paused; S2 is_interruptible")
    stoppable: bool = item(default=False, doc="May be stopped for good")
    not_interruptible_at_high_power: bool = item(default=False)
    max_cycles_per_day: int | None = quantity(default=None, minimum=1)
    max_pause_before: float | None = quantity("s", default=None, minimum=0, doc="Longest gap after the group before")
    pause_duration_min: float | None = quantity("s", default=None, minimum=0)
    pause_duration_max: float | None = quantity("s", default=None, minimum=0)
    pause_duration_sum_max: float | None = quantity("s", default=None, minimum=0)
    active_duration_min: float | None = quantity("s", default=None, minimum=0)
    active_duration_max: float | None = quantity("s", default=None, minimum=0)
    active_duration_sum_max: float | None = quantity("s", default=None, minimum=0)
    resume_energy: float | None = quantity("Wh", default=None, minimum=0, doc="Extra energy of a resume")
    resume_cost: float | None = quantity("currency", default=None, minimum=0, doc="Cost of a resume")
    preference_price: float = quantity("currency", default=0.0, doc="What the user would pay to avoid this alternative")
    emergency_only: bool = item(default=False, doc="S2 abnormal_condition_only")
    state: RunState = item(default=RunState.NOT_SCHEDULED)
    active_slot: int | None = quantity(default=None, minimum=0)
    elapsed_slot_time: float | None = quantity("s", default=None, minimum=0)
    remaining_slot_time: float | None = quantity("s", default=None, minimum=0)

    @property
    def duration(self) -> float:
        """Expected duration in s, without pauses, of the slots that are activated."""
        return sum(slot.duration for slot in self.slots if slot.activated)

    @property
    def energy(self) -> float:
        """Expected energy in Wh of the slots that are activated."""
        return sum(slot.energy for slot in self.slots if slot.activated)

    def check(self) -> None:
        """Refuse sequences without slots and windows shorter than the run."""
        if not self.slots:
            raise ModelError("empty", "slots")
        shortest = sum(slot.min_duration or slot.duration for slot in self.slots if not slot.optional)
        _window("latest_end", self.earliest_start, self.latest_end, shortest)
        _ordered("pause_duration_max", self.pause_duration_min, self.pause_duration_max)
        _ordered("active_duration_max", self.active_duration_min, self.active_duration_max)


@model
class Group(Model):
    """A part of a run for which one of the alternatives is chosen; S2 PowerSequenceContainer."""

    alternatives: tuple[Sequence, ...] = item(maximum_items=288)

    def check(self) -> None:
        """Refuse empty groups and names that are used twice."""
        if not self.alternatives:
            raise ModelError("empty", "alternatives")
        _unique("alternatives", [sequence.sequence_id for sequence in self.alternatives])


@model
class EnergyProfile(Model):
    """A flexible run: groups in order, each with alternatives, within earliest start and latest end."""

    profile_id: str = item()
    groups: tuple[Group, ...] = item(maximum_items=1000, doc="In order")
    earliest_start: datetime | None = item(default=None)
    latest_start: datetime | None = item(default=None)
    latest_end: datetime | None = item(default=None)
    preference: Preference = item(default=Preference.NONE)
    remote_controllable: bool = item(default=True, doc="The CEM may start and move it")
    supports_reselection: bool = item(default=True, doc="Another alternative may be chosen after the first choice")
    supports_single_slot_scheduling_only: bool = item(default=False)
    repetitions: int = quantity(default=1, minimum=1, maximum=100)
    task_id: str = item(default="")

    def check(self) -> None:
        """Refuse profiles without groups and windows shorter than the shortest choice."""
        if not self.groups:
            raise ModelError("empty", "groups")
        _window("latest_end", self.earliest_start, self.latest_end, self.shortest_duration)

    @property
    def shortest_duration(self) -> float:
        """Duration in s of the shortest choice of alternatives, without pauses."""
        return sum(min(choice.duration for choice in group.alternatives) for group in self.groups)


@model
class EasyPowerProfile(Model):
    """The easy power profile of figure 26: one block, as most people can fill it in (also SMA SEMP timeframe)."""

    profile_id: str = item()
    power: float | None = quantity("W", default=None, doc="Power; or give energy")
    energy: float | None = quantity("Wh", default=None, minimum=0, doc="Energy of the run; or give power")
    duration: float = quantity("s", minimum=1e-3)
    earliest_start: datetime | None = item(default=None)
    latest_end: datetime | None = item(default=None)
    interruptible: bool = item(default=False)
    optional: bool = item(default=False, doc="Run only if it pays")

    def check(self) -> None:
        """Refuse blocks with neither power nor energy, and windows shorter than the run."""
        if self.power is None and self.energy is None:
            raise ModelError("missing_field", "power")
        _window("latest_end", self.earliest_start, self.latest_end, self.duration)

    def expand(self) -> EnergyProfile:
        """Return the same run as an energy profile with one slot."""
        power = self.power if self.power is not None else (self.energy or 0.0) * 3600.0 / self.duration
        slot = Slot(
            duration=self.duration, p_exp=power, e_exp=self.energy, pausable=self.interruptible, optional=self.optional
        )
        sequence = Sequence(sequence_id="block", slots=(slot,), pausable=self.interruptible)
        return EnergyProfile(
            profile_id=self.profile_id,
            groups=(Group(alternatives=(sequence,)),),
            earliest_start=self.earliest_start,
            latest_end=self.latest_end,
        )


def _ordered(path: str, *values: float | None) -> None:
    known = [value for value in values if value is not None]
    for lower, upper in itertools.pairwise(known):
        if upper < lower:
            raise ModelError("wrong_order", path, minimum=lower, value=upper)


def _window(path: str, start: datetime | None, end: datetime | None, needed: float) -> None:
    if start is None or end is None:
        return
    if end <= start:
        raise ModelError("end_before_start", path, start=start.isoformat(), end=end.isoformat())
    available = (end - start) / timedelta(seconds=1)
    if available + 1e-6 < needed:
        raise ModelError(
            "window_too_short",
            path,
            needed=round(needed),
            available=round(available),
            start=start.isoformat(),
            end=end.isoformat(),
        )


def _unique(path: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ModelError("duplicate", path, value=name)
