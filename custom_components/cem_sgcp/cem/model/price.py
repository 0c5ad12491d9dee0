"""Price and environment profile: what energy costs and how clean it is, slot by slot.

IEC TR 62746-2:2015 clause 3.4.6, figure 27 and table 3; the fields follow the public siblings SPINE IncentiveTable
and OpenADR 3 PRICE, EXPORT_PRICE and GHG. It must not know which tariff or service a value came from.
"""

import bisect
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from .base import Model, item, model, quantity
from .rules import ascending, ends_after_start, ordered
from .series import MAXIMUM_INTERVALS, Interval, Series


class PriceKind(StrEnum):
    """How firm a price is."""

    CONFIRMED = "confirmed"
    FORECAST = "forecast"


class TierBoundary(StrEnum):
    """What the boundary of a tier counts (SPINE TierBoundaryType)."""

    POWER = "power"
    ENERGY = "energy"
    COUNT = "count"


@model
class PriceTier(Model):
    """A price that holds between power or energy boundaries within a slot (SPINE tier with boundary)."""

    boundary: TierBoundary = item(doc="What the boundaries count", also="SPINE boundaryType")
    lower: float = quantity(
        minimum=0, doc="The tier holds from here on, W, Wh or a count", also="SPINE lowerBoundaryValue"
    )
    upper: float | None = quantity(
        default=None, minimum=0, doc="The tier holds up to here; None: up to the next", also="SPINE upperBoundaryValue"
    )
    price: float = quantity("currency/kWh", also="SPINE absoluteCost")
    co2: float | None = quantity("gCO2/kWh", default=None, minimum=0, also="SPINE co2Emission")
    renewable_share: float | None = quantity(default=None, minimum=0, maximum=1, also="SPINE renewableEnergyPercentage")

    def check(self) -> None:
        """Refuse tiers upside down."""
        ordered("upper", self.lower, self.upper)


@model
class PriceSlot(Model):
    """Prices and environment figures of one slot. Whatever is None is not known for the slot."""

    start: datetime = item(doc="Start, inclusive")
    end: datetime = item(doc="End, exclusive")
    import_price: float | None = quantity(
        "currency/kWh",
        default=None,
        doc="Price of a kWh taken from the grid",
        also="OpenADR PRICE, ELECTRICITY_PRICE, SPINE absoluteCost",
    )
    export_price: float | None = quantity(
        "currency/kWh", default=None, doc="Revenue of a kWh fed into the grid", also="OpenADR EXPORT_PRICE"
    )
    relative_import_price: float | None = quantity(
        default=None,
        minimum=-1e3,
        maximum=1e3,
        doc="Import price as a factor of the profile's reference price, where it is not absolute",
        also="OpenADR priceRelative, priceMultiplier, SPINE relativeCost",
    )
    relative_export_price: float | None = quantity(default=None, minimum=-1e3, maximum=1e3, doc="The same for export")
    import_price_min: float | None = quantity(
        "currency/kWh", default=None, doc="Lowest price a forecast thinks likely", also="SPINE minValue"
    )
    import_price_max: float | None = quantity(
        "currency/kWh", default=None, doc="Highest price a forecast thinks likely", also="SPINE maxValue"
    )
    alternate_price: float | None = quantity(
        "currency/kWh", default=None, doc="Import price of an alternative offer", also="OpenADR PRICE_ALTERNATE"
    )
    demand_charge: float | None = quantity(
        "currency/kW",
        default=None,
        minimum=0,
        doc="Charge on the highest power in the slot",
        also="OpenADR DEMAND_CHARGE",
    )
    co2: float | None = quantity(
        "gCO2/kWh",
        default=None,
        minimum=0,
        doc="Carbon intensity of grid energy",
        also="OpenADR GHG, SPINE co2Emission",
    )
    renewable_share: float | None = quantity(
        default=None, minimum=0, maximum=1, doc="Renewable share, 0 to 1", also="SPINE renewableEnergyPercentage"
    )
    kind: PriceKind = item(default=PriceKind.CONFIRMED, doc="Confirmed or forecast")
    import_tiers: tuple[PriceTier, ...] = item(
        default=(), maximum_items=16, doc="Dearer or cheaper tiers of import", also="SPINE tier"
    )
    export_tiers: tuple[PriceTier, ...] = item(default=(), maximum_items=16, doc="Tiers of export")

    def check(self) -> None:
        """Refuse slots that end before they start and likely prices in the wrong order."""
        ends_after_start(self.start, self.end)
        if self.import_price_min is not None or self.import_price_max is not None:
            ordered("import_price", self.import_price_min, self.import_price)
            ordered("import_price_max", self.import_price, self.import_price_max)
            ordered("import_price_max", self.import_price_min, self.import_price_max)


@model
class PriceProfile(Model):
    """A price and environment profile: ascending slots without overlap; gaps mean 'not known'."""

    profile_id: str = item(default="", doc="Tariff or profile identifier", also="SPINE tariffId")
    version: str = item(default="", doc="Version of the tariff")
    currency: str = item(default="EUR", doc="ISO 4217 code")
    valid_from: datetime | None = item(default=None)
    valid_until: datetime | None = item(default=None)
    reference_import_price: float | None = quantity(
        "currency/kWh", default=None, doc="What relative import prices are a factor of"
    )
    reference_export_price: float | None = quantity("currency/kWh", default=None, doc="The same for export")
    slots: tuple[PriceSlot, ...] = item(maximum_items=MAXIMUM_INTERVALS, doc="Ascending, without overlap")

    def check(self) -> None:
        """Refuse overlaps and wrong order."""
        ascending("slots", self.slots)
        ends_after_start(self.valid_from, self.valid_until, "valid_until")

    def import_price(self, slot: PriceSlot) -> float | None:
        """Return the import price of a slot in currency/kWh, absolute or from its factor; None: not known."""
        return _absolute(slot.import_price, slot.relative_import_price, self.reference_import_price)

    def export_price(self, slot: PriceSlot) -> float | None:
        """Return the revenue of export in a slot in currency/kWh, absolute or from its factor; None: not known."""
        return _absolute(slot.export_price, slot.relative_export_price, self.reference_export_price)

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
        return self.series(self.import_price)

    @property
    def export_prices(self) -> Series:
        """Export price, currency/kWh."""
        return self.series(self.export_price)

    @property
    def co2(self) -> Series:
        """Carbon intensity, gCO2/kWh."""
        return self.series(lambda slot: slot.co2, "gCO2/kWh")

    def at(self, moment: datetime) -> PriceSlot | None:
        """Return the slot that holds at a moment, or None in a gap."""
        index = bisect.bisect_right(self.slots, moment, key=lambda slot: slot.start) - 1
        return self.slots[index] if index >= 0 and moment < self.slots[index].end else None


def _absolute(price: float | None, factor: float | None, reference: float | None) -> float | None:
    if price is not None or factor is None or reference is None:
        return price
    return factor * reference
