"""Limits and planned starts in real seconds: a real Home Assistant, its recorder, and a house that obeys or not."""

import asyncio
from datetime import UTC, datetime, timedelta
import time

import pytest_asyncio
from watching import CHEAP, DEAR, RECORDED, Watch, device_id, entity, presses, prices, say, simulated

from demo.live import LiveHomeAssistant

METER = "sensor.sim_grid_power"
CAR = "sensor.sim_ev_power"
BATTERY = "sensor.sim_battery_power"
WASHER = "sensor.sim_washer_state"
LIMIT = 3000.0
#: What the meter may show above a limit for a reading: load flickers faster than any device follows (W).
FLICKER = 400.0


async def _power(home: LiveHomeAssistant, entity_id: str) -> float:
    return float((await home.states())[entity_id]["state"])


async def test_a_planned_start_happens_on_time_and_once(managed: LiveHomeAssistant) -> None:
    """JWG-SPUC1102 in real time; the machine itself counts how often it was started."""
    washer = await device_id(managed, "Washing machine")
    state = await entity(managed, "state", "Washing machine")
    await managed.call("cem_sgcp.set_price_profile", slots=prices(DEAR, CHEAP))
    await managed.call("button.press", entity_id="button.sim_washer_prepare")
    planned = await entity(managed, "planned_start", "Washing machine")
    await managed.wait_state(planned, lambda value: value.startswith("20"), 20)
    assert await managed.state(WASHER) == "ready", "loaded, and not started before its time"
    runs_before = simulated(managed)["washer"]["runs"]
    begun = datetime.now(UTC)
    at = (begun + timedelta(seconds=15)).replace(microsecond=0)
    async with Watch(managed, (WASHER, state)) as watch:
        answer = await managed.call(
            "cem_sgcp.set_start_time", response=True, device_id=washer, start_time=at.isoformat()
        )
        assert datetime.fromisoformat(answer["start"]) == at
        assert await managed.state(planned) == at.isoformat()
        offset = time.monotonic() - datetime.now(UTC).timestamp()
        started = await watch.first(WASHER, lambda value: value == "running", 0, 75) - offset
        executing = await watch.first(state, lambda value: value == "executing", 0, 10) - offset
        late = started - at.timestamp()
        say(f"washer started {late:+.2f} s from its planned time, executing {executing - at.timestamp():+.2f} s")
        assert -0.5 <= late <= 5
        # A start that is sent twice would be sent again within the time that verification and retries take.
        await managed.until(lambda: watch.decisions("run_started", "Washing machine"), 60, "the start was not verified")
        await asyncio.sleep(RECORDED)
        assert len(watch.decisions("run_started", "Washing machine")) == 1
        assert not watch.decisions("run_failed")
    assert simulated(managed)["washer"]["runs"] == runs_before + 1
    assert len(await presses(managed, "button.sim_washer_start", begun)) == 1
    assert await managed.state(state) == "executing"


async def _both_charge(home: LiveHomeAssistant) -> bool:
    return await _power(home, CAR) > 3000 and await _power(home, BATTERY) > 500


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def charging(managed: LiveHomeAssistant) -> LiveHomeAssistant:
    """Power is cheap now and dear later: car and battery take all they can."""
    house = managed
    if await house.state("binary_sensor.sim_ev_connected") != "on":
        await house.call("button.press", entity_id="button.sim_ev_come_back")
    await house.call("cem_sgcp.set_price_profile", slots=prices(CHEAP, DEAR))

    await house.until(lambda: _both_charge(house), 60, "car and battery do not charge although power is cheap")
    return house


async def test_a_power_limit_turns_the_light_red_at_once_and_is_obeyed_within_30_seconds(
    charging: LiveHomeAssistant,
) -> None:
    light = await entity(charging, "traffic_light")
    before = await _power(charging, METER)
    assert before > LIMIT + 3000, "there is something to limit"
    async with Watch(charging, (light, METER)) as watch:
        told = time.monotonic()
        answer = await charging.call(
            "cem_sgcp.set_power_limit", response=True, value=LIMIT, direction="import", limit_id="e2e"
        )
        assert answer["limit_id"] == "e2e"
        red = await watch.first(light, lambda state: state == "red", told, 5)
        obeyed = await watch.first(METER, lambda state: float(state) <= LIMIT, told, 30)
        say(f"{LIMIT:.0f} W instead of {before:.0f} W: light red after {red:.2f} s, meter obeys after {obeyed:.1f} s")
        assert red <= 2
    # It stays obeyed, whatever the rest of the house does.
    readings = []
    for _ in range(12):
        await asyncio.sleep(1)
        readings.append(await _power(charging, METER))
    say(f"kept for 12 s: mean {sum(readings) / len(readings):.0f} W, most {max(readings):.0f} W")
    assert sum(readings) / len(readings) <= LIMIT
    assert max(readings) <= LIMIT + FLICKER
    assert len(watch.decisions("limit_received")) == 1


async def test_an_expired_limit_ends_on_time_and_leaves_the_one_beneath_it(charging: LiveHomeAssistant) -> None:
    light, limit = await entity(charging, "traffic_light"), await entity(charging, "import_limit")
    async with Watch(charging, (light, limit)) as watch:
        told = time.monotonic()
        await charging.call("cem_sgcp.set_power_limit", value=2000, duration=6, limit_id="short")
        await watch.first(limit, lambda state: float(state) == 2000, told, 2)
        ended = await watch.first(limit, lambda state: float(state) == LIMIT, told, 12)
    say(f"limit of 6 s ended after {ended:.2f} s")
    assert 5 <= ended <= 8
    assert len(watch.decisions("limit_expired")) == 1
    assert not [entry for entry in watch.seen if entry.name == light and entry.state != "red"]


async def test_a_limit_that_is_cleared_gives_the_devices_back_their_power(charging: LiveHomeAssistant) -> None:
    light = await entity(charging, "traffic_light")
    assert await charging.state(light) == "red"
    async with Watch(charging, (light, METER, CAR)) as watch:
        told = time.monotonic()
        await charging.call("cem_sgcp.clear_power_limit", limit_id="e2e")
        green = await watch.first(light, lambda state: state == "green", told, 5)
        restored = await watch.first(CAR, lambda state: float(state) > 3000, told, 90)
        say(f"limit cleared: light green after {green:.2f} s, car charges again after {restored:.1f} s")
    assert green <= 2
    limit = (await charging.states())[await entity(charging, "import_limit")]
    # What is left is the limit of the contract.
    assert float(limit["state"]) == 24000
    await charging.until(lambda: _both_charge(charging), 90, "the battery does not charge again")


async def test_home_assistant_stops_without_an_error_and_the_devices_are_their_own_masters(
    charging: LiveHomeAssistant,
) -> None:
    assert await charging.state("select.sim_battery_mode") == "manual"
    assert await charging.stop() == 0
    battery, car = simulated(charging)["battery"], simulated(charging)["car"]
    assert battery["mode"] == "auto"
    # The car charges by itself, as its owner wants it when nobody manages it.
    assert (car["switched_on"], car["current"]) == (True, 16)
    assert [text for text in charging.errors() if "cem_sgcp" in text] == []
