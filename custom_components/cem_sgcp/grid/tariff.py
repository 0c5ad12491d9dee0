"""Tariffs: where a price comes from, what is added to it, and how several figures become one price profile.

IEC TR 62746-2:2015 clause 3.4.6, figure 27 (price and environment profile). A price is (source price + surcharge) with
value-added tax on both. Pure: it must not know Home Assistant; who reads entities and calls actions is `reader`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar, Final

from ..cem.model import Interval, Model, ModelError, PriceKind, PriceProfile, PriceSlot, Series
from ..cem.model.base import item, model, quantity
from ..cem.model.series import MAXIMUM_INTERVALS
from .schedule import TariffPeriod

NOTHING: Final = Series(intervals=())


@model
class TariffSource(Model):
    """A source of prices; what is added to them is the same for every kind of source."""

    source: ClassVar[str] = "none"

    surcharge: float = quantity("currency/kWh", default=0.0, minimum=-1e6, maximum=1e6, doc="Added before tax")
    vat: float = quantity("%", default=0.0, minimum=0, maximum=200, doc="On price and surcharge")

    def gross(self, price: float) -> float:
        """Return what is paid for a kWh: (price + surcharge) with tax."""
        return (price + self.surcharge) * (1 + self.vat / 100)


@model
class NoTariff(TariffSource):
    """Nothing is known, or nothing is paid."""


@model
class FixedTariff(TariffSource):
    """One price at all times."""

    source: ClassVar[str] = "fixed"

    price: float = quantity("currency/kWh", minimum=-1e6, maximum=1e6)


@model
class TimeOfUseTariff(TariffSource):
    """Prices by wall-clock time and weekday."""

    source: ClassVar[str] = "time_of_use"

    periods: tuple[TariffPeriod, ...] = item(maximum_items=100)
    price: float = quantity("currency/kWh", minimum=-1e6, maximum=1e6, doc="Outside of all periods")


@model
class EntityTariff(TariffSource):
    """An entity whose attributes carry a series, or at least whose state is the current price."""

    source: ClassVar[str] = "entity"

    entity_id: str = item()
    entity_id_next: str | None = item(default=None, doc="A second entity with the rest, such as tomorrow's rates")
    value_key: str | None = item(default=None, doc="Name of the value in each entry, if it is not found by itself")

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Entities that are read."""
        return (self.entity_id, self.entity_id_next) if self.entity_id_next else (self.entity_id,)


@model
class ActionTariff(TariffSource):
    """An action of Home Assistant's core that answers with prices, one day at a time."""

    config_entry_id: str = item(default="")
    area: str | None = item(default=None, doc="Bidding area (Nord Pool) or home (Tibber); the first one without it")


@model
class NordPoolTariff(ActionTariff):
    """Day-ahead prices by `nordpool.get_prices_for_date`, without tax."""

    source: ClassVar[str] = "nordpool"


@model
class TibberTariff(ActionTariff):
    """Total prices by `tibber.get_prices`."""

    source: ClassVar[str] = "tibber"


@model
class EnergyZeroTariff(ActionTariff):
    """Day-ahead prices by `energyzero.get_energy_prices`, without tax."""

    source: ClassVar[str] = "energyzero"


TARIFFS: Final[dict[str, type[TariffSource]]] = {
    kind.source: kind
    for kind in (
        NoTariff,
        FixedTariff,
        TimeOfUseTariff,
        EntityTariff,
        NordPoolTariff,
        TibberTariff,
        EnergyZeroTariff,
    )
}


def parse_tariff(config: Mapping[str, Any] | None, path: str = "tariff") -> TariffSource:
    """Return the tariff that a configuration describes; nothing configured is no tariff. Raises ModelError."""
    if not config:
        return NoTariff()
    if not isinstance(config, Mapping):
        raise ModelError("wrong_type", path, expected="an object", value=config)
    source = config.get("source", "none")
    if not isinstance(source, str) or source not in TARIFFS:
        raise ModelError("unknown_option", f"{path}.source", expected=", ".join(TARIFFS), value=source)
    return TARIFFS[source].from_json({key: value for key, value in config.items() if key != "source"}, path)


@model
class FigureSource(Model):
    """Where CO2 intensity (g/kWh) or renewable share (0 to 1) comes from: an entity, a fixed number, or nowhere."""

    value: float | None = quantity(default=None, minimum=0, maximum=1e5)
    entity_id: str | None = item(default=None)


def parse_figure(config: Mapping[str, Any] | None, path: str) -> FigureSource:
    """Return the source of an environment figure. Raises ModelError."""
    config = config or {}
    match config.get("source", "none"):
        case "none":
            return FigureSource()
        case "fixed":
            if "value" not in config:
                raise ModelError("missing_field", f"{path}.value")
            return FigureSource.from_json({"value": config["value"]}, path)
        case "entity":
            if "entity_id" not in config:
                raise ModelError("missing_field", f"{path}.entity_id")
            return FigureSource.from_json({"entity_id": config["entity_id"]}, path)
        case unknown:
            raise ModelError("unknown_option", f"{path}.source", expected="none, fixed, entity", value=unknown)


@dataclass(frozen=True, slots=True)
class Figures:
    """One figure over time: what is confirmed, and a forecast for the moments about which nothing is."""

    confirmed: Series = field(default=NOTHING)
    forecast: Series = field(default=NOTHING)

    def at(self, moment: datetime) -> tuple[float | None, PriceKind]:
        """Return the figure at a moment and how firm it is."""
        value = self.confirmed.at(moment)
        if value is not None:
            return value, PriceKind.CONFIRMED
        return self.forecast.at(moment), PriceKind.FORECAST

    def mapped(self, change: Callable[[float], float]) -> Figures:
        """Return the figures with every value changed."""
        return Figures(_mapped(self.confirmed, change), _mapped(self.forecast, change))

    @property
    def edges(self) -> set[datetime]:
        """Every moment at which the figure may change."""
        return {
            edge
            for series in (self.confirmed, self.forecast)
            for entry in series.intervals
            for edge in (entry.start, entry.end)
        }


def _mapped(series: Series, change: Callable[[float], float]) -> Series:
    return Series(
        intervals=tuple(
            Interval(start=entry.start, end=entry.end, value=change(entry.value)) for entry in series.intervals
        ),
        unit=series.unit,
    )


def combine(
    import_price: Figures,
    export_price: Figures,
    co2: Figures,
    renewable: Figures,
    *,
    start: datetime,
    end: datetime,
    currency: str,
) -> PriceProfile:
    """Return one profile with a slot between any two changes of any figure; where nothing is known is no slot.

    A slot is a forecast if any of its prices is one.
    """
    figures = (import_price, export_price, co2, renewable)
    edges = sorted({start, end} | {edge for figure in figures for edge in figure.edges if start < edge < end})
    slots = []
    for begin, until in pairwise(edges):
        (price, price_kind), (revenue, revenue_kind), (carbon, _), (share, _) = (figure.at(begin) for figure in figures)
        if price is None and revenue is None and carbon is None and share is None:
            continue
        kinds = {kind for value, kind in ((price, price_kind), (revenue, revenue_kind)) if value is not None}
        slots.append(
            PriceSlot(
                start=begin,
                end=until,
                import_price=price,
                export_price=revenue,
                co2=carbon,
                renewable_share=share,
                kind=PriceKind.FORECAST if PriceKind.FORECAST in kinds else PriceKind.CONFIRMED,
            )
        )
    return PriceProfile(slots=tuple(slots[:MAXIMUM_INTERVALS]), currency=currency)


def overlay(base: PriceProfile, override: PriceProfile) -> PriceProfile:
    """Return the base profile with the override's figures wherever it has slots.

    A figure that the override leaves open is the base's; tiers go with the price they belong to. Relative prices become
    prices first, those of the override by the base's reference where it has none of its own.
    """
    override = _absolute(
        override.replace(
            reference_import_price=_first(override.reference_import_price, base.reference_import_price),
            reference_export_price=_first(override.reference_export_price, base.reference_export_price),
        )
    )
    base = _absolute(base)
    edges = sorted({edge for profile in (base, override) for slot in profile.slots for edge in (slot.start, slot.end)})
    below, above = _Cursor(base.slots), _Cursor(override.slots)
    slots = [
        slot
        for begin, until in pairwise(edges)
        if (slot := _laid(below.at(begin), above.at(begin), begin, until)) is not None
    ]
    return base.replace(slots=tuple(slots[:MAXIMUM_INTERVALS]))


def _first(own: float | None, other: float | None) -> float | None:
    return other if own is None else own


def _absolute(profile: PriceProfile) -> PriceProfile:
    """Return a profile whose relative prices are prices, as far as it says what they are relative to."""
    if all(slot.relative_import_price is None and slot.relative_export_price is None for slot in profile.slots):
        return profile
    return profile.replace(
        slots=tuple(
            slot.replace(import_price=profile.import_price(slot), export_price=profile.export_price(slot))
            for slot in profile.slots
        )
    )


class _Cursor:
    """Reads ascending slots at ascending moments."""

    def __init__(self, slots: Sequence[PriceSlot]) -> None:
        self._slots = slots
        self._index = 0

    def at(self, moment: datetime) -> PriceSlot | None:
        while self._index < len(self._slots) and self._slots[self._index].end <= moment:
            self._index += 1
        if self._index < len(self._slots) and self._slots[self._index].start <= moment:
            return self._slots[self._index]
        return None


def _laid(below: PriceSlot | None, above: PriceSlot | None, start: datetime, end: datetime) -> PriceSlot | None:
    if above is None or below is None:
        slot = above or below
        return None if slot is None else slot.replace(start=start, end=end)
    changes: dict[str, Any] = {"start": start, "end": end}
    if above.import_price is not None:
        changes |= {"import_price": above.import_price, "import_tiers": above.import_tiers, "kind": above.kind}
    if above.export_price is not None:
        changes |= {"export_price": above.export_price, "export_tiers": above.export_tiers, "kind": above.kind}
    if above.co2 is not None:
        changes["co2"] = above.co2
    if above.renewable_share is not None:
        changes["renewable_share"] = above.renewable_share
    return below.replace(**changes)
