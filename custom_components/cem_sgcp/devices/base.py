"""What every device kind offers: a form, a reading of its entities, and commands for them.

A kind maps Home Assistant entities onto one of the five control types and instructions back onto actions, so a new
kind of device is one new file. Everything here is data or a pure function of what `Sensing` shows; nothing calls Home
Assistant. It must not know the plan, and not how commands are carried out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from homeassistant.core import State
import voluptuous as vol

from ..cem.model import EnergyProfile, Instruction, Resource, Run, Series, TemperatureProfile, ThermalModel


@dataclass(frozen=True, kw_only=True)
class DeviceSettings:
    """What the user changes while it runs."""

    control: bool = False
    """False: advise only."""
    priority: int = 5
    """1 is served first and shed last, 10 the other way round."""
    ready_by: datetime | None = None
    """Moment set by the user, UTC; None or past: the next occurrence of the configured local time."""
    target: float | None = None
    """Wanted level in %, such as of a car; None: the configured one."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """One device that the user described: a subentry of the connection point."""

    device_id: str
    """The subentry's id."""
    kind: str
    name: str
    data: Mapping[str, Any]
    """Flat: the sections of the form are already taken apart (see `flatten`)."""


@dataclass(frozen=True, kw_only=True)
class Sensing:
    """What a device kind may look at."""

    state: Callable[[str], State | None]
    now: datetime
    time_zone: tzinfo
    runs: tuple[Run, ...] = ()
    """Runs of the device that are not over."""
    learned: EnergyProfile | None = None
    """Profile learned from a recorded run of the device."""
    forecast: Series | None = None
    """Power of the device if left alone, W."""
    horizon: datetime | None = None
    """End of what is planned; None: two days from now."""
    outdoor: Series | None = None
    """Expected outdoor temperature, °C; None: not known."""
    thermal: ThermalModel | None = None
    """What was learned of the zone or tank that the device heats or cools."""
    usage: Series | None = None
    """Learned or forecast use of the store: W of heat (a heat store) or in the unit that the kind names."""
    starts_today: int = 0
    """How often the device was switched on since local midnight."""
    mode_changes: tuple[tuple[datetime, str], ...] = ()
    """Since when the device was in which mode, oldest first, from before the last local midnight but one; empty: nobody
    kept a record."""
    temperature_profile: TemperatureProfile | None = None
    """Temperatures that an action set for the device; they stand above its own comfort bands. None: none was set."""
    temperature_unit: str = "°C"
    """Unit in which climate and water heater entities show and take temperatures: that of the installation."""

    def of(self, entity_id: object) -> State | None:
        """Return the state of a configured entity, or None where none is configured or it does not exist."""
        return self.state(entity_id) if isinstance(entity_id, str) and entity_id else None


@dataclass(frozen=True, kw_only=True)
class Expect:
    """How to see that a command had its effect: one of some states, a number, or a rise of a power.

    Exactly one of `states`, `number`, `moment`, `rise` and `fall` is given.
    """

    entity_id: str
    attribute: str | None = None
    """The attribute that shows a state or number; None: the entity's state."""
    states: tuple[str, ...] = ()
    number: float | None = None
    """In the entity's own unit."""
    tolerance: float = 0.0
    moment: datetime | None = None
    """A point in time that the entity should show; a minute of tolerance."""
    rise: float | None = None
    """The power in W has risen at least so much above that before the command."""
    fall: float | None = None
    """The power has fallen to so many W, or to a tenth of that before the command."""
    inverted: bool = False
    """The power sensor counts consumption negative."""
    within: float = 30.0
    """s after the command."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One action of Home Assistant, or a sequence of actions that the user wrote."""

    domain: str = ""
    service: str = ""
    entity_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    sequence: tuple[Mapping[str, Any], ...] = ()
    """In the syntax of scripts; then domain and service are empty."""
    variables: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """For the sequence: start_time, duration, power, intent, instruction, limit, mode, device."""
    expect: tuple[Expect, ...] = ()
    """One of these shows the effect; empty: nothing can show it."""

    @property
    def name(self) -> str:
        """Name of the action, such as `number.set_value`; `sequence` for a sequence."""
        return "sequence" if self.sequence else f"{self.domain}.{self.service}"


type Act = Callable[[Device, Instruction, Sensing], tuple[Command, ...]]


class ForecastFrom(StrEnum):
    """Where the forecast of a device's own power comes from."""

    NOTHING = "nothing"
    SUN = "sun"
    HISTORY = "history"
    """Its recorded power, by weekday and hour."""


@dataclass(frozen=True, kw_only=True)
class ThermalSources:
    """Entities that the thermal model of a device's zone or tank is learned from."""

    indoor: str
    """Temperature of the zone, °C."""
    power: str
    """Electric power of the heater, W."""
    outdoor: str | None = None
    """Temperature outside of it, °C; None: the site's weather."""
    inverted: bool = False
    """The power sensor counts consumption negative."""
    efficiency: float = 1.0
    """Heat per electricity that is known: 1 of a resistive heater, else the COP; negative: it cools."""
    capacity: float | None = None
    """Heat capacity that is known, Wh/K, such as of the water in a tank: then the efficiency is learned with it."""
    room: float | None = None
    """Temperature around it where nothing measures it, °C, such as of the cellar that a tank stands in."""
    use: bool = False
    """Whether what is drawn from it (hot water) is learned too, as `Sensing.usage`."""


def _no_thermal_sources(_device: Device) -> None:
    return None


def _nothing_wrong(_data: Mapping[str, Any]) -> dict[str, str]:
    return {}


def _nothing_to_say(_device: Device, _sensing: Sensing) -> None:
    return None


def _no_deadline(_device: Device, _settings: DeviceSettings, _sensing: Sensing) -> None:
    return None


def _no(_device: Device) -> bool:
    return False


def _no_commands(_device: Device, _sensing: Sensing) -> tuple[Command, ...]:
    return ()


def _not_instructed(_device: Device, _instruction: Instruction, _sensing: Sensing) -> tuple[Command, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class DeviceKind:
    """One kind of device."""

    kind: str
    icon: str
    schema: Callable[[Mapping[str, Any]], vol.Schema]
    """The form; the argument holds suggested values, flat or in sections. Its answer goes through `flatten`."""
    entities: Callable[[Device], frozenset[str]]
    """Entities whose change concerns the device."""
    sense: Callable[[Device, DeviceSettings, Sensing], Resource]
    """The device as the brain sees it; never raises."""
    validate: Callable[[Mapping[str, Any]], dict[str, str]] = _nothing_wrong
    """Flat data → field → error key; a field of a section is reported under its own name."""
    commands: Act = _not_instructed
    """What carries out an instruction; empty where the device has nothing to act with."""
    release: Callable[[Device, Sensing], tuple[Command, ...]] = _no_commands
    """What hands the device back to its own automatic mode."""
    controllable: Callable[[Device], bool] = _no
    """Whether there is anything to act with."""
    ready: Callable[[Device, Sensing], bool | None] = _nothing_to_say
    """Whether an appliance waits for a flexible start; None: it does not say."""
    profile: Callable[[Device, Sensing], EnergyProfile | None] = _nothing_to_say
    """The run that an appliance announces, without times; None: not known, or no appliance."""
    deadline: Callable[[Device, DeviceSettings, Sensing], datetime | None] = _no_deadline
    """Ready by, UTC; None: no deadline."""
    starts_ahead: Callable[[Device], bool] = _no
    """True: START is given as soon as the start is planned, and the device waits by itself (native delayed start)."""
    forecast: ForecastFrom = ForecastFrom.NOTHING
    has_runs: bool = False
    """Whether it is started for runs (power profile)."""
    has_level: bool = False
    """Whether it is a store whose level people want to see."""
    has_modes: bool = False
    """Whether it is put into modes (operation mode, demand driven), so that people want to see the mode."""
    generates: bool = False
    """Whether its power is generation, shown positive to people."""
    thermal: Callable[[Device], ThermalSources | None] = _no_thermal_sources
    running: Callable[[Device, Sensing], bool | None] = _nothing_to_say
    """Whether an appliance runs, by its state or its power; None: not known."""

    @property
    def has_temperature(self) -> bool:
        """Whether it heats or cools something whose temperature is planned."""
        return self.thermal is not _no_thermal_sources

    @property
    def flexible(self) -> bool:
        """Whether there is anything to tell it, so that people may let it be controlled."""
        return self.commands is not _not_instructed

    @property
    def has_deadline(self) -> bool:
        """Whether it has to be ready by a moment."""
        return self.deadline is not _no_deadline


def flatten(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a form without its sections; fields that were left empty are left out.

    Names are unique over all sections of a form.
    """
    flat: dict[str, Any] = {}
    for key, value in answer.items():
        if key in SECTIONS and isinstance(value, Mapping):
            flat.update(flatten(value))
        elif value is not None and value not in ("", [], {}):
            flat[key] = value
    return flat


#: Sections that forms have.
SECTIONS = frozenset({"act", "program", "verification", "advanced", "comfort", "building"})
