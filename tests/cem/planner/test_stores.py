"""Stores: batteries, cars, hot water. Named after what a user or S2's fill rate control type can ask for."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Intent,
    Interval,
    LeakageElement,
    LevelTarget,
    NumberRange,
    PlanStatus,
    Resource,
    Series,
)
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped

HOUR = timedelta(hours=1)


def boiler(
    *,
    level: float = 55.0,
    unit_rate: float = 10.0 / 3600,
    usage: Series | None = None,
    targets: tuple[LevelTarget, ...] = (),
    powers: tuple[float, ...] = (2000.0,),
    leakage: tuple[LeakageElement, ...] = (),
) -> Resource:
    """Hot water with heating rods: levels in °C, each power on or off; `unit_rate` is °C per s at 2 kW."""
    whole = NumberRange(start=30, end=70)

    def mode(power: float) -> FillRateMode:
        rate = unit_rate * power / 2000
        return FillRateMode(
            mode_id=f"{power:.0f}",
            elements=(
                FillRateElement(
                    level_range=whole,
                    fill_rate=NumberRange(start=rate, end=rate),
                    power=NumberRange(start=power, end=power),
                ),
            ),
        )

    return Resource(
        resource_id="boiler",
        name="boiler",
        controllable=True,
        control=FillRate(
            actuators=(FillRateActuator(actuator_id="rod", modes=tuple(mode(power) for power in (0.0, *powers))),),
            level=level,
            level_unit="°C",
            level_range=whole,
            usage=usage,
            targets=targets,
            leakage=leakage,
        ),
    )


def test_battery_found_below_its_reserve_gets_a_plan_and_recovers():
    plan = make_plan(house(battery(1400, reserve=1500)))
    device = plan.device("battery")
    assert plan.status is PlanStatus.OPTIMAL
    assert device.level[0] >= 1500 - 1
    assert min(device.level) >= 1400
    assert [note.key for note in device.notes] == []  # one step is enough: nothing to say
    assert max(device.power) < 1000  # it recovers, it does not fill up


def test_battery_far_below_its_reserve_says_until_when():
    plan = make_plan(house(battery(500, reserve=5000, power=2000)))
    device = plan.device("battery")
    (told,) = [note for note in device.notes if note.key == "level_below"]
    assert told.resource_id == "battery"
    assert device.power[0] == pytest.approx(2000, abs=1)
    assert "until" in told.text


def test_battery_found_above_its_range_drifts_back_without_being_dumped():
    resource = battery(9800)
    control = resource.control.replace(level_range=NumberRange(start=0, end=9000))
    plan = make_plan(house(resource.replace(control=control), prices=prices(0.30, 0.0)))
    device = plan.device("battery")
    assert plan.status is PlanStatus.OPTIMAL
    assert max(device.level) <= 9800
    assert min(plan.net_power) >= -1  # nothing is given away to get there


def test_battery_covers_the_house_first_on_a_flat_tariff():
    plan = make_plan(house(battery(5000)))
    device = plan.device("battery")
    assert device.power[0] == pytest.approx(-300, abs=1)
    assert device.intent[0] is Intent.SELF_CONSUMPTION
    assert device.lower[0] == -5000
    assert device.upper[0] == 5000


def test_battery_is_neither_drained_nor_hoarded_at_the_horizon():
    wave = [0.20 + 0.10 * np.sin(hour / 24 * 2 * np.pi) for hour in range(72)]
    plan = make_plan(house(battery(5000), prices=prices(wave, 0.05), grid=grid(48)))
    device = plan.device("battery")
    value = device.stored_value[-1]
    assert min(wave) < value < max(wave)
    assert -max(device.power) < 0  # it does charge
    assert device.level[-1] > 0
    charged = [wave[step // 4] for step, power in enumerate(device.power) if power > 100 and step > 140]
    assert all(price <= np.quantile(wave, 0.3) for price in charged)  # late charging only where it is cheap


def test_wear_forbids_cycles_that_do_not_pay_for_it():
    spread = [0.20, 0.26] * 12
    careless = make_plan(house(battery(5000, terminal=0.2), prices=prices(spread), base_load=flat(3000)))
    careful = make_plan(house(battery(5000, terminal=0.2, wear=0.10), prices=prices(spread), base_load=flat(3000)))
    assert max(careless.device("battery").power) > 100
    assert max(careful.device("battery").power) < 1


def test_charging_from_the_grid_and_selling_are_named_so():
    buys = [0.05] * 3 + [0.30] * 9 + [0.60] * 3 + [0.30] * 9
    sells = [0.0] * 12 + [0.50] * 3 + [0.0] * 9
    plan = make_plan(house(battery(0, terminal=0.0), prices=prices(buys, sells)))
    device = plan.device("battery")
    assert Intent.CHARGE_GRID in device.intent[:12]
    assert Intent.DISCHARGE_GRID in device.intent[48:60]
    for intent, power, lower, upper in zip(device.intent, device.power, device.lower, device.upper, strict=True):
        assert lower <= power + 1e-6
        assert power <= upper + 1e-6
        if intent is Intent.CHARGE_GRID:
            assert lower == pytest.approx(power)
            assert upper == pytest.approx(5000)


def test_battery_waits_with_surplus_until_prices_below_zero_where_export_pays_now():
    sells = [0.10] * 6 + [-0.05] * 3 + [0.10] * 15
    plan = make_plan(
        house(
            battery(0, terminal=0.12),
            photovoltaics(5000, curtailable=False, forecast=shaped(lambda hour: -4000.0 if hour < 9 else 0.0)),
            prices=prices([0.30] * 24, sells),
        )
    )
    level = plan.device("battery").level
    assert level[23] == pytest.approx(0, abs=1)
    assert level[35] == pytest.approx(10000, abs=1)  # filled in the hours in which export costs


def test_hold_when_later_hours_are_dearer():
    buys = [0.20] * 6 + [0.60] * 18
    plan = make_plan(house(battery(4000, terminal=0.0), prices=prices(buys, 0.0), base_load=flat(1000)))
    device = plan.device("battery")
    assert set(device.intent[:24]) <= {Intent.HOLD, Intent.CHARGE_GRID, Intent.CHARGE_SURPLUS}
    assert device.power[24] < -900


def test_usage_and_leakage_lower_the_level_and_are_made_up():
    bath = Series(intervals=(Interval(start=NOW + 6 * HOUR, end=NOW + 7 * HOUR, value=20.0 / 3600),), unit="°C/s")
    leak = (
        LeakageElement(level_range=NumberRange(start=30, end=50), rate=0.2 / 3600),
        LeakageElement(level_range=NumberRange(start=50, end=70), rate=0.6 / 3600),
    )
    plan = make_plan(house(boiler(level=45, usage=bath, leakage=leak), prices=prices([0.3] * 3 + [0.2] + [0.3] * 20)))
    device = plan.device("boiler")
    level = np.array(device.level)
    assert level.min() >= 30 - 1e-3
    assert level[27] < level[23] - 10  # the bath
    assert level[0] == pytest.approx(45 - (0.2 + 0.4 * 5 / 20) / 4, abs=0.1)  # leakage at 45 °C lies between
    on = np.array(device.power) > 1
    assert on[12:16].any()  # in the one cheap hour
    assert set(np.round(device.power)) <= {0.0, 2000.0}


def test_rod_with_several_powers_takes_one_of_them_at_a_time():
    target = LevelTarget(start=NOW + 3 * HOUR, end=NOW + 4 * HOUR, minimum=60)
    plan = make_plan(house(boiler(level=50, targets=(target,), powers=(1000.0, 2000.0, 3000.0))))
    device = plan.device("boiler")
    assert set(np.round(device.power)) <= {0.0, 1000.0, 2000.0, 3000.0}
    assert device.level[11] >= 60 - 1e-2


def test_target_band_is_kept_from_its_start_to_its_end():
    target = LevelTarget(start=NOW + 2 * HOUR, end=NOW + 5 * HOUR, minimum=6000, maximum=7000)
    plan = make_plan(house(battery(1000, targets=(target,)), prices=prices(0.30, 0.0)))
    level = np.array(plan.device("battery").level)
    assert np.all(level[7:20] >= 6000 - 1)
    assert np.all(level[7:20] <= 7000 + 1)
    assert plan.device("battery").shortfall == 0


def test_target_out_of_reach_is_missed_by_as_little_as_can_be_and_says_what_would_fix_it():
    plan = make_plan(house(car(20000, NOW + HOUR, most=11000)))
    device = plan.device("car")
    assert plan.status is PlanStatus.RELAXED
    assert device.shortfall == pytest.approx(9000, abs=1)
    (told,) = [note for note in plan.notes if note.key == "target_missed"]
    assert "49 min more" in told.text
    assert device.power[0] == pytest.approx(11000, abs=1)
    assert max(plan.marginal_price) < 1  # the price of missing it is not reported as money


def test_departure_within_a_step_is_used_to_the_minute():
    ready = NOW + timedelta(minutes=70)
    plan = make_plan(house(car(10000, ready, most=10000)))
    device = plan.device("car")
    assert device.shortfall == 0
    assert device.power[4] <= 10000 * 10 / 15 + 1
    assert device.power[5] == 0
    late = make_plan(house(car(12000, ready, most=10000)))
    assert late.device("car").shortfall == pytest.approx(12000 - 10000 * 70 / 60, abs=1)


def test_car_that_comes_later_charges_only_then():
    resource = car(5000, NOW + 20 * HOUR)
    control = resource.control.replace(arrival=NOW + 9 * HOUR)
    device = make_plan(house(resource.replace(control=control), prices=prices([0.1] * 5 + [0.4] * 30))).device("car")
    assert max(device.power[:36]) == 0
    assert device.level[79] == pytest.approx(5000, abs=1)


def test_car_away_between_departure_and_arrival_charges_before_and_after():
    resource = car(2000, NOW + 3 * HOUR)
    back = LevelTarget(start=NOW + 20 * HOUR, end=NOW + 21 * HOUR, minimum=6000)
    control = resource.control.replace(
        departure=NOW + 3 * HOUR, arrival=NOW + 10 * HOUR, targets=(*resource.control.targets, back)
    )
    device = make_plan(house(resource.replace(control=control))).device("car")
    assert max(device.power[12:40]) == 0
    assert device.level[11] >= 2000 - 1
    assert device.level[79] >= 6000 - 1
    assert device.shortfall == 0


def test_car_beyond_its_target_takes_surplus_but_nothing_from_the_grid():
    plan = make_plan(
        house(
            car(2000, NOW + 12 * HOUR, terminal=None),
            photovoltaics(9000, forecast=shaped(lambda hour: -6000.0 if 3 <= hour < 6 else 0.0)),
            prices=prices([0.25] * 8 + [0.05] * 16, 0.04),
        )
    )
    device = plan.device("car")
    net = np.array(plan.net_power)
    assert device.level[-1] > 10000
    assert np.all(net[12:24] >= -1)  # nothing is sold while the car can take it
    grid_energy = float(np.clip(net - 300, 0, None) @ np.full(96, 0.25))
    assert grid_energy == pytest.approx(0, abs=1)


def test_store_that_nothing_can_fill_says_so():
    resource = battery(1000, targets=(LevelTarget(start=NOW + HOUR, end=NOW + 2 * HOUR, minimum=2000),))
    actuator = resource.control.actuators[0]
    only = actuator.replace(modes=actuator.modes[1:])
    plan = make_plan(house(resource.replace(control=resource.control.replace(actuators=(only,)))))
    assert any(note.key == "target_out_of_reach" for note in plan.notes)


def test_store_with_one_mode_through_zero_needs_no_idle_mode():
    element = FillRateElement(
        level_range=NumberRange(start=0, end=10000),
        fill_rate=NumberRange(start=-3000 / 3600, end=3000 / 3600),
        power=NumberRange(start=-3000, end=3000),
    )
    resource = battery(5000)
    actuator = FillRateActuator(actuator_id="both", modes=(FillRateMode(mode_id="both", elements=(element,)),))
    control = resource.control.replace(actuators=(actuator,), terminal_value=0.0002)
    buys = [0.1] * 6 + [0.4] * 18
    device = make_plan(house(resource.replace(control=control), prices=prices(buys), base_load=flat(2000))).device(
        "battery"
    )
    assert max(device.power) == pytest.approx(3000, abs=1)
    assert min(device.power) <= -1999


def test_element_of_the_present_level_counts():
    def element(low: float, high: float, power: float) -> FillRateElement:
        return FillRateElement(
            level_range=NumberRange(start=low, end=high),
            fill_rate=NumberRange(start=0, end=power / 3600),
            power=NumberRange(start=0, end=power),
        )

    resource = battery(9000, targets=(LevelTarget(start=NOW + HOUR, end=NOW + 2 * HOUR, minimum=10000),))
    actuator = resource.control.actuators[0]
    tapered = actuator.modes[0].replace(elements=(element(0, 8000, 5000), element(8000, 10000, 500)))
    control = resource.control.replace(actuators=(actuator.replace(modes=(tapered, *actuator.modes[1:])),))
    device = make_plan(house(resource.replace(control=control))).device("battery")
    assert max(device.power) <= 500 + 1
    assert device.shortfall == pytest.approx(500, abs=1)


def test_unavailable_store_is_a_forecast_only():
    resource = battery(5000).replace(available=False, power=-400.0)
    plan = make_plan(house(resource))
    device = plan.device("battery")
    assert device.power[0] == -400  # what it does now goes on for an hour
    assert device.power[8] == 0
    assert any(note.key == "unavailable" for note in plan.notes)


def test_both_ways_at_once_never_where_wasting_would_pay():
    plan = make_plan(
        house(
            battery(5000, efficiency=0.8, terminal=0.0),
            photovoltaics(5000, curtailable=False, forecast=flat(-3000.0)),
            prices=prices([-0.30] * 24, [-0.40] * 24),
            limits=(limit(20000),),
        )
    )
    device = plan.device("battery")
    change = np.diff([5000, *device.level])
    power = np.array(device.power) / 4
    assert change == pytest.approx(np.where(power > 0, power * 0.8, power / 0.8), abs=0.5)


def test_car_on_a_flat_tariff_is_full_early_rather_than_just_in_time():
    device = make_plan(house(car(5500, NOW + 12 * HOUR, most=11000))).device("car")
    assert device.level[1] == pytest.approx(5500, abs=1)
