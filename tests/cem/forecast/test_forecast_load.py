"""Forecast of the house's own load from what the same times of past days were."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.forecast import Basis, Forecast, forecast_load, load_forecast
from custom_components.cem_sgcp.cem.model import Interval, ModelError, Series, TimeGrid

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
#: A Monday noon in winter.
NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)

type Load = Callable[[datetime], float]


def history(load: Load, *, now: datetime = NOW, days: float = 28, step: timedelta = QUARTER) -> Series:
    """What was recorded of a load that follows the local time."""
    start = now - timedelta(days=days)
    moments = [start + index * step for index in range(round((now - start) / step))]
    return Series(
        intervals=tuple(Interval(start=at, end=at + step, value=load(at.astimezone(BERLIN))) for at in moments),
        unit="W",
    )


def made(past: Series, *, now: datetime = NOW, hours: float = 24, present: float | None = None) -> Forecast:
    return load_forecast(past, now=now, end=now + hours * HOUR, time_zone=BERLIN, present=present, default=350.0)


def at(forecast: Forecast, moment: datetime) -> float:
    value = forecast.series.at(moment)
    assert value is not None
    return value


def household(local: datetime) -> float:
    """200 W, and 1200 W from 7 to 9 and from 18 to 21; at weekends from 9 to 12."""
    if local.weekday() >= 5:
        return 1200.0 if 9 <= local.hour < 12 else 200.0
    return 1200.0 if 7 <= local.hour < 9 or 18 <= local.hour < 21 else 200.0


# ------------------------------------------------------------------------------------------------- the pattern of days


def test_the_same_time_of_past_days_is_what_is_expected() -> None:
    forecast = made(history(household))
    assert forecast.basis is Basis.PROFILE
    assert forecast.days == pytest.approx(28)
    for hour, low, high in ((13, 190, 260), (19, 1000, 1250), (22, 190, 260), (24 + 8, 1000, 1250)):
        moment = datetime(2026, 11, 23, tzinfo=BERLIN) + timedelta(hours=hour, minutes=30)
        assert low <= at(forecast, moment) <= high, hour


def test_workdays_and_weekends_are_different_days() -> None:
    friday = datetime(2026, 11, 20, 11, tzinfo=UTC)
    forecast = made(history(household, now=friday), now=friday, hours=72)
    saturday, sunday, monday = (datetime(2026, 11, day, tzinfo=BERLIN) for day in (21, 22, 23))
    for day in (saturday, sunday):
        assert at(forecast, day.replace(hour=10)) > 2 * at(forecast, day.replace(hour=8))
    assert at(forecast, monday.replace(hour=8)) > 2 * at(forecast, monday.replace(hour=10))


def test_recent_days_count_more_than_old_ones() -> None:
    """The heating went on ten days ago."""
    forecast = made(history(lambda local: 1500.0 if local.date() > date(2026, 11, 13) else 500.0))
    assert at(forecast, NOW + 12 * HOUR) > 1300


def test_one_day_out_of_the_ordinary_is_not_seen_for_a_week() -> None:
    """Guests on Saturday evening: three hours of 5 kW."""
    guests = made(
        history(lambda local: 5000.0 if local.date() == date(2026, 11, 14) and 18 <= local.hour < 21 else 300.0)
    )
    assert at(guests, datetime(2026, 11, 23, 19, tzinfo=BERLIN)) < 500


def test_a_fault_of_the_sensor_does_not_spoil_the_forecast() -> None:
    clean = made(history(household))
    spike = NOW - 20 * HOUR
    faulty = made(history(lambda local: 1e8 if local == spike.astimezone(BERLIN) else household(local)))
    for one, other in zip(clean.series.intervals, faulty.series.intervals, strict=True):
        assert other.value <= one.value + 900
    assert sum(entry.value for entry in faulty.series.intervals) < 1.1 * sum(
        entry.value for entry in clean.series.intervals
    )


def test_a_day_above_its_usual_level_lifts_the_next() -> None:
    """The house took half more than usual since yesterday noon: it is cold."""
    usual = history(household)
    cold = history(lambda local: household(local) * (1.5 if local >= NOW - 24 * HOUR else 1.0))
    one, other = made(usual), made(cold)
    assert 1.15 < at(other, NOW + 8 * HOUR) / at(one, NOW + 8 * HOUR) < 1.5


@pytest.mark.parametrize("step", [timedelta(minutes=5), QUARTER, timedelta(minutes=30), HOUR])
def test_history_may_be_in_steps_of_minutes_or_hours(step: timedelta) -> None:
    forecast = made(history(household, step=step, days=14))
    assert forecast.basis is Basis.PROFILE
    assert at(forecast, datetime(2026, 11, 23, 19, 30, tzinfo=BERLIN)) > 950
    assert at(forecast, datetime(2026, 11, 23, 15, 30, tzinfo=BERLIN)) < 300


# ------------------------------------------------------------------------------------------------- time changes


@pytest.mark.parametrize(
    ("change", "quarters"), [(datetime(2026, 3, 29, tzinfo=BERLIN), 92), (datetime(2026, 10, 25, tzinfo=BERLIN), 100)]
)
def test_ct62_a_day_of_23_or_25_hours_keeps_its_local_times(change: datetime, quarters: int) -> None:
    start, end = change, change + timedelta(days=1)
    now = start.astimezone(UTC)
    forecast = made(history(household, now=now), now=now, hours=(end.astimezone(UTC) - now) / HOUR)
    assert len(forecast.series.intervals) == quarters
    for earlier, later in zip(forecast.series.intervals, forecast.series.intervals[1:], strict=False):
        assert earlier.end == later.start
    assert at(forecast, change.replace(hour=10)) > 2 * at(forecast, change.replace(hour=8))
    assert at(forecast, change.replace(hour=10)) > 2 * at(forecast, change.replace(hour=13))


def test_ct62_a_pattern_of_winter_time_goes_on_in_summer_time() -> None:
    now = datetime(2026, 3, 30, 0, 0, tzinfo=BERLIN).astimezone(UTC)
    forecast = made(history(household, now=now), now=now)
    monday = datetime(2026, 3, 30, tzinfo=BERLIN)
    assert at(forecast, monday.replace(hour=7, minute=5)) > 800
    assert at(forecast, monday.replace(hour=6, minute=50)) < 500
    assert at(forecast, monday.replace(hour=9, minute=10)) < 500


# ------------------------------------------------------------------------------------------------- the present


def test_the_present_pulls_the_next_hour_and_is_forgotten_by_the_afternoon() -> None:
    past = history(lambda local: 400.0)
    forecast = made(past, present=1400.0)
    first, later, evening = (at(forecast, NOW + hours * HOUR) for hours in (0, 1, 8))
    assert 950 < first <= 1100
    assert 550 < later < 750
    assert evening == pytest.approx(400, abs=1)
    assert at(made(past, present=0.0), NOW) < 200


def test_a_fault_of_the_meter_now_is_no_house() -> None:
    assert at(made(history(household), present=1e8), NOW) < 30_000


@pytest.mark.parametrize("present", [math.nan, math.inf, -math.inf, None])
def test_a_present_that_is_not_known_pulls_nothing(present: float | None) -> None:
    assert made(history(household), present=present).series == made(history(household)).series


def test_a_load_is_never_negative() -> None:
    past = history(lambda local: -500.0 if 10 <= local.hour < 16 else 100.0)
    forecast = made(past, present=-5000.0)
    assert min(entry.value for entry in forecast.series.intervals) == 0


# ------------------------------------------------------------------------------------------------- little history


def test_without_history_the_stated_default_stands_in() -> None:
    forecast = made(Series(intervals=()))
    assert (forecast.basis, forecast.days) == (Basis.DEFAULT, 0)
    assert {entry.value for entry in forecast.series.intervals} == {350.0}
    pulled = made(Series(intervals=()), present=1000.0)
    assert at(pulled, NOW) > 700
    assert at(pulled, NOW + 10 * HOUR) == pytest.approx(350, abs=1)


def test_with_less_than_a_day_the_mean_stands_in() -> None:
    forecast = made(history(household, days=0.5))
    assert forecast.basis is Basis.RECENT_MEAN
    mean = np.mean([entry.value for entry in history(household, days=0.5).intervals])
    assert at(forecast, NOW + 6 * HOUR) == pytest.approx(mean)


def test_a_single_day_already_makes_a_profile() -> None:
    wednesday = NOW + timedelta(days=2)
    forecast = made(history(household, now=wednesday, days=1), now=wednesday)
    assert forecast.basis is Basis.PROFILE
    assert at(forecast, datetime(2026, 11, 25, 19, 30, tzinfo=BERLIN)) == pytest.approx(1200)
    assert at(forecast, datetime(2026, 11, 25, 15, 30, tzinfo=BERLIN)) == pytest.approx(200)


def test_gaps_are_left_out_and_hours_never_seen_lie_between_their_neighbours() -> None:
    whole = history(lambda local: 400.0 + 20 * local.hour)
    kept = tuple(
        entry
        for entry in whole.intervals
        if not 2 <= entry.start.astimezone(BERLIN).hour < 5 and entry.start.day not in {12, 13, 14}
    )
    forecast = made(Series(intervals=kept, unit="W"))
    night = at(forecast, datetime(2026, 11, 24, 3, 30, tzinfo=BERLIN))
    assert 400 + 20 <= night <= 400 + 20 * 5 + 10


def test_what_lies_in_the_future_of_a_history_is_not_looked_at() -> None:
    past = history(household, now=NOW + 48 * HOUR, days=30)
    known = made(Series(intervals=tuple(entry for entry in past.intervals if entry.end <= NOW), unit="W"))
    assert made(past).series == known.series


def test_history_older_than_eight_weeks_is_not_looked_at() -> None:
    forecast = made(history(lambda local: 9000.0, now=NOW - timedelta(days=60), days=20))
    assert forecast.basis is Basis.PROFILE, "the youngest eight weeks of what there is"
    assert forecast.days == pytest.approx(20)


# ------------------------------------------------------------------------------------------------- the horizon


def test_the_forecast_covers_every_step_of_a_planning_grid() -> None:
    for second in (0, 7 * 60 + 23, 14 * 60 + 59):
        now = NOW + timedelta(seconds=second)
        grid = TimeGrid.tiered(now, ((300, 3600), (900, 36 * 3600), (3600, 48 * 3600)))
        series = forecast_load(history(household), now=now, end=grid.end, time_zone=BERLIN, present=None, default=350.0)
        assert np.isfinite(series.on(grid)).all()


@pytest.mark.parametrize("hours", [0, -1])
def test_a_horizon_in_the_past_is_refused(hours: float) -> None:
    with pytest.raises(ModelError, match="must end after it starts"):
        made(history(household, days=2), hours=hours)


def test_a_horizon_of_months_is_refused() -> None:
    with pytest.raises(ModelError, match="at most"):
        made(history(household, days=2), hours=32 * 24)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(-1e15, 1e15), max_size=150),
    present=st.none() | st.floats(),
    default=st.floats(0, 1e4),
    shift=st.integers(-100_000, 100_000),
)
def test_whatever_was_recorded_the_forecast_is_whole_finite_and_not_negative(
    values: list[float], present: float | None, default: float, shift: int
) -> None:
    past = Series.from_values(NOW - timedelta(days=2), QUARTER, values, "W")
    now = NOW + timedelta(seconds=shift)
    series = forecast_load(past, now=now, end=now + 30 * HOUR, time_zone=BERLIN, present=present, default=default)
    assert series.intervals[0].start <= now
    assert series.intervals[-1].end >= now + 30 * HOUR
    assert all(0 <= entry.value <= 1e9 for entry in series.intervals)
