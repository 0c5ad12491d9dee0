"""Whether the car is there, doors are open and machines wait for a remote start."""

from dataclasses import dataclass

from homeassistant.components.binary_sensor import (
    DOMAIN as PLATFORM,
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import APPLIANCES, PointDescription, SimEntity, there
from .equipment import RUNNING
from .runtime import SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, BinarySensorEntityDescription):
    """A binary sensor of one point."""


BINARY_SENSORS = (
    Description(
        key="ev_connected", device="ev", point="connected", name="Connected", device_class=BinarySensorDeviceClass.PLUG
    ),
    *(
        description
        for device in APPLIANCES
        for description in (
            Description(
                key=f"{device}_door",
                device=device,
                point="door",
                name="Door",
                device_class=BinarySensorDeviceClass.DOOR,
            ),
            Description(
                key=f"{device}_remote_start",
                device=device,
                point="remote_start",
                name="Remote start enabled",
                icon="mdi:remote",
            ),
        )
    ),
)

EQUIPMENT = (
    Description(
        key="v2h_connected",
        device="v2h",
        point="connected",
        name="Connected",
        device_class=BinarySensorDeviceClass.PLUG,
    ),
    *(
        Description(
            key=f"{device}_{point}",
            device=device,
            point=point,
            name=name,
            device_class=BinarySensorDeviceClass.RUNNING,
        )
        for device, point, name in RUNNING
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors."""
    runtime = entry.runtime_data
    async_add_entities(
        SimBinarySensor(runtime, PLATFORM, description) for description in (*BINARY_SENSORS, *there(runtime, EQUIPMENT))
    )


class SimBinarySensor(SimEntity, BinarySensorEntity):
    """A point that is on or off."""

    entity_description: Description

    @property
    def is_on(self) -> bool | None:
        """Reading of the point."""
        return self.read()
