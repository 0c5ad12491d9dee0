"""An electric car that comes and goes, and its charger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = 3600.0
VOLTAGE = 230.0
LEAST_CURRENT = 6.0
OUTING = timedelta(hours=1)
OUTING_ENERGY = 7_000.0  # Wh


@dataclass(frozen=True, slots=True)
class Trip:
    """A regular trip; weekdays count from Monday = 0, times are local."""

    weekdays: tuple[int, ...]
    leave: time
    arrive: time
    energy: float  # Wh

    def __post_init__(self) -> None:
        """Refuse a trip that does not end on the day it began."""
        if self.arrive <= self.leave:
            raise ValueError(f"a trip has to end on the day it began: leaves {self.leave}, arrives {self.arrive}")


WEEK = (
    Trip((0, 1, 2, 3, 4), time(7, 15), time(8, 45), 9_000.0),
    Trip((5,), time(10), time(15), 18_000.0),
)


@dataclass(slots=True)
class Car:
    """Car and charger. The charger starts by itself when the car is plugged in, as most do."""

    zone: ZoneInfo
    capacity: float = 60_000.0  # Wh
    energy: float = 27_000.0  # Wh stored
    efficiency: float = 0.92
    phases: int = 3
    greatest_current: float = 16.0  # A
    autostart: bool = True
    trips: tuple[Trip, ...] = WEEK
    switched_on: bool = True
    current: float = 16.0  # A, what the charger offers
    connected: bool = True
    out_until: datetime | None = None  # an unplanned trip
    home_until: datetime | None = None  # a planned trip that was cut short
    now: float = 0.0  # W
    charged: float = 0.0  # Wh taken from the AC side
    was_connected: bool | None = None

    @property
    def soc(self) -> float:
        """State of charge in %."""
        return self.energy / self.capacity * 100

    def trips_around(self, moment: datetime, days: int = 8) -> Iterator[tuple[datetime, datetime, Trip]]:
        """Trips of today and the next days with their departure and arrival, in order."""
        today = moment.astimezone(self.zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(days)):
            for trip in sorted(self.trips, key=lambda trip: trip.leave):
                if day.weekday() in trip.weekdays:
                    yield (
                        datetime.combine(day, trip.leave, self.zone),
                        datetime.combine(day, trip.arrive, self.zone),
                        trip,
                    )

    def next_departure(self, moment: datetime) -> datetime | None:
        """When the car leaves next; None when it never does."""
        return next((leave for leave, _, _ in self.trips_around(moment) if leave > moment), None)

    def drive(self, moment: datetime) -> None:
        """Somebody takes the car for an hour, unplanned."""
        self.out_until, self.home_until = moment + OUTING, None

    def come_back(self, moment: datetime) -> None:
        """The car returns at once, whatever was planned."""
        self.out_until = None
        self.home_until = next(
            (arrive for leave, arrive, _ in self.trips_around(moment, 1) if leave <= moment < arrive), None
        )

    def consumption(self, moment: datetime) -> float | None:
        """Power (W) that driving takes at a moment; None while the car is at home."""
        if self.out_until is not None and moment < self.out_until:
            return OUTING_ENERGY / OUTING.total_seconds() * HOUR
        if self.home_until is not None and moment < self.home_until:
            return None
        for leave, arrive, trip in self.trips_around(moment, 1):
            if leave <= moment < arrive:
                return trip.energy / (arrive - leave).total_seconds() * HOUR
        return None

    def step(self, start: datetime, duration: float) -> float:
        """Let time pass (s) from a moment; the car does not come or go meanwhile. Returns the power (W)."""
        driving = self.consumption(start)
        self.connected = driving is None
        self.now = 0.0
        if driving is not None:
            self.energy = max(0.0, self.energy - driving * duration / HOUR)
        else:
            if self.was_connected is False and self.autostart:
                self.switched_on, self.current = True, self.greatest_current
            if self.switched_on and self.current >= LEAST_CURRENT:
                self._charge(duration)
        self.was_connected = self.connected
        return self.now

    def _charge(self, duration: float) -> None:
        hours = duration / HOUR
        room = max(0.0, self.capacity - self.energy) / self.efficiency / hours
        wanted = min(self.current, self.greatest_current) * VOLTAGE * self.phases
        self.now = min(wanted, room)
        self.energy = min(self.capacity, self.energy + self.now * self.efficiency * hours)
        self.charged += self.now * hours
