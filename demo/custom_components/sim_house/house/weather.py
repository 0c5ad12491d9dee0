"""The weather around the house: outdoor temperature and wind as in Central Europe, the same in each run.

Temperature: a mean over the year, coldest in late January, a swing over the day, warmest in the afternoon, and warmer
and colder spells of some days. Wind: gusts over hours around a mean that is higher in winter.
"""

from dataclasses import dataclass
from datetime import datetime
import hashlib
import math
from zoneinfo import ZoneInfo

YEARLY_MEAN, YEARLY_SWING = 10.0, 9.5  # °C
COLDEST_DAY = 25  # of the year
DAILY_SWING = 4.0  # K
WARMEST_HOUR = 15.0
SPELL = 3.5  # K
MEAN_WIND, WINTER_WIND = 5.0, 1.5  # m/s


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a machine feels of the outside at a moment."""

    moment: datetime
    local: datetime
    outdoor: float  # °C
    wind: float  # m/s


def surroundings(moment: datetime, zone: ZoneInfo) -> Surroundings:
    """Everything around the house at a moment."""
    local = moment.astimezone(zone)
    return Surroundings(moment, local, outdoor(moment, zone), wind(moment, zone))


def outdoor(moment: datetime, zone: ZoneInfo) -> float:
    """Temperature outside, °C."""
    local = moment.astimezone(zone)
    hour = local.hour + local.minute / 60 + local.second / 3600
    year = math.cos((local.timetuple().tm_yday - COLDEST_DAY) / 365.25 * 2 * math.pi)
    day = math.cos((hour - WARMEST_HOUR) / 24 * 2 * math.pi)
    return YEARLY_MEAN - YEARLY_SWING * year + DAILY_SWING * day + SPELL * _drift(moment, "temperature", 72.0)


def wind(moment: datetime, zone: ZoneInfo) -> float:
    """Wind at the hub, m/s, never negative."""
    year = math.cos((moment.astimezone(zone).timetuple().tm_yday - COLDEST_DAY) / 365.25 * 2 * math.pi)
    mean = MEAN_WIND + WINTER_WIND * year
    return max(0.0, mean * (1 + 0.6 * _drift(moment, "wind", 9.0) + 0.25 * _drift(moment, "gust", 1.0)))


def _drift(moment: datetime, what: str, hours: float) -> float:
    """A value between -1 and 1 that wanders smoothly from one point to the next, `hours` apart."""
    place = moment.timestamp() / 3600 / hours
    before = math.floor(place)
    share = (1 - math.cos((place - before) * math.pi)) / 2
    return _point(what, before) * (1 - share) + _point(what, before + 1) * share


def _point(what: str, number: int) -> float:
    digest = hashlib.blake2b(f"{what} {number}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 0xFFFF_FFFF * 2 - 1
