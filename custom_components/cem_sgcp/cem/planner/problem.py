"""The optimisation problem: columns, rows, and the energy balance of every step.

minimise   what the exchange costs (connection/exchange.py) + running costs − value of what is left in stores (+ wishes)
such that  import − export = base load + Σ power of devices            in every step

What counts, from strong to weak (s is the price scale, a high price of the site in currency/kWh):

    grid limit exceeded             1000 s per kWh       connection/exchange.py
    two runs on one device at once  1000 s               power_profile.py
    level out of its range           100 s per kWh and h stores/level.py, demand_driven.py
    target missed                     50 s per kWh       stores/targets.py, modes/quota.py, power_envelope.py
    deadline missed                   20 s per kWh       power_profile.py
    frozen start moved                10 s per kWh       telling/stability.py
    money, CO2 at its price, preference prices           the same scale for all
    start moved, pause planned        Goals.move_gain    telling/stability.py, runs/chain.py
    traces that settle ties           1e-5 to 3e-3 s per kWh

The first six are penalties: they decide who gives way first, and are neither told as cost nor part of shadow prices.
It is built from arrays, never variable by variable. It must not know any control type; each has a file of its own that
adds columns and rows here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..model import DevicePlan, Resource
from ..model.time_grid import Array
from .frame import Frame, Ints
from .solver.matrix import Choice, Matrix, Rule

#: Prices of a violation, see above.
OVER_LIMIT: Final = 1000.0
OUT_OF_RANGE: Final = 100.0
MISSED_TARGET: Final = 50.0


@dataclass(frozen=True, slots=True)
class Expression:
    """A power per step, kW: constant + Σ coefficient x column."""

    steps: Ints
    columns: Ints
    values: Array
    constant: Array

    def of(self, x: Array) -> Array:
        """Return the power in kW for the values of the columns."""
        products = self.values * x[self.columns]
        return self.constant + np.bincount(self.steps, weights=products, minlength=len(self.constant))


class Part(Protocol):
    """What a control type added to the problem for one resource, and how to read it back."""

    @property
    def resource(self) -> Resource:
        """The resource."""

    def read(self, solved: Solved) -> DevicePlan:
        """Return the plan of the resource."""


@dataclass(slots=True)
class _Columns:
    lower: list[Array] = field(default_factory=list)
    upper: list[Array] = field(default_factory=list)
    worth: list[Array] = field(default_factory=list)
    extra: list[Array] = field(default_factory=list)
    penalty: list[Array] = field(default_factory=list)
    integer: list[NDArray[np.bool_]] = field(default_factory=list)
    count: int = 0


class Problem:
    """Collects columns, rows and entries; the balance rows are rows 0 to steps - 1."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.expressions: dict[str, Expression] = {}
        self.spans: dict[str, range] = {}
        """The columns that each resource added, by its name."""
        self.offset = 0.0
        self._choices: list[Choice] = []
        self._rules: list[tuple[Ints, Rule]] = []
        self._columns = _Columns()
        self._row_lower: list[Array] = []
        self._row_upper: list[Array] = []
        self._rows = 0
        self._entries: list[tuple[Ints, Ints, Array]] = []
        self._fixed = frame.base.copy()
        self.most = frame.base.copy()
        """Bounds of the power of the whole house per step, kW; complete once all devices are there."""
        self.least = frame.base.copy()
        self._finishers: list[Callable[[], None]] = []
        self.balance = self.rows(frame.steps, 0.0, 0.0)
        self.common = 0, 0
        """How many columns and rows there are before those that depend on bounds and prices; known when finished."""
        self.balances = [self.balance]
        """All rows that are balances; a supplier has a positive entry."""

    # ------------------------------------------------------------------------------------------------- building

    def columns(
        self,
        count: int,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        worth: ArrayLike = 0.0,
        extra: ArrayLike = 0.0,
        penalty: ArrayLike = 0.0,
        integer: bool = False,
    ) -> Ints:
        """Add columns.

        `worth` is what a unit costs in money; `extra` what else counts (wishes, ties); `penalty` the price of not
        keeping a limit or a target, which decides who gives way first and is no money.
        """
        store = self._columns
        first = store.count
        store.count += count
        for name, value in (
            ("lower", lower),
            ("upper", upper),
            ("worth", worth),
            ("extra", extra),
            ("penalty", penalty),
        ):
            getattr(store, name).append(np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)))
        store.integer.append(np.full(count, integer))
        return np.arange(first, store.count)

    @property
    def size(self) -> int:
        """How many columns there are so far."""
        return self._columns.count

    def rows(self, count: int, lower: ArrayLike, upper: ArrayLike) -> Ints:
        """Add rows with their bounds."""
        first = self._rows
        self._rows += count
        self._row_lower.append(np.array(np.broadcast_to(np.asarray(lower, dtype=np.float64), (count,))))
        self._row_upper.append(np.array(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,))))
        return np.arange(first, self._rows)

    def put(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike) -> None:
        """Add entries of the matrix; entries of the same place add up."""
        shape = np.broadcast_shapes(np.shape(rows), np.shape(columns), np.shape(values))
        self._entries.append(
            (
                np.broadcast_to(np.asarray(rows, dtype=np.int64), shape).ravel(),
                np.broadcast_to(np.asarray(columns, dtype=np.int64), shape).ravel(),
                np.broadcast_to(np.asarray(values, dtype=np.float64), shape).ravel(),
            )
        )

    def choice(self, columns: Ints, *, optional: bool) -> int:
        """Ask for exactly one of some yes-or-no columns, or at most one where it is optional; returns the row."""
        row = self.rows(1, 0.0 if optional else 1.0, 1.0)
        self.put(row, columns, 1.0)
        self.chosen_by_rows(columns, optional=optional)
        return int(row[0])

    def chosen_by_rows(self, columns: Ints, *, optional: bool) -> None:
        """Say that rows made elsewhere ask for exactly one, or at most one, of some yes-or-no columns."""
        self._choices.append(Choice(columns=columns, optional=optional))

    def rule(self, columns: Ints, rule: Rule) -> None:
        """Say how yes-or-no columns follow from a solution in which they were allowed to be anything between."""
        self._rules.append((columns, rule))

    def device(
        self,
        resource: Resource,
        *,
        constant: Array,
        most: Array,
        least: Array,
        entries: tuple[Ints, Ints, Array] | None = None,
    ) -> Expression:
        """Add the power of a device to the balance.

        `entries` are (step, column, kW); `most` and `least` bound its power in kW, for the bounds of the exchange.
        """
        nothing = np.zeros(0, dtype=np.int64)
        steps, columns, values = entries if entries is not None else (nothing, nothing, np.zeros(0))
        self._fixed += constant
        self.most += most
        self.least += least
        self.put(self.balance[steps], columns, -values)
        expression = Expression(steps=steps, columns=columns, values=values, constant=constant)
        self.expressions[resource.resource_id] = expression
        return expression

    def last(self, finisher: Callable[[], None]) -> None:
        """Have something added when all devices are there."""
        self._finishers.append(finisher)

    # ------------------------------------------------------------------------------------------------- finishing

    def finish(self) -> Matrix:
        """Let those add what they must, who need to know all devices, and return the arrays."""
        self.common = self._columns.count, self._rows
        for finisher in self._finishers:
            finisher()
        self._row_lower[0][:] = self._fixed
        self._row_upper[0][:] = self._fixed
        return self._matrix()

    def _matrix(self) -> Matrix:
        rows = np.concatenate([entry[0] for entry in self._entries])
        columns = np.concatenate([entry[1] for entry in self._entries])
        values = np.concatenate([entry[2] for entry in self._entries])
        place = columns * self._rows + rows
        order = np.argsort(place, kind="stable")
        place, values = place[order], values[order]
        first = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1])))
        values = np.add.reduceat(values, first)
        place = place[first]
        column, row = np.divmod(place, self._rows)
        store = self._columns
        starts = np.searchsorted(column, np.arange(store.count + 1))
        worth, penalty = np.concatenate(store.worth), np.concatenate(store.penalty)
        return Matrix(
            cost=worth + np.concatenate(store.extra) + penalty,
            worth=worth,
            penalty=penalty,
            lower=np.concatenate(store.lower),
            upper=np.concatenate(store.upper),
            integer=np.concatenate(store.integer),
            row_lower=np.concatenate(self._row_lower),
            row_upper=np.concatenate(self._row_upper),
            starts=starts.astype(np.int32),
            index=row.astype(np.int32),
            value=values,
            offset=self.offset,
            choices=tuple(self._choices),
            balances=np.concatenate(self.balances),
            rules=tuple(self._rules),
        )


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution with its shadow prices."""

    problem: Problem
    x: Array
    duals: Array
    """Per row: by how much the objective grows with its right-hand side."""
    money: Array
    """What each column costs in money, currency."""
    bought: Array
    """What one more kWh from the grid costs in each step, with all wishes, currency/kWh."""
    sold: Array
    """What one more kWh to the grid brings in each step, less all wishes, currency/kWh."""

    @property
    def net(self) -> Array:
        """Net power of the connection point, kW, import positive."""
        frame = self.problem.frame
        net: Array = frame.base.copy()
        for expression in self.problem.expressions.values():
            net += expression.of(self.x)
        return net

    @property
    def marginal(self) -> Array:
        """Price of one more kWh in each step, currency/kWh."""
        price: Array = self.duals[self.problem.balance] / self.problem.frame.hours
        return price

    def power(self, resource: Resource) -> Array:
        """Return the power of a resource, kW."""
        return self.problem.expressions[resource.resource_id].of(self.x)
