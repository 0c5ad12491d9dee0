"""Slot shift, pause and resume: JWG1103, and CT-32: legal ones are obeyed, illegal ones rejected with the reason."""

from datetime import datetime
from typing import Any

import pytest

from custom_components.cem_sgcp.cem import runs
from custom_components.cem_sgcp.cem.model import EnergyProfile, Group, Run, RunState, Sequence, Slot
from tests.cem.run_samples import NOON, announced, at, fails, planned


def running(start: datetime | None = None, **fields: Any) -> Run:
    """The programme, under way since 13:00; slot 1 (13:30 to 14:00) is pausable unless told otherwise."""
    return runs.begin(announced(**fields), start or at(13))


def starts(run: Run) -> list[datetime]:
    return [entry.start for entry in run.schedule]


# ------------------------------------------------------------------------------------------------- CT-32


@pytest.mark.parametrize("choice", ["normal", "quick"])
def test_ct32_a_pause_is_obeyed_in_the_pausable_slot_of_either_alternative(choice: str) -> None:
    run = announced(quick=True)
    run = runs.begin(run.replace(choice=(choice,)), at(13))
    pausable = at(13, 30) if choice == "normal" else at(13, 15)
    fails("not_pausable", lambda: runs.interrupt(run, at(13, 5)))
    paused = runs.interrupt(run, pausable)
    assert (paused.state, paused.interrupted_at) == (RunState.INTERRUPTED, pausable)


def test_ct32_a_pause_in_another_slot_is_rejected_with_the_reason() -> None:
    error = fails("not_pausable", lambda: runs.interrupt(running(), at(13, 29, 59)))
    assert str(error) == "The run run1 cannot be paused in slot 0."
    fails("not_pausable", lambda: runs.interrupt(running(), at(14, 15)))


def test_ct32_resume_goes_on_with_what_was_left() -> None:
    run = runs.resume(runs.interrupt(running(), at(13, 40)), at(14))
    assert run.state is RunState.EXECUTING
    assert [(entry.slot, entry.start, entry.end) for entry in run.schedule] == [
        (0, at(13), at(13, 30)),
        (1, at(13, 30), at(13, 40)),
        (1, at(14), at(14, 20)),
        (2, at(14, 20), at(14, 50)),
    ]
    assert (run.interrupted_total, run.pauses, run.resumed_at, run.interrupted_at) == (1200, 1, at(14), None)


def test_ct32_a_shift_of_the_pausable_slot_is_obeyed() -> None:
    run = runs.shift_slot(running(), 0, 1, at(14, 30), at(13, 10))
    assert starts(run) == [at(13), at(14, 30), at(15)]
    assert run.state is RunState.EXECUTING


def test_ct32_a_shift_of_another_slot_is_rejected_with_the_reason() -> None:
    error = fails("slot_not_movable", lambda: runs.shift_slot(running(), 0, 2, at(15), at(13, 10)))
    assert str(error) == "start_time: no pause is allowed before slot 2, so it cannot be moved by itself."


def test_ct32_a_rejected_request_changes_nothing() -> None:
    run = running()
    before = run.to_json()
    fails("not_pausable", lambda: runs.interrupt(run, at(13, 5)))
    fails("slot_not_movable", lambda: runs.shift_slot(run, 0, 2, at(15), at(13, 10)))
    fails("run_not_paused", lambda: runs.resume(run, at(13, 10)))
    assert run.to_json() == before


# ------------------------------------------------------------------------------------------------- JWG1103 shift


def test_jwg1103_a_slot_takes_those_after_it_along() -> None:
    run = runs.shift_slot(running(pausable=True), 0, 1, at(14), at(13, 10))
    assert starts(run) == [at(13), at(14), at(14, 30)]
    run = runs.shift_slot(run, 0, 2, at(15), at(13, 10))
    assert starts(run) == [at(13), at(14), at(15)]
    assert runs.remaining(run, at(14, 45))[0].start == at(15), "nothing is to come in the gap"


def test_jwg1103_a_slot_can_be_moved_back_again() -> None:
    run = runs.shift_slot(running(), 0, 1, at(14, 30), at(13, 10))
    assert starts(runs.shift_slot(run, 0, 1, at(13, 30), at(13, 20))) == [at(13), at(13, 30), at(14)]
    assert starts(runs.shift_slot(run, 0, 1, at(9), at(13, 20)))[1] == at(13, 30), "past: as soon as possible"
    assert starts(runs.shift_slot(run, 0, 1, at(13), at(13, 50)))[1] == at(13, 50)
    error = fails("start_too_early", lambda: runs.shift_slot(run, 0, 1, at(13, 25), at(13, 20)))
    assert error.placeholders["minimum"] == at(13, 30).isoformat()


def test_jwg1103_a_shift_beyond_the_deadline_is_rejected() -> None:
    error = fails("pause_misses_deadline", lambda: runs.shift_slot(running(), 0, 1, at(17, 1), at(13, 10)))
    assert error.placeholders["end"] == at(18, 1).isoformat()
    assert error.placeholders["maximum"] == at(18).isoformat()
    assert starts(runs.shift_slot(running(), 0, 1, at(17), at(13, 10)))[2] == at(17, 30)


def test_jwg1103_a_shift_keeps_the_shortest_and_the_longest_pause() -> None:
    run = running(slot={"min_pause": 600, "max_pause": 3600})
    error = fails("pause_too_short", lambda: runs.shift_slot(run, 0, 1, at(13, 35), at(13, 10)))
    assert (error.placeholders["minimum"], error.placeholders["value"]) == ("600.0", "300.0")
    error = fails("pause_too_long", lambda: runs.shift_slot(run, 0, 1, at(14, 31), at(13, 10)))
    assert error.placeholders["maximum"] == "3600.0"
    for start in (at(13, 30), at(13, 40), at(14, 30)):
        assert starts(runs.shift_slot(run, 0, 1, start, at(13, 10)))[1] == start
    run = running(sequence={"pausable": True, "pause_duration_min": 300, "pause_duration_max": 600})
    fails("pause_too_short", lambda: runs.shift_slot(run, 0, 1, at(13, 34), at(13, 10)))
    fails("pause_too_long", lambda: runs.shift_slot(run, 0, 1, at(13, 41), at(13, 10)))


def test_jwg1103_all_pauses_together_keep_their_sum_and_number() -> None:
    run = running(sequence={"pausable": True, "pause_duration_sum_max": 3600})
    run = runs.shift_slot(run, 0, 1, at(14, 10), at(13, 10))
    fails("pause_too_long", lambda: runs.shift_slot(run, 0, 2, at(15, 1), at(13, 10)))
    assert starts(runs.shift_slot(run, 0, 2, at(15), at(13, 10)))[2] == at(15)

    run = running(sequence={"pausable": True, "max_cycles_per_day": 2})
    run = runs.shift_slot(run, 0, 1, at(14), at(13, 10))
    fails("pauses_used_up", lambda: runs.shift_slot(run, 0, 2, at(15), at(13, 10)))


def test_jwg1103_a_device_that_must_go_on_for_a_while_is_not_paused_before() -> None:
    run = running(sequence={"pausable": True, "active_duration_min": 2400})
    fails("active_too_short", lambda: runs.shift_slot(run, 0, 1, at(14), at(13, 10)))
    assert starts(runs.shift_slot(run, 0, 2, at(15), at(13, 10)))[2] == at(15)
    run = running(sequence={"pausable": True, "active_duration_min": 1800})
    run = runs.shift_slot(run, 0, 1, at(14), at(13, 10))
    assert starts(runs.shift_slot(run, 0, 2, at(15), at(13, 10)))[2] == at(15)


def test_jwg1103_windows_of_slots_hold() -> None:
    run = running(slot={"earliest_start": at(13, 20), "latest_end": at(15)})
    fails("pause_misses_deadline", lambda: runs.shift_slot(run, 0, 1, at(14, 31), at(13, 10)))
    assert starts(runs.shift_slot(run, 0, 1, at(14, 30), at(13, 10)))[1] == at(14, 30)
    run = running(slot={"earliest_start": at(15)}, start=at(15))
    assert starts(run)[1] == at(15, 30)
    scheduled = runs.schedule(announced(slot={"earliest_start": at(15)}), planned(at(14, 30)))
    fails("start_too_early", lambda: runs.shift_slot(scheduled, 0, 0, at(14), NOON))
    run = running(sequence={"pausable": True, "latest_end": at(15)})
    fails("pause_misses_deadline", lambda: runs.shift_slot(run, 0, 2, at(14, 31), at(13, 10)))


def test_jwg1103_a_slot_that_has_begun_or_does_not_exist_is_not_moved() -> None:
    run = running()
    error = fails("slot_already_started", lambda: runs.shift_slot(run, 0, 1, at(15), at(13, 30)))
    assert at(13, 30).isoformat() in str(error)
    fails("slot_already_started", lambda: runs.shift_slot(run, 0, 0, at(15), at(13, 10)))
    for group, slot in ((0, 3), (1, 0), (-1, 0), (0, -1), (10**30, 0)):
        error = fails("unknown_slot", lambda group=group, slot=slot: runs.shift_slot(run, group, slot, at(15), at(13)))
        assert error.placeholders["expected"] == "0/0, 0/1, 0/2"


def test_jwg1103_what_is_left_of_a_slot_that_was_paused_has_begun() -> None:
    run = runs.resume(runs.interrupt(running(), at(13, 40)), at(14))
    fails("slot_already_started", lambda: runs.shift_slot(run, 0, 1, at(15), at(14, 5)))


def test_jwg1103_the_first_slot_of_a_waiting_run_moves_the_whole_run_and_fixes_its_start() -> None:
    run = runs.schedule(announced(), planned(at(14)))
    moved = runs.shift_slot(run, 0, 0, at(15), NOON)
    assert starts(moved) == [at(15), at(15, 30), at(16)]
    assert (moved.scheduled_start, moved.pinned_start) == (at(15), at(15))
    assert runs.shift_slot(run, 0, 0, at(9), NOON).scheduled_start == NOON
    fails("pause_misses_deadline", lambda: runs.shift_slot(run, 0, 0, at(17), NOON))
    late = runs.schedule(runs.announce(run.profile, "washer", "run1", NOON, at(13)), planned(at(14)))
    fails("start_too_early", lambda: runs.shift_slot(late, 0, 0, at(12, 30), NOON))


def test_jwg1103_a_shift_of_a_waiting_run_outlives_the_next_plan() -> None:
    run = runs.shift_slot(runs.schedule(announced(), planned(at(14))), 0, 1, at(15), NOON)
    run = runs.schedule(run, planned(at(13)))
    assert starts(run) == [at(14), at(15), at(15, 30)]
    assert starts(runs.begin(run, at(14, 2))) == [at(14, 2), at(15, 2), at(15, 32)]


def test_jwg1103_a_run_without_a_start_has_nothing_to_shift() -> None:
    fails("run_not_scheduled", lambda: runs.shift_slot(announced(), 0, 1, at(15), NOON))
    fails("run_over", lambda: runs.shift_slot(runs.finish(running(), at(15)), 0, 1, at(15), at(15)))


def test_jwg1103_groups_may_be_apart_as_far_as_the_next_one_allows() -> None:
    slot = Slot(duration=1800, p_exp=500)
    profile = EnergyProfile(
        profile_id="p",
        groups=(
            Group(alternatives=(Sequence(sequence_id="wash", slots=(slot,)),)),
            Group(alternatives=(Sequence(sequence_id="dry", slots=(slot, slot), max_pause_before=3600),)),
        ),
    )
    run = runs.begin(runs.announce(profile, "washer", "run1", NOON), at(13))
    assert starts(runs.shift_slot(run, 1, 0, at(14, 30), at(13))) == [at(13), at(14, 30), at(15)]
    fails("pause_too_long", lambda: runs.shift_slot(run, 1, 0, at(14, 31), at(13)))
    fails("slot_not_movable", lambda: runs.shift_slot(run, 1, 1, at(16), at(13)))


# ------------------------------------------------------------------------------------------------- JWG1103 pause


def test_jwg1103_a_pausable_sequence_may_be_paused_in_any_slot() -> None:
    for moment in (at(13), at(13, 45), at(14, 29)):
        assert runs.interrupt(running(pausable=True), moment).interrupted_at == moment


def test_jwg1103_there_is_nothing_to_pause_outside_the_slots() -> None:
    fails("no_slot_active", lambda: runs.interrupt(running(pausable=True), at(14, 30)))
    run = runs.shift_slot(running(), 0, 1, at(14, 30), at(13, 10))
    fails("no_slot_active", lambda: runs.interrupt(run, at(14)))


def test_jwg1103_a_paused_run_is_not_paused_again() -> None:
    run = runs.interrupt(running(), at(13, 40))
    error = fails("run_already_paused", lambda: runs.interrupt(run, at(13, 50)))
    assert error.placeholders["start"] == at(13, 40).isoformat()


def test_jwg1103_a_pause_lasts_as_long_as_it_must() -> None:
    run = runs.interrupt(running(slot={"min_pause": 600}), at(13, 40))
    error = fails("pause_too_short", lambda: runs.resume(run, at(13, 49)))
    assert (error.placeholders["minimum"], error.placeholders["value"]) == ("600.0", "540.0")
    assert runs.resume(run, at(13, 50)).state is RunState.EXECUTING
    run = runs.interrupt(running(sequence={"pausable": True, "pause_duration_min": 900}), at(13, 10))
    fails("pause_too_short", lambda: runs.resume(run, at(13, 24)))


def test_jwg1103_a_resume_is_due_by_the_longest_pause_the_sum_of_pauses_or_the_deadline() -> None:
    run = runs.interrupt(running(slot={"max_pause": 600}), at(13, 40))
    assert runs.resume_by(run) == at(13, 50)
    assert runs.resume(run, at(14)).state is RunState.EXECUTING, "late is better than never"
    assert runs.resume_by(runs.interrupt(running(), at(13, 40))) == at(17, 10)
    run = runs.interrupt(running(sequence={"pausable": True, "pause_duration_sum_max": 1800}), at(13, 10))
    assert runs.resume_by(run) == at(13, 40)
    run = runs.interrupt(runs.resume(run, at(13, 20)), at(13, 25))
    assert runs.resume_by(run) == at(13, 45)
    assert runs.resume_by(running()) is None
    free = runs.begin(runs.announce(run.profile.replace(groups=running().profile.groups), "w", "r", NOON), at(13))
    assert runs.resume_by(runs.interrupt(free, at(13, 40))) is None


def test_jwg1103_a_resume_by_is_never_before_the_pause() -> None:
    late = runs.begin(announced(pausable=True), at(17))
    assert runs.resume_by(runs.interrupt(late, at(17, 10))) == at(17, 10)


def test_jwg1103_not_interruptible_at_high_power() -> None:
    run = running(sequence={"pausable": True, "not_interruptible_at_high_power": True})
    error = fails("not_pausable_at_high_power", lambda: runs.interrupt(run, at(13, 10)))
    assert error.placeholders["slot"] == "0"
    assert runs.interrupt(run, at(13, 40)).state is RunState.INTERRUPTED


def test_jwg1103_pauses_are_used_up() -> None:
    run = running(sequence={"pausable": True, "max_cycles_per_day": 2})
    run = runs.resume(runs.interrupt(run, at(13, 10)), at(13, 20))
    fails("pauses_used_up", lambda: runs.interrupt(run, at(13, 30)))
    run = running(sequence={"pausable": True, "pause_duration_sum_max": 600})
    run = runs.resume(runs.interrupt(run, at(13, 10)), at(13, 20))
    error = fails("pauses_used_up", lambda: runs.interrupt(run, at(13, 30)))
    assert error.placeholders["maximum"] == "600 s"


def test_jwg1103_a_device_just_resumed_must_go_on_for_a_while() -> None:
    run = running(sequence={"pausable": True, "active_duration_min": 600})
    error = fails("active_too_short", lambda: runs.interrupt(run, at(13, 9)))
    assert error.placeholders["start"] == at(13, 10).isoformat()
    run = runs.resume(runs.interrupt(run, at(13, 10)), at(13, 30))
    fails("active_too_short", lambda: runs.interrupt(run, at(13, 39)))
    assert runs.interrupt(run, at(13, 40)).pauses == 2


def test_jwg1103_a_pause_that_must_miss_the_deadline_is_rejected() -> None:
    run = running(start=at(16, 25), pausable=True, slot={"min_pause": 600})
    error = fails("pause_misses_deadline", lambda: runs.interrupt(run, at(17)))
    assert error.placeholders["end"] == at(18, 5).isoformat()
    assert runs.interrupt(run, at(16, 30)).state is RunState.INTERRUPTED, "slot 0 needs no minimum pause"


def test_jwg1103_a_device_that_is_not_remote_controllable_is_neither_moved_nor_paused() -> None:
    run = running(pausable=True, remote_controllable=False)
    fails("not_remote_controllable", lambda: runs.interrupt(run, at(13, 10)))
    fails("not_remote_controllable", lambda: runs.shift_slot(run, 0, 1, at(15), at(13, 10)))


def test_jwg1103_what_is_to_come_of_a_paused_run_starts_as_soon_as_it_may() -> None:
    run = runs.interrupt(running(slot={"min_pause": 600}), at(13, 40))
    assert [(entry.start, entry.end) for entry in runs.remaining(run, at(13, 42))] == [
        (at(13, 50), at(14, 10)),
        (at(14, 10), at(14, 40)),
    ]
    assert runs.remaining(run, at(15))[0].start == at(15)
    assert runs.expected_end(run, at(15)) == at(15, 50)
    assert not runs.overdue_end(run, at(23))
    standing = runs.progress(run, at(15))
    assert (standing.elapsed, standing.remaining, standing.slot_elapsed) == (2400, 3000, 600)


def test_a_paused_run_that_ends_counts_its_pause() -> None:
    run = runs.finish(runs.interrupt(running(), at(13, 40)), at(14))
    assert (run.state, run.interrupted_total, run.interrupted_at) == (RunState.FINISHED, 1200, None)


# ------------------------------------------------------------------------------------------------- planned pauses


def test_jwg1103_a_pause_of_the_schedule_is_entered_and_left_as_planned() -> None:
    run = runs.shift_slot(running(slot={"min_pause": 3600}), 0, 1, at(14, 30), at(13, 10))
    fails("no_pause_planned", lambda: runs.interrupt(run, at(13, 20), scheduled=True))
    paused = runs.interrupt(run, at(13, 30, 2), scheduled=True)
    assert runs.interrupted_by_schedule(paused)
    assert [entry.start for entry in runs.remaining(paused, at(14))] == [at(14, 30), at(15)]
    resumed = runs.resume(paused, at(14, 30, 1))
    assert resumed.state is RunState.EXECUTING, "entered two seconds late, yet the pause was long enough"
    assert starts(resumed)[1:] == [at(14, 30, 1), at(15, 0, 1)]
    fails("no_pause_planned", lambda: runs.interrupt(resumed, at(15, 31), scheduled=True))


def test_jwg1103_a_pause_of_the_schedule_can_be_left_early_where_it_may() -> None:
    run = runs.shift_slot(running(slot={"min_pause": 600, "earliest_start": at(13, 30)}), 0, 1, at(14, 30), at(13, 10))
    paused = runs.interrupt(run, at(13, 30), scheduled=True)
    fails("pause_too_short", lambda: runs.resume(paused, at(13, 39)))
    assert starts(runs.resume(paused, at(13, 40)))[1:] == [at(13, 40), at(14, 10)]
    run = runs.shift_slot(running(slot={"earliest_start": at(14)}, start=at(13, 30)), 0, 1, at(15), at(13, 40))
    paused = runs.interrupt(run, at(14, 5), scheduled=True)
    assert starts(runs.resume(paused, at(14, 6)))[1] == at(14, 6)


def test_jwg1103_a_pause_by_the_user_is_not_one_of_the_schedule() -> None:
    assert not runs.interrupted_by_schedule(runs.interrupt(running(), at(13, 40)))
    assert not runs.interrupted_by_schedule(running())
