"""The base of all entities: one service device for the connection point, one device per subentry.

Entities show what the coordinator knows; those marked fast follow the fast clock, the others each plan.
"""

from collections.abc import Callable
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .cem.model import DevicePlan, Resource
from .const import DOMAIN
from .coordinator import CemCoordinator
from .devices.base import Device, DeviceSettings

type Attributes = dict[str, Any]


#: Series are for the dashboard; the recorder keeps the states.
UNRECORDED = frozenset({"series", "notes", "runs", "calls", "levels", "temperatures", "terms", "relaxations"})


class CemEntity(CoordinatorEntity[CemCoordinator]):
    """An entity of the connection point."""

    _attr_has_entity_name = True
    _unrecorded_attributes = UNRECORDED

    def __init__(self, coordinator: CemCoordinator, description: EntityDescription, *, fast: bool = False) -> None:
        """Name the entity after its description."""
        super().__init__(coordinator)
        self.entity_description = description
        self._fast = fast
        entry = coordinator.config_entry
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            name=entry.title,
            manufacturer="CEM-SGCP",
            model="Customer energy manager (CEM)",
            entry_type=DeviceEntryType.SERVICE,
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the fast clock too where the entity shows the present."""
        await super().async_added_to_hass()
        if self._fast:
            self.async_on_remove(self.coordinator.async_add_fast_listener(self._on_update))

    @callback
    def _on_update(self) -> None:
        self._handle_coordinator_update()

    @callback
    def async_entity_id_changed(self, old_entity_id: str) -> None:
        """Nothing depends on the entity's own id: a rename needs no reload."""

    @property
    @override
    def available(self) -> bool:
        """The connection point is always there; what is not known reads as unknown."""
        return True


class CemDeviceEntity(CemEntity):
    """An entity of one device behind the connection point."""

    def __init__(
        self, coordinator: CemCoordinator, device: Device, description: EntityDescription, *, fast: bool = False
    ) -> None:
        """Name the entity after its device's subentry."""
        super().__init__(coordinator, description, fast=fast)
        self.device = device
        self._attr_unique_id = f"{device.device_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, device.device_id)},
            name=device.name,
            manufacturer="CEM-SGCP",
            model=device.kind.replace("_", " "),
            entry_type=DeviceEntryType.SERVICE,
        )

    @property
    def settings(self) -> DeviceSettings:
        """What the user set for the device."""
        return self.coordinator.sense.settings(self.device.device_id)

    @property
    def device_plan(self) -> DevicePlan | None:
        """The plan of the device, if there is one."""
        plan = self.coordinator.data.plan
        return None if plan is None else plan.device(self.device.device_id)

    @property
    def resource(self) -> Resource | None:
        """The device as the fast clock last saw it."""
        resources = self.coordinator.data.live.resources
        return next((entry for entry in resources if entry.resource_id == self.device.device_id), None)


type DeviceEntityFactory = Callable[[CemCoordinator, Device], list[CemDeviceEntity]]
