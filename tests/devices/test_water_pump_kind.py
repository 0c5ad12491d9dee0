"""Water pump: a tank in litres that a pump fills or empties, with what is drawn over the day."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import FillRate, Intent, ModeChoice, NotControllable, Series
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, released, sensing, state, told

PUMP = KINDS["water_pump"]
DATA: dict[str, Any] = {
    "level_entity": "sensor.tank",
    "capacity": 1000,
    "minimum": 20,
    "maximum": 90,
    "rated_power": 750,
    "flow": 30,
    "daily_flow": 240,
    "switch_entity": "switch.pump",
}
OFF = state("switch.pump", "off")


def control_of(data: dict[str, Any], level: str = "50", unit: str = "%", **more: Any) -> FillRate:
    found = PUMP.sense(device("water_pump", data), ADVISE, sensing(state("sensor.tank", level, unit), OFF, **more))
    assert isinstance(found.control, FillRate)
    return found.control


@pytest.mark.parametrize(
    ("level", "unit", "litres"),
    [("50", "%", 500.0), ("420", "L", 420.0), ("0.42", "m³", 420.0), ("-1", "%", 0.0), ("102", "%", 1000.0)],
)
def test_the_level_is_read_in_litres(level: str, unit: str, litres: float) -> None:
    control = control_of(DATA, level, unit)
    assert control.level == pytest.approx(litres)
    assert (control.level_unit, control.level_range.start, control.level_range.end) == ("L", 200.0, 900.0)


@pytest.mark.parametrize(("level", "unit"), [("unavailable", "%"), ("nan", "%"), ("200", "%"), ("5", "bar")])
def test_without_a_level_it_is_only_measured(level: str, unit: str) -> None:
    found = PUMP.sense(device("water_pump", DATA), CONTROLLED, sensing(state("sensor.tank", level, unit), OFF))
    assert isinstance(found.control, NotControllable)
    assert not found.available


def test_a_frozen_level_is_a_fault() -> None:
    seen = sensing(state("sensor.tank", "50", "%"), OFF, now=NOW + timedelta(hours=2))
    found = PUMP.sense(device("water_pump", DATA | {"stale_after": 60}), ADVISE, seen)
    assert isinstance(found.control, NotControllable)


def test_pumping_fills_at_its_flow() -> None:
    off, on = control_of(DATA).actuators[0].modes
    assert on.elements[0].fill_rate.end * 60 == pytest.approx(30.0)
    assert on.elements[0].power.end == 750.0
    assert off.elements[0].power.end == 0.0


def test_what_is_drawn_a_day_is_stated_or_learned() -> None:
    usage = control_of(DATA).usage
    assert usage is not None
    assert usage.intervals[0].value * 86_400 == pytest.approx(240.0)
    learned = Series.from_values(NOW, timedelta(hours=1), [0.01, 0.02])
    assert control_of(DATA, usage=learned).usage == learned


def test_a_sump_is_emptied_by_filling_its_free_space() -> None:
    control = control_of(DATA | {"empties": True}, "60")
    assert control.level == pytest.approx(400.0)
    assert (control.level_range.start, control.level_range.end) == pytest.approx((100.0, 800.0))
    assert control.actuators[0].modes[1].elements[0].fill_rate.end * 60 == pytest.approx(30.0)
    assert control.usage is not None
    assert control.usage.intervals[0].value > 0


def test_it_is_switched_as_its_actuator_is_told() -> None:
    one = device("water_pump", DATA)
    for mode, action in (("on", "switch.turn_on"), ("off", "switch.turn_off")):
        order = instruct(intent=Intent.ON, modes=(ModeChoice(actuator_id="pump", mode_id=mode),))
        assert told(one, order, sensing(OFF)) == [(action, "switch.pump", {})]
    assert released(one, sensing(OFF)) == []
    assert released(device("water_pump", DATA | {"release_to": "off"}), sensing(OFF))[0][0] == "switch.turn_off"


def test_least_times_and_starts_go_with_the_pump() -> None:
    data = DATA | {"minimum_on": 5, "minimum_off": 10, "starts_per_day": 12}
    actuator = control_of(data, starts_today=3, now=NOW + timedelta(minutes=4)).actuators[0]
    assert (actuator.maximum_starts_per_day, actuator.starts_today) == (12, 3)
    assert {timer.timer_id: timer.finished_at for timer in actuator.timers} == {
        "minimum_on": None,
        "minimum_off": NOW + timedelta(minutes=10),
    }


def test_what_is_wrong_with_a_description() -> None:
    assert PUMP.validate(DATA) == {}
    assert PUMP.validate(DATA | {"minimum": 95}) == {"minimum": "minimum_above_maximum"}
    assert PUMP.entities(device("water_pump", DATA)) == {"sensor.tank", "switch.pump"}
