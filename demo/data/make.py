"""Makes the recordings of the simulated house from the data sets they come from.

    python demo/data/make.py <folder of the data sets>

Only needed to make the files again; the results are part of the repository. Nothing is smoothed, scaled or filled in, except
what the notes beside each result say.
"""

from collections import defaultdict
from collections.abc import Iterator
import csv
from datetime import date, datetime, timedelta
import gzip
import itertools
from pathlib import Path
import sys
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
HOME_WEEKS = (date(2024, 5, 20), date(2024, 8, 26))
PRICE_WEEKS = (date(2026, 5, 11), date(2026, 5, 18))
RUNS = {
    "washing_machine_11f01e": ("Washingmachine_dev_11F01E_2011.12.03", "15:00", "17:30"),
    "washing_machine_b82e27": ("Washingmachine__B82E27_2012.01.23", "14:30", "18:30"),
    "washing_machine_d338c9": ("Washingmachine_dev_D338C9_2012.06.05", "17:00", "19:15"),
    "dishwasher_b7e6f4": ("Dishwasher_dev_B7E6F4_2012.02.07", "09:00", "10:45"),
    "dishwasher_b81d04": ("Dishwasher_dev_B81D04_2012.06.10", "17:15", "19:05"),
    "laundry_dryer_b7e43d": ("LaundryDryer_dev_B7E43D_2012.01.26", "16:40", "18:05"),
}
RUN_STEP = 10  # s
RUNNING = 6.0  # W; above the standby of every machine in the set


def weeks(first_days: tuple[date, ...]) -> list[date]:
    """Every day of the weeks that begin on these days."""
    return [first + timedelta(days=day) for first in first_days for day in range(7)]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a compressed table."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def by_local_day(path: Path, zone: str) -> dict[date, list[tuple[str, dict[str, str]]]]:
    """Rows by local day, each with its wall-clock time."""
    days = defaultdict(list)
    for row in rows(path):
        local = datetime.fromisoformat(row["start"]).astimezone(ZoneInfo(zone))
        days[local.date()].append((f"{local:%H:%M}", row))
    return days


def make_home(source: Path) -> None:
    """Two weeks of load, PV and the PV forecast made the day before; half-hourly means."""
    days = by_local_day(source / "home_fr" / "half_hourly_2024_02_28_to_2025_02_27.csv.gz", "Europe/Paris")
    with (HERE / "home_fr" / "two_weeks.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["day", "local_time", "load_w", "pv_w", "pv_forecast_w"])
        for day in weeks(HOME_WEEKS):
            assert len(days[day]) == 48, day
            for local_time, row in days[day]:
                pv, forecast = (max(0.0, float(row[column] or 0.0)) for column in ("pv_w", "pv_forecast_w"))
                out.writerow([day, local_time, f"{float(row['load_w']):.1f}", f"{pv:.1f}", f"{forecast:.1f}"])


def make_prices(source: Path) -> None:
    """Two weeks of quarter-hourly day-ahead prices."""
    days = by_local_day(source / "prices_de_lu" / "day_ahead_2023_2026.csv.gz", "Europe/Berlin")
    with (HERE / "prices_de_lu" / "two_weeks.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["day", "local_time", "eur_per_mwh"])
        for day in weeks(PRICE_WEEKS):
            assert len(days[day]) == 96, day
            out.writerows([day, local_time, row["eur_per_mwh"]] for local_time, row in days[day])


def run_of(path: Path, begin: str, end: str) -> list[float]:
    """Ten-second means (W) of the run in a day's recording; between readings the last one holds."""
    readings: dict[datetime, float] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            stamp, watts, _ = line.strip().split(";")
            when = datetime.strptime(stamp, "%d/%m/%Y %H:%M:%S")
            if begin <= f"{when:%H:%M}" <= end:
                readings[when] = float(watts)
    first = next(when for when, watts in readings.items() if watts > RUNNING)
    last = max(when for when, watts in readings.items() if watts > RUNNING)
    total = int((last - first).total_seconds()) // RUN_STEP + 1
    energy = [0.0] * total
    for (start, watts), (stop, _) in itertools.pairwise(readings.items()):
        at, until = ((moment - first).total_seconds() for moment in (start, stop))
        at = max(at, 0.0)
        while at < min(until, total * RUN_STEP):
            step_end = min((at // RUN_STEP + 1) * RUN_STEP, until)
            energy[int(at // RUN_STEP)] += watts * (step_end - at)
            at = step_end
    return [joules / RUN_STEP for joules in energy]


def make_runs(source: Path) -> None:
    """One run of each measured appliance."""
    for name, (file_name, begin, end) in RUNS.items():
        run = run_of(source / "appliances_odbl" / f"{file_name}.csv.gz", begin, end)
        text = "power_w\n" + "".join(f"{watts:.1f}\n" for watts in run)
        (HERE / "appliances_odbl" / f"{name}.csv").write_text(text, encoding="utf-8")
        print(f"{name}: {len(run) * RUN_STEP / 60:.1f} min, {sum(run) * RUN_STEP / 3600:.0f} Wh, peak {max(run):.0f} W")


if __name__ == "__main__":
    data_sets = Path(sys.argv[1])
    make_home(data_sets)
    make_prices(data_sets)
    make_runs(data_sets)
