"""Energy (power) profile: a run with slots, alternatives, pauses, earliest start and latest end.

IEC TR 62746-2:2015 clause 3.4.6, figures 24 to 26 and table 2. The field set is the union of the public siblings
S2 PPBC (EN 50491-12-2), SPINE SmartEnergyManagementPs and Matter Device Energy Management, in W, Wh, s and UTC.
It must not know any appliance.
"""

from datetime import datetime
from enum import StrEnum

from .base import BOUNDS, LONGEST_DURATION, Model, item, model, quantity
from .errors import ModelError
from .rules import not_before, ordered, unique, window
from .slot import Slot


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


class OptOut(StrEnum):
    """Which kinds of control the user of the device has forbidden (Matter OptOutStateEnum)."""

    NONE = "none"
    LOCAL = "local"
    GRID = "grid"
    ALL = "all"


@model
class Sequence(Model):
    """One way to run: slots in order. A group offers one or more of them as alternatives."""

    sequence_id: str = item(also="S2 PowerSequence.id, SPINE sequenceId")
    name: str = item(default="", doc="What people call it, such as 'eco'")
    slots: tuple[Slot, ...] = item(maximum_items=288, doc="In order", also="S2 elements, SPINE slots, Matter Slots")
    earliest_start: datetime | None = item(default=None, also="SPINE earliestStartTime")
    latest_start: datetime | None = item(default=None, also="SPINE latestStartTime")
    earliest_end: datetime | None = item(default=None, also="SPINE earliestEndTime")
    latest_end: datetime | None = item(default=None, also="SPINE latestEndTime")
    scheduled_start: datetime | None = item(
        default=None, doc="Planned start", also="S2 execution_time, SPINE schedule.startTime, Matter StartTime"
    )
    scheduled_end: datetime | None = item(
        default=None, doc="Planned end", also="SPINE schedule.endTime, Matter EndTime"
    )
    pausable: bool = item(
        default=False, doc="May be paused anywhere", also="S2 is_interruptible, SPINE isPausable, Matter IsPausable"
    )
    stoppable: bool = item(default=False, doc="May be stopped for good", also="SPINE isStoppable")
    not_interruptible_at_high_power: bool = item(default=False, also="SPINE notInterruptibleAtHighPower")
    max_cycles_per_day: int | None = quantity(
        default=None, minimum=1, maximum=86_400, doc="How often it may start or resume", also="SPINE maxCyclesPerDay"
    )
    max_pause_before: float | None = quantity(
        "s", default=None, minimum=0, doc="Longest gap after the group before", also="S2 max_pause_before"
    )
    pause_duration_min: float | None = quantity("s", default=None, minimum=0, also="SPINE pauseDurationMin")
    pause_duration_max: float | None = quantity("s", default=None, minimum=0, also="SPINE pauseDurationMax")
    pause_duration_sum_min: float | None = quantity("s", default=None, minimum=0, also="SPINE pauseDurationSumMin")
    pause_duration_sum_max: float | None = quantity("s", default=None, minimum=0, also="SPINE pauseDurationSumMax")
    active_duration_min: float | None = quantity("s", default=None, minimum=0, also="SPINE activeDurationMin")
    active_duration_max: float | None = quantity("s", default=None, minimum=0, also="SPINE activeDurationMax")
    active_duration_sum_min: float | None = quantity("s", default=None, minimum=0, also="SPINE activeDurationSumMin")
    active_duration_sum_max: float | None = quantity("s", default=None, minimum=0, also="SPINE activeDurationSumMax")
    resume_energy: float | None = quantity(
        "Wh", default=None, minimum=0, doc="Extra energy of a resume", also="SPINE resumeEnergyEstimated"
    )
    resume_cost: float | None = quantity(
        "currency", default=None, minimum=0, doc="Cost of a resume", also="SPINE resumeCostEstimated"
    )
    preference_price: float = quantity("currency", default=0.0, doc="What the user would pay to avoid this alternative")
    remote_controllable: bool = item(
        default=True, doc="The CEM may start and move it", also="SPINE sequenceRemoteControllable"
    )
    emergency_only: bool = item(default=False, doc="Only in abnormal conditions", also="S2 abnormal_condition_only")
    state: RunState = item(default=RunState.NOT_SCHEDULED, also="S2 status, SPINE state, Matter ESAState")
    active_slot: int | None = quantity(
        default=None, minimum=0, maximum=287, also="SPINE activeSlotNumber, Matter ActiveSlotNumber"
    )
    elapsed_slot_time: float | None = quantity(
        "s", default=None, minimum=0, also="SPINE elapsedSlotTime, Matter ElapsedSlotTime"
    )
    remaining_slot_time: float | None = quantity(
        "s", default=None, minimum=0, also="SPINE remainingSlotTime, Matter RemainingSlotTime"
    )
    progress: float | None = quantity(
        "s", default=None, minimum=0, doc="Time since the sequence started", also="S2 progress"
    )

    @property
    def duration(self) -> float:
        """Expected duration in s, without pauses, of the slots that are activated."""
        return sum(slot.duration for slot in self.slots if slot.activated)

    @property
    def energy(self) -> float:
        """Expected energy in Wh of the slots that are activated."""
        return sum(slot.energy for slot in self.slots if slot.activated)

    def check(self) -> None:
        """Refuse sequences without slots, windows shorter than the run, and bounds in the wrong order."""
        if not self.slots:
            raise ModelError("empty", "slots")
        shortest = sum(slot.shortest for slot in self.slots if not slot.optional)
        window("latest_end", self.earliest_start, self.latest_end, shortest)
        window("scheduled_end", self.scheduled_start, self.scheduled_end, 0.0)
        not_before("latest_start", self.earliest_start, self.latest_start)
        not_before("latest_end", self.earliest_end, self.latest_end)
        ordered("pause_duration_max", self.pause_duration_min, self.pause_duration_max)
        ordered("pause_duration_sum_max", self.pause_duration_sum_min, self.pause_duration_sum_max)
        ordered("active_duration_max", self.active_duration_min, self.active_duration_max)
        ordered("active_duration_sum_max", self.active_duration_sum_min, self.active_duration_sum_max)
        if self.active_slot is not None and self.active_slot >= len(self.slots):
            raise ModelError("too_high", "active_slot", maximum=len(self.slots) - 1, value=self.active_slot)


@model
class Group(Model):
    """A part of a run for which one of the alternatives is chosen."""

    group_id: str = item(default="", also="S2 PowerSequenceContainer.id, SPINE alternativesId")
    alternatives: tuple[Sequence, ...] = item(
        maximum_items=288, doc="Of which one is run", also="S2 power_sequences, SPINE powerSequence"
    )

    def check(self) -> None:
        """Refuse empty groups and names that are used twice."""
        if not self.alternatives:
            raise ModelError("empty", "alternatives")
        unique("alternatives", (sequence.sequence_id for sequence in self.alternatives))


@model
class EnergyProfile(Model):
    """A flexible run: groups in order, each with alternatives, within earliest start and latest end."""

    profile_id: str = item(also="S2 PowerProfileDefinition.id, Matter ForecastID")
    groups: tuple[Group, ...] = item(
        maximum_items=1000, doc="In order", also="S2 power_sequences_containers, SPINE alternatives"
    )
    earliest_start: datetime | None = item(default=None, also="S2 start_time, Matter EarliestStartTime")
    latest_start: datetime | None = item(default=None, also="SPINE latestStartTime")
    latest_end: datetime | None = item(default=None, also="S2 end_time, Matter LatestEndTime")
    preference: Preference = item(default=Preference.NONE, also="SPINE cheapest, SPINE greenest")
    remote_controllable: bool = item(
        default=True, doc="The CEM may start and move it", also="SPINE nodeRemoteControllable"
    )
    opt_out: OptOut = item(default=OptOut.NONE, doc="Control that its user has forbidden", also="Matter OptOutState")
    supports_reselection: bool = item(
        default=True, doc="Another alternative may be chosen after the first choice", also="SPINE supportsReselection"
    )
    supports_single_slot_scheduling_only: bool = item(default=False, also="SPINE supportsSingleSlotSchedulingOnly")
    repetitions: int = quantity(default=1, minimum=1, maximum=100, also="SPINE repetitionsTotal")
    task_id: str = item(default="", also="SPINE taskIdentifier")
    observations: int = quantity(
        default=0, minimum=0, maximum=1_000_000, doc="Recorded runs it was learned from; 0: it was stated"
    )

    def check(self) -> None:
        """Refuse profiles without groups and windows shorter than the shortest choice."""
        if not self.groups:
            raise ModelError("empty", "groups")
        longest = sum(max(choice.duration for choice in group.alternatives) for group in self.groups)
        if longest > LONGEST_DURATION:
            raise ModelError("too_high", "groups.duration", maximum=f"{LONGEST_DURATION:.0f} s", value=longest)
        window("latest_end", self.earliest_start, self.latest_end, self.shortest_duration)
        not_before("latest_start", self.earliest_start, self.latest_start)

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
    min_energy: float | None = quantity("Wh", default=None, minimum=0, also="SEMP MinEnergy")
    max_energy: float | None = quantity("Wh", default=None, minimum=0, also="SEMP MaxEnergy")
    duration: float = quantity("s", minimum=1e-3)
    min_duration: float | None = quantity("s", default=None, minimum=0, also="SEMP MinRunningTime")
    max_duration: float | None = quantity("s", default=None, minimum=0, also="SEMP MaxRunningTime")
    earliest_start: datetime | None = item(default=None, also="SEMP EarliestStart")
    latest_end: datetime | None = item(default=None, also="SEMP LatestEnd")
    interruptible: bool = item(default=False, also="SEMP InterruptionsAllowed")
    optional: bool = item(default=False, doc="Run only if it pays", also="SEMP OptionalEnergy")

    def check(self) -> None:
        """Refuse blocks with neither power nor energy, and windows shorter than the run."""
        if self.power is None and self.energy is None:
            raise ModelError("missing_field", "power")
        ordered("duration", self.min_duration, self.duration)
        ordered("max_duration", self.duration, self.max_duration)
        ordered("energy", self.min_energy, self._energy)
        ordered("max_energy", self._energy, self.max_energy)
        if abs(self._power) > BOUNDS["W"]:
            raise ModelError("too_high", "energy", maximum=f"{BOUNDS['W']:.0e} W of mean power", value=self.energy)
        window("latest_end", self.earliest_start, self.latest_end, self.duration)

    @property
    def _power(self) -> float:
        return self.power if self.power is not None else (self.energy or 0.0) * 3600.0 / self.duration

    @property
    def _energy(self) -> float:
        return self.energy if self.energy is not None else self._power * self.duration / 3600.0

    def expand(self) -> EnergyProfile:
        """Return the same run as an energy profile with one slot."""
        slot = Slot(
            duration=self.duration,
            min_duration=self.min_duration,
            max_duration=self.max_duration,
            p_exp=self._power,
            e_exp=self.energy,
            e_min=self.min_energy,
            e_max=self.max_energy,
            pausable=self.interruptible,
            optional=self.optional,
        )
        sequence = Sequence(sequence_id="block", slots=(slot,), pausable=self.interruptible)
        return EnergyProfile(
            profile_id=self.profile_id,
            groups=(Group(alternatives=(sequence,)),),
            earliest_start=self.earliest_start,
            latest_end=self.latest_end,
            extra=self.extra,
        )
