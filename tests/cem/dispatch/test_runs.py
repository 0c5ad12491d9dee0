"""Runs start when they are due, once, late rather than never, and are not cut while they run."""

from datetime import timedelta

import pytest

from custom_components.cem_sgcp.cem.dispatch import DispatchMemory
from custom_components.cem_sgcp.cem.limits import phase
from custom_components.cem_sgcp.cem.model import (
    InstructionKind,
    Intent,
    LimitCategory,
    LimitScope,
    Phase,
    PlannedRun,
    RunState,
    TrafficLight,
)

from .house import START, battery, call, device_plan, ev, limit, plan, run, told, washer

RED = TrafficLight(phase=Phase.RED, source="dso")
HOUR = timedelta(hours=1)


def later(seconds):
    return START + timedelta(seconds=seconds)


def executing(**fields):
    return run(
        state=RunState.EXECUTING, started=START - timedelta(minutes=10), start=START - timedelta(minutes=10), **fields
    )


def test_ct29_a_run_is_started_when_it_is_due_and_not_before():
    assert call(washer(run(start=later(1))), net=300.0).instructions == ()
    instruction = told(call(washer(run()), net=300.0), "washer")
    assert instruction.kind is InstructionKind.START
    assert instruction.intent is Intent.RUN
    assert instruction.run_id == "wash"
    assert instruction.start == START
    assert instruction.duration == 5400.0
    assert instruction.power == 2000.0
    assert instruction.reason == "scheduled"


def test_ct31_a_start_missed_while_nobody_was_there_is_made_up_for_once():
    due = run(start=START - timedelta(minutes=20))
    instruction = told(call(washer(due), net=300.0), "washer")
    assert (instruction.kind, instruction.reason) == (InstructionKind.START, "late_start")
    started = due.replace(state=RunState.EXECUTING, started=START)
    assert call(washer(started, power=2000.0), net=2300.0, now=later(1)).instructions == ()


@pytest.mark.parametrize("state", [RunState.EXECUTING, RunState.INTERRUPTED, RunState.FINISHED, RunState.ABORTED])
def test_what_has_started_or_is_over_is_not_started(state):
    assert call(washer(run(state=state, started=START)), net=300.0, now=later(5)).instructions == ()


def test_one_run_at_a_time():
    waiting = run("second", start=START - timedelta(minutes=1))
    assert call(washer(executing(), waiting, power=2000.0), net=2300.0).instructions == ()
    both = call(washer(run("late", start=START), run("early", start=START - timedelta(minutes=5))), net=300.0)
    assert told(both, "washer").run_id == "early"


def test_the_start_that_a_user_fixed_counts():
    pinned = run(start=START - timedelta(minutes=5), pinned_start=later(60))
    assert call(washer(pinned), net=300.0).instructions == ()
    assert told(call(washer(pinned), net=300.0, now=later(60)), "washer").reason == "pinned"


def test_without_a_schedule_the_plan_says_when():
    announced = run(start=None, state=RunState.NOT_SCHEDULED)
    assert call(washer(announced), net=300.0).instructions == ()
    planned = device_plan("washer", Intent.RUN).replace(
        runs=(PlannedRun(run_id="wash", start=START, end=START + 2 * HOUR, cost=0.5),)
    )
    assert told(call(washer(announced), net=300.0, plan=plan(planned)), "washer").kind is InstructionKind.START


def test_ct30_without_plan_and_schedule_the_deadline_is_kept():
    announced = run(start=None, state=RunState.NOT_SCHEDULED, latest_end=START + 2 * HOUR)
    assert call(washer(announced), net=300.0, now=later(1799)).instructions == ()
    instruction = told(call(washer(announced), net=300.0, now=later(1800)), "washer")
    assert (instruction.kind, instruction.reason) == (InstructionKind.START, "deadline")


def test_a_stale_plan_does_not_stop_a_scheduled_run():
    old = plan(device_plan("washer", Intent.RUN), now=START - 2 * HOUR)
    assert told(call(washer(run()), net=300.0, plan=old), "washer").kind is InstructionKind.START


def test_a_device_that_nobody_may_start_is_not_started():
    fixed = run()
    fixed = fixed.replace(profile=fixed.profile.replace(remote_controllable=False))
    assert call(washer(fixed), net=300.0).instructions == ()


def test_an_appliance_that_is_not_available_waits_and_says_so():
    result = call(washer(run(), available=False), net=300.0)
    assert result.instructions == ()
    assert result.postponed == ("wash",)
    assert result.notes[0].key == "postponed_unavailable"


def test_advice_says_when_a_run_would_be_started():
    assert told(call(washer(run(), controllable=False), net=300.0), "washer").kind is InstructionKind.START


def test_a_limit_without_room_postpones_a_run_that_can_wait():
    waiting = washer(run(latest_end=START + 4 * HOUR))
    limits = (limit(1500.0, seconds=3600),)
    result = call(waiting, net=300.0, limits=limits)
    assert result.instructions == ()
    assert result.postponed == ("wash",)
    assert result.notes[0].key == "postponed_limit"
    assert result.notes[0].resource_id == "washer"
    assert result.shed == ("washer",)
    # It is not lost: it starts when there is room.
    result = call(waiting, net=300.0, limits=limits, memory=result.memory, now=later(3600))
    assert told(result, "washer").kind is InstructionKind.START


def test_room_for_a_run_is_made_by_devices_that_come_after_it():
    charging = plan(device_plan("ev", Intent.CHARGE_GRID, 11_000.0))
    result = call(
        washer(run(), priority=2), ev(power=5500.0, priority=7), net=5800.0, plan=charging, limits=(limit(6000.0),)
    )
    assert told(result, "washer").kind is InstructionKind.START
    assert told(result, "ev").power == pytest.approx(3650.0)
    result = call(
        washer(run(), priority=8), ev(power=5500.0, priority=7), net=5800.0, plan=charging, limits=(limit(6000.0),)
    )
    assert result.postponed == ("wash",)


def test_red_postpones_what_can_wait_and_starts_what_cannot():
    result = call(washer(run(latest_end=START + 4 * HOUR)), net=300.0, light=RED)
    assert result.postponed == ("wash",)
    assert result.notes[0].key == "postponed_red"
    pressing = call(washer(run(latest_end=START + timedelta(minutes=90))), net=300.0, light=RED)
    assert told(pressing, "washer").kind is InstructionKind.START
    assert told(pressing, "washer").reason == "deadline"


def test_red_that_only_means_a_limit_postpones_only_what_has_no_room():
    limits = (limit(4200.0),)
    light = phase(limits, TrafficLight(), START)
    assert told(call(washer(run()), net=300.0, limits=limits, light=light), "washer").kind is InstructionKind.START


def test_ct33_a_running_cycle_that_cannot_pause_is_not_cut():
    running = washer(executing(), power=2000.0)
    for light, limits in ((RED, ()), (TrafficLight(), (limit(500.0),)), (RED, (limit(500.0),))):
        result = call(running, net=2300.0, light=light, limits=limits)
        assert result.instructions == ()
        if limits:
            assert result.unheld[0].excess == pytest.approx(1800.0)


def test_ct33_a_running_cycle_is_stopped_in_an_emergency_where_the_user_allowed_it():
    running = washer(executing(stoppable=True), power=2000.0)
    instruction = told(call(running, net=2300.0, light=RED), "washer")
    assert (instruction.kind, instruction.urgent, instruction.reason) == (InstructionKind.STOP, True, "red_phase")
    instruction = told(call(running, net=2300.0, limits=(limit(500.0),)), "washer")
    assert (instruction.kind, instruction.reason) == (InstructionKind.STOP, "limit")
    # There is room, or the limit is nobody's order: it goes on.
    assert call(running, net=2300.0, limits=(limit(4200.0),)).instructions == ()
    assert call(running, net=2300.0, limits=(limit(500.0, category=LimitCategory.CONTRACT),)).instructions == ()


def test_a_run_that_may_pause_is_paused_and_goes_on_when_there_is_room():
    running = washer(executing(pausable=True, latest_end=START + 5 * HOUR), power=2000.0)
    result = call(running, net=2300.0, limits=(limit(500.0, seconds=600),))
    instruction = told(result, "washer")
    assert (instruction.kind, instruction.urgent) == (InstructionKind.PAUSE, True)
    assert result.unheld == ()
    paused = washer(executing(pausable=True, latest_end=START + 5 * HOUR, interrupted_at=START), power=0.0)
    still = call(paused, net=300.0, limits=(limit(500.0, seconds=600),), memory=result.memory, now=later(5))
    assert told(still, "washer").kind is InstructionKind.PAUSE
    free = call(paused, net=300.0, memory=still.memory, now=later(600))
    assert told(free, "washer").kind is InstructionKind.RESUME
    # Resumed once: from then on it is an ordinary running programme.
    assert call(running, net=2300.0, memory=free.memory, now=later(601)).instructions == ()


def test_red_pauses_what_may_pause_as_long_as_the_deadline_allows():
    paused = call(washer(executing(pausable=True, latest_end=START + 5 * HOUR), power=2000.0), net=2300.0, light=RED)
    assert told(paused, "washer").kind is InstructionKind.PAUSE
    pressing = washer(executing(pausable=True, latest_end=START + timedelta(minutes=80)), power=2000.0)
    assert call(pressing, net=2300.0, light=RED).instructions == ()


def test_a_pause_of_the_user_is_the_users():
    interrupted = executing(pausable=True).replace(state=RunState.INTERRUPTED, interrupted_at=START)
    assert call(washer(interrupted), net=300.0, now=later(100)).instructions == ()


def test_a_pause_lasts_no_longer_than_the_device_allows():
    running = executing(pausable=True)
    group = running.profile.groups[0]
    sequence = group.alternatives[0].replace(pause_duration_max=900.0)
    profile = running.profile.replace(groups=(group.replace(alternatives=(sequence,)),))
    running = running.replace(profile=profile)
    limits = (limit(500.0),)
    result = call(washer(running, power=2000.0), net=2300.0, limits=limits)
    assert told(result, "washer").kind is InstructionKind.PAUSE
    paused = running.replace(state=RunState.INTERRUPTED, interrupted_at=START)
    result = call(washer(paused), net=300.0, limits=limits, memory=result.memory, now=later(899))
    assert told(result, "washer").kind is InstructionKind.PAUSE
    result = call(washer(paused), net=300.0, limits=limits, memory=result.memory, now=later(900))
    assert told(result, "washer").kind is InstructionKind.RESUME


def test_a_pause_whose_beginning_nobody_wrote_down_ends_when_there_is_room():
    running = washer(executing(pausable=True), power=2000.0)
    result = call(running, net=2300.0, limits=(limit(500.0),))
    result = call(washer(executing(pausable=True), power=0.0), net=300.0, memory=result.memory, now=later(30))
    assert told(result, "washer").kind is InstructionKind.RESUME


def test_high_power_is_not_interrupted_where_the_device_forbids_it():
    running = executing(pausable=True)
    group = running.profile.groups[0]
    sequence = group.alternatives[0].replace(not_interruptible_at_high_power=True)
    profile = running.profile.replace(groups=(group.replace(alternatives=(sequence,)),))
    running = running.replace(profile=profile)
    limits = (limit(100.0),)
    assert call(washer(running, power=2000.0), net=2300.0, limits=limits).instructions == ()
    assert told(call(washer(running, power=200.0), net=500.0, limits=limits), "washer").kind is InstructionKind.PAUSE


def test_a_run_paused_by_a_limit_goes_on_after_a_restart():
    result = call(washer(executing(pausable=True), power=2000.0), net=2300.0, limits=(limit(500.0),))
    memory = DispatchMemory.from_json(result.memory.to_json())
    interrupted = executing(pausable=True).replace(state=RunState.INTERRUPTED, interrupted_at=START)
    result = call(washer(interrupted), net=300.0, memory=memory, now=later(100))
    assert told(result, "washer").kind is InstructionKind.RESUME


@pytest.mark.parametrize("data", [None, 3, [], {}, {"paused": 3, "loop": "x", "load_peak": -1}, {"paused": [1, "a"]}])
def test_a_damaged_memory_is_an_empty_one(data):
    memory = DispatchMemory.from_json(data)
    assert memory.control.measuring.load_peak == 0.0
    assert memory.control.paused <= {"a"}


def test_a_running_cycle_uses_up_the_room_of_controllable_devices():
    charging = plan(device_plan("ev", Intent.CHARGE_GRID, 11_000.0))
    limits = (limit(4200.0, scope=LimitScope.CONTROLLABLE),)
    result = call(washer(executing(), power=2000.0), ev(power=11_000.0), net=13_500.0, plan=charging, limits=limits)
    assert told(result, "ev").power == pytest.approx(2200.0)
    unknown = call(washer(executing(), power=None), ev(power=11_000.0), net=13_500.0, plan=charging, limits=limits)
    assert told(unknown, "ev").power == pytest.approx(2000.0)


def test_battery_and_run_do_not_disturb_each_other():
    result = call(battery(), washer(run()), net=800.0, plan=plan(device_plan("battery", Intent.COVER_HOUSE)))
    assert told(result, "battery").power == -800.0
    assert told(result, "washer").kind is InstructionKind.START
