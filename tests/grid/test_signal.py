"""The grid signal: states of any entity as phases of the traffic light."""

from datetime import UTC, datetime, timedelta

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.model import ModelError, Phase, TrafficLight
from custom_components.cem_sgcp.grid.signal import GridSignal, SignalReader, phase_of, read_light

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SIGNAL = GridSignal(entity_id="select.grid")


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ("green", Phase.GREEN),
        ("Yellow", Phase.YELLOW),
        ("RED", Phase.RED),
        ("black", Phase.BLACK),
        ("on", Phase.RED),
        ("off", Phase.GREEN),
        ("0", Phase.GREEN),
        ("1", Phase.YELLOW),
        ("2.0", Phase.YELLOW),
        ("3", Phase.RED),
        ("NORMAL", Phase.GREEN),
        ("reduced", Phase.YELLOW),
        ("locked", Phase.RED),
        ("4", None),
        ("1.5", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("banana", None),
        (STATE_UNKNOWN, None),
        (STATE_UNAVAILABLE, None),
        (None, None),
    ],
)
def test_usual_words_need_no_mapping(state: str | None, phase: Phase | None) -> None:
    assert phase_of(state) is phase


def test_the_mapping_goes_before_the_usual_words() -> None:
    mapping = {"on": "yellow", "Peak": "red", "3": "black", "unknown": "red"}
    assert phase_of("on", mapping) is Phase.YELLOW
    assert phase_of("PEAK ", mapping) is Phase.RED
    assert phase_of("3.0", mapping) is Phase.BLACK
    assert phase_of("off", mapping) is Phase.GREEN
    # Who wants silence to be red can say so.
    assert phase_of(STATE_UNKNOWN, mapping) is Phase.RED


def test_a_new_phase_says_where_it_comes_from_and_since_when() -> None:
    light = read_light("REDUCED", SIGNAL, None, NOW)
    assert light == TrafficLight(phase=Phase.YELLOW, source="select.grid", reason="REDUCED", since=NOW)


def test_the_same_phase_is_the_same_light() -> None:
    first = read_light("1", SIGNAL, None, NOW)
    assert read_light("2", SIGNAL, first, NOW + timedelta(hours=1)) is first
    assert read_light("3", SIGNAL, first, NOW + timedelta(hours=1)).since == NOW + timedelta(hours=1)


@pytest.mark.parametrize("state", [None, STATE_UNKNOWN, STATE_UNAVAILABLE, "banana", ""])
def test_a_state_that_says_nothing_releases_nothing(state: str | None) -> None:
    red = read_light("red", SIGNAL, None, NOW)
    assert read_light(state, SIGNAL, red, NOW + timedelta(days=3)) is red
    assert read_light(state, SIGNAL, None, NOW) is None


@given(st.text(), st.dictionaries(st.text(), st.sampled_from(list(Phase))))
def test_no_state_ever_raises(state: str, mapping: dict) -> None:
    assert phase_of(state, mapping) in {None, *Phase}


def test_a_phase_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ModelError, match=r"grid_signal\.mapping\.on must be one of green, yellow, red, black"):
        GridSignal.from_json({"entity_id": "select.grid", "mapping": {"on": "purple"}}, "grid_signal")
    with pytest.raises(ModelError, match=r"grid_signal\.mapping must be an object"):
        GridSignal.from_json({"entity_id": "select.grid", "mapping": ["on"]}, "grid_signal")


async def test_reading_the_entity(hass: HomeAssistant) -> None:
    reader = SignalReader(hass, {"entity_id": "binary_sensor.lock", "mapping": {"on": "yellow"}})
    assert reader.entities == {"binary_sensor.lock"}
    assert reader.read(NOW, None) is None
    hass.states.async_set("binary_sensor.lock", "on")
    light = reader.read(NOW, None)
    assert light.phase is Phase.YELLOW
    hass.states.async_remove("binary_sensor.lock")
    assert reader.read(NOW, light) is light


async def test_without_a_signal_there_is_nothing_to_read(hass: HomeAssistant) -> None:
    reader = SignalReader(hass, None)
    assert reader.entities == frozenset()
    assert reader.read(NOW, TrafficLight(phase=Phase.RED)) is None
