"""The gate: deadband and dwell keep set points quiet, and never hide a change of intent or an urgent instruction."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.model import Instruction, InstructionKind, Intent, ModeChoice
from custom_components.cem_sgcp.devices import Command
from custom_components.cem_sgcp.hands.gate import Policy, Sent, Standing, Verdict, dwell_left, judge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = Policy()


def order(power: float | None = 1000.0, **fields: Any) -> Instruction:
    fields = {"kind": InstructionKind.SET, "intent": Intent.CHARGE_SURPLUS} | fields
    return Instruction(resource_id="d", power=power, **fields)


def carried(instruction: Instruction) -> tuple[Command, ...]:
    return (Command(domain="number", service="set_value", data={"value": instruction.power, "w": instruction.limit}),)


def sent(instruction: Instruction, age: float = 60.0, standing: Standing = Standing.DONE) -> Sent:
    at = NOW - timedelta(seconds=age)
    return Sent(instruction=instruction, commands=carried(instruction), at=at, changed=at, standing=standing)


def verdict(last: Sent | None, instruction: Instruction, **more: Any) -> Verdict:
    return judge(last, instruction, carried(instruction), NOW, POLICY, **more)


def test_the_first_instruction_is_sent() -> None:
    assert verdict(None, order()) is Verdict.SEND


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1000.0, 1049.0, Verdict.SMALL),
        (1000.0, 951.0, Verdict.SMALL),
        (1000.0, 1050.0, Verdict.SEND),
        (10_000.0, 10_199.0, Verdict.SMALL),
        (10_000.0, 10_200.0, Verdict.SEND),
        (30.0, -15.0, Verdict.SMALL),
        (0.0, 50.0, Verdict.SEND),
        (None, 10.0, Verdict.SEND),
        (10.0, None, Verdict.SEND),
    ],
)
def test_deadband_is_50_w_or_2_percent(before: float | None, after: float | None, expected: Verdict) -> None:
    assert verdict(sent(order(before)), order(after)) is expected
    curtail = {"intent": Intent.CURTAIL}
    if (before is None or before >= 0) and (after is None or after >= 0):
        assert verdict(sent(order(None, limit=before, **curtail)), order(None, limit=after, **curtail)) is expected


def test_a_set_point_stands_for_the_dwell_time() -> None:
    last = sent(order(1000.0), age=29.0)
    assert verdict(last, order(2000.0)) is Verdict.WAIT
    assert dwell_left(last, NOW, POLICY) == pytest.approx(1.0)
    assert verdict(sent(order(1000.0), age=30.0), order(2000.0)) is Verdict.SEND


def test_a_change_of_intent_is_never_hidden() -> None:
    last = sent(order(1000.0), age=0.5)
    assert verdict(last, order(1001.0, intent=Intent.HOLD)) is Verdict.SEND
    assert verdict(last, order(None, kind=InstructionKind.RELEASE)) is Verdict.SEND


def test_an_urgent_instruction_is_never_delayed() -> None:
    assert verdict(sent(order(1000.0), age=0.5), order(990.0, urgent=True)) is Verdict.SEND


def test_the_same_command_is_not_repeated_but_asserted_again_after_five_minutes() -> None:
    assert verdict(sent(order(), age=299.0), order()) is Verdict.SAME
    assert verdict(sent(order(), age=300.0), order()) is Verdict.SEND
    assert verdict(sent(order(), age=299.0), order(urgent=True)) is Verdict.SAME


def test_a_device_that_deviates_is_told_again_but_not_all_the_time() -> None:
    assert verdict(sent(order(), age=29.0), order(), deviates=True) is Verdict.SAME
    assert verdict(sent(order(), age=30.0), order(), deviates=True) is Verdict.SEND
    assert verdict(sent(order(), age=100.0, standing=Standing.WORKING), order(), deviates=True) is Verdict.SAME


def test_what_failed_is_tried_again_after_a_pause() -> None:
    assert verdict(sent(order(), age=59.0, standing=Standing.FAILED), order()) is Verdict.SAME
    assert verdict(sent(order(), age=60.0, standing=Standing.FAILED), order()) is Verdict.SEND


@pytest.mark.parametrize("kind", [InstructionKind.START, InstructionKind.PAUSE, InstructionKind.RELEASE])
def test_what_is_done_once_is_not_repeated(kind: InstructionKind) -> None:
    last = sent(order(None, kind=kind, run_id="a"), age=4000.0)
    assert verdict(last, order(None, kind=kind, run_id="a"), deviates=True) is Verdict.SAME
    assert verdict(last, order(None, kind=kind, run_id="b")) is Verdict.SEND


@given(
    before=st.floats(-1e5, 1e5),
    after=st.floats(-1e5, 1e5),
    age=st.floats(0, 1000),
    intents=st.tuples(st.sampled_from(list(Intent)), st.sampled_from(list(Intent))),
    urgent=st.booleans(),
)
def test_change_of_intent_and_urgency_always_pass(
    before: float, after: float, age: float, intents: tuple[Intent, Intent], urgent: bool
) -> None:
    last, new = order(before, intent=intents[0]), order(after, intent=intents[1], urgent=urgent)
    found = verdict(sent(last, age), new)
    if carried(last) != carried(new) and (urgent or intents[0] is not intents[1]):
        assert found is Verdict.SEND


def in_mode(mode: str, factor: float = 1.0, **fields: Any) -> Instruction:
    return order(8.0, modes=(ModeChoice(actuator_id="d", mode_id=mode, factor=factor),), **fields)


def by_mode(instruction: Instruction) -> tuple[Command, ...]:
    data = {"option": instruction.modes[0].mode_id, "percent": instruction.modes[0].factor}
    return (Command(domain="select", service="select_option", data=data),)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (in_mode("low"), in_mode("high"), Verdict.SEND),
        (in_mode("on", 0.50), in_mode("on", 0.53), Verdict.SMALL),
        (in_mode("on", 0.50), in_mode("on", 0.56), Verdict.SEND),
        (in_mode("on"), in_mode("on"), Verdict.SAME),
    ],
)
def test_a_change_of_mode_is_never_hidden_by_the_deadband(
    before: Instruction, after: Instruction, expected: Verdict
) -> None:
    """A lamp of 8 W changes by less than 50 W."""
    at = NOW - timedelta(seconds=60)
    last = Sent(instruction=before, commands=by_mode(before), at=at, changed=at, standing=Standing.DONE)
    assert judge(last, after, by_mode(after), NOW, POLICY) is expected


def test_a_mode_stands_for_the_dwell_time_unless_it_is_urgent() -> None:
    at = NOW - timedelta(seconds=5)
    before = in_mode("high")
    last = Sent(instruction=before, commands=by_mode(before), at=at, changed=at, standing=Standing.DONE)
    assert judge(last, in_mode("off"), by_mode(in_mode("off")), NOW, POLICY) is Verdict.WAIT
    urgent = in_mode("off", urgent=True)
    assert judge(last, urgent, by_mode(urgent), NOW, POLICY) is Verdict.SEND
