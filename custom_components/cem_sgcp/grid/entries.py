"""Read one list or one dictionary of times and values, whatever its keys are called.

The vocabulary of the integrations is two tables here: how they call a time and how they call a value. It must not know
which attribute the list came from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from typing import Any, Final, Literal

from .intervals import Point, from_ends
from .values import (
    Unit,
    co2_unit,
    duration,
    is_naive,
    moment,
    number,
    power_unit,
    price_unit,
    share_unit,
)

type Kind = Literal["price", "power", "energy", "co2", "renewable"]

MOST_ENTRIES: Final = 5000
SAMPLE: Final = 10
FARTHEST: Final = timedelta(days=400)
#: Beyond these (in the unit of the model) a value is an error of the source.
LARGEST: Final[dict[Kind, float]] = {"price": 1e6, "power": 1e9, "energy": 1e9, "co2": 1e5, "renewable": 1.0}

START_KEYS: Final = (
    "start",
    "start_time",
    "startsAt",
    "starts_at",
    "period_start",
    "valid_from",
    "from",
    "time",
    "datetime",
    "timestamp",
    "start_timestamp",
    "hour",
    "date",
)
END_KEYS: Final = (
    "end",
    "end_time",
    "endsAt",
    "ends_at",
    "period_end",
    "valid_to",
    "till",
    "to",
    "until",
    "end_timestamp",
)


@dataclass(frozen=True, slots=True)
class ValueKey:
    """A name for a value; `unit` where the name implies one, `per_kwh` where it implies only the energy."""

    name: str
    unit: str | None = None
    per_kwh: bool = False


VALUE_KEYS: Final[dict[Kind, tuple[ValueKey, ...]]] = {
    "price": (
        ValueKey("price_per_kwh", per_kwh=True),
        ValueKey("per_kwh", per_kwh=True),
        ValueKey("value_inc_vat", per_kwh=True),
        ValueKey("price_ct_per_kwh", "ct/kWh"),
        ValueKey("price_eur_per_mwh", "EUR/MWh"),
        ValueKey("marketprice", "EUR/MWh"),
        ValueKey("total"),
        ValueKey("price"),
        ValueKey("value"),
        ValueKey("electricity_price"),
        ValueKey("unit_price"),
        ValueKey("rate"),
    ),
    "power": (
        ValueKey("pv_estimate", "kW"),
        ValueKey("watts", "W"),
        ValueKey("power_w", "W"),
        ValueKey("power_kw", "kW"),
        ValueKey("power"),
        ValueKey("wh", "Wh"),
        ValueKey("energy_wh", "Wh"),
        ValueKey("energy_kwh", "kWh"),
        ValueKey("energy"),
        ValueKey("value"),
    ),
    "co2": (
        ValueKey("co2_intensity"),
        ValueKey("carbon_intensity"),
        ValueKey("carbonIntensity"),
        ValueKey("intensity"),
        ValueKey("co2"),
        ValueKey("value"),
    ),
    "renewable": (
        ValueKey("renewables", "%"),
        ValueKey("renewable_percentage", "%"),
        ValueKey("renewable_share"),
        ValueKey("value"),
    ),
    "energy": (),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What reading depends on besides the entries."""

    kind: Kind
    unit: Unit
    now: datetime
    zone: tzinfo
    value_key: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """Points in the unit of the model (Wh where `energies`), and how many entries were of no use."""

    points: list[Point]
    dropped: int
    energies: bool = False

    @property
    def used(self) -> int:
        """Return how many points carry a value."""
        return sum(point.value is not None for point in self.points)


def unit_of(kind: Kind, written: Any) -> Unit:
    """Return what a written unit means for a kind of value."""
    match kind:
        case "price":
            return price_unit(written)
        case "co2":
            return co2_unit(written)
        case "renewable":
            return share_unit(written)
        case "energy":
            meaning = power_unit(written)
            return meaning if meaning.known else Unit(energy=True)
        case "power":
            return power_unit(written)


def parse_list(entries: Sequence[Any], context: Context) -> Parsed:
    """Read a list of mappings with a time and a value each."""
    considered = list(islice(entries, MOST_ENTRIES))
    mappings = [entry for entry in considered if isinstance(entry, Mapping)]
    dropped = len(entries) - len(mappings)
    # The first entries may be damaged: the first one that names a value speaks for all.
    sample, key = next(
        ((entry, key) for entry in mappings[:SAMPLE] if (key := _value_key(entry, context)) is not None), ({}, None)
    )
    if key is None:
        return Parsed([], len(entries))
    unit = _unit_of_key(key, sample, context)
    clock = Clock(context)
    starts: list[Point] = []
    ends: list[Point] = []
    for entry in mappings:
        value = limited(number(entry.get(key.name)), unit.factor, context.kind)
        dropped += value is None
        start = clock.read(_first(entry, START_KEYS))
        end = clock.end(_first(entry, END_KEYS), start)
        length = duration(entry.get("period")) or duration(entry.get("duration"))
        if start is None and end is not None and length is not None:
            start = end - length
        if start is not None:
            if end is None and length is not None:
                end = start + length
            starts.append(Point(start, end, value))
        elif end is not None:
            ends.append(Point(end, None, value))
        else:
            dropped += value is not None
    return Parsed([*starts, *from_ends(ends)], dropped, unit.energy)


def parse_dict(entries: Mapping[Any, Any], context: Context, *, energies: bool = False, at_end: bool = False) -> Parsed:
    """Read a mapping of times to values, in W, or Wh where `energies`; `at_end` where times are ends of periods."""
    clock = Clock(context)
    points = []
    dropped = max(0, len(entries) - MOST_ENTRIES)
    for key, written in islice(entries.items(), MOST_ENTRIES):
        start = clock.read(key) if isinstance(key, str | datetime) else None
        value = limited(number(written), context.unit.factor, context.kind)
        dropped += start is None or value is None
        if start is not None:
            points.append(Point(start, None, value))
    return Parsed(from_ends(points) if at_end else points, dropped, energies)


class Clock:
    """Reads the times of one list; remembers local times, to know the second 02:30 of the night with 25 hours."""

    def __init__(self, context: Context) -> None:
        self._zone = context.zone
        self._earliest = context.now - FARTHEST
        self._latest = context.now + FARTHEST
        self._seen: set[Any] = set()

    def read(self, value: Any) -> datetime | None:
        """Return a start in UTC, or None."""
        fold = 0
        if isinstance(value, str | datetime) and is_naive(value):
            fold = int(value in self._seen)
            self._seen.add(value)
        return self._near(moment(value, self._zone, fold=fold))

    def end(self, value: Any, start: datetime | None) -> datetime | None:
        """Return an end in UTC: of two possible ones the first after the start."""
        first = self._near(moment(value, self._zone))
        if first is None or start is None or first > start:
            return first
        return self._near(moment(value, self._zone, fold=1))

    def _near(self, value: datetime | None) -> datetime | None:
        return value if value is not None and self._earliest < value < self._latest else None


def _first(entry: Mapping[Any, Any], keys: Iterable[str]) -> Any:
    return next((value for key in keys if (value := entry.get(key)) is not None), None)


def limited(value: float | None, factor: float, kind: Kind) -> float | None:
    """Return a value in the unit of the model, or None if no source can mean it."""
    if value is None:
        return None
    value *= factor
    if abs(value) > LARGEST[kind] or (kind in {"co2", "renewable"} and value < 0):
        return None
    return value


def _value_key(entry: Mapping[Any, Any], context: Context) -> ValueKey | None:
    """Return how the value is called: a known name, else the only other key there is."""
    if context.value_key is not None:
        known = next((key for key in _keys(context.kind) if context.value_key.startswith(key.name)), None)
        return ValueKey(context.value_key, known.unit if known else None) if context.value_key in entry else None
    for key in _keys(context.kind):
        if key.name in entry:
            return key
    others = [name for name in islice(entry, 32) if name not in START_KEYS and name not in END_KEYS]
    if len(others) == 1 and isinstance(others[0], str) and number(entry[others[0]]) is not None:
        return ValueKey(others[0])
    return None


def _keys(kind: Kind) -> tuple[ValueKey, ...]:
    return VALUE_KEYS["power" if kind == "energy" else kind]


def _unit_of_key(key: ValueKey, entry: Mapping[Any, Any], context: Context) -> Unit:
    """Return the unit of a value: what its name implies, else what the entry says, else that of the entity."""
    if key.unit is not None:
        return unit_of(context.kind, key.unit)
    if key.per_kwh:
        return Unit(0.01 if context.unit.cents else 1.0, known=True)
    own = unit_of(context.kind, entry.get("unit"))
    if own.known:
        return own
    return context.unit
