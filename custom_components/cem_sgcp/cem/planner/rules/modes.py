"""Resources with operation modes in a plan by simple rules.

Quotas are served in the cheapest steps, in one piece where minimum times or starts count. What gives power stays off
unless a limit needs it. Everything else rests in the mode that draws least. It must not know the optimisation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model import ActuatorPlan, Intent, ModeQuota, Note, OperationMode, OperationModes, Resource
from ...model.time_grid import Array
from ..frame import Frame, Ints
from ..messages import note
from ..solution import TINY
from .draft import Draft, device_plan

#: What a quota lacks by less than this is kept, h.
KEPT = 1e-3


@dataclass(slots=True)
class _Modes:
    """What a resource does so far, step by step."""

    mode: list[str]
    factor: Array
    power: Array
    """kW."""
    hours: dict[str, Array]
    """How long each mode is on in each step, h."""


def add_modes(draft: Draft, resource: Resource) -> None:
    """Serve the quotas in the cheapest steps, and rest otherwise."""
    control = resource.control
    if not isinstance(control, OperationModes):
        return
    frame = draft.frame
    usable = _usable(control)
    rest = min(usable, key=lambda mode: (_highest(mode), mode.mode_id != control.active_mode))
    done = _Modes(
        mode=[rest.mode_id] * frame.steps,
        factor=frame.zeros(),
        power=np.full(frame.steps, rest.power.start / 1000.0),
        hours={mode.mode_id: frame.zeros() for mode in usable},
    )
    done.hours[rest.mode_id] = frame.hours.copy()
    free = _held(frame, control, done)
    notes: list[Note] = []
    for quota in sorted(control.quotas, key=lambda entry: (entry.end, entry.start)):
        missing = _serve(draft, control, (usable, done, free), quota)
        if missing > KEPT:
            notes.append(
                note(
                    "quota_missed",
                    resource.resource_id,
                    name=resource.name or resource.resource_id,
                    minutes=f"{missing * 60.0:.0f}",
                    start=max(quota.start, frame.snapshot.now).isoformat(),
                    end=quota.end.isoformat(),
                )
            )
    draft.missed += len(notes)
    _keep(draft, resource, done, tuple(notes))


def add_generation(draft: Draft, resource: Resource) -> None:
    """Let what can give power do so where more would be imported than a limit allows."""
    control = resource.control
    plan = draft.devices.get(resource.resource_id)
    if not isinstance(control, OperationModes) or plan is None or not plan.actuators:
        return
    giving = sorted(
        (mode for mode in _usable(control) if min(mode.power.start, mode.power.end) < 0),
        key=lambda mode: -min(mode.power.start, mode.power.end),
    )
    over = np.clip(-draft.headroom(), 0.0, None)
    if not giving or not (over > TINY).any():
        return
    actuator = plan.actuators[0]
    power = np.array(plan.power) / 1000.0
    mode, factor = list(actuator.mode), list(actuator.factor)
    before = power.copy()
    for step in np.flatnonzero(over > TINY).tolist():
        wanted = float(over[step]) - min(float(power[step]), 0.0)
        enough = (entry for entry in giving if -min(entry.power.start, entry.power.end) / 1000.0 >= wanted)
        best = next(enough, giving[-1])
        mode[step] = best.mode_id
        factor[step], power[step] = _at(best, -wanted)
    draft.net = draft.net - before
    told = device_plan(resource, power, _intents(power)).replace(
        actuators=(actuator.replace(mode=tuple(mode), factor=tuple(factor)),), notes=plan.notes
    )
    draft.net = draft.net + power
    draft.devices[resource.resource_id] = told


def _usable(control: OperationModes) -> list[OperationMode]:
    """Return the modes for normal conditions that can be reached from the present one."""
    normal = [mode for mode in control.modes if not mode.abnormal_condition_only]
    active = control.active_mode
    if not control.transitions or active is None:
        return normal or list(control.modes[:1])
    reached, new = {active}, [active]
    while new:
        mine = new.pop()
        for transition in control.transitions:
            if transition.from_mode == mine and transition.to_mode not in reached:
                reached.add(transition.to_mode)
                new.append(transition.to_mode)
    found = [mode for mode in normal if mode.mode_id in reached]
    return found or [mode for mode in control.modes if mode.mode_id == active] or list(control.modes[:1])


def _highest(mode: OperationMode) -> float:
    return max(abs(mode.power.start), abs(mode.power.end))


def _at(mode: OperationMode, wanted: float) -> tuple[float, float]:
    """Return the factor of a mode at which its power is nearest to a wanted one, and that power, kW."""
    start, end = mode.power.start / 1000.0, mode.power.end / 1000.0
    factor = min(max((wanted - start) / (end - start), 0.0), 1.0) if end != start else 1.0
    return factor, start + factor * (end - start)


def _held(frame: Frame, control: OperationModes, done: _Modes) -> Array:
    """Keep the present mode while timers forbid to leave it; returns which share of each step may be chosen."""
    active = next((mode for mode in control.modes if mode.mode_id == control.active_mode), None)
    if active is None:
        return np.ones(frame.steps)
    ends = {timer.timer_id: timer.finished_at for timer in control.timers}
    leaving = [entry for entry in control.transitions if entry.from_mode == active.mode_id]
    waits = [
        max((end.timestamp() for name in entry.blocking_timers if (end := ends.get(name)) is not None), default=0.0)
        for entry in leaving
    ]
    until = min(waits, default=0.0)
    held = frame.share(frame.now, until) > TINY if until > frame.now else np.zeros(frame.steps, dtype=bool)
    at = np.flatnonzero(held)
    power = active.power.start + control.active_factor * (active.power.end - active.power.start)
    for step in at.tolist():
        done.hours[done.mode[step]][step] = 0.0
        done.mode[step] = active.mode_id
        done.factor[step] = control.active_factor
        done.power[step] = power / 1000.0
        done.hours.setdefault(active.mode_id, frame.zeros())[step] = frame.hours[step]
    return np.where(held, 0.0, 1.0)


def _serve(
    draft: Draft, control: OperationModes, so_far: tuple[list[OperationMode], _Modes, Array], quota: ModeQuota
) -> float:
    """Put the time that a quota wants into the cheapest steps; returns what is missing, h."""
    usable, done, free = so_far
    frame = draft.frame
    inside = frame.share(max(quota.start.timestamp(), frame.now), quota.end.timestamp())
    missing = quota.minimum / 3600.0 - sum(
        float(done.hours[name] @ inside) for name in quota.modes if name in done.hours
    )
    serving = [mode for mode in usable if mode.mode_id in quota.modes]
    if missing <= KEPT or not serving:
        return max(missing, 0.0)
    best = min(serving, key=lambda mode: (_highest(mode), mode.mode_id))
    power = best.power.end / 1000.0
    added = power - done.power
    at_hand = (free > 0) & (inside > 0) & np.array([name not in quota.modes for name in done.mode])
    price = draft.price() * added
    if quota.price is not None and power > 0:
        at_hand &= price <= quota.price
    peak = added > np.maximum(draft.free_room(), 0.0) + TINY
    at_hand &= (added <= np.maximum(draft.headroom(), 0.0) + TINY) | (added <= 0)
    steps: Ints
    if control.timers or control.maximum_starts_per_day is not None:
        steps = _in_one_piece(frame, at_hand, inside, price + 1e3 * peak * frame.scale, missing)
    else:
        steps = np.flatnonzero(at_hand)
        steps = steps[np.lexsort((steps, price[steps], peak[steps]))]
    for step in steps.tolist():
        if missing <= KEPT:
            break
        hours = float(inside[step] * frame.hours[step])
        share = min(missing / hours, 1.0) * float(inside[step])
        done.mode[step], done.factor[step] = best.mode_id, 1.0
        done.power[step] += share * (power - done.power[step])
        for name in done.hours:
            done.hours[name][step] *= 1.0 - share
        done.hours[best.mode_id][step] += share * frame.hours[step]
        missing -= hours * min(missing / hours, 1.0)
    return max(missing, 0.0)


def _in_one_piece(frame: Frame, at_hand: NDArray[np.bool_], inside: Array, price: Array, missing: float) -> Ints:
    """Return the cheapest steps in a row that are long enough, or the longest row there is."""
    hours = inside * frame.hours
    best: tuple[float, float, int, int] | None = None
    for first in range(frame.steps):
        taken, cost, last = 0.0, 0.0, first
        while last < frame.steps and at_hand[last] and taken < missing - KEPT:
            part = min(float(hours[last]), missing - taken)
            taken += part
            cost += part * float(price[last])
            last += 1
        rank = (round(missing - taken, 6), cost, first, last)
        if last > first and (best is None or rank < best):
            best = rank
    return np.arange(best[2], best[3]) if best is not None else np.zeros(0, dtype=np.int64)


def _intents(power: Array) -> tuple[Intent, ...]:
    return tuple(Intent.ON if abs(entry) > TINY else Intent.OFF for entry in power)


def _keep(draft: Draft, resource: Resource, done: _Modes, notes: tuple[Note, ...]) -> None:
    plan = device_plan(resource, done.power, _intents(done.power))
    actuator = ActuatorPlan(actuator_id=resource.resource_id, mode=tuple(done.mode), factor=tuple(done.factor.tolist()))
    draft.keep(resource, plan.replace(actuators=(actuator,), notes=notes), done.power)
