"""Recognise a series in the attributes of an entity, whichever integration wrote them, without a template.

Known by name: Nord Pool (custom integration and core's action), Tibber, EPEX Spot, ENTSO-e, Octopus Energy, EnergyZero,
Solcast (integration and raw API), Open-Meteo Solar Forecast, Amber and Amber Express; everything else that is a list of
times and values, or times as keys with values, is recognised by its look. Pure: it must not know Home Assistant. It
never raises, whatever the attributes hold.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any, Final, Literal

from ..cem.model import Interval, PriceKind, Series
from .entries import MOST_ENTRIES, SAMPLE, Context, Kind, Parsed, limited, parse_dict, parse_list, unit_of
from .intervals import Point, assemble
from .values import Unit, moment, number, power_unit, share_unit

MOST_ATTRIBUTES: Final = 200
#: So many entries of lists of unknown shape are looked at, however many there are: this runs in the event loop.
MOST_READ: Final = 4 * MOST_ENTRIES
MARKET_STEPS: Final = frozenset({300, 900, 1800, 3600})
RESULT_UNITS: Final[dict[Kind, str]] = {
    "price": "currency/kWh",
    "power": "W",
    "energy": "W",
    "co2": "gCO2/kWh",
    "renewable": "1",
}

type Form = Literal["list", "dict", "bare"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where an integration keeps its series: attributes that are read together, and what their values are."""

    name: str
    attributes: tuple[str, ...]
    kinds: frozenset[Kind]
    form: Form = "list"
    has: frozenset[str] = frozenset()
    unit: str | None = None
    firmness: PriceKind = PriceKind.CONFIRMED


PRICE: Final = frozenset[Kind]({"price"})
POWER: Final = frozenset[Kind]({"power", "energy"})
ANY: Final = frozenset[Kind]({"price", "power", "energy", "co2", "renewable"})
FORECAST: Final = PriceKind.FORECAST


def _keys(*names: str) -> frozenset[str]:
    return frozenset(names)


#: The first shape that gives an interval wins: finer and exact ones stand before coarser ones. `has` are keys that the
#: entries must have, `unit` is the unit of the values whatever the unit of the entity.
SHAPES: Final = (
    Shape("nordpool_hacs", ("raw_today", "raw_tomorrow"), PRICE),
    Shape("nordpool_hacs_bare", ("today", "tomorrow"), PRICE, form="bare"),
    Shape("octopus", ("rates",), PRICE, has=_keys("value_inc_vat")),
    Shape("epex_spot", ("data",), PRICE, has=_keys("start_time")),
    Shape("amber", ("forecasts",), PRICE | {"renewable"}, has=_keys("per_kwh"), firmness=FORECAST),
    Shape("amber_express", ("forecast",), PRICE, has=_keys("time", "value"), firmness=FORECAST),
    Shape("entsoe", ("prices",), PRICE, has=_keys("time", "price")),
    Shape("tibber", ("prices",), PRICE, has=_keys("start_time", "price")),
    Shape("prices", ("prices",), PRICE),
    Shape("energyzero", ("base",), PRICE, has=_keys("start", "price")),
    Shape("prices_by_day", ("prices_today", "prices_tomorrow"), PRICE),
    Shape("solcast", ("detailedForecast",), POWER),
    Shape("solcast_hourly", ("detailedHourly",), POWER),
    Shape("solcast_raw", ("forecasts",), POWER, has=_keys("period_end")),
    Shape("energy_per_quarter_hour", ("wh_period_15m",), POWER, form="dict", unit="Wh"),
    Shape("watts", ("watts",), POWER, form="dict", unit="W"),
    Shape("energy_per_period", ("wh_period",), POWER, form="dict", unit="Wh"),
    Shape("energy_per_hour", ("wh_hours",), POWER, form="dict", unit="Wh"),
    Shape("forecast", ("forecast",), ANY, firmness=FORECAST),
    Shape("forecasts", ("forecasts",), ANY, firmness=FORECAST),
)
ENERGY_PER_PERIOD: Final = next(shape for shape in SHAPES if shape.name == "energy_per_period")
POWER_ATTRIBUTES: Final = frozenset(name for shape in SHAPES if shape.form == "dict" for name in shape.attributes)
#: Totals per day and the like: they look like a series and are none.
NEVER: Final = frozenset({"wh_days", "options", "statistics", "history"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found: the series in the unit of the model, and how it was found.

    `shape` is empty and `series` None where nothing was recognised; `dropped` counts entries without a usable time or
    value; `state` is the numeric state of the entity in the same unit.
    """

    series: Series | None = None
    shape: str = ""
    used: int = 0
    dropped: int = 0
    firmness: PriceKind = PriceKind.CONFIRMED
    currency: str | None = None
    state: float | None = None


def read_series(
    attributes: Mapping[Any, Any],
    *,
    state: Any = None,
    unit: Any = None,
    now: datetime,
    value_kind: Kind = "price",
    zone: tzinfo = UTC,
) -> Series | None:
    """Return the series in an entity's attributes, or None; `read_attributes` also tells how it was found."""
    return read_attributes(attributes, state=state, unit=unit, now=now, value_kind=value_kind, zone=zone).series


def read_attributes(
    attributes: Mapping[Any, Any],
    *,
    state: Any = None,
    unit: Any = None,
    now: datetime,
    value_kind: Kind = "price",
    zone: tzinfo = UTC,
    part: str | None = None,
    value_key: str | None = None,
) -> Reading:
    """Return the series in an entity's attributes or in an action's response, with a report.

    `attributes` is anything an entity can carry; `state` its state, read as a number where it is one; `unit` the unit
    of the state, which decides the unit of the values where their shape does not. `now` is for lists of "today" and to
    refuse times more than a year away; `zone` for times without offset. `value_kind` says what is looked for: prices
    become currency/kWh, power and energy per period mean W, CO2 g/kWh, a renewable share 0 to 1. `part` names one of
    several lists, such as the area or the home, where a response has several; `value_key` the value in each entry, if
    it shall not be found by itself (such as pv_estimate10).
    """
    if unit is None:
        unit = attributes.get("unit_of_measurement")
    context = Context(value_kind, _unit(attributes, unit, value_kind), now, zone, value_key)
    value = None if _foreign(unit, value_kind) else limited(number(state), context.unit.factor, value_kind)
    report = Reading(currency=context.unit.currency, state=value)
    for shape in SHAPES:
        if value_kind in shape.kinds and (found := _read_shape(shape, attributes, context, part)).used:
            series = assemble(found.points, RESULT_UNITS[value_kind], energies=found.energies)
            if series.intervals:
                if shape.name == "watts":
                    series = _with_energy(series, attributes, context)
                return replace(
                    report,
                    series=series,
                    shape=shape.name,
                    used=found.used,
                    dropped=found.dropped,
                    firmness=shape.firmness,
                )
    return _read_anything(attributes, context, part, report)


def _unit(attributes: Mapping[Any, Any], unit: Any, kind: Kind) -> Unit:
    """Return the unit of the values as the attributes tell it."""
    if unit is None:
        unit = attributes.get("unit")
    meaning = unit_of(kind, unit)
    if kind == "price" and attributes.get("price_in_cents") is True and not meaning.cents:
        meaning = replace(meaning, factor=meaning.factor * 0.01, cents=True)
    if kind == "price" and meaning.currency is None:
        currency = attributes.get("currency")
        meaning = replace(meaning, currency=currency if isinstance(currency, str) and len(currency) == 3 else None)
    return meaning


def _foreign(unit: Any, kind: Kind) -> bool:
    """Whether a state is of another quantity than the one looked for, such as an energy where a power is."""
    meaning = power_unit(unit)
    if kind in {"power", "energy"}:
        return meaning.energy
    return meaning.known or (kind != "renewable" and share_unit(unit).known)


def _read_shape(shape: Shape, attributes: Mapping[Any, Any], context: Context, part: str | None) -> Parsed:
    """Read the attributes of one shape together."""
    if shape.unit is not None:
        context = replace(context, unit=unit_of("power", shape.unit))
    points: list[Point] = []
    dropped = 0
    energies = False
    for days, name in enumerate(shape.attributes):
        value = attributes.get(name)
        if shape.form == "bare":
            if days and attributes.get("tomorrow_valid") is False:
                continue
            parsed = _parse_bare(value, days, context)
        elif shape.form == "dict":
            parsed = parse_dict(value, context, energies=context.unit.energy) if isinstance(value, Mapping) else None
        else:
            entries = _chosen(value, part)
            parsed = parse_list(entries, context) if entries and _has(entries, shape.has) else None
        if parsed is not None:
            points += parsed.points
            dropped += parsed.dropped
            energies = parsed.energies
    return Parsed(points, dropped, energies)


def _chosen(value: Any, part: str | None) -> list[Any] | tuple[Any, ...] | None:
    """Return a list as it is, or one list of several by name (home, area), the first one without a name."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, Mapping):
        if part is not None:
            return _chosen(value[part], None) if isinstance(value.get(part), list | tuple) else None
        return next(
            (entry for entry in islice(value.values(), MOST_ATTRIBUTES) if isinstance(entry, list | tuple)), None
        )
    return None


def _has(entries: Sequence[Any], names: frozenset[str]) -> bool:
    """Whether one of the first entries has all the keys of a shape."""
    return not names or any(isinstance(entry, Mapping) and names <= entry.keys() for entry in entries[:SAMPLE])


def _parse_bare(values: Any, days: int, context: Context) -> Parsed | None:
    """Read a mere list of the prices of today or tomorrow: it has no times, the day's length tells the step."""
    if not isinstance(values, list | tuple) or not 0 < len(values) <= MOST_ENTRIES:
        return None
    day = context.now.astimezone(context.zone).date() + timedelta(days=days)
    # Where the clock is changed at midnight the day starts with the jump.
    start, end = (
        datetime.combine(each, time(), context.zone).astimezone(UTC) for each in (day, day + timedelta(days=1))
    )
    numbers = [limited(number(value), context.unit.factor, context.kind) for value in values]
    step, rest = divmod((end - start).total_seconds(), len(numbers))
    if not rest and step in MARKET_STEPS:
        starts: list[datetime | None] = [start + timedelta(seconds=step * index) for index in range(len(numbers))]
    elif 86400 % len(numbers) == 0 and 86400 // len(numbers) in MARKET_STEPS:
        # 24 values on a day of 23 or 25 hours follow the wall clock: the skipped hour has no time, the doubled one two.
        wall = datetime.combine(day, time())
        length = timedelta(seconds=86400 // len(numbers))
        starts = [moment(wall + length * index, context.zone) for index in range(len(numbers))]
    else:
        return Parsed([], len(numbers))
    timed = [(begin, value) for begin, value in zip(starts, numbers, strict=True) if begin is not None]
    ends = [*(begin for begin, _ in timed[1:]), end]
    points = [Point(begin, until, value) for (begin, value), until in zip(timed, ends, strict=True)]
    return Parsed(points, len(numbers) - sum(value is not None for _, value in timed))


def _with_energy(power: Series, attributes: Mapping[Any, Any], context: Context) -> Series:
    """Return quarter-hourly power scaled so that each hour has the energy that the source itself gives for it.

    The power of these sources is a sample at the start of each quarter of an hour, their energy a proper mean.
    """
    found = _read_shape(ENERGY_PER_PERIOD, attributes, context, None)
    periods = assemble(found.points, "W", energies=True).intervals
    starts = [period.start for period in periods]
    parts: dict[int, list[Interval]] = {}
    for part in power.intervals:
        index = bisect_right(starts, part.start) - 1
        inside = index >= 0 and part.end <= periods[index].end
        parts.setdefault(index if inside else -1, []).append(part)
    scaled = list(parts.pop(-1, []))
    for index, group in parts.items():
        mean = sum(part.value for part in group) / len(group)
        target = periods[index].value
        scaled += [part.replace(value=part.value * target / mean if mean > 0 else target) for part in group]
    return Series(intervals=tuple(sorted(scaled, key=lambda part: part.start)), unit=power.unit)


def _read_anything(attributes: Mapping[Any, Any], context: Context, part: str | None, report: Reading) -> Reading:
    """Return the longest thing among the attributes that looks like a series."""
    best = report
    left = MOST_READ
    for name, entries in _look_alikes(attributes, context, part):
        if not max(best.used, 1) < len(entries) or left <= 0:
            continue
        left -= min(len(entries), MOST_ENTRIES)
        if isinstance(entries, Mapping):
            parsed = parse_dict(entries, context, energies=context.unit.energy)
        else:
            parsed = parse_list(entries, context)
        if parsed.used > max(best.used, 1):
            series = assemble(parsed.points, RESULT_UNITS[context.kind], energies=parsed.energies)
            if len(series.intervals) > 1:
                best = replace(report, series=series, shape=f"list:{name}", used=parsed.used, dropped=parsed.dropped)
    return best


def _look_alikes(
    attributes: Mapping[Any, Any], context: Context, part: str | None
) -> Iterator[tuple[str, Sequence[Any] | Mapping[Any, Any]]]:
    """Return what may be a series: lists, lists in an object, objects with times as keys."""
    for name, value in islice(attributes.items(), MOST_ATTRIBUTES):
        if not isinstance(name, str) or name in NEVER or (name in POWER_ATTRIBUTES and context.kind not in POWER):
            continue
        if part is not None and name != part and not isinstance(value, Mapping):
            continue
        entries = _chosen(value, part)
        if entries:
            yield name, entries
        elif isinstance(value, Mapping):
            yield name, value
