"""The charger's switch and the doors."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.switch import DOMAIN as PLATFORM, SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import APPLIANCES, PointDescription, SimEntity, there
from .equipment import SWITCHES as OF_EQUIPMENT
from .runtime import SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, SwitchEntityDescription):
    """A switch for one point."""


SWITCHES = (
    Description(key="ev_charging", device="ev", point="charging", name="Charging", icon="mdi:ev-station"),
    *(
        Description(key=f"{device}_door", device=device, point="door", name="Door open", icon="mdi:door")
        for device in APPLIANCES
    ),
)

EQUIPMENT = tuple(
    Description(key=device if point == "on" else f"{device}_{point}", device=device, point=point, name=name)
    for device, point, name in OF_EQUIPMENT
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches."""
    runtime = entry.runtime_data
    async_add_entities(
        SimSwitch(runtime, PLATFORM, description) for description in (*SWITCHES, *there(runtime, EQUIPMENT))
    )


class SimSwitch(SimEntity, SwitchEntity):
    """A point that can be switched."""

    entity_description: Description

    @property
    def is_on(self) -> bool | None:
        """Reading of the point."""
        return self.read()

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        await self.command(True)

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        await self.command(False)
