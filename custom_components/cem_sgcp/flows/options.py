"""Options flow: how the plan behaves.

The listener of the config entry reloads it when the options change; this flow must not.
"""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from ..const import CONF_CURRENCY, CONF_FROZEN_MINUTES, CONF_HORIZON_HOURS, CONF_PLAN_INTERVAL, DEFAULT_OPTIONS
from .schemas import options_schema

_WHOLE = (CONF_HORIZON_HOURS, CONF_PLAN_INTERVAL, CONF_FROZEN_MINUTES)


class CemOptionsFlow(OptionsFlow):
    """One screen."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and keep the options."""
        if user_input is not None:
            return self.async_create_entry(
                data=user_input | {key: int(user_input[key]) for key in _WHOLE},
            )
        currency = self.config_entry.data.get(CONF_CURRENCY) or self.hass.config.currency
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(currency), {**DEFAULT_OPTIONS, **self.config_entry.options}
            ),
        )
