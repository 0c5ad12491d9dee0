"""Freezer and fridge: a guard that is never exceeded, a compressor that rests; JWG3 uses what is left above it."""

from datetime import timedelta
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

FREEZER = KINDS["freezer"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "temperature_entity": "sensor.cold",
    "max_power": 100,
    "volume": 250,
    "contents": 100,
    "yearly_energy": 240,
    "eer": 1.3,
    "room_temperature": 20,
    "band_minimum": -24,
    "band_maximum": -18,
    "guard": -16,
}


def cold(temperature: str = "-20", power: str = "0", *states: Any, **more: Any) -> Any:
    return seen(state("sensor.power", power, "W"), state("sensor.cold", temperature, "°C"), *states, **more)


def test_a_freezer_is_a_store_of_cold_with_its_guard_as_a_target_at_any_price() -> None:
    store = store_of(sensed("freezer", DATA, cold()))
    assert (store.level, store.level_unit) == (20.0, "-°C")
    band, guard = store.targets
    assert (band.minimum, band.maximum, band.price) == (18.0, 24.0, 1.0)
    assert (guard.minimum, guard.maximum, guard.price) == (16.0, None, None)


def test_the_energy_of_the_label_is_what_it_needs_at_the_labels_temperatures() -> None:
    """240 kWh a year at 24 °C around it and -18 °C inside are 27.4 W in the mean."""
    store = store_of(sensed("freezer", DATA | {"room_temperature": 24}, cold()))
    warms = leak_and_usage(store, 18.0, MIDNIGHT + HOUR)
    cools = store.actuators[0].modes[1].elements[0].fill_rate.end * 3600
    assert 100 * warms / cools == pytest.approx(240_000 / 8760)


def test_a_compressor_that_stopped_rests_for_ten_minutes_unless_stated() -> None:
    off = state("switch.freezer", "off")
    object.__setattr__(off, "last_changed", MIDNIGHT - timedelta(minutes=4))
    data = DATA | {"switch_entity": "switch.freezer"}
    actuator = store_of(sensed("freezer", data, cold("-20", "0", off))).actuators[0]
    (pause,) = actuator.timers
    assert (pause.timer_id, pause.duration) == ("pause", 600.0)
    assert pause.finished_at == MIDNIGHT + timedelta(minutes=6)
    stated = store_of(sensed("freezer", data | {"minimum_pause": 5}, cold())).actuators[0]
    assert stated.timers[0].duration == 300.0


def test_a_fridge_has_its_own_band_and_guard() -> None:
    data = {key: DATA[key] for key in ("power_entity", "temperature_entity", "max_power")} | {"appliance": "fridge"}
    band, guard = store_of(sensed("freezer", data, cold("5"))).targets
    assert (band.minimum, band.maximum, guard.minimum) == (-7.0, -2.0, -8.0)


def test_a_band_warmer_than_the_guard_is_refused_and_never_planned() -> None:
    assert FREEZER.validate(DATA) == {}
    assert FREEZER.validate(DATA | {"guard": -20}) == {"guard": "guard_below_band"}
    assert FREEZER.validate(DATA | {"night_maximum": -10, "night_minimum": -20}) == {"guard": "guard_below_band"}
    store = store_of(sensed("freezer", DATA | {"guard": -20}, cold()))
    assert all((target.minimum or 0) >= 20.0 for target in store.targets)


@pytest.mark.parametrize("temperature", ["unavailable", "nan", "-127"])
def test_without_a_temperature_nothing_is_shifted(temperature: str) -> None:
    found = sensed("freezer", DATA, cold(temperature))
    assert isinstance(found.control, NotControllable)
    assert not found.available


def test_a_plug_or_a_set_point() -> None:
    plug = device("freezer", DATA | {"switch_entity": "switch.freezer"})
    assert told(plug, instruct(power=100.0), cold()) == [("switch.turn_on", "switch.freezer", {})]
    assert told(plug, instruct(power=0.0), cold()) == [("switch.turn_off", "switch.freezer", {})]
    number = state("number.set", "0", "°F", min=-15, max=10, step=1)
    one = device("freezer", DATA | {"target_entity": "number.set"})
    # -24 °C are -11.2 °F, -18 °C are -0.4 °F.
    assert told(one, instruct(power=100.0), cold("-20", "0", number))[0][2] == {"value": -11.0}
    assert told(one, instruct(power=0.0), cold("-20", "0", number))[0][2] == {"value": 0.0}


def test_handed_back_it_is_switched_on() -> None:
    """A freezer that was switched off must never stay so."""
    plug = device("freezer", DATA | {"switch_entity": "switch.freezer"})
    assert released(plug, cold()) == [("switch.turn_on", "switch.freezer", {})]


def test_it_is_cooled_while_it_is_cheap_and_never_above_its_guard() -> None:
    plan = of(plan_day(sensed("freezer", DATA, cold("-18.5"))))
    inside = -levels(plan)
    assert inside.max() <= -16.0
    assert inside[:92].max() <= -18.0 + 0.3
    assert inside[23] < -20.0
    assert energy(plan, 0, 6) > 0.5 * energy(plan, 0, 24)


def test_no_price_takes_it_above_its_guard() -> None:
    """JWG3: in an emergency it is reduced within its band; here comfort is worth nothing and power costs 50 a kWh."""
    data = DATA | {"comfort_price": 0}
    found = sensed("freezer", data, cold("-18"))
    plan = of(plan_day(found, price=lambda hour: 50.0 if hour < 20 else 0.1))
    inside = -levels(plan)
    assert inside.max() <= -16.0 + 0.3
    assert inside[:80].max() > -17.0, "what the guard leaves is used"


def test_it_listens_and_learns() -> None:
    one = device("freezer", DATA | {"switch_entity": "switch.freezer"})
    assert FREEZER.entities(one) == {"sensor.power", "sensor.cold", "switch.freezer"}
    sources = FREEZER.thermal(one)
    assert sources is not None
    assert (sources.efficiency, sources.room) == (-1.3, 20.0)
