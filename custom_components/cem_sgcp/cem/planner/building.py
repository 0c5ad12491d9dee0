"""The whole problem of a site: the exchange, and each resource by its control type.

It must not know how the problem is solved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..model import DemandDriven, FillRate, OperationModes, PowerEnvelope, PowerProfile, Resource
from ..model.time_grid import Array
from . import demand_driven, fill_rate, not_controllable, operation_mode, power_envelope, power_profile
from .connection.exchange import Exchange, add_exchange
from .frame import Frame
from .messages import note
from .power_profile import Kept
from .problem import Part, Problem


@dataclass(frozen=True, slots=True)
class Shape:
    """What is decided about a problem before it is built."""

    kept: Mapping[str, Kept] = field(default_factory=dict)
    """Where the plan before had each run."""
    late: bool = False
    """Whether runs may miss their deadline."""
    forbidden: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Steps in which a store may not fill and empty at once, by the store's name."""
    paths: Mapping[str, Array] = field(default_factory=dict)
    """Levels along which a store's modes are taken, by the store's name."""


@dataclass(frozen=True, slots=True)
class Built:
    """A problem that is not finished yet."""

    problem: Problem
    exchange: Exchange
    parts: list[Part]


def forbid(shape: Shape, wasteful: Mapping[str, set[int]], steps: int) -> dict[str, frozenset[int]]:
    """Return what is forbidden after a solution that wastes energy.

    What a store did once it may do elsewhere: the second time it is forbidden everywhere.
    """
    return {
        **shape.forbidden,
        **{
            name: frozenset(range(steps)) if name in shape.forbidden else frozenset(found)
            for name, found in wasteful.items()
        },
    }


def build(frame: Frame, shape: Shape) -> Built:
    """Add the exchange and all resources."""
    problem = Problem(frame)
    exchange = add_exchange(problem)
    parts: list[Part] = []
    for resource in frame.snapshot.resources:
        first = problem.size
        parts.append(_add(problem, resource, shape))
        problem.spans[resource.resource_id] = range(first, problem.size)
    for part in parts:
        steps = shape.forbidden.get(part.resource.resource_id)
        if isinstance(part, fill_rate.FillRatePart) and steps:
            fill_rate.forbid_both(problem, part, np.array(sorted(steps)))
    return Built(problem=problem, exchange=exchange, parts=parts)


def _add(problem: Problem, resource: Resource, shape: Shape) -> Part:
    """Add a resource by its control type: one file each."""
    if not resource.available:
        name = resource.name or resource.resource_id
        return not_controllable.add(problem, resource, (note("unavailable", resource.resource_id, name=name),))
    match resource.control:
        case PowerEnvelope() as control:
            return power_envelope.add(problem, resource, control)
        case FillRate() as control:
            return fill_rate.add(problem, resource, control, shape.paths.get(resource.resource_id))
        case PowerProfile():
            return power_profile.add(problem, resource, dict(shape.kept), late=shape.late)
        case OperationModes() as control:
            return operation_mode.add(problem, resource, control)
        case DemandDriven() as control:
            return demand_driven.add(problem, resource, control)
        case _:
            return not_controllable.add(problem, resource)
