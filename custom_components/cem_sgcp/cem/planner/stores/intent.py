"""What a store is meant to do in each step, so that dispatch can follow reality without a new plan.

The power of a step follows from forecasts that will be wrong; the intent does not. It is read from the power, from the
net power of the house, and from the value of stored energy against the prices of the step: where covering the house
and taking surplus both pay at that value, the store may do either (self-consumption). It must not know how the power
was found.
"""

import numpy as np

from ...model import Intent
from ...model.time_grid import Array
from ..problem import Solved
from .lines import Reach

#: Powers below this count as none, kW.
TINY = 2e-2

#: What the traces that settle ties may add to a gain, price scales.
TRACE = 1e-4


def intents(solved: Solved, reach: Reach, power: Array, value: Array) -> tuple[tuple[Intent, ...], Array, Array]:
    """Return intent, lowest and highest power (kW) per step; `value` is that of a stored kWh."""
    frame = solved.problem.frame
    tie = 1e-6 * frame.scale
    bought, sold = solved.bought, solved.sold
    can_give, can_take = reach.discharge > 0, reach.charge > 0
    covers = can_give & (bought - reach.discharge_cost - value * reach.drawn_per_kwh >= -tie)
    moved = reach.stored_per_kwh or -reach.cooled_per_kwh  # what is stored for a kWh; cooling takes it out
    gain = value * moved - reach.charge_cost - sold
    stores = can_take & (gain >= -tie)
    net = solved.net
    charging, discharging = power > TINY, power < -TINY
    still = ~charging & ~discharging
    rules = (
        (~can_give & ~can_take, Intent.IDLE),
        (charging & (net > TINY), Intent.CHARGE_GRID),
        (discharging & (net < -TINY), Intent.DISCHARGE_GRID),
        ((charging & covers) | (discharging & stores) | (still & covers & stores), Intent.SELF_CONSUMPTION),
        # Standing still where storing brings nothing is no reason to begin: an empty store is worth what filling costs.
        (charging | (still & stores & (gain > TRACE * frame.scale)), Intent.CHARGE_SURPLUS),
        (discharging | (still & covers), Intent.COVER_HOUSE),
    )
    chosen = np.full(frame.steps, len(rules))
    for number, (applies, _) in reversed(list(enumerate(rules))):
        chosen[applies] = number
    names = [*(name for _, name in rules), Intent.HOLD]
    picked = tuple(names[number] for number in chosen)
    lower, upper = np.zeros(frame.steps), np.zeros(frame.steps)
    for step, intent in enumerate(picked):
        lower[step], upper[step] = _bounds(
            intent, float(power[step]), float(reach.charge[step]), float(reach.discharge[step])
        )
    return picked, np.minimum(lower, power), np.maximum(upper, power)


def _bounds(intent: Intent, power: float, charge: float, discharge: float) -> tuple[float, float]:
    match intent:
        case Intent.CHARGE_GRID:
            return min(power, charge), charge
        case Intent.DISCHARGE_GRID:
            return -discharge, max(power, -discharge)
        case Intent.SELF_CONSUMPTION:
            return -discharge, charge
        case Intent.CHARGE_SURPLUS:
            return 0.0, charge
        case Intent.COVER_HOUSE:
            return -discharge, 0.0
        case _:
            return 0.0, 0.0
