"""Actuators that heat or cool: off, and on at one power or between two, with the times that they must stay so.

Timers (S2): switching on starts `run`, which blocks switching off; switching off starts `pause`, which blocks switching
on. Since when a device is on or off is read from the entity that says so. It must not know any device kind.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import State

from ..cem.model import (
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    NumberRange,
    Series,
    Timer,
    Transition,
)
from .base import Device, Sensing
from .common import IDLE_POWER, optional, value
from .reading import is_one_of, known

OFF, ON = "off", "on"
RUN, PAUSE = "run", "pause"

#: States of an entity that tells whether a compressor or heater runs.
RUNNING: Final = ("on", "heating", "cooling", "running", "active", "heat", "cool", "preheating", "drying")

#: Ratio of a mode's least to its greatest power from which on it is one power.
ONE_POWER: Final = 0.98


def powers(data: Mapping[str, Any], default: float) -> tuple[float, float]:
    """Return the least and the greatest electric power in W, from `min_power` and `max_power`.

    Without a least power a device is on or off, unless a number entity sets its power.
    """
    greatest = value(data, "max_power", default, 1.0)
    least = optional(data, "min_power")
    if least is None:
        least = 0.0 if data.get("number_entity") else greatest
    least = min(max(least, 0.0), greatest)
    return (greatest if least >= ONE_POWER * greatest else least), greatest


def running_state(device: Device, sensing: Sensing) -> State | None:
    """Return the entity that says since when the device is on or off: its own signal, else its switch."""
    for key in ("running_entity", "switch_entity"):
        state = sensing.of(device.data.get(key))
        if known(state):
            return state
    return None


def is_on(device: Device, sensing: Sensing, power: float | None, least: float) -> bool:
    """Return whether it heats or cools: by its power, else by the entity that says so."""
    if power is not None:
        return power > max(IDLE_POWER, 0.25 * least)
    return is_one_of(running_state(device, sensing), RUNNING) is True


def since(device: Device, sensing: Sensing, *, on: bool) -> datetime | None:
    """Return since when it is on or off: as an entity says, else as it was seen; None where nobody knows."""
    state = running_state(device, sensing)
    if state is not None:
        return min(state.last_changed, sensing.now) if is_one_of(state, RUNNING) is on else None
    if not sensing.mode_changes:
        return None
    begun, mode = sensing.mode_changes[-1]
    # Of several actuators the record joins the modes; that of what switches here comes first.
    first = mode.split(",")[0].rpartition(":")[2].strip()
    return min(begun, sensing.now) if (first == ON) is on else None


def timing(
    data: Mapping[str, Any], *, on: bool, begun: datetime | None
) -> tuple[tuple[Transition, ...], tuple[Timer, ...]]:
    """Return the transitions between off and on, and the timers of `minimum_run` and `minimum_pause` (minutes)."""
    minutes = {name: value(data, f"minimum_{name}", 0.0, 0.0, 1440.0) for name in (RUN, PAUSE)}
    there = {name: timedelta(minutes=time) for name, time in minutes.items() if time > 0}
    timers = tuple(
        Timer(
            timer_id=name,
            duration=time.total_seconds(),
            finished_at=begun + time if begun is not None and (name == RUN) is on else None,
        )
        for name, time in there.items()
    )

    def some(name: str) -> tuple[str, ...]:
        return (name,) if name in there else ()

    cost = value(data, "start_cost", 0.0, 0.0, 1000.0)
    return (
        Transition(
            transition_id="start",
            from_mode=OFF,
            to_mode=ON,
            start_timers=some(RUN),
            blocking_timers=some(PAUSE),
            cost=cost,
        ),
        Transition(
            transition_id="stop", from_mode=ON, to_mode=OFF, start_timers=some(PAUSE), blocking_timers=some(RUN)
        ),
    ), timers


def starts_a_day(data: Mapping[str, Any]) -> int | None:
    """Return how often it may start a day; None: as often as it likes."""
    most = optional(data, "starts_per_day")
    return None if most is None or most < 0 else min(int(most), 1440)


def share_of_range(power: float | None, least: float, greatest: float) -> float:
    """Return the operation mode factor of a power between two."""
    if power is None or greatest <= least:
        return 1.0
    return min(max((power - least) / (greatest - least), 0.0), 1.0)


def actuator(
    device: Device,
    sensing: Sensing,
    *,
    actuator_id: str,
    least: float,
    greatest: float,
    elements: tuple[tuple[NumberRange, float], ...],
    power: float | None,
    rate_factor: Series | None = None,
) -> FillRateActuator:
    """Return an actuator with the modes off and on.

    `elements`: ranges of levels, each with what 1 W of electricity fills per s.
    """
    on = is_on(device, sensing, power, least)
    transitions, timers = timing(device.data, on=on, begun=since(device, sensing, on=on))
    whole = NumberRange(start=min(entry.lower for entry, _ in elements), end=max(entry.upper for entry, _ in elements))
    still = NumberRange(start=0.0, end=0.0)
    return FillRateActuator(
        actuator_id=actuator_id,
        modes=(
            FillRateMode(mode_id=OFF, elements=(FillRateElement(level_range=whole, fill_rate=still, power=still),)),
            FillRateMode(
                mode_id=ON,
                elements=tuple(
                    FillRateElement(
                        level_range=levels,
                        fill_rate=NumberRange(start=least * rate, end=greatest * rate),
                        power=NumberRange(start=least, end=greatest),
                    )
                    for levels, rate in elements
                ),
            ),
        ),
        transitions=transitions,
        timers=timers,
        active_mode=ON if on else OFF,
        active_factor=share_of_range(power, least, greatest) if on else 0.0,
        maximum_starts_per_day=starts_a_day(device.data),
        starts_today=max(sensing.starts_today, 0),
        rate_factor=rate_factor,
    )
