"""Whatever a valid snapshot holds, there is a plan by rules: nothing stands behind it that could catch an error."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
import numpy as np

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    Group,
    LevelTarget,
    NumberRange,
    Plan,
    PlanStatus,
    Resource,
    Sequence,
    Series,
    SiteSnapshot,
    Slot,
)
from custom_components.cem_sgcp.cem.planner.messages import note
from custom_components.cem_sgcp.cem.planner.rules.fallback import fallback_plan

from . import houses
from .houses import NOW
from .test_extremes import absurd, watts
from .test_fallback_types import boiler, generator, hybrid, modes, quota

HOUR = timedelta(hours=1)
odd = st.one_of(st.sampled_from([0.0, 1e-9, 1e9, -5.0]), st.floats(-1e5, 1e5))


@st.composite
def crowded(draw: st.DrawFn) -> SiteSnapshot:
    """An absurd house with every control type in it."""
    snapshot = draw(absurd())
    level = draw(st.floats(-20, 120))
    wanted = LevelTarget(
        start=NOW + draw(st.integers(-3, 4)) * HOUR, end=NOW + 5 * HOUR, minimum=draw(odd), maximum=None
    )
    demand = Series.from_values(NOW, HOUR, draw(st.lists(odd, max_size=5)))
    slot = (
        Slot(
            duration=draw(st.sampled_from([1.0, 900.0, 7200.0])),
            min_duration=draw(st.sampled_from([None, 0.0])),
            max_duration=draw(st.sampled_from([None, 1e5])),
            p_exp=draw(watts),
            e_exp=draw(st.one_of(st.none(), st.floats(0, 5000).filter(lambda value: value == 0 or value > 1e-3))),
            pausable=draw(st.booleans()),
        )
        if draw(st.booleans())
        else Slot(duration=3600, p_exp=draw(watts))
    )
    group = Group(
        alternatives=(
            Sequence(
                sequence_id="s",
                slots=(slot,),
                pausable=True,
                active_duration_max=draw(st.sampled_from([None, 0.0, 600.0])),
                pause_duration_sum_min=draw(st.sampled_from([None, 0.0, 1e5])),
                max_cycles_per_day=draw(st.sampled_from([None, 1])),
            ),
        )
    )
    heating = hybrid(draw(st.floats(0, 1e6)))
    more: list[Resource] = [
        boiler(level, draw=draw(st.floats(-50, 50)), targets=(wanted,)),
        heating.replace(control=heating.control.replace(demand=demand)),
        modes(quotas=(quota(draw(st.floats(0, 100))), quota(1, end=NOW - HOUR, start=NOW - 2 * HOUR))),
        generator(max(draw(watts), 1.0)),
        houses.appliance(name="dryer", groups=(group,), latest=NOW + draw(st.integers(-2, 5)) * HOUR),
    ]
    taken = draw(st.lists(st.sampled_from(more), unique_by=lambda entry: entry.resource_id))
    return snapshot.replace(resources=(*snapshot.resources, *taken))


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(crowded())
def test_there_is_a_plan_by_rules_whatever_the_numbers(snapshot: SiteSnapshot):
    plan = fallback_plan(snapshot, (note("fallback_missing"),), None)
    assert plan.status is PlanStatus.FALLBACK
    assert [device.resource_id for device in plan.devices] == [entry.resource_id for entry in snapshot.resources]
    assert np.isfinite(plan.net_power).all()
    assert Plan.from_json(plan.to_json()) == plan
    again = fallback_plan(snapshot, (note("fallback_missing"),), plan)
    assert again.status is PlanStatus.FALLBACK
    for resource, device in zip(snapshot.resources, plan.devices, strict=True):
        if isinstance(resource.control, FillRate):
            assert np.isfinite(device.level).all()


def test_empty_ranges_and_nothing_to_do_are_no_error():
    nothing = modes(modes=(modes().control.modes[0].replace(power=NumberRange(start=0, end=0)),), active_mode=None)
    plan = fallback_plan(houses.house(nothing), (), None)
    assert max(map(abs, plan.device("pump").power)) == 0
