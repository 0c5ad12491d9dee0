"""Resources that are a forecast only: not controllable (S2 NOT_CONTROLABLE), not available, or not optimised.

It must not know why a resource is a forecast only; the caller says so in a note.
"""

from dataclasses import dataclass

import numpy as np

from ..model import DevicePlan, Intent, Note, Resource
from ..model.time_grid import Array
from .frame import forecast_power
from .problem import Problem, Solved
from .solution import device_cost, watts


@dataclass(frozen=True, slots=True)
class NotControllablePart:
    """A forecast in the balance."""

    resource: Resource
    notes: tuple[Note, ...] = ()

    def read(self, solved: Solved) -> DevicePlan:
        """Return the forecast as a plan that nobody carries out."""
        power = watts(solved.power(self.resource))
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=(Intent.IDLE,) * len(power),
            power=power,
            lower=power,
            upper=power,
            cost=device_cost(solved, self.resource),
            notes=self.notes,
        )


def add(problem: Problem, resource: Resource, notes: tuple[Note, ...] = ()) -> NotControllablePart:
    """Add the forecast of a resource to the balance."""
    return add_power(problem, resource, None, notes)


def add_power(
    problem: Problem, resource: Resource, assumed: Array | None, notes: tuple[Note, ...]
) -> NotControllablePart:
    """Add an assumed power in kW per step to the balance; None: its forecast."""
    frame = problem.frame
    expected = assumed if assumed is not None else forecast_power(resource, frame.grid, frame.now)
    problem.device(resource, constant=expected, most=np.maximum(expected, 0.0), least=np.minimum(expected, 0.0))
    return NotControllablePart(resource=resource, notes=notes)
