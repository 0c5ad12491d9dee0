"""Forecast of generation: another integration's, or past days, pulled by what is measured now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.forecast import Basis, Forecast, forecast_pv, pv_forecast
from custom_components.cem_sgcp.cem.model import Interval, ModelError, Series

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)

type Sun = Callable[[datetime], float]


def clear(at: datetime) -> float:
    """A clear day: 8 kW at 12:00 UTC, nothing before 4:00 and after 20:00."""
    hours = (at - at.replace(hour=12, minute=0)) / HOUR
    return max(0.0, 8000.0 * math.cos(hours / 8 * math.pi / 2))


def series(sun: Sun, start: datetime, end: datetime, step: timedelta = QUARTER, *, night: bool = True) -> Series:
    moments = [start + index * step for index in range(round((end - start) / step))]
    return Series(
        intervals=tuple(
            Interval(start=at, end=at + step, value=sun(at + step / 2))
            for at in moments
            if night or sun(at + step / 2) > 0
        ),
        unit="W",
    )


def past(sun: Sun = clear, days: int = 14, *, now: datetime = NOW, night: bool = True) -> Series:
    return series(sun, now - timedelta(days=days), now, night=night)


def ahead(sun: Sun = clear, hours: float = 48) -> Series:
    return series(sun, NOW - HOUR, NOW + hours * HOUR)


def made(
    forecast: Series | None,
    *,
    history: Series | None = None,
    hours: float = 48,
    measured: float | None = None,
    nominal: float | None = None,
    now: datetime = NOW,
    zone: ZoneInfo = BERLIN,
) -> Forecast:
    result = pv_forecast(
        forecast,
        history=history,
        now=now,
        end=now + hours * HOUR,
        time_zone=zone,
        measured=measured,
        nominal=nominal,
    )
    assert result is not None
    return result


def at(forecast: Forecast, moment: datetime) -> float:
    value = forecast.series.at(moment)
    assert value is not None
    return value


# ------------------------------------------------------------------------------------------------- what it stands on


def test_the_forecast_of_another_integration_is_taken_as_it_is() -> None:
    forecast = made(ahead())
    assert forecast.basis is Basis.FORECAST
    for entry in forecast.series.intervals:
        assert entry.value == pytest.approx(clear(entry.start + QUARTER / 2), abs=1e-6)


def test_without_a_forecast_past_days_stand_in() -> None:
    forecast = made(None, history=past(lambda moment: clear(moment) / (1 + moment.day % 2)))
    assert forecast.basis is Basis.PROFILE
    assert forecast.days == pytest.approx(14)
    noon = at(forecast, NOW.replace(hour=12))
    assert 4000 < noon < 8000
    assert at(forecast, NOW.replace(hour=23)) == 0


def test_nothing_is_known_without_forecast_and_history() -> None:
    for history in (None, Series(intervals=()), past(days=0), series(clear, NOW - 4 * HOUR, NOW)):
        assert (
            forecast_pv(None, history=history, now=NOW, end=NOW + HOUR, time_zone=BERLIN, measured=500.0, nominal=None)
            is None
        )


def test_an_inverter_that_is_silent_at_night_gives_nothing_at_night() -> None:
    forecast = made(None, history=past(night=False))
    assert at(forecast, NOW.replace(hour=1) + timedelta(days=1)) == 0
    assert at(forecast, NOW.replace(hour=12)) > 7000


def test_a_sensor_that_failed_for_some_days_does_not_darken_the_sun() -> None:
    whole = past()
    failed = Series(
        intervals=tuple(entry for entry in whole.intervals if entry.start.day not in {10, 11, 12}), unit="W"
    )
    assert at(made(None, history=failed), NOW.replace(hour=12)) == pytest.approx(
        at(made(None, history=whole), NOW.replace(hour=12)), rel=0.01
    )


def test_a_gap_of_the_forecast_is_filled_from_past_days_and_else_from_the_day_before() -> None:
    tomorrow = NOW.replace(hour=12) + timedelta(days=1)
    short = ahead(hours=14)
    assert at(made(short, history=past(lambda moment: clear(moment) / 2)), tomorrow) == pytest.approx(4000, rel=0.02)
    assert at(made(short), tomorrow) == pytest.approx(8000, rel=0.02)
    sunny = Series(intervals=tuple(entry for entry in ahead().intervals if entry.value > 0), unit="W")
    assert at(made(sunny), NOW.replace(hour=1) + timedelta(days=1)) == 0, "a forecast without nights"


def test_a_forecast_that_is_all_in_the_past_is_none() -> None:
    old = series(clear, NOW - timedelta(days=3), NOW - timedelta(days=2))
    assert made(old, history=past()).basis is Basis.PROFILE
    assert (
        forecast_pv(old, history=None, now=NOW, end=NOW + HOUR, time_zone=BERLIN, measured=None, nominal=None) is None
    )


# ------------------------------------------------------------------------------------------------- the present


def test_what_is_measured_pulls_the_next_hours() -> None:
    """Clouds: half of what was forecast."""
    now = clear(NOW + QUARTER / 2)
    cloudy = made(ahead(), measured=now / 2)
    assert 0.5 <= at(cloudy, NOW) / now < 0.6
    assert 0.55 < at(cloudy, NOW + HOUR) / clear(NOW + HOUR) < 0.85
    tomorrow = NOW + timedelta(days=1)
    assert at(cloudy, tomorrow) == pytest.approx(clear(tomorrow + QUARTER / 2), rel=0.01)


def test_a_sun_brighter_than_forecast_is_followed_up_to_the_best_of_past_days() -> None:
    half = ahead(lambda moment: clear(moment) / 2)
    free = made(half, measured=clear(NOW))
    assert at(free, NOW) > 0.9 * clear(NOW)
    bound = made(half, history=past(lambda moment: clear(moment) * 0.6), measured=clear(NOW))
    assert at(bound, NOW) <= 0.6 * 1.2 * clear(NOW + QUARTER)


def test_at_dawn_the_difference_counts_and_not_the_ratio() -> None:
    dawn = NOW.replace(hour=4, minute=15)
    forecast = made(series(clear, dawn - HOUR, dawn + 24 * HOUR), hours=24, measured=600.0, now=dawn)
    assert at(forecast, dawn + 6 * HOUR) < 1.1 * clear(dawn + 6 * HOUR) + 100


def test_at_night_a_stray_reading_does_not_last() -> None:
    night = NOW.replace(hour=23)
    forecast = made(series(clear, night - HOUR, night + 24 * HOUR), hours=24, measured=20.0, now=night)
    assert at(forecast, night) <= 20
    assert at(forecast, night + 4 * HOUR) < 5


@pytest.mark.parametrize("measured", [math.nan, math.inf, -math.inf, None])
def test_a_measurement_that_is_none_pulls_nothing(measured: float | None) -> None:
    assert made(ahead(), measured=measured).series == made(ahead()).series


# ------------------------------------------------------------------------------------------------- bounds


def test_nothing_exceeds_the_nominal_power_and_nothing_is_negative() -> None:
    forecast = made(ahead(lambda moment: clear(moment) - 500), measured=12_000.0, nominal=5000.0)
    values = [entry.value for entry in forecast.series.intervals]
    assert max(values) == 5000
    assert min(values) == 0
    assert max(entry.value for entry in made(ahead(), nominal=math.nan).series.intervals) > 7000


def test_the_sun_does_not_follow_the_clock_of_daylight_saving() -> None:
    """Noon of the sun stays where it is when the clocks change."""
    now = datetime(2026, 3, 30, 0, tzinfo=UTC)
    forecast = made(None, history=past(now=now), now=now, hours=24)
    best = max(forecast.series.intervals, key=lambda entry: entry.value)
    assert abs((best.start - now.replace(hour=12)) / HOUR) <= 0.25


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"])
def test_a_plant_anywhere_has_its_whole_day(zone: str) -> None:
    local = ZoneInfo(zone)
    offset = local.utcoffset(NOW.replace(tzinfo=None))
    assert offset is not None
    forecast = made(None, history=past(lambda moment: clear(moment + offset)), zone=local, hours=24)
    assert max(entry.value for entry in forecast.series.intervals) == pytest.approx(8000, rel=0.02)


def test_a_horizon_in_the_past_is_refused() -> None:
    with pytest.raises(ModelError, match="must end after it starts"):
        made(ahead(), hours=0)


@settings(max_examples=60, deadline=None)
@given(
    forecast=st.none() | st.lists(st.floats(-1e15, 1e15), max_size=60),
    history=st.none() | st.lists(st.floats(-1e15, 1e15), max_size=150),
    measured=st.none() | st.floats(),
    nominal=st.none() | st.floats(),
)
def test_whatever_is_known_the_forecast_is_whole_finite_and_not_negative(
    forecast: list[float] | None, history: list[float] | None, measured: float | None, nominal: float | None
) -> None:
    result = forecast_pv(
        None if forecast is None else Series.from_values(NOW, QUARTER, forecast),
        history=None if history is None else Series.from_values(NOW - timedelta(days=2), QUARTER, history),
        now=NOW,
        end=NOW + 30 * HOUR,
        time_zone=BERLIN,
        measured=measured,
        nominal=nominal,
    )
    if result is None:
        assert not forecast
        return
    assert len(result.intervals) == 120
    assert all(0 <= entry.value <= 1e9 for entry in result.intervals)


def test_a_plant_that_is_held_down_tells_only_that_the_sun_gives_at_least_so_much() -> None:
    def held(measured: float) -> float:
        result = pv_forecast(
            ahead(),
            history=None,
            now=NOW,
            end=NOW + 6 * HOUR,
            time_zone=BERLIN,
            measured=measured,
            nominal=None,
            held_down=True,
        )
        assert result is not None
        return result.series.intervals[0].value

    free = made(ahead()).series.intervals[0].value
    assert free > 500
    assert held(0.3 * free) == pytest.approx(free)
    assert held(1.5 * free) > 1.3 * free
