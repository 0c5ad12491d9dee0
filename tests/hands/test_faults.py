"""Devices that refuse, come late, are stuck or never answer: retried, reported, and nobody else waits for them."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
import logging

from homeassistant.core import ServiceCall
import pytest

from custom_components.cem_sgcp.cem.model import Intent
from custom_components.cem_sgcp.devices import Device
from custom_components.cem_sgcp.hands import CallRecord, CallResult, Hands, Policy
from tests.hands.conftest import BATTERY, CAR, Bench, order

MODE, SETPOINT = "select.sim_battery_mode", "number.sim_battery_setpoint"


def finals(bench: Bench) -> list[CallRecord]:
    return [record for record in bench.reports if record.final]


async def test_a_refused_command_is_retried_with_growing_pauses_and_then_reported(bench: Bench) -> None:
    await bench.fault("refuse_commands", device="battery")
    bench.calls.clear()
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    began = bench.calls[0][0]
    await bench.wait(60)
    assert [(at - began).total_seconds() for at, *_ in bench.calls] == pytest.approx([0, 1, 6, 36], abs=1.5)
    (failure,) = finals(bench)
    assert (failure.result, failure.attempt, failure.action) == (CallResult.REFUSED, 4, "select.select_option")
    assert failure.result.failed
    assert failure.error


async def test_what_failed_is_tried_again_later_and_recovers(bench: Bench) -> None:
    await bench.fault("refuse_commands", device="battery")
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.wait(40)
    await bench.hass.services.async_call("sim_house", "clear_faults", {}, blocking=True)
    bench.calls.clear()
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.made() == []
    await bench.wait(61, 5)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert float(bench.state(SETPOINT)) == 2000.0
    assert bench.results()[-1] == ("number.set_value", CallResult.VERIFIED)


async def test_a_command_without_effect_is_not_verified(bench: Bench) -> None:
    await bench.fault("stuck", device="battery")
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.wait(30)
    assert bench.hands.records[0].result is CallResult.NOT_VERIFIED
    assert bench.hands.records[0].error == f"{MODE} is auto, expected manual"
    await bench.wait(260, 5)
    last = finals(bench)[-1]
    assert (last.result, last.attempt) == (CallResult.NOT_VERIFIED, 4)


async def test_a_late_device_is_given_its_time(bench: Bench) -> None:
    await bench.fault("late", device="battery", delay=20)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    bench.calls.clear()
    await bench.wait(25)
    assert bench.results() == [
        ("select.select_option", CallResult.VERIFIED),
        ("number.set_value", CallResult.VERIFIED),
    ]
    assert bench.made() == []


async def test_a_newer_command_ends_the_retries_of_an_older_one(bench: Bench) -> None:
    await bench.fault("refuse_commands", device="battery", duration=10)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.wait(8)
    bench.calls.clear()
    await bench.do(BATTERY, order(BATTERY, intent=Intent.DISCHARGE_GRID, power=-1000.0))
    await bench.wait(60)
    values = [data.get("value") for _, _, data in bench.made()]
    assert 2000.0 not in values
    assert float(bench.state(SETPOINT)) == -1000.0


async def test_a_device_that_never_answers_is_found_out_even_if_set_points_follow_quickly(bench: Bench) -> None:
    await bench.fault("stuck", device="battery")
    for step in range(8):
        await bench.do(BATTERY, order(BATTERY, power=1000.0 + 200 * step, intent=list(Intent)[step % 2]))
        await bench.wait(10, 5)
    failures = [record for record in finals(bench) if record.result.failed]
    assert failures
    assert failures[0].result is CallResult.NOT_VERIFIED


@pytest.fixture
async def stubborn(bench: Bench) -> AsyncGenerator[dict[str, asyncio.Event]]:
    """Actions of a small integration: one hangs, one raises, one works."""
    events = {"hang": asyncio.Event(), "called": asyncio.Event(), "cancelled": asyncio.Event()}

    async def hang(_call: ServiceCall) -> None:
        events["called"].set()
        try:
            await events["hang"].wait()
        except asyncio.CancelledError:
            events["cancelled"].set()
            raise

    async def fail(_call: ServiceCall) -> None:
        raise RuntimeError("the cloud is away")

    bench.something_hangs = True
    bench.hass.services.async_register("stubborn", "hang", hang)
    bench.hass.services.async_register("stubborn", "fail", fail)
    yield events
    events["hang"].set()


def by_sequence(*actions: dict[str, object]) -> Device:
    data = {key: value for key, value in BATTERY.data.items() if not key.startswith(("mode", "option", "setpoint"))}
    return replace(BATTERY, data=data | {"sequence": list(actions)})


@pytest.mark.usefixtures("stubborn")
async def test_an_action_that_raises_is_refused_with_its_words(bench: Bench) -> None:
    await bench.do(by_sequence({"action": "stubborn.fail"}), order(BATTERY, power=2000.0))
    assert bench.hands.records[0].result is CallResult.REFUSED
    assert "the cloud is away" in bench.hands.records[0].error


async def test_an_action_that_does_not_exist_is_refused(bench: Bench) -> None:
    await bench.do(by_sequence({"action": "gone.set"}), order(BATTERY, power=2000.0))
    assert bench.hands.records[0].result is CallResult.REFUSED
    assert "gone.set" in bench.hands.records[0].error


async def test_a_sequence_that_makes_no_sense_is_refused(bench: Bench) -> None:
    await bench.do(by_sequence({"nonsense": 1}), order(BATTERY, power=2000.0))
    assert bench.hands.records[0].result is CallResult.REFUSED
    assert bench.hands.records[0].error


async def test_an_action_that_hangs_is_given_up_and_blocks_nobody(
    bench: Bench, stubborn: dict[str, asyncio.Event]
) -> None:
    await bench.do(by_sequence({"action": "stubborn.hang"}), order(BATTERY, power=2000.0))
    assert stubborn["called"].is_set()
    await bench.do(CAR, order(CAR, power=7000.0))
    assert bench.state("switch.sim_ev_charging") == "on"
    await bench.wait(11)
    assert stubborn["cancelled"].is_set()
    record = next(record for record in bench.hands.records if record.action == "sequence")
    assert record.result is CallResult.TIMEOUT
    assert record.error == "sequence did not return within 10 s"


async def test_an_urgent_command_does_not_wait_for_one_that_hangs(
    bench: Bench, stubborn: dict[str, asyncio.Event]
) -> None:
    await bench.do(by_sequence({"action": "stubborn.hang"}), order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, power=500.0, urgent=True, reason="limit"))
    assert stubborn["cancelled"].is_set()
    assert float(bench.state(SETPOINT)) == 500.0
    assert bench.results()[0] == ("sequence", CallResult.SUPERSEDED)


async def test_a_newer_command_waits_for_the_action_under_way(bench: Bench, stubborn: dict[str, asyncio.Event]) -> None:
    await bench.do(by_sequence({"action": "stubborn.hang"}), order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, intent=Intent.COVER_HOUSE, power=-500.0))
    assert float(bench.state(SETPOINT)) == 0.0
    stubborn["hang"].set()
    await bench.settle()
    assert float(bench.state(SETPOINT)) == -500.0


async def test_a_set_point_for_an_entity_that_is_gone_is_reported(bench: Bench) -> None:
    one = replace(BATTERY, data={"power_entity": "sensor.sim_battery_power", "setpoint_entity": "number.gone"})
    await bench.do(one, order(one, power=2000.0))
    await bench.wait(200, 5)
    last = finals(bench)[-1]
    assert last.result is CallResult.NOT_VERIFIED
    assert last.error == "number.gone is missing, expected 2000"


async def test_a_description_that_cannot_be_right_is_reported_not_raised(bench: Bench) -> None:
    one = replace(BATTERY, data=dict(BATTERY.data) | {"mode_entity": "no entity", "option_manual": "m"})
    await bench.do(one, order(one, power=2000.0))
    assert bench.hands.records[-1].result is CallResult.IMPOSSIBLE
    assert bench.hands.records[-1].final


async def test_a_listener_that_fails_does_not_stop_the_hands(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def bad(_record: CallRecord) -> None:
        raise ValueError("no room for it")

    hands = Hands(bench.hass, report=bad, clock=bench.hands._clock, policy=Policy())
    bench.hands, old = hands, bench.hands
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert float(bench.state(SETPOINT)) == 2000.0
    assert "could not be passed on" in caplog.text
    await hands.async_stop()
    bench.hands = old


async def test_a_failure_is_logged_once_with_what_is_wrong(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await bench.fault("refuse_commands", device="battery")
    with caplog.at_level(logging.WARNING, "custom_components.cem_sgcp.hands"):
        await bench.do(BATTERY, order(BATTERY, power=2000.0))
        await bench.wait(60)
    ours = [entry for entry in caplog.records if entry.name.startswith("custom_components.cem_sgcp")]
    assert len(ours) == 1
    assert "Battery" in ours[0].getMessage()


async def test_records_are_plain_and_only_the_last_are_kept(bench: Bench) -> None:
    for step in range(300):
        intent, power = ((Intent.CHARGE_GRID, 1000.0), (Intent.DISCHARGE_GRID, -1000.0))[step % 2]
        await bench.do(BATTERY, order(BATTERY, power=power, intent=intent), control=False)
    await bench.do(by_sequence({"action": "a.b"}), order(BATTERY, power=100.0), control=False)
    assert len(bench.hands.records) == 500
    data = bench.hands.records[-1].to_json()
    assert data["result"] == "advised"
    assert data["data"]["power"] == 100.0
    assert data["made"] is False


async def test_a_device_that_does_not_obey_is_said_once_and_once_that_it_does_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.fault("refuse_commands", device="battery")
    with caplog.at_level(logging.INFO, "custom_components.cem_sgcp.hands"):
        for _ in range(3):
            await bench.do(BATTERY, order(BATTERY, power=2000.0))
            await bench.wait(100, 5)
        await bench.hass.services.async_call("sim_house", "clear_faults", {}, blocking=True)
        for _ in range(2):
            await bench.do(BATTERY, order(BATTERY, power=2000.0))
            await bench.wait(301, 43)
    ours = [entry.levelname for entry in caplog.records if entry.name.startswith("custom_components.cem_sgcp")]
    assert ours == ["WARNING", "INFO"]
    assert sum(record.final and record.result.failed for record in bench.reports) == 3


async def test_an_instruction_of_two_commands_is_carried_out_only_with_both(bench: Bench) -> None:
    await bench.fault("stuck", entity_id=SETPOINT)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.wait(200, 5)
    assert [(record.action, record.result) for record in finals(bench)] == [
        ("number.set_value", CallResult.NOT_VERIFIED)
    ]
    await bench.hass.services.async_call("sim_house", "clear_faults", {}, blocking=True)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.settle()
    assert [(record.action, record.result) for record in finals(bench)[1:]] == [
        ("number.set_value", CallResult.VERIFIED)
    ]


async def test_what_was_superseded_is_no_last_word(bench: Bench) -> None:
    await bench.fault("late", device="battery", delay=3)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, power=-2000.0, intent=Intent.DISCHARGE_GRID))
    await bench.wait(10)
    superseded = [record for record in bench.reports if record.result is CallResult.SUPERSEDED]
    assert superseded
    assert not any(record.final for record in superseded)
    assert [record.power for record in finals(bench)] == [-2000.0]
