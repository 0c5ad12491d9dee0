"""Validators of what actions take: finite numbers, moments, durations, short texts, lists of bounded length.

They say what was expected and what came instead, whatever came. It must not know what a value is for.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
import math
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

MAXIMUM_SLOTS: Final = 5000
LONGEST: Final = 366 * 24 * 3600.0


def number(minimum: float, maximum: float) -> Callable[[Any], float]:
    """Return a validator for a finite number within bounds."""

    def validate(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise vol.Invalid(f"expected a number, got {_short(value)}")
        try:
            result = float(value)
        except (ValueError, OverflowError) as error:
            raise vol.Invalid(f"expected a number, got {_short(value)}") from error
        if not math.isfinite(result):
            raise vol.Invalid(f"expected a finite number, got {_short(value)}")
        if not minimum <= result <= maximum:
            raise vol.Invalid(f"expected a number from {minimum:g} to {maximum:g}, got {_short(value)}")
        return result

    return validate


def moment(value: Any) -> datetime:
    """Validate a date and time; without time zone it is local. Returns UTC."""
    if isinstance(value, str) and len(value) <= 64:
        parsed = dt_util.parse_datetime(value)
    else:
        parsed = value if isinstance(value, datetime) else None
    if parsed is None:
        raise vol.Invalid(f"expected a date and time, got {_short(value)}")
    try:
        result = dt_util.as_utc(parsed)
    except (OverflowError, ValueError) as error:
        raise vol.Invalid(f"expected a date and time of this century, got {_short(value)}") from error
    if not 2000 <= result.year <= 2200:
        raise vol.Invalid(f"expected a date and time of this century, got {_short(value)}")
    return result


def duration(value: Any) -> float:
    """Validate a duration: hours, minutes and seconds, `HH:MM:SS` or s. Returns s."""
    try:
        seconds = cv.positive_time_period(value).total_seconds()
    except (vol.Invalid, OverflowError, ValueError, TypeError) as error:
        raise vol.Invalid(f"expected a duration such as 01:30:00, got {_short(value)}") from error
    if not 0 < seconds <= LONGEST:
        raise vol.Invalid(f"expected a duration of up to a year, got {_short(value)}")
    return seconds


def text(value: Any) -> str:
    """Validate a short text."""
    if not isinstance(value, str) or len(value) > 255:
        raise vol.Invalid(f"expected a text of at most 255 characters, got {_short(value)}")
    return value


def one_of(kind: type[StrEnum]) -> Callable[[Any], Any]:
    """Return a validator for the values of an enumeration."""
    names = [member.value for member in kind]

    def validate(value: Any) -> Any:
        if not isinstance(value, str) or value not in names:
            raise vol.Invalid(f"expected one of {', '.join(names)}, got {_short(value)}")
        return kind(value)

    return validate


def single(value: Any) -> str:
    """Validate one id; a list of one is taken as its only entry."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return text(value)


def slots(value: Any) -> list[dict[str, Any]]:
    """Validate a list of slots; what a slot means is checked by the model."""
    if not isinstance(value, list) or not value or len(value) > MAXIMUM_SLOTS:
        raise vol.Invalid(f"expected a list of 1 to {MAXIMUM_SLOTS} slots, got {_short(value)}")
    for entry in value:
        if not isinstance(entry, dict):
            raise vol.Invalid(f"expected a slot with start and end, got {_short(entry)}")
    return value


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
