"""Recorded power or temperature of an entity: what forecasts of load and thermal models learn from.

Statistics where the recorder keeps them (5 minutes for recent days, hours before), else the states themselves,
averaged by time. All reading happens in the recorder's own thread. It must not know what is learned.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import math
from typing import Any, Final, Literal

from homeassistant.components.recorder.history import get_significant_states, state_changes_during_period
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter
import numpy as np

from ..cem.model import Interval, Series
from ..cem.model.series import MAXIMUM_INTERVALS
from ..cem.model.time_grid import Array
from .intervals import clipped
from .values import power_unit

STEP: Final = 300.0
#: States are read a day at a time, so that a meter of one value a second does not fill the memory.
CHUNK: Final = timedelta(days=1)
#: So far back the finer statistics are wanted, and so far back states are read at most.
FINE: Final = timedelta(days=14)
LEAST_PARTS: Final = 6
LONGEST_STATES: Final = timedelta(days=31)
LARGEST: Final = 1e9
#: Domains whose temperature is an attribute, and which one.
TEMPERATURE_ATTRIBUTES: Final = {
    "climate": "current_temperature",
    "water_heater": "current_temperature",
    "weather": "temperature",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quantity:
    """What is read of an entity's record, and in which unit it leaves."""

    unit: str
    statistics: dict[str, str] | None
    """What the recorder converts statistics to; None: the entity has none."""
    read: Callable[[State], float]
    """A recorded state in the unit, NaN where it says nothing."""
    attributes: bool = False
    """Whether the value stands in the attributes of a state."""


async def async_power_history(hass: HomeAssistant, entity_id: str, start: datetime, end: datetime) -> Series:
    """Return the mean power in W that was recorded between two moments; what is not known is a gap.

    The sign is that of the entity. Empty where the recorder does not run or has nothing.
    """
    state = hass.states.get(entity_id)
    factor = power_unit(None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)).factor
    power = _Quantity(unit="W", statistics={"power": "W"}, read=lambda state: _number(state.state) * factor)
    return await _async_history(hass, entity_id, start, end, power)


async def async_temperature_history(hass: HomeAssistant, entity_id: str, start: datetime, end: datetime) -> Series:
    """Return the mean temperature in °C that was recorded between two moments; what is not known is a gap.

    A `climate`, `water_heater` or `weather` entity has it as an attribute. Empty where the recorder has nothing.
    """
    state = hass.states.get(entity_id)
    attribute = TEMPERATURE_ATTRIBUTES.get(entity_id.partition(".")[0])
    own = hass.config.units.temperature_unit
    if state is not None:
        named = "temperature_unit" if attribute else ATTR_UNIT_OF_MEASUREMENT
        own = state.attributes.get(named) or own
    unit = own if own in TemperatureConverter.VALID_UNITS else UnitOfTemperature.CELSIUS

    def read(state: State) -> float:
        value = _number(state.attributes.get(attribute) if attribute else state.state)
        return TemperatureConverter.convert(value, unit, UnitOfTemperature.CELSIUS)

    quantity = _Quantity(
        unit="°C",
        statistics=None if attribute else {"temperature": "°C"},
        read=read,
        attributes=attribute is not None,
    )
    return await _async_history(hass, entity_id, start, end, quantity)


async def _async_history(
    hass: HomeAssistant, entity_id: str, start: datetime, end: datetime, quantity: _Quantity
) -> Series:
    start, end = dt_util.as_utc(start), min(dt_util.as_utc(end), dt_util.utcnow())
    if "recorder" not in hass.config.components or start >= end:
        return Series(intervals=(), unit=quantity.unit)
    return await get_instance(hass).async_add_executor_job(_read, hass, entity_id, start, end, quantity)


def _read(hass: HomeAssistant, entity_id: str, start: datetime, end: datetime, quantity: _Quantity) -> Series:
    intervals = _from_statistics(hass, entity_id, start, end, quantity) or _from_states(
        hass, entity_id, start, end, quantity
    )
    return clipped(Series(intervals=tuple(intervals[-MAXIMUM_INTERVALS:]), unit=quantity.unit), start, end)


def _from_statistics(
    hass: HomeAssistant, entity_id: str, start: datetime, end: datetime, quantity: _Quantity
) -> list[Interval]:
    """Return hourly means, and five-minute means instead where there are any."""
    if quantity.statistics is None:
        return []
    rows: dict[str, list[tuple[float, float, float]]] = {}
    periods: tuple[tuple[Literal["hour", "5minute"], datetime], ...] = (
        ("hour", start),
        ("5minute", max(start, end - FINE)),
    )
    for period, since in periods:
        found = statistics_during_period(hass, since, end, {entity_id}, period, quantity.statistics, {"mean"})
        rows[period] = [
            (row["start"], row["end"], mean)
            for row in found.get(entity_id, ())
            if (mean := row.get("mean")) is not None and math.isfinite(mean) and abs(mean) <= LARGEST
        ]
    counts = Counter(begin // 3600 for begin, _, _ in rows["5minute"])
    # Where the finer statistics begin or are damaged, the hour knows more than a few of its parts.
    whole = {begin // 3600 for begin, _, _ in rows["hour"] if counts[begin // 3600] < LEAST_PARTS}
    chosen = [row for row in rows["hour"] if row[0] // 3600 in whole]
    chosen += [row for row in rows["5minute"] if row[0] // 3600 not in whole]
    return [
        Interval(start=dt_util.utc_from_timestamp(begin), end=dt_util.utc_from_timestamp(until), value=mean)
        for begin, until, mean in sorted(chosen)
    ]


def _from_states(
    hass: HomeAssistant, entity_id: str, start: datetime, end: datetime, quantity: _Quantity
) -> list[Interval]:
    """Return five-minute means of the states."""
    intervals: list[Interval] = []
    begin = max(start, end - LONGEST_STATES)
    begin = dt_util.utc_from_timestamp(begin.timestamp() // STEP * STEP)
    while begin < end:
        until = min(begin + CHUNK, end)
        # A change exactly at the start would fall out: the recorder's periods begin after their start.
        since = begin - timedelta(seconds=1)
        states = _states(hass, since, until, entity_id, attributes=quantity.attributes)
        changes = [(state.last_updated_timestamp, quantity.read(state)) for state in states]
        intervals += means(changes, begin, until)
        begin += CHUNK
    return intervals


def _states(hass: HomeAssistant, start: datetime, end: datetime, entity_id: str, *, attributes: bool) -> list[State]:
    """Return the states of a period, with every change of an attribute where these count."""
    if not attributes:
        return state_changes_during_period(hass, start, end, entity_id, no_attributes=True).get(entity_id, [])
    found = get_significant_states(hass, start, end, [entity_id], significant_changes_only=False)
    return [state for state in found.get(entity_id, []) if isinstance(state, State)]


def means(changes: Iterable[tuple[float, float]], start: datetime, end: datetime) -> list[Interval]:
    """Return the time-weighted mean of each five minutes of a value that holds until its next change.

    `changes` are times (s since 1970) with values, ascending; NaN says that nothing is known until the next change.
    Five minutes of which less than half is known are left out.
    """
    first, last = start.timestamp(), end.timestamp()
    pairs = [(min(max(when, first), last), value) for when, value in changes]
    if not pairs:
        return []
    times = np.array([when for when, _ in pairs] + [last])
    values = np.array([value for _, value in pairs])
    known = np.isfinite(values)
    edges = np.append(np.arange(first, last, STEP), last)
    spans = np.diff(times)
    total = _integral(edges, times, np.where(known, values, 0.0) * spans)
    seconds = _integral(edges, times, known * spans)
    return [
        Interval(
            start=dt_util.utc_from_timestamp(begin),
            end=dt_util.utc_from_timestamp(until),
            value=energy / covered,
        )
        for begin, until, energy, covered in zip(edges, edges[1:], total, seconds, strict=False)
        if covered * 2 >= until - begin
    ]


def _integral(edges: Array, times: Array, parts: Array) -> Array:
    """Return the integral of a step function over each span between edges."""
    cumulative = np.concatenate(([0.0], np.cumsum(parts)))
    result: Array = np.diff(np.interp(edges, times, cumulative))
    return result


def _number(state: Any) -> float:
    try:
        value = float(state)
    except TypeError, ValueError:
        return math.nan
    return value if abs(value) <= LARGEST else math.nan
