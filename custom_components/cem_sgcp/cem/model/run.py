"""A flexible run in its life: announced, scheduled, executing, interrupted, finished or aborted.

Use case JWG1100 with JWG1101 (announce), 1102 (starting time) and 1103 (slot shift). The states are those of S2 PPBC.
A run that has started is a fixed fact for the planner. It must not know how a device is started.
"""

from datetime import datetime, timedelta

from .base import Model, item, model, quantity, utc
from .energy_profile import EnergyProfile, RunState, Sequence
from .errors import ModelError
from .rules import known_names, not_before
from .slot import Slot


@model
class ScheduledSlot(Model):
    """One slot with its time: planned, running or past."""

    group: int = quantity(default=0, minimum=0, doc="Index of the group")
    slot: int = quantity(default=0, minimum=0, doc="Index of the slot in the chosen sequence")
    start: datetime = item()
    end: datetime = item()
    power: float = quantity("W")

    def check(self) -> None:
        """Refuse slots that end before they start."""
        not_before("end", self.start, self.end)


@model
class Run(Model):
    """One announced run of a device."""

    run_id: str = item()
    resource_id: str = item()
    profile: EnergyProfile = item()
    state: RunState = item(default=RunState.NOT_SCHEDULED)
    announced: datetime = item()
    earliest_start: datetime = item(doc="Not before; at least the moment of announcement")
    latest_end: datetime | None = item(default=None, doc="Ready by; None: within the horizon")
    pinned_start: datetime | None = item(default=None, doc="Fixed by the user; the planner must keep it")
    scheduled_start: datetime | None = item(default=None, doc="Planned, or the actual start once executing")
    schedule: tuple[ScheduledSlot, ...] = item(default=(), maximum_items=10_000)
    choice: tuple[str, ...] = item(default=(), maximum_items=1000, doc="Chosen sequence_id per group")
    started: datetime | None = item(default=None)
    ended: datetime | None = item(default=None)
    interrupted_at: datetime | None = item(default=None)
    interrupted_total: float = quantity("s", default=0.0, minimum=0, doc="Length of all pauses that are over")
    resumed_at: datetime | None = item(default=None, doc="When it last went on after a pause")
    pauses: int = quantity(default=0, minimum=0, maximum=1_000_000, doc="How often it has been paused")
    attempts: int = quantity(default=0, minimum=0, maximum=1_000_000, doc="Starts that came to nothing")
    error: str = item(default="")
    confirmed: bool = item(default=False, doc="Power or state has shown that it runs")

    def check(self) -> None:
        """Refuse choices and slots that the profile does not have."""
        if len(self.choice) > len(self.profile.groups):
            raise ModelError("too_many", "choice", value=len(self.choice), maximum=len(self.profile.groups))
        for group, name in zip(self.profile.groups, self.choice, strict=False):
            known_names("choice", (name,), (entry.sequence_id for entry in group.alternatives))
        for index, entry in enumerate(self.schedule):
            if entry.group >= len(self.profile.groups) or entry.slot >= len(self.sequence(entry.group).slots):
                expected = f"{len(self.profile.groups)} groups with the slots of the chosen alternatives"
                raise ModelError(
                    "unknown_slot", f"schedule[{index}]", expected=expected, value=f"{entry.group}/{entry.slot}"
                )

    @property
    def open(self) -> bool:
        """Whether the run still needs planning or watching."""
        return self.state not in {RunState.FINISHED, RunState.ABORTED}

    @property
    def running(self) -> bool:
        """Whether it has started and is not over."""
        return self.state in {RunState.EXECUTING, RunState.INTERRUPTED}

    def sequence(self, group: int) -> Sequence:
        """Return the chosen alternative of a group, or the first if none is chosen yet."""
        alternatives = self.profile.groups[group].alternatives
        wanted = self.choice[group] if group < len(self.choice) else None
        return next((entry for entry in alternatives if entry.sequence_id == wanted), alternatives[0])

    def chosen_slots(self) -> tuple[tuple[int, int, Slot], ...]:
        """Return (group index, slot index, slot) of the chosen alternatives in order; the first if none is chosen."""
        return tuple(
            (group, index, slot)
            for group in range(len(self.profile.groups))
            for index, slot in enumerate(self.sequence(group).slots)
            if slot.activated
        )

    def lay_out(self, start: datetime) -> tuple[ScheduledSlot, ...]:
        """Return the chosen slots one after the other from a start on."""
        moment = utc(start, "start")
        slots: list[ScheduledSlot] = []
        for group, index, slot in self.chosen_slots():
            end = moment + timedelta(seconds=slot.duration)
            slots.append(ScheduledSlot(group=group, slot=index, start=moment, end=end, power=slot.power))
            moment = end
        return tuple(slots)
