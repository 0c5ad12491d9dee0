"""What is checked of the screen about network fees, tiers, capacity charges and net metering."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from ..cem.model import ModelError
from ..const import CONF_CAPACITY, CONF_END, CONF_NETWORK_FEE, CONF_PEAK_ENTITY, CONF_PERIODS, CONF_START, CONF_TIERS
from ..grid.billing import parse_billing
from .checks import kept_periods, periods_error, power_error
from .schemas import WEEKDAYS


def kept_billing(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer as it is kept: times as HH:MM, weekdays as numbers (0 is Monday)."""
    kept = {key: dict(values) for key, values in answer.items()}
    fee, capacity = kept.setdefault(CONF_NETWORK_FEE, {}), kept.setdefault(CONF_CAPACITY, {})
    if CONF_PERIODS in fee:
        fee[CONF_PERIODS] = kept_periods(fee[CONF_PERIODS])
    for key in (CONF_START, CONF_END):
        if key in capacity:
            capacity[key] = str(capacity[key])[:5]
    if "weekdays" in capacity:
        capacity["weekdays"] = sorted(WEEKDAYS.index(day) for day in capacity["weekdays"])
    return kept


def shown_billing(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was kept as the form shows it."""
    shown = {key: dict(values) if isinstance(values, Mapping) else values for key, values in kept.items()}
    fee, capacity = shown.get(CONF_NETWORK_FEE) or {}, shown.get(CONF_CAPACITY) or {}
    if CONF_PERIODS in fee:
        fee[CONF_PERIODS] = [
            {**period, "weekdays": [WEEKDAYS[day] for day in period["weekdays"]]} for period in fee[CONF_PERIODS]
        ]
    if "weekdays" in capacity:
        capacity["weekdays"] = [WEEKDAYS[day] for day in capacity["weekdays"]]
    return shown


def billing_errors(hass: HomeAssistant, answer: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong, by section."""
    errors: dict[str, str] = {}
    periods = answer.get(CONF_NETWORK_FEE, {}).get(CONF_PERIODS)
    if periods and (error := periods_error(periods)) is not None:
        errors[CONF_NETWORK_FEE] = error
    entity = answer.get(CONF_CAPACITY, {}).get(CONF_PEAK_ENTITY)
    if entity is not None and (error := power_error(hass, entity)) is not None:
        errors[CONF_CAPACITY] = error
    if errors:
        return errors
    try:
        parse_billing(kept_billing(answer))
    except ModelError as error:
        section = error.path.split(".")[0].split("[")[0]
        key = "tiers_mixed" if section == CONF_TIERS and error.path.endswith("boundary") else "not_understood"
        errors[section if section in answer else "base"] = key
    return errors
