"""A home battery behind its own inverter: state of charge, limits, losses and its own self-consumption mode."""

from dataclasses import dataclass
from enum import StrEnum

HOUR = 3600.0


class BatteryMode(StrEnum):
    """Who decides about the power."""

    AUTO = "auto"  # the battery itself: keeps the meter at zero
    MANUAL = "manual"  # the set point
    IDLE = "idle"  # nobody: no power flows


@dataclass(slots=True)
class Battery:
    """Powers are at the AC side; + charges, - discharges."""

    capacity: float = 10_000.0  # Wh
    power: float = 5_000.0  # W, largest in either direction
    efficiency: float = 0.95  # each way
    reserve: float = 10.0  # %; the battery never discharges below it
    energy: float = 5_000.0  # Wh stored
    mode: BatteryMode = BatteryMode.AUTO
    setpoint: float = 0.0  # W
    now: float = 0.0  # W
    charged: float = 0.0  # Wh taken from the AC side
    discharged: float = 0.0  # Wh given to the AC side

    @property
    def soc(self) -> float:
        """State of charge in %."""
        return self.energy / self.capacity * 100

    def step(self, duration: float, surplus: float) -> float:
        """Let time pass (s); ``surplus`` is what would be exported without the battery (W). Returns the power (W)."""
        wanted = {BatteryMode.AUTO: surplus, BatteryMode.MANUAL: self.setpoint, BatteryMode.IDLE: 0.0}[self.mode]
        hours = duration / HOUR
        room = max(0.0, self.capacity - self.energy) / self.efficiency / hours
        stock = max(0.0, self.energy - self.capacity * self.reserve / 100) * self.efficiency / hours
        self.now = min(max(wanted, -min(self.power, stock)), self.power, room)
        if self.now > 0:
            self.energy += self.now * self.efficiency * hours
            self.charged += self.now * hours
        else:
            self.energy += self.now / self.efficiency * hours
            self.discharged -= self.now * hours
        self.energy = min(max(self.energy, 0.0), self.capacity)
        return self.now
