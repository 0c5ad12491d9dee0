"""How a store behaves, in the planner's units: modes as lines, what it can reach, when it is there.

A mode of S2 FRBC maps a factor from 0 to 1 to power and fill rate; here each is a line in kW and stored kWh per h.
A store whose level is not an energy (°C, %, m) is brought to kWh by the electricity that fills it. It must not know
the optimisation.
"""

from dataclasses import dataclass

import numpy as np

from ...model import FillRate, FillRateActuator, FillRateElement, NumberRange
from ...model.time_grid import Array
from ..frame import Frame


@dataclass(frozen=True, slots=True)
class Line:
    """A mode at factor 0 and at factor 1: kW, stored kWh per h, currency per h besides electricity."""

    power: tuple[float, float]
    fill: tuple[float, float]
    cost: tuple[float, float]

    @property
    def from_zero(self) -> bool:
        """Whether nothing happens at factor 0."""
        return self.power[0] == 0 and self.fill[0] == 0 and self.cost[0] == 0

    @property
    def nothing(self) -> bool:
        """Whether nothing happens at any factor."""
        return self.from_zero and self.power[1] == 0 and self.fill[1] == 0

    @property
    def fills(self) -> bool:
        """Whether it can raise the level."""
        return max(self.fill) > 0


@dataclass(frozen=True, slots=True)
class Actuator:
    """The lines of an actuator, and whether it can stand still."""

    lines: tuple[Line, ...]
    can_idle: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What a store can do at most, and what that costs; 0 where it cannot."""

    charge: Array
    """kW per step that it can take."""
    discharge: Array
    """kW per step that it can give, as a magnitude."""
    stored_per_kwh: float
    """kWh stored per kWh taken, 0 where it cannot charge."""
    cooled_per_kwh: float
    """kWh taken out of the store per kWh of electricity taken (a freezer, an air conditioner), 0 where it does not."""
    drawn_per_kwh: float
    """kWh drawn from the store per kWh given, 0 where it cannot discharge."""
    charge_cost: float
    """currency per kWh taken, besides electricity."""
    discharge_cost: float
    """currency per kWh given."""
    fastest: float
    """kWh stored per h at most."""
    least: float
    """kW that it takes at least when it takes anything."""


def level_per_kwh(control: FillRate) -> float:
    """Return the level units that a kWh is: of energy where the unit says so, else of the electricity."""
    if control.level_unit in {"Wh", "kWh"}:
        return 1000.0 if control.level_unit == "Wh" else 1.0
    best = 0.0
    for actuator in control.actuators:
        for mode in actuator.modes:
            for entry in mode.elements:
                for power, fill in ((entry.power.start, entry.fill_rate.start), (entry.power.end, entry.fill_rate.end)):
                    if power > 0:
                        best = max(best, abs(fill) * 3600.0 / (power / 1000.0))
    if best > 0:
        return best
    return max(control.level_range.end - control.level_range.start, abs(control.level), 1.0) / 10.0


def actuator_lines(actuator: FillRateActuator, level: float, unit: float, factor: float = 1.0) -> Actuator:
    """Return the lines of an actuator at a level; `factor` multiplies its fill rates."""
    lines: list[Line] = []
    can_idle = False
    for mode in actuator.modes:
        if mode.abnormal_condition_only:
            continue
        line = _line(_element_at(mode.elements, level), unit / factor if factor > 0 else unit)
        can_idle = can_idle or line.from_zero
        if not line.nothing:
            lines.append(line)
    return Actuator(lines=tuple(lines), can_idle=can_idle or not lines)


def _element_at(elements: tuple[FillRateElement, ...], level: float) -> FillRateElement:
    """Return the element whose range holds the level, or the nearest one."""
    return min(
        elements,
        key=lambda entry: max(entry.level_range.lower - level, level - entry.level_range.upper, 0.0),
    )


def _line(element: FillRateElement, unit: float) -> Line:
    none = NumberRange(start=0.0, end=0.0)
    cost = element.running_cost or none
    power = element.power.start / 1000.0, element.power.end / 1000.0
    fill = element.fill_rate.start * 3600.0 / unit, element.fill_rate.end * 3600.0 / unit
    costs = cost.start * 3600.0, cost.end * 3600.0
    if power[1] == 0 and fill[1] == 0 and costs[1] == 0:  # written from full to nothing: turn it round
        return Line(power=power[::-1], fill=fill[::-1], cost=costs[::-1])
    return Line(power=power, fill=fill, cost=costs)


def presence(frame: Frame, control: FillRate) -> Array:
    """Return the share of each step in which the store is there."""
    leaves = control.departure.timestamp() if control.departure is not None else np.inf
    comes = control.arrival.timestamp() if control.arrival is not None else -np.inf
    if leaves < comes:
        return 1.0 - frame.share(leaves, comes)
    return frame.share(comes, leaves)


def reach_of(actuators: list[Actuator], present: Array) -> Reach:
    """Return what a store can do at most."""
    charge = discharge = fastest = cooled = 0.0
    best_charge, best_discharge = (0.0, 0.0), (0.0, 0.0)
    for actuator in actuators:
        ends = [
            (power, fill, cost)
            for line in actuator.lines
            for power, fill, cost in zip(line.power, line.fill, line.cost, strict=True)
        ]
        taking = [end for end in ends if end[0] > 0 and end[1] > 0]
        cooling = [end for end in ends if end[0] > 0 and end[1] < 0]
        giving = [end for end in ends if end[0] < 0 and end[1] < 0]
        charge += max((end[0] for end in ends), default=0.0) if taking or cooling else 0.0
        discharge += max((-end[0] for end in giving), default=0.0)
        fastest += max((end[1] for end in ends if end[1] > 0), default=0.0)
        for power, fill, cost in taking:
            best_charge = max(best_charge, (fill / power, -cost / power))
        cooled = max([cooled, *(-fill / power for power, fill, _ in cooling)])
        for power, fill, cost in giving:
            if best_discharge[0] == 0 or fill / power < best_discharge[0]:
                best_discharge = fill / power, cost / -power
    there = (present > 0).astype(np.float64)
    return Reach(
        charge=charge * there,
        discharge=discharge * there,
        stored_per_kwh=best_charge[0],
        cooled_per_kwh=cooled,
        drawn_per_kwh=best_discharge[0],
        charge_cost=-best_charge[1] if best_charge[0] else 0.0,
        discharge_cost=best_discharge[1],
        fastest=fastest,
        least=min((min(line.power) for entry in actuators for line in entry.lines if line.fills), default=0.0),
    )


def terminal_value(frame: Frame, control: FillRate, reach: Reach, unit: float) -> float:
    """Return the value of a stored kWh at the horizon, currency.

    The device's own counts where it gives one. Otherwise, with p the price at which each step trades at the
    margin (the export price where generation exceeds fixed load, else the import price) and Qx its x-quantile in time:

    * a store that gives energy back: the lesser of  1.02 x (Q25(p) / charge efficiency + wear)  (what it costs to fill
      it again in a cheap hour) and  0.98 x (Q75(p) x discharge efficiency − wear)  (what it earns in a dear hour). So
      it is neither emptied for less than a cheap refill nor filled for more than it will earn; the 2 % settle ties:
      surplus is rather stored than sold, and on a flat tariff what is there is used;
    * a store with forecast use (hot water):  Q25(p) / efficiency;
    * a store that loses what it holds (a room):  the lowest p / efficiency, so that it is neither let go before the
      horizon nor filled for nobody; the same for cold, which what is stored lacks;
    * any other (an EV):  1.02 x what surplus would earn by export, so that it takes surplus beyond its target but
      nothing from the grid.
    """
    if control.terminal_value is not None:
        return control.terminal_value * unit
    trading = np.where(frame.surplus > 0, frame.feed_in_price, frame.import_price)
    cheap = _quantile(trading, frame.hours, 0.25)
    stored = reach.stored_per_kwh
    if reach.drawn_per_kwh > 0:
        dear = _quantile(trading, frame.hours, 0.75)
        use = (dear - reach.discharge_cost) / reach.drawn_per_kwh
        refill = (cheap + reach.charge_cost) / stored + reach.discharge_cost / reach.drawn_per_kwh if stored else use
        return max(min(1.02 * refill, 0.98 * use), 0.0)
    if stored <= 0:
        cooled = reach.cooled_per_kwh
        return -max(float(trading.min()) / cooled, 0.0) if cooled and control.leakage else 0.0
    if control.usage is not None:
        return max(cheap / stored, 0.0)
    if control.leakage:
        return max(float(trading.min()) / stored, 0.0)
    weights = frame.surplus * frame.hours
    if not weights.sum():
        return 0.0
    return max(1.02 * float(np.average(frame.feed_in_price, weights=weights)) / stored, 0.0)


def _quantile(values: Array, weights: Array, share: float) -> float:
    """Return the quantile of values that hold for unequal times."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(cumulative, share * cumulative[-1]))])
