"""One matrix of several: the same decisions here and now, and for each scenario what follows.

    minimise  cost of what is shared + Σ probability x cost of the scenario
    such that  the rows of every scenario hold,  and what is decided here and now is the same in all

The matrix begins with the columns and rows of the mean problem, so that whatever knows its places finds there what is
shared, and, for everything else, means and sums over the scenarios: the mean of its columns, the sum of shadow prices
(which already hold the probabilities). Yes-or-no columns that are shared are one column; others that are shared have a
copy in each scenario that must be equal. Of the other yes-or-no columns some are relaxed and some fixed, as the caller
says. It must not know what columns and rows mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model.time_grid import Array
from ..frame import Ints
from ..solver.linear import AT_LOWER, AT_ZERO, BASIC, Basis, Linear
from ..solver.matrix import Choice, Matrix

type Entries = tuple[Ints, Ints, Array]


@dataclass(frozen=True, slots=True)
class Block:
    """The problem of one scenario."""

    probability: float
    matrix: Matrix
    fixed: Ints
    """Yes-or-no columns that are not decided again, and their values."""
    values: Array
    basis: Basis
    """Where its own linear problem ended."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are in the whole."""

    columns: int
    """Columns of the mean problem."""
    rows: int
    common_columns: int
    """How many of the first columns mean the same in every problem."""
    common_rows: int
    shared: Ints
    """Yes-or-no columns that are one in all scenarios."""
    first_column: Ints
    """First column of each block."""
    first_row: Ints
    shared_rows: Ints
    """Rows that concern only what is shared."""
    equal: Ints
    """Columns of the mean problem that are equal in all scenarios, as copies."""

    def mean_columns(self) -> Ints:
        """Return the columns of the mean problem that are means over the blocks."""
        return np.flatnonzero(~_mask(self.shared, self.columns)[: self.common_columns])

    def sum_rows(self) -> Ints:
        """Return the rows of the mean problem whose shadow prices are sums over the blocks."""
        return np.flatnonzero(~_mask(self.shared_rows, self.rows)[: self.common_rows])


def _mask(places: Ints, length: int) -> NDArray[np.bool_]:
    """Return which of so many are among some."""
    mask = np.zeros(length, dtype=bool)
    mask[places] = True
    return mask


def _entries(matrix: Matrix) -> Entries:
    columns = np.repeat(np.arange(len(matrix.cost)), np.diff(matrix.starts))
    return matrix.index.astype(np.int64), columns, matrix.value


def _only_shared(matrix: Matrix, shared: Ints) -> Ints:
    """Return the rows that concern nothing but shared columns."""
    rows, columns, _ = _entries(matrix)
    inside = _mask(shared, len(matrix.cost))[columns]
    others = np.bincount(rows[~inside], minlength=len(matrix.row_lower))
    own = np.bincount(rows[inside], minlength=len(matrix.row_lower))
    return np.flatnonzero((own > 0) & (others == 0))


def stitch(
    mean: Matrix, blocks: Sequence[Block], shared: Ints, equal: Ints, common: tuple[int, int]
) -> tuple[Matrix, Places]:
    """Return the whole; `common` says how many first columns and rows mean the same in every problem."""
    columns, rows = len(mean.cost), len(mean.row_lower)
    shared_rows = _only_shared(mean, shared)
    shared_rows = shared_rows[shared_rows < common[1]]
    first_column = columns + np.cumsum([0, *(len(block.matrix.cost) for block in blocks)])
    first_row = rows + np.cumsum([0, *(len(block.matrix.row_lower) for block in blocks)])
    joined = (len(blocks)) * len(equal)
    lower, upper = np.zeros(first_column[-1]), np.zeros(first_column[-1])
    cost, worth, penalty = (np.zeros(first_column[-1]) for _ in range(3))
    integer = np.zeros(first_column[-1], dtype=bool)
    row_lower, row_upper = np.full(first_row[-1] + joined, -np.inf), np.full(first_row[-1] + joined, np.inf)
    row_lower[first_row[-1] :] = row_upper[first_row[-1] :] = 0.0
    lower[shared], upper[shared], integer[shared] = mean.lower[shared], mean.upper[shared], True
    lower[equal], upper[equal] = -np.inf, np.inf
    row_lower[shared_rows], row_upper[shared_rows] = mean.row_lower[shared_rows], mean.row_upper[shared_rows]
    mean_rows, mean_columns, mean_values = _entries(mean)
    kept = _mask(shared_rows, rows)[mean_rows]
    entries: list[Entries] = [(mean_rows[kept], mean_columns[kept], mean_values[kept])]
    offset = 0.0
    for number, block in enumerate(blocks):
        matrix, weight = block.matrix, block.probability
        begin, row = int(first_column[number]), int(first_row[number])
        span = slice(begin, begin + len(matrix.cost))
        own = ~_mask(shared, len(matrix.cost))
        low, high = matrix.lower.copy(), matrix.upper.copy()
        low[block.fixed] = high[block.fixed] = block.values
        lower[span], upper[span] = np.where(own, low, 0.0), np.where(own, high, 0.0)
        for whole, part in ((cost, matrix.cost), (worth, matrix.worth), (penalty, matrix.penalty)):
            whole[span] = np.where(own, weight * part, 0.0)
            whole[shared] += weight * part[shared]
        offset += weight * matrix.offset
        rows_of, columns_of, values = _entries(matrix)
        free = _mask(shared_rows, len(matrix.row_lower))
        kept = ~free[rows_of]
        place = np.where(own, np.arange(len(own)) + begin, np.arange(len(own)))
        entries.append((rows_of[kept] + row, place[columns_of[kept]], values[kept]))
        here = slice(row, row + len(matrix.row_lower))
        row_lower[here] = np.where(free, -np.inf, matrix.row_lower)
        row_upper[here] = np.where(free, np.inf, matrix.row_upper)
        same = first_row[-1] + number * len(equal) + np.arange(len(equal))
        entries.append((same, equal + begin, np.ones(len(equal))))
        entries.append((same, equal, -np.ones(len(equal))))
    starts, index, value = _by_column(entries, int(first_column[-1]))
    inside = _mask(shared, int(first_column[-1]))
    choices: tuple[Choice, ...] = tuple(choice for choice in mean.choices if inside[choice.columns].all())
    places = Places(
        columns=columns,
        rows=rows,
        common_columns=common[0],
        common_rows=common[1],
        shared=shared,
        first_column=first_column,
        first_row=first_row,
        shared_rows=shared_rows,
        equal=equal,
    )
    matrix = Matrix(
        cost=cost,
        worth=worth,
        penalty=penalty,
        lower=lower,
        upper=upper,
        integer=integer,
        row_lower=row_lower,
        row_upper=row_upper,
        starts=starts,
        index=index,
        value=value,
        offset=offset,
        choices=choices,
        balances=np.zeros(0, dtype=np.int64),
        rules=(),
    )
    return matrix, places


def _by_column(entries: list[Entries], columns: int) -> tuple[NDArray[np.int32], NDArray[np.int32], Array]:
    rows = np.concatenate([entry[0] for entry in entries])
    places = np.concatenate([entry[1] for entry in entries])
    values = np.concatenate([entry[2] for entry in entries])
    order = np.lexsort((rows, places))
    starts = np.searchsorted(places[order], np.arange(columns + 1))
    return starts.astype(np.int32), rows[order].astype(np.int32), values[order]


class Stitched(Linear):
    """The linear problem of the whole; tells the means and sums over its blocks in the places of the mean problem."""

    def __init__(self, matrix: Matrix, places: Places, blocks: Sequence[Block], settings: dict[str, Any]) -> None:
        # It begins next to its end: costs perturbed against stalling would only have to be put right again.
        super().__init__(matrix, {**settings, "dual_simplex_cost_perturbation_multiplier": 0.0})
        self._places = places
        self._probabilities = [block.probability for block in blocks]
        self._begin(blocks)

    def _begin(self, blocks: Sequence[Block]) -> None:
        """Start from where each block ended by itself: nothing but what must be equal is left to be solved."""
        places = self._places
        columns = np.full(len(self._matrix.cost), AT_LOWER, dtype=np.int8)
        rows = np.full(len(self._matrix.row_lower), BASIC, dtype=np.int8)
        columns[places.equal] = AT_ZERO
        for number, block in enumerate(blocks):
            begin, row = int(places.first_column[number]), int(places.first_row[number])
            mine = block.basis[0].copy()
            mine[places.shared] = AT_LOWER
            columns[begin : begin + len(mine)] = mine
            own = block.basis[1].copy()
            own[places.shared_rows] = BASIC
            rows[row : row + len(own)] = own
        self.begin_at(columns, rows)

    @property
    def x(self) -> Array:
        """Value of each column; of the mean problem's, what is shared, and means."""
        values = super().x
        at = self._places.mean_columns()
        values[at] = self._over_blocks(values, self._places.first_column, at, self._probabilities)
        return values

    @property
    def reduced(self) -> Array:
        """Reduced cost of each column; of the mean problem's, what is shared, and sums."""
        values = super().reduced
        at = self._places.mean_columns()
        values[at] = self._over_blocks(values, self._places.first_column, at, [1.0] * len(self._probabilities))
        return values

    @property
    def duals(self) -> Array:
        """Shadow price of each row; of the mean problem's, what is shared, and sums."""
        values = super().duals
        at = self._places.sum_rows()
        values[at] = self._over_blocks(values, self._places.first_row, at, [1.0] * len(self._probabilities))
        return values

    @staticmethod
    def _over_blocks(values: Array, first: Ints, at: Ints, weights: Sequence[float]) -> Array:
        total = np.zeros(len(at))
        for number, weight in enumerate(weights):
            total += weight * values[first[number] + at]
        return total


def money(matrix: Matrix, places: Places, values: Array) -> Array:
    """Return what each column costs in money on average; of the mean problem's, those of all scenarios together."""
    paid = matrix.worth * values
    at = places.mean_columns()
    for first in places.first_column[:-1]:
        paid[at] += paid[first + at]
    return paid
