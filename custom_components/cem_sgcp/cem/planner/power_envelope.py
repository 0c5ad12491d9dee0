"""Power envelope (S2 PEBC): a source or load that can only be limited, such as PV.

The forecast is the power that is available. Where a limit may be put, power may be anything between the forecast and
that limit; what a limit prevents has a price. A load whose consequence is to defer takes later what was prevented:

    put off after − put off before = (prevented − made up) x time,   put off ≥ 0

and what is still put off at the horizon costs as much as the dearest step. It must not know any device kind.
"""

from dataclasses import dataclass

import numpy as np

from ..model import Consequence, DevicePlan, EnergyConstraint, Intent, LimitType, PowerEnvelope, Resource
from ..model.time_grid import Array
from .frame import Frame, Ints, forecast_power
from .problem import MISSED_TARGET, Expression, Problem, Solved
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
    rating: float
    """kW; 0 where it is not known."""

    def read(self, solved: Solved) -> DevicePlan:
        """Return limits where power is prevented, and freedom elsewhere."""
        curtailed = solved.x[self.prevented] > TINY
        power = solved.power(self.resource)
        generates = self.expected < 0
        lower = np.where(generates, np.where(curtailed, power, np.minimum(self.expected, -self.rating)), 0.0)
        upper = np.where(generates, 0.0, np.where(curtailed, power, np.maximum(self.expected, self.rating)))
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=tuple(Intent.CURTAIL if entry else Intent.UNLIMITED for entry in curtailed),
            power=watts(power),
            lower=watts(np.minimum(lower, power)),
            upper=watts(np.maximum(upper, power)),
            cost=device_cost(solved, self.resource),
        )


def add(problem: Problem, resource: Resource, control: PowerEnvelope) -> PowerEnvelopePart:
    """Add a resource that can only be limited."""
    frame = problem.frame
    expected = forecast_power(resource, frame.grid, frame.now)
    most = _preventable(frame, control, expected)
    sooner = 1.0 - (frame.edges[:-1] - frame.edges[0]) / (frame.edges[-1] - frame.edges[0])
    trace = CURTAIL_TRACE * frame.scale * frame.hours * (1.0 + sooner / 2.0)
    # What is curtailed is not used in the house either: a wish to use one's own generation must not curtail it.
    unused = frame.snapshot.goals.self_consumption_price * frame.hours * (expected < 0)
    prevented = problem.columns(
        frame.steps, upper=most, worth=control.curtailment_cost * frame.hours, extra=trace + unused
    )
    sign = np.where(expected < 0, 1.0, -1.0)
    at = np.flatnonzero(most > 0)
    entries = [(at, prevented[at], sign[at])]
    limited = expected + sign * most
    highest, lowest = np.maximum(expected, limited), np.minimum(expected, limited)
    rating = (control.nominal_power or 0.0) / 1000.0
    if control.consequence is Consequence.DEFER and len(at):
        room = np.clip(rating - expected, 0.0, None) * (expected >= 0)
        made_up = _make_up(problem, prevented, room)
        entries.append((np.arange(frame.steps), made_up, np.ones(frame.steps)))
        highest = highest + room
    expression = problem.device(
        resource,
        constant=expected,
        most=np.maximum(highest, 0.0),
        least=np.minimum(lowest, 0.0),
        entries=(
            np.concatenate([entry[0] for entry in entries]),
            np.concatenate([entry[1] for entry in entries]),
            np.concatenate([entry[2] for entry in entries]),
        ),
    )
    for constraint in control.energy_constraints if len(at) else ():
        _bound_mean(problem, expression, constraint)
    return PowerEnvelopePart(resource=resource, prevented=prevented, expected=expected, rating=rating)


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


def _make_up(problem: Problem, prevented: Ints, room: Array) -> Ints:
    """Add what is taken later instead, in kW per step, and what is still put off."""
    frame = problem.frame
    later = frame.zeros()
    later[-1] = float(np.max(frame.import_price)) if frame.steps else 0.0
    made_up = problem.columns(frame.steps, upper=room)
    put_off = problem.columns(frame.steps, worth=np.maximum(later, 0.0))
    rows = problem.rows(frame.steps, 0.0, 0.0)
    problem.put(rows, put_off, 1.0)
    problem.put(rows[1:], put_off[:-1], -1.0)
    problem.put(rows, prevented, -frame.hours)
    problem.put(rows, made_up, frame.hours)
    return made_up


def _bound_mean(problem: Problem, expression: Expression, constraint: EnergyConstraint) -> None:
    """Bound the mean power over the part of a time that lies ahead, softly."""
    frame = problem.frame
    share = frame.share(max(constraint.valid_from.timestamp(), frame.now), constraint.valid_until.timestamp())
    hours = share * frame.hours
    if hours.sum() <= 0:
        return
    fixed = float(np.dot(hours, expression.constant))
    slack = problem.columns(2, penalty=MISSED_TARGET * frame.scale)
    row = problem.rows(
        1,
        constraint.lower_average_power / 1000.0 * hours.sum() - fixed,
        constraint.upper_average_power / 1000.0 * hours.sum() - fixed,
    )
    problem.put(row, expression.columns, expression.values * hours[expression.steps])
    problem.put(row, slack, np.array([1.0, -1.0]))
