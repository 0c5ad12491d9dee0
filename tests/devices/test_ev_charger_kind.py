"""EV charger: semi-continuous charging, full enough at departure, no flexibility while the car is away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import FillRate, InstructionKind, Intent, NotControllable
from custom_components.cem_sgcp.devices import KINDS, DeviceSettings
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, released, sensing, state, told

EV = KINDS["ev_charger"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "connected_entity": "binary_sensor.plug",
    "soc_entity": "sensor.soc",
    "capacity": 60,
    "target": 80,
    "efficiency": 90,
    "phases": 3,
    "min_current": 6,
    "max_current": 16,
    "ready_by": "07:00:00",
    "switch_entity": "switch.charge",
    "limit_entity": "number.current",
}
CURRENT = state("number.current", "16", "A", min=6, max=16, step=1)


def seen(soc: str = "50", plug: str = "on", **more: Any) -> Any:
    states = (
        state("sensor.power", "0", "W"),
        state("sensor.soc", soc, "%"),
        state("binary_sensor.plug", plug),
        CURRENT,
        *more.pop("also", ()),
    )
    return sensing(*states, **more)


def control_of(found: Any) -> FillRate:
    assert isinstance(found.control, FillRate)
    return found.control


def test_it_charges_with_its_least_power_or_not_at_all() -> None:
    charge, idle = control_of(EV.sense(device("ev_charger", DATA), CONTROLLED, seen())).actuators[0].modes
    element = charge.elements[0]
    assert (element.power.start, element.power.end) == pytest.approx((4140.0, 11040.0))
    assert element.fill_rate.end * 3600 == pytest.approx(11040 * 0.9)
    assert idle.elements[0].power.end == 0.0


def test_target_at_departure() -> None:
    control = control_of(EV.sense(device("ev_charger", DATA), CONTROLLED, seen()))
    departure = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert control.departure == departure
    assert control.targets[0].start == departure
    assert control.targets[0].minimum == pytest.approx(48_000.0)
    assert control.level == pytest.approx(30_000.0)
    assert control.level_range.end == pytest.approx(48_000.0)


def test_the_users_target_and_moment_stand_above_the_configured_ones() -> None:
    moment = NOW + timedelta(hours=3)
    settings = DeviceSettings(control=True, target=100.0, ready_by=moment)
    control = control_of(EV.sense(device("ev_charger", DATA), settings, seen()))
    assert control.departure == moment
    assert control.targets[0].minimum == pytest.approx(60_000.0)


def test_a_moment_that_is_over_gives_way_to_the_daily_one() -> None:
    settings = DeviceSettings(ready_by=NOW - timedelta(minutes=1))
    assert EV.deadline(device("ev_charger", DATA), settings, seen()) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_the_cars_own_departure_stands_above_the_daily_one() -> None:
    data = DATA | {"departure_entity": "sensor.departure"}
    told_by_car = seen(also=(state("sensor.departure", "2026-11-23T18:30:00+01:00"),))
    assert EV.deadline(device("ev_charger", data), ADVISE, told_by_car) == datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    over = seen(also=(state("sensor.departure", "2026-11-20T18:30:00+01:00"),))
    assert EV.deadline(device("ev_charger", data), ADVISE, over) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("word", ["9999-12-31T23:59:59+00:00", "unavailable", "2028-01-01T00:00:00+00:00", "soon"])
def test_a_departure_that_makes_no_sense_gives_way_to_the_daily_one(word: str) -> None:
    one = device("ev_charger", DATA | {"departure_entity": "sensor.departure"})
    found = EV.sense(one, ADVISE, seen(also=(state("sensor.departure", word),)))
    assert control_of(found).departure == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_without_a_time_there_is_no_target() -> None:
    data = {key: value for key, value in DATA.items() if key != "ready_by"}
    control = control_of(EV.sense(device("ev_charger", data), ADVISE, seen()))
    assert control.departure is None
    assert control.targets == ()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # The night summer time begins: 02:30 does not exist and becomes 03:30.
        (datetime(2027, 3, 27, 22, 0, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        # The night it ends: the first 02:30.
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_local_time_of_day_on_days_of_23_and_25_hours(now: datetime, expected: datetime) -> None:
    one = device("ev_charger", DATA | {"ready_by": "02:30:00"})
    assert EV.deadline(one, ADVISE, seen(now=now)) == expected


@pytest.mark.parametrize("plug", ["off", "unavailable", "unknown"])
def test_a_car_that_is_away_offers_no_flexibility(plug: str) -> None:
    assert not EV.sense(device("ev_charger", DATA), CONTROLLED, seen(plug=plug)).available


@pytest.mark.parametrize("word", ["Charging", "connected", "awaiting_start", "SuspendedEV", "completed"])
def test_chargers_words_for_connected_are_known(word: str) -> None:
    assert EV.sense(device("ev_charger", DATA), CONTROLLED, seen(plug=word)).available


def test_own_words_for_connected() -> None:
    one = device("ev_charger", DATA | {"connected_states": "state 3, state 4"})
    assert EV.sense(one, CONTROLLED, seen(plug="State 4")).available
    assert not EV.sense(one, CONTROLLED, seen(plug="charging")).available


def test_a_car_without_a_level_counts_what_it_was_given() -> None:
    data = {key: value for key, value in DATA.items() if key not in {"soc_entity", "capacity"}}
    data |= {"session_energy_entity": "sensor.session", "energy_need": 20}
    found = EV.sense(device("ev_charger", data), CONTROLLED, seen(also=(state("sensor.session", "5", "kWh"),)))
    control = control_of(found)
    assert control.level == pytest.approx(4500.0)
    assert control.targets[0].minimum == pytest.approx(20_000.0)
    assert control.level_range.end == pytest.approx(20_000.0)
    more = EV.sense(device("ev_charger", data), CONTROLLED, seen(also=(state("sensor.session", "30", "kWh"),)))
    assert control_of(more).level == control_of(more).level_range.end == pytest.approx(27_000.0)


def test_a_level_above_the_target_is_no_fault_and_beyond_it_only_by_choice() -> None:
    control = control_of(EV.sense(device("ev_charger", DATA), CONTROLLED, seen("95")))
    assert control.level == control.level_range.end == pytest.approx(57_000.0)
    beyond = EV.sense(device("ev_charger", DATA | {"charge_beyond_target": True}), CONTROLLED, seen("50"))
    assert control_of(beyond).level_range.end == pytest.approx(60_000.0)


def test_without_a_level_it_is_merely_measured() -> None:
    found = EV.sense(device("ev_charger", DATA), CONTROLLED, seen("unavailable"))
    assert isinstance(found.control, NotControllable)
    assert not found.available


@pytest.mark.parametrize(
    ("power", "mode", "factor"), [("4140", "charge", 0.0), ("7590", "charge", 0.5), ("3", "idle", 0)]
)
def test_the_active_mode_follows_the_measured_power(power: str, mode: str, factor: float) -> None:
    states = (state("sensor.power", power, "W"), state("sensor.soc", "5", "%"), state("binary_sensor.plug", "on"))
    actuator = control_of(EV.sense(device("ev_charger", DATA), CONTROLLED, sensing(*states))).actuators[0]
    assert (actuator.active_mode, actuator.active_factor) == (mode, pytest.approx(factor))


def test_a_set_point_becomes_whole_amperes_never_above_it() -> None:
    assert told(device("ev_charger", DATA), instruct(power=8000.0), seen()) == [
        ("number.set_value", "number.current", {"value": 11.0}),
        ("switch.turn_on", "switch.charge", {}),
    ]


def test_the_greatest_power_is_the_greatest_current_despite_rounding() -> None:
    assert told(device("ev_charger", DATA), instruct(power=11040.0), seen())[0][2] == {"value": 16.0}


@pytest.mark.parametrize("power", [0.0, 1000.0, -500.0])
def test_less_than_the_least_power_is_off(power: float) -> None:
    assert told(device("ev_charger", DATA), instruct(power=power), seen()) == [("switch.turn_off", "switch.charge", {})]


def test_an_intent_without_a_power() -> None:
    one = device("ev_charger", DATA)
    assert told(one, instruct(), seen())[0][2] == {"value": 16.0}
    assert told(one, instruct(intent=Intent.IDLE), seen()) == [("switch.turn_off", "switch.charge", {})]
    assert told(one, instruct(InstructionKind.PAUSE), seen()) == [("switch.turn_off", "switch.charge", {})]
    assert told(one, instruct(InstructionKind.RESUME), seen())[1] == ("switch.turn_on", "switch.charge", {})


def test_a_limit_in_w_and_no_switch() -> None:
    data = {key: value for key, value in DATA.items() if key != "switch_entity"}
    watts = sensing(state("number.current", "0", "W", min=0, max=11000, step=100))
    assert told(device("ev_charger", data), instruct(power=6999.0), watts) == [
        ("number.set_value", "number.current", {"value": 6900.0})
    ]
    assert told(device("ev_charger", data), instruct(power=0.0), watts)[0][2] == {"value": 0.0}


@pytest.mark.parametrize(
    ("release_to", "expected"),
    [
        (None, [("number.set_value", "number.current", {"value": 16.0}), ("switch.turn_on", "switch.charge", {})]),
        ("off", [("switch.turn_off", "switch.charge", {})]),
        ("leave", []),
    ],
)
def test_handing_back(release_to: str | None, expected: list[Any]) -> None:
    one = device("ev_charger", DATA if release_to is None else DATA | {"release_to": release_to})
    assert released(one, seen()) == expected
    assert told(one, instruct(InstructionKind.RELEASE), seen()) == expected


def test_own_sequences() -> None:
    data = {key: value for key, value in DATA.items() if key not in {"switch_entity", "limit_entity"}}
    one = device("ev_charger", data | {"sequence": [{"action": "script.charge"}]})
    (command,) = EV.commands(one, instruct(power=3000.0), seen())
    assert command.variables["power"] == 0.0
    (release,) = EV.release(one, seen())
    assert release.variables["power"] == pytest.approx(11040.0)
    assert EV.release(device("ev_charger", dict(one.data) | {"release_to": "leave"}), seen()) == ()


def test_what_is_wrong_with_a_description() -> None:
    assert EV.validate(DATA) == {}
    assert EV.validate({"soc_entity": "sensor.soc"}) == {"capacity": "capacity_missing"}
    assert EV.validate({}) == {"soc_entity": "level_missing"}
    assert EV.validate({"session_energy_entity": "sensor.e"}) == {"energy_need": "energy_need_missing"}
    assert EV.validate(DATA | {"min_current": 20}) == {"min_current": "minimum_above_maximum"}
    assert EV.validate(DATA | {"min_power": 20_000}) == {"min_power": "minimum_above_maximum"}


def test_it_listens_to_its_entities() -> None:
    assert EV.entities(device("ev_charger", DATA)) == {
        "sensor.power",
        "binary_sensor.plug",
        "sensor.soc",
        "switch.charge",
        "number.current",
    }
