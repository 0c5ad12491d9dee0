"""Binary sensors: whether every limit is held, and what the plan could not meet."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import CemConfigEntry
from .entity import Attributes, CemEntity

PARALLEL_UPDATES = 0

LIMIT_EXCEEDED = BinarySensorEntityDescription(
    key="limit_exceeded", translation_key="limit_exceeded", device_class=BinarySensorDeviceClass.PROBLEM
)


class LimitExceeded(CemEntity, BinarySensorEntity):
    """On while a limit cannot be held."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether a limit is exceeded with nothing left to shed."""
        result = self.coordinator.data.live.dispatch
        return bool(result and result.unheld)

    @property
    @override
    def extra_state_attributes(self) -> Attributes:
        """Return which devices are shed for a limit."""
        live = self.coordinator.data.live
        names = {resource.resource_id: resource.name for resource in live.resources}
        shed = live.dispatch.shed if live.dispatch else ()
        return {"shed": [names.get(resource_id, resource_id) for resource_id in shed]}


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensor of the connection point."""
    async_add_entities([LimitExceeded(entry.runtime_data, LIMIT_EXCEEDED, fast=True)])
