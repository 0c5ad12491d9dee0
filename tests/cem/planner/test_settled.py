"""Ties are settled in a second stage at the same money; a flat tariff costs no effort; the same plan everywhere."""

from datetime import timedelta
import hashlib
import json
import os
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    LevelTarget,
    Plan,
    PriceProfile,
    Resource,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from custom_components.cem_sgcp.cem.planner import make_plan, planning
from custom_components.cem_sgcp.cem.planner.solver import linear

from .houses import NOW, appliance, battery, car, house, limit, photovoltaics, prices

HOUR = timedelta(hours=1)
TWICE = [0.3] * 2 + [0.1] * 2 + [0.3] * 2 + [0.1] * 2 + [0.4] * 40
NIGHT = [0.3] * 4 + [0.1] * 5 + [0.4] * 8 + [0.3] * 31
TARGET = LevelTarget(start=NOW + 10 * HOUR, end=NOW + 11 * HOUR, minimum=9000)


def restless(resources: tuple[Resource, ...], tariff: PriceProfile) -> SiteSnapshot:
    """A house whose load changes every quarter, planned in steps of five minutes."""
    load = 400 + 600 * np.random.default_rng(3).uniform(0.5, 1.5, 200)
    return house(
        *resources,
        grid=TimeGrid.tiered(NOW, ((300, 13 * 3600), (900, 24 * 3600), (3600, 48 * 3600))),
        prices=tariff,
        base_load=Series.from_values(NOW, timedelta(minutes=15), load.tolist()),
    )


def pieces(plan: Plan, name: str, first: int, last: int) -> list[int]:
    """How many times a store begins to charge, and how many times to discharge, within some steps."""
    power = np.array(plan.device(name).power[first:last])
    return [
        int(np.sum((sign * power > 20) & ~np.concatenate(([False], sign * power[:-1] > 20)))) for sign in (1.0, -1.0)
    ]


@pytest.mark.parametrize(
    ("resources", "buys", "steps"),
    [
        ((battery(3000),), 0.30, (0, 156)),
        ((battery(3000, targets=(TARGET,)),), 0.30, (0, 120)),
        ((battery(3000),), NIGHT, (48, 108)),
        ((battery(3000, targets=(TARGET,)),), NIGHT, (48, 108)),
        ((battery(3000), car(12000, NOW + 9 * HOUR)), TWICE, (24, 48)),
        ((battery(3000, targets=(TARGET,)),), TWICE, (24, 48)),
    ],
)
def test_battery_charges_in_one_piece_where_prices_are_equal(
    resources: tuple[Resource, ...], buys: list[float] | float, steps: tuple[int, int]
):
    tariff = prices(buys) if isinstance(buys, float) else prices(buys, [0.08] * len(buys))
    plan = make_plan(restless(resources, tariff))
    assert plan.solver == "HiGHS"
    assert max(pieces(plan, "battery", *steps)) <= 1
    charging = [power for power in plan.device("battery").power[slice(*steps)] if power > 20]
    # What charges from the grid does so with its power; the first or the last step takes what is left over.
    assert sum(power < max(charging) - 1 for power in charging) <= 1 if charging else True


@pytest.mark.parametrize("buys", [0.30, NIGHT, TWICE])
def test_smoother_plan_costs_the_same(monkeypatch: pytest.MonkeyPatch, buys: list[float] | float):
    tariff = prices(buys) if isinstance(buys, float) else prices(buys, [0.08] * len(buys))
    snapshot = restless((battery(3000, targets=(TARGET,)), photovoltaics(3000), car(9000, NOW + 9 * HOUR)), tariff)
    smooth = make_plan(snapshot)
    monkeypatch.setattr(planning, "settled", lambda answer, settings: answer)
    first = make_plan(snapshot)
    assert smooth.cost == pytest.approx(first.cost, abs=2e-4)
    assert smooth.objective == pytest.approx(first.objective, abs=2e-4)
    assert smooth.marginal_price == first.marginal_price
    assert len(smooth.relaxations) == len(first.relaxations)
    ends = [plan.device("battery").level[119] for plan in (smooth, first)]
    assert min(ends) >= 9000 - 1


def test_what_a_limit_forbids_is_not_smoothed_into():
    base = Series.from_values(NOW, timedelta(minutes=5), ([500.0] * 3 + [3900.0]) * 150)
    snapshot = restless((battery(0, targets=(TARGET,)),), prices(0.30)).replace(base_load=base)
    from_grid = make_plan(snapshot.replace(limits=(limit(4000),)))
    assert max(from_grid.net_power) <= 4000 + 0.01
    assert from_grid.device("battery").level[119] >= 9000 - 1


# ---------------------------------------------------------------------------------------------------------- effort


def effort(monkeypatch: pytest.MonkeyPatch, tariff: PriceProfile) -> int:
    """How many linear problems a plan of fifteen appliances and a battery takes."""
    parts = [((900, 150.0), (1500, 2100.0), (1800, 250.0)), ((1200, 1900.0), (3600, 120.0)), ((2700, 800.0),)]
    resources = [
        appliance(*parts[number % 3], name=f"device{number:02}", latest=NOW + (10 + number) * HOUR)
        for number in range(15)
    ]
    count = 0
    run = linear.Linear.run

    def counted(self: linear.Linear) -> None:
        nonlocal count
        count += 1
        run(self)

    with monkeypatch.context() as patched:
        patched.setattr(linear.Linear, "run", counted)
        plan = make_plan(house(*resources, battery(3000), prices=tariff))
    assert plan.solver == "HiGHS"
    return count


def test_flat_tariff_takes_no_more_effort_than_one_that_varies(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(1)
    varying = prices((0.2 + 0.2 * rng.random(48)).tolist(), [0.08] * 48)
    assert effort(monkeypatch, prices(0.30)) <= 2 * effort(monkeypatch, varying)


# ----------------------------------------------------------------------------------------------------- determinism


def fingerprint() -> str:
    """What two plans of a house come to, one after the other."""
    buys = [0.3, 0.2, 0.2, 0.4, 0.1, 0.1] * 8
    washers = [appliance(name=f"device{number}", latest=NOW + (8 + number) * HOUR) for number in range(4)]
    resources = (photovoltaics(4000), battery(3000), car(8000, NOW + 9 * HOUR), *washers)
    first = make_plan(house(*resources, prices=prices(buys, [0.08] * 48)))
    dearer = prices([price + 0.01 for price in buys], [0.08] * 48)
    second = make_plan(house(*resources, prices=dearer), previous=first)
    return hashlib.sha256(json.dumps([first.to_json(), second.to_json()]).encode()).hexdigest()


def test_same_plan_bit_for_bit_in_every_process():
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", "from tests.cem.planner.test_settled import fingerprint; print(fingerprint())"],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == fingerprint() == fingerprint()
