"""What the plan makes of loads, lights, generators, tanks and cars: one winter day with a cheap night."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import DevicePlan, Series
from tests.devices.heat_house import MIDNIGHT, energy, levels, of, plan_day, seen, sensed
from tests.devices.house import BERLIN, state


def in_mode(plan: DevicePlan, *modes: str, actuator: int = 0) -> np.ndarray:
    """In which quarter hours an actuator is in one of some modes."""
    return np.array([mode in modes for mode in plan.actuators[actuator].mode])


def count(where: np.ndarray) -> float:
    """Hours."""
    return float(where.sum()) / 4.0


PUMP = {"rated_power": 800, "quota": 5, "switch_entity": "switch.pump"}


def pump(data: dict[str, Any], now: datetime = MIDNIGHT, **more: Any) -> Any:
    return sensed("switched_load", PUMP | data, seen(state("switch.pump", "off"), now=now, **more))


def test_a_pool_pump_takes_its_hours_where_power_is_cheapest() -> None:
    plan = of(plan_day(pump({})))
    on = in_mode(plan, "on")
    assert count(on) == 5.0
    assert count(on[:24]) == 5.0, "all of them before six in the morning"


def test_a_pool_pump_runs_in_the_sun_when_that_is_free() -> None:
    def sunny(hour: int) -> float:
        return -2000.0 if 10 <= hour % 24 < 16 else 300.0

    on = in_mode(of(plan_day(pump({}), load=sunny)), "on")
    assert count(on[40:64]) == 5.0


def test_a_window_is_kept_though_the_night_is_cheaper() -> None:
    on = in_mode(of(plan_day(pump({"window_start": "09:00:00", "window_end": "17:00:00"}))), "on")
    assert count(on[36:68]) == 5.0
    assert count(on) == 5.0


def test_least_times_keep_a_pump_from_being_switched_for_minutes() -> None:
    def swinging(hour: int) -> float:
        return 0.10 if hour % 2 else 0.30

    on = in_mode(of(plan_day(pump({"minimum_on": 120, "minimum_off": 60}), price=swinging)), "on")
    starts = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(int)])) == 1)
    for start in starts:
        run = on[start:]
        length = len(run) if run.all() else int(np.argmin(run))
        assert length >= 8 or start + length == len(on)
    assert count(on) >= 5.0


def test_a_dear_day_is_left_out_where_it_only_runs_if_it_pays() -> None:
    assert count(in_mode(of(plan_day(pump({"price_limit": 0.2}))), "on")) == 5.0
    assert count(in_mode(of(plan_day(pump({"price_limit": 0.2}), price=lambda _: 0.3)), "on")) == 0.0


def test_the_night_is_quiet_and_every_hour_has_its_air() -> None:
    data = {
        "levels": "30: 30, 60: 80, 100: 150",
        "level_entity": "fan.air",
        "minimum_level": "30",
        "minimum_minutes": 15,
        "night_level": "30",
        "night_start": "22:00:00",
        "night_end": "06:00:00",
    }
    fan = sensed("ventilation", data, seen(state("fan.air", "on", percentage=30)))
    plan = of(plan_day(fan))
    aired = in_mode(plan, "30", "60", "100")
    assert all(aired[hour * 4 : hour * 4 + 4].sum() >= 1 for hour in range(24))
    assert not in_mode(plan, "60", "100")[:24].any()
    # No more air than that where power costs.
    assert count(aired) <= 6.5


def test_a_day_s_airing_moves_into_the_cheap_hours() -> None:
    data = {
        "levels": "30: 30, 100: 150",
        "level_entity": "fan.air",
        "minimum_level": "100",
        "minimum_minutes": 240,
        "minimum_period": "day",
    }
    plan = of(plan_day(sensed("ventilation", data, seen(state("fan.air", "off")))))
    assert count(in_mode(plan, "100")[:24]) == 4.0
    assert count(in_mode(plan, "30", "100")) == 4.0


def test_a_lamp_is_dimmed_only_when_power_is_dearer_than_its_light() -> None:
    evening = datetime(2026, 1, 15, 17, 0, tzinfo=BERLIN)

    def dear_at_seven(hour: int) -> float:
        return 3.0 if hour == 2 else 0.3

    data = {"rated_power": 400, "floor": 50, "light_entity": "light.l", "not_emergency": True, "usual_off": "23:00"}
    lamp = state("light.l", "on", brightness=255, supported_color_modes=["brightness"])

    def planned(more: dict[str, Any]) -> DevicePlan:
        return of(
            plan_day(sensed("lighting", data | more, seen(lamp, now=evening)), price=dear_at_seven, start=evening)
        )

    dimmed = planned({"dim_price": 1.0})
    assert in_mode(dimmed, "dimmed").nonzero()[0].tolist() == [8, 9, 10, 11]
    # It is expected to be on until eleven, and off after that.
    assert energy(dimmed, 0, 24) == pytest.approx(400 * 5 + 200)
    # Without a price only a phase of the grid dims it.
    assert not in_mode(planned({}), "dimmed").any()


GENERATOR = {
    "rated_power": 3000,
    "least_power": 1000,
    "fuel_cost": 0.5,
    "start_cost": 0.3,
    "switch_entity": "switch.gen",
    "setpoint_entity": "number.gen",
}


def generator(data: dict[str, Any]) -> Any:
    return sensed("generator", GENERATOR | data, seen(state("switch.gen", "off")))


def scarce(hour: int) -> float:
    """A euro a kWh from six to eight in the evening."""
    return 1.0 if hour in {18, 19} else 0.3


def test_a_generator_runs_when_the_grid_is_dearer_than_its_fuel() -> None:
    allowed = of(plan_day(generator({"normal_operation": True}), price=scarce, load=lambda _: 2000.0))
    on = in_mode(allowed, "on")
    assert on.nonzero()[0].tolist() == list(range(72, 80))
    assert energy(allowed, 18, 20) == pytest.approx(-4000.0, rel=0.01)


def test_a_generator_stays_off_where_the_user_did_not_allow_it_or_fuel_is_dearer() -> None:
    backup = of(plan_day(generator({}), price=scarce, load=lambda _: 2000.0))
    assert not in_mode(backup, "on").any()
    dear = of(plan_day(generator({"normal_operation": True}), price=lambda _: 0.4, load=lambda _: 2000.0))
    assert not in_mode(dear, "on").any()


def test_a_generator_is_not_started_for_less_than_its_start_costs() -> None:
    costly = generator({"normal_operation": True, "start_cost": 5.0})
    assert not in_mode(of(plan_day(costly, price=scarce, load=lambda _: 2000.0)), "on").any()


TANK = {
    "level_entity": "sensor.tank",
    "capacity": 2000,
    "minimum": 20,
    "maximum": 95,
    "rated_power": 1000,
    "flow": 20,
    "daily_flow": 1200,
    "switch_entity": "switch.pump",
}


def test_a_tank_is_filled_in_the_cheap_night_and_never_runs_dry() -> None:
    tank = sensed("water_pump", TANK, seen(state("sensor.tank", "40", "%"), state("switch.pump", "off")))
    plan = of(plan_day(tank))
    assert levels(plan).min() >= 400.0 - 1.0
    assert levels(plan).max() <= 1900.0 + 1.0
    # 1200 L are drawn, 400 are there above the least: at least 800 L are pumped, 40 minutes of them at 1 kW.
    assert energy(plan, 0, 24) >= 660.0
    assert energy(plan, 0, 6) == pytest.approx(energy(plan, 0, 24))


def test_a_sump_is_emptied_before_it_is_full() -> None:
    data = TANK | {"empties": True, "minimum": 0, "maximum": 80}
    sump = sensed("water_pump", data, seen(state("sensor.tank", "60", "%"), state("switch.pump", "off")))
    plan = of(plan_day(sump))
    assert levels(plan).min() >= 400.0 - 1.0, "of free space"
    assert energy(plan, 0, 6) == pytest.approx(energy(plan, 0, 24))
    assert energy(plan, 0, 24) >= 660.0


CAR = {
    "power_entity": "sensor.p",
    "connected_entity": "sensor.car",
    "soc_entity": "sensor.soc",
    "capacity": 60,
    "target": 60,
    "reserve": 40,
    "maximum": 90,
    "max_charge_power": 10_000,
    "max_discharge_power": 5_000,
    "min_charge_power": 1_400,
    "min_discharge_power": 1_000,
    "efficiency": 85,
    "wear_cost": 0.05,
    "setpoint_entity": "number.set",
}


def test_a_car_supplies_the_house_in_the_dear_evening_and_is_ready_at_departure() -> None:
    evening = datetime(2026, 1, 15, 17, 0, tzinfo=BERLIN)

    def price(hour: int) -> float:
        return 0.45 if hour < 5 else 0.15

    see = seen(
        state("sensor.p", "0", "W"),
        state("sensor.car", "connected"),
        state("sensor.soc", "60", "%"),
        now=evening,
    )
    car = sensed("v2h_car", CAR | {"ready_by": "07:00:00"}, see)
    plan = of(plan_day(car, price=price, load=lambda _: 2000.0, start=evening))
    assert energy(plan, 0, 5) == pytest.approx(-10_000.0, rel=0.02), "it covers the house"
    assert levels(plan).min() >= 24_000.0 - 1.0
    assert levels(plan)[55] == pytest.approx(36_000.0, abs=50.0), "and is where it should be at seven"
    between = [power for power in plan.power if abs(power) > 1.0]
    assert all(power >= 1_399.0 or power <= -999.0 for power in between)


CHP = {
    "rated_power": 1000,
    "electric_efficiency": 25,
    "thermal_efficiency": 60,
    "fuel_price": 0.08,
    "start_cost": 0.1,
    "temperature_entity": "sensor.buffer",
    "volume": 800,
    "buffer_minimum": 45,
    "buffer_maximum": 75,
    "daily_use": 15,
    "minimum_on": 60,
    "minimum_off": 30,
    "starts_per_day": 3,
    "switch_entity": "switch.chp",
}


@pytest.mark.parametrize("kind", ["chp", "fuel_cell"])
def test_heat_is_made_when_power_is_worth_most_and_the_store_is_never_too_hot(kind: str) -> None:
    unit = sensed(kind, CHP, seen(state("sensor.buffer", "60", "°C"), state("switch.chp", "off")))

    def price(hour: int) -> float:
        return 0.45 if 16 <= hour < 22 else 0.20

    plan = of(plan_day(unit, price=price, load=lambda _: 1500.0))
    on = in_mode(plan, "on")
    assert levels(plan).min() >= 45.0 - 0.2
    assert levels(plan).max() <= 75.0 + 0.2
    assert int((np.diff(np.concatenate([[0], on.astype(int)])) == 1).sum()) <= 3
    assert on[64:88].mean() > on[:64].mean()


def test_without_heat_need_and_with_a_full_store_a_fuel_cell_stands_still() -> None:
    data = CHP | {"daily_use": 0}
    unit = sensed("fuel_cell", data, seen(state("sensor.buffer", "75", "°C"), state("switch.chp", "off")))
    assert not in_mode(of(plan_day(unit, price=lambda _: 0.3)), "on")[:4].any()


def test_a_wind_turbine_is_curtailed_only_when_its_power_would_cost() -> None:
    wind = Series.from_values(MIDNIGHT, timedelta(hours=1), [2000.0] * 25)
    data = {"power_entity": "sensor.w", "nominal_power": 3000, "curtail_entity": "number.limit"}
    turbine = sensed("wind_turbine", data, seen(state("sensor.w", "2000", "W"), forecast=wind))
    kept = of(plan_day(turbine))
    assert energy(kept, 0, 24) == pytest.approx(-48_000.0)
    paid = of(plan_day(turbine, export=-0.05))
    assert energy(paid, 0, 24) == pytest.approx(0.0, abs=1.0)
