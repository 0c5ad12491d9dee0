"""What the recorder knows of the connection point: the house's own load, and each device that is forecast from it.

The house's own load is the meter minus every described device. Read now and then, so that forecasts learn from what
really was; a recorder that cannot be read leaves what is known. It must not forecast anything.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import numpy as np

from .cem.model import Interval, Series, TimeGrid
from .cem.model.time_grid import Array
from .const import CONF_GRID_EXPORT_POWER, CONF_GRID_IMPORT_POWER, CONF_GRID_POWER, CONF_GRID_POWER_INVERTED
from .devices import KINDS
from .devices.base import Device, ForecastFrom
from .grid.history import async_power_history
from .grid.intervals import total

_LOGGER = logging.getLogger(__name__)

#: Days of history that forecasts learn from, and how often they are read again.
LEARNED_DAYS = 28
HISTORY_INTERVAL = timedelta(hours=1)


class Records:
    """The record of one connection point."""

    def __init__(self, hass: HomeAssistant, config: Mapping[str, Any], devices: tuple[Device, ...]) -> None:
        """Take the configured meter and devices."""
        self._hass = hass
        self._config = config
        self._devices = devices
        self._read: datetime | None = None
        self.load: Series | None = None
        """The house's own load, W; None: nothing is known of it."""
        self.of: dict[str, Series] = {}
        """Power of the devices that are forecast, W, by device; generation positive."""

    @property
    def generation(self) -> Series | None:
        """What all solar plants gave together, W, positive; None: nothing is known of it."""
        plants = [
            self.of[device.device_id]
            for device in self._devices
            if device.device_id in self.of and shines(device) and self.of[device.device_id].intervals
        ]
        return total(plants, "W") if plants else None

    async def async_read(self, now: datetime) -> None:
        """Read the recorder where the last reading is old."""
        if self._read is not None and timedelta() <= now - self._read < HISTORY_INTERVAL:
            return
        self._read = now
        start = now - timedelta(days=LEARNED_DAYS)
        try:
            grid = quarter_hours(start, now)
            meter = await self._async_meter(start, now)
            load = None if meter is None or not meter.intervals else meter.on(grid)
            for device in self._devices:
                recorded = await self._async_device(device, start, now)
                if recorded is None or not recorded.intervals:
                    continue
                if load is not None:
                    # A device that was away took nothing: inverters are unavailable at night, cars at work.
                    load = load - np.nan_to_num(recorded.on(grid))
                kind = KINDS[device.kind]
                if kind.forecast is not ForecastFrom.NOTHING:
                    self.of[device.device_id] = negated(recorded) if kind.generates else recorded
            if load is not None:
                self.load = from_grid(grid, load)
        except Exception:
            _LOGGER.exception("The recorder could not be read; the forecasts go on with what they know")

    async def _async_meter(self, start: datetime, now: datetime) -> Series | None:
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

    async def _async_device(self, device: Device, start: datetime, now: datetime) -> Series | None:
        """Return the recorded power of a device in W, consumption positive."""
        entity_id = device.data.get("power_entity")
        if not entity_id:
            return None
        series = await async_power_history(self._hass, entity_id, start, now)
        if KINDS[device.kind].generates:
            return series.replace(intervals=tuple(entry.replace(value=-abs(entry.value)) for entry in series.intervals))
        return negated(series) if device.data.get("power_inverted") else series


def shines(device: Device) -> bool:
    """Whether a device is a plant whose power follows the sun."""
    kind = KINDS[device.kind]
    return kind.generates and kind.forecast is ForecastFrom.SUN


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
