"""What an action is about: a connection point, by the id of its entry, or the only one there is."""

from typing import Any, Final

from homeassistant.core import ServiceCall
from homeassistant.helpers import service
import voluptuous as vol

from .const import DOMAIN
from .coordinator import CemConfigEntry, CemCoordinator
from .validators import single

ATTR_CONFIG_ENTRY: Final = "config_entry_id"

SITE: Final[dict[vol.Marker, Any]] = {vol.Optional(ATTR_CONFIG_ENTRY): single}


def site_of(call: ServiceCall, data: dict[str, Any]) -> CemCoordinator:
    """Return the connection point that an action is about. Raises ServiceValidationError."""
    entry: CemConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, data.get(ATTR_CONFIG_ENTRY))
    return entry.runtime_data
