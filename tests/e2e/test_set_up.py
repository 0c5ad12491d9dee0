"""The set-up as a newcomer sees it: in the browser, with nothing but what the Energy dashboard already knows.

With CEM_SCREENSHOTS=1 the pictures of the documentation are made anew.
"""

from datetime import UTC, datetime
from pathlib import Path
import re

from playwright.async_api import Locator, Page, expect

from demo.browser import browser
from demo.history import bring_history
from demo.live import LiveHomeAssistant

PATIENCE = 60_000
#: The screens of the flow, and what each picture of them is called.
SCREENS = {
    "Connection point": "flow-connection-point",
    "Solar plant of the Energy dashboard": "flow-solar-plant",
    "Battery of the Energy dashboard": "flow-battery",
    "Prices": "flow-prices",
    "Prices in detail": "flow-prices-in-detail",
    "Grid": "flow-grid",
}


def button(page: Page, text: str) -> Locator:
    """A visible button of the dialog that is open."""
    return page.locator("ha-button:visible").filter(has_text=re.compile(rf"^\s*({text})\s*$"))


async def screen(page: Page, title: str, picture: Path) -> None:
    """Wait for a screen of the flow and take a picture of it."""
    dialog = page.locator("dialog-data-entry-flow")
    await dialog.get_by_text(title, exact=True).first.wait_for(state="visible", timeout=PATIENCE)
    await expect(dialog.locator("ha-alert[alert-type=error]:visible")).to_have_count(0)
    await page.wait_for_timeout(1500)  # pickers fill in the names of what is chosen
    picture.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=picture)


async def test_what_the_energy_dashboard_knows_needs_only_confirming(
    home: LiveHomeAssistant, pictures: Path | None, tmp_path: Path
) -> None:
    """Meter, solar plant, battery and prices are proposed whole: six screens, six clicks, a plan."""
    await bring_history(home, datetime.now(UTC))
    async with browser() as chromium:
        context = await chromium.new_context(
            viewport={"width": 1100, "height": 1150}, locale="en-GB", timezone_id="Europe/Berlin"
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{home.url}/config/integrations/dashboard/add?domain=cem_sgcp")
        await button(page, "OK").first.click(timeout=PATIENCE)
        for title, name in SCREENS.items():
            await screen(page, title, (pictures or tmp_path) / f"{name}.png")
            await button(page, "Next|Submit").first.click()
        await button(page, "Skip and finish|Finish").first.click(timeout=PATIENCE)
        await page.locator("ha-sidebar").get_by_text("Demo house").wait_for(timeout=PATIENCE)
        await context.close()
    assert not complaints
    [entry] = await home.get("config/config_entries/entry?domain=cem_sgcp")
    assert entry["state"] == "loaded"
    devices = await home.ws("config_entries/subentries/list", entry_id=entry["entry_id"])
    assert sorted(device["subentry_type"] for device in devices) == ["battery", "pv"]

    async def planned() -> bool:
        states = {state["entity_id"]: state["state"] for state in await home.get("states")}
        return states.get("sensor.demo_house_plan_status") in {"optimal", "feasible"}

    await home.until(planned, 60, "there is no plan")
    assert not home.errors("cem_sgcp")
