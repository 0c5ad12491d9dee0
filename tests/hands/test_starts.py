"""Starts of runs: once, seen by state or power, tried again only when the machine shows nothing, reported."""

from dataclasses import replace

import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent
from custom_components.cem_sgcp.hands import CallResult
from tests.hands.conftest import WASHER, Bench, order

BUTTON, STATE, POWER = "button.sim_washer_start", "sensor.sim_washer_state", "sensor.sim_washer_power"
PRESS = ("button.press", BUTTON, {})


async def test_ct29_a_start_is_verified_by_state(bench: Bench) -> None:
    task = bench.start(WASHER)
    await bench.settle()
    assert task.done()
    assert task.result() is True
    assert bench.made() == [PRESS]
    assert bench.state(STATE) == "running"
    record = bench.hands.records[-1]
    assert (record.result, record.run_id, record.instruction, record.final) == (
        CallResult.VERIFIED,
        "r1",
        "start",
        True,
    )
    assert bench.hands.touched == frozenset()


async def test_ct29_a_start_is_verified_by_a_rise_of_power(bench: Bench) -> None:
    data = {key: value for key, value in WASHER.data.items() if key != "state_entity"} | {"start_rise": 40}
    task = bench.start(replace(WASHER, data=data))
    await bench.settle()
    assert not task.done()
    await bench.wait(120)
    assert task.result() is True
    assert bench.made() == [PRESS]
    assert float(bench.state(POWER)) > 40


async def test_ct29_a_refused_start_is_tried_once_more_and_then_reported(bench: Bench) -> None:
    await bench.act("switch.sim_washer_door", "turn_on")
    task = bench.start(WASHER)
    await bench.wait(9)
    assert not task.done()
    await bench.wait(2)
    assert task.result() is False
    assert bench.made() == [PRESS, PRESS]
    first, second = bench.hands.records
    assert (first.result, first.attempt, first.final) == (CallResult.REFUSED, 1, False)
    assert (second.result, second.attempt, second.final) == (CallResult.REFUSED, 2, True)
    assert "door" in second.error.lower()


async def test_ct29_a_refused_start_succeeds_when_the_door_is_closed_in_time(bench: Bench) -> None:
    await bench.fault("refuse_commands", device="washer", duration=5)
    task = bench.start(WASHER)
    await bench.wait(11)
    assert task.result() is True
    assert bench.results() == [("button.press", CallResult.REFUSED), ("button.press", CallResult.VERIFIED)]


async def test_a_machine_that_shows_nothing_is_tried_once_more_and_then_reported(bench: Bench) -> None:
    await bench.fault("stuck", device="washer")
    task = bench.start(WASHER)
    await bench.wait(179, 10)
    assert bench.made() == [PRESS]
    await bench.wait(13)
    assert bench.made() == [PRESS]
    await bench.wait(181, 10)
    assert task.result() is False
    assert [(record.result, record.final) for record in bench.hands.records] == [
        (CallResult.NOT_VERIFIED, False),
        (CallResult.NOT_VERIFIED, True),
    ]
    assert f"{STATE} is ready" in bench.hands.records[-1].error
    assert "expected on or run or running" in bench.hands.records[-1].error


async def test_more_attempts_by_choice(bench: Bench) -> None:
    await bench.fault("refuse_commands", device="washer")
    task = bench.start(WASHER, retries=3)
    await bench.wait(31)
    assert task.result() is False
    assert len(bench.made()) == 4


async def test_a_late_machine_is_not_pressed_twice(bench: Bench) -> None:
    await bench.fault("late", device="washer", delay=185)
    data = dict(WASHER.data) | {"start_within": 180}
    task = bench.start(replace(WASHER, data=data))
    await bench.wait(200, 5)
    assert task.result() is True
    assert bench.made() == [PRESS]
    assert bench.state(STATE) == "running"


async def test_a_machine_that_runs_already_is_not_pressed(bench: Bench) -> None:
    await bench.act(BUTTON, "press")
    task = bench.start(WASHER)
    await bench.settle()
    assert task.result() is True
    assert bench.made() == []
    assert bench.results() == [("", CallResult.ALREADY_SO)]


async def test_in_advise_only_mode_a_start_is_recorded_only(bench: Bench) -> None:
    task = bench.start(WASHER, control=False)
    await bench.settle()
    assert task.result() is False
    assert bench.made() == []
    assert bench.state(STATE) == "ready"
    (record,) = bench.hands.records
    assert (record.result, record.action, record.entity_id) == (CallResult.ADVISED, "button.press", BUTTON)


async def test_a_machine_without_a_way_to_start_it_is_reported(bench: Bench) -> None:
    data = {key: value for key, value in WASHER.data.items() if key != "start_entity"}
    task = bench.start(replace(WASHER, data=data))
    await bench.settle()
    assert task.result() is False
    (record,) = bench.hands.records
    assert (record.result, record.final, record.error) == (
        CallResult.IMPOSSIBLE,
        True,
        "nothing is configured that starts it",
    )


async def test_a_stop_ends_the_attempts_to_start(bench: Bench) -> None:
    await bench.fault("stuck", device="washer")
    task = bench.start(WASHER)
    await bench.wait(30, 10)
    bench.apply(WASHER, order(WASHER, InstructionKind.STOP, intent=Intent.OFF, run_id="r1"))
    await bench.settle()
    assert task.result() is False
    assert bench.results()[0] == ("button.press", CallResult.SUPERSEDED)
    assert bench.made() == [PRESS, ("button.press", "button.sim_washer_stop", {})]


async def test_two_wishes_to_start_the_same_run_press_once(bench: Bench) -> None:
    await bench.fault("late", device="washer", delay=20)
    first, second = bench.start(WASHER), bench.start(WASHER)
    await bench.wait(40)
    assert (first.result(), second.result()) == (True, True)
    assert bench.made() == [PRESS]


async def test_a_pause_is_verified_by_the_fall_of_power(bench: Bench) -> None:
    bench.start(WASHER)
    await bench.wait(600, 60)
    assert float(bench.state(POWER)) > 20
    bench.calls.clear()
    await bench.do(WASHER, order(WASHER, InstructionKind.PAUSE, intent=Intent.RUN, run_id="r1"))
    await bench.wait(2)
    assert bench.made() == [("button.press", "button.sim_washer_pause", {})]
    assert bench.results()[-1] == ("button.press", CallResult.VERIFIED)


@pytest.mark.parametrize("control", [True, False])
async def test_a_start_given_as_an_instruction_is_sent_once(bench: Bench, control: bool) -> None:
    start = order(WASHER, InstructionKind.START, intent=Intent.RUN, run_id="r1")
    for _ in range(3):
        await bench.do(WASHER, start, control=control)
        await bench.wait(5)
    assert bench.made() == ([PRESS] if control else [])
    assert len(bench.hands.records) == 1
