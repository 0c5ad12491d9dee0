"""Operation modes (S2 OMBC): generator, CHP, heater with levels, lighting.

Modes are not chosen by the plan yet: what the resource forecasts counts, and where it forecasts nothing, that it stays
in the mode it is in. It must not know any device kind.
"""

import numpy as np

from ..model import OperationModes, Resource
from .messages import note
from .not_controllable import NotControllablePart, add_power
from .problem import Problem


def add(problem: Problem, resource: Resource, control: OperationModes) -> NotControllablePart:
    """Add a resource with modes as what it is expected to do."""
    name = resource.name or resource.resource_id
    told = note("not_planned", resource.resource_id, name=name, reason="its operation modes are not chosen yet.")
    active = next((mode for mode in control.modes if mode.mode_id == control.active_mode), None)
    assumed = None
    if resource.forecast is None and active is not None:
        power = active.power.start + control.active_factor * (active.power.end - active.power.start)
        assumed = np.full(problem.frame.steps, power / 1000.0)
    return add_power(problem, resource, assumed, (told,))
