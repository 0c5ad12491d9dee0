"""Config flow: one step without questions; what the house is like stands in ``configuration.yaml``."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from .const import DOMAIN


class SimHouseConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set the simulated house up."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set it up as it is."""
        return self.async_create_entry(title="Simulated house", data={})

    async def async_step_import(self, import_data: dict[str, Any]) -> ConfigFlowResult:
        """Set it up because configuration.yaml says so."""
        return await self.async_step_user(import_data)
