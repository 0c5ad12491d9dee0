"""Conformance rows about stores: CT-35 (battery) and CT-36 (car)."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.managed_house import BERLIN, DEVICES, ManagedHouse

#: The night before the car leaves at its usual time.
EVENING = datetime(2026, 11, 23, 20, 0, 2, tzinfo=BERLIN)


async def test_ct35_the_battery_charges_cheap_discharges_dear_and_keeps_its_reserve(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(
        hass, freezer, devices={"Battery": DEVICES["Battery"]}, house={"pv_nominal": 1, "battery_soc": 30}
    )
    plan = house.cem.data.plan
    assert plan is not None
    device = plan.device(house.subentry_id("Battery"))
    assert device is not None
    assert device.level is not None
    charged = [price for price, power in zip(plan.import_price, device.power, strict=True) if power > 50]
    discharged = [price for price, power in zip(plan.import_price, device.power, strict=True) if power < -50]
    assert discharged
    # With 90 % round trip a kWh that is bought must save a dearer one.
    if charged:
        assert sum(charged) / len(charged) < 0.9 * sum(discharged) / len(discharged)
    assert min(device.level) >= 1000 - 1
    assert max(device.level) <= 10000 + 1


async def test_ct35_a_controlled_battery_follows_its_plan_and_a_released_one_is_automatic(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    assert house.sim("select.sim_battery_mode") == "auto"
    await house.control("Battery")
    await house.step(120)
    records = [record for record in house.cem.hands.records if record.device == "Battery" and record.made]
    assert records
    await house.do("switch", "turn_off", house.entity_id("control", "Battery"))
    await house.step(30)
    assert house.sim("select.sim_battery_mode") == "auto"


async def test_a_stop_of_home_assistant_hands_the_battery_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    await house.control("Battery")
    await house.do("select", "select_option", "select.sim_battery_mode", option="manual")
    await house.step(60)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await hass.async_block_till_done()
    assert house.sim("select.sim_battery_mode") == "auto"


async def test_ct36_the_car_is_charged_by_departure_in_the_cheapest_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(
        hass, freezer, now=EVENING, devices={"Car": DEVICES["Car"]}, house={"ev_soc": 60, "pv_nominal": 1}
    )
    assert house.sim("binary_sensor.sim_ev_connected") == "on"
    plan = house.cem.data.plan
    assert plan is not None
    device = plan.device(house.subentry_id("Car"))
    assert device is not None
    assert device.level is not None
    departure = datetime(2026, 11, 24, 7, tzinfo=BERLIN)
    at_departure = plan.grid.index_at(departure - timedelta(minutes=1))
    assert at_departure is not None
    assert device.level[at_departure] >= 0.8 * 60000 - 50
    night = range(at_departure + 1)
    used = [plan.import_price[step] for step in night if device.power[step] > 500]
    spared = [plan.import_price[step] for step in night if device.power[step] < 50]
    assert sum(used) / len(used) < sum(spared) / len(spared)


async def test_ct36_unplugging_withdraws_the_plan_and_says_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, now=EVENING, devices={"Car": DEVICES["Car"]}, house={"ev_soc": 60})
    before = house.cem.data.plan
    assert before is not None
    first = before.device(house.subentry_id("Car"))
    assert first is not None
    assert max(first.power) > 0
    await house.do("button", "press", "button.sim_ev_drive")
    await house.step(10, tick=1)
    assert [event["device"] for event in house.decisions("device_disconnected")] == ["Car"]
    after = house.cem.data.plan
    assert after is not None
    device = after.device(house.subentry_id("Car"))
    assert device is None or max(device.power) == pytest.approx(0)


async def test_the_controlled_car_charges_to_its_target_overnight(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, now=EVENING, devices={"Car": DEVICES["Car"]}, house={"ev_soc": 70})
    await house.control("Car")
    await house.step(10.9 * 3600, tick=30)
    assert float(house.sim("sensor.sim_ev_soc")) >= 79.0
