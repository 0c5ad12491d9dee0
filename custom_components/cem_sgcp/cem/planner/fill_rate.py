"""Fill rate (S2 FRBC): a store with its level and the actuators that fill or empty it: battery, EV, boiler, buffer.

A mode that starts at nothing needs one column per step; a mode that starts higher (an EV charges with 6 A or not at
all) also a yes or no. Charging and discharging in the same step are forbidden by a yes or no only where prices invite
to waste energy, or where a first solution did it all the same (`forbid_both`).

    level after − level before x (1 − relative leakage x time) = (Σ fill rate − constant leakage − usage) x time

The level stays in its range and meets its targets softly, at a high price, so that a store found outside its range or
a departure that comes too early still gets a plan that says what lacks. It must not know any device kind.
"""

from dataclasses import dataclass, field

import numpy as np

from ..model import DevicePlan, FillRate, LevelTarget, Note, Resource
from ..model.time_grid import Array
from .frame import Ints
from .matrix import Rule
from .messages import note
from .problem import OUT_OF_RANGE, Problem, Solved
from .solution import device_cost, numbers, watts
from .store_intent import intents
from .store_lines import Actuator, Line, Reach, actuator_lines, level_per_kwh, presence, reach_of, terminal_value
from .store_targets import add_target

#: Price of being above the range where the store was found above it: it may drift back. Price scales per kWh and h.
DRIFT_BACK = 0.01

#: A trace that fills stores early that only fill, in price scales per kWh that is there for the whole time.
EARLY_FILLING = 3e-4

#: A trace on what goes in and out, in price scales per kWh: of plans of equal cost the one with less wear is taken.
THROUGHPUT = 2e-5


@dataclass(slots=True)
class _Flows:
    """What the actuators add, gathered before it goes into the problem: (step, column, value)."""

    power: list[tuple[Ints, Ints, Array]] = field(default_factory=list)
    fill: list[tuple[Ints, Ints, Array]] = field(default_factory=list)
    opposite: list[tuple[Ints, Ints]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FillRatePart:
    """The columns of one store."""

    resource: Resource
    control: FillRate
    unit: float
    """Level units per kWh."""
    level: Ints
    below: Ints
    above: Ints
    level_rows: Ints
    targets: tuple[tuple[LevelTarget, int, int], ...]
    """Target, column of what lacks, column of what is too much."""
    reach: Reach
    opposite: tuple[tuple[Ints, Ints], ...]
    """Per actuator with both, the columns of filling and of emptying."""

    def read(self, solved: Solved) -> DevicePlan:
        """Return power, level, value and intent per step."""
        power = solved.power(self.resource)
        value = -solved.duals[self.level_rows]
        chosen, lower, upper = intents(solved, self.reach, power, value)
        lacking = [float(solved.x[column]) for _, low, high in self.targets for column in (low, high)]
        shortfall = max(lacking, default=0.0) * self.unit
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=chosen,
            power=watts(power),
            lower=watts(lower),
            upper=watts(upper),
            level=numbers(self.levels(solved) * self.unit, 6),
            stored_value=numbers(value, 6),
            cost=device_cost(solved, self.resource),
            shortfall=shortfall if shortfall > 1e-6 * self.unit else 0.0,
            notes=(*self._missed(solved), *self._below(solved)),
        )

    def levels(self, solved: Solved) -> Array:
        """Return the level at the end of each step, kWh."""
        level: Array = solved.x[self.level] - solved.x[self.below] + solved.x[self.above]
        return level

    def wasteful(self, x: Array) -> Ints:
        """Return the steps in which an actuator both fills and empties."""
        both = np.zeros(len(self.level), dtype=bool)
        for filling, emptying in self.opposite:
            both |= (x[filling] > 1e-6) & (x[emptying] > 1e-6)
        return np.flatnonzero(both)

    def _missed(self, solved: Solved) -> tuple[Note, ...]:
        notes = []
        for target, low, _ in self.targets:
            lacking = float(solved.x[low])
            if target.minimum is None or lacking * self.unit < 1e-3 * max(abs(target.minimum), 1.0):
                continue
            minutes = lacking / self.reach.fastest * 60.0 if self.reach.fastest > 0 else 0.0
            notes.append(
                note(
                    "target_missed" if minutes else "target_out_of_reach",
                    self.resource.resource_id,
                    name=self.resource.name or self.resource.resource_id,
                    target=f"{target.minimum:.6g}",
                    unit=self.control.level_unit,
                    at=max(target.start, solved.problem.frame.snapshot.now).isoformat(),
                    shortfall=f"{lacking * self.unit:.4g}",
                    minutes=f"{minutes:.0f}",
                )
            )
        return tuple(notes)

    def _below(self, solved: Solved) -> tuple[Note, ...]:
        below = solved.x[self.below]
        at = np.flatnonzero(below > 1e-4)
        if not len(at):
            return ()
        return (
            note(
                "level_below",
                self.resource.resource_id,
                name=self.resource.name or self.resource.resource_id,
                shortfall=f"{float(below.max()) * self.unit:.4g}",
                unit=self.control.level_unit,
                until=solved.problem.frame.grid.edges[int(at[-1]) + 1].isoformat(),
            ),
        )


def add(problem: Problem, resource: Resource, control: FillRate) -> FillRatePart:
    """Add a store."""
    frame = problem.frame
    unit = level_per_kwh(control)
    present = presence(frame, control)
    flows = _Flows()
    actuators = [actuator_lines(actuator, control.level, unit) for actuator in control.actuators]
    for actuator in actuators:
        _add_actuator(problem, actuator, present, flows)
    reach = reach_of(actuators, present)
    idles = all(actuator.can_idle for actuator in actuators)
    level, below, above, rows = _add_level(problem, control, unit, flows, reach, idles=idles)
    levels = level, below, above
    targets = tuple(
        entry for target in control.targets if (entry := add_target(problem, control, target, unit, levels)) is not None
    )
    ends = [[power for line in actuator.lines for power in line.power] for actuator in actuators]
    steps, columns, values = _joined(flows.power)
    problem.device(
        resource,
        constant=frame.zeros(),
        most=present * sum(max([*end, 0.0]) for end in ends),
        least=present * sum(min([*end, 0.0]) for end in ends),
        entries=(steps, columns, values),
    )
    return FillRatePart(
        resource=resource,
        control=control,
        unit=unit,
        level=level,
        below=below,
        above=above,
        level_rows=rows,
        targets=targets,
        reach=reach,
        opposite=tuple(flows.opposite),
    )


def forbid_both(problem: Problem, part: FillRatePart, steps: Ints) -> None:
    """Forbid filling and emptying by the same actuator in some steps."""
    for filling, emptying in part.opposite:
        either = problem.columns(len(steps), upper=1.0, integer=True)
        problem.rule(either, _greater(filling[steps], emptying[steps]))
        rows = problem.rows(2 * len(steps), -np.inf, np.repeat([0.0, 1.0], len(steps)))
        problem.put(rows[: len(steps)], filling[steps], 1.0)
        problem.put(rows[: len(steps)], either, -1.0)
        problem.put(rows[len(steps) :], emptying[steps], 1.0)
        problem.put(rows[len(steps) :], either, 1.0)


def _greater(first: Ints, second: Ints) -> Rule:
    return lambda x: (x[first] >= x[second]).astype(np.float64)


def _enough(chosen: Ints, factor: Ints | None, line: Line) -> Rule:
    """Return the rule for a mode that starts above zero: on as often as its energy asks for.

    A step with enough power is on; what other steps lack for the least power is handed on to the next ones until it
    makes up a step.
    """
    growth = (line.power[1] - line.power[0]) / line.power[0] if line.power[0] else 0.0

    def rule(x: Array) -> Array:
        wanted = np.minimum(x[chosen] + (growth * x[factor] if factor is not None else 0.0), 1.0)
        on = np.zeros(len(wanted))
        owed = 0.0
        for step in np.flatnonzero(wanted > 1e-6):
            owed += wanted[step]
            if owed >= 0.5:
                on[step] = 1.0
                owed -= 1.0
        return on

    return rule


def _joined(flows: list[tuple[Ints, Ints, Array]]) -> tuple[Ints, Ints, Array]:
    nothing = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([nothing, *(flow[0] for flow in flows)]),
        np.concatenate([nothing, *(flow[1] for flow in flows)]),
        np.concatenate([np.zeros(0), *(flow[2] for flow in flows)]),
    )


def _add_actuator(problem: Problem, actuator: Actuator, present: Array, flows: _Flows) -> None:
    """Add the columns of an actuator: a factor per mode and step, and a yes or no where the mode starts above zero."""
    if not actuator.lines:
        return
    frame = problem.frame
    steps = np.arange(frame.steps)
    there = present > 0
    only = len(actuator.lines) == 1
    sharing: list[Ints] = []
    yes_or_no: list[Ints] = []
    directions: dict[bool, Ints] = {}
    for line in actuator.lines:
        if line.from_zero:
            factor = problem.columns(
                frame.steps,
                upper=present,
                worth=line.cost[1] * frame.hours,
                extra=THROUGHPUT * frame.scale * abs(line.power[1]) * frame.hours,
            )
            _flow(flows, line, steps, factor, 1.0, end=1)
            sharing.append(factor)
            directions.setdefault(line.fills, factor)
            continue
        always = only and not actuator.can_idle
        chosen = problem.columns(
            frame.steps,
            lower=there.astype(float) if always else 0.0,
            upper=there.astype(float),
            worth=line.cost[0] * frame.hours * present,
            integer=not always,
        )
        _flow(flows, line, steps, chosen, present, end=0)
        sharing.append(chosen)
        span = Line(
            power=(0.0, line.power[1] - line.power[0]),
            fill=(0.0, line.fill[1] - line.fill[0]),
            cost=(0.0, line.cost[1] - line.cost[0]),
        )
        if not always:
            yes_or_no.append(chosen)
        more: Ints | None = None
        if not span.nothing or span.cost[1]:
            more = problem.columns(frame.steps, upper=1.0, worth=span.cost[1] * frame.hours * present)
            _flow(flows, span, steps, more, present, end=1)
            rows = problem.rows(frame.steps, -np.inf, 0.0)
            problem.put(rows, more, 1.0)
            problem.put(rows, chosen, -1.0)
        if not always and len(actuator.lines) - sum(entry.from_zero for entry in actuator.lines) == 1:
            problem.rule(chosen, _enough(chosen, more, line))
    if len(yes_or_no) > 1:
        for step in np.flatnonzero(there):
            problem.chosen_by_rows(np.array([chosen[step] for chosen in yes_or_no]), optional=actuator.can_idle)
    if not only:
        rows = problem.rows(frame.steps, -np.inf if actuator.can_idle else there.astype(float), there.astype(float))
        for columns in sharing:
            problem.put(rows, columns, 1.0)
    if len(directions) == 2:
        flows.opposite.append((directions[True], directions[False]))


def _flow(flows: _Flows, line: Line, steps: Ints, columns: Ints, share: Array | float, *, end: int) -> None:
    ones = np.ones(len(steps))
    if line.power[end]:
        flows.power.append((steps, columns, line.power[end] * share * ones))
    if line.fill[end]:
        flows.fill.append((steps, columns, line.fill[end] * share * ones))


def _add_level(
    problem: Problem, control: FillRate, unit: float, flows: _Flows, reach: Reach, *, idles: bool
) -> tuple[Ints, Ints, Ints, Ints]:
    """Add the level at the end of each step: columns in, below and above the range, and the rows that link them."""
    frame = problem.frame
    start = control.level / unit
    low, high = control.level_range.start / unit, control.level_range.end / unit
    constant, relative = _leakage(control, unit)
    usage = np.nan_to_num(control.usage.on(frame.grid)) * 3600.0 / unit if control.usage is not None else frame.zeros()
    loss = (constant + usage) * frame.hours
    kept = np.clip(1.0 - relative * frame.hours, 0.0, 1.0)
    natural = _natural(start, loss, kept)
    excess = np.clip(natural - high, 0.0, None)
    sinks = bool(natural.min() < low - 1e-9) or not idles
    value = terminal_value(frame, control, reach, unit)
    worth = frame.zeros()
    worth[-1] = -value
    problem.offset += value * start
    penalty = OUT_OF_RANGE * frame.scale * frame.hours
    # A car on a flat tariff is rather full too early than just in time.
    sooner = EARLY_FILLING * frame.scale / frame.hours.sum() if not reach.discharge.any() else 0.0
    level = problem.columns(frame.steps, lower=low, upper=high, worth=worth, extra=-sooner * frame.hours)
    below = problem.columns(frame.steps, upper=np.inf if sinks else 0.0, worth=-worth, penalty=penalty)
    above = problem.columns(
        frame.steps,
        upper=excess if idles else np.inf,
        worth=worth,
        extra=DRIFT_BACK * frame.scale * frame.hours,
        penalty=0.0 if idles else penalty,
    )
    first = np.zeros(frame.steps)
    first[0] = kept[0] * start
    rows = problem.rows(frame.steps, first - loss, first - loss)
    for columns, sign in ((level, 1.0), (below, -1.0), (above, 1.0)):
        problem.put(rows, columns, sign)
        problem.put(rows[1:], columns[:-1], -sign * kept[1:])
    steps, columns, values = _joined(flows.fill)
    problem.put(rows[steps], columns, -values * frame.hours[steps])
    return level, below, above, rows


def _natural(start: float, loss: Array, kept: Array) -> Array:
    """Return the level if nothing fills or empties the store."""
    level = start
    levels = np.empty(len(loss))
    for step, (lost, share) in enumerate(zip(loss, kept, strict=True)):
        level = level * share - lost
        levels[step] = level
    return levels


def _leakage(control: FillRate, unit: float) -> tuple[float, float]:
    """Return leakage as kWh per h and as a share of the level per h: the line nearest to its elements."""
    elements = control.leakage
    if not elements:
        return 0.0, 0.0
    rates = np.array([entry.rate for entry in elements]) * 3600.0 / unit
    middles = np.array([(entry.level_range.lower + entry.level_range.upper) / 2.0 for entry in elements]) / unit
    if len(elements) == 1 or np.ptp(middles) == 0:
        return float(rates.mean()), 0.0
    slope = float(np.polyfit(middles, rates, 1)[0])
    if slope <= 0:
        return float(rates.mean()), 0.0
    return float(rates.mean() - slope * middles.mean()), slope
