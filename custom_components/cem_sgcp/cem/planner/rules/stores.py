"""Stores in a plan by simple rules: filled in the cheapest steps before they need it, else covering the house.

A store needs to be filled for its targets and for what it loses: the level is followed step by step, with leakage and
use, and wherever it would fall below its band, the cheapest steps before are filled that the limits leave room for,
those first that raise no peak that is charged. It must not know the optimisation.
"""

from dataclasses import dataclass

import numpy as np

from ...model import FillRate, Intent, LevelTarget, Note, Resource
from ...model.time_grid import Array
from ..frame import Frame
from ..messages import note
from ..solution import TINY, numbers, watts
from ..stores.lines import Reach, actuator_lines, level_per_kwh, presence, reach_of
from .draft import Draft, device_plan

#: What is missing by less than this is kept, kWh.
KEPT = 1e-6


@dataclass(frozen=True, slots=True)
class _Store:
    """A store in the planner's units; arrays have one value per step."""

    control: FillRate
    unit: float
    """Level units per kWh."""
    reach: Reach
    present: Array
    stored: Array
    """kWh stored per kWh taken."""
    usage: Array
    """kWh per h."""
    low: float
    """kWh."""
    high: Array

    @property
    def begin(self) -> float:
        """The present level, kWh."""
        return self.control.level / self.unit

    def gain(self, power: float, step: int) -> float:
        """Return what a power in kW stores per hour, kWh."""
        return power * (float(self.stored[step]) if power > 0 else self.reach.drawn_per_kwh)

    def after(self, frame: Frame, level: float, power: float, step: int) -> float:
        """Return the level after a step, kWh."""
        lost = float(self.usage[step]) + self._leakage(level)
        return level + (self.gain(power, step) - lost) * float(frame.hours[step])

    def levels(self, frame: Frame, power: Array) -> Array:
        """Return the level at the end of each step, kWh."""
        level, levels = self.begin, frame.zeros()
        for step in range(frame.steps):
            level = self.after(frame, level, float(power[step]), step)
            levels[step] = level
        return levels

    def _leakage(self, level: float) -> float:
        if not self.control.leakage:
            return 0.0
        mine = level * self.unit
        nearest = min(
            self.control.leakage,
            key=lambda entry: max(entry.level_range.lower - mine, mine - entry.level_range.upper, 0.0),
        )
        return nearest.rate * 3600.0 / self.unit

    @property
    def loses(self) -> bool:
        """Whether its level falls by itself."""
        return bool(self.usage.any()) or any(entry.rate > 0 for entry in self.control.leakage)


@dataclass(frozen=True, slots=True)
class _Need:
    """The level that a store needs at a moment."""

    moment: float
    """Seconds since 1970."""
    level: float
    """kWh."""
    target: LevelTarget | None


def add_store(draft: Draft, resource: Resource) -> None:
    """Fill for what is needed in the cheapest steps; what needs nothing takes surplus and covers the house."""
    control = resource.control
    if not isinstance(control, FillRate):
        return
    frame = draft.frame
    store = _store(frame, control)
    reach = store.reach
    wanted, lacking = _filling(draft, store)
    headroom = draft.headroom()
    power = frame.zeros()
    levels = frame.zeros()
    intents: list[Intent] = []
    level = store.begin
    for step in range(frame.steps):
        hours, net = float(frame.hours[step]), float(draft.net[step])
        share = float(store.present[step])
        charge, discharge = float(reach.charge[step] * share), float(reach.discharge[step] * share)
        if not charge and not discharge:
            intents.append(Intent.IDLE)
        elif wanted[step] > TINY:
            power[step] = wanted[step]
            intents.append(Intent.CHARGE_GRID)
        elif net < 0 and store.stored[step] > 0:
            power[step] = min(-net, charge) if -net >= reach.least else 0.0
            intents.append(Intent.SELF_CONSUMPTION if discharge else Intent.CHARGE_SURPLUS)
        elif discharge and (not control.targets or headroom[step] < -TINY):
            power[step] = -min(net if not control.targets else -float(headroom[step]), discharge)
            intents.append(Intent.SELF_CONSUMPTION if not control.targets else Intent.COVER_HOUSE)
        else:
            intents.append(Intent.HOLD)
        if power[step] > 0:
            room = max(float(store.high[step]) - store.after(frame, level, 0.0, step), 0.0)
            power[step] = min(power[step], room / (float(store.stored[step]) * hours))
            power[step] = power[step] if power[step] >= reach.least * share - 1e-9 else 0.0
        elif power[step] < 0:
            power[step] = max(power[step], -max(level - store.low, 0.0) / (reach.drawn_per_kwh * hours))
        level = store.after(frame, level, float(power[step]), step)
        levels[step] = level
    told = _lacking_notes(frame, resource, store, lacking)
    draft.missed += len(told)
    shortfall = max((missing for _, missing in lacking), default=0.0) * store.unit
    plan = device_plan(resource, power, tuple(intents)).replace(notes=told, shortfall=round(shortfall, 6))
    both = np.array([intent is Intent.SELF_CONSUMPTION for intent in intents])
    takes = both | np.array([intent is Intent.CHARGE_SURPLUS for intent in intents])
    lowest = np.where(both, -reach.discharge, np.where(takes, 0.0, power))
    draft.keep(
        resource,
        plan.replace(
            lower=watts(np.minimum(lowest, power)),
            upper=watts(np.where(takes, reach.charge, power)),
            level=numbers(levels * store.unit, 6),
        ),
        power,
    )


def needs_filling(resource: Resource) -> bool:
    """Whether a store has a target, or a level that falls by itself."""
    control = resource.control
    if not isinstance(control, FillRate):
        return False
    return bool(control.targets) or control.usage is not None or any(entry.rate > 0 for entry in control.leakage)


def _store(frame: Frame, control: FillRate) -> _Store:
    unit = level_per_kwh(control)
    present = presence(frame, control)
    reach = reach_of([actuator_lines(entry, control.level, unit) for entry in control.actuators], present)
    factors = [entry.rate_factor.on(frame.grid) for entry in control.actuators if entry.rate_factor is not None]
    factor = np.nan_to_num(np.max(factors, axis=0), nan=1.0) if factors else np.ones(frame.steps)
    usage = np.nan_to_num(control.usage.on(frame.grid)) * 3600.0 / unit if control.usage is not None else frame.zeros()
    high = np.full(frame.steps, control.level_range.end / unit)
    for target in control.targets:
        if target.maximum is not None:
            inside = frame.share(target.start.timestamp(), target.end.timestamp()) > 0
            high = np.where(inside, np.minimum(high, target.maximum / unit), high)
    return _Store(
        control=control,
        unit=unit,
        reach=reach,
        present=present,
        stored=reach.stored_per_kwh * np.maximum(factor, 0.0),
        usage=usage,
        low=control.level_range.start / unit,
        high=high,
    )


def _needs(frame: Frame, store: _Store) -> list[_Need]:
    """Return what the store needs and when, in the order of time."""
    found: list[_Need] = []
    for target in store.control.targets:
        if target.minimum is None:
            continue
        first = max(target.start.timestamp(), frame.now)
        last = min(target.end.timestamp(), frame.horizon)
        if first > last:
            continue
        inner = frame.edges[(frame.edges > first) & (frame.edges <= last)] if store.loses else np.zeros(0)
        found += [_Need(float(at), target.minimum / store.unit, target) for at in (first, *inner)]
    if store.loses or store.begin < store.low:
        found += [_Need(float(at), store.low, None) for at in frame.edges[1:]]
    return sorted(found, key=lambda need: (need.moment, -need.level))


def _filling(draft: Draft, store: _Store) -> tuple[Array, list[tuple[_Need, float]]]:
    """Return the kW per step that keep the level where it must be, and what lacks all the same, kWh."""
    frame = draft.frame
    power = frame.zeros()
    lacking: list[tuple[_Need, float]] = []
    needs = _needs(frame, store)
    if not needs:
        return power, lacking
    price, rooms = draft.price(), (draft.free_room(), draft.headroom())
    levels = store.levels(frame, power)
    for need in needs:
        step = min(max(int(np.searchsorted(frame.edges, need.moment - 1e-6)) - 1, 0), frame.steps - 1)
        before = frame.share(frame.now, max(need.moment, frame.now + 1.0))
        while (missing := need.level - _level_at(frame, store, levels, need.moment, step)) > KEPT:
            taken = _cheapest(frame, store, (price, rooms, before), (power, levels, step), missing)
            if taken is None:
                lacking.append((need, missing))
                break
            at, more = taken
            power[at] += more
            levels = store.levels(frame, power)
    return power, lacking


def _level_at(frame: Frame, store: _Store, levels: Array, moment: float, step: int) -> float:
    return store.begin if moment <= frame.now + 1.0 else float(levels[step])


def _cheapest(
    frame: Frame,
    store: _Store,
    offered: tuple[Array, tuple[Array, Array], Array],
    so_far: tuple[Array, Array, int],
    missing: float,
) -> tuple[int, float] | None:
    """Return the cheapest step up to the one that needs it with room for more, and how much more, kW."""
    price, rooms, before = offered
    power, levels, last = so_far
    least = max(store.reach.least, 0.0)
    steps = np.flatnonzero((store.stored[: last + 1] > 0) & (before[: last + 1] > 0))
    order = steps[np.lexsort((steps, price[steps] / store.stored[steps]))]
    highest = np.maximum.accumulate((levels - store.high)[last::-1])[::-1]
    for room in rooms:
        most = np.minimum(store.present * store.reach.charge * before, np.maximum(room, 0.0)) - power
        for step in order.tolist():
            per_kw = float(store.stored[step] * frame.hours[step])
            bounds = (float(most[step]), -float(highest[step]) / per_kw)
            more = min(*bounds, max(missing / per_kw, least * float(before[step]) - float(power[step])))
            if more > 1e-9 and power[step] + more >= least * before[step] - 1e-9:
                return step, more
    return None


def _lacking_notes(
    frame: Frame, resource: Resource, store: _Store, lacking: list[tuple[_Need, float]]
) -> tuple[Note, ...]:
    """Say which targets are missed, and for how long the level is below its range."""
    name = resource.name or resource.resource_id
    notes: list[Note] = []
    told: set[int] = set()
    for need, missing in lacking:
        target = need.target
        if target is None or id(target) in told or missing * store.unit < 1e-3 * max(abs(target.minimum or 0.0), 1.0):
            continue
        told.add(id(target))
        minutes = missing / store.reach.fastest * 60.0 if store.reach.fastest > 0 else 0.0
        notes.append(
            note(
                "target_missed" if minutes else "target_out_of_reach",
                resource.resource_id,
                name=name,
                target=f"{target.minimum:.6g}",
                unit=store.control.level_unit,
                at=max(target.start, frame.snapshot.now).isoformat(),
                shortfall=f"{missing * store.unit:.4g}",
                minutes=f"{minutes:.0f}",
            )
        )
    below = [(need, missing) for need, missing in lacking if need.target is None and missing > 1e-4]
    if below:
        end = int(np.searchsorted(frame.edges, below[-1][0].moment - 1e-6))
        notes.append(
            note(
                "level_below",
                resource.resource_id,
                name=name,
                shortfall=f"{max(missing for _, missing in below) * store.unit:.4g}",
                unit=store.control.level_unit,
                until=frame.grid.edges[min(end, frame.steps)].isoformat(),
            )
        )
    return tuple(notes)
