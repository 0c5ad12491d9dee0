"""Boiler: hot water as a store in °C with its draw; thermostat, switch, heating rod; legionella; a day's plan."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, NotControllable, Series
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.heat_house import (
    HOUR,
    MIDNIGHT,
    energy,
    leak_and_usage,
    levels,
    of,
    plan_day,
    seen,
    sensed,
    store_of,
)
from tests.devices.house import device, instruct, released, state, told

BOILER = KINDS["boiler"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "temperature_entity": "sensor.water",
    "volume": 200,
    "max_power": 2000,
    "daily_use": 6,
    "standby_loss": 1.8,
    "band_minimum": 45,
    "band_maximum": 60,
}
CAPACITY = 200 * 1.163


def water(temperature: str = "50", power: str = "0", *states: Any, **more: Any) -> Any:
    return seen(state("sensor.power", power, "W"), state("sensor.water", temperature, "°C"), *states, **more)


def test_water_warms_by_its_capacity_and_cools_by_the_loss_of_its_label() -> None:
    store = store_of(sensed("boiler", DATA, water()))
    off, on = store.actuators[0].modes
    assert (off.mode_id, on.mode_id) == ("off", "on")
    assert on.elements[0].fill_rate.end * 3600 == pytest.approx(2000 / CAPACITY)
    assert on.elements[0].power.start == on.elements[0].power.end == 2000.0
    # At three in the morning nothing is drawn: 1.8 kWh a day at 45 K.
    assert leak_and_usage(store, 65.0, MIDNIGHT + 3 * HOUR) == pytest.approx(75 / CAPACITY)


def test_what_is_drawn_follows_the_tapping_profile_until_it_is_learned() -> None:
    store = store_of(sensed("boiler", DATA, water()))
    # Seven to eight local time: 1.61 of 5.845 kWh.
    drawn = 6000 * 1.61 / 5.845
    assert leak_and_usage(store, 20.0, MIDNIGHT + 7 * HOUR) == pytest.approx(drawn / CAPACITY)
    learned = Series.from_values(MIDNIGHT, HOUR, [100.0] * 30)
    store = store_of(sensed("boiler", DATA, water(usage=learned)))
    assert leak_and_usage(store, 20.0, MIDNIGHT + 7 * HOUR) == pytest.approx(100 / CAPACITY)


def test_a_heating_rod_with_a_power_starts_at_nothing_and_a_heat_pump_heats_more() -> None:
    rod = store_of(sensed("boiler", DATA | {"number_entity": "number.rod"}, water()))
    assert rod.actuators[0].modes[1].elements[0].power.start == 0.0
    pump = store_of(sensed("boiler", DATA | {"cop": 3.0, "max_power": 500}, water()))
    assert pump.actuators[0].modes[1].elements[0].fill_rate.end * 3600 == pytest.approx(1500 / CAPACITY)


def test_the_water_heater_itself_may_tell_the_temperature() -> None:
    data = DATA | {"temperature_entity": "water_heater.tank"}
    tank = state("water_heater.tank", "eco", current_temperature=122, temperature=140)
    store = store_of(sensed("boiler", data, seen(tank, temperature_unit="°F")))
    assert store.level == pytest.approx(50.0)


@pytest.mark.parametrize("temperature", ["unavailable", "unknown", "nan", "-127"])
def test_without_a_temperature_it_offers_no_flexibility(temperature: str) -> None:
    found = sensed("boiler", DATA, water(temperature))
    assert isinstance(found.control, NotControllable)
    assert not found.available


def test_a_sensor_that_went_silent_is_not_believed() -> None:
    what = water(now=MIDNIGHT)
    assert sensed("boiler", DATA, what).available
    late = water(now=datetime(2026, 11, 23, 16, tzinfo=UTC))
    assert not sensed("boiler", DATA | {"stale_after": 60}, late).available


def test_thermostat_switch_and_rod() -> None:
    what = water("50", "0", state("water_heater.tank", "eco", min_temp=30, max_temp=75, temperature=50))
    one = device("boiler", DATA | {"climate_entity": "water_heater.tank"})
    assert told(one, instruct(power=2000.0), what) == [
        ("water_heater.set_temperature", "water_heater.tank", {"temperature": 60.0})
    ]
    assert told(one, instruct(power=0.0), what)[0][2] == {"temperature": 45.0}
    by_mode = device("boiler", DATA | {"climate_entity": "water_heater.tank", "climate_act": "mode"})
    assert told(by_mode, instruct(power=0.0), what) == [("water_heater.turn_off", "water_heater.tank", {})]
    assert told(by_mode, instruct(power=2000.0), what)[0] == ("water_heater.turn_on", "water_heater.tank", {})
    plug = device("boiler", DATA | {"switch_entity": "switch.boiler"})
    assert told(plug, instruct(power=2000.0), what) == [("switch.turn_on", "switch.boiler", {})]
    assert told(plug, instruct(power=1500.0), what) == [("switch.turn_off", "switch.boiler", {})]
    rod = device("boiler", DATA | {"number_entity": "number.rod"})
    seen_rod = water("50", "0", state("number.rod", "0", "%", min=0, max=100, step=1))
    assert told(rod, instruct(power=1500.0), seen_rod) == [("number.set_value", "number.rod", {"value": 75.0})]


def test_handed_back_its_own_thermostat_decides() -> None:
    what = water("50", "0", state("water_heater.tank", "off", temperature=45))
    data = DATA | {"climate_entity": "water_heater.tank", "normal_set_point": 55}
    back = released(device("boiler", data), what)
    assert back == [
        ("water_heater.turn_on", "water_heater.tank", {}),
        ("water_heater.set_temperature", "water_heater.tank", {"temperature": 55.0}),
    ]
    plug = device("boiler", DATA | {"switch_entity": "switch.boiler"})
    assert released(plug, what) == [("switch.turn_on", "switch.boiler", {})]
    assert told(plug, instruct(InstructionKind.RELEASE), what) == [("switch.turn_on", "switch.boiler", {})]


# ----------------------------------------------------------------------------------------------------- legionella


WEEKLY = DATA | {"legionella_weekday": "fri", "legionella_time": "14:00:00", "legionella_temperature": 65}


def test_the_weekly_heat_up_is_a_target_at_any_price() -> None:
    """MIDNIGHT begins a Friday."""
    store = store_of(sensed("boiler", WEEKLY, water()))
    heat_up = [target for target in store.targets if target.price is None]
    (only,) = heat_up
    assert only.minimum == 65.0
    assert only.start == MIDNIGHT + 14 * HOUR
    assert store.level_range.end >= 65.0
    assert all((target.maximum or 99) >= 65.0 for target in store.targets)
    other = store_of(sensed("boiler", WEEKLY | {"legionella_weekday": "sun"}, water()))
    assert all(target.price is not None for target in other.targets)


def test_the_thermostat_lets_the_heat_up_happen() -> None:
    one = device("boiler", WEEKLY | {"target_entity": "number.target"})
    number = state("number.target", "50", "°C", min=30, max=75, step=1)
    near = water("50", "0", number, now=MIDNIGHT + 13 * HOUR)
    assert told(one, instruct(power=2000.0), near)[0][2] == {"value": 65.0}
    far = water("50", "0", number, now=MIDNIGHT + 2 * HOUR)
    assert told(one, instruct(power=2000.0), far)[0][2] == {"value": 60.0}


def test_the_plan_reaches_the_heat_up_in_time() -> None:
    plan = of(plan_day(sensed("boiler", WEEKLY, water("50"))))
    assert levels(plan)[14 * 4 - 1] >= 65.0 - 0.3


# -------------------------------------------------------------------------------------------------------- its plan


def test_water_is_heated_in_the_cheap_night_and_warm_when_it_is_drawn() -> None:
    # 300 l between 45 and 60 °C hold 5.2 kWh: a day's use of 4 kWh and the standby loss.
    plan = of(plan_day(sensed("boiler", DATA | {"volume": 300, "daily_use": 4}, water("50"))))
    assert energy(plan, 0, 6) > 0.6 * energy(plan, 0, 24)
    assert levels(plan)[:92].min() >= 45.0 - 0.3
    assert levels(plan).max() <= 61.5


def test_a_heater_that_is_on_or_off_is_never_in_between() -> None:
    plan = of(plan_day(sensed("boiler", DATA, water("50"))))
    assert {round(power) for power in plan.power} <= {0, 2000}


def test_the_level_of_the_plan_is_the_heat_balance_of_the_tank() -> None:
    found = sensed("boiler", DATA, water("50"))
    plan, store = of(plan_day(found)), store_of(found)
    level = 50.0
    for number, power in enumerate(plan.power):
        at = MIDNIGHT + timedelta(minutes=15 * number)
        level += 0.25 * (power / CAPACITY - leak_and_usage(store, level, at))
        assert level == pytest.approx(levels(plan)[number], abs=0.3)


def test_a_rod_takes_the_solar_surplus() -> None:
    found = sensed("boiler", DATA | {"number_entity": "number.rod"}, water("50"))
    plan = of(
        plan_day(found, price=lambda _: 0.35, export=0.07, load=lambda hour: -1500.0 if 10 <= hour < 14 else 200.0)
    )
    assert energy(plan, 10, 14) > 0.7 * energy(plan, 0, 24)
    assert np.max(plan.power) <= 2000.0 + 1


def test_what_is_wrong_with_a_description() -> None:
    assert BOILER.validate(DATA) == {}
    assert BOILER.validate(DATA | {"band_minimum": 65}) == {"band_maximum": "band_upside_down"}
    assert BOILER.validate(DATA | {"night_start": "22:00:00"}) == {"day_start": "both_times_needed"}
    sources = BOILER.thermal(device("boiler", DATA))
    assert sources is not None
    assert (sources.capacity, sources.use) == (pytest.approx(CAPACITY), True)
