"""How long the model takes to build, write and read records, and to learn a profile: one JSON line per case.

Run with `scripts/benchmark model`. Seconds are the best of several runs.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import gzip
import json
from pathlib import Path
import sys
import time

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from custom_components.cem_sgcp.cem.forecast import learn_profile
from custom_components.cem_sgcp.cem.model import PriceProfile, PriceSlot

START = datetime(2026, 1, 15, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
RECORDINGS = ROOT / "tests" / "data" / "appliances_odbl"


def best_of(act: Callable[[], object], count: int = 15) -> float:
    """Return the least time in s that an act took."""
    spent = []
    for _ in range(count):
        begin = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def report(case: str, size: int, seconds: float) -> None:
    """Print one line."""
    print(json.dumps({"case": case, "size": size, "seconds": round(seconds, 5)}))


def week() -> PriceProfile:
    """Return a week of prices in quarter hours."""
    return PriceProfile(
        slots=tuple(
            PriceSlot(start=START + index * QUARTER, end=START + (index + 1) * QUARTER, import_price=0.3)
            for index in range(700)
        )
    )


def samples(path: Path) -> list[tuple[float, float]]:
    """Return the samples of a recorded day: s since its first one, W."""
    rows = []
    first: datetime | None = None
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        moment_text, power, *_ = line.split(";")
        moment = datetime.strptime(moment_text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC)
        first = first or moment
        rows.append(((moment - first).total_seconds(), float(power)))
    return rows


profile = week()
document = json.loads(json.dumps(profile.to_json()))
report("prices_build", 700, best_of(week))
report("prices_write", 700, best_of(profile.to_json))
report("prices_read", 700, best_of(lambda: PriceProfile.from_json(document)))
for recording in sorted(RECORDINGS.glob("*.csv.gz")):
    day = samples(recording)
    report(f"learn {recording.name[:24]}", len(day), best_of(lambda day=day: learn_profile(day, profile_id="run"), 3))
