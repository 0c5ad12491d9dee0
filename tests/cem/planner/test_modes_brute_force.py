"""Machines with modes against every permitted sequence of modes, and any machine against what S2 permits."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    OperationModes,
    PlanStatus,
    Series,
    TimeGrid,
    Timer,
    Transition,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from .heaters import chp, pump, store
from .houses import NOW, grid, house, limit, prices
from .machines import Permitted, machine, mode, on_and_off

QUARTER = timedelta(minutes=15)
EXACT = PlannerOptions(gap=0.0, time_limit=60.0)


def random_machine(random: np.random.Generator, count: int) -> OperationModes:
    """A machine with some modes, transitions, timers and starts a day."""
    modes = [mode("off", 0)]
    for number in range(1, count):
        low = float(random.choice([0, 500, -800]))
        high = low + float(random.choice([0.0, 0.0, 1500.0])) * (1 if low >= 0 else -1)
        modes.append(mode(f"m{number}", low, high, cost=float(random.choice([0.0, 0.2])) if high < 0 else 0.0))
    timers = tuple(
        Timer(
            timer_id=f"t{number}",
            duration=float(random.choice([0, 900, 1500, 2700])),
            finished_at=NOW + float(random.uniform(-1, 2)) * QUARTER * 2 if random.random() < 0.5 else None,
        )
        for number in range(2)
    )
    names = [entry.mode_id for entry in modes]
    transitions = []
    for origin in names:
        for target in names:
            if origin == target or random.random() < 0.25:
                continue
            picked = [timer.timer_id for timer in timers if random.random() < 0.5]
            blocking = [timer.timer_id for timer in timers if random.random() < 0.4]
            transitions.append(
                Transition(
                    transition_id=f"{origin}-{target}",
                    from_mode=origin,
                    to_mode=target,
                    start_timers=tuple(picked),
                    blocking_timers=tuple(blocking),
                    cost=float(np.round(random.choice([0.0, random.uniform(0, 0.1)]), 3)),
                )
            )
    limit_a_day = int(random.integers(1, 3)) if random.random() < 0.4 else None
    return OperationModes(
        modes=tuple(modes),
        transitions=tuple(transitions),
        timers=timers,
        active_mode=str(random.choice(names)),
        maximum_starts_per_day=limit_a_day,
    )


def starts(control: OperationModes, sequence: tuple[str, ...]) -> int:
    """Changes from a mode without power to one with."""
    power = {entry.mode_id: max(abs(entry.power.start), abs(entry.power.end)) for entry in control.modes}
    before = (control.active_mode, *sequence)
    return sum(power[old] == 0 and power[new] > 0 for old, new in zip(before, sequence, strict=False))


def cheapest_of_all(control: OperationModes, base: np.ndarray, buy: np.ndarray, sell: np.ndarray, times: TimeGrid):
    """The lowest cost over every permitted sequence, the factor of each step chosen freely."""
    modes = {entry.mode_id: entry for entry in control.modes}
    best: dict[str, np.ndarray] = {}
    for name, entry in modes.items():
        # Cost of a step is piecewise linear in the factor: its least lies at an end, or where the net power is nothing.
        factors = [np.zeros(len(base)), np.ones(len(base))]
        low, high = entry.power.start / 1000, entry.power.end / 1000
        if high != low:
            factors.append(np.clip((-base - low) / (high - low), 0, 1))
        costs = []
        for factor in factors:
            net = base + low + factor * (high - low)
            running = 3600 * (entry.running_cost.start + factor * (entry.running_cost.end - entry.running_cost.start))
            costs.append((np.where(net > 0, net * buy, net * sell) + running) * times.hours)
        best[name] = np.min(costs, axis=0)
    lowest = np.inf
    for sequence, used in Permitted.of(control).sequences(times, len(base)):
        if control.maximum_starts_per_day is not None and starts(control, sequence) > control.maximum_starts_per_day:
            continue
        cost = sum(best[name][step] for step, name in enumerate(sequence)) + sum(entry.cost for entry in used)
        lowest = min(lowest, float(cost))
    return lowest


@pytest.mark.parametrize("seed", range(16))
def test_no_permitted_sequence_of_modes_is_cheaper(seed: int):
    random = np.random.default_rng(seed)
    steps = 7 if seed % 2 else 6
    control = random_machine(random, 3 if seed % 3 else 2)
    buy = np.round(random.uniform(0.05, 0.6, steps), 3)
    sell = np.round(buy * random.uniform(0.2, 0.9), 3)
    base = np.round(random.uniform(-1.5, 2.0, steps), 3)
    times = grid(steps / 4, 15)
    resource = machine(*control.modes).replace(control=control)
    snapshot = house(
        resource,
        grid=times,
        prices=prices(buy.tolist(), sell.tolist(), minutes=15),
        base_load=Series.from_values(NOW, QUARTER, (1000 * base).tolist()),
    )
    plan = make_plan(snapshot, EXACT)
    best = cheapest_of_all(control, base, buy, sell, times)
    sequence = plan.device("machine").actuators[0].mode
    assert plan.status is PlanStatus.OPTIMAL
    assert Permitted.of(control).permits(sequence, times)
    assert plan.objective == pytest.approx(best, abs=1e-3)  # traces of ties weigh less than that
    assert plan.objective >= best - 1e-6


def cheapest_heat(control: FillRate, base: np.ndarray, buy: np.ndarray, sell: np.ndarray, times: TimeGrid) -> float:
    """The lowest cost over every permitted sequence of modes of a store without losses whose modes have no range."""
    actuator = control.actuators[0]
    modes = {entry.mode_id: entry.elements[0] for entry in actuator.modes}
    use = control.usage.on(times) * times.durations
    lowest = np.inf
    for sequence, used in Permitted.of(actuator).sequences(times, len(base)):
        found = [modes[name] for name in sequence]
        gained = np.array([entry.fill_rate.end for entry in found]) * times.durations
        level = control.level + np.cumsum(gained - use)
        if level.min() < control.level_range.start - 1e-6 or level.max() > control.level_range.end + 1e-6:
            continue
        net = base + np.array([entry.power.end for entry in found]) / 1000
        running = sum(entry.running_cost.end * seconds for entry, seconds in zip(found, times.durations, strict=True))
        cost = float(np.where(net > 0, net * buy, net * sell) @ times.hours) + running + sum(e.cost for e in used)
        lowest = min(lowest, cost - control.terminal_value * (level[-1] - control.level))
    return lowest


@pytest.mark.parametrize("seed", range(10))
def test_no_permitted_way_to_heat_is_cheaper(seed: int):
    """A heat pump or a CHP with start cost, minimum on and off times and a store of heat."""
    random = np.random.default_rng(100 + seed)
    steps = 8
    times = grid(steps / 4, 15) if seed % 2 else grid(steps, 60)
    hours = float(times.hours[0])
    kept = on_and_off(
        60 * hours * float(random.integers(1, 3)),
        60 * hours * float(random.integers(1, 3)),
        start_cost=round(float(random.uniform(0, 0.2)) * hours, 3),
    )
    maker = pump if seed % 3 else chp
    buy = np.round(random.uniform(0.05, 0.6, steps), 3)
    sell = np.round(buy * random.uniform(0.2, 0.9), 3)
    base = np.round(random.uniform(-1.5, 2.0, steps), 3)
    use = random.uniform(500, 2500, steps).round()
    resource = store(
        maker(**kept),
        level=3000 * hours,
        capacity=15000 * hours,
        usage=Series.from_values(NOW, timedelta(hours=hours), (use / 3600).tolist()),
        terminal_value=0.05 / 1000,
    )
    snapshot = house(
        resource,
        grid=times,
        prices=prices(buy.tolist(), sell.tolist(), minutes=60 * hours),
        base_load=Series.from_values(NOW, timedelta(hours=hours), (1000 * base).tolist()),
    )
    plan = make_plan(snapshot, EXACT)
    best = cheapest_heat(resource.control, base, buy, sell, times)
    (found,) = plan.device("buffer").actuators
    assert np.isfinite(best)
    assert plan.status is PlanStatus.OPTIMAL
    assert Permitted.of(resource.control.actuators[0]).permits(found.mode, times)
    # What is left counts in the plan as what it is worth, what was there at the beginning as paid for.
    assert plan.objective == pytest.approx(best, abs=2e-3)  # traces of ties weigh less than that


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 5),
    st.lists(st.floats(-0.2, 0.6).map(lambda value: round(value, 3)), min_size=12, max_size=12),
    st.sampled_from(["fine", "uneven", "hours"]),
    st.booleans(),
)
def test_any_machine_makes_only_permitted_transitions_and_respects_its_timers(
    seed: int, count: int, buys: list[float], steps: str, limited: bool
):
    control = random_machine(np.random.default_rng(seed), count)
    times = {
        "fine": grid(6, 15),
        "uneven": TimeGrid.tiered(NOW + timedelta(minutes=7), ((300, 1800), (900, 4 * 3600), (3600, 12 * 3600))),
        "hours": grid(10, 60),
    }[steps]
    snapshot = house(
        machine(*control.modes).replace(control=control),
        now=times.start,
        grid=times,
        prices=prices(buys, [min(value, 0.08) - 0.01 for value in buys]),
        base_load=Series.from_values(NOW, timedelta(hours=1), [800.0] * 14),
        limits=(limit(1500),) if limited else (),
    )
    plan = make_plan(snapshot, PlannerOptions(time_limit=5))
    assert plan.status is not PlanStatus.FALLBACK
    device = plan.device("machine")
    sequence = device.actuators[0].mode
    assert Permitted.of(control).permits(sequence, times)
    if control.maximum_starts_per_day is not None:
        assert starts(control, sequence) <= control.maximum_starts_per_day
    by_name = {entry.mode_id: entry.power for entry in control.modes}
    for power, name, factor in zip(device.power, sequence, device.actuators[0].factor, strict=True):
        given_range = by_name[name]
        assert power == pytest.approx(given_range.start + factor * (given_range.end - given_range.start), abs=0.5)
