"""Handing back: when control is switched off, on unload and on stop, each device to itself and within limited time."""

import asyncio
from dataclasses import replace

from homeassistant.core import CoreState, ServiceCall
import pytest

from custom_components.cem_sgcp.cem.model import Intent
from custom_components.cem_sgcp.hands import CallResult
from tests.hands.conftest import BATTERY, CAR, WASHER, Bench, order

MODE, SETPOINT = "select.sim_battery_mode", "number.sim_battery_setpoint"


async def test_the_battery_goes_back_to_its_own_automatic_mode(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert await bench.hands.async_release(BATTERY, "control_off") is True
    assert bench.state(MODE) == "auto"
    assert bench.hands.touched == frozenset()
    record = bench.hands.records[-1]
    assert (record.instruction, record.reason, record.result) == ("release", "control_off", CallResult.VERIFIED)


async def test_a_device_that_was_never_touched_is_left_alone(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0), control=False)
    await bench.hands.async_release(BATTERY, "control_off")
    await bench.hands.async_release_all("unload")
    assert bench.made() == []


async def test_control_switched_off_hands_back_with_the_next_instruction(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, power=2000.0), control=False)
    assert bench.state(MODE) == "auto"
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.state(MODE) == "manual"


async def test_all_devices_are_handed_back_at_the_same_time(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(CAR, order(CAR, intent=Intent.IDLE, power=0.0))
    task = bench.start(WASHER)
    await bench.settle()
    assert task.result() is True
    await bench.hands.async_release_all("unload")
    assert bench.state(MODE) == "auto"
    assert bench.state("switch.sim_ev_charging") == "on"
    assert bench.state("number.sim_ev_current") == "16.0"
    assert bench.state("sensor.sim_washer_state") == "running"


async def test_nothing_is_sent_after_the_end(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, power=4000.0))  # waits for the dwell time
    await bench.hands.async_release_all("stop")
    await bench.hands.async_stop()
    bench.calls.clear()
    await bench.do(BATTERY, order(BATTERY, power=3000.0))
    assert await bench.start(WASHER) is False
    await bench.wait(60, 10)
    assert bench.made() == []
    assert bench.state(MODE) == "auto"


async def test_handing_back_ends_retries_of_a_set_point(bench: Bench) -> None:
    await bench.fault("refuse_commands", device="battery", duration=3)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.wait(5)
    assert await bench.hands.async_release(BATTERY, "control_off") is True
    bench.calls.clear()
    await bench.wait(60, 5)
    assert bench.made() == []
    assert bench.state(MODE) == "auto"


async def test_handing_back_is_tried_twice_and_then_reported(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.fault("refuse_commands", device="battery")
    task = asyncio.ensure_future(bench.hands.async_release(BATTERY, "unload"))
    await bench.wait(5)
    assert task.result() is False
    assert [record.result for record in bench.hands.records[-2:]] == [CallResult.REFUSED] * 2
    assert bench.hands.records[-1].final
    assert bench.hands.touched == {"battery"}


async def test_handing_back_takes_limited_time_even_if_an_action_hangs(bench: Bench) -> None:
    never = asyncio.Event()

    async def hang(_call: ServiceCall) -> None:
        await never.wait()

    bench.something_hangs = True
    bench.hass.services.async_register("stubborn", "hang", hang)
    hanging = replace(
        CAR, data=dict(CAR.data) | {"release_to": "leave", "release_sequence": [{"action": "stubborn.hang"}]}
    )
    await bench.do(hanging, order(CAR, power=7000.0))
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    task = asyncio.ensure_future(bench.hands.async_release_all("stop"))
    await bench.settle()
    assert bench.state(MODE) == "auto"
    assert not task.done()
    await bench.wait(11)
    assert task.done()
    never.set()
    assert any(record.result is CallResult.TIMEOUT and record.final for record in bench.hands.records)


async def test_a_set_point_from_before_a_restart_is_handed_back(bench: Bench) -> None:
    await bench.act(MODE, "select_option", option="manual")
    bench.hands.remember_touched(BATTERY)
    assert bench.hands.touched == {"battery"}
    await bench.hands.async_release_all("stop")
    assert bench.state(MODE) == "auto"


@pytest.mark.parametrize("known", [True, False])
async def test_own_actions_still_run_while_home_assistant_stops(bench: Bench, known: bool) -> None:
    seen: list[dict[str, object]] = []

    async def note(call: ServiceCall) -> None:
        seen.append(dict(call.data))

    bench.hass.services.async_register("recorder_of", "note", note)
    step = {"action": "recorder_of.note", "data": {"what": "{{ instruction }}", "power": "{{ power }}"}}
    data = {key: value for key, value in BATTERY.data.items() if not key.startswith(("mode", "option", "setpoint"))}
    one = replace(BATTERY, data=data | {"sequence": [step]})
    if known:
        await bench.do(one, order(one, power=2000.0))
        assert seen == [{"what": "set", "power": 2000.0}]
        seen.clear()
    else:
        bench.hands.remember_touched(one)
    bench.hass.set_state(CoreState.stopping)
    await bench.hands.async_release_all("stop")
    assert seen == [{"what": "release", "power": 0.0}]
    bench.hass.set_state(CoreState.running)
