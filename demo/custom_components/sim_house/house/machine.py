"""What optional equipment has in common: a power, an energy counter, points to read and points to set."""

from dataclasses import dataclass
from typing import Any, ClassVar

from .appliance import Refused
from .weather import Surroundings

HOUR = 3600.0


@dataclass(slots=True)
class Machine:
    """A machine of the house. Consumption is positive, generation negative."""

    now: float = 0.0  # W
    energy: float = 0.0  # Wh, consumed or generated

    #: Points that are read, each an attribute; power and energy every machine has.
    POINTS: ClassVar[tuple[str, ...]] = ()
    #: Points that are set, each an attribute: bounds of a number, or None for on and off.
    SETTINGS: ClassVar[dict[str, tuple[float, float] | None]] = {}
    #: Attributes that outlive a restart, besides what is set.
    MEMORY: ClassVar[tuple[str, ...]] = ()

    def run(self, around: Surroundings, duration: float) -> float:
        """Let time pass (s). Returns the power (W)."""
        raise NotImplementedError

    def step(self, around: Surroundings, duration: float) -> float:
        """Let time pass (s) and count. Returns the power (W)."""
        self.now = self.run(around, duration)
        self.energy += abs(self.now) * duration / HOUR
        return self.now

    def knows(self, point: str) -> bool:
        """Whether a point can be read."""
        return point in {"power", "energy", *self.POINTS, *self.SETTINGS}

    def reading(self, point: str) -> Any:
        """Reading of a point: W, kWh, or the attribute of that name."""
        if point == "power":
            return self.now
        if point == "energy":
            return self.energy / 1000
        return getattr(self, point)

    def obey(self, point: str, value: Any) -> None:
        """Set a point; Refused where the machine will not."""
        bounds = self.SETTINGS[point]
        if bounds is None:
            setattr(self, point, bool(value))
            return
        least, greatest = bounds
        if not least <= value <= greatest:
            raise Refused(f"{point} has to be between {least:g} and {greatest:g}, not {value:g}")
        setattr(self, point, float(value))

    def remembered(self) -> tuple[str, ...]:
        """Attributes that outlive a restart."""
        return ("energy", *self.SETTINGS, *self.MEMORY)
