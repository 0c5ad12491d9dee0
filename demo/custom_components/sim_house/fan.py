"""The ventilation unit."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.fan import DOMAIN as PLATFORM, FanEntity, FanEntityDescription, FanEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PointDescription, SimEntity, there
from .runtime import SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, FanEntityDescription):
    """A fan."""


FANS = (Description(key="fan", device="fan", point="percentage", name=None),)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the fan."""
    runtime = entry.runtime_data
    async_add_entities(SimFan(runtime, PLATFORM, description) for description in there(runtime, FANS))


class SimFan(SimEntity, FanEntity):
    """A fan with three speeds."""

    _attr_supported_features = FanEntityFeature.SET_SPEED | FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF
    _attr_speed_count = 3
    entity_description: Description

    @property
    def is_on(self) -> bool | None:
        """Whether it blows."""
        on, speed = self.runtime.house.read("fan", "on"), self.read()
        return None if on is None or speed is None else on and speed > 0

    @property
    def percentage(self) -> int | None:
        """Its speed."""
        speed = self.read()
        return None if speed is None else round(speed) if self.is_on else 0

    async def async_set_percentage(self, percentage: int) -> None:
        """Set the speed."""
        await self.command(percentage)
        await self.runtime.command("fan", "on", percentage > 0)

    async def async_turn_on(self, percentage: int | None = None, preset_mode: str | None = None, **_: Any) -> None:
        """Switch on, as fast as it was."""
        if percentage is not None:
            await self.command(percentage)
        await self.runtime.command("fan", "on", True)

    async def async_turn_off(self, **_: Any) -> None:
        """Switch off."""
        await self.runtime.command("fan", "on", False)
