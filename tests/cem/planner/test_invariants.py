"""What holds for every plan, whatever the house."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    Direction,
    FillRate,
    Intent,
    Plan,
    PlanStatus,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan, planning

from . import houses
from .houses import NOW

HOUR = timedelta(hours=1)
money = st.floats(-0.2, 0.6).map(lambda value: round(value, 3))


@st.composite
def snapshots(draw: st.DrawFn) -> SiteSnapshot:
    """Houses with any mix of devices, prices and limits."""
    hours = 12
    grid = draw(
        st.sampled_from(
            [
                houses.grid(hours, 30),
                houses.grid(hours, 60),
                TimeGrid.tiered(NOW + timedelta(minutes=7), ((300, 1800), (900, 4 * 3600), (3600, hours * 3600))),
            ]
        )
    )
    buys = draw(st.lists(money, min_size=hours + 1, max_size=hours + 1))
    sells = draw(st.one_of(st.just([0.08] * (hours + 1)), st.lists(money, min_size=hours + 1, max_size=hours + 1)))
    resources = []
    if draw(st.booleans()):
        resources.append(houses.photovoltaics(draw(st.floats(0, 9000)), curtailable=draw(st.booleans())))
    if draw(st.booleans()):
        resources.append(
            houses.battery(
                draw(st.floats(0, 10000)),
                reserve=draw(st.sampled_from([0, 1500])),
                efficiency=draw(st.floats(0.7, 1.0)),
                wear=draw(st.sampled_from([0.0, 0.03])),
            )
        )
    if draw(st.booleans()):
        ready = NOW + draw(st.integers(1, 14)) * HOUR / 2
        resources.append(houses.car(draw(st.floats(0, 30000)), ready, terminal=draw(st.sampled_from([None, 0.0]))))
    for number in range(draw(st.integers(0, 3))):
        pairs = draw(
            st.lists(st.tuples(st.sampled_from([600, 1800, 2700]), st.floats(50, 2500)), min_size=1, max_size=3)
        )
        earliest = NOW + draw(st.integers(0, 20)) * timedelta(minutes=11)
        deadline = draw(
            st.one_of(st.none(), st.integers(1, 16).map(lambda value, begin=earliest: begin + value * HOUR / 2))
        )
        resources.append(houses.appliance(*pairs, name=f"run{number}", earliest=earliest, latest=deadline))
    limits = []
    if draw(st.booleans()):
        limits.append(houses.limit(draw(st.floats(0, 8000)), start=NOW + draw(st.integers(0, 4)) * HOUR, hours=3))
    if draw(st.booleans()):
        limits.append(houses.limit(draw(st.floats(0, 5000)), Direction.EXPORT))
    return houses.house(
        *resources,
        now=grid.start,
        grid=grid,
        prices=houses.prices(buys, sells),
        base_load=Series.from_values(
            NOW, HOUR, draw(st.lists(st.floats(0, 3000), min_size=hours + 1, max_size=hours + 1))
        ),
        limits=tuple(limits),
    )


def check(snapshot: SiteSnapshot, plan: Plan) -> None:
    """Every invariant of one plan."""
    hours = snapshot.grid.hours
    net = np.array(plan.net_power)
    # Energy balance.
    assert net == pytest.approx(
        np.array(plan.base_load) + sum((np.array(device.power) for device in plan.devices), np.zeros(len(net))), abs=0.5
    )
    # No money from nothing: the cost is that of the net energy, each step with one price.
    price = np.where(net >= 0, plan.import_price, plan.export_price)
    assert plan.cost == pytest.approx(float(net @ (hours * price)) / 1000, abs=1e-3)
    broken = {note.key for note in plan.notes}
    for key, column, power in (
        ("import_limit_exceeded", plan.import_limit, net),
        ("export_limit_exceeded", plan.export_limit, -net),
    ):
        over = max((value - limit for value, limit in zip(power, column, strict=True) if limit is not None), default=0)
        assert over <= 1.0 or key in broken
        assert plan.status in {PlanStatus.RELAXED, PlanStatus.FALLBACK} or over <= 1.0
    for resource, device in zip(snapshot.resources, plan.devices, strict=True):
        assert device.resource_id == resource.resource_id
        power = np.array(device.power)
        assert np.all(np.array(device.lower) <= power + 1.5)
        assert np.all(power <= np.array(device.upper) + 1.5)
        if isinstance(resource.control, FillRate):
            check_store(snapshot, resource.control, device)
        for run in resource.runs:
            check_run(snapshot, run, device)


def check_store(snapshot: SiteSnapshot, control: FillRate, device) -> None:
    """The level follows the power, stays in its range, and nothing is charged and discharged at once."""
    power = np.array(device.power)
    level = np.array(device.level)
    low, high = control.level_range.start, max(control.level_range.end, control.level)
    missing = {note.key for note in device.notes} & {"level_below"}
    assert level.max() <= high + 1.0
    assert level.min() >= min(low, control.level) - 1.0 or missing
    modes = control.actuators[0].modes
    charging = modes[0].elements[0]
    gain = charging.fill_rate.end / charging.power.end * 3600
    loss = gain
    for mode in modes:
        element = mode.elements[0]
        if element.power.end < 0:
            loss = element.fill_rate.end / element.power.end * 3600
    change = np.diff(np.concatenate(([control.level], level)))
    hours = snapshot.grid.hours
    # One direction at a time: the change is exactly that of the power, one way or the other.
    expected = np.where(power > 0, power * gain, power * loss) * hours
    assert change == pytest.approx(expected, abs=2.0)
    least = charging.power.start
    away = control.departure is not None
    there = snapshot.grid.seconds[1:] <= (control.departure.timestamp() if away else np.inf)
    # In steps of half an hour and longer it may charge for a part of the step.
    fine = snapshot.grid.durations < 1800
    assert np.all(power[there & fine & (power > 1.0)] >= least - 1.0)
    if away:
        gone = snapshot.grid.seconds[:-1] >= control.departure.timestamp()
        assert np.all(np.abs(power[gone]) < 1e-6)
        assert all(intent is Intent.IDLE for intent, left in zip(device.intent, gone, strict=True) if left)


def check_run(snapshot: SiteSnapshot, run, device) -> None:
    """Every run once, in its window where it can be, with its slots in order and its energy in the plan."""
    (planned,) = [entry for entry in device.runs if entry.run_id == run.run_id]
    assert planned.start >= max(run.earliest_start, snapshot.now) - timedelta(seconds=1)
    duration = sum(slot.duration for _, _, slot in run.chosen_slots())
    assert (planned.end - planned.start).total_seconds() == pytest.approx(duration, abs=0.01)
    if run.latest_end is not None:
        feasible = max(run.earliest_start, snapshot.now) + timedelta(seconds=duration) <= run.latest_end
        assert planned.met == (planned.end <= run.latest_end + timedelta(seconds=1))
        assert planned.met or not feasible or snapshot.limits
    inside = planned.end <= snapshot.grid.end
    if inside and len(device.runs) == 1:
        energy = sum(slot.energy for _, _, slot in run.chosen_slots())
        assert float(np.array(device.power) @ snapshot.grid.hours) == pytest.approx(energy, abs=0.5)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(snapshots())
def test_every_plan_keeps_what_physics_and_the_device_demand(snapshot: SiteSnapshot):
    plan = make_plan(snapshot, PlannerOptions(time_limit=5))
    assert plan.status is not PlanStatus.FALLBACK
    check(snapshot, plan)
    assert Plan.from_json(plan.to_json()) == plan


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(snapshots())
def test_every_plan_by_rules_keeps_them_too(snapshot: SiteSnapshot):
    available = planning.available
    planning.available = lambda: False
    try:
        plan = make_plan(snapshot)
    finally:
        planning.available = available
    assert plan.status is PlanStatus.FALLBACK
    check(snapshot, plan)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(snapshots())
def test_same_house_same_plan_bit_for_bit(snapshot: SiteSnapshot):
    assert make_plan(snapshot).to_json() == make_plan(SiteSnapshot.from_json(snapshot.to_json())).to_json()
