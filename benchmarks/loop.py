"""How long the event loop stands still while a plan is made in a thread: one JSON line per case.

    scripts/benchmark loop [--case NAME ...] [--repeat N]

As in Home Assistant, the plan is made in a thread of an executor, so only Python's global lock can hold the loop up:
while the solver runs it is free. A task sleeps for a millisecond again and again; `stall_ms` is the longest time by
which it came back late during a plan, `idle_ms` the same without any plan, `seconds` what the plan took.
"""

import argparse
import asyncio
import json
from pathlib import Path
import sys
import time

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import brain  # noqa: F401 - lets the brain be imported without Home Assistant
from benchmarks.homes import CASES
from custom_components.cem_sgcp.cem.planner import make_plan
from tests.cem.planner import houses

TICK = 0.001
USUAL = ("reference", "profiles_15_car", "home_5min_48h", "profiles_100_7d", "growth_100_devices_7d")


async def late(until: asyncio.Future[object] | asyncio.Task[None]) -> float:
    """Return the longest time in s by which a sleep of a millisecond came back late."""
    worst = 0.0
    while not until.done():
        begun = time.perf_counter()
        await asyncio.sleep(TICK)
        worst = max(worst, time.perf_counter() - begun - TICK)
    return worst


async def measure(name: str, repeat: int) -> None:
    """Print the line of a case."""
    loop = asyncio.get_running_loop()
    snapshot = CASES[name]()
    idle = await late(asyncio.create_task(asyncio.sleep(0.5)))
    worst, seconds = 0.0, 0.0
    for _ in range(max(repeat, 1)):
        begun = time.perf_counter()
        planning = loop.run_in_executor(None, make_plan, snapshot)
        worst = max(worst, await late(planning))
        seconds = time.perf_counter() - begun
    line = {"case": name, "stall_ms": worst * 1000, "idle_ms": idle * 1000, "seconds": seconds}
    print(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in line.items()}))


def main() -> None:
    """Run the cases that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    make_plan(houses.house(houses.battery(), houses.appliance()))
    for name in arguments.case or USUAL:
        asyncio.run(measure(name, arguments.repeat))


if __name__ == "__main__":
    main()
