"""Air conditioning: cooling is filling on a mirrored axis; heating in °C; rooms are cooled ahead."""

from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import NotControllable
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

AIR = KINDS["air_conditioning"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "temperature_entity": "sensor.room",
    "max_power": 1500,
    "min_power": 300,
    "eer": 3.5,
    "band_minimum": 22,
    "band_maximum": 25,
    "heat_loss": 150,
    "heat_capacity": 5,
    "internal_gains": 300,
}


def room(temperature: str = "24", power: str = "0", *states: Any, **more: Any) -> Any:
    return seen(state("sensor.power", power, "W"), state("sensor.room", temperature, "°C"), *states, **more)


def test_cooling_fills_a_store_of_cold() -> None:
    """S2: a store is filled by its actuator and empties by itself; the level is the negative temperature."""
    store = store_of(sensed("air_conditioning", DATA, room("24", outdoor=32.0)))
    assert (store.level, store.level_unit) == (-24.0, "-°C")
    (target,) = store.targets
    assert (target.minimum, target.maximum) == (-25.0, -22.0)
    element = store.actuators[0].modes[1].elements[0]
    assert element.power.end == 1500.0
    assert element.fill_rate.end > 0
    # The room warms by (32 - 24) K x 150 W/K and 300 W of people and appliances.
    assert leak_and_usage(store, -24.0, MIDNIGHT + HOUR) == pytest.approx((8 * 150 + 300) / 5000)


def test_the_eer_is_the_rated_one_at_35_degrees_outside_and_better_when_it_is_milder() -> None:
    """ISO 5151 T1: 35 °C outside, 27 °C inside."""
    what = room("24", outdoor=lambda hour: 35.0 if hour < 12 else 26.0)
    actuator = store_of(sensed("air_conditioning", DATA, what)).actuators[0]
    assert actuator.rate_factor is not None
    rate = actuator.modes[1].elements[0].fill_rate.end * 3600
    hot, mild = (actuator.rate_factor.at(MIDNIGHT + number * HOUR) for number in (2, 14))
    assert hot is not None
    assert mild is not None
    assert rate * hot == pytest.approx(1.5 * 3.5 / 5)
    assert mild > hot


@pytest.mark.parametrize(
    ("direction", "outside", "unit"),
    [("automatic", 30.0, "-°C"), ("automatic", 0.0, "°C"), ("cool", 0.0, "-°C"), ("heat", 30.0, "°C")],
)
def test_it_cools_or_heats_as_stated_or_by_the_weather(direction: str, outside: float, unit: str) -> None:
    found = sensed("air_conditioning", DATA | {"direction": direction}, room("23", outdoor=outside))
    store = store_of(found)
    assert store.level_unit == unit
    assert abs(store.level) == 23.0


def test_without_a_temperature_it_offers_no_flexibility() -> None:
    assert isinstance(sensed("air_conditioning", DATA, room("unavailable")).control, NotControllable)


def test_a_thermostat_that_cools_gets_the_lower_end_to_cool() -> None:
    one = device("air_conditioning", DATA | {"climate_entity": "climate.air"})
    hot = room("24", "0", state("climate.air", "cool", temperature=24, min_temp=16, max_temp=30), outdoor=32.0)
    assert told(one, instruct(power=1500.0), hot) == [("climate.set_temperature", "climate.air", {"temperature": 22.0})]
    assert told(one, instruct(power=0.0), hot)[0][2] == {"temperature": 25.0}
    cold = room("21", "0", state("climate.air", "off", min_temp=16, max_temp=30), outdoor=0.0)
    assert told(one, instruct(power=1500.0), cold) == [
        ("climate.set_hvac_mode", "climate.air", {"hvac_mode": "heat"}),
        ("climate.set_temperature", "climate.air", {"temperature": 25.0}),
    ]


def test_switched_by_its_mode_and_handed_back() -> None:
    one = device("air_conditioning", DATA | {"climate_entity": "climate.air", "climate_act": "mode"})
    hot = room("24", "0", state("climate.air", "cool", temperature=24, min_temp=16, max_temp=30), outdoor=32.0)
    assert told(one, instruct(power=0.0), hot) == [("climate.set_hvac_mode", "climate.air", {"hvac_mode": "off"})]
    assert told(one, instruct(power=1500.0), hot)[0] == (
        "climate.set_hvac_mode",
        "climate.air",
        {"hvac_mode": "cool"},
    )
    assert released(one, hot) == [
        ("climate.set_hvac_mode", "climate.air", {"hvac_mode": "cool"}),
        ("climate.set_temperature", "climate.air", {"temperature": 23.5}),
    ]


def summer(hour: int) -> float:
    """A hot day: 22 °C at night, 34 °C in the afternoon."""
    return 34.0 if 11 <= hour < 19 else 27.0 if 8 <= hour < 22 else 22.0


def test_rooms_are_cooled_ahead_of_the_dear_evening() -> None:
    found = sensed("air_conditioning", DATA, room("24.5", outdoor=summer))
    plan = of(plan_day(found, price=lambda hour: 0.60 if 17 <= hour < 21 else 0.20))
    inside = -levels(plan)
    assert inside[:92].max() <= 25.0 + 0.1
    assert inside[17 * 4 - 1] < 24.3, "cold is stored before the dear hours"
    assert energy(plan, 17, 21) < 0.5 * energy(plan, 13, 17)


def test_the_sun_that_heats_the_house_also_cools_it() -> None:
    found = sensed("air_conditioning", DATA, room("24.5", outdoor=summer))
    plan = of(
        plan_day(found, price=lambda _: 0.35, export=0.07, load=lambda hour: -2500.0 if 9 <= hour < 17 else 200.0)
    )
    assert energy(plan, 9, 17) > 0.8 * energy(plan, 0, 24)


def test_in_winter_it_heats() -> None:
    found = sensed("air_conditioning", DATA | {"band_minimum": 20, "band_maximum": 22}, room("20.5", outdoor=3.0))
    plan = of(plan_day(found))
    assert levels(plan)[:92].min() >= 20.0 - 0.1
    assert energy(plan, 0, 6) > 0.35 * energy(plan, 0, 24)


def test_what_is_wrong_and_what_it_learns_from() -> None:
    assert AIR.validate(DATA) == {}
    assert AIR.validate(DATA | {"band_maximum": 21}) == {"band_maximum": "band_upside_down"}
    cooling = AIR.thermal(device("air_conditioning", DATA | {"direction": "cool"}))
    assert cooling is not None
    assert cooling.efficiency < 0
    assert AIR.thermal(device("air_conditioning", DATA)) is None, "its power does not say whether it heats or cools"
