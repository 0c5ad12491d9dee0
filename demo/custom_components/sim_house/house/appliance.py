"""A washing machine or dishwasher that replays a measured run and insists on a closed door."""

from dataclasses import dataclass
from enum import StrEnum

from .records import MeasuredRun

HOUR = 3600.0
STANDBY = 1.0  # W
PAUSED = 4.0  # W


class Refused(Exception):  # noqa: N818 - it is an answer, not an error of the house
    """The device says no; the text says why."""


class ApplianceState(StrEnum):
    """What the machine does."""

    IDLE = "idle"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


@dataclass(slots=True)
class Appliance:
    """One machine. ``locks`` says that its door cannot be opened during a run; otherwise opening it pauses the run."""

    name: str
    run: MeasuredRun
    locks: bool = True
    door_open: bool = False
    remote_start: bool = False
    state: ApplianceState = ApplianceState.IDLE
    position: float = 0.0  # s into the run
    now: float = 0.0  # W
    consumed: float = 0.0  # Wh
    runs: int = 0

    @property
    def remaining(self) -> float:
        """Seconds left of the run."""
        return self.run.duration - self.position if self.state in _UNDER_WAY else 0.0

    def prepare(self) -> None:
        """Someone loads the machine, chooses the programme, closes the door and enables the remote start."""
        if self.state in _UNDER_WAY:
            raise Refused(f"the {self.name} is running: it can be loaded again when it has finished")
        self.door_open, self.remote_start, self.state, self.position = False, True, ApplianceState.READY, 0.0

    def start(self) -> None:
        """Start the run, or go on after a pause."""
        if self.state is ApplianceState.RUNNING:
            raise Refused(f"the {self.name} is running already")
        if self.door_open:
            raise Refused(f"the door of the {self.name} is open: close it first")
        if self.state is not ApplianceState.PAUSED:
            if not self.remote_start:
                raise Refused(f"remote start is not enabled at the {self.name}: load it and enable remote start first")
            self.position = 0.0
            self.runs += 1
        self.state = ApplianceState.RUNNING

    def pause(self) -> None:
        """Hold the run."""
        if self.state is not ApplianceState.RUNNING:
            raise Refused(f"the {self.name} is not running")
        self.state = ApplianceState.PAUSED

    def stop(self) -> None:
        """Give the run up."""
        if self.state not in _UNDER_WAY:
            raise Refused(f"the {self.name} is not running")
        self.state, self.remote_start, self.position = ApplianceState.IDLE, False, 0.0

    def set_door(self, door_open: bool) -> None:
        """Open or close the door; opening it takes the remote start away."""
        if door_open and self.locks and self.state in _UNDER_WAY:
            raise Refused(f"the door of the {self.name} is locked during the run")
        self.door_open = door_open
        if not door_open:
            return
        if self.state is ApplianceState.RUNNING:
            self.state = ApplianceState.PAUSED
        elif self.state is not ApplianceState.PAUSED:
            self.state, self.remote_start = ApplianceState.IDLE, False

    def step(self, duration: float) -> float:
        """Let time pass (s). Returns the mean power (W)."""
        energy = (PAUSED if self.state is ApplianceState.PAUSED else STANDBY) * duration
        if self.state is ApplianceState.RUNNING:
            end = min(self.position + duration, self.run.duration)
            rest = duration - (end - self.position)
            energy = self.run.energy_until(end) - self.run.energy_until(self.position) + STANDBY * rest
            self.position = end
            if end >= self.run.duration:
                self.state, self.remote_start = ApplianceState.FINISHED, False
        self.now = energy / duration
        self.consumed += energy / HOUR
        return self.now


_UNDER_WAY = frozenset({ApplianceState.RUNNING, ApplianceState.PAUSED})
