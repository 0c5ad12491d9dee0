"""How long a plan takes: one JSON line per case.

    scripts/benchmark plan [--case NAME ...] [--repeat N]

`seconds_cold` is the median time of a plan without a plan before, `seconds_warm` that of the next plan five minutes
later with a slightly different forecast, from the snapshot in memory to the finished plan, on one thread. `objective`
is the cost of the cold plan, `gap` its proven distance to the best one, `integers` its number of yes-or-no decisions.
"""

import argparse
from collections.abc import Callable
import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
import json
import os
from pathlib import Path
import statistics
import sys
import time
from types import ModuleType

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
# The brain alone is measured: its package is entered without the integration around it, which needs Home Assistant.
package = ModuleType("custom_components.cem_sgcp")
package.__path__ = [str(ROOT / "custom_components" / "cem_sgcp")]
sys.modules["custom_components.cem_sgcp"] = package

from custom_components.cem_sgcp.cem.model import Goals, Plan, Resource, SiteSnapshot, TimeGrid
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan, planning
from tests.cem.planner import houses
from tests.cem.planner.real_prices import real_prices

NOW = datetime(2026, 1, 15, 6, tzinfo=UTC)
MIDNIGHT = NOW.replace(hour=0)


def base_load(hour: float) -> float:
    """Load of a house with two peaks, W."""
    clock = (hour + NOW.hour) % 24
    return 250.0 + 500.0 * (6 <= clock < 9) + 900.0 * (17 <= clock < 22)


def measured(name: str, tolerance: float = 150.0, most: int = 12) -> tuple[tuple[float, float], ...]:
    """Slots (s, W) of a recorded run: neighbours of like power are merged until few enough are left."""
    with (ROOT / "demo" / "data" / "appliances_odbl" / f"{name}.csv").open(encoding="utf-8") as lines:
        slots = [[10.0, float(row["power_w"])] for row in csv.DictReader(lines)]
    while len(slots) > 1:
        jumps = [abs(later[1] - earlier[1]) * min(earlier[0], later[0]) for earlier, later in pairwise(slots)]
        least = min(range(len(jumps)), key=jumps.__getitem__)
        if len(slots) <= most and jumps[least] > tolerance * 60:
            break
        first, second = slots[least], slots[least + 1]
        seconds = first[0] + second[0]
        slots[least : least + 2] = [[seconds, (first[0] * first[1] + second[0] * second[1]) / seconds]]
    return tuple((seconds, watts) for seconds, watts in slots)


RUNS = (
    "washing_machine_11f01e",
    "dishwasher_b7e6f4",
    "laundry_dryer_b7e43d",
    "washing_machine_b82e27",
    "dishwasher_b81d04",
    "washing_machine_d338c9",
)


def site(resources: list[Resource], grid: TimeGrid, *, flat: bool = False, hours: float = 72) -> SiteSnapshot:
    """A house with these resources and real or flat prices."""
    buys, sells = real_prices("2026-01-15", hours=72, minutes=15)
    profile = houses.prices(0.32, 0.08, hours=hours) if flat else houses.prices(buys, sells, start=MIDNIGHT, minutes=15)
    return SiteSnapshot(
        now=NOW,
        grid=grid,
        prices=profile,
        base_load=houses.shaped(base_load, hours=hours),
        resources=tuple(resources),
        goals=Goals(),
    )


def uniform(hours: float = 48, minutes: float = 15) -> TimeGrid:
    """Equal steps."""
    return houses.grid(hours, minutes, NOW)


def pv() -> Resource:
    """7 kWp on a winter day of sun and cloud."""
    return houses.photovoltaics(7000, forecast=houses.sun(3000, start=NOW))


def blocks(count: int) -> list[Resource]:
    """PV, a 10 kWh battery and appliances of two hours at 2 kW."""
    return [
        pv(),
        houses.battery(5000, wear=0.02),
        *(houses.appliance((7200, 2000.0), name=f"block{number}") for number in range(count)),
    ]


def profiles(count: int, *, car: bool) -> list[Resource]:
    """PV, a battery, perhaps a car, and appliances that run as measured, each ready within a day."""
    ready = NOW + timedelta(hours=24)
    found = [pv(), houses.battery(5000, wear=0.02)]
    if car:
        found.append(houses.car(15000, ready, most=7400))
    return found + [
        houses.appliance(*measured(RUNS[number % len(RUNS)]), name=f"appliance{number}", latest=ready)
        for number in range(count)
    ]


CASES: dict[str, Callable[[], SiteSnapshot]] = {
    "pv_battery_48h": lambda: site(blocks(0), uniform()),
    "blocks_2": lambda: site(blocks(2), uniform()),
    "blocks_4": lambda: site(blocks(4), uniform()),
    "blocks_8": lambda: site(blocks(8), uniform()),
    "blocks_8_flat": lambda: site(blocks(8), uniform(), flat=True),
    "profiles_15_car": lambda: site(profiles(15, car=True), uniform()),
    "profiles_15_car_flat": lambda: site(profiles(15, car=True), uniform(), flat=True),
    "profiles_4_car_tiered": lambda: site(
        profiles(4, car=True), TimeGrid.tiered(NOW, ((300, 3600), (900, 36 * 3600), (3600, 48 * 3600)))
    ),
    "pv_battery_7d_tiered": lambda: site(
        blocks(0), TimeGrid.tiered(NOW, ((60, 300), (300, 3600), (1800, 86400), (3600, 7 * 86400))), hours=170
    ),
    "profiles_100_7d": lambda: site(
        profiles(100, car=False), TimeGrid.tiered(NOW, ((900, 86400), (3600, 7 * 86400))), hours=170
    ),
    "home_5min_48h": lambda: site(profiles(4, car=True), uniform(48, 5)),
}


def later(snapshot: SiteSnapshot) -> SiteSnapshot:
    """The same house five minutes later, with 3 % more load than expected."""
    now = snapshot.now + timedelta(minutes=5)
    edges = (now, *(edge for edge in snapshot.grid.edges if edge > now))
    load = snapshot.base_load
    more = tuple(entry.replace(value=entry.value * 1.03) for entry in load.intervals)
    return snapshot.replace(now=now, grid=TimeGrid(edges=edges), base_load=load.replace(intervals=more))


def timed(snapshot: SiteSnapshot, previous: Plan | None, repeat: int) -> tuple[Plan, float]:
    """Return the plan and the median of its times."""
    times = []
    for _ in range(max(repeat, 1)):
        begun = time.perf_counter()
        plan = make_plan(snapshot, PlannerOptions(), previous, time.perf_counter)
        times.append(time.perf_counter() - begun)
    return plan, statistics.median(times)


def main() -> None:
    """Run the cases that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    quiet()
    for name in arguments.case or CASES:
        snapshot = CASES[name]()
        plan, cold = timed(snapshot, None, arguments.repeat)
        next_plan, warm = timed(later(snapshot), plan, arguments.repeat)
        print(
            json.dumps(
                {
                    "case": name,
                    "steps": len(snapshot.grid),
                    "devices": len(snapshot.resources),
                    "integers": int(planning.matrix_of(snapshot).integer.sum()),
                    "gap": plan.gap,
                    "seconds_cold": round(cold, 4),
                    "seconds_warm": round(warm, 4),
                    "objective": plan.objective,
                    "status": plan.status,
                    "moved": sum(run.moved_from is not None for run in next_plan.runs()),
                }
            ),
            flush=True,
        )


def quiet() -> None:
    """Let the solver say its name where it does not disturb the JSON lines."""
    out = os.dup(1)
    os.dup2(2, 1)
    make_plan(CASES["pv_battery_48h"]())
    os.dup2(out, 1)
    os.close(out)


if __name__ == "__main__":
    main()
