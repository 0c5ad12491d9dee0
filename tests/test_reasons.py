"""Why the plan does what it does, where people read it: attributes, the calendar, the response of the plan."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from tests.managed_house import DEVICES, ManagedHouse

WASHER_ONLY = {"Washer": DEVICES["Washer"]}


async def _announced(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **data: object) -> ManagedHouse:
    house = await ManagedHouse.build(hass, freezer, devices=WASHER_ONLY)
    given = {"duration": "01:30:00", "power": 600, "latest_end": "2026-11-23T17:00:00+01:00"}
    await house.call("announce_flexible_start", response=True, device_id=house.device_id("Washer"), **(given | data))
    return house


async def test_jwg1_planned_start_says_why_and_what_the_next_best_start_would_cost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _announced(hass, freezer)
    shown = house.state("planned_start", "Washer").attributes
    assert shown["reason"].startswith("Washer starts at ")
    assert "+00:00" not in shown["reason"]
    assert shown["next_cost"] >= shown["cost"] - 1e-4
    assert dt_util.parse_datetime(shown["next_start"]) is not None
    assert 0 <= shown["solar_share"] <= 1
    assert house.state("state", "Washer").attributes["reason"] == shown["reason"]
    (event,) = await _events(hass)
    assert shown["reason"] in event["description"]


async def test_response_of_the_plan_tells_reasons_terms_and_what_gives_way(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _announced(hass, freezer)
    answer = await house.call("get_plan", response=True)
    (washer,) = answer["devices"]
    assert washer["reason"] == washer["runs"][0]["reason"]
    assert {"cost"} <= {term["goal"] for term in answer["terms"]}
    assert answer["relaxations"] == []
    shown = house.state("plan_status").attributes
    assert shown["relaxations"] == []
    assert shown["terms"] == answer["terms"]


async def _events(hass: HomeAssistant) -> list[dict[str, str]]:
    now = dt_util.utcnow()
    (calendar,) = (state.entity_id for state in hass.states.async_all("calendar"))
    response = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": calendar,
            "start_date_time": (now - timedelta(days=1)).isoformat(),
            "end_date_time": (now + timedelta(days=2)).isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    assert response is not None
    return response[calendar]["events"]  # type: ignore[call-overload, index, no-any-return]
