"""Outdoor temperature that a `weather` entity forecasts: by the hour, else by half days or days.

The part of `grid` that asks Home Assistant for weather. Temperatures leave here in °C; days become hours with the
course of a clear day between their lowest and highest temperature. An answer is kept for a while, and longer where no
new one comes. It must not know what the temperature is for.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta, tzinfo
from itertools import pairwise
import math
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from ..cem.model import Series
from .intervals import Point, assemble
from .report import Problem, SourceReport
from .values import moment, number

#: Names of Home Assistant's weather: not imported, so that it need not be loaded where nobody uses it.
WEATHER, GET_FORECASTS, TEMPERATURE_UNIT = "weather", "get_forecasts", "temperature_unit"
DAILY, HOURLY, TWICE_DAILY = 1, 2, 4
TYPES: Final = ((HOURLY, "hourly"), (TWICE_DAILY, "twice_daily"), (DAILY, "daily"))

TIMEOUT: Final = 30.0
#: How long an answer is good for, and how soon one that failed is asked for again.
REFRESH: Final = timedelta(minutes=45)
RETRY: Final = timedelta(minutes=5)
#: What is no weather, °C.
BOUNDS: Final = (-90.0, 65.0)
#: Hours of the local day at which it is coldest and warmest.
COLDEST, WARMEST = 5, 15
NOTHING: Final = Series(intervals=(), unit="°C")


class WeatherForecast:
    """Asks one weather entity and keeps what it said."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Take the entity."""
        self._hass = hass
        self._entity_id = entity_id
        self._series = NOTHING
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self.report = SourceReport()

    @property
    def present(self) -> float | None:
        """Temperature that the entity says it is now, °C."""
        state = self._hass.states.get(self._entity_id)
        return None if state is None else celsius(state.attributes.get("temperature"), unit_of_weather(state))

    async def async_series(self, now: datetime) -> Series | None:
        """Return the forecast in °C, asking anew where the last answer is old; None where nothing is known."""
        wait = RETRY if self.report.problem is not None else REFRESH
        if self._tried is None or not timedelta() <= now - self._tried < wait:
            self._tried = now
            await self._ask(now)
        known = self._series.end is not None and self._series.end > now
        return self._series if known else None

    async def _ask(self, now: datetime) -> None:
        state = self._hass.states.get(self._entity_id)
        problem, detail = None, ""
        series, kind = NOTHING, ""
        if state is None or state.state == STATE_UNAVAILABLE:
            problem = Problem.ENTITY_MISSING if state is None else Problem.ENTITY_UNAVAILABLE
            detail = self._entity_id
        else:
            try:
                series, kind = await self._best(state)
            except Exception as error:  # noqa: BLE001  # whatever another integration raises, the plan goes on
                problem, detail = Problem.ACTION_FAILED, (str(error) or type(error).__name__)[:200]
            if problem is None and not series.intervals:
                problem, detail = Problem.NO_SERIES, self._entity_id
        if series.intervals:
            self._series, self._fetched = series, now
        self.report = SourceReport(
            source="weather",
            shape=kind,
            used=len(series.intervals),
            age=None if self._fetched is None else (now - self._fetched).total_seconds(),
            until=self._series.end,
            problem=problem,
            detail=detail,
        )

    async def _best(self, state: State) -> tuple[Series, str]:
        """Return the finest forecast that the entity gives, and its name."""
        features = state.attributes.get(ATTR_SUPPORTED_FEATURES)
        offered = features if isinstance(features, int) else 0
        for feature, kind in TYPES:
            if not offered & feature:
                continue
            async with asyncio.timeout(TIMEOUT):
                answer = await self._hass.services.async_call(
                    WEATHER,
                    GET_FORECASTS,
                    {ATTR_ENTITY_ID: self._entity_id, "type": kind},
                    blocking=True,
                    return_response=True,
                )
            series = read_forecast(_entries(answer, self._entity_id), unit_of_weather(state), kind)
            if series.intervals:
                return series, kind
        return NOTHING, ""


def unit_of_weather(state: State) -> str:
    """Return the unit in which a weather entity tells temperatures."""
    unit = state.attributes.get(TEMPERATURE_UNIT)
    return str(unit) if unit in TemperatureConverter.VALID_UNITS else UnitOfTemperature.CELSIUS


def celsius(value: Any, unit: str) -> float | None:
    """Return a temperature in °C, or None where it is none."""
    known = number(value)
    if known is None:
        return None
    try:
        degrees = TemperatureConverter.convert(known, unit, UnitOfTemperature.CELSIUS)
    except OverflowError:
        return None
    return degrees if BOUNDS[0] <= degrees <= BOUNDS[1] else None


def _entries(answer: Any, entity_id: str) -> list[Mapping[str, Any]]:
    told = answer.get(entity_id) if isinstance(answer, Mapping) else None
    entries = told.get("forecast") if isinstance(told, Mapping) else None
    return [entry for entry in entries if isinstance(entry, Mapping)][:2000] if isinstance(entries, list) else []


def read_forecast(entries: Iterable[Mapping[str, Any]], unit: str, kind: str) -> Series:
    """Return what a weather forecast says as a series in °C; entries that make no sense are left out."""
    zone = dt_util.get_default_time_zone()
    if kind == "hourly":
        points = [
            Point(start, None, value)
            for entry in entries
            if (start := _start(entry, zone)) is not None
            and (value := celsius(entry.get("temperature"), unit)) is not None
        ]
        return assemble(points, "°C")
    lows: dict[datetime, float] = {}
    highs: dict[datetime, float] = {}
    for entry in entries:
        start = _start(entry, zone)
        if start is None:
            continue
        local = start.astimezone(zone)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        value, low = celsius(entry.get("temperature"), unit), celsius(entry.get("templow"), unit)
        if kind == "twice_daily" and entry.get("is_daytime") is False:
            # The night that begins in the evening is coldest the next morning.
            day += timedelta(days=1 if local.hour >= 12 else 0)
            low, value = (value if low is None else low), None
        if value is not None:
            highs[day] = max(value, highs.get(day, -math.inf))
        if low is not None:
            lows[day] = min(low, lows.get(day, math.inf))
    return _course(lows, highs)


def _start(entry: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    start = moment(entry.get("datetime"), zone)
    return start if start is not None and 2000 <= start.year <= 2200 else None


def _course(lows: Mapping[datetime, float], highs: Mapping[datetime, float]) -> Series:
    """Return hours between the lowest and highest temperatures of days, along half waves from one to the next."""
    turns = sorted(
        [(datetime.combine(day, time(COLDEST), day.tzinfo), value) for day, value in lows.items()]
        + [(datetime.combine(day, time(WARMEST), day.tzinfo), value) for day, value in highs.items()]
    )
    points: list[Point] = []
    for (start, first), (end, last) in pairwise(turns):
        begin = dt_util.as_utc(start)
        hours = round((dt_util.as_utc(end) - begin).total_seconds() / 3600)
        if not 0 < hours <= 36:
            continue
        for hour in range(hours):
            share = (1 - math.cos(math.pi * (hour + 0.5) / hours)) / 2
            at = begin + timedelta(hours=hour)
            points.append(Point(at, at + timedelta(hours=1), first + share * (last - first)))
    return assemble(points, "°C")
