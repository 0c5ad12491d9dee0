"""CHP and fuel cell: a heat store in °C that a generator fills, for the heat that is needed, at what gas costs."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import FillRate, InstructionKind, Intent, ModeChoice, NotControllable, Series
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, released, sensing, state, told

DATA: dict[str, Any] = {
    "rated_power": 1000,
    "electric_efficiency": 25,
    "thermal_efficiency": 60,
    "fuel_price": 0.10,
    "start_cost": 0.2,
    "temperature_entity": "sensor.buffer",
    "volume": 1000,
    "buffer_minimum": 40,
    "buffer_maximum": 70,
    "daily_use": 24,
    "switch_entity": "switch.chp",
}
OFF, ON = state("switch.chp", "off"), state("switch.chp", "on")
BUFFER = state("sensor.buffer", "55", "°C")
BOTH = pytest.mark.parametrize("kind", ["chp", "fuel_cell"])


def control_of(data: dict[str, Any], *states: Any, kind: str = "chp", **more: Any) -> FillRate:
    control = KINDS[kind].sense(device(kind, data), ADVISE, sensing(BUFFER, *states, **more)).control
    assert isinstance(control, FillRate)
    return control


def to(mode: str, factor: float = 1.0, boiler: str | None = None) -> Any:
    modes = [ModeChoice(actuator_id="unit", mode_id=mode, factor=factor)]
    if boiler:
        modes.append(ModeChoice(actuator_id="boiler", mode_id=boiler))
    return instruct(intent=Intent.ON, modes=tuple(modes))


@BOTH
def test_running_gives_power_and_warms_the_buffer(kind: str) -> None:
    control = control_of(DATA, OFF, kind=kind)
    on = control.actuators[0].modes[1].elements[0]
    assert (on.power.start, on.power.end) == (-1000.0, -1000.0)
    # 2400 W of heat into 1000 L of water, 1163 Wh/K.
    assert on.fill_rate.end * 3600 == pytest.approx(2400 / 1163)
    # 4 kW of gas.
    assert on.running_cost is not None
    assert on.running_cost.end * 3600 == pytest.approx(0.4)
    assert (control.level, control.level_range.start, control.level_range.end) == (55.0, 40.0, 70.0)


def test_the_two_kinds_differ_in_what_is_usual() -> None:
    bare = {key: entry for key, entry in DATA.items() if key not in {"electric_efficiency", "thermal_efficiency"}}
    heat = {
        kind: control_of(bare, OFF, kind=kind).actuators[0].modes[1].elements[0].fill_rate.end
        for kind in ("chp", "fuel_cell")
    }
    assert heat["chp"] > heat["fuel_cell"]


def test_starts_cost_and_are_few() -> None:
    data = DATA | {"minimum_on": 240, "minimum_off": 60, "starts_per_day": 1}
    unit = control_of(data, ON, starts_today=1, now=NOW + timedelta(hours=1)).actuators[0]
    start = next(entry for entry in unit.transitions if entry.to_mode == "on")
    assert start.cost == 0.2
    assert (unit.maximum_starts_per_day, unit.starts_today, unit.active_mode) == (1, 1, "on")
    assert unit.timers[0].finished_at == NOW + timedelta(hours=4)


def test_the_heat_that_is_needed_is_stated_by_the_weather_or_learned() -> None:
    def mean_use(control: FillRate) -> float:
        assert control.usage is not None
        return control.usage.intervals[3].value * 1163 * 3600

    stated = mean_use(control_of(DATA, OFF))
    assert stated == pytest.approx(1000.0)
    by_weather = DATA | {"heat_need": "building", "heat_loss": 150, "room_temperature": 20}
    cold = Series.from_values(NOW, timedelta(hours=60), [-5.0])
    assert mean_use(control_of(by_weather, OFF, outdoor=cold)) == pytest.approx(150 * 25)
    learned = Series.from_values(NOW, timedelta(hours=60), [700.0])
    assert mean_use(control_of(by_weather, OFF, outdoor=cold, usage=learned)) == pytest.approx(700.0)


def test_a_boiler_fills_the_same_buffer_with_gas_alone() -> None:
    data = DATA | {"boiler_power": 12_000, "boiler_efficiency": 96, "boiler_switch": "switch.boiler"}
    boiler = control_of(data, OFF, state("switch.boiler", "on")).actuators[1]
    on = boiler.modes[1].elements[0]
    assert on.power.end == 0.0
    assert on.fill_rate.end * 3600 == pytest.approx(12_000 / 1163)
    assert on.running_cost is not None
    assert on.running_cost.end * 3600 == pytest.approx(12.5 * 0.1)
    assert boiler.active_mode == "on"
    # Without a switch it is left alone.
    assert len(control_of(DATA | {"boiler_power": 12_000}, OFF).actuators) == 1


@BOTH
@pytest.mark.parametrize("temperature", ["unavailable", "nan", "unknown"])
def test_without_a_temperature_it_offers_no_flexibility(kind: str, temperature: str) -> None:
    seen = sensing(state("sensor.buffer", temperature, "°C"), ON)
    found = KINDS[kind].sense(device(kind, DATA), CONTROLLED, seen)
    assert isinstance(found.control, NotControllable)
    assert (found.available, found.power) == (False, -1000.0)


def test_a_buffer_in_fahrenheit_is_read_in_degrees_celsius() -> None:
    seen = sensing(state("sensor.buffer", "131", "°F"), OFF)
    control = KINDS["chp"].sense(device("chp", DATA), ADVISE, seen).control
    assert isinstance(control, FillRate)
    assert control.level == pytest.approx(55.0)


def test_power_that_can_be_set_is_a_range_and_is_set() -> None:
    data = DATA | {"least_power": 400, "setpoint_entity": "number.chp"}
    number = state("number.chp", "100", "%", min=0, max=100, step=1)
    on = control_of(data, OFF).actuators[0].modes[1].elements[0]
    assert (on.power.start, on.power.end) == (-400.0, -1000.0)
    assert told(device("chp", data), to("on", 0.5), sensing(number, OFF)) == [
        ("number.set_value", "number.chp", {"value": 70.0}),
        ("switch.turn_on", "switch.chp", {}),
    ]


@BOTH
def test_unit_and_boiler_are_switched_as_told_and_handed_back(kind: str) -> None:
    data = DATA | {"boiler_power": 12_000, "boiler_switch": "switch.boiler", "release_to": "on"}
    one, seen = device(kind, data), sensing(OFF)
    assert told(one, to("off", boiler="on"), seen) == [
        ("switch.turn_off", "switch.chp", {}),
        ("switch.turn_on", "switch.boiler", {}),
    ]
    assert told(one, to("on"), seen) == [("switch.turn_on", "switch.chp", {})]
    assert told(one, instruct(InstructionKind.STOP), seen)[0] == ("switch.turn_off", "switch.chp", {})
    assert released(one, seen) == [("switch.turn_on", "switch.chp", {}), ("switch.turn_on", "switch.boiler", {})]


@BOTH
def test_what_is_wrong_with_a_description(kind: str) -> None:
    validate = KINDS[kind].validate
    assert validate(DATA) == {}
    assert validate(DATA | {"buffer_minimum": 70}) == {"buffer_minimum": "minimum_above_maximum"}
    assert validate(DATA | {"thermal_efficiency": 100}) == {"thermal_efficiency": "efficiency_above_fuel"}
    assert validate(DATA | {"heat_need": "building"}) == {"heat_loss": "heat_loss_missing"}
    assert validate(DATA | {"least_power": 2000}) == {"least_power": "least_above_rated"}


@BOTH
def test_it_is_generation_with_a_level_and_modes(kind: str) -> None:
    assert KINDS[kind].generates
    assert KINDS[kind].has_level
    assert KINDS[kind].has_modes
    assert KINDS[kind].entities(device(kind, DATA)) == {"sensor.buffer", "switch.chp"}
