"""A day of the simulated house with each device that heats or cools: comfort is kept, and it runs in cheaper hours."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.cem_sgcp.devices import flatten
from demo.equipment import DEVICES
from tests.demo.planned_house import PlannedHouse

MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Berlin"))

#: Equipment → its name in the demo's list, lowest and highest temperature that a day may see, °C.
HEAT = {
    "heat_pump": ("Heat pump", 19.3, 23.3),
    # A bath cools the tank faster than its heater warms it, whoever decides.
    "hot_water": ("Hot water", 39.0, 62.0),
    "freezer": ("Freezer", -26.0, -16.5),
    "radiator": ("Bathroom radiator", 18.3, 22.7),
}


def entities(data: dict[str, Any]) -> dict[str, Any]:
    """Name entities as the planned house does: without the prefix of the demo."""

    def named(value: Any) -> Any:
        if value == "sensor.sim_weather_outdoor":
            return "sensor.outdoor"
        return value.replace(".sim_", ".") if isinstance(value, str) else value

    return {key: named(value) for key, value in data.items()}


@pytest.mark.parametrize("equipment", HEAT)
def test_a_day_keeps_its_temperature_and_does_not_run_in_the_dear_hours(equipment: str) -> None:
    name, lowest, highest = HEAT[equipment]
    kind, answer = DEVICES[name]
    one = PlannedHouse(equipment, kind, entities(flatten(answer)), MONDAY)
    seen, used, paid, prices = [], 0.0, 0.0, []
    for _ in range(48):
        before = one.house.read(equipment, "energy")
        price = one.price_at(one.house.now)
        one.live(0.5)
        energy = one.house.read(equipment, "energy") - before
        used, paid = used + energy, paid + energy * price
        prices.append(price)
        seen.append(one.house.read(equipment, "temperature"))
    assert min(seen) >= lowest
    assert max(seen) <= highest
    assert used > 0
    # Hot water is drawn in the dear hours of morning and evening, so it may cost a little more than the mean.
    assert paid / used <= sum(prices) / len(prices) * (1.05 if equipment == "hot_water" else 1.02)
    assert one.commands
