"""The forecast step of the cycle: prices, the house's own load, and generation.

Prices come from the tariff sources with whatever an action put above them; the house's own load is learned from the
recorder (meter minus every described device); generation is the forecast that the user chose. Everything that a source
does is survived: what is not known is a gap or a stated fallback. It must not decide anything.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import numpy as np

from .cem.forecast import forecast_load, forecast_pv
from .cem.model import Interval, PriceProfile, Series, TimeGrid
from .cem.model.time_grid import Array
from .const import (
    CONF_CO2,
    CONF_CURRENCY,
    CONF_EXPORT_TARIFF,
    CONF_GRID_EXPORT_POWER,
    CONF_GRID_IMPORT_POWER,
    CONF_GRID_POWER,
    CONF_GRID_POWER_INVERTED,
    CONF_IMPORT_TARIFF,
)
from .devices.base import Device
from .devices.reading import number_of, power_of, unit_of
from .grid.forecast_source import async_solar_forecast
from .grid.history import async_power_history
from .grid.reader import TariffReader
from .grid.report import SourceReport
from .grid.tariff import overlay
from .sense import Outlook

if TYPE_CHECKING:
    from .sense import Sense
    from .store import CemState

_LOGGER = logging.getLogger(__name__)

#: Days of history that the load forecast learns from, and how often they are read again.
LEARNED_DAYS = 28
HISTORY_INTERVAL = timedelta(hours=1)
#: Stand-in for a house without any history (W).
DEFAULT_LOAD = 350.0


class Forecaster:
    """Looks ahead for one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: Mapping[str, Any],
        devices: tuple[Device, ...],
        charges: Callable[[PriceProfile], PriceProfile] = lambda profile: profile,
    ) -> None:
        """Take the configured sources; `charges` adds to the tariff's prices what it charges besides."""
        self._charges = charges
        self._hass = hass
        self._config = config
        self._devices = devices
        self.tariffs = TariffReader(
            hass,
            import_tariff=config.get(CONF_IMPORT_TARIFF),
            export_tariff=config.get(CONF_EXPORT_TARIFF),
            co2=config.get(CONF_CO2),
            currency=config.get(CONF_CURRENCY) or hass.config.currency,
        )
        self._history: Series | None = None
        self._device_history: dict[str, Series] = {}
        self._history_read: datetime | None = None
        self.pv_reports: dict[str, SourceReport] = {}

    @property
    def entities(self) -> frozenset[str]:
        """Entities whose change makes a new plan worthwhile."""
        forecasts = {entity for device in self._devices for entity in forecast_entities(device)}
        return self.tariffs.entity_ids | forecasts

    async def async_outlook(self, now: datetime, sense: Sense, state: CemState) -> Outlook:
        """Return what is expected from now to the horizon."""
        end = now + sense.horizon + timedelta(hours=1)
        prices = self._charges(await self.tariffs.async_read(now, end))
        for told in (state.prices, state.environment):
            if told is not None:
                prices = overlay(prices, told)
        await self._async_read_history(now, sense)
        devices: dict[str, Series] = {}
        for device in self._devices:
            if device.kind == "pv":
                generation = await self._async_pv(device, now, end, sense)
                if generation is not None:
                    devices[device.device_id] = generation
            elif device.kind == "load":
                present, history = sense.power(device, now), self._device_history.get(device.device_id)
                devices[device.device_id] = self._load(history, now, end, present, default=present or 0.0)
        # Without a meter the loads that are measured one by one are all that is known.
        blind = not sense.meter_entities and any(device.kind == "load" for device in self._devices)
        base_load = self._load(
            self._history, now, end, present_load(sense, now), default=0.0 if blind else DEFAULT_LOAD
        )
        buy, sell = fallback_prices(prices)
        return Outlook(
            prices=prices,
            base_load=base_load,
            devices=devices,
            fallback_import_price=buy,
            fallback_export_price=sell,
        )

    def _load(
        self, history: Series | None, now: datetime, end: datetime, present: float | None, *, default: float
    ) -> Series:
        return forecast_load(
            history or Series(intervals=(), unit="W"),
            now=now,
            end=end,
            time_zone=dt_util.get_default_time_zone(),
            present=present,
            default=default,
        )

    # ------------------------------------------------------------------------------------------------ generation

    async def _async_pv(self, device: Device, now: datetime, end: datetime, sense: Sense) -> Series | None:
        """Return the generation of one plant in W, positive; None where nothing is known of it."""
        source = device.data.get("forecast_source")
        entry = device.data.get("forecast_entry")
        series, report = await async_solar_forecast(
            self._hass,
            now,
            entity_ids=forecast_entities(device) if source == "entity" else (),
            config_entry_ids=(entry,) if source == "energy" and entry else (),
        )
        self.pv_reports[device.device_id] = report
        # A plant that is held down says nothing about the sun.
        power = None if self._curtailed(device) else sense.power(device, now)
        return forecast_pv(
            series,
            history=self._device_history.get(device.device_id),
            now=now,
            end=end,
            time_zone=dt_util.get_default_time_zone(),
            measured=None if power is None else -power,
            nominal=device.data.get("nominal_power"),
        )

    def _curtailed(self, device: Device) -> bool:
        entity_id, nominal = device.data.get("curtail_entity"), device.data.get("nominal_power")
        state = self._hass.states.get(entity_id) if entity_id else None
        if unit_of(state) == "%":
            share = number_of(state)
            return share is not None and share < 100.0
        limit = power_of(state)
        return limit is not None and nominal is not None and limit < 0.99 * nominal

    # ------------------------------------------------------------------------------------------------ own load

    async def _async_read_history(self, now: datetime, sense: Sense) -> None:
        """Read the recorder now and then, so that the forecast learns from what really was."""
        if self._history_read is not None and now - self._history_read < HISTORY_INTERVAL:
            return
        self._history_read = now
        start = now - timedelta(days=LEARNED_DAYS)
        try:
            meter = await self._async_meter_history(start, now)
            grid = quarter_hours(start, now)
            if meter is None or not meter.intervals:
                return
            load = meter.on(grid)
            for device in self._devices:
                recorded = await self._async_device_history(device, start, now)
                if recorded is None or not recorded.intervals:
                    continue
                # A device that was away took nothing: inverters are unavailable at night, cars at work.
                load = load - np.nan_to_num(recorded.on(grid))
                if device.kind in {"pv", "load"}:
                    generation = device.kind == "pv"
                    self._device_history[device.device_id] = negated(recorded) if generation else recorded
            self._history = from_grid(grid, load)
        except Exception:
            _LOGGER.exception("The recorder could not be read; the load forecast goes on with what it knows")

    async def _async_meter_history(self, start: datetime, now: datetime) -> Series | None:
        signed = self._config.get(CONF_GRID_POWER)
        if signed:
            series = await async_power_history(self._hass, signed, start, now)
            return negated(series) if self._config.get(CONF_GRID_POWER_INVERTED) else series
        bought, sold = self._config.get(CONF_GRID_IMPORT_POWER), self._config.get(CONF_GRID_EXPORT_POWER)
        if not bought:
            return None
        imported = await async_power_history(self._hass, bought, start, now)
        if not sold:
            return imported
        exported = await async_power_history(self._hass, sold, start, now)
        grid = quarter_hours(start, now)
        return from_grid(grid, imported.on(grid) - np.nan_to_num(exported.on(grid)))

    async def _async_device_history(self, device: Device, start: datetime, now: datetime) -> Series | None:
        """Return the recorded power of a device in W, consumption positive."""
        entity_id = device.data.get("power_entity")
        if not entity_id:
            return None
        series = await async_power_history(self._hass, entity_id, start, now)
        if device.kind == "pv":
            return series.replace(intervals=tuple(entry.replace(value=-abs(entry.value)) for entry in series.intervals))
        return negated(series) if device.data.get("power_inverted") else series


def forecast_entities(device: Device) -> tuple[str, ...]:
    """Return the entities that carry the forecast of a plant: one, or one for each plane of the roof."""
    chosen = device.data.get("forecast_entity") or ()
    return (chosen,) if isinstance(chosen, str) else tuple(chosen)


def present_load(sense: Sense, now: datetime) -> float | None:
    """Return the house's own load now in W: the meter minus every described device; None where it is not known."""
    net = sense.net_power()
    if net is None:
        return None
    return max(net - sum(sense.power(device, now) or 0.0 for device in sense.devices), 0.0)


def fallback_prices(prices: PriceProfile) -> tuple[float, float]:
    """Return the mean known import and export price, for steps beyond what is published."""
    bought = [slot.import_price for slot in prices.slots if slot.import_price is not None]
    sold = [slot.export_price for slot in prices.slots if slot.export_price is not None]
    return (
        sum(bought) / len(bought) if bought else 0.30,
        sum(sold) / len(sold) if sold else 0.0,
    )


def quarter_hours(start: datetime, end: datetime) -> TimeGrid:
    """Return a grid of quarter hours between two moments."""
    first, last = int(start.timestamp() // 900), int(end.timestamp() // 900)
    return TimeGrid(edges=tuple(dt_util.utc_from_timestamp(step * 900) for step in range(first, last + 1)))


def from_grid(grid: TimeGrid, values: Array) -> Series:
    """Return a series from values on a grid; what is NaN becomes a gap."""
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=float(value))
            for start, end, value in zip(grid.edges[:-1], grid.edges[1:], values, strict=True)
            if np.isfinite(value)
        ),
        unit="W",
    )


def negated(series: Series) -> Series:
    """Return a series with the other sign."""
    return series.replace(intervals=tuple(entry.replace(value=-entry.value) for entry in series.intervals))
