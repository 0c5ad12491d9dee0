"""What the Energy dashboard already knows about the house, turned into a first description of it.

`propose` is a pure function of the Energy preferences and of the entities that exist; `async_propose` gathers both
from Home Assistant. A proposal is only ever a suggestion: the user sees it and confirms or changes it. Whatever names
an entity that does not exist is left out.

Signs of the Energy dashboard: grid power is positive for import, battery power is positive for discharge, solar power
is positive for production.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
import re
from typing import Any, Final

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..const import (
    CONF_AREA,
    CONF_CONFIG_ENTRY_ID,
    CONF_ENTITY_ID,
    CONF_GRID_EXPORT_POWER,
    CONF_GRID_IMPORT_POWER,
    CONF_GRID_POWER,
    CONF_GRID_POWER_INVERTED,
    CONF_PRICE,
    CONF_SOURCE,
    DOMAIN,
    SOURCE_ENERGYZERO,
    SOURCE_ENTITY,
    SOURCE_FIXED,
    SOURCE_NORDPOOL,
    SOURCE_TIBBER,
)

_PHASE: Final = re.compile(r"phase|_l[123](_|$)|_[abc]$")
_IMPORT: Final = re.compile(r"import|consum|usage|from_grid|bezug")
_EXPORT: Final = re.compile(r"export|produc|return|to_grid|inject|feed|einspeis")
_NORDPOOL_AREA: Final = re.compile(r"([A-Z][A-Z0-9-]*)-[a-z_]+")


@dataclass(frozen=True, kw_only=True)
class KnownEntity:
    """An entity that exists, with what tells whether it measures power and where it comes from."""

    entity_id: str
    name: str
    is_power: bool = False
    unique_id: str | None = None
    device_id: str | None = None
    device_name: str | None = None
    platform: str | None = None
    config_entry_id: str | None = None


type House = Mapping[str, KnownEntity]


@dataclass(frozen=True, kw_only=True)
class FoundDevice:
    """A solar plant or battery of the Energy dashboard.

    `positive_is_consumption` tells the sign of the power sensor: false when it is positive for production or
    discharge. `capacity_kwh` is the usable capacity of a battery, `forecasts` the config entries of solar forecasts,
    `observed` the lowest and highest power of the last year in W, in the sign of the sensor.
    """

    kind: str
    name: str
    power: str
    positive_is_consumption: bool = False
    level: str | None = None
    capacity_kwh: float | None = None
    forecasts: tuple[str, ...] = ()
    observed: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The house as the Energy dashboard describes it; empty where it is silent."""

    meter: Mapping[str, Any] = field(default_factory=dict)
    import_tariff: Mapping[str, Any] | None = None
    export_tariff: Mapping[str, Any] | None = None
    devices: tuple[FoundDevice, ...] = ()


async def async_propose(hass: HomeAssistant) -> Proposal:
    """Return the proposal for the next connection point of this Home Assistant.

    Meters and devices that an existing connection point already uses are not proposed a second time.
    """
    manager = await async_get_manager(hass)
    taken = {
        value
        for entry in hass.config_entries.async_entries(DOMAIN)
        for data in (entry.data, *(subentry.data for subentry in entry.subentries.values()))
        for value in data.values()
        if isinstance(value, str)
    }
    proposal = propose(manager.data, known_entities(hass), taken)
    observed = await async_observed(hass, {device.power for device in proposal.devices})
    return replace(
        proposal,
        devices=tuple(replace(device, observed=observed.get(device.power)) for device in proposal.devices),
    )


async def async_observed(hass: HomeAssistant, entity_ids: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return the lowest and highest power in W that the statistics of the last year hold, by entity id."""
    if not entity_ids or DATA_INSTANCE not in hass.data:
        return {}
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        dt_util.utcnow() - timedelta(days=365),
        None,
        set(entity_ids),
        "month",
        {"power": UnitOfPower.WATT},
        {"min", "max"},
    )
    return {
        entity_id: (min(lows), max(highs))
        for entity_id, months in rows.items()
        if (lows := [low for month in months if (low := month.get("min")) is not None])
        and (highs := [high for month in months if (high := month.get("max")) is not None])
    }


def known_entities(hass: HomeAssistant) -> dict[str, KnownEntity]:
    """Return every entity that has a state, by entity id."""
    entities = er.async_get(hass)
    devices = dr.async_get(hass)
    known: dict[str, KnownEntity] = {}
    for state in hass.states.async_all():
        entry = entities.async_get(state.entity_id)
        device = devices.async_get(entry.device_id) if entry and entry.device_id else None
        known[state.entity_id] = KnownEntity(
            entity_id=state.entity_id,
            name=state.name,
            is_power=(
                state.attributes.get(ATTR_DEVICE_CLASS) == "power"
                or state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) in PowerConverter.VALID_UNITS
            ),
            unique_id=entry.unique_id if entry else None,
            device_id=entry.device_id if entry else None,
            device_name=(device.name_by_user or device.name) if device else None,
            platform=entry.platform if entry else None,
            config_entry_id=entry.config_entry_id if entry else None,
        )
    return known


def propose(prefs: Mapping[str, Any] | None, house: House, taken: Collection[str] = ()) -> Proposal:
    """Return what the Energy preferences say about the grid, the prices, the solar plants and the batteries.

    `prefs` are the preferences as the Energy dashboard stores them (`energy_sources` and so on), `taken` the entities
    that another connection point uses.
    """
    sources = (prefs or {}).get("energy_sources") or []
    grids = [source for source in sources if source.get("type") == "grid"]
    meters = [(source, _meter(source, house)) for source in grids]
    source, meter = next(
        ((source, meter) for source, meter in meters if meter and not set(meter.values()) & set(taken)),
        (grids[0] if len(grids) == 1 and not taken else {}, {}),
    )
    return Proposal(
        meter=meter,
        import_tariff=_tariff(source.get("entity_energy_price"), source.get("number_energy_price"), house),
        export_tariff=_tariff(
            source.get("entity_energy_price_export"), source.get("number_energy_price_export"), house
        ),
        devices=tuple(
            found for source in sources if (found := _device(source, house)) is not None and found.power not in taken
        ),
    )


def _meter(source: Mapping[str, Any], house: House) -> dict[str, Any]:
    """Return the power sensors of a grid source: one with a sign, or one for each direction."""
    config = source.get("power_config") or {}
    if (sensor := _power(config.get("stat_rate_inverted"), house)) is not None:
        return {CONF_GRID_POWER: sensor, CONF_GRID_POWER_INVERTED: True}
    if (sensor := _power(config.get("stat_rate_from"), house)) is not None:
        meter = {CONF_GRID_IMPORT_POWER: sensor}
        if (sensor := _power(config.get("stat_rate_to"), house)) is not None:
            meter[CONF_GRID_EXPORT_POWER] = sensor
        return meter
    if (sensor := _power(config.get("stat_rate") or source.get("stat_rate"), house)) is not None:
        return {CONF_GRID_POWER: sensor}
    return _meter_of_same_device(source.get("stat_energy_from") or source.get("stat_energy_to"), house)


def _meter_of_same_device(energy: str | None, house: House) -> dict[str, Any]:
    """Return the power sensors that the device of an energy meter has, when it is plain which ones they are."""
    sensors = [sensor for sensor in _power_sensors(energy, house) if not _PHASE.search(sensor)]
    if len(sensors) == 1:
        return {CONF_GRID_POWER: sensors[0]}
    imports = [sensor for sensor in sensors if _IMPORT.search(sensor)]
    exports = [sensor for sensor in sensors if _EXPORT.search(sensor)]
    if len(imports) == len(exports) == 1 and imports != exports:
        return {CONF_GRID_IMPORT_POWER: imports[0], CONF_GRID_EXPORT_POWER: exports[0]}
    return {}


def _tariff(entity_id: str | None, number: float | None, house: House) -> dict[str, Any] | None:
    """Return the tariff behind a price of the Energy dashboard."""
    if entity_id is None:
        return None if number is None else {CONF_SOURCE: SOURCE_FIXED, CONF_PRICE: float(number)}
    if (entity := house.get(entity_id)) is None:
        return None
    if entity.platform == SOURCE_TIBBER:
        return {CONF_SOURCE: SOURCE_TIBBER}
    if entity.platform in (SOURCE_NORDPOOL, SOURCE_ENERGYZERO) and entity.config_entry_id:
        tariff = {CONF_SOURCE: entity.platform, CONF_CONFIG_ENTRY_ID: entity.config_entry_id}
        area = _NORDPOOL_AREA.fullmatch(entity.unique_id or "")
        if entity.platform == SOURCE_NORDPOOL and area:
            tariff[CONF_AREA] = area[1]
        return tariff
    return {CONF_SOURCE: SOURCE_ENTITY, CONF_ENTITY_ID: entity_id}


def _device(source: Mapping[str, Any], house: House) -> FoundDevice | None:
    """Return the solar plant or battery of an energy source, if its power is measured."""
    kind = {"solar": "pv", "battery": "battery"}.get(source.get("type", ""))
    if kind is None:
        return None
    config = source.get("power_config") or {}
    power = _power(config.get("stat_rate_inverted"), house)
    inverted = power is not None
    if power is None:
        power = _power(source.get("stat_rate") or config.get("stat_rate"), house)
    if power is None:
        # Only of a solar plant: nothing tells the sign of a battery's power sensor that the dashboard does not use.
        siblings = _power_sensors(source.get("stat_energy_from"), house) if kind == "pv" else []
        if len(siblings) != 1:
            return None
        power = siblings[0]
    level = source.get("stat_soc")
    capacity = source.get("capacity")
    return FoundDevice(
        kind=kind,
        name=source.get("name") or house[power].device_name or house[power].name,
        power=power,
        positive_is_consumption=inverted,
        level=level if isinstance(level, str) and level in house else None,
        capacity_kwh=None if capacity is None else float(capacity),
        forecasts=tuple(source.get("config_entry_solar_forecast") or ()),
    )


def _power(entity_id: str | None, house: House) -> str | None:
    """Return the entity id if it exists and measures power."""
    return entity_id if isinstance(entity_id, str) and entity_id in house and house[entity_id].is_power else None


def _power_sensors(entity_id: str | None, house: House) -> list[str]:
    """Return the power sensors of the device to which an entity belongs."""
    entity = house.get(entity_id) if isinstance(entity_id, str) else None
    if entity is None or entity.device_id is None:
        return []
    return sorted(other.entity_id for other in house.values() if other.device_id == entity.device_id and other.is_power)
