"""The owner of a house adds the integration by clicking, from the Energy dashboard to the first plan, and an appliance.

With CEM_SCREENSHOTS=1 the pictures of the documentation are made anew.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
import re

from PIL import Image
from playwright.async_api import Locator, Page, expect
import pytest_asyncio
from watching import PLANNED, entity

from demo import site
from demo.browser import browser
from demo.history import bring_history
from demo.live import LiveHomeAssistant

NAME = "Customer Energy Manager"
SIZE = {"width": 1100, "height": 1240}
PATIENCE = 30_000
LARGEST = 150_000  # bytes of a picture


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lived_in(home: LiveHomeAssistant) -> LiveHomeAssistant:
    """A house with an Energy dashboard and two weeks of history, and no energy manager yet."""
    await bring_history(home, datetime.now(UTC))
    return home


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(lived_in: LiveHomeAssistant) -> AsyncIterator[Page]:
    """One page of one browser for all that its owner does; nothing may go wrong in it."""
    async with browser() as running:
        context = await running.new_context(viewport=SIZE, locale="en-GB", timezone_id="Europe/Berlin")
        tab = await context.new_page()
        tab.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        complaints: list[str] = []
        tab.on("pageerror", lambda error: complaints.append(str(error.stack or error)))
        yield tab
        assert [text for text in complaints if "cem" in text.lower()] == []


class Dialog:
    """The dialog of a flow, used by what is read on it."""

    def __init__(self, page: Page, pictures: Path | None) -> None:
        """Use the dialog of a page; pictures of it are taken if a place for them is given."""
        self.page = page
        self.pictures = pictures
        self.root: Locator = page.locator("dialog-data-entry-flow")

    async def shows(self, title: str, picture: str | None = None) -> None:
        """Wait for a step."""
        await expect(self.root.locator(".dialog-title")).to_have_text(title)
        await expect(self.root.get_by_role("button", name="Next").or_(self.button("Submit"))).to_be_visible()
        await expect(self.root.locator("ha-alert[alert-type=error]")).to_have_count(0)
        if picture is not None:
            await self.take(picture)

    async def take(self, picture: str) -> None:
        """Take a picture of the whole page as it is."""
        if self.pictures is not None:
            await _take(self.page, self.pictures / f"flow-{picture}.png")

    def button(self, name: str) -> Locator:
        """A button, by its name."""
        return self.root.get_by_role("button", name=name, exact=True)

    def text(self, name: str) -> Locator:
        """A field to type in, by its label; that of a field which must be filled ends with a star."""
        return self.root.get_by_role("textbox", name=re.compile(rf"^{name}\*?$"))

    def number(self, name: str) -> Locator:
        """A field for a number, by its label."""
        return self.root.get_by_role("spinbutton", name=re.compile(rf"^{name}\*?$"))

    def picker(self, name: str) -> Locator:
        """A field in which an entity is chosen, by its label."""
        return self.root.get_by_role("button", name=re.compile(rf"^{name}\*? "))

    async def pick(self, name: str, words: str, choice: str) -> None:
        """Choose an entity as one does: open the list, type some words, take the entry that fits."""
        await self.picker(name).click()
        await self.root.get_by_role("dialog", name=name).get_by_placeholder("Search").fill(words)
        await self.root.get_by_role("option", name=re.compile(f"^{choice}")).first.click()
        await self.has(name, choice)

    async def has(self, name: str, choice: str) -> None:
        """Wait until an entity is chosen."""
        await expect(self.picker(name)).to_have_accessible_name(re.compile(rf"^{name}\*? {choice}$"))

    async def finish(self) -> None:
        """Leave the last screen, on which Home Assistant offers areas for the new devices."""
        await self.root.get_by_role("button", name="finish").click()
        await expect(self.root.locator(".dialog-title")).to_have_count(0)


async def test_what_the_energy_dashboard_knows_needs_only_confirming(
    lived_in: LiveHomeAssistant, page: Page, pictures: Path | None
) -> None:
    """Meter, solar plant, battery and prices are proposed whole: six screens, six clicks, a plan."""
    dialog = Dialog(page, pictures)
    await page.goto(f"{lived_in.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").first.click()
    search = page.locator("dialog-add-integration").get_by_placeholder("Search")
    await search.wait_for(state="visible")
    await search.fill(NAME)
    await page.locator("dialog-add-integration").get_by_text(NAME).first.click()

    await dialog.shows("Connection point")
    await expect(dialog.text("Name")).to_have_value("Demo house")
    await dialog.has("Grid power", "Power Electricity meter")
    for device in ("Solar plant", "Home battery"):
        await expect(dialog.root.get_by_role("checkbox", name=device)).to_be_checked()
    await dialog.take("connection-point")
    await dialog.button("Next").click()

    await dialog.shows("Solar plant of the Energy dashboard", "solar-plant")
    await expect(dialog.text("Name")).to_have_value("Solar plant")
    await dialog.has("Power sensor", "Power Solar inverter")
    await expect(dialog.root.get_by_role("radio", name="Production is positive")).to_be_checked()
    # The highest mean of an hour of the two weeks, rounded up; the plant has 5 kW.
    assert 3000 <= float(await dialog.number("Nominal power").input_value()) <= 5000
    await dialog.button("Next").click()

    await dialog.shows("Battery of the Energy dashboard", "battery")
    await expect(dialog.text("Name")).to_have_value("Home battery")
    await dialog.has("State of charge", "State of charge Home battery")
    await expect(dialog.number("Capacity")).to_have_value("10")
    assert 2000 <= float(await dialog.number("Maximum charging power").input_value()) <= 5200
    await dialog.button("Next").click()

    await dialog.shows("Prices", "prices")
    await dialog.button("Next").click()

    await dialog.shows("Prices in detail")
    await dialog.has("Price entity", "Electricity price Electricity market")
    await expect(dialog.number("Price")).to_have_value("0.0803")
    await dialog.take("prices-in-detail")
    await dialog.button("Next").click()

    await dialog.shows("Grid")
    recognised = dialog.root.get_by_text("Recognised prices from the grid")
    await expect(recognised).to_contain_text("EUR/kWh →")
    await expect(recognised).to_contain_text("epex_spot")
    await dialog.take("grid")
    await dialog.button("Submit").click()
    await dialog.finish()

    plan_status = await entity(lived_in, "plan_status")
    await lived_in.wait_state(plan_status, lambda state: state in PLANNED, 30)
    plan = await lived_in.call("cem_sgcp.get_plan", response=True)
    assert {device["name"] for device in plan["devices"] if device["series"]} == {"Solar plant", "Home battery"}
    assert len({row["import_price"] for row in plan["series"]}) > 10, "the prices of the exchange, not one price"
    await expect(page.locator("ha-sidebar").get_by_text("Demo house")).to_be_visible()


async def test_the_owner_adds_an_appliance_by_clicking_and_its_first_start_is_planned(
    lived_in: LiveHomeAssistant, page: Page, pictures: Path | None
) -> None:
    dialog = Dialog(page, pictures)
    await page.goto(f"{lived_in.url}/config/integrations/integration/{site.DOMAIN}")
    await page.get_by_role("button", name="Add appliance").wait_for(state="visible")
    await expect(page.get_by_role("button", name="Add connection point")).to_be_visible()
    await dialog.take("devices")
    await page.get_by_role("button", name="Add appliance").click()

    await dialog.shows("Add appliance")
    await dialog.text("Name").fill("Washing machine")
    await dialog.pick("Power sensor", "washing power", "Power Washing machine")
    await dialog.pick("Ready signal", "washing remote", "Remote start enabled Washing machine")
    await dialog.take("appliance")
    await dialog.number("Duration").fill("90")
    await dialog.number("Energy").fill("0.9")
    await dialog.button("How to act").click()
    await dialog.pick("Start", "washing start", "Start Washing machine")
    await dialog.picker("Start").scroll_into_view_if_needed()
    await dialog.take("appliance-how-to-act")
    await dialog.button("Submit").click()
    await dialog.finish()

    ours = next(entry for entry in await lived_in.get("config/config_entries/entry?domain=cem_sgcp"))
    await site.wait_loaded(lived_in, ours["entry_id"])
    state = await entity(lived_in, "state", "Washing machine")
    await lived_in.wait_state(state, "idle", 30)
    await lived_in.call("button.press", entity_id="button.sim_washer_prepare")
    planned = await entity(lived_in, "planned_start", "Washing machine")
    start = datetime.fromisoformat(await lived_in.wait_state(planned, lambda value: value.startswith("20"), 30))
    attributes = (await lived_in.states())[planned]["attributes"]
    end = datetime.fromisoformat(attributes["planned_end"])
    assert (end - start).total_seconds() == 90 * 60
    # It is advised only: nothing was started, and the switch of control says so.
    assert await lived_in.state(await entity(lived_in, "control", "Washing machine")) == "off"
    assert await lived_in.state("sensor.sim_washer_state") == "ready"


async def test_a_wrong_entry_is_said_at_its_field_and_nothing_is_lost(
    lived_in: LiveHomeAssistant, page: Page, pictures: Path | None
) -> None:
    dialog = Dialog(page, pictures)
    await page.goto(f"{lived_in.url}/config/integrations/integration/{site.DOMAIN}")
    await page.get_by_role("button", name="Add battery").click()
    await dialog.shows("Add battery")
    await dialog.text("Name").fill("Second battery")
    await dialog.pick("Power sensor", "home battery power", "Power Home battery")
    await dialog.pick("State of charge", "home battery state", "State of charge Home battery")
    await dialog.number("Capacity").fill("5")
    await dialog.number("Maximum charging power").fill("2000")
    await dialog.number("Maximum discharging power").fill("2000")
    await dialog.button("Submit").click()
    await expect(dialog.root.get_by_text("The meter or another device already uses this sensor.")).to_be_visible()
    await expect(dialog.text("Name")).to_have_value("Second battery")
    await expect(dialog.number("Capacity")).to_have_value("5")
    devices = await lived_in.ws("config/device_registry/list")
    assert "Second battery" not in {device["name"] for device in devices}


async def test_nothing_of_it_left_an_error_in_the_log(lived_in: LiveHomeAssistant) -> None:
    assert [text for text in lived_in.errors() if "cem_sgcp" in text] == []


async def _take(page: Page, path: Path) -> None:
    """Keep a picture of the page with few colours, which is small and looks the same."""
    await page.wait_for_timeout(700)  # dialogs and ripples move
    picture = Image.open(BytesIO(await page.screenshot())).convert("RGB")
    small = BytesIO()
    picture.quantize(128, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    assert small.tell() <= LARGEST
    await asyncio.to_thread(path.write_bytes, small.getvalue())
