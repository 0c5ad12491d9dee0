"""An electric car at a charger that works both ways: it follows a signed set point while it is at home."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from .ev import Car
from .machine import HOUR, Machine
from .weather import Surroundings


@dataclass(slots=True)
class BidirectionalCar(Machine):
    """Powers are at the AC side; + charges, - discharges. Below its least power the charger does nothing."""

    capacity: float = 60_000.0  # Wh
    level: float = 36_000.0  # Wh
    greatest: float = 10_000.0  # W, either way
    least: float = 1_400.0  # W, either way
    efficiency: float = 0.92  # each way
    floor: float = 20.0  # %, where the car itself stops
    setpoint: float = 0.0  # W
    connected: bool = True
    charged: float = 0.0  # Wh taken from the AC side
    discharged: float = 0.0  # Wh given to the AC side
    trips: Car = field(default_factory=lambda: Car(zone=ZoneInfo("Europe/Berlin"), autostart=False))
    moment: datetime | None = None
    POINTS: ClassVar[tuple[str, ...]] = ("soc", "connected", "next_departure")
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"setpoint": (-10_000.0, 10_000.0)}
    MEMORY: ClassVar[tuple[str, ...]] = ("level", "charged", "discharged")

    @property
    def soc(self) -> float:
        """State of charge in %."""
        return self.level / self.capacity * 100

    @property
    def next_departure(self) -> datetime | None:
        """When it leaves next; None before the clock moves."""
        return None if self.moment is None else self.trips.next_departure(self.moment)

    def run(self, around: Surroundings, duration: float) -> float:
        """Drive, or follow the set point as far as battery and charger can."""
        self.moment = around.moment
        driving = self.trips.consumption(around.moment)
        self.connected = driving is None
        hours = duration / HOUR
        if driving is not None:
            self.level = max(0.0, self.level - driving * hours)
            return 0.0
        room = max(0.0, self.capacity - self.level) / self.efficiency / hours
        stock = max(0.0, self.level - self.capacity * self.floor / 100) * self.efficiency / hours
        wanted = self.setpoint if abs(self.setpoint) >= self.least else 0.0
        power = min(max(wanted, -self.greatest, -stock), self.greatest, room)
        if power > 0:
            self.level = min(self.capacity, self.level + power * self.efficiency * hours)
            self.charged += power * hours
        else:
            self.level += power / self.efficiency * hours
            self.discharged -= power * hours
        return power
