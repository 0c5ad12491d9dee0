"""The problem as the solver takes it: arrays, and what the search may know of its yes-or-no columns.

It must not know what columns and rows mean.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...model.time_grid import Array
from ..frame import Ints


@dataclass(frozen=True, slots=True)
class Choice:
    """Yes-or-no columns of which exactly one is chosen, or at most one where that is optional."""

    columns: Ints
    optional: bool


type Rule = Callable[[Array], Array]


@dataclass(frozen=True)
class Matrix:
    """The problem as arrays, column by column (CSC)."""

    cost: Array
    worth: Array
    """The part of the cost that is money, including running costs and the value of what is left in stores."""
    penalty: Array
    """The part of the cost that is the price of a broken limit or a missed target."""
    lower: Array
    upper: Array
    integer: NDArray[np.bool_]
    row_lower: Array
    row_upper: Array
    starts: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Array
    offset: float
    choices: tuple[Choice, ...]
    balances: Ints
    """Rows that say that what some columns supply is what others draw; a supplier has a positive entry."""
    rules: tuple[tuple[Ints, Rule], ...]
    """How yes-or-no columns outside of choices follow from a solution in which they were anything between."""

    @cached_property
    def places(self) -> Array:
        """Which balance each column is first part of; for one that is part of none, that of a column beside it."""
        rows = np.full(len(self.row_lower), np.inf)
        rows[self.balances] = np.arange(len(self.balances))
        column = np.repeat(np.arange(len(self.cost)), np.diff(self.starts))
        places = np.full(len(self.cost), np.inf)
        np.minimum.at(places, column, rows[self.index])
        beside = np.full(len(self.row_lower), np.inf)
        np.minimum.at(beside, self.index, places[column])
        near = np.full(len(self.cost), np.inf)
        np.minimum.at(near, column, beside[self.index])
        return np.where(np.isfinite(places), places, near)
