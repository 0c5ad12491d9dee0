"""Small cases against every possible plan, and against an independent formulation in scipy's milp."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import PlanStatus, Series, SiteSnapshot
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from . import houses
from .houses import NOW
from .independent import Site, Store, best_of_all

HOUR = timedelta(hours=1)
EXACT = PlannerOptions(gap=0.0, time_limit=60.0)


def random_case(seed: int) -> tuple[SiteSnapshot, Site, list[tuple[np.ndarray, list[int]]]]:
    """A random house of 8 hours as the planner sees it and as plain numbers."""
    random = np.random.default_rng(seed)
    steps = 8
    buy = np.round(random.uniform(-0.10, 0.50, steps), 3)
    sell = np.round(buy - random.uniform(-0.02, 0.2, steps), 3) if seed % 3 else np.full(steps, 0.08)
    base = np.round(random.uniform(0.1, 1.5, steps), 3)
    sun = np.round(np.clip(random.normal(1.0, 2.0, steps), 0.0, None), 3)
    limit = 6.0
    battery = Store(
        level=float(random.uniform(1, 4)),
        capacity=5.0,
        charge=2.0,
        discharge=2.5,
        efficiency=0.9,
        reserve=0.5,
        wear=0.01,
        terminal=0.15,
    )
    stores, resources = [battery], []
    spare = sun if seed % 2 else None
    site = Site(hours=1.0, buy=buy, sell=sell, base=base - sun, limit=limit, spare=spare, stores=stores)
    resources.append(
        houses.photovoltaics(
            10000, curtailable=bool(seed % 2), forecast=Series.from_values(NOW, HOUR, (-1000 * sun).tolist())
        )
    )
    resources.append(
        houses.battery(
            battery.level * 1000, capacity=5000, reserve=500, power=2000, efficiency=0.9, wear=0.01, terminal=0.15
        )
    )
    # The helper gives the battery the same power both ways; here it discharges with more.
    store = resources[-1].control
    actuator = store.actuators[0]
    discharge = actuator.modes[1]
    element = discharge.elements[0]
    element = element.replace(
        power=element.power.replace(end=-2500.0),
        fill_rate=element.fill_rate.replace(end=-2500.0 / 0.9 / 3600),
        running_cost=element.running_cost.replace(end=0.01 * 2.5 / 3600),
    )
    modes = (actuator.modes[0], discharge.replace(elements=(element,)), actuator.modes[2])
    resources[-1] = resources[-1].replace(control=store.replace(actuators=(actuator.replace(modes=modes),)))
    if seed % 4 == 0:
        stores.append(Store(level=0.0, capacity=20.0, charge=3.7, least=1.4, target=(6, 7.0), leaves=6))
        resources.append(houses.car(7000, NOW + 6 * HOUR, least=1400, most=3700, capacity=20000))
    runs = []
    for number, (power, ready) in enumerate((((1.8, 0.3), 7), ((0.5, 2.0, 0.9), 8))):
        runs.append((np.array(power), list(range(ready - len(power) + 1))))
        resources.append(
            houses.appliance(*((3600, 1000 * value) for value in power), name=f"run{number}", latest=NOW + ready * HOUR)
        )
    snapshot = houses.house(
        *resources,
        grid=houses.grid(steps, 60),
        prices=houses.prices(buy.tolist(), sell.tolist()),
        base_load=Series.from_values(NOW, HOUR, (1000 * base).tolist()),
        limits=(houses.limit(1000 * limit),),
    )
    return snapshot, site, runs


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_of_all_is_cheaper(seed: int):
    snapshot, site, runs = random_case(seed)
    best, starts = best_of_all(site, runs)
    plan = make_plan(snapshot, EXACT)
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.objective == pytest.approx(best, abs=2e-3)  # ties and the order in time weigh less than that
    assert plan.objective >= best - 1e-6
    chosen = tuple(int((plan.device(f"run{number}").runs[0].start - NOW) / HOUR) for number in range(len(runs)))
    assert len(chosen) == len(starts)


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_within_the_gap_is_no_dearer_than_it_says(seed: int):
    snapshot, _, _ = random_case(seed)
    exact, quick = make_plan(snapshot, EXACT), make_plan(snapshot)
    assert quick.objective <= exact.objective + max(1e-3 * abs(quick.objective), 1e-2) + 1e-6
    assert quick.objective * (1 - quick.gap if quick.objective > 0 else 1 + quick.gap) <= exact.objective + 1e-6
