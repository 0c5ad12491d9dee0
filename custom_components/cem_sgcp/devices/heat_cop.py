"""COP: how much heat a heat pump moves per unit of electricity, by the temperatures that it works between.

    COP = f x Carnot,   Carnot heating = T_hot / (T_hot - T_cold),   Carnot cooling = T_cold / (T_hot - T_cold)   [K]

The share f of the ideal process follows from rated points (EN 14511: A7/W35 and A-7/W35; ISO 5151 T1 for cooling, 35 °C
outside and 27 °C inside), is interpolated between them and kept beyond. Without rated points those of an average device
count: Staffell, Brett, Brandon, Hawkes (2012), "A review of domestic heat pumps", Energy Environ. Sci. 5, 9291, gives
for air-source heat pumps  COP = 6.81 - 0.121 d + 0.00063 d²  with the lift d in K: 3.9 at A7/W35 and 2.8 at A-7/W35.

It must not know any device.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..cem.model import Series
from .common import optional, value

KELVIN: Final = 273.15

#: Heat exchangers need some kelvin: a smaller lift brings nothing any more.
LEAST_LIFT: Final = 15.0
#: Nothing moves more heat per electricity in a house, and less than 1 no heat pump is switched on for.
LOWEST_COP, HIGHEST_COP = 1.0, 8.0

#: Outdoor temperatures of the rated points, and the flow temperature they are rated at (°C).
MILD, COLD, RATED_FLOW = 7.0, -7.0, 35.0
RATED_MILD, RATED_COLD = 3.9, 2.8

#: Outdoor and indoor temperature that cooling is rated at, and an average device's EER there.
RATED_HOT, RATED_ROOM, RATED_EER = 35.0, 27.0, 3.2
#: Air to air: the condenser is about so much warmer, the evaporator so much colder than the air around it (K).
APPROACH: Final = 13.0


@dataclass(frozen=True, kw_only=True)
class HeatCurve:
    """The share of Carnot at two outdoor temperatures, for heating."""

    mild: float
    cold: float

    def cop(self, outdoor: float, flow: float) -> float:
        """Return the COP at an outdoor and a flow temperature in °C."""
        weight = min(max((outdoor - COLD) / (MILD - COLD), 0.0), 1.0)
        return _bounded((self.cold + weight * (self.mild - self.cold)) * _heating(outdoor, flow))


@dataclass(frozen=True, kw_only=True)
class CoolCurve:
    """The share of Carnot, for cooling."""

    share: float

    def cop(self, outdoor: float, room: float) -> float:
        """Return the EER at an outdoor and a room temperature in °C."""
        return _bounded(self.share * _cooling(outdoor, room))


def heat_curve(data: Mapping[str, Any]) -> HeatCurve:
    """Return the curve from `carnot_share` (%), else from `cop_mild` (A7/W35) and `cop_cold` (A-7/W35)."""
    share = optional(data, "carnot_share")
    if share is not None and share > 0:
        part = min(max(share / 100.0, 0.05), 0.8)
        return HeatCurve(mild=part, cold=part)
    mild = value(data, "cop_mild", RATED_MILD, LOWEST_COP, HIGHEST_COP)
    # Who states one point only has a device that is better or worse than the average at both.
    cold = value(data, "cop_cold", RATED_COLD * mild / RATED_MILD, LOWEST_COP, HIGHEST_COP)
    return HeatCurve(mild=mild / _heating(MILD, RATED_FLOW), cold=cold / _heating(COLD, RATED_FLOW))


def cool_curve(data: Mapping[str, Any]) -> CoolCurve:
    """Return the curve from `eer`, the EER at 35 °C outside and 27 °C inside."""
    return CoolCurve(share=value(data, "eer", RATED_EER, LOWEST_COP, HIGHEST_COP) / _cooling(RATED_HOT, RATED_ROOM))


def factor(curve: HeatCurve | CoolCurve, outdoor: Series, other: float, reference: float) -> Series:
    """Return the COP over time as a multiple of that at the outdoor temperature `reference`.

    `other` is the flow temperature (heating) or the room temperature (cooling) in °C.
    """
    nominal = curve.cop(reference, other)
    return Series(
        intervals=tuple(
            entry.replace(value=curve.cop(entry.value, other) / nominal, extra={}) for entry in outdoor.intervals
        )
    )


def _heating(outdoor: float, flow: float) -> float:
    return (flow + KELVIN) / max(flow - outdoor, LEAST_LIFT)


def _cooling(outdoor: float, room: float) -> float:
    return (room - APPROACH + KELVIN) / max(outdoor - room + 2 * APPROACH, LEAST_LIFT)


def _bounded(cop: float) -> float:
    return min(max(cop, LOWEST_COP), HIGHEST_COP)
