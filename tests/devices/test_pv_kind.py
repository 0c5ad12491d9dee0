"""PV: generation negative, curtailed through a number in W, kW or %."""

from datetime import timedelta

import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent, LimitType, PowerEnvelope, Series
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, released, sensing, state, told

PV = KINDS["pv"]
DATA = {"power_entity": "sensor.pv", "nominal_power": 5000, "curtail_entity": "number.limit"}


def limit_number(unit: str, maximum: float, step: float = 1.0) -> object:
    return state("number.limit", str(maximum), unit, min=0, max=maximum, step=step)


@pytest.mark.parametrize(
    ("sign", "reading", "power"),
    [
        ("auto", "3000", -3000.0),
        ("auto", "-3000", -3000.0),
        ("production_positive", "3000", -3000.0),
        ("production_positive", "-4", 4.0),
        ("production_negative", "-3000", -3000.0),
        ("production_negative", "4", 4.0),
    ],
)
def test_generation_is_negative_whatever_the_sign_of_the_sensor(sign: str, reading: str, power: float) -> None:
    one = device("pv", {**DATA, "power_sign": sign})
    assert PV.sense(one, ADVISE, sensing(state("sensor.pv", reading, "W"))).power == power


def test_an_inverter_that_takes_a_limit_can_be_curtailed_down_to_nothing() -> None:
    found = PV.sense(device("pv", DATA), CONTROLLED, sensing(state("sensor.pv", "1", "kW")))
    assert isinstance(found.control, PowerEnvelope)
    allowed = found.control.limit_range(LimitType.LOWER)
    assert allowed is not None
    assert (allowed.lower, allowed.upper) == (-5000.0, 0.0)
    assert found.controllable
    assert found.maximum_power == 5000.0


def test_without_a_way_to_act_pv_is_not_controllable() -> None:
    data = {"power_entity": "sensor.pv", "nominal_power": 5000}
    found = PV.sense(device("pv", data), CONTROLLED, sensing(state("sensor.pv", "1", "kW")))
    assert isinstance(found.control, PowerEnvelope)
    assert not found.control.allowed_limit_ranges
    assert not found.controllable
    assert not PV.controllable(device("pv", data))


def test_a_forecast_of_production_becomes_negative() -> None:
    forecast = Series.from_values(NOW, timedelta(hours=1), [0.0, 1000.0])
    found = PV.sense(device("pv", DATA), ADVISE, sensing(forecast=forecast))
    assert found.forecast is not None
    assert [entry.value for entry in found.forecast.intervals] == [0.0, -1000.0]
    again = PV.sense(device("pv", DATA), ADVISE, sensing(forecast=found.forecast))
    assert again.forecast == found.forecast
    assert not found.available


@pytest.mark.parametrize(
    ("unit", "maximum", "value"), [("W", 5000, 2000.0), ("kW", 5, 2.0), ("%", 100, 40.0)], ids=["W", "kW", "percent"]
)
def test_a_limit_reaches_the_inverter_in_its_own_unit(unit: str, maximum: float, value: float) -> None:
    seen = sensing(limit_number(unit, maximum))
    order = instruct(intent=Intent.CURTAIL, limit=2000.0)
    assert told(device("pv", DATA), order, seen) == [("number.set_value", "number.limit", {"value": value})]


@pytest.mark.parametrize(
    "order",
    [
        instruct(intent=Intent.UNLIMITED),
        instruct(intent=Intent.CURTAIL),
        instruct(intent=Intent.CURTAIL, limit=99_999.0),
        instruct(InstructionKind.RELEASE),
    ],
)
def test_a_lifted_limit_is_the_rating(order: object) -> None:
    seen = sensing(limit_number("W", 5000))
    assert told(device("pv", DATA), order, seen) == [("number.set_value", "number.limit", {"value": 5000.0})]


def test_stop_is_a_limit_of_nothing_and_release_the_rating() -> None:
    seen = sensing(limit_number("%", 100))
    assert told(device("pv", DATA), instruct(InstructionKind.STOP), seen)[0][2] == {"value": 0.0}
    assert released(device("pv", DATA), seen) == [("number.set_value", "number.limit", {"value": 100.0})]


def test_own_sequence_gets_the_limit() -> None:
    data = {"power_entity": "sensor.pv", "nominal_power": 5000, "sequence": [{"action": "script.limit"}]}
    (command,) = PV.commands(device("pv", data), instruct(intent=Intent.CURTAIL, limit=700.0), sensing())
    assert command.name == "sequence"
    assert command.variables["limit"] == 700.0
    assert command.variables["intent"] == "curtail"
    assert command.variables["start_time"] is None


def test_a_forecast_entity_has_to_be_named() -> None:
    assert PV.validate({"forecast_source": "entity"}) == {"forecast_entity": "forecast_entity_missing"}
    assert PV.validate({"forecast_source": "entity", "forecast_entity": "sensor.f"}) == {}
    assert PV.validate({}) == {}


def test_it_listens_to_its_entities() -> None:
    assert PV.entities(device("pv", DATA)) == {"sensor.pv", "number.limit"}
