"""A headless Chromium that looks at the demo as a user would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import re
import shutil
import tempfile

from playwright.async_api import (
    Browser,
    Error as BrowserError,
    Page,
    TimeoutError as BrowserTimeoutError,
    async_playwright,
)

__all__ = ["BrowserError", "browser", "look_at"]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROKEN = "hui-error-card, hui-error-badge, hui-error-section, hui-error-heading-badge, ha-alert[alert-type=error]"
# What an error card knows about itself, or else the card that shows it; texts are deep inside.
TELL = """card => {
  if (card.textContent.trim()) return card.textContent.trim().slice(0, 300);
  while (card && !card._config) card = card.parentElement ?? card.getRootNode().host;
  return JSON.stringify(card?._config)?.slice(0, 300) ?? "without a text";
}"""
CARDS = "hui-card:visible, ha-card:visible"


def chromium() -> str:
    """Path of the browser."""
    for name in (os.environ.get("CHROMIUM", ""), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    raise FileNotFoundError("there is no Chromium: run scripts/setup browser, or name one in the variable CHROMIUM")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start a browser with an empty profile; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="cem_sgcp_browser_") as home:
        async with async_playwright() as playwright:
            running = await playwright.chromium.launch(
                executable_path=chromium(), args=FLAGS, env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
            )
            try:
                yield running
            finally:
                await running.close()


async def look_at(url: str, screenshot: Path | None = None, patience: float = 60) -> list[str]:
    """Open a dashboard of the demo. Returns what is wrong with it; an empty list when all is well."""
    async with browser() as running:
        page = await running.new_page(viewport={"width": 1400, "height": 1000}, locale="en-GB")
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        await page.goto(url)
        complaints += await _problems(page, patience)
        if screenshot is not None:
            screenshot.parent.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=screenshot)
        return complaints


async def _problems(page: Page, patience: float) -> list[str]:
    try:
        # The login needs no password and leads to the dashboard by itself.
        await page.locator(CARDS).first.wait_for(state="visible", timeout=patience * 1000)
    except BrowserTimeoutError:
        return [f"no card appeared within {patience:g} s at {page.url}"]
    # A strategy that does not load is replaced by a text.
    broken = page.locator(BROKEN).or_(page.get_by_text(re.compile("^Error loading the .* strategy")))
    # Cards whose code is still being loaded show an error for a moment.
    for _ in range(20):
        await page.wait_for_timeout(500)
        if not await broken.count():
            break
    return [f"error card: {await broken.nth(index).evaluate(TELL)}" for index in range(await broken.count())]
