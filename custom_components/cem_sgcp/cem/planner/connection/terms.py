"""How far a plan serves each goal, in the goal's own unit, and what that weighs in the objective.

cost                money: energy exchanged with the grid, and what the plan raises capacity charges by
co2                 kg: import at the CO2 of its step
self_consumption    share of the generation that was available and is neither fed in nor curtailed
autonomy            share of the consumption that is not taken from the grid; what stores that give back take is none
peak                W: highest mean import of a quarter of an hour
wear                money: running costs of stores and modes
comfort             unit hours outside the bands of comfort (targets with a price)
grid_friendliness   W: mean change of the exchange from step to step

It must not know how the solution was found.
"""

from collections.abc import Sequence

import numpy as np

from ...model import DemandDriven, FillRate, Goal, OperationModes, Resource, Term
from ...model.time_grid import Array
from ..fill_rate import FillRatePart
from ..frame import Frame, forecast_power
from ..problem import Part, Solved
from ..solution import numbers
from ..stores.targets import comfort_hours
from .capacity import demand_windows
from .exchange import Exchange
from .goals import whole_horizon


def energy_cost(solved: Solved, exchange: Exchange) -> float:
    """Return what the energy exchanged with the grid costs, currency: with tiers and netting, without peaks."""
    return float(solved.money[exchange.energy].sum())


def peak_cost(solved: Solved, exchange: Exchange) -> float:
    """Return by how much the plan raises capacity charges, currency."""
    return float(sum(solved.money[peak.column] for peak in exchange.peaks))


def terms_of(solved: Solved, exchange: Exchange, parts: Sequence[Part]) -> tuple[Term, ...]:
    """Return all terms of a plan."""
    frame = solved.problem.frame
    goals, currency = frame.snapshot.goals, frame.snapshot.prices.currency
    net = solved.net
    bought, fed_in = np.maximum(net, 0.0) * frame.hours, np.maximum(-net, 0.0) * frame.hours
    available, used, consumed = _energies(solved)
    cost = energy_cost(solved, exchange) + peak_cost(solved, exchange)
    emitted = float(np.dot(bought, frame.co2))
    peak = _peak(solved)
    wear = _wear(solved, parts)
    comfort, felt = _comfort(frame, solved.x, parts)
    changes = _changes(frame, net)
    unused = float(fed_in.sum()) + max(available - used, 0.0)
    listed = (
        (Goal.COST, cost, currency, cost),
        (Goal.CO2, emitted, "kg", goals.co2_price * emitted),
        (Goal.SELF_CONSUMPTION, _share(unused, available), "", goals.self_consumption_price * unused),
        (Goal.AUTONOMY, _share(float(bought.sum()), consumed), "", goals.autonomy_price * float(bought.sum())),
        (Goal.PEAK, peak * 1000.0, "W", goals.peak_price * peak),
        (Goal.WEAR, wear, currency, goals.wear_weight * wear),
        (Goal.COMFORT, comfort, "unit h", goals.comfort_weight * felt),
        (
            Goal.GRID_FRIENDLINESS,
            float(changes.mean()) * 1000.0 if len(changes) else 0.0,
            "W",
            goals.smoothing_price * float(changes.sum()),
        ),
    )
    return tuple(
        Term(goal=goal, value=numbers(np.array([value]), 6)[0], unit=unit, weighted=numbers(np.array([weighed]), 6)[0])
        for goal, value, unit, weighed in listed
    )


def _share(lost: float, whole: float) -> float:
    """Return which share of a whole is not lost; 1 where there is nothing to lose."""
    return min(max(1.0 - lost / whole, 0.0), 1.0) if whole > 1e-9 else 1.0


def _energies(solved: Solved) -> tuple[float, float, float]:
    """Return generation that was available, generation that is not curtailed, and consumption, kWh."""
    frame = solved.problem.frame
    available = used = float(np.dot(np.maximum(-frame.base, 0.0), frame.hours))
    consumed = float(np.dot(np.maximum(frame.base, 0.0), frame.hours))
    for resource in frame.snapshot.resources:
        power = solved.power(resource)
        if _gives_back(resource):
            continue
        given = np.maximum(-power, 0.0)
        could = given
        if resource.control.type_name == "power_envelope":
            could = np.maximum(given, -forecast_power(resource, frame.grid, frame.now))
        available += float(np.dot(could, frame.hours))
        used += float(np.dot(given, frame.hours))
        consumed += float(np.dot(np.maximum(power, 0.0), frame.hours))
    return available, used, consumed


def _gives_back(resource: Resource) -> bool:
    """Whether it is a store that gives energy back: what it takes is not consumed, what it gives not generated."""
    if not isinstance(resource.control, FillRate):
        return False
    return any(
        min(entry.power.start, entry.power.end) < 0
        for actuator in resource.control.actuators
        for mode in actuator.modes
        for entry in mode.elements
    )


def _peak(solved: Solved) -> float:
    """Return the highest mean import of a quarter of an hour, kW."""
    weights, so_far = demand_windows(solved.problem.frame, whole_horizon(solved.problem))
    means = weights @ np.maximum(solved.net, 0.0) + so_far
    return max(float(means.max(initial=0.0)), 0.0)


def _wear(solved: Solved, parts: Sequence[Part]) -> float:
    """Return the running costs of stores and modes, currency: all they cost but the value of what stores hold."""
    total = 0.0
    for part in parts:
        if isinstance(part.resource.control, FillRate | OperationModes | DemandDriven):
            span = solved.problem.spans[part.resource.resource_id]
            total += float(solved.money[span.start : span.stop].sum())
        if isinstance(part, FillRatePart):
            level = part.level
            total -= float(solved.money[np.concatenate([level.inside, level.below, level.above])].sum())
    return total


def _comfort(frame: Frame, x: Array, parts: Sequence[Part]) -> tuple[float, float]:
    """Return unit hours outside the bands of comfort, and what they cost at their own prices, currency."""
    outside = weighed = 0.0
    for part in parts:
        if not isinstance(part, FillRatePart):
            continue
        for target in part.targets:
            if target.target.price is None:
                continue
            hours = comfort_hours(target.moments)
            missed = float(np.dot(hours, x[target.lacking] + x[target.over])) * part.unit
            outside += missed
            weighed += missed * target.target.price
    return outside, weighed


def _changes(frame: Frame, net: Array) -> Array:
    """Return by how much the exchange changes from step to step, kW; from what is measured to the first step too."""
    now = frame.snapshot.net_power
    before = net if now is None else np.append(now / 1000.0, net)
    changes: Array = np.abs(np.diff(before))
    return changes
