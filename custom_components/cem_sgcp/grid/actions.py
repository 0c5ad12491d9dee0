"""Prices by the actions of Home Assistant's Nord Pool, Tibber and EnergyZero integrations.

One day is one call. A day that is complete is never asked for again; tomorrow is asked for from the time of
publication on, a few minutes apart until it is there. What fails is tried again and never lost: days that are known
stay known. It must not know what is added to a price.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..cem.model import Series
from .intervals import clipped, merged
from .report import Problem, SourceReport
from .shapes import read_attributes
from .tariff import ActionTariff, EnergyZeroTariff, NordPoolTariff

#: Day-ahead auctions are published from 12:45 on in central European time; Tibber and EnergyZero follow within minutes.
PUBLICATION: Final = time(12, 45)
RETRY: Final = timedelta(minutes=5)
TIMEOUT: Final = 30.0
#: EnergyZero's way to say that a day is not published yet.
NO_DATA: Final = frozenset({"no_data"})
MARKET_ZONE: Final = "Europe/Brussels"
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Day:
    """What is known of one day: its prices, when they came, when the last attempt was, and what went wrong then."""

    series: Series | None = None
    used: int = 0
    dropped: int = 0
    fetched: datetime | None = None
    tried: datetime | None = None
    complete: bool = False
    problem: Problem | None = None
    detail: str = ""


class ActionPrices:
    """Prices of one action, kept from call to call."""

    def __init__(self, hass: HomeAssistant, tariff: ActionTariff) -> None:
        self._hass = hass
        self._tariff = tariff
        self._days: dict[date, _Day] = {}
        self._lock = asyncio.Lock()

    async def async_series(self, now: datetime) -> tuple[Series, SourceReport]:
        """Return the prices from today on in currency/kWh, with what there is to say about them.

        Asks for what is missing; never raises. `now` decides what is today and whether tomorrow can be known.
        """
        async with self._lock:
            market = await dt_util.async_get_time_zone(MARKET_ZONE) or UTC
            zone = market if isinstance(self._tariff, NordPoolTariff) else dt_util.get_default_time_zone()
            today = now.astimezone(zone).date()
            self._days = {day: known for day, known in self._days.items() if day >= today - DAY}
            published = now.astimezone(market).time() >= PUBLICATION
            for day in (today, today + DAY) if published else (today,):
                known = self._days.get(day, _Day())
                if not known.complete and (known.tried is None or not timedelta() <= now - known.tried < RETRY):
                    self._days[day] = await self._ask(day, zone, now, known)
            return self._answer(now, today)

    async def _ask(self, day: date, zone: tzinfo, now: datetime, known: _Day) -> _Day:
        """Return a day after one more attempt; what was known of it stays unless there is something new."""
        domain, action, data = self._call(day, zone)
        problem, detail = None, ""
        response: Any = None
        if not self._hass.services.has_service(domain, action):
            problem, detail = Problem.ACTION_MISSING, f"{domain}.{action}"
        else:
            try:
                async with asyncio.timeout(TIMEOUT):
                    response = await self._hass.services.async_call(
                        domain, action, data, blocking=True, return_response=True
                    )
            except Exception as error:  # noqa: BLE001  # whatever another integration raises, the plan goes on
                if getattr(error, "translation_key", None) in NO_DATA:
                    return replace(known, tried=now, problem=Problem.NOT_PUBLISHED, detail="")
                problem, detail = (
                    Problem.ACTION_FAILED,
                    f"{domain}.{action}: {str(error) or type(error).__name__}"[:200],
                )
        reading = read_attributes(
            response if isinstance(response, Mapping) else {},
            unit=self._unit,
            now=now,
            zone=zone,
            part=self._area,
        )
        if reading.series is None:
            return replace(known, tried=now, problem=problem or Problem.NOT_PUBLISHED, detail=detail)
        # The answer may reach into neighbouring days; each day is asked for itself.
        series = clipped(reading.series, *_bounds(day, zone))
        complete = series.end is not None and series.end >= _bounds(day, zone)[1]
        return _Day(series, reading.used, reading.dropped, now, now, complete)

    @property
    def _area(self) -> str | None:
        area = self._tariff.area
        return area.upper() if area and isinstance(self._tariff, NordPoolTariff) else area

    @property
    def _unit(self) -> str:
        return "currency/MWh" if isinstance(self._tariff, NordPoolTariff) else "currency/kWh"

    def _call(self, day: date, zone: tzinfo) -> tuple[str, str, dict[str, Any]]:
        """Return domain, action and data that ask for one day."""
        entry = self._tariff.config_entry_id
        match self._tariff:
            case NordPoolTariff():
                data: dict[str, Any] = {"config_entry": entry, "date": day.isoformat()}
                if self._area:
                    data["areas"] = [self._area]
                return "nordpool", "get_prices_for_date", data
            case EnergyZeroTariff():
                data = {"config_entry": entry, "incl_vat": False, "start": day.isoformat(), "end": day.isoformat()}
                return "energyzero", "get_energy_prices", data
            case _:
                start, end = (bound.astimezone(zone).isoformat() for bound in _bounds(day, zone))
                return "tibber", "get_prices", {"start": start, "end": end}

    def _answer(self, now: datetime, today: date) -> tuple[Series, SourceReport]:
        days = [self._days[day] for day in sorted(self._days)]
        known = [day.series for day in days if day.series is not None]
        series = merged(known, "currency/kWh") if known else Series(intervals=(), unit="currency/kWh")
        fetched = max((day.fetched for day in days if day.fetched is not None), default=None)
        current = self._days.get(today, _Day())
        following = self._days.get(today + DAY, _Day())
        return series, SourceReport(
            source=self._tariff.source,
            shape=self._tariff.source if known else "",
            used=sum(day.used for day in days),
            dropped=sum(day.dropped for day in days),
            age=None if fetched is None else (now - fetched).total_seconds(),
            until=series.end,
            # Tomorrow's prices come when they come: only a failed call is a problem, an empty answer is not.
            problem=current.problem or (following.problem if following.problem != Problem.NOT_PUBLISHED else None),
            detail=current.detail or following.detail,
        )


def _bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the start and the end of a local day in UTC; it lasts 23, 24 or 25 hours."""
    start, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + DAY))
    return start, end
