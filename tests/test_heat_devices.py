"""What heats or cools, in a real Home Assistant: helpers stand for heaters, the physics is the test's.

A boiler waits for the cheap hours, a freezer stays below its guard, and a level is shown in °C whichever way it counts.
"""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from tests.managed_house import BERLIN, ManagedHouse

EVENING = datetime(2026, 11, 23, 21, 40, 2, tzinfo=BERLIN)
#: 12 ct from 22:00 to 23:00, else 40 ct.
TARIFF = {
    "import_tariff": {
        "source": "time_of_use",
        "price": 0.40,
        "periods": [{"start": "22:00", "end": "23:00", "weekdays": list(range(7)), "price": 0.12}],
    }
}
BOILER: dict[str, Any] = {
    "power_entity": "sensor.boiler_power",
    "temperature_entity": "input_number.water",
    "volume": 200,
    "max_power": 2000,
    "daily_use": 6,
    "standby_loss": 1.8,
    "band_minimum": 45,
    "band_maximum": 60,
    "switch_entity": "input_boolean.boiler",
    "minimum_run": 10,
}
FREEZER: dict[str, Any] = {
    "power_entity": "sensor.freezer_power",
    "temperature_entity": "input_number.freezer",
    "max_power": 100,
    "volume": 250,
    "switch_entity": "input_boolean.freezer",
}


async def helpers(hass: HomeAssistant) -> None:
    """Switches, thermometers and power meters of a boiler and a freezer."""
    names = ("boiler", "freezer")
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {name: {} for name in names}})
    degrees = {"unit_of_measurement": "°C", "step": 0.01, "min": -40, "max": 90}
    numbers = {"water": degrees | {"initial": 48}, "freezer": degrees | {"initial": -18.5}}
    assert await async_setup_component(hass, "input_number", {"input_number": numbers})
    sensors = [
        {
            "name": f"{name.capitalize()} power",
            "device_class": "power",
            "unit_of_measurement": "W",
            "state": f"{{{{ {power} if is_state('input_boolean.{name}', 'on') else 0 }}}}",
        }
        for name, power in (("boiler", 2000), ("freezer", 100))
    ]
    assert await async_setup_component(hass, "template", {"template": [{"sensor": sensors}]})
    await hass.async_block_till_done()


async def warm(house: ManagedHouse, entity_id: str, change: float) -> None:
    """Move a temperature by what the physics of the test says."""
    present = float(house.sim(entity_id))
    await house.do("input_number", "set_value", entity_id, value=round(present + change, 2))


async def test_a_boiler_waits_for_the_cheap_hours_and_a_freezer_keeps_its_guard(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(EVENING)  # what helpers show must not lie in the future
    await helpers(hass)
    house = await ManagedHouse.build(
        hass,
        freezer,
        now=EVENING,
        devices={"Boiler": ("boiler", BOILER), "Freezer": ("freezer", FREEZER)},
        site=TARIFF,
        house={"pv_nominal": 1},
    )
    await house.control("Boiler", "Freezer")
    heated: dict[bool, float] = {True: 0.0, False: 0.0}
    coldest = warmest = float(house.sim("input_number.freezer"))
    while dt_util.utcnow() < EVENING + timedelta(hours=1):
        await house.step(300, tick=300)
        heats = house.sim("input_boolean.boiler") == "on"
        cheap = dt_util.utcnow().astimezone(BERLIN).hour == 22
        heated[cheap] += 2000 / 12 if heats else 0.0
        # 233 Wh/K with 60 W of loss; 45 W leak into the freezer, 130 W are moved out of it, 60 Wh/K.
        await warm(house, "input_number.water", ((2000 if heats else 0) - 60) / 12 / 232.6)
        cools = house.sim("input_boolean.freezer") == "on"
        await warm(house, "input_number.freezer", (45 - (130 if cools else 0)) / 12 / 60)
        inside = float(house.sim("input_number.freezer"))
        coldest, warmest = min(coldest, inside), max(warmest, inside)
    assert heated[True] > 800
    assert heated[False] == 0.0, "at 48 °C it can wait for ten o'clock"
    assert float(house.sim("input_number.water")) > 50
    assert warmest < -15.9
    assert coldest < -18.5, "it is cooled further while it is cheap"

    level = house.state("level", "Freezer")
    assert level.attributes["unit_of_measurement"] == "°C"
    assert float(level.state) == pytest.approx(float(house.sim("input_number.freezer")), abs=0.3)
    planned = house.state("planned_power", "Freezer").attributes["temperatures"]
    assert all(-27 < row["temperature"] < -10 for row in planned)


async def test_handed_back_a_freezer_runs(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Whatever the plan said last: who stops this integration finds the freezer on."""
    freezer.move_to(EVENING)  # what helpers show must not lie in the future
    await helpers(hass)
    house = await ManagedHouse.build(
        hass, freezer, now=EVENING, devices={"Freezer": ("freezer", FREEZER)}, site=TARIFF, house={"pv_nominal": 1}
    )
    await house.control("Freezer")
    await house.do("input_boolean", "turn_off", "input_boolean.freezer")
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await hass.async_block_till_done()
    assert house.sim("input_boolean.freezer") == "on"
