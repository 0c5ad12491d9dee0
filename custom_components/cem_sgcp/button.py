"""Buttons: plan again, offer an appliance for a flexible start, start it now, withdraw it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import CemConfigEntry
from .devices import KINDS
from .devices.base import Device
from .entity import CemDeviceEntity, CemEntity
from .errors import translated
from .runner import Runner

PARALLEL_UPDATES = 1

REPLAN = ButtonEntityDescription(key="replan", translation_key="replan", entity_category=EntityCategory.CONFIG)


class ReplanButton(CemEntity, ButtonEntity):
    """Makes a new plan now."""

    @override
    async def async_press(self) -> None:
        """Plan again."""
        await self.coordinator.async_refresh()


@dataclass(frozen=True, kw_only=True)
class RunButtonDescription(ButtonEntityDescription):
    """A button about an appliance's run."""

    press_fn: Callable[[Runner, Device], Awaitable[Any]]


RUN_BUTTONS: tuple[RunButtonDescription, ...] = (
    RunButtonDescription(
        key="announce",
        translation_key="announce",
        press_fn=lambda runner, device: runner.async_announce(device),
    ),
    RunButtonDescription(
        key="start_now",
        translation_key="start_now",
        press_fn=lambda runner, device: runner.async_start_now(device),
    ),
    RunButtonDescription(
        key="cancel",
        translation_key="cancel",
        press_fn=lambda runner, device: runner.async_cancel(device),
    ),
)


class RunButton(CemDeviceEntity, ButtonEntity):
    """A button about an appliance's run."""

    entity_description: RunButtonDescription

    @override
    async def async_press(self) -> None:
        """Do what the button says."""
        with translated():
            await self.entity_description.press_fn(self.coordinator.runner, self.device)


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of the connection point and of each appliance."""
    coordinator = entry.runtime_data
    async_add_entities([ReplanButton(coordinator, REPLAN)])
    for device in coordinator.devices:
        if KINDS[device.kind].has_runs:
            async_add_entities(
                [RunButton(coordinator, device, description) for description in RUN_BUTTONS],
                config_subentry_id=device.device_id,
            )
