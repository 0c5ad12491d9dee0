"""Levels: where a store stands, whether it is there, and how a mode behaves at its level.

It must not know plans, limits or the house.
"""

from datetime import datetime
from typing import Final

from ..model import FillRate, FillRateElement, FillRateMode, NumberRange

#: A store that was full or empty takes part again once it is this part of its range away from the end.
LEVEL_BAND: Final = 0.005


def away(control: FillRate, now: datetime) -> bool:
    """Whether a store is not there, such as an EV on the road."""
    if control.departure is not None and control.departure <= now:
        return control.arrival is None or now < control.arrival or control.arrival <= control.departure
    return control.arrival is not None and now < control.arrival


def full_or_empty(control: FillRate, *, was_full: bool = False, was_empty: bool = False) -> tuple[bool, bool]:
    """Return whether a store is full, and whether it is empty."""
    span = control.level_range
    band = LEVEL_BAND * (span.upper - span.lower)
    full = control.level >= span.upper - (band if was_full else 0.0)
    return full, control.level <= span.lower + (band if was_empty else 0.0)


def element_at(mode: FillRateMode, level: float) -> FillRateElement:
    """Return how a mode behaves at a level; outside all its ranges, as in the nearest."""
    return min(mode.elements, key=lambda entry: _distance(entry.level_range, level))


def _distance(level_range: NumberRange, level: float) -> float:
    return max(level_range.lower - level, level - level_range.upper, 0.0)


def exchange_rates(control: FillRate) -> tuple[float, float]:
    """Return what is stored of a kWh drawn, and what leaves the store for a kWh supplied, at the present level.

    Where levels are no energy the planner counts stored energy as the electricity that fills it: 1.
    """
    unit = {"Wh": 1.0, "kWh": 1000.0}.get(control.level_unit)
    filled, drawn = 1.0, 1.0
    if unit is None:
        return filled, drawn
    for actuator in control.actuators:
        for mode in actuator.modes:
            element = element_at(mode, control.level)
            power, rate = element.power, element.fill_rate
            if power.upper > 0.0 and rate.upper > 0.0:
                filled = rate.upper * unit * 3600.0 / power.upper
            elif power.lower < 0.0 and rate.lower < 0.0:
                drawn = rate.lower * unit * 3600.0 / power.lower
    # A slip of the unit in a description must not turn an order upside down.
    return min(max(filled, 0.1), 10.0), min(max(drawn, 0.1), 10.0)
