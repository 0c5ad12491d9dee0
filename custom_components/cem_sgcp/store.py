"""What a restart must not lose: limits, runs, settings, the plan, what was learned.

Everything is kept in one file per connection point through Home Assistant's storage helper, which replaces the file
in one step. A damaged record is dropped with a warning; the others are kept. It must not decide anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
import logging
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .cem.model import (
    EnergyProfile,
    Limit,
    Model,
    ModelError,
    Plan,
    PriceProfile,
    Run,
    TemperatureProfile,
    ThermalModel,
    TrafficLight,
    utc,
)
from .const import DOMAIN
from .devices.base import DeviceSettings

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1
SAVE_DELAY = 2.0


@dataclass(kw_only=True)
class CemState:
    """The part of a connection point's state that outlives a restart."""

    limits: tuple[Limit, ...] = ()
    runs: dict[str, tuple[Run, ...]] = field(default_factory=dict)
    settings: dict[str, DeviceSettings] = field(default_factory=dict)
    learned: dict[str, EnergyProfile] = field(default_factory=dict)
    thermal: dict[str, ThermalModel] = field(default_factory=dict)
    temperatures: dict[str, TemperatureProfile] = field(default_factory=dict)
    sun: dict[str, Any] = field(default_factory=dict)
    prices: PriceProfile | None = None
    environment: PriceProfile | None = None
    light: TrafficLight | None = None
    sensed_light: TrafficLight | None = None
    plan: Plan | None = None
    touched: tuple[str, ...] = ()
    dispatch: dict[str, Any] = field(default_factory=dict)
    ready: dict[str, bool] = field(default_factory=dict)
    metering: dict[str, Any] = field(default_factory=dict)
    goal: str = ""
    limitations: dict[str, Any] = field(default_factory=dict)
    modes: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "limits": [limit.to_json() for limit in self.limits],
            "runs": {key: [run.to_json() for run in runs] for key, runs in self.runs.items()},
            "settings": {key: settings_to_json(entry) for key, entry in self.settings.items()},
            "learned": {key: profile.to_json() for key, profile in self.learned.items()},
            "thermal": {key: model.to_json() for key, model in self.thermal.items()},
            "temperatures": {key: profile.to_json() for key, profile in self.temperatures.items()},
            "sun": self.sun,
            "prices": None if self.prices is None else self.prices.to_json(),
            "environment": None if self.environment is None else self.environment.to_json(),
            "light": None if self.light is None else self.light.to_json(),
            "sensed_light": None if self.sensed_light is None else self.sensed_light.to_json(),
            "touched": list(self.touched),
            "dispatch": self.dispatch,
            "plan": None if self.plan is None else self.plan.to_json(),
            "ready": dict(self.ready),
            "metering": self.metering,
            "goal": self.goal,
            "limitations": self.limitations,
            "modes": self.modes,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CemState:
        """Read the state; whatever is damaged is left out and said in the log."""
        return cls(
            limits=tuple(_list(Limit, data.get("limits"))),
            runs={key: tuple(_list(Run, runs)) for key, runs in _mapping(data.get("runs")).items()},
            settings={key: settings_from_json(entry) for key, entry in _mapping(data.get("settings")).items()},
            learned=_records(EnergyProfile, data.get("learned")),
            thermal=_records(ThermalModel, data.get("thermal")),
            temperatures=_records(TemperatureProfile, data.get("temperatures")),
            sun=dict(_mapping(data.get("sun"))),
            prices=_record(PriceProfile, data.get("prices")),
            environment=_record(PriceProfile, data.get("environment")),
            light=_record(TrafficLight, data.get("light")),
            sensed_light=_record(TrafficLight, data.get("sensed_light")),
            touched=tuple(entry for entry in data.get("touched") or () if isinstance(entry, str)),
            dispatch=dict(_mapping(data.get("dispatch"))),
            plan=_record(Plan, data.get("plan")),
            ready={key: value is True for key, value in _mapping(data.get("ready")).items()},
            metering=dict(_mapping(data.get("metering"))),
            modes=dict(_mapping(data.get("modes"))),
            limitations=dict(_mapping(data.get("limitations"))),
            goal=goal if isinstance(goal := data.get("goal"), str) else "",
        )


class CemStore:
    """The file that holds the state of one connection point."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file after the config entry."""
        self._store = _Storage(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True)
        self.state = CemState()

    async def async_load(self) -> CemState:
        """Read the file, or start afresh where there is none."""
        data = await self._store.async_load()
        self.state = CemState.from_json(data) if isinstance(data, Mapping) else CemState()
        return self.state

    def save_soon(self) -> None:
        """Write within seconds; changes until then are written together."""
        self._store.async_delay_save(self.state.to_json, SAVE_DELAY)

    async def async_save_now(self) -> None:
        """Write at once: what follows must not happen twice after a crash."""
        await self._store.async_save(self.state.to_json())

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


class _Storage(Store[dict[str, Any]]):
    """Storage with room for later versions."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        return old_data


def settings_to_json(settings: DeviceSettings) -> dict[str, Any]:
    """Return a device's settings as JSON values."""
    return {
        "control": settings.control,
        "priority": settings.priority,
        "ready_by": None if settings.ready_by is None else settings.ready_by.isoformat(),
        "target": settings.target,
    }


def settings_from_json(data: object) -> DeviceSettings:
    """Read a device's settings; a damaged value gives way to its default."""
    values = _mapping(data)
    priority, target = values.get("priority"), values.get("target")
    return DeviceSettings(
        control=values.get("control") is True,
        priority=priority if isinstance(priority, int) and 1 <= priority <= 10 else 5,
        ready_by=_moment(values.get("ready_by")),
        target=float(target) if isinstance(target, int | float) and 0 <= target <= 100 else None,
    )


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        return utc(value, "ready_by")
    except ModelError:
        return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _record[T: Model](kind: type[T], data: object) -> T | None:
    if data is None:
        return None
    try:
        return kind.from_json(data)
    except ModelError as error:
        _LOGGER.warning("A stored %s is damaged and was left out: %s", kind.__name__, error)
        return None


def _records[T: Model](kind: type[T], data: object) -> dict[str, T]:
    return {key: record for key, entry in _mapping(data).items() if (record := _record(kind, entry)) is not None}


def _list[T: Model](kind: type[T], data: object) -> list[T]:
    entries = data if isinstance(data, list) else []
    return [record for entry in entries if (record := _record(kind, entry)) is not None]
