"""A budget shared by priority, fairly, in steps that devices can take, without oscillation."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.limits import Demand, allocate
from custom_components.cem_sgcp.cem.limits.allocation import RAISE_DELAY, RESTORE_DELAY, TURN

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def ev(name="ev", **fields):
    return Demand(**{"demand_id": name, "wanted": 11_000.0, "minimum": 1380.0, **fields})


def heater(name="heater", wanted=3000.0, **fields):
    return Demand(demand_id=name, wanted=wanted, **fields)


def test_without_a_budget_everybody_gets_what_they_want():
    shared = allocate(None, (ev(), heater(wanted=-5.0)), now=NOW)
    assert shared.powers == {"ev": 11_000.0, "heater": 0.0}
    assert shared.shed == ()
    assert dict(shared.memory) == {}


def test_priority_one_is_served_first_and_shed_last():
    shared = allocate(4000.0, (heater("a", priority=5), heater("b", priority=1)), now=NOW)
    assert shared.powers == {"a": 1000.0, "b": 3000.0}
    assert shared.shed == ("a",)


def test_equals_get_equal_shares_as_far_as_they_want_them():
    shared = allocate(6000.0, (heater("a", 1000.0), heater("b", 9000.0), heater("c", 9000.0)), now=NOW)
    assert shared.powers == {"a": 1000.0, "b": 2500.0, "c": 2500.0}


def test_below_its_minimum_a_device_gets_nothing_and_another_may_use_the_room():
    shared = allocate(1200.0, (ev(priority=1), heater(priority=5)), now=NOW)
    assert shared.powers == {"ev": 0.0, "heater": 1200.0}


def test_minimum_powers_come_before_more_for_one():
    shared = allocate(3000.0, (ev("a"), ev("b")), now=NOW)
    assert shared.powers == {"a": 1500.0, "b": 1500.0}


def test_different_minimum_powers_are_levelled():
    shared = allocate(7000.0, (ev("one phase"), ev("three phases", minimum=4140.0)), now=NOW)
    assert shared.powers == {"one phase": pytest.approx(2860.0), "three phases": pytest.approx(4140.0)}


def test_what_must_not_be_cut_is_served_even_beyond_the_budget():
    running = heater("washer", 2000.0, fixed=True, priority=10)
    shared = allocate(1500.0, (ev(priority=1), running), now=NOW)
    assert shared.powers == {"ev": 0.0, "washer": 2000.0}
    assert shared.excess == 500.0
    assert shared.shed == ("ev",)


def test_a_negative_budget_is_an_excess():
    shared = allocate(-300.0, (ev(),), now=NOW)
    assert shared.powers == {"ev": 0.0}
    assert shared.excess == 300.0


def test_a_cut_is_at_once_and_a_rise_waits():
    first = allocate(5000.0, (ev(),), now=NOW)
    cut = allocate(3000.0, (ev(),), first.memory, now=at(1))
    assert cut.powers["ev"] == 3000.0
    soon = allocate(6000.0, (ev(),), cut.memory, now=at(2))
    assert soon.powers["ev"] == 3000.0
    later = allocate(6000.0, (ev(),), soon.memory, now=at(2 + RAISE_DELAY))
    assert later.powers["ev"] == 6000.0


def test_a_small_rise_is_not_worth_a_command():
    memory = allocate(5000.0, (ev(),), now=NOW).memory
    for second in range(1, 60):
        shared = allocate(5000.0 + 400.0 * (second % 2), (ev(),), memory, now=at(second))
        memory = shared.memory
        assert shared.powers["ev"] == 5000.0


def test_a_share_that_sinks_slowly_is_lowered_in_steps():
    memory, told = allocate(5000.0, (ev(),), now=NOW).memory, set()
    for second in range(1, 101):
        shared = allocate(5000.0 - 2.0 * second, (ev(),), memory, now=at(second))
        memory = shared.memory
        told.add(shared.powers["ev"])
        assert shared.powers["ev"] <= 5000.0 - 2.0 * second
    assert len(told) <= 6


def test_a_device_that_was_shed_returns_when_the_room_has_lasted():
    memory = allocate(1000.0, (ev(),), now=NOW).memory
    powers = []
    for second in range(1, int(RESTORE_DELAY) + 3):
        shared = allocate(2000.0, (ev(),), memory, now=at(second))
        memory = shared.memory
        powers.append(shared.powers["ev"])
    assert powers[:-2] == [0.0] * (len(powers) - 2)
    assert powers[-1] == 2000.0


def test_a_budget_that_flickers_around_the_minimum_does_not_switch():
    memory, switches, before = {}, 0, None
    for second in range(600):
        shared = allocate(1380.0 + (100.0 if second // 20 % 2 else -100.0), (ev(),), memory, now=at(second))
        memory = shared.memory
        on = shared.powers["ev"] > 0.0
        switches += before is not None and on is not before
        before = on
    assert switches <= 1


def test_a_device_that_was_not_cut_rises_at_once():
    memory = allocate(8000.0, (heater(wanted=1000.0),), now=NOW).memory
    assert allocate(8000.0, (heater(wanted=6000.0),), memory, now=at(1)).powers["heater"] == 6000.0
    memory = allocate(8000.0, (heater(wanted=0.0),), now=NOW).memory
    assert allocate(8000.0, (heater(wanted=2000.0),), memory, now=at(1)).powers["heater"] == 2000.0


def test_the_end_of_the_budget_restores_at_once():
    memory = allocate(1000.0, (ev(),), now=NOW).memory
    assert allocate(None, (ev(),), memory, now=at(1)).powers["ev"] == 11_000.0


def test_equals_of_which_not_all_fit_take_turns():
    memory, served = {}, {"a": 0, "b": 0}
    for minute in range(240):
        shared = allocate(2000.0, (ev("a"), ev("b")), memory, now=at(60 * minute))
        memory = shared.memory
        for name, power in shared.powers.items():
            served[name] += power > 0.0
        assert sum(shared.powers.values()) <= 2000.0
    assert served["a"] == pytest.approx(served["b"], rel=0.2)
    assert served["a"] + served["b"] > 0.8 * 240


def test_who_is_running_goes_on_before_another_starts():
    shared = allocate(2000.0, (ev("a"), ev("b", running=True)), now=NOW)
    assert shared.powers == {"a": 0.0, "b": 2000.0}


def test_a_clock_that_is_set_back_does_not_lengthen_the_wait():
    memory = allocate(1000.0, (ev(),), now=NOW).memory
    memory = allocate(2000.0, (ev(),), memory, now=at(1)).memory
    memory = allocate(2000.0, (ev(),), memory, now=at(-86_400)).memory
    shared = allocate(2000.0, (ev(),), memory, now=at(-86_400 + RESTORE_DELAY))
    assert shared.powers["ev"] == 2000.0


def test_without_a_clock_nothing_is_remembered():
    shared = allocate(2000.0, (ev(), heater(priority=9)))
    assert shared.powers == {"ev": 2000.0, "heater": 0.0}
    assert shared.shed == ("ev", "heater")
    assert dict(shared.memory) == {}


demands = st.lists(
    st.builds(
        Demand,
        demand_id=st.sampled_from("abcdefgh"),
        wanted=st.floats(-100, 20_000),
        minimum=st.floats(0, 6000),
        priority=st.integers(1, 10),
        fixed=st.booleans(),
        running=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda entry: entry.demand_id,
).map(tuple)


@given(st.lists(st.tuples(st.floats(-5000, 40_000), demands, st.integers(-5, 200)), min_size=1, max_size=8))
def test_shares_never_exceed_the_budget_and_are_possible_powers(calls):
    memory, now = {}, NOW
    for budget, asked, seconds in calls:
        now += timedelta(seconds=seconds)
        shared = allocate(budget, asked, memory, now=now)
        memory = shared.memory
        fixed = sum(entry.wanted for entry in asked if entry.fixed and entry.wanted > 0)
        assert sum(shared.powers.values()) <= max(budget, fixed, 0.0) + 1e-3
        assert shared.excess == pytest.approx(max(0.0, fixed - budget))
        for entry in asked:
            power = shared.powers[entry.demand_id]
            assert 0.0 <= power <= max(entry.wanted, 0.0) + 1e-6
            assert power == 0.0 or entry.fixed or power >= min(entry.minimum, entry.wanted) - 1e-3


@given(st.floats(0, 40_000), demands)
def test_a_higher_priority_never_starves_for_a_lower_one(budget, asked):
    shared = allocate(budget, asked)
    for high in asked:
        if high.fixed or high.wanted < 1.0 or shared.powers[high.demand_id] > 0:
            continue
        lower = sum(shared.powers[low.demand_id] for low in asked if not low.fixed and low.priority > high.priority)
        left = budget - sum(shared.powers.values())
        assert lower + left < min(high.minimum, high.wanted) + 1e-3


assert TURN > RESTORE_DELAY > RAISE_DELAY
