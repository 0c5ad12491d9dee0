"""Ventilation: a mode for each level, minutes of air an hour or day, quiet nights, and how a level is set."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent, ModeChoice, NotControllable, OperationModes
from custom_components.cem_sgcp.devices import KINDS
from custom_components.cem_sgcp.devices.levels import LevelsError, parse_levels
from tests.devices.house import ADVISE, BERLIN, CONTROLLED, NOW, device, instruct, released, sensing, state, told

VENTILATION = KINDS["ventilation"]
DATA: dict[str, Any] = {"levels": "30: 20, 60: 45, 100: 0.09 kW", "level_entity": "fan.air"}
SELECT: dict[str, Any] = {"levels": "Low = 20, High = 90", "level_entity": "select.air", "option_off": "Off"}
SPEED = 1


def fan(percentage: float | None, on: bool = True) -> Any:
    return state(
        "fan.air",
        "on" if on else "off",
        percentage=percentage,
        percentage_step=100 / 3,
        supported_features=SPEED,
    )


def control_of(data: dict[str, Any], *states: Any, **more: Any) -> OperationModes:
    control = VENTILATION.sense(device("ventilation", data), ADVISE, sensing(*states, **more)).control
    assert isinstance(control, OperationModes)
    return control


def to(mode: str) -> Any:
    return instruct(intent=Intent.ON, modes=(ModeChoice(actuator_id="d1", mode_id=mode),))


def test_a_table_of_levels_is_read_by_ascending_power() -> None:
    assert parse_levels("100: 90; 30%: 20 W,60=0.045kW") == {"30": 20.0, "60": 45.0, "100": 90.0}
    assert parse_levels("Party mode: 120") == {"Party mode": 120.0}


@pytest.mark.parametrize("text", [None, "", "30", "30: much", "30: 20, 30: 40", "30: -5", "off: 3", ":5", "1: 1e9"])
def test_a_table_that_cannot_be_read_is_refused(text: object) -> None:
    with pytest.raises(LevelsError):
        parse_levels(text)


def test_each_level_is_a_mode_with_its_power() -> None:
    control = control_of(DATA, fan(60))
    powers = {mode.mode_id: mode.power.end for mode in control.modes}
    assert powers == {"off": 0.0, "30": 20.0, "60": 45.0, "100": 90.0}
    found = VENTILATION.sense(device("ventilation", DATA), CONTROLLED, sensing(fan(60)))
    assert (found.power, found.maximum_power, found.available, found.controllable) == (45.0, 90.0, True, True)
    never_off = control_of(DATA | {"off_allowed": False}, fan(60))
    assert [mode.mode_id for mode in never_off.modes] == ["30", "60", "100"]


@pytest.mark.parametrize(
    ("seen", "mode"),
    [
        (fan(66), "60"),
        (fan(0), "off"),
        (fan(20, on=False), "off"),
        (fan(None), "100"),
        (state("fan.air", "unavailable"), None),
        (state("fan.air", "on", percentage="nan"), "100"),
    ],
)
def test_the_active_mode_is_the_nearest_level(seen: Any, mode: str | None) -> None:
    assert control_of(DATA, seen).active_mode == mode


def test_a_select_says_its_level_and_an_unknown_option_is_none_of_them() -> None:
    for option, mode in (("High", "High"), ("low", "Low"), ("Off", "off"), ("Boost", None)):
        found = VENTILATION.sense(device("ventilation", SELECT), ADVISE, sensing(state("select.air", option)))
        assert isinstance(found.control, OperationModes)
        assert found.control.active_mode == mode
        assert found.available == (mode is not None)


def test_without_a_level_its_power_tells() -> None:
    data = {"levels": "1: 20, 2: 90", "power_entity": "sensor.p", "sequence": [{"action": "script.air"}]}
    assert control_of(data, state("sensor.p", "0.08", "kW")).active_mode == "2"
    assert control_of(data, state("sensor.p", "unavailable", "W")).active_mode is None


def test_a_table_spoilt_by_hand_leaves_a_measured_device() -> None:
    found = VENTILATION.sense(device("ventilation", DATA | {"levels": "?"}), CONTROLLED, sensing(fan(60)))
    assert isinstance(found.control, NotControllable)
    assert not found.controllable


def test_enough_air_each_hour_counts_that_level_and_those_above() -> None:
    data = DATA | {"minimum_level": "60%", "minimum_minutes": 20}
    control = control_of(data, fan(30), now=NOW + timedelta(minutes=15))
    first, second = control.quotas[:2]
    assert first.modes == ("60", "100")
    assert (first.start, first.end, first.minimum) == (NOW + timedelta(minutes=15), NOW + timedelta(hours=1), 1200.0)
    assert (second.start, second.end, second.minimum) == (NOW + timedelta(hours=1), NOW + timedelta(hours=2), 1200.0)
    # The last hour is cut by the horizon: its air may come after it.
    assert len(control.quotas) == 48
    # It has run for five minutes of this hour already.
    ran = ((NOW - timedelta(hours=2), "30"), (NOW, "100"), (NOW + timedelta(minutes=5), "30"))
    assert control_of(data, fan(30), now=NOW + timedelta(minutes=15), mode_changes=ran).quotas[0].minimum == 900.0


def test_enough_air_each_day_is_one_quota_a_local_day() -> None:
    data = DATA | {"minimum_level": "60", "minimum_minutes": 480, "minimum_period": "day"}
    first, second = control_of(data, fan(30)).quotas[:2]
    assert (first.minimum, second.minimum) == (8 * 3600, 8 * 3600)
    assert second.start == datetime(2026, 11, 24, 0, 0, tzinfo=BERLIN).astimezone(UTC)


def test_a_long_horizon_has_no_more_quotas_than_the_model_takes() -> None:
    data = DATA | {
        "minimum_level": "60",
        "minimum_minutes": 20,
        "night_level": "30",
        "night_start": "22:00:00",
        "night_end": "06:00:00",
    }
    control = control_of(data, fan(30), horizon=NOW + timedelta(days=30))
    assert len(control.quotas) <= 100
    whole_days = [quota for quota in control.quotas if quota.minimum > 3600]
    assert {quota.minimum for quota in whole_days[:-1]} == {24 * 1200.0}


def test_at_night_levels_above_the_stated_one_are_not_used() -> None:
    data = DATA | {"night_level": "30", "night_start": "22:00:00", "night_end": "06:00:00"}
    quotas = control_of(data, fan(30)).quotas
    assert {(quota.modes, quota.maximum) for quota in quotas} == {(("60", "100"), 0.0)}
    assert quotas[0].start == datetime(2026, 11, 23, 22, 0, tzinfo=BERLIN).astimezone(UTC)
    assert quotas[0].end == datetime(2026, 11, 24, 6, 0, tzinfo=BERLIN).astimezone(UTC)
    silent = control_of(data | {"night_level": "off"}, fan(30)).quotas
    assert silent[0].modes == ("30", "60", "100")


def test_levels_do_not_change_too_often() -> None:
    control = control_of(DATA | {"minimum_time": 10}, fan(30), now=NOW + timedelta(minutes=4))
    (timer,) = control.timers
    assert (timer.duration, timer.finished_at) == (600.0, NOW + timedelta(minutes=10))
    assert all(entry.blocking_timers == entry.start_timers == (timer.timer_id,) for entry in control.transitions)
    assert len(control.transitions) == 12


def test_a_fan_is_set_to_percent_and_off() -> None:
    one = device("ventilation", DATA)
    assert told(one, to("60"), sensing(fan(30))) == [("fan.set_percentage", "fan.air", {"percentage": 66})]
    whole = state("fan.air", "on", percentage=30, percentage_step=1, supported_features=SPEED)
    assert told(one, to("60"), sensing(whole)) == [("fan.set_percentage", "fan.air", {"percentage": 60})]
    assert told(one, to("off"), sensing(fan(30))) == [("fan.turn_off", "fan.air", {})]
    assert told(one, to("no such mode"), sensing(fan(30))) == []


def test_a_select_gets_the_option_and_own_actions_the_mode() -> None:
    one = device("ventilation", SELECT)
    seen = sensing(state("select.air", "Low"))
    assert told(one, to("High"), seen) == [("select.select_option", "select.air", {"option": "High"})]
    assert told(one, to("off"), seen) == [("select.select_option", "select.air", {"option": "Off"})]
    own = device("ventilation", {"levels": "1: 20, 2: 90", "sequence": [{"action": "script.air"}]})
    (command,) = VENTILATION.commands(own, to("2"), sensing())
    assert (command.variables["mode"], command.variables["power"]) == ("2", 90.0)


def test_a_limit_gets_the_highest_level_that_fits() -> None:
    one, seen = device("ventilation", SELECT), sensing(state("select.air", "High"))
    assert told(one, instruct(intent=Intent.HOLD, power=50.0), seen)[0][2] == {"option": "Low"}
    assert told(one, instruct(intent=Intent.HOLD, power=0.0), seen)[0][2] == {"option": "Off"}
    assert told(one, instruct(InstructionKind.STOP), seen)[0][2] == {"option": "Off"}


def test_handing_back_is_the_level_that_the_user_chose() -> None:
    seen = sensing(fan(30))
    assert released(device("ventilation", DATA), seen) == []
    assert released(device("ventilation", DATA | {"release_level": "off"}), seen)[0][0] == "fan.turn_off"
    assert released(device("ventilation", DATA | {"release_level": "100"}), seen)[0][2] == {"percentage": 100}
    assert told(device("ventilation", DATA | {"release_level": "100"}), instruct(InstructionKind.RELEASE), seen)
    own = device("ventilation", DATA | {"release_sequence": [{"action": "script.back"}]})
    assert [entry[0] for entry in released(own, seen)] == ["sequence"]


def test_what_is_wrong_with_a_description() -> None:
    validate = VENTILATION.validate
    assert validate(DATA) == {}
    assert validate(SELECT) == {}
    assert validate(DATA | {"levels": "fast"}) == {"levels": "bad_levels"}
    assert validate(DATA | {"levels": "Low: 20"}) == {"levels": "levels_not_percent"}
    assert validate(DATA | {"minimum_level": "50", "minimum_minutes": 5}) == {"minimum_level": "no_such_level"}
    assert validate(DATA | {"minimum_minutes": 5}) == {"minimum_level": "minimum_level_missing"}
    assert validate(DATA | {"minimum_level": "60", "minimum_minutes": 61}) == {"minimum_minutes": "minutes_above_hour"}
    assert validate(DATA | {"night_level": "off"}) == {"night_start": "night_missing"}
    never_off = DATA | {"off_allowed": False, "release_level": "off"}
    assert validate(never_off) == {"release_level": "no_such_level"}
    assert validate({key: entry for key, entry in SELECT.items() if key != "option_off"}) == {
        "option_off": "option_missing"
    }


def test_it_listens_to_its_entities() -> None:
    data = DATA | {"power_entity": "sensor.p"}
    assert VENTILATION.entities(device("ventilation", data)) == {"fan.air", "sensor.p"}
