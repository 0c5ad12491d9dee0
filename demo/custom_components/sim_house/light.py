"""The lights of the living room."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    DOMAIN as PLATFORM,
    ColorMode,
    LightEntity,
    LightEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PointDescription, SimEntity, there
from .runtime import SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, LightEntityDescription):
    """A lamp."""


LIGHTS = (Description(key="lamp", device="lamp", point="brightness", name=None),)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the lamp."""
    runtime = entry.runtime_data
    async_add_entities(SimLight(runtime, PLATFORM, description) for description in there(runtime, LIGHTS))


class SimLight(SimEntity, LightEntity):
    """A lamp that can be dimmed."""

    _attr_color_mode = ColorMode.BRIGHTNESS
    _attr_supported_color_modes = {ColorMode.BRIGHTNESS}  # noqa: RUF012
    entity_description: Description

    @property
    def is_on(self) -> bool | None:
        """Whether it shines."""
        return self.runtime.house.read("lamp", "on")

    @property
    def brightness(self) -> int | None:
        """Its brightness, 0 to 255."""
        percent = self.read()
        return None if percent is None else round(percent * 2.55)

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on, as bright as told or as it was."""
        if ATTR_BRIGHTNESS in kwargs:
            await self.command(kwargs[ATTR_BRIGHTNESS] / 2.55)
        await self.runtime.command("lamp", "on", True)

    async def async_turn_off(self, **_: Any) -> None:
        """Switch off."""
        await self.runtime.command("lamp", "on", False)
