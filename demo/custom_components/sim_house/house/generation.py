"""Machines that generate: a wind turbine, a generator with fuel, and units that make heat and power from gas."""

from dataclasses import dataclass, field
from typing import ClassVar

from .machine import HOUR, Machine
from .warmth import Store, tank
from .weather import Surroundings


@dataclass(slots=True)
class WindTurbine(Machine):
    """A small turbine behind an inverter that takes a limit."""

    nominal: float = 3_000.0  # W
    cut_in: float = 3.0  # m/s
    rated: float = 11.0
    cut_out: float = 25.0
    limit: float = 3_000.0  # W
    wind: float = 0.0  # m/s
    POINTS: ClassVar[tuple[str, ...]] = ("wind",)
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"limit": (0.0, 3_000.0)}

    def available(self, wind: float) -> float:
        """Power that the wind gives (W): with its cube between cut-in and rated speed."""
        if not self.cut_in <= wind < self.cut_out:
            return 0.0
        rise = (wind**3 - self.cut_in**3) / (self.rated**3 - self.cut_in**3)
        return self.nominal * min(rise, 1.0)

    def run(self, around: Surroundings, _duration: float) -> float:
        """Give what the wind and the limit allow."""
        self.wind = around.wind
        return -min(self.available(around.wind), self.limit)


@dataclass(slots=True)
class Generator(Machine):
    """A diesel generator; it takes a while until it gives power, and burns fuel even when it gives little."""

    on: bool = False
    setpoint: float = 5_000.0  # W
    least: float = 1_500.0
    start_time: float = 30.0  # s
    warm: float = 0.0  # s that it has been running
    fuel: float = 0.0  # litres burnt
    starts: int = 0
    POINTS: ClassVar[tuple[str, ...]] = ("fuel", "starts")
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "setpoint": (0.0, 5_000.0)}
    MEMORY: ClassVar[tuple[str, ...]] = ("warm", "fuel", "starts")

    def run(self, _around: Surroundings, duration: float) -> float:
        """Start, then give the set point, never less than its least power."""
        if not self.on:
            self.warm = 0.0
            return 0.0
        if self.warm <= 0.0:
            self.starts += 1
        giving = self.warm >= self.start_time
        self.warm += duration
        power = max(self.setpoint, self.least) if giving else 0.0
        self.fuel += (0.4 + 0.25 * power / 1000) * duration / HOUR
        return -power


@dataclass(slots=True)
class Cogeneration(Machine):
    """A unit that makes heat for a buffer and power for the house; the house draws heat from the buffer."""

    on: bool = False
    electric: float = 1_000.0  # W
    electric_efficiency: float = 0.26
    thermal_efficiency: float = 0.66
    heat_loss: float = 120.0  # W/K of the building
    store: Store = field(default_factory=lambda: tank(600.0, 2.2, 60.0))
    hottest: float = 85.0  # °C, where it protects itself
    boiler: bool = True
    boiler_heat: float = 12_000.0  # W
    boiler_below: float = 42.0  # °C
    boiler_running: bool = False
    gas: float = 0.0  # Wh
    starts: int = 0
    running: bool = False
    POINTS: ClassVar[tuple[str, ...]] = ("temperature", "running", "boiler_running", "gas", "starts")
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "boiler": None}
    MEMORY: ClassVar[tuple[str, ...]] = ("temperature", "running", "boiler_running", "gas", "starts")

    @property
    def temperature(self) -> float:
        """Mean temperature of the buffer, °C."""
        return self.store.temperature

    @temperature.setter
    def temperature(self, value: float) -> None:
        self.store.temperature = value

    def run(self, around: Surroundings, duration: float) -> float:
        """Run while it is on and the buffer is not too hot; the boiler keeps the house warm."""
        was, self.running = self.running, self.on and self.temperature < self.hottest
        self.starts += self.running and not was
        if self.temperature <= self.boiler_below:
            self.boiler_running = True
        elif self.temperature >= self.boiler_below + 6.0:
            self.boiler_running = False
        self.boiler_running = self.boiler_running and self.boiler
        fuel = self.electric / self.electric_efficiency * self.running
        heat = fuel * self.thermal_efficiency + self.boiler_heat * self.boiler_running
        need = max(0.0, 20.0 - around.outdoor) * self.heat_loss * (self.temperature > 25.0)
        self.store.step(duration, heat - need, 15.0)
        self.gas += (fuel + self.boiler_heat / 0.95 * self.boiler_running) * duration / HOUR
        return -self.electric * self.running


@dataclass(slots=True)
class FuelCell(Cogeneration):
    """A small unit with more power and less heat from its gas, in a better house."""

    electric: float = 750.0
    electric_efficiency: float = 0.38
    thermal_efficiency: float = 0.52
    heat_loss: float = 45.0
    store: Store = field(default_factory=lambda: tank(300.0, 1.6, 55.0))
