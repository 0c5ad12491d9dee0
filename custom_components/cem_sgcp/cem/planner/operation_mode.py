"""Operation modes (S2 OMBC): generator, heater with levels, pump, ventilation, lighting.

The plan chooses the mode of every step: what it draws or gives, its running cost (fuel), what changes cost, and quotas
count. What the resource forecasts is what it would do if left alone, and does not. It must not know any device kind.
"""

from dataclasses import dataclass

import numpy as np

from ..model import DevicePlan, OperationMode, OperationModes, Resource
from .messages import note
from .modes.columns import Commitment, power_bounds
from .modes.commitment import commit
from .modes.lines import ModeLine, ends_of, mode_line
from .modes.machine import machine_of
from .modes.plan import conduct, on_or_off
from .modes.quota import Quota, add_quota, quota_notes
from .not_controllable import NotControllablePart, add_power
from .problem import Problem, Solved
from .solution import device_cost, watts


@dataclass(frozen=True, slots=True)
class OperationModePart:
    """The columns of one resource with modes."""

    resource: Resource
    commitment: Commitment
    quotas: tuple[Quota, ...]

    def read(self, solved: Solved) -> DevicePlan:
        """Return mode, power and its bounds per step; a shortfall is in hours of a quota."""
        power = solved.power(self.resource)
        done = conduct(self.commitment, self.resource.resource_id, solved)
        lacking = max((max(entry.missed(solved.x)) for entry in self.quotas), default=0.0)
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=on_or_off(done.works),
            power=watts(power),
            lower=watts(np.minimum(done.lower, power)),
            upper=watts(np.maximum(done.upper, power)),
            actuators=(done.plan,),
            cost=device_cost(solved, self.resource),
            shortfall=round(lacking, 9) if lacking > 1e-6 else 0.0,
            notes=quota_notes(solved.problem.frame, self.resource, self.quotas, solved),
        )


def add(problem: Problem, resource: Resource, control: OperationModes) -> OperationModePart | NotControllablePart:
    """Add a resource with modes; what it is expected to do counts where no mode is left to choose."""
    frame = problem.frame
    lines = [_line(mode, frame.steps) for mode in control.modes]
    machine = machine_of(
        frame,
        control,
        lines,
        power=resource.power / 1000.0 if resource.power is not None else None,
        counted=frozenset(name for quota in control.quotas for name in quota.modes),
    )
    if not machine.lines:
        name = resource.name or resource.resource_id
        told = note("no_modes", resource.resource_id, name=name)
        return add_power(problem, resource, None, (told,))
    commitment = commit(problem, machine, np.ones(frame.steps))
    most, least = power_bounds(commitment)
    problem.device(
        resource,
        constant=commitment.effect.power.constant,
        most=most,
        least=least,
        entries=commitment.effect.power.joined(),
    )
    quotas = tuple(entry for quota in control.quotas if (entry := add_quota(problem, commitment, quota)) is not None)
    return OperationModePart(resource=resource, commitment=commitment, quotas=quotas)


def _line(mode: OperationMode, steps: int) -> ModeLine:
    return mode_line(
        mode.mode_id,
        ends_of(mode.power, 1e-3, steps),
        ends_of(None, 0.0, steps),
        ends_of(mode.running_cost, 3600.0, steps),
        abnormal=mode.abnormal_condition_only,
    )
