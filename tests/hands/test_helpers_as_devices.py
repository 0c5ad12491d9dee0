"""Hands on helpers that people keep in Home Assistant: other units, delays, times of day, templates."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent
from custom_components.cem_sgcp.devices import Device
from custom_components.cem_sgcp.hands import CallResult
from tests.hands.conftest import Bench, order

START = "input_datetime.start"


@pytest.fixture(autouse=True)
async def _helpers(bench: Bench) -> None:
    """A machine made of helpers: it takes 2 kW while its switch is on."""
    number = {"min": 0, "max": 11, "step": 0.1, "unit_of_measurement": "kW"}
    delay = {"min": 0, "max": 24, "step": 0.5, "unit_of_measurement": "h"}
    machine = {
        "name": "Machine power",
        "unit_of_measurement": "kW",
        "state": "{{ 2.0 if is_state('input_boolean.machine', 'on') else 0.004 }}",
    }
    for domain, config in {
        "input_number": {"power": number, "delay": delay},
        "input_boolean": {"machine": {}},
        "input_select": {"mode": {"options": ["Auto", "Forced"]}},
        "input_datetime": {
            "start": {"has_date": True, "has_time": True},
            "time": {"has_date": False, "has_time": True},
        },
        "template": [{"sensor": [machine]}],
    }.items():
        assert await async_setup_component(bench.hass, domain, {domain: config})
    await bench.settle()


def machine(**data: Any) -> Device:
    data = {"power_entity": "sensor.machine_power", "duration": 60, "power": 2000} | data
    return Device(device_id="machine", kind="appliance", name="Machine", data=data)


def run(device: Device, kind: InstructionKind, **fields: Any) -> Any:
    return order(device, kind, intent=Intent.RUN, run_id="r1", **fields)


async def test_a_plug_is_seen_to_work_by_the_power_behind_it(bench: Bench) -> None:
    plug = machine(start_entity="input_boolean.machine")
    task = bench.start(plug)
    await bench.settle()
    assert task.result() is True
    assert bench.results() == [("input_boolean.turn_on", CallResult.VERIFIED)]
    for kind, power in (
        (InstructionKind.PAUSE, "0.004"),
        (InstructionKind.RESUME, "2.0"),
        (InstructionKind.STOP, "0.004"),
    ):
        await bench.do(plug, run(plug, kind))
        assert bench.state("sensor.machine_power") == power
        assert bench.results()[-1][1] is CallResult.VERIFIED


async def test_a_power_that_was_not_known_before_must_rise_clearly(bench: Bench) -> None:
    bench.hass.states.async_set("sensor.other_power", "unavailable", {"unit_of_measurement": "W"})
    plug = machine(start_entity="input_boolean.machine", power_entity="sensor.other_power")
    task = bench.start(plug)
    await bench.settle()
    bench.hass.states.async_set("sensor.other_power", "29", {"unit_of_measurement": "W"})
    await bench.settle()
    assert not task.done()
    bench.hass.states.async_set("sensor.other_power", "31", {"unit_of_measurement": "W"})
    await bench.settle()
    assert task.result() is True


async def test_an_inverted_sensor_counts_consumption_negative(bench: Bench) -> None:
    bench.hass.states.async_set("sensor.other_power", "-1", {"unit_of_measurement": "W"})
    plug = machine(start_entity="input_boolean.machine", power_entity="sensor.other_power", power_inverted=True)
    task = bench.start(plug)
    await bench.settle()
    bench.hass.states.async_set("sensor.other_power", "-400", {"unit_of_measurement": "W"})
    await bench.settle()
    assert task.result() is True


async def test_a_delay_is_told_ahead_and_told_anew_when_the_start_moves(bench: Bench) -> None:
    device = machine(start_entity="input_number.delay", native_delay=True)
    start = dt_util.utcnow() + timedelta(hours=3)
    await bench.do(device, run(device, InstructionKind.START, start=start))
    assert bench.state("input_number.delay") == "3.0"
    assert bench.results() == [("input_number.set_value", CallResult.VERIFIED)]
    await bench.wait(60, 20)
    await bench.do(device, run(device, InstructionKind.START, start=start))
    assert len(bench.made()) == 1
    await bench.do(device, run(device, InstructionKind.START, start=start + timedelta(hours=2)))
    assert bench.state("input_number.delay") == "5.0"


async def test_a_moment_is_told_ahead(bench: Bench) -> None:
    device = machine(start_entity=START, native_delay=True)
    start = dt_util.utcnow() + timedelta(hours=3)
    await bench.do(device, run(device, InstructionKind.START, start=start))
    assert bench.state(START) == "2026-11-23 09:00:00"
    assert bench.results() == [("input_datetime.set_datetime", CallResult.VERIFIED)]


async def test_a_time_of_day_is_told_ahead(bench: Bench) -> None:
    device = machine(start_entity="input_datetime.time", native_delay=True)
    await bench.do(device, run(device, InstructionKind.START, start=dt_util.utcnow() + timedelta(hours=3)))
    assert bench.state("input_datetime.time") == "09:00:00"
    assert bench.results() == [("input_datetime.set_datetime", CallResult.VERIFIED)]


async def test_a_set_point_in_kw_on_its_own_step(bench: Bench) -> None:
    battery = Device(
        device_id="b",
        kind="battery",
        name="B",
        data={
            "mode_entity": "input_select.mode",
            "option_automatic": "Auto",
            "option_manual": "Forced",
            "setpoint_entity": "input_number.power",
        },
    )
    await bench.do(battery, order(battery, power=2777.0))
    assert bench.state("input_number.power") == "2.7"
    assert bench.results()[-1] == ("input_number.set_value", CallResult.VERIFIED)
    await bench.hands.async_release(battery, "unload")
    assert bench.state("input_select.mode") == "Auto"


async def test_own_actions_get_every_variable(bench: Bench, hass: HomeAssistant) -> None:
    step = {
        "action": "input_datetime.set_datetime",
        "target": {"entity_id": START},
        "data": {"datetime": "{{ (start_time + timedelta(seconds=duration)).strftime('%Y-%m-%d %H:%M:%S') }}"},
    }
    turn_on = {
        "if": "{{ instruction == 'start' }}",
        "then": [{"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.machine"}}],
    }
    device = machine(sequence=[step, turn_on])
    now = dt_util.utcnow()
    await bench.do(device, run(device, InstructionKind.START, start=now, duration=5400.0))
    assert bench.state(START) == "2026-11-23 07:30:00"
    assert bench.state("sensor.machine_power") == "2.0"
    assert bench.results() == [("sequence", CallResult.VERIFIED)]
    assert hass.states.get("input_boolean.machine") is not None


async def test_a_pause_without_effect_is_reported_with_what_was_expected(bench: Bench) -> None:
    plug = machine(start_entity="input_boolean.machine", pause_entity="input_boolean.other", start_within=10)
    bench.start(plug)
    await bench.settle()
    await bench.do(plug, run(plug, InstructionKind.PAUSE))
    await bench.wait(80)
    last = bench.hands.records[-1]
    assert (last.result, last.attempt, last.final) == (CallResult.NOT_VERIFIED, 4, True)
    assert last.error == "sensor.machine_power is 2.0, expected a fall to 10 W"


async def test_a_moment_that_is_not_taken_is_reported(bench: Bench) -> None:
    async def forget(_call: ServiceCall) -> None:
        """Take a moment and forget it, as a machine without power does."""

    bench.hass.services.async_register("datetime", "set_value", forget)
    bench.hass.states.async_set("datetime.start", "2026-11-20T06:00:00+00:00")
    device = machine(start_entity="datetime.start", native_delay=True)
    await bench.do(device, run(device, InstructionKind.START, start=dt_util.utcnow() + timedelta(hours=1)))
    await bench.wait(80, 5)
    wanted = "datetime.start is 2026-11-20T06:00:00+00:00, expected 2026-11-23T06:00:00+00:00"
    assert bench.hands.records[-1].error == wanted


async def test_a_flicker_is_no_pause(bench: Bench) -> None:
    bench.hass.states.async_set("sensor.other_power", "2000", {"unit_of_measurement": "W"})
    await bench.act("input_boolean.machine", "turn_on")
    plug = machine(start_entity="input_boolean.machine", power_entity="sensor.other_power")
    await bench.do(plug, run(plug, InstructionKind.PAUSE))
    bench.hass.states.async_set("sensor.other_power", "1960", {"unit_of_measurement": "W"})
    await bench.settle()
    assert bench.results()[-1][1] is CallResult.SENT
    bench.hass.states.async_set("sensor.other_power", "190", {"unit_of_measurement": "W"})
    await bench.settle()
    assert bench.results()[-1][1] is CallResult.VERIFIED
