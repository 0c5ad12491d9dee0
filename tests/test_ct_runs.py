"""Conformance rows about flexible runs: CT-28 to CT-32, and a plan that keeps its word."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from tests.managed_house import DEVICES, DISHWASHER, WASHER, ManagedHouse

WASHER_ONLY = {"Washer": DEVICES["Washer"]}
DEADLINE = "2026-11-23T17:00:00+01:00"


async def _announce(house: ManagedHouse, **data: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await house.call(
        "announce_flexible_start",
        response=True,
        device_id=house.device_id("Washer"),
        **({"duration": "01:30:00", "power": 600, "latest_end": DEADLINE} | data),
    )
    return answer


def _cheapest_start(house: ManagedHouse, hours: float, deadline: str) -> float:
    """The least cost of a run of 600 W, by trying every minute; a house without PV pays the price of each kWh."""
    snapshot = house.cem.data.snapshot
    assert snapshot is not None
    prices = snapshot.prices.import_prices
    end = datetime.fromisoformat(deadline)
    best = float("inf")
    start = snapshot.now.replace(second=0, microsecond=0)
    while start + timedelta(hours=hours) <= end:
        minutes = [prices.at(start + timedelta(minutes=minute)) for minute in range(int(hours * 60))]
        best = min(best, sum(0.6 / 60 * price for price in minutes if price is not None))
        start += timedelta(minutes=1)
    return best


async def test_ct28_the_cheapest_feasible_start_is_planned(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY, house={"pv_nominal": 1})
    answer = await _announce(house)
    start, end = datetime.fromisoformat(answer["start"]), datetime.fromisoformat(answer["slots"][-1]["end"])
    assert end - start == timedelta(minutes=90)
    assert end <= datetime.fromisoformat(DEADLINE)
    assert house.state("planned_start", "Washer").state == answer["start"]
    cheapest = _cheapest_start(house, 1.5, DEADLINE)
    # Starts fall on quarter hours; prices change with them, so nothing is lost by that but the present quarter.
    assert answer["cost"] == pytest.approx(cheapest, rel=0.02)
    assert answer["cost_now"] > answer["cost"]


async def test_ct29_the_start_is_sent_once_and_seen(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.control("Washer")
    presses: list[Any] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: presses.append(event) if event.data["entity_id"] == "button.sim_washer_start" else None,
    )
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    planned = datetime.fromisoformat(house.state("planned_start", "Washer").state)
    presses.clear()
    await house.move_to(planned - timedelta(seconds=5))
    assert house.sim("sensor.sim_washer_state") == "ready"
    assert not presses
    await house.step(10, tick=1)
    assert house.sim("sensor.sim_washer_state") == "running"
    await house.step(300)
    assert house.state("state", "Washer").state == "executing"
    assert len(presses) == 1
    assert len(house.decisions("run_started")) == 1


async def test_ct30_without_prices_the_deadline_is_met_by_the_latest_safe_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(
        hass,
        freezer,
        devices=WASHER_ONLY,
        site={"import_tariff": {"source": "none"}, "export_tariff": {"source": "none"}},
    )
    answer = await _announce(house)
    start = datetime.fromisoformat(answer["start"])
    deadline = datetime.fromisoformat(DEADLINE)
    assert deadline - timedelta(minutes=90 + 20) <= start <= deadline - timedelta(minutes=90)


async def test_ct31_a_restart_before_the_start_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.control("Washer")
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    planned = house.state("planned_start", "Washer").state
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert house.state("planned_start", "Washer").state == planned
    await house.move_to(datetime.fromisoformat(planned) - timedelta(seconds=2))
    await house.step(120)
    assert house.sim("sensor.sim_washer_state") == "running"
    assert len(house.decisions("run_started")) == 1


async def test_ct31_a_restart_across_the_planned_start_starts_late_and_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.control("Washer")
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    planned = datetime.fromisoformat(house.state("planned_start", "Washer").state)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.move_to(planned + timedelta(minutes=3))
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()
    await house.step(120)
    assert house.sim("sensor.sim_washer_state") == "running"
    assert len(house.decisions("run_started")) == 1


PROFILE = {
    "profile_id": "cotton",
    "groups": [
        {
            "alternatives": [
                {
                    "sequence_id": "eco",
                    "slots": [
                        {"duration": 1800, "p_exp": 1000},
                        {"duration": 1800, "p_exp": 200, "pausable": True, "max_pause": 3600},
                        {"duration": 900, "p_exp": 500},
                    ],
                },
                {
                    "sequence_id": "quick",
                    "slots": [
                        {"duration": 900, "p_exp": 2500},
                        {"duration": 900, "p_exp": 300, "pausable": True, "max_pause": 3600},
                        {"duration": 900, "p_exp": 500},
                    ],
                },
            ]
        }
    ],
}


async def test_ct32_a_pausable_slot_is_shifted_and_a_fixed_one_is_not(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    answer = await _announce(house, profile=PROFILE)
    assert answer["choice"] in (["eco"], ["quick"])
    slots = [datetime.fromisoformat(slot["start"]) for slot in answer["slots"]]
    device = house.device_id("Washer")

    moved = await house.call(
        "shift_slot", response=True, device_id=device, slot=1, start_time=(slots[1] + timedelta(minutes=20)).isoformat()
    )
    assert datetime.fromisoformat(moved["slots"][1]["start"]) == slots[1] + timedelta(minutes=20)

    before = house.cem.runs.open(house.subentry_id("Washer"))
    for slot, shift in ((1, timedelta(hours=3)), (2, timedelta(hours=1)), (7, timedelta(0))):
        with pytest.raises(ServiceValidationError) as refused:
            await house.call("shift_slot", device_id=device, slot=slot, start_time=(slots[-1] + shift).isoformat())
        assert refused.value.translation_key
        assert house.cem.runs.open(house.subentry_id("Washer")) == before


async def test_ct32_pause_and_resume_only_where_the_profile_allows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.control("Washer")
    device = house.device_id("Washer")
    for action in ("pause", "resume"):
        with pytest.raises(ServiceValidationError):
            await house.call(action, device_id=device)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    await _announce(house, profile=PROFILE)
    await house.do("button", "press", house.entity_id("start_now", "Washer"))
    await house.step(120)
    assert house.state("state", "Washer").state == "executing"
    with pytest.raises(ServiceValidationError):
        await house.call("pause", device_id=device)
    run = house.cem.runs.open(house.subentry_id("Washer"))
    assert run is not None
    await house.move_to(run.schedule[1].start + timedelta(minutes=2))
    await house.call("pause", device_id=device)
    assert house.state("state", "Washer").state == "interrupted"
    await house.step(300)
    await house.call("resume", device_id=device)
    assert house.state("state", "Washer").state == "executing"


async def test_a_ready_appliance_offers_itself_and_an_open_door_withdraws_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    assert house.state("planned_start", "Washer").state == "unknown"
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    assert house.state("state", "Washer").state == "scheduled"
    assert dt_util.parse_datetime(house.state("planned_start", "Washer").state) is not None
    await house.do("switch", "turn_on", "switch.sim_washer_door")
    await house.settle()
    assert house.state("planned_start", "Washer").state == "unknown"
    assert len(house.decisions("run_cancelled")) == 1


async def test_advise_only_calls_nothing_and_shows_what_it_would_have_called(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    planned = datetime.fromisoformat(house.state("planned_start", "Washer").state)
    await house.move_to(planned - timedelta(seconds=2))
    await house.step(60)
    assert house.sim("sensor.sim_washer_state") == "ready"
    calls = house.state("state", "Washer").attributes["calls"]
    assert [(call["action"], call["entity_id"], call["made"]) for call in calls] == [
        ("button.press", "button.sim_washer_start", False)
    ]
    assert len(house.decisions("run_advised")) == 1


async def test_an_appliance_that_refuses_is_tried_again_reported_and_left_to_the_user(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.control("Washer")
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    await hass.services.async_call(
        "sim_house", "inject_fault", {"device": "washer", "kind": "refuse_commands"}, blocking=True
    )
    planned = datetime.fromisoformat(house.state("planned_start", "Washer").state)
    await house.move_to(planned - timedelta(seconds=2))
    await house.step(900)
    assert house.state("state", "Washer").state == "aborted"
    failures = house.decisions("run_failed")
    assert len(failures) == 1
    assert len([record for record in house.cem.hands.records if record.made]) >= 2


async def test_a_machine_started_by_hand_is_a_fixed_fact_for_the_plan(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.do("button", "press", "button.sim_washer_start")
    await house.step(90)
    assert house.state("state", "Washer").state == "executing"
    started = house.state("planned_start", "Washer").state
    await house.call("replan")
    assert house.state("planned_start", "Washer").state == started
    assert house.decisions("run_started")[0]["by"] == "hand"


async def test_start_now_starts_at_once(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.control("Washer")
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    await house.do("button", "press", house.entity_id("start_now", "Washer"))
    await house.step(10, tick=1)
    assert house.sim("sensor.sim_washer_state") == "running"


async def test_a_fixed_start_is_kept_and_one_that_misses_the_deadline_is_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await _announce(house)
    wanted = "2026-11-23T09:37:00+01:00"
    await house.call("set_start_time", device_id=house.device_id("Washer"), start_time=wanted)
    await house.settle()
    assert datetime.fromisoformat(house.state("planned_start", "Washer").state) == datetime.fromisoformat(wanted)
    with pytest.raises(ServiceValidationError):
        await house.call("set_start_time", device_id=house.device_id("Washer"), start_time="2026-11-23T16:30:00+01:00")
    await house.settle()
    assert datetime.fromisoformat(house.state("planned_start", "Washer").state) == datetime.fromisoformat(wanted)


async def test_a_plan_keeps_its_word_while_nothing_changes(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    devices = {"Washer": ("appliance", WASHER), "Dishwasher": ("appliance", DISHWASHER)}
    house = await ManagedHouse.build(hass, freezer, devices=devices)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.do("button", "press", "button.sim_dishwasher_prepare")
    await house.settle()
    first = [house.state("planned_start", name).state for name in devices]
    await house.step(2 * 3600, tick=60)
    running = [house.state("planned_start", name).state for name in devices]
    assert running == first or all(event["gain"] >= 0.05 for event in house.decisions("run_moved"))
