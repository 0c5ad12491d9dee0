"""The strictest active limit governs, nothing is lost, and what it means for the phase."""

from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.limits import LimitBook, effective, phase
from custom_components.cem_sgcp.cem.model import (
    Direction,
    Limit,
    LimitCategory,
    LimitScope,
    ModelError,
    Phase,
    TrafficLight,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def limit(value=4200.0, **fields):
    fields = {
        "limit_id": "one",
        "source": "action",
        "direction": Direction.IMPORT,
        "start": NOW,
        "category": LimitCategory.OBLIGATION,
        **fields,
    }
    return Limit(value=value, **fields)


def test_ct05_a_limit_of_an_obligation_governs_and_means_red():
    book = LimitBook().put(limit(end=NOW + timedelta(seconds=600)), NOW)
    governing = book.effective(NOW, Direction.IMPORT)
    assert governing is not None
    assert governing.value == 4200.0
    assert governing.source == "action"
    assert governing.end == NOW + timedelta(seconds=600)
    light = phase(book.limits, TrafficLight(), NOW)
    assert light.phase is Phase.RED
    assert light.source == "action"
    assert light.reason == "obligation_limit"
    assert light.since == NOW
    assert light.until == NOW + timedelta(seconds=600)


def test_strictest_of_all_active_limits_wins_whatever_its_category():
    book = LimitBook()
    for number, (value, category) in enumerate(
        [(5000.0, LimitCategory.OBLIGATION), (3000.0, LimitCategory.USER), (9000.0, LimitCategory.SAFETY)]
    ):
        book = book.put(limit(value, limit_id=str(number), category=category), NOW)
    assert book.effective(NOW, Direction.IMPORT).value == 3000.0


def test_a_user_cannot_lift_an_obligation():
    book = LimitBook().put(limit(4200.0), NOW).put(limit(50_000.0, limit_id="mine", category=LimitCategory.USER), NOW)
    assert book.effective(NOW, Direction.IMPORT).value == 4200.0


def test_of_two_equal_limits_the_stronger_category_is_named():
    book = LimitBook().put(limit(limit_id="a", source="user", category=LimitCategory.USER), NOW)
    book = book.put(limit(limit_id="b", source="dso"), NOW)
    assert book.effective(NOW, Direction.IMPORT).source == "dso"


def test_directions_and_scopes_are_counted_apart():
    book = LimitBook().put(limit(1000.0, scope=LimitScope.CONTROLLABLE), NOW)
    book = book.put(limit(2000.0, limit_id="two", direction=Direction.EXPORT), NOW)
    assert book.effective(NOW, Direction.IMPORT) is None
    assert book.effective(NOW, Direction.IMPORT, LimitScope.CONTROLLABLE).value == 1000.0
    assert book.effective(NOW, Direction.EXPORT).value == 2000.0


def test_ct12_limit_without_duration_never_expires():
    book = LimitBook().put(limit(), NOW)
    for later in (timedelta(hours=1), timedelta(days=400), timedelta(days=36_500)):
        book, expired = book.expire(NOW + later)
        assert expired == ()
        assert book.effective(NOW + later, Direction.IMPORT).value == 4200.0
    assert book.next_change(NOW) is None


def test_ct11_a_limit_ends_with_its_duration():
    end = NOW + timedelta(seconds=600)
    book = LimitBook().put(limit(end=end), NOW)
    assert book.expire(end - SECOND) == (book, ())
    assert book.effective(end - SECOND, Direction.IMPORT) is not None
    assert book.effective(end, Direction.IMPORT) is None
    after, expired = book.expire(end)
    assert after.limits == ()
    assert [entry.limit_id for entry in expired] == ["one"]
    assert phase(book.limits, TrafficLight(), end).phase is Phase.GREEN


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), -float("inf"), "abc", None, True, 10**400])
def test_ct13_a_value_that_is_no_limit_is_refused_and_changes_nothing(value):
    book = LimitBook().put(limit(), NOW)
    with pytest.raises(ModelError):
        book.put(limit(value), NOW)
    with pytest.raises(ModelError):
        LimitBook.from_json({"limits": [{**limit().to_json(), "value": value}]})
    assert book.effective(NOW, Direction.IMPORT).value == 4200.0


def test_a_limit_that_is_over_already_is_refused():
    book = LimitBook().put(limit(), NOW)
    with pytest.raises(ModelError):
        book.put(limit(1.0, start=NOW - timedelta(hours=2), end=NOW - timedelta(hours=1)), NOW)
    assert book.effective(NOW, Direction.IMPORT).value == 4200.0


def test_a_new_limit_of_the_same_name_replaces_the_old_one_only_of_the_same_source():
    book = LimitBook().put(limit(4200.0), NOW).put(limit(5000.0), NOW)
    assert book.effective(NOW, Direction.IMPORT).value == 5000.0
    book = book.put(limit(6000.0, source="parent"), NOW)
    assert len(book.limits) == 2


def test_limits_are_cleared_by_name_source_or_direction():
    book = LimitBook()
    for number, source in enumerate(["a", "a", "b"]):
        direction = Direction.EXPORT if number == 1 else Direction.IMPORT
        book = book.put(limit(limit_id=str(number), source=source, direction=direction), NOW)

    def left(cleared):
        return [entry.limit_id for entry in cleared.limits]

    assert left(book.clear("0")) == ["1", "2"]
    assert left(book.clear(source="a")) == ["2"]
    assert left(book.clear(source="a", direction=Direction.IMPORT)) == ["1", "2"]
    assert left(book.clear(direction=Direction.EXPORT)) == ["0", "2"]
    assert left(book.clear("no such limit")) == ["0", "1", "2"]
    assert book.clear() is book


def test_announced_limits_start_on_time_and_wake_the_clock():
    start, end = NOW + timedelta(minutes=5), NOW + timedelta(minutes=15)
    book = LimitBook().put(limit(start=start, end=end), NOW)
    assert book.effective(NOW, Direction.IMPORT) is None
    assert book.active(NOW) == ()
    assert book.next_change(NOW) == start
    assert book.next_change(start) == end
    assert book.next_change(end) is None
    assert book.effective(start, Direction.IMPORT).value == 4200.0
    assert len(book.active(start)) == 1


def test_a_flood_of_limits_is_refused_and_leaves_the_book_as_it_was():
    book = LimitBook(limits=tuple(limit(limit_id=str(number)) for number in range(1000)))
    with pytest.raises(ModelError):
        book.put(limit(limit_id="one more"), NOW)
    assert len(book.limits) == 1000


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (LimitCategory.SAFETY, Phase.GREEN),
        (LimitCategory.EMERGENCY, Phase.RED),
        (LimitCategory.OBLIGATION, Phase.RED),
        (LimitCategory.USER, Phase.GREEN),
        (LimitCategory.CONTRACT, Phase.GREEN),
        (LimitCategory.RECOMMENDATION, Phase.YELLOW),
        (LimitCategory.OPTIMIZATION, Phase.GREEN),
    ],
)
def test_phase_follows_from_the_category_of_active_limits(category, expected):
    assert phase((limit(category=category),), TrafficLight(), NOW).phase is expected
    assert phase((limit(category=category),), TrafficLight(), NOW - SECOND).phase is Phase.GREEN


def test_published_light_is_the_worse_of_signal_and_limits():
    signal = TrafficLight(phase=Phase.YELLOW, source="dso", reason="bottleneck")
    assert phase((), signal, NOW) == signal
    assert phase((limit(),), signal, NOW).phase is Phase.RED
    red = TrafficLight(phase=Phase.RED, source="dso", reason="unstable")
    assert phase((limit(),), red, NOW) == red
    black = TrafficLight(phase=Phase.BLACK, source="meter")
    assert phase((limit(),), black, NOW) == black


def test_a_signal_that_is_over_is_green():
    signal = TrafficLight(phase=Phase.RED, source="dso", until=NOW)
    assert phase((), signal, NOW - SECOND).phase is Phase.RED
    assert phase((), signal, NOW) == TrafficLight()


def test_phase_lasts_as_long_as_the_longest_of_its_causes():
    first = limit(1000.0, limit_id="a", end=NOW + timedelta(minutes=1))
    second = limit(2000.0, limit_id="b", end=NOW + timedelta(minutes=9), reason="dimming")
    assert phase((first, second), TrafficLight(), NOW).until == NOW + timedelta(minutes=9)
    assert phase((first, limit(limit_id="c")), TrafficLight(), NOW).until is None
    assert phase((second,), TrafficLight(), NOW).reason == "dimming"


moments = st.integers(-1000, 1000).map(lambda seconds: NOW + timedelta(seconds=seconds))


@st.composite
def limits(draw):
    start = draw(moments)
    seconds = draw(st.none() | st.integers(1, 2000))
    return limit(
        draw(st.floats(0, 1e9)),
        limit_id=draw(st.sampled_from("abcdef")),
        source=draw(st.sampled_from(["action", "contract", "dso"])),
        direction=draw(st.sampled_from(Direction)),
        scope=draw(st.sampled_from(LimitScope)),
        category=draw(st.sampled_from(LimitCategory)),
        start=start,
        end=None if seconds is None else start + timedelta(seconds=seconds),
    )


@given(st.lists(limits(), max_size=12), moments, st.sampled_from(Direction), st.sampled_from(LimitScope))
def test_nothing_active_is_ever_stricter_than_what_governs(entries, now, direction, scope):
    governing = effective(entries, now, direction, scope)
    rivals = [
        entry for entry in entries if entry.active_at(now) and entry.direction is direction and entry.scope is scope
    ]
    assert (governing is None) == (not rivals)
    assert all(governing.value <= entry.value for entry in rivals)


@given(st.lists(limits(), max_size=12), moments)
def test_the_book_survives_a_restart(entries, now):
    book = LimitBook()
    for entry in entries:
        book = book.put(entry)
    again = LimitBook.from_json(json.loads(json.dumps(book.to_json())))
    assert again == book
    assert again.next_change(now) == book.next_change(now)
    left, expired = again.expire(now)
    assert set(map(id, left.limits)) | set(map(id, expired)) == set(map(id, again.limits))
    assert left.active(now) == again.active(now)
