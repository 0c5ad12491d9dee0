"""Demand driven (S2 DDBC): a demand that several actuators meet: hybrid heat pump, bivalent heating, CHP and boiler."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    Intent,
    NumberRange,
    PlanStatus,
    Resource,
    Series,
)
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, flat, house, limit, prices, shaped
from .machines import on_and_off

HOUR = timedelta(hours=1)
GAS = 0.12
"""currency per kWh of heat."""


def heat(mode_id: str, power: float, supply: float, *, start: float = 0.0, cost: float = 0.0) -> DemandDrivenMode:
    """A mode that draws W and supplies W of heat at most, `start` of it at least; cost in currency per kWh of heat."""
    return DemandDrivenMode(
        mode_id=mode_id,
        power=NumberRange(start=start * power, end=power),
        supply_rate=NumberRange(start=start * supply, end=supply),
        running_cost=NumberRange(start=start * cost * supply / 3.6e6, end=cost * supply / 3.6e6) if cost else None,
    )


OFF = DemandDrivenMode(mode_id="off", power=NumberRange(start=0, end=0), supply_rate=NumberRange(start=0, end=0))


def heat_pump(**fields: object) -> DemandDrivenActuator:
    """A heat pump of 2 kW that supplies 6 kW at a COP of 3."""
    given = {"modes": (OFF, heat("heat", 2000, 6000)), "active_mode": "off"}
    return DemandDrivenActuator(actuator_id="heat_pump", **{**given, **fields})


def boiler(**fields: object) -> DemandDrivenActuator:
    """A gas boiler of 20 kW that draws 60 W."""
    given = {"modes": (OFF, heat("burn", 60, 20000, cost=GAS)), "active_mode": "off"}
    return DemandDrivenActuator(actuator_id="boiler", **{**given, **fields})


def heating(*actuators: DemandDrivenActuator, demand: Series | None = None, present: float = 3000.0) -> Resource:
    """A heating with a demand in W of heat."""
    return Resource(
        resource_id="heating",
        name="Heating",
        controllable=True,
        control=DemandDriven(
            actuators=actuators or (heat_pump(), boiler()), present_demand_rate=present, demand=demand
        ),
    )


def actuator(plan, name: str):
    """The plan of one actuator."""
    return next(entry for entry in plan.device("heating").actuators if entry.actuator_id == name)


def test_hybrid_heating_burns_gas_only_while_electricity_is_dearer_than_its_cop_allows():
    buys = [0.30] * 6 + [0.45] * 6 + [0.30] * 12  # 0.30 / 3 < 0.12 < 0.45 / 3
    plan = make_plan(house(heating(), prices=prices(buys)))
    power = np.array(plan.device("heating").power)
    assert power[:24] == pytest.approx(1000, abs=1)
    assert power[24:48] == pytest.approx(9, abs=1)
    assert set(actuator(plan, "heat_pump").mode[24:48]) == {"off"}
    assert set(actuator(plan, "boiler").mode[24:48]) == {"burn"}
    assert set(actuator(plan, "boiler").mode[:24]) == {"off"}
    assert actuator(plan, "heat_pump").factor[0] == pytest.approx(0.5)
    assert set(plan.device("heating").intent) == {Intent.ON}


def test_cop_that_follows_the_weather_moves_the_bivalent_point():
    """At 0.30 per kWh a heat pump beats gas down to a COP of 2.5; nights are colder than that."""
    factor = shaped(lambda hour: 0.7 if hour >= 12 else 1.0)
    plan = make_plan(house(heating(heat_pump(supply_factor=factor), boiler())))
    power = np.array(plan.device("heating").power)
    assert power[:48] == pytest.approx(1000, abs=1)
    assert power[48:] == pytest.approx(9, abs=1)


def test_worse_cop_takes_more_electricity_for_the_same_demand():
    plan = make_plan(house(heating(heat_pump(supply_factor=flat(0.75))), prices=prices(0.30)))
    assert plan.device("heating").power[0] == pytest.approx(3000 / (3 * 0.75), abs=1)


def test_present_demand_holds_where_no_forecast_is():
    demand = Series.from_values(NOW, HOUR, [1500.0, 4500.0])
    plan = make_plan(house(heating(heat_pump(), demand=demand)))
    power = np.array(plan.device("heating").power)
    assert power[:4] == pytest.approx(500, abs=1)
    assert power[4:8] == pytest.approx(1500, abs=1)
    assert power[8:] == pytest.approx(1000, abs=1)


def test_peak_of_demand_is_met_by_both_together():
    plan = make_plan(house(heating(present=9000), prices=prices(0.30)))
    assert plan.device("heating").power[0] == pytest.approx(2000 + 9, abs=1)
    assert plan.device("heating").shortfall == 0


def test_demand_beyond_all_actuators_is_met_as_far_as_it_can_be_and_told():
    plan = make_plan(house(heating(heat_pump(), present=8000)))
    device = plan.device("heating")
    assert device.power[0] == pytest.approx(2000, abs=1)
    assert device.shortfall == pytest.approx(2000 * 24 * 3600, rel=1e-3)
    (told,) = device.notes
    assert told.key == "demand_not_met"
    assert "25 %" in told.text
    assert plan.status is PlanStatus.RELAXED
    assert max(plan.marginal_price) < 1  # cold is not told as money


def test_limit_of_the_grid_turns_the_heating_to_gas():
    plan = make_plan(house(heating(), prices=prices(0.10), limits=(limit(800, hours=6),)))
    power = np.array(plan.device("heating").power)
    assert max(plan.net_power[:24]) <= 800 + 1
    assert power[0] < 501
    assert power[30] == pytest.approx(1000, abs=1)
    assert plan.device("heating").shortfall == 0


def test_no_heat_is_wasted_where_electricity_earns_money():
    plan = make_plan(house(heating(heat_pump()), prices=prices(-0.10, -0.2)))
    assert plan.device("heating").power[0] == pytest.approx(1000, abs=1)


def test_boiler_that_is_on_or_off_goes_on_and_off_for_its_demand():
    coarse = boiler(modes=(OFF, heat("burn", 60, 20000, start=1.0, cost=GAS)))
    plan = make_plan(house(heating(coarse)))
    assert plan.device("heating").power[0] == pytest.approx(60 * 3 / 20, abs=0.1)
    assert plan.objective == pytest.approx(24 * (3 * GAS + (0.3 + 0.009) * 0.30), abs=0.01)


def test_heat_pump_with_a_minimum_run_stays_on_for_it():
    buys = [0.30, 0.30, 0.45, 0.30] * 6
    free = make_plan(house(heating(), prices=prices([0.45, 0.30] * 12)))
    kept = on_and_off(150, 0)
    bound = {
        "transitions": tuple(
            entry.replace(from_mode=entry.from_mode.replace("on", "heat"), to_mode=entry.to_mode.replace("on", "heat"))
            for entry in kept["transitions"]
        ),
        "timers": kept["timers"],
    }
    plan = make_plan(house(heating(heat_pump(**bound), boiler()), prices=prices(buys)))
    states = np.array([mode == "heat" for mode in actuator(plan, "heat_pump").mode])
    edges = np.flatnonzero(np.diff(states.astype(int)))
    runs = [end - begin for begin, end in pairwise(edges) if states[begin + 1]]
    assert all(length >= 10 for length in runs)
    frequent = np.array([mode == "heat" for mode in actuator(free, "heat_pump").mode])
    assert np.count_nonzero(np.diff(frequent.astype(int))) > 20


def test_actuators_for_abnormal_conditions_only_are_a_forecast():
    emergency = heat("rod", 6000, 6000).replace(abnormal_condition_only=True)
    resource = heating(heat_pump(modes=(emergency,), active_mode=None)).replace(forecast=flat(700))
    plan = make_plan(house(resource))
    assert set(plan.device("heating").power) == {700.0}
    assert [note.key for note in plan.notes] == ["no_modes"]


def test_heating_that_is_not_available_does_what_it_forecasts():
    plan = make_plan(house(heating().replace(available=False, forecast=flat(700))))
    assert set(plan.device("heating").power) == {700.0}


def test_demand_in_any_unit_gives_the_same_plan():
    """Rates in kW or mW of heat: only their ratio to each other counts."""
    buys = prices([0.30] * 6 + [0.45] * 6 + [0.30] * 12)
    small = heating()

    def scaled(mode: DemandDrivenMode, factor: float) -> DemandDrivenMode:
        rate = mode.supply_rate
        return mode.replace(supply_rate=NumberRange(start=rate.start * factor, end=rate.end * factor))

    plans = []
    for factor in (1e-3, 1.0, 1e3):
        control = small.control.replace(
            actuators=tuple(
                entry.replace(modes=tuple(scaled(mode, factor) for mode in entry.modes))
                for entry in small.control.actuators
            ),
            present_demand_rate=3000.0 * factor,
        )
        plans.append(make_plan(house(small.replace(control=control), prices=buys)))
    assert plans[0].device("heating").power == pytest.approx(plans[1].device("heating").power, abs=0.1)
    assert plans[2].device("heating").power == pytest.approx(plans[1].device("heating").power, abs=0.1)


@pytest.mark.parametrize(
    ("actuators", "present", "demand"),
    [
        ((heat_pump(modes=(OFF,)),), 3000.0, None),
        ((heat_pump(), boiler()), -5.0, None),
        ((heat_pump(), boiler()), 1e15, None),
        ((heat_pump(supply_factor=flat(-1.0)),), 3000.0, None),
        ((heat_pump(supply_factor=flat(1e12)),), 3000.0, None),
        ((heat_pump(active_mode=None), boiler(active_mode=None)), 0.0, flat(-1e9)),
        ((heat_pump(modes=(OFF, heat("heat", -2000, 6000))),), 3000.0, None),
        ((heat_pump(modes=(OFF, heat("heat", 2000, -6000))),), 3000.0, None),
        ((boiler(modes=(OFF, heat("burn", 0, 20000, cost=1e9))),), 3000.0, None),
    ],
)
def test_whatever_a_demand_says_there_is_a_plan_and_not_by_rules(actuators, present, demand):
    plan = make_plan(house(heating(*actuators, present=present, demand=demand)))
    assert plan.status is not PlanStatus.FALLBACK
    assert np.all(np.isfinite(plan.device("heating").power))
