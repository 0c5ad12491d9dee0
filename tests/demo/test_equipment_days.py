"""A day of the simulated house with each kind of equipment under control: comfort is kept, limits too, and it pays."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.demo.planned_house import PlannedHouse

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=BERLIN)


def test_a_pool_pump_runs_its_hours_and_cheaply() -> None:
    data = {
        "power_entity": "sensor.pool_pump_power",
        "rated_power": 800,
        "quota": 6,
        "switch_entity": "switch.pool_pump",
        "minimum_on": 30,
    }
    one = PlannedHouse("pool_pump", "switched_load", data, MONDAY)
    one.live(23.9)
    ran = one.house.read("pool_pump", "hours_today")
    assert 6.0 <= ran <= 6.3
    assert one.modes.starts_today("d1", one.house.now, BERLIN) <= 8


def test_a_cistern_never_runs_dry() -> None:
    data = {
        "power_entity": "sensor.cistern_power",
        "level_entity": "sensor.cistern_percent",
        "capacity": 3000,
        "minimum": 20,
        "maximum": 85,
        "rated_power": 900,
        "flow": 40,
        "daily_flow": 1500,
        "flow_shape": "morning",
        "switch_entity": "switch.cistern",
        "minimum_on": 10,
    }
    one = PlannedHouse("cistern", "water_pump", data, MONDAY)
    seen = []
    for _ in range(48):
        one.live(0.5)
        seen.append(one.house.read("cistern", "percent"))
    assert one.house.read("cistern", "dry") == 0.0
    assert min(seen) > 12.0
    # Dispatch looks every five minutes: 200 L.
    assert max(seen) <= 85.0 + 6.7
    assert one.house.read("cistern", "energy") > 0.1


CAR: dict[str, Any] = {
    "power_entity": "sensor.v2h_power",
    "connected_entity": "binary_sensor.v2h_connected",
    "soc_entity": "sensor.v2h_soc",
    "capacity": 60,
    "target": 70,
    "reserve": 30,
    "maximum": 90,
    "departure_entity": "sensor.v2h_next_departure",
    "max_charge_power": 10_000,
    "max_discharge_power": 10_000,
    "min_charge_power": 1_400,
    "min_discharge_power": 1_400,
    "efficiency": 85,
    "wear_cost": 0.0,
    "setpoint_entity": "number.v2h_setpoint",
}


def test_a_car_is_ready_when_it_leaves_and_never_below_its_reserve() -> None:
    one = PlannedHouse("v2h", "v2h_car", CAR, MONDAY)
    one.live(7.2)
    assert one.house.read("v2h", "soc") == pytest.approx(70.0, abs=2.5)
    one.live(16.0)
    assert one.house.read("v2h", "soc") >= 29.0


def test_a_dimmable_lamp_gets_its_light_back() -> None:
    data = {
        "rated_power": 240,
        "floor": 40,
        "dim_price": 0.01,
        "light_entity": "light.lamp",
        "not_emergency": True,
        "usual_off": "23:00:00",
    }
    one = PlannedHouse("lamp", "lighting", data, MONDAY + timedelta(hours=18))
    one.live(0.5)
    assert one.house.read("lamp", "brightness") == 40.0
    one.release()
    assert one.house.read("lamp", "brightness") == 80.0
    assert one.scene is None


def test_a_fan_airs_every_hour_and_is_quiet_at_night() -> None:
    data = {
        "levels": "33: 10, 66: 39, 100: 90",
        "level_entity": "fan.fan",
        "minimum_level": "33",
        "minimum_minutes": 20,
        "night_level": "33",
        "night_start": "22:00:00",
        "night_end": "06:00:00",
    }
    one = PlannedHouse("fan", "ventilation", data, MONDAY)
    for _ in range(24):
        before = one.house.read("fan", "energy")
        one.live(1.0)
        # 20 minutes at 10 W.
        assert one.house.read("fan", "energy") - before >= 0.003
        local = one.house.now.astimezone(BERLIN)
        if local.hour < 6:
            assert one.house.read("fan", "power") <= 10.0


def test_a_backup_generator_is_left_alone_in_a_normal_day() -> None:
    data = {"rated_power": 5000, "fuel_cost": 0.5, "switch_entity": "switch.generator"}
    one = PlannedHouse("generator", "generator", data, MONDAY)
    one.live(24)
    assert one.house.read("generator", "starts") == 0


@pytest.mark.parametrize(("equipment", "electric"), [("chp", (1000, 26, 66)), ("fuel_cell", (750, 38, 52))])
def test_a_unit_keeps_its_buffer_warm_with_few_starts(equipment: str, electric: tuple[int, int, int]) -> None:
    power, electricity, heat = electric
    data = {
        "power_entity": f"sensor.{equipment}_power",
        "rated_power": power,
        "electric_efficiency": electricity,
        "thermal_efficiency": heat,
        "fuel_price": 0.08,
        "start_cost": 0.1,
        "temperature_entity": f"sensor.{equipment}_temperature",
        "volume": 600 if equipment == "chp" else 300,
        "buffer_minimum": 45,
        "buffer_maximum": 75,
        "heat_need": "building",
        "heat_loss": 120 if equipment == "chp" else 45,
        "room_temperature": 20,
        "boiler_power": 12_000,
        "boiler_switch": f"switch.{equipment}_boiler",
        "switch_entity": f"switch.{equipment}",
        "minimum_on": 60,
        "minimum_off": 30,
        "starts_per_day": 3,
    }
    one = PlannedHouse(equipment, equipment, data, MONDAY)
    seen = []
    for _ in range(24):
        one.live(1.0)
        seen.append(one.house.read(equipment, "temperature"))
    # Below 42 °C the boiler of the house would come by itself.
    assert min(seen) > 41.0
    assert max(seen) < 80.0
    assert one.house.read(equipment, "starts") <= 3
    assert one.house.read(equipment, "energy") > 1.0
