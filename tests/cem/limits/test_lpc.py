"""LPC and LPP, rule by rule; the numbers are those of the public test specification (see standards in the docs)."""

from datetime import UTC, datetime, timedelta
import math

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.limits.lpc import (
    LONGEST_FAILSAFE,
    LpcState,
    PowerLimitation,
    Refusal,
    at,
    heartbeat,
    not_applicable,
    set_failsafe,
    started,
    write_failsafe_duration,
    write_failsafe_value,
    write_limit,
)
from custom_components.cem_sgcp.cem.model import Direction

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
FAILSAFE = 4200.0


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fresh(*, leaves: bool = False, direction: Direction = Direction.IMPORT) -> PowerLimitation:
    """As after a start."""
    box = PowerLimitation(
        direction=direction, since=START, seen=START, failsafe_value=FAILSAFE, leaves=leaves, value=0.0
    )
    return started(box, START)


def controlled(seconds: float = 1.0) -> PowerLimitation:
    """Unlimited/controlled since a second after the start."""
    answer = write_limit(heartbeat(fresh(), moment(seconds)), moment(seconds), 0.0, active=False)
    assert answer.accepted
    return answer.limitation


def limited(value: float = 3000.0, duration: float | None = None) -> PowerLimitation:
    answer = write_limit(controlled(), moment(1), value, active=True, duration=duration)
    assert answer.accepted
    return answer.limitation


def failsafe(*, leaves: bool = False) -> PowerLimitation:
    """In failsafe since 121 s after the start, after a limit of 3000 W."""
    box = at(limited().replace(leaves=leaves), moment(121))
    assert box.state is LpcState.FAILSAFE
    return box


# ----------------------------------------------------------------------------------------------- start and Init


def test_ct_14_rule_017_901_a_start_is_init_with_the_failsafe_limit_in_force_and_no_limit_active() -> None:
    box = fresh()
    assert (box.state, box.limit, box.limit_active) == (LpcState.INIT, FAILSAFE, False)


def test_ct_16_rule_020_904_heartbeat_and_then_an_active_limit_is_limited() -> None:
    answer = write_limit(heartbeat(fresh(), moment(5)), moment(6), 3000.0, active=True)
    assert answer.accepted
    assert (answer.limitation.state, answer.limitation.limit) == (LpcState.LIMITED, 3000.0)


def test_rule_021_heartbeat_and_then_a_deactivated_limit_is_controlled() -> None:
    box = write_limit(heartbeat(fresh(), moment(5)), moment(6), 3000.0, active=False).limitation
    assert (box.state, box.limit) == (LpcState.UNLIMITED_CONTROLLED, None)


def test_rule_018_heartbeat_and_then_a_limit_that_cannot_be_applied_is_controlled() -> None:
    answer = not_applicable(heartbeat(fresh(), moment(5)), moment(6))
    assert not answer.accepted
    assert answer.limitation.state is LpcState.UNLIMITED_CONTROLLED


def test_an_active_limit_without_any_heartbeat_is_not_evaluated() -> None:
    answer = write_limit(fresh(), moment(5), 3000.0, active=True)
    assert answer.refusal is Refusal.NO_HEARTBEAT
    assert (answer.limitation.state, answer.limitation.limit) == (LpcState.INIT, FAILSAFE)


@pytest.mark.parametrize("with_heartbeat", [False, True])
def test_ct_15_rule_022_1_906_init_without_a_limit_stays_limited_or_leaves_where_the_user_chose_so(
    *, with_heartbeat: bool
) -> None:
    for leaves, state, limit in ((False, LpcState.INIT, FAILSAFE), (True, LpcState.UNLIMITED_AUTONOMOUS, None)):
        box = fresh(leaves=leaves)
        if with_heartbeat:
            box = heartbeat(box, moment(1))
        before, after = at(box, moment(119)), at(box, moment(122))
        assert (before.state, before.limit) == (LpcState.INIT, FAILSAFE)
        assert (after.state, after.limit) == (state, limit)


# ----------------------------------------------------------------------------------------------- controlled, Limited


def test_rule_027_910_an_active_limit_limits() -> None:
    assert (limited().state, limited().limit) == (LpcState.LIMITED, 3000.0)


def test_rule_025_a_deactivated_limit_releases() -> None:
    box = write_limit(limited(), moment(10), 0.0, active=False).limitation
    assert (box.state, box.limit) == (LpcState.UNLIMITED_CONTROLLED, None)


def test_rule_026_a_limit_with_a_duration_expires() -> None:
    box = limited(duration=60)
    assert at(box, moment(60)).limit == 3000.0
    assert at(box, moment(61)).state is LpcState.UNLIMITED_CONTROLLED


def test_ct_12_a_limit_without_a_duration_does_not_expire() -> None:
    box = limited()
    for minute in range(1, 120):
        box = heartbeat(box, moment(60 * minute))
    assert (box.state, box.limit) == (LpcState.LIMITED, 3000.0)


def test_a_new_limit_replaces_the_old_one_with_its_duration() -> None:
    box = write_limit(limited(duration=20), moment(10), 5000.0, active=True).limitation
    assert at(box, moment(100)).limit == 5000.0


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, -math.inf])
def test_ct_13_rule_001_035_1_nonsense_is_refused_and_nothing_changes(value: float) -> None:
    for box in (controlled(), limited(), heartbeat(failsafe(), moment(122)), heartbeat(fresh(), moment(1))):
        answer = write_limit(box, moment(123) if box.state is LpcState.FAILSAFE else moment(2), value, active=True)
        assert not answer.accepted
        assert (answer.limitation.state, answer.limitation.limit) == (box.state, box.limit)


@pytest.mark.parametrize("duration", [0.0, -5.0, math.nan, math.inf])
def test_a_duration_that_makes_no_sense_is_refused(duration: float) -> None:
    answer = write_limit(controlled(), moment(2), 3000.0, active=True, duration=duration)
    assert answer.refusal is Refusal.WRONG_DURATION
    assert answer.limitation.state is LpcState.UNLIMITED_CONTROLLED


def test_rule_035_4_a_limit_above_the_rating_is_accepted() -> None:
    assert write_limit(controlled(), moment(2), 1e6, active=True).accepted


def test_rule_023_024_a_limit_that_cannot_be_applied_leaves_things_as_they_are() -> None:
    for box in (controlled(), limited()):
        answer = not_applicable(box, moment(2))
        assert not answer.accepted
        assert (answer.limitation.state, answer.limitation.limit) == (box.state, box.limit)


# ----------------------------------------------------------------------------------------------- Failsafe


def test_ct_17_rule_028_029_911_912_no_heartbeat_for_120_s_is_failsafe_with_its_own_value() -> None:
    for box in (controlled(), limited()):
        assert at(box, moment(120)).state is box.state
        after = at(box, moment(121))
        assert (after.state, after.limit, after.limit_active) == (LpcState.FAILSAFE, FAILSAFE, False)


def test_ct_18_rule_916_a_heartbeat_alone_does_not_leave_failsafe() -> None:
    for leaves in (False, True):
        box = heartbeat(failsafe(leaves=leaves), moment(200))
        assert at(box, moment(310)).state is LpcState.FAILSAFE


def test_ct_19_rule_032_heartbeat_and_a_following_active_limit_is_limited_by_the_new_value() -> None:
    box = write_limit(heartbeat(failsafe(), moment(200)), moment(210), 2000.0, active=True).limitation
    assert (box.state, box.limit) == (LpcState.LIMITED, 2000.0)


def test_rule_033_031_heartbeat_and_a_following_deactivated_or_inapplicable_limit_is_controlled() -> None:
    back = heartbeat(failsafe(), moment(200))
    assert write_limit(back, moment(210), 0.0, active=False).limitation.state is LpcState.UNLIMITED_CONTROLLED
    assert not_applicable(back, moment(210)).limitation.state is LpcState.UNLIMITED_CONTROLLED


def test_ct_21_rule_036_a_limit_61_s_after_the_last_heartbeat_is_ignored_where_the_guard_was_away() -> None:
    for box in (heartbeat(fresh(), moment(1)), heartbeat(failsafe(), moment(200))):
        assert box.heartbeat is not None
        late = box.heartbeat + timedelta(seconds=61)
        for active in (True, False):
            answer = write_limit(box, late, 2000.0, active=active)
            assert answer.refusal is Refusal.NO_HEARTBEAT
            assert answer.limitation.limit == FAILSAFE
        assert write_limit(box, box.heartbeat + timedelta(seconds=60), 2000.0, active=True).accepted


def test_ct_20_rule_022_3_922_the_end_of_failsafe_keeps_its_limit_by_default() -> None:
    kept, left = at(failsafe(), moment(3 * 3600)), at(failsafe(leaves=True), moment(3 * 3600))
    assert (kept.state, kept.limit) == (LpcState.FAILSAFE, FAILSAFE)
    assert (left.state, left.limit) == (LpcState.UNLIMITED_AUTONOMOUS, None)
    assert at(failsafe(leaves=True), moment(121 + 2 * 3600 - 1)).state is LpcState.FAILSAFE


def test_rule_022_2_921_a_guard_that_is_back_but_says_nothing_for_120_s() -> None:
    for leaves, state in ((False, LpcState.FAILSAFE), (True, LpcState.UNLIMITED_AUTONOMOUS)):
        box = failsafe(leaves=leaves)
        for seconds in (200, 250, 300):
            box = heartbeat(box, moment(seconds))
        assert at(box, moment(319)).state is LpcState.FAILSAFE
        assert at(box, moment(320)).state is state


def test_unlimited_autonomous_follows_a_guard_that_comes_back() -> None:
    alone = at(fresh(leaves=True), moment(200))
    assert alone.state is LpcState.UNLIMITED_AUTONOMOUS
    back = heartbeat(alone, moment(300))
    assert back.limit is None
    assert write_limit(back, moment(310), 1000.0, active=True).limitation.limit == 1000.0
    assert write_limit(back, moment(310), 0.0, active=False).limitation.state is LpcState.UNLIMITED_CONTROLLED


# ----------------------------------------------------------------------------------------------- failsafe values


def test_ct_22_rule_013_to_016_the_failsafe_duration_is_two_to_24_hours() -> None:
    box = controlled()
    for hours, accepted in ((1, False), (2, True), (24, True), (25, False)):
        assert write_failsafe_duration(box, moment(2), hours * 3600).accepted is accepted, hours
    assert write_failsafe_duration(box, moment(2), 25 * 3600).limitation.failsafe_duration == LONGEST_FAILSAFE
    assert write_failsafe_duration(box, moment(2), 3600).limitation.failsafe_duration == box.failsafe_duration
    assert not write_failsafe_duration(box, moment(2), math.nan).accepted


def test_rule_044_failsafe_values_survive_a_restart() -> None:
    box = write_failsafe_value(controlled(), moment(2), 6000.0).limitation
    box = write_failsafe_duration(box, moment(3), 4 * 3600).limitation
    again = started(PowerLimitation.from_json(box.to_json()), moment(60))
    assert (again.state, again.limit, again.failsafe_duration) == (LpcState.INIT, 6000.0, 4 * 3600)


def test_rule_011_2_what_the_guard_wrote_is_no_longer_the_users() -> None:
    assert set_failsafe(controlled(), 5000.0, 3 * 3600).failsafe_value == 5000.0
    box = write_failsafe_value(controlled(), moment(2), 6000.0).limitation
    assert set_failsafe(box, 9999.0, 3 * 3600).failsafe_value == 6000.0


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, 1e12])
def test_a_failsafe_value_that_makes_no_sense_is_refused(value: float) -> None:
    answer = write_failsafe_value(controlled(), moment(2), value)
    assert not answer.accepted
    assert answer.limitation.failsafe_value == FAILSAFE


# ----------------------------------------------------------------------------------------------- LPP


def test_ct_23_24_lpp_is_the_mirror_image_with_its_limit_negative_and_its_failsafe_positive_on_the_wire() -> None:
    box = heartbeat(fresh(direction=Direction.EXPORT), moment(1))
    assert write_limit(box, moment(2), 3000.0, active=True).refusal is Refusal.WRONG_SIGN
    box = write_limit(box, moment(2), -3000.0, active=True).limitation
    assert box.limit == 3000.0
    box = write_limit(box, moment(3), 0.0, active=True).limitation
    assert box.limit == 0.0
    assert write_failsafe_value(box, moment(4), 5000.0).accepted
    assert not write_failsafe_value(box, moment(4), -5000.0).accepted
    silent = at(box, moment(125))
    assert (silent.state, silent.limit) == (LpcState.FAILSAFE, FAILSAFE), "the failsafe value, not the last limit"


# ----------------------------------------------------------------------------------------------- bugs others shipped


def test_the_heartbeat_clock_starts_with_the_state_and_not_before_time() -> None:
    """Failsafe was entered 10 s after the start, because the clock was not seeded."""
    box = controlled(1.0)
    assert at(box, moment(11)).state is LpcState.UNLIMITED_CONTROLLED
    assert at(fresh(), moment(11)).state is LpcState.INIT


def test_two_hours_of_silence_do_not_release() -> None:
    """Others released to unlimited after two hours without the guard."""
    box = at(limited(), moment(9 * 3600))
    assert box.limit == FAILSAFE


def test_time_that_passed_unseen_is_caught_up_in_order() -> None:
    """A limit that would have expired in failsafe does not turn failsafe into a release."""
    box = at(limited(duration=300), moment(1000))
    assert (box.state, box.since) == (LpcState.FAILSAFE, moment(121))


def test_a_clock_that_is_set_back_puts_no_time_out_off() -> None:
    box = at(limited(), moment(100))
    back = at(box, moment(100 - 3600))
    assert at(back, moment(100 - 3600 + 22)).state is LpcState.FAILSAFE


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["tick", "heartbeat", "active", "inactive", "nonsense", "restart", "failsafe"]),
        st.floats(-50, 400),
        st.floats(0, 20_000),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(EVENTS, st.booleans(), st.sampled_from(Direction))
def test_whatever_happens_a_limit_is_released_only_by_the_guard_or_by_the_users_choice(
    events: list[tuple[str, float, float]], leaves: bool, direction: Direction
) -> None:
    box = fresh(leaves=leaves, direction=direction)
    now = START
    wire = 1.0 if direction is Direction.IMPORT else -1.0
    released = False
    for kind, seconds, value in events:
        now += timedelta(seconds=seconds)
        match kind:
            case "tick":
                box = at(box, now)
            case "heartbeat":
                box = heartbeat(box, now)
            case "active":
                box = write_limit(box, now, wire * value, active=True).limitation
            case "inactive":
                answer = write_limit(box, now, 0.0, active=False)
                released = released or answer.accepted
                box = answer.limitation
            case "nonsense":
                box = write_limit(box, now, math.nan, active=True, duration=seconds).limitation
            case "restart":
                box = started(PowerLimitation.from_json(box.to_json()), now)
                released = False
            case _:
                box = write_failsafe_value(box, now, value).limitation
        assert box.limit is None or box.limit >= 0
        if box.limit is None and not leaves:
            assert released, "nothing but the guard released it"
        if box.state is LpcState.LIMITED and box.heartbeat is not None:
            assert (now - box.heartbeat).total_seconds() < 120
