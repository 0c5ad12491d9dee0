"""Rows that every plan keeps and the relaxed problem does not: they bring its bound close to the best plan.

Where a device draws a fixed lump of power or nothing and the sun gives less than that lump, the relaxed problem draws
exactly the surplus by running a share of the device. No real plan can: when it runs, what the surplus does not cover
has to be imported or to come out of a store. The balance of a step says so for a whole device only:

    Σ a_j x_j  ≤  y + s        x_j yes or no (or a whole number), y ≥ 0 what others supply, s the surplus, all in kW

Mixed-integer rounding (Nemhauser and Wolsey 1990; Marchand and Wolsey 2001) says so for shares too. With any d > 0,
f = s/d − ⌊s/d⌋ and (v)⁺ = max(v, 0),

    Σ ( ⌊a_j/d⌋ + (a_j/d − ⌊a_j/d⌋ − f)⁺ / (1 − f) ) x_j  −  y / (d (1 − f))  ≤  ⌊s/d⌋

*Proof.* Divide the balance by d. Let U be the j whose fraction of a_j/d exceeds f. Rounding a_j/d down outside U
only lowers the left side, and inside U it is ⌈a_j/d⌉ − (1 − fraction). So with the whole number
k = Σ_{not U} ⌊a_j/d⌋ x_j + Σ_U ⌈a_j/d⌉ x_j and w = y/d + Σ_U (1 − fraction_j) x_j ≥ 0:  k − w ≤ s/d.
If k ≤ ⌊s/d⌋, then k − w/(1 − f) ≤ ⌊s/d⌋ since w ≥ 0. Otherwise k ≥ ⌊s/d⌋ + 1, and w ≥ k − s/d
= (k − ⌊s/d⌋) − f ≥ (k − ⌊s/d⌋)(1 − f), which is the same. Put k and w back in: the coefficient of x_j in U is
⌈a_j/d⌉ − (1 − fraction_j)/(1 − f) = ⌊a_j/d⌋ + (fraction_j − f)/(1 − f). ∎

For d above s and all a_j this is  Σ (a_j − s)⁺ x_j ≤ y: what each device that runs must at least get from others. For
d = a_j it counts how many equal devices the surplus can carry.

A lump may be one of several that a device can choose from (starts of a run, modes): each is a column of its own, and
that only one is chosen is not needed. Loads beside them that are not fixed, curtailed generation and exports only make
less be left of the surplus, hence are left out; what draws in any case lessens s. It must not know what columns mean:
who supplies and who draws is read off the sign in the balance.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...model.time_grid import Array
from ..frame import Ints
from .matrix import Matrix

#: A solution breaks a row where it does so by more than this, kW.
BROKEN: Final = 1e-4

#: Fractions nearer to one than this make rows of huge numbers and are left out.
NEAR_ONE: Final = 1e-2

#: Most divisors that are tried per balance, largest lumps first.
DIVISORS: Final = 12


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows  Σ value x column ≤ upper, one after the other."""

    starts: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Array
    upper: Array

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.upper)

    def of(self, x: Array) -> Array:
        """Return the left sides."""
        products = self.value * x[self.index]
        return np.add.reduceat(products, self.starts) if len(self) else np.zeros(0)


@dataclass(frozen=True, slots=True)
class _Balance:
    """One step: which columns draw a lump of `power` kW, which supply `gives` kW each, and the surplus in kW."""

    lumps: Ints
    power: Array
    suppliers: Ints
    gives: Array
    lower_lumps: Array
    lower_suppliers: Array
    surplus: float


class Cuts:
    """Finds the rows that a solution of the relaxed problem breaks."""

    def __init__(self, matrix: Matrix) -> None:
        """Read the balances of a problem."""
        self._balances = [entry for entry in _balances(matrix) if entry is not None]

    def broken_by(self, x: Array) -> Rows:
        """Return the row that is broken most of each balance, if one is."""
        index: list[Ints] = []
        values: list[Array] = []
        upper: list[float] = []
        for balance in self._balances:
            found = _most_broken(balance, x)
            if found is None:
                continue
            weights, right = found
            used = weights > 0
            index.append(np.concatenate([balance.lumps[used], balance.suppliers]))
            values.append(np.concatenate([weights[used], -balance.gives]))
            # Columns are counted from their lower bounds; here from zero.
            moved = float(np.dot(weights, balance.lower_lumps) - np.dot(balance.gives, balance.lower_suppliers))
            upper.append(right + moved)
        lengths = [len(entry) for entry in index]
        nothing = np.zeros(0, dtype=np.int64)
        return Rows(
            starts=np.concatenate(([0], np.cumsum(lengths[:-1]))).astype(np.int32)[: len(lengths)],
            index=np.concatenate([nothing, *index]).astype(np.int32),
            value=np.concatenate([np.zeros(0), *values]),
            upper=np.array(upper),
        )


def _balances(matrix: Matrix) -> list[_Balance | None]:
    column = np.repeat(np.arange(len(matrix.cost)), np.diff(matrix.starts))
    number = np.full(len(matrix.row_lower), -1)
    number[matrix.balances] = np.arange(len(matrix.balances))
    mine = np.flatnonzero(number[matrix.index] >= 0)
    mine = mine[np.argsort(number[matrix.index[mine]], kind="stable")]
    bounds = np.searchsorted(number[matrix.index[mine]], np.arange(len(matrix.balances) + 1))
    found: list[_Balance | None] = []
    for place, row in enumerate(matrix.balances.tolist()):
        entries = mine[bounds[place] : bounds[place + 1]]
        found.append(_balance(matrix, column[entries], matrix.value[entries], float(matrix.row_lower[row])))
    return found


def _balance(matrix: Matrix, columns: Ints, values: Array, right: float) -> _Balance | None:
    """Return a balance with a surplus and lumps that compete for it, or None."""
    lower = matrix.lower[columns]
    if not np.isfinite(lower).all():
        return None
    surplus = float(np.dot(values, lower)) - right
    free = matrix.upper[columns] > lower
    lumps = np.flatnonzero(matrix.integer[columns] & free & (values < 0))
    if surplus <= BROKEN or not len(lumps):
        return None
    suppliers = np.flatnonzero((values > 0) & free)
    return _Balance(
        lumps=columns[lumps],
        power=-values[lumps],
        suppliers=columns[suppliers],
        gives=values[suppliers],
        lower_lumps=lower[lumps],
        lower_suppliers=lower[suppliers],
        surplus=surplus,
    )


def _most_broken(balance: _Balance, x: Array) -> tuple[Array, float] | None:
    """Return what each lump needs of the suppliers, kW, and how much is free, in the row that is broken most."""
    share = x[balance.lumps] - balance.lower_lumps
    running = share > 1e-6
    if not np.any(running & (np.abs(share - np.round(share)) > 1e-6)):
        return None
    supplied = float(np.dot(balance.gives, x[balance.suppliers] - balance.lower_suppliers))
    sizes = np.unique(balance.power[running])[::-1][:DIVISORS]
    divisor = np.concatenate(([2.0 * max(balance.surplus, float(balance.power.max()))], sizes))
    whole, fraction = _split(balance.surplus / divisor)
    usable = fraction < 1.0 - NEAR_ONE
    divisor, whole, fraction = divisor[usable], whole[usable], fraction[usable]
    of_lumps, rest = _split(balance.power[None, :] / divisor[:, None])
    above = np.clip(rest - fraction[:, None], 0.0, None) / (1.0 - fraction[:, None])
    scale = divisor * (1.0 - fraction)
    weights = (of_lumps + above) * scale[:, None]
    free = whole * scale
    broken = weights @ share - supplied - free
    most = int(np.argmax(broken))
    return (weights[most], float(free[most])) if broken[most] > BROKEN else None


def _split(value: Array) -> tuple[Array, Array]:
    """Return the whole part and the fraction of numbers, the fraction of a whole one never being nearly one."""
    whole = np.floor(value + 1e-9)
    return whole, np.clip(value - whole, 0.0, None)
