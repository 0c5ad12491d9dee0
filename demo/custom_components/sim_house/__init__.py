"""A simulated house for trying and testing an energy manager: PV, battery, electric car, appliances, meter and prices.

The house itself is in ``house/`` and knows nothing of Home Assistant. Here it becomes devices, entities and two
actions.
"""

from datetime import timedelta
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import CONF_PERSIST, CONF_PRICES_ALWAYS_KNOWN, CONF_UPDATE_INTERVAL, DOMAIN
from .equipment import NAMES
from .house import EQUIPMENT, Fault, FaultKind, run_names
from .runtime import DEFAULT_INTERVAL, Runtime, SimHouseConfigEntry

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]
#: Platforms that only some equipment needs.
OF_EQUIPMENT = {"fan": Platform.FAN, "lamp": Platform.LIGHT}
DEVICES = ("pv", "battery", "ev", "washer", "dishwasher", "grid", "market", "home", *NAMES)
POSITIVE = vol.All(vol.Coerce(float), vol.Range(min=0, min_included=False))
PERCENT = vol.All(vol.Coerce(float), vol.Range(min=0, max=100))
CONFIG_SCHEMA = vol.Schema(
    {
        DOMAIN: vol.Schema(
            {
                vol.Optional(CONF_UPDATE_INTERVAL, default=DEFAULT_INTERVAL): POSITIVE,
                vol.Optional(CONF_PERSIST, default=False): cv.boolean,
                vol.Optional(CONF_PRICES_ALWAYS_KNOWN, default=False): cv.boolean,
                vol.Optional("zone"): cv.time_zone,
                vol.Optional("day_offset"): vol.Coerce(int),
                vol.Optional("step"): POSITIVE,
                vol.Optional("ripple"): vol.All(vol.Coerce(float), vol.Range(min=0, max=0.9)),
                vol.Optional("pv_nominal"): POSITIVE,
                vol.Optional("battery_capacity"): POSITIVE,
                vol.Optional("battery_power"): POSITIVE,
                vol.Optional("battery_efficiency"): vol.All(POSITIVE, vol.Range(max=1)),
                vol.Optional("battery_reserve"): PERCENT,
                vol.Optional("battery_soc"): PERCENT,
                vol.Optional("ev_capacity"): POSITIVE,
                vol.Optional("ev_phases"): vol.In([1, 3]),
                vol.Optional("ev_current"): vol.All(vol.Coerce(float), vol.Range(min=6, max=32)),
                vol.Optional("ev_autostart"): cv.boolean,
                vol.Optional("ev_soc"): PERCENT,
                vol.Optional("washer_run"): vol.In(run_names()),
                vol.Optional("washer_ready"): cv.boolean,
                vol.Optional("dishwasher_run"): vol.In(run_names()),
                vol.Optional("dishwasher_ready"): cv.boolean,
                vol.Optional("grid_limit"): POSITIVE,
                vol.Optional("equipment"): vol.All(cv.ensure_list, [vol.In(tuple(EQUIPMENT))], vol.Coerce(tuple)),
            }
        )
    },
    extra=vol.ALLOW_EXTRA,
)
PLACE = {
    vol.Exclusive("device", "place"): vol.In(DEVICES),
    vol.Exclusive(ATTR_ENTITY_ID, "place"): cv.entity_ids,
}
INJECT_FAULT = vol.All(
    cv.has_at_least_one_key("device", ATTR_ENTITY_ID),
    vol.Schema(
        {
            **PLACE,
            vol.Required("kind"): vol.All(cv.string, vol.Coerce(FaultKind)),
            vol.Optional("duration"): POSITIVE,
            vol.Optional("delay", default=60): POSITIVE,
            # Home Assistant itself refuses sensors that are not finite.
            vol.Optional("value", default=0): vol.All(vol.Coerce(float), vol.Range(min=-1e15, max=1e15)),
        }
    ),
)
CLEAR_FAULTS = vol.Schema({**PLACE, vol.Optional("kind"): vol.All(cv.string, vol.Coerce(FaultKind))})


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions and set the house up."""
    hass.data[DOMAIN] = config.get(DOMAIN)
    hass.services.async_register(DOMAIN, "inject_fault", _inject_fault, INJECT_FAULT)
    hass.services.async_register(DOMAIN, "clear_faults", _clear_faults, CLEAR_FAULTS)
    if DOMAIN in config and not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data={}))
    return True


async def async_setup_entry(hass: HomeAssistant, entry: SimHouseConfigEntry) -> bool:
    """Build the house and start its clock."""
    config: dict[str, Any] = hass.data[DOMAIN] if hass.data.get(DOMAIN) is not None else dict(entry.data)
    # The recordings are read from disk.
    entry.runtime_data = await hass.async_add_executor_job(Runtime.create, hass, config)
    if config.get(CONF_PERSIST, False):
        await entry.runtime_data.remember()
    await hass.config_entries.async_forward_entry_setups(entry, _platforms(entry.runtime_data))
    entry.async_on_unload(entry.runtime_data.start(config.get(CONF_UPDATE_INTERVAL, DEFAULT_INTERVAL)))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: SimHouseConfigEntry) -> bool:
    """Take the entities away; the clock stops with the entry."""
    await entry.runtime_data.save()
    return await hass.config_entries.async_unload_platforms(entry, _platforms(entry.runtime_data))


def _platforms(runtime: Runtime) -> list[Platform]:
    return [*PLATFORMS, *(platform for name, platform in OF_EQUIPMENT.items() if name in runtime.house.equipment)]


def _runtime(call: ServiceCall) -> Runtime:
    for entry in call.hass.config_entries.async_loaded_entries(DOMAIN):
        return entry.runtime_data
    raise ServiceValidationError("The simulated house is not set up")


def _places(runtime: Runtime, call: ServiceCall) -> list[tuple[str, str | None]]:
    if "device" in call.data:
        return [(call.data["device"], None)]
    places: list[tuple[str, str | None]] = []
    for entity_id in call.data.get(ATTR_ENTITY_ID, ()):
        if entity_id not in runtime.points:
            raise ServiceValidationError(f"{entity_id} is not an entity of the simulated house")
        places.append(runtime.points[entity_id])
    return places


async def _inject_fault(call: ServiceCall) -> None:
    runtime = _runtime(call)
    runtime.refresh()
    now = runtime.house.now
    until = now + timedelta(seconds=call.data["duration"]) if "duration" in call.data else None
    for device, point in _places(runtime, call):
        runtime.house.inject(
            Fault(call.data["kind"], device, point, until, delay=call.data["delay"], value=call.data["value"])
        )
    runtime.refresh()


async def _clear_faults(call: ServiceCall) -> None:
    runtime = _runtime(call)
    for device, point in _places(runtime, call) or [(None, None)]:
        runtime.house.faults.clear(device, point, call.data.get("kind"))
    runtime.refresh()
