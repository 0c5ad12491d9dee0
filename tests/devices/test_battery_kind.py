"""Battery: fill rate in Wh; acted on by mode, by set point, by two powers or by a sequence; handed back to itself."""

from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import FillRate, InstructionKind, Intent, NotControllable
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import CONTROLLED, device, instruct, released, sensing, state, told

BATTERY = KINDS["battery"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "soc_entity": "sensor.soc",
    "capacity": 10,
    "max_charge_power": 5000,
    "max_discharge_power": 4000,
    "efficiency": 81,
    "reserve": 10,
    "maximum": 95,
    "wear_cost": 0.05,
}
BY_MODE = DATA | {
    "mode_entity": "select.mode",
    "option_automatic": "auto",
    "option_manual": "manual",
    "option_idle": "idle",
    "setpoint_entity": "number.setpoint",
}
SETPOINT = state("number.setpoint", "0", "W", min=-5000, max=5000, step=1)


def measured(power: str = "0", soc: str = "50") -> Any:
    return sensing(state("sensor.power", power, "W"), state("sensor.soc", soc, "%"), SETPOINT)


def control_of(found: Any) -> FillRate:
    assert isinstance(found.control, FillRate)
    return found.control


def test_level_range_and_losses_in_wh() -> None:
    found = BATTERY.sense(device("battery", BY_MODE), CONTROLLED, measured())
    control = control_of(found)
    assert control.level == pytest.approx(5000.0)
    assert (control.level_range.start, control.level_range.end) == pytest.approx((1000.0, 9500.0))
    charge, discharge, idle = control.actuators[0].modes
    # 81 % of a full cycle is 90 % each way.
    assert charge.elements[0].fill_rate.end * 3600 == pytest.approx(5000 * 0.9)
    assert charge.elements[0].power.end == 5000.0
    assert discharge.elements[0].fill_rate.end * 3600 == pytest.approx(-4000 / 0.9)
    assert discharge.elements[0].power.end == -4000.0
    assert (charge.mode_id, discharge.mode_id, idle.mode_id) == ("charge", "discharge", "idle")
    assert found.available
    assert found.controllable


def test_wear_is_paid_for_each_kwh_discharged() -> None:
    discharge = control_of(BATTERY.sense(device("battery", DATA), CONTROLLED, measured())).actuators[0].modes[1]
    cost = discharge.elements[0].running_cost
    assert cost is not None
    assert cost.end * 3600 / 4.0 == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("power", "mode", "factor"), [("2500", "charge", 0.5), ("-1000", "discharge", 0.25), ("5", "idle", 0.0)]
)
def test_the_active_mode_follows_the_measured_power(power: str, mode: str, factor: float) -> None:
    actuator = control_of(BATTERY.sense(device("battery", DATA), CONTROLLED, measured(power))).actuators[0]
    assert (actuator.active_mode, actuator.active_factor) == (mode, pytest.approx(factor))


def test_a_sensor_that_counts_discharging_positive_is_inverted() -> None:
    found = BATTERY.sense(device("battery", DATA | {"power_inverted": True}), CONTROLLED, measured("1000"))
    assert found.power == -1000.0


def test_a_battery_that_cannot_discharge_has_no_such_mode() -> None:
    found = BATTERY.sense(device("battery", DATA | {"max_discharge_power": 0}), CONTROLLED, measured("-500"))
    assert [mode.mode_id for mode in control_of(found).actuators[0].modes] == ["charge", "idle"]


@pytest.mark.parametrize("soc", ["unavailable", "unknown", "nan", "300"])
def test_without_a_level_it_offers_no_flexibility(soc: str) -> None:
    found = BATTERY.sense(device("battery", BY_MODE), CONTROLLED, measured("700", soc))
    assert isinstance(found.control, NotControllable)
    assert not found.available
    assert found.power == 700.0


def test_charging_sets_mode_and_power() -> None:
    assert told(device("battery", BY_MODE), instruct(power=2500.4), measured()) == [
        ("select.select_option", "select.mode", {"option": "manual"}),
        ("number.set_value", "number.setpoint", {"value": 2500.0}),
    ]


def test_discharging_is_negative_or_positive_where_the_inverter_counts_so() -> None:
    order = instruct(intent=Intent.COVER_HOUSE, power=-1500.0)
    assert told(device("battery", BY_MODE), order, measured())[1][2] == {"value": -1500.0}
    inverted = device("battery", BY_MODE | {"setpoint_inverted": True})
    assert told(inverted, order, measured())[1][2] == {"value": 1500.0}


def test_modes_for_each_direction_take_the_magnitude() -> None:
    data = BY_MODE | {"option_charge": "force_charge", "option_discharge": "force_discharge"}
    one = device("battery", data)
    assert told(one, instruct(power=-1500.0), measured()) == [
        ("select.select_option", "select.mode", {"option": "force_discharge"}),
        ("number.set_value", "number.setpoint", {"value": 1500.0}),
    ]
    assert told(one, instruct(power=1500.0), measured())[0][2] == {"option": "force_charge"}


def test_holding_uses_the_idle_mode_where_there_is_one() -> None:
    order = instruct(intent=Intent.HOLD, power=0.0)
    assert told(device("battery", BY_MODE), order, measured()) == [
        ("select.select_option", "select.mode", {"option": "idle"})
    ]
    without = device("battery", {key: value for key, value in BY_MODE.items() if key != "option_idle"})
    assert told(without, order, measured()) == [
        ("select.select_option", "select.mode", {"option": "manual"}),
        ("number.set_value", "number.setpoint", {"value": 0.0}),
    ]
    assert told(device("battery", BY_MODE), instruct(InstructionKind.STOP, power=900.0), measured()) == [
        ("select.select_option", "select.mode", {"option": "idle"})
    ]


def test_self_consumption_is_left_to_the_battery_unless_it_is_urgent() -> None:
    order = instruct(intent=Intent.SELF_CONSUMPTION, power=-300.0)
    automatic = [("select.select_option", "select.mode", {"option": "auto"})]
    assert told(device("battery", BY_MODE), order, measured()) == automatic
    assert told(device("battery", BY_MODE), instruct(intent=Intent.SELF_CONSUMPTION), measured()) == automatic
    urgent = told(device("battery", BY_MODE), order.replace(urgent=True), measured())
    assert urgent[1] == ("number.set_value", "number.setpoint", {"value": -300.0})


def test_two_powers_instead_of_a_set_point() -> None:
    data = DATA | {"charge_power_entity": "number.charge", "discharge_power_entity": "number.discharge"}
    one = device("battery", data)
    seen = sensing(
        state("number.charge", "5", "kW", min=0, max=5, step=0.1),
        state("number.discharge", "5", "kW", min=0, max=5, step=0.1),
    )
    assert told(one, instruct(power=2000.0), seen) == [
        ("number.set_value", "number.charge", {"value": 2.0}),
        ("number.set_value", "number.discharge", {"value": 0.0}),
    ]
    assert released(one, seen) == [
        ("number.set_value", "number.charge", {"value": 5.0}),
        ("number.set_value", "number.discharge", {"value": 4.0}),
    ]


def test_handing_back_is_its_own_automatic_mode() -> None:
    automatic = [("select.select_option", "select.mode", {"option": "auto"})]
    assert released(device("battery", BY_MODE), measured()) == automatic
    assert told(device("battery", BY_MODE), instruct(InstructionKind.RELEASE), measured()) == automatic


def test_handing_back_without_a_mode_is_a_set_point_of_nothing() -> None:
    data = DATA | {"setpoint_entity": "number.setpoint"}
    assert released(device("battery", data), measured()) == [("number.set_value", "number.setpoint", {"value": 0.0})]


def test_own_sequences_for_setting_and_for_handing_back() -> None:
    steps, back = [{"action": "script.set"}], [{"action": "script.back"}]
    one = device("battery", DATA | {"sequence": steps})
    (command,) = BATTERY.commands(one, instruct(power=1200.0), measured())
    assert command.variables["power"] == 1200.0
    (release,) = BATTERY.release(one, measured())
    assert list(release.sequence) == steps
    assert release.variables["instruction"] == "release"
    both = BATTERY.release(device("battery", BY_MODE | {"release_sequence": back}), measured())
    assert [command.name for command in both] == ["select.select_option", "sequence"]
    assert list(both[1].sequence) == back


def test_what_is_wrong_with_a_description() -> None:
    validate = BATTERY.validate
    assert validate(DATA) == {}
    assert validate(BY_MODE) == {}
    assert validate(DATA | {"reserve": 95}) == {"reserve": "reserve_above_maximum"}
    assert validate(DATA | {"mode_entity": "select.mode"}) == {
        "option_automatic": "option_missing",
        "option_manual": "option_missing",
    }
    assert validate(DATA | {"charge_power_entity": "number.a"}) == {"discharge_power_entity": "both_powers_needed"}
    assert validate(DATA | {"discharge_power_entity": "number.a"}) == {"charge_power_entity": "both_powers_needed"}


def test_it_listens_to_its_entities() -> None:
    assert BATTERY.entities(device("battery", BY_MODE)) == {
        "sensor.power",
        "sensor.soc",
        "select.mode",
        "number.setpoint",
    }
