"""Conformance rows about the connection point itself: CT-01 to CT-04."""

import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from tests.managed_house import DEVICES, ManagedHouse


async def test_ct01_one_power_sensor_makes_a_connection_point(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={}, site={"contract_import_limit": None})
    assert house.entry.state is ConfigEntryState.LOADED
    assert float(house.state("net_power").state) == pytest.approx(float(house.sim("sensor.sim_grid_power")))
    assert house.state("traffic_light").state == "green"
    assert house.state("lpc_state").state == "unlimited_autonomous"
    assert house.state("import_limit").state == "unknown"


async def test_ct02_reload_leaves_one_of_everything_and_removal_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    registry = er.async_get(hass)
    before = {entry.entity_id for entry in er.async_entries_for_config_entry(registry, house.entry.entry_id)}

    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert {entry.entity_id for entry in er.async_entries_for_config_entry(registry, house.entry.entry_id)} == before
    assert house.state("plan_status").state in {"optimal", "feasible", "relaxed"}

    await hass.config_entries.async_remove(house.entry.entry_id)
    await house.step(60)
    assert not er.async_entries_for_config_entry(registry, house.entry.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), house.entry.entry_id)
    assert not [state.entity_id for state in hass.states.async_all() if state.entity_id in before]
    errors = [entry for entry in caplog.records if entry.levelno >= logging.ERROR and "cem_sgcp" in entry.name]
    assert not errors


@pytest.mark.parametrize(
    ("meter", "net", "imported", "exported"), [("1500", 1500, 1500, 0), ("-800", -800, 0, 800), ("0", 0, 0, 0)]
)
async def test_ct03_net_power_is_signed_and_its_two_directions_are_never_negative(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: str, net: float, imported: float, exported: float
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={}, site={"grid_power": "sensor.my_meter"})
    hass.states.async_set("sensor.my_meter", meter, {"unit_of_measurement": "W"})
    await house.step(2, tick=1)
    assert float(house.state("net_power").state) == net
    assert float(house.state("import_power").state) == imported
    assert float(house.state("export_power").state) == exported


@pytest.mark.parametrize("meter", ["unavailable", "unknown", "nan", "inf", "abc", ""])
async def test_ct03_a_meter_that_says_nothing_reads_as_unknown_not_as_zero(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, meter: str
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={}, site={"grid_power": "sensor.my_meter"})
    hass.states.async_set("sensor.my_meter", "1500", {"unit_of_measurement": "W"})
    await house.step(2, tick=1)
    hass.states.async_set("sensor.my_meter", meter, {"unit_of_measurement": "W"})
    await house.step(2, tick=1)
    assert house.state("net_power").state == "unknown"
    assert house.state("import_power").state == "unknown"


async def test_ct04_every_device_gets_state_plan_control_and_priority(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(
        hass, freezer, devices={name: DEVICES[name] for name in ("Washer", "Car", "Battery")}
    )
    for name in ("Washer", "Car", "Battery"):
        assert house.state("state", name).state not in {"unknown", "unavailable"}
        assert house.state("control", name).state == "off", "a new device is advise only"
        assert house.state("priority", name).state == "5"
        assert house.state("planned_power", name).attributes["series"]
    assert house.state("ready_by", "Washer").state == "2026-11-23T16:00:00+00:00"


async def test_a_renamed_source_entity_of_another_integration_is_read_as_unknown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    er.async_get(hass).async_update_entity("sensor.sim_grid_power", new_entity_id="sensor.other_name")
    await house.step(15)
    assert house.state("net_power").state in {"unknown", "unavailable"} or float(
        house.state("net_power").state
    ) == float(house.sim("sensor.other_name"))
