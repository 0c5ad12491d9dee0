"""Power envelope (S2 PEBC): a source or load that can only be limited, such as PV.

The forecast is the power that is available. Where a limit may be put, power may be anything between the forecast and
that limit; what a limit prevents has a price. It must not know any device kind.
"""

from dataclasses import dataclass

import numpy as np

from ..model import DevicePlan, Intent, LimitType, PowerEnvelope, Resource
from ..model.time_grid import Array
from .frame import Frame, Ints, forecast_power
from .problem import Problem, Solved
from .solution import TINY, device_cost, watts

#: A trace that leaves generation alone where curtailing it brings nothing, as a share of the price scale; half as much
#: again for the first step, so that stores take early what would be lost early.
CURTAIL_TRACE = 2e-4


@dataclass(frozen=True, slots=True)
class PowerEnvelopePart:
    """The columns of one resource: the power that is prevented in each step."""

    resource: Resource
    prevented: Ints
    expected: Array

    def read(self, solved: Solved) -> DevicePlan:
        """Return limits where power is prevented, and freedom elsewhere."""
        prevented = solved.x[self.prevented]
        power = solved.power(self.resource)
        curtailed = prevented > TINY
        generates = self.expected < 0
        rating = _rating(self.resource)
        free = np.minimum(self.expected, -rating), np.maximum(self.expected, rating)
        lower = np.where(generates, np.where(curtailed, power, free[0]), np.minimum(power, 0.0))
        upper = np.where(generates, np.maximum(power, 0.0), np.where(curtailed, power, free[1]))
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=tuple(Intent.CURTAIL if entry else Intent.UNLIMITED for entry in curtailed),
            power=watts(power),
            lower=watts(lower),
            upper=watts(upper),
            cost=device_cost(solved, self.resource),
        )


def add(problem: Problem, resource: Resource, control: PowerEnvelope) -> PowerEnvelopePart:
    """Add a resource that can only be limited."""
    frame = problem.frame
    expected = forecast_power(resource, frame.grid, frame.now)
    prevented_most = _preventable(frame, control, expected)
    cost = control.curtailment_cost * frame.hours
    sooner = 1.0 - (frame.edges[:-1] - frame.edges[0]) / (frame.edges[-1] - frame.edges[0])
    trace = CURTAIL_TRACE * frame.scale * frame.hours * (1.0 + sooner / 2.0)
    prevented = problem.columns(frame.steps, upper=prevented_most, worth=cost, extra=trace)
    sign = np.where(expected < 0, 1.0, -1.0)
    at = np.flatnonzero(prevented_most > 0)
    limited = expected + sign * prevented_most
    problem.device(
        resource,
        constant=expected,
        most=np.maximum(np.maximum(expected, limited), 0.0),
        least=np.minimum(np.minimum(expected, limited), 0.0),
        entries=(at, prevented[at], sign[at]),
    )
    return PowerEnvelopePart(resource=resource, prevented=prevented, expected=expected)


def _preventable(frame: Frame, control: PowerEnvelope, expected: Array) -> Array:
    """Return how many kW a limit may prevent in each step."""
    low, high = control.limit_range(LimitType.LOWER), control.limit_range(LimitType.UPPER)
    prevented = frame.zeros()
    if low is not None:
        prevented = np.where(expected < 0, np.minimum(low.upper / 1000.0, 0.0) - expected, prevented)
    if high is not None:
        prevented = np.where(expected > 0, expected - np.maximum(high.lower / 1000.0, 0.0), prevented)
    start = control.valid_from.timestamp() if control.valid_from is not None else -np.inf
    end = control.valid_until.timestamp() if control.valid_until is not None else np.inf
    inside = (frame.edges[:-1] >= start - 1e-6) & (frame.edges[1:] <= end + 1e-6)
    return np.where(inside, np.clip(prevented, 0.0, None), 0.0)


def _rating(resource: Resource) -> float:
    control = resource.control
    nominal = control.nominal_power if isinstance(control, PowerEnvelope) else None
    return (nominal if nominal is not None else 0.0) / 1000.0
