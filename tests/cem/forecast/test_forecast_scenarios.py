"""Scenarios of the next days, drawn from past days of known habits."""

from datetime import UTC, date, datetime, timedelta
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.forecast import forecast_load, make_scenarios
from custom_components.cem_sgcp.cem.model import (
    PriceKind,
    PriceProfile,
    PriceSlot,
    Scenario,
    Series,
    TimeGrid,
)

BERLIN = ZoneInfo("Europe/Berlin")
#: A Wednesday.
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=BERLIN).astimezone(UTC)
QUARTER = timedelta(minutes=15)
GRID = TimeGrid.tiered(NOW, ((300.0, 3600.0), (900.0, 36 * 3600.0), (3600.0, 48 * 3600.0)))


def evening(day: date) -> float:
    """What cooking takes on a day, W: two kinds of evening in turn, one three times as often."""
    return 4000.0 if day.toordinal() % 4 == 0 else 1000.0


def past(days: int, now: datetime = NOW) -> Series:
    values = []
    start = (now.astimezone(BERLIN) - timedelta(days=days)).replace(hour=0, minute=0).astimezone(UTC)
    moment = start
    while moment < now:
        local = moment.astimezone(BERLIN)
        values.append(300.0 + (evening(local.date()) if local.hour in {18, 19} else 0.0))
        moment += QUARTER
    return Series.from_values(start, QUARTER, values, "W")


def expected(history: Series, now: datetime = NOW, grid: TimeGrid = GRID, present: float | None = None) -> Series:
    return forecast_load(history, now=now, end=grid.end, time_zone=BERLIN, present=present, default=300.0)


def scenarios(history: Series, **changes: object) -> tuple[Scenario, ...]:
    given = {"grid": GRID, "base_load": expected(history), "history": history, "time_zone": BERLIN, "count": 8}
    return make_scenarios(**(given | changes))  # type: ignore[arg-type]


def of_evening(scenario: Scenario, day: int = 0) -> float:
    at = NOW.astimezone(BERLIN).replace(hour=18, minute=30) + timedelta(days=day)
    assert scenario.base_load is not None
    value = scenario.base_load.at(at)
    assert value is not None
    return value


def test_both_kinds_of_evening_are_foreseen_with_how_often_they_were() -> None:
    found = scenarios(past(28))
    assert 2 <= len(found) <= 8
    assert sum(entry.probability for entry in found) == pytest.approx(1.0)
    rich = sum(entry.probability for entry in found if of_evening(entry) > 2500)
    assert 0.12 < rich < 0.4
    assert max(map(of_evening, found)) - min(map(of_evening, found)) == pytest.approx(3000.0, rel=0.15)


def test_their_mean_is_the_forecast() -> None:
    history = past(28)
    forecast = expected(history).on(GRID)
    mean = sum(entry.probability * entry.base_load.on(GRID) for entry in scenarios(history) if entry.base_load)
    # Where a scenario would fall below what the house always draws it is held there.
    assert mean == pytest.approx(forecast, rel=0.12, abs=20.0)


def test_all_begin_with_what_is_measured_now() -> None:
    history = past(28)
    forecast = expected(history, present=2500.0)
    found = scenarios(history, base_load=forecast)
    first = [entry.base_load.intervals[0].value for entry in found if entry.base_load]
    assert first == pytest.approx([forecast.intervals[0].value] * len(first), rel=0.05)


def test_a_week_is_needed() -> None:
    assert scenarios(past(6)) == ()
    assert scenarios(Series(intervals=())) == ()
    assert len(scenarios(past(10))) >= 2


def test_the_count_is_a_cap_and_one_is_none() -> None:
    history = past(28)
    assert scenarios(history, count=1) == ()
    assert scenarios(history, count=0) == ()
    assert len(scenarios(history, count=3)) == 3
    assert len(scenarios(history, count=1000)) <= 28


def test_workdays_count_more_for_a_workday() -> None:
    start = (NOW.astimezone(BERLIN) - timedelta(days=28)).replace(hour=0, minute=0).astimezone(UTC)
    moments = [start + index * QUARTER for index in range(28 * 96)]
    # At weekends the house is either full or empty; workdays are all alike.
    values = [
        300.0 if (local := moment.astimezone(BERLIN)).weekday() < 5 else 3000.0 * (local.date().toordinal() // 7 % 2)
        for moment in moments
    ]
    found = scenarios(Series.from_values(start, QUARTER, values, "W"))
    noon = [entry.base_load.at(NOW + timedelta(hours=6)) or 0.0 for entry in found if entry.base_load]
    odd = sum(entry.probability for entry, load in zip(found, noon, strict=True) if abs(load - np.median(noon)) > 500)
    assert odd < 0.2


def test_sun_that_failed_its_forecast_before_may_do_so_again() -> None:
    history = past(28)
    plant = Series.from_values(
        GRID.start,
        QUARTER,
        [-3000.0 if 9 <= (GRID.start + index * QUARTER).astimezone(BERLIN).hour < 16 else 0.0 for index in range(192)],
        "W",
    )
    today = NOW.astimezone(BERLIN).date()
    ratios = {today - timedelta(days=back): 0.4 if back % 2 else 1.2 for back in range(1, 28)}
    found = scenarios(history, generation={"pv": plant}, sun_ratios=ratios)
    noon = NOW + timedelta(days=1)
    power = []
    for entry in found:
        (device,) = entry.devices
        assert device.resource_id == "pv"
        assert device.forecast is not None
        value = device.forecast.at(noon)
        assert value is not None
        power.append(value)
    assert min(power) < -3300.0
    assert max(power) > -2400.0
    assert all(value <= 0 for value in power)
    mean = sum(entry.probability * value for entry, value in zip(found, power, strict=True))
    assert mean == pytest.approx(-3000.0, rel=0.02)
    # Without anything known of the forecast's errors the plant is left as it is.
    assert all(not entry.devices for entry in scenarios(history, generation={"pv": plant}))


def published(hours: int, *, dynamic: bool = True) -> PriceProfile:
    start = NOW.astimezone(BERLIN).replace(hour=0, minute=0).astimezone(UTC)
    return PriceProfile(
        slots=tuple(
            PriceSlot(
                start=start + timedelta(hours=hour),
                end=start + timedelta(hours=hour + 1),
                import_price=0.3 + 0.1 * math.sin(hour * math.pi / 12) * dynamic,
                export_price=0.08,
            )
            for hour in range(hours)
        )
    )


def test_prices_that_are_not_published_follow_the_day_before_higher_or_lower() -> None:
    prices = published(36)
    found = scenarios(past(28), prices=prices)
    unknown = prices.slots[-1].end + timedelta(hours=3)
    told = []
    for entry in found:
        assert entry.prices is not None
        slot = entry.prices.at(unknown)
        before = entry.prices.at(unknown - timedelta(days=1))
        assert slot is not None
        assert before is not None
        assert slot.kind is PriceKind.FORECAST
        assert slot.export_price == 0.08
        told.append((slot.import_price or 0.0) - (before.import_price or 0.0))
        # What is published is certain.
        assert entry.prices.slots[: len(prices.slots)] == prices.slots
        assert entry.prices.slots[-1].end == GRID.end
    assert min(told) < -0.03 < 0.03 < max(told)
    assert sum(told) == pytest.approx(0.0, abs=1e-9)


def test_prices_that_never_change_or_are_all_known_are_left_alone() -> None:
    for prices in (published(36, dynamic=False), published(24 * 4), PriceProfile(slots=())):
        assert all(entry.prices is None for entry in scenarios(past(28), prices=prices))


def test_a_price_forecast_moves_within_its_bounds() -> None:
    prices = published(24 * 4)
    soft = tuple(
        slot.replace(kind=PriceKind.FORECAST, import_price_min=0.1, import_price_max=0.9)
        if slot.start > NOW + timedelta(hours=20)
        else slot
        for slot in prices.slots
    )
    found = scenarios(past(28), prices=prices.replace(slots=soft))
    told = [entry.prices.at(NOW + timedelta(hours=30)).import_price for entry in found if entry.prices]  # type: ignore[union-attr]
    assert 0.1 <= min(told) < 0.25
    assert 0.5 < max(told) <= 0.9


def test_the_same_past_gives_the_same_scenarios_bit_for_bit() -> None:
    assert scenarios(past(28), prices=published(36)) == scenarios(past(28), prices=published(36))


def test_days_of_23_and_25_hours_are_days() -> None:
    for now in (
        datetime(2026, 10, 25, 22, 0, tzinfo=BERLIN).astimezone(UTC),
        datetime(2026, 3, 29, 22, 0, tzinfo=BERLIN).astimezone(UTC),
    ):
        grid = TimeGrid.tiered(now, ((900.0, 36 * 3600.0),))
        history = past(28, now)
        found = make_scenarios(
            grid=grid, base_load=expected(history, now, grid), history=history, time_zone=BERLIN, count=6
        )
        evenings = [
            entry.base_load.at((now.astimezone(BERLIN) + timedelta(days=1)).replace(hour=18, minute=30))
            for entry in found
            if entry.base_load
        ]
        assert max(evenings) > 3000  # type: ignore[type-var]
        assert min(evenings) < 2000  # type: ignore[type-var]


readings = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1e9, -1e9])


@given(
    st.lists(readings, min_size=1, max_size=50),
    st.integers(-3, 40),
    st.dictionaries(st.integers(1, 40), st.floats(-10, 10) | st.sampled_from([math.nan, math.inf]), max_size=30),
)
@settings(max_examples=40)
def test_whatever_was_recorded_scenarios_are_finite_and_never_negative(
    values: list[float], count: int, errors: dict[int, float]
) -> None:
    start = NOW - timedelta(days=20)
    history = Series.from_values(start, QUARTER, (values * 1921)[:1920], "W")
    plant = Series.from_values(GRID.start, timedelta(hours=1), [-1000.0] * 48, "W")
    ratios = {NOW.date() - timedelta(days=back): ratio for back, ratio in errors.items()}
    found = scenarios(history, count=count, generation={"pv": plant}, sun_ratios=ratios, prices=published(36))
    assert len(found) <= max(count, 0)
    assert found == () or sum(entry.probability for entry in found) == pytest.approx(1.0)
    for entry in found:
        assert entry.base_load is not None
        assert min(each.value for each in entry.base_load.intervals) >= 0
        assert all(each.value <= 0 for device in entry.devices for each in device.forecast.intervals)  # type: ignore[union-attr]
