"""Outdoor temperature from real weather entities, in any unit and as finely as they tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.weather import DATA_COMPONENT, Forecast, WeatherEntity, WeatherEntityFeature
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.model import Series
from custom_components.cem_sgcp.grid.report import Problem
from custom_components.cem_sgcp.grid.weather import RETRY, WeatherForecast, read_forecast

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 6, 20, tzinfo=UTC)
HOURLY = WeatherEntityFeature.FORECAST_HOURLY
DAILY = WeatherEntityFeature.FORECAST_DAILY
TWICE = WeatherEntityFeature.FORECAST_TWICE_DAILY


class Station(WeatherEntity):
    """A weather service."""

    _attr_should_poll = False
    _attr_name = "Station"
    _attr_condition = "sunny"
    _attr_native_temperature = 4.0
    _attr_native_temperature_unit = UnitOfTemperature.CELSIUS

    def __init__(self, features: WeatherEntityFeature, forecasts: dict[str, Any]) -> None:
        self._attr_supported_features = features
        self.forecasts = forecasts
        self.asked: list[str] = []

    def _told(self, kind: str) -> list[Forecast] | None:
        self.asked.append(kind)
        answer = self.forecasts.get(kind)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def async_forecast_hourly(self) -> list[Forecast] | None:
        return self._told("hourly")

    async def async_forecast_daily(self) -> list[Forecast] | None:
        return self._told("daily")

    async def async_forecast_twice_daily(self) -> list[Forecast] | None:
        return self._told("twice_daily")


def hours(first: float = 5.0) -> list[Forecast]:
    start = NOW.replace(minute=0)
    return [
        Forecast(datetime=(start + timedelta(hours=hour)).isoformat(), native_temperature=first - hour / 4)
        for hour in range(40)
    ]


async def station(hass: HomeAssistant, features: WeatherEntityFeature, forecasts: dict[str, Any]) -> Station:
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await async_setup_component(hass, "weather", {})
    entity = Station(features, forecasts)
    await hass.data[DATA_COMPONENT].async_add_entities([entity])
    await hass.async_block_till_done()
    return entity


def forecast(hass: HomeAssistant) -> WeatherForecast:
    return WeatherForecast(hass, "weather.station")


@pytest.mark.parametrize("fahrenheit", [False, True])
async def test_hours_are_read_in_the_units_of_the_house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, fahrenheit: bool
) -> None:
    freezer.move_to(NOW)
    if fahrenheit:
        hass.config.units = US_CUSTOMARY_SYSTEM
    await station(hass, HOURLY | DAILY, {"hourly": hours()})
    weather = forecast(hass)
    series = await weather.async_series(NOW)
    assert series is not None
    assert series.unit == "°C"
    # A house in °F rounds to whole degrees.
    exact = 0.3 if fahrenheit else 0.06
    for hour in (0, 10, 39):
        assert series.at(NOW + timedelta(hours=hour)) == pytest.approx(5.0 - hour / 4, abs=exact)
    assert weather.present == pytest.approx(4.0, abs=exact)
    assert weather.report.ok
    assert weather.report.shape == "hourly"


async def test_an_answer_is_kept_for_a_while(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)
    entity = await station(hass, HOURLY, {"hourly": hours()})
    weather = forecast(hass)
    for minute in range(0, 40, 5):
        await weather.async_series(NOW + timedelta(minutes=minute))
    assert entity.asked == ["hourly"]
    await weather.async_series(NOW + timedelta(minutes=50))
    assert entity.asked == ["hourly"] * 2


async def test_days_become_hours_between_their_lowest_and_highest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    days = [
        Forecast(
            datetime=datetime(2026, 11, 23 + day, 12, tzinfo=BERLIN).isoformat(),
            native_temperature=8.0 + day,
            native_templow=-2.0 + day,
        )
        for day in range(4)
    ]
    await station(hass, DAILY, {"daily": days})
    series = await forecast(hass).async_series(NOW)
    assert series is not None
    at = {hour: series.at(datetime(2026, 11, 24, hour, 30, tzinfo=BERLIN)) for hour in range(24)}
    assert at[14] == pytest.approx(9.0, abs=0.3)
    assert at[5] == pytest.approx(-1.0, abs=0.3)
    assert list(at.values())[5:15] == sorted(list(at.values())[5:15])
    assert list(at.values())[15:] == sorted(list(at.values())[15:], reverse=True)


async def test_half_days_are_day_and_night(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)
    halves = []
    for day in range(3):
        for hour, value, bright in ((7, 10.0, True), (19, 1.0, False)):
            moment = datetime(2026, 11, 23 + day, hour, tzinfo=BERLIN)
            halves.append(Forecast(datetime=moment.isoformat(), native_temperature=value, is_daytime=bright))
    await station(hass, TWICE, {"twice_daily": halves})
    series = await forecast(hass).async_series(NOW)
    assert series is not None
    assert series.at(datetime(2026, 11, 24, 14, 30, tzinfo=BERLIN)) == pytest.approx(10.0, abs=0.3)
    assert series.at(datetime(2026, 11, 24, 5, 10, tzinfo=BERLIN)) == pytest.approx(1.0, abs=0.3)


async def test_a_service_that_fails_keeps_what_was_known_and_is_asked_again_soon(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    entity = await station(hass, HOURLY, {"hourly": hours()})
    weather = forecast(hass)
    first = await weather.async_series(NOW)
    entity.forecasts["hourly"] = ValueError("no contract")
    later = NOW + timedelta(hours=2)
    assert await weather.async_series(later) == first
    assert weather.report.problem is Problem.ACTION_FAILED
    assert "no contract" in weather.report.detail
    entity.forecasts["hourly"] = hours(15.0)
    assert await weather.async_series(later + RETRY) != first
    assert weather.report.ok


async def test_a_forecast_of_the_past_is_none(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)
    await station(hass, HOURLY, {"hourly": hours()})
    weather = forecast(hass)
    await weather.async_series(NOW)
    hass.states.async_set("weather.station", "unavailable")
    assert await weather.async_series(NOW + timedelta(days=4)) is None
    assert weather.report.problem is Problem.ENTITY_UNAVAILABLE


async def test_an_entity_that_is_gone_or_forecasts_nothing_is_said(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    missing = WeatherForecast(hass, "weather.nowhere")
    assert await missing.async_series(NOW) is None
    assert missing.report.problem is Problem.ENTITY_MISSING
    assert missing.present is None
    await station(hass, WeatherEntityFeature(0), {})
    silent = forecast(hass)
    assert await silent.async_series(NOW) is None
    assert silent.report.problem is Problem.NO_SERIES
    # Where there is no action to ask, as while Home Assistant starts.
    hass.states.async_set("weather.early", "sunny", {"supported_features": 2})
    hass.services.async_remove("weather", "get_forecasts")
    early = WeatherForecast(hass, "weather.early")
    assert await early.async_series(NOW) is None
    assert early.report.problem is Problem.ACTION_FAILED


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers())


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "datetime": anything | st.datetimes().map(str),
                "temperature": anything,
                "templow": anything,
                "is_daytime": anything,
            },
        ),
        max_size=20,
    ),
    st.sampled_from(["°C", "°F", "K"]),
    st.sampled_from(["hourly", "twice_daily", "daily"]),
)
@settings(max_examples=200)
def test_whatever_a_service_says_is_a_series_of_weather(entries: list[dict], unit: str, kind: str) -> None:
    series = read_forecast(entries, unit, kind)
    assert isinstance(series, Series)
    assert all(-90 <= entry.value <= 65 for entry in series.intervals)
