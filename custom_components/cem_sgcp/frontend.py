"""How the dashboard and its card reach Home Assistant's frontend."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def async_setup_frontend(hass: HomeAssistant) -> None:
    """Serve the card."""


async def async_add_dashboard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Add the dashboard."""


async def async_remove_dashboard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the dashboard away."""


async def async_remove_resource(hass: HomeAssistant) -> None:
    """Take the card away."""
