"""Mode book: starts a day and hours in a mode are counted from what is observed, over restarts and local midnights."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.cem_sgcp.cem.model import (
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    NotControllable,
    NumberRange,
    OperationMode,
    OperationModes,
    Resource,
)
from custom_components.cem_sgcp.mode_book import MOST_CHANGES, ModeBook, mode_of

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 23, 6, tzinfo=BERLIN)


def pump(mode: str | None, *, power: float | None = None, available: bool = True) -> Resource:
    return Resource(
        resource_id="pump",
        control=OperationModes(
            modes=(
                OperationMode(mode_id="off", power=NumberRange(start=0.0, end=0.0)),
                OperationMode(mode_id="on", power=NumberRange(start=500.0, end=500.0)),
                OperationMode(mode_id="boost", power=NumberRange(start=900.0, end=900.0)),
            ),
            active_mode=mode,
        ),
        power=power,
        available=available,
    )


def seen(book: ModeBook, *modes: str | None, start: datetime = MORNING, minutes: float = 10.0) -> datetime:
    """Observe one mode after the other; return the moment of the last."""
    now = start
    for index, mode in enumerate(modes):
        now = start + timedelta(minutes=minutes * index)
        book.observe([pump(mode)], now.astimezone(UTC), BERLIN)
    return now


def test_a_start_is_a_change_from_a_mode_without_power_to_one_with() -> None:
    book = ModeBook({})
    now = seen(book, "off", "on", "boost", "on", "off", "on")
    assert book.starts_today("pump", now, BERLIN) == 2
    assert [mode for _, mode in book.changes("pump")] == ["off", "on", "boost", "on", "off", "on"]


def test_what_runs_when_it_is_first_seen_has_not_started_then() -> None:
    book = ModeBook({})
    assert book.starts_today("pump", seen(book, "on"), BERLIN) == 0
    assert book.starts_today("nobody", MORNING, BERLIN) == 0


def test_starts_are_counted_over_a_restart() -> None:
    stored: dict[str, Any] = {}
    seen(ModeBook(stored), "off", "on", "off")
    again = ModeBook(json.loads(json.dumps(stored)))
    now = seen(again, "on", start=MORNING + timedelta(hours=1))
    assert again.starts_today("pump", now, BERLIN) == 2


def test_the_count_begins_anew_at_local_midnight_also_where_a_day_has_25_hours() -> None:
    book = ModeBook({})
    seen(book, "off", "on", "off", start=datetime(2026, 10, 25, 0, 10, tzinfo=BERLIN))
    late = datetime(2026, 10, 25, 23, 59, tzinfo=BERLIN)
    assert book.starts_today("pump", late, BERLIN) == 1
    assert book.starts_today("pump", late + timedelta(minutes=2), BERLIN) == 0


def test_yesterday_is_kept_and_the_day_before_forgotten() -> None:
    book = ModeBook({})
    for day in range(5):
        seen(book, "on", "off", start=MORNING + timedelta(days=day))
    kept = [at.astimezone(BERLIN).day for at, _ in book.changes("pump")]
    # The mode that yesterday began with belongs to yesterday.
    assert kept == [25, 26, 26, 27, 27]


def test_a_device_that_is_away_or_says_nothing_changes_nothing() -> None:
    book = ModeBook({})
    seen(book, "off", "on")
    assert not book.observe([pump("off", available=False)], MORNING + timedelta(hours=1), BERLIN)
    assert not book.observe([pump(None)], MORNING + timedelta(hours=1), BERLIN)
    assert not book.observe([Resource(resource_id="tv", control=NotControllable(), power=80.0)], MORNING, BERLIN)
    assert len(book.changes("pump")) == 2


def test_without_a_mode_the_power_tells() -> None:
    assert mode_of(pump(None, power=480.0)) == ("on", True)
    assert mode_of(pump(None, power=3.0)) == ("off", False)


def test_the_modes_of_several_actuators_are_joined() -> None:
    def actuator(name: str, active: str | None) -> DemandDrivenActuator:
        modes = tuple(
            DemandDrivenMode(
                mode_id=mode,
                power=NumberRange(start=power, end=power),
                supply_rate=NumberRange(start=power, end=power),
            )
            for mode, power in (("off", 0.0), ("on", 900.0))
        )
        return DemandDrivenActuator(actuator_id=name, modes=modes, active_mode=active)

    def heating(*active: str | None) -> Resource:
        actuators = tuple(actuator(f"a{index}", mode) for index, mode in enumerate(active))
        return Resource(resource_id="h", control=DemandDriven(actuators=actuators, present_demand_rate=1.0))

    assert mode_of(heating("off", "on")) == ("a0: off, a1: on", True)
    assert mode_of(heating("off", "off")) == ("a0: off, a1: off", False)
    assert mode_of(heating("off", None)) is None


def test_a_clock_that_was_set_back_leaves_the_record_in_order() -> None:
    book = ModeBook({})
    seen(book, "off", "on", "off")
    seen(book, "on", start=MORNING + timedelta(minutes=5))
    moments = [at for at, _ in book.changes("pump")]
    assert moments == sorted(moments)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=30) | st.just("2026-11-23T06:00:00+00:00"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), json_values, max_size=3))
def test_whatever_was_stored_the_book_goes_on(stored: dict[str, Any]) -> None:
    book = ModeBook(stored)
    now = seen(book, "off", "on", start=datetime(2027, 1, 1, tzinfo=BERLIN))
    assert book.starts_today("pump", now, BERLIN) >= 1
    assert json.dumps(stored["pump"])


def test_a_device_that_flutters_fills_no_file() -> None:
    book = ModeBook({})
    seen(book, *(["on", "off"] * MOST_CHANGES), minutes=0.1)
    assert len(book.changes("pump")) <= MOST_CHANGES
