"""Comfort: the band that a temperature should be in over the horizon, and what being outside of it is worth.

The band comes from, first found first taken:
* the temperature profile that an action set for the device (IEC TR 62746-2 clause 3.4.6, figure 29);
* `profile_entity`: an entity with such a profile in its attribute `temperature_profile`, or its slots in the attribute
  `slots`; where it says nothing, what follows;
* `set_point_entity`: a climate or water heater entity, a number or a sensor, ± `tolerance` K (a climate entity that
  keeps a band: its band);
* `band_minimum` to `band_maximum` °C by day (from `day_start`) and `night_minimum` to `night_maximum` by night (from
  `night_start`), local times.

`comfort_price` is in currency per K and hour. It must not know any device kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from homeassistant.core import State

from ..cem.model import LevelTarget, ModelError, NumberRange, TemperatureProfile, TemperatureSlot
from .base import Sensing
from .common import local_time, value
from .heat_times import horizon
from .reading import temperature_of

#: What a kelvin outside the band costs for an hour where nobody says: well above what the heat of it costs, so that the
#: band is kept, and well below what it takes to break a limit.
COMFORT_PRICE: Final = 1.0

TOLERANCE: Final = 1.0
#: Temperatures that a band may have (°C).
COLDEST, HOTTEST = -60.0, 150.0
#: As many targets as a store may have.
MOST_TARGETS: Final = 280


@dataclass(frozen=True, kw_only=True)
class Band:
    """A temperature band from a start to an end, °C."""

    start: datetime
    end: datetime
    minimum: float
    maximum: float

    @property
    def middle(self) -> float:
        """The middle of the band."""
        return (self.minimum + self.maximum) / 2.0


def bands(data: Mapping[str, Any], sensing: Sensing, usual: tuple[float, float]) -> tuple[Band, ...]:
    """Return the bands from now to the horizon, ascending, without gaps; `usual` is that of an empty form."""
    end = horizon(sensing)
    below = _set_point_band(data, sensing, end)
    fixed = (below,) if below is not None else tuple(_by_time(data, sensing, end, usual))
    tolerance = value(data, "tolerance", TOLERANCE, 0.05, 50.0)
    found = list(fixed)
    set_by_action = () if sensing.temperature_profile is None else sensing.temperature_profile.slots
    for slots in (profile_of(sensing.of(data.get("profile_entity"))), set_by_action):
        found = _over(found, tuple(_told(slots, tolerance, sensing.now, end)))
    return _merged(found)[:MOST_TARGETS]


def band_now(data: Mapping[str, Any], sensing: Sensing, usual: tuple[float, float]) -> Band:
    """Return the band of this moment."""
    return bands(data, sensing, usual)[0]


def targets(
    found: tuple[Band, ...], data: Mapping[str, Any], *, mirrored: bool = False, kept: bool = False
) -> tuple[LevelTarget, ...]:
    """Return the bands as targets of a store; `kept`: at any price."""
    price = None if kept else value(data, "comfort_price", COMFORT_PRICE, 0.0, 1000.0)
    return tuple(
        LevelTarget(
            start=band.start,
            end=band.end,
            minimum=-band.maximum if mirrored else band.minimum,
            maximum=-band.minimum if mirrored else band.maximum,
            price=price,
        )
        for band in found
    )


def span(found: tuple[Band, ...], below: float, above: float, *, mirrored: bool = False) -> NumberRange:
    """Return the range of levels of a store that goes so many K beyond its bands."""
    low = min(band.minimum for band in found) - below
    high = max(band.maximum for band in found) + above
    return NumberRange(start=-high, end=-low) if mirrored else NumberRange(start=low, end=high)


def band_error(data: Mapping[str, Any], usual: tuple[float, float]) -> dict[str, str]:
    """Return what is wrong with the fields of the band."""
    low, high, night_low, night_high = _fixed(data, usual)
    errors: dict[str, str] = {}
    if low >= high:
        errors["band_maximum"] = "band_upside_down"
    at_night = data.get("night_minimum") is not None or data.get("night_maximum") is not None
    if night_low >= night_high and at_night and not errors:
        errors["night_maximum"] = "band_upside_down"
    if bool(data.get("day_start")) != bool(data.get("night_start")):
        errors["night_start" if data.get("day_start") else "day_start"] = "both_times_needed"
    acted_on = {data.get("climate_entity"), data.get("target_entity")} - {None, ""}
    if data.get("set_point_entity") in acted_on and data.get("climate_act") != "mode":
        # Its set point would follow the plan, and the plan its set point.
        errors["set_point_entity"] = "set_point_acted_on"
    return errors


def _fixed(data: Mapping[str, Any], usual: tuple[float, float]) -> tuple[float, float, float, float]:
    low = value(data, "band_minimum", usual[0], COLDEST, HOTTEST)
    high = value(data, "band_maximum", usual[1] if usual[1] > low else low + 2 * TOLERANCE, COLDEST, HOTTEST)
    night_low = value(data, "night_minimum", low, COLDEST, HOTTEST)
    night_high = value(data, "night_maximum", max(night_low, high), COLDEST, HOTTEST)
    return low, high, night_low, night_high


def _by_time(data: Mapping[str, Any], sensing: Sensing, end: datetime, usual: tuple[float, float]) -> Iterator[Band]:
    """Yield the bands of days and nights; without both times it is always day."""
    low, high, night_low, night_high = _fixed(data, usual)
    day = Band(start=sensing.now, end=end, minimum=low, maximum=max(high, low))
    night = Band(start=sensing.now, end=end, minimum=night_low, maximum=max(night_high, night_low))
    morning, evening = local_time(data.get("day_start")), local_time(data.get("night_start"))
    if morning is None or evening is None or morning == evening:
        yield day
        return
    first = sensing.now.astimezone(sensing.time_zone).date() - timedelta(days=1)
    changes: list[tuple[datetime, Band]] = []
    for number in range((end - sensing.now).days + 4):
        for at, band in ((morning, day), (evening, night)):
            local = datetime.combine(first + timedelta(days=number), at, sensing.time_zone)
            changes.append((local.astimezone(UTC), band))
    changes.sort(key=lambda change: change[0])
    for (start, band), (until, _) in pairwise(changes):
        if until > sensing.now and start < end:
            yield replace(band, start=max(start, sensing.now), end=min(until, end))


def _set_point_band(data: Mapping[str, Any], sensing: Sensing, end: datetime) -> Band | None:
    state = sensing.of(data.get("set_point_entity"))
    if state is None:
        return None
    unit = sensing.temperature_unit
    tolerance = value(data, "tolerance", TOLERANCE, 0.05, 50.0)
    if state.domain in {"climate", "water_heater"}:
        wanted = temperature_of(state, unit, "temperature")
        low, high = (temperature_of(state, unit, f"target_temp_{name}") for name in ("low", "high"))
        if wanted is None and low is not None and high is not None and low < high:
            return Band(start=sensing.now, end=end, minimum=low, maximum=high)
    else:
        wanted = temperature_of(state, unit)
    if wanted is None:
        return None
    return Band(start=sensing.now, end=end, minimum=wanted - tolerance, maximum=wanted + tolerance)


def profile_of(state: State | None) -> tuple[TemperatureSlot, ...]:
    """Return the slots of a temperature profile that an entity carries; none where it carries none that is one."""
    if state is None:
        return ()
    told = state.attributes.get("temperature_profile")
    if told is None:
        told = {"zone": state.entity_id, "slots": state.attributes.get("slots")}
    try:
        return TemperatureProfile.from_json(told).slots
    except ModelError:
        return ()


def _told(slots: tuple[TemperatureSlot, ...], tolerance: float, now: datetime, end: datetime) -> Iterator[Band]:
    for slot in slots:
        start, until = max(slot.start, now), min(slot.end, end)
        if start >= until:
            continue
        give = tolerance if slot.tolerance is None else slot.tolerance
        middle = slot.set_point
        low = slot.minimum if slot.minimum is not None else None if middle is None else middle - give
        high = slot.maximum if slot.maximum is not None else None if middle is None else middle + give
        low = COLDEST if low is None else min(max(low, COLDEST), HOTTEST)
        high = HOTTEST if high is None else min(max(high, low), HOTTEST)
        yield Band(start=start, end=until, minimum=low, maximum=high)


def _over(below: list[Band], above: tuple[Band, ...]) -> list[Band]:
    """Lay bands over others: where the upper ones say nothing the lower ones hold."""
    if not above:
        return below
    found: list[Band] = []
    cursor = below[0].start
    for band in (*above, None):
        until = below[-1].end if band is None else band.start
        found += [
            replace(lower, start=max(lower.start, cursor), end=min(lower.end, until))
            for lower in below
            if lower.start < until and lower.end > cursor
        ]
        if band is not None:
            found.append(band)
            cursor = band.end
    return found


def _merged(found: list[Band]) -> tuple[Band, ...]:
    merged: list[Band] = []
    for band in found:
        last = merged[-1] if merged else None
        if last is not None and (last.minimum, last.maximum) == (band.minimum, band.maximum) and last.end == band.start:
            merged[-1] = replace(last, end=band.end)
        elif band.end > band.start:
            merged.append(band)
    return tuple(merged)
