"""Optional equipment inside Home Assistant: entities only for what there is, and commands that reach it."""

from typing import Any

from custom_components.sim_house.house import EQUIPMENT
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.demo.conftest import SetUp


async def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def act(hass: HomeAssistant, action: str, entity_id: str, **data: Any) -> None:
    domain, service = action.split(".")
    await hass.services.async_call(domain, service, {"entity_id": entity_id, **data}, blocking=True)


def value(hass: HomeAssistant, entity_id: str) -> float:
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return float(found.state)


async def test_without_equipment_nothing_is_added(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up()
    entities = {entry.entity_id for entry in hass.states.async_all()}
    assert not [entity for entity in entities if entity.split("sim_", 1)[-1].startswith(tuple(EQUIPMENT))]
    assert hass.states.get("sensor.sim_weather_outdoor") is None


async def test_every_piece_has_its_power_and_belongs_to_the_meter(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await set_up(equipment=list(EQUIPMENT))
    await wait(hass, freezer, 60)
    powers = {name: value(hass, f"sensor.sim_{name}_power") for name in EQUIPMENT}
    assert powers["heat_pump"] >= 0
    base = ("base_load_power", "ev_power", "washer_power", "dishwasher_power", "battery_power")
    total = sum(powers.values()) + sum(value(hass, f"sensor.sim_{name}") for name in base)
    assert value(hass, "sensor.sim_grid_power") == pytest.approx(total - value(hass, "sensor.sim_pv_power"), abs=0.1)
    assert -25 < value(hass, "sensor.sim_weather_outdoor") < 40
    for name in ("heat_pump", "hot_water", "freezer", "air_conditioner", "radiator", "chp", "fuel_cell"):
        assert -30 < value(hass, f"sensor.sim_{name}_temperature") < 90


async def test_commands_reach_the_equipment(hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp) -> None:
    await set_up(equipment=["pool_pump", "v2h", "freezer", "wind", "fan", "lamp"])
    await act(hass, "switch.turn_on", "switch.sim_pool_pump")
    await act(hass, "number.set_value", "number.sim_v2h_setpoint", value=-3000)
    await act(hass, "number.set_value", "number.sim_freezer_set_point", value=-25)
    await act(hass, "fan.set_percentage", "fan.sim_fan", percentage=100)
    await act(hass, "light.turn_on", "light.sim_lamp", brightness_pct=50)
    await wait(hass, freezer, 60)
    assert value(hass, "sensor.sim_pool_pump_power") == 800.0
    assert value(hass, "sensor.sim_v2h_power") == -3000.0
    assert value(hass, "sensor.sim_freezer_power") == 80.0
    assert value(hass, "sensor.sim_fan_power") == 90.0
    assert value(hass, "sensor.sim_lamp_power") == pytest.approx(120.0, abs=1.0)
    await act(hass, "fan.turn_off", "fan.sim_fan")
    await act(hass, "light.turn_off", "light.sim_lamp")
    await wait(hass, freezer, 60)
    assert value(hass, "sensor.sim_fan_power") == 0.0
    assert value(hass, "sensor.sim_lamp_power") == 0.0


async def test_faults_are_for_equipment_too(hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp) -> None:
    await set_up(equipment=["cistern"])
    await hass.services.async_call(
        "sim_house", "inject_fault", {"device": "cistern", "kind": "unavailable"}, blocking=True
    )
    found = hass.states.get("sensor.sim_cistern_level")
    assert found is not None
    assert found.state == "unavailable"
    await hass.services.async_call("sim_house", "clear_faults", {}, blocking=True)
    assert value(hass, "sensor.sim_cistern_level") == pytest.approx(50.0, abs=1.0)
