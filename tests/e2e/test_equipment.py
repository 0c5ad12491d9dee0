"""A house with everything, in a real Home Assistant: each kind is added by its flow, planned, shown and controlled.

With CEM_SCREENSHOTS=1 the pictures of docs/devices are made anew.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Page
import pytest
import pytest_asyncio

from demo import site
from demo.browser import browser
from demo.equipment import DEVICES, EQUIPMENT, INSTEAD
from demo.live import LiveHomeAssistant, free_port

SIZE = {"width": 900, "height": 1600}
FIRST = [name for name in DEVICES if name not in INSTEAD]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def equipped(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveHomeAssistant]:
    """A Home Assistant whose simulated house has all its equipment, with a connection point."""
    home = LiveHomeAssistant(tmp_path_factory.mktemp("equipped"), free_port())
    home.prepare()
    configuration = home.config_dir / "configuration.yaml"
    configuration.write_text(f"{configuration.read_text().rstrip()}\n  equipment: [{', '.join(EQUIPMENT)}]\n")
    try:
        await home.start()
        await home.wait_ready()
        clock = {"language": "en", "number_format": "language", "time_format": "language", "time_zone": "server"}
        await home.ws("frontend/set_user_data", key="language", value=clock)
        await site.enter(home)
        yield home
    finally:
        await home.stop()
        home.kill()


async def add(home: LiveHomeAssistant, names: list[str]) -> None:
    """Add devices by their flows; each new one reloads the connection point."""
    entry_id = await site.entry_id_of(home)
    assert entry_id is not None
    for name in names:
        kind, data = DEVICES[name]
        await site.add_device(home, entry_id, kind, {"name": name, **data})
    await site.wait_loaded(home, entry_id)


async def planned(home: LiveHomeAssistant, names: list[str]) -> dict[str, dict[str, Any]]:
    """Wait for a plan that holds these devices, and return what it says of each."""

    async def found() -> dict[str, dict[str, Any]] | None:
        plan = await home.call("cem_sgcp.get_plan", response=True)
        devices = {device["name"]: device for device in plan.get("devices", ())}
        return devices if all(devices.get(name, {}).get("series") for name in names) else None

    result: dict[str, dict[str, Any]] = await home.until(found, 120, "no plan for every device", interval=2)
    return result


async def taken(home: LiveHomeAssistant) -> int:
    """Let everything be controlled; returns how many devices can be."""
    switches = [
        entity_id
        for entity_id, entry in (await site.entities_of(home)).items()
        if entity_id.startswith("switch.") and entry["unique_id"].endswith("_control")
    ]
    await home.call("switch.turn_on", entity_id=switches)
    return len(switches)


async def board(home: LiveHomeAssistant, names: list[str]) -> None:
    """Make a dashboard with one card for each device: the price, its power, its row."""
    ids = {entry["name"]: entry["id"] for entry in await home.ws("config/device_registry/list")}
    cards = [
        {"type": "custom:cem-sgcp-plan-card", "title": name, "devices": [ids[name]], "hours": 24} for name in names
    ]
    boards = await home.ws("lovelace/dashboards/list")
    if not any(entry["url_path"] == "kinds-of-devices" for entry in boards):
        await home.ws("lovelace/dashboards/create", url_path="kinds-of-devices", title="Kinds", mode="storage")
    view = {"title": "Kinds", "cards": cards}
    await home.ws("lovelace/config/save", url_path="kinds-of-devices", config={"views": [view]})


async def show(page: Page, name: str, pictures: Path | None) -> None:
    """Look at the card of one device, and take its picture if asked for."""
    card = page.locator("cem-sgcp-plan-card").filter(has=page.get_by_role("heading", name=name, exact=True))
    row = card.locator("g.row").filter(has_text=name)
    await row.wait_for(timeout=60_000)
    assert await card.locator("g.row").count() == 1
    assert await row.locator("path").count() > 0
    assert "NaN" not in await card.inner_html()
    if pictures is not None:
        folder = pictures / "devices"
        folder.mkdir(parents=True, exist_ok=True)
        await card.screenshot(path=folder / f"{DEVICES[name][0]}.png")


async def test_every_kind_is_added_planned_shown_and_controlled(
    equipped: LiveHomeAssistant, pictures: Path | None
) -> None:
    await add(equipped, FIRST)
    devices = await planned(equipped, FIRST)
    kinds = {DEVICES[name][0] for name in FIRST}
    assert await taken(equipped) >= len(FIRST)
    for name in FIRST:
        assert all(abs(row["power"]) < 25_000 for row in devices[name]["series"]), name
    async with browser() as running:
        context = await running.new_context(viewport=SIZE, locale="en-GB", timezone_id="Europe/Berlin")
        page = await context.new_page()
        await board(equipped, FIRST)
        await page.goto(f"{equipped.url}/kinds-of-devices")
        for name in FIRST:
            await show(page, name, pictures)
        # Two kinds use the sensors of two others, and take their place.
        entry_id = await site.entry_id_of(equipped)
        subentries = await equipped.ws("config_entries/subentries/list", entry_id=entry_id)
        for entry in subentries:
            if entry["title"] in INSTEAD.values():
                await equipped.ws(
                    "config_entries/subentries/delete", entry_id=entry_id, subentry_id=entry["subentry_id"]
                )
        await add(equipped, list(INSTEAD))
        await planned(equipped, list(INSTEAD))
        await board(equipped, list(INSTEAD))
        await page.goto(f"{equipped.url}/kinds-of-devices")
        for name in INSTEAD:
            await show(page, name, pictures)
            kinds.add(DEVICES[name][0])
        await context.close()
    assert len(kinds) == len(DEVICES)
    assert not equipped.errors("cem_sgcp")
