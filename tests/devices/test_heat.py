"""What heats or cools: comfort bands from times, set points and profiles; COP; stores in °C; timers; any setting."""

from datetime import datetime, timedelta
import math
from typing import Any

from homeassistant.core import State
from hypothesis import given, settings as hypothesis_settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    NumberRange,
    Resource,
    Series,
    TemperatureProfile,
    TemperatureSlot,
    ThermalModel,
)
from custom_components.cem_sgcp.devices import KINDS
from custom_components.cem_sgcp.devices.heat import bands, targets
from custom_components.cem_sgcp.devices.heat_cop import cool_curve, factor, heat_curve
from custom_components.cem_sgcp.devices.heat_modes import timing
from custom_components.cem_sgcp.devices.heat_store import daily_draw, demand, fill_rate, leakage, tank, usage, zone
from custom_components.cem_sgcp.devices.heat_times import outdoor
from custom_components.cem_sgcp.devices.reading import temperature_of
from tests.devices.heat_house import DAY, HOUR, MIDNIGHT, hours, seen
from tests.devices.house import BERLIN, CONTROLLED, device, state

ROOM = (20.0, 22.0)


def local(moment: datetime) -> str:
    """A moment as people read it."""
    return moment.astimezone(BERLIN).strftime("%H:%M")


# ---------------------------------------------------------------------------------------------------- temperatures


@pytest.mark.parametrize(
    ("entity", "installation", "celsius"),
    [
        (state("sensor.t", "21.5", "°C"), "°C", 21.5),
        (state("sensor.t", "68", "°F"), "°C", 20.0),
        (state("sensor.t", "293.15", "K"), "°C", 20.0),
        (state("number.t", "19"), "°F", 19.0),
        (state("climate.t", "heat", current_temperature=20.5, temperature=23), "°C", 20.5),
        (state("climate.t", "heat", current_temperature=68), "°F", 20.0),
        (state("water_heater.t", "eco", current_temperature=50), "°C", 50.0),
        (state("weather.home", "sunny", temperature=50, temperature_unit="°F"), "°C", 10.0),
        (state("sensor.t", "nan", "°C"), "°C", None),
        (state("sensor.t", "unavailable", "°C"), "°C", None),
        (state("sensor.t", "-127", "°C"), "°C", None),
        (state("sensor.t", "21", "W"), "°C", None),
        (state("climate.t", "off", current_temperature=None), "°C", None),
        (state("climate.t", "unavailable", current_temperature=20), "°C", None),
    ],
)
def test_a_temperature_in_any_unit_or_none(entity: State, installation: str, celsius: float | None) -> None:
    found = temperature_of(entity, installation)
    assert found == (None if celsius is None else pytest.approx(celsius))


# ------------------------------------------------------------------------------------------------------- the band


def test_a_band_without_times_holds_to_the_horizon() -> None:
    (band,) = bands({"band_minimum": 20, "band_maximum": 22.5}, seen(), ROOM)
    assert (band.minimum, band.maximum) == (20.0, 22.5)
    assert (band.start, band.end) == (MIDNIGHT, MIDNIGHT + DAY)


def test_day_and_night_alternate_at_local_times() -> None:
    data = {"night_minimum": 17, "day_start": "06:00:00", "night_start": "22:30:00"}
    found = bands(data, seen(), ROOM)
    assert [(local(band.start), band.minimum, band.maximum) for band in found] == [
        ("00:00", 17.0, 22.0),
        ("06:00", 20.0, 22.0),
        ("22:30", 17.0, 22.0),
    ]
    assert found[-1].end == MIDNIGHT + DAY


def test_a_night_after_midnight_and_the_day_the_clocks_change() -> None:
    saturday = datetime.fromisoformat("2026-03-28T21:00:00+00:00")
    data = {"night_minimum": 16, "day_start": "05:00:00", "night_start": "00:30:00"}
    found = bands(data, seen(now=saturday), ROOM)
    night = next(band for band in found if band.minimum == 16.0)
    # On that night 02:00 is 03:00: half past midnight to five are three and a half hours.
    assert night.end - night.start == timedelta(hours=3, minutes=30)


def test_the_set_point_of_a_thermostat_with_its_tolerance() -> None:
    data = {"set_point_entity": "climate.room", "tolerance": 0.5}
    (band,) = bands(data, seen(state("climate.room", "heat", temperature=70)), ROOM)
    assert (band.minimum, band.maximum) == (69.5, 70.5)
    fahrenheit = seen(state("climate.room", "heat", temperature=68), temperature_unit="°F")
    (band,) = bands(data, fahrenheit, ROOM)
    assert (band.minimum, band.maximum) == pytest.approx((19.5, 20.5))


def test_a_thermostat_that_keeps_a_band_is_the_band() -> None:
    room = state("climate.room", "heat_cool", temperature=None, target_temp_low=20, target_temp_high=24)
    (band,) = bands({"set_point_entity": "climate.room"}, seen(room), ROOM)
    assert (band.minimum, band.maximum) == (20.0, 24.0)


@pytest.mark.parametrize("shown", ["unavailable", "nan", "unknown"])
def test_a_set_point_that_says_nothing_leaves_the_band_of_the_form(shown: str) -> None:
    (band,) = bands({"set_point_entity": "number.set"}, seen(state("number.set", shown, "°C")), ROOM)
    assert (band.minimum, band.maximum) == ROOM


def test_a_temperature_profile_lies_over_the_band() -> None:
    """IEC TR 62746-2 figure 29: set point with tolerance, minimum and maximum, slot by slot."""
    slots = [
        {"start": (MIDNIGHT + 2 * HOUR).isoformat(), "end": (MIDNIGHT + 4 * HOUR).isoformat(), "set_point": 18},
        {
            "start": (MIDNIGHT + 6 * HOUR).isoformat(),
            "end": (MIDNIGHT + 8 * HOUR).isoformat(),
            "minimum": 21,
            "maximum": 23,
        },
    ]
    found = bands({"profile_entity": "sensor.profile"}, seen(state("sensor.profile", "on", slots=slots)), ROOM)
    assert [(local(band.start), band.minimum, band.maximum) for band in found] == [
        ("00:00", 20.0, 22.0),
        ("02:00", 17.0, 19.0),
        ("04:00", 20.0, 22.0),
        ("06:00", 21.0, 23.0),
        ("08:00", 20.0, 22.0),
    ]
    whole = state("sensor.profile", "on", temperature_profile={"zone": "room", "slots": slots})
    assert bands({"profile_entity": "sensor.profile"}, seen(whole), ROOM) == found


@pytest.mark.parametrize("told", [None, "text", [], [{}], [{"start": "x", "end": "y", "set_point": 20}], [1]])
def test_a_profile_that_is_none_changes_nothing(told: Any) -> None:
    (band,) = bands({"profile_entity": "sensor.profile"}, seen(state("sensor.profile", "on", slots=told)), ROOM)
    assert (band.minimum, band.maximum) == ROOM


def test_a_profile_set_by_an_action_stands_above_all() -> None:
    slot = TemperatureSlot(start=MIDNIGHT, end=MIDNIGHT + HOUR, set_point=25.0, tolerance=0.5)
    what = seen(state("number.set", "19", "°C"), temperature_profile=TemperatureProfile(zone="room", slots=(slot,)))
    first, then = bands({"set_point_entity": "number.set"}, what, ROOM)
    assert (first.minimum, first.maximum) == (24.5, 25.5)
    assert (then.minimum, then.maximum) == (18.0, 20.0)


def test_comfort_has_a_price_and_a_mirrored_axis_turns_the_band_round() -> None:
    found = bands({}, seen(), (22.0, 25.0))
    (warm,) = targets(found, {"comfort_price": 0.4})
    assert (warm.minimum, warm.maximum, warm.price) == (22.0, 25.0, 0.4)
    (cold,) = targets(found, {}, mirrored=True)
    assert (cold.minimum, cold.maximum) == (-25.0, -22.0)
    assert cold.price == pytest.approx(1.0)


# ------------------------------------------------------------------------------------------------------------ COP


def test_the_cop_at_its_rated_points_is_the_rated_one() -> None:
    """EN 14511: A7/W35 and A-7/W35."""
    curve = heat_curve({"cop_mild": 4.8, "cop_cold": 3.1})
    assert curve.cop(7.0, 35.0) == pytest.approx(4.8)
    assert curve.cop(-7.0, 35.0) == pytest.approx(3.1)
    assert cool_curve({"eer": 3.6}).cop(35.0, 27.0) == pytest.approx(3.6)


def test_the_cop_falls_with_the_cold_and_with_hotter_water() -> None:
    curve = heat_curve({})
    by_weather = [curve.cop(temperature, 45.0) for temperature in (-15, -7, 0, 7, 12)]
    assert by_weather == sorted(by_weather)
    assert curve.cop(2.0, 35.0) > curve.cop(2.0, 45.0) > curve.cop(2.0, 55.0) > 1.5
    cooling = cool_curve({})
    assert cooling.cop(40.0, 25.0) < cooling.cop(30.0, 25.0)


def test_a_share_of_carnot_is_that_share() -> None:
    # Carnot between 0 °C and 45 °C: 318.15 K / 45 K.
    assert heat_curve({"carnot_share": 45}).cop(0.0, 45.0) == pytest.approx(0.45 * 318.15 / 45)


def test_the_factor_over_time_is_one_at_its_reference() -> None:
    curve = heat_curve({})
    series = factor(curve, hours(lambda hour: 0.0 if hour < 12 else 7.0), 35.0, 0.0)
    assert series.at(MIDNIGHT) == pytest.approx(1.0)
    assert series.at(MIDNIGHT + 13 * HOUR) == pytest.approx(curve.cop(7, 35) / curve.cop(0, 35))


# --------------------------------------------------------------------------------------------------------- weather


def test_outdoor_temperature_is_forecast_else_measured_else_usual() -> None:
    forecast = outdoor(seen(outdoor=lambda hour: hour), None, 5.0)
    assert [forecast.at(MIDNIGHT + number * HOUR) for number in (0, 5, 23)] == [0.0, 5.0, 23.0]
    measured = outdoor(seen(state("sensor.out", "50", "°F"), weather=None), "sensor.out", 5.0)
    assert set(measured.columns[2]) == {10.0}
    assert set(outdoor(seen(weather=None), None, 5.0).columns[2]) == {5.0}
    gap = Series.from_values(MIDNIGHT + 2 * HOUR, HOUR, [3.0, 4.0])
    assert [outdoor(seen(weather=gap), None, 5.0).at(MIDNIGHT + number * HOUR) for number in (0, 3, 9)] == [3, 4, 4]


# ----------------------------------------------------------------------------------------------------------- store


MODEL = ThermalModel(resistance=1 / 150, capacity=8000.0, gains=300.0)


def rate_of(found: tuple[Any, ...], level: float) -> float:
    """Leakage at a level by the line through the elements, level/s."""
    middles = [(entry.level_range.start + entry.level_range.end) / 2 for entry in found]
    slope, offset = np.polyfit(middles, [entry.rate for entry in found], 1)
    return float(slope * level + offset)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("inside", "out"), [(21.0, -5.0), (21.0, 4.0), (24.0, 33.0)])
def test_leakage_and_usage_together_are_the_heat_balance(inside: float, out: float, mirrored: bool) -> None:
    """C dT/dt = (T_out - T) / R + gains, whatever the reference and the axis."""
    what = seen(outdoor=lambda hour: out if hour >= 12 else 0.0)
    weather, reference = outdoor(what, None, 0.0), 7.0
    sign = -1.0 if mirrored else 1.0
    leaks = leakage(MODEL, reference, NumberRange(start=-40.0, end=40.0), mirrored=mirrored)
    used = usage(MODEL, weather, reference, sensing=what, mirrored=mirrored).at(MIDNIGHT + 13 * HOUR)
    assert used is not None
    falls = (rate_of(leaks, sign * inside) + used) * 3600
    assert -sign * falls == pytest.approx((150 * (out - inside) + 300) / 8000)


def test_200_litres_of_water_warm_by_a_kelvin_with_233_watt_hours() -> None:
    model = tank({"volume": 200}, seen())
    assert fill_rate(232.6, model) * 3600 == pytest.approx(1.0)


def test_the_standby_loss_of_the_label_is_lost_in_a_day() -> None:
    model = tank({"volume": 200, "standby_loss": 1.8}, seen())
    assert (65 - 20) / model.resistance * 24 == pytest.approx(1800)


def test_what_is_stated_goes_before_what_was_learned_and_that_before_a_preset() -> None:
    learned = ThermalModel(resistance=1 / 200, capacity=9000.0, gains=250.0, learned=True, efficiency=3.0)
    preset = zone({"area": 100, "building_age": "since_2010", "construction": "heavy"}, seen())
    assert (1 / preset.resistance, preset.capacity) == pytest.approx((100.0, 7220.0))
    found = zone({"area": 100}, seen(thermal=learned))
    assert (1 / found.resistance, found.capacity, found.gains) == pytest.approx((200.0, 9000.0, 250.0))
    found = zone({"heat_loss": 120, "internal_gains": 0}, seen(thermal=learned))
    assert (1 / found.resistance, found.capacity, found.gains) == pytest.approx((120.0, 9000.0, 0.0))


def test_a_house_that_its_people_keep_warm_asks_for_nothing() -> None:
    asked = demand(MODEL, 20.0, hours(lambda hour: -10.0 if hour < 12 else 19.0))
    assert asked.at(MIDNIGHT) == pytest.approx(150 * 30 - 300)
    assert asked.at(MIDNIGHT + 13 * HOUR) == 0.0


@pytest.mark.parametrize("shape", ["tapping", "morning", "evening", "even", "nonsense"])
def test_a_day_of_hot_water_is_its_energy_whatever_its_shape(shape: str) -> None:
    drawn = daily_draw(5845.0, shape, seen())
    day = [entry.value for entry in drawn.intervals if entry.start < MIDNIGHT + DAY]
    assert sum(day) == pytest.approx(5845.0)
    if shape == "tapping":
        assert max(day) == pytest.approx(1610.0)  # seven to eight in the morning, local time
        assert day[7] == max(day)


# ---------------------------------------------------------------------------------------------------------- timers


def test_a_compressor_that_runs_is_kept_on_for_its_minimum_run() -> None:
    since = MIDNIGHT - timedelta(minutes=5)
    transitions, timers = timing({"minimum_run": 20, "minimum_pause": 10}, on=True, begun=since)
    by_name = {timer.timer_id: timer for timer in timers}
    assert by_name["run"].finished_at == since + timedelta(minutes=20)
    assert by_name["pause"].finished_at is None
    start, stop = transitions
    assert (start.start_timers, start.blocking_timers) == (("run",), ("pause",))
    assert (stop.start_timers, stop.blocking_timers) == (("pause",), ("run",))


def test_without_minimum_times_there_are_no_timers() -> None:
    transitions, timers = timing({}, on=False, begun=None)
    assert not timers
    assert not any(transition.blocking_timers for transition in transitions)


# --------------------------------------------------------------------------------------------- whatever is configured


HEAT = ["heat_pump", "boiler", "radiator", "air_conditioning", "freezer", "solar_thermal", "hybrid_heating"]
NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-(10**12), 10**12), st.sampled_from([0, 1, 20, -18, 55, 2000]))
NUMERIC = (
    "max_power", "min_power", "flow_temperature", "cop_mild", "cop_cold", "carnot_share", "volume", "standby_loss",
    "room_temperature", "daily_use", "cop", "eer", "area", "heat_loss", "heat_capacity", "internal_gains",
    "band_minimum", "band_maximum", "night_minimum", "night_maximum", "tolerance", "comfort_price", "minimum_run",
    "minimum_pause", "starts_per_day", "start_cost", "guard", "yearly_energy", "contents", "boiler_power",
    "boiler_minimum", "boiler_efficiency", "boiler_electricity", "fuel_price", "collector_efficiency",
    "nominal_power", "legionella_temperature",
)  # fmt: skip


@pytest.mark.parametrize("kind", HEAT)
@hypothesis_settings(max_examples=60, deadline=None)
@given(
    data=st.dictionaries(st.sampled_from(NUMERIC), NUMBERS, max_size=12),
    times=st.tuples(*[st.sampled_from([None, "06:00:00", "22:00", "nonsense", 5])] * 2),
    inside=st.floats(-59, 199),
    out=st.floats(-1e6, 1e6),
    buffer=st.booleans(),
)
def test_a_known_temperature_gives_a_store_whatever_is_configured(
    kind: str,
    data: dict[str, Any],
    times: tuple[Any, Any],
    inside: float,
    out: float,
    buffer: bool,
) -> None:
    data |= {
        "power_entity": "sensor.p",
        "temperature_entity": "sensor.t",
        "day_start": times[0],
        "night_start": times[1],
        "heats": "buffer" if buffer else "building",
        "legionella_weekday": "sun",
    }
    what = seen(state("sensor.p", "500", "W"), state("sensor.t", str(inside), "°C"), outdoor=out)
    found = KINDS[kind].sense(device(kind, data), CONTROLLED, what)
    assert found.available
    assert Resource.from_json(found.to_json()) == found
    if isinstance(found.control, FillRate):
        assert abs(found.control.level) == pytest.approx(abs(inside))
        for mode in found.control.actuators[0].modes:
            assert all(math.isfinite(entry.fill_rate.end) and entry.fill_rate.end >= 0 for entry in mode.elements)
