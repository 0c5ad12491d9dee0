"""The search for a good solution by linear problems: dive, then move one decision at a time.

With all yes-or-no decisions fixed, what remains is a linear problem that takes about a millisecond after the last one.
Its reduced costs say, as a lower bound, what changing one decision would bring. So a solution in which no bound is
negative cannot be bettered by any single change, and few changes need to be tried. The search is deterministic. It must
not know what columns mean.
"""

from typing import Final

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from .linear import Linear, SolverError
from .matrix import Choice, Matrix, Rule

#: Most linear problems of one search.
MAXIMUM_TRIALS: Final = 200

#: One in so many choices is settled between two linear problems of a dive.
AT_A_TIME: Final = 10

#: Into how many pieces the columns of a rule are cut where they cannot be settled at once.
PIECES: Final = 8

#: Most changes that are tried before a search gives up, and most of one choice among them.
MAXIMUM_CHANGES: Final = 24
MAXIMUM_OF_CHOICE: Final = 6


class Search:
    """A solution being bettered; `values` holds the yes-or-no columns in the order of `whole`."""

    def __init__(self, matrix: Matrix, linear: Linear, change: float, time_limit: float) -> None:
        """Start with nothing decided; `change` is what a single change must bring to be made."""
        self.change = change
        self.time_limit = time_limit
        self.matrix = matrix
        self.linear = linear
        self.whole = np.flatnonzero(matrix.integer)
        self.current = np.zeros(len(matrix.cost))
        self.objective = np.inf
        inside = np.zeros(len(matrix.cost), dtype=bool)
        for choice in matrix.choices:
            inside[choice.columns] = True
        self.singles = self.whole[~inside[self.whole]]
        self._trials = 0

    def dive(self, relaxed: Array) -> None:
        """Fix choices one after the other, the clearest first, and the rest by their rules."""
        try:
            self._dive(relaxed)
        except SolverError:  # what was fixed first left no way for the rest
            self.objective = np.inf

    def _dive(self, relaxed: Array) -> None:
        linear = self.linear
        x = relaxed
        open_choices = list(self.matrix.choices)
        while open_choices:
            clear = np.array([x[choice.columns].max() for choice in open_choices])
            order = np.argsort(-clear, kind="stable")
            count = max(len(order) // AT_A_TIME, int((clear > 1.0 - 1e-6).sum()), 1)
            for number in order[:count]:
                self._settle(open_choices[number], x)
            open_choices = [open_choices[number] for number in sorted(order[count:])]
            if open_choices:
                linear.run()
                x = linear.x
        linear.run()
        broken = self._broken()
        for columns, rule in self.matrix.rules:
            self._fix(columns, np.minimum(rule(linear.x), self.matrix.upper[columns]))
        self.objective = self._run()
        if self.matrix.rules and not (np.isfinite(self.objective) and self._broken() <= broken + self.change):
            self._one_by_one()

    def _broken(self) -> float:
        return float((self.matrix.penalty * self.linear.x).sum())

    def _one_by_one(self) -> None:
        """Go by the rules one after the other; where one leaves no way or breaks a limit, settle it bit by bit."""
        linear = self.linear
        for columns, _ in self.matrix.rules:
            linear.release(columns)
        linear.run()
        for columns, rule in self.matrix.rules:
            broken = self._broken()
            self._fix(columns, np.minimum(rule(linear.x), self.matrix.upper[columns]))
            if not (np.isfinite(self._run()) and self._broken() <= broken + self.change):
                linear.release(columns)
                linear.run()
                self._bit_by_bit(columns, rule)
        self.objective = self._run()

    def _bit_by_bit(self, columns: Ints, rule: Rule) -> None:
        """Settle columns from the first balance to the last, piece by piece, the rest making up for what that did.

        A piece goes by the rule, or by the rule with half a step more in its first share, or without its shares,
        whichever costs least.
        """
        order = np.argsort(self.matrix.places[columns], kind="stable")
        upper = self.matrix.upper[columns]
        for piece in np.array_split(order, PIECES):
            broken, x = self._broken(), self.linear.x
            share = x[columns[piece]]
            more = x.copy()
            more[columns[piece[(share > 1e-6) & (share < 1.0 - 1e-6)][:1]]] += 0.5
            best: tuple[float, Array] | None = None
            tried = [np.minimum(rule(wanted), upper)[piece] for wanted in (x, more)]
            for values in (*tried, np.floor(share + 1e-6)):
                self._fix(columns[piece], values)
                objective = self._run()
                if best is None or objective < best[0]:
                    best = objective, values
                if np.isfinite(objective) and self._broken() <= broken + self.change:
                    break
            if best is not None and best[1] is not values:
                self._fix(columns[piece], best[1])
                self.linear.run()

    def _fix(self, columns: Ints, values: Array) -> None:
        self.current[columns] = values
        self.linear.fix(columns, values)

    def start_from(self, x: Array) -> None:
        """Take the yes-or-no columns of a solution."""
        self.current[self.whole] = np.round(x[self.whole])
        self.linear.fix(self.whole, self.current[self.whole])
        self.objective = self._run()

    def better(self, trials: int = MAXIMUM_TRIALS) -> None:
        """Change one decision at a time for as long as that brings enough, with so many linear problems at most."""
        threshold = self.change
        self._trials = 0
        if not np.isfinite(self.objective):
            return
        while self._trials < trials and self.linear.seconds < self.time_limit:
            for columns, values in self._promising(threshold):
                before = self.current[columns]
                self.linear.fix(columns, values)
                objective = self._run()
                if objective < self.objective - threshold:
                    self.current[columns] = values
                    self.objective = objective
                    break
                self.linear.fix(columns, before)
                if self._trials >= trials:
                    break
            else:
                break
        self.linear.run()

    def _settle(self, choice: Choice, x: Array) -> None:
        columns = choice.columns
        self.current[columns] = 0.0
        best = int(np.argmax(x[columns]))
        if not choice.optional or x[columns[best]] > 0.5:
            self.current[columns[best]] = 1.0
        self.linear.fix(columns, self.current[columns])

    def _promising(self, threshold: float) -> list[tuple[Ints, Array]]:
        """Return changes that may bring more than a threshold, the most promising first."""
        reduced = self.linear.reduced
        found: list[tuple[float, Ints, Array]] = []
        for choice in self.matrix.choices:
            columns = choice.columns
            chosen = columns[self.current[columns] > 0.5]
            now = float(reduced[chosen].sum())
            permitted = columns[(self.matrix.upper[columns] > 0.5) & (self.current[columns] < 0.5)]
            gains = reduced[permitted] - now
            for place in np.argsort(gains, kind="stable")[:MAXIMUM_OF_CHOICE]:
                if gains[place] < -threshold:
                    changed = np.append(chosen, permitted[place])
                    found.append((float(gains[place]), changed, np.append(np.zeros(len(chosen)), 1.0)))
            if choice.optional and len(chosen) and -now < -threshold:
                found.append((-now, chosen, np.zeros(len(chosen))))
        gains = np.where(self.current[self.singles] > 0.5, -reduced[self.singles], reduced[self.singles])
        for place in np.argsort(gains, kind="stable")[:MAXIMUM_CHANGES]:
            if gains[place] < -threshold:
                column = self.singles[place : place + 1]
                found.append((float(gains[place]), column, 1.0 - self.current[column]))
        found.sort(key=lambda entry: entry[0])
        return [(columns, values) for _, columns, values in found[:MAXIMUM_CHANGES]]

    def _run(self) -> float:
        self._trials += 1
        try:
            self.linear.run()
        except SolverError:
            return np.inf
        return self.linear.objective
