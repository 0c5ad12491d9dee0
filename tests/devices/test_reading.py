"""Readings: whatever an entity says becomes a plausible quantity in our unit, or none."""

from datetime import UTC, datetime, timedelta
import math

from homeassistant.core import State
from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.devices.reading import (
    MAXIMUM_POWER,
    current_of,
    duration_of,
    energy_of,
    finite,
    is_one_of,
    known,
    moment_of,
    number_of,
    power_of,
    share_of,
    stale,
)
from tests.devices.house import BERLIN, NOW, state

S = "sensor.a"


@pytest.mark.parametrize(
    ("value", "unit", "watts"),
    [("1500", "W", 1500.0), ("1.5", "kW", 1500.0), ("0.002", "MW", 2000.0), ("-3", "kW", -3000.0), ("7", None, 7.0)],
)
def test_power_is_read_in_its_unit(value: str, unit: str | None, watts: float) -> None:
    assert power_of(state(S, value, unit)) == pytest.approx(watts)
    assert power_of(state(S, value, unit), inverted=True) == pytest.approx(-watts)


@pytest.mark.parametrize("value", ["unavailable", "unknown", "", "nan", "inf", "-inf", "1e400", "on", "12,5", "None"])
def test_what_is_no_number_is_no_reading(value: str) -> None:
    one = state(S, value, "W")
    assert power_of(one) is None
    assert number_of(one) is None


def test_an_entity_that_does_not_exist_is_no_reading() -> None:
    assert power_of(None) is energy_of(None) is share_of(None, 1000.0) is number_of(None) is None
    assert is_one_of(None, ["on"]) is None
    assert moment_of(None, UTC) is None
    assert not known(None)


def test_a_foreign_unit_is_no_power() -> None:
    assert power_of(state(S, "20", "°C")) is None
    assert power_of(state(S, "20", "kWh")) is None
    assert power_of(State(S, "20", {"unit_of_measurement": 7})) == 20.0


def test_absurd_power_is_a_fault() -> None:
    assert power_of(state(S, "9999", "kW")) == pytest.approx(9_999_000.0)
    assert power_of(state(S, "99999999", "W")) is None
    assert power_of(state(S, "1e300", "GW")) is None


def test_energy_current_and_duration_in_their_units() -> None:
    assert energy_of(state(S, "2.5", "kWh")) == 2500.0
    assert energy_of(state(S, "2500", "Wh")) == 2500.0
    assert energy_of(state(S, "2.5")) == 2500.0
    assert energy_of(state(S, "3.6", "MJ")) == pytest.approx(1000.0)
    assert current_of(state(S, "16", "A")) == 16.0
    assert current_of(state(S, "500", "mA")) == 0.5
    assert current_of(state(S, "500", "V")) is None
    assert duration_of(state(S, "2", "h")) == 7200.0
    assert duration_of(state(S, "2")) == 120.0


def test_level_in_percent_or_as_energy_of_the_capacity() -> None:
    assert share_of(state(S, "45.5", "%"), 10_000.0) == pytest.approx(0.455)
    assert share_of(state(S, "45.5"), 10_000.0) == pytest.approx(0.455)
    assert share_of(state(S, "4.55", "kWh"), 10_000.0) == pytest.approx(0.455)
    assert share_of(state(S, "4550", "Wh"), 10_000.0) == pytest.approx(0.455)
    assert share_of(state(S, "4.55", "kWh"), 0.0) is None
    assert share_of(state(S, "20", "°C"), 10_000.0) is None


def test_level_a_little_outside_is_rounding_far_outside_is_a_fault() -> None:
    assert share_of(state(S, "102", "%"), 1.0) == 1.0
    assert share_of(state(S, "-1", "%"), 1.0) == 0.0
    assert share_of(state(S, "255", "%"), 1.0) is None
    assert share_of(state(S, "-40", "%"), 1.0) is None


def test_moments_of_sensors_and_helpers() -> None:
    expected = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert moment_of(state(S, "2026-11-24T07:00:00+01:00"), BERLIN) == expected
    assert moment_of(state("input_datetime.a", "2026-11-24 07:00:00"), BERLIN) == expected
    assert moment_of(state(S, "tomorrow"), BERLIN) is None
    assert moment_of(state(S, "0001-01-01T00:00:00+14:00"), BERLIN) is None


def test_states_are_compared_without_case_and_spaces() -> None:
    assert is_one_of(state(S, "Charging"), [" charging "]) is True
    assert is_one_of(state(S, "idle"), ["charging"]) is False
    assert is_one_of(state(S, "unavailable"), ["charging"]) is None


def test_silence_is_a_fault_only_where_it_was_said_so() -> None:
    one = state(S, "5", "W")
    assert not stale(one, NOW + timedelta(days=2), None)
    assert not stale(one, NOW + timedelta(days=2), 0)
    assert not stale(one, NOW + timedelta(seconds=59), 60)
    assert stale(one, NOW + timedelta(seconds=61), 60)
    assert not stale(None, NOW, 60)


def test_numbers_from_a_form() -> None:
    assert finite("3.5") == 3.5
    assert finite(10**400) is None
    assert finite(True) is None
    assert finite(None) is None
    assert finite([1]) is None


@given(value=st.text(max_size=30), unit=st.one_of(st.none(), st.sampled_from(["W", "kW", "%", "kWh", "A", "°C", "x"])))
def test_any_text_is_a_finite_power_or_none(value: str, unit: str | None) -> None:
    one = State(S, value, {} if unit is None else {"unit_of_measurement": unit})
    power = power_of(one)
    assert power is None or (math.isfinite(power) and abs(power) <= MAXIMUM_POWER)
    share = share_of(one, 10_000.0)
    assert share is None or 0.0 <= share <= 1.0
    moment_of(one, BERLIN)
