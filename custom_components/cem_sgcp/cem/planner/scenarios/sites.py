"""Scenarios as snapshots: what the site would look like in each, and on average.

Scenarios that cannot happen are left out, those that say the same are one, and probabilities add up to one. It must not
know how a plan is made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...model import (
    DemandDriven,
    DeviceScenario,
    FillRate,
    Interval,
    PriceProfile,
    PriceSlot,
    Resource,
    Scenario,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from ...model.time_grid import Array


@dataclass(frozen=True, slots=True)
class Site:
    """One way in which things may turn out."""

    probability: float
    snapshot: SiteSnapshot


def sites_of(snapshot: SiteSnapshot) -> tuple[Site, ...]:
    """Return the site in each scenario, the probabilities adding up to 1; nothing where there is none that can be."""
    merged: list[tuple[Scenario, float]] = []
    for scenario in snapshot.scenarios:
        if scenario.probability <= 0:
            continue
        same = _unnamed(scenario)
        place = next((number for number, (entry, _) in enumerate(merged) if entry == same), None)
        if place is None:
            merged.append((same, scenario.probability))
        else:
            merged[place] = same, merged[place][1] + scenario.probability
    whole = sum(probability for _, probability in merged)
    plain = snapshot.replace(scenarios=())
    return tuple(
        Site(probability=probability / whole, snapshot=_site(plain, scenario)) for scenario, probability in merged
    )


def _unnamed(scenario: Scenario) -> Scenario:
    """Return a scenario without what does not matter for the plan."""
    return scenario.replace(scenario_id="", probability=1.0)


def _site(snapshot: SiteSnapshot, scenario: Scenario) -> SiteSnapshot:
    """Return the snapshot with what a scenario says."""
    named = {device.resource_id: device for device in scenario.devices}
    return snapshot.replace(
        base_load=_filled(scenario.base_load, snapshot.base_load, snapshot.grid),
        prices=scenario.prices if scenario.prices is not None else snapshot.prices,
        resources=tuple(
            _resource(entry, named[entry.resource_id], snapshot.grid) if entry.resource_id in named else entry
            for entry in snapshot.resources
        ),
    )


def _resource(resource: Resource, device: DeviceScenario, grid: TimeGrid) -> Resource:
    control = resource.control
    if isinstance(control, FillRate):
        control = control.replace(
            usage=_filled(device.usage, control.usage, grid),
            departure=device.departure if device.departure is not None else control.departure,
            arrival=device.arrival if device.arrival is not None else control.arrival,
        )
    elif isinstance(control, DemandDriven):
        control = control.replace(demand=_filled(device.demand, control.demand, grid))
    return resource.replace(forecast=_filled(device.forecast, resource.forecast, grid), control=control)


def _filled[Known: Series | None](series: Series | None, known: Known, grid: TimeGrid) -> Series | Known:
    """Return a series with its gaps filled by what is known without it."""
    if series is None:
        return known
    values = series.on(grid)
    if known is None or not np.isnan(values).any():
        return series
    return _series(np.where(np.isnan(values), known.on(grid), values), grid, series.unit)


def _series(values: Array, grid: TimeGrid, unit: str) -> Series:
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=value)
            for start, end, value in zip(grid.edges, grid.edges[1:], values.tolist(), strict=False)
            if np.isfinite(value)
        ),
        unit=unit,
    )


def mean_site(snapshot: SiteSnapshot, sites: Sequence[Site]) -> SiteSnapshot:
    """Return the snapshot with the mean of all scenarios; what is the same in all of them stays as it is."""
    weights = np.array([site.probability for site in sites])
    listed = [site.snapshot for site in sites]

    def mean[Some: Series | None](of: Callable[[SiteSnapshot], Some]) -> Some:
        return _mean([of(entry) for entry in listed], weights, snapshot.grid)

    resources = []
    for place, resource in enumerate(listed[0].resources):
        control = resource.control
        if isinstance(control, FillRate):
            # Every scenario has the same resources with the same control types.
            control = snapshot.resources[place].control.replace(
                usage=mean(lambda entry, at=place: entry.resources[at].control.usage)  # type: ignore[misc]
            )
        elif isinstance(control, DemandDriven):
            control = control.replace(
                demand=mean(lambda entry, at=place: entry.resources[at].control.demand)  # type: ignore[misc]
            )
        resources.append(
            resource.replace(forecast=mean(lambda entry, at=place: entry.resources[at].forecast), control=control)  # type: ignore[misc]
        )
    return snapshot.replace(
        scenarios=(),
        base_load=mean(lambda entry: entry.base_load),
        prices=_mean_prices(snapshot, listed, weights),
        resources=tuple(resources),
    )


def _mean[Some: Series | None](series: Sequence[Some], weights: Array, grid: TimeGrid) -> Some:
    first = series[0]
    if all(entry is first or entry == first for entry in series):
        return first
    known = [(entry, weight) for entry, weight in zip(series, weights, strict=True) if entry is not None]
    values = np.array([entry.on(grid) for entry, _ in known])
    shares = np.array([weight for _, weight in known])[:, None] * ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (np.nan_to_num(values) * shares).sum(axis=0) / shares.sum(axis=0)
    return _series(means, grid, known[0][0].unit)  # type: ignore[return-value]


def _mean_prices(snapshot: SiteSnapshot, sites: Sequence[SiteSnapshot], weights: Array) -> PriceProfile:
    """Return mean prices on the grid; tiers are those of the snapshot."""
    profile = sites[0].prices
    if all(site.prices is profile or site.prices == profile for site in sites):
        return profile
    grid = snapshot.grid
    buys = _mean([site.prices.import_prices for site in sites], weights, grid)
    sells = _mean([site.prices.export_prices for site in sites], weights, grid)
    cleans = _mean([site.prices.co2 for site in sites], weights, grid)
    slots = []
    columns = (buys.on(grid), sells.on(grid), cleans.on(grid))
    for start, end, buy, sell, clean in zip(grid.edges, grid.edges[1:], *columns, strict=False):
        before = snapshot.prices.at(start) or PriceSlot(start=start, end=end)
        slots.append(
            PriceSlot(
                start=start,
                end=end,
                import_price=_known(buy),
                export_price=_known(sell),
                co2=_known(clean),
                import_tiers=before.import_tiers,
                export_tiers=before.export_tiers,
            )
        )
    return snapshot.prices.replace(slots=tuple(slots))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
