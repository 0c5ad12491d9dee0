"""Heat stores: what a zone, a tank or a freezer does with heat, as a fill rate store whose level is a temperature.

    C dT/dt = (T_around - T) / R + heat - draw          R in K/W, C in Wh/K, T in °C, heat and draw in W

Divided by C and split at a reference T_ref (the mean of T_around over the horizon), this is S2's FRBC:

    leakage(T) = (T - T_ref) / (R C) / 3600             linear in the level, K/s
    usage(t)   = ((T_ref - T_around(t)) / R + draw(t) - gains) / C / 3600
    fill rate  = heat / C / 3600

What cools is the same on a mirrored axis: its level is the negative temperature, so that filling is cooling, and every
temperature changes its sign. It must not know any device kind.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np

from ..cem.model import Interval, LeakageElement, NumberRange, Series, ThermalModel
from .base import Sensing
from .common import optional, value
from .heat_times import hourly

#: Wh per litre of water and K.
WATER: Final = 1.163

#: Temperature difference that standby losses of tanks are stated at (EN 12897, EN 60379: 65 °C in 20 °C), K.
STANDBY_DIFFERENCE: Final = 45.0

#: Elements that the line of the leakage is written as.
ELEMENTS: Final = 8

#: Heat loss per heated area and K: the usual design heat load of houses of that time, over 32 K (20 °C in -12 °C).
HEAT_LOSS: Final[Mapping[str, float]] = {
    "before_1979": 3.0,
    "until_1995": 2.2,
    "until_2009": 1.5,
    "since_2010": 1.0,
    "passive": 0.35,
}
#: Heat capacity per floor area, Wh/(K m²): light, medium and heavy of ISO 13790:2008 table 12 (110, 165, 260 kJ/K/m²).
HEAT_CAPACITY: Final[Mapping[str, float]] = {"light": 30.6, "medium": 45.8, "heavy": 72.2}
DEFAULT_AREA: Final = 120.0

LEAST_CAPACITY, LEAST_RESISTANCE, GREATEST_RESISTANCE = 1.0, 1e-5, 1e5


def zone(data: Mapping[str, Any], sensing: Sensing, area: float = DEFAULT_AREA) -> ThermalModel:
    """Return the model of a building or room: stated, else learned, else by age, construction and area.

    Fields: heat_loss (W/K), heat_capacity (kWh/K), internal_gains (W), area (m²), building_age, construction.
    """
    area = value(data, "area", area, 1.0, 100_000.0)
    loss = optional(data, "heat_loss")
    capacity = optional(data, "heat_capacity")
    by_age = HEAT_LOSS.get(str(data.get("building_age")), HEAT_LOSS["until_1995"]) * area
    by_build = HEAT_CAPACITY.get(str(data.get("construction")), HEAT_CAPACITY["medium"]) * area
    return _model(
        sensing.thermal,
        loss=loss if loss is not None and loss > 0 else None,
        capacity=capacity * 1000.0 if capacity is not None and capacity > 0 else None,
        gains=optional(data, "internal_gains"),
        preset=(by_age, by_build),
    )


def tank(data: Mapping[str, Any], sensing: Sensing) -> ThermalModel:
    """Return the model of a water tank: `volume` in litres, `standby_loss` in kWh a day (65 °C in 20 °C).

    Its volume is known better than it could be learned; its loss is stated, else learned, else that of an average
    tank (16.66 + 8.33 V^0.4 W with V in litres, where class C of EU regulation 812/2013 ends).
    """
    volume = value(data, "volume", 200.0, 1.0, 100_000.0)
    standby = optional(data, "standby_loss")
    loss = None if standby is None or standby <= 0 else standby * 1000.0 / 24.0 / STANDBY_DIFFERENCE
    average = (16.66 + 8.33 * volume**0.4) / STANDBY_DIFFERENCE
    return _model(sensing.thermal, loss=loss, capacity=volume * WATER, gains=0.0, preset=(average, volume * WATER))


def stated(learned: ThermalModel | None, *, loss: float, capacity: float) -> ThermalModel:
    """Return what was learned, else a model of a loss (W/K) and a capacity (Wh/K)."""
    return _model(learned, loss=None, capacity=None, gains=None, preset=(loss, capacity))


def _model(
    learned: ThermalModel | None,
    *,
    loss: float | None,
    capacity: float | None,
    gains: float | None,
    preset: tuple[float, float],
) -> ThermalModel:
    """Return what is stated, else what was learned, else a preset (W/K, Wh/K)."""
    known = learned is not None
    if loss is None:
        loss = 1.0 / learned.resistance if learned is not None else preset[0]
    if capacity is None:
        capacity = learned.capacity if learned is not None else preset[1]
    if gains is None:
        gains = learned.gains if learned is not None else 0.0
    resistance = min(max(1.0 / max(loss, 1e-9), LEAST_RESISTANCE), GREATEST_RESISTANCE)
    return ThermalModel(
        resistance=resistance,
        capacity=min(max(capacity, LEAST_CAPACITY), 1e9),
        gains=min(max(gains, -1e6), 1e6),
        efficiency=learned.efficiency if learned is not None and learned.efficiency else 1.0,
        learned=known,
    )


def heat_per_electricity(nominal: float, model: ThermalModel) -> float:
    """Return the W of heat (or cold) that 1 W of electricity brings: the nominal figure, put right by learning."""
    if not model.learned:
        return nominal
    return nominal * min(max(abs(model.efficiency) / nominal, 0.5), 1.5)


def fill_rate(heat: float, model: ThermalModel) -> float:
    """Return how fast a heat flow in W warms the store, K/s."""
    return heat / model.capacity / 3600.0


def leakage(
    model: ThermalModel, reference: float, levels: NumberRange, *, mirrored: bool = False
) -> tuple[LeakageElement, ...]:
    """Return how the level runs to the temperature around; `levels` and the result are on the store's axis."""
    around = -reference if mirrored else reference
    edges = np.linspace(levels.lower, max(levels.upper, levels.lower + 1.0), ELEMENTS + 1)
    return tuple(
        LeakageElement(
            level_range=NumberRange(start=float(low), end=float(high)),
            rate=((float(low) + float(high)) / 2.0 - around) / (model.resistance * model.capacity) / 3600.0,
        )
        for low, high in pairwise(edges)
    )


def usage(
    model: ThermalModel,
    around: Series,
    reference: float,
    draw: Series | None = None,
    *,
    sensing: Sensing,
    mirrored: bool = False,
) -> Series:
    """Return what empties the store besides the leakage, level/s, for every hour to the horizon.

    `around` is the temperature around it, `draw` heat taken out in W (negative: brought in). On the mirrored axis heat
    that is brought in empties the store of cold.
    """
    sign = -1.0 if mirrored else 1.0
    hours = list(hourly(sensing))
    edges = np.array([hours[0][0].timestamp(), *(end.timestamp() for _, end in hours)])
    warmth = np.nan_to_num(around.between(edges), nan=reference)
    drawn = np.zeros(len(hours)) if draw is None else np.nan_to_num(draw.between(edges))
    rates = sign * ((reference - warmth) / model.resistance + drawn - model.gains) / model.capacity / 3600.0
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=float(rate)) for (start, end), rate in zip(hours, rates, strict=True)
        )
    )


def demand(model: ThermalModel, room: float, outdoor: Series) -> Series:
    """Return the heat that keeps a room at a temperature, W: (T_room - T_outdoor) / R - gains, never below nothing."""
    return Series(
        intervals=tuple(
            entry.replace(value=max((room - entry.value) / model.resistance - model.gains, 0.0))
            for entry in outdoor.intervals
        ),
        unit="W",
    )


#: Shares of a day's hot water by local hour. `tapping`: profile M of EN 16147, 5.845 kWh a day.
SHAPES: Final[Mapping[str, tuple[float, ...]]] = {
    "even": (1.0,) * 24,
    "tapping": (
        *(0.0,) * 7, 1.61, 0.42, 0.21, 0.105, 0.21, 0.315, 0.0, 0.105, 0.105, 0.105, 0.0, 0.315, 0.105, 0.735, 1.505,
        0.0, 0.0,
    ),
    "morning": (*(0.0,) * 5, 1.0, 3.0, 3.0, 1.0, *(0.2,) * 15),
    "evening": (*(0.2,) * 17, 1.0, 2.0, 3.0, 3.0, 1.0, 0.2, 0.2),
}  # fmt: skip


def daily_draw(energy: float, shape: object, sensing: Sensing) -> Series:
    """Return a day's use of `energy` in Wh, spread over the local hours by a shape, W of heat."""
    shares = SHAPES.get(str(shape), SHAPES["tapping"])
    whole = sum(shares)
    return Series(
        intervals=tuple(
            Interval(
                start=start,
                end=end,
                value=energy * shares[start.astimezone(sensing.time_zone).hour] / whole,
            )
            for start, end in hourly(sensing)
        ),
        unit="W",
    )


def together(sensing: Sensing, drawn: Series, gained: Series | None) -> Series:
    """Return what is drawn less what is gained, W, for every hour to the horizon."""
    if gained is None:
        return drawn
    hours = list(hourly(sensing))
    edges = np.array([hours[0][0].timestamp(), *(end.timestamp() for _, end in hours)])
    net = np.nan_to_num(drawn.between(edges)) - np.nan_to_num(gained.between(edges))
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=float(power)) for (start, end), power in zip(hours, net, strict=True)
        ),
        unit="W",
    )
