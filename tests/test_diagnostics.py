"""Diagnostics and system health of a house that runs: enough to compute the plan again, and nothing private."""

import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.system_health import DOMAIN as SYSTEM_HEALTH
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.cem_sgcp.cem.model import Plan, PlanStatus, SiteSnapshot
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan
from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.diagnostics import async_get_config_entry_diagnostics
from tests.flow_forms import settle
from tests.managed_house import DEVICES, WASHER, ManagedHouse

SECRET = "541448820000012345"  # noqa: S105
ACTIONS = [{"action": "rest_command.start", "data": {"token": SECRET, "url": f"http://washer/{SECRET}", "power": 5}}]


async def diagnostics(house: ManagedHouse) -> dict[str, Any]:
    """The file that a user downloads."""
    found = await async_get_config_entry_diagnostics(house.hass, house.entry)
    return json.loads(json.dumps(found))


async def test_plan_can_be_computed_again_from_the_diagnostics(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The same snapshot gives the same plan, on another machine and years later."""
    house = await ManagedHouse.build(hass, freezer)
    found = await diagnostics(house)
    snapshot, plan = SiteSnapshot.from_json(found["snapshot"]), Plan.from_json(found["plan"])
    assert snapshot == house.cem.data.snapshot
    assert plan == house.cem.data.plan
    again = make_plan(snapshot, PlannerOptions())
    assert again.status is not PlanStatus.FAILED
    assert again.objective == pytest.approx(plan.objective, rel=2 * PlannerOptions().gap, abs=0.01)
    assert {device.resource_id for device in again.devices} == {device.resource_id for device in plan.devices}


async def test_diagnostics_show_the_running_house(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """What the sources said, what the prices came from, what was decided and sent."""
    house = await ManagedHouse.build(hass, freezer)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    found = await diagnostics(house)
    assert found["live"]["net_power"] == pytest.approx(float(house.sim("sensor.sim_grid_power")), abs=1)
    assert found["live"]["traffic_light"]["phase"] == "green"
    assert found["prices"]["import"]["source"] == "entity"
    assert found["sources"]["sensor.sim_grid_power"]["unit"] == "W"
    assert {entry["subentry_type"] for entry in found["entry"]["subentries"]} == {kind for kind, _ in DEVICES.values()}
    washer = house.subentry_id("Washer")
    announced = next(each for each in found["decisions"] if each["decision"] == "run_announced")
    assert announced["device_id"] == washer
    advised = [call for call in found["calls"] if call["device"] in DEVICES]
    assert advised
    assert not any(call["made"] for call in advised)  # advise only: what would have been sent
    assert found["plan_error"] is None


async def test_diagnostics_tell_what_was_learned_of_warmth_and_what_the_weather_service_said(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    room = {"power_entity": "sensor.heater", "temperature_entity": "sensor.room", "max_power": 1500}
    house = await ManagedHouse.build(
        hass, freezer, devices={"Room": ("radiator", room)}, options={"weather_entity": "weather.gone"}
    )
    await house.step(30)
    found = await diagnostics(house)
    assert found["weather"]["problem"] == "entity_missing"
    assert found["warmth"] == {"learned": {}, "refused": {house.subentry_id("Room"): "no_record"}}
    assert found["sun"] == {"expected": {}, "ratios": {}}


async def test_diagnostics_hide_where_it_is_and_every_secret(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The number of the connection, the name of the home (often a street), and tokens in the user's own actions."""
    house = await ManagedHouse.build(
        hass,
        freezer,
        devices={"Washer": ("appliance", WASHER | {"sequence": ACTIONS})},
        site={"connection_id": SECRET, "name": "Church Lane 5"},
    )
    hass.config_entries.async_update_entry(house.entry, title="Church Lane 5", unique_id=SECRET)
    await house.settle()
    text = json.dumps(await diagnostics(house))
    assert SECRET not in text
    assert "Church Lane" not in text
    assert str(hass.config.latitude) not in text
    assert "**REDACTED**" in text
    kept = json.loads(text)["entry"]["subentries"][0]
    assert kept["title"] == "Washer"
    assert kept["data"]["sequence"][0]["data"]["power"] == 5


async def test_diagnostics_of_an_entry_that_did_not_start_show_its_description(hass: HomeAssistant) -> None:
    await settle(hass)
    entry: Any = MockConfigEntry(
        domain=DOMAIN, title="Home", data={"grid_power": "sensor.gone", "connection_id": SECRET}
    )
    entry.add_to_hass(hass)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert set(found) == {"entry", "sources"}
    assert found["sources"] == {"sensor.gone": None}
    assert SECRET not in json.dumps(found, default=str)


async def test_system_health_says_at_a_glance_whether_it_works(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    assert await async_setup_component(hass, SYSTEM_HEALTH, {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert info["connection_points"] == 1
    assert info["devices"] == len(DEVICES)
    assert info["plans"] == "1/1"
    assert info["failed_plans"] == 0
    assert info["solver"].startswith("highspy 1.")
    assert info["slowest_plan"].endswith(" s")
    assert info["oldest_plan"].startswith("2026-11-23T06:0")

    await hass.config_entries.async_unload(house.entry.entry_id)
    info = await get_system_health_info(hass, DOMAIN)
    assert (info["plans"], info["oldest_plan"], info["slowest_plan"]) == ("0/0", "-", "-")
