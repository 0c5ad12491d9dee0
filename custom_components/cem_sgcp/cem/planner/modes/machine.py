"""A mode machine: modes, permitted transitions, timers, starts a day; what of them can matter on the steps of a plan.

Whatever cannot bind is left out here, so that the problem stays small: modes for abnormal conditions only, modes that
cannot be reached, timers no longer than the shortest step, transitions that take no time worth telling. A machine in
which every change is free at any edge has no memory; each of its steps can be decided alone.

Whole decisions are taken where they matter (detail.py): soon, and for one without memory in steps shorter than
30 min. Elsewhere modes share a step, that is, the device may be on for a part of it; timers do not count there,
transitions and their costs do.

It must not know any control type, nor the optimisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ...model import Timer, Transition
from ..frame import Frame
from .detail import fine_steps, whole_soon
from .lines import ModeLine

#: Two moments nearer than this are one, s.
MOMENT: Final = 1.0

#: A transition that takes less than this share of the shortest step takes no time.
NO_TIME: Final = 0.02

#: A power below this is no sign of a mode, kW.
STANDING: Final = 2e-2

type TimerName = str | int
"""A timer of the machine, or the number of a transition that takes long: nothing else may begin until it is over."""


class Automaton(Protocol):
    """What S2 says of modes, the same for every control type that has them."""

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Permitted transitions; none at all: every one is permitted."""

    @property
    def timers(self) -> tuple[Timer, ...]:
        """Timers, some of which may be running."""

    @property
    def active_mode(self) -> str | None:
        """The mode it is in."""

    @property
    def maximum_starts_per_day(self) -> int | None:
        """Most changes from a mode without power to one with, a local day."""

    @property
    def starts_today(self) -> int:
        """How many of them were today."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A permitted change from one mode to another, modes by their place."""

    origin: int
    target: int
    cost: float = 0.0
    duration: float = 0.0
    """s until the new mode is in effect; until then it draws what the mode it leaves draws at factor 0."""
    starts: frozenset[TimerName] = frozenset()
    """Timers that it starts."""
    blocked_by: frozenset[TimerName] = frozenset()
    """Timers that forbid it while they run."""
    counts: bool = False
    """Whether it is a start: from a mode without power to one with."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What can matter of a machine."""

    lines: tuple[ModeLine, ...]
    arcs: tuple[Arc, ...]
    timers: dict[TimerName, float]
    """Durations in s."""
    running: dict[TimerName, float]
    """When timers that run now finish, seconds since 1970."""
    present: int | None
    """The place of the mode it is in; None: not known."""
    rest: int | None
    """The place of a mode in which nothing happens, which needs no columns of its own."""
    memory: bool
    whole: NDArray[np.bool_]
    """Per step: whether exactly one mode holds for the step."""
    starts_left: int | None = None
    starts_a_day: int | None = None


def machine_of(
    frame: Frame,
    automaton: Automaton,
    lines: Sequence[ModeLine],
    *,
    power: float | None = None,
    counted: frozenset[str] = frozenset(),
    shared: bool = False,
) -> Machine:
    """Return what matters of a machine.

    `power` is the measured power in kW, which tells the mode where the machine does not; modes in `counted` matter
    even if nothing happens in them; `shared` lets the modes of a machine without memory share every step.
    """
    modes = [line for line in lines if not line.abnormal or line.mode_id == automaton.active_mode]
    places = {line.mode_id: place for place, line in enumerate(modes)}
    arcs = _arcs(automaton, modes, places)
    present = places.get(automaton.active_mode or "")
    if present is None:
        present = _guess(modes, power)
    modes, arcs, present = _reachable(modes, arcs, present)
    lengths = frame.edges[1:] - np.maximum(frame.edges[:-1], frame.now)
    arcs, timers, running = _that_bind(frame, automaton, arcs, max(float(lengths.min()), 0.0))
    limit = automaton.maximum_starts_per_day if any(arc.counts for arc in arcs) else None
    if limit is not None and limit >= automaton.starts_today + frame.steps:
        limit = None
    memory = (
        any(arc.cost or arc.duration or arc.starts or arc.blocked_by for arc in arcs)
        or len({(arc.origin, arc.target) for arc in arcs}) < len(modes) * (len(modes) - 1)
        or limit is not None
        or any(line.abnormal for line in modes)
    )
    memory = memory and len(modes) > 1
    soon = whole_soon(frame)
    fine = fine_steps(frame) & (not shared)
    nothing = [place for place, line in enumerate(modes) if line.nothing]
    rest = min(nothing, key=lambda place: (modes[place].mode_id in counted, place), default=None)
    if not memory:  # one mode in which nothing happens is enough
        kept = [
            place for place, line in enumerate(modes) if place == rest or not line.nothing or line.mode_id in counted
        ]
        rest = kept.index(rest) if rest is not None else None
        present = kept.index(present) if present in kept else rest
        modes, arcs = [modes[place] for place in kept], []
    return Machine(
        lines=tuple(modes),
        arcs=tuple(arcs),
        timers=timers,
        running=running,
        present=present,
        rest=rest,
        memory=memory,
        whole=soon if memory else soon & fine,
        starts_left=None if limit is None else max(limit - automaton.starts_today, 0),
        starts_a_day=limit,
    )


def _arcs(automaton: Automaton, modes: list[ModeLine], places: dict[str, int]) -> list[Arc]:
    """Return the permitted changes between these modes; none into a mode for abnormal conditions."""
    if not automaton.transitions:
        pairs = [(origin, target) for origin in range(len(modes)) for target in range(len(modes)) if origin != target]
        found = [Arc(origin=origin, target=target) for origin, target in pairs]
    else:
        found = [
            Arc(
                origin=places[entry.from_mode],
                target=places[entry.to_mode],
                cost=entry.cost,
                duration=entry.duration,
                starts=frozenset(entry.start_timers),
                blocked_by=frozenset(entry.blocking_timers),
            )
            for entry in automaton.transitions
            if not entry.abnormal_condition_only
            and entry.from_mode in places
            and entry.to_mode in places
            and entry.from_mode != entry.to_mode
        ]
    return [
        replace(arc, counts=modes[arc.origin].powerless and not modes[arc.target].powerless)
        for arc in found
        if not modes[arc.target].abnormal
    ]


def _guess(modes: list[ModeLine], power: float | None) -> int | None:
    """Return the mode that fits the measured power best; without one, the first in which nothing happens."""
    if power is None or abs(power) < STANDING:
        return next((place for place, line in enumerate(modes) if line.nothing), None)
    away = [max(float(line.lowest[0]) - power, power - float(line.highest[0]), 0.0) for line in modes]
    return int(np.argmin(away)) if away else None


def _reachable(
    modes: list[ModeLine], arcs: list[Arc], present: int | None
) -> tuple[list[ModeLine], list[Arc], int | None]:
    """Leave out modes that no way leads to."""
    if present is None:
        return modes, arcs, None
    reached = closure({present}, arcs)
    kept = sorted(reached)
    place = {old: new for new, old in enumerate(kept)}
    inside = [
        replace(arc, origin=place[arc.origin], target=place[arc.target])
        for arc in arcs
        if arc.origin in reached and arc.target in reached
    ]
    return [modes[old] for old in kept], inside, place[present]


def closure(start: set[int], arcs: Sequence[Arc]) -> set[int]:
    """Return the modes that can be reached from some by arcs."""
    reached = set(start)
    grew = True
    while grew:
        more = {arc.target for arc in arcs if arc.origin in reached} - reached
        reached |= more
        grew = bool(more)
    return reached


def _that_bind(
    frame: Frame, automaton: Automaton, arcs: list[Arc], shortest: float
) -> tuple[list[Arc], dict[TimerName, float], dict[TimerName, float]]:
    """Leave out timers and durations that are over before the next edge; a long transition is a timer of its own."""
    lengths: dict[TimerName, float] = {entry.timer_id: entry.duration for entry in automaton.timers}
    running: dict[TimerName, float] = {
        entry.timer_id: entry.finished_at.timestamp()
        for entry in automaton.timers
        if entry.finished_at is not None and entry.finished_at.timestamp() > frame.now + MOMENT
    }
    started = {name for arc in arcs for name in arc.starts if lengths[name] > shortest + MOMENT}
    blocking = {name for arc in arcs for name in arc.blocked_by}
    timers = {name: lengths[name] for name in lengths if name in started and name in blocking}
    busy = {number for number, arc in enumerate(arcs) if arc.duration > shortest + MOMENT}
    bound = [
        replace(
            arc,
            duration=arc.duration if arc.duration > NO_TIME * shortest else 0.0,
            starts=(arc.starts & timers.keys()) | ({number} & busy),
            blocked_by=(arc.blocked_by & (timers.keys() | running.keys()))
            | {other for other in busy if arcs[other].target == arc.origin},
        )
        for number, arc in enumerate(arcs)
    ]
    timers |= {number: arcs[number].duration for number in sorted(busy)}
    return bound, timers, {name: end for name, end in running.items() if name in blocking}
