"""Temperature profile: what a zone or a medium should be, slot by slot.

IEC TR 62746-2:2015 clause 3.4.6, figure 29 and table 5; sibling: S2 FRBC fill level target profile in °C.
"""

from datetime import datetime
import itertools

from .base import Model, item, model, quantity
from .errors import ModelError


@model
class TemperatureSlot(Model):
    """Set point and comfort band of one slot."""

    start: datetime = item()
    end: datetime = item()
    set_point: float | None = quantity("°C", default=None, minimum=-273.15, maximum=1000)
    minimum: float | None = quantity("°C", default=None, minimum=-273.15, maximum=1000)
    maximum: float | None = quantity("°C", default=None, minimum=-273.15, maximum=1000)
    tolerance: float | None = quantity("°C", default=None, minimum=0, maximum=100)

    def check(self) -> None:
        """Refuse slots that end before they start and bands upside down."""
        if self.end <= self.start:
            raise ModelError("end_before_start", "end", start=self.start.isoformat(), end=self.end.isoformat())
        known = [value for value in (self.minimum, self.set_point, self.maximum) if value is not None]
        for lower, upper in itertools.pairwise(known):
            if upper < lower:
                raise ModelError("wrong_order", "set_point", minimum=lower, value=upper)


@model
class TemperatureProfile(Model):
    """Temperatures of one zone or medium: ascending slots without overlap."""

    zone: str = item()
    medium: str = item(default="air", doc="air, water, ground, ...")
    slots: tuple[TemperatureSlot, ...] = item(maximum_items=10_000)

    def check(self) -> None:
        """Refuse overlaps and wrong order."""
        for earlier, later in zip(self.slots, self.slots[1:], strict=False):
            if later.start < earlier.end:
                raise ModelError("overlap", "slots", end=earlier.end.isoformat(), start=later.start.isoformat())
