"""Actions that do what they say, and what the entities show of it."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from tests.managed_house import DEVICES, ManagedHouse

WASHER_ONLY = {"Washer": DEVICES["Washer"]}


def _slots(start: datetime, prices: list[float], key: str = "import_price") -> list[dict[str, Any]]:
    return [
        {
            "start": (start + timedelta(hours=hour)).isoformat(),
            "end": (start + timedelta(hours=hour + 1)).isoformat(),
            key: price,
        }
        for hour, price in enumerate(prices)
    ]


async def test_prices_by_action_stand_above_the_tariff_until_they_are_cleared(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY, house={"pv_nominal": 1})
    own = float(house.state("import_price").state)
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    prices = [0.5, 0.5, 0.5, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert await house.call("set_price_profile", response=True, slots=_slots(hour, prices)) == {"slots": 11}
    await house.settle()
    assert float(house.state("import_price").state) == 0.5
    answer = await house.call(
        "announce_flexible_start",
        response=True,
        device_id=house.device_id("Washer"),
        duration="01:30:00",
        power=1000,
        latest_end="2026-11-23T17:00:00+01:00",
    )
    start = datetime.fromisoformat(answer["start"])
    assert hour + timedelta(hours=3) <= start <= hour + timedelta(hours=3.5)
    assert answer["cost"] == pytest.approx(0.15, rel=1e-3)
    await house.call("set_price_profile", clear=True)
    await house.settle()
    assert float(house.state("import_price").state) == pytest.approx(own)


async def test_a_price_profile_with_an_overlap_is_refused_with_both_times(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    slots = _slots(hour, [0.3, 0.3])
    slots[1]["start"] = (hour + timedelta(minutes=30)).isoformat()
    with pytest.raises(ServiceValidationError) as refused:
        await house.call("set_price_profile", slots=slots)
    assert refused.value.translation_key == "overlap"
    assert house.cem.state.prices is None


async def test_prices_in_another_currency_are_refused(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    with pytest.raises(ServiceValidationError):
        await house.call("set_price_profile", currency="SEK", slots=_slots(dt_util.utcnow(), [0.3]))
    assert house.cem.state.prices is None


async def test_carbon_by_action_reaches_the_plan(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(
        hass,
        freezer,
        devices=WASHER_ONLY,
        house={"pv_nominal": 1},
        site={"import_tariff": {"source": "fixed", "price": 0.3}},
        options={"co2_price": 1.0},
    )
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    carbon = [400.0] * 4 + [50.0] * 2 + [400.0] * 6
    await house.call("set_environment_profile", slots=_slots(hour, carbon, "co2"))
    await house.settle()
    answer = await house.call(
        "announce_flexible_start",
        response=True,
        device_id=house.device_id("Washer"),
        duration="01:30:00",
        power=1000,
        latest_end="2026-11-23T17:00:00+01:00",
    )
    start = datetime.fromisoformat(answer["start"])
    assert hour + timedelta(hours=4) <= start <= hour + timedelta(hours=4.5)
    assert answer["cost"] == pytest.approx(0.45, rel=1e-3), "carbon decides, but it is no money"


async def test_get_plan_returns_every_step_of_every_device(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer)
    plan = await house.call("get_plan", response=True)
    assert plan["status"] in {"optimal", "feasible", "relaxed"}
    steps = len(plan["series"])
    assert {device["name"] for device in plan["devices"]} == set(DEVICES)
    assert all(len(device["series"]) == steps for device in plan["devices"])
    battery = next(device for device in plan["devices"] if device["name"] == "Battery")
    assert len(battery["levels"]) == steps
    total = plan["series"][0]["base_load"] + sum(device["series"][0]["power"] for device in plan["devices"])
    assert total == pytest.approx(plan["series"][0]["net_power"], abs=5)


async def test_replan_makes_a_new_plan(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    first = house.state("plan_status").attributes["created"]
    await house.step(60)
    await house.do("button", "press", house.entity_id("replan"))
    second = house.state("plan_status").attributes["created"]
    assert second > first
    assert (await house.call("replan", response=True))["created"] >= second


async def test_the_plan_is_renewed_at_each_market_time_unit(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    created = set()
    for _ in range(6):
        await house.step(600)
        created.add(house.state("plan_status").attributes["created"])
    assert len(created) >= 4
    assert all(datetime.fromisoformat(moment).minute % 15 == 0 for moment in sorted(created)[1:])


async def test_ready_by_moves_the_run_and_the_past_is_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    deadline = house.entity_id("ready_by", "Washer")
    await house.do("datetime", "set_value", deadline, datetime="2026-11-23T08:00:00+01:00")
    await house.settle()
    run = house.cem.runs.open(house.subentry_id("Washer"))
    assert run is not None
    assert run.schedule[-1].end <= datetime.fromisoformat("2026-11-23T08:00:00+01:00")
    for value in ("2026-11-23T05:00:00+01:00", "2026-11-23T06:30:00+01:00"):
        with pytest.raises(ServiceValidationError):
            await house.do("datetime", "set_value", deadline, datetime=value)
    assert house.cem.runs.open(house.subentry_id("Washer")) == run


async def test_priority_and_target_are_kept_over_a_restart(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer)
    await house.do("number", "set_value", house.entity_id("priority", "Car"), value=2)
    await house.do("number", "set_value", house.entity_id("target", "Car"), value=60)
    await house.control("Car")
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert float(house.state("priority", "Car").state) == 2
    assert float(house.state("target", "Car").state) == 60
    assert house.state("control", "Car").state == "on"
    assert house.cem.data.live.resources


async def test_the_calendar_shows_planned_runs(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    calendar = house.entity_id("plan")
    found = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": calendar, "start_date_time": "2026-11-23 00:00:00", "end_date_time": "2026-11-24 00:00:00"},
        blocking=True,
        return_response=True,
    )
    assert found is not None
    events = found[calendar]["events"]
    assert [event["summary"] for event in events] == ["Washer"]
    assert datetime.fromisoformat(events[0]["start"]) == datetime.fromisoformat(
        house.state("planned_start", "Washer").state
    )
    assert house.state("plan").attributes["message"] == "Washer"


async def test_the_event_entity_tells_the_latest_decision(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    decision = house.state("decision")
    assert decision.attributes["event_type"] == "run_scheduled"
    assert decision.attributes["device"] == "Washer"
    assert decision.attributes["cost"] <= decision.attributes["cost_now"] + 1e-9
    assert house.state("next_start").state == house.state("planned_start", "Washer").state
    assert house.state("next_start").attributes["device"] == "Washer"


async def test_the_announce_button_offers_an_appliance_without_a_ready_signal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    kind, data = DEVICES["Washer"]
    silent = {key: value for key, value in data.items() if key != "ready_entity"}
    house = await ManagedHouse.build(hass, freezer, devices={"Washer": (kind, silent)})
    await house.do("button", "press", house.entity_id("announce", "Washer"))
    await house.settle()
    assert house.state("state", "Washer").state == "scheduled"
    await house.do("button", "press", house.entity_id("cancel", "Washer"))
    await house.settle()
    assert house.state("planned_start", "Washer").state == "unknown"
    with pytest.raises(ServiceValidationError):
        await house.do("button", "press", house.entity_id("cancel", "Washer"))


async def test_planned_cost_of_today_counts_what_was_and_what_comes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    assert float(house.state("planned_cost_today").state) > 0
    assert float(house.state("planned_cost_tomorrow").state) > 0
    begun = house.cem.costs.amount
    spent = 0.0
    for _ in range(180):
        power, price = float(house.sim("sensor.sim_grid_power")), float(house.state("import_price").state)
        await house.step(10, tick=10)
        spent += power / 1000 * 10 / 3600 * price
    assert house.cem.costs.amount - begun == pytest.approx(spent, rel=0.02)
    snapshot, plan = house.cem.data.snapshot, house.cem.data.plan
    assert snapshot is not None
    assert plan is not None
    midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
    ahead = plan.cost_between(dt_util.utcnow(), midnight)
    assert ahead is not None
    assert float(house.state("planned_cost_today").state) == pytest.approx(house.cem.costs.amount + ahead, rel=0.02)
