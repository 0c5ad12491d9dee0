"""Switches: whether the CEM may control a device, or only advises."""

from dataclasses import replace
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import CemConfigEntry
from .devices import KINDS
from .entity import CemDeviceEntity

PARALLEL_UPDATES = 1

CONTROL = SwitchEntityDescription(key="control", translation_key="control")


class ControlSwitch(CemDeviceEntity, SwitchEntity):
    """On: the CEM controls the device. Off: it advises, and the device is left to itself."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether the CEM may act."""
        return self.settings.control

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let the CEM act."""
        await self._async_set(on=True)

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Hand the device back to itself."""
        await self._async_set(on=False)

    async def _async_set(self, *, on: bool) -> None:
        await self.coordinator.async_change_settings(self.device.device_id, replace(self.settings, control=on))
        self.async_write_ha_state()


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a switch for each device that can be controlled."""
    for device in entry.runtime_data.devices:
        if KINDS[device.kind].flexible:
            async_add_entities(
                [ControlSwitch(entry.runtime_data, device, CONTROL)], config_subentry_id=device.device_id
            )
