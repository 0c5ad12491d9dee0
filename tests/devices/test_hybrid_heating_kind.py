"""Hybrid heating: a demand that heat pump and boiler share; the bivalent point falls out of the prices."""

from typing import Any

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import DemandDriven, InstructionKind, ModeChoice
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.heat_house import HOUR, MIDNIGHT, energy, of, plan_day, seen, sensed
from tests.devices.house import device, instruct, released, state, told

HYBRID = KINDS["hybrid_heating"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "max_power": 3000,
    "min_power": 0,
    "flow_temperature": 45,
    "cop_mild": 4.5,
    "cop_cold": 2.9,
    "boiler_power": 20_000,
    "boiler_efficiency": 90,
    "fuel_price": 0.09,
    "band_minimum": 20,
    "band_maximum": 22,
    "heat_loss": 200,
    "internal_gains": 0,
}
SELECT = DATA | {
    "select_entity": "select.mode",
    "option_heat_pump": "pump",
    "option_boiler": "gas",
    "option_automatic": "auto",
}


def house(power: str = "0", *states: Any, **more: Any) -> Any:
    return seen(state("sensor.power", power, "W"), *states, **more)


def demand_of(found: Any) -> DemandDriven:
    assert isinstance(found.control, DemandDriven)
    return found.control


def modes(pump: str, burner: str) -> Any:
    """An instruction that puts both into a mode."""
    return instruct(
        power=2000.0 if pump == "on" else 0.0,
        modes=(
            ModeChoice(actuator_id="heat_pump", mode_id=pump, factor=1.0),
            ModeChoice(actuator_id="boiler", mode_id=burner, factor=1.0),
        ),
    )


def test_the_demand_is_what_the_house_loses() -> None:
    control = demand_of(sensed("hybrid_heating", DATA, house(outdoor=lambda hour: -4.0 if hour < 12 else 6.0)))
    assert control.demand is not None
    # (21 - -4) K x 200 W/K, as Wh per s.
    cold, mild = (control.demand.at(MIDNIGHT + number * HOUR) for number in (3, 15))
    assert cold is not None
    assert mild is not None
    assert cold * 3600 == pytest.approx(5000)
    assert mild * 3600 == pytest.approx(3000)
    assert control.present_demand_rate == pytest.approx(cold)


def test_a_measured_demand_counts_for_now() -> None:
    what = house("0", state("sensor.heat", "4.2", "kW"), outdoor=0.0)
    control = demand_of(sensed("hybrid_heating", DATA | {"demand_entity": "sensor.heat"}, what))
    assert control.present_demand_rate * 3600 == pytest.approx(4200)


def test_the_heat_pump_supplies_by_its_cop_and_the_boiler_for_its_fuel() -> None:
    pump, burner = demand_of(sensed("hybrid_heating", DATA, house(outdoor=7.0))).actuators
    on = pump.modes[1]
    # 45 °C of flow: the share of Carnot at A7/W35, of Carnot between 7 and 45 °C.
    cop = 4.5 / (308.15 / 28) * 318.15 / 38
    assert on.supply_rate.end * 3600 == pytest.approx(3000 * cop)
    heat = burner.modes[1]
    assert heat.supply_rate.end * 3600 == pytest.approx(20_000)
    assert heat.running_cost is not None
    # 20 kW for an hour at 9 ct and 90 %: 2.00.
    assert heat.running_cost.end * 3600 == pytest.approx(2.00)


def test_the_price_of_an_entity_goes_before_the_stated_one() -> None:
    what = house("0", state("sensor.gas", "0.18", "EUR/kWh"))
    burner = demand_of(sensed("hybrid_heating", DATA | {"fuel_price_entity": "sensor.gas"}, what)).actuators[1]
    assert burner.modes[1].running_cost is not None
    assert burner.modes[1].running_cost.end * 3600 == pytest.approx(4.00)
    gone = house("0", state("sensor.gas", "unavailable"))
    burner = demand_of(sensed("hybrid_heating", DATA | {"fuel_price_entity": "sensor.gas"}, gone)).actuators[1]
    assert burner.modes[1].running_cost is not None
    assert burner.modes[1].running_cost.end * 3600 == pytest.approx(2.00)


def test_the_active_modes_are_seen() -> None:
    what = house("1500", state("select.mode", "pump"))
    pump, burner = demand_of(sensed("hybrid_heating", SELECT, what)).actuators
    assert (pump.active_mode, pump.active_factor, burner.active_mode) == ("on", pytest.approx(0.5), "off")
    what = house("0", state("select.mode", "gas"))
    pump, burner = demand_of(sensed("hybrid_heating", SELECT, what)).actuators
    assert (pump.active_mode, burner.active_mode) == ("off", "on")


def test_the_bivalent_point_falls_out_of_the_plan() -> None:
    """Gas at 9 ct and 90 % is 10 ct a kWh of heat; at 33 ct the heat pump is cheaper above a COP of 3.3."""
    weather = lambda hour: -9.0 if hour < 12 else 9.0  # noqa: E731
    plan = of(plan_day(sensed("hybrid_heating", DATA, house(outdoor=weather)), price=lambda _: 0.33))
    assert energy(plan, 0, 12) < 50, "in the cold the boiler heats"
    share = 4.5 / (308.15 / 28)
    cop = share * 318.15 / 36
    assert energy(plan, 12, 24) == pytest.approx(12 * 200 * 12 / cop, rel=0.02)


def test_cheap_electricity_moves_the_bivalent_point() -> None:
    weather = lambda hour: -9.0 if hour < 12 else 9.0  # noqa: E731
    plan = of(plan_day(sensed("hybrid_heating", DATA, house(outdoor=weather)), price=lambda _: 0.15))
    assert energy(plan, 0, 12) > 12 * 1500, "at 15 ct it heats in the cold too"


def test_a_dear_evening_is_heated_with_gas() -> None:
    plan = of(
        plan_day(
            sensed("hybrid_heating", DATA, house(outdoor=7.0)), price=lambda hour: 0.60 if 17 <= hour < 20 else 0.25
        )
    )
    power = np.array(plan.power)
    assert power[17 * 4 : 20 * 4].max() < 50
    assert power[8 * 4 : 16 * 4].min() > 300


def test_told_by_select_switches_and_own_actions() -> None:
    one = device("hybrid_heating", SELECT)
    assert told(one, modes("on", "off"), house()) == [("select.select_option", "select.mode", {"option": "pump"})]
    assert told(one, modes("off", "on"), house()) == [("select.select_option", "select.mode", {"option": "gas"})]
    both = device("hybrid_heating", SELECT | {"option_both": "both"})
    assert told(both, modes("on", "on"), house())[0][2] == {"option": "both"}
    two = device("hybrid_heating", DATA | {"switch_entity": "switch.pump", "boiler_switch_entity": "switch.gas"})
    assert told(two, modes("off", "on"), house()) == [
        ("switch.turn_on", "switch.gas", {}),
        ("switch.turn_off", "switch.pump", {}),
    ]
    own = device(
        "hybrid_heating",
        DATA | {"heat_pump_sequence": [{"action": "script.pump"}], "boiler_sequence": [{"action": "script.gas"}]},
    )
    pump, burner = HYBRID.commands(own, modes("on", "off"), house())
    assert (pump.variables["power"], burner.variables["power"]) == (2000.0, 0.0)


def test_the_burner_is_told_how_much_heat_the_plan_wants() -> None:
    one = device("hybrid_heating", DATA | {"boiler_sequence": [{"action": "script.gas"}]})
    wanted = instruct(
        power=0.0,
        modes=(
            ModeChoice(actuator_id="heat_pump", mode_id="off"),
            ModeChoice(actuator_id="boiler", mode_id="on", factor=0.25),
        ),
    )
    (burner,) = HYBRID.commands(one, wanted, house())
    assert burner.variables["power"] == pytest.approx(5000.0)


def test_a_limit_on_electricity_leaves_the_house_warm() -> None:
    one = device("hybrid_heating", DATA | {"switch_entity": "switch.pump", "boiler_switch_entity": "switch.gas"})
    for order in (instruct(power=0.0, urgent=True), instruct(InstructionKind.STOP)):
        assert told(one, order, house()) == [
            ("switch.turn_on", "switch.gas", {}),
            ("switch.turn_off", "switch.pump", {}),
        ]


def test_handed_back_it_decides_by_itself() -> None:
    assert released(device("hybrid_heating", SELECT), house()) == [
        ("select.select_option", "select.mode", {"option": "auto"})
    ]


def test_what_is_wrong_with_a_description() -> None:
    assert HYBRID.validate(DATA) == {}
    assert HYBRID.validate(SELECT) == {}
    without = {key: value for key, value in DATA.items() if key != "fuel_price"}
    assert HYBRID.validate(without) == {"fuel_price": "fuel_price_missing"}
    assert HYBRID.validate(DATA | {"select_entity": "select.mode"}) == {
        "option_heat_pump": "option_missing",
        "option_boiler": "option_missing",
        "option_automatic": "option_missing",
    }
