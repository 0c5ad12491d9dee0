"""Rows added to the relaxed problem: every plan keeps them, and they leave the best plan as it is."""

from itertools import product

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import PlanStatus
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan, planning
from custom_components.cem_sgcp.cem.planner.solver.cuts import Cuts
from custom_components.cem_sgcp.cem.planner.solver.linear import Linear
from custom_components.cem_sgcp.cem.planner.solver.matrix import Matrix
from custom_components.cem_sgcp.cem.planner.solver.solve import Options, solve

from . import houses

SUPPLY = 100.0


def one_balance(surplus: float, *lumps: float, lower: float = 0.0) -> Matrix:
    """One step: import, export, a battery that gives and takes, and lumps that may be drawn, kW."""
    value = np.array([1.0, -1.0, 1.0, -1.0, *(-power for power in lumps)])
    count = len(value)
    return Matrix(
        cost=np.zeros(count),
        worth=np.zeros(count),
        penalty=np.zeros(count),
        lower=np.array([lower, 0.0, 0.0, 0.0] + [0.0] * len(lumps)),
        upper=np.array([SUPPLY] * 4 + [1.0] * len(lumps)),
        integer=np.array([False] * 4 + [True] * len(lumps)),
        row_lower=np.array([-surplus]),
        row_upper=np.array([-surplus]),
        starts=np.arange(count + 1, dtype=np.int32),
        index=np.zeros(count, dtype=np.int32),
        value=value,
        offset=0.0,
        choices=(),
        balances=np.array([0]),
        rules=(),
    )


def plans(matrix: Matrix, random: np.random.Generator) -> list[np.ndarray]:
    """Every choice of lumps, each supplied as scarcely as can be, and with some more than that beside."""
    lumps = -matrix.value[4:]
    least = float(matrix.lower[0])
    found = []
    for choice in product((0.0, 1.0), repeat=len(lumps)):
        lacking = float(np.dot(lumps, choice)) + matrix.row_lower[0] - least
        for taken in (0.0, float(random.uniform(0, 3))):
            need = max(lacking + taken, 0.0)
            share = float(random.uniform(0, 1))
            imported, given = least + share * need, (1 - share) * need
            exported = max(-(lacking + taken), 0.0)
            x = np.array([imported, exported, given, taken, *choice])
            assert np.dot(matrix.value, x) == pytest.approx(matrix.row_lower[0])
            found.append(x)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_no_plan_breaks_an_added_row(seed: int):
    random = np.random.default_rng(seed)
    lumps = np.round(random.choice([0.3, 0.8, 1.38, 2.0, 2.0, 3.7, random.uniform(0.1, 5)], random.integers(1, 6)), 3)
    surplus = float(random.choice([0.01, 0.5, 1.999999, 2.0, 4.0, random.uniform(0, 8)]))
    lower = float(random.choice([0.0, 0.0, 0.4]))
    matrix = one_balance(surplus, *lumps.tolist(), lower=lower)
    everything = plans(matrix, random)
    broken = 0
    for _ in range(40):
        share = random.uniform(0, 1, len(lumps))
        need = max(float(np.dot(lumps, share)) - surplus - lower, 0.0)
        rows = Cuts(matrix).broken_by(np.array([lower + need, 0.0, 0.0, 0.0, *share]))
        broken += len(rows)
        for x in everything:
            assert (rows.of(x) <= rows.upper + 1e-7).all()
    if lower == 0 and 0.01 < surplus < float(lumps.min()) - 0.05:
        assert broken


def test_a_device_that_runs_for_a_share_needs_what_the_sun_does_not_cover():
    matrix = one_balance(1.0, 2.0)
    half = np.array([0.0, 0.0, 0.0, 0.0, 0.5])
    rows = Cuts(matrix).broken_by(half)
    assert len(rows) == 1
    assert (rows.of(half) - rows.upper).max() == pytest.approx(0.5)  # half of the 1 kW that lacks when it runs


def test_equal_devices_are_counted():
    """Of three devices of 2 kW a surplus of 3 kW carries one; the second needs 1 kW of others, the third 2 kW more."""
    matrix = one_balance(3.0, 2.0, 2.0, 2.0)
    halves = np.array([0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5])
    rows = Cuts(matrix).broken_by(halves)
    assert (rows.of(halves) - rows.upper).max() == pytest.approx(0.5)


def test_nothing_is_added_where_there_is_no_surplus_or_nothing_is_a_share():
    assert not len(Cuts(one_balance(-1.0, 2.0)).broken_by(np.array([2.0, 0.0, 0.0, 0.0, 0.5])))
    assert not len(Cuts(one_balance(1.0, 2.0)).broken_by(np.array([1.0, 0.0, 0.0, 0.0, 1.0])))


def house(seed: int):
    """PV, a battery, a car that charges with 1.4 kW or not at all, and two appliances."""
    random = np.random.default_rng(seed)
    return houses.house(
        houses.photovoltaics(4000, forecast=houses.sun(float(random.uniform(1500, 4000)))),
        houses.battery(float(random.uniform(0, 8000)), wear=0.02),
        houses.car(4000, houses.NOW + 9 * 4 * houses.QUARTER, most=3700),
        houses.appliance((3600, 2000.0), name="one"),
        houses.appliance((3600, 1200.0), (3600, 300.0), name="other"),
        grid=houses.grid(12, 60),
        prices=houses.prices(np.round(random.uniform(0.2, 0.4, 48), 3).tolist(), 0.08),
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_best_plan_is_the_same_with_and_without_added_rows(seed: int, monkeypatch: pytest.MonkeyPatch):
    exact = PlannerOptions(gap=0.0, time_limit=60.0)
    with_rows = make_plan(house(seed), exact)
    monkeypatch.setattr("custom_components.cem_sgcp.cem.planner.solver.solve.ROUNDS", 0)
    without = make_plan(house(seed), exact)
    assert with_rows.status is without.status is PlanStatus.OPTIMAL
    assert with_rows.objective == pytest.approx(without.objective, abs=1e-4)


def test_added_rows_raise_the_bound_but_never_above_the_best_plan():
    runs = (houses.appliance((3600, 2000.0), name=name) for name in ("one", "other"))
    sunny = houses.photovoltaics(1500, forecast=houses.sun(1500))
    matrix = planning.matrix_of(houses.house(sunny, *runs, grid=houses.grid(12, 60)))
    linear = Linear(matrix, {})
    linear.run()
    before = linear.objective
    linear.add(Cuts(matrix).broken_by(linear.x))
    linear.run()
    raised = linear.objective
    assert len(linear.duals) == len(linear.basis[1]) == len(matrix.row_lower)  # prices of the problem's own rows only
    best = solve(matrix, Options(60.0, 0.0, 0.0, 1e-9, threads=1, seed=0))
    assert before + 1e-4 < raised <= best.objective + 1e-6
