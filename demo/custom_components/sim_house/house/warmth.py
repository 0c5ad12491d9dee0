"""Things that are warm or cold: one heat capacity behind one resistance, and machines that heat or cool them.

    C dT/dt = (T_around - T) / R + heat          solved exactly over a step in which heat and surroundings stay

Each machine has its own thermostat, so that it works without anybody who plans.
"""

from dataclasses import dataclass, field
import math
from typing import ClassVar

from .machine import HOUR, Machine
from .weather import Surroundings

WATER = 1.163  # Wh per litre and K


@dataclass(slots=True)
class Store:
    """One capacity behind one resistance."""

    resistance: float  # K/W
    capacity: float  # Wh/K
    temperature: float  # °C

    def step(self, duration: float, heat: float, around: float) -> None:
        """Let time pass (s) with a flow of heat (W) into it."""
        rest = around + heat * self.resistance
        kept = math.exp(-duration / HOUR / (self.resistance * self.capacity))
        self.temperature = rest + (self.temperature - rest) * kept


def tank(litres: float, standby: float, temperature: float) -> Store:
    """A tank of water that loses `standby` kWh a day at 65 °C in a room of 20 °C."""
    return Store(resistance=45.0 / (standby * 1000 / 24), capacity=litres * WATER, temperature=temperature)


@dataclass(slots=True)
class Thermal(Machine):
    """A machine with a thermostat."""

    on: bool = True  # may it run
    set_point: float = 21.0  # °C
    running: bool = False
    store: Store = field(default_factory=lambda: Store(0.01, 1000.0, 20.0))
    POINTS: ClassVar[tuple[str, ...]] = ("temperature", "running")
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "set_point": (-30.0, 80.0)}
    MEMORY: ClassVar[tuple[str, ...]] = ("running", "temperature")
    band: float = 0.5  # K around the set point

    @property
    def temperature(self) -> float:
        """What its sensor shows, °C."""
        return self.store.temperature

    @temperature.setter
    def temperature(self, value: float) -> None:
        self.store.temperature = value

    def thermostat(self, *, cools: bool = False, wanted: float | None = None) -> bool:
        """Switch at the ends of the band around the set point."""
        sign = -1.0 if cools else 1.0
        missing = sign * ((self.set_point if wanted is None else wanted) - self.temperature)
        if missing >= self.band:
            self.running = True
        elif missing <= -self.band:
            self.running = False
        self.running = self.running and self.on
        return self.running


@dataclass(slots=True)
class HeatPump(Thermal):
    """A heat pump with underfloor heating; the screed of the house is its buffer. Contacts as of the SG-Ready label."""

    store: Store = field(default_factory=lambda: Store(resistance=1 / 180, capacity=12_000.0, temperature=21.0))
    electric: float = 2_200.0  # W
    gains: float = 400.0  # W of people and appliances
    contact_1: bool = False
    contact_2: bool = False
    cop: float = 0.0
    POINTS: ClassVar[tuple[str, ...]] = ("temperature", "running", "cop")
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {
        "on": None,
        "set_point": (5.0, 30.0),
        "contact_1": None,
        "contact_2": None,
    }

    def run(self, around: Surroundings, duration: float) -> float:
        """Heat; the colder it is outside the warmer the water and the smaller the COP."""
        flow = 35.0 + max(0.0, 5.0 - around.outdoor) * 0.6
        self.cop = min(max(0.45 * (flow + 273.15) / max(flow - around.outdoor + 5.0, 10.0), 1.5), 6.0)
        wanted = self.set_point + (1.0 if self.contact_2 and not self.contact_1 else 0.0)
        wanted += 2.0 if self.contact_1 and self.contact_2 else 0.0
        running = self.thermostat(wanted=wanted)
        if self.contact_1 and not self.contact_2:
            running = self.running = False
        power = self.electric if running else 15.0
        self.store.step(duration, self.electric * self.cop * running + self.gains, around.outdoor)
        return power


@dataclass(slots=True)
class Radiator(Thermal):
    """An electric radiator in one room."""

    store: Store = field(default_factory=lambda: Store(resistance=1 / 35, capacity=1_400.0, temperature=20.0))
    electric: float = 1_500.0  # W
    set_point: float = 20.0

    def run(self, around: Surroundings, duration: float) -> float:
        """Heat by its thermostat."""
        power = self.electric if self.thermostat() else 0.0
        self.store.step(duration, power, around.outdoor)
        return power


@dataclass(slots=True)
class AirConditioner(Thermal):
    """A split unit that cools a room with a window to the south."""

    store: Store = field(default_factory=lambda: Store(resistance=1 / 45, capacity=1_600.0, temperature=23.0))
    electric: float = 900.0  # W
    efficiency: float = 3.2
    set_point: float = 24.0

    def run(self, around: Surroundings, duration: float) -> float:
        """Cool by its thermostat; the sun comes in around noon."""
        hour = around.local.hour + around.local.minute / 60
        sun = max(0.0, math.cos((hour - 13) / 10 * math.pi)) * 900.0 if 8 <= hour <= 18 else 0.0
        power = self.electric if self.thermostat(cools=True) else 5.0
        self.store.step(duration, sun + 150.0 - self.electric * self.efficiency * self.running, around.outdoor)
        return power


@dataclass(slots=True)
class HotWater(Thermal):
    """A tank of hot water with a heating rod; people shower in the morning and wash in the evening."""

    store: Store = field(default_factory=lambda: tank(200.0, 1.5, 55.0))
    electric: float = 2_000.0  # W
    set_point: float = 55.0
    band: float = 3.0
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "set_point": (10.0, 75.0)}

    def run(self, around: Surroundings, duration: float) -> float:
        """Heat by its thermostat, and be drawn from."""
        drawn = {6: 1_500.0, 7: 1_500.0, 12: 400.0, 19: 800.0, 20: 1_600.0}.get(around.local.hour, 0.0)
        power = self.electric if self.thermostat() else 0.0
        self.store.step(duration, power - drawn * (self.temperature > 12.0), 18.0)
        return power


@dataclass(slots=True)
class Freezer(Thermal):
    """A freezer chest in the cellar."""

    store: Store = field(default_factory=lambda: Store(resistance=0.9, capacity=60.0, temperature=-19.0))
    electric: float = 80.0  # W
    efficiency: float = 1.4
    set_point: float = -19.0
    band: float = 1.5
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "set_point": (-28.0, -15.0)}

    def run(self, _around: Surroundings, duration: float) -> float:
        """Cool by its thermostat."""
        power = self.electric if self.thermostat(cools=True) else 1.0
        self.store.step(duration, -self.electric * self.efficiency * self.running, 16.0)
        return power
