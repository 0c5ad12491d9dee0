"""The house inside Home Assistant: its clock, its listeners and its commands."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import CONF_PRICES_ALWAYS_KNOWN, CONF_UPDATE_INTERVAL, DOMAIN
from .house import FaultKind, House, HouseOptions, Refused, dump, restore

type SimHouseConfigEntry = ConfigEntry[Runtime]


@dataclass(slots=True)
class Runtime:
    """One house that lives by the clock of Home Assistant."""

    hass: HomeAssistant
    house: House
    prices_always_known: bool
    listeners: dict[str, Callable[[], None]]
    points: dict[str, tuple[str, str]]  # (device, point) by entity id
    store: Store[dict[str, Any]] | None = None

    @classmethod
    def create(cls, hass: HomeAssistant, config: dict[str, Any]) -> Runtime:
        """Build the house from the configuration."""
        options = {key: value for key, value in config.items() if key in _OPTIONS}
        zone = ZoneInfo(config.get("zone", hass.config.time_zone))
        house = House(dt_util.utcnow(), HouseOptions(**{**options, "zone": zone}))
        return cls(hass, house, config.get(CONF_PRICES_ALWAYS_KNOWN, False), {}, {})

    async def remember(self) -> None:
        """Go on from where the house was when Home Assistant ended; from now on keep that."""
        self.store = Store(self.hass, 1, DOMAIN)
        if memory := await self.store.async_load():
            restore(self.house, memory)
            await self.hass.async_add_executor_job(self.house.advance, dt_util.utcnow())

    async def save(self) -> None:
        """Keep the state of the house; everything that follows can be worked out from it until the next command."""
        if self.store is not None:
            await self.store.async_save(dump(self.house))

    def start(self, interval: float) -> Callable[[], None]:
        """Let the house follow the clock; returns what stops it."""
        return async_track_time_interval(
            self.hass, self.refresh, timedelta(seconds=interval), cancel_on_shutdown=True, name="simulated house"
        )

    @callback
    def refresh(self, _now: datetime | None = None) -> None:
        """Bring the house to the present and tell everyone."""
        self.house.advance(dt_util.utcnow())
        for listener in list(self.listeners.values()):
            listener()

    def available(self, device: str, point: str) -> bool:
        """Whether a point can be reached."""
        return self.house.faults.find(self.house.now, FaultKind.UNAVAILABLE, device, point) is None

    async def command(self, device: str, point: str, value: Any = None) -> None:
        """Give a command; HomeAssistantError says why the device refuses."""
        self.house.advance(dt_util.utcnow())
        try:
            self.house.command(device, point, value)
        except Refused as err:
            raise HomeAssistantError(f"{str(err)[0].upper()}{str(err)[1:]}") from err
        finally:
            self.refresh()
            await self.save()


_OPTIONS = frozenset(item.name for item in fields(HouseOptions)) - {"zone"}
DEFAULT_INTERVAL = 5.0
__all__ = ["CONF_UPDATE_INTERVAL", "DEFAULT_INTERVAL", "Runtime", "SimHouseConfigEntry"]
