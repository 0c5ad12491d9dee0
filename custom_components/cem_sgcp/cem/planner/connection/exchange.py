"""The exchange with the grid: what is imported and exported in each step, what that costs, and its limits.

    import − export = base load + Σ power of devices            in every step
    import ≤ its limit, export ≤ its limit                       softly, at a very high price

What a tariff adds to that has files of its own (tiers.py, netting.py, capacity.py), and so have wishes that concern the
exchange (goals.py). It must not know any device.
"""

from dataclasses import dataclass

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import OVER_LIMIT, Problem
from .capacity import Peak, add_capacity_charges
from .goals import add_wishes
from .netting import add_netting
from .tiers import Flow, add_energy_tiers, add_power_tiers, widths


@dataclass(frozen=True, slots=True)
class Exchange:
    """The columns of the exchange, kW per step; those over a limit only where there is one."""

    imported: Ints
    """The first tier of each step; all of the import within its limit where the price has no tiers."""
    exported: Ints
    over_import: Ints
    over_import_steps: Ints
    over_export: Ints
    over_export_steps: Ints
    over_controllable: Ints
    over_controllable_steps: Ints
    imports: Flow
    """Every column that is import, of all tiers and beyond a limit."""
    exports: Flow
    energy: Ints
    """Columns whose cost is that of energy: import, export, energy tiers, netting."""
    peaks: tuple[Peak, ...]
    """The peaks that a capacity tariff charges."""
    plain: bool
    """Whether a kWh costs its price, whatever else is exchanged: no tiers, no netting, no peaks, no smoothing."""


def add_exchange(problem: Problem) -> Exchange:
    """Add the exchange to the balance of every step; to be called before any device is added."""
    frame = problem.frame
    price, revenue = frame.import_price * frame.hours, frame.export_price * frame.hours
    penalty = OVER_LIMIT * frame.scale * frame.hours
    buys, sells = frame.import_tiers, frame.export_tiers
    imported = problem.columns(
        frame.steps,
        upper=widths(buys, frame.import_limit) if buys is not None else frame.import_limit,
        worth=price,
        extra=frame.import_extra * frame.hours,
    )
    exported = problem.columns(
        frame.steps,
        upper=widths(sells, frame.export_limit) if sells is not None else frame.export_limit,
        worth=-revenue,
        extra=frame.export_extra * frame.hours,
    )
    import_steps = np.flatnonzero(np.isfinite(frame.import_limit))
    export_steps = np.flatnonzero(np.isfinite(frame.export_limit))
    controllable_steps = np.flatnonzero(np.isfinite(frame.controllable_limit))
    over_import = problem.columns(len(import_steps), worth=price[import_steps], penalty=penalty[import_steps])
    problem.put(problem.balance[import_steps], over_import, 1.0)
    over_export = problem.columns(len(export_steps), worth=-revenue[export_steps], penalty=penalty[export_steps])
    problem.put(problem.balance[export_steps], over_export, -1.0)
    problem.put(problem.balance, imported, 1.0)
    problem.put(problem.balance, exported, -1.0)
    steps = np.arange(frame.steps)
    imports = Flow(np.append(steps, import_steps), np.append(imported, over_import))
    exports = Flow(np.append(steps, export_steps), np.append(exported, over_export))
    energy = [imports.columns, exports.columns]
    if buys is not None:
        imports = _with(
            imports,
            add_power_tiers(
                problem,
                buys,
                imported,
                base=frame.import_price,
                extra=frame.import_extra,
                limit=frame.import_limit,
                sign=1.0,
            ),
        )
        energy += [imports.columns, add_energy_tiers(problem, buys, imports, 1.0)]
    if sells is not None:
        exports = _with(
            exports,
            add_power_tiers(
                problem,
                sells,
                exported,
                base=-frame.export_price,
                extra=frame.export_extra,
                limit=frame.export_limit,
                sign=-1.0,
            ),
        )
        energy += [exports.columns, add_energy_tiers(problem, sells, exports, -1.0)]
    energy.append(add_netting(problem, imports, exports))
    peaks = add_capacity_charges(problem, imports)
    wishes = add_wishes(problem, imports, exports)
    exchange = Exchange(
        imported=imported,
        exported=exported,
        over_import=over_import,
        over_import_steps=import_steps,
        over_export=over_export,
        over_export_steps=export_steps,
        over_controllable=problem.columns(len(controllable_steps), penalty=penalty[controllable_steps]),
        over_controllable_steps=controllable_steps,
        imports=imports,
        exports=exports,
        energy=np.unique(np.concatenate(energy)),
        peaks=peaks,
        plain=buys is None and sells is None and not peaks and frame.snapshot.net_metering is None and not wishes,
    )
    problem.last(lambda: _one_direction(problem, exchange))
    problem.last(lambda: _controllable_limit(problem, exchange))
    return exchange


def _with(first: Flow, more: Flow) -> Flow:
    return Flow(np.append(first.steps, more.steps), np.append(first.columns, more.columns))


def trading_prices(
    problem: Problem, exchange: Exchange, x: Array, reduced: Array, marginal: Array
) -> tuple[Array, Array]:
    """Return what one more kWh from the grid costs in each step, and what one more to the grid brings, currency/kWh.

    With all wishes. `reduced` are the reduced costs of the columns and `marginal` the shadow prices of the balance: a
    reduced cost is what the column costs more than the kWh is worth, whatever tiers, netting and peaks add to it.
    """
    frame = problem.frame
    if exchange.plain:
        return frame.import_price + frame.import_extra, frame.export_price - frame.export_extra
    prices: list[Array] = []
    for flow, sign, upper in ((exchange.imports, 1.0, exchange.imported), (exchange.exports, -1.0, exchange.exported)):
        found = np.full(frame.steps, np.inf)
        # Tiers are listed from the first on: the last one in use is where the next kWh would go.
        first = np.isin(flow.columns, upper)
        for place in np.flatnonzero(first | (x[flow.columns] > 1e-9)):
            step, column = flow.steps[place], flow.columns[place]
            found[step] = sign * marginal[step] + reduced[column] / frame.hours[step]
        prices.append(sign * found)
    return prices[0], prices[1]


def _one_direction(problem: Problem, exchange: Exchange) -> None:
    """Forbid import and export in the same step where a kWh sold may earn more than a kWh bought costs."""
    frame = problem.frame
    bought = frame.import_price + frame.import_extra
    sold = frame.export_price - frame.export_extra
    if frame.import_tiers is not None:
        bought = bought + frame.import_tiers.lowest - frame.import_tiers.first
    if frame.export_tiers is not None:
        sold = sold + frame.export_tiers.highest - frame.export_tiers.first
    if frame.snapshot.net_metering is not None:
        # What is imported makes room to set off feed-in of any other step.
        gain = frame.import_price - frame.snapshot.net_metering.fee - frame.export_price
        sold = sold + max(float(gain.max(initial=0.0)), 0.0)
    at = np.flatnonzero(sold > bought + 1e-9 * frame.scale)
    if not len(at):
        return
    importing = problem.columns(len(at), upper=1.0, integer=True)
    place = np.full(frame.steps, -1)
    place[at] = np.arange(len(at))

    def rule(x: Array) -> Array:
        bought_power, sold_power = exchange.imports.of(x, frame.steps), exchange.exports.of(x, frame.steps)
        return (bought_power[at] >= sold_power[at]).astype(np.float64)

    problem.rule(importing, rule)
    most = np.maximum(problem.most[at], 0.0) + 1e-6
    least = np.maximum(-problem.least[at], 0.0) + 1e-6
    for flow, bound, sign in ((exchange.imports, most, -1.0), (exchange.exports, least, 1.0)):
        rows = problem.rows(len(at), -np.inf, bound if sign > 0 else 0.0)
        problem.put(rows, importing, sign * bound)
        mine = place[flow.steps] >= 0
        problem.put(rows[place[flow.steps[mine]]], flow.columns[mine], 1.0)


def _controllable_limit(problem: Problem, exchange: Exchange) -> None:
    """Bound what controllable devices draw from the grid: their power less the local surplus."""
    at = exchange.over_controllable_steps
    if not len(at):
        return
    frame = problem.frame
    with_surplus = frame.surplus > 0
    bound = np.where(with_surplus, frame.controllable_limit - frame.base, frame.controllable_limit)
    counted = []
    for resource in frame.snapshot.resources:
        expression = problem.expressions[resource.resource_id]
        generates = resource.control.type_name in {"power_envelope", "not_controllable"}
        counts = np.full(frame.steps, resource.controllable and not generates) | (
            with_surplus if generates else np.zeros(frame.steps, dtype=bool)
        )
        if resource.controllable and generates:
            counts |= expression.constant > 0
        bound = bound - np.where(counts, expression.constant, 0.0)
        counted.append((expression, counts))
    rows = problem.rows(len(at), -np.inf, bound[at])
    place = np.full(frame.steps, -1)
    place[at] = np.arange(len(at))
    for expression, counts in counted:
        kept = (place[expression.steps] >= 0) & counts[expression.steps]
        problem.put(rows[place[expression.steps[kept]]], expression.columns[kept], expression.values[kept])
    problem.put(rows, exchange.over_controllable, -1.0)
