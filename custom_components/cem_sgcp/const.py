"""Names that the rooms share: the domain, and the keys of a config entry's data and options.

A config entry is one smart grid connection point (SGCP). It must hold names and defaults only, no behaviour.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

DOMAIN: Final = "cem_sgcp"

# Config entry data: the connection point as it is.
CONF_NAME: Final = "name"
CONF_CONNECTION_ID: Final = "connection_id"
CONF_CURRENCY: Final = "currency"

CONF_GRID_POWER: Final = "grid_power"
CONF_GRID_POWER_INVERTED: Final = "grid_power_inverted"
CONF_GRID_IMPORT_POWER: Final = "grid_import_power"
CONF_GRID_EXPORT_POWER: Final = "grid_export_power"

CONF_IMPORT_TARIFF: Final = "import_tariff"
CONF_EXPORT_TARIFF: Final = "export_tariff"
CONF_CO2: Final = "co2"
CONF_GRID_SIGNAL: Final = "grid_signal"
CONF_CONTRACT_IMPORT_LIMIT: Final = "contract_import_limit"
CONF_CONTRACT_EXPORT_LIMIT: Final = "contract_export_limit"

# Inside a tariff, the CO2 source and the grid signal.
CONF_SOURCE: Final = "source"
CONF_PRICE: Final = "price"
CONF_PERIODS: Final = "periods"
CONF_START: Final = "start"
CONF_END: Final = "end"
CONF_WEEKDAYS: Final = "weekdays"
CONF_ENTITY_ID: Final = "entity_id"
CONF_ENTITY_ID_NEXT: Final = "entity_id_next"
CONF_CONFIG_ENTRY_ID: Final = "config_entry_id"
CONF_AREA: Final = "area"
CONF_SURCHARGE: Final = "surcharge"
CONF_VAT: Final = "vat"
CONF_VALUE: Final = "value"
CONF_MAPPING: Final = "mapping"

SOURCE_NONE: Final = "none"
SOURCE_FIXED: Final = "fixed"
SOURCE_TIME_OF_USE: Final = "time_of_use"
SOURCE_ENTITY: Final = "entity"
SOURCE_NORDPOOL: Final = "nordpool"
SOURCE_ENERGYZERO: Final = "energyzero"
SOURCE_TIBBER: Final = "tibber"

# Config entry options: how the plan behaves.
CONF_HORIZON_HOURS: Final = "horizon_hours"
CONF_PLAN_INTERVAL: Final = "plan_interval_minutes"
CONF_MOVE_GAIN: Final = "move_gain"
CONF_MOVE_SHARE: Final = "move_share"
CONF_FROZEN_MINUTES: Final = "frozen_minutes"
CONF_CO2_PRICE: Final = "co2_price"
CONF_DASHBOARD: Final = "dashboard"
CONF_LOG_DAYS: Final = "log_days"

# The same: what the forecasts stand on.
CONF_WEATHER: Final = "weather_entity"
CONF_OUTDOOR: Final = "outdoor_entity"
CONF_UNCERTAINTY: Final = "plan_for_uncertainty"
CONF_SCENARIOS: Final = "scenarios"

# The same: what counts, where the goal is the user's own weights.
OWN_WEIGHTS: Final = "own"
CONF_SELF_CONSUMPTION_PRICE: Final = "self_consumption_price"
CONF_AUTONOMY_PRICE: Final = "autonomy_price"
CONF_PEAK_PRICE: Final = "peak_price"
CONF_SMOOTHING_PRICE: Final = "smoothing_price"
CONF_WEAR_WEIGHT: Final = "wear_weight"
CONF_COMFORT_WEIGHT: Final = "comfort_weight"

# The same: what the tariff charges besides a price per kWh; one mapping each.
CONF_NETWORK_FEE: Final = "network_fee"
CONF_TIERS: Final = "tiers"
CONF_CAPACITY: Final = "capacity"
CONF_NET_METERING: Final = "net_metering"
CONF_ABOVE: Final = "above"
CONF_BOUNDARY: Final = "boundary"
CONF_PERIOD: Final = "period"
CONF_FIRST_MONTH: Final = "first_month"
CONF_WINDOW: Final = "window_minutes"
CONF_FREE_POWER: Final = "free_power"
CONF_PEAK_ENTITY: Final = "peak_entity"
CONF_FEE: Final = "fee"
CONF_LIMIT: Final = "limit"

# The same: limitation of power consumption and production; one mapping each.
CONF_LPC: Final = "lpc"
CONF_LPP: Final = "lpp"
CONF_FAILSAFE_VALUE: Final = "failsafe_value"
CONF_FAILSAFE_HOURS: Final = "failsafe_hours"
CONF_AT_END: Final = "at_end"
CONF_SCOPE: Final = "scope"
CONF_HEARTBEAT_ENTITY: Final = "heartbeat_entity"
CONF_LIMIT_ENTITY: Final = "limit_entity"
CONF_ACTIVE_ENTITY: Final = "active_entity"

#: Hours, minutes, currency, percent of the run's cost, minutes, currency/kg, currency/kWh and /kW, factors, whether
#: the sidebar shows the dashboard, whether scenarios are planned for and how many at most.
DEFAULT_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        CONF_HORIZON_HOURS: 48,
        CONF_PLAN_INTERVAL: 15,
        CONF_MOVE_GAIN: 0.05,
        CONF_MOVE_SHARE: 5,
        CONF_FROZEN_MINUTES: 15,
        CONF_CO2_PRICE: 0.0,
        CONF_SELF_CONSUMPTION_PRICE: 0.0,
        CONF_AUTONOMY_PRICE: 0.0,
        CONF_PEAK_PRICE: 0.0,
        CONF_SMOOTHING_PRICE: 0.0,
        CONF_WEAR_WEIGHT: 1.0,
        CONF_COMFORT_WEIGHT: 1.0,
        CONF_DASHBOARD: True,
        CONF_LOG_DAYS: 731,
        CONF_UNCERTAINTY: True,
        CONF_SCENARIOS: 8,
    }
)
