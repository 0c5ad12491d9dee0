"""Config flow: one entry per smart grid connection point, one subentry per device.

The screens: who and where it is measured (filled in with what the Energy dashboard knows), where the prices come from,
what these sources need, and what the grid demands. The same screens reconfigure an entry. Nothing is written before
the last one. What a device kind asks for is in `devices`, what is checked in `flows`.
"""

from collections.abc import Mapping
import re
from typing import Any, Final, override
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
import voluptuous as vol

from .cem.model import Phase
from .const import (
    CONF_CO2,
    CONF_CONFIG_ENTRY_ID,
    CONF_CONNECTION_ID,
    CONF_CONTRACT_EXPORT_LIMIT,
    CONF_CONTRACT_IMPORT_LIMIT,
    CONF_CURRENCY,
    CONF_ENTITY_ID,
    CONF_EXPORT_TARIFF,
    CONF_GRID_POWER_INVERTED,
    CONF_GRID_SIGNAL,
    CONF_IMPORT_TARIFF,
    CONF_MAPPING,
    CONF_NAME,
    CONF_PERIODS,
    CONF_SOURCE,
    DEFAULT_OPTIONS,
    DOMAIN,
    SOURCE_NORDPOOL,
    SOURCE_TIME_OF_USE,
)
from .flows.checks import (
    METER_KEYS,
    async_check_tariff,
    co2_error,
    entity_error,
    kept_periods,
    meter_errors,
    periods_error,
    shown_periods,
    signal_states,
    tidy,
)
from .flows.device import DEVICE_FLOWS, POWER_ENTITY, device_data, device_schema, suggestion
from .flows.options import CemOptionsFlow
from .flows.proposal import FoundDevice, Proposal, async_propose
from .flows.schemas import (
    CONF_EXPORT_SOURCE,
    CONF_FOUND_DEVICES,
    CONF_IMPORT_SOURCE,
    SERVICE_SOURCES,
    grid_schema,
    prices_schema,
    signal_schema,
    site_schema,
    tariff_schema,
)

_TARIFFS: Final = {CONF_IMPORT_TARIFF: CONF_IMPORT_SOURCE, CONF_EXPORT_TARIFF: CONF_EXPORT_SOURCE}
_RECOGNISED: Final = {CONF_IMPORT_TARIFF: "import_prices", CONF_EXPORT_TARIFF: "export_prices"}


class CemConfigFlow(ConfigFlow, domain=DOMAIN):
    """Describes a connection point, for the first time or anew."""

    VERSION = 1

    def __init__(self) -> None:
        """Start with an empty description."""
        self._proposal = Proposal()
        self._data: dict[str, Any] = {}
        self._known: Mapping[str, Any] = {}
        self._confirm: list[FoundDevice] = []
        self._subentries: list[ConfigSubentryData] = []
        self._recognised = dict.fromkeys(_RECOGNISED.values(), "-")

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of the plan's behaviour."""
        return CemOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Return one flow per device kind."""
        return dict(DEVICE_FLOWS)

    # ------------------------------------------------------------------------------------------------ name and meter

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Propose what the Energy dashboard knows; the user confirms or picks by hand."""
        if user_input is None:
            self._proposal = await async_propose(self.hass)
            proposal = self._proposal
            self._known = {
                CONF_NAME: self.hass.config.location_name,
                **proposal.meter,
                CONF_IMPORT_TARIFF: proposal.import_tariff or {},
                CONF_EXPORT_TARIFF: proposal.export_tariff or {},
            }
        return await self._async_site("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Describe an existing connection point anew."""
        if user_input is None:
            self._known = dict(self._get_reconfigure_entry().data)
        return await self._async_site("reconfigure", user_input)

    async def _async_site(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask for the name, the meter and, for a new entry, which of the found devices to take over."""
        found = {str(index): device for index, device in enumerate(self._proposal.devices)}
        errors: dict[str, str] = {}
        if user_input is not None:
            site = tidy(self.hass, user_input)
            errors = meter_errors(self.hass, site, self._own)
            if CONF_NAME not in site:
                errors[CONF_NAME] = "name_required"
            if not errors:
                connection_id = re.sub(r"\s", "", site.get(CONF_CONNECTION_ID, ""))
                await self._async_identify(connection_id)
                self._confirm = [found[key] for key in found if key in site.get(CONF_FOUND_DEVICES, ())]
                self._data = {
                    CONF_NAME: site[CONF_NAME],
                    CONF_CONNECTION_ID: connection_id,
                    CONF_GRID_POWER_INVERTED: site[CONF_GRID_POWER_INVERTED],
                    **{key: site.get(key) for key in METER_KEYS},
                    CONF_CURRENCY: self.hass.config.currency,
                }
                return await self._async_next_device()
        schema = site_schema({key: f"{device.name} ({device.power})" for key, device in found.items()})
        return self.async_show_form(
            step_id=step_id,
            data_schema=self._filled(schema, user_input or self._known),
            errors=errors,
            last_step=False,
        )

    @property
    def _own(self) -> ConfigEntry | None:
        """The entry that is described anew."""
        return self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None

    async def _async_identify(self, connection_id: str) -> None:
        """Give the entry the identity of its connection point; abort if there is already one."""
        own = self._own
        if not connection_id:
            # Without a number nothing tells two connection points apart but the user, who asked for this one.
            keeps = own is not None and not own.data.get(CONF_CONNECTION_ID) and own.unique_id
            connection_id = keeps or uuid4().hex
        await self.async_set_unique_id(connection_id)
        if own is None or own.unique_id != connection_id:
            self._abort_if_unique_id_configured()

    # ------------------------------------------------------------------------------------------------ found devices

    async def _async_next_device(self) -> ConfigFlowResult:
        """Go on with the next found device, or with the prices."""
        if not self._confirm:
            return await self.async_step_tariff()
        return await (self.async_step_pv() if self._confirm[0].kind == "pv" else self.async_step_battery())

    async def async_step_pv(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user confirm a solar plant of the Energy dashboard."""
        return await self._async_device("pv", user_input)

    async def async_step_battery(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user confirm a battery of the Energy dashboard."""
        return await self._async_device("battery", user_input)

    async def _async_device(self, kind: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Show what is known of a found device and keep what the user says; it becomes a subentry of the new entry."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = device_data(self.hass, kind, user_input, in_use=self._sensors_in_use())
            if not errors:
                self._confirm.pop(0)
                self._subentries.append(
                    ConfigSubentryData(subentry_type=kind, title=data.pop(CONF_NAME), data=data, unique_id=None)
                )
                return await self._async_next_device()
        return self.async_show_form(
            step_id=kind,
            data_schema=device_schema(kind, user_input or suggestion(self._confirm[0])),
            errors=errors,
            last_step=False,
        )

    def _sensors_in_use(self) -> set[str]:
        """Return the power sensors of the meter and of the devices that were confirmed before."""
        devices = (subentry["data"].get(POWER_ENTITY) for subentry in self._subentries)
        return {sensor for sensor in (*devices, *(self._data[key] for key in METER_KEYS)) if sensor}

    # ------------------------------------------------------------------------------------------------ prices

    async def async_step_tariff(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the prices come from."""
        if user_input is not None:
            for key, source in _TARIFFS.items():
                self._data[key] = {CONF_SOURCE: user_input[source]}
            return await self.async_step_prices()
        known = {source: self._known_tariff(key).get(CONF_SOURCE) for key, source in _TARIFFS.items()}
        services = [source for source in SERVICE_SOURCES if source in known.values() or self._entries(source)]
        return self.async_show_form(
            step_id="tariff", data_schema=self._filled(tariff_schema(services), known), last_step=False
        )

    async def async_step_prices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for what the two tariffs need, and look whether they give prices."""
        currency = self._data[CONF_CURRENCY]
        sources = {key: self._data[key][CONF_SOURCE] for key in _TARIFFS}
        schema = prices_schema(sources, currency, self._areas())
        errors: dict[str, str] = {}
        details: dict[str, str] = {}
        if user_input is not None or not schema.schema:
            for key, source in sources.items():
                tariff = {CONF_SOURCE: source, **tidy(self.hass, (user_input or {}).get(key, {}))}
                if source == SOURCE_TIME_OF_USE:
                    if (error := periods_error(tariff.get(CONF_PERIODS, []))) is not None:
                        errors[key] = error
                        continue
                    tariff[CONF_PERIODS] = kept_periods(tariff[CONF_PERIODS])
                check = await async_check_tariff(self.hass, tariff, currency)
                # What was kept before is not refused because its source is silent at the moment.
                if check.error is not None and tariff != self._known.get(key):
                    errors[key] = check.error
                    details["detail"] = check.detail
                self._data[key] = tariff
                self._recognised[_RECOGNISED[key]] = check.recognised
            if not errors:
                return await self.async_step_grid()
        known = {key: self._shown_tariff(key, source) for key, source in sources.items() if key in schema.schema}
        return self.async_show_form(
            step_id="prices",
            data_schema=self._filled(schema, user_input or known),
            errors=errors,
            description_placeholders={"detail": "", "currency": currency, **details},
            last_step=False,
        )

    def _known_tariff(self, key: str) -> Mapping[str, Any]:
        """Return what is known of a tariff before the user said anything."""
        tariff: Mapping[str, Any] = self._known.get(key) or {}
        return tariff

    def _shown_tariff(self, key: str, source: str) -> dict[str, Any]:
        """Return what is known of a tariff from this source, as the form shows it."""
        tariff = dict(self._known_tariff(key))
        if tariff.get(CONF_SOURCE) != source:
            # Of a price integration that is set up once there is nothing to choose.
            entries = self._entries(source) if source in SERVICE_SOURCES else []
            return {CONF_CONFIG_ENTRY_ID: entries[0].entry_id} if len(entries) == 1 else {}
        if CONF_PERIODS in tariff:
            tariff[CONF_PERIODS] = shown_periods(tariff[CONF_PERIODS])
        return tariff

    def _entries(self, domain: str) -> list[ConfigEntry]:
        """Return the entries of a price integration that can be asked."""
        return self.hass.config_entries.async_entries(domain, include_ignore=False, include_disabled=False)

    def _areas(self) -> list[str]:
        """Return the price areas that Nord Pool is set up for."""
        return sorted({str(area) for entry in self._entries(SOURCE_NORDPOOL) for area in entry.data.get("areas", ())})

    # ------------------------------------------------------------------------------------------------ grid

    async def async_step_grid(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for limits, grid signal and CO2; this says what was recognised as prices."""
        errors: dict[str, str] = {}
        if user_input is not None:
            answer = tidy(self.hass, user_input)
            signal = answer.get(CONF_GRID_SIGNAL)
            if signal is not None and (error := entity_error(self.hass, signal)) is not None:
                errors[CONF_GRID_SIGNAL] = error
            if (error := co2_error(self.hass, answer[CONF_CO2])) is not None:
                errors[CONF_CO2] = error
            if not errors:
                self._data |= {
                    CONF_CONTRACT_IMPORT_LIMIT: answer.get(CONF_CONTRACT_IMPORT_LIMIT),
                    CONF_CONTRACT_EXPORT_LIMIT: answer.get(CONF_CONTRACT_EXPORT_LIMIT),
                    CONF_CO2: answer[CONF_CO2],
                    CONF_GRID_SIGNAL: None if signal is None else {CONF_ENTITY_ID: signal, CONF_MAPPING: {}},
                }
                return self._finish() if signal is None else await self.async_step_signal()
        known = dict(self._known) | {CONF_GRID_SIGNAL: (self._known.get(CONF_GRID_SIGNAL) or {}).get(CONF_ENTITY_ID)}
        return self.async_show_form(
            step_id="grid",
            data_schema=self._filled(grid_schema(), user_input or known),
            errors=errors,
            description_placeholders=self._recognised,
        )

    async def async_step_signal(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which state of the grid signal means which phase."""
        signal = self._data[CONF_GRID_SIGNAL]
        errors: dict[str, str] = {}
        if user_input is not None:
            pairs = [(state, phase) for phase, states in tidy(self.hass, user_input).items() for state in states]
            if not pairs:
                errors["base"] = "mapping_required"
            elif len({state for state, _ in pairs}) < len(pairs):
                errors["base"] = "state_twice"
            else:
                signal[CONF_MAPPING] = dict(pairs)
                return self._finish()
        before = self._known.get(CONF_GRID_SIGNAL) or {}
        mapping = before.get(CONF_MAPPING, {}) if before.get(CONF_ENTITY_ID) == signal[CONF_ENTITY_ID] else {}
        states = list(dict.fromkeys([*signal_states(self.hass.states.get(signal[CONF_ENTITY_ID])), *mapping]))
        # A source that already speaks of green, yellow and red needs no mapping by hand.
        mapping = mapping or {state: state.lower() for state in states if state.lower() in set(Phase)}
        known = {phase.value: [state for state, meant in mapping.items() if meant == phase] for phase in Phase}
        return self.async_show_form(
            step_id="signal",
            data_schema=self._filled(signal_schema(states), user_input or known),
            errors=errors,
            description_placeholders={"entity": signal[CONF_ENTITY_ID]},
            last_step=True,
        )

    def _finish(self) -> ConfigFlowResult:
        """Keep the description."""
        if (own := self._own) is not None:
            return self.async_update_and_abort(
                own, unique_id=self.unique_id, title=self._data[CONF_NAME], data=self._data
            )
        return self.async_create_entry(
            title=self._data[CONF_NAME],
            data=self._data,
            options=dict(DEFAULT_OPTIONS),
            subentries=self._subentries,
        )

    def _filled(self, schema: vol.Schema, values: Mapping[str, Any]) -> vol.Schema:
        """Return the fields with what is known in them; what is not known stays empty."""
        return self.add_suggested_values_to_schema(
            schema, {key: value for key, value in values.items() if value is not None}
        )
