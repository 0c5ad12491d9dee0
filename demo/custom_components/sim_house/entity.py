"""What all entities of the simulated house have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DOMAIN
from .equipment import NAMES
from .runtime import Runtime

DEVICE_NAMES = {
    "pv": "Solar inverter",
    "battery": "Home battery",
    "ev": "Electric car",
    "washer": "Washing machine",
    "dishwasher": "Dishwasher",
    "grid": "Electricity meter",
    "market": "Electricity market",
    "home": "Rest of the house",
    **NAMES,
}
APPLIANCES = ("washer", "dishwasher")


@dataclass(frozen=True, kw_only=True)
class PointDescription(EntityDescription):
    """An entity shows or sets one point of one device; ``key`` is its object id after ``sim_``."""

    device: str
    point: str


def there[D: PointDescription](runtime: Runtime, descriptions: Iterable[D]) -> list[D]:
    """Return the descriptions of what the house has; the weather belongs to what it is needed for."""
    equipment = runtime.house.equipment
    known = {*equipment, "weather"} if equipment else set()
    return [entry for entry in descriptions if entry.device in known]


class SimEntity(Entity):
    """An entity of the simulated house."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: PointDescription

    def __init__(self, runtime: Runtime, platform: str, description: PointDescription) -> None:
        """Take a stable entity id and the device it belongs to."""
        self.runtime = runtime
        self.entity_description = description
        self.entity_id = f"{platform}.sim_{description.key}"
        self._attr_unique_id = description.key
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, description.device)},
            name=DEVICE_NAMES[description.device],
            manufacturer="Simulated house",
        )

    @property
    def available(self) -> bool:
        """Whether the device can be reached."""
        return self.runtime.available(self.entity_description.device, self.entity_description.point)

    async def async_added_to_hass(self) -> None:
        """Follow the house."""
        self.runtime.points[self.entity_id] = (self.entity_description.device, self.entity_description.point)
        self.runtime.listeners[self.entity_id] = self.async_write_ha_state

    async def async_will_remove_from_hass(self) -> None:
        """Leave the house alone."""
        self.runtime.listeners.pop(self.entity_id, None)
        self.runtime.points.pop(self.entity_id, None)

    def read(self) -> Any | None:
        """Reading of the entity's point; None while it is unavailable."""
        return self.runtime.house.read(self.entity_description.device, self.entity_description.point)

    async def command(self, value: Any = None) -> None:
        """Give the entity's point a command."""
        await self.runtime.command(self.entity_description.device, self.entity_description.point, value)
