"""The fields of every screen of the config flow and the options flow.

One function per screen; labels and explanations are in `translations`. A field that may stay empty is optional and has
no default, so that the user can clear it. So is a number that must be typed: a form would fill a required one with its
minimum. Nothing is checked here beyond what a selector knows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.const import UnitOfEnergy, UnitOfPower, UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConfigEntrySelector,
    EntitySelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from ..cem.model import LimitScope, Phase, TierBoundary
from ..const import (
    CONF_ABOVE,
    CONF_ACTIVE_ENTITY,
    CONF_AREA,
    CONF_AT_END,
    CONF_AUTONOMY_PRICE,
    CONF_BOUNDARY,
    CONF_CAPACITY,
    CONF_CO2,
    CONF_CO2_PRICE,
    CONF_COMFORT_WEIGHT,
    CONF_CONFIG_ENTRY_ID,
    CONF_CONNECTION_ID,
    CONF_CONTRACT_EXPORT_LIMIT,
    CONF_CONTRACT_IMPORT_LIMIT,
    CONF_DASHBOARD,
    CONF_END,
    CONF_ENTITY_ID,
    CONF_ENTITY_ID_NEXT,
    CONF_FAILSAFE_HOURS,
    CONF_FAILSAFE_VALUE,
    CONF_FEE,
    CONF_FIRST_MONTH,
    CONF_FREE_POWER,
    CONF_FROZEN_MINUTES,
    CONF_GRID_EXPORT_POWER,
    CONF_GRID_IMPORT_POWER,
    CONF_GRID_POWER,
    CONF_GRID_POWER_INVERTED,
    CONF_GRID_SIGNAL,
    CONF_HEARTBEAT_ENTITY,
    CONF_HORIZON_HOURS,
    CONF_LIMIT,
    CONF_LIMIT_ENTITY,
    CONF_LOG_DAYS,
    CONF_LPC,
    CONF_LPP,
    CONF_MOVE_GAIN,
    CONF_MOVE_SHARE,
    CONF_NAME,
    CONF_NET_METERING,
    CONF_NETWORK_FEE,
    CONF_OUTDOOR,
    CONF_PEAK_ENTITY,
    CONF_PEAK_PRICE,
    CONF_PERIOD,
    CONF_PERIODS,
    CONF_PLAN_INTERVAL,
    CONF_PRICE,
    CONF_SCENARIOS,
    CONF_SCOPE,
    CONF_SELF_CONSUMPTION_PRICE,
    CONF_SMOOTHING_PRICE,
    CONF_SOURCE,
    CONF_START,
    CONF_SURCHARGE,
    CONF_TIERS,
    CONF_UNCERTAINTY,
    CONF_VALUE,
    CONF_VAT,
    CONF_WEAR_WEIGHT,
    CONF_WEATHER,
    CONF_WEEKDAYS,
    CONF_WINDOW,
    SOURCE_ENERGYZERO,
    SOURCE_ENTITY,
    SOURCE_FIXED,
    SOURCE_NONE,
    SOURCE_NORDPOOL,
    SOURCE_TIBBER,
    SOURCE_TIME_OF_USE,
)

CONF_FOUND_DEVICES: Final = "found_devices"
CONF_IMPORT_SOURCE: Final = "import_source"
CONF_EXPORT_SOURCE: Final = "export_source"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Sources that are there only where the integration behind them is set up.
SERVICE_SOURCES: Final = (SOURCE_NORDPOOL, SOURCE_ENERGYZERO, SOURCE_TIBBER)
CO2_SOURCES: Final = (SOURCE_NONE, SOURCE_FIXED, SOURCE_ENTITY)

BILLING_PERIODS: Final = ("day", "month", "year")

#: Currency/kWh; leaves room for currencies with small units.
HIGHEST_PRICE: Final = 1000.0

_POWER_FILTER: Final[list[Any]] = [
    {"domain": ["sensor", "number", "input_number"], "device_class": "power"},
    {"domain": ["sensor", "number", "input_number"], "unit_of_measurement": list(UnitOfPower)},
]
POWER_ENTITY: Final = EntitySelector({"filter": _POWER_FILTER})
PRICE_ENTITY: Final = EntitySelector({"filter": [{"domain": ["sensor", "event", "number", "input_number"]}]})
CO2_ENTITY: Final = EntitySelector({"filter": [{"domain": ["sensor", "number", "input_number"]}]})
TEMPERATURE_ENTITY: Final = EntitySelector(
    {"filter": [{"domain": ["sensor", "number", "input_number"], "device_class": "temperature"}]}
)
SIGNAL_ENTITY: Final = EntitySelector(
    {"filter": [{"domain": ["select", "input_select", "sensor", "binary_sensor", "input_boolean"]}]}
)


def number(minimum: float, maximum: float, step: float, unit: str | None = None) -> vol.All:
    """Return a number field; a value that is no number, such as NaN, is refused like one out of range."""
    config = NumberSelectorConfig(min=minimum, max=maximum, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Range(min=minimum, max=maximum))


def choice(options: Sequence[str], translation_key: str) -> SelectSelector:
    """Return a drop-down of translated options."""
    return SelectSelector(
        {"options": list(options), "translation_key": translation_key, "mode": SelectSelectorMode.DROPDOWN}
    )


def site_schema(found: Mapping[str, str]) -> vol.Schema:
    """Return the first screen: name and meter, and the devices that were found (key → label)."""
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Optional(CONF_GRID_POWER): POWER_ENTITY,
        vol.Required(CONF_GRID_POWER_INVERTED, default=False): BooleanSelector(),
        vol.Optional(CONF_GRID_IMPORT_POWER): POWER_ENTITY,
        vol.Optional(CONF_GRID_EXPORT_POWER): POWER_ENTITY,
        vol.Optional(CONF_CONNECTION_ID): TextSelector(),
    }
    if found:
        fields[vol.Optional(CONF_FOUND_DEVICES, default=list(found))] = SelectSelector(
            {
                "options": [SelectOptionDict(value=key, label=label) for key, label in found.items()],
                "multiple": True,
                "mode": SelectSelectorMode.LIST,
            }
        )
    return vol.Schema(fields)


def tariff_schema(services: Sequence[str]) -> vol.Schema:
    """Return the choice of where the prices come from; `services` are the price integrations that are set up."""
    sources = (SOURCE_FIXED, SOURCE_TIME_OF_USE, SOURCE_ENTITY, *services, SOURCE_NONE)
    return vol.Schema(
        {
            vol.Required(CONF_IMPORT_SOURCE, default=SOURCE_FIXED): choice(sources, "tariff_source"),
            vol.Required(CONF_EXPORT_SOURCE, default=SOURCE_NONE): choice(sources, "tariff_source"),
        }
    )


def prices_schema(sources: Mapping[str, str], currency: str, areas: Sequence[str]) -> vol.Schema:
    """Return the screen with what each tariff needs (tariff → source); one that needs nothing has no section."""
    sections = {key: tariff_fields(source, currency, areas) for key, source in sources.items()}
    return vol.Schema(
        {
            vol.Required(key): section(vol.Schema(fields), {"collapsed": False})
            for key, fields in sections.items()
            if fields
        }
    )


def tariff_fields(source: str, currency: str, areas: Sequence[str]) -> dict[vol.Marker, Any]:
    """Return what a tariff of this source needs to know."""
    unit = f"{currency}/kWh"
    price = number(-HIGHEST_PRICE, HIGHEST_PRICE, 0.001, unit)
    fields: dict[vol.Marker, Any] = {}
    if source == SOURCE_NONE:
        return fields
    if source in (SOURCE_FIXED, SOURCE_TIME_OF_USE):
        fields[vol.Optional(CONF_PRICE)] = price
    if source == SOURCE_TIME_OF_USE:
        fields[vol.Optional(CONF_PERIODS)] = _periods(unit)
    if source == SOURCE_ENTITY:
        fields[vol.Required(CONF_ENTITY_ID)] = PRICE_ENTITY
        fields[vol.Optional(CONF_ENTITY_ID_NEXT)] = PRICE_ENTITY
    if source in (SOURCE_NORDPOOL, SOURCE_ENERGYZERO):
        fields[vol.Required(CONF_CONFIG_ENTRY_ID)] = ConfigEntrySelector({"integration": source})
    if source == SOURCE_NORDPOOL:
        fields[vol.Optional(CONF_AREA)] = SelectSelector(
            {"options": list(areas), "mode": SelectSelectorMode.DROPDOWN, "custom_value": True}
        )
    if source == SOURCE_TIBBER:
        fields[vol.Optional(CONF_AREA)] = TextSelector()
    fields[vol.Optional(CONF_SURCHARGE)] = price
    fields[vol.Optional(CONF_VAT)] = number(0, 100, 0.1, "%")
    return fields


_WEEKDAYS: Final[dict[str, Any]] = {"options": list(WEEKDAYS), "multiple": True, "translation_key": "weekday"}


def _periods(unit: str) -> ObjectSelector:
    """Return the list of daily periods of a time-of-use tariff."""
    return ObjectSelector(
        {
            "multiple": True,
            "translation_key": "period",
            "label_field": CONF_START,
            "description_field": CONF_PRICE,
            "fields": {
                CONF_START: {"required": True, "selector": {"time": {}}},
                CONF_END: {"required": True, "selector": {"time": {}}},
                CONF_WEEKDAYS: {"selector": {"select": _WEEKDAYS}},
                CONF_PRICE: {
                    "selector": {"number": {"step": 0.001, "mode": "box", "unit_of_measurement": unit}},
                },
            },
        }
    )


def grid_schema() -> vol.Schema:
    """Return the screen about the grid: limits of the contract, signal, CO2."""
    limit = number(0, 10_000_000, 1, UnitOfPower.WATT)
    return vol.Schema(
        {
            vol.Optional(CONF_CONTRACT_IMPORT_LIMIT): limit,
            vol.Optional(CONF_CONTRACT_EXPORT_LIMIT): limit,
            vol.Optional(CONF_GRID_SIGNAL): SIGNAL_ENTITY,
            vol.Required(CONF_CO2): section(
                vol.Schema(
                    {
                        vol.Required(CONF_SOURCE, default=SOURCE_NONE): choice(CO2_SOURCES, "co2_source"),
                        vol.Optional(CONF_VALUE): number(0, 5000, 1, "gCO2/kWh"),
                        vol.Optional(CONF_ENTITY_ID): CO2_ENTITY,
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


def signal_schema(states: Sequence[str]) -> vol.Schema:
    """Return the screen that maps the states of the grid signal onto the phases of the traffic light."""
    selector = SelectSelector(
        {"options": list(states), "multiple": True, "custom_value": True, "mode": SelectSelectorMode.DROPDOWN}
    )
    return vol.Schema({vol.Optional(phase.value): selector for phase in Phase})


def options_schema(currency: str) -> vol.Schema:
    """Return how the plan behaves."""
    return vol.Schema(
        {
            vol.Required(CONF_HORIZON_HOURS): number(6, 168, 1, UnitOfTime.HOURS),
            vol.Required(CONF_PLAN_INTERVAL): number(1, 60, 1, UnitOfTime.MINUTES),
            vol.Required(CONF_MOVE_GAIN): number(0, 1000, 0.001, currency),
            vol.Required(CONF_MOVE_SHARE): number(0, 100, 0.1, "%"),
            vol.Required(CONF_FROZEN_MINUTES): number(0, 720, 1, UnitOfTime.MINUTES),
            vol.Required(CONF_DASHBOARD): BooleanSelector(),
            vol.Required(CONF_LOG_DAYS, default=731): number(1, 3660, 1, UnitOfTime.DAYS),
        }
    )


def forecast_schema() -> vol.Schema:
    """Return what the forecasts stand on, and whether the plan is made for several ways things may turn out."""
    return vol.Schema(
        {
            vol.Optional(CONF_WEATHER): EntitySelector({"filter": [{"domain": ["weather"]}]}),
            vol.Optional(CONF_OUTDOOR): TEMPERATURE_ENTITY,
            vol.Required(CONF_UNCERTAINTY): BooleanSelector(),
            vol.Required(CONF_SCENARIOS): number(2, 20, 1),
        }
    )


def limitation_schema() -> vol.Schema:
    """Return how an energy guard limits the connection point, in each direction."""
    any_entity = EntitySelector({})
    fields: dict[vol.Marker, Any] = {
        vol.Optional(CONF_FAILSAFE_VALUE): number(0, 10_000_000, 1, UnitOfPower.WATT),
        vol.Required(CONF_FAILSAFE_HOURS, default=2): number(2, 24, 0.5, UnitOfTime.HOURS),
        vol.Required(CONF_AT_END, default="keep"): choice(("keep", "leave"), "failsafe_end"),
        vol.Required(CONF_SCOPE, default=LimitScope.CONNECTION.value): choice(
            [scope.value for scope in LimitScope], "limit_scope"
        ),
        vol.Optional(CONF_HEARTBEAT_ENTITY): any_entity,
        vol.Optional(CONF_LIMIT_ENTITY): POWER_ENTITY,
        vol.Optional(CONF_ACTIVE_ENTITY): any_entity,
    }
    return vol.Schema(
        {vol.Required(key): section(vol.Schema(dict(fields)), {"collapsed": True}) for key in (CONF_LPC, CONF_LPP)}
    )


def goals_schema(currency: str) -> vol.Schema:
    """Return what counts besides money, where the user sets it by hand."""
    per_kwh = number(0, HIGHEST_PRICE, 0.001, f"{currency}/kWh")
    per_kw = number(0, 100_000, 0.01, f"{currency}/kW")
    return vol.Schema(
        {
            vol.Required(CONF_CO2_PRICE): number(0, 1000, 0.001, f"{currency}/kg"),
            vol.Required(CONF_SELF_CONSUMPTION_PRICE): per_kwh,
            vol.Required(CONF_AUTONOMY_PRICE): per_kwh,
            vol.Required(CONF_PEAK_PRICE): per_kw,
            vol.Required(CONF_SMOOTHING_PRICE): per_kw,
            vol.Required(CONF_WEAR_WEIGHT): number(0, 100, 0.1),
            vol.Required(CONF_COMFORT_WEIGHT): number(0, 100, 0.1),
        }
    )


def billing_schema(currency: str) -> vol.Schema:
    """Return what a tariff charges besides its price per kWh."""
    unit = f"{currency}/kWh"
    price = number(-HIGHEST_PRICE, HIGHEST_PRICE, 0.001, unit)
    month = number(1, 12, 1)
    sections: dict[str, dict[vol.Marker, Any]] = {
        CONF_NETWORK_FEE: {vol.Optional(CONF_PRICE): price, vol.Optional(CONF_PERIODS): _periods(unit)},
        CONF_CAPACITY: {
            vol.Optional(CONF_PRICE): number(0, 100_000, 0.01, f"{currency}/kW"),
            vol.Required(CONF_PERIOD, default="month"): choice(BILLING_PERIODS, "billing_period"),
            vol.Required(CONF_WINDOW, default="15"): choice(("15", "30", "60"), "demand_window"),
            vol.Optional(CONF_FREE_POWER): number(0, 10_000_000, 1, UnitOfPower.WATT),
            vol.Optional(CONF_START): TimeSelector(),
            vol.Optional(CONF_END): TimeSelector(),
            vol.Optional(CONF_WEEKDAYS): SelectSelector(_WEEKDAYS),  # type: ignore[arg-type]
            vol.Optional(CONF_PEAK_ENTITY): POWER_ENTITY,
        },
        CONF_TIERS: {
            vol.Optional(CONF_TIERS): _tiers(unit),
            vol.Required(CONF_PERIOD, default="month"): choice(BILLING_PERIODS, "billing_period"),
        },
        CONF_NET_METERING: {
            vol.Required(CONF_PERIOD, default="none"): choice(("none", *BILLING_PERIODS), "netting_period"),
            vol.Required(CONF_FIRST_MONTH, default=1): month,
            vol.Optional(CONF_LIMIT): number(0, 10_000_000, 1, UnitOfEnergy.KILO_WATT_HOUR),
            vol.Optional(CONF_FEE): number(0, HIGHEST_PRICE, 0.001, unit),
        },
    }
    return vol.Schema(
        {vol.Required(key): section(vol.Schema(fields), {"collapsed": True}) for key, fields in sections.items()}
    )


def _tiers(unit: str) -> ObjectSelector:
    """Return the list of tiers of a price: what is added to it above some power or energy."""
    boundaries = {"options": [TierBoundary.POWER.value, TierBoundary.ENERGY.value], "translation_key": "tier_boundary"}
    return ObjectSelector(
        {
            "multiple": True,
            "translation_key": "tier",
            "label_field": CONF_ABOVE,
            "description_field": CONF_SURCHARGE,
            "fields": {
                CONF_BOUNDARY: {"required": True, "selector": {"select": boundaries}},
                CONF_ABOVE: {"required": True, "selector": {"number": {"min": 0, "step": 0.1, "mode": "box"}}},
                CONF_SURCHARGE: {
                    "required": True,
                    "selector": {"number": {"step": 0.001, "mode": "box", "unit_of_measurement": unit}},
                },
            },
        }
    )
