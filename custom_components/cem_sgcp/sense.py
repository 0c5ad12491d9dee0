"""The first steps of the cycle: sense the premises and look ahead.

It reads entities through the device kinds, the tariff and the forecasts, and returns immutable values: the resources
at this moment, and the snapshot that the planner needs. It must not decide anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from .cem.model import (
    CapacityCharge,
    Goals,
    Limit,
    NetMetering,
    PriceProfile,
    Resource,
    Run,
    Series,
    SiteSnapshot,
    TimeGrid,
    TrafficLight,
)
from .cem.planner import PRESETS, preset_goals
from .const import (
    CONF_AUTONOMY_PRICE,
    CONF_CO2_PRICE,
    CONF_COMFORT_WEIGHT,
    CONF_CURRENCY,
    CONF_FROZEN_MINUTES,
    CONF_GRID_EXPORT_POWER,
    CONF_GRID_IMPORT_POWER,
    CONF_GRID_POWER,
    CONF_GRID_POWER_INVERTED,
    CONF_HORIZON_HOURS,
    CONF_MOVE_GAIN,
    CONF_MOVE_SHARE,
    CONF_PEAK_PRICE,
    CONF_SELF_CONSUMPTION_PRICE,
    CONF_SMOOTHING_PRICE,
    CONF_WEAR_WEIGHT,
    DEFAULT_OPTIONS,
    OWN_WEIGHTS,
)
from .devices import KINDS
from .devices.base import Device, DeviceSettings, Sensing
from .devices.reading import power_of
from .mode_book import ModeBook
from .store import CemState

_LOGGER = logging.getLogger(__name__)

#: Options that are weights of goals, with what they are where the user set none.
WEIGHTS: Mapping[str, float] = {
    key: float(DEFAULT_OPTIONS[key])
    for key in (
        CONF_CO2_PRICE,
        CONF_SELF_CONSUMPTION_PRICE,
        CONF_AUTONOMY_PRICE,
        CONF_PEAK_PRICE,
        CONF_SMOOTHING_PRICE,
        CONF_WEAR_WEIGHT,
        CONF_COMFORT_WEIGHT,
    )
}

#: Fine for an hour, market time units to the end of the known prices (36 h), hours to the horizon.
FINE, MARKET, COARSE = 300.0, 900.0, 3600.0


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is expected: prices, the house's own load, and the forecast of each device that has one."""

    prices: PriceProfile
    base_load: Series
    devices: Mapping[str, Series]
    outdoor: Series | None = None
    """°C; None: not known."""
    fallback_import_price: float = 0.30
    fallback_export_price: float = 0.0


class Sense:
    """Reads the premises of one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        config: Mapping[str, Any],
        options: Mapping[str, Any],
        devices: tuple[Device, ...],
        state: CemState,
    ) -> None:
        """Read what the entry describes."""
        self._hass = hass
        self._config = config
        self._options = options
        self._state = state
        self.devices = devices
        self.modes = ModeBook(state.modes)
        self.forecasts: Mapping[str, Series] = {}
        self.outdoor: Series | None = None
        self.usage: Mapping[str, Series] = {}

    @property
    def meter_entities(self) -> frozenset[str]:
        """The entities that measure the connection point."""
        keys = (CONF_GRID_POWER, CONF_GRID_IMPORT_POWER, CONF_GRID_EXPORT_POWER)
        return frozenset(entity for key in keys if (entity := self._config.get(key)))

    @property
    def device_entities(self) -> frozenset[str]:
        """The entities that the devices are read from."""
        return frozenset(entity for device in self.devices for entity in KINDS[device.kind].entities(device))

    def net_power(self) -> float | None:
        """Return the power at the connection point in W, import positive; None where it is not known."""
        if entity_id := self._config.get(CONF_GRID_POWER):
            power = power_of(self._hass.states.get(entity_id))
            if power is None:
                return None
            return -power if self._config.get(CONF_GRID_POWER_INVERTED) else power
        imported = self._one_way(CONF_GRID_IMPORT_POWER)
        exported = self._one_way(CONF_GRID_EXPORT_POWER)
        if imported is None or exported is None:
            return None
        return imported - exported

    def _one_way(self, key: str) -> float | None:
        entity_id = self._config.get(key)
        if not entity_id:
            return 0.0
        power = power_of(self._hass.states.get(entity_id))
        return None if power is None else max(power, 0.0)

    def settings(self, device_id: str) -> DeviceSettings:
        """Return what the user set for a device."""
        return self._state.settings.get(device_id) or DeviceSettings(priority=self._priority(device_id))

    def _priority(self, device_id: str) -> int:
        device = self.device(device_id)
        value = device.data.get("priority") if device else None
        return int(value) if isinstance(value, int | float) and 1 <= value <= 10 else 5

    def device(self, device_id: str) -> Device | None:
        """Return a device by its id."""
        return next((device for device in self.devices if device.device_id == device_id), None)

    def power(self, device: Device, now: datetime) -> float | None:
        """Return the measured power of a device in W, consumption positive; None where it is not known."""
        return KINDS[device.kind].sense(device, self.settings(device.device_id), self.sensing(device, now)).power

    def sensing(self, device: Device, now: datetime, runs: tuple[Run, ...] = (), *, ahead: bool = False) -> Sensing:
        """Return what a device kind may look at; forecasts only where somebody looks ahead."""
        return Sensing(
            state=self._read,
            now=now,
            time_zone=dt_util.get_default_time_zone(),
            runs=tuple(run for run in runs if run.open),
            learned=self._state.learned.get(device.device_id),
            forecast=self.forecasts.get(device.device_id) if ahead else None,
            horizon=now + self.horizon,
            # Always: whether an air conditioner cools or heats must not differ between the plan and its hands.
            outdoor=self.outdoor,
            thermal=self._state.thermal.get(device.device_id),
            usage=self.usage.get(device.device_id) if ahead else None,
            temperature_profile=self._state.temperatures.get(device.device_id),
            starts_today=self.modes.starts_today(device.device_id, now, dt_util.get_default_time_zone()),
            mode_changes=self.modes.changes(device.device_id),
            temperature_unit=self._hass.config.units.temperature_unit,
        )

    def _read(self, entity_id: str) -> State | None:
        return self._hass.states.get(entity_id)

    def resources(
        self, now: datetime, runs_of: Callable[[str], tuple[Run, ...]], *, ahead: bool = False
    ) -> tuple[Resource, ...]:
        """Return every device as the brain sees it, with its forecast where `ahead` asks for it."""
        return tuple(
            KINDS[device.kind].sense(
                device,
                self.settings(device.device_id),
                self.sensing(device, now, runs_of(device.device_id), ahead=ahead),
            )
            for device in self.devices
        )

    def goals(self, mean_import_price: float) -> Goals:
        """Return what the user wants besides the lowest cost."""
        weights: dict[str, Any] = {key: float(self._options.get(key, default)) for key, default in WEIGHTS.items()}
        own = Goals(
            **weights,
            move_gain=float(self._options.get(CONF_MOVE_GAIN, 0.05)),
            move_share=float(self._options.get(CONF_MOVE_SHARE, 5.0)) / 100.0,
            frozen_window=float(self._options.get(CONF_FROZEN_MINUTES, 15)) * 60.0,
        )
        return preset_goals(self.goal, mean_import_price, own)

    @property
    def goal(self) -> str:
        """The preset in force; who set weights of his own before there were presets keeps them."""
        if self._state.goal in (*PRESETS, OWN_WEIGHTS):
            return self._state.goal
        own = any(float(self._options.get(key, default)) != default for key, default in WEIGHTS.items())
        return OWN_WEIGHTS if own else "cost"

    @property
    def horizon(self) -> timedelta:
        """How far the plan looks ahead."""
        return timedelta(hours=float(self._options.get(CONF_HORIZON_HOURS, 48)))

    def grid(self, now: datetime) -> TimeGrid:
        """Return the steps to plan on."""
        horizon = self.horizon.total_seconds()
        return TimeGrid.tiered(now, ((FINE, 3600.0), (MARKET, min(36 * 3600.0, horizon)), (COARSE, horizon)))

    def snapshot(
        self,
        now: datetime,
        outlook: Outlook,
        *,
        resources: tuple[Resource, ...],
        limits: tuple[Limit, ...],
        light: TrafficLight,
        charges: tuple[CapacityCharge, ...] = (),
        net_metering: NetMetering | None = None,
    ) -> SiteSnapshot:
        """Return everything the planner needs to know."""
        currency = str(self._config.get(CONF_CURRENCY) or outlook.prices.currency)
        return SiteSnapshot(
            now=now,
            grid=self.grid(now),
            prices=outlook.prices.replace(currency=currency),
            fallback_import_price=outlook.fallback_import_price,
            fallback_export_price=outlook.fallback_export_price,
            base_load=outlook.base_load,
            resources=resources,
            limits=limits,
            traffic_light=light,
            net_power=self.net_power(),
            goals=self.goals(outlook.fallback_import_price),
            capacity_charges=charges,
            net_metering=net_metering,
        )
