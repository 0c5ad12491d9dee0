"""Actuators of stores with modes (S2 FRBC): transitions, timers, starts a day, several of them, rates over time."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    FillRateElement,
    FillRateMode,
    Goals,
    Intent,
    LevelTarget,
    NumberRange,
    PlanStatus,
    Series,
    TimeGrid,
    Timer,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from .heaters import OFF, actuator, chp, element, mode, pump, store
from .houses import NOW, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped
from .machines import Permitted, change, on_and_off

HOUR = timedelta(hours=1)
EXACT = PlannerOptions(gap=0.0, time_limit=60.0)


def use(watts: float, hours: float = 72) -> Series:
    """A constant use of heat."""
    return flat(watts / 3600, hours)


def states(plan, name: str, mode_id: str = "on") -> np.ndarray:
    """Whether an actuator of the buffer is in a mode, per step."""
    (found,) = [entry for entry in plan.device("buffer").actuators if entry.actuator_id == name]
    return np.array([entry == mode_id for entry in found.mode])


def lengths(on: np.ndarray, value: bool) -> list[int]:
    """Length of each stretch within the plan."""
    edges = np.flatnonzero(np.diff(on.astype(int)))
    return [int(end - begin) for begin, end in pairwise(edges) if bool(on[begin + 1]) is value]


def starts(on: np.ndarray) -> int:
    """How often it starts, beginning off."""
    return int(np.count_nonzero(np.diff(np.concatenate([[0], on.astype(int)])) == 1))


def test_fuel_cell_runs_on_heat_demand_with_start_cost_and_minimum_run():
    """JWG1111: it starts seldom, runs long, gives electricity meanwhile, and never starts more often than it may."""
    kept = on_and_off(120, 60, start_cost=0.20)
    resource = store(chp(**kept, maximum_starts_per_day=2), usage=use(1200), capacity=12000, level=3000)
    plan = make_plan(house(resource, prices=prices(0.30, 0.10), base_load=flat(600)))
    on = states(plan, "chp")
    level = np.array(plan.device("buffer").level)
    assert on.any()
    assert all(length >= 8 for length in lengths(on, True))
    assert all(length >= 4 for length in lengths(on, False))
    assert starts(on[:72]) <= 2
    assert starts(on) <= 4
    assert level.min() >= -1
    assert level.max() <= 12000 + 1
    power = np.array(plan.device("buffer").power)
    assert power == pytest.approx(np.where(on, -1000.0, 0.0), abs=1)
    assert plan.solver == "HiGHS"
    intents = set(np.array(plan.device("buffer").intent)[on])
    assert intents == {Intent.ON}
    assert set(np.array(plan.device("buffer").intent)[~on]) == {Intent.OFF}


def test_full_store_stops_the_chp():
    resource = store(chp(**on_and_off()), level=19500, capacity=20000, usage=use(0))
    plan = make_plan(house(resource, prices=prices(2.0, 1.9), base_load=flat(2000)))
    assert states(plan, "chp").sum() == 0  # a quarter of an hour would overfill it
    assert plan.device("buffer").level[-1] == pytest.approx(19500)


def test_start_cost_makes_runs_fewer_and_longer():
    cheap = store(pump(**on_and_off()), usage=use(2000), capacity=10000)
    dear = store(pump(**on_and_off(start_cost=0.05)), usage=use(2000), capacity=10000)
    wave = prices([0.30, 0.28] * 12, 0.0)
    often = states(make_plan(house(cheap, prices=wave)), "pump")
    seldom = states(make_plan(house(dear, prices=wave)), "pump")
    assert starts(seldom) < starts(often)
    assert abs(int(seldom.sum()) - int(often.sum())) <= 2  # the same heat


def test_heat_pump_keeps_its_minimum_on_and_off_times_on_an_uneven_grid():
    times = TimeGrid.tiered(NOW, ((300, 3600), (900, 12 * 3600), (3600, 24 * 3600)))
    resource = store(pump(**on_and_off(20, 40)), usage=use(2500), capacity=6000, level=2000)
    plan = make_plan(house(resource, grid=times, prices=prices([0.30, 0.20] * 24, 0.0)))
    (found,) = plan.device("buffer").actuators
    assert Permitted.of(resource.control.actuators[0]).permits(found.mode, times)
    assert starts(states(plan, "pump")) >= 2


def test_heat_pump_that_just_stopped_waits():
    kept = on_and_off(0, 0)
    timers = (Timer(timer_id="on", duration=0), Timer(timer_id="off", duration=0, finished_at=NOW + 2 * HOUR))
    resource = store(pump(**{**kept, "timers": timers}), level=0, usage=use(1000))
    plan = make_plan(house(resource))
    on = states(plan, "pump")
    assert not on[:8].any()
    assert on[8]
    assert plan.device("buffer").notes[0].key == "level_below"


def test_heat_pump_that_must_stay_on_may_overfill_its_store_for_a_while():
    timers = (Timer(timer_id="on", duration=3600, finished_at=NOW + HOUR), Timer(timer_id="off", duration=0))
    kept = {**on_and_off(), "timers": timers}
    resource = store(pump(**{**kept, "active_mode": "on"}), level=9000, capacity=10000, usage=use(500))
    plan = make_plan(house(resource))
    assert states(plan, "pump")[:4].all()
    assert not states(plan, "pump")[4]
    assert plan.status is PlanStatus.RELAXED


def test_only_one_of_several_modes_holds_and_only_listed_changes_are_made():
    modes = (OFF, mode("half", 1000, 3500), mode("full", 2000, 6000))
    changes = (change("off", "half"), change("half", "full"), change("full", "half"), change("half", "off"))
    target = LevelTarget(start=NOW + 3 * HOUR, end=NOW + 4 * HOUR, minimum=15000)
    resource = store(actuator(*modes, transitions=changes), level=2000, targets=(target,), usage=use(500))
    plan = make_plan(house(resource))
    (found,) = plan.device("buffer").actuators
    assert {"off", "half", "full"} <= set(found.mode)
    assert Permitted.of(resource.control.actuators[0]).permits(found.mode, plan.grid)
    assert plan.device("buffer").shortfall == 0


def test_modulating_heat_pump_runs_between_its_least_and_its_full_power():
    kept = on_and_off(60, 30, start_cost=0.05)
    inverter = actuator(OFF, mode("on", 3000, 9000, start=0.4), name="pump", **kept)
    resource = store(inverter, usage=use(3600), capacity=5000, level=2500)
    sunny = shaped(lambda hour: -1500.0 if 2 <= hour < 8 else 300.0)
    plan = make_plan(house(resource, base_load=sunny, prices=prices(0.30, 0.05)))
    on = states(plan, "pump")
    power = np.array(plan.device("buffer").power)
    (found,) = plan.device("buffer").actuators
    assert power[on].min() >= 1200 - 1
    assert power[on].max() <= 3000 + 1
    assert power[~on] == pytest.approx(0, abs=1)
    assert power == pytest.approx(np.where(on, 1200 + np.array(found.factor) * 1800, 0), abs=1)
    assert on[8:32].mean() > 0.8  # it follows the sun rather than stopping
    assert set(np.array(plan.device("buffer").intent)[on]) == {Intent.CHARGE_GRID}
    assert set(np.array(plan.device("buffer").intent)[~on]) == {Intent.HOLD}


def test_rod_and_heat_pump_fill_one_store_the_cheaper_first():
    rod = actuator(OFF, mode("on", 3000, 3000), name="rod")
    target = LevelTarget(start=NOW + 2 * HOUR, end=NOW + 3 * HOUR, minimum=17000)
    relaxed = LevelTarget(start=NOW + 2 * HOUR, end=NOW + 3 * HOUR, minimum=12000)
    both = make_plan(house(store(pump(), rod, level=0, targets=(target,))))
    one = make_plan(house(store(pump(), rod, level=0, targets=(relaxed,))))
    assert states(both, "pump")[:8].all()
    assert states(both, "rod")[:8].sum() == 7  # 12 kWh by the pump, 5 kWh by the rod in quarters of 0.75 kWh
    assert not states(one, "rod").any()
    assert both.device("buffer").power[:8] == pytest.approx(2000.0 + 3000.0 * states(both, "rod")[:8], abs=1)


def test_cop_that_follows_the_weather_moves_heating_to_the_warm_hours():
    """`rate_factor`: the same electricity stores twice the heat at noon."""
    warm = shaped(lambda hour: 1.2 if 5 <= hour < 8 else 0.6)
    resource = store(pump(rate_factor=warm), usage=use(500), level=3000)
    plan = make_plan(house(resource, prices=prices(0.30)))
    on = states(plan, "pump")
    assert on[20:32].sum() >= 5
    assert on[~((np.arange(96) >= 20) & (np.arange(96) < 32))].sum() <= 2
    level = np.array(plan.device("buffer").level)
    gained = np.diff(np.concatenate([[3000], level])) + 125
    assert gained[20:32][on[20:32]] == pytest.approx(6000 * 1.2 / 4, abs=1)


def test_factor_of_the_rate_that_is_missing_reads_as_one_and_nonsense_as_nothing():
    gap = Series.from_values(NOW + 30 * HOUR, HOUR, [3.0])
    plain = make_plan(house(store(pump(), usage=use(500))))
    missing = make_plan(house(store(pump(rate_factor=gap), usage=use(500))))
    negative = make_plan(house(store(pump(rate_factor=flat(-2.0)), usage=use(500))))
    assert missing.device("buffer").power == plain.device("buffer").power
    assert not states(negative, "pump").any()


def tapered(*pieces: tuple[float, float, float]) -> FillRateMode:
    """A charge mode from nothing to so many W in each range of levels."""
    return FillRateMode(
        mode_id="charge",
        elements=tuple(
            FillRateElement(
                level_range=NumberRange(start=low, end=high),
                fill_rate=NumberRange(start=0, end=power / 3600),
                power=NumberRange(start=0, end=power),
            )
            for low, high, power in pieces
        ),
    )


def with_charge(resource, charge: FillRateMode, **fields: object):
    """The battery with another way to charge."""
    found = resource.control.actuators[0]
    modes = (charge, *found.modes[1:])
    return resource.replace(control=resource.control.replace(actuators=(found.replace(modes=modes),), **fields))


TAPER = ((0, 8000, 5000), (8000, 9000, 2000), (9000, 10000, 500))


def exact_level(level: float, hours: float) -> float:
    """The level after charging with all that the taper allows, in small steps."""
    for _ in range(round(hours * 3600)):
        power = next(power for low, high, power in TAPER if level < high or high == 10000)
        level = min(level + power / 3600, 10000)
    return level


def test_charging_slows_down_where_the_level_says_so():
    target = LevelTarget(start=NOW + 2 * HOUR, end=NOW + 3 * HOUR, minimum=10000)
    resource = with_charge(battery(5000, efficiency=1.0), tapered(*TAPER), targets=(target,))
    plan = make_plan(house(resource))
    level = np.array(plan.device("battery").level)
    for step in range(8):
        assert level[step] == pytest.approx(exact_level(5000, (step + 1) / 4), abs=60)
    assert plan.device("battery").shortfall == pytest.approx(10000 - exact_level(5000, 2.0), abs=60)


def test_no_plan_promises_more_than_the_level_allows():
    """Cheap hours late: the plan must begin before them, since near full it can take little."""
    target = LevelTarget(start=NOW + 8 * HOUR, end=NOW + 9 * HOUR, minimum=9900)
    buys = [0.40] * 6 + [0.10] * 2 + [0.40] * 16
    resource = with_charge(battery(1000, efficiency=1.0, terminal=0.0), tapered(*TAPER), targets=(target,))
    plan = make_plan(house(resource, base_load=flat(0), prices=prices(buys, 0.0)))
    power, level = np.array(plan.device("battery").power), np.array(plan.device("battery").level)
    before = np.concatenate([[1000], level[:-1]])
    for step in range(32):
        able = exact_level(before[step], 0.25) - before[step]
        assert power[step] / 4 <= able + 100  # a hundredth of the capacity
    assert level[31] >= 9900 - 100


def test_same_mode_at_every_level_costs_no_second_round():
    pieces = ((0, 8000, 5000), (8000, 10000, 5000))
    plain = make_plan(house(battery(5000, efficiency=1.0)))
    split = make_plan(house(with_charge(battery(5000, efficiency=1.0), tapered(*pieces))))
    assert split.device("battery").power == plain.device("battery").power


def test_heat_pump_loses_efficiency_as_its_store_grows_hot():
    """Efficiency by level: heating to the top takes more electricity than its lower part suggests."""
    low, high = NumberRange(start=0, end=10000), NumberRange(start=10000, end=20000)
    heat = FillRateMode(mode_id="on", elements=(element(2000, 8000, levels=low), element(2000, 4000, levels=high)))
    target = LevelTarget(start=NOW + 6 * HOUR, end=NOW + 7 * HOUR, minimum=18000)
    plan = make_plan(house(store(actuator(OFF, heat, name="pump"), level=2000, targets=(target,))))
    hours = float(states(plan, "pump")[:24].sum()) / 4
    assert hours == pytest.approx(8000 / 8000 + 8000 / 4000, abs=0.26)
    assert plan.device("buffer").level[23] >= 18000 - 100


def test_wear_weight_makes_a_battery_cycle_less_and_leaves_fuel_alone():
    spread = prices([0.20, 0.30] * 12)
    site = house(battery(5000, terminal=0.2, wear=0.04), prices=spread, base_load=flat(3000))
    light = make_plan(site)
    heavy = make_plan(site.replace(goals=Goals(wear_weight=5.0)))
    assert max(light.device("battery").power) > 100
    assert max(heavy.device("battery").power) < 1
    heating = house(store(chp(), usage=use(1000), level=5000), prices=prices(0.30, 0.10))
    weighed = make_plan(heating.replace(goals=Goals(wear_weight=5.0)))
    assert weighed.device("buffer").power == make_plan(heating).device("buffer").power


def test_car_charges_with_its_least_power_or_not_at_all_in_fine_steps_and_on_average_in_long_ones():
    sunny = shaped(lambda hour: -700.0 if 2 <= hour < 8 else 300.0)
    ready = NOW + 10 * HOUR
    fine = make_plan(house(car(3000, ready), base_load=sunny)).device("car")
    power = np.array(fine.power)
    assert np.all((power < 1) | (power >= 1380 - 1))
    long = make_plan(house(car(3000, ready), base_load=sunny, grid=grid(24, 60))).device("car")
    assert long.power[2:6] == pytest.approx([700.0] * 4, abs=60)
    assert fine.actuators[0].mode[0] == "off"
    assert long.actuators[0].mode[3] == "charge"


def test_steps_beyond_a_day_need_no_whole_decision():
    resource = car(30000, NOW + 40 * HOUR, most=2000, least=1380)
    plan = make_plan(house(resource, grid=grid(48), base_load=flat(0), prices=prices([0.4] * 24 + [0.2] * 24, 0.0)))
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.device("car").shortfall == 0


def test_no_actuator_fills_and_empties_at_once_even_with_two_ways_to_fill():
    found = battery(5000, efficiency=0.8, terminal=0.0)
    modes = found.control.actuators[0].modes
    slow = modes[0].replace(
        mode_id="slow",
        elements=(
            modes[0]
            .elements[0]
            .replace(power=NumberRange(start=0, end=1000), fill_rate=NumberRange(start=0, end=900 / 3600)),
        ),
    )
    both = found.control.actuators[0].replace(modes=(slow, *modes))
    resource = found.replace(control=found.control.replace(actuators=(both,)))
    plan = make_plan(
        house(
            resource,
            photovoltaics(5000, curtailable=False, forecast=flat(-3000.0)),
            prices=prices([-0.30] * 24, [-0.40] * 24),
            limits=(limit(20000),),
        )
    )
    device = plan.device("battery")
    change_ = np.diff([5000, *device.level])
    power = np.array(device.power) / 4
    assert np.all(change_[power > 1] >= 0.8 * power[power > 1] - 0.5)
    assert np.all(change_[power < -1] == pytest.approx(power[power < -1] / 0.8, abs=0.5))


@pytest.mark.parametrize(
    "resource",
    [
        store(actuator(OFF)),
        store(pump().replace(modes=(mode("on", 2000, 6000, start=1.0),), active_mode="on")),
        store(pump(**on_and_off(1e5, 1e5)), level=0, usage=use(1e6)),
        store(pump(**on_and_off(90, 0), maximum_starts_per_day=0), level=0, usage=use(3000)),
        store(pump(**{**on_and_off(300), "active_mode": "on"}), level=99_000, capacity=20_000),
        store(pump(), chp(), level=-5000, capacity=1),
        store(actuator(mode("drain", 0, -500), mode("flood", 0, 5000), name="valve")),
        with_charge(battery(5000), tapered((0, 0, 5000), (9000, 10000, 0))),
        with_charge(battery(5000), tapered((0, 5000, 0), (5000, 10000, 9000))),
        with_charge(battery(5000), tapered((5000, 5000, 4000), (20000, 30000, 1e-6))),
        with_charge(battery(5000), tapered((0, 4000, 2000), (3000, 10000, 6000))),
    ],
)
def test_whatever_a_store_says_there_is_a_plan_and_not_by_rules(resource):
    plan = make_plan(house(resource, prices=prices([0.2, 0.4] * 12)), PlannerOptions(time_limit=5))
    assert plan.status is not PlanStatus.FALLBACK
    assert np.all(np.isfinite(plan.devices[0].power))
    assert np.all(np.isfinite(plan.devices[0].level))
