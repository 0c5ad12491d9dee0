"""Heat losses and the use of hot water, learned from what a real recorder holds, and what people see of it."""

import asyncio
from datetime import datetime, timedelta
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import numpy as np
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.cem_sgcp.devices import KINDS
from tests.cem.forecast.warm_houses import Zone, record
from tests.managed_house import MONDAY, ManagedHouse

ROOM: dict[str, Any] = {
    "power_entity": "sensor.heater",
    "temperature_entity": "sensor.room",
    "outdoor_entity": "sensor.garden",
    "max_power": 3000,
}
BOILER: dict[str, Any] = {
    "power_entity": "sensor.boiler_power",
    "temperature_entity": "sensor.boiler",
    "volume": 200,
    "max_power": 3000,
}
ZONE = Zone()
UNITS = {"temperature": "°C", "power": "W"}


def remember(hass: HomeAssistant, entity_id: str, kind: str, values: Any, end: datetime) -> None:
    """Give the recorder hourly means that end now, as a sensor with statistics would have."""
    start = end.replace(minute=0, second=0, microsecond=0) - len(values) * timedelta(hours=1)
    async_import_statistics(
        hass,
        {
            "mean_type": StatisticMeanType.ARITHMETIC,
            "has_sum": False,
            "name": None,
            "source": "recorder",
            "statistic_id": entity_id,
            "unit_class": kind,
            "unit_of_measurement": UNITS[kind],
        },
        [{"start": start + index * timedelta(hours=1), "mean": float(value)} for index, value in enumerate(values)],
    )


def show(hass: HomeAssistant, **values: float) -> None:
    for name, value in values.items():
        kind = "power" if name in {"heater", "boiler_power"} else "temperature"
        hass.states.async_set(f"sensor.{name}", str(value), {"unit_of_measurement": UNITS[kind], "device_class": kind})


async def lived_in(hass: HomeAssistant, *, outdoors: bool = True) -> None:
    """Four weeks of a house whose loss is known."""
    now = dt_util.utcnow()
    recording = record(ZONE, 3)
    remember(hass, "sensor.room", "temperature", recording.indoor, now)
    remember(hass, "sensor.heater", "power", recording.power, now)
    if outdoors:
        remember(hass, "sensor.garden", "temperature", recording.outdoor, now)
    await async_wait_recording_done(hass)
    show(hass, room=20.5, heater=0.0, garden=4.0)


async def learned(house: ManagedHouse) -> None:
    """Let the house learn: it does so beside its plan."""
    for attempt in range(1200):
        if house.cem.warmth.refusals or house.cem.state.thermal:
            break
        if attempt < 20:
            await house.step(1, tick=1)
        # The fit runs in a thread, in real time, while the clock of the loop stands still.
        await asyncio.to_thread(time.sleep, 0.05)
    await house.settle()


async def test_the_loss_of_a_room_is_learned_from_the_recorder_and_shown_with_its_error(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass)
    house = await ManagedHouse.build(hass, freezer, devices={"Room": ("radiator", ROOM)})
    await learned(house)
    state = house.state("heat_loss", "Room")
    truth = 1 / ZONE.resistance
    assert state.attributes["origin"] == "learned"
    assert state.attributes["unit_of_measurement"] == "W/K"
    assert abs(float(state.state) - truth) <= 2 * state.attributes["heat_loss_error"]
    assert state.attributes["heat_loss_error"] < 0.06 * truth
    assert state.attributes["capacity"] == pytest.approx(ZONE.capacity / 1000, rel=0.1)
    assert state.attributes["hours"] > 600
    assert state.attributes["reason"] is None

    # It outlives a restart, and the device is planned with it.
    model = house.cem.state.thermal[house.subentry_id("Room")]
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    assert house.cem.state.thermal[house.subentry_id("Room")] == model
    device = house.cem.sense.device(house.subentry_id("Room"))
    assert device is not None
    assert house.cem.sense.sensing(device, dt_util.utcnow()).thermal == model
    await house.settle()


async def test_what_the_user_stated_stands_above_what_was_learned(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass)
    house = await ManagedHouse.build(hass, freezer, devices={"Room": ("radiator", ROOM | {"heat_loss": 90})})
    await learned(house)
    state = house.state("heat_loss", "Room")
    assert float(state.state) == 90.0
    assert state.attributes["origin"] == "stated"
    assert state.attributes["learned_heat_loss"] == pytest.approx(1 / ZONE.resistance, rel=0.15)


async def test_the_outdoor_thermometer_of_the_options_serves_rooms_without_their_own(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass)
    data = {key: value for key, value in ROOM.items() if key != "outdoor_entity"}
    house = await ManagedHouse.build(
        hass, freezer, devices={"Room": ("radiator", data)}, options={"outdoor_entity": "sensor.garden"}
    )
    await learned(house)
    assert house.state("heat_loss", "Room").attributes["origin"] == "learned"
    outdoor = house.cem.sense.outdoor
    assert outdoor is not None
    assert outdoor.intervals[0].value == pytest.approx(4.0, abs=1.0)
    device = house.cem.sense.device(house.subentry_id("Room"))
    assert device is not None
    now = dt_util.utcnow()
    ahead = house.cem.sense.sensing(device, now, ahead=True)
    assert ahead.outdoor == outdoor
    assert ahead.horizon == now + timedelta(hours=48)


async def test_a_room_that_cannot_be_learned_says_why(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass, outdoors=False)
    house = await ManagedHouse.build(hass, freezer, devices={"Room": ("radiator", ROOM)})
    await learned(house)
    state = house.state("heat_loss", "Room")
    assert state.state == "unknown"
    assert state.attributes["origin"] == "unknown"
    assert state.attributes["reason"] == "no_record"


async def test_hot_water_is_foreseen_from_the_record_of_the_tank(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await hass.config.async_set_time_zone("Europe/Berlin")
    # 2 kWh each morning from 6 to 7 local time, heated again at noon; a cellar of 20 °C, 1.5 K an hour lost by nobody.
    capacity, loss = 200 * 1.163, 1.9
    level, levels, powers = 55.0, [], []
    end = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    for back in range(12 * 24, 0, -1):
        hour = dt_util.as_local(end - timedelta(hours=back)).hour
        drawn = 2000.0 if hour == 6 else 0.0
        power = min(3000.0, (55.0 - level) * capacity) if hour in {12, 13} else 0.0
        before = level
        level += (power - drawn - loss * (level - 20.0)) / capacity
        levels.append((before + level) / 2)
        powers.append(power)
    remember(hass, "sensor.boiler", "temperature", levels, end)
    remember(hass, "sensor.boiler_power", "power", powers, end)
    await async_wait_recording_done(hass)
    show(hass, boiler=level, boiler_power=0.0)
    house = await ManagedHouse.build(hass, freezer, devices={"Boiler": ("boiler", BOILER)})
    await learned(house)
    usage = house.cem.warmth.usage[house.subentry_id("Boiler")]
    tomorrow = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
    hours = [usage.at(tomorrow + timedelta(hours=hour, minutes=10)) or 0.0 for hour in range(24)]
    assert sum(hours) == pytest.approx(2000.0, rel=0.25)
    assert int(np.argmax(hours)) == 6
    assert sum(hours[5:8]) > 0.8 * sum(hours)
    device = house.cem.sense.device(house.subentry_id("Boiler"))
    assert device is not None
    assert house.cem.sense.sensing(device, dt_util.utcnow(), ahead=True).usage == usage


async def test_without_a_recorder_nothing_is_learned_and_everything_runs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    show(hass, room=20.5, heater=0.0, garden=4.0)
    house = await ManagedHouse.build(hass, freezer, devices={"Room": ("radiator", ROOM)})
    await learned(house)
    assert house.state("heat_loss", "Room").attributes["reason"] == "no_record"
    assert house.cem.data.plan is not None


# ------------------------------------------------------------------------------------------------- by action


def _slots(start: datetime) -> list[dict[str, Any]]:
    return [
        {"start": start.isoformat(), "end": (start + timedelta(hours=3)).isoformat(), "set_point": 23.0},
        {
            "start": (start + timedelta(hours=3)).isoformat(),
            "end": (start + timedelta(hours=9)).isoformat(),
            "minimum": 16.0,
            "maximum": 19.0,
        },
    ]


async def test_a_temperature_profile_stands_above_the_bands_until_it_is_cleared(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    show(hass, room=20.5, heater=0.0, garden=4.0)
    house = await ManagedHouse.build(hass, freezer, devices={"Room": ("radiator", ROOM)})
    start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    answer = await house.call(
        "set_temperature_profile", response=True, device_id=house.device_id("Room"), slots=_slots(start)
    )
    assert answer == {"slots": 2}
    key = house.subentry_id("Room")
    assert house.cem.state.temperatures[key].zone == "Room"
    await house.settle()

    def wanted(moment: datetime) -> tuple[Any, Any]:
        device = house.cem.sense.device(key)
        assert device is not None
        sensing = house.cem.sense.sensing(device, dt_util.utcnow(), ahead=True)
        assert sensing.temperature_profile is not None
        resource = KINDS["radiator"].sense(device, house.cem.sense.settings(key), sensing)
        target = next(each for each in resource.control.targets if each.start <= moment < each.end)
        return target.minimum, target.maximum

    low, high = wanted(start + timedelta(hours=1))
    assert low <= 23.0 <= high
    assert low > 20.0
    assert wanted(start + timedelta(hours=5)) == (16.0, 19.0)
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert wanted(start + timedelta(hours=5)) == (16.0, 19.0)
    await house.call("set_temperature_profile", device_id=house.device_id("Room"), clear=True)
    assert key not in house.cem.state.temperatures
    await house.settle()


async def test_a_profile_upside_down_and_a_device_without_temperature_are_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    load = ("load", {"power_entity": "sensor.heater"})
    house = await ManagedHouse.build(hass, freezer, devices={"Room": ("radiator", ROOM), "Lamp": load})
    start = dt_util.utcnow()
    for device, change, key in (
        ("Room", {"slots": [_slots(start)[1] | {"maximum": 3.0}]}, "wrong_order"),
        ("Room", {"slots": [{**_slots(start)[0], "set_point": None}]}, "missing_field"),
        ("Room", {}, "missing_field"),
        ("Lamp", {"slots": _slots(start)}, "no_temperature"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await house.call("set_temperature_profile", device_id=house.device_id(device), **change)
        assert refused.value.translation_key == key
    assert house.cem.state.temperatures == {}
