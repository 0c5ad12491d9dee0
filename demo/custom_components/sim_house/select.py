"""Modes and signals to choose from."""

from dataclasses import dataclass

from homeassistant.components.select import DOMAIN as PLATFORM, SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PointDescription, SimEntity
from .house import BatteryMode, GridSignal
from .runtime import SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, SelectEntityDescription):
    """A choice for one point."""


SELECTS = (
    Description(
        key="battery_mode",
        device="battery",
        point="mode",
        name="Mode",
        icon="mdi:home-battery",
        options=[mode.value for mode in BatteryMode],
    ),
    Description(
        key="grid_signal",
        device="grid",
        point="signal",
        name="Grid signal",
        icon="mdi:traffic-light",
        options=[signal.value for signal in GridSignal],
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the selects."""
    async_add_entities(SimSelect(entry.runtime_data, PLATFORM, description) for description in SELECTS)


class SimSelect(SimEntity, SelectEntity):
    """A point with a choice of values."""

    entity_description: Description

    @property
    def current_option(self) -> str | None:
        """Reading of the point."""
        return self.read()

    async def async_select_option(self, option: str) -> None:
        """Set the point."""
        await self.command(option)
