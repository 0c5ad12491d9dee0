"""Reading of Home Assistant states as quantities: W, Wh, A, s, °C, percent.

Everything an entity can say is possible: no state, `unavailable`, `NaN`, a foreign unit, an absurd number. A reading is
a finite, plausible number in our unit, or None. It must not know what kind of device the entity belongs to.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
import math
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    DurationConverter,
    ElectricCurrentConverter,
    EnergyConverter,
    PowerConverter,
    TemperatureConverter,
)

#: More than this is no reading of a house but a fault: 10 MW, 100 MWh, 10 kA.
MAXIMUM_POWER: Final = 10e6
MAXIMUM_ENERGY: Final = 100e6
MAXIMUM_CURRENT: Final = 10e3

#: Temperatures that a house, a freezer or a collector has, °C; a broken sensor says -127.
LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = -60.0, 200.0

#: A state of charge this far outside of 0 to 100 % is rounding or calibration; further out a fault (percent points).
PERCENT_TOLERANCE: Final = 5.0

_NOTHING: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN, "", "none", "None"})


def known(state: State | None) -> bool:
    """Return whether an entity exists and has a state."""
    return state is not None and state.state not in _NOTHING


def unit_of(state: State | None) -> str | None:
    """Return the unit that an entity names, or None."""
    if state is None:
        return None
    unit = state.attributes.get("unit_of_measurement")
    return unit if isinstance(unit, str) and unit else None


def number_of(state: State | None) -> float | None:
    """Return the state as a finite number, whatever its unit."""
    if state is None or not known(state):
        return None
    return finite(state.state)


def finite(value: Any) -> float | None:
    """Return a value as a finite number, or None where it is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def power_of(state: State | None, *, inverted: bool = False) -> float | None:
    """Return a power in W; a state without a unit is taken as W."""
    value = _converted(state, PowerConverter, "W", MAXIMUM_POWER)
    return -value if value is not None and inverted else value


def energy_of(state: State | None) -> float | None:
    """Return an energy in Wh; a state without a unit is taken as kWh."""
    unit = unit_of(state) or "kWh"
    return _converted(state, EnergyConverter, "Wh", MAXIMUM_ENERGY, unit)


def current_of(state: State | None) -> float | None:
    """Return a current in A; a state without a unit is taken as A."""
    return _converted(state, ElectricCurrentConverter, "A", MAXIMUM_CURRENT)


def temperature_of(state: State | None, own_unit: str, attribute: str = "") -> float | None:
    """Return a temperature in °C.

    A climate or water heater entity shows what it measures (or `attribute`), a weather entity the temperature outside,
    in `own_unit` unless they name another; anything else its state, without a unit in °C.
    """
    if state is None or not known(state):
        return None
    shown = {"climate": "current_temperature", "water_heater": "current_temperature", "weather": "temperature"}
    name = attribute or shown.get(state.domain, "")
    if name:
        temperature = finite(state.attributes.get(name))
        unit = state.attributes.get("temperature_unit") or own_unit
    else:
        temperature, unit = number_of(state), unit_of(state) or "°C"
    if temperature is None or not isinstance(unit, str) or unit not in TemperatureConverter.VALID_UNITS:
        return None
    temperature = TemperatureConverter.convert(temperature, unit, "°C")
    return temperature if LOWEST_TEMPERATURE <= temperature <= HIGHEST_TEMPERATURE else None


def duration_of(state: State | None, default_unit: str = "min") -> float | None:
    """Return a duration in s."""
    return _converted(state, DurationConverter, "s", 1e9, unit_of(state) or default_unit)


def share_of(state: State | None, capacity: float) -> float | None:
    """Return a level of 0 to 1, from a state in % (or without a unit), or in Wh or kWh of a capacity in Wh."""
    unit = unit_of(state)
    if unit in EnergyConverter.VALID_UNITS:
        energy = energy_of(state)
        percent = None if energy is None or capacity <= 0 else energy / capacity * 100.0
    else:
        percent = number_of(state) if unit in {None, "%"} else None
    if percent is None or not -PERCENT_TOLERANCE <= percent <= 100.0 + PERCENT_TOLERANCE:
        return None
    return min(max(percent / 100.0, 0.0), 1.0)


def moment_of(state: State | None, time_zone: tzinfo) -> datetime | None:
    """Return a moment in UTC from a timestamp sensor, `datetime` or `input_datetime` entity; naive times are local."""
    if state is None or not known(state):
        return None
    moment = dt_util.parse_datetime(state.state)
    if moment is None:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=time_zone)).astimezone(UTC)
    except OverflowError:
        return None


def is_one_of(state: State | None, wanted: Iterable[str]) -> bool | None:
    """Return whether the state is one of some texts, in any case; None where it is not known."""
    if state is None or not known(state):
        return None
    return state.state.strip().casefold() in {text.strip().casefold() for text in wanted}


def stale(state: State | None, now: datetime, after: float | None) -> bool:
    """Return whether an entity has been silent for more than `after` s; None: silence is no fault."""
    if state is None or not after:
        return False
    return (now - state.last_reported).total_seconds() > after


def _converted(
    state: State | None, converter: type[BaseUnitConverter], unit: str, maximum: float, own_unit: str | None = None
) -> float | None:
    value = number_of(state)
    if value is None:
        return None
    from_unit = own_unit or unit_of(state) or unit
    if from_unit not in converter.VALID_UNITS:
        return None
    try:
        converted = converter.convert(value, from_unit, unit)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) and abs(converted) <= maximum else None
