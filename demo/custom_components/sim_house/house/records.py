"""What was recorded: a home's load and PV, day-ahead prices and runs of appliances.

Two recorded weeks repeat for ever. A moment is mapped onto them by its local weekday and wall-clock time, so that days
of 23 and 25 hours work: the missing hour is left out, the repeated hour is repeated. Knows nothing of Home Assistant.
"""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

DATA = Path(__file__).resolve().parents[3] / "data"
PROFILE_STEP = 10.0
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RecordedWeeks:
    """Values by recorded day and slot of the day; every slot has the same length."""

    values: tuple[tuple[float, ...], ...]

    def at(self, local: datetime, day_offset: int = 0) -> float:
        """Value of the slot that holds at a local time; the first recorded day is a Monday."""
        # Day 1 of the proleptic calendar is a Monday too.
        day = self.values[(local.toordinal() - 1 + day_offset) % len(self.values)]
        return day[(local.hour * 60 + local.minute) * len(day) // 1440]


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """Power (W) of one measured run, and the energy (Ws) up to the end of each step."""

    name: str
    power: tuple[float, ...]
    cumulated: tuple[float, ...]

    @property
    def duration(self) -> float:
        """Duration in s."""
        return len(self.power) * PROFILE_STEP

    @property
    def energy(self) -> float:
        """Energy of the whole run in Wh."""
        return self.cumulated[-1] / 3600

    def energy_until(self, position: float) -> float:
        """Energy (Ws) from the start of the run to a position in s."""
        step = int(min(max(position, 0.0), self.duration) // PROFILE_STEP)
        if step >= len(self.power):
            return self.cumulated[-1]
        before = self.cumulated[step - 1] if step else 0.0
        return before + self.power[step] * (max(position, 0.0) - step * PROFILE_STEP)


@cache
def _table(path: Path, columns: tuple[str, ...]) -> tuple[RecordedWeeks, ...]:
    days: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            days.setdefault(row["day"], []).append(row)
    return tuple(
        RecordedWeeks(tuple(tuple(float(row[column]) for row in rows) for rows in days.values())) for column in columns
    )


@cache
def measured_run(name: str) -> MeasuredRun:
    """A measured run by name; ValueError names the runs there are."""
    path = DATA / "appliances_odbl" / f"{name}.csv"
    if name not in run_names():
        raise ValueError(f"there is no measured run '{name}'; there are: {', '.join(run_names())}")
    power = tuple(float(line) for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return MeasuredRun(name, power, tuple(accumulate(watts * PROFILE_STEP for watts in power)))


@cache
def run_names() -> tuple[str, ...]:
    """Names of the measured runs."""
    return tuple(sorted(path.stem for path in (DATA / "appliances_odbl").glob("*.csv")))


def flicker(moment: datetime, what: str) -> float:
    """Deterministic noise between -1 and 1 whose mean over each recorded half-hour is zero; a new value every 10 s."""
    half_hour, second = divmod(moment.timestamp(), 1800)
    return _noise(int(half_hour), what)[int(second // 10)]


@lru_cache(maxsize=8)
def _noise(half_hour: int, what: str) -> tuple[float, ...]:
    source = Random(f"{what} {half_hour}")
    values: list[float] = []
    drift = 0.0
    for _ in range(180):
        drift = 0.8 * drift + source.gauss(0, 1)
        values.append(drift)
    mean = sum(values) / len(values)
    largest = max(abs(value - mean) for value in values)
    return tuple((value - mean) / largest for value in values)


@dataclass(frozen=True, slots=True)
class Records:
    """The recordings, laid over the calendar of one time zone."""

    zone: ZoneInfo
    load: RecordedWeeks
    pv: RecordedWeeks
    pv_forecast: RecordedWeeks
    price: RecordedWeeks
    day_offset: int = 0

    def load_at(self, moment: datetime) -> float:
        """Base load in W."""
        return self.load.at(moment.astimezone(self.zone), self.day_offset)

    def pv_at(self, moment: datetime) -> float:
        """PV power in W that the sun allows; positive."""
        return self.pv.at(moment.astimezone(self.zone), self.day_offset)

    def pv_forecast_at(self, moment: datetime) -> float:
        """PV power in W that was forecast the day before."""
        return self.pv_forecast.at(moment.astimezone(self.zone), self.day_offset)

    def price_at(self, moment: datetime) -> float:
        """Day-ahead price in EUR/kWh, without tax and fees."""
        return self.price.at(moment.astimezone(self.zone), self.day_offset) / 1000

    def quarters(self, day: date) -> list[datetime]:
        """Starts of all quarter-hours of a local day, as local times: 92, 96 or 100."""
        begin, end = (
            datetime.combine(day + timedelta(days=days), time(), self.zone).astimezone(UTC) for days in (0, 1)
        )
        return [(begin + QUARTER * step).astimezone(self.zone) for step in range((end - begin) // QUARTER)]

    def prices(self, day: date) -> list[tuple[datetime, datetime, float]]:
        """Start, end (local times) and price (EUR/kWh) of every quarter-hour of a local day."""
        return [
            (start, (start.astimezone(UTC) + QUARTER).astimezone(self.zone), self.price_at(start))
            for start in self.quarters(day)
        ]

    def forecast(self, day: date) -> list[tuple[datetime, float]]:
        """Start (local time) and forecast PV power (W) of every quarter-hour of a local day."""
        return [(start, self.pv_forecast_at(start)) for start in self.quarters(day)]


def load_records(zone: ZoneInfo, day_offset: int = 0) -> Records:
    """Read the recordings (once; later calls share them)."""
    load, pv, forecast = _table(DATA / "home_fr" / "two_weeks.csv", ("load_w", "pv_w", "pv_forecast_w"))
    (price,) = _table(DATA / "prices_de_lu" / "two_weeks.csv", ("eur_per_mwh",))
    return Records(zone, load, pv, forecast, price, day_offset)
