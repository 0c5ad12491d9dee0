"""Subentry flows: one form per device kind, for a new device and for an existing one.

The fields and their rules come from the kind (`devices`); this adds the name, checks the entities and keeps one device
per power sensor. A device that the Energy dashboard knows arrives here as a suggestion.
"""

from collections.abc import Collection, Iterator, Mapping
import math
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import EntitySelector, NumberSelector, TextSelector
import voluptuous as vol

from ..const import CONF_NAME
from ..devices import KINDS
from ..devices.base import flatten
from .checks import METER_KEYS, entity_error, power_error, tidy
from .proposal import FoundDevice

POWER_ENTITY: Final = "power_entity"


def device_schema(kind: str, suggested: Mapping[str, Any]) -> vol.Schema:
    """Return the form of a kind with a name in front; `suggested` may hold sections or be flat."""
    known = suggested.get(CONF_NAME)
    name = vol.Required(CONF_NAME, description={"suggested_value": known} if known else None)
    fields = {_typed(marker, selector): selector for marker, selector in KINDS[kind].schema(suggested).schema.items()}
    return vol.Schema({name: TextSelector(), **fields})


def _typed(marker: vol.Marker, selector: Any) -> vol.Marker:
    """Return a required number that nothing is known of as an optional one: a form would fill it with its minimum.

    That it was typed is checked by `device_data`.
    """
    if isinstance(marker, vol.Required) and isinstance(selector, NumberSelector) and not marker.description:
        return vol.Optional(str(marker))
    return marker


def device_data(
    hass: HomeAssistant,
    kind: str,
    answer: Mapping[str, Any],
    *,
    in_use: Collection[str],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the flat data of a device, its name included, and what is wrong with it by field or section.

    `in_use` are sensors that measure something else, hence not this device. An error in a section is reported for the
    section, because a form shows it there.
    """
    data = tidy(hass, flatten(answer))
    errors: dict[str, str] = {}
    if CONF_NAME not in data:
        errors[CONF_NAME] = "name_required"
    sections: dict[str, str] = {}
    for marker, selector, parent in _fields(KINDS[kind].schema({})):
        field = str(marker)
        sections[field] = parent or field
        if (value := data.get(field)) is None:
            if isinstance(marker, vol.Required):
                errors[field] = "required"
            continue
        if isinstance(value, float) and not math.isfinite(value):
            errors[field] = "not_a_number"
        elif isinstance(selector, EntitySelector) and (error := _entity_error(hass, field, value)) is not None:
            errors[field] = error
    power = data.get(POWER_ENTITY)
    if power is not None and POWER_ENTITY not in errors and power in in_use:
        errors[POWER_ENTITY] = "power_sensor_in_use"
    for field, error in KINDS[kind].validate(data).items():
        errors.setdefault(field, error)
    shown: dict[str, str] = {}
    for field, error in errors.items():
        shown.setdefault(sections.get(field, field), error)
    return data, shown


def suggestion(found: FoundDevice) -> dict[str, Any]:
    """Return what a device of the Energy dashboard says about itself, in the fields of its kind."""
    data: dict[str, Any] = {CONF_NAME: found.name, POWER_ENTITY: found.power}
    low, high = found.observed or (0.0, 0.0)
    if found.kind == "pv":
        data |= {
            "power_sign": "production_negative" if found.positive_is_consumption else "production_positive",
            "nominal_power": _rounded(max(-low, high)),
            "forecast_source": "energy" if found.forecasts else "none",
            "forecast_entry": found.forecasts[0] if found.forecasts else None,
        }
    else:
        charge, discharge = (high, -low) if found.positive_is_consumption else (-low, high)
        data |= {
            "power_inverted": not found.positive_is_consumption,
            "soc_entity": found.level,
            "capacity": found.capacity_kwh,
            "max_charge_power": _rounded(charge),
            "max_discharge_power": _rounded(discharge),
        }
    return {key: value for key, value in data.items() if value is not None}


def _rounded(power: float) -> float | None:
    """Return an observed maximum in W, rounded up to the next 100 W; None where nothing was observed."""
    # A meter that says 5000.000000001 means 5000.
    return math.ceil(round(power, 3) / 100.0) * 100.0 if power > 0 else None


def _fields(schema: vol.Schema, parent: str | None = None) -> Iterator[tuple[vol.Marker, Any, str | None]]:
    """Yield field, selector and section of every field of a form."""
    for marker, selector in schema.schema.items():
        if isinstance(selector, section):
            yield from _fields(selector.schema, str(marker))
        else:
            yield marker, selector, parent


def _entity_error(hass: HomeAssistant, field: str, value: Any) -> str | None:
    check = power_error if field == POWER_ENTITY else entity_error
    entity_ids = value if isinstance(value, list) else [value]
    return next((error for entity_id in entity_ids if (error := check(hass, entity_id)) is not None), None)


def sensors_in_use(entry: ConfigEntry, own: ConfigSubentry | None = None) -> set[str]:
    """Return the power sensors of the meter and of the other devices of a connection point."""
    others = (sub for sub in entry.subentries.values() if own is None or sub.subentry_id != own.subentry_id)
    meters = {entry.data.get(key) for key in METER_KEYS}
    return {sensor for sensor in (*meters, *(sub.data.get(POWER_ENTITY) for sub in others)) if sensor}


class DeviceFlow(ConfigSubentryFlow):
    """Describes one device."""

    kind: str

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Describe a new device."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = device_data(self.hass, self.kind, user_input, in_use=sensors_in_use(self._get_entry()))
            if not errors:
                return self.async_create_entry(title=data.pop(CONF_NAME), data=data)
        return self.async_show_form(
            step_id="user", data_schema=device_schema(self.kind, user_input or {}), errors=errors
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Describe an existing device anew; the listener of the entry reloads it."""
        entry, own = self._get_entry(), self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = device_data(self.hass, self.kind, user_input, in_use=sensors_in_use(entry, own))
            if not errors:
                return self.async_update_and_abort(entry, own, title=data.pop(CONF_NAME), data=data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=device_schema(self.kind, user_input or {CONF_NAME: own.title, **own.data}),
            errors=errors,
        )


DEVICE_FLOWS: Final[Mapping[str, type[DeviceFlow]]] = {
    kind: type(f"{kind.title().replace('_', '')}Flow", (DeviceFlow,), {"kind": kind}) for kind in KINDS
}
