"""Medium houses against a formulation of their own in scipy's milp, in which the starts are yes-or-no columns."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from custom_components.cem_sgcp.cem.model import PlanStatus, Series
from custom_components.cem_sgcp.cem.planner import make_plan

from . import houses
from .houses import NOW

QUARTER = timedelta(minutes=15)
STEPS = 32
HOURS = 0.25
LIMIT = 7.0
EFFICIENCY = 0.92
WEAR = 0.015
LEFT = 0.2
"""currency per kWh left in the battery."""
CAR = (1.4, 7.0, 9.0, 24)
"""Least and most kW, kWh wanted, in how many steps."""
RUNS = (((2.0, 0.3, 1.5), 20), ((1.2, 1.2), 28), ((0.2, 2.2, 0.2, 1.8), 32))
"""kW per step, and after how many steps it has to be done."""


class Program:
    """A mixed-integer program that is written down column by column and row by row."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.cost: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, lower: float, upper: float, cost: float = 0.0, *, whole: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.cost.append(cost)
        self.whole.append(int(whole))
        return len(self.cost) - 1

    def row(self, entries: dict[int, float], lower: float, upper: float) -> None:
        self.rows.append((entries, lower, upper))

    def solve(self) -> tuple[float, float]:
        """Return the objective and the bound."""
        matrix = lil_array((len(self.rows), len(self.cost)))
        for number, (entries, _, _) in enumerate(self.rows):
            for column, value in entries.items():
                matrix[number, column] += value
        found = milp(
            np.array(self.cost),
            constraints=LinearConstraint(matrix.tocsr(), [row[1] for row in self.rows], [row[2] for row in self.rows]),
            bounds=Bounds(self.lower, self.upper),
            integrality=self.whole,
            options={"mip_rel_gap": 2e-3, "time_limit": 60.0},
        )
        assert found.x is not None
        return float(found.fun), float(found.mip_dual_bound)


def numbers(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Import price, base load and sun in kW, and the battery's level in kWh."""
    random = np.random.default_rng(seed)
    buy = np.round(random.uniform(0.15, 0.45, STEPS), 3)
    base = np.round(random.uniform(0.2, 1.2, STEPS), 3)
    sun = np.round(np.clip(3.5 * np.sin(np.linspace(-0.3, np.pi, STEPS)) * random.uniform(0.3, 1.2, STEPS), 0, None), 3)
    return buy, base, sun, float(np.round(random.uniform(1.0, 6.0), 2))


def independent(seed: int) -> tuple[float, float]:
    """The lowest cost and its bound by the program of this file."""
    buy, base, sun, level = numbers(seed)
    program = Program()
    balance: list[dict[int, float]] = [{} for _ in range(STEPS)]
    for step in range(STEPS):
        balance[step][program.column(0, LIMIT, buy[step] * HOURS)] = 1.0
        balance[step][program.column(0, 50.0, -0.08 * HOURS)] = -1.0
        balance[step][program.column(0, float(sun[step]))] = -1.0  # curtailed
    before: int | None = None
    energy: dict[int, float] = {}
    for step in range(STEPS):
        charge, discharge = program.column(0, 3.0), program.column(0, 3.0, WEAR * HOURS)
        direction = program.column(0, 1, whole=True)
        program.row({charge: 1.0, direction: -3.0}, -np.inf, 0.0)
        program.row({discharge: 1.0, direction: 3.0}, -np.inf, 3.0)
        stored = program.column(0, 8.0, -LEFT if step == STEPS - 1 else 0.0)
        link = {stored: 1.0, charge: -EFFICIENCY * HOURS, discharge: HOURS / EFFICIENCY}
        if before is not None:
            link[before] = -1.0
        program.row(link, level if before is None else 0.0, level if before is None else 0.0)
        before = stored
        balance[step] |= {charge: -1.0, discharge: 1.0}
        if step < CAR[3]:
            taken, on = program.column(0, CAR[1]), program.column(0, 1, whole=True)
            program.row({taken: 1.0, on: -CAR[1]}, -np.inf, 0.0)
            program.row({taken: 1.0, on: -CAR[0]}, 0.0, np.inf)
            balance[step][taken] = -1.0
            energy[taken] = HOURS
    program.row(energy, CAR[2], np.inf)
    for power, ready in RUNS:
        starts = [program.column(0, 1, whole=True) for _ in range(ready - len(power) + 1)]
        program.row(dict.fromkeys(starts, 1.0), 1.0, 1.0)
        for first, column in enumerate(starts):
            for offset, drawn in enumerate(power):
                balance[first + offset][column] = -drawn
    for step in range(STEPS):
        needed = float(base[step] - sun[step])
        program.row(balance[step], needed, needed)
    objective, bound = program.solve()
    return objective + LEFT * level, bound + LEFT * level


def house(seed: int):
    """The same house as the planner sees it."""
    buy, base, sun, level = numbers(seed)
    return houses.house(
        houses.photovoltaics(6000, forecast=Series.from_values(NOW, QUARTER, (-1000 * sun).tolist())),
        houses.battery(1000 * level, capacity=8000, power=3000, efficiency=EFFICIENCY, wear=WEAR, terminal=LEFT),
        houses.car(1000 * CAR[2], NOW + CAR[3] * QUARTER, least=1000 * CAR[0], most=1000 * CAR[1]),
        *(
            houses.appliance(*((900, 1000 * kw) for kw in power), name=f"run{number}", latest=NOW + ready * QUARTER)
            for number, (power, ready) in enumerate(RUNS)
        ),
        grid=houses.grid(STEPS / 4, 15),
        prices=houses.prices(buy.tolist(), 0.08, minutes=15),
        base_load=Series.from_values(NOW, QUARTER, (1000 * base).tolist()),
        limits=(houses.limit(1000 * LIMIT),),
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_medium_house_costs_what_an_independent_program_says(seed: int):
    plan = make_plan(house(seed))
    cost, bound = independent(seed)
    assert plan.status in {PlanStatus.OPTIMAL, PlanStatus.FEASIBLE}
    allowed = max(plan.gap * abs(plan.objective), 1e-2 * 0.45) + 5e-3  # ties and the order in time weigh less than that
    assert bound - 1e-3 <= plan.objective <= cost + allowed
