"""Names of the simulated house."""

DOMAIN = "sim_house"
CONF_UPDATE_INTERVAL = "update_interval"
CONF_PERSIST = "persist"
CONF_PRICES_ALWAYS_KNOWN = "prices_always_known"
