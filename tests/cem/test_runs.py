"""The life of a flexible run: JWG1100, JWG1101 (announce), JWG-SPUC1102 (starting time), and the states of S2 PPBC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem import runs
from custom_components.cem_sgcp.cem.model import (
    EasyPowerProfile,
    EnergyProfile,
    Group,
    ModelError,
    PlannedRun,
    Run,
    RunState,
    ScheduledSlot,
    Sequence,
    Slot,
)
from custom_components.cem_sgcp.cem.runs import RunError
from tests.cem.run_samples import NOON, announced, at, fails, planned, washing

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


# ------------------------------------------------------------------------------------------------- JWG1101 announce


def test_jwg1101_an_announced_run_waits_for_a_start_in_the_window_it_was_given() -> None:
    run = runs.announce(washing(), "washer", "run1", NOON, at(13), at(18))
    assert (run.state, run.resource_id, run.run_id) == (RunState.NOT_SCHEDULED, "washer", "run1")
    assert (run.earliest_start, run.latest_end, run.announced) == (at(13), at(18), NOON)
    assert run.scheduled_start is None
    assert not runs.due(run, at(18))
    assert runs.latest_start(run) == at(16, 30)


def test_jwg1101_the_window_is_the_narrower_of_what_is_given_and_what_the_profile_says() -> None:
    profile = washing(earliest_start=at(14), latest_end=at(17))
    run = runs.announce(profile, "washer", "run1", NOON, at(13), at(18))
    assert (run.earliest_start, run.latest_end) == (at(14), at(17))
    run = runs.announce(profile, "washer", "run1", NOON)
    assert (run.earliest_start, run.latest_end) == (at(14), at(17))


def test_jwg1101_nothing_starts_before_it_is_announced() -> None:
    assert runs.announce(washing(), "washer", "run1", NOON, at(9)).earliest_start == NOON


def test_jwg1101_a_window_shorter_than_the_sum_of_durations_is_rejected_with_the_seconds_missing() -> None:
    error = fails("window_too_short", lambda: runs.announce(washing(), "washer", "run1", NOON, None, at(13, 29)))
    assert error.placeholders["needed"] == "5400"
    assert error.placeholders["available"] == "5340"
    assert runs.announce(washing(), "washer", "run1", NOON, None, at(13, 30)).latest_end == at(13, 30)


def test_jwg1101_a_window_that_only_a_shorter_alternative_fits_is_accepted() -> None:
    run = runs.announce(washing(quick=True), "washer", "run1", NOON, None, at(13))
    assert runs.latest_start(run) == at(12, 30)


def test_jwg1101_a_deadline_in_the_past_is_rejected() -> None:
    error = fails("deadline_passed", lambda: runs.announce(washing(), "washer", "run1", NOON, None, at(11)))
    assert at(11).isoformat() in str(error)


def test_jwg1101_a_latest_start_that_has_passed_is_rejected() -> None:
    fails("start_too_late", lambda: runs.announce(washing(latest_start=at(11)), "washer", "run1", NOON))


def test_jwg1101_windows_of_alternatives_and_slots_count() -> None:
    first, second = Slot(duration=1800, p_exp=2000), Slot(duration=1800, p_exp=100, latest_end=at(15))
    late = Slot(duration=1800, p_exp=100, earliest_start=at(16))
    profile = EnergyProfile(
        profile_id="p",
        groups=(
            Group(
                alternatives=(
                    Sequence(sequence_id="early", slots=(first, second)),
                    Sequence(sequence_id="late", slots=(first, late), latest_start=at(17)),
                )
            ),
        ),
    )
    run = runs.announce(profile, "washer", "run1", NOON)
    assert runs.latest_start(run) == at(17)
    assert runs.set_start(run, at(13), NOON).choice == ("early",)
    assert runs.set_start(run, at(15, 30), NOON).choice == ("late",)
    error = fails("start_too_early", lambda: runs.set_start(run, at(14, 30), NOON))
    assert error.placeholders["minimum"] == at(15, 30).isoformat()


def test_jwg1101_sending_the_same_id_again_replaces_the_run_as_long_as_it_has_not_started() -> None:
    run = runs.set_start(announced(), at(14), NOON)
    again = runs.announce(washing(quick=True), "washer", "run1", at(12, 10), None, at(20), former=run)
    assert again.latest_end == at(20)
    assert len(again.profile.groups[0].alternatives) == 2
    assert again.pinned_start == again.scheduled_start == at(14), "what the user fixed is kept while it fits"

    tight = runs.announce(washing(), "washer", "run1", at(12, 10), None, at(14), former=run)
    assert (tight.pinned_start, tight.state) == (None, RunState.NOT_SCHEDULED)

    other = runs.announce(washing(), "washer", "run2", at(12, 10), former=run)
    assert other.pinned_start is None


def test_jwg1101_a_run_that_has_started_is_not_replaced() -> None:
    run = runs.begin(announced(), at(13))
    error = fails("run_already_started", lambda: runs.announce(washing(), "washer", "run1", at(13, 5), former=run))
    assert at(13).isoformat() in str(error)
    over = runs.finish(run, at(14, 30))
    assert runs.announce(washing(), "washer", "run1", at(15), former=over).state is RunState.NOT_SCHEDULED


def test_jwg1101_repeated_alternatives_in_many_groups_are_judged_without_trying_them_all() -> None:
    group = Group(
        alternatives=tuple(
            Sequence(sequence_id=f"s{index}", slots=(Slot(duration=60 + index, p_exp=1),)) for index in range(10)
        )
    )
    profile = EnergyProfile(profile_id="p", groups=(group,) * 20)
    run = runs.announce(profile, "mill", "run1", NOON, None, NOON + timedelta(seconds=1200))
    assert runs.latest_start(run) == NOON
    fails("window_too_short", lambda: runs.announce(profile, "mill", "r", NOON, None, NOON + timedelta(seconds=1199)))


def test_an_emergency_alternative_is_not_chosen_in_normal_conditions() -> None:
    slot = Slot(duration=600, p_exp=100)
    profile = EnergyProfile(
        profile_id="p",
        groups=(
            Group(
                alternatives=(
                    Sequence(sequence_id="emergency", slots=(slot,), emergency_only=True),
                    Sequence(sequence_id="normal", slots=(slot, slot)),
                )
            ),
        ),
    )
    run = runs.announce(profile, "pump", "run1", NOON, None, at(13))
    assert runs.latest_start(run) == at(12, 40)
    assert runs.set_start(run, at(12, 30), NOON).choice == ("normal",)


# ------------------------------------------------------------------------------------------------- the window moves


def test_a_new_deadline_keeps_a_start_that_fits_and_drops_one_that_does_not() -> None:
    run = runs.schedule(announced(), planned(at(15)))
    assert runs.set_window(run, NOON, latest_end=at(16, 30)).scheduled_start == at(15)
    dropped = runs.set_window(run, NOON, latest_end=at(16))
    assert (dropped.state, dropped.scheduled_start, dropped.schedule) == (RunState.NOT_SCHEDULED, None, ())
    pinned = runs.set_start(announced(), at(15), NOON)
    assert runs.set_window(pinned, NOON, latest_end=at(17)).pinned_start == at(15)
    assert runs.set_window(pinned, NOON, latest_end=at(16)).pinned_start is None
    assert runs.set_window(pinned, NOON, earliest_start=at(15, 15)).pinned_start is None


def test_a_new_deadline_that_cannot_be_met_is_rejected_and_so_is_one_for_a_started_run() -> None:
    run = announced()
    fails("window_too_short", lambda: runs.set_window(run, NOON, latest_end=at(13)))
    fails("deadline_passed", lambda: runs.set_window(run, NOON, latest_end=at(11)))
    fails("run_already_started", lambda: runs.set_window(runs.begin(run, at(13)), at(13), latest_end=at(20)))


# ------------------------------------------------------------------------------------------------- SPUC1102 start


def test_spuc1102_a_planned_run_starts_at_its_time_and_not_before() -> None:
    run = runs.schedule(announced(), planned(at(14)))
    assert run.state is RunState.SCHEDULED
    assert [entry.start for entry in run.schedule] == [at(14), at(14, 30), at(15)]
    assert not runs.due(run, at(13, 59, 59))
    assert runs.due(run, at(14))
    assert runs.due(run, at(14, 20)), "a start that was missed is still due"


def test_spuc1102_the_plan_chooses_the_alternative_and_the_slots() -> None:
    run = announced(quick=True)
    slots = (
        ScheduledSlot(group=0, slot=0, start=at(14), end=at(14, 15), power=2000),
        ScheduledSlot(group=0, slot=1, start=at(14, 15), end=at(14, 30), power=500),
    )
    run = runs.schedule(run, planned(at(14), choice=("quick",), slots=slots))
    assert run.choice == ("quick",)
    assert run.schedule == slots
    fails("unknown_name", lambda: runs.schedule(announced(), planned(at(14), choice=("boil",))))


def test_spuc1102_a_start_before_the_window_means_as_soon_as_possible() -> None:
    run = runs.announce(washing(), "washer", "run1", at(12, 7), None, at(18))
    slots = run.lay_out(at(12, 5))
    run = runs.schedule(run, planned(at(12, 5), slots=slots))
    assert run.scheduled_start == run.schedule[0].start == at(12, 7)
    assert run.schedule[-1].end == at(13, 37)


def test_spuc1102_a_plan_for_another_run_is_refused() -> None:
    fails("other_run", lambda: runs.schedule(announced(), planned(at(14)).replace(run_id="run2")))


def test_spuc1102_a_start_fixed_by_the_user_outlives_every_plan() -> None:
    run = runs.set_start(announced(), at(15), NOON)
    assert (run.pinned_start, run.scheduled_start, run.state) == (at(15), at(15), RunState.SCHEDULED)
    assert runs.schedule(run, planned(at(13))) == run
    free = runs.set_start(run, None, NOON)
    assert (free.pinned_start, free.state) == (None, RunState.NOT_SCHEDULED)
    assert runs.schedule(free, planned(at(13))).scheduled_start == at(13)


def test_spuc1102_a_start_outside_the_window_is_rejected_with_what_would_be_right() -> None:
    run = runs.announce(washing(), "washer", "run1", NOON, at(13), at(18))
    error = fails("start_too_late", lambda: runs.set_start(run, at(16, 31), NOON))
    assert error.placeholders == {
        "path": "start_time",
        "maximum": at(16, 30).isoformat(),
        "value": at(16, 31).isoformat(),
    }
    error = fails("start_too_early", lambda: runs.set_start(run, at(12, 30), NOON))
    assert error.placeholders["minimum"] == at(13).isoformat()


def test_spuc1102_a_past_start_means_as_soon_as_possible() -> None:
    run = runs.announce(washing(), "washer", "run1", NOON, at(13), at(18))
    assert runs.set_start(run, at(9), at(12, 30)).scheduled_start == at(13)
    assert runs.set_start(run, at(9), at(14)).scheduled_start == at(14)
    late = runs.set_start(run, at(17), at(17))
    assert late.scheduled_start == at(17), "too late to be ready in time, but the user wants it"
    assert runs.due(late, at(17))


def test_spuc1102_a_start_fixed_by_the_user_takes_an_alternative_that_fits() -> None:
    run = runs.announce(washing(quick=True), "washer", "run1", NOON, None, at(18))
    assert runs.set_start(run, at(16), NOON).choice == ("normal",)
    assert runs.set_start(run, at(17), NOON).choice == ("quick",)


def test_spuc1102_a_device_that_is_not_remote_controllable_is_left_alone() -> None:
    run = runs.announce(washing(remote_controllable=False), "washer", "run1", NOON)
    fails("not_remote_controllable", lambda: runs.set_start(run, at(13), NOON))
    sequence = washing().groups[0].alternatives[0].replace(remote_controllable=False)
    run = runs.announce(washing().replace(groups=(Group(alternatives=(sequence,)),)), "washer", "run1", NOON)
    fails("not_remote_controllable", lambda: runs.set_start(run, at(13), NOON))


def test_spuc1102_a_command_without_effect_can_be_tried_again_until_it_is_confirmed() -> None:
    run = runs.begin(runs.schedule(announced(), planned(at(14))), at(14))
    again = runs.unbegin(run)
    assert (again.state, again.started, again.attempts) == (RunState.SCHEDULED, None, 1)
    assert runs.due(again, at(14))
    assert runs.begin(again, at(14, 1)).schedule[0].start == at(14, 1)
    fails("run_confirmed", lambda: runs.unbegin(runs.confirm(run, at(14, 1))))


# ------------------------------------------------------------------------------------------------- JWG1100 life


def test_jwg1100_a_run_goes_from_announced_to_finished() -> None:
    run = announced()
    assert run.state is RunState.NOT_SCHEDULED
    run = runs.schedule(run, planned(at(14)))
    assert run.state is RunState.SCHEDULED
    run = runs.begin(run, at(14, 0, 4))
    assert (run.state, run.started, run.confirmed) == (RunState.EXECUTING, at(14, 0, 4), False)
    run = runs.confirm(run, at(14, 1))
    assert run.confirmed
    assert run.started == at(14, 0, 4)
    run = runs.finish(run, at(15, 33))
    assert (run.state, run.ended, run.open) == (RunState.FINISHED, at(15, 33), False)


def test_jwg1100_the_slots_follow_from_the_actual_start() -> None:
    run = runs.begin(runs.schedule(announced(), planned(at(14))), at(14, 3))
    assert run.scheduled_start == at(14, 3)
    assert [entry.start for entry in run.schedule] == [at(14, 3), at(14, 33), at(15, 3)]
    assert run.schedule[-1].end == at(15, 33)
    assert run.choice == ("normal",)


def test_jwg1100_pauses_that_were_planned_stay_when_the_start_is_late() -> None:
    run = announced()
    slots = run.lay_out(at(14))
    slots = (slots[0], *(entry.replace(start=entry.start + HOUR, end=entry.end + HOUR) for entry in slots[1:]))
    run = runs.begin(runs.schedule(run, planned(at(14), slots=slots)), at(14, 3))
    assert [entry.start for entry in run.schedule] == [at(14, 3), at(15, 33), at(16, 3)]


def test_jwg1100_a_run_that_the_user_started_by_hand_begins_without_a_plan() -> None:
    run = runs.begin(announced(), at(13))
    assert run.state is RunState.EXECUTING
    assert run.schedule[-1].end == at(14, 30)


def test_jwg1100_what_has_started_or_ended_does_not_start_again() -> None:
    run = runs.begin(announced(), at(13))
    assert not runs.due(run, at(13, 30))
    later: list[Callable[[Run], Any]] = [
        lambda run: runs.begin(run, at(15)),
        lambda run: runs.schedule(run, planned(at(15))),
        lambda run: runs.set_start(run, at(15), at(13)),
    ]
    for act in later:
        fails("run_already_started", lambda act=act: act(run))
        fails("run_over", lambda act=act: act(runs.finish(run, at(14, 30))))


@pytest.mark.parametrize(
    "act",
    [
        lambda run: runs.confirm(run, NOON),
        lambda run: runs.finish(run, NOON),
        lambda run: runs.interrupt(run, NOON),
        lambda run: runs.resume(run, NOON),
        runs.unbegin,
    ],
)
def test_jwg1100_a_run_that_waits_cannot_be_confirmed_paused_or_finished(act: Callable[[Run], Run]) -> None:
    error = fails("run_not_started", lambda: act(announced()))
    assert error.placeholders["value"] == "run1"


def test_jwg1100_a_waiting_run_can_be_cancelled_once() -> None:
    run = runs.cancel(runs.schedule(announced(), planned(at(14))), at(13))
    assert (run.state, run.ended, run.error) == (RunState.ABORTED, at(13), "cancelled")
    error = fails("run_over", lambda: runs.cancel(run, at(13)))
    assert error.placeholders["state"] == "aborted"


def test_jwg1100_a_running_cycle_is_only_cancelled_where_it_may_be_stopped() -> None:
    fails("not_stoppable", lambda: runs.cancel(runs.begin(announced(), at(13)), at(13, 30)))
    run = runs.begin(announced(stoppable=True), at(13))
    assert runs.cancel(run, at(13, 30)).state is RunState.ABORTED


def test_jwg1100_only_what_is_left_of_a_run_must_be_stoppable() -> None:
    slot = Slot(duration=1800, p_exp=500)
    profile = EnergyProfile(
        profile_id="p",
        groups=(
            Group(alternatives=(Sequence(sequence_id="wash", slots=(slot,)),)),
            Group(alternatives=(Sequence(sequence_id="dry", slots=(slot,), stoppable=True),)),
        ),
    )
    run = runs.begin(runs.announce(profile, "washer", "run1", NOON), at(13))
    fails("not_stoppable", lambda: runs.cancel(run, at(13, 15)))
    assert runs.cancel(run, at(13, 45)).state is RunState.ABORTED


def test_jwg1100_an_aborted_run_says_why() -> None:
    run = runs.abort(runs.begin(announced(), at(13)), at(13, 5), "no power seen")
    assert (run.state, run.error, run.ended) == (RunState.ABORTED, "no power seen", at(13, 5))
    fails("run_over", lambda: runs.abort(run, at(14), "again"))


def test_jwg1100_a_run_survives_a_restart_at_every_point_of_its_life() -> None:
    run = announced()
    states = [run]
    states.append(runs.schedule(states[-1], planned(at(14))))
    states.append(runs.begin(states[-1], at(14)))
    states.append(runs.interrupt(states[-1], at(14, 45)))
    states.append(runs.resume(states[-1], at(15)))
    states.append(runs.finish(states[-1], at(16)))
    for state in states:
        assert Run.from_json(state.to_json()) == state


# ------------------------------------------------------------------------------------------------- facts


def test_progress_counts_slots_time_and_energy() -> None:
    run = runs.begin(announced(), at(13))
    begun = runs.progress(run, at(13))
    assert (begun.elapsed, begun.remaining, begun.energy) == (0, 5400, 0)
    assert begun.remaining_energy == pytest.approx(1000 + 250 + 50)
    middle = runs.progress(run, at(13, 45))
    assert middle.slot is not None
    assert middle.slot.slot == 1
    assert (middle.elapsed, middle.remaining, middle.slot_elapsed, middle.slot_remaining) == (2700, 2700, 900, 900)
    assert middle.energy == pytest.approx(1000 + 125)
    assert middle.remaining_energy == pytest.approx(125 + 50)
    assert middle.end == at(14, 30)
    beyond = runs.progress(run, at(15))
    assert (beyond.slot, beyond.remaining, beyond.remaining_energy, beyond.end) == (None, 0, 0, at(14, 30))


def test_progress_of_a_run_that_waits_and_of_one_that_is_over() -> None:
    waiting = runs.progress(announced(), at(17))
    assert (waiting.elapsed, waiting.remaining, waiting.slot, waiting.end) == (0, 5400, None, None)
    assert runs.progress(runs.schedule(announced(), planned(at(14))), at(17)).end == at(15, 30)
    over = runs.progress(runs.abort(runs.begin(announced(), at(13)), at(13, 45), "door open"), at(20))
    assert (over.elapsed, over.remaining, over.remaining_energy, over.end) == (2700, 0, 0, at(13, 45))
    never = runs.progress(runs.cancel(announced(), at(13)), at(20))
    assert (never.elapsed, never.energy) == (0, 0)


def test_what_a_started_run_will_take_is_a_fixed_fact_for_the_planner() -> None:
    run = runs.begin(announced(), at(13))
    left = runs.remaining(run, at(13, 45))
    assert [(entry.start, entry.end, entry.power) for entry in left] == [
        (at(13, 45), at(14), 500),
        (at(14), at(14, 30), 100),
    ]
    assert runs.remaining(run, at(14, 30)) == ()
    assert runs.remaining(runs.finish(run, at(14)), at(14)) == ()
    scheduled = runs.schedule(announced(), planned(at(15)))
    assert runs.remaining(scheduled, at(16)) == scheduled.schedule


def test_a_run_that_goes_on_beyond_its_schedule_is_overdue_until_it_is_over() -> None:
    run = runs.begin(announced(), at(13))
    assert not runs.overdue_end(run, at(14, 29))
    assert runs.overdue_end(run, at(14, 30))
    assert runs.expected_end(run, at(15)) == at(14, 30)
    assert not runs.overdue_end(runs.finish(run, at(14, 40)), at(15))
    assert not runs.overdue_end(announced(), at(20))
    assert runs.expected_end(announced(), NOON) is None


def test_the_latest_start_is_only_told_of_a_run_that_waits_for_a_deadline() -> None:
    assert runs.latest_start(runs.announce(washing(), "washer", "run1", NOON)) is None
    assert runs.latest_start(announced()) == at(16, 30)
    assert runs.latest_start(runs.begin(announced(), at(13))) is None


def test_ct30_the_latest_safe_start_meets_the_deadline() -> None:
    run = announced()
    start = runs.latest_start(run)
    assert start is not None
    begun = runs.begin(runs.set_start(run, start, NOON), start)
    assert runs.expected_end(begun, start) == run.latest_end


@pytest.mark.parametrize(
    "evening",
    [datetime(2026, 3, 28, 23, tzinfo=BERLIN), datetime(2026, 10, 24, 23, tzinfo=BERLIN)],
    ids=["23 h", "25 h"],
)
def test_ct62_a_run_over_the_night_of_a_time_change_lasts_as_long_as_ever(evening: datetime) -> None:
    """Local times, as people write them, must not let wall-clock arithmetic in."""
    morning = evening.replace(day=evening.day + 1, hour=7)
    window = (morning.astimezone(UTC) - evening.astimezone(UTC)) / HOUR
    profile = EasyPowerProfile(profile_id="p", power=1000, duration=4 * 3600.0, interruptible=True).expand()
    run = runs.announce(profile, "washer", "run1", evening, evening, morning)
    assert window in {7, 9}
    assert (runs.latest_start(run) - evening.astimezone(UTC)) / HOUR == window - 4  # type: ignore[operator]

    run = runs.begin(runs.set_start(run, evening + MINUTE, evening), evening)
    assert run.schedule[-1].end - run.schedule[0].start == 4 * HOUR
    assert run.schedule[0].start.tzinfo is UTC
    two = evening.replace(day=evening.day + 1, hour=1, minute=30)
    four = (two.astimezone(UTC) + HOUR).astimezone(evening.tzinfo)
    run = runs.resume(runs.interrupt(run, two), four)
    assert run.interrupted_total == 3600
    assert run.schedule[-1].end - run.schedule[0].start == 5 * HOUR
    assert sum((entry.end - entry.start).total_seconds() for entry in runs.remaining(run, four)) == 1.5 * 3600


# ------------------------------------------------------------------------------------------------- whatever is asked


MOMENTS = st.integers(-300, 900).map(lambda minutes: NOON + minutes * MINUTE)
ACTS: st.SearchStrategy[Callable[[Run, datetime], Run]] = st.one_of(
    st.builds(lambda start: lambda run, now: runs.set_start(run, start, now), MOMENTS | st.none()),
    st.builds(lambda start: lambda run, now: runs.schedule(run, planned(start)), MOMENTS),
    st.builds(
        lambda group, slot, start: lambda run, now: runs.shift_slot(run, group, slot, start, now),
        st.integers(-1, 2),
        st.integers(-1, 4),
        MOMENTS,
    ),
    st.builds(lambda end: lambda run, now: runs.set_window(run, now, latest_end=end), MOMENTS),
    st.sampled_from(
        [
            runs.begin,
            runs.confirm,
            runs.interrupt,
            runs.resume,
            runs.finish,
            runs.cancel,
            lambda run, now: runs.interrupt(run, now, scheduled=True),
            lambda run, now: runs.unbegin(run),
            lambda run, now: runs.abort(run, now, "x"),
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(st.tuples(ACTS, st.integers(0, 90)), max_size=12), pausable=st.booleans())
def test_whatever_is_asked_in_whatever_order_a_run_stays_whole(
    steps: list[tuple[Callable[[Run, datetime], Run], int]], pausable: bool
) -> None:
    now, run = NOON, announced(pausable=pausable)
    for act, minutes in steps:
        now += minutes * MINUTE
        before = run
        try:
            run = act(run, now)
        except ModelError:
            assert run is before
        for earlier, later in zip(run.schedule, run.schedule[1:], strict=False):
            assert earlier.end <= later.start
        if run.state is RunState.SCHEDULED:
            assert run.scheduled_start == run.schedule[0].start
        if run.schedule:
            worked = sum((entry.end - entry.start).total_seconds() for entry in run.schedule)
            assert worked == pytest.approx(5400), "no shift and no pause loses or adds work"
        progress = runs.progress(run, now)
        assert progress.energy >= -1e-9
        assert progress.remaining_energy >= -1e-9
        if run.running:
            left = sum((entry.end - entry.start).total_seconds() for entry in runs.remaining(run, now))
            assert left == pytest.approx(progress.remaining)
            assert left + progress.elapsed == pytest.approx(5400)
        assert Run.from_json(run.to_json()) == run


def test_an_error_of_a_run_is_an_error_of_the_model() -> None:
    with pytest.raises(ModelError) as caught:
        runs.confirm(announced(), NOON)
    assert isinstance(caught.value, RunError)
    assert isinstance(caught.value.within("run"), RunError)


def test_a_plan_with_slots_that_the_profile_does_not_have_is_refused() -> None:
    slots = (ScheduledSlot(group=0, slot=7, start=at(14), end=at(15), power=1),)
    fails("unknown_slot", lambda: runs.schedule(announced(), planned(at(14), slots=slots)))
    assert isinstance(planned(at(14)), PlannedRun)
