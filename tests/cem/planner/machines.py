"""Small machines with modes, and all the sequences of modes that they permit, found without the planner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from custom_components.cem_sgcp.cem.model import (
    NumberRange,
    OperationMode,
    OperationModes,
    Resource,
    TimeGrid,
    Timer,
    Transition,
)

from .houses import NOW


def mode(mode_id: str, start: float, end: float | None = None, *, cost: float = 0.0, **more: object) -> OperationMode:
    """A mode between two powers in W; `cost` in currency per h at full power."""
    return OperationMode(
        mode_id=mode_id,
        power=NumberRange(start=start, end=start if end is None else end),
        running_cost=NumberRange(start=0.0 if end is not None and not start else cost / 3600, end=cost / 3600),
        **more,
    )


def change(origin: str, target: str, **more: object) -> Transition:
    """A permitted transition."""
    return Transition(transition_id=f"{origin}-{target}", from_mode=origin, to_mode=target, **more)


def on_and_off(minutes_on: float = 0, minutes_off: float = 0, *, start_cost: float = 0.0) -> dict[str, object]:
    """Transitions and timers of a machine that stays on and off for some time."""
    return {
        "timers": (Timer(timer_id="on", duration=60 * minutes_on), Timer(timer_id="off", duration=60 * minutes_off)),
        "transitions": (
            change("off", "on", start_timers=("on",), blocking_timers=("off",), cost=start_cost),
            change("on", "off", start_timers=("off",), blocking_timers=("on",)),
        ),
    }


def machine(*modes: OperationMode, name: str = "machine", **fields: object) -> Resource:
    """A resource with modes; off unless told otherwise."""
    given: dict[str, object] = {"active_mode": "off" if any(entry.mode_id == "off" for entry in modes) else None}
    return Resource(
        resource_id=name,
        name=name,
        controllable=True,
        control=OperationModes(modes=modes, **{**given, **fields}),
    )


@dataclass(frozen=True)
class Permitted:
    """What S2 says of a machine, read afresh: which modes may follow which, and when."""

    modes: tuple[str, ...]
    transitions: tuple[Transition, ...]
    timers: dict[str, float]
    running: dict[str, datetime]
    active: str

    @classmethod
    def of(cls, control: object) -> Permitted:
        """Read what a control type or an actuator says."""
        return cls(
            modes=tuple(entry.mode_id for entry in control.modes if not entry.abnormal_condition_only),
            transitions=tuple(entry for entry in control.transitions if not entry.abnormal_condition_only),
            timers={entry.timer_id: entry.duration for entry in control.timers},
            running={entry.timer_id: entry.finished_at for entry in control.timers if entry.finished_at is not None},
            active=control.active_mode,
        )

    def following(
        self, now: str, running: dict[str, float], at: float
    ) -> Iterator[tuple[str, dict[str, float], Transition | None]]:
        """Yield what may follow at a moment, with the ends of the timers then."""
        yield now, running, None
        if not self.transitions:
            yield from ((other, running, None) for other in self.modes if other != now)
        for entry in self.transitions:
            if entry.from_mode != now or entry.to_mode not in self.modes or entry.to_mode == now:
                continue
            if any(running.get(name, -np.inf) > at + 1 for name in entry.blocking_timers):
                continue
            ends = {name: max(running.get(name, -np.inf), at + self.timers[name]) for name in entry.start_timers}
            yield entry.to_mode, {**running, **ends}, entry

    def sequences(self, grid: TimeGrid, steps: int) -> Iterator[tuple[tuple[str, ...], tuple[Transition, ...]]]:
        """Yield every permitted sequence of modes with its transitions."""
        seconds = grid.seconds

        def go(
            step: int, now: str, running: dict[str, float], so_far: tuple[str, ...], used: tuple[Transition, ...]
        ) -> Iterator[tuple[tuple[str, ...], tuple[Transition, ...]]]:
            if step == steps:
                yield so_far, used
                return
            at = max(float(seconds[step]), NOW.timestamp())
            for target, ends, entry in self.following(now, running, at):
                more = used if entry is None else (*used, entry)
                yield from go(step + 1, target, ends, (*so_far, target), more)

        begun = {name: end.timestamp() for name, end in self.running.items()}
        yield from go(0, self.active, begun, (), ())

    def permits(self, sequence: tuple[str, ...], grid: TimeGrid) -> bool:
        """Whether a sequence of modes is permitted."""
        seconds = grid.seconds
        states = [(self.active, {name: end.timestamp() for name, end in self.running.items()})]
        for step, wanted in enumerate(sequence):
            at = max(float(seconds[step]), grid.start.timestamp())
            states = [
                (target, ends)
                for now, running in states
                for target, ends, _ in self.following(now, running, at)
                if target == wanted
            ]
            if not states:
                return False
        return True
