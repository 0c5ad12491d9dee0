"""Price and environment profile: what energy costs and how clean it is, slot by slot.

IEC TR 62746-2:2015 clause 3.4.6, figure 27 and table 3; the fields follow the public siblings SPINE IncentiveTable
and OpenADR 3 PRICE, EXPORT_PRICE and GHG. It must not know which tariff or service a value came from.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from .base import Model, item, model, quantity
from .errors import ModelError
from .series import MAXIMUM_INTERVALS, Interval, Series


class PriceKind(StrEnum):
    """How firm a price is."""

    CONFIRMED = "confirmed"
    FORECAST = "forecast"


@model
class PriceTier(Model):
    """A price that holds above a power or energy boundary within a slot (SPINE tier with boundary)."""

    boundary: str = item(doc="'power' (W) or 'energy' (Wh)")
    lower: float = quantity(minimum=0, doc="The tier holds from this boundary on, W or Wh")
    price: float = quantity("currency/kWh")


@model
class PriceSlot(Model):
    """Prices and environment figures of one slot. Whatever is None is not known for the slot."""

    start: datetime = item(doc="Start, inclusive")
    end: datetime = item(doc="End, exclusive")
    import_price: float | None = quantity("currency/kWh", default=None, doc="Price of a kWh taken from the grid")
    export_price: float | None = quantity("currency/kWh", default=None, doc="Revenue of a kWh fed into the grid")
    co2: float | None = quantity("gCO2/kWh", default=None, minimum=0, doc="Carbon intensity of grid energy")
    renewable_share: float | None = quantity(default=None, minimum=0, maximum=1, doc="Renewable share, 0 to 1")
    kind: PriceKind = item(default=PriceKind.CONFIRMED, doc="Confirmed or forecast")
    import_tiers: tuple[PriceTier, ...] = item(default=(), maximum_items=16, doc="Dearer or cheaper tiers of import")
    export_tiers: tuple[PriceTier, ...] = item(default=(), maximum_items=16, doc="Tiers of export")

    def check(self) -> None:
        """Refuse slots that end before they start."""
        if self.end <= self.start:
            raise ModelError("end_before_start", "end", start=self.start.isoformat(), end=self.end.isoformat())


@model
class PriceProfile(Model):
    """A price and environment profile: ascending slots without overlap; gaps mean 'not known'."""

    profile_id: str = item(default="", doc="Tariff or profile identifier")
    version: str = item(default="", doc="Version of the tariff")
    currency: str = item(default="EUR", doc="ISO 4217 code")
    valid_from: datetime | None = item(default=None)
    valid_until: datetime | None = item(default=None)
    slots: tuple[PriceSlot, ...] = item(maximum_items=MAXIMUM_INTERVALS)

    def check(self) -> None:
        """Refuse overlaps and wrong order."""
        for earlier, later in zip(self.slots, self.slots[1:], strict=False):
            if later.start < earlier.end:
                raise ModelError("overlap", "slots", end=earlier.end.isoformat(), start=later.start.isoformat())

    def series(self, value: Callable[[PriceSlot], float | None], unit: str = "currency/kWh") -> Series:
        """Return one of the figures as a series, with gaps where it is not known."""
        return Series(
            intervals=tuple(
                Interval(start=slot.start, end=slot.end, value=number)
                for slot in self.slots
                if (number := value(slot)) is not None
            ),
            unit=unit,
        )

    @property
    def import_prices(self) -> Series:
        """Import price, currency/kWh."""
        return self.series(lambda slot: slot.import_price)

    @property
    def export_prices(self) -> Series:
        """Export price, currency/kWh."""
        return self.series(lambda slot: slot.export_price)

    @property
    def co2(self) -> Series:
        """Carbon intensity, gCO2/kWh."""
        return self.series(lambda slot: slot.co2, "gCO2/kWh")

    def at(self, moment: datetime) -> PriceSlot | None:
        """Return the slot that holds at a moment, or None in a gap."""
        return next((slot for slot in self.slots if slot.start <= moment < slot.end), None)
