"""The planner beside EMHASS on the same houses, in one run: one JSON line per house and planner.

    scripts/benchmark peers [--blocks N ...] [--repeat N]

EMHASS comes from the Python package index into an environment of its own in the user's cache directory, with the
Python 3.11 or 3.12 that it needs. Both get the same prices, load, sun, battery and appliances for 48 h in quarters of
an hour, and have to leave in the battery what was in it. What each schedule costs is computed by one function here,
which also checks that it can be carried out. EMHASS proves 1 % (its own default), this planner its own 0.1 %. It is no
part of any automatic check: the comparison needs the network.
"""

import argparse
from datetime import timedelta
import json
import os
from pathlib import Path
import shutil
import statistics
import subprocess
import sys
import time

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import (
    brain,  # noqa: F401 - lets the brain be imported without Home Assistant
    homes,
)
from custom_components.cem_sgcp.cem.model import Direction, LevelTarget, Plan, SiteSnapshot
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan
from tests.cem.planner import houses

VERSION = "0.18.7"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cem_sgcp" / "peers"
LIMIT = 20_000.0
WEAR = 0.02
LEVEL = 5000.0
CAPACITY = 10_000.0
POWER = 5000.0
EFFICIENCY = 0.95


def snapshot_of(count: int) -> SiteSnapshot:
    """PV, a 10 kWh battery that ends as full as it began, and appliances of two hours at 2 kW."""
    end = homes.NOW + timedelta(hours=48)
    kept = LevelTarget(start=end - timedelta(minutes=1), end=end, minimum=LEVEL)
    resources = homes.blocks(count)
    resources[1] = houses.battery(LEVEL, wear=WEAR, terminal=0.0, targets=(kept,))
    limits = houses.limit(LIMIT, start=homes.NOW), houses.limit(LIMIT, Direction.EXPORT, start=homes.NOW)
    return homes.site(resources, homes.uniform()).replace(limits=limits)


def plain(snapshot: SiteSnapshot, count: int) -> dict:
    """The same house as plain numbers."""
    grid = snapshot.grid
    sun = houses.sun(3000, start=homes.NOW)
    return {
        "minutes": 15,
        "start": homes.NOW.isoformat(),
        "buy": snapshot.prices.import_prices.on(grid).tolist(),
        "sell": snapshot.prices.export_prices.on(grid).tolist(),
        "load": snapshot.base_load.on(grid).tolist(),
        "sun": (-sun.on(grid)).tolist(),
        "limit": LIMIT,
        "gap": 0.01,
        "battery": {"power": POWER, "efficiency": EFFICIENCY, "capacity": CAPACITY, "level": LEVEL, "wear": WEAR},
        "blocks": [{"power": 2000.0, "hours": 2} for _ in range(count)],
    }


def judged(house: dict, battery: list[float], blocks: list[list[float]]) -> dict:
    """What a schedule costs, and what is wrong with it; powers in W, a battery's is positive when it gives."""
    hours = house["minutes"] / 60.0
    level, cost, faults = LEVEL, 0.0, []
    for step, given in enumerate(battery):
        load = house["load"][step] + sum(block[step] for block in blocks)
        net = (load - house["sun"][step] - given) / 1000.0 * hours
        cost += max(net, 0.0) * house["buy"][step] + min(net, 0.0) * house["sell"][step]
        cost += max(given, 0.0) / 1000.0 * hours * WEAR
        level -= (max(given, 0.0) / EFFICIENCY + min(given, 0.0) * EFFICIENCY) * hours
        if not -5.0 <= level <= CAPACITY + 5.0 or abs(given) > POWER + 1.0:
            faults.append(f"battery at step {step}: {level:.0f} Wh, {given:.0f} W")
    if level < LEVEL - 5.0:
        faults.append(f"battery ends at {level:.0f} Wh")
    for number, block in enumerate(blocks):
        running = [step for step, power in enumerate(block) if power > 1.0]
        whole = len(running) == 8 and running[-1] - running[0] == 7
        if not whole or any(abs(block[step] - 2000.0) > 1.0 for step in running):
            faults.append(f"block {number} does not run once for two hours at 2 kW")
    return {"cost": round(cost, 5), "level_end": round(level, 1), "faults": faults[:3]}


def ours(snapshot: SiteSnapshot, house: dict, repeat: int) -> dict:
    """This planner's line."""
    more = snapshot.replace(base_load=homes.times(snapshot.base_load, 1.03))
    plan, cold = timed(snapshot, None, repeat)
    _, warm = timed(more, plan, repeat)
    blocks = [list(plan.device(f"block{number}").power) for number in range(len(house["blocks"]))]
    battery = [-power for power in plan.device("battery").power]
    return {
        "status": plan.status,
        "gap": plan.gap,
        "seconds_cold": cold,
        "seconds_warm": warm,
        **judged(house, battery, blocks),
    }


def timed(snapshot: SiteSnapshot, previous: Plan | None, repeat: int) -> tuple[Plan, float]:
    """Return the plan and the median of its times."""
    times = []
    for _ in range(max(repeat, 1)):
        begun = time.perf_counter()
        plan = make_plan(snapshot, PlannerOptions(), previous)
        times.append(time.perf_counter() - begun)
    return plan, statistics.median(times)


def theirs(python: Path, house: dict, repeat: int) -> dict:
    """EMHASS's line; each time is the median over processes of their own, without the start of the process."""
    answers = []
    for _ in range(max(repeat, 1)):
        done = subprocess.run(  # noqa: S603 - our own file
            [str(python), str(Path(__file__).with_name("emhass_side.py"))],
            input=json.dumps(house),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if done.returncode:
            return {"status": "failed", "error": done.stderr.strip().splitlines()[-1:]}
        answers.append(json.loads(done.stdout))
    return {
        "status": answers[-1]["status"],
        "seconds_cold": statistics.median(answer["seconds_cold"] for answer in answers),
        "seconds_warm": statistics.median(answer["seconds_warm"] for answer in answers),
        **judged(house, answers[-1]["battery"], answers[-1]["blocks"]),
    }


def environment() -> Path:
    """Return the Python that has EMHASS, installing it where it is not there yet."""
    home = CACHE / f"emhass-{VERSION}"
    python = home / "bin" / "python"
    if not python.exists():
        base = next((found for name in ("python3.12", "python3.11") if (found := shutil.which(name))), None)
        if base is None:
            sys.exit("EMHASS needs Python 3.11 or 3.12; neither is there")
        subprocess.run(  # noqa: S603 - the Python that was found
            [base, "-m", "venv", str(home)], check=True, stdout=sys.stderr
        )
    known = subprocess.run(  # noqa: S603 - the environment made here
        [str(python), "-c", "import emhass"], capture_output=True, check=False
    )
    if known.returncode:
        subprocess.run(  # noqa: S603 - the environment made here
            [str(python), "-m", "pip", "install", "--quiet", f"emhass=={VERSION}"], check=True, stdout=sys.stderr
        )
    return python


def main() -> None:
    """Run the houses that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    python = environment()
    for count in arguments.blocks:
        snapshot = snapshot_of(count)
        house = plain(snapshot, count)
        for name, line in (
            ("cem_sgcp", ours(snapshot, house, arguments.repeat)),
            (f"emhass {VERSION}", theirs(python, house, arguments.repeat)),
        ):
            rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
            print(json.dumps({"case": f"blocks_{count}", "planner": name, **rounded}), flush=True)


if __name__ == "__main__":
    main()
