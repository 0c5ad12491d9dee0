"""The customer energy manager (CEM) at the smart grid connection point (SGCP).

Built from the published contents of IEC TR 62746-2:2015 and its public sibling specifications. One config entry is
one connection point, one subentry is one device behind it.
"""

from collections.abc import Awaitable
import logging
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import CemConfigEntry, CemCoordinator
from .devices import KINDS
from .devices.base import Device, flatten
from .frontend import async_add_dashboard, async_remove_dashboard, async_remove_resource, async_setup_frontend
from .services import async_setup_services
from .sources import async_setup_sources, async_watch_sources
from .store import CemStore

_LOGGER = logging.getLogger(__name__)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.DATETIME,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what all connection points share."""
    async_setup_services(hass)
    async_setup_sources(hass)
    await _shown(async_setup_frontend(hass))
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CemConfigEntry) -> bool:
    """Set up one connection point; limits hold from here on."""
    store = CemStore(hass, entry.entry_id)
    await store.async_load()
    devices = tuple(
        Device(
            device_id=subentry.subentry_id,
            kind=subentry.subentry_type,
            name=subentry.title,
            data=flatten(subentry.data),
        )
        for subentry in entry.subentries.values()
        if subentry.subentry_type in KINDS
    )
    coordinator = CemCoordinator(hass, entry, devices, store)
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.async_start()
    entry.async_on_unload(async_watch_sources(hass, entry))
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    await _shown(async_add_dashboard(hass, entry))
    return True


async def _shown(work: Awaitable[None]) -> None:
    """Do something for the dashboard; whatever goes wrong there, limits must hold and plans be made."""
    try:
        await work
    except Exception:
        _LOGGER.exception("The dashboard is not complete")


async def _async_reload(hass: HomeAssistant, entry: CemConfigEntry) -> None:
    """Start afresh with changed data, options or subentries."""
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_unload_entry(hass: HomeAssistant, entry: CemConfigEntry) -> bool:
    """Stop the clocks, hand the devices back, take the entities away."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.async_stop("unload")
    entry.runtime_data.problems.clear()
    await _shown(async_remove_dashboard(hass, entry))
    return True


async def async_remove_entry(hass: HomeAssistant, entry: CemConfigEntry) -> None:
    """Leave nothing behind."""
    await CemStore(hass, entry.entry_id).async_remove()
    if not hass.config_entries.async_entries(DOMAIN):
        await async_remove_resource(hass)
