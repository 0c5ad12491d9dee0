"""Small machines: a fan with levels, a dimmable lamp, a pool pump, and a cistern that a well pump fills."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from .machine import HOUR, Machine
from .weather import Surroundings


@dataclass(slots=True)
class Fan(Machine):
    """A ventilation unit; its power grows with the square of its speed."""

    on: bool = True
    percentage: float = 33.0
    greatest: float = 90.0  # W
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "percentage": (0.0, 100.0)}

    def run(self, _around: Surroundings, _duration: float) -> float:
        """Blow."""
        return self.greatest * (self.percentage / 100) ** 2 if self.on else 0.0


@dataclass(slots=True)
class Lamp(Machine):
    """The lights of the living room; somebody switches them on at five and off at eleven, unless they were already."""

    on: bool = False
    brightness: float = 80.0  # %
    full: float = 240.0  # W
    evening: bool = False
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None, "brightness": (0.0, 100.0)}
    MEMORY: ClassVar[tuple[str, ...]] = ("evening",)

    def run(self, around: Surroundings, _duration: float) -> float:
        """Shine."""
        evening = 17 <= around.local.hour < 23
        if evening != self.evening:
            self.evening, self.on = evening, evening
            self.brightness = 80.0 if evening else self.brightness
        return self.full * self.brightness / 100 if self.on else 0.0


@dataclass(slots=True)
class PoolPump(Machine):
    """A pump that filters the pool; it counts its hours of today."""

    on: bool = False
    electric: float = 800.0  # W
    hours_today: float = 0.0
    day: int = 0
    POINTS: ClassVar[tuple[str, ...]] = ("hours_today",)
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None}
    MEMORY: ClassVar[tuple[str, ...]] = ("hours_today", "day")

    def run(self, around: Surroundings, duration: float) -> float:
        """Filter."""
        today = date.toordinal(around.local.date())
        if today != self.day:
            self.day, self.hours_today = today, 0.0
        self.hours_today += duration / HOUR * self.on
        return self.electric * self.on


@dataclass(slots=True)
class Cistern(Machine):
    """A tank that a well pump fills and a garden empties; its float switch stops the pump when it is full."""

    on: bool = False
    electric: float = 900.0  # W
    capacity: float = 3_000.0  # L
    level: float = 1_500.0  # L
    flow: float = 40.0  # L/min
    dry: float = 0.0  # L that were missing
    POINTS: ClassVar[tuple[str, ...]] = ("percent", "dry")
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {"on": None}
    MEMORY: ClassVar[tuple[str, ...]] = ("level", "dry")

    @property
    def percent(self) -> float:
        """What its sensor shows."""
        return self.level / self.capacity * 100

    def run(self, around: Surroundings, duration: float) -> float:
        """Be filled and emptied: 1500 L a day, most of it in the morning and the evening."""
        drawn = {6: 450.0, 7: 450.0, 19: 300.0, 20: 300.0}.get(around.local.hour, 0.0) * duration / HOUR
        room = self.capacity - self.level
        pumped = min(self.flow / 60 * duration, room) if self.on else 0.0
        self.level += pumped - drawn
        if self.level < 0:
            self.dry -= self.level
            self.level = 0.0
        return self.electric if self.on and room > 0 else 0.0
