"""Recorded power out of a real recorder: statistics where there are any, states elsewhere."""

from datetime import UTC, datetime, timedelta
import math

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.cem_sgcp.grid.history import async_power_history, async_temperature_history, means

START = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
STATISTICS = {"unit_of_measurement": "kW", "device_class": "power", "state_class": "measurement"}


async def play(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_id: str,
    values: list[tuple[float, str]],
    attributes: dict,
) -> None:
    """Set states at minutes after the start, in real time for the recorder."""
    for minute, value in values:
        freezer.move_to(START + timedelta(minutes=minute))
        hass.states.async_set(entity_id, value, attributes)
    await async_wait_recording_done(hass)


async def test_without_a_recorder_there_is_no_history(hass: HomeAssistant) -> None:
    series = await async_power_history(hass, "sensor.power", START, START + timedelta(hours=1))
    assert series.intervals == ()


async def test_five_minute_statistics_stand_in_for_hours(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(START)
    await async_setup_component(hass, "sensor", {})
    values = [(minute, str(1 + minute // 5)) for minute in range(0, 90, 5)]
    await play(hass, freezer, "sensor.power", values, STATISTICS)
    freezer.move_to(START + timedelta(minutes=90))
    for minute in range(0, 90, 5):
        do_adhoc_statistics(hass, start=START + timedelta(minutes=minute))
    await async_wait_recording_done(hass)
    series = await async_power_history(hass, "sensor.power", START, START + timedelta(minutes=85))
    assert series.unit == "W"
    assert [entry.value for entry in series.intervals] == [1000.0 * (1 + index) for index in range(17)]
    assert {entry.end - entry.start for entry in series.intervals} == {timedelta(minutes=5)}
    # Of an hour whose first 45 minutes are too old for the fine ones, the whole is known better than its last quarter.
    edge = START + timedelta(days=14, minutes=45)
    freezer.move_to(edge)
    mixed = await async_power_history(hass, "sensor.power", START, edge)
    assert [(entry.end - entry.start) / timedelta(minutes=5) for entry in mixed.intervals] == [12, *[1] * 6]
    # Two weeks later the short-term statistics do not reach back: the hour does.
    freezer.move_to(START + timedelta(days=20))
    late = await async_power_history(hass, "sensor.power", START, START + timedelta(days=20))
    assert [(entry.start, entry.end - entry.start) for entry in late.intervals] == [(START, timedelta(hours=1))]
    assert late.intervals[0].value == pytest.approx(1000 * sum(range(1, 13)) / 12)


async def test_states_of_an_entity_without_statistics_are_averaged_by_time(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(START)
    values = [(0, "1"), (4, "2"), (12, "unavailable"), (18, "3"), (25, "-1")]
    await play(hass, freezer, "sensor.plug", values, {"unit_of_measurement": "kW"})
    freezer.move_to(START + timedelta(minutes=30))
    series = await async_power_history(hass, "sensor.plug", START, START + timedelta(hours=5))
    # 10 to 15 is known for two minutes only, hence a gap; the future is not known at all.
    assert [((entry.start - START).total_seconds() / 60, entry.value) for entry in series.intervals] == [
        (0.0, pytest.approx(1200.0)),
        (5.0, pytest.approx(2000.0)),
        (20.0, pytest.approx(3000.0)),
        (25.0, pytest.approx(-1000.0)),
    ]
    assert series.end == START + timedelta(minutes=30)


async def test_states_are_known_over_midnight_and_several_days(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(START)
    await play(hass, freezer, "sensor.plug", [(0, "100"), (36 * 60, "300")], {"unit_of_measurement": "W"})
    freezer.move_to(START + timedelta(days=3))
    series = await async_power_history(hass, "sensor.plug", START, START + timedelta(days=3))
    assert len(series.intervals) == 3 * 288
    assert series.at(START + timedelta(hours=35, minutes=58)) == 100.0
    assert series.at(START + timedelta(hours=36, minutes=1)) == 300.0
    assert series.at(START + timedelta(hours=71)) == 300.0


async def test_nothing_was_recorded(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    now = datetime.now(UTC)
    for start, end in (
        (now - timedelta(hours=1), now),
        (now, now - timedelta(hours=1)),
        (now + timedelta(hours=1),) * 2,
    ):
        assert (await async_power_history(hass, "sensor.nobody", start, end)).intervals == ()


changes = st.lists(
    st.tuples(st.floats(-4000, 90_000), st.floats(-1e5, 1e5) | st.just(math.nan)), min_size=1, max_size=30
).map(lambda pairs: sorted(pairs, key=lambda pair: pair[0]))


@given(changes)
@settings(max_examples=200, deadline=None)
def test_means_keep_the_energy_of_what_is_known(pairs: list[tuple[float, float]]) -> None:
    base, end = START.timestamp(), START + timedelta(hours=20)
    intervals = means([(base + when, value) for when, value in pairs], START, end)
    values = [value for _, value in pairs if math.isfinite(value)]
    for entry in intervals:
        assert min(values) - 1e-3 <= entry.value <= max(values) + 1e-3
        assert entry.end - entry.start == timedelta(minutes=5)
    if all(math.isfinite(value) for _, value in pairs) and pairs[0][0] <= 0:
        clipped = [(min(max(when, 0.0), 72_000.0), value) for when, value in pairs]
        ends = [*(when for when, _ in clipped[1:]), 72_000.0]
        energy = sum(value * (until - when) for (when, value), until in zip(clipped, ends, strict=True))
        assert sum(entry.value * 300 for entry in intervals) == pytest.approx(energy, rel=1e-6, abs=1.0)


def test_no_states_are_no_means() -> None:
    assert means([], START, START + timedelta(hours=1)) == []


async def test_temperatures_come_from_sensors_thermostats_and_weather_in_celsius(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(START)
    for minute, degrees in ((0, 68.0), (10, 77.0), (20, None)):
        freezer.move_to(START + timedelta(minutes=minute))
        hass.states.async_set(
            "sensor.room", "unknown" if degrees is None else str(degrees), {"unit_of_measurement": "°F"}
        )
        hass.states.async_set("climate.room", "heat", {"current_temperature": degrees and (degrees - 32) / 1.8})
        hass.states.async_set("weather.home", "sunny", {"temperature": degrees, "temperature_unit": "°F"})
    await async_wait_recording_done(hass)
    freezer.move_to(START + timedelta(minutes=30))
    for entity_id in ("sensor.room", "climate.room", "weather.home"):
        series = await async_temperature_history(hass, entity_id, START, START + timedelta(hours=1))
        assert series.unit == "°C"
        assert [round(entry.value, 3) for entry in series.intervals] == [20.0, 20.0, 25.0, 25.0], entity_id


async def test_statistics_of_a_thermometer_are_in_celsius(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(START)
    await async_setup_component(hass, "sensor", {})
    attributes = {"unit_of_measurement": "°F", "device_class": "temperature", "state_class": "measurement"}
    await play(hass, freezer, "sensor.room", [(minute, "50") for minute in range(0, 30, 5)], attributes)
    freezer.move_to(START + timedelta(minutes=30))
    for minute in range(0, 30, 5):
        do_adhoc_statistics(hass, start=START + timedelta(minutes=minute))
    await async_wait_recording_done(hass)
    series = await async_temperature_history(hass, "sensor.room", START, START + timedelta(minutes=25))
    assert [entry.value for entry in series.intervals] == pytest.approx([10.0] * 5)
