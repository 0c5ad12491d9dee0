"""A device with modes under the care of the integration: planned, switched, limited, shown, counted."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from tests.managed_house import BERLIN, DEVICES, MONDAY, ManagedHouse

#: Prices fall into the night.
EVENING = datetime(2026, 11, 23, 20, 0, 2, tzinfo=BERLIN)

POOL: dict[str, Any] = {"rated_power": 800, "quota": 3, "switch_entity": "input_boolean.pool_pump"}
FREEZER: dict[str, Any] = {
    "power_entity": "sensor.cabinet_power",
    "temperature_entity": "sensor.cabinet",
    "max_power": 100,
    "volume": 250,
    "contents": 100,
    "yearly_energy": 240,
    "band_minimum": -24,
    "band_maximum": -18,
    "guard": -16,
    "minimum_pause": 1,
    "switch_entity": "input_boolean.cabinet",
}
BOILER: dict[str, Any] = {
    "power_entity": "sensor.rod_power",
    "temperature_entity": "sensor.tank",
    "volume": 200,
    "max_power": 2000,
    "band_minimum": 45,
    "band_maximum": 60,
    "switch_entity": "input_boolean.rod",
}


def shows(hass: HomeAssistant, entity_id: str, value: float, unit: str) -> None:
    """Let a sensor of a device show a value."""
    hass.states.async_set(entity_id, str(value), {"unit_of_measurement": unit})


async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **more: Any) -> ManagedHouse:
    freezer.move_to(EVENING - timedelta(hours=1))
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"pool_pump": {"initial": False}}})
    return await ManagedHouse.build(
        hass,
        freezer,
        now=more.pop("now", EVENING),
        devices={"Pool pump": ("switched_load", POOL | more)},
        house={"pv_nominal": 1},
    )


async def test_a_pool_pump_runs_its_hours_and_every_start_is_counted(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    await house.control("Pool pump")
    mode = house.state("mode", "Pool pump")
    assert mode.attributes["series"]
    on = timedelta()
    for _ in range(4 * 60):
        before = hass.states.get("input_boolean.pool_pump")
        await house.step(60, tick=30)
        if before is None or before.state != "on":
            continue
        on += timedelta(minutes=1)
        if house.sim("input_boolean.pool_pump") == "on":
            assert house.state("mode", "Pool pump").state == "on"
            assert house.state("mode", "Pool pump").attributes["starts_today"] >= 1
    # The hours of the day that is nearly over and as many of the next are what is left to do by then.
    assert timedelta(hours=2.9) <= on <= timedelta(hours=4)


async def test_a_limit_switches_it_off_at_once_and_lets_it_go_on_afterwards(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    # All the hours there are: it is on whatever the price.
    house = await _house(hass, freezer, quota=24)
    await house.control("Pool pump")
    await house.step(120)
    assert house.sim("input_boolean.pool_pump") == "on"
    assert house.state("mode", "Pool pump").attributes["planned"] == ["on"]
    await house.call("set_power_limit", value=100, direction="import", duration={"minutes": 10})
    await house.step(5, tick=1)
    assert house.sim("input_boolean.pool_pump") == "off"
    assert house.state("mode", "Pool pump").attributes["told"] == ["off"]
    await house.step(900)
    assert house.sim("input_boolean.pool_pump") == "on"
    assert house.state("mode", "Pool pump").attributes["starts_today"] == 2


async def test_without_control_the_pump_is_left_alone_and_the_advice_is_shown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer, quota=24)
    await house.step(120)
    assert house.sim("input_boolean.pool_pump") == "off"
    assert house.state("mode", "Pool pump").state == "off"
    assert house.state("mode", "Pool pump").attributes["told"] == ["on"]
    assert house.state("control", "Pool pump").state == "off"


async def _cold_and_hot(hass: HomeAssistant, freezer: FrozenDateTimeFactory, *names: str) -> ManagedHouse:
    freezer.move_to(MONDAY - timedelta(hours=1))
    helpers = {"cabinet": {"initial": False}, "rod": {"initial": False}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": helpers})
    shows(hass, "sensor.cabinet", -18.5, "°C")
    shows(hass, "sensor.tank", 52.0, "°C")
    shows(hass, "sensor.cabinet_power", 0.0, "W")
    shows(hass, "sensor.rod_power", 0.0, "W")
    devices = {"Battery": DEVICES["Battery"], "Freezer": ("freezer", FREEZER), "Boiler": ("boiler", BOILER)}
    return await ManagedHouse.build(
        hass,
        freezer,
        devices={name: devices[name] for name in names},
        options={"horizon_hours": 24},
        house={"battery_soc": 50, "pv_nominal": 1},
    )


async def test_stores_show_their_level_in_the_unit_that_people_read(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _cold_and_hot(hass, freezer, "Battery", "Freezer", "Boiler")
    battery, cabinet, tank = (house.state("level", name) for name in ("Battery", "Freezer", "Boiler"))
    assert float(battery.state) == pytest.approx(5.0, abs=0.1)
    assert battery.attributes["unit_of_measurement"] == "kWh"
    assert (battery.attributes["lowest"], battery.attributes["highest"]) == (1.0, 10.0)
    assert (float(cabinet.state), cabinet.attributes["unit_of_measurement"]) == (-18.5, "°C")
    assert cabinet.attributes["lowest"] < -18.5 < cabinet.attributes["highest"]
    assert (float(tank.state), tank.attributes["unit_of_measurement"]) == (52.0, "°C")


async def test_jwg3_in_red_a_freezer_rests_until_its_guard_is_reached(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _cold_and_hot(hass, freezer, "Freezer")
    await house.control("Freezer")
    await house.do("select", "select_option", "select.sim_grid_signal", option="red")
    await house.step(60)
    assert house.state("traffic_light").state == "red"
    assert house.sim("input_boolean.cabinet") == "off"
    shows(hass, "sensor.cabinet", -16.2, "°C")
    await house.step(30)
    assert house.sim("input_boolean.cabinet") == "off"
    shows(hass, "sensor.cabinet", -15.8, "°C")
    # By then the compressor has rested for its minute.
    await house.step(90, tick=10)
    assert house.sim("input_boolean.cabinet") == "on"
    record = next(entry for entry in reversed(house.cem.hands.records) if entry.device == "Freezer")
    assert record.reason == "comfort_guard"


async def test_what_generates_is_shown_as_generation(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    noon = datetime(2026, 6, 23, 11, 0, 2, tzinfo=BERLIN)
    house = await ManagedHouse.build(hass, freezer, now=noon, devices={"PV": DEVICES["PV"]})
    planned = house.state("planned_power", "PV")
    assert float(planned.state) > 500.0
    # The series keeps the sign of the plan, which the dashboard stacks.
    assert planned.attributes["series"][0]["power"] < -500.0
