"""CT-62: days of 23 and 25 hours have no gap and no slot twice, whatever shape their prices come in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.cem_sgcp.cem.model import Series
from custom_components.cem_sgcp.grid.shapes import read_attributes

from .data import day_prices

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = {
    date(2024, 10, 27): (25, 3600),
    date(2025, 3, 30): (23, 3600),
    date(2025, 10, 26): (100, 900),
    date(2026, 3, 29): (92, 900),
}
type Write = Callable[[datetime, datetime, float], dict[str, Any]]

#: How integrations write an entry: start, end, price -> entry of the attribute.
WRITERS: dict[str, tuple[str, Write]] = {
    "offset_and_end": (
        "data",
        lambda s, e, p: {"start_time": s.isoformat(), "end_time": e.isoformat(), "price_per_kwh": p},
    ),
    "offset_only": ("prices", lambda s, e, p: {"time": str(s), "price": p}),
    "datetimes": ("raw_today", lambda s, e, p: {"start": s, "end": e, "value": p}),
    "utc": ("raw_today", lambda s, e, p: {"start": s.astimezone(UTC).isoformat(), "value": p}),
    "naive": ("prices", lambda s, e, p: {"time": s.replace(tzinfo=None).isoformat(), "price": p}),
    "naive_and_end": (
        "raw_today",
        lambda s, e, p: {"start": s.replace(tzinfo=None, fold=0), "end": e.replace(tzinfo=None, fold=0), "value": p},
    ),
    "epoch": ("prices", lambda s, e, p: {"start": int(s.timestamp()), "price": p}),
}


def check(series: Series | None, day: date) -> None:
    """Assert that a series is exactly the real prices of the days."""
    count, step = DAYS[day]
    assert series is not None
    starts = [entry.start for entry in series.intervals]
    assert len(starts) == len(set(starts)) == count
    assert series.start == datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    assert series.end == datetime(day.year, day.month, day.day, tzinfo=BERLIN) + timedelta(days=1)
    assert all(a.end == b.start for a, b in itertools.pairwise(series.intervals))
    assert {(entry.end - entry.start).total_seconds() for entry in series.intervals} == {step}
    assert [entry.value for entry in series.intervals] == [pytest.approx(price / 1000) for _, price in day_prices(day)]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_ct62_a_day_ahead_list_has_no_gap_and_no_slot_twice(day: date, writer: str) -> None:
    attribute, write = WRITERS[writer]
    step = timedelta(seconds=DAYS[day][1])
    rows = [
        (start.astimezone(BERLIN), (start + step).astimezone(BERLIN), price / 1000) for start, price in day_prices(day)
    ]
    attributes = {attribute: [write(*row) for row in rows], "unit_of_measurement": "EUR/kWh"}
    check(read_attributes(attributes, now=rows[0][0], zone=BERLIN).series, day)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_ct62_a_bare_list_of_the_day_is_spread_over_its_real_length(day: date) -> None:
    now = datetime(day.year, day.month, day.day, 18, tzinfo=BERLIN)
    prices = [price / 1000 for _, price in day_prices(day)]
    check(read_attributes({"today": prices}, now=now, zone=BERLIN).series, day)
    yesterday = now - timedelta(days=1)
    check(read_attributes({"tomorrow": prices}, now=yesterday, zone=BERLIN).series, day)


@pytest.mark.parametrize("day", [date(2024, 10, 27), date(2025, 3, 30)], ids=str)
def test_ct62_24_bare_values_on_such_a_day_follow_the_wall_clock(day: date) -> None:
    now = datetime(day.year, day.month, day.day, 18, tzinfo=BERLIN)
    series = read_attributes({"today": [hour / 100 for hour in range(24)]}, now=now, zone=BERLIN).series
    assert all(a.end == b.start for a, b in itertools.pairwise(series.intervals))
    assert series.end - series.start == timedelta(hours=DAYS[day][0])
    moment = series.start
    while moment < series.end:
        assert series.at(moment) == moment.astimezone(BERLIN).hour / 100
        moment += timedelta(minutes=15)


def test_ct62_three_days_by_tibber_style_starts_alone() -> None:
    days = [date(2025, 10, 25), date(2025, 10, 26), date(2025, 10, 27)]
    rows = [row for day in days for row in day_prices(day)]
    prices = [{"start_time": start.astimezone(BERLIN).isoformat(), "price": price} for start, price in rows]
    series = read_attributes({"prices": {"Home": prices}}, now=rows[0][0]).series
    assert len(series.intervals) == 96 + 100 + 96
    assert series.end - series.start == timedelta(hours=73)


def test_a_bare_list_of_strange_length_is_not_guessed() -> None:
    reading = read_attributes({"today": [0.1] * 7}, now=datetime(2025, 10, 20, tzinfo=BERLIN), zone=BERLIN)
    assert reading.series is None


def test_ct62_a_day_without_midnight_has_its_prices() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    now = datetime(2026, 4, 24, 12, tzinfo=cairo)
    for count in (23, 24):
        series = read_attributes({"today": [hour / 100 for hour in range(count)]}, now=now, zone=cairo).series
        assert len(series.intervals) == 23
        assert series.start == datetime(2026, 4, 24, 1, tzinfo=cairo)
        assert series.end == datetime(2026, 4, 25, tzinfo=cairo)
