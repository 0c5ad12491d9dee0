"""Options flow: how the plan behaves, what counts besides money, what the tariff charges, what forecasts stand on.

A menu with one screen each. The listener of the config entry reloads it when the options change; this flow must not.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from ..const import (
    CONF_CURRENCY,
    CONF_FROZEN_MINUTES,
    CONF_HORIZON_HOURS,
    CONF_LOG_DAYS,
    CONF_PLAN_INTERVAL,
    CONF_SCENARIOS,
    DEFAULT_OPTIONS,
)
from .billing import billing_errors, kept_billing, shown_billing
from .checks import entity_error, tidy
from .schemas import billing_schema, forecast_schema, goals_schema, limitation_schema, options_schema

_WHOLE = (CONF_HORIZON_HOURS, CONF_PLAN_INTERVAL, CONF_FROZEN_MINUTES, CONF_LOG_DAYS)


class CemOptionsFlow(OptionsFlow):
    """A menu and a screen for each of its entries."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what can be set."""
        return self.async_show_menu(step_id="init", menu_options=["plan", "goals", "tariff", "forecast", "limitation"])

    async def async_step_plan(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and keep how the plan behaves."""
        schema = options_schema(self._currency)
        if user_input is not None:
            return self._keep(
                schema, tidy(self.hass, user_input | {key: int(user_input[key]) for key in _WHOLE if key in user_input})
            )
        return self.async_show_form(
            step_id="plan", data_schema=self.add_suggested_values_to_schema(schema, self._known)
        )

    async def async_step_forecast(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and keep what the forecasts stand on, and whether uncertainty is planned for."""
        schema = forecast_schema()
        if user_input is not None:
            whole = user_input | {CONF_SCENARIOS: int(user_input[CONF_SCENARIOS])}
            return self._keep(schema, tidy(self.hass, whole))
        return self.async_show_form(
            step_id="forecast", data_schema=self.add_suggested_values_to_schema(schema, self._known)
        )

    async def async_step_goals(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and keep what counts besides money, for the goal "own weights"."""
        schema = goals_schema(self._currency)
        if user_input is not None:
            return self._keep(schema, user_input)
        return self.async_show_form(
            step_id="goals", data_schema=self.add_suggested_values_to_schema(schema, self._known)
        )

    async def async_step_tariff(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and keep network fees by time, capacity charges, tiers and net metering."""
        schema = billing_schema(self._currency)
        errors: dict[str, str] = {}
        if user_input is not None:
            answer = {key: tidy(self.hass, values) for key, values in user_input.items()}
            errors = billing_errors(self.hass, answer)
            if not errors:
                return self._keep(schema, kept_billing(answer))
        return self.async_show_form(
            step_id="tariff",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or shown_billing(self._known)),
            errors=errors,
            description_placeholders={"currency": self._currency},
        )

    async def async_step_limitation(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and keep how an energy guard limits the connection point (LPC, LPP)."""
        schema = limitation_schema()
        errors: dict[str, str] = {}
        if user_input is not None:
            answer = {key: tidy(self.hass, values) for key, values in user_input.items()}
            for key, values in answer.items():
                entities = [value for name, value in values.items() if name.endswith("_entity")]
                wrong = (error for entity in entities if (error := entity_error(self.hass, entity)) is not None)
                if (error := next(wrong, None)) is not None:
                    errors[key] = error
            if not errors:
                return self._keep(schema, answer)
        return self.async_show_form(
            step_id="limitation",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self._known),
            errors=errors,
        )

    @property
    def _currency(self) -> str:
        return str(self.config_entry.data.get(CONF_CURRENCY) or self.hass.config.currency)

    @property
    def _known(self) -> dict[str, Any]:
        return {**DEFAULT_OPTIONS, **self.config_entry.options}

    def _keep(self, schema: Any, answer: Mapping[str, Any]) -> ConfigFlowResult:
        """Keep the answer to one screen, and what the others said before."""
        fields = {str(marker) for marker in schema.schema}
        others = {key: value for key, value in self._known.items() if key not in fields}
        return self.async_create_entry(data={**others, **answer})
