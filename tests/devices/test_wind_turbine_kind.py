"""Wind turbine: a source like PV, curtailed where its inverter takes a limit, forecast by an entity or its history."""

from datetime import timedelta

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent, LimitType, PowerEnvelope, Series
from custom_components.cem_sgcp.devices import KINDS
from custom_components.cem_sgcp.devices.base import ForecastFrom
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, released, sensing, state, told

WIND = KINDS["wind_turbine"]
DATA = {"power_entity": "sensor.wind", "nominal_power": 3000, "curtail_entity": "number.limit"}


def test_it_generates_and_can_be_limited_down_to_nothing() -> None:
    found = WIND.sense(device("wind_turbine", DATA), CONTROLLED, sensing(state("sensor.wind", "1.2", "kW")))
    assert found.power == -1200.0
    assert isinstance(found.control, PowerEnvelope)
    allowed = found.control.limit_range(LimitType.LOWER)
    assert allowed is not None
    assert (allowed.lower, allowed.upper) == (-3000.0, 0.0)
    assert WIND.generates


def test_one_without_a_limit_is_only_measured_and_forecast() -> None:
    data = {"power_entity": "sensor.wind", "nominal_power": 3000}
    forecast = Series.from_values(NOW, timedelta(hours=1), [500.0, 900.0])
    found = WIND.sense(device("wind_turbine", data), CONTROLLED, sensing(forecast=forecast))
    assert not found.controllable
    assert not found.available
    assert found.forecast is not None
    assert [entry.value for entry in found.forecast.intervals] == [-500.0, -900.0]
    assert WIND.forecast is ForecastFrom.HISTORY


def test_a_frozen_sensor_is_a_fault() -> None:
    seen = sensing(state("sensor.wind", "1200", "W"), now=NOW + timedelta(minutes=11))
    assert WIND.sense(device("wind_turbine", DATA | {"stale_after": 10}), ADVISE, seen).power is None


def test_limits_reach_its_inverter_and_are_lifted() -> None:
    seen = sensing(state("number.limit", "100", "%", min=0, max=100, step=1))
    one = device("wind_turbine", DATA)
    assert told(one, instruct(intent=Intent.CURTAIL, limit=900.0), seen)[0][2] == {"value": 30.0}
    assert told(one, instruct(InstructionKind.STOP), seen)[0][2] == {"value": 0.0}
    assert released(one, seen)[0][2] == {"value": 100.0}


def test_a_forecast_entity_has_to_be_named() -> None:
    assert WIND.validate({"forecast_source": "entity"}) == {"forecast_entity": "forecast_entity_missing"}
    assert WIND.validate({"forecast_source": "history"}) == {}
    assert WIND.entities(device("wind_turbine", DATA)) == {"sensor.wind", "number.limit"}
