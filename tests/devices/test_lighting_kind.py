"""Lighting: a lamp that is on is dimmed to a floor, and gets back exactly what it was; emergency lights never."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent, ModeChoice, OperationModes
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import ADVISE, BERLIN, CONTROLLED, device, instruct, released, sensing, state, told

LIGHTING = KINDS["lighting"]
DATA: dict[str, Any] = {"rated_power": 200, "floor": 40, "light_entity": "light.hall", "not_emergency": True}
KEPT = state("scene.cem_sgcp_d1", "2026-11-23T11:00:00+00:00")
EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=BERLIN)


def lamp(percent: float | None = 80, value: str = "on") -> Any:
    brightness = None if percent is None else round(percent * 2.55)
    return state("light.hall", value, brightness=brightness, supported_color_modes=["brightness"])


def control_of(data: dict[str, Any], *states: Any, **more: Any) -> OperationModes:
    control = LIGHTING.sense(device("lighting", data), ADVISE, sensing(*states, **more)).control
    assert isinstance(control, OperationModes)
    return control


def to(mode: str) -> Any:
    return instruct(intent=Intent.ON, modes=(ModeChoice(actuator_id="d1", mode_id=mode),))


def test_its_power_follows_its_brightness() -> None:
    control = control_of(DATA, lamp(80))
    powers = {mode.mode_id: mode.power.end for mode in control.modes}
    assert powers == {"off": 0.0, "full": pytest.approx(160.0), "dimmed": 80.0}
    assert control.active_mode == "full"
    found = LIGHTING.sense(device("lighting", DATA), CONTROLLED, sensing(lamp(80)))
    assert (found.power, found.available, found.controllable) == (pytest.approx(160.0), True, True)
    # A lamp without brightness is at full.
    assert control_of(DATA, lamp(None)).modes[1].power.end == 200.0


def test_it_dims_only_in_abnormal_conditions_unless_it_has_a_price() -> None:
    assert control_of(DATA, lamp()).modes[2].abnormal_condition_only
    priced = control_of(DATA | {"dim_price": 1.5}, lamp(80)).modes[2]
    assert not priced.abnormal_condition_only
    assert priced.running_cost is not None
    # 80 W of light that are missed for an hour, at 1.50 a kWh.
    assert priced.running_cost.end * 3600 == pytest.approx(0.08 * 1.5)


def test_a_lamp_that_is_off_or_at_its_floor_has_nothing_to_dim() -> None:
    assert [mode.mode_id for mode in control_of(DATA, lamp(0, "off")).modes] == ["off"]
    assert [mode.mode_id for mode in control_of(DATA, lamp(40)).modes] == ["off", "full"]
    lost = LIGHTING.sense(device("lighting", DATA), CONTROLLED, sensing(lamp(80, "unavailable")))
    assert (lost.available, lost.power) == (False, None)


def test_a_dimmed_lamp_is_known_as_dimmed() -> None:
    control = control_of(DATA, lamp(40), KEPT)
    assert control.active_mode == "dimmed"
    assert {mode.mode_id: mode.power.end for mode in control.modes}["full"] == 200.0


def test_it_is_expected_to_stay_on_until_it_is_usually_switched_off() -> None:
    data = DATA | {"usual_off": "23:00:00"}
    stays, off = control_of(data, lamp(), now=EVENING).quotas
    assert (stays.end, stays.modes, stays.maximum) == (EVENING + timedelta(hours=3), ("off",), 0.0)
    assert (off.start, off.modes, off.maximum) == (EVENING + timedelta(hours=3), ("full", "dimmed"), 0.0)
    # In the middle of the night nobody knows: an hour more.
    night = EVENING + timedelta(hours=4)
    assert control_of(data, lamp(), now=night).quotas[0].end == night + timedelta(hours=1)


def test_before_it_is_dimmed_its_state_is_kept() -> None:
    one = device("lighting", DATA)
    assert told(one, to("dimmed"), sensing(lamp(80))) == [
        ("scene.create", None, {"scene_id": "cem_sgcp_d1", "snapshot_entities": ["light.hall"]}),
        ("light.turn_on", "light.hall", {"brightness_pct": 40}),
    ]
    # Once it is kept it is not overwritten by the dimmed state.
    assert told(one, to("dimmed"), sensing(lamp(40), KEPT)) == [("light.turn_on", "light.hall", {"brightness_pct": 40})]


def test_it_gets_back_exactly_what_it_was() -> None:
    one = device("lighting", DATA)
    back = [("scene.turn_on", "scene.cem_sgcp_d1", {}), ("scene.delete", "scene.cem_sgcp_d1", {})]
    assert told(one, to("full"), sensing(lamp(40), KEPT)) == back
    assert released(one, sensing(lamp(40), KEPT)) == back
    assert told(one, instruct(InstructionKind.RELEASE), sensing(lamp(40), KEPT)) == back
    assert told(one, to("full"), sensing(lamp(80))) == []
    assert released(one, sensing(lamp(80))) == []


def test_what_the_user_changed_meanwhile_stays() -> None:
    one = device("lighting", DATA)
    forgotten = [("scene.delete", "scene.cem_sgcp_d1", {})]
    assert released(one, sensing(lamp(0, "off"), KEPT)) == forgotten
    assert released(one, sensing(lamp(100), KEPT)) == forgotten


def test_it_is_never_switched_on_or_off() -> None:
    one = device("lighting", DATA)
    for mode in ("dimmed", "full", "off"):
        assert told(one, to(mode), sensing(lamp(0, "off"))) == []
    assert told(one, to("off"), sensing(lamp(80))) == []
    assert told(one, to("dimmed"), sensing(lamp(30))) == []
    assert told(one, to("dimmed"), sensing(lamp(80, "unavailable"))) == []


def test_a_limit_in_watts_dims() -> None:
    one = device("lighting", DATA)
    assert told(one, instruct(intent=Intent.HOLD, power=100.0), sensing(lamp(80)))[-1][2] == {"brightness_pct": 40}
    assert told(one, instruct(intent=Intent.HOLD, power=200.0), sensing(lamp(80))) == []


def test_own_actions_dim_in_place_of_the_brightness() -> None:
    one = device("lighting", DATA | {"sequence": [{"action": "script.dali"}]})
    keep, command = LIGHTING.commands(one, to("dimmed"), sensing(lamp(80)))
    assert keep.name == "scene.create"
    assert (command.variables["mode"], command.variables["power"]) == ("dimmed", 80.0)


def test_an_emergency_light_is_never_touched() -> None:
    data = DATA | {"not_emergency": False}
    assert LIGHTING.validate(data) == {"not_emergency": "emergency_light"}
    assert LIGHTING.validate(DATA) == {}
    one = device("lighting", data)
    assert not LIGHTING.controllable(one)
    assert told(one, to("dimmed"), sensing(lamp(80))) == []
    assert LIGHTING.entities(one) == {"light.hall"}
