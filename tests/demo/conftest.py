"""What the tests of the simulated house share."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 6, tzinfo=BERLIN)


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
