"""Whatever an entity carries: reading it never raises, and what comes out is a clean series."""

from datetime import UTC, datetime, timedelta
import itertools
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st

from custom_components.cem_sgcp.cem.model import PriceProfile, PriceSlot
from custom_components.cem_sgcp.grid.entries import END_KEYS, LARGEST, START_KEYS, VALUE_KEYS
from custom_components.cem_sgcp.grid.schedule import TariffPeriod, time_of_use
from custom_components.cem_sgcp.grid.shapes import SHAPES, Reading, read_attributes
from custom_components.cem_sgcp.grid.tariff import overlay

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
DAYS = [datetime.fromisoformat(day) for day in ("2026-03-27", "2026-04-01")]
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns")])
KINDS = st.sampled_from(["price", "power", "energy", "co2", "renewable"])
SETTINGS = settings(max_examples=150, deadline=None)

near = st.datetimes(*DAYS)
moments = near | st.datetimes()


def written(moment: st.SearchStrategy[datetime]) -> st.SearchStrategy[object]:
    """A time in the many ways to write one."""
    aware = moment.map(lambda each: each.replace(tzinfo=UTC))
    return st.one_of(moment, aware, moment.map(datetime.isoformat), aware.map(datetime.isoformat))


times = st.one_of(
    written(moments),
    near.map(lambda moment: moment.replace(tzinfo=UTC).timestamp()),
    st.integers(0, 2**60),
    st.floats(),
    st.text(max_size=30),
    st.none(),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=80), times)
plausible = st.floats(0, 1) | st.integers(-2, 5000)
numbers = st.one_of(plausible, st.floats(), st.integers(), st.sampled_from(["0.2", "nan", "1e400", "9" * 500]), scalars)
values = st.one_of(plausible, numbers, st.fixed_dictionaries({"value": numbers}))
value_names = st.sampled_from(sorted({key.name for keys in VALUE_KEYS.values() for key in keys}))
time_names = st.sampled_from([*START_KEYS, *END_KEYS, "period", "duration", "unit"])


def lists_of(names_of_one_list: tuple[str, str, str]) -> st.SearchStrategy[list[object]]:
    """A list whose entries agree on their keys, with entries among them that do not."""
    start, end, value = names_of_one_list
    good = st.fixed_dictionaries({start: written(near), value: plausible}, optional={end: written(near)})
    bad = st.fixed_dictionaries({start: times, value: values}, optional={end: times})
    worse = st.one_of(
        st.dictionaries(time_names | value_names, times, max_size=3), scalars, st.lists(scalars, max_size=3)
    )
    return st.lists(good, min_size=2, max_size=10) | st.lists(st.one_of(good, good, bad, worse), max_size=15)


entry_lists = st.tuples(
    st.sampled_from(START_KEYS), st.sampled_from(END_KEYS), st.sampled_from(["value", "price"]) | value_names
).flatmap(lists_of)
series_like = st.one_of(
    entry_lists,
    st.lists(numbers, max_size=30),
    st.lists(plausible, min_size=23, max_size=25),
    st.dictionaries(written(near), plausible, min_size=2, max_size=12),
    st.dictionaries(times, numbers, max_size=12),
    st.dictionaries(st.text(max_size=5), entry_lists, max_size=3),
)
names = st.sampled_from(sorted({key.name for keys in VALUE_KEYS.values() for key in keys}))
entries = st.one_of(
    st.dictionaries(
        st.sampled_from([*START_KEYS, *END_KEYS, "period", "duration", "unit"]), times | scalars, max_size=3
    ).flatmap(
        lambda entry: st.dictionaries(value_names, values, min_size=1, max_size=2).map(lambda more: entry | more)
    ),
    scalars,
    st.lists(scalars, max_size=3),
)
series_like = st.one_of(
    st.lists(entries, max_size=12),
    st.lists(numbers, max_size=30),
    st.dictionaries(times, numbers, max_size=12),
    st.dictionaries(st.text(max_size=5), st.lists(entries, max_size=5), max_size=3),
)
names = st.sampled_from(
    [
        *sorted({name for shape in SHAPES for name in shape.attributes}),
        *("unit_of_measurement", "unit", "currency", "price_in_cents", "tomorrow_valid", "wh_days"),
    ]
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
attributes_of_entities = st.one_of(
    st.dictionaries(names, series_like, min_size=1, max_size=3),
    st.dictionaries(names | st.text(max_size=10) | st.integers(), series_like | json_values, max_size=5),
)


def check_sound(reading: Reading, kind: str) -> None:
    """Whatever was read: finite, in bounds, near, ascending, without overlap."""
    assert reading.dropped >= 0
    assert reading.state is None or math.isfinite(reading.state)
    if reading.series is None:
        return
    assert 0 < len(reading.series.intervals) <= reading.used
    for entry in reading.series.intervals:
        assert abs(entry.value) <= LARGEST[kind]
        assert abs(entry.start - NOW) <= timedelta(days=401)
    for earlier, later in itertools.pairwise(reading.series.intervals):
        assert earlier.end <= later.start


@given(attributes_of_entities, scalars, scalars, KINDS, ZONES, st.none() | st.text(max_size=5))
@SETTINGS
def test_no_attributes_ever_raise(attributes, state, unit, kind, zone, part) -> None:
    reading = read_attributes(attributes, state=state, unit=unit, now=NOW, value_kind=kind, zone=zone, part=part)
    check_sound(reading, kind)


@st.composite
def damaged_lists(draw: st.DrawFn) -> tuple[str, str, list[object], int]:
    """A kind, the name of an attribute, a list of at least two good entries among damaged ones, the good entries."""
    kind = draw(st.sampled_from(["price", "power", "co2", "renewable"]))
    start = draw(st.sampled_from(START_KEYS))
    value = draw(st.sampled_from([key.name for key in VALUE_KEYS[kind]]))
    minutes = draw(st.lists(st.integers(0, 5 * 24 * 60), min_size=2, max_size=20, unique=True))
    good = [
        {start: draw(written(st.just(DAYS[0] + timedelta(minutes=minute)))), value: draw(st.floats(0, 1))}
        for minute in minutes
    ]
    worse = st.one_of(
        st.fixed_dictionaries({start: st.none() | st.text(max_size=5), value: values}),
        st.fixed_dictionaries({start: written(near), value: st.none() | st.just("nan") | st.booleans()}),
        scalars,
        st.lists(scalars, max_size=3),
    )
    entries = draw(st.permutations(good + draw(st.lists(worse, max_size=8))))
    return kind, draw(st.sampled_from(["raw_today", "prices", "forecast", "anything"])), entries, len(good)


@given(damaged_lists())
@SETTINGS
def test_good_entries_survive_among_damaged_ones(damaged) -> None:
    kind, name, entries, good = damaged
    if not any(isinstance(entry, dict) and len(entry) > 1 for entry in entries[:10]):
        return
    reading = read_attributes({name: entries}, now=NOW, value_kind=kind)
    check_sound(reading, kind)
    assert reading.series is not None
    assert len(reading.series.intervals) == reading.used == good
    assert reading.dropped >= len(entries) - good


wall_times = st.integers(0, 24 * 12).map(lambda step: f"{step // 12:02d}:{step % 12 * 5:02d}")
periods = st.lists(
    st.builds(
        TariffPeriod,
        start=wall_times,
        end=wall_times,
        weekdays=st.lists(st.integers(0, 6), max_size=7, unique=True).map(tuple),
        price=st.floats(-1, 1),
    ),
    max_size=4,
)


@given(periods, ZONES, st.integers(0, 72 * 60), st.integers(1, 80 * 60), st.integers(0, 10_000))
@SETTINGS
def test_ct62_time_of_use_prices_every_moment_once_by_its_wall_clock(tariff, zone, offset, length, probe) -> None:
    # The clocks of Berlin and St. John's and Lord Howe Island change around these days.
    start = datetime(2026, 3, 28, tzinfo=UTC) + timedelta(minutes=offset)
    end = start + timedelta(minutes=length)
    series = time_of_use(tariff, 9.0, start, end, zone)
    assert (series.start, series.end) == (start, end)
    assert all(a.end == b.start for a, b in zip(series.intervals, series.intervals[1:], strict=False))
    moment = start + timedelta(minutes=probe % length)
    wall = moment.astimezone(zone).replace(tzinfo=None)
    assert series.at(moment) == next((period.price for period in tariff if period.holds(wall)), 9.0)


def slots_of(bounds: list[int], figures: list[tuple]) -> PriceProfile:
    edges = [NOW + timedelta(minutes=5 * bound) for bound in sorted(set(bounds))]
    return PriceProfile(
        slots=tuple(
            PriceSlot(start=start, end=end, import_price=figure[0], export_price=figure[1], co2=figure[2])
            for start, end, figure in zip(edges, edges[1:], figures, strict=False)
            if figure[3]
        )
    )


figure = st.none() | st.floats(0, 1)
profiles = st.builds(
    slots_of,
    st.lists(st.integers(0, 100), max_size=8),
    st.lists(st.tuples(figure, figure, figure, st.booleans()), min_size=8, max_size=8),
)


@given(profiles, profiles, st.integers(0, 100))
@SETTINGS
def test_an_overlay_takes_every_figure_that_it_has_and_leaves_the_rest(base, override, probe) -> None:
    result = overlay(base, override)
    moment = NOW + timedelta(minutes=5 * probe)
    below, above, slot = base.at(moment), override.at(moment), result.at(moment)
    assert (slot is None) == (below is None and above is None)
    for name in ("import_price", "export_price", "co2"):
        upper = None if above is None else getattr(above, name)
        lower = None if below is None else getattr(below, name)
        assert (None if slot is None else getattr(slot, name)) == (lower if upper is None else upper)
