"""Entities that a connection point is made of: renamed, removed, back again, chosen anew."""

from collections.abc import AsyncIterator
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs.const import DOMAIN as REPAIRS, FlowType
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.sources import async_setup_sources, async_watch_sources, entry_sources
from tests.flow_forms import FIXED, GRID, NOON, POWER, PRICES, SITE, forms_only, register, settle

SEQUENCE = [{"action": "switch.turn_on", "target": {"entity_id": ["switch.heater", "sensor.pv_power"]}}]


@pytest.fixture(name="house")
async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AsyncIterator[HomeAssistant]:
    """Return a Home Assistant with the entities of a small house, some of them registered."""
    freezer.move_to(NOON)
    with forms_only():
        source = MockConfigEntry(domain="inverter")
        source.add_to_hass(hass)
        register(hass, "inverter", source, pv_power="pv", battery_power="battery", epex="price")
        yield await settle(hass)


@pytest.fixture(name="entry")
async def _entry(house: HomeAssistant) -> AsyncIterator[MockConfigEntry]:
    """Return a connection point with a solar plant and a battery, whose entities are watched."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        data={
            "grid_power": "sensor.grid_power",
            "connection_id": "",
            "grid_export_power": None,
            "import_tariff": {"source": "entity", "entity_id": "sensor.epex"},
            "grid_signal": {"entity_id": "select.grid", "mapping": {"normal": "green"}},
        },
        subentries_data=[
            ConfigSubentryData(
                subentry_type="pv",
                title="Roof",
                unique_id=None,
                data={
                    "power_entity": "sensor.pv_power",
                    "power_sign": "auto",
                    "forecast_entity": ["sensor.outside", "sensor.co2"],
                    "sequence": SEQUENCE,
                },
            ),
            ConfigSubentryData(
                subentry_type="battery", title="Cellar", unique_id=None, data={"power_entity": "sensor.battery_power"}
            ),
        ],
    )
    entry.add_to_hass(house)
    async_setup_sources(house)
    assert await house.config_entries.async_setup(entry.entry_id)
    stop = async_watch_sources(house, entry)
    await house.async_block_till_done()
    yield entry
    stop()
    if entry.state is ConfigEntryState.LOADED:
        await house.config_entries.async_unload(entry.entry_id)


def issues(house: HomeAssistant) -> list[tuple[str, str]]:
    """The missing entities that are said, each with whose it is."""
    return sorted(
        (issue.translation_placeholders["entity_id"], issue.translation_placeholders["name"])
        for (domain, _), issue in ir.async_get(house).issues.items()
        if domain == DOMAIN and issue.active and issue.translation_placeholders
    )


def device(entry: MockConfigEntry, title: str) -> Any:
    """A device by its name."""
    return next(subentry for subentry in entry.subentries.values() if subentry.title == title)


def test_sources_are_the_entities_that_are_named(entry: MockConfigEntry) -> None:
    roof, cellar = device(entry, "Roof").subentry_id, device(entry, "Cellar").subentry_id
    assert entry_sources(entry) == {
        "sensor.grid_power": None,
        "sensor.epex": None,
        "select.grid": None,
        "sensor.pv_power": roof,
        "sensor.outside": roof,
        "sensor.co2": roof,
        "sensor.battery_power": cellar,
    }


async def test_renamed_entity_is_followed_everywhere(house: HomeAssistant, entry: MockConfigEntry) -> None:
    """In the connection point, in the device, and in the user's own actions."""
    registry = er.async_get(house)
    registry.async_update_entity("sensor.epex", new_entity_id="sensor.spot")
    registry.async_update_entity("sensor.pv_power", new_entity_id="sensor.roof_power")
    await house.async_block_till_done()
    assert entry.data["import_tariff"] == {"source": "entity", "entity_id": "sensor.spot"}
    assert entry.data["grid_signal"]["mapping"] == {"normal": "green"}
    roof = device(entry, "Roof").data
    assert roof["power_entity"] == "sensor.roof_power"
    assert roof["sequence"][0]["target"]["entity_id"] == ["switch.heater", "sensor.roof_power"]
    assert SEQUENCE[0]["target"] == {"entity_id": ["switch.heater", "sensor.pv_power"]}
    assert not issues(house)


async def test_rename_wakes_an_entry_that_waits_for_its_entities(house: HomeAssistant, entry: MockConfigEntry) -> None:
    """It has no listener then, and would otherwise go on waiting for the old name."""
    entry.mock_state(house, ConfigEntryState.SETUP_RETRY)
    er.async_get(house).async_update_entity("sensor.epex", new_entity_id="sensor.spot")
    await house.async_block_till_done()
    assert entry.data["import_tariff"]["entity_id"] == "sensor.spot"
    assert entry.state is ConfigEntryState.LOADED


async def test_removed_entity_is_said_until_it_is_back(house: HomeAssistant, entry: MockConfigEntry) -> None:
    registry = er.async_get(house)
    registry.async_remove("sensor.pv_power")
    house.states.async_remove("sensor.pv_power")
    await house.async_block_till_done()
    registry.async_remove("sensor.epex")
    house.states.async_remove("sensor.epex")
    registry.async_update_entity("sensor.battery_power", name="An update that is no rename")
    registry.async_get_or_create("sensor", "other", "wakes", suggested_object_id="something")
    await house.async_block_till_done()
    assert issues(house) == [("sensor.epex", "Home"), ("sensor.pv_power", "Roof")]

    house.states.async_set("sensor.pv_power", "1200", POWER)
    await house.async_block_till_done()
    assert issues(house) == [("sensor.epex", "Home")]
    registry.async_get_or_create("sensor", "inverter", "price", suggested_object_id="epex")
    await house.async_block_till_done()
    assert not issues(house)


async def test_issue_goes_with_the_connection_point(house: HomeAssistant, entry: MockConfigEntry) -> None:
    er.async_get(house).async_remove("sensor.pv_power")
    house.states.async_remove("sensor.pv_power")
    er.async_get(house).async_get_or_create("sensor", "other", "wakes", suggested_object_id="something")
    await house.async_block_till_done()
    assert issues(house)
    await house.config_entries.async_remove(entry.entry_id)
    await house.async_block_till_done()
    assert not issues(house)


async def test_nothing_is_said_while_home_assistant_starts(house: HomeAssistant, entry: MockConfigEntry) -> None:
    """Entities come up one by one; only when all are there is one missing."""
    late = MockConfigEntry(
        domain=DOMAIN, title="Late", data={"grid_power": "sensor.slow", "grid_import_power": "sensor.no"}
    )
    late.add_to_hass(house)
    house.set_state(CoreState.starting)
    stop = async_watch_sources(house, late)
    house.states.async_set("sensor.slow", "1", POWER)
    await house.async_block_till_done()
    assert not issues(house)
    house.set_state(CoreState.running)
    house.bus.async_fire("homeassistant_started")
    await house.async_block_till_done()
    assert issues(house) == [("sensor.no", "Late")]
    stop()
    house.states.async_set("sensor.no", "1", POWER)
    await house.async_block_till_done()
    assert issues(house)  # nobody looks any more


async def fix(house: HomeAssistant, issue_id: str) -> tuple[Any, Any]:
    """Open the repair of an issue and submit it; return the first and the last answer."""
    house.config.components.remove("http")
    assert await async_setup_component(house, REPAIRS, {})
    manager = house.data[REPAIRS]["flow_manager"]
    shown = await manager.async_init(DOMAIN, data={"issue_id": issue_id})
    return shown, await manager.async_configure(shown["flow_id"], {})


def issue_of(house: HomeAssistant, entity_id: str) -> str:
    """The id of the issue about an entity."""
    return next(
        issue_id
        for (domain, issue_id), issue in ir.async_get(house).issues.items()
        if domain == DOMAIN and (issue.translation_placeholders or {}).get("entity_id") == entity_id
    )


async def lose(house: HomeAssistant, entity_id: str) -> str:
    """Remove an entity; return the id of the issue about it."""
    house.states.async_remove(entity_id)
    if er.async_get(house).async_get(entity_id):
        er.async_get(house).async_remove(entity_id)
    else:
        er.async_get(house).async_get_or_create("sensor", "other", entity_id)
    await house.async_block_till_done()
    return issue_of(house, entity_id)


async def test_repair_leads_to_the_form_of_the_device(house: HomeAssistant, entry: MockConfigEntry) -> None:
    issue_id = await lose(house, "sensor.pv_power")
    shown, result = await fix(house, issue_id)
    assert (shown["step_id"], shown["description_placeholders"]) == (
        "confirm",
        {"entity_id": "sensor.pv_power", "name": "Roof"},
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "choose_again")
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    house.states.async_set("sensor.new_power", "1", POWER)
    answer = {
        "name": "Roof",
        "power_entity": "sensor.new_power",
        "nominal_power": 5000,
        "power_sign": "auto",
        "forecast_source": "none",
        "act": {},
        "advanced": {},
    }
    result = await house.config_entries.subentries.async_configure(flow_id, answer)
    assert result["reason"] == "reconfigure_successful"
    async_watch_sources(house, entry)()  # as the reload does
    assert not issues(house)


async def test_repair_leads_to_the_form_of_the_connection_point(house: HomeAssistant, entry: MockConfigEntry) -> None:
    issue_id = await lose(house, "sensor.grid_power")
    house.states.async_set("sensor.new_meter", "1", POWER)
    _, result = await fix(house, issue_id)
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_FLOW
    for answer in (SITE | {"grid_power": "sensor.new_meter"}, FIXED, PRICES, GRID):
        result = await house.config_entries.flow.async_configure(flow_id, answer)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["grid_power"] == "sensor.new_meter"


async def test_repair_of_a_device_that_was_removed_is_done(house: HomeAssistant, entry: MockConfigEntry) -> None:
    issue_id = await lose(house, "sensor.pv_power")
    house.config_entries.async_remove_subentry(entry, device(entry, "Roof").subentry_id)
    _, result = await fix(house, issue_id)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not issues(house)
