"""Makes the simulated house loadable next to the integration under test."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
import sys
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

DEMO = str(Path(__file__).parents[2] / "demo")
if DEMO not in sys.path:
    # custom_components has no __init__.py: its two folders are one package for as long as both parents are on the path.
    sys.path.append(DEMO)

import custom_components  # noqa: E402, F401 - before Home Assistant looks for one in its own folder

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 6, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Home Assistant may load custom integrations in every test of this folder."""


type SetUp = Callable[..., Awaitable[None]]


@pytest.fixture
async def set_up(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> SetUp:
    """Set the house up with options, on a Monday at six in the morning in Germany."""
    await hass.config.async_set_time_zone("Europe/Berlin")

    async def run(start: datetime = MONDAY, **options: Any) -> None:
        freezer.move_to(start)
        assert await async_setup_component(hass, "sim_house", {"sim_house": options})
        await hass.async_block_till_done()

    return run
