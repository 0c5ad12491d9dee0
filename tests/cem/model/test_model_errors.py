"""Whatever is sent: a record or an error in words with the path, the value and what would be right."""

import ast
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
import json
import math
from pathlib import Path
from string import Formatter
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    MESSAGES,
    EasyPowerProfile,
    EnergyProfile,
    FillRate,
    Goals,
    Group,
    Interval,
    Limit,
    LoadManagementEvent,
    Model,
    ModelError,
    OperationModes,
    Plan,
    PriceProfile,
    PriceSlot,
    Resource,
    Run,
    Sequence,
    Series,
    SiteSnapshot,
    Slot,
    TemperatureProfile,
    TemperatureSlot,
    TimeGrid,
)
from tests.cem.model.strategies import RECORDS, records

PACKAGE = Path(__file__).parents[3] / "custom_components" / "cem_sgcp"
START = datetime(2026, 11, 23, 8, tzinfo=UTC)
LATER = START + timedelta(hours=1)
SOME = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def nested(depth: int, kind: type) -> Any:
    """Something a hundred thousand levels deep."""
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


class Stubborn:
    """An object that refuses everything."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    def __float__(self) -> float:
        raise ValueError("no")


SHORT = Slot(duration=1, p_exp=1)
LOOP: list[Any] = []
LOOP.append(LOOP)

#: What arrives where something else belongs.
NASTY: list[Any] = [
    None,
    True,
    math.nan,
    math.inf,
    -math.inf,
    -1,
    -1e300,
    1e308,
    10**5000,
    -(10**5000),
    "",
    "abc",
    "x" * 1_000_000,
    "\ud800",
    "{path} {0} %s",
    "line\nbreak\x1b[31m",
    b"bytes",
    "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
    date(2026, 1, 1),
    timedelta(1),
    [],
    [None],
    {},
    {"type": []},
    {"type": "battery"},
    {1: 2},
    LOOP,
    nested(100_000, list),
    nested(100_000, dict),
    np.array([1.0, 2.0]),
    np.array(5),
    np.bool_(True),
    np.float64("nan"),
    Decimal("sNaN"),
    Fraction(1, 3),
    1 + 2j,
    range(10**9),
    {"a", "b"},
    Stubborn(),
    Stubborn,
    object(),
]


def is_whole_sentence(error: ModelError) -> bool:
    """Whether an error can be shown to anyone: short, printable, with a path and no hole."""
    text = str(error)
    return (
        error.key in MESSAGES
        and bool(error.path)
        and text.isprintable()
        and len(text) < 1500
        and text == MESSAGES[error.key].format(**error.placeholders)
        and all(isinstance(value, str) for value in error.placeholders.values())
    )


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_anything_in_place_of_an_object_is_an_error_in_words(cls: type[Model]) -> None:
    for value in NASTY:
        try:
            record = cls.from_json(value)
        except ModelError as error:
            assert is_whole_sentence(error)  # noqa: PT017
        else:
            assert cls.from_json(record.to_json()) == record
        with pytest.raises(ModelError):
            cls.from_document({"schema": value} if not isinstance(value, str) else value)


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
@SOME
@given(data=st.data())
def test_anything_in_any_field_is_taken_or_an_error_with_its_path(cls: type[Model], data: st.DataObject) -> None:
    document = data.draw(records(cls)).to_json()
    name = data.draw(st.sampled_from([*document, "x-unknown"]))
    value = data.draw(st.sampled_from(NASTY))
    try:
        record = cls.from_json(document | {name: value})
    except ModelError as error:
        assert is_whole_sentence(error)  # noqa: PT017
    else:
        json.dumps(record.to_json(), allow_nan=False).encode()


@SOME
@given(data=st.data())
def test_anything_anywhere_in_a_snapshot_is_taken_or_an_error_with_its_path(data: st.DataObject) -> None:
    document = json.loads(json.dumps(data.draw(records(SiteSnapshot)).to_json()))
    places = list(walk(document))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(st.sampled_from(NASTY))
    try:
        SiteSnapshot.from_json(document)
    except ModelError as error:
        assert is_whole_sentence(error)  # noqa: PT017


def walk(value: Any) -> Any:
    """Every place in a document, as holder and key."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in list(entries):
        yield value, key
        yield from walk(entry)


# ------------------------------------------------------------------------------------------------- what errors say


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (
            lambda: EnergyProfile.from_json(
                {
                    "profile_id": "p",
                    "groups": [{"alternatives": [{"sequence_id": "s", "slots": [{"duration": -5, "p_exp": 1}]}]}],
                }
            ),
            "groups[0].alternatives[0].slots[0].duration must be at least 0.001 s, but it is -5.",
        ),
        (
            lambda: PriceProfile.from_json({"slots": [{"start": "2026-01-01T00:00", "end": "2026-01-01T01:00Z"}]}),
            "slots[0].start must carry a time zone, but it is 2026-01-01T00:00.",
        ),
        (lambda: PriceProfile.from_json({}), "slots is missing."),
        (lambda: PriceProfile.from_json([]), "PriceProfile must be an object, but it is a list with 0 entries."),
        (lambda: PriceProfile.from_json({"slots": "x"}, "prices"), "prices.slots must be a list, but it is x."),
        (lambda: PriceProfile.from_json({"slots": [3]}), "slots[0] must be an object, but it is 3."),
        (lambda: Goals(co2_price=math.nan), "co2_price must be a finite number, but it is nan."),
        (lambda: Goals(co2_price=None), "co2_price must be a number, but it is nothing."),
        (lambda: Goals(move_share=2), "move_share must be at most 1, but it is 2."),
        (lambda: Goals(co2_price=10**400), "co2_price must be a finite number, but it is a number of 1329 bits."),
        (lambda: EasyPowerProfile(profile_id="x", duration=1.0), "power is missing."),
        (
            lambda: EasyPowerProfile(profile_id="x", duration=True, power=1),
            "duration must be a number, but it is true.",
        ),
        (
            lambda: EasyPowerProfile(profile_id="x", duration=1e-3, energy=1e9),
            "energy must be at most 1e+09 W of mean power, but it is 1000000000.0.",
        ),
        (
            lambda: Limit(limit_id="x", source="x", direction="sideways", value=1, start=START),
            "direction must be one of import, export, but it is sideways.",
        ),
        (
            lambda: Interval(start=LATER, end=START, value=1),
            "end must end after it starts, but it runs from 2026-11-23T09:00:00+00:00 to 2026-11-23T08:00:00+00:00.",
        ),
        (lambda: TimeGrid(edges=(START,)), "edges must not be empty."),
        (
            lambda: TimeGrid(edges=(LATER, START)),
            "edges must be in ascending order: 2026-11-23T09:00:00+00:00, 2026-11-23T08:00:00+00:00.",
        ),
        (lambda: Slot(duration=60, p_exp=1, p_min=2), "p_exp must be at least 2.0, but it is 1.0."),
        (lambda: Slot(duration=60, p_exp=1, p_max=0), "p_max must be at least 1.0, but it is 0.0."),
        (
            lambda: Slot(duration=7200, p_exp=1, earliest_start=START, latest_end=LATER),
            (
                "latest_end needs 7200 s, but there are only 3600 s between 2026-11-23T08:00:00+00:00 "
                "and 2026-11-23T09:00:00+00:00."
            ),
        ),
        (
            lambda: Slot(duration=1, p_exp=1, e_exp=1e9),
            "e_exp must be at most 1e+09 W of mean power, but it is 1000000000.0.",
        ),
        (lambda: Slot(duration=400 * 86_400, p_exp=1), "duration must be at most 31622400 s, but it is 34560000."),
        (lambda: Group(alternatives=()), "alternatives must not be empty."),
        (lambda: Sequence(sequence_id="s", slots=[]), "slots must not be empty."),
        (
            lambda: Sequence(sequence_id="s", slots=[Slot(duration=1, p_exp=1)] * 289),
            "slots has 289 entries; at most 288 are allowed.",
        ),
        (
            lambda: Sequence(sequence_id="s", slots=[Slot(duration=1, p_exp=1)], active_slot=1),
            "active_slot must be at most 0, but it is 1.",
        ),
        (
            lambda: Sequence(sequence_id="s", slots=[SHORT], latest_start=START, earliest_start=LATER),
            "latest_start must be at least 2026-11-23T09:00:00+00:00, but it is 2026-11-23T08:00:00+00:00.",
        ),
        (
            lambda: Group(alternatives=[Sequence(sequence_id="s", slots=[Slot(duration=1, p_exp=1)])] * 2),
            "alternatives uses the name s more than once.",
        ),
        (
            lambda: EnergyProfile(
                profile_id="p",
                groups=[Group(alternatives=[Sequence(sequence_id="s", slots=[Slot(duration=3e7, p_exp=1)])])] * 2,
            ),
            "groups.duration must be at most 31622400 s, but it is 60000000.0.",
        ),
        (
            lambda: LoadManagementEvent(event_id="e", source="s", created=START, start=START),
            "action_consume is missing.",
        ),
        (lambda: TemperatureSlot(start=START, end=LATER), "set_point is missing."),
        (
            lambda: TemperatureSlot(start=START, end=LATER, set_point=20, minimum=22),
            "set_point must be at least 22.0, but it is 20.0.",
        ),
        (
            lambda: TemperatureProfile(zone="x", slots=[TemperatureSlot(start=START, end=LATER, minimum=18)] * 2),
            (
                "slots has entries that overlap: one ends at 2026-11-23T09:00:00+00:00, "
                "the next starts at 2026-11-23T08:00:00+00:00."
            ),
        ),
        (
            lambda: Resource.from_json({"resource_id": "x", "control": {"type": "battery"}}),
            (
                "control.type must be one of power_envelope, power_profile, operation_mode, fill_rate, demand_driven, "
                "not_controllable, but it is battery."
            ),
        ),
        (
            lambda: OperationModes.from_json({"type": "fill_rate", "modes": []}),
            "type must be one of operation_mode, but it is fill_rate.",
        ),
        (lambda: OperationModes(modes=()), "modes must not be empty."),
        (
            lambda: OperationModes.from_json(
                {"modes": [{"mode_id": "on", "power": {"start": 0, "end": 1}}], "active_mode": "off"}
            ),
            "active_mode names off, but there is only: on.",
        ),
        (
            lambda: FillRate.from_json({"actuators": [], "level": 0, "level_range": {"start": 0, "end": 1}}),
            "actuators must not be empty.",
        ),
        (
            lambda: PriceProfile(slots=(), extra={"x": nested(40, list)}),
            "x" + "[0]" * 33 + " is nested more than 32 levels deep.",
        ),
        (
            lambda: PriceProfile(slots=(), extra={"x": [1, {"y": math.nan}]}),
            "x[1].y must be a finite number, but it is nan.",
        ),
        (lambda: PriceProfile(slots=(), extra=5), "extra must be an object, but it is 5."),
        (lambda: PriceProfile(slots=(), extra={"x": {1}}), "x must be a JSON value, but it is a list with 1 entries."),
        (lambda: PriceProfile(slots=(), extra={5: 1}), "extra must be a text, but it is 5."),
        (
            lambda: PriceProfile(slots=(), currency="x" * 10_001),
            "currency has 10001 characters; at most 10000 are allowed.",
        ),
        (lambda: PriceProfile(slots=(), currency="\ud800"), "currency must be a text in Unicode, but it is ?."),
        (
            lambda: PriceProfile(slots=(), valid_from=datetime.max.replace(tzinfo=UTC)),
            "valid_from must be a time between the years 1900 and 2999, but it is 9999-12-31 23:59:59.999999+00:00.",
        ),
        (lambda: TimeGrid.tiered(START, ((0, 3600),)), "tiers[0] must be at least 1 s, but it is 0."),
        (lambda: TimeGrid.tiered(START, ((1, 1e9),)), "tiers[0] has 1000000000.0 entries; at most 10000 are allowed."),
    ],
)
def test_an_error_names_the_path_the_value_and_what_would_be_right(act: Any, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        act()
    assert str(caught.value) == said


def test_a_document_of_millions_of_unknown_values_is_refused() -> None:
    with pytest.raises(ModelError, match="at most 100000 are allowed"):
        PriceProfile(slots=(), extra={"x": [0] * 200_000})


def test_plans_have_columns_of_the_length_of_their_grid() -> None:
    plan = {
        "created": START,
        "grid": {"edges": [START, LATER]},
        "status": "optimal",
        "net_power": [1.0],
        "base_load": [1.0],
        "import_price": [0.3],
        "export_price": [0.1],
    }
    assert Plan.from_json(plan).net_power == (1.0,)
    with pytest.raises(ModelError, match="base_load must have 1 values, but it has 2"):
        Plan.from_json(plan | {"base_load": [1.0, 2.0]})
    with pytest.raises(ModelError, match="import_limit must have 1 values"):
        Plan.from_json(plan | {"import_limit": [None, 5.0]})
    device = {"resource_id": "x", "intent": ["idle"], "power": [0.0], "lower": [0.0], "upper": [0.0]}
    with pytest.raises(ModelError, match=r"devices\[1\]\.level must have 1 values, but it has 0"):
        Plan.from_json(plan | {"devices": [device, device | {"resource_id": "y", "level": []}]})
    with pytest.raises(ModelError, match="devices uses the name x more than once"):
        Plan.from_json(plan | {"devices": [device, device]})


def test_a_run_only_holds_alternatives_and_slots_that_its_profile_has() -> None:
    profile = EasyPowerProfile(profile_id="p", power=1, duration=60).expand()
    run = {"run_id": "r", "resource_id": "w", "profile": profile, "announced": START, "earliest_start": START}
    slot = {"group": 0, "slot": 0, "start": START, "end": LATER, "power": 1}
    assert Run.from_json(run | {"choice": ["block"], "schedule": [slot]}).sequence(0).sequence_id == "block"
    for spoiled in (
        {"choice": ["other"]},
        {"choice": ["block", "block"]},
        {"schedule": [slot | {"group": 1}]},
        {"schedule": [slot | {"slot": 1}]},
        {"schedule": [slot | {"end": START - timedelta(hours=1)}]},
    ):
        with pytest.raises(ModelError):
            Run.from_json(run | spoiled)


def test_numbers_of_numpy_and_of_other_kinds_become_plain_numbers() -> None:
    interval = Interval(start=START, end=LATER, value=np.float32(1.5))
    assert type(interval.value) is float
    assert type(Interval(start=START, end=LATER, value=Decimal("1.5")).value) is float
    resource = Resource.from_json(
        {"resource_id": "x", "control": {"type": "not_controllable"}, "priority": np.int64(3)}
    )
    assert type(resource.priority) is int
    assert Series.from_values(START, timedelta(minutes=15), np.array([1, 2])).at(START) == 1.0


def test_a_field_of_an_impossible_type_is_found_when_the_record_is_first_made() -> None:
    from custom_components.cem_sgcp.cem.model.convert import converter  # noqa: PLC0415

    with pytest.raises(TypeError, match="no field of a record"):
        converter(complex, {})


# ------------------------------------------------------------------------------------------------- keys


def test_every_message_is_a_sentence_with_named_placeholders() -> None:
    for key, message in MESSAGES.items():
        assert key == key.lower()
        assert key.isidentifier()
        assert message.endswith(".")
        names = [name for _, name, _, _ in Formatter().parse(message) if name is not None]
        assert all(name.isidentifier() for name in names), key


def test_every_error_raised_anywhere_in_the_package_has_its_message_and_its_placeholders() -> None:
    """Read from the source, so that a slip shows here and not when a user meets it."""
    found = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in {"ModelError", "RunError"} or not node.args:
                continue
            key = node.args[0]
            if not isinstance(key, ast.Constant):
                continue
            found += 1
            where = f"{path.name}:{node.lineno} {key.value}"
            assert key.value in MESSAGES, where
            given_names = {"path", *(keyword.arg for keyword in node.keywords)}
            if None in given_names:
                continue
            wanted = {name for _, name, _, _ in Formatter().parse(MESSAGES[key.value]) if name}
            assert wanted <= given_names, f"{where} lacks {wanted - given_names}"
    assert found > 60


def test_an_error_seen_from_outside_keeps_its_words() -> None:
    error = ModelError("too_low", "duration", minimum="1 s", value=-5)
    assert error.within("slots[2]").path == "slots[2].duration"
    assert ModelError("empty", "[3]").within("slots").path == "slots[3]"
    assert ModelError("empty", "").within("slots").path == "slots"
    assert str(error.within("a").within("b")) == "b.a.duration must be at least 1 s, but it is -5."


def test_prices_likely_are_in_order() -> None:
    with pytest.raises(ModelError, match="import_price_max must be at least"):
        PriceSlot(start=START, end=LATER, import_price_min=0.3, import_price_max=0.2)
    assert PriceSlot(start=START, end=LATER, import_price=0.25, import_price_min=0.2, import_price_max=0.3)
