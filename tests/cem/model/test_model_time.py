"""Time: days of 23 and 25 hours, overlaps, gaps, unequal steps; and how fast prices are read."""

from datetime import UTC, datetime, timedelta, timezone
import itertools
import math
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    Interval,
    ModelError,
    NumberRange,
    PowerEnvelope,
    PriceProfile,
    PriceSlot,
    Run,
    Series,
    Slot,
    TimeGrid,
    utc,
)

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
START = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIERS = ((300.0, 3600.0), (900.0, 36 * 3600.0), (3600.0, 48 * 3600.0))

DST_DAYS = pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        (datetime(2026, 3, 29, tzinfo=BERLIN), 23),
        (datetime(2026, 6, 29, tzinfo=BERLIN), 24),
        (datetime(2026, 10, 25, tzinfo=BERLIN), 25),
    ],
    ids=["23 h", "24 h", "25 h"],
)


def local_day(midnight: datetime) -> tuple[datetime, datetime]:
    """Begin and end of a local day in UTC."""
    following = midnight.replace(day=midnight.day + 1)
    return midnight.astimezone(UTC), following.astimezone(UTC)


def prices(start: datetime, end: datetime, step: timedelta = QUARTER) -> PriceProfile:
    """A price for each step, all different."""
    count = round((end - start) / step)
    return PriceProfile(
        slots=tuple(
            PriceSlot(start=start + at * step, end=start + (at + 1) * step, import_price=0.2 + at / 1000)
            for at in range(count)
        )
    )


# ------------------------------------------------------------------------------------------------- DST days


@DST_DAYS
@pytest.mark.parametrize("step", [QUARTER, HOUR])
def test_ct62_a_local_day_has_no_gap_and_no_double_slot(midnight: datetime, hours: int, step: timedelta) -> None:
    start, end = local_day(midnight)
    profile = prices(start, end, step)
    assert len(profile.slots) == hours * round(HOUR / step)
    grid = TimeGrid(edges=tuple(start + at * QUARTER for at in range(hours * 4 + 1)))
    on_grid = profile.import_prices.on(grid)
    assert np.isfinite(on_grid).all()
    assert len(set(on_grid)) == len(profile.slots)
    assert grid.hours.sum() == pytest.approx(hours)


@DST_DAYS
def test_ct62_slots_written_in_local_time_with_offset_follow_one_another(midnight: datetime, hours: int) -> None:
    """As Nord Pool, Tibber and others write them: 02:00+02:00 and 02:00+01:00 are an hour apart."""
    start, end = local_day(midnight)
    written = [
        {
            "start": (start + at * HOUR).astimezone(BERLIN).isoformat(),
            "end": (start + (at + 1) * HOUR).astimezone(BERLIN).isoformat(),
            "import_price": 0.3,
        }
        for at in range(hours)
    ]
    profile = PriceProfile.from_json({"slots": written})
    assert profile.slots[0].start == start
    assert profile.slots[-1].end == end
    for earlier, later in zip(profile.slots, profile.slots[1:], strict=False):
        assert earlier.end == later.start
        assert later.end - later.start == HOUR


@DST_DAYS
def test_ct62_a_series_of_equal_steps_is_laid_out_in_real_time(midnight: datetime, hours: int) -> None:
    start, end = local_day(midnight)
    series = Series.from_values(midnight, HOUR, range(hours))
    assert (series.start, series.end) == (start, end)


@DST_DAYS
def test_ct62_the_planning_grid_goes_through_the_night_of_a_time_change(midnight: datetime, hours: int) -> None:
    evening = midnight - HOUR
    grid = TimeGrid.tiered(evening, TIERS)
    assert grid.start == evening.astimezone(UTC)
    assert (grid.durations > 0).all()
    assert grid.durations.sum() == (grid.end - grid.start).total_seconds()
    assert hours in {23, 24, 25}


def test_moments_of_any_offset_are_kept_in_utc() -> None:
    for moment in ("2026-11-23T09:30:00+01:30", "2026-11-23T08:00:00Z", "2026-11-22T18:00:00-14:00"):
        assert utc(moment, "start") == START
        assert utc(moment, "start").tzinfo is UTC
    east = START.astimezone(timezone(timedelta(hours=14)))
    assert utc(east, "start") == START


# ------------------------------------------------------------------------------------------------- grid


@settings(max_examples=100, deadline=None)
@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    fine=st.sampled_from([60.0, 300.0, 900.0]),
    factor=st.integers(1, 6),
    until=st.floats(600, 10_000),
)
def test_a_tiered_grid_begins_now_and_keeps_to_market_time_units(
    now: datetime, fine: float, factor: int, until: float
) -> None:
    grid = TimeGrid.tiered(now, ((fine, until), (fine * factor, until * 3)))
    assert grid.start == now.replace(second=0, microsecond=0)
    assert (grid.durations > 0).all()
    assert grid.durations.max() <= fine * factor
    inner = grid.seconds[1:]
    assert (inner % fine == 0).all()
    assert grid.index_at(now) == 0
    assert abs((grid.end - grid.start).total_seconds() - until * 3) <= 1.5 * fine * factor


def test_a_grid_knows_its_steps() -> None:
    grid = TimeGrid(edges=(START, START + QUARTER, START + HOUR))
    assert len(grid) == 2
    assert list(grid.hours) == [0.25, 0.75]
    assert (grid.index_at(START), grid.index_at(START + 2 * QUARTER)) == (0, 1)
    assert grid.index_at(START - QUARTER) is None
    assert grid.index_at(START + HOUR) is None
    assert list(grid.overlap(START.timestamp() + 600, START.timestamp() + 1200)) == [300, 300]


# ------------------------------------------------------------------------------------------------- series


def test_gaps_stay_gaps() -> None:
    series = Series(
        intervals=(
            Interval(start=START, end=START + QUARTER, value=1.0),
            Interval(start=START + 2 * QUARTER, end=START + 3 * QUARTER, value=3.0),
        )
    )
    grid = TimeGrid(edges=tuple(START + at * QUARTER for at in range(-1, 5)))
    assert np.array_equal(series.on(grid), [math.nan, 1.0, math.nan, 3.0, math.nan], equal_nan=True)
    assert series.at(START) == 1.0
    assert series.at(START + QUARTER) is None
    assert series.at(START - QUARTER) is None
    assert (Series(intervals=()).at(START), Series(intervals=()).start, Series(intervals=()).end) == (None, None, None)
    assert np.isnan(Series(intervals=()).on(grid)).all()


def test_a_step_that_is_known_by_half_has_the_mean_of_that_half() -> None:
    series = Series(intervals=(Interval(start=START, end=START + 2 * QUARTER, value=5.0),))
    assert series.on(TimeGrid(edges=(START, START + HOUR)))[0] == 5.0
    less = Series(intervals=(Interval(start=START, end=START + 1.9 * QUARTER, value=5.0),))
    assert np.isnan(less.on(TimeGrid(edges=(START, START + HOUR)))[0])


@settings(max_examples=100, deadline=None)
@given(
    gaps=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 4000), st.floats(-1e6, 1e6)), min_size=1, max_size=20),
    cuts=st.lists(st.integers(-5000, 90_000), min_size=2, max_size=20, unique=True),
)
def test_on_any_grid_a_series_keeps_its_integral(gaps: list[tuple[int, int, float]], cuts: list[int]) -> None:
    moment, intervals = START, []
    for gap, length, value in gaps:
        begin = moment + timedelta(seconds=gap)
        moment = begin + timedelta(seconds=length)
        intervals.append(Interval(start=begin, end=moment, value=value))
    series = Series(intervals=tuple(intervals))
    grid = TimeGrid(edges=tuple(START + timedelta(seconds=cut) for cut in sorted(cuts)))
    for mean, begin, end in zip(series.on(grid), grid.edges, grid.edges[1:], strict=False):
        shares = [
            (max(0.0, (min(end, entry.end) - max(begin, entry.start)).total_seconds()), entry.value)
            for entry in intervals
        ]
        known = sum(seconds for seconds, _ in shares)
        if known * 2 < (end - begin).total_seconds() - 1e-3:
            assert np.isnan(mean)
        elif known * 2 > (end - begin).total_seconds() + 1e-3:
            assert mean == pytest.approx(sum(seconds * value for seconds, value in shares) / known, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    starts=st.lists(st.integers(0, 2000), min_size=2, max_size=6),
    lengths=st.lists(st.integers(1, 600), min_size=6, max_size=6),
)
def test_overlaps_and_wrong_order_are_refused_and_nothing_else(starts: list[int], lengths: list[int]) -> None:
    bounds = [(begin, begin + length) for begin, length in zip(starts, lengths, strict=False)]
    legal = all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(bounds))
    written = [
        {"start": (START + timedelta(seconds=a)).isoformat(), "end": (START + timedelta(seconds=b)).isoformat()}
        for a, b in bounds
    ]
    if legal:
        PriceProfile.from_json({"slots": written})
        Series.from_json({"intervals": [entry | {"value": 1} for entry in written]})
        return
    with pytest.raises(ModelError) as caught:
        PriceProfile.from_json({"slots": written})
    assert (caught.value.key, caught.value.path) == ("overlap", "slots")
    with pytest.raises(ModelError, match="overlap"):
        Series.from_json({"intervals": [entry | {"value": 1} for entry in written]})


@settings(max_examples=60, deadline=None)
@given(value=st.floats())
def test_a_price_is_finite_or_refused(value: float) -> None:
    slot = {"start": START, "end": START + HOUR, "import_price": value}
    if math.isfinite(value) and abs(value) <= 1e6:
        assert PriceSlot.from_json(slot).import_price == value
        return
    with pytest.raises(ModelError, match="import_price"):
        PriceSlot.from_json(slot)


@settings(max_examples=60, deadline=None)
@given(seconds=st.floats())
def test_a_duration_is_positive_and_at_most_a_year_or_refused(seconds: float) -> None:
    assume(seconds != 0)
    document = {"duration": seconds, "p_exp": 1}
    if 1e-3 <= seconds <= 366 * 86_400:
        assert Slot.from_json(document).energy == pytest.approx(seconds / 3600)
        return
    with pytest.raises(ModelError, match="duration"):
        Slot.from_json(document)


# ------------------------------------------------------------------------------------------------- small things


def test_ranges_know_their_ends_and_envelopes_where_a_limit_may_be_put() -> None:
    assert (NumberRange(start=5, end=-3).lower, NumberRange(start=5, end=-3).upper) == (-3, 5)
    envelope = PowerEnvelope.from_json(
        {
            "allowed_limit_ranges": [
                {"limit_type": "lower_limit", "range": {"start": -9, "end": 0}, "abnormal_condition_only": True},
                {"limit_type": "lower_limit", "range": {"start": -5, "end": 0}},
            ]
        }
    )
    allowed = envelope.limit_range(envelope.allowed_limit_ranges[0].limit_type)
    assert allowed is not None
    assert allowed.start == -5
    assert PowerEnvelope().limit_range(envelope.allowed_limit_ranges[0].limit_type) is None


def test_a_level_range_upside_down_is_refused() -> None:
    unit = {"start": 0, "end": 1}
    element = {"level_range": unit, "fill_rate": unit, "power": unit}
    store = {
        "actuators": [{"actuator_id": "a", "modes": [{"mode_id": "m", "elements": [element]}]}],
        "level": 0,
        "level_range": {"start": 0, "end": 1},
    }
    assert FillRate.from_json(store).level_unit == "Wh"
    with pytest.raises(ModelError, match=r"level_range\.end must be at least"):
        FillRate.from_json(store | {"level_range": {"start": 1, "end": 0}})


def test_a_run_tells_whether_it_is_open_and_running() -> None:
    sequence = {"sequence_id": "s", "slots": [{"duration": 9, "p_exp": 1}]}
    profile = {"profile_id": "p", "groups": [{"alternatives": [sequence]}]}
    run = Run.from_json(
        {"run_id": "r", "resource_id": "w", "profile": profile, "announced": START, "earliest_start": START}
    )
    assert (run.open, run.running) == (True, False)
    executing = run.replace(state="executing")
    assert (executing.open, executing.running) == (True, True)
    assert not run.replace(state="finished").open
