"""Radiator: a room as a store in °C; thermostat or plug; warmed ahead within its band."""

from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import NotControllable, ThermalModel
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

RADIATOR = KINDS["radiator"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "temperature_entity": "climate.room",
    "max_power": 1500,
    "band_minimum": 19,
    "band_maximum": 22,
    "heat_loss": 30,
    "heat_capacity": 1.5,
    "internal_gains": 0,
}


def room(temperature: float | None = 20.0, mode: str = "heat", power: str = "0", **more: Any) -> Any:
    climate = state("climate.room", mode, current_temperature=temperature, temperature=20, min_temp=5, max_temp=30)
    return seen(climate, state("sensor.power", power, "W"), **more)


def test_a_room_warms_by_its_heater_and_cools_by_its_loss() -> None:
    store = store_of(sensed("radiator", DATA, room(outdoor=5.0)))
    assert store.level == 20.0
    assert store.actuators[0].modes[1].elements[0].fill_rate.end == pytest.approx(1.0 / 3600)
    assert leak_and_usage(store, 20.0, MIDNIGHT + HOUR) == pytest.approx(15 * 30 / 1500)


def test_a_learned_room_goes_before_a_preset() -> None:
    data = {key: value for key, value in DATA.items() if key not in {"heat_loss", "heat_capacity"}}
    learned = ThermalModel(resistance=1 / 45, capacity=2000.0, learned=True)
    store = store_of(sensed("radiator", data, room(outdoor=0.0, thermal=learned)))
    assert leak_and_usage(store, 20.0, MIDNIGHT + HOUR) == pytest.approx(45 * 20 / 2000)
    # 20 m² of the years until 1995 and of medium construction.
    preset = store_of(sensed("radiator", data, room(outdoor=0.0)))
    assert leak_and_usage(preset, 20.0, MIDNIGHT + HOUR) == pytest.approx(2.2 * 20 * 20 / (45.8 * 20))


def test_a_thermostat_without_a_temperature_offers_no_flexibility() -> None:
    assert isinstance(sensed("radiator", DATA, room(None)).control, NotControllable)
    assert isinstance(sensed("radiator", DATA, seen()).control, NotControllable)


def test_a_thermostat_is_told_the_ends_of_the_band_and_switched_on_where_it_was_off() -> None:
    one = device("radiator", DATA | {"climate_entity": "climate.room"})
    heat = [("climate.set_temperature", "climate.room", {"temperature": 22.0})]
    assert told(one, instruct(power=1500.0), room()) == heat
    assert told(one, instruct(power=1500.0), room(mode="off")) == [
        ("climate.set_hvac_mode", "climate.room", {"hvac_mode": "heat"}),
        *heat,
    ]
    assert told(one, instruct(power=0.0), room()) == [
        ("climate.set_temperature", "climate.room", {"temperature": 19.0})
    ]


def test_a_thermostat_that_is_switched_by_its_mode() -> None:
    one = device("radiator", DATA | {"climate_entity": "climate.room", "climate_act": "mode"})
    assert told(one, instruct(power=0.0), room()) == [("climate.set_hvac_mode", "climate.room", {"hvac_mode": "off"})]
    assert told(one, instruct(power=1500.0), room())[0][2] == {"hvac_mode": "heat"}
    assert released(one, room()) == [
        ("climate.set_hvac_mode", "climate.room", {"hvac_mode": "heat"}),
        ("climate.set_temperature", "climate.room", {"temperature": 20.5}),
    ]


def test_a_plug() -> None:
    one = device("radiator", DATA | {"switch_entity": "switch.plug"})
    assert told(one, instruct(power=1500.0), room()) == [("switch.turn_on", "switch.plug", {})]
    assert released(one, room()) == [("switch.turn_on", "switch.plug", {})]
    off = device("radiator", DATA | {"switch_entity": "switch.plug", "heat_release": "off"})
    assert released(off, room()) == [("switch.turn_off", "switch.plug", {})]


def test_an_office_is_warm_by_day_and_saves_by_night() -> None:
    """Temperature profile by schedule: 15 to 22 °C at night, 20 to 22 °C from eight to six."""
    data = DATA | {"band_minimum": 20, "night_minimum": 15, "day_start": "08:00:00", "night_start": "18:00:00"}
    plan = of(plan_day(sensed("radiator", data, room(18.0, outdoor=2.0)), price=lambda _: 0.30))
    inside = levels(plan)
    assert inside[8 * 4 : 18 * 4].min() >= 20.0 - 0.1
    assert inside[-1] < 18.5, "after work it may cool down"


def test_the_room_is_warmed_before_the_dear_evening() -> None:
    found = sensed("radiator", DATA, room(19.5, outdoor=5.0))
    plan = of(plan_day(found, price=lambda hour: 0.60 if 17 <= hour < 20 else 0.25))
    # Three hours at 15 K cost 0.9 K: so much is stored, and no more.
    assert 19.8 < levels(plan)[17 * 4 - 1] < 20.5
    assert energy(plan, 17, 20) < 0.5 * energy(plan, 14, 17)


def test_what_is_wrong_with_a_description() -> None:
    assert RADIATOR.validate(DATA) == {}
    assert RADIATOR.validate(DATA | {"climate_entity": "climate.room", "set_point_entity": "climate.room"}) == {
        "set_point_entity": "set_point_acted_on"
    }
