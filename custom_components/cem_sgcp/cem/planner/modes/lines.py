"""Modes as lines over the steps: what a mode takes, moves and costs at factor 0 and at factor 1.

S2 lets an operation mode factor from 0 to 1 choose between two ends of a mode. What it moves (the rate) is a fill rate
in stored kWh per h, a supply rate, or nothing, as the control type has it. It must not know any control type.
"""

from dataclasses import dataclass

import numpy as np

from ...model import NumberRange
from ...model.time_grid import Array

type Ends = tuple[Array, Array]
"""Per step: the value at factor 0 and the value at factor 1."""


@dataclass(frozen=True, slots=True)
class ModeLine:
    """A mode in every step; each array has one value per step."""

    mode_id: str
    power: Ends
    """kW."""
    rate: Ends
    """What the mode moves, per h."""
    cost: Ends
    """currency per h besides electricity."""
    extra: Ends
    """What else counts, currency per h: wishes and ties."""
    stretch: Array
    """How far the factor may go: 1, or more where the line stands for one of several levels of a store."""
    turned: bool = False
    """Whether the mode was written from full to nothing: its own factor is 1 minus the one here."""
    abnormal: bool = False

    @property
    def from_zero(self) -> bool:
        """Whether nothing happens at factor 0."""
        return not any(np.any(ends[0]) for ends in (self.power, self.rate, self.cost))

    @property
    def nothing(self) -> bool:
        """Whether nothing happens at any factor."""
        return self.from_zero and not any(np.any(ends[1]) for ends in (self.power, self.rate, self.cost))

    @property
    def spans(self) -> bool:
        """Whether the factor makes a difference."""
        return any(np.any(ends[0] != ends[1]) for ends in (self.power, self.rate, self.cost))

    @property
    def powerless(self) -> bool:
        """Whether it neither takes nor gives power, whatever the factor."""
        return not np.any(self.power[0]) and not np.any(self.power[1])

    @property
    def lowest(self) -> Array:
        """Lowest power per step, kW."""
        return np.minimum(*self.power)

    @property
    def highest(self) -> Array:
        """Highest power per step, kW."""
        return np.maximum(*self.power)

    @property
    def fills(self) -> bool:
        """Whether it can raise a level."""
        return bool(max(self.rate[0].max(), self.rate[1].max()) > 0)


def constant(value: float, steps: int) -> Array:
    """Return a value for every step."""
    return np.full(steps, float(value))


def mode_line(
    mode_id: str,
    power: Ends,
    rate: Ends,
    cost: Ends,
    *,
    extra: Ends | None = None,
    stretch: Array | None = None,
    abnormal: bool = False,
) -> ModeLine:
    """Return the line of a mode, turned round where it was written from full to nothing."""
    steps = len(power[0])
    none = np.zeros(steps), np.zeros(steps)
    ends = (power, rate, cost, extra if extra is not None else none)
    turned = not any(np.any(entry[1]) for entry in ends[:3]) and any(np.any(entry[0]) for entry in ends[:3])
    if turned:
        power, rate, cost, extra_ends = ((entry[1], entry[0]) for entry in ends)
    else:
        power, rate, cost, extra_ends = ends
    return ModeLine(
        mode_id=mode_id,
        power=power,
        rate=rate,
        cost=cost,
        extra=extra_ends,
        stretch=stretch if stretch is not None else np.ones(steps),
        turned=turned,
        abnormal=abnormal,
    )


def ends_of(entry: NumberRange | None, scale: float, steps: int) -> Ends:
    """Return a range for every step, times a scale; nothing where there is none."""
    if entry is None:
        return np.zeros(steps), np.zeros(steps)
    return constant(entry.start * scale, steps), constant(entry.end * scale, steps)
