"""What holds for every kind: its form, and that no state and no setting makes it fail."""

from datetime import timedelta
import math
from typing import Any

from homeassistant.core import State
from homeassistant.data_entry_flow import section
from hypothesis import given, settings as hypothesis_settings, strategies as st
import pytest
import voluptuous as vol

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    Instruction,
    InstructionKind,
    Intent,
    NotControllable,
    Resource,
    Series,
)
from custom_components.cem_sgcp.devices import KINDS, DeviceSettings, flatten
from custom_components.cem_sgcp.devices.base import SECTIONS
from custom_components.cem_sgcp.devices.forms import Field, Section, defaults
from tests.devices.house import ADVISE, NOW, device, instruct, sensing, state

ALL = sorted(KINDS)


def fields(schema: vol.Schema) -> dict[str, Any]:
    """Every field of a form with its selector, those in sections too."""
    found: dict[str, Any] = {}
    for marker, selector in schema.schema.items():
        if isinstance(selector, section):
            assert str(marker) in SECTIONS
            inner = fields(selector.schema)
            assert not inner.keys() & found.keys(), "names are unique over all sections"
            found |= inner
        else:
            assert str(marker) not in found
            found[str(marker)] = selector
    return found


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_has_power_sensor_and_priority(kind: str) -> None:
    assert {"power_entity", "priority"} <= fields(KINDS[kind].schema({})).keys()
    assert KINDS[kind].kind == kind
    assert KINDS[kind].icon.startswith("mdi:")


@pytest.mark.parametrize("kind", ALL)
def test_what_was_entered_is_suggested_again(kind: str) -> None:
    schema = KINDS[kind].schema({"power_entity": "sensor.mine", "act": {"sequence": [{"action": "a.b"}]}})
    markers = {str(marker): marker for marker in schema.schema}
    assert markers["power_entity"].description == {"suggested_value": "sensor.mine"}
    if "act" in markers:
        act = schema.schema[markers["act"]]
        assert act.options["collapsed"] is False
        inner = {str(marker): marker for marker in act.schema.schema}
        assert inner["sequence"].description == {"suggested_value": [{"action": "a.b"}]}


def test_an_answer_loses_its_sections_and_its_empty_fields() -> None:
    answer = {"a": 1, "zero": 0, "no": False, "empty": "", "none": None, "act": {"b": 2, "list": []}, "other": {"c": 3}}
    assert flatten(answer) == {"a": 1, "zero": 0, "no": False, "b": 2, "other": {"c": 3}}


def test_defaults_of_a_form() -> None:
    text = fields(KINDS["load"].schema({}))["power_entity"]
    rows = (
        Field(key="a", selector=text, default=5),
        Field(key="b", selector=text),
        Section(key="act", fields=(Field(key="c", selector=text, default=False),)),
    )
    assert defaults(rows) == {"a": 5, "c": False}


def test_a_load_is_measured_only() -> None:
    load = device("load", {"power_entity": "sensor.power", "power_inverted": True, "stale_after": 10})
    forecast = Series.from_values(NOW, timedelta(hours=1), [100.0])
    found = KINDS["load"].sense(load, ADVISE, sensing(state("sensor.power", "-1.2", "kW"), forecast=forecast))
    assert isinstance(found.control, NotControllable)
    assert found.power == pytest.approx(1200.0)
    assert found.forecast == forecast
    assert found.available
    assert not found.controllable
    silent = sensing(state("sensor.power", "-1.2", "kW"), now=NOW + timedelta(minutes=11))
    assert KINDS["load"].sense(load, ADVISE, silent).power is None
    assert KINDS["load"].entities(load) == {"sensor.power"}
    assert KINDS["load"].validate({}) == {}


@pytest.mark.parametrize("kind", ALL)
def test_what_a_kind_cannot_do_it_says_so(kind: str) -> None:
    bare = device(kind, {})
    one = KINDS[kind]
    assert one.commands(bare, instruct(power=1000.0), sensing()) == ()
    assert one.release(bare, sensing()) == ()
    assert not one.controllable(bare)
    assert not one.starts_ahead(bare)
    assert one.ready(bare, sensing()) is None
    assert one.running(bare, sensing()) is None
    assert one.profile(bare, sensing()) is None
    assert one.deadline(bare, ADVISE, sensing()) is None


ENTITIES = ["sensor.a", "number.b", "select.c", "switch.d", "input_datetime.e", "button.f"]
WORDS = st.one_of(
    st.sampled_from(["unavailable", "unknown", "nan", "inf", "-1e308", "on", "off", "charging", "50", "-3", "1e9"]),
    st.text(max_size=20),
)
UNITS = st.sampled_from([None, "W", "kW", "%", "kWh", "A", "h", "°C", "", 5])
ATTRIBUTE = st.one_of(st.none(), st.floats(), st.text(max_size=3), st.integers())
STATES = st.lists(
    st.builds(
        lambda entity, word, unit, least, most, step: State(
            entity, word, {"unit_of_measurement": unit, "min": least, "max": most, "step": step}
        ),
        st.sampled_from(ENTITIES),
        WORDS,
        UNITS,
        ATTRIBUTE,
        ATTRIBUTE,
        ATTRIBUTE,
    ),
    max_size=6,
)
VALUES = st.one_of(
    st.sampled_from(ENTITIES),
    st.floats(),
    st.integers(-(10**30), 10**30),
    st.booleans(),
    st.text(max_size=12),
    st.none(),
    st.lists(st.dictionaries(st.text(max_size=4), st.integers(), max_size=2), max_size=2),
)


def described(kind: str, draw: st.DataObject) -> dict[str, Any]:
    """Arbitrary data in the fields of a kind; entity fields hold entities or nothing, as the form sees to it."""
    data: dict[str, Any] = {}
    for key in fields(KINDS[kind].schema({})):
        if key.endswith("_entity"):
            data[key] = draw.draw(st.one_of(st.none(), st.sampled_from(ENTITIES)))
        else:
            data[key] = draw.draw(VALUES)
    return {key: value for key, value in data.items() if value is not None}


@pytest.mark.parametrize("kind", ALL)
@hypothesis_settings(max_examples=120, deadline=None)
@given(draw=st.data(), states=STATES, target=st.one_of(st.none(), st.floats()), priority=st.integers(-5, 50))
def test_no_state_and_no_setting_makes_a_kind_fail(
    kind: str, draw: st.DataObject, states: list[State], target: float | None, priority: int
) -> None:
    one = device(kind, described(kind, draw))
    settings = DeviceSettings(control=True, priority=priority, target=target)
    seen = sensing(*states)
    found = KINDS[kind].sense(one, settings, seen)
    assert isinstance(found, Resource)
    assert 1 <= found.priority <= 10
    assert found.power is None or math.isfinite(found.power)
    if isinstance(found.control, FillRate):
        assert found.control.level_range.start <= found.control.level_range.end
    else:
        assert kind != "battery" or not found.available
    assert Resource.from_json(found.to_json()) == found
    KINDS[kind].validate(one.data)
    KINDS[kind].ready(one, seen)
    KINDS[kind].running(one, seen)
    KINDS[kind].profile(one, seen)
    KINDS[kind].deadline(one, settings, seen)
    KINDS[kind].entities(one)


@pytest.mark.parametrize("kind", ALL)
@hypothesis_settings(max_examples=80, deadline=None)
@given(
    states=STATES,
    entity=st.sampled_from(ENTITIES),
    order=st.sampled_from(list(InstructionKind)),
    intent=st.sampled_from(list(Intent)),
    power=st.one_of(st.none(), st.floats(-1e9, 1e9)),
    limit=st.one_of(st.none(), st.floats(0, 1e9)),
)
def test_commands_carry_finite_numbers_whatever_the_entities_say(
    kind: str,
    states: list[State],
    entity: str,
    order: InstructionKind,
    intent: Intent,
    power: float | None,
    limit: float | None,
) -> None:
    acting = {
        "pv": {"curtail_entity": "number.b", "nominal_power": 5000},
        "battery": {"mode_entity": "select.c", "option_manual": "m", "setpoint_entity": "number.b"},
        "ev_charger": {"switch_entity": "switch.d", "limit_entity": "number.b"},
        "appliance": {"start_entity": entity, "start_option": "x"},
        "load": {},
        "heat_pump": {"number_entity": "number.b", "target_entity": "number.b", "max_power": 2500},
        "boiler": {"switch_entity": "switch.d", "target_entity": "number.b"},
        "radiator": {"target_entity": entity},
        "air_conditioning": {"climate_entity": "climate.g", "climate_act": "mode"},
        "freezer": {"switch_entity": "switch.d", "target_entity": "number.b"},
        "hybrid_heating": {"select_entity": "select.c", "option_boiler": "x", "switch_entity": "switch.d"},
        "solar_thermal": {"number_entity": "number.b", "switch_entity": "switch.d"},
        "lighting": {"light_entity": "light.l", "not_emergency": True, "rated_power": 100},
        "wind_turbine": {"curtail_entity": "number.b", "nominal_power": 5000},
        "generator": {"switch_entity": "switch.d", "setpoint_entity": "number.b", "rated_power": 4000},
        "chp": {"switch_entity": "switch.d", "setpoint_entity": "number.b", "rated_power": 4000},
        "fuel_cell": {"switch_entity": "switch.d", "boiler_switch": "switch.d", "rated_power": 4000},
        "water_pump": {"switch_entity": "switch.d"},
        "v2h_car": {"mode_entity": "select.c", "option_manual": "m", "setpoint_entity": "number.b"},
        "ventilation": {"level_entity": "number.b", "levels": "30: 20, 100: 90"},
        "switched_load": {"switch_entity": "switch.d", "select_entity": "select.c", "option_on": "x"},
    }[kind]
    one = device(kind, acting)
    instruction = Instruction(resource_id="d1", kind=order, intent=intent, power=power, limit=limit, start=NOW)
    for command in KINDS[kind].commands(one, instruction, sensing(*states)):
        for value in command.data.values():
            assert not isinstance(value, float) or math.isfinite(value)
