"""A device with modes under the care of the integration: planned, switched, limited, shown, counted."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from tests.managed_house import BERLIN, ManagedHouse

#: Prices fall into the night.
EVENING = datetime(2026, 11, 23, 20, 0, 2, tzinfo=BERLIN)

POOL: dict[str, Any] = {"rated_power": 800, "quota": 3, "switch_entity": "input_boolean.pool_pump"}


async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **more: Any) -> ManagedHouse:
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
