"""The dashboard in a real Home Assistant and a real browser: it is there by itself, it shows the plan, it can be used.

With CEM_SCREENSHOTS=1 the pictures of the documentation are made anew.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect
import pytest_asyncio
from watching import entity

from demo.browser import BROKEN, CARDS, browser
from demo.live import LiveHomeAssistant
from demo.run import furnish
from demo.site import NAMES

CHART = "cem-sgcp-plan-card svg[role=img]"
PATIENCE = 60_000


@dataclass
class Visit:
    """A page of the dashboard, and what went wrong in it by our doing."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def open(self, url: str) -> None:
        """Open an address; the login needs no password."""
        await self.page.goto(url)

    async def settled(self) -> None:
        """Wait until cards are there and those whose code comes late have become what they are."""
        await self.page.locator(CARDS).first.wait_for(state="visible", timeout=PATIENCE)
        await expect(self.page.locator(BROKEN)).to_have_count(0, timeout=15_000)

    async def shows_plan(self) -> None:
        """Wait for the chart."""
        await self.page.locator(CHART).wait_for(state="visible", timeout=PATIENCE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all visits."""
    async with browser() as running:
        yield running


@asynccontextmanager
async def visit(chromium: Browser, *, width: int = 1400, height: int = 1000, **options: Any) -> AsyncIterator[Visit]:
    """Open a page with an empty profile. Our errors fail the test."""
    settings: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
    context = await chromium.new_context(viewport={"width": width, "height": height}, **settings)
    page = await context.new_page()
    seen = Visit(page)
    page.on("pageerror", lambda error: seen.complaints.append(str(error.stack or error)))
    page.on(
        "console",
        lambda message: (
            seen.complaints.append(f"{message.text} ({message.location})")
            if message.type == "error" and "cem" in f"{message.text} {message.location}"
            else None
        ),
    )
    try:
        yield seen
    finally:
        await context.close()
    assert not seen.complaints


async def test_a_page_that_was_open_before_the_set_up_needs_one_reload_and_is_told_so(
    home: LiveHomeAssistant, chromium: Browser
) -> None:
    async with visit(chromium) as seen:
        await seen.open(home.url)
        await seen.page.locator("ha-sidebar").wait_for(timeout=PATIENCE)
        await furnish(home)
        link = seen.page.locator("ha-sidebar").get_by_text("Demo house")
        await link.wait_for(timeout=PATIENCE)
        notifications = await home.ws("persistent_notification/get")
        assert [entry["notification_id"] for entry in notifications] == ["cem_sgcp_dashboard_ready"]
        await link.click()
        await seen.page.reload()
        await seen.shows_plan()
        # Before the reload, the frontend may have complained that it does not know the dashboard.
        seen.complaints.clear()


async def test_the_dashboard_shows_the_plan_of_every_device_without_an_error(
    house: LiveHomeAssistant, chromium: Browser
) -> None:
    async with visit(chromium) as seen:
        await seen.open(f"{house.url}/cem-sgcp")
        await seen.shows_plan()
        await seen.settled()
        card = seen.page.locator("cem-sgcp-plan-card")
        rows = card.locator("g.row")
        await expect(rows).to_have_count(len(NAMES))
        for name in NAMES:
            await expect(rows.filter(has_text=name)).to_have_count(1)
        summary = await seen.page.locator(CHART).get_attribute("aria-label") or ""
        assert "EUR/kWh" in summary
        assert "NaN" not in await card.inner_html()
        for line in ("net", "level"):
            assert len(await card.locator(f"path.line.{line}").first.get_attribute("d") or "") > 100


async def test_every_view_shows_cards_and_no_error(house: LiveHomeAssistant, chromium: Browser) -> None:
    async with visit(chromium) as seen:
        for path in ("plan", "devices", "grid"):
            await seen.open(f"{house.url}/cem-sgcp/{path}")
            await seen.settled()
            assert await seen.page.locator("hui-card:visible").count() >= 4, path


async def test_the_chart_is_read_with_the_keyboard_and_as_a_table(house: LiveHomeAssistant, chromium: Browser) -> None:
    async with visit(chromium) as seen:
        await seen.open(f"{house.url}/cem-sgcp/plan")
        await seen.shows_plan()
        reader = seen.page.get_by_role("slider", name="Read the plan step by step")
        await reader.focus()
        first = await reader.get_attribute("aria-valuetext")
        await seen.page.keyboard.press("ArrowRight")
        await expect(reader).not_to_have_attribute("aria-valuetext", first or "")
        await seen.page.get_by_role("button", name="Show as a table").click()
        assert await seen.page.locator("cem-sgcp-plan-card tbody tr").count() > 50


async def test_a_signal_from_the_grid_shows_at_once_while_watching(house: LiveHomeAssistant, chromium: Browser) -> None:
    async with visit(chromium) as seen:
        await seen.open(f"{house.url}/cem-sgcp/plan")
        await seen.shows_plan()
        await house.call("select.select_option", entity_id="select.sim_grid_signal", option="yellow")
        try:
            await seen.page.locator("cem-sgcp-plan-card .dot.yellow").wait_for(timeout=10_000)
        finally:
            await house.call("select.select_option", entity_id="select.sim_grid_signal", option="green")
        await seen.page.locator("cem-sgcp-plan-card .dot.green").wait_for(timeout=10_000)


async def test_a_device_is_taken_out_of_control_on_the_dashboard(house: LiveHomeAssistant, chromium: Browser) -> None:
    switch = await entity(house, "control", "Home battery")
    assert await house.state(switch) == "on"
    async with visit(chromium) as seen:
        await seen.open(f"{house.url}/cem-sgcp/devices")
        await seen.settled()
        section = seen.page.locator("hui-grid-section").filter(has_text="Home battery")
        await section.locator("ha-control-switch").first.click()
        await house.wait_state(switch, "off", 20)
        await section.locator("ha-control-switch").first.click()
        await house.wait_state(switch, "on", 20)


async def test_an_open_dashboard_survives_a_reload_of_the_integration(
    house: LiveHomeAssistant, chromium: Browser
) -> None:
    async with visit(chromium) as seen:
        await seen.open(f"{house.url}/cem-sgcp/plan")
        await seen.shows_plan()
        [entry] = await house.get("config/config_entries/entry?domain=cem_sgcp")
        await house.post(f"config/config_entries/entry/{entry['entry_id']}/reload")
        await seen.page.wait_for_timeout(3000)
        await seen.shows_plan()
        await seen.settled()


async def test_phone_and_desktop_dark_and_light(
    house: LiveHomeAssistant, chromium: Browser, pictures: Path | None, tmp_path: Path
) -> None:
    looks = {
        "dashboard-desktop-light": {"width": 1400, "height": 1160, "color_scheme": "light"},
        "dashboard-desktop-dark": {"width": 1400, "height": 1160, "color_scheme": "dark"},
        "dashboard-phone": {"width": 390, "height": 1000, "color_scheme": "light", "device_scale_factor": 2},
    }
    await house.call("persistent_notification.dismiss", notification_id="cem_sgcp_dashboard_ready")
    for name, look in looks.items():
        async with visit(chromium, **look) as seen:
            await seen.open(f"{house.url}/cem-sgcp/plan")
            await seen.shows_plan()
            await seen.settled()
            card = await seen.page.locator("cem-sgcp-plan-card").bounding_box()
            assert card is not None
            assert card["x"] >= 0
            assert card["x"] + card["width"] <= look["width"]
            scrolled = await seen.page.evaluate("document.documentElement.scrollWidth")
            assert scrolled <= look["width"], "nothing has to be scrolled sideways"
            await seen.page.wait_for_timeout(1000)
            picture = (pictures or tmp_path) / f"{name}.png"
            picture.parent.mkdir(parents=True, exist_ok=True)
            await seen.page.screenshot(path=picture)
    if pictures is not None:
        for path in ("devices", "grid"):
            async with visit(chromium, height=1160) as seen:
                await seen.open(f"{house.url}/cem-sgcp/{path}")
                await seen.settled()
                await seen.page.wait_for_timeout(1500)
                await seen.page.screenshot(path=pictures / f"dashboard-{path}.png")


async def test_ct02_removal_takes_dashboard_card_and_hint_along(house: LiveHomeAssistant) -> None:
    [entry] = await house.get("config/config_entries/entry?domain=cem_sgcp")
    await house.request("DELETE", f"config/config_entries/entry/{entry['entry_id']}")
    assert "cem-sgcp" not in await house.ws("get_panels")
    assert not [item for item in await house.ws("lovelace/resources") if "cem_sgcp" in item["url"]]
    assert not await house.ws("persistent_notification/get")
    assert not house.errors("cem_sgcp")
