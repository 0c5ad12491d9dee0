"""The problem as the solver takes it: arrays, and what the search may know of its yes-or-no columns.

It must not know what columns and rows mean.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.time_grid import Array
from .frame import Ints


@dataclass(frozen=True, slots=True)
class Choice:
    """Yes-or-no columns of which exactly one is chosen, or at most one where that is optional."""

    columns: Ints
    optional: bool


type Rule = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
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
