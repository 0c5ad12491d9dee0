"""Modes: what the actuators of a resource can be put into now.

Read from S2's operation modes, transitions and timers (EN 50491-12-2: OMBC, FRBC, DDBC). A change must be a permitted
transition that no running timer blocks; modes and transitions for abnormal conditions exist only in those. One thing
is always allowed when a limit asks for it: less. A least time on gives way to electrical safety and to the grid's
emergency; a least time off never does, so that no compressor starts against pressure. It must not know plans, limits
or the house.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Final

from ..model import (
    DemandDriven,
    DemandDrivenActuator,
    FillRate,
    FillRateActuator,
    ModeChoice,
    NumberRange,
    OperationModes,
    Resource,
    Timer,
    Transition,
)
from .levels import away, element_at, full_or_empty

#: Several actuators make so many combinations at most; more are thinned to those in use and the lowest ones.
MOST_OPTIONS: Final = 256
#: Actuators beyond these keep their lowest mode where combinations are thinned.
_MOST_FREE: Final = 8
_WATT: Final = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One mode of one actuator as it behaves now."""

    actuator_id: str
    mode_id: str
    power: tuple[float, float]
    """W at operation mode factor 0 and 1."""
    supply: tuple[float, float]
    """Level or demand unit per s at operation mode factor 0 and 1."""
    permitted: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One mode for each actuator."""

    parts: tuple[Part, ...]
    start: float
    """W together at operation mode factor 0."""
    end: float
    """W together at operation mode factor 1."""
    permitted: bool
    """False: only a limit may ask for it, because it is less than now although a timer blocks the way."""

    @property
    def lower(self) -> float:
        """Lowest power, W."""
        return min(self.start, self.end)

    @property
    def upper(self) -> float:
        """Highest power, W."""
        return max(self.start, self.end)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Actuator and mode."""
        return tuple((part.actuator_id, part.mode_id) for part in self.parts)

    @property
    def fills(self) -> bool:
        """Whether it can supply anything."""
        return any(max(part.supply) > 0.0 for part in self.parts)

    @property
    def generates(self) -> bool:
        """Whether it gives power, whatever the factor."""
        return self.upper <= _WATT and self.lower < -_WATT

    @property
    def same(self) -> int:
        """How many actuators stay in their mode."""
        return sum(part.active for part in self.parts)

    def factor(self, power: float) -> float:
        """Return the common operation mode factor of a power, 1 where it makes no difference."""
        span = self.end - self.start
        return 1.0 if abs(span) < _WATT else min(max((power - self.start) / span, 0.0), 1.0)

    def power(self, factors: Sequence[float]) -> float:
        """Return the power together at operation mode factors, W."""
        return sum(
            part.power[0] + share * (part.power[1] - part.power[0])
            for part, share in zip(self.parts, factors, strict=True)
        )

    def supply(self, factors: Sequence[float]) -> float:
        """Return what is supplied together at operation mode factors, unit per s."""
        return sum(
            part.supply[0] + share * (part.supply[1] - part.supply[0])
            for part, share in zip(self.parts, factors, strict=True)
        )

    def enough(self, demand: float) -> float:
        """Return the common factor at which a demand is just met; 1 where it never is."""
        low, high = self.supply([0.0] * len(self.parts)), self.supply([1.0] * len(self.parts))
        if abs(high - low) < 1e-12:
            return 1.0
        return min(max((demand - low) / (high - low), 0.0), 1.0)

    def choices(self, factors: Sequence[float]) -> tuple[ModeChoice, ...]:
        """Return it as an instruction says it."""
        return tuple(
            ModeChoice(actuator_id=part.actuator_id, mode_id=part.mode_id, factor=round(min(max(share, 0.0), 1.0), 4))
            for part, share in zip(self.parts, factors, strict=True)
        )


def options(resource: Resource, now: datetime, *, abnormal: bool, was_full: bool = False) -> tuple[Option, ...]:
    """Return what the actuators can be put into now, what only a limit may ask for included; empty without modes.

    A store that can also supply follows the house by power alone and has none.
    """
    control = resource.control
    if isinstance(control, OperationModes):
        found = [_of_modes(resource.resource_id, control, now, abnormal=abnormal)]
    elif isinstance(control, DemandDriven):
        found = [_of_demand(actuator, now, abnormal=abnormal) for actuator in control.actuators]
    elif isinstance(control, FillRate) and not supplies(control):
        if away(control, now):
            return ()
        found = [_of_store(actuator, control.level, now, abnormal=abnormal) for actuator in control.actuators]
    else:
        return ()
    joined = [_joined(parts) for parts in product(*_thinned(found))]
    if isinstance(control, FillRate) and full_or_empty(control, was_full=was_full)[0]:
        resting = [entry for entry in joined if not entry.fills]
        if not any(entry.permitted for entry in resting):
            # What is over full stops, whatever is running.
            resting = [replace(entry, permitted=True) for entry in resting]
        joined = resting or joined
    return tuple(joined)


def supplies(control: FillRate) -> bool:
    """Whether a store can supply, full or empty; a cogenerator that fills a store of heat does not empty it."""
    return any(
        element.power.lower < 0.0 and element.fill_rate.lower < 0.0
        for actuator in control.actuators
        for mode in actuator.modes
        for element in mode.elements
    )


# --------------------------------------------------------------------------------------------- from the control types


def _of_modes(name: str, control: OperationModes, now: datetime, *, abnormal: bool) -> list[Part]:
    shown = [
        (mode.mode_id, mode.power, NumberRange(start=0.0, end=0.0), mode.abnormal_condition_only)
        for mode in control.modes
    ]
    ways = _ways(control.transitions, control.timers, control.active_mode, now, abnormal=abnormal)
    return _parts(name, shown, control.active_mode, ways, abnormal=abnormal)


def _of_demand(actuator: DemandDrivenActuator, now: datetime, *, abnormal: bool) -> list[Part]:
    scale = None if actuator.supply_factor is None else actuator.supply_factor.at(now)
    shown = [
        (mode.mode_id, mode.power, _scaled(mode.supply_rate, scale), mode.abnormal_condition_only)
        for mode in actuator.modes
    ]
    ways = _ways(actuator.transitions, actuator.timers, actuator.active_mode, now, abnormal=abnormal)
    return _parts(actuator.actuator_id, shown, actuator.active_mode, ways, abnormal=abnormal)


def _of_store(actuator: FillRateActuator, level: float, now: datetime, *, abnormal: bool) -> list[Part]:
    scale = None if actuator.rate_factor is None else actuator.rate_factor.at(now)
    shown = []
    for mode in actuator.modes:
        element = element_at(mode, level)
        shown.append((mode.mode_id, element.power, _scaled(element.fill_rate, scale), mode.abnormal_condition_only))
    ways = _ways(actuator.transitions, actuator.timers, actuator.active_mode, now, abnormal=abnormal)
    return _parts(actuator.actuator_id, shown, actuator.active_mode, ways, abnormal=abnormal)


def _scaled(rate: NumberRange, scale: float | None) -> NumberRange:
    # A factor may be wrong; it must not carry a rate out of what a number may be.
    if scale is None or not abs(scale) <= 1e3:
        return rate
    return NumberRange(start=rate.start * scale, end=rate.end * scale) if abs(rate.upper) < 1e9 else rate


def _ways(
    transitions: Iterable[Transition], timers: Iterable[Timer], active: str | None, now: datetime, *, abnormal: bool
) -> frozenset[str] | None:
    """Return the modes that may be changed to now; None: any, because nothing is said or the mode is not known."""
    transitions = tuple(transitions)
    if active is None or not transitions:
        return None
    running = {timer.timer_id for timer in timers if timer.finished_at is not None and timer.finished_at > now}
    return frozenset(
        entry.to_mode
        for entry in transitions
        if entry.from_mode == active
        and (abnormal or not entry.abnormal_condition_only)
        and running.isdisjoint(entry.blocking_timers)
    )


def _parts(
    name: str,
    shown: Sequence[tuple[str, NumberRange, NumberRange, bool]],
    active: str | None,
    ways: frozenset[str] | None,
    *,
    abnormal: bool,
) -> list[Part]:
    # A mode for abnormal conditions that somebody chose by hand is left, not kept.
    usable = [entry for entry in shown if abnormal or not entry[3]] or list(shown)
    present = next((_size(entry[1]) for entry in shown if entry[0] == active), 0.0)
    found: list[Part] = []
    for mode_id, power, supply, _ in usable:
        permitted = ways is None or mode_id == active or mode_id in ways
        if permitted or _size(power) < present:
            found.append(
                Part(name, mode_id, (power.start, power.end), (supply.start, supply.end), permitted, mode_id == active)
            )
    if not any(part.permitted for part in found):
        # Nothing leads out of a mode that must not last: whatever is less will do.
        usable.sort(key=lambda entry: _size(entry[1]))
        found = [
            Part(name, mode_id, (power.start, power.end), (supply.start, supply.end), True, mode_id == active)
            for mode_id, power, supply, _ in usable[:1]
        ]
    return found


def _size(power: NumberRange) -> float:
    return max(abs(power.start), abs(power.end))


def _joined(parts: tuple[Part, ...]) -> Option:
    return Option(
        parts=parts,
        start=sum(part.power[0] for part in parts),
        end=sum(part.power[1] for part in parts),
        permitted=all(part.permitted for part in parts),
    )


def _thinned(found: list[list[Part]]) -> list[list[Part]]:
    count = 1
    for parts in found:
        count *= len(parts)
    if count <= MOST_OPTIONS:
        return found
    thin: list[list[Part]] = []
    for number, parts in enumerate(found):
        low = min(parts, key=lambda part: max(map(abs, part.power)))
        active = [part for part in parts if part.active and part is not low]
        high = [max(parts, key=lambda part: max(map(abs, part.power)))]
        free = number < _MOST_FREE
        thin.append([low, *(active or high)] if free and (active or high[0] is not low) else [low])
    return thin
