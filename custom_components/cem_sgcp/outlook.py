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

from .cem.forecast import forecast_load, forecast_outdoor, forecast_pv
from .cem.model import Intent, PriceProfile, Series
from .const import (
    CONF_CO2,
    CONF_CURRENCY,
    CONF_EXPORT_TARIFF,
    CONF_IMPORT_TARIFF,
    CONF_OUTDOOR,
    CONF_WEATHER,
)
from .devices import KINDS
from .devices.base import Device, ForecastFrom
from .devices.reading import number_of, power_of, temperature_of, unit_of
from .grid.forecast_source import async_solar_forecast
from .grid.history import async_temperature_history
from .grid.reader import TariffReader
from .grid.report import SourceReport
from .grid.tariff import overlay
from .grid.weather import WeatherForecast
from .recorded import Records, shines
from .sense import Outlook

if TYPE_CHECKING:
    from .sense import Sense
    from .store import CemState

_LOGGER = logging.getLogger(__name__)

#: Stand-in for a house without any history (W).
DEFAULT_LOAD = 350.0
#: Days of outdoor temperature that the usual day is learned from, and how often they are read again.
OUTDOOR_DAYS = timedelta(days=14)
OUTDOOR_INTERVAL = timedelta(hours=3)


class Forecaster:
    """Looks ahead for one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: Mapping[str, Any],
        options: Mapping[str, Any],
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
        self.records = Records(hass, config, devices)
        weather, sensor = options.get(CONF_WEATHER), options.get(CONF_OUTDOOR)
        self.weather = WeatherForecast(hass, weather) if weather else None
        self._outdoor_entity: str | None = sensor or None
        self._outdoor_history: tuple[datetime, Series] | None = None
        self.pv_reports: dict[str, SourceReport] = {}
        self.held_down: set[str] = set()
        """Plants that were curtailed at the last look."""

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
        await self.records.async_read(now)
        devices: dict[str, Series] = {}
        for device in self._devices:
            match KINDS[device.kind].forecast:
                case ForecastFrom.SUN:
                    expected = await self._async_sun(device, now, end, sense, state)
                case ForecastFrom.HISTORY:
                    expected = await self._async_history(device, now, end, sense)
                case _:
                    expected = None
            if expected is not None:
                devices[device.device_id] = expected
        # Without a meter the loads that are measured one by one are all that is known.
        blind = not sense.meter_entities and any(_is_load(device) for device in self._devices)
        base_load = self._load(
            self.records.load, now, end, present_load(sense, now), default=0.0 if blind else DEFAULT_LOAD
        )
        buy, sell = fallback_prices(prices)
        return Outlook(
            prices=prices,
            base_load=base_load,
            devices=devices,
            outdoor=await self._async_outdoor(now, end),
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

    # ------------------------------------------------------------------------------------------------ devices

    async def _async_sun(
        self, device: Device, now: datetime, end: datetime, sense: Sense, state: CemState
    ) -> Series | None:
        """Return the forecast of a plant in W, positive; None where nothing is known of it.

        What does not generate but needs the sun (a collector) has the forecast alone: its power is that of its heater.
        """
        source = device.data.get("forecast_source")
        entry = device.data.get("forecast_entry")
        series, report = await async_solar_forecast(
            self._hass,
            now,
            entity_ids=forecast_entities(device) if source == "entity" else (),
            config_entry_ids=(entry,) if source == "energy" and entry else (),
        )
        self.pv_reports[device.device_id] = report
        power = sense.power(device, now) if shines(device) else None
        held_down = self._curtailed(device) or self._told_down(device, now, sense, state)
        (self.held_down.add if held_down else self.held_down.discard)(device.device_id)
        return forecast_pv(
            series,
            history=self.records.of.get(device.device_id) if shines(device) else None,
            now=now,
            end=end,
            time_zone=dt_util.get_default_time_zone(),
            measured=None if power is None else -power,
            nominal=device.data.get("nominal_power"),
            # A plant that is held down gives less than the sun would let it, never more.
            held_down=held_down,
        )

    async def _async_history(self, device: Device, now: datetime, end: datetime, sense: Sense) -> Series | None:
        """Return what a device will take or give, positive, in W: what an entity says, else as at such hours before."""
        power, history = sense.power(device, now), self.records.of.get(device.device_id)
        if not KINDS[device.kind].generates:
            return self._load(history, now, end, power, default=power or 0.0)
        given = None if power is None else max(-power, 0.0)
        if device.data.get("forecast_source") == "entity":
            series, report = await async_solar_forecast(self._hass, now, entity_ids=forecast_entities(device))
            self.pv_reports[device.device_id] = report
            if series is not None:
                return forecast_pv(
                    series,
                    history=history,
                    now=now,
                    end=end,
                    time_zone=dt_util.get_default_time_zone(),
                    measured=given,
                    nominal=device.data.get("nominal_power"),
                    held_down=self._curtailed(device),
                )
        return self._load(history, now, end, given, default=given or 0.0)

    def _told_down(self, device: Device, now: datetime, sense: Sense, state: CemState) -> bool:
        """Whether the plan in force curtails a plant, so that no limit of its own need show it."""
        plan = None if state.plan is None else state.plan.device(device.device_id)
        step = None if state.plan is None else state.plan.grid.index_at(now)
        told = plan is not None and step is not None and plan.intent[step] is Intent.CURTAIL
        return told and sense.settings(device.device_id).control

    # ------------------------------------------------------------------------------------------------ weather

    async def _async_outdoor(self, now: datetime, end: datetime) -> Series | None:
        """Return the expected outdoor temperature in °C; None where nothing is known of it."""
        forecast = None if self.weather is None else await self.weather.async_series(now)
        present = None if self.weather is None else self.weather.present
        history = None
        if self._outdoor_entity is not None:
            state = self._hass.states.get(self._outdoor_entity)
            present = temperature_of(state, self._hass.config.units.temperature_unit)
            if forecast is None:
                history = await self._async_outdoor_history(self._outdoor_entity, now)
        made = forecast_outdoor(
            forecast,
            history=history,
            present=present,
            now=now,
            end=end,
            time_zone=dt_util.get_default_time_zone(),
        )
        return None if made is None else made.series

    async def _async_outdoor_history(self, entity_id: str, now: datetime) -> Series:
        known = self._outdoor_history
        if known is None or not timedelta() <= now - known[0] < OUTDOOR_INTERVAL:
            try:
                series = await async_temperature_history(self._hass, entity_id, now - OUTDOOR_DAYS, now)
            except Exception:
                _LOGGER.exception("The record of the outdoor temperature could not be read")
                series = known[1] if known is not None else Series(intervals=(), unit="°C")
            known = self._outdoor_history = (now, series)
        return known[1]

    # ------------------------------------------------------------------------------------------------ curtailment

    def _curtailed(self, device: Device) -> bool:
        entity_id, nominal = device.data.get("curtail_entity"), device.data.get("nominal_power")
        state = self._hass.states.get(entity_id) if entity_id else None
        if unit_of(state) == "%":
            share = number_of(state)
            return share is not None and share < 100.0
        limit = power_of(state)
        return limit is not None and nominal is not None and limit < 0.99 * nominal


def _is_load(device: Device) -> bool:
    kind = KINDS[device.kind]
    return kind.forecast is ForecastFrom.HISTORY and not kind.generates


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
    bought = [price for slot in prices.slots if (price := prices.import_price(slot)) is not None]
    sold = [price for slot in prices.slots if (price := prices.export_price(slot)) is not None]
    return (
        sum(bought) / len(bought) if bought else 0.30,
        sum(sold) / len(sold) if sold else 0.0,
    )
