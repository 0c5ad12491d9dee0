"""A machine that waits by itself is told its start as soon as it is planned, and again when the start moves."""

from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from tests.managed_house import WASHER, ManagedHouse

START = "input_datetime.start"


async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> ManagedHouse:
    """A washer that has its start told through a helper; an automation of its owner starts it then."""
    assert await async_setup_component(
        hass, "input_datetime", {"input_datetime": {"start": {"has_date": True, "has_time": True}}}
    )
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"off": {}}})
    await hass.services.async_call("input_boolean", "turn_on", {"entity_id": "input_boolean.off"}, blocking=True)
    washer = WASHER | {"start_entity": START, "native_delay": True, "stop_entity": "input_boolean.off"}
    house = await ManagedHouse.build(hass, freezer, devices={"Washer": ("appliance", washer)}, house={"pv_nominal": 1})
    await house.control("Washer")
    return house


async def _announce(house: ManagedHouse, **data: Any) -> datetime:
    answer = await house.call(
        "announce_flexible_start",
        response=True,
        device_id=house.device_id("Washer"),
        duration="01:30:00",
        power=600,
        latest_end="2026-11-23T17:00:00+01:00",
        **data,
    )
    await house.settle()
    return datetime.fromisoformat(answer["start"])


def _told(house: ManagedHouse) -> datetime:
    moment = dt_util.parse_datetime(house.sim(START))
    assert moment is not None
    return moment.replace(tzinfo=dt_util.get_default_time_zone())


async def test_the_planned_start_is_told_at_once_and_again_when_it_moves(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    start = await _announce(house)
    assert (start - dt_util.utcnow()).total_seconds() > 3600
    assert _told(house) == start
    later = datetime.fromisoformat("2026-11-23T15:00:00+01:00")
    await house.call("set_start_time", device_id=house.device_id("Washer"), start_time=later.isoformat())
    await house.settle()
    assert _told(house) == later


async def test_a_withdrawn_run_is_stopped_at_the_machine(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await _house(hass, freezer)
    await _announce(house)
    await house.call("cancel", device_id=house.device_id("Washer"))
    await house.settle()
    assert house.sim("input_boolean.off") == "off"


async def test_in_advise_only_mode_what_would_be_told_is_recorded(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    await house.do("switch", "turn_off", house.entity_id("control", "Washer"))
    before = house.sim(START)
    await _announce(house)
    assert house.sim(START) == before
    assert [record.result.value for record in house.cem.hands.records][-1:] == ["advised"]
