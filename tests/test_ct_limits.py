"""Conformance rows about limits and the traffic light: CT-05, CT-11 to CT-13, CT-27."""

from datetime import timedelta
import math

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.managed_house import ManagedHouse


async def test_ct05_an_obligation_turns_the_light_red_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    answer = await house.call("set_power_limit", response=True, value=4200, duration=600, category="obligation")
    assert answer["state"] == "accepted"
    assert house.state("traffic_light").state == "red"
    limit = house.state("import_limit")
    assert float(limit.state) == 4200
    assert limit.attributes["source"] == "action"
    assert house.state("lpc_state").state == "limited"
    assert [event["value"] for event in house.decisions("limit_received")] == [4200]


async def test_ct05_the_car_obeys_within_seconds(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer)
    await house.control("Car")
    await house.do("number", "set_value", "number.sim_ev_current", value=16)
    await house.do("switch", "turn_on", "switch.sim_ev_charging")
    await house.call("set_power_limit", value=3000, duration=600)
    await house.step(30)
    assert float(house.sim("sensor.sim_grid_power")) <= 3000


async def test_ct11_a_limit_ends_by_itself_and_says_so(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer)
    await house.call("set_power_limit", value=4200, duration=600)
    await house.step(595)
    assert float(house.state("import_limit").state) == 4200
    await house.step(15)
    assert float(house.state("import_limit").state) == 24000, "the contract's own limit is what is left"
    assert house.state("traffic_light").state == "green"
    assert len(house.decisions("limit_expired")) == 1


async def test_ct12_limit_without_duration_never_expires(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    await house.call("set_power_limit", value=4200)
    await house.step(3600, tick=60)
    assert float(house.state("import_limit").state) == 4200
    assert house.state("traffic_light").state == "red"


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, -math.inf, "abc", None, [], 1e300, True])
async def test_ct13_an_impossible_limit_is_refused_with_a_reason(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, value: object
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    await house.call("set_power_limit", value=5000, limit_id="mine")
    before = house.cem.grid_side.book
    with pytest.raises(ServiceValidationError) as refused:
        await house.call("set_power_limit", value=value, limit_id="mine")
    assert refused.value.translation_key == "invalid_field"
    assert refused.value.translation_placeholders["path"] == "value"
    assert house.cem.grid_side.book == before
    assert float(house.state("import_limit").state) == 5000


async def test_ct13_the_contract_cannot_be_lifted_by_action(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    await house.call("clear_power_limit")
    assert float(house.state("import_limit").state) == 24000
    for action, data in (("clear_power_limit", {}), ("set_power_limit", {"value": 1e6})):
        with pytest.raises(ServiceValidationError):
            await house.call(action, limit_id="contract_import", **data)
    assert float(house.state("import_limit").state) == 24000


async def test_the_strictest_limit_holds_and_the_next_one_after_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    await house.call("set_power_limit", value=9000, limit_id="a", category="user")
    await house.call("set_power_limit", value=6000, limit_id="b", category="user")
    assert float(house.state("import_limit").state) == 6000
    await house.call("clear_power_limit", limit_id="b")
    assert float(house.state("import_limit").state) == 9000
    await house.call("clear_power_limit")
    assert float(house.state("import_limit").state) == 24000


async def test_ct27_a_limit_outlives_a_restart_with_its_remaining_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    await house.call("set_power_limit", value=4200, duration=600)
    await house.step(100)
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    assert float(house.state("import_limit").state) == 4200
    assert house.state("traffic_light").state == "red"
    await house.step(480)
    assert float(house.state("import_limit").state) == 4200
    await house.step(40)
    assert float(house.state("import_limit").state) == 24000


async def test_red_by_action_ends_when_it_said(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    await house.call("set_grid_signal", phase="red", duration=300, reason="test")
    assert house.state("traffic_light").state == "red"
    assert house.state("traffic_light").attributes["reason"] == "test"
    await house.step(310)
    assert house.state("traffic_light").state == "green"
    assert [event["phase"] for event in house.decisions("phase_changed")] == ["red", "green"]


async def test_the_signal_entity_sets_the_phase_and_silence_releases_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    await house.do("select", "select_option", "select.sim_grid_signal", option="red")
    await house.step(2, tick=1)
    assert house.state("traffic_light").state == "red"
    hass.states.async_set("select.sim_grid_signal", "unavailable")
    await house.step(120)
    assert house.state("traffic_light").state == "red"
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    assert house.state("traffic_light").state == "red", "a restart releases nothing"


async def test_an_announced_limit_starts_when_it_says(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    start = house.cem.data.live.now + timedelta(minutes=10)
    await house.call("set_power_limit", value=4200, start=start.isoformat(), duration=300)
    assert float(house.state("import_limit").state) == 24000
    await house.step(610)
    assert float(house.state("import_limit").state) == 4200
    await house.step(305)
    assert float(house.state("import_limit").state) == 24000
