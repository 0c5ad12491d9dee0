"""Whatever a valid snapshot holds, there is a plan."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np

from custom_components.cem_sgcp.cem.model import Direction, FillRate, Plan, PlanStatus, Series, SiteSnapshot, TimeGrid
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from . import houses
from .houses import NOW

HOUR = timedelta(hours=1)
watts = st.one_of(st.sampled_from([0.0, 1e-6, 1.0, 1e3, 1e5, 1e8]), st.floats(0, 1e6))
money = st.one_of(st.sampled_from([0.0, 1e-9, -5.0, 15.0, 3000.0, 1e6]), st.floats(-10, 10))


@st.composite
def absurd(draw: st.DrawFn) -> SiteSnapshot:
    """Houses with numbers that no house has."""
    hours = draw(st.integers(1, 6))
    grid = draw(
        st.sampled_from(
            [houses.grid(hours, 15), houses.grid(hours, 60), TimeGrid(edges=(NOW, NOW + timedelta(seconds=1)))]
        )
    )
    capacity = draw(st.sampled_from([1e-3, 1.0, 1e4, 1e8]))
    resources = [
        houses.battery(
            draw(st.floats(-1, 2)) * capacity,
            capacity=capacity,
            reserve=draw(st.sampled_from([0.0, 1.0])) * capacity,
            power=max(draw(watts), 1e-3),
            efficiency=draw(st.sampled_from([0.01, 0.9, 1.0])),
            terminal=draw(st.one_of(st.none(), money)),
        ),
        houses.car(draw(watts), NOW + draw(st.integers(-3, 9)) * HOUR, level=draw(watts)),
        houses.photovoltaics(
            max(draw(watts), 1.0),
            forecast=Series.from_values(NOW, HOUR, draw(st.lists(watts.map(lambda v: -v), max_size=6))),
        ),
        houses.appliance(
            *draw(st.lists(st.tuples(st.sampled_from([1e-3, 1.0, 3600.0, 1e6]), watts), min_size=1, max_size=4)),
            latest=draw(st.one_of(st.none(), st.integers(-3, 9).map(lambda value: NOW + value * HOUR))),
        ),
    ]
    return houses.house(
        *draw(st.lists(st.sampled_from(resources), unique_by=lambda entry: entry.resource_id)),
        now=grid.start,
        grid=grid,
        prices=houses.prices(
            draw(st.lists(money, min_size=hours, max_size=hours)), draw(st.lists(money, min_size=hours, max_size=hours))
        ),
        base_load=Series.from_values(NOW, HOUR, draw(st.lists(watts, max_size=6))),
        limits=tuple(
            houses.limit(draw(watts), direction)
            for direction in draw(st.lists(st.sampled_from(Direction), unique=True))
        ),
    )


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(absurd())
def test_there_is_a_plan_whatever_the_numbers(snapshot: SiteSnapshot):
    plan = make_plan(snapshot, PlannerOptions(time_limit=2))
    assert plan.status is not PlanStatus.FAILED
    assert len(plan.devices) == len(snapshot.resources)
    assert np.isfinite(plan.net_power).all()
    assert Plan.from_json(plan.to_json()) == plan
    for resource, device in zip(snapshot.resources, plan.devices, strict=True):
        if isinstance(resource.control, FillRate):
            assert np.isfinite(device.level).all()
