"""Loss and capacity of houses of known truth, learned from what a thermometer and a power sensor show."""

from dataclasses import replace
import math

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.forecast import Refusal, ThermalLearning, learn_thermal
from custom_components.cem_sgcp.cem.model import ModelError
from tests.cem.forecast.warm_houses import Recording, Zone, record

SEEDS = range(10)
HOUSE = Zone()


def learned(zone: Zone, recording: Recording, *, sun: bool = False, step: float = 3600.0) -> ThermalLearning:
    return learn_thermal(
        recording.indoor,
        recording.outdoor,
        recording.power,
        step=step,
        efficiency=zone.efficiency,
        solar=recording.sun if sun else None,
    )


@pytest.mark.parametrize(
    ("zone", "sun", "step"),
    [
        pytest.param(HOUSE, False, 3600.0, id="resistive heater, night setback"),
        pytest.param(replace(HOUSE, days=14), False, 900.0, id="two weeks by the quarter hour"),
        pytest.param(replace(HOUSE, rounds=0.5, noise=0.1), False, 3600.0, id="sensor that shows half degrees"),
        pytest.param(replace(HOUSE, efficiency=3.0, heater=1500.0), False, 3600.0, id="heat pump of known COP"),
        pytest.param(replace(HOUSE, capacity=15_000.0, resistance=0.006, heater=6000.0), False, 3600.0, id="heavy"),
        pytest.param(replace(HOUSE, capacity=1500.0, resistance=0.01), False, 3600.0, id="light"),
        pytest.param(replace(HOUSE, sun=2500.0), True, 3600.0, id="sun that a plant measures"),
    ],
)
def test_the_truth_lies_within_two_standard_errors(zone: Zone, sun: bool, step: float) -> None:
    within = dict.fromkeys(("resistance", "capacity", "gains"), 0)
    widths = []
    for seed in SEEDS:
        recording = record(zone, seed, step=step)
        model = learned(zone, recording, sun=sun, step=step).model
        assert model is not None
        assert model.learned
        assert model.hours > 0.9 * zone.days * 24
        for name, truth in (
            ("resistance", zone.resistance),
            ("capacity", zone.capacity),
            ("gains", recording.gains),
        ):
            within[name] += abs(getattr(model, name) - truth) <= 2 * getattr(model, f"{name}_error")
        widths.append(model.resistance_error / model.resistance)
    assert min(within.values()) >= 0.9 * len(SEEDS) - 1e-9, within
    # Bars that hold everything would say nothing.
    assert np.median(widths) < 0.06


@pytest.mark.parametrize("sun", [0.0, 1500.0], ids=["no sun", "sun that a plant measures"])
def test_the_loss_of_a_house_with_heavy_walls_is_learned_though_the_model_has_one_capacity(sun: float) -> None:
    walls = 8000.0
    zone = replace(HOUSE, capacity=1500.0, mass=walls, sun=sun)
    within, widths = [], []
    for seed in SEEDS:
        model = learned(zone, record(zone, seed), sun=bool(sun)).model
        assert model is not None
        within.append(abs(model.resistance - zone.resistance) <= 2 * model.resistance_error)
        widths.append(model.resistance_error / model.resistance)
        # What a night stores lies between the air alone and all that is there.
        assert zone.capacity < model.capacity < zone.capacity + walls
    assert np.mean(within) >= 0.9
    assert np.median(widths) < 0.1


def test_sun_that_nothing_measures_widens_the_bars_or_is_refused() -> None:
    zone = replace(HOUSE, sun=2500.0)
    results = [learned(zone, record(zone, seed)) for seed in SEEDS]
    models = [result.model for result in results if result.model is not None]
    assert {result.refusal for result in results if result.model is None} <= {Refusal.UNCERTAIN}
    for name, truth in (("resistance", zone.resistance), ("capacity", zone.capacity)):
        within = [abs(getattr(model, name) - truth) <= 2 * getattr(model, f"{name}_error") for model in models]
        assert np.mean(within) >= 0.9
    told = learned(zone, record(zone, 0), sun=True).model
    assert told is not None
    assert min(model.resistance_error for model in models) > 2 * told.resistance_error


def test_forecasts_of_an_hour_ahead_beat_a_temperature_that_stays() -> None:
    recording = record(HOUSE, 3)
    model = learned(HOUSE, recording).model
    assert model is not None
    assert model.residual is not None
    last = recording.indoor[-len(recording.indoor) // 4 :]
    stays = math.sqrt(float((np.diff(last) ** 2).mean()))
    assert model.residual < 0.5 * stays


def test_a_freezer_in_a_warm_cellar_is_learned_though_its_surroundings_never_change() -> None:
    freezer = Zone(
        resistance=0.6,
        capacity=30.0,
        efficiency=-2.0,
        heater=60.0,
        gains=0.0,
        unrest=1.0,
        setpoint=-18.0,
        setback=0.0,
        band=2.0,
        outdoor=20.0,
        days=14,
    )
    recording = record(freezer, 1, step=900.0)
    result = learn_thermal(
        recording.indoor, recording.outdoor, recording.power, step=900.0, efficiency=-2.0, other_gains=False
    )
    assert result.model is not None
    assert result.model.resistance == pytest.approx(0.6, rel=0.02)
    assert result.model.capacity == pytest.approx(30.0, rel=0.08)
    assert abs(result.model.capacity - 30.0) <= 2 * (result.model.capacity_error or 0.0)
    assert result.model.efficiency == -2.0
    assert result.model.gains == 0.0


def test_of_a_known_volume_of_water_the_efficiency_is_learned() -> None:
    zone = replace(HOUSE, efficiency=2.8, heater=1500.0)
    recording = record(zone, 2)
    model = learn_thermal(
        recording.indoor, recording.outdoor, recording.power, step=3600.0, efficiency=1.0, capacity=zone.capacity
    ).model
    assert model is not None
    assert model.capacity == zone.capacity
    assert model.efficiency == pytest.approx(2.8, rel=0.3)
    assert model.resistance == pytest.approx(zone.resistance, rel=0.3)


def test_the_sun_is_told_from_the_heater_where_a_plant_measures_it() -> None:
    zone = replace(HOUSE, sun=2500.0)
    result = learned(zone, record(zone, 5), sun=True)
    assert result.solar_gain == pytest.approx(2500.0, rel=0.1)


# ------------------------------------------------------------------------------------------------- what it refuses


def test_a_zone_that_is_never_heated_is_refused() -> None:
    recording = record(replace(HOUSE, heater=0.0), 0)
    assert learned(HOUSE, recording).refusal is Refusal.NO_HEATING


def test_a_temperature_that_hardly_moves_is_refused() -> None:
    still = record(replace(HOUSE, setback=0.0), 0)
    assert learned(HOUSE, still).refusal is Refusal.STEADY
    hanging = record(HOUSE, 0)
    hanging.indoor[:] = 20.5
    assert learned(HOUSE, hanging).refusal is Refusal.STEADY


def test_a_day_of_record_is_refused() -> None:
    assert learned(HOUSE, record(replace(HOUSE, days=1), 0)).refusal is Refusal.TOO_SHORT


def test_a_heater_that_seems_to_cool_is_refused() -> None:
    recording = record(HOUSE, 0)
    mirrored = learn_thermal(recording.indoor, recording.outdoor, recording.power, step=3600.0, efficiency=-3.0)
    assert mirrored.refusal is Refusal.WRONG_SIGN
    negative = learn_thermal(recording.indoor, recording.outdoor, -recording.power, step=3600.0)
    assert negative.refusal is Refusal.WRONG_SIGN


def test_the_thermometer_of_another_house_is_refused() -> None:
    for seed in range(6):
        here, there = record(HOUSE, seed), record(replace(HOUSE, setpoint=19.0, unrest=400.0), 100 + seed)
        chance = np.random.default_rng(seed)
        shuffled = chance.permutation(there.power)
        assert learn_thermal(here.indoor, here.outdoor, shuffled, step=3600.0).model is None


# ------------------------------------------------------------------------------------------------- bad records


def test_gaps_and_spikes_do_not_move_what_is_learned() -> None:
    recording = record(HOUSE, 4)
    clean = learned(HOUSE, recording).model
    chance = np.random.default_rng(0)
    recording.indoor[chance.choice(len(recording.indoor), 60, replace=False)] = np.nan
    recording.power[100:130] = np.nan
    recording.outdoor[300:310] = np.nan
    for index, fault in ((50, 85.0), (200, -127.0), (400, 0.0), (500, math.inf)):
        recording.indoor[index] = fault
    broken = learned(HOUSE, recording).model
    assert clean is not None
    assert broken is not None
    for name in ("resistance", "capacity"):
        assert getattr(broken, name) == pytest.approx(getattr(clean, name), abs=2 * getattr(broken, f"{name}_error"))
    assert broken.hours < clean.hours


def test_open_windows_are_events_and_not_the_house() -> None:
    quiet, zone = record(HOUSE, 6), HOUSE
    for start in (150, 333, 520):
        # An hour of winter air in the room: three kelvin gone, back within four hours.
        quiet.indoor[start : start + 4] -= np.array([3.0, 2.0, 1.0, 0.4])
    model = learned(zone, quiet).model
    assert model is not None
    assert abs(model.resistance - zone.resistance) <= 3 * model.resistance_error
    assert abs(model.capacity - zone.capacity) <= 3 * model.capacity_error


values = st.floats(-200, 400) | st.sampled_from([math.nan, math.inf, -math.inf, 1e300, 0.0])


@given(
    st.lists(st.tuples(values, values, values), min_size=0, max_size=90),
    st.integers(1, 4),
    st.sampled_from([-3.0, 1.0, 4.0]),
    st.sampled_from([None, 200.0]),
    st.booleans(),
)
@settings(max_examples=40)
def test_whatever_was_recorded_gives_a_model_or_a_reason(
    rows: list[tuple[float, float, float]], times: int, efficiency: float, capacity: float | None, gains: bool
) -> None:
    table = np.array(rows * times, dtype=np.float64).reshape(-1, 3)
    result = learn_thermal(
        table[:, 0],
        table[:, 1],
        table[:, 2],
        step=3600.0,
        efficiency=efficiency,
        capacity=capacity,
        solar=table[:, 1],
        other_gains=gains,
    )
    assert (result.model is None) != (result.refusal is None)
    if result.model is not None:
        assert result.model.resistance > 0
        assert result.model.resistance_error is not None


def test_the_same_record_teaches_the_same_bit_for_bit() -> None:
    recording = record(HOUSE, 7)
    assert learned(HOUSE, recording) == learned(HOUSE, recording)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"step": 7.0}, "unknown_option"),
        ({"efficiency": 0.0}, "too_low"),
        ({"efficiency": math.nan}, "too_low"),
        ({"capacity": -1.0}, "too_low"),
        ({"outdoor": np.zeros(3)}, "wrong_length"),
    ],
)
def test_figures_that_make_no_sense_are_named(change: dict, key: str) -> None:
    recording = record(replace(HOUSE, days=3), 0)
    arguments = {
        "indoor": recording.indoor,
        "outdoor": recording.outdoor,
        "power": recording.power,
        "step": 3600.0,
    } | change
    with pytest.raises(ModelError) as refused:
        learn_thermal(**arguments)
    assert refused.value.key == key
