"""Tiers of a price on the steps of the grid: from which power or energy on a kWh costs how much.

A tier holds from its lower boundary up to its upper one, or to the next tier; where there is no tier, the price of the
slot holds (SPINE IncentiveTable: the incentive of a tier is that of the power or energy between its boundaries). Power
boundaries count the mean power of a step, energy boundaries what was exchanged since the first of neighbouring slots
that carry the same boundaries: a day or a month, as the tariff's slots say. Tiers that count anything else, and the CO2
of a tier, are left aside. It must not know the optimisation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...model import PriceProfile, PriceSlot, PriceTier, TierBoundary, TimeGrid
from ...model.time_grid import Array

#: Prices closer than this are one, currency/kWh.
SAME: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Ladder:
    """Prices from boundaries on: `prices[k]` holds from `bounds[k]` on, kW or kWh; `bounds[0]` is 0."""

    bounds: tuple[float, ...] = (0.0,)
    prices: tuple[float, ...] = (0.0,)
    """What the tier's kWh costs more than the price of the slot, currency/kWh."""

    @property
    def flat(self) -> bool:
        """Whether there is but one price."""
        return len(self.bounds) == 1


@dataclass(frozen=True, slots=True)
class StepTiers:
    """The tiers of one direction in each step."""

    power: tuple[Ladder, ...]
    energy: tuple[Ladder, ...]

    @property
    def first(self) -> Array:
        """What the first kWh of each step costs more than the price of its slot, currency/kWh."""
        return np.array(
            [power.prices[0] + energy.prices[0] for power, energy in zip(self.power, self.energy, strict=True)]
        )

    @property
    def lowest(self) -> Array:
        """The lowest difference of each step to the price of its slot, currency/kWh."""
        return np.array([min(a.prices) + min(b.prices) for a, b in zip(self.power, self.energy, strict=True)])

    @property
    def highest(self) -> Array:
        """The highest difference of each step to the price of its slot, currency/kWh."""
        return np.array([max(a.prices) + max(b.prices) for a, b in zip(self.power, self.energy, strict=True)])


type TiersOf = Callable[[PriceSlot], tuple[PriceTier, ...]]


def step_tiers(
    profile: PriceProfile, grid: TimeGrid, tiers_of: TiersOf, price_of: Callable[[PriceSlot], float | None]
) -> StepTiers | None:
    """Return the tiers of each step, or None where no slot has any.

    Where a step lies in several slots of equal boundaries, their prices count by time; otherwise the slot counts that
    has most of the step.
    """
    if not any(tiers_of(slot) for slot in profile.slots):
        return None
    starts = np.array([slot.start.timestamp() for slot in profile.slots])
    ends = np.array([slot.end.timestamp() for slot in profile.slots])
    ladders = {
        kind: [_ladder(price_of(slot), tiers_of(slot), kind) for slot in profile.slots]
        for kind in (TierBoundary.POWER, TierBoundary.ENERGY)
    }
    found: dict[TierBoundary, list[Ladder]] = {kind: [] for kind in ladders}
    for begin, end in zip(grid.seconds[:-1], grid.seconds[1:], strict=True):
        shares = np.clip(np.minimum(ends, end) - np.maximum(starts, begin), 0.0, None)
        inside = np.flatnonzero(shares)
        for kind, listed in ladders.items():
            found[kind].append(_joined([listed[place] for place in inside], shares[inside]))
    return StepTiers(power=tuple(found[TierBoundary.POWER]), energy=tuple(found[TierBoundary.ENERGY]))


def _ladder(price: float | None, tiers: tuple[PriceTier, ...], kind: TierBoundary) -> Ladder:
    """Return the tiers of one kind as differences to the price of the slot."""
    mine = sorted((tier for tier in tiers if tier.boundary is kind), key=lambda tier: tier.lower)
    if not mine or price is None:
        return Ladder()
    steps: list[tuple[float, float]] = [(0.0, 0.0)]
    for number, tier in enumerate(mine):
        steps.append((tier.lower / 1000.0, tier.price - price))
        following = mine[number + 1].lower if number + 1 < len(mine) else np.inf
        if tier.upper is not None and tier.upper < following:
            steps.append((tier.upper / 1000.0, 0.0))
    kept: list[tuple[float, float]] = []
    for bound, difference in steps:
        if kept and bound <= kept[-1][0]:
            kept.pop()
        if not kept or abs(kept[-1][1] - difference) > SAME:
            kept.append((bound, difference))
    return Ladder(bounds=tuple(bound for bound, _ in kept), prices=tuple(difference for _, difference in kept))


def _joined(ladders: list[Ladder], weights: Array) -> Ladder:
    if not ladders:
        return Ladder()
    if len(ladders) == 1 or any(ladder.bounds != ladders[0].bounds for ladder in ladders):
        return ladders[int(np.argmax(weights))]
    means = np.average(np.array([ladder.prices for ladder in ladders]), axis=0, weights=weights)
    return Ladder(bounds=ladders[0].bounds, prices=tuple(means.tolist()))
