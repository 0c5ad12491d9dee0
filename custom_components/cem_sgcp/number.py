"""Numbers: the priority of each device and the level that a car should reach."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import override

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory, UnitOfRatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import CemConfigEntry
from .devices import KINDS
from .devices.base import Device, DeviceKind, DeviceSettings
from .entity import CemDeviceEntity

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class DeviceNumberDescription(NumberEntityDescription):
    """A number that the user sets for a device."""

    exists_fn: Callable[[DeviceKind], bool]
    value_fn: Callable[[Device, DeviceSettings], float]
    change_fn: Callable[[DeviceSettings, float], DeviceSettings]


NUMBERS: tuple[DeviceNumberDescription, ...] = (
    DeviceNumberDescription(
        key="priority",
        translation_key="priority",
        entity_category=EntityCategory.CONFIG,
        native_min_value=1,
        native_max_value=10,
        native_step=1,
        mode=NumberMode.BOX,
        exists_fn=lambda kind: kind.flexible,
        value_fn=lambda device, settings: settings.priority,
        change_fn=lambda settings, value: replace(settings, priority=int(value)),
    ),
    DeviceNumberDescription(
        key="target",
        translation_key="target",
        native_min_value=0,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        mode=NumberMode.SLIDER,
        # What is filled until it leaves.
        exists_fn=lambda kind: kind.has_deadline and kind.has_level,
        value_fn=lambda device, settings: (
            settings.target if settings.target is not None else float(device.data.get("target") or 80)
        ),
        change_fn=lambda settings, value: replace(settings, target=value),
    ),
)


class DeviceNumber(CemDeviceEntity, NumberEntity):
    """A number that the user sets for a device."""

    entity_description: DeviceNumberDescription

    @property
    @override
    def native_value(self) -> float:
        """The value in force."""
        return self.entity_description.value_fn(self.device, self.settings)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Take in the new value."""
        await self.coordinator.async_change_settings(
            self.device.device_id, self.entity_description.change_fn(self.settings, value)
        )
        self.async_write_ha_state()


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the numbers of each device."""
    for device in entry.runtime_data.devices:
        async_add_entities(
            [
                DeviceNumber(entry.runtime_data, device, description)
                for description in NUMBERS
                if description.exists_fn(KINDS[device.kind])
            ],
            config_subentry_id=device.device_id,
        )
