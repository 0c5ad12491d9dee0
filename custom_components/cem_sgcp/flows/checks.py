"""What is checked before an answer of the user is kept, and how it is brought into one form.

Each check returns the key of an error (see `translations`, section `error`) or None. Nothing here changes anything, and
nothing must know which screen the answer came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
import math
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..const import (
    CONF_END,
    CONF_ENTITY_ID,
    CONF_ENTITY_ID_NEXT,
    CONF_GRID_EXPORT_POWER,
    CONF_GRID_IMPORT_POWER,
    CONF_GRID_POWER,
    CONF_PRICE,
    CONF_SOURCE,
    CONF_START,
    CONF_VALUE,
    CONF_WEEKDAYS,
    DOMAIN,
    SOURCE_ENTITY,
    SOURCE_FIXED,
    SOURCE_NONE,
    SOURCE_TIME_OF_USE,
)
from ..grid.reader import TariffReader
from ..grid.report import Problem
from .schemas import HIGHEST_PRICE, WEEKDAYS

METER_KEYS: Final = (CONF_GRID_POWER, CONF_GRID_IMPORT_POWER, CONF_GRID_EXPORT_POWER)
_REGISTRY_ID: Final = re.compile(r"[0-9a-f]{32}")


def tidy(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer without empty fields, with texts stripped and entities by their entity id.

    A selector may name an entity by the id of its registry entry.
    """
    registry = er.async_get(hass)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip()
            if _REGISTRY_ID.fullmatch(value):
                return er.async_resolve_entity_id(registry, value) or value
        elif isinstance(value, list):
            # Lists of objects, such as a sequence of actions, are the user's own and stay as they are.
            return [clean(item) if isinstance(item, str) else item for item in value]
        elif isinstance(value, Mapping):
            return tidy(hass, value)
        return value

    cleaned = {key: clean(value) for key, value in data.items()}
    return {key: value for key, value in cleaned.items() if value not in (None, "", [])}


def entity_error(hass: HomeAssistant, entity_id: str) -> str | None:
    """Refuse an entity that does not exist, and one of this integration: a plan must not feed on itself."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform == DOMAIN:
        return "own_entity"
    if not valid_entity_id(entity_id) or (entry is None and hass.states.get(entity_id) is None):
        return "entity_not_found"
    return None


def power_error(hass: HomeAssistant, entity_id: str) -> str | None:
    """Refuse an entity that does not measure power in a unit of power."""
    if (error := entity_error(hass, entity_id)) is not None:
        return error
    state = hass.states.get(entity_id)
    entry = er.async_get(hass).async_get(entity_id)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state else None
    unit = unit or (entry.unit_of_measurement if entry else None)
    if unit is None and state is not None and state.attributes.get(ATTR_DEVICE_CLASS) == "power":
        return None
    return None if unit in PowerConverter.VALID_UNITS else "not_a_power_sensor"


def meter_errors(hass: HomeAssistant, meter: Mapping[str, Any], own: ConfigEntry | None = None) -> dict[str, str]:
    """Check the power sensors of a connection point: one with a sign, or one for import and perhaps one for export.

    `own` is the connection point that is described anew; no other one may use the same sensor.
    """
    errors: dict[str, str] = {}
    elsewhere = {
        entry.data.get(key)
        for entry in hass.config_entries.async_entries(DOMAIN)
        if own is None or entry.entry_id != own.entry_id
        for key in METER_KEYS
    }
    for key in METER_KEYS:
        if (entity_id := meter.get(key)) is None:
            continue
        if entity_id in elsewhere:
            errors[key] = "meter_in_use"
        elif (error := power_error(hass, entity_id)) is not None:
            errors[key] = error
    signed, imported, exported = (meter.get(key) for key in METER_KEYS)
    if signed is None and imported is None:
        errors.setdefault(CONF_GRID_POWER, "meter_required")
    elif signed is not None and (imported is not None or exported is not None):
        errors.setdefault(CONF_GRID_IMPORT_POWER, "one_or_two_sensors")
    elif imported is not None and imported == exported:
        errors.setdefault(CONF_GRID_EXPORT_POWER, "same_sensor")
    return errors


@dataclass(frozen=True, kw_only=True)
class TariffCheck:
    """What came of looking at a tariff: an error with its detail, or what was recognised (for a person to read)."""

    error: str | None = None
    detail: str = ""
    recognised: str = "-"


#: A problem of a source that is no reason to refuse it, such as old prices beside a current one, is not in this table.
_PROBLEMS: Final = {
    Problem.ENTITY_MISSING: "entity_not_found",
    Problem.ENTITY_UNAVAILABLE: "entity_unavailable",
    Problem.NO_SERIES: "no_prices_found",
    Problem.NOT_PUBLISHED: "no_prices_found",
    Problem.ACTION_MISSING: "integration_not_loaded",
    Problem.ACTION_FAILED: "prices_not_readable",
    Problem.OTHER_CURRENCY: "other_currency",
}


async def async_check_tariff(hass: HomeAssistant, tariff: Mapping[str, Any], currency: str) -> TariffCheck:
    """Read a tariff once, the way it will be read later, and say what came of it."""
    if tariff[CONF_SOURCE] in (SOURCE_FIXED, SOURCE_TIME_OF_USE) and CONF_PRICE not in tariff:
        return TariffCheck(error="price_required")
    for key in (CONF_ENTITY_ID, CONF_ENTITY_ID_NEXT):
        if key in tariff and (error := entity_error(hass, tariff[key])) is not None:
            return TariffCheck(error=error, detail=tariff[key])
    now = dt_util.utcnow()
    reader = TariffReader(hass, import_tariff=tariff, currency=currency)
    profile = await reader.async_read(now, now + timedelta(hours=36))
    report = reader.report["import"]
    if (error := _PROBLEMS.get(report.problem) if report.problem else None) is not None:
        return TariffCheck(error=error, detail=report.detail)
    prices = [slot.import_price for slot in profile.slots if slot.import_price is not None and slot.end > now]
    if not prices:
        return TariffCheck(error=None if tariff[CONF_SOURCE] == SOURCE_NONE else "no_prices_found")
    low, high = round(min(prices), 4), round(max(prices), 4)
    text = f"{low:g} {currency}/kWh" if low == high else f"{low:g} – {high:g} {currency}/kWh"
    if report.shape and report.until is not None and not report.held:
        text += f" → {dt_util.as_local(report.until):%Y-%m-%d %H:%M} ({report.shape}, {report.used})"
    return TariffCheck(recognised=text)


def periods_error(periods: list[Mapping[str, Any]]) -> str | None:
    """Refuse periods of a time-of-use tariff that overlap.

    A period may run over midnight; one that ends when it starts lasts a whole day.
    """
    if not periods:
        return "periods_required"
    spans: list[tuple[int, int]] = []
    for period in periods:
        if not -HIGHEST_PRICE <= float(period.get(CONF_PRICE, math.nan)) <= HIGHEST_PRICE:
            return "period_without_price"
        start, end = _minute(period[CONF_START]), _minute(period[CONF_END])
        length = (end - start) % 1440 or 1440
        for day in period.get(CONF_WEEKDAYS) or WEEKDAYS:
            begin = WEEKDAYS.index(day) * 1440 + start
            spans.append((begin, begin + length))
    week = 7 * 1440
    for (start, end), (begin, finish) in combinations(spans, 2):
        if any(start + shift < finish and begin < end + shift for shift in (-week, 0, week)):
            return "periods_overlap"
    return None


def kept_periods(periods: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the periods of a form as they are kept: HH:MM, weekdays as numbers (0 is Monday), all if none is named."""
    return [
        {
            CONF_START: str(period[CONF_START])[:5],
            CONF_END: str(period[CONF_END])[:5],
            CONF_WEEKDAYS: sorted(WEEKDAYS.index(day) for day in period.get(CONF_WEEKDAYS) or WEEKDAYS),
            CONF_PRICE: float(period[CONF_PRICE]),
        }
        for period in periods
    ]


def shown_periods(periods: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return kept periods as the form shows them."""
    return [{**period, CONF_WEEKDAYS: [WEEKDAYS[day] for day in period[CONF_WEEKDAYS]]} for period in periods]


def co2_error(hass: HomeAssistant, co2: Mapping[str, Any]) -> str | None:
    """Check the source of the CO2 intensity."""
    if co2[CONF_SOURCE] == SOURCE_FIXED and CONF_VALUE not in co2:
        return "value_required"
    if co2[CONF_SOURCE] == SOURCE_ENTITY:
        if CONF_ENTITY_ID not in co2:
            return "entity_required"
        return entity_error(hass, co2[CONF_ENTITY_ID])
    return None


def signal_states(state: State | None) -> list[str]:
    """Return the states that a grid signal entity can have, as far as it says so."""
    if state is None:
        return []
    options = state.attributes.get("options")
    if isinstance(options, list) and options:
        return [str(option) for option in options]
    if state.domain in ("binary_sensor", "input_boolean"):
        return ["off", "on"]
    return [state.state]


def _minute(text: str) -> int:
    hours, minutes = str(text).split(":")[:2]
    return int(hours) * 60 + int(minutes)
