"""The house of the demo in a real Home Assistant: set up through the real flows, planned, recorded, no error."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
import json
import sqlite3
import time

from watching import PLANNED, RECORDED, entity, history, say

from demo.live import LiveHomeAssistant
from demo.site import NAMES, entities_of

METER = "sensor.sim_grid_power"
OURS = ("cem_sgcp", "sim_house")
KINDS = {
    "Solar plant": "pv",
    "Home battery": "battery",
    "Electric car": "ev",
    "Washing machine": "run",
    "Dishwasher": "run",
}
SITE_KEYS = (
    "net_power",
    "import_power",
    "export_power",
    "import_limit",
    "export_limit",
    "traffic_light",
    "plan_status",
    "planned_cost_today",
    "planned_cost_tomorrow",
    "next_start",
)


async def test_every_device_has_a_plan_within_seconds(house: LiveHomeAssistant) -> None:
    started = time.monotonic()

    async def planned() -> dict | None:
        plan = await house.call("cem_sgcp.get_plan", response=True)
        devices = {device["name"]: device for device in plan.get("devices", ())}
        machines = ("Washing machine", "Dishwasher")
        complete = all(devices.get(name, {}).get("series") for name in NAMES)
        return plan if complete and all(devices[name]["runs"] for name in machines) else None

    plan = await house.until(planned, 30, "there is no plan for every device")
    say(f"planned {time.monotonic() - started:.1f} s after the house was described; solved in {plan['seconds']:.2f} s")
    assert plan["status"] in PLANNED
    ends = [datetime.fromisoformat(row["end"]) for row in plan["series"]]
    starts = [datetime.fromisoformat(row["start"]) for row in plan["series"]]
    assert ends[:-1] == starts[1:], "the steps of the plan leave no gap"
    # Prices are known at least to midnight; the plan looks further than they do.
    assert max(ends) - datetime.now(UTC) > timedelta(hours=12)
    for device in plan["devices"]:
        for run in device["runs"]:
            assert datetime.fromisoformat(run["start"]) >= datetime.fromisoformat(plan["created"]) - timedelta(
                minutes=6
            )


async def test_the_entities_of_the_connection_point_and_of_every_device_are_there(house: LiveHomeAssistant) -> None:
    entities, states = await entities_of(house), await house.states()
    assert await house.state(await entity(house, "plan_status")) in PLANNED
    for key in SITE_KEYS:
        assert await entity(house, key) in states
    for name, kind in KINDS.items():
        keys = ["planned_power", "state", "expected_cost", "control", "priority"]
        keys += {"run": ["planned_start", "ready_by", "start_now"], "ev": ["ready_by"]}.get(kind, [])
        for key in keys:
            state = states[await entity(house, key, name)]["state"]
            assert state != "unavailable", f"{key} of {name}"
    assert any(entity_id.startswith("calendar.") for entity_id in entities)
    assert any(entity_id.startswith("event.") for entity_id in entities)
    enabled = [entity_id for entity_id, entry in entities.items() if entry["disabled_by"] is None]
    assert set(enabled) <= set(states)


async def test_net_power_follows_the_meter(house: LiveHomeAssistant) -> None:
    net_power = await entity(house, "net_power")

    async def same() -> bool:
        states = await house.states()
        meter, ours = (float(states[entity_id]["state"]) for entity_id in (METER, net_power))
        return abs(meter - ours) < 1

    await house.until(same, 10, "net power is not what the meter says")


async def test_net_power_is_in_the_history_of_the_recorder(house: LiveHomeAssistant) -> None:
    net_power = await entity(house, "net_power")
    since = datetime.now(UTC)
    # A battery that does its work keeps the meter at zero; a fault makes it show what cannot be mistaken.
    await house.call("sim_house.inject_fault", entity_id=METER, kind="value", value=4321, duration=8)

    async def recorded() -> list | None:
        rows = await history(house, net_power, since)
        return rows if any(row["state"] == "4321.0" for row in rows) else None

    rows = await house.until(recorded, 30, "net power does not appear in the history")
    # Nothing about its unit or class keeps it from long-term statistics.
    assert all(row["attributes"]["state_class"] == "measurement" for row in rows if row["state"] != "unavailable")
    assert net_power not in await house.ws("recorder/validate_statistics")


async def test_the_house_is_managed_without_an_error_and_the_recorder_keeps_no_series(house: LiveHomeAssistant) -> None:
    """The last of this module: Home Assistant is stopped, for its database is to be read."""
    planned_power = await entity(house, "planned_power", "Electric car")
    plan_status = await entity(house, "plan_status")
    states = await house.states()
    assert states[planned_power]["attributes"]["series"], "the dashboard has its series"
    assert states[plan_status]["attributes"]["series"]
    await asyncio.sleep(RECORDED)
    entities = set(await entities_of(house))
    code = await house.stop()
    assert code == 0, house.console_text()[-2000:]
    errors = [text for text in house.errors() if any(name in text for name in OURS)]
    assert errors == []
    assert "Traceback" not in house.console_text()

    database = house.config_dir / "home-assistant_v2.db"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT m.entity_id, a.shared_attrs FROM states s JOIN states_meta m USING (metadata_id)"
            " JOIN state_attributes a USING (attributes_id)"
        ).fetchall()
    ours = [(entity_id, json.loads(attributes)) for entity_id, attributes in rows if entity_id in entities]
    assert {planned_power, plan_status} <= {entity_id for entity_id, _ in ours}
    heavy = {"series", "levels", "notes", "runs", "calls"}
    assert {(entity_id, key) for entity_id, attributes in ours for key in attributes if key in heavy} == set()
    longest = max(len(json.dumps(attributes)) for _, attributes in ours)
    say(f"{len(ours)} states of ours recorded, the largest attributes have {longest} bytes")
    assert longest < 2000
