"""Appliance: ready for a flexible start, started in many ways, seen to run by its state or its power."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import EnergyProfile, InstructionKind, Intent, PowerProfile, Run, RunState
from custom_components.cem_sgcp.devices import KINDS, Expect
from custom_components.cem_sgcp.devices.appliance_profile import build_profile
from tests.devices.house import ADVISE, CONTROLLED, NOW, device, instruct, sensing, state, told

APPLIANCE = KINDS["appliance"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "ready_entity": "binary_sensor.remote",
    "profile_type": "easy",
    "duration": 90,
    "energy": 0.9,
    "start_entity": "button.start",
    "state_entity": "sensor.state",
}
START = instruct(InstructionKind.START, intent=Intent.RUN, run_id="r1", start=NOW, duration=5400.0)


def run(state_now: RunState = RunState.SCHEDULED) -> Run:
    profile = build_profile("d1", DATA, None)
    assert profile is not None
    return Run(run_id="r1", resource_id="d1", profile=profile, state=state_now, announced=NOW, earliest_start=NOW)


def seen(power: str = "1", words: str = "ready", **more: Any) -> Any:
    states = (state("sensor.power", power, "W"), state("sensor.state", words), *more.pop("also", ()))
    return sensing(*states, **more)


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in DATA.items() if key not in keys}


def test_open_runs_are_offered_and_finished_ones_are_not() -> None:
    runs = (run(), run(RunState.FINISHED))
    found = APPLIANCE.sense(device("appliance", DATA), CONTROLLED, seen(runs=runs))
    assert isinstance(found.control, PowerProfile)
    assert found.runs == runs[:1]
    assert found.control.profiles == (runs[0].profile,)
    assert found.maximum_power == pytest.approx(600.0)
    assert found.available
    assert found.controllable


def test_an_appliance_whose_sensors_are_away_is_not_available() -> None:
    assert not APPLIANCE.sense(device("appliance", DATA), CONTROLLED, seen(words="unavailable")).available
    assert not APPLIANCE.sense(device("appliance", DATA), CONTROLLED, sensing()).available


@pytest.mark.parametrize(("word", "ready"), [("on", True), ("off", False), ("unavailable", None)])
def test_ct29_ready_signal(word: str, ready: bool | None) -> None:
    assert APPLIANCE.ready(device("appliance", DATA), seen(also=(state("binary_sensor.remote", word),))) is ready


def test_own_words_for_ready() -> None:
    one = device("appliance", DATA | {"ready_entity": "sensor.state", "ready_states": ["Delayed start"]})
    assert APPLIANCE.ready(one, seen(words="delayed start")) is True
    assert APPLIANCE.ready(one, seen(words="ready")) is False
    assert APPLIANCE.ready(device("appliance", without("ready_entity")), seen()) is None


def test_it_runs_by_its_state_else_by_its_power() -> None:
    one = device("appliance", DATA)
    assert APPLIANCE.running(one, seen(words="running")) is True
    assert APPLIANCE.running(one, seen("2000", "paused")) is False
    assert APPLIANCE.running(one, seen("2000", "unavailable")) is True
    assert APPLIANCE.running(one, seen("29", "unavailable")) is False
    assert APPLIANCE.running(one, sensing()) is None


@pytest.mark.parametrize(
    ("start", "also", "expected"),
    [
        ({"start_entity": "button.start"}, (), ("button.press", "button.start", {})),
        ({"start_entity": "input_button.start"}, (), ("input_button.press", "input_button.start", {})),
        ({"start_entity": "script.start"}, (), ("script.turn_on", "script.start", {})),
        ({"start_entity": "automation.start"}, (), ("automation.trigger", "automation.start", {})),
        ({"start_entity": "switch.plug"}, (), ("switch.turn_on", "switch.plug", {})),
        (
            {"start_entity": "select.program", "start_option": "Eco"},
            (),
            ("select.select_option", "select.program", {"option": "Eco"}),
        ),
        (
            {"start_entity": "number.delay"},
            (state("number.delay", "5", "h", min=0, max=24, step=1),),
            ("number.set_value", "number.delay", {"value": 0.0}),
        ),
        (
            {"start_entity": "datetime.start"},
            (),
            ("datetime.set_value", "datetime.start", {"datetime": "2026-11-23T13:00:05+01:00"}),
        ),
        (
            {"start_entity": "input_datetime.start"},
            (),
            ("input_datetime.set_datetime", "input_datetime.start", {"datetime": "2026-11-23 13:00:05"}),
        ),
        (
            {"start_entity": "input_datetime.start"},
            (state("input_datetime.start", "10:00:00", has_date=False, has_time=True),),
            ("input_datetime.set_datetime", "input_datetime.start", {"time": "13:00:05"}),
        ),
        ({"start_entity": "time.start"}, (), ("time.set_value", "time.start", {"time": "13:00:05"})),
    ],
)
def test_ct29_a_start_by_any_entity(start: dict[str, Any], also: Any, expected: Any) -> None:
    assert told(device("appliance", DATA | start), START, seen(also=also)) == [expected]


@pytest.mark.parametrize(
    ("unit", "wait", "value"), [("h", 2.5, 3.0), ("min", 2.5, 150.0), ("s", 2.5, 9000.0), (None, 2.5, 150.0)]
)
def test_a_native_delay_is_told_ahead_in_the_unit_of_the_machine(unit: str | None, wait: float, value: float) -> None:
    one = device("appliance", DATA | {"start_entity": "number.delay", "native_delay": True})
    order = START.replace(start=NOW + timedelta(hours=wait))
    also = (state("number.delay", "0", unit, min=0, max=86400, step=1),)
    assert told(one, order, seen(also=also)) == [("number.set_value", "number.delay", {"value": value})]
    assert APPLIANCE.starts_ahead(one)
    assert not APPLIANCE.starts_ahead(device("appliance", DATA))


def test_a_native_delay_proves_only_that_it_was_taken() -> None:
    one = device("appliance", DATA | {"start_entity": "number.delay", "native_delay": True})
    also = (state("number.delay", "0", "min", min=0, max=1440, step=1),)
    (ahead,) = APPLIANCE.commands(one, START.replace(start=NOW + timedelta(hours=1)), seen(also=also))
    assert [expect.entity_id for expect in ahead.expect] == ["number.delay"]
    (due,) = APPLIANCE.commands(one, START, seen(also=also))
    assert [expect.entity_id for expect in due.expect] == ["sensor.state", "sensor.power"]


def test_a_moment_told_ahead_is_the_planned_start() -> None:
    one = device("appliance", DATA | {"start_entity": "datetime.start", "native_delay": True})
    order = START.replace(start=NOW + timedelta(hours=3))
    assert told(one, order, seen())[0][2] == {"datetime": "2026-11-23T16:00:00+01:00"}


def test_ct29_a_start_is_seen_by_state_or_by_a_rise_of_power() -> None:
    one = device("appliance", DATA | {"start_rise": 25, "start_within": 60, "running_states": "Wash, Rinse"})
    (command,) = APPLIANCE.commands(one, START, seen())
    assert command.expect == (
        Expect(entity_id="sensor.state", states=("Wash", "Rinse"), within=60.0),
        Expect(entity_id="sensor.power", rise=25.0, within=60.0),
    )
    (stop,) = APPLIANCE.commands(
        device("appliance", DATA | {"stop_entity": "button.stop"}), instruct(InstructionKind.STOP), seen()
    )
    assert stop.expect == (Expect(entity_id="sensor.power", fall=10.0, within=180.0),)


def test_without_sensors_a_switch_proves_itself() -> None:
    one = device("appliance", without("power_entity", "state_entity") | {"start_entity": "switch.plug"})
    (command,) = APPLIANCE.commands(one, START, sensing())
    assert [expect.entity_id for expect in command.expect] == ["switch.plug"]


def test_pause_resume_and_stop_by_their_own_buttons() -> None:
    data = DATA | {"pause_entity": "button.pause", "resume_entity": "button.resume", "stop_entity": "switch.power"}
    one = device("appliance", data)
    assert told(one, instruct(InstructionKind.PAUSE), seen()) == [("button.press", "button.pause", {})]
    assert told(one, instruct(InstructionKind.RESUME), seen()) == [("button.press", "button.resume", {})]
    assert told(one, instruct(InstructionKind.STOP), seen()) == [("switch.turn_off", "switch.power", {})]


def test_a_start_switch_also_pauses_and_resumes() -> None:
    one = device("appliance", DATA | {"start_entity": "switch.plug"})
    assert told(one, instruct(InstructionKind.PAUSE), seen()) == [("switch.turn_off", "switch.plug", {})]
    assert told(one, instruct(InstructionKind.RESUME), seen()) == [("switch.turn_on", "switch.plug", {})]
    assert told(one, instruct(InstructionKind.STOP), seen()) == [("switch.turn_off", "switch.plug", {})]


def test_a_start_button_cannot_pause() -> None:
    assert told(device("appliance", DATA), instruct(InstructionKind.PAUSE), seen()) == []
    assert told(device("appliance", DATA), instruct(InstructionKind.SET), seen()) == []
    assert APPLIANCE.release(device("appliance", DATA), seen()) == ()


def test_ct29_a_start_by_own_actions_with_all_variables() -> None:
    one = device("appliance", without("start_entity") | {"sequence": [{"action": "notify.me"}]}, "Washer")
    (command,) = APPLIANCE.commands(one, START.replace(power=600.0), seen())
    assert command.variables["start_time"].isoformat() == "2026-11-23T13:00:00+01:00"
    assert command.variables["duration"] == 5400.0
    assert command.variables["power"] == 600.0
    assert command.variables["intent"] == "run"
    assert command.variables["instruction"] == "start"
    assert command.variables["device"] == "Washer"
    assert len(command.expect) == 2
    (pause,) = APPLIANCE.commands(one, instruct(InstructionKind.PAUSE), seen())
    assert pause.variables["instruction"] == "pause"
    assert pause.variables["start_time"] is None


def test_nothing_to_act_with() -> None:
    one = device("appliance", without("start_entity"))
    assert told(one, START, seen()) == []
    assert not APPLIANCE.controllable(one)
    assert not APPLIANCE.sense(one, CONTROLLED, seen()).controllable


def test_ready_by_is_a_local_time_of_day() -> None:
    one = device("appliance", DATA | {"ready_by": "18:00:00"})
    deadline = APPLIANCE.deadline(one, ADVISE, seen())
    assert deadline is not None
    assert deadline.isoformat() == "2026-11-23T17:00:00+00:00"
    assert APPLIANCE.deadline(device("appliance", DATA | {"ready_by": "soon"}), ADVISE, seen()) is None


def test_the_profile_to_announce() -> None:
    profile = APPLIANCE.profile(device("appliance", DATA), seen())
    assert isinstance(profile, EnergyProfile)
    assert profile.groups[0].alternatives[0].energy == pytest.approx(900.0)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, {}),
        ({"duration": None}, {"duration": "duration_missing"}),
        ({"energy": None}, {"power": "power_or_energy_missing"}),
        ({"profile_type": "slots", "slots": "30x"}, {"slots": "bad_slots"}),
        ({"profile_type": "slots", "slots": "30x100"}, {}),
        ({"profile_type": "learned", "power_entity": None}, {"power_entity": "power_entity_missing"}),
        ({"start_entity": "select.program"}, {"start_option": "option_missing"}),
        ({"native_delay": True}, {"native_delay": "no_native_delay"}),
        ({"native_delay": True, "start_entity": "number.delay"}, {}),
    ],
)
def test_what_is_wrong_with_a_description(changes: dict[str, Any], errors: dict[str, str]) -> None:
    data = {key: value for key, value in (DATA | changes).items() if value is not None}
    assert APPLIANCE.validate(data) == errors


def test_it_listens_to_its_entities() -> None:
    assert APPLIANCE.entities(device("appliance", DATA)) == {"sensor.power", "binary_sensor.remote", "sensor.state"}
