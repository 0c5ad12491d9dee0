"""How well load and generation are forecast, beside persistence: one JSON line per method.

    scripts/benchmark forecast [--every HOURS]

A year of one home (benchmarks/data/home_fr). A forecast of 24 hours is made every so many hours from what was known
then, and compared with what came. `chosen_on` is the half of the year on which the weights of the forecast were
chosen, `measured_on` the half that played no part in it: only that one counts. `mae` and `rmse` are over all 24 hours,
`first_hour` is the MAE of the first; all in W. `bias` is positive where too much was forecast.

Methods for load: `persistence` (the last half hour goes on), `yesterday` and `last_week` (the same time then), `ours`.
For generation: `day_ahead` (the forecast in the data set, by day), `yesterday`, `ours_history` (from past days alone),
`ours_forecast` (that forecast with the present); only hours with sun count.

Thermal models are learned from simulated houses of known truth, because no recorded house says what its loss is: one
line per kind of house, over so many records of four weeks. `loss_error` and `capacity_error` are medians of the error
as a share of the truth, `loss_within` is the share of records whose loss lies within two standard errors, `refused`
how many were, `residual` and `stays` the RMS errors in K one hour ahead of the model and of a temperature that stays.
"""

import argparse
from collections.abc import Callable
import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import gzip
from itertools import pairwise
import json
import math
from pathlib import Path
import statistics
import sys
import time
from types import ModuleType
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
# The brain alone is measured: its package is entered without the integration around it, which needs Home Assistant.
package = ModuleType("custom_components.cem_sgcp")
package.__path__ = [str(ROOT / "custom_components" / "cem_sgcp")]
sys.modules["custom_components.cem_sgcp"] = package

from custom_components.cem_sgcp.cem.forecast import forecast_load, forecast_pv, learn_thermal
from custom_components.cem_sgcp.cem.model import Interval, Series
from tests.cem.forecast.warm_houses import Zone, record

DATA = ROOT / "benchmarks" / "data" / "home_fr" / "half_hourly.csv.gz"
PARIS = ZoneInfo("Europe/Paris")
LEFT_OUT = {"2024-02-29", "2024-03-12", "2024-03-13", "2024-03-19", "2024-08-22", "2024-11-25", "2024-12-23"}
HALF_HOUR = timedelta(minutes=30)
STEPS = 48
LEARNED_DAYS = 28
HALVES = {
    "chosen_on": (datetime(2024, 3, 29, tzinfo=UTC), datetime(2024, 8, 31, tzinfo=UTC)),
    "measured_on": (datetime(2024, 9, 1, tzinfo=UTC), datetime(2025, 2, 26, tzinfo=UTC)),
}


@dataclass
class Home:
    """Half-hourly values by start; a half hour that is not there is not known."""

    load: dict[datetime, float] = field(default_factory=dict)
    pv: dict[datetime, float] = field(default_factory=dict)
    day_ahead: dict[datetime, float] = field(default_factory=dict)


def read() -> Home:
    home = Home()
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            start = datetime.fromisoformat(row["start"])
            if str(start.astimezone(PARIS).date()) in LEFT_OUT:
                continue
            if row["load_w"]:
                home.load[start] = float(row["load_w"])
            # The sensor is silent at night.
            home.pv[start] = max(float(row["pv_w"] or 0.0), 0.0)
            home.day_ahead[start] = max(float(row["pv_forecast_w"] or 0.0), 0.0)
    return home


def series(values: dict[datetime, float], start: datetime, end: datetime) -> Series:
    moments = (start + index * HALF_HOUR for index in range(round((end - start) / HALF_HOUR)))
    return Series(
        intervals=tuple(Interval(start=at, end=at + HALF_HOUR, value=values[at]) for at in moments if at in values),
        unit="W",
    )


type Method = Callable[[datetime], list[float | None]]


def steps(now: datetime) -> list[datetime]:
    return [now + index * HALF_HOUR for index in range(STEPS)]


def shifted(values: dict[datetime, float], back: timedelta) -> Method:
    return lambda now: [values.get(at - back) for at in steps(now)]


def sampled(forecast: Series | None, now: datetime) -> list[float | None]:
    if forecast is None:
        return [None] * STEPS
    pairs = [(forecast.at(at), forecast.at(at + HALF_HOUR / 2)) for at in steps(now)]
    return [(first + second) / 2 for first, second in pairs if first is not None and second is not None]


def load_methods(home: Home) -> dict[str, Method]:
    def ours(now: datetime) -> list[float | None]:
        history = series(home.load, now - timedelta(days=LEARNED_DAYS), now)
        made = forecast_load(
            history,
            now=now,
            end=now + STEPS * HALF_HOUR,
            time_zone=PARIS,
            present=home.load.get(now - HALF_HOUR),
            default=350.0,
        )
        return sampled(made, now)

    return {
        "persistence": lambda now: [home.load.get(now - HALF_HOUR)] * STEPS,
        "yesterday": shifted(home.load, timedelta(days=1)),
        "last_week": shifted(home.load, timedelta(days=7)),
        "ours": ours,
    }


def pv_methods(home: Home) -> dict[str, Method]:
    def ours(now: datetime, *, with_forecast: bool) -> list[float | None]:
        end = now + STEPS * HALF_HOUR
        made = forecast_pv(
            series(home.day_ahead, now - HALF_HOUR, end) if with_forecast else None,
            history=series(home.pv, now - timedelta(days=LEARNED_DAYS), now),
            now=now,
            end=end,
            time_zone=PARIS,
            measured=home.pv.get(now - HALF_HOUR),
            nominal=None,
        )
        return sampled(made, now)

    return {
        "day_ahead": shifted(home.day_ahead, timedelta(0)),
        "yesterday": shifted(home.pv, timedelta(days=1)),
        "ours_history": lambda now: ours(now, with_forecast=False),
        "ours_forecast": lambda now: ours(now, with_forecast=True),
    }


def score(
    methods: dict[str, Method], truth: dict[datetime, float], counts: Callable[[datetime], bool], every: int
) -> list[dict[str, object]]:
    """Errors of each method at the same moments: those that every method has a value for."""
    lines: list[dict[str, object]] = []
    for half, (first, last) in HALVES.items():
        errors: dict[str, list[float]] = {name: [] for name in methods}
        early: dict[str, list[float]] = {name: [] for name in methods}
        spent: dict[str, list[float]] = {name: [] for name in methods}
        now, origins = first, 0
        while now < last:
            made = {}
            for name, method in methods.items():
                begin = time.perf_counter()
                made[name] = method(now)
                spent[name].append(time.perf_counter() - begin)
            origins += 1
            for index, at in enumerate(steps(now)):
                values = {name: made[name][index] for name in methods}
                if at not in truth or not counts(at) or any(value is None for value in values.values()):
                    continue
                for name, value in values.items():
                    error = float(value or 0.0) - truth[at]
                    errors[name].append(error)
                    if index < 2:
                        early[name].append(error)
            now += timedelta(hours=every)
        for name, found in errors.items():
            lines.append(
                {
                    "half": half,
                    "method": name,
                    "mae": round(statistics.fmean(map(abs, found)), 1),
                    "rmse": round(math.sqrt(statistics.fmean(error**2 for error in found)), 1),
                    "bias": round(statistics.fmean(found), 1),
                    "first_hour": round(statistics.fmean(map(abs, early[name])), 1),
                    "forecasts": origins,
                    "half_hours": len(found),
                    "milliseconds": round(1000 * statistics.median(spent[name]), 1),
                }
            )
    return lines


HOUSES = {
    "one_mass": Zone(),
    "half_degrees": Zone(rounds=0.5, noise=0.1),
    "heavy_walls": Zone(capacity=1500.0, mass=8000.0),
    "heat_pump": Zone(efficiency=3.0, heater=1500.0),
    "sun_unseen": Zone(sun=2500.0),
    "sun_measured": Zone(sun=2500.0),
}


def thermal(name: str, zone: Zone, records: int) -> dict[str, object]:
    """Learn from several records of one kind of house."""
    losses: list[float] = []
    capacities: list[float] = []
    within: list[bool] = []
    residuals: list[float] = []
    stays: list[float] = []
    seconds: list[float] = []
    for seed in range(records):
        recording = record(zone, seed)
        begin = time.perf_counter()
        model = learn_thermal(
            recording.indoor,
            recording.outdoor,
            recording.power,
            step=3600.0,
            efficiency=zone.efficiency,
            solar=recording.sun if name == "sun_measured" else None,
        ).model
        seconds.append(time.perf_counter() - begin)
        if model is None:
            continue
        losses.append(abs(model.resistance / zone.resistance - 1.0))
        # Of two capacities neither the smaller nor the sum is the truth.
        if not zone.mass:
            capacities.append(abs(model.capacity / zone.capacity - 1.0))
        within.append(abs(model.resistance - zone.resistance) <= 2 * (model.resistance_error or 0.0))
        residuals.append(model.residual or 0.0)
        last = recording.indoor[-len(recording.indoor) // 4 :]
        stays.append(math.sqrt(statistics.fmean((one - two) ** 2 for one, two in pairwise(last))))
    known = bool(losses)
    return {
        "half": "measured_on",
        "method": name,
        "records": records,
        "refused": records - len(losses),
        "loss_error": round(statistics.median(losses), 3) if known else None,
        "loss_within": round(statistics.fmean(within), 2) if known else None,
        "capacity_error": round(statistics.median(capacities), 3) if capacities else None,
        "residual": round(statistics.fmean(residuals), 3) if known else None,
        "stays": round(statistics.fmean(stays), 3) if known else None,
        "seconds": round(statistics.median(seconds), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--every", type=int, default=7, help="hours between two forecasts (default 7: all hours in turn)"
    )
    every = parser.parse_args().every
    home = read()
    for line in score(load_methods(home), home.load, lambda at: True, every):
        print(json.dumps({"benchmark": "load", **line}), flush=True)
    for line in score(pv_methods(home), home.pv, lambda at: home.pv[at] > 0 or home.day_ahead[at] > 0, every):
        print(json.dumps({"benchmark": "pv", **line}), flush=True)
    for name, zone in HOUSES.items():
        print(json.dumps({"benchmark": "thermal", **thermal(name, zone, max(2, 60 // every))}), flush=True)


if __name__ == "__main__":
    main()
