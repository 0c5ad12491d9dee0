"""Real Home Assistant processes for the end-to-end tests: one per test module, gone when the module is over."""

from collections.abc import AsyncIterator
import os
from pathlib import Path
import shutil
import time

import pytest
import pytest_asyncio
from watching import say

from demo import site
from demo.live import ROOT, LiveHomeAssistant, free_port
from demo.run import furnish

RESULTS = ROOT / "test-results"
IMAGES = ROOT / "docs" / "images"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[LiveHomeAssistant]:
    """A fresh Home Assistant with the simulated house and the Energy dashboard, before its owner does anything."""
    running = LiveHomeAssistant(tmp_path_factory.mktemp("home_assistant"), free_port())
    try:
        async with running:
            yield running
    finally:
        running.kill()
        _keep_logs(running, request.module.__name__)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(home: LiveHomeAssistant) -> LiveHomeAssistant:
    """The same with two weeks of history and the house under management: the demo, as its owner set it up."""
    started = time.monotonic()
    await furnish(home)
    say(f"furnished in {time.monotonic() - started:.1f} s")
    return home


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def managed(home: LiveHomeAssistant) -> LiveHomeAssistant:
    """The house under management, with empty machines, and prices that say nothing until a test gives some."""
    await site.enter(home)
    await site.take_control(home)
    return home


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots for the documentation go; None unless they are asked for (CEM_SCREENSHOTS=1)."""
    return IMAGES if os.environ.get("CEM_SCREENSHOTS") == "1" else None


def _keep_logs(home: LiveHomeAssistant, module: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    for name in ("home-assistant.log", "console.log"):
        source = home.config_dir / name
        if source.exists():
            shutil.copy(source, RESULTS / f"{module.rpartition('.')[2]}-{name}")
