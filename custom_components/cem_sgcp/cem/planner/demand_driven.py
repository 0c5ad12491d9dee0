"""Demand driven (S2 DDBC): a demand that several actuators meet together: hybrid heat pump, bivalent heating.

    Σ supply rate x supply factor + lacking − too much = demand            in every step

What lacks costs a hundred times what it would by the dearest actuator, as a level out of its range does; what is too
much, where modes leave no choice, twice that, so that nothing is wasted even where electricity earns money. An actuator
without memory shares its steps: it goes on and off as the demand asks for it. A gap in the forecast reads as the
present demand. It must not know any device kind.
"""

from dataclasses import dataclass

import numpy as np

from ..model import DemandDriven, DemandDrivenActuator, DemandDrivenMode, DevicePlan, Note, Resource
from ..model.base import LARGEST
from ..model.time_grid import Array
from .frame import Frame, Ints
from .messages import note
from .modes.columns import Commitment, joined, power_bounds
from .modes.commitment import commit
from .modes.lines import ModeLine, ends_of, mode_line
from .modes.machine import machine_of
from .modes.plan import conduct, on_or_off
from .not_controllable import NotControllablePart, add_power
from .problem import OUT_OF_RANGE, Problem, Solved
from .solution import device_cost, watts

#: Price of supplying more than is asked for, as a multiple of what it costs by the dearest actuator.
TOO_MUCH = 2.0

#: As how many times what all actuators supply a demand counts at most: the numbers of the optimisation stay near one.
BEYOND = 10.0

#: A share of the demand that lacks below this is not told.
TOLD = 1e-3


@dataclass(frozen=True, slots=True)
class DemandDrivenPart:
    """The columns of one resource with a demand."""

    resource: Resource
    commitments: tuple[tuple[str, Commitment], ...]
    demand: Array
    """Demand units per h."""
    lacking: Ints
    """Columns of what lacks of what could be met at all, demand units per h."""
    beyond: Array
    """What is far beyond all actuators, demand units per h."""

    def read(self, solved: Solved) -> DevicePlan:
        """Return what the actuators do together and each; a shortfall is in demand units."""
        frame = solved.problem.frame
        power = solved.power(self.resource)
        done = [conduct(commitment, actuator_id, solved) for actuator_id, commitment in self.commitments]
        missing = solved.x[self.lacking] + self.beyond
        lacking = min(float(np.dot(missing, frame.hours)), LARGEST)
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=on_or_off(np.any([entry.works for entry in done], axis=0)),
            power=watts(power),
            lower=watts(np.minimum(sum((entry.lower for entry in done), frame.zeros()), power)),
            upper=watts(np.maximum(sum((entry.upper for entry in done), frame.zeros()), power)),
            actuators=tuple(entry.plan for entry in done),
            cost=device_cost(solved, self.resource),
            shortfall=round(lacking, 9) if lacking > TOLD * float(np.dot(self.demand, frame.hours)) else 0.0,
            notes=self._lacking(frame, missing),
        )

    def _lacking(self, frame: Frame, lacking: Array) -> tuple[Note, ...]:
        share = np.divide(lacking, self.demand, out=frame.zeros(), where=self.demand > 0)
        at = np.flatnonzero(share > TOLD)
        if not len(at):
            return ()
        return (
            note(
                "demand_not_met",
                self.resource.resource_id,
                name=self.resource.name or self.resource.resource_id,
                start=frame.grid.edges[int(at[0])].isoformat(),
                end=frame.grid.edges[int(at[-1]) + 1].isoformat(),
                share=f"{100.0 * float(share.max()):.0f}",
            ),
        )


def add(problem: Problem, resource: Resource, control: DemandDriven) -> DemandDrivenPart | NotControllablePart:
    """Add a resource with a demand; where no actuator has a mode to choose, what it is expected to take counts."""
    frame = problem.frame
    commitments: list[tuple[str, Commitment]] = []
    for actuator in control.actuators:
        lines = [_line(frame, actuator, mode) for mode in actuator.modes]
        machine = machine_of(frame, actuator, lines, shared=True)
        if machine.lines:
            commitments.append((actuator.actuator_id, commit(problem, machine, np.ones(frame.steps))))
    if not commitments:
        told = note("no_modes", resource.resource_id, name=resource.name or resource.resource_id)
        return add_power(problem, resource, None, (told,))
    demand = _demand(frame, control)
    most = BEYOND * sum(_largest(entry) for _, entry in commitments)
    beyond = np.clip(demand - most, 0.0, None)
    lacking = _meet(problem, [entry for _, entry in commitments], demand - beyond)
    bounds = [power_bounds(entry) for _, entry in commitments]
    problem.device(
        resource,
        constant=sum((entry.effect.power.constant for _, entry in commitments), frame.zeros()),
        most=sum((most for most, _ in bounds), frame.zeros()),
        least=sum((least for _, least in bounds), frame.zeros()),
        entries=joined([entry.effect.power for _, entry in commitments]),
    )
    return DemandDrivenPart(
        resource=resource, commitments=tuple(commitments), demand=demand, lacking=lacking, beyond=beyond
    )


def _meet(problem: Problem, commitments: list[Commitment], demand: Array) -> Ints:
    """Add the rows of the demand; returns the columns of what lacks.

    Rows are divided by the largest rate there is, so that their numbers are near one whatever the unit.
    """
    frame = problem.frame
    steps = frame.steps
    size = max(float(demand.max()), *(_largest(entry) for entry in commitments), 1e-9)
    price = _dearest(frame, commitments) * frame.hours
    lacking = problem.columns(steps, penalty=OUT_OF_RANGE * price)
    over = problem.columns(steps, extra=TOO_MUCH * price)
    fixed = sum((entry.effect.rate.constant for entry in commitments), frame.zeros())
    rows = problem.rows(steps, (demand - fixed) / size, (demand - fixed) / size)
    problem.put(rows, lacking, 1.0 / size)
    problem.put(rows, over, -1.0 / size)
    for entry in commitments:
        at, columns, values = entry.effect.rate.joined()
        problem.put(rows[at], columns, values / size)
    return lacking


def _largest(commitment: Commitment) -> float:
    return max(float(np.max(np.abs(line.rate))) for line in commitment.machine.lines)


def _dearest(frame: Frame, commitments: list[Commitment]) -> float:
    """Return what a demand unit costs by the dearest way there is, with electricity at the price scale."""
    dearest, strongest = 0.0, 1e-9
    for line in (line for entry in commitments for line in entry.machine.lines):
        for power, rate, cost in zip(line.power, line.rate, line.cost, strict=True):
            at = rate > 0
            strongest = max(strongest, float(rate.max(initial=0.0)))
            price = (np.abs(power[at]) * frame.scale + np.maximum(cost[at], 0.0)) / rate[at]
            dearest = max(dearest, float(price.max(initial=0.0)))
    return max(dearest, 0.1 * frame.scale / strongest)


def _demand(frame: Frame, control: DemandDriven) -> Array:
    """Return the demand per step, demand units per h, never negative."""
    expected = control.demand.on(frame.grid) if control.demand is not None else np.full(frame.steps, np.nan)
    demand: Array = np.clip(np.where(np.isnan(expected), control.present_demand_rate, expected), 0.0, None) * 3600.0
    return demand


def _line(frame: Frame, actuator: DemandDrivenActuator, mode: DemandDrivenMode) -> ModeLine:
    steps = frame.steps
    supply = ends_of(mode.supply_rate, 3600.0, steps)
    if actuator.supply_factor is not None:
        factor = np.clip(np.nan_to_num(actuator.supply_factor.on(frame.grid), nan=1.0), 0.0, None)
        supply = supply[0] * factor, supply[1] * factor
    return mode_line(
        mode.mode_id,
        ends_of(mode.power, 1e-3, steps),
        supply,
        ends_of(mode.running_cost, 3600.0, steps),
        abnormal=mode.abnormal_condition_only,
    )
