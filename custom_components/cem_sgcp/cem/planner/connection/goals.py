"""What users want besides the lowest cost: as wishes in the optimisation, and as presets to choose from.

Wishes change decisions and are no money: they are `extra`, never `worth`. What a kWh from or to the grid weighs more
(CO2, autonomy, self-consumption) is part of frame.py; here are the highest import and the changes of the exchange:

    peak ≥ mean import of every quarter of an hour               weighed by Goals.peak_price per kW
    change(t) ≥ |net(t) − net(t − 1)|                            weighed by Goals.smoothing_price per kW

Wear and comfort are weighed where they arise (fill_rate.py). It must not know any device.
"""

from datetime import UTC, datetime
from typing import Final

import numpy as np

from ...model import CapacityCharge, Goals
from ..problem import Problem
from .capacity import add_peak, demand_windows
from .tiers import Flow

#: A mean price that stands in where none is known, currency/kWh.
USUAL_PRICE: Final = 0.30

#: What a kWh from the grid emits about, kg: brings prices of CO2 and of energy to one scale.
USUAL_CO2: Final = 0.35

#: Presets: weights in multiples of the mean import price p. co2 in p per 0.35 kg; self-consumption and autonomy in p
#: per kWh; peak and smoothing in p per kW (one kW less is worth so many kWh); wear and comfort are factors.
_NOTHING: Final = {"co2": 0.0, "self_consumption": 0.0, "autonomy": 0.0, "peak": 0.0, "smoothing": 0.0}
PRESETS: Final[dict[str, dict[str, float]]] = {
    "cost": {**_NOTHING, "wear": 1.0, "comfort": 1.0},
    "co2": {**_NOTHING, "co2": 3.0, "wear": 1.0, "comfort": 1.0},
    "self_consumption": {**_NOTHING, "self_consumption": 1.0, "wear": 1.0, "comfort": 1.0},
    "autonomy": {**_NOTHING, "self_consumption": 0.25, "autonomy": 1.0, "wear": 0.5, "comfort": 1.0},
    "peak": {**_NOTHING, "peak": 10.0, "wear": 1.0, "comfort": 1.0},
    "comfort": {**_NOTHING, "wear": 1.0, "comfort": 5.0},
    "battery_wear": {**_NOTHING, "wear": 3.0, "comfort": 1.0},
    "grid_friendliness": {**_NOTHING, "peak": 3.0, "smoothing": 0.05, "wear": 1.0, "comfort": 1.0},
    "balanced": {
        "co2": 0.5,
        "self_consumption": 0.15,
        "autonomy": 0.1,
        "peak": 1.0,
        "smoothing": 0.01,
        "wear": 1.0,
        "comfort": 1.5,
    },
}


def preset_goals(preset: str, mean_import_price: float, goals: Goals | None = None) -> Goals:
    """Return goals with the weights of a preset, on the price scale of a site (mean import price, currency/kWh).

    Everything that is no weight stays as in `goals`. A preset that is not known leaves all weights as they are: the
    user's own. A price that is no positive number is replaced by a usual one.
    """
    goals = goals if goals is not None else Goals()
    weights = PRESETS.get(preset)
    if weights is None:
        return goals.replace(preset=preset)
    price = float(mean_import_price) if np.isfinite(mean_import_price) and mean_import_price > 0 else USUAL_PRICE
    return goals.replace(
        preset=preset,
        co2_price=round(weights["co2"] * price / USUAL_CO2, 6),
        self_consumption_price=round(weights["self_consumption"] * price, 6),
        autonomy_price=round(weights["autonomy"] * price, 6),
        peak_price=round(weights["peak"] * price, 6),
        smoothing_price=round(weights["smoothing"] * price, 6),
        wear_weight=weights["wear"],
        comfort_weight=weights["comfort"],
    )


def add_wishes(problem: Problem, imports: Flow, exports: Flow) -> bool:
    """Add the wishes that concern the exchange as a whole; returns whether there are any."""
    goals = problem.frame.snapshot.goals
    if goals.peak_price > 0:
        weights, so_far = demand_windows(problem.frame, whole_horizon(problem))
        add_peak(problem, imports, weights, -so_far, problem.columns(1, extra=goals.peak_price))
    if goals.smoothing_price > 0:
        _smooth(problem, imports, exports, goals.smoothing_price)
    return goals.peak_price > 0 or goals.smoothing_price > 0


def whole_horizon(problem: Problem) -> CapacityCharge:
    """Return the peak that counts where there is no tariff: that of the whole horizon."""
    frame = problem.frame
    return CapacityCharge(
        charge_id="horizon",
        price=1.0,
        period_start=datetime.fromtimestamp(float(frame.edges[0]) - 3600.0, UTC),
        period_end=datetime.fromtimestamp(frame.horizon, UTC),
    )


def _smooth(problem: Problem, imports: Flow, exports: Flow, price: float) -> None:
    """Weigh by how much the exchange changes from each step to the next, and from what is measured to the first."""
    frame = problem.frame
    now = frame.snapshot.net_power
    first = 0 if now is not None else 1
    if frame.steps <= first:
        return
    before = np.zeros(frame.steps)
    before[0] = (now or 0.0) / 1000.0
    change = problem.columns(frame.steps - first, extra=price)
    for sign in (1.0, -1.0):
        rows = problem.rows(frame.steps - first, -np.inf, sign * before[first:])
        problem.put(rows, change, -1.0)
        for flow, direction in ((imports, sign), (exports, -sign)):
            mine = flow.steps >= first
            problem.put(rows[flow.steps[mine] - first], flow.columns[mine], direction)
            earlier = (flow.steps + 1 >= max(first, 1)) & (flow.steps + 1 < frame.steps)
            problem.put(rows[flow.steps[earlier] + 1 - first], flow.columns[earlier], -direction)
