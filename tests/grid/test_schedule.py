"""Fixed and time-of-use prices."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.cem_sgcp.cem.model import ModelError
from custom_components.cem_sgcp.grid.schedule import TariffPeriod, constant, time_of_use

BERLIN = ZoneInfo("Europe/Berlin")


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


def shown(series) -> list[tuple[str, str, float]]:
    return [
        (f"{entry.start.astimezone(BERLIN):%a %H:%M%z}", f"{entry.end.astimezone(BERLIN):%a %H:%M%z}", entry.value)
        for entry in series.intervals
    ]


def test_a_night_tariff_runs_over_midnight() -> None:
    night = TariffPeriod(start="22:00", end="06:00", price=0.22)
    assert shown(time_of_use([night], 0.31, local(2026, 6, 1), local(2026, 6, 2, 12), BERLIN)) == [
        ("Mon 00:00+0200", "Mon 06:00+0200", 0.22),
        ("Mon 06:00+0200", "Mon 22:00+0200", 0.31),
        ("Mon 22:00+0200", "Tue 06:00+0200", 0.22),
        ("Tue 06:00+0200", "Tue 12:00+0200", 0.31),
    ]


def test_a_period_over_midnight_belongs_to_the_day_it_starts() -> None:
    friday_night = TariffPeriod(start="22:00:00", end="06:00:00", weekdays=(4,), price=0.1)
    assert shown(time_of_use([friday_night], 0.3, local(2026, 6, 5), local(2026, 6, 8), BERLIN)) == [
        ("Fri 00:00+0200", "Fri 22:00+0200", 0.3),
        ("Fri 22:00+0200", "Sat 06:00+0200", 0.1),
        ("Sat 06:00+0200", "Mon 00:00+0200", 0.3),
    ]


def test_the_first_period_that_holds_counts() -> None:
    day = TariffPeriod(start="00:00", end="24:00", weekdays=(5, 6), price=0.1)
    noon = TariffPeriod(start="12:00", end="14:00", price=0.2)
    assert shown(time_of_use([day, noon], 0.3, local(2026, 6, 5), local(2026, 6, 7), BERLIN)) == [
        ("Fri 00:00+0200", "Fri 12:00+0200", 0.3),
        ("Fri 12:00+0200", "Fri 14:00+0200", 0.2),
        ("Fri 14:00+0200", "Sat 00:00+0200", 0.3),
        ("Sat 00:00+0200", "Sun 00:00+0200", 0.1),
    ]


def test_ct62_the_night_of_23_hours_has_an_hour_less_of_the_night_price() -> None:
    night = TariffPeriod(start="22:00", end="06:00", price=0.22)
    series = time_of_use([night], 0.31, local(2026, 3, 28, 12), local(2026, 3, 29, 12), BERLIN)
    cheap = [entry for entry in series.intervals if entry.value == 0.22]
    assert [(entry.end - entry.start) for entry in cheap] == [timedelta(hours=7)]
    assert series.end - series.start == timedelta(hours=23)


def test_ct62_a_boundary_in_the_skipped_hour_is_where_the_clock_jumps() -> None:
    morning = TariffPeriod(start="02:30", end="06:00", price=0.22)
    assert shown(time_of_use([morning], 0.31, local(2026, 3, 29), local(2026, 3, 29, 12), BERLIN)) == [
        ("Sun 00:00+0100", "Sun 03:00+0200", 0.31),
        ("Sun 03:00+0200", "Sun 06:00+0200", 0.22),
        ("Sun 06:00+0200", "Sun 12:00+0200", 0.31),
    ]


def test_ct62_the_doubled_hour_has_its_price_twice() -> None:
    half = TariffPeriod(start="02:30", end="03:00", price=0.22)
    assert shown(time_of_use([half], 0.31, local(2026, 10, 25), local(2026, 10, 25, 12), BERLIN)) == [
        ("Sun 00:00+0200", "Sun 02:30+0200", 0.31),
        ("Sun 02:30+0200", "Sun 02:00+0100", 0.22),
        ("Sun 02:00+0100", "Sun 02:30+0100", 0.31),
        ("Sun 02:30+0100", "Sun 03:00+0100", 0.22),
        ("Sun 03:00+0100", "Sun 12:00+0100", 0.31),
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"start": "25:00"}, "start"),
        ({"end": "six"}, "end"),
        ({"end": "06:00+02:00"}, "end"),
        ({"weekdays": (7,)}, "weekdays"),
        ({"price": float("nan")}, "price"),
        ({"start": 5}, "start"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(change: dict, path: str) -> None:
    with pytest.raises(ModelError) as error:
        TariffPeriod(**({"start": "22:00", "end": "06:00", "price": 0.2} | change))
    assert error.value.path == path


def test_nothing_between_a_moment_and_itself() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert constant(0.3, now, now).intervals == ()
    assert time_of_use([], 0.3, now, now, BERLIN).intervals == ()
