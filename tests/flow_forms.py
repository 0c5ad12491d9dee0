"""A small house as its entities show it, and steps through the forms. Knows nothing of what the forms should answer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_component

from custom_components.cem_sgcp.const import DOMAIN

NOON = datetime(2026, 11, 23, 11, tzinfo=dt_util.UTC)
POWER = {"device_class": "power", "unit_of_measurement": "W", "state_class": "measurement"}

SITE = {"name": "Home", "grid_power": "sensor.grid_power", "grid_power_inverted": False}
FIXED = {"import_source": "fixed", "export_source": "fixed"}
PRICES = {"import_tariff": {"price": 0.32}, "export_tariff": {"price": 0.08}}
GRID = {"co2": {"source": "none"}}


def quarter_hours(count: int = 96, price: float = 0.25) -> list[dict[str, Any]]:
    """A day of prices as the EPEX Spot integration writes them."""
    start = dt_util.start_of_local_day(NOON)
    return [
        {
            "start_time": (start + timedelta(minutes=15 * index)).isoformat(),
            "end_time": (start + timedelta(minutes=15 * index + 15)).isoformat(),
            "price_per_kwh": round(price + index / 1000, 3),
        }
        for index in range(count)
    ]


def put_house(hass: HomeAssistant) -> None:
    """Show a meter, a solar plant, a battery, prices and a grid signal."""
    for name, power in (("grid", 500), ("grid_import", 500), ("grid_export", 0), ("pv", 2000), ("battery", -300)):
        hass.states.async_set(f"sensor.{name}_power", str(power), {**POWER, "friendly_name": name.capitalize()})
    hass.states.async_set("sensor.battery_soc", "60", {"device_class": "battery", "unit_of_measurement": "%"})
    hass.states.async_set("sensor.outside", "11", {"device_class": "temperature", "unit_of_measurement": "°C"})
    hass.states.async_set("sensor.price", "0.31", {"unit_of_measurement": "EUR/kWh"})
    hass.states.async_set("sensor.epex", "0.31", {"unit_of_measurement": "€/kWh", "data": quarter_hours()})
    hass.states.async_set("sensor.co2", "312", {"unit_of_measurement": "gCO2eq/kWh"})
    hass.states.async_set("select.grid", "normal", {"options": ["normal", "warning", "alarm"]})


@contextmanager
def forms_only() -> Iterator[None]:
    """Keep connection points without starting them: what stands behind the forms has tests of its own."""
    with (
        patch("custom_components.cem_sgcp.async_setup", return_value=True),
        patch("custom_components.cem_sgcp.async_setup_entry", return_value=True),
        patch("custom_components.cem_sgcp.async_unload_entry", return_value=True),
    ):
        yield


async def settle(hass: HomeAssistant) -> HomeAssistant:
    """Put Home Assistant into Berlin, with the entities of a small house and without what forms do not need."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    await hass.config.async_update(currency="EUR", location_name="Home")
    for component in ("energy", "frontend", "http", "lovelace", "recorder", "websocket_api"):
        mock_component(hass, component)
    put_house(hass)
    return hass


def register(
    hass: HomeAssistant, platform: str, entry: MockConfigEntry, *, device: str | None = None, **names: str
) -> None:
    """Put sensors of another integration into the registries: object id → unique id."""
    device_id = None
    if device is not None:
        device_id = (
            dr.async_get(hass)
            .async_get_or_create(config_entry_id=entry.entry_id, identifiers={(platform, device)}, name=device)
            .id
        )
    for object_id, unique_id in names.items():
        er.async_get(hass).async_get_or_create(
            "sensor", platform, unique_id, suggested_object_id=object_id, config_entry=entry, device_id=device_id
        )


async def begin(hass: HomeAssistant) -> Any:
    """Open the first screen."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    return shown(result, "user")


async def answer(hass: HomeAssistant, result: Any, user_input: Mapping[str, Any]) -> Any:
    """Answer a screen."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], dict(user_input))


def shown(result: Any, step_id: str, **errors: str) -> Any:
    """Assert that a screen is shown, with these errors and no others."""
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == step_id
    assert (result["errors"] or {}) == errors
    return result


def suggestions(result: Any) -> dict[str, Any]:
    """Return what a screen is filled in with, its sections nested."""

    def of(schema: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for marker, value in schema.schema.items():
            if isinstance(value, section):
                found[str(marker)] = of(value.schema)
            elif marker.description and "suggested_value" in marker.description:
                found[str(marker)] = marker.description["suggested_value"]
        return found

    return of(result["data_schema"])


async def answers(hass: HomeAssistant, result: Any, *inputs: Mapping[str, Any]) -> Any:
    """Answer several screens in a row."""
    for user_input in inputs:
        result = await answer(hass, result, user_input)
    return result
