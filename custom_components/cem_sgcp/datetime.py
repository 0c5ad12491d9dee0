"""Date and time: when an appliance or a car must be ready."""

from datetime import datetime
from typing import override

from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import CemConfigEntry
from .devices import KINDS
from .entity import CemDeviceEntity
from .errors import translated

PARALLEL_UPDATES = 1

READY_BY = DateTimeEntityDescription(key="ready_by", translation_key="ready_by")


class ReadyBy(CemDeviceEntity, DateTimeEntity):
    """The moment by which a run must be over or a car charged."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """The deadline of the open run or the next one."""
        return self.coordinator.runner.ready_by(self.device, dt_util.utcnow())

    @override
    async def async_set_value(self, value: datetime) -> None:
        """Take in a new deadline; the past is refused."""
        if value <= dt_util.utcnow():
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="ready_by_in_the_past",
                translation_placeholders={"value": dt_util.as_local(value).isoformat(timespec="minutes")},
            )
        with translated():
            await self.coordinator.runner.async_set_ready_by(self.device, value)
        self.async_write_ha_state()


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a deadline for each device that has one."""
    for device in entry.runtime_data.devices:
        if KINDS[device.kind].has_deadline:
            async_add_entities([ReadyBy(entry.runtime_data, device, READY_BY)], config_subentry_id=device.device_id)
