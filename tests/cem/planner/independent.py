"""The same questions answered another way: every start tried, the rest as a plain linear problem of scipy's.

Nothing here is shared with the planner: devices are described by plain numbers, in kW and kWh, step by step.
"""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


@dataclass
class Store:
    """A battery or a car."""

    level: float
    capacity: float
    charge: float
    discharge: float = 0.0
    efficiency: float = 1.0
    reserve: float = 0.0
    wear: float = 0.0
    """currency per kWh discharged."""
    terminal: float = 0.0
    """currency per kWh left."""
    least: float = 0.0
    """Charges with this or not at all, kW."""
    target: tuple[int, float] | None = None
    """Number of steps after which the level must be so high."""
    leaves: int | None = None


@dataclass
class Site:
    """Steps of equal length with what is known of each."""

    hours: float
    buy: np.ndarray
    sell: np.ndarray
    base: np.ndarray
    """kW, negative where the sun gives more."""
    limit: float = np.inf
    spare: np.ndarray | None = None
    """kW of generation that may be curtailed."""
    stores: list[Store] = field(default_factory=list)


def cheapest(site: Site, extra: np.ndarray) -> float:
    """Return the lowest cost with some extra load in kW, or infinity; terminal value counts against what was there."""
    steps = len(site.buy)
    columns: list[tuple[float, float, float, int]] = []  # lower, upper, cost, integer
    rows: list[tuple[dict[int, float], float, float]] = []
    balance: list[dict[int, float]] = [{} for _ in range(steps)]

    def column(lower: float, upper: float, cost: float = 0.0, *, whole: bool = False) -> int:
        columns.append((lower, upper, cost, int(whole)))
        return len(columns) - 1

    big = 1e3
    for step in range(steps):
        imported = column(0, min(site.limit, big), site.buy[step] * site.hours)
        exported = column(0, big, -site.sell[step] * site.hours)
        way = column(0, 1, whole=True)
        rows.extend((({imported: 1.0, way: -big}, -np.inf, 0.0), ({exported: 1.0, way: big}, -np.inf, big)))
        balance[step] |= {imported: 1.0, exported: -1.0}
        if site.spare is not None:
            balance[step][column(0, site.spare[step])] = -1.0
    offset = 0.0
    for store in site.stores:
        before: int | None = None
        offset += store.terminal * store.level
        for step in range(steps):
            there = store.leaves is None or step < store.leaves
            top = store.charge if there else 0.0
            charge = column(0, top)
            discharge = column(0, store.discharge if there else 0.0, store.wear * site.hours)
            on = column(0, 1, whole=True)
            rows.extend(
                (
                    ({charge: 1.0, on: -top}, -np.inf, 0.0),
                    ({charge: 1.0, on: -store.least}, 0.0, np.inf),
                    ({discharge: 1.0, on: store.discharge}, -np.inf, store.discharge),
                )
            )
            low = store.target[1] if store.target is not None and step == store.target[0] - 1 else store.reserve
            level = column(low, store.capacity, -store.terminal if step == steps - 1 else 0.0)
            link = {level: 1.0, charge: -store.efficiency * site.hours, discharge: site.hours / store.efficiency}
            if before is not None:
                link[before] = -1.0
            start = store.level if before is None else 0.0
            rows.append((link, start, start))
            before = level
            balance[step] |= {charge: -1.0, discharge: 1.0}
    for step in range(steps):
        load = site.base[step] + extra[step]
        rows.append((balance[step], load, load))
    matrix = np.zeros((len(rows), len(columns)))
    for number, (entries, _, _) in enumerate(rows):
        for place, value in entries.items():
            matrix[number, place] = value
    lower, upper, cost, whole = (np.array(entry, dtype=float) for entry in zip(*columns, strict=True))
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, [row[1] for row in rows], [row[2] for row in rows]),
        bounds=Bounds(lower, upper),
        integrality=whole,
    )
    return float(found.fun) + offset if found.success else np.inf


def best_of_all(site: Site, runs: list[tuple[np.ndarray, list[int]]]) -> tuple[float, tuple[int, ...]]:
    """Try every combination of starts; `runs` are power per step in kW and the permitted first steps of each."""
    best: tuple[float, tuple[int, ...]] = (np.inf, ())
    for starts in product(*(permitted for _, permitted in runs)):
        extra = np.zeros(len(site.buy))
        for (power, _), start in zip(runs, starts, strict=True):
            extra[start : start + len(power)] += power
        cost = cheapest(site, extra)
        if cost < best[0] - 1e-9:
            best = cost, starts
    return best
