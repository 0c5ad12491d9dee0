"""The house whose forms are filled in."""

from collections.abc import AsyncIterator

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.flow_forms import NOON, forms_only, settle


@pytest.fixture(name="house")
async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AsyncIterator[HomeAssistant]:
    """Return a Home Assistant with the entities of a small house, and connection points that do not start."""
    freezer.move_to(NOON)
    with forms_only():
        yield await settle(hass)
