"""Solar thermal: the collector's gain as negative use; the heater leaves room for the sun."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import NotControllable
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.heat_house import (
    HOUR,
    MIDNIGHT,
    energy,
    hours,
    leak_and_usage,
    levels,
    of,
    plan_day,
    seen,
    sensed,
    store_of,
)
from tests.devices.house import device, instruct, released, state, told

SOLAR = KINDS["solar_thermal"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "temperature_entity": "sensor.water",
    "volume": 300,
    "max_power": 3000,
    "area": 5,
    "collector_efficiency": 40,
    "nominal_power": 8000,
    "daily_use": 6,
    "standby_loss": 2,
    "band_minimum": 45,
    "band_maximum": 80,
    "number_entity": "number.rod",
}
CAPACITY = 300 * 1.163


def sunny(hour: int) -> float:
    """Forecast of a solar plant of 8 kW."""
    return {10: 4000.0, 11: 6000.0, 12: 6000.0, 13: 6000.0, 14: 5000.0, 15: 3000.0}.get(hour, 0.0)


def water(temperature: str = "50", **more: Any) -> Any:
    return seen(state("sensor.power", "0", "W"), state("sensor.water", temperature, "°C"), **more)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_gain_is_area_times_efficiency_times_sun(sign: float) -> None:
    what = water(forecast=hours(lambda hour: sign * sunny(hour)))
    store = store_of(sensed("solar_thermal", DATA, what))
    without = store_of(sensed("solar_thermal", DATA, water()))
    noon = MIDNIGHT + 12 * HOUR
    # 6 of 8 kW are 750 W/m²; 5 m² at 40 % bring 1.5 kW of heat.
    gained = leak_and_usage(without, 50.0, noon) - leak_and_usage(store, 50.0, noon)
    assert gained == pytest.approx(1500 / CAPACITY)
    assert leak_and_usage(store, 50.0, MIDNIGHT) == leak_and_usage(without, 50.0, MIDNIGHT)


def test_the_suns_forecast_is_not_the_heaters() -> None:
    assert sensed("solar_thermal", DATA, water(forecast=hours(sunny))).forecast is None
    missing = sensed("solar_thermal", DATA, water("unavailable", forecast=hours(sunny)))
    assert isinstance(missing.control, NotControllable)
    assert missing.forecast is None


def test_the_heater_leaves_room_for_the_sun() -> None:
    flat = lambda _: 0.30  # noqa: E731
    with_sun = of(plan_day(sensed("solar_thermal", DATA, water("47", forecast=hours(sunny))), price=flat))
    without = of(plan_day(sensed("solar_thermal", DATA, water("47")), price=flat))
    assert energy(with_sun, 0, 24) < 0.5 * energy(without, 0, 24)
    assert levels(with_sun)[:92].min() >= 45.0 - 0.3


def test_a_cloudy_day_is_heated_in_the_cheap_night() -> None:
    plan = of(plan_day(sensed("solar_thermal", DATA, water("47", forecast=hours(lambda _: 0.0)))))
    assert energy(plan, 0, 6) > 0.9 * energy(plan, 0, 24)


def test_what_the_sun_will_bring_again_is_not_bought_for_tomorrow() -> None:
    """A cheap hour at noon is no reason to fill a tank that the sun fills."""
    found = sensed("solar_thermal", DATA, water("60", forecast=hours(sunny)))
    plan = of(plan_day(found, price=lambda hour: 0.20 if 12 <= hour < 14 else 0.30))
    assert energy(plan, 0, 24) < 100


def test_its_level_is_the_heat_balance() -> None:
    found = sensed("solar_thermal", DATA, water("47", forecast=hours(sunny)))
    plan, store = of(plan_day(found)), store_of(found)
    level = 47.0
    for number, power in enumerate(plan.power):
        at = MIDNIGHT + timedelta(minutes=15 * number)
        level += 0.25 * (power / CAPACITY - leak_and_usage(store, level, at))
        assert level == pytest.approx(levels(plan)[number], abs=0.3)


def test_the_rod_gets_a_power_and_is_handed_back() -> None:
    one = device("solar_thermal", DATA)
    what = seen(state("number.rod", "0", "W", min=0, max=3000, step=10))
    assert told(one, instruct(power=1234.0), what) == [("number.set_value", "number.rod", {"value": 1230.0})]
    assert released(one, what) == [("number.set_value", "number.rod", {"value": 3000.0})]


def test_what_is_wrong_with_a_description() -> None:
    assert SOLAR.validate(DATA) == {}
    assert SOLAR.validate(DATA | {"forecast_source": "entity"}) == {"forecast_entity": "forecast_entity_missing"}
