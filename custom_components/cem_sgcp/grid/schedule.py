"""Fixed and time-of-use prices as series.

Times of a tariff are wall-clock times of the connection point: the price of a moment is the price of its wall-clock
time and weekday, also on days of 23 and 25 hours. Pure: it must not know Home Assistant.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from ..cem.model import Interval, Model, ModelError, Series
from ..cem.model.base import item, model, quantity

EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)
HALF_HOUR: Final = timedelta(minutes=30)
DAY: Final = timedelta(days=1)


@model
class TariffPeriod(Model):
    """A price from one wall-clock time to another, on some weekdays; over midnight it belongs to the day it starts."""

    start: str = item(doc="HH:MM, inclusive")
    end: str = item(doc="HH:MM, exclusive; not after the start: on the next day; 24:00 is midnight")
    weekdays: tuple[int, ...] = item(default=EVERY_DAY, maximum_items=7, doc="0 is Monday")
    price: float = quantity("currency/kWh", minimum=-1e6, maximum=1e6)

    def check(self) -> None:
        """Refuse what is no time of day and no weekday."""
        for name in ("start", "end"):
            wall_time(getattr(self, name), name)
        if any(not 0 <= day <= 6 for day in self.weekdays):
            raise ModelError("unknown_option", "weekdays", expected="0 (Monday) to 6 (Sunday)", value=self.weekdays)

    def holds(self, wall: datetime) -> bool:
        """Whether a local wall-clock time lies in the period."""
        start, end, now = wall_time(self.start, "start"), wall_time(self.end, "end"), wall.time()
        today, yesterday = wall.weekday() in self.weekdays, (wall.weekday() - 1) % 7 in self.weekdays
        if start < end:
            return today and start <= now < end
        return (today and now >= start) or (yesterday and now < end)


def wall_time(text: str, path: str) -> time:
    """Return a time of day written as HH:MM or HH:MM:SS; 24:00 is midnight. Raises ModelError."""
    try:
        parsed = time() if text in {"24:00", "24:00:00"} else time.fromisoformat(text)
    except ValueError as error:
        raise ModelError("wrong_type", path, expected="a time of day such as 22:00", value=text) from error
    if parsed.tzinfo is not None:
        raise ModelError("wrong_type", path, expected="a local time of day without an offset", value=text)
    return parsed


def constant(value: float, start: datetime, end: datetime, unit: str = "currency/kWh") -> Series:
    """Return one value from a start to an end."""
    return Series(intervals=(Interval(start=start, end=end, value=value),) if start < end else (), unit=unit)


def time_of_use(
    periods: Sequence[TariffPeriod], elsewhere: float, start: datetime, end: datetime, zone: tzinfo
) -> Series:
    """Return the price of each moment between two moments: that of the first period that holds, else `elsewhere`."""
    if start >= end:
        return Series(intervals=(), unit="currency/kWh")
    edges = _edges(periods, start.astimezone(UTC), end.astimezone(UTC), zone)
    intervals: list[Interval] = []
    for begin, until in pairwise(edges):
        wall = begin.astimezone(zone).replace(tzinfo=None)
        price = next((period.price for period in periods if period.holds(wall)), elsewhere)
        if intervals and intervals[-1].value == price:
            intervals[-1] = intervals[-1].replace(end=until)
        else:
            intervals.append(Interval(start=begin, end=until, value=price))
    return Series(intervals=tuple(intervals), unit="currency/kWh")


def _edges(periods: Sequence[TariffPeriod], start: datetime, end: datetime, zone: tzinfo) -> list[datetime]:
    """Return every moment at which the price may change.

    On a day when the clock is changed every half hour is one of them: the wall clock jumps there, and every clock on
    earth does so on a full or half hour.
    """
    times = {time(), *(wall_time(text, "start") for period in periods for text in (period.start, period.end))}
    edges = {start, end}
    day = start.astimezone(zone).date() - DAY
    while day <= end.astimezone(zone).date():
        midnight, following = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + DAY))
        edges |= {datetime.combine(day, each, zone).astimezone(UTC) for each in times}
        if following - midnight != DAY:
            edges |= {datetime.combine(day, each, zone).replace(fold=1).astimezone(UTC) for each in times}
            edges |= {midnight + HALF_HOUR * index for index in range((following - midnight) // HALF_HOUR)}
        day += DAY
    return sorted(edge for edge in edges if start <= edge <= end)
