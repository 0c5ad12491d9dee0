"""The outdoor temperature of the next days, with or without a weather service."""

from datetime import UTC, datetime, timedelta
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.forecast import Basis, forecast_outdoor
from custom_components.cem_sgcp.cem.model import Interval, Series

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
END = NOW + timedelta(hours=48)
HOUR = timedelta(hours=1)


def made(forecast: Series | None, history: Series | None, present: float | None, end: datetime = END):
    return forecast_outdoor(forecast, history=history, present=present, now=NOW, end=end, time_zone=BERLIN)


def daily(moment: datetime, mean: float) -> float:
    local = moment.astimezone(BERLIN)
    return mean + 4.0 * math.cos(2 * math.pi * (local.hour + local.minute / 60 - 15) / 24)


def past(days: int, warmer: float = 0.0) -> Series:
    """Days around 5 °C, the last one warmer by some K."""
    values = []
    for index in range(days * 24):
        moment = NOW - timedelta(days=days) + index * HOUR
        values.append(daily(moment, 5.0) + (warmer if NOW - moment <= timedelta(days=1) else 0.0))
    return Series.from_values(NOW - timedelta(days=days), HOUR, values, "°C")


def test_a_forecast_is_taken_and_goes_on_with_its_last_day() -> None:
    values = [float(hour % 24) for hour in range(30)]
    result = made(Series.from_values(NOW, HOUR, values, "°C"), None, None)
    assert result is not None
    assert result.basis is Basis.FORECAST
    assert result.series.unit == "°C"
    assert result.series.at(NOW + 20 * HOUR) == 20.0
    assert result.series.at(NOW + 36 * HOUR) == 12.0
    assert result.series.end is not None
    assert result.series.end >= END


def test_a_thermometer_at_the_house_pulls_the_next_hours_only() -> None:
    result = made(Series.from_values(NOW, HOUR, [5.0] * 48, "°C"), None, 8.0)
    assert result is not None
    assert result.series.intervals[0].value == pytest.approx(7.7, abs=0.1)
    assert result.series.at(NOW + 40 * HOUR) == pytest.approx(5.0, abs=0.1)


def test_a_thermometer_in_the_sun_pulls_so_far_and_no_further() -> None:
    result = made(Series.from_values(NOW, HOUR, [5.0] * 48, "°C"), None, 45.0)
    assert result is not None
    assert result.series.intervals[0].value < 13.0


def test_without_a_forecast_the_usual_day_lies_around_the_last_one() -> None:
    result = made(None, past(14, warmer=3.0), None)
    assert result is not None
    assert result.basis is Basis.PROFILE
    for hour in (3, 9, 20, 33):
        at = NOW + hour * HOUR
        assert result.series.at(at) == pytest.approx(daily(at, 8.0), abs=0.3)


def test_a_present_alone_stays() -> None:
    result = made(None, None, 2.5)
    assert result is not None
    assert {entry.value for entry in result.series.intervals} == {2.5}


@pytest.mark.parametrize("present", [None, math.nan, 900.0])
def test_nothing_known_is_none(present: float | None) -> None:
    assert made(None, None, present) is None
    assert made(Series(intervals=()), Series(intervals=()), present) is None
    assert made(Series.from_values(NOW - timedelta(days=3), HOUR, [5.0] * 24), None, present) is None


@given(
    st.lists(st.tuples(st.integers(-100, 100), st.floats(-1e6, 1e6)), max_size=40, unique_by=lambda pair: pair[0]),
    st.lists(st.floats(-1e6, 1e6), max_size=300),
    st.none() | st.floats(),
)
@settings(max_examples=60)
def test_whatever_comes_the_forecast_is_weather(
    entries: list[tuple[int, float]], values: list[float], present: float | None
) -> None:
    forecast = Series(
        intervals=tuple(
            Interval(start=NOW + hour * HOUR, end=NOW + (hour + 1) * HOUR, value=value)
            for hour, value in sorted(entries)
        )
    )
    result = made(forecast, Series.from_values(NOW - len(values) * HOUR, HOUR, values), present)
    if result is not None:
        assert all(-70 <= entry.value <= 60 for entry in result.series.intervals)
