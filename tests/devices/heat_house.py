"""A winter or summer day for devices that heat or cool: prices, weather, sun, and a plan made of it.

Nothing here knows a kind; the physics that plans are checked by is written out independently of the integration.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from custom_components.cem_sgcp.cem.model import (
    DevicePlan,
    FillRate,
    Plan,
    PriceProfile,
    PriceSlot,
    Resource,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from custom_components.cem_sgcp.cem.planner import make_plan
from custom_components.cem_sgcp.devices import KINDS, Sensing
from tests.devices.house import CONTROLLED, device, sensing

MIDNIGHT = datetime(2026, 1, 15, 23, 0, tzinfo=UTC)
"""Local midnight in Berlin."""
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def hours(values: Callable[[int], float], count: int = 30, start: datetime = MIDNIGHT) -> Series:
    """A quantity hour by hour from local midnight on."""
    return Series.from_values(start, HOUR, [values(number) for number in range(count)])


def winter(hour: int) -> float:
    """Outdoor temperature of a cold day, coldest before sunrise."""
    return -2.0 - 4.0 * float(np.cos((hour - 15) / 12 * np.pi)) * -1.0


def cheap_at_night(hour: int) -> float:
    """10 ct until six in the morning, then 40 ct."""
    return 0.10 if hour % 24 < 6 else 0.40


def seen(*states: Any, now: datetime = MIDNIGHT, outdoor: Callable[[int], float] | float = 0.0, **more: Any) -> Sensing:
    """What a kind sees at the start of the day, with the weather of the day."""
    weather = hours(outdoor if callable(outdoor) else lambda _: outdoor)
    return sensing(*states, now=now, horizon=now + DAY, outdoor=more.pop("weather", weather), **more)


def sensed(kind: str, data: Mapping[str, Any], what: Sensing) -> Resource:
    """The device as the brain sees it, controlled."""
    return KINDS[kind].sense(device(kind, data), CONTROLLED, what)


def store_of(found: Resource) -> FillRate:
    """The store of a device."""
    assert isinstance(found.control, FillRate), found.control
    return found.control


def plan_day(
    *found: Resource,
    price: Callable[[int], float] = cheap_at_night,
    export: float = 0.08,
    load: Callable[[int], float] = lambda _: 0.0,
    start: datetime = MIDNIGHT,
) -> Plan:
    """The plan of 24 hours in quarter hours; a negative load is sun that is left over."""
    slots = tuple(
        PriceSlot(
            start=start + number * HOUR,
            end=start + (number + 1) * HOUR,
            import_price=price(number),
            export_price=export,
        )
        for number in range(24)
    )
    return make_plan(
        SiteSnapshot(
            now=start,
            grid=TimeGrid.tiered(start, ((900, DAY.total_seconds()),)),
            prices=PriceProfile(slots=slots),
            base_load=hours(load, 25, start),
            resources=found,
        )
    )


def of(plan: Plan) -> DevicePlan:
    """The plan of the only device."""
    (only,) = plan.devices
    return only


def energy(plan: DevicePlan, first: int, last: int) -> float:
    """Electricity from one hour of the day to another, Wh."""
    return float(np.sum(plan.power[first * 4 : last * 4])) / 4.0


def levels(plan: DevicePlan) -> np.ndarray:
    """The level at the end of each quarter hour."""
    assert plan.level is not None
    return np.array(plan.level)


def leak_and_usage(store: FillRate, level: float, at: datetime) -> float:
    """How fast a store empties at a level and moment by what it says of itself, K/h: the line through its leakage."""
    middles = [(entry.level_range.start + entry.level_range.end) / 2 for entry in store.leakage]
    slope, offset = np.polyfit(middles, [entry.rate for entry in store.leakage], 1)
    used = store.usage.at(at) if store.usage is not None else 0.0
    return float((slope * level + offset + (used or 0.0)) * 3600.0)
