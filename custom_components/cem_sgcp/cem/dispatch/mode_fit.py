"""Mode fit: which of the modes that can be had now carry out a plan, a power or a demand.

It must not know plans, limits or the house.
"""

from collections.abc import Sequence
from typing import Final

from .modes import Option

#: A demand counts as met by this part of it.
ENOUGH: Final = 0.99
_WATT: Final = 1.0


def wanted_option(
    choices: Sequence[tuple[str, str, float]], power: float, found: Sequence[Option]
) -> tuple[Option, tuple[float, ...]] | None:
    """Return what a plan asks for: actuator, mode and factor, or without them the mode nearest to a power.

    Where a timer or a missing transition is in the way it is the present mode, as far as that is known.
    """
    allowed = [entry for entry in found if entry.permitted]
    if not allowed:
        return None
    told = {(actuator, mode): factor for actuator, mode, factor in choices}
    named = [entry for entry in allowed if sum(name in told for name in entry.names) == len(told)] if told else []
    if named:
        best = max(named, key=lambda entry: entry.same)
        return best, tuple(told.get(name, 0.0) for name in best.names)
    if told:
        # It cannot be had now: it stays as it is.
        best = max(allowed, key=lambda entry: (entry.same, -abs(entry.lower)))
        return best, (best.factor(power),) * len(best.parts)
    best = min(allowed, key=lambda entry: (_distance(entry, power), -entry.same))
    return best, (best.factor(power),) * len(best.parts)


def lowest(found: Sequence[Option]) -> tuple[Option, tuple[float, ...]]:
    """Return the lowest consumption, timers or not, without starting what generates."""
    consuming = [entry for entry in found if entry.lower > -_WATT] or list(found)
    best = min(consuming, key=lambda entry: (entry.lower, -entry.same))
    return best, (best.factor(best.lower),) * len(best.parts)


def meeting(
    demand: float, found: Sequence[Option], preferred: tuple[tuple[str, str], ...] = ()
) -> tuple[Option, tuple[float, ...]] | None:
    """Return the permitted option that meets a demand, as much of `preferred` as it can be, with the least power.

    Where none meets it, the one that supplies most.
    """
    allowed = [entry for entry in found if entry.permitted]
    if not allowed:
        return None

    def rank(entry: Option) -> tuple[bool, float, int, float]:
        factors = (entry.enough(demand),) * len(entry.parts)
        supplied = entry.supply(factors)
        kept = -sum(name in preferred for name in entry.names)
        if supplied >= ENOUGH * demand:
            return False, 0.0, kept, entry.power(factors)
        return True, -supplied, kept, entry.power(factors)

    best = min(allowed, key=rank)
    return best, (best.enough(demand),) * len(best.parts)


def fitting(
    power: float,
    found: Sequence[Option],
    *,
    forced: bool,
    demand: float | None,
    preferred: tuple[tuple[str, str], ...],
) -> tuple[Option, tuple[float, ...]] | None:
    """Return the option that comes nearest to a power without going beyond it, in W from 0.

    `forced` opens what only a limit may ask for. A `demand` that must be met is met where the power allows it.
    `preferred` and what is active decide between equals. Generation is never begun to make room for consumption.
    """
    pool = [entry for entry in found if forced or entry.permitted] or list(found)
    if not pool:
        return None
    sign = 1.0 if power >= 0.0 else -1.0
    within: list[tuple[Option, float]] = []
    for entry in pool:
        low, high = sorted((sign * entry.start, sign * entry.end))
        if low > sign * power + _WATT or (low < -_WATT and high <= _WATT):
            continue
        within.append((entry, sign * min(high, max(low, sign * power))))
    if not within:
        return lowest(pool) if sign > 0.0 else _least_generation(pool)
    if demand is None:
        best, at = max(
            within,
            key=lambda pair: (
                round(sign * pair[1]),
                pair[0].names == preferred,
                pair[0].permitted,
                pair[0].same,
                -abs(pair[0].lower),
            ),
        )
        return best, (best.factor(at),) * len(best.parts)

    def serves(pair: tuple[Option, float]) -> tuple[float, bool, int, float]:
        entry, highest = pair
        factor = min(entry.enough(demand), entry.factor(highest)) if entry.end >= entry.start else entry.enough(demand)
        supplied = entry.supply([factor] * len(entry.parts))
        met = min(supplied, ENOUGH * demand)
        return round(met, 9), entry.names == preferred, entry.same, -entry.power([factor] * len(entry.parts))

    best, at = max(within, key=serves)
    factor = min(best.enough(demand), best.factor(at)) if best.end >= best.start else best.enough(demand)
    return best, (factor,) * len(best.parts)


def _least_generation(pool: Sequence[Option]) -> tuple[Option, tuple[float, ...]]:
    best = min(pool, key=lambda entry: (abs(entry.upper), -entry.same))
    return best, (best.factor(best.upper),) * len(best.parts)


def _distance(entry: Option, power: float) -> float:
    return max(entry.lower - power, power - entry.upper, 0.0)
