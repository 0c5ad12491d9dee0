"""Profiles learned from recorded runs: six real appliances, and recordings as bad as sensors make them."""

from collections.abc import Callable
import csv
from dataclasses import dataclass
import gzip
from itertools import pairwise
import math
from pathlib import Path
import random

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.forecast import RecordedRun, find_runs, learn_profile, profile_of, update_profile
from custom_components.cem_sgcp.cem.forecast.segments import segment
from custom_components.cem_sgcp.cem.model import EasyPowerProfile, EnergyProfile, ModelError, Sequence

type Samples = list[tuple[float, float]]

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT / "tests" / "data" / "appliances_odbl"
DEMO_RUNS = ROOT / "demo" / "data" / "appliances_odbl"
QUARTER = 900.0


@dataclass(frozen=True)
class Truth:
    """A run as a person reads it off the curve."""

    recording: str
    start: str
    end: str


TRUTHS = [
    Truth("Dishwasher_dev_B7E6F4_2012.02.07", "09:08:40", "10:29:20"),
    Truth("Dishwasher_dev_B81D04_2012.06.10", "17:30:08", "18:45:00"),
    Truth("LaundryDryer_dev_B7E43D_2012.01.26", "16:50:56", "17:49:09"),
    Truth("LaundryDryer_dev_B7E43D_2012.01.26", "21:20:01", "22:19:41"),
    Truth("Washingmachine__B82E27_2012.01.23", "14:48:43", "16:26:44"),
    Truth("Washingmachine__B82E27_2012.01.23", "16:40:00", "18:01:22"),
    Truth("Washingmachine_dev_11F01E_2011.12.03", "15:12:55", "17:14:09"),
    Truth("Washingmachine_dev_D338C9_2012.06.05", "17:12:44", "18:55:57"),
]


def clock(text: str) -> float:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600.0 + minutes * 60 + seconds


def recording(name: str) -> Samples:
    """The readings of a day as they were recorded: seconds since midnight, W; in their order, seconds twice."""
    with gzip.open(RECORDINGS / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [line.split(";") for line in lines]
    return [(clock(stamp.split()[1]), float(watts)) for stamp, watts, _ in rows]


def held_energy(samples: Samples, start: float, end: float) -> float:
    """Wh between two moments, added up reading by reading."""
    readings = dict(samples)
    moments = sorted(readings)
    joules = 0.0
    for at, until in pairwise(moments):
        joules += readings[at] * max(0.0, min(until, end) - max(at, start))
    return joules / 3600.0


def sequence(profile: EnergyProfile) -> Sequence:
    assert len(profile.groups) == 1
    assert len(profile.groups[0].alternatives) == 1
    return profile.groups[0].alternatives[0]


def curve(profile: EnergyProfile, step: float, count: int) -> list[float]:
    """Wh of a profile in equal steps from its start."""
    edges, energy = [0.0], [0.0]
    for slot in sequence(profile).slots:
        edges.append(edges[-1] + slot.duration)
        energy.append(energy[-1] + slot.energy)
    return list(np.diff(np.interp(np.arange(count + 1) * step, edges, energy)))


# ------------------------------------------------------------------------------------------------- real appliances


@pytest.mark.parametrize("name", sorted({truth.recording for truth in TRUTHS}))
def test_every_run_of_a_day_is_found_and_nothing_else(name: str) -> None:
    found = find_runs(recording(name))
    truths = [truth for truth in TRUTHS if truth.recording == name]
    assert len(found) == len(truths)
    for run, truth in zip(found, truths, strict=True):
        assert run.start == pytest.approx(clock(truth.start), abs=120)
        assert run.end == pytest.approx(clock(truth.end), abs=600)
        assert run.standby <= 2


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: f"{truth.recording[:14]} {truth.start}")
def test_a_learned_profile_has_the_energy_and_the_duration_of_the_run(truth: Truth) -> None:
    samples = recording(truth.recording)
    start, end = clock(truth.start), clock(truth.end)
    run = min(find_runs(samples), key=lambda run: abs(run.start - start))
    learned = sequence(profile_of(run, profile_id="washer"))
    assert learned.energy == pytest.approx(held_energy(samples, start, end), rel=0.05)
    assert learned.duration == pytest.approx(end - start, abs=QUARTER)
    assert 2 <= len(learned.slots) <= 12


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: f"{truth.recording[:14]} {truth.start}")
def test_a_learned_profile_has_the_shape_of_the_run_in_market_time_units(truth: Truth) -> None:
    """What a plan sees of a run is its energy in each quarter hour."""
    samples = recording(truth.recording)
    run = min(find_runs(samples), key=lambda run: abs(run.start - clock(truth.start)))
    count = math.ceil(run.duration / QUARTER)
    real = [held_energy(samples, run.start + at * QUARTER, run.start + (at + 1) * QUARTER) for at in range(count)]
    learned = curve(profile_of(run, profile_id="washer"), QUARTER, count)
    assert sum(abs(a - b) for a, b in zip(real, learned, strict=True)) <= 0.06 * sum(real)


def test_of_several_runs_the_one_with_the_most_energy_is_learned() -> None:
    samples = recording("LaundryDryer_dev_B7E43D_2012.01.26")
    first, second = find_runs(samples)
    assert second.energy > first.energy
    assert sequence(learn_profile(samples, profile_id="dryer")).energy == pytest.approx(second.energy)


def demo_run(path: Path) -> Samples:
    with path.open(encoding="utf-8") as lines:
        return [(index * 10.0, float(row["power_w"])) for index, row in enumerate(csv.DictReader(lines))]


@pytest.mark.parametrize("path", sorted(DEMO_RUNS.glob("*.csv")), ids=lambda path: path.stem)
def test_a_run_without_any_standby_around_it_is_learned_too(path: Path) -> None:
    """A recording that begins and ends with the run, as the simulated house plays it."""
    samples = demo_run(path)
    runs = find_runs(samples)
    total = sum(watts for _, watts in samples) * 10 / 3600
    assert sum(run.energy for run in runs) == pytest.approx(total, rel=0.02)
    learned = sequence(learn_profile(samples, profile_id=path.stem))
    if len(runs) == 1:
        assert learned.energy == pytest.approx(total, rel=0.05)
        assert learned.duration == pytest.approx(len(samples) * 10, abs=QUARTER)


# ------------------------------------------------------------------------------------------------- sensors as they are

PROGRAMME = [(600.0, 50.0), (1200.0, 2000.0), (1800.0, 100.0), (300.0, 500.0)]
PROGRAMME_ENERGY = sum(seconds * watts for seconds, watts in PROGRAMME) / 3600
PROGRAMME_DURATION = sum(seconds for seconds, _ in PROGRAMME)


def played(programme: list[tuple[float, float]] = PROGRAMME, *, every: float = 5, standby: float = 0.0) -> Samples:
    """A programme as a sensor reports it, with an hour of standby before and after."""
    samples: Samples = [(at * 60.0, standby) for at in range(60)]
    moment = 3600.0
    for seconds, watts in programme:
        samples += [(moment + at, watts) for at in np.arange(0.0, seconds, every)]
        moment += seconds
    return samples + [(moment + at * 60.0, standby) for at in range(61)]


def test_a_clean_programme_is_learned_as_it_is() -> None:
    profile = learn_profile(played(), profile_id="washer")
    assert [(slot.duration, round(slot.p_exp, 6)) for slot in sequence(profile).slots] == PROGRAMME
    assert (profile.profile_id, profile.observations) == ("washer", 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda samples: samples[::-1],
        lambda samples: random.Random(1).sample(samples, len(samples)),
        lambda samples: [(at, 9e9) for at, _ in samples] + samples,
        lambda samples: samples + [(at, math.nan) for at, _ in samples[::7]],
        lambda samples: [*samples, (math.nan, 5.0), (math.inf, 5.0), (-math.inf, 5.0), (4000.0, math.inf)],
        lambda samples: [(at + 1.7e9, watts) for at, watts in samples],
        lambda samples: [(at, watts or -3.0) for at, watts in samples],
        lambda samples: (
            [sample for sample, other in zip(samples, [(0.0, -1.0), *samples], strict=False) if sample[1] != other[1]]
            + samples[-1:]
        ),
    ],
    ids=["backwards", "shuffled", "seconds twice", "nan", "infinite", "epoch", "negative standby", "only changes"],
)
def test_a_recording_may_be(spoil: Callable[[Samples], Samples]) -> None:
    learned = sequence(learn_profile(spoil(played()), profile_id="washer"))
    assert learned.energy == pytest.approx(PROGRAMME_ENERGY, rel=0.05)
    assert learned.duration == pytest.approx(PROGRAMME_DURATION, abs=60)


@pytest.mark.parametrize("standby", [0.0, 1.0, 4.0, 15.0])
def test_standby_is_not_part_of_the_run(standby: float) -> None:
    noisy = [(at, watts + (at % 3) * 0.5) for at, watts in played(standby=standby)]
    (run,) = find_runs(noisy)
    assert run.start == pytest.approx(3600, abs=60)
    assert run.duration == pytest.approx(PROGRAMME_DURATION, abs=120)
    assert run.standby == pytest.approx(standby, abs=1.5)


def test_a_pause_inside_the_programme_stays_inside_and_a_longer_rest_ends_the_run() -> None:
    (run,) = find_runs(played([(1200, 2000), (540, 0), (1200, 300)]))
    assert run.duration == pytest.approx(2940, abs=30)
    assert len(find_runs(played([(1200, 2000), (900, 0), (1200, 300)]))) == 2
    assert len(find_runs(played([(1200, 2000), (900, 0), (1200, 300)]), quiet=1800)) == 1


def test_a_reading_that_nobody_ended_is_not_held_for_ever() -> None:
    """The sensor fell silent at 2000 W and spoke again a day later."""
    (run,) = find_runs([(0.0, 0.0), (60.0, 2000.0), (86_400.0, 0.0)])
    assert run.duration == 1800


def test_spikes_of_a_second_are_no_runs() -> None:
    samples = [(float(at), 1200.0 if at % 1800 == 0 else 1.0) for at in range(0, 86_400, 2)]
    assert find_runs(samples) == ()


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [(0.0, 2000.0)],
        [(float(at), 0.0) for at in range(100)],
        [(0.0, math.nan), (1.0, math.nan)],
        [(float(at), 2.0) for at in range(0, 7200, 10)],
    ],
    ids=["nothing", "one reading", "off", "unknown", "standby"],
)
def test_a_recording_without_a_run_teaches_nothing(samples: Samples) -> None:
    with pytest.raises(ModelError) as caught:
        learn_profile(samples, profile_id="washer")
    assert caught.value.key == "no_run_found"


def test_a_recording_that_is_too_long_is_refused() -> None:
    with pytest.raises(ModelError, match="at most 604800 s"):
        find_runs([(0.0, 1.0), (8 * 86_400.0, 1.0)])
    with pytest.raises(ModelError, match="at most 1000000"):
        find_runs([(0.0, 1.0)] * 1_000_001)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats()) | st.tuples(st.floats(), st.floats()), max_size=60))
def test_whatever_a_sensor_reports_is_a_profile_or_an_error_in_words(samples: Samples) -> None:
    try:
        profile = learn_profile(samples, profile_id="washer")
    except ModelError:
        return
    assert 1 <= len(sequence(profile).slots) <= 12
    assert math.isfinite(sequence(profile).energy)


def test_a_run_of_a_day_has_steps_of_some_minutes() -> None:
    run = RecordedRun(start=0.0, power=np.repeat([1000.0, 200.0], 4320), standby=0.0)
    learned = sequence(profile_of(run, profile_id="heater"))
    assert learned.duration == 86_400
    assert learned.energy == pytest.approx(12 * 1000 + 12 * 200)
    assert [slot.duration for slot in learned.slots] == [43_200, 43_200]


# ------------------------------------------------------------------------------------------------- several runs


def test_a_further_run_moves_energy_and_duration_towards_it() -> None:
    first = learn_profile(played([(1200, 2000), (1800, 100)]), profile_id="washer")
    second = learn_profile(played([(1200, 2200), (2400, 100)]), profile_id="washer")
    both = update_profile(first, second)
    assert both.observations == 2
    assert sequence(both).energy == pytest.approx((sequence(first).energy + sequence(second).energy) / 2)
    assert sequence(both).duration == pytest.approx(3300)
    assert sequence(both).slots[0].p_max == pytest.approx(2200, rel=0.01)


def test_later_runs_count_with_a_fifth_so_that_a_season_is_followed() -> None:
    profile = learn_profile(played([(1200, 2000), (1800, 100)]), profile_id="washer")
    for _ in range(20):
        profile = update_profile(profile, learn_profile(played([(1200, 2000), (1800, 100)]), profile_id="washer"))
    assert profile.observations == 21
    cold = update_profile(profile, learn_profile(played([(1500, 2000), (1800, 100)]), profile_id="washer"))
    gained = sequence(cold).energy - sequence(profile).energy
    assert gained == pytest.approx(0.2 * 300 * 2000 / 3600, rel=0.01)


def test_the_same_run_again_changes_nothing() -> None:
    first = learn_profile(played(), profile_id="washer")
    again = first
    for _ in range(5):
        again = update_profile(again, first)
    assert sequence(again).energy == pytest.approx(PROGRAMME_ENERGY)
    assert sequence(again).duration == pytest.approx(PROGRAMME_DURATION)
    for one, other in zip(curve(first, QUARTER, 5), curve(again, QUARTER, 5), strict=True):
        assert one == pytest.approx(other, rel=0.05, abs=1)


def test_a_run_of_another_programme_replaces_what_was_known() -> None:
    cotton = learn_profile(played([(2400, 2000), (3600, 100)]), profile_id="washer")
    quick = learn_profile(played([(600, 2000), (1200, 100)]), profile_id="washer")
    assert update_profile(cotton, quick) == quick
    assert update_profile(quick, cotton) == cotton


def test_a_profile_that_the_user_stated_counts_as_one_run() -> None:
    stated = EasyPowerProfile(profile_id="washer", energy=800, duration=3600).expand()
    learned = learn_profile(played([(1200, 2000), (2400, 200)]), profile_id="washer")
    both = update_profile(stated, learned)
    assert sequence(both).energy == pytest.approx((800 + 800) / 2)
    assert both.observations == 2


def test_two_real_runs_of_a_dryer_make_one_profile() -> None:
    first, second = (
        profile_of(run, profile_id="dryer") for run in find_runs(recording("LaundryDryer_dev_B7E43D_2012.01.26"))
    )
    both = update_profile(first, second)
    assert sequence(both).energy == pytest.approx((sequence(first).energy + sequence(second).energy) / 2)
    assert len(sequence(both).slots) <= 12


# ------------------------------------------------------------------------------------------------- segments


@settings(max_examples=50, deadline=None)
@given(
    levels=st.lists(st.integers(0, 30).map(lambda level: level * 100.0), min_size=1, max_size=6),
    lengths=st.lists(st.integers(3, 12), min_size=6, max_size=6),
)
def test_a_curve_of_few_levels_is_cut_exactly_where_they_change(levels: list[float], lengths: list[int]) -> None:
    values = np.repeat(levels, lengths[: len(levels)])
    bounds = segment(values, np.ones(len(values)), 12)
    assert bounds[0] == 0
    assert bounds[-1] == len(values)
    changes = [index for index in range(1, len(values)) if values[index] != values[index - 1]]
    spread = float(((values - values.mean()) ** 2).sum())
    left = sum(float(((values[a:b] - values[a:b].mean()) ** 2).sum()) for a, b in pairwise(bounds))
    assert set(bounds[1:-1]) <= set(changes)
    assert left <= 0.1 * spread + 1e-6


def test_no_more_segments_than_allowed() -> None:
    values = np.array([0.0, 1000.0] * 50)
    assert len(segment(values, np.ones(100), 12)) <= 13
    assert segment(np.array([5.0]), np.array([60.0]), 12) == [0, 1]
    assert segment(np.array([5.0, 5.0, 5.0]), np.ones(3), 12) == [0, 3]
