"""Fill rate (S2 FRBC): a store with its level and the actuators that fill or empty it: battery, EV, boiler, buffer.

Each actuator is a mode machine (modes/machine.py). A mode that starts at nothing needs one column per step; a mode that
starts higher (an EV charges with 6 A or not at all) also a yes or no in steps shorter than 30 min within the next 24 h;
elsewhere its mean power may be anything up to the highest, as it can be on for a part of the step. Charging and
discharging in the same step are forbidden by a yes or no only where a first solution did it (`forbid_both`). Where
modes depend on the level, the plan is made again along its own levels (`moved_path`).

    level after = level before x k + (Σ fill rate − constant leakage − usage) x (1 − k) / relative leakage,
    k = exp(− relative leakage x time), so that a level near its rest stays there however long a step is

The level stays in its range and meets its targets softly, at a high price, so that a store found outside its range or
a departure that comes too early still gets a plan that says what lacks. It must not know any device kind.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..model import DevicePlan, FillRate, FillRateActuator, Intent, Note, Resource
from ..model.time_grid import Array
from .frame import Frame, Ints
from .modes.columns import Commitment, joined, power_bounds
from .modes.commitment import commit
from .modes.machine import machine_of
from .modes.plan import Conduct, conduct
from .problem import Problem, Solved
from .solution import device_cost, numbers, watts
from .solver.matrix import Rule
from .stores.intent import TINY, intents
from .stores.level import Level, add_level
from .stores.lines import Reach, actuator_lines, level_per_kwh, presence, reach_of
from .stores.modes import StoreMode, level_matters, store_modes
from .stores.notes import below_notes, comfort_notes, target_notes
from .stores.targets import Target, add_target

#: Modes that differ by less than this share are the same.
SAME = 1e-2


@dataclass(frozen=True, slots=True)
class FillRatePart:
    """The columns of one store."""

    resource: Resource
    control: FillRate
    unit: float
    """Level units per kWh."""
    level: Level
    targets: tuple[Target, ...]
    reach: Reach
    commitments: tuple[tuple[str, Commitment], ...]
    """Actuator and its columns."""
    opposite: tuple[tuple[tuple[Ints, ...], tuple[Ints, ...]], ...]
    """Per actuator that may do both at once, the columns of filling and of emptying."""
    modes: tuple[tuple[StoreMode, ...], ...]
    """Per actuator the modes that the plan was made with."""

    def read(self, solved: Solved) -> DevicePlan:
        """Return power, level, value, intent and modes per step."""
        power = solved.power(self.resource)
        value = -solved.duals[self.level.rows]
        done = [conduct(commitment, actuator_id, solved) for actuator_id, commitment in self.commitments]
        chosen, lower, upper = (
            self._led(done, power) if self._led_by_modes else intents(solved, self.reach, power, value)
        )
        lacking = max((max(target.missed(solved.x)) for target in self.targets), default=0.0)
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=chosen,
            power=watts(power),
            lower=watts(lower),
            upper=watts(upper),
            level=numbers(self.level.of(solved.x) * self.unit, 6),
            stored_value=numbers(value, 6),
            actuators=tuple(entry.plan for entry in done),
            cost=device_cost(solved, self.resource),
            shortfall=lacking * self.unit if lacking > 1e-6 else 0.0,
            notes=self._notes(solved),
        )

    def wasteful(self, x: Array) -> Ints:
        """Return the steps in which an actuator both fills and empties."""
        both = np.zeros(len(self.level.inside), dtype=bool)
        for filling, emptying in self.opposite:
            both |= _any(x, filling) & _any(x, emptying)
        return np.flatnonzero(both)

    @property
    def _fuelled(self) -> bool:
        """Whether it can be filled without taking power: by a CHP, a gas boiler, the sun."""
        lines = [line for _, entry in self.commitments for line in entry.machine.lines]
        return any(bool(np.any((line.power[1] <= 0) & (line.rate[1] > 0))) for line in lines)

    @property
    def _led_by_modes(self) -> bool:
        """Whether modes, not surplus, say what is on: it may not stop at will, or it fills without taking power."""
        return self._fuelled or any(entry.machine.memory for _, entry in self.commitments)

    def _led(self, done: list[Conduct], power: Array) -> tuple[tuple[Intent, ...], Array, Array]:
        works = np.any([entry.works for entry in done], axis=0)
        off, giving = (Intent.OFF, Intent.ON) if self._fuelled else (Intent.HOLD, Intent.DISCHARGE_GRID)
        chosen = tuple(
            off if not on else Intent.CHARGE_GRID if drawn > TINY else giving if drawn < -TINY else Intent.ON
            for on, drawn in zip(works, power, strict=True)
        )
        lower = sum((entry.lower for entry in done), np.zeros(len(power)))
        upper = sum((entry.upper for entry in done), np.zeros(len(power)))
        return chosen, np.minimum(lower, power), np.maximum(upper, power)

    def _notes(self, solved: Solved) -> tuple[Note, ...]:
        frame = solved.problem.frame
        return (
            *target_notes(frame, self.resource, self.targets, (self.unit, self.reach.fastest), solved.x),
            *comfort_notes(self.resource, self.targets, self.unit, solved.x),
            *below_notes(frame, self.resource, solved.x[self.level.below], self.unit),
        )


def add(problem: Problem, resource: Resource, control: FillRate, path: Array | None = None) -> FillRatePart:
    """Add a store; `path` are levels in kWh at the beginning of each step to plan along, where modes depend on them."""
    frame = problem.frame
    unit = level_per_kwh(control)
    present = presence(frame, control)
    modes = tuple(store_modes(frame, control, actuator, unit, path) for actuator in control.actuators)
    commitments = []
    for actuator, entry in zip(control.actuators, modes, strict=True):
        machine = machine_of(frame, actuator, [mode.line for mode in entry])
        if machine.lines:
            commitments.append((actuator.actuator_id, commit(problem, machine, present)))
    lines = [
        actuator_lines(actuator, control.level, unit, _mean_factor(frame, actuator)) for actuator in control.actuators
    ]
    reach = reach_of(lines, present)
    if path is not None and level_matters(control):
        reach = _reach_along(frame, reach, present, modes)
    idles = all(not entry.machine.memory and _can_idle(entry) for _, entry in commitments)
    level = add_level(problem, control, unit, [entry.effect.rate for _, entry in commitments], reach, idles=idles)
    found = {actuator.actuator_id: entry for actuator, entry in zip(control.actuators, modes, strict=True)}
    for actuator_id, commitment in commitments:
        _bind_to_level(problem, commitment, found[actuator_id], level)
    targets = tuple(
        added for target in control.targets if (added := add_target(problem, control, target, unit, level)) is not None
    )
    bounds = [power_bounds(entry) for _, entry in commitments]
    problem.device(
        resource,
        constant=sum((entry.effect.power.constant for _, entry in commitments), frame.zeros()),
        most=sum((most for most, _ in bounds), frame.zeros()),
        least=sum((least for _, least in bounds), frame.zeros()),
        entries=joined([entry.effect.power for _, entry in commitments]),
    )
    return FillRatePart(
        resource=resource,
        control=control,
        unit=unit,
        level=level,
        targets=targets,
        reach=reach,
        commitments=tuple(commitments),
        opposite=tuple(both for _, entry in commitments if all(both := _directions(entry))),
        modes=modes,
    )


def forbid_both(problem: Problem, part: FillRatePart, steps: Ints) -> None:
    """Forbid filling and emptying by the same actuator in some steps."""
    for filling, emptying in part.opposite:
        either = problem.columns(len(steps), upper=1.0, integer=True)
        problem.rule(
            either, _greater([columns[steps] for columns in filling], [columns[steps] for columns in emptying])
        )
        most = _most(part, steps)
        for side, sign, bound in ((filling, -1.0, 0.0), (emptying, 1.0, 1.0)):
            for columns in side:
                rows = problem.rows(len(steps), -np.inf, bound * most)
                problem.put(rows, columns[steps], 1.0)
                problem.put(rows, either, sign * most)


def moved_path(part: FillRatePart, frame: Frame, x: Array) -> Array | None:
    """Return levels in kWh at the beginning of each step to plan along again; None where modes are as they were there.

    To be asked after each solution of a store whose modes depend on the level.
    """
    if not level_matters(part.control):
        return None
    path = np.concatenate([[part.control.level / part.unit], part.level.of(x)[:-1]])
    for actuator, before in zip(part.control.actuators, part.modes, strict=True):
        for mode, old in zip(store_modes(frame, part.control, actuator, part.unit, path), before, strict=True):
            for new_ends, old_ends in ((mode.line.power, old.line.power), (mode.line.rate, old.line.rate)):
                for new, was in zip(new_ends, old_ends, strict=True):
                    if not np.allclose(new, was, rtol=SAME, atol=SAME * max(float(np.abs(was).max()), 1e-9)):
                        return path
    return None


def _most(part: FillRatePart, steps: Ints) -> Array:
    """Return the highest factor that a mode may have in each step."""
    most: Array = np.max([mode.line.stretch[steps] for found in part.modes for mode in found], axis=0)
    return most


def _any(x: Array, sides: tuple[Ints, ...]) -> NDArray[np.bool_]:
    some: NDArray[np.bool_] = np.max([x[columns] for columns in sides], axis=0) > 1e-6
    return some


def _greater(first: list[Ints], second: list[Ints]) -> Rule:
    def rule(x: Array) -> Array:
        more: NDArray[np.bool_] = x[np.array(first)].sum(axis=0) >= x[np.array(second)].sum(axis=0)
        return more.astype(np.float64)

    return rule


def _can_idle(commitment: Commitment) -> bool:
    return commitment.machine.rest is not None or any(line.from_zero for line in commitment.machine.lines)


def _directions(commitment: Commitment) -> tuple[tuple[Ints, ...], tuple[Ints, ...]]:
    """Return the columns of modes that fill and of modes that empty, where they can share a step."""
    if commitment.machine.memory:
        return (), ()
    pairs = list(zip(commitment.machine.lines, commitment.shares, strict=True))
    filling = tuple(columns for line, columns in pairs if columns is not None and line.fills)
    emptying = tuple(columns for line, columns in pairs if columns is not None and not line.fills and not line.nothing)
    return filling, emptying


def _reach_along(frame: Frame, reach: Reach, present: Array, modes: tuple[tuple[StoreMode, ...], ...]) -> Reach:
    """Return what the store can do at most along the levels of a plan."""
    there = (present > 0).astype(np.float64)
    charge = sum(
        (np.max([np.maximum(mode.line.highest, 0.0) for mode in found], axis=0) for found in modes), frame.zeros()
    )
    discharge = sum(
        (np.max([np.maximum(-mode.line.lowest, 0.0) for mode in found], axis=0) for found in modes), frame.zeros()
    )
    return replace(reach, charge=charge * there, discharge=discharge * there)


def _mean_factor(frame: Frame, actuator: FillRateActuator) -> float:
    if actuator.rate_factor is None:
        return 1.0
    factor = np.clip(np.nan_to_num(actuator.rate_factor.on(frame.grid), nan=1.0), 0.0, None)
    return float(np.average(factor, weights=frame.hours))


def _bind_to_level(problem: Problem, commitment: Commitment, modes: tuple[StoreMode, ...], level: Level) -> None:
    """Bind factors to the level that the plan itself reaches: see stores/behaviour.py."""
    bounds = {mode.line.mode_id: mode.bounds for mode in modes}
    for line, columns in zip(commitment.machine.lines, commitment.factors, strict=True):
        if columns is None:
            continue
        for bound in bounds[line.mode_id]:
            at = np.flatnonzero(bound.slope)
            whole = commitment.present[at] if not commitment.machine.memory and line.from_zero else np.ones(len(at))
            rows = problem.rows(len(at), -np.inf, whole * bound.offset[at])
            problem.put(rows, columns[at], 1.0)
            for part, sign in ((level.inside, -1.0), (level.below, 1.0), (level.above, -1.0)):
                problem.put(rows, part[at - 1], sign * whole * bound.slope[at])
