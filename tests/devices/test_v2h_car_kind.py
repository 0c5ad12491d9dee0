"""Car that supplies the house: both ways with a least power, a reserve, a target at departure, and wear."""

from datetime import datetime
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import FillRate, InstructionKind, Intent, NotControllable
from custom_components.cem_sgcp.devices import KINDS, DeviceSettings
from tests.devices.house import BERLIN, CONTROLLED, device, instruct, released, sensing, state, told

CAR = KINDS["v2h_car"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "connected_entity": "sensor.car",
    "soc_entity": "sensor.soc",
    "capacity": 60,
    "target": 80,
    "reserve": 40,
    "maximum": 90,
    "ready_by": "07:00:00",
    "max_charge_power": 10_000,
    "max_discharge_power": 8_000,
    "min_charge_power": 1_400,
    "min_discharge_power": 1_000,
    "efficiency": 81,
    "wear_cost": 0.06,
}
SIGNED = DATA | {"setpoint_entity": "number.set"}
SETPOINT = state("number.set", "0", "W", min=-10000, max=10000, step=1)


def seen(power: str = "0", soc: str = "50", car: str = "connected", *more: Any) -> Any:
    return sensing(
        state("sensor.power", power, "W"), state("sensor.soc", soc, "%"), state("sensor.car", car), SETPOINT, *more
    )


def control_of(data: dict[str, Any], see: Any, settings: DeviceSettings = CONTROLLED) -> FillRate:
    control = CAR.sense(device("v2h_car", data), settings, see).control
    assert isinstance(control, FillRate)
    return control


def test_it_charges_and_discharges_between_its_least_and_greatest_power() -> None:
    charge, discharge, idle = control_of(DATA, seen()).actuators[0].modes
    assert (charge.elements[0].power.start, charge.elements[0].power.end) == (1400.0, 10000.0)
    assert (discharge.elements[0].power.start, discharge.elements[0].power.end) == (-1000.0, -8000.0)
    assert charge.elements[0].fill_rate.end * 3600 == pytest.approx(10000 * 0.9)
    assert discharge.elements[0].fill_rate.start * 3600 == pytest.approx(-1000 / 0.9)
    assert idle.elements[0].power.end == 0.0
    assert discharge.elements[0].running_cost is not None
    assert discharge.elements[0].running_cost.end * 3600 / 8 == pytest.approx(0.06)


def test_the_reserve_is_the_floor_and_the_target_is_due_at_departure() -> None:
    control = control_of(DATA, seen())
    assert (control.level, control.level_range.start, control.level_range.end) == (30000.0, 24000.0, 54000.0)
    (target,) = control.targets
    assert (target.minimum, target.start) == (48000.0, datetime(2026, 11, 24, 7, 0, tzinfo=BERLIN))
    assert control.departure == target.start
    # A wish above the usual maximum widens the range.
    assert control_of(DATA, seen(), DeviceSettings(target=100.0)).level_range.end == 60000.0


@pytest.mark.parametrize(
    ("power", "mode", "factor"), [("5700", "charge", 0.5), ("-8000", "discharge", 1.0), ("3", "idle", 0.0)]
)
def test_the_active_mode_follows_the_measured_power(power: str, mode: str, factor: float) -> None:
    actuator = control_of(DATA, seen(power)).actuators[0]
    assert (actuator.active_mode, actuator.active_factor) == (mode, pytest.approx(factor))


def test_a_car_on_the_road_or_without_a_level_offers_nothing() -> None:
    away = CAR.sense(device("v2h_car", SIGNED), CONTROLLED, seen(car="disconnected"))
    assert not away.available
    blind = CAR.sense(device("v2h_car", SIGNED), CONTROLLED, seen(soc="unavailable"))
    assert isinstance(blind.control, NotControllable)


def test_a_set_point_below_its_least_power_is_rest() -> None:
    one = device("v2h_car", SIGNED)
    for power, number in ((5000.0, 5000.0), (900.0, 0.0), (-900.0, 0.0), (-3000.0, -3000.0), (-9000.0, -8000.0)):
        assert told(one, instruct(power=power), seen())[0][2] == {"value": number}
    assert told(one, instruct(InstructionKind.PAUSE, power=5000.0), seen())[0][2] == {"value": 0.0}


def test_a_charger_that_counts_amperes_gets_amperes() -> None:
    data = DATA | {"setpoint_entity": "number.amps"}
    amps = state("number.amps", "0", "A", min=-16, max=16, step=1)
    assert told(device("v2h_car", data), instruct(power=6900.0), seen("0", "50", "connected", amps)) == [
        ("number.set_value", "number.amps", {"value": 10.0})
    ]


def test_modes_and_a_switch_are_used_where_there_are_some() -> None:
    data = SIGNED | {
        "mode_entity": "select.mode",
        "option_automatic": "auto",
        "option_charge": "charge",
        "option_discharge": "v2h",
        "option_idle": "idle",
        "switch_entity": "switch.box",
    }
    one = device("v2h_car", data)
    assert told(one, instruct(intent=Intent.COVER_HOUSE, power=-3000.0), seen()) == [
        ("select.select_option", "select.mode", {"option": "v2h"}),
        ("number.set_value", "number.set", {"value": 3000.0}),
        ("switch.turn_on", "switch.box", {}),
    ]
    assert [entry[1] for entry in told(one, instruct(intent=Intent.HOLD, power=0.0), seen())] == [
        "select.mode",
        "switch.box",
    ]
    assert released(one, seen()) == [
        ("select.select_option", "select.mode", {"option": "auto"}),
        ("switch.turn_on", "switch.box", {}),
    ]


def test_without_a_mode_it_is_handed_back_at_rest() -> None:
    assert released(device("v2h_car", SIGNED), seen()) == [("number.set_value", "number.set", {"value": 0.0})]


def test_what_is_wrong_with_a_description() -> None:
    validate = CAR.validate
    assert validate(SIGNED) == {}
    assert validate(DATA | {"reserve": 90}) == {"reserve": "reserve_above_maximum"}
    assert validate(DATA | {"min_charge_power": 11_000}) == {"min_charge_power": "minimum_above_maximum"}
    assert validate(DATA | {"min_discharge_power": 9_000}) == {"min_discharge_power": "minimum_above_maximum"}
    assert validate(DATA | {"charge_power_entity": "number.a"}) == {"discharge_power_entity": "both_powers_needed"}
    assert validate(DATA | {"mode_entity": "select.m"}).keys() == {"option_automatic", "option_manual"}


def test_it_listens_to_its_entities() -> None:
    assert CAR.entities(device("v2h_car", SIGNED)) == {"sensor.power", "sensor.car", "sensor.soc", "number.set"}
