"""What happens when planning fails: the last plan stays and says so, and devices go back to themselves in time."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cem_sgcp import coordinator
from tests.managed_house import DEVICES, ManagedHouse


def _broken(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("the solver has crashed")


async def test_a_plan_that_fails_leaves_the_last_one_and_says_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    plan = house.cem.data.plan
    monkeypatch.setattr(coordinator, "make_plan", _broken)
    await house.call("replan")
    assert house.cem.data.plan is plan
    assert house.state("plan_status").state == "failed"
    assert "crashed" in house.state("plan_status").attributes["error"]
    assert house.decisions("plan_failed")
    monkeypatch.undo()
    await house.call("replan")
    assert house.state("plan_status").state in {"optimal", "feasible", "relaxed"}


async def test_a_stale_plan_hands_the_battery_back_and_a_new_one_takes_it_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={"Battery": DEVICES["Battery"]})
    await house.control("Battery")
    await house.do("select", "select_option", "select.sim_battery_mode", option="manual")
    await house.step(400)
    monkeypatch.setattr(coordinator, "make_plan", _broken)
    await house.step(25 * 60, tick=15)
    await house.step(10 * 60, tick=15)
    assert house.state("plan_status").state == "stale"
    assert house.sim("select.sim_battery_mode") == "auto"


async def test_limits_hold_without_any_plan(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "make_plan", _broken)
    house = await ManagedHouse.build(hass, freezer, devices={"Car": DEVICES["Car"]}, house={"ev_soc": 20})
    assert house.cem.data.plan is None
    await house.control("Car")
    await house.do("switch", "turn_on", "switch.sim_ev_charging")
    await house.do("number", "set_value", "number.sim_ev_current", value=16)
    await house.step(5)
    assert float(house.sim("sensor.sim_grid_power")) > 6000
    await house.call("set_power_limit", value=5000)
    await house.step(30)
    assert float(house.sim("sensor.sim_grid_power")) <= 5000


async def test_a_silent_meter_is_taken_as_the_worst_case_while_a_limit_is_in_force(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={"Car": DEVICES["Car"]}, house={"ev_soc": 20})
    await house.control("Car")
    await house.call("set_power_limit", value=9000)
    await house.step(60)
    await hass.services.async_call(
        "sim_house", "inject_fault", {"device": "grid", "kind": "unavailable"}, blocking=True
    )
    await house.step(60)
    assert house.state("net_power").state == "unknown"
    assert float(house.sim("sensor.sim_ev_power")) <= 9000


async def test_the_fast_clock_goes_on_after_an_error(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    with monkeypatch.context() as broken:
        broken.setattr(coordinator, "dispatch", _broken)
        await house.step(30)
    await house.call("set_power_limit", value=4200, duration=60)
    assert float(house.state("import_limit").state) == 4200
    await house.step(70)
    assert float(house.state("import_limit").state) == 24000
