"""The config flow of a connection point: by the Energy dashboard or by hand, every tariff source, errors, recovery."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.config_entries import SOURCE_USER, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cem_sgcp.const import DEFAULT_OPTIONS, DOMAIN
from custom_components.cem_sgcp.grid.tariff import parse_tariff
from tests.flow_forms import (
    FIXED,
    GRID,
    NOON,
    PRICES,
    SITE,
    answer,
    answers,
    begin,
    forms_only,
    put_house,
    quarter_hours,
    register,
    settle,
    shown,
    suggestions,
)

DATA = Path(__file__).parent / "data"

ENTRY_DATA: dict[str, Any] = {
    "name": "Home",
    "connection_id": "",
    "grid_power": "sensor.grid_power",
    "grid_power_inverted": False,
    "grid_import_power": None,
    "grid_export_power": None,
    "import_tariff": {"source": "fixed", "price": 0.32},
    "export_tariff": {"source": "fixed", "price": 0.08},
    "co2": {"source": "none"},
    "grid_signal": None,
    "contract_import_limit": None,
    "contract_export_limit": None,
    "currency": "EUR",
}


@pytest.fixture(name="house")
async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AsyncIterator[HomeAssistant]:
    """Return a Home Assistant with the entities of a small house, and connection points that do not start."""
    freezer.move_to(NOON)
    with forms_only():
        yield await settle(hass)


def add_entry(hass: HomeAssistant, **data: Any) -> MockConfigEntry:
    """A connection point that is there already."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        unique_id=data.get("connection_id") or "generated",
        data=ENTRY_DATA | data,
        options=dict(DEFAULT_OPTIONS),
    )
    entry.add_to_hass(hass)
    return entry


def price_integration(hass: HomeAssistant, domain: str, **data: Any) -> MockConfigEntry:
    """A price integration that is set up."""
    entry = MockConfigEntry(domain=domain, title=f"My {domain}", data=data)
    entry.add_to_hass(hass)
    return entry


async def test_ct01_connection_point_with_one_power_sensor_by_hand(house: HomeAssistant) -> None:
    """Without an Energy dashboard: a name, a sensor, two prices, and nothing else has to be known."""
    result = await begin(house)
    assert suggestions(result) == {"name": "Home"}
    assert result["last_step"] is False
    result = shown(await answer(house, result, SITE), "tariff")
    result = shown(await answer(house, result, FIXED), "prices")
    result = shown(await answer(house, result, PRICES), "grid")
    assert result["description_placeholders"] == {"import_prices": "0.32 EUR/kWh", "export_prices": "0.08 EUR/kWh"}
    result = await answer(house, result, GRID)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Home"
    assert result["data"] == ENTRY_DATA
    assert result["options"] == dict(DEFAULT_OPTIONS)
    entry = house.config_entries.async_entries(DOMAIN)[0]
    assert not entry.subentries
    assert entry.unique_id is not None
    assert len(entry.unique_id) == 32


async def test_ct01_answered_forms_start_the_energy_manager(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """From the first screen to the entities, with nothing left out in between; a device that is added joins them."""
    await hass.config.async_update(currency="EUR", location_name="Home")
    freezer.move_to(NOON)
    put_house(hass)
    result = await answers(hass, await begin(hass), SITE, FIXED, PRICES, GRID)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED

    def keys(owner: str) -> set[str]:
        entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        return {each.unique_id.removeprefix(f"{owner}_") for each in entries if each.unique_id.startswith(f"{owner}_")}

    assert {"net_power", "traffic_light", "lpc_state", "import_limit", "plan_status"} <= keys(entry.entry_id)
    net = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{entry.entry_id}_net_power")
    assert net is not None
    assert float(hass.states.get(net).state) == 500

    form = await hass.config_entries.subentries.async_init((entry.entry_id, "pv"), context={"source": SOURCE_USER})
    roof = {"name": "Roof", "power_entity": "sensor.pv_power", "nominal_power": 5000, "act": {}, "advanced": {}}
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], roof)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED
    assert {"control", "priority", "planned_power"} <= keys(next(iter(entry.subentries)))
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_everything_the_energy_dashboard_knows_is_proposed_and_confirmed(house: HomeAssistant) -> None:
    """Grid, prices, solar plant with its forecast and battery arrive filled in; the devices become subentries."""
    manager = await async_get_manager(house)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "grid",
                    "stat_energy_from": "sensor.in",
                    "stat_energy_to": "sensor.out",
                    "stat_cost": None,
                    "entity_energy_price": "sensor.epex",
                    "number_energy_price": None,
                    "stat_compensation": None,
                    "entity_energy_price_export": None,
                    "number_energy_price_export": 0.08,
                    "power_config": {
                        "stat_rate_from": "sensor.grid_import_power",
                        "stat_rate_to": "sensor.grid_export_power",
                    },
                    "cost_adjustment_day": 0.0,
                },
                {
                    "type": "solar",
                    "stat_energy_from": "sensor.yield",
                    "stat_rate": "sensor.pv_power",
                    "config_entry_solar_forecast": ["forecast1"],
                    "name": "Roof",
                },
                {
                    "type": "battery",
                    "stat_energy_from": "sensor.discharged",
                    "stat_energy_to": "sensor.charged",
                    "stat_rate": "sensor.battery_power",
                    "stat_soc": "sensor.battery_soc",
                    "capacity": 9.6,
                },
            ]
        }
    )
    observed = {"sensor.pv_power": (-12.0, 6720.0), "sensor.battery_power": (-3010.0, 4980.0)}
    with patch("custom_components.cem_sgcp.flows.proposal.async_observed", return_value=observed):
        result = await begin(house)
    site = suggestions(result)
    assert site == {
        "name": "Home",
        "grid_import_power": "sensor.grid_import_power",
        "grid_export_power": "sensor.grid_export_power",
    }
    options = result["data_schema"].schema["found_devices"].config["options"]
    assert [option["label"] for option in options] == ["Roof (sensor.pv_power)", "Battery (sensor.battery_power)"]

    result = shown(await answer(house, result, site), "pv")
    roof = suggestions(result)
    assert roof["nominal_power"] == 6800
    assert (roof["power_sign"], roof["forecast_source"], roof["forecast_entry"]) == (
        "production_positive",
        "energy",
        "forecast1",
    )
    result = shown(await answer(house, result, roof), "battery")
    battery = suggestions(result)
    assert battery["soc_entity"] == "sensor.battery_soc"
    # The sensor is positive for discharge: what it went down to is charging.
    assert (battery["max_charge_power"], battery["max_discharge_power"], battery["capacity"]) == (3100, 5000, 9.6)
    taken = shown(
        await answer(house, result, battery | {"power_entity": "sensor.pv_power"}),
        "battery",
        power_entity="power_sensor_in_use",
    )
    result = shown(await answer(house, taken, battery | {"power_inverted": True}), "tariff")
    assert suggestions(result) == {"import_source": "entity", "export_source": "fixed"}
    result = shown(await answer(house, result, suggestions(result)), "prices")
    prices = suggestions(result)
    assert prices == {"import_tariff": {"entity_id": "sensor.epex"}, "export_tariff": {"price": 0.08}}
    result = shown(await answer(house, result, prices), "grid")
    assert result["description_placeholders"]["import_prices"] == (
        "0.298 – 0.345 EUR/kWh → 2026-11-24 00:00 (epex_spot, 96)"
    )
    result = await answer(house, result, GRID)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = house.config_entries.async_entries(DOMAIN)[0]
    devices = {subentry.title: (subentry.subentry_type, dict(subentry.data)) for subentry in entry.subentries.values()}
    assert devices == {
        "Roof": (
            "pv",
            {
                "power_entity": "sensor.pv_power",
                "power_sign": "production_positive",
                "nominal_power": 6800.0,
                "forecast_source": "energy",
                "forecast_entry": "forecast1",
                "priority": 5,
            },
        ),
        "Battery": (
            "battery",
            {
                "power_entity": "sensor.battery_power",
                "power_inverted": True,
                "soc_entity": "sensor.battery_soc",
                "capacity": 9.6,
                "max_charge_power": 3100.0,
                "max_discharge_power": 5000.0,
                "efficiency": 90,
                "reserve": 10,
                "maximum": 100,
                "wear_cost": 0.02,
                "priority": 5,
                "setpoint_inverted": False,
                "fast": False,
            },
        ),
    }


async def test_devices_of_the_dashboard_may_be_left_out(house: HomeAssistant) -> None:
    manager = await async_get_manager(house)
    roof = {"type": "solar", "stat_energy_from": "sensor.yield", "stat_rate": "sensor.pv_power"}
    await manager.async_update({"energy_sources": [roof]})
    result = await begin(house)
    result = shown(await answer(house, result, SITE | {"found_devices": []}), "tariff")
    await answers(house, result, FIXED, PRICES, GRID)
    assert not house.config_entries.async_entries(DOMAIN)[0].subentries


@pytest.mark.parametrize(
    ("site", "errors"),
    [
        ({"grid_power": None}, {"grid_power": "meter_required"}),
        ({"grid_power": None, "grid_export_power": "sensor.grid_export_power"}, {"grid_power": "meter_required"}),
        ({"grid_power": "sensor.nowhere"}, {"grid_power": "entity_not_found"}),
        ({"grid_power": "sensor.outside"}, {"grid_power": "not_a_power_sensor"}),
        ({"grid_power": "sensor.cem_net_power"}, {"grid_power": "own_entity"}),
        ({"grid_import_power": "sensor.grid_import_power"}, {"grid_import_power": "one_or_two_sensors"}),
        (
            {
                "grid_power": None,
                "grid_import_power": "sensor.grid_import_power",
                "grid_export_power": "sensor.grid_import_power",
            },
            {"grid_export_power": "same_sensor"},
        ),
        ({"name": "   "}, {"name": "name_required"}),
        ({"grid_power": "sensor.used"}, {"grid_power": "meter_in_use"}),
    ],
)
async def test_meter_that_cannot_be_is_refused_and_can_be_corrected(
    house: HomeAssistant, site: dict[str, Any], errors: dict[str, str]
) -> None:
    """Each mistake is named at its field, what was typed stays, and the flow goes on once it is corrected."""
    own = add_entry(house, grid_power="sensor.used")
    register(house, DOMAIN, own, cem_net_power="net_power")
    house.states.async_set("sensor.used", "1", {"unit_of_measurement": "W"})
    typed = {key: value for key, value in (SITE | site).items() if value is not None}
    result = await begin(house)
    result = shown(await answer(house, result, typed), "user", **errors)
    assert suggestions(result).items() >= {key: value for key, value in typed.items() if value != "   "}.items()
    shown(await answer(house, result, SITE), "tariff")


async def test_meter_with_a_sensor_for_each_direction(house: HomeAssistant) -> None:
    """Import alone is enough for a house that never feeds in; a sensor may be named by the id of its registry entry."""
    source = MockConfigEntry(domain="meter")
    source.add_to_hass(house)
    register(house, "meter", source, p1_import="import")
    house.states.async_set("sensor.p1_import", "0.5", {"unit_of_measurement": "kW"})
    registered = er.async_get(house).async_get("sensor.p1_import")
    assert registered is not None
    site = {"name": " Cabin ", "grid_power_inverted": False, "grid_import_power": registered.id}
    result = await answers(house, await begin(house), site, {"import_source": "none", "export_source": "none"}, GRID)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Cabin"
    assert result["data"]["grid_import_power"] == "sensor.p1_import"
    assert result["data"]["grid_power"] is None
    assert result["data"]["import_tariff"] == result["data"]["export_tariff"] == {"source": "none"}


async def test_power_sensor_that_is_unavailable_just_now_is_known_by_its_registry_entry(house: HomeAssistant) -> None:
    er.async_get(house).async_get_or_create(
        "sensor", "meter", "net", suggested_object_id="net", unit_of_measurement="kW"
    )
    er.async_get(house).async_get_or_create("sensor", "meter", "odd", suggested_object_id="odd")
    house.states.async_set("sensor.plain", "12", {"device_class": "power"})
    result = shown(
        await answer(house, await begin(house), SITE | {"grid_power": "sensor.odd"}),
        "user",
        grid_power="not_a_power_sensor",
    )
    shown(await answer(house, result, SITE | {"grid_power": "sensor.net"}), "tariff")
    shown(await answer(house, await begin(house), SITE | {"grid_power": "sensor.plain"}), "tariff")


async def test_same_connection_number_aborts(house: HomeAssistant) -> None:
    """The number on the bill is the identity, however it is written."""
    add_entry(house, connection_id="541448820000012345", grid_power="sensor.used")
    result = await answer(house, await begin(house), SITE | {"connection_id": "54 1448 8200 0001 2345"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_two_connection_points_are_possible(house: HomeAssistant) -> None:
    """With numbers or without: each has its own meter."""
    add_entry(house, grid_power="sensor.grid_import_power")
    site = SITE | {"connection_id": "DE 0001"}
    result = await answers(house, await begin(house), site, FIXED, PRICES, GRID)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    first, second = house.config_entries.async_entries(DOMAIN)
    assert (first.unique_id, second.unique_id) == ("generated", "DE0001")
    assert second.data["connection_id"] == "DE0001"


# ---------------------------------------------------------------------------------------------------- tariff sources


async def to_prices(house: HomeAssistant, import_source: str, export_source: str = "none") -> Any:
    """Go to the screen with the details of the prices."""
    sources = {"import_source": import_source, "export_source": export_source}
    return shown(await answers(house, await begin(house), SITE, sources), "prices")


async def keep(house: HomeAssistant, result: Any, prices: dict[str, Any]) -> dict[str, Any]:
    """Answer the last screens; return what was kept of the tariffs and assert that the reader understands it."""
    result = await answers(house, result, prices, GRID)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    kept = {key: result["data"][key] for key in ("import_tariff", "export_tariff")}
    for tariff in kept.values():
        assert parse_tariff(tariff).source == tariff["source"]
    return kept


async def test_fixed_price_with_surcharge_and_tax(house: HomeAssistant) -> None:
    result = await to_prices(house, "fixed")
    tariff = {"price": 0.10, "surcharge": 0.15, "vat": 20}
    result = shown(await answer(house, result, {"import_tariff": tariff}), "grid")
    assert result["description_placeholders"] == {"import_prices": "0.3 EUR/kWh", "export_prices": "-"}
    result = await answer(house, result, GRID)
    assert result["data"]["import_tariff"] == {"source": "fixed", **tariff}


@pytest.mark.parametrize("price", [float("nan"), "nan", float("inf"), 1001, "abc"])
async def test_price_that_is_no_price_is_refused(house: HomeAssistant, price: Any) -> None:
    """Nor is one that was not typed: nothing is taken for granted."""
    result = await to_prices(house, "fixed")
    result = shown(await answer(house, result, {"import_tariff": {}}), "prices", import_tariff="price_required")
    with pytest.raises(InvalidData):
        await answer(house, result, {"import_tariff": {"price": price}})
    shown(await answer(house, result, {"import_tariff": {"price": -0.01}}), "grid")


async def test_time_of_use_prices(house: HomeAssistant) -> None:
    """A night period over midnight and whole days of the weekend; kept in the form that the tariff reader reads."""
    result = await to_prices(house, "time_of_use")
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    night = {"start": "22:00:00", "end": "06:00:00", "weekdays": weekdays[:4][::-1], "price": 0.2}
    weekend = {"start": "00:00:00", "end": "00:00:00", "weekdays": ["sat", "sun"], "price": "0.22"}
    tariff = {"price": 0.3, "periods": [night, weekend], "vat": 0}
    result = shown(await answer(house, result, {"import_tariff": tariff}), "grid")
    assert result["description_placeholders"]["import_prices"] == "0.2 – 0.3 EUR/kWh"
    result = await answer(house, result, GRID)
    assert result["data"]["import_tariff"] == {
        "source": "time_of_use",
        "price": 0.3,
        "vat": 0,
        "periods": [
            {"start": "22:00", "end": "06:00", "weekdays": [0, 1, 2, 3], "price": 0.2},
            {"start": "00:00", "end": "00:00", "weekdays": [5, 6], "price": 0.22},
        ],
    }
    assert parse_tariff(result["data"]["import_tariff"]).source == "time_of_use"


@pytest.mark.parametrize(
    ("periods", "error"),
    [
        ([], "periods_required"),
        ([("22:00:00", "06:00:00", [], 0.2), ("05:00:00", "07:00:00", ["mon"], 0.3)], "periods_overlap"),
        ([("22:00:00", "06:00:00", ["sun"], 0.2), ("05:00:00", "07:00:00", ["mon"], 0.3)], "periods_overlap"),
        ([("00:00:00", "00:00:00", ["sat"], 0.2), ("12:00:00", "13:00:00", ["sat"], 0.3)], "periods_overlap"),
        ([("22:00:00", "06:00:00", [], "nan")], "period_without_price"),
        ([("22:00:00", "06:00:00", [], 1e9)], "period_without_price"),
    ],
)
async def test_periods_that_cannot_be_are_refused_and_can_be_corrected(
    house: HomeAssistant, periods: list[tuple[str, str, list[str], Any]], error: str
) -> None:
    result = await to_prices(house, "time_of_use")
    keys = ("start", "end", "weekdays", "price")
    tariff = {"price": 0.3, "periods": [dict(zip(keys, period, strict=True)) for period in periods]}
    result = shown(await answer(house, result, {"import_tariff": tariff}), "prices", import_tariff=error)
    assert suggestions(result)["import_tariff"] == tariff
    night = {"start": "22:00:00", "end": "06:00:00", "weekdays": [], "price": 0.2}
    kept = await keep(house, result, {"import_tariff": {"price": 0.3, "periods": [night]}})
    assert kept["import_tariff"]["periods"][0]["weekdays"] == [0, 1, 2, 3, 4, 5, 6]


async def test_entity_with_a_series_says_which_shape_was_recognised(house: HomeAssistant) -> None:
    """Two entities count together, as some suppliers publish tomorrow's rates in another one."""
    tomorrow = [
        {
            **entry,
            "start_time": entry["start_time"].replace("-23T", "-24T"),
            "end_time": entry["end_time"].replace("-24T", "-25T").replace("-23T", "-24T"),
        }
        for entry in quarter_hours()
    ]
    house.states.async_set("sensor.epex_tomorrow", "0.3", {"unit_of_measurement": "€/kWh", "data": tomorrow})
    result = await to_prices(house, "entity", "entity")
    tariff = {"entity_id": "sensor.epex", "entity_id_next": "sensor.epex_tomorrow"}
    result = shown(
        await answer(house, result, {"import_tariff": tariff, "export_tariff": {"entity_id": "sensor.price"}}), "grid"
    )
    placeholders = result["description_placeholders"]
    assert placeholders["import_prices"].endswith("→ 2026-11-25 00:00 (epex_spot, 192)")
    assert placeholders["export_prices"] == "0.31 EUR/kWh"
    result = await answer(house, result, GRID)
    assert result["data"]["import_tariff"] == {"source": "entity", **tariff}


@pytest.mark.parametrize(
    ("entity_id", "error", "detail"),
    [
        ("sensor.nowhere", "entity_not_found", "sensor.nowhere"),
        ("sensor.no_number", "no_prices_found", ""),
        ("sensor.away", "entity_unavailable", "sensor.away"),
        ("sensor.franken", "other_currency", "CHF"),
        ("sensor.cem_price", "own_entity", "sensor.cem_price"),
    ],
)
async def test_entity_without_prices_is_refused_and_can_be_corrected(
    house: HomeAssistant, entity_id: str, error: str, detail: str
) -> None:
    own = add_entry(house, grid_power="sensor.used")
    register(house, DOMAIN, own, cem_price="price")
    house.states.async_set("sensor.no_number", "cheap", {"levels": ["cheap", "dear"]})
    house.states.async_set("sensor.away", "unavailable")
    house.states.async_set("sensor.franken", "0.2", {"unit_of_measurement": "CHF/kWh"})
    result = await to_prices(house, "entity")
    result = shown(
        await answer(house, result, {"import_tariff": {"entity_id": entity_id}}), "prices", import_tariff=error
    )
    assert result["description_placeholders"]["detail"] == detail
    shown(await answer(house, result, {"import_tariff": {"entity_id": "sensor.price"}}), "grid")


def nordpool(house: HomeAssistant) -> MockConfigEntry:
    """Nord Pool, answering with what its action once answered, on the day that is asked for."""
    recorded = json.loads((DATA / "nordpool_action/service_get_prices_for_date_SE3_2024-11-05.json").read_text())

    async def prices(call: ServiceCall) -> Any:
        wanted = call.data["date"]
        text = json.dumps(recorded)
        return json.loads(text.replace("2024-11-05", wanted).replace("2024-11-04", "2026-11-22"))

    house.services.async_register("nordpool", "get_prices_for_date", prices, supports_response=SupportsResponse.ONLY)
    return price_integration(house, "nordpool", areas=["SE3", "SE4"], currency="SEK")


async def test_nord_pool(house: HomeAssistant) -> None:
    """The choice is there once the integration is, with the areas that it knows."""
    await house.config.async_update(currency="SEK")
    entry = nordpool(house)
    result = await to_prices(house, "nordpool")
    assert suggestions(result) == {"import_tariff": {"config_entry_id": entry.entry_id}}
    area = result["data_schema"].schema["import_tariff"].schema.schema["area"]
    assert area.config["options"] == ["SE3", "SE4"]
    tariff = {"config_entry_id": entry.entry_id, "area": "SE3", "surcharge": 0.8, "vat": 25}
    result = shown(await answer(house, result, {"import_tariff": tariff}), "grid")
    assert "nordpool" in result["description_placeholders"]["import_prices"]
    assert result["description_placeholders"]["import_prices"].count("SEK/kWh") == 1
    result = await answer(house, result, GRID)
    assert result["data"]["import_tariff"] == {"source": "nordpool", **tariff}
    assert parse_tariff(result["data"]["import_tariff"]).source == "nordpool"


async def test_energyzero(house: HomeAssistant) -> None:
    async def prices(call: ServiceCall) -> Any:
        start = dt_util.start_of_local_day(dt_util.parse_date(call.data["start"]))
        return {
            "prices": [
                {"timestamp": start.isoformat(), "price": 0.21},
                {"timestamp": start.replace(hour=12).isoformat(), "price": 0.11},
            ]
        }

    house.services.async_register("energyzero", "get_energy_prices", prices, supports_response=SupportsResponse.ONLY)
    entry = price_integration(house, "energyzero")
    result = await to_prices(house, "energyzero")
    kept = await keep(house, result, {"import_tariff": {"config_entry_id": entry.entry_id, "vat": 21}})
    assert kept["import_tariff"] == {"source": "energyzero", "config_entry_id": entry.entry_id, "vat": 21}


async def test_tibber(house: HomeAssistant) -> None:
    async def prices(_call: ServiceCall) -> Any:
        start = dt_util.start_of_local_day()
        return {
            "prices": {
                "Home": [
                    {"start_time": start.replace(hour=hour).isoformat(), "price": 0.2 + hour / 100}
                    for hour in range(24)
                ]
            }
        }

    house.services.async_register("tibber", "get_prices", prices, supports_response=SupportsResponse.ONLY)
    price_integration(house, "tibber")
    result = await to_prices(house, "tibber", "none")
    kept = await keep(house, result, {"import_tariff": {"area": "Home"}})
    assert kept["import_tariff"] == {"source": "tibber", "area": "Home"}


async def test_price_integration_that_does_not_answer_is_named_and_can_be_corrected(house: HomeAssistant) -> None:
    """Not loaded, or its service is down: the reason is said; another source goes on from there."""
    entry = price_integration(house, "nordpool", areas=["SE3"])
    result = await to_prices(house, "nordpool")
    tariff = {"import_tariff": {"config_entry_id": entry.entry_id}}
    result = shown(await answer(house, result, tariff), "prices", import_tariff="integration_not_loaded")
    assert result["description_placeholders"]["detail"] == "nordpool.get_prices_for_date"

    async def down(_call: ServiceCall) -> Any:
        raise ServiceValidationError("The service is down")

    house.services.async_register("nordpool", "get_prices_for_date", down, supports_response=SupportsResponse.ONLY)
    result = shown(await answer(house, result, tariff), "prices", import_tariff="prices_not_readable")
    assert "The service is down" in result["description_placeholders"]["detail"]
    house.services.async_remove("nordpool", "get_prices_for_date")
    await house.config.async_update(currency="SEK")
    nordpool(house)
    shown(await answer(house, result, tariff), "grid")


async def test_sources_of_integrations_are_offered_only_where_they_are_set_up(house: HomeAssistant) -> None:
    plain = ["fixed", "time_of_use", "entity", "none"]
    result = await answer(house, await begin(house), SITE)
    assert result["data_schema"].schema["import_source"].config["options"] == plain
    price_integration(house, "tibber")
    result = await answer(house, await begin(house), SITE)
    assert result["data_schema"].schema["export_source"].config["options"] == [*plain[:3], "tibber", "none"]


# ---------------------------------------------------------------------------------------------------- grid and signal


async def to_grid(house: HomeAssistant) -> Any:
    """Go to the screen about the grid."""
    return shown(await answers(house, await begin(house), SITE, FIXED, PRICES), "grid")


async def test_limits_co2_and_grid_signal(house: HomeAssistant) -> None:
    """What the states of the signal mean is asked for on a screen of its own."""
    grid = {
        "contract_import_limit": 24000,
        "contract_export_limit": 0,
        "grid_signal": "select.grid",
        "co2": {"source": "entity", "entity_id": "sensor.co2"},
    }
    result = shown(await answer(house, await to_grid(house), grid), "signal")
    assert result["description_placeholders"] == {"entity": "select.grid"}
    assert result["data_schema"].schema["red"].config["options"] == ["normal", "warning", "alarm"]
    result = shown(await answer(house, result, {}), "signal", base="mapping_required")
    twice = {"green": ["normal"], "red": ["alarm", "normal"]}
    result = shown(await answer(house, result, twice), "signal", base="state_twice")
    assert suggestions(result) == twice
    result = await answer(house, result, {"green": ["normal"], "yellow": ["warning"], "red": ["alarm", "outage"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == ENTRY_DATA | {
        "contract_import_limit": 24000,
        "contract_export_limit": 0,
        "co2": {"source": "entity", "entity_id": "sensor.co2"},
        "grid_signal": {
            "entity_id": "select.grid",
            "mapping": {"normal": "green", "warning": "yellow", "alarm": "red", "outage": "red"},
        },
    }


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "options", "known"),
    [
        ("binary_sensor.relay", "off", {}, ["off", "on"], {}),
        ("sensor.signal", "Yellow", {}, ["Yellow"], {"yellow": ["Yellow"]}),
        ("sensor.vtn", "2", {"options": ["0", "1", "2"]}, ["0", "1", "2"], {}),
        ("select.light", "red", {"options": ["green", "yellow", "red"]}, ["green", "yellow", "red"], None),
    ],
)
async def test_states_of_a_signal_are_offered_as_far_as_they_are_known(
    house: HomeAssistant, entity_id: str, state: str, attributes: dict[str, Any], options: list[str], known: Any
) -> None:
    """A source that already speaks of green, yellow and red is understood by itself."""
    house.states.async_set(entity_id, state, attributes)
    result = shown(await answer(house, await to_grid(house), GRID | {"grid_signal": entity_id}), "signal")
    assert result["data_schema"].schema["green"].config["options"] == options
    if known is None:
        known = {colour: [colour] for colour in options}
    assert {key: value for key, value in suggestions(result).items() if value} == known


async def test_signal_that_is_away_can_be_described_all_the_same(house: HomeAssistant) -> None:
    er.async_get(house).async_get_or_create("binary_sensor", "relay", "w3", suggested_object_id="w3")
    result = await answer(house, await to_grid(house), GRID | {"grid_signal": "binary_sensor.w3"})
    result = await answer(house, shown(result, "signal"), {"red": ["on"]})
    assert result["data"]["grid_signal"] == {"entity_id": "binary_sensor.w3", "mapping": {"on": "red"}}


@pytest.mark.parametrize(
    ("grid", "errors"),
    [
        ({"grid_signal": "select.nowhere"}, {"grid_signal": "entity_not_found"}),
        ({"co2": {"source": "fixed"}}, {"co2": "value_required"}),
        ({"co2": {"source": "entity"}}, {"co2": "entity_required"}),
        ({"co2": {"source": "entity", "entity_id": "sensor.nowhere"}}, {"co2": "entity_not_found"}),
    ],
)
async def test_grid_that_cannot_be_is_refused_and_can_be_corrected(
    house: HomeAssistant, grid: dict[str, Any], errors: dict[str, str]
) -> None:
    result = shown(await answer(house, await to_grid(house), GRID | grid), "grid", **errors)
    result = await answer(house, result, {"co2": {"source": "fixed", "value": 350}})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["co2"] == {"source": "fixed", "value": 350}


async def test_limit_below_zero_is_refused(house: HomeAssistant) -> None:
    result = await to_grid(house)
    for limit in (-1, "nan", 1e9):
        with pytest.raises(InvalidData):
            await answer(house, result, GRID | {"contract_import_limit": limit})


# ---------------------------------------------------------------------------------------------------- again; options


async def test_reconfigure_shows_everything_and_keeps_what_is_not_changed(house: HomeAssistant) -> None:
    """Walking through the screens without a change changes nothing, not even the form of what is kept."""
    periods = [{"start": "22:00", "end": "06:00", "weekdays": [0, 6], "price": 0.2}]
    entry = add_entry(
        house,
        connection_id="DE0001",
        import_tariff={"source": "time_of_use", "price": 0.3, "periods": periods, "vat": 19},
        export_tariff={"source": "entity", "entity_id": "sensor.price"},
        grid_signal={"entity_id": "select.grid", "mapping": {"normal": "green", "gone": "red"}},
        contract_import_limit=24000,
        co2={"source": "fixed", "value": 300},
    )
    before = dict(entry.data)
    house.states.async_set("sensor.price", "unavailable")  # no reason to refuse what was kept before
    result = shown(await entry.start_reconfigure_flow(house), "reconfigure")
    assert suggestions(result)["connection_id"] == "DE0001"
    for step in ("tariff", "prices", "grid", "signal"):
        result = shown(await answer(house, result, suggestions(result)), step)
    assert suggestions(result) == {"green": ["normal"], "yellow": [], "red": ["gone"], "black": []}
    result = await answer(house, result, suggestions(result))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert dict(entry.data) == before
    assert entry.unique_id == "DE0001"


async def test_reconfigure_changes_what_the_user_changes(house: HomeAssistant) -> None:
    """Errors show at their field here as well; a cleared field is empty afterwards; the number may be corrected."""
    entry = add_entry(
        house, contract_import_limit=24000, grid_signal={"entity_id": "select.grid", "mapping": {"normal": "green"}}
    )
    add_entry(house, connection_id="DE0002", grid_power="sensor.grid_export_power")
    result = await entry.start_reconfigure_flow(house)
    both = SITE | {"grid_import_power": "sensor.grid_export_power"}
    result = shown(await answer(house, result, both), "reconfigure", grid_import_power="meter_in_use")
    site = {
        "name": "Farm",
        "connection_id": "DE0003",
        "grid_power_inverted": True,
        "grid_power": "sensor.grid_power",
    }
    result = shown(await answer(house, result, site), "tariff")
    result = shown(await answer(house, result, {"import_source": "entity", "export_source": "none"}), "prices")
    assert suggestions(result) == {"import_tariff": {}}  # the fixed price that was there is no entity
    result = shown(await answer(house, result, {"import_tariff": {"entity_id": "sensor.epex"}}), "grid")
    assert suggestions(result)["grid_signal"] == "select.grid"
    result = await answer(house, result, GRID)
    assert result["reason"] == "reconfigure_successful"
    assert (entry.title, entry.unique_id) == ("Farm", "DE0003")
    assert dict(entry.data) == ENTRY_DATA | {
        "name": "Farm",
        "connection_id": "DE0003",
        "grid_power_inverted": True,
        "import_tariff": {"source": "entity", "entity_id": "sensor.epex"},
        "export_tariff": {"source": "none"},
    }


async def test_reconfigure_to_the_number_of_another_connection_point_aborts(house: HomeAssistant) -> None:
    entry = add_entry(house, connection_id="DE0001")
    add_entry(house, connection_id="DE0002", grid_power="sensor.grid_export_power")
    result = await answer(house, await entry.start_reconfigure_flow(house), SITE | {"connection_id": "DE0002"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert entry.unique_id == "DE0001"


async def test_identity_without_a_number_is_kept_and_a_removed_number_makes_a_new_one(house: HomeAssistant) -> None:
    entry = add_entry(house)
    result = await answers(house, await entry.start_reconfigure_flow(house), SITE, FIXED, PRICES, GRID)
    assert result["reason"] == "reconfigure_successful"
    assert entry.unique_id == "generated"
    numbered = add_entry(house, connection_id="DE0001", grid_power="sensor.grid_import_power")
    site = {"name": "Home", "grid_power_inverted": False, "grid_power": "sensor.grid_import_power"}
    await answers(house, await numbered.start_reconfigure_flow(house), site, FIXED, PRICES, GRID)
    assert numbered.data["connection_id"] == ""
    assert numbered.unique_id not in (None, "", "DE0001", "generated")


async def test_reconfigure_offers_a_source_whose_integration_is_gone(house: HomeAssistant) -> None:
    """The form shows what is kept, even where it cannot work any more."""
    entry = add_entry(house, import_tariff={"source": "tibber"})
    result = await answer(house, await entry.start_reconfigure_flow(house), SITE)
    assert suggestions(result)["import_source"] == "tibber"
    assert "tibber" in result["data_schema"].schema["import_source"].config["options"]


async def test_disabled_price_integration_is_not_offered(house: HomeAssistant) -> None:
    entry = MockConfigEntry(domain="tibber", disabled_by=ConfigEntryDisabler.USER)
    entry.add_to_hass(house)
    result = await answer(house, await begin(house), SITE)
    assert "tibber" not in result["data_schema"].schema["import_source"].config["options"]


async def test_same_number_in_two_open_flows_aborts_the_second(house: HomeAssistant) -> None:
    site = SITE | {"connection_id": "DE0001"}
    shown(await answer(house, await begin(house), site), "tariff")
    second = await house.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await answer(house, second, site)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_in_progress"
