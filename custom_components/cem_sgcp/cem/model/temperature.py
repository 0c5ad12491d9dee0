"""Temperature profile: what a zone or a medium should be, slot by slot.

IEC TR 62746-2:2015 clause 3.4.6, figure 29 and table 5; sibling: S2 FRBC fill level target profile in °C.
"""

from datetime import datetime

from .base import Model, item, model, quantity
from .errors import ModelError
from .rules import ascending, ends_after_start, ordered

_LOWEST = -273.15
_HIGHEST = 1000.0


@model
class TemperatureSlot(Model):
    """Set point and comfort band of one slot."""

    start: datetime = item(doc="Start, inclusive")
    end: datetime = item(doc="End, exclusive")
    set_point: float | None = quantity(
        "°C", default=None, minimum=_LOWEST, maximum=_HIGHEST, also="OpenADR CONTROL_SETPOINT, SPINE setpoint value"
    )
    minimum: float | None = quantity(
        "°C", default=None, minimum=_LOWEST, maximum=_HIGHEST, also="S2 fill_level_range, SPINE valueMin"
    )
    maximum: float | None = quantity(
        "°C", default=None, minimum=_LOWEST, maximum=_HIGHEST, also="S2 fill_level_range, SPINE valueMax"
    )
    tolerance: float | None = quantity(
        "°C", default=None, minimum=0, maximum=100, doc="Width of the band around the set point, to either side"
    )

    def check(self) -> None:
        """Refuse slots that end before they start, say nothing, or have a band upside down."""
        ends_after_start(self.start, self.end)
        if self.set_point is None and self.minimum is None and self.maximum is None:
            raise ModelError("missing_field", "set_point")
        ordered("set_point", self.minimum, self.set_point)
        ordered("maximum", self.set_point if self.set_point is not None else self.minimum, self.maximum)


@model
class TemperatureProfile(Model):
    """Temperatures of one zone or medium: ascending slots without overlap."""

    profile_id: str = item(default="")
    zone: str = item(doc="Room, circuit or store", also="S2 fill_level_label")
    medium: str = item(default="air", doc="air, water, ground, ...")
    minimum: float | None = quantity(
        "°C",
        default=None,
        minimum=_LOWEST,
        maximum=_HIGHEST,
        doc="What it may never fall below",
        also="S2 fill_level_range",
    )
    maximum: float | None = quantity(
        "°C",
        default=None,
        minimum=_LOWEST,
        maximum=_HIGHEST,
        doc="What it may never exceed",
        also="S2 fill_level_range",
    )
    slots: tuple[TemperatureSlot, ...] = item(
        maximum_items=10_000, doc="Ascending, without overlap", also="S2 FillLevelTargetProfile.elements"
    )

    def check(self) -> None:
        """Refuse overlaps, wrong order and a range upside down."""
        ascending("slots", self.slots)
        ordered("maximum", self.minimum, self.maximum)
