"""Generator: off and on with fuel as running cost, a price and a time of starting, where the user allows it."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent, ModeChoice, OperationModes
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, released, sensing, state, told

GENERATOR = KINDS["generator"]
DATA: dict[str, Any] = {"rated_power": 5000, "fuel_cost": 0.5, "switch_entity": "switch.gen"}
SET = DATA | {"least_power": 2000, "setpoint_entity": "number.gen"}
ON, OFF = state("switch.gen", "on"), state("switch.gen", "off")


def control_of(data: dict[str, Any], *states: Any, **more: Any) -> OperationModes:
    control = GENERATOR.sense(device("generator", data), ADVISE, sensing(*states, **more)).control
    assert isinstance(control, OperationModes)
    return control


def to(mode: str, factor: float = 1.0) -> Any:
    return instruct(intent=Intent.ON, modes=(ModeChoice(actuator_id="d1", mode_id=mode, factor=factor),))


def test_fuel_is_its_running_cost() -> None:
    on = control_of(DATA, OFF).modes[1]
    assert (on.power.start, on.power.end) == (-5000.0, -5000.0)
    assert on.running_cost is not None
    assert on.running_cost.end * 3600 == pytest.approx(5 * 0.5)


def test_it_runs_in_emergencies_only_unless_the_user_allows_more() -> None:
    assert control_of(DATA, OFF).modes[1].abnormal_condition_only
    assert not control_of(DATA | {"normal_operation": True}, OFF).modes[1].abnormal_condition_only


def test_a_power_that_can_be_set_is_a_range() -> None:
    on = control_of(SET, OFF).modes[1]
    assert (on.power.start, on.power.end) == (-2000.0, -5000.0)
    # Without anything to set it by it is only on or off.
    assert control_of(DATA | {"least_power": 2000}, OFF).modes[1].power.start == -5000.0
    half = control_of(SET | {"power_entity": "sensor.p"}, ON, state("sensor.p", "3.5", "kW"))
    assert (half.active_mode, half.active_factor) == ("on", pytest.approx(0.5))


def test_a_start_costs_and_takes_its_time() -> None:
    control = control_of(DATA | {"start_cost": 0.8, "start_delay": 90, "minimum_on": 20, "starts_per_day": 4}, OFF)
    start = next(entry for entry in control.transitions if entry.to_mode == "on")
    stop = next(entry for entry in control.transitions if entry.to_mode == "off")
    assert (start.cost, start.duration, start.start_timers) == (0.8, 90.0, ("minimum_on",))
    assert (stop.cost, stop.duration, stop.blocking_timers) == (0.0, 0.0, ("minimum_on",))
    assert control.maximum_starts_per_day == 4
    running = control_of(DATA | {"minimum_on": 20}, ON, now=NOW + timedelta(minutes=5))
    assert running.timers[0].finished_at == NOW + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("reading", "unit", "power"),
    [("4.9", "kW", -4900.0), ("-4900", "W", -4900.0), ("nan", "W", None), ("1e12", "W", None)],
)
def test_its_power_is_generation_whichever_sign_the_sensor_has(reading: str, unit: str, power: float | None) -> None:
    data = DATA | {"power_entity": "sensor.p"}
    found = GENERATOR.sense(device("generator", data), CONTROLLED, sensing(ON, state("sensor.p", reading, unit)))
    assert found.power == (None if power is None else pytest.approx(power))
    assert found.available


def test_without_a_sensor_the_switch_tells_its_power() -> None:
    assert GENERATOR.sense(device("generator", DATA), ADVISE, sensing(ON)).power == -5000.0
    lost = GENERATOR.sense(device("generator", DATA), ADVISE, sensing(state("switch.gen", "unavailable")))
    assert (lost.power, lost.available) == (None, False)


def test_it_is_given_its_power_before_it_is_switched_on() -> None:
    number = state("number.gen", "0", "kW", min=0, max=5, step=0.1)
    assert told(device("generator", SET), to("on", 0.5), sensing(OFF, number)) == [
        ("number.set_value", "number.gen", {"value": 3.5}),
        ("switch.turn_on", "switch.gen", {}),
    ]
    assert told(device("generator", SET), to("off"), sensing(ON, number)) == [("switch.turn_off", "switch.gen", {})]
    by_power = instruct(intent=Intent.COVER_HOUSE, power=-4000.0)
    assert told(device("generator", SET), by_power, sensing(ON, number))[0][2] == {"value": 4.0}
    assert told(device("generator", SET), instruct(InstructionKind.STOP), sensing(ON))[0][0] == "switch.turn_off"


def test_own_actions_get_mode_and_power() -> None:
    one = device("generator", {"rated_power": 5000, "fuel_cost": 0.5, "sequence": [{"action": "script.gen"}]})
    (command,) = GENERATOR.commands(one, to("on"), sensing())
    assert (command.variables["mode"], command.variables["power"]) == ("on", -5000.0)


def test_when_handed_back_it_is_off_unless_the_user_says_otherwise() -> None:
    assert released(device("generator", DATA), sensing(ON)) == [("switch.turn_off", "switch.gen", {})]
    assert released(device("generator", DATA | {"release_to": "leave"}), sensing(ON)) == []


def test_what_is_wrong_with_a_description() -> None:
    assert GENERATOR.validate(SET) == {}
    assert GENERATOR.validate(SET | {"least_power": 6000}) == {"least_power": "least_above_rated"}
    assert GENERATOR.validate(DATA | {"select_entity": "select.g"}).keys() == {"option_on", "option_off"}


def test_it_is_shown_as_generation_and_listens_to_its_entities() -> None:
    assert GENERATOR.generates
    assert GENERATOR.has_modes
    assert GENERATOR.entities(device("generator", SET)) == {"switch.gen", "number.gen"}
