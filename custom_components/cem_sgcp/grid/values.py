"""Times, numbers and units as other integrations write them, brought to those of the model.

Everything here answers None instead of raising: what comes from outside may be anything. It must not know in which
attribute a value stood.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
import math
import re
from typing import Any, Final

LONGEST_TEXT: Final = 64
CENT_NAMES: Final = frozenset(
    {"c", "ct", "cts", "cent", "cents", "eurocent", "eurocents", "€ct", "¢", "p", "pence", "öre", "øre", "ore", "snt"}
)
CURRENCY_SIGNS: Final = {"€": "EUR", "£": "GBP", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "₴": "UAH", "₺": "TRY"}
PER_ENERGY: Final = {"wh": 1e3, "kwh": 1.0, "mwh": 1e-3, "gwh": 1e-6}
POWER_UNITS: Final = {"mW": 1e-3, "W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9}
ENERGY_UNITS: Final = {"Wh": 1.0, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9, "kJ": 1e3 / 3600, "MJ": 1e6 / 3600}
MASS_UNITS: Final = {"g": 1.0, "kg": 1e3, "t": 1e6, "lb": 453.59237, "lbs": 453.59237}
DURATION: Final = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a written unit means: multiply a value by the factor to have it in the unit of the model.

    `known` is False where the unit was missing or strange and the factor is only the usual one; `energy` marks an
    energy where a power was asked for.
    """

    factor: float = 1.0
    currency: str | None = None
    known: bool = False
    cents: bool = False
    energy: bool = False


def number(value: Any) -> float | None:
    """Return a finite number from a number, a numeric text or an object like {"value": "0.07"}, or None."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("value", "amount", "forecast") if key in value), None)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    return result if math.isfinite(result) else None


def moment(value: Any, zone: tzinfo, *, fold: int = 0) -> datetime | None:
    """Return a time in UTC from ISO 8601 text, a datetime or an epoch (s or ms), or None.

    A time without offset is local time in `zone`; one that the clock skips does not exist and gives None; of one that
    occurs twice, `fold` says which.
    """
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip()) if len(value) <= LONGEST_TEXT else None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            return _epoch(value)
        if not isinstance(value, datetime):
            return None
        if value.utcoffset() is not None:
            return value.astimezone(UTC)
        wall = value.replace(tzinfo=zone, fold=fold)
        absolute = wall.astimezone(UTC)
    except ValueError, OverflowError, OSError:
        return None
    else:
        exists = absolute.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
        return absolute if exists else None


def is_naive(value: Any) -> bool:
    """Whether a written time carries no offset, so that it may mean two moments when the clock is set back."""
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return False
    return isinstance(value, datetime) and value.utcoffset() is None


def _epoch(value: float) -> datetime | None:
    """Return an epoch in s or ms as a time; other magnitudes are no time (an hour of the day, an index)."""
    if 1e9 <= value < 1e11:
        return datetime.fromtimestamp(value, UTC)
    if 1e12 <= value < 1e14:
        return datetime.fromtimestamp(value / 1000, UTC)
    return None


def to_minute(value: datetime) -> datetime:
    """Return the full minute where a time misses it by two seconds at most.

    Some sources start their periods one second after the boundary so that neighbours do not touch.
    """
    full = value.replace(second=0, microsecond=0)
    off = (value - full).total_seconds()
    if off <= 2:
        return full
    return full + timedelta(minutes=1) if off >= 58 else value


def duration(value: Any) -> timedelta | None:
    """Return an ISO 8601 duration such as PT30M, or None."""
    match = DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return length or None


def price_unit(unit: Any) -> Unit:
    """Return what a price unit such as EUR/MWh, ct/kWh or öre/kWh means in currency/kWh."""
    money, energy = _split(unit)
    if not energy and money.lower() in PER_ENERGY:
        # Nord Pool's custom integration has the currency and the energy in attributes of their own.
        money, energy = "", money
    factor = PER_ENERGY.get(energy.lower())
    cents = money.lower() in CENT_NAMES
    if money in CURRENCY_SIGNS:
        currency: str | None = CURRENCY_SIGNS[money]
    else:
        currency = money if re.fullmatch("[A-Z]{3}", money) else None
    return Unit((factor or 1.0) * (0.01 if cents else 1.0), currency, known=factor is not None, cents=cents)


def co2_unit(unit: Any) -> Unit:
    """Return what a unit such as gCO2eq/kWh, kg/MWh or lbs/MWh means in g/kWh."""
    mass, energy = _split(unit)
    match = re.match(r"(kg|g|t|lbs?)(?![a-z])", mass)
    factor = PER_ENERGY.get(energy.lower())
    if match is None or factor is None:
        return Unit()
    return Unit(MASS_UNITS[match[1]] * factor, known=True)


def power_unit(unit: Any) -> Unit:
    """Return what a unit of power means in W, or one of energy in Wh."""
    name = unit.strip() if isinstance(unit, str) else ""
    if name in ENERGY_UNITS:
        return Unit(ENERGY_UNITS[name], known=True, energy=True)
    return Unit(POWER_UNITS.get(name, 1.0), known=name in POWER_UNITS)


def share_unit(unit: Any) -> Unit:
    """Return what a unit of a share means as 0 to 1."""
    percent = isinstance(unit, str) and unit.strip() == "%"
    return Unit(0.01 if percent else 1.0, known=percent)


def _split(unit: Any) -> tuple[str, str]:
    if not isinstance(unit, str) or len(unit) > LONGEST_TEXT:
        return "", ""
    upper, _, lower = unit.strip().replace(" per ", "/").partition("/")
    return upper.strip(), lower.strip()
