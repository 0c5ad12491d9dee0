"""What a tariff charges besides its price per kWh: network fees by time, tiers, capacity charges, net metering.

A network fee by time of day is added to every import price (in Germany the three steps of §14a EnWG module 3). Tiers
add to the price above a power, or above an energy since the billing period began. A capacity charge is on the highest
mean import of a billing period (Belgium, Sweden, Norway). Net metering sets feed-in off against import. Pure: it must
not know Home Assistant; who counts what was imported is `metering`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from ..cem.model import (
    ActiveTime,
    Model,
    ModelError,
    PriceProfile,
    PriceSlot,
    PriceTier,
    Series,
    TierBoundary,
)
from ..cem.model.base import item, model, quantity
from .schedule import EVERY_DAY, TariffPeriod, time_of_use

#: Most tiers that a price slot holds.
MAXIMUM_TIERS: Final = 16


class BillingPeriod(StrEnum):
    """How long a billing period lasts; it begins at local midnight."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


def billing_period(
    moment: datetime, period: BillingPeriod, zone: tzinfo, first_month: int = 1
) -> tuple[datetime, datetime]:
    """Return start and end of the billing period that holds a moment, UTC; a year begins with `first_month`."""
    local = moment.astimezone(zone)
    day = local.date()
    match period:
        case BillingPeriod.DAY:
            start, end = day, day + timedelta(days=1)
        case BillingPeriod.MONTH:
            start = day.replace(day=1)
            end = (start + timedelta(days=32)).replace(day=1)
        case BillingPeriod.YEAR:
            start = day.replace(day=1, month=first_month)
            if start > day:
                start = start.replace(year=start.year - 1)
            end = start.replace(year=start.year + 1)
    first, last = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (start, end))
    return first, last


@model
class NetworkFee(Model):
    """A fee per kWh of import by wall-clock time, with tax; added to the price."""

    price: float = quantity("currency/kWh", default=0.0, minimum=-1e6, maximum=1e6, doc="Outside of all periods")
    periods: tuple[TariffPeriod, ...] = item(default=(), maximum_items=100)


@model
class Tier(Model):
    """What is added to the import price above a power (W) or an energy of the billing period (kWh)."""

    boundary: TierBoundary = item()
    above: float = quantity(minimum=0, maximum=1e9)
    surcharge: float = quantity("currency/kWh", minimum=-1e6, maximum=1e6)


@model
class Tiers(Model):
    """The tiers of a tariff; of those that apply the highest counts."""

    tiers: tuple[Tier, ...] = item(default=(), maximum_items=MAXIMUM_TIERS - 1)
    period: BillingPeriod = item(default=BillingPeriod.MONTH, doc="What energy is counted over")

    def check(self) -> None:
        """Refuse tiers that count different things: which of them holds would not be clear."""
        if len({tier.boundary for tier in self.tiers}) > 1:
            raise ModelError("unknown_option", "tiers.boundary", expected="one kind of boundary", value="two")


@model
class CapacityTariff(Model):
    """A charge on the highest mean import of a billing period."""

    price: float = quantity("currency/kW", minimum=0, maximum=1e6, doc="A kW of the period's highest mean")
    period: BillingPeriod = item(default=BillingPeriod.MONTH)
    window_minutes: float = quantity("min", default=15.0, minimum=1, maximum=1440)
    free_power: float = quantity("W", default=0.0, minimum=0, doc="Charged in any case")
    start: str | None = item(default=None, doc="HH:MM: it counts from here on; None: at any time")
    end: str | None = item(default=None, doc="HH:MM: it counts up to here")
    weekdays: tuple[int, ...] = item(default=EVERY_DAY, maximum_items=7, doc="0 is Monday")
    peak_entity: str | None = item(default=None, doc="A sensor with the highest mean so far, such as of the meter")

    def check(self) -> None:
        """Refuse what is no time of day and no weekday."""
        self.hours()

    @property
    def window(self) -> float:
        """The window of the mean, s."""
        return self.window_minutes * 60.0

    def hours(self) -> tuple[TariffPeriod, ...]:
        """Return when it counts, as a period of price 1; empty: always."""
        if self.start is None and self.end is None and set(self.weekdays) == set(EVERY_DAY):
            return ()
        return (TariffPeriod(start=self.start or "00:00", end=self.end or "24:00", weekdays=self.weekdays, price=1.0),)

    def active(self, start: datetime, end: datetime, zone: tzinfo) -> tuple[ActiveTime, ...]:
        """Return when it counts between two moments; empty: always."""
        hours = self.hours()
        if not hours:
            return ()
        when = time_of_use(hours, 0.0, start, end, zone)
        found = tuple(ActiveTime(start=entry.start, end=entry.end) for entry in when.intervals if entry.value == 1.0)
        # Not once until the horizon is not the same as always.
        return found or (ActiveTime(start=end, end=end + timedelta(seconds=1)),)


@model
class NettingTerms(Model):
    """The terms of net metering."""

    period: BillingPeriod = item()
    first_month: int = quantity(default=1, minimum=1, maximum=12)
    limit: float | None = quantity("kWh", default=None, minimum=0, doc="Most that is set off in a period")
    fee: float = quantity("currency/kWh", default=0.0, minimum=0, doc="For each kWh that is set off")


@dataclass(frozen=True, kw_only=True)
class Billing:
    """Everything a tariff charges besides its price per kWh; None where it does not."""

    network_fee: NetworkFee | None = None
    tiers: Tiers | None = None
    capacity: CapacityTariff | None = None
    net_metering: NettingTerms | None = None


def parse_billing(options: Mapping[str, Any]) -> Billing:
    """Return what the options of an entry describe. Raises ModelError."""
    fee, tiers = _given(options, "network_fee"), _given(options, "tiers")
    capacity, netting = _given(options, "capacity"), _given(options, "net_metering")
    if "window_minutes" in capacity:
        capacity["window_minutes"] = _number(capacity["window_minutes"])
    return Billing(
        network_fee=NetworkFee.from_json(fee, "network_fee") if fee else None,
        tiers=Tiers.from_json(tiers, "tiers") if tiers.get("tiers") else None,
        capacity=CapacityTariff.from_json(capacity, "capacity") if capacity.get("price") else None,
        net_metering=(
            NettingTerms.from_json(netting, "net_metering") if netting.get("period", "none") != "none" else None
        ),
    )


def _given(options: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = options.get(key)
    return dict(value) if isinstance(value, Mapping) else {}


def _number(value: object) -> object:
    try:
        return float(value)  # type: ignore[arg-type]
    except TypeError, ValueError:
        return value


def with_charges(profile: PriceProfile, billing: Billing, zone: tzinfo, imported: float = 0.0) -> PriceProfile:
    """Return a profile whose import prices hold the network fee and the tiers.

    `imported` is the energy in kWh since the tiers' billing period began. Where no price is known nothing is added.
    """
    if not profile.slots or (billing.network_fee is None and billing.tiers is None):
        return profile
    slots = profile.slots
    if billing.network_fee is not None:
        fees = time_of_use(billing.network_fee.periods, billing.network_fee.price, slots[0].start, slots[-1].end, zone)
        slots = tuple(part for slot in slots for part in _charged(slot, fees))
    if billing.tiers is not None:
        slots = tuple(_tiered(slot, billing.tiers, zone, imported, slots[0].start) for slot in slots)
    return profile.replace(slots=slots)


def _charged(slot: PriceSlot, fees: Series) -> list[PriceSlot]:
    """Split a slot where the fee changes."""
    if slot.import_price is None:
        return [slot]
    edges = {slot.start, slot.end}
    edges |= {entry.start for entry in fees.intervals if slot.start < entry.start < slot.end}
    parts = []
    for start, end in pairwise(sorted(edges)):
        fee = fees.at(start) or 0.0
        likely = {
            name: price + fee
            for name in ("import_price_min", "import_price_max")
            if (price := getattr(slot, name)) is not None
        }
        parts.append(slot.replace(start=start, end=end, import_price=slot.import_price + fee, **likely))
    return parts


def _tiered(slot: PriceSlot, tiers: Tiers, zone: tzinfo, imported: float, begun: datetime) -> PriceSlot:
    if slot.import_price is None:
        return slot
    used = imported * 1000.0
    if billing_period(slot.start, tiers.period, zone)[0] > begun:
        used = 0.0  # a new billing period
    energy = tiers.tiers[0].boundary is TierBoundary.ENERGY
    steps = sorted((tier.above * (1000.0 if energy else 1.0), tier.surcharge) for tier in tiers.tiers)
    if energy:
        steps = [(above - used, surcharge) for above, surcharge in steps]
    bounds = [(0.0, 0.0), *steps]
    found = []
    for (lower, surcharge), upper in zip(bounds, [*(above for above, _ in steps), None], strict=True):
        if upper is not None and upper <= 0.0:
            continue  # this tier is used up
        found.append(
            PriceTier(
                boundary=TierBoundary.ENERGY if energy else TierBoundary.POWER,
                lower=max(lower, 0.0),
                upper=upper,
                price=slot.import_price + surcharge,
            )
        )
    return slot.replace(import_tiers=tuple(found))
