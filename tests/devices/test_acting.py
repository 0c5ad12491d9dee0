"""Acting: thermostats, water heaters, lights, fans and SG-Ready contacts are told what they understand."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.devices.acting import (
    set_contacts,
    set_hvac_mode,
    set_level,
    set_number,
    set_operation_mode,
    set_preset_mode,
    set_temperature,
)
from tests.devices.house import said, sensing, state

CLIMATE = "climate.living_room"
HEATER = "water_heater.tank"


def test_a_thermostat_is_set_on_its_own_step_within_its_bounds() -> None:
    seen = sensing(state(CLIMATE, "heat", temperature=20.0, target_temp_step=0.5, min_temp=7, max_temp=28))
    assert said(set_temperature(CLIMATE, 21.3, seen)) == ("climate.set_temperature", CLIMATE, {"temperature": 21.5})
    assert set_temperature(CLIMATE, 60.0, seen).data == {"temperature": 28.0}
    assert set_temperature(CLIMATE, -40.0, seen).data == {"temperature": 7.0}
    shows = set_temperature(CLIMATE, 21.3, seen).expect[0]
    assert (shows.attribute, shows.number) == ("temperature", 21.5)


def test_a_house_that_counts_in_fahrenheit_is_told_fahrenheit() -> None:
    seen = sensing(state(CLIMATE, "heat", temperature=68.0, target_temp_step=1), temperature_unit="°F")
    assert set_temperature(CLIMATE, 20.0, seen).data == {"temperature": 68.0}


def test_a_number_of_a_temperature_is_set_in_its_own_unit() -> None:
    celsius = sensing(state("number.flow", "35", "°C", min=20, max=55, step=1))
    assert set_temperature("number.flow", 44.6, celsius).data == {"value": 45.0}
    fahrenheit = sensing(state("number.flow", "95", "°F", min=60, max=140, step=1))
    assert set_temperature("number.flow", 40.0, fahrenheit).data == {"value": 104.0}


def test_a_thermostat_that_keeps_a_band_gets_the_end_that_matters() -> None:
    seen = sensing(
        state(CLIMATE, "heat_cool", temperature=None, target_temp_low=19.0, target_temp_high=25.0, min_temp=7)
    )
    assert set_temperature(CLIMATE, 21.0, seen).data == {"target_temp_low": 21.0, "target_temp_high": 25.0}
    assert set_temperature(CLIMATE, 26.0, seen).data == {"target_temp_low": 26.0, "target_temp_high": 26.0}
    cooled = set_temperature(CLIMATE, 23.0, seen, cooling=True)
    assert cooled.data == {"target_temp_low": 19.0, "target_temp_high": 23.0}
    assert cooled.expect[0].attribute == "target_temp_high"


def test_a_water_heater_takes_temperature_and_operation_mode() -> None:
    seen = sensing(state(HEATER, "eco", temperature=50.0, min_temp=40, max_temp=65))
    assert said(set_temperature(HEATER, 58.25, seen)) == (
        "water_heater.set_temperature",
        HEATER,
        {"temperature": 58.25},
    )
    mode = set_operation_mode(HEATER, "performance")
    assert said(mode) == ("water_heater.set_operation_mode", HEATER, {"operation_mode": "performance"})
    assert mode.expect[0].states == ("performance",)


def test_a_thermostat_shows_its_mode_as_its_state_and_its_preset_beside_it() -> None:
    assert said(set_hvac_mode(CLIMATE, "cool")) == ("climate.set_hvac_mode", CLIMATE, {"hvac_mode": "cool"})
    assert set_hvac_mode(CLIMATE, "cool").expect[0].attribute is None
    preset = set_preset_mode(CLIMATE, "eco")
    assert said(preset) == ("climate.set_preset_mode", CLIMATE, {"preset_mode": "eco"})
    assert preset.expect[0].attribute == "preset_mode"


DIMMER: Mapping[str, Any] = {"supported_color_modes": ["brightness"], "brightness": 200}


@pytest.mark.parametrize(
    ("percent", "action", "data"),
    [
        (40.7, "light.turn_on", {"brightness_pct": 40}),
        (0.2, "light.turn_on", {"brightness_pct": 1}),
        (250.0, "light.turn_on", {"brightness_pct": 100}),
        (0.0, "light.turn_off", {}),
        (None, "light.turn_on", {}),
    ],
)
def test_a_light_is_dimmed(percent: float | None, action: str, data: dict[str, Any]) -> None:
    seen = sensing(state("light.hall", "on", **DIMMER))
    assert said(set_level("light.hall", percent, seen)) == (action, "light.hall", data)


def test_a_lamp_without_a_dimmer_is_switched() -> None:
    seen = sensing(state("light.cellar", "on", supported_color_modes=["onoff"]))
    assert said(set_level("light.cellar", 40.0, seen)) == ("light.turn_on", "light.cellar", {})
    assert said(set_level("switch.pump", 0.0, sensing())) == ("switch.turn_off", "switch.pump", {})


def test_a_fan_is_set_to_one_of_its_own_speeds_never_above_the_level() -> None:
    seen = sensing(state("fan.air", "on", supported_features=1, percentage=25, percentage_step=25.0))
    assert said(set_level("fan.air", 60.0, seen)) == ("fan.set_percentage", "fan.air", {"percentage": 50})
    assert set_level("fan.air", 10.0, seen).data == {"percentage": 25}
    assert said(set_level("fan.air", 0.0, seen)) == ("fan.turn_off", "fan.air", {})


def test_a_number_takes_percent() -> None:
    seen = sensing(state("number.damper", "10", "%", min=0, max=100, step=10))
    assert set_level("number.damper", 47.0, seen).data == {"value": 40.0}
    assert set_level("number.damper", None, seen).data == {"value": 100.0}


@pytest.mark.parametrize("before", [(a, b) for a in (False, True) for b in (False, True)])
@pytest.mark.parametrize("after", [(a, b) for a in (False, True) for b in (False, True)])
def test_no_state_between_two_states_of_sg_ready_asks_for_more(
    before: tuple[bool, bool], after: tuple[bool, bool]
) -> None:
    """Blocked, normal, recommended and forced on stand in this order of what they ask for."""
    order = [(True, False), (False, False), (False, True), (True, True)]
    contacts = dict(zip(("switch.a", "switch.b"), before, strict=True))
    highest = max(order.index(before), order.index(after))
    for command in set_contacts("switch.a", "switch.b", *after):
        assert command.entity_id is not None
        contacts[command.entity_id] = command.service == "turn_on"
        assert order.index((contacts["switch.a"], contacts["switch.b"])) <= highest
    assert (contacts["switch.a"], contacts["switch.b"]) == after


@given(
    temperature=st.floats(-1e6, 1e6),
    attributes=st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(st.none(), st.floats(), st.text(max_size=5), st.just([1]))
            for name in (
                "temperature",
                "target_temp_low",
                "target_temp_high",
                "target_temp_step",
                "min_temp",
                "max_temp",
            )
        },
    ),
)
def test_whatever_a_thermostat_says_of_itself_a_command_comes_out(
    temperature: float, attributes: dict[str, Any]
) -> None:
    command = set_temperature(CLIMATE, temperature, sensing(state(CLIMATE, "heat", **attributes)))
    assert command.service == "set_temperature"
    assert all(isinstance(value, float) for value in command.data.values())


def test_numbers_round_toward_zero_upward_or_to_the_nearest() -> None:
    seen = sensing(state("number.x", "0", min=-50, max=50, step=4))
    assert set_number("number.x", 10.1, seen).data == {"value": 8.0}
    assert set_number("number.x", 8.1, seen, upward=True).data == {"value": 12.0}
    assert set_number("number.x", 10.1, seen, nearest=True).data == {"value": 12.0}
