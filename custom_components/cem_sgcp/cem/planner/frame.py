"""The frame of a plan: prices, limits and fixed load brought onto the steps of the grid.

Everything that all control types share is computed once here, as arrays of one value per step. Inside the planner
power is in kW and energy in kWh, which keeps the numbers of the optimisation near one. It must not know any device.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..model import (
    Direction,
    LimitScope,
    Note,
    OperationModes,
    PowerEnvelope,
    Resource,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from ..model.time_grid import Array
from .connection.tier_prices import StepTiers, step_tiers
from .messages import note

type Ints = NDArray[np.int64]

#: How much dearer the first exchange with the grid is than the last, as a share of the price scale. Settles ties:
#: of two plans of equal cost the one that uses its own energy first is taken.
EARLY_EXCHANGE: Final = 1e-4

#: For how long a measured power stands in for a forecast that is missing, s.
PERSISTENCE: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What all parts of a plan share. Arrays have one value per step."""

    snapshot: SiteSnapshot
    grid: TimeGrid
    now: float
    """Seconds since 1970."""
    edges: Array
    """Edges of the steps, seconds since 1970, shape (steps + 1,)."""
    hours: Array
    import_price: Array
    """currency/kWh, what is paid for the first kWh of a step; tiers come on top."""
    export_price: Array
    price_known: NDArray[np.bool_]
    import_tiers: StepTiers | None
    """Differences to the price of the first kWh; None where there is only that one."""
    export_tiers: StepTiers | None
    import_extra: Array
    """currency/kWh besides money: value of CO2 and autonomy, and a trace of the order in time that settles ties."""
    export_extra: Array
    co2: Array
    """kg/kWh, 0 where it is not known."""
    scale: float
    """A high price of this site, currency/kWh; penalties are multiples of it."""
    base: Array
    """kW."""
    surplus: Array
    """kW of forecast generation beyond fixed load, never negative."""
    import_limit: Array
    """kW, infinite where there is none."""
    export_limit: Array
    controllable_limit: Array
    """kW that controllable devices may take from the grid."""
    notes: tuple[Note, ...]

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.hours)

    @property
    def horizon(self) -> float:
        """End of the last step, seconds since 1970."""
        return float(self.edges[-1])

    @property
    def feed_in_price(self) -> Array:
        """What a kWh fed in is expected to be worth, currency/kWh: set off against import where it is netted."""
        netting = self.snapshot.net_metering
        if netting is None or netting.balance < 0 or netting.limit == 0:
            return self.export_price
        netted: Array = np.maximum(self.export_price, self.import_price - netting.fee)
        return netted

    @property
    def price_range(self) -> tuple[Array, Array]:
        """Lowest and highest price per step that a kWh may have in money, currency/kWh; the lowest is 0 at most."""
        low = np.minimum(self.import_price, self.export_price)
        high = np.maximum(self.import_price, self.export_price)
        for price, tiers in ((self.import_price, self.import_tiers), (self.export_price, self.export_tiers)):
            if tiers is not None:
                low = np.minimum(low, price + tiers.lowest - tiers.first)
                high = np.maximum(high, price + tiers.highest - tiers.first)
        return np.minimum(low, 0.0), high

    def zeros(self) -> Array:
        """One zero per step."""
        return np.zeros(self.steps)

    def share(self, start: float, end: float) -> Array:
        """Return which share of each step lies between two moments (seconds since 1970)."""
        return self.grid.overlap(start, end) / self.grid.durations


def frame_of(snapshot: SiteSnapshot) -> Frame:
    """Bring a snapshot onto its grid."""
    grid = snapshot.grid
    hours = grid.hours
    notes: list[Note] = []
    import_price, known = _price(snapshot.prices.import_prices, snapshot.fallback_import_price, grid)
    export_price, _ = _price(snapshot.prices.export_prices, snapshot.fallback_export_price, grid)
    profile, goals = snapshot.prices, snapshot.goals
    import_tiers = step_tiers(profile, grid, lambda slot: slot.import_tiers, profile.import_price)
    export_tiers = step_tiers(profile, grid, lambda slot: slot.export_tiers, profile.export_price)
    import_price = import_price + (import_tiers.first if import_tiers is not None else 0.0)
    export_price = export_price + (export_tiers.first if export_tiers is not None else 0.0)
    co2 = np.nan_to_num(snapshot.prices.co2.on(grid)) / 1000.0
    if not known.all():
        notes.append(_price_note(known, grid, snapshot))
    base = snapshot.base_load.on(grid) / 1000.0
    gaps = np.isnan(base)
    if gaps.any():
        base = np.where(gaps, 0.0 if gaps.all() else np.nanmean(base), base)
        notes.append(note("base_load_gap", steps=str(int(gaps.sum()))))
    scale = max(float(np.max(np.abs(import_price))), float(np.max(np.abs(export_price))), 1e-3)
    early = EARLY_EXCHANGE * scale * (1.0 - (grid.seconds[:-1] - grid.seconds[0]) / float(grid.durations.sum()))
    generation = sum((forecast_power(entry, grid, snapshot.now.timestamp()) for entry in _forecast_only(snapshot)), 0.0)
    return Frame(
        snapshot=snapshot,
        grid=grid,
        now=snapshot.now.timestamp(),
        edges=grid.seconds,
        hours=hours,
        import_price=import_price,
        export_price=export_price,
        price_known=known,
        import_tiers=import_tiers,
        export_tiers=export_tiers,
        import_extra=goals.co2_price * co2 + goals.autonomy_price + early,
        export_extra=goals.self_consumption_price + early,
        co2=co2,
        scale=scale,
        base=base,
        surplus=np.clip(-(base + generation), 0.0, None),
        import_limit=_limit(snapshot, Direction.IMPORT, LimitScope.CONNECTION),
        export_limit=_limit(snapshot, Direction.EXPORT, LimitScope.CONNECTION),
        controllable_limit=_limit(snapshot, Direction.IMPORT, LimitScope.CONTROLLABLE),
        notes=tuple(notes),
    )


def forecast_power(resource: Resource, grid: TimeGrid, now: float) -> Array:
    """Return the power in kW that a resource will take (+) or give (-) if left alone.

    Where there is no forecast, the measured power stands in for the first hour; beyond that nothing is assumed.
    """
    expected = resource.forecast.on(grid) if resource.forecast is not None else np.full(len(grid), np.nan)
    if resource.power is not None:
        near = grid.seconds[:-1] < now + PERSISTENCE
        expected = np.where(np.isnan(expected) & near, resource.power, expected)
    expected = np.nan_to_num(expected, nan=0.0) / 1000.0
    if isinstance(resource.control, PowerEnvelope) and resource.control.nominal_power is not None:
        rating = resource.control.nominal_power / 1000.0
        expected = np.clip(expected, -rating, rating)
    return expected


def _forecast_only(snapshot: SiteSnapshot) -> tuple[Resource, ...]:
    """Return the resources whose power does not depend on the plan, curtailment aside."""
    return tuple(
        entry
        for entry in snapshot.resources
        if isinstance(entry.control, PowerEnvelope)
        or entry.control.type_name == "not_controllable"
        or (isinstance(entry.control, OperationModes) and not entry.available)
    )


def _price(series: Series, fallback: float, grid: TimeGrid) -> tuple[Array, NDArray[np.bool_]]:
    prices = series.on(grid)
    known = ~np.isnan(prices)
    return np.where(known, prices, fallback), known


def _price_note(known: NDArray[np.bool_], grid: TimeGrid, snapshot: SiteSnapshot) -> Note:
    if not known.any():
        return note("no_prices", price=f"{snapshot.fallback_import_price:g}", currency=snapshot.prices.currency)
    until = grid.edges[int(np.argmin(known))] if known[0] else grid.start
    return note(
        "prices_until",
        until=until.isoformat(),
        price=f"{snapshot.fallback_import_price:g}",
        currency=snapshot.prices.currency,
    )


def _limit(snapshot: SiteSnapshot, direction: Direction, scope: LimitScope) -> Array:
    """Return the strictest limit in kW that touches each step: a limit is kept even if it holds for a part only."""
    strictest = np.full(len(snapshot.grid), np.inf)
    for limit in snapshot.limits:
        if not limit.active or limit.direction is not direction or limit.scope is not scope:
            continue
        end = limit.end.timestamp() if limit.end is not None else np.inf
        touched = snapshot.grid.overlap(limit.start.timestamp(), end) > 0
        strictest = np.where(touched, np.minimum(strictest, limit.value / 1000.0), strictest)
    return strictest
