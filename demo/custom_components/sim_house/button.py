"""What a person or a remote control can do at the machines."""

from dataclasses import dataclass

from homeassistant.components.button import DOMAIN as PLATFORM, ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import APPLIANCES, PointDescription, SimEntity
from .runtime import SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, ButtonEntityDescription):
    """A button for one command."""


MACHINE = (
    ("prepare", "Load, close and enable remote start", "mdi:basket-fill"),
    ("start", "Start", "mdi:play"),
    ("pause", "Pause", "mdi:pause"),
    ("stop", "Stop", "mdi:stop"),
)
CAR = (("drive", "Drive for an hour", "mdi:car-arrow-right"), ("come_back", "Come back", "mdi:car-arrow-left"))
BUTTONS = tuple(
    Description(key=f"{device}_{point}", device=device, point=point, name=name, icon=icon)
    for device, buttons in (("ev", CAR), *((machine, MACHINE) for machine in APPLIANCES))
    for point, name, icon in buttons
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons."""
    async_add_entities(SimButton(entry.runtime_data, PLATFORM, description) for description in BUTTONS)


class SimButton(SimEntity, ButtonEntity):
    """A command without a value."""

    entity_description: Description

    async def async_press(self) -> None:
        """Give the command."""
        await self.command()
