"""How long a plan takes: one JSON line per case.

    scripts/benchmark plan [--case NAME ...] [--repeat N]

`seconds_cold` is the median time of a plan without a plan before, `seconds_warm` that of the next plan five minutes
later with a slightly different forecast, from the snapshot in memory to the finished plan, on one thread. `objective`
is the cost of the cold plan, `gap` its proven distance to the best one, `integers` its number of yes-or-no decisions.
`memory_mb` is the greatest memory of a process of its own while it plans, above what it held before (Linux).
"""

import argparse
from datetime import timedelta
import json
from pathlib import Path
import statistics
import subprocess
import sys
import time

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import brain  # noqa: F401 - lets the brain be imported without Home Assistant
from benchmarks.homes import CASES
from custom_components.cem_sgcp.cem.model import Plan, SiteSnapshot, TimeGrid
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan, planning
from tests.cem.planner import houses


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


def memory(name: str) -> float | None:
    """Return by how many MB a plan raises the greatest memory of a process, or None if that cannot be told."""
    done = subprocess.run(  # noqa: S603 - this file
        [sys.executable, __file__, "--memory", "--case", name], capture_output=True, text=True, check=False
    )
    return round(float(done.stdout), 1) if not done.returncode else None


def tell_memory(name: str) -> None:
    """Print by how many MB the plan of a case raises the greatest memory of this process."""
    snapshot = CASES[name]()
    make_plan(houses.house(houses.battery(), houses.appliance()))  # loads what is loaded once
    before = held("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the greatest memory starts anew
    make_plan(snapshot)
    print((held("VmHWM") - before) / 1024.0)


def held(name: str) -> float:
    """Return a line of what Linux knows of this process's memory, kB: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name}:")))


def main() -> None:
    """Run the cases that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        tell_memory(arguments.case[0])
        return
    make_plan(houses.house(houses.battery(), houses.appliance()))  # the first plan of a process also loads the solver
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
                    "gap": round(plan.gap, 6) if plan.gap is not None else None,
                    "seconds_cold": round(cold, 4),
                    "seconds_warm": round(warm, 4),
                    "objective": plan.objective,
                    "memory_mb": memory(name),
                    "status": plan.status,
                    "moved": sum(run.moved_from is not None for run in next_plan.runs()),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
