"""Never infeasible for the user: what gives way, in the order of precedence, by how much, why, and what would help.

Every remedy is tried: the house planned again with what it names keeps what was broken.
"""

from datetime import timedelta

import pytest

from custom_components.cem_sgcp.cem.model import (
    Direction,
    LevelTarget,
    Plan,
    PlanStatus,
    Precedence,
    Relaxation,
    SiteSnapshot,
)
from custom_components.cem_sgcp.cem.planner import make_plan, planning
from custom_components.cem_sgcp.cem.planner.messages import MESSAGES, values_of
from custom_components.cem_sgcp.cem.planner.telling.relaxations import KINDS, ORDER

from .houses import NOW, appliance, battery, car, flat, house, limit, photovoltaics, shaped

HOUR = timedelta(hours=1)
BLOCK = ((3600, 2000.0),)


@pytest.fixture(params=["solver", "rules"])
def plan_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """The planner, with and without its solver."""
    if request.param == "rules":
        monkeypatch.setattr(planning, "available", lambda: False)
    return make_plan


def only(plan: Plan) -> Relaxation:
    (found,) = plan.relaxations
    assert found.reason.text
    return found


def number(relaxation: Relaxation, name: str) -> float:
    assert relaxation.remedy is not None
    return float(values_of(relaxation.remedy)[name])


def test_plan_that_keeps_everything_relaxes_nothing(plan_of):
    assert plan_of(house(appliance(latest=NOW + 10 * HOUR), battery(), limits=(limit(5000),))).relaxations == ()


def test_deadline_that_comes_too_early_says_how_much_later_would_do(plan_of):
    def snapshot(deadline) -> SiteSnapshot:
        return house(appliance(*BLOCK, latest=deadline))

    early = NOW + timedelta(minutes=20)
    found = only(plan_of(snapshot(early)))
    assert found.precedence is Precedence.DEADLINE
    assert found.resource_id == "washer"
    assert (found.amount, found.unit) == (40, "min")
    assert (found.start, found.end) == (early, NOW + HOUR)
    assert found.remedy.key == "remedy_deadline_later"
    assert values_of(found.remedy)["latest"] == (early - HOUR).isoformat()
    later = early + timedelta(minutes=number(found, "minutes"))
    assert plan_of(snapshot(later)).relaxations == ()


def test_limit_that_makes_a_run_late_says_how_much_more_limit_would_do():
    base = shaped(lambda hour: 3000.0 if hour < 6 else 200.0)

    def snapshot(power: float) -> SiteSnapshot:
        return house(appliance(*BLOCK, latest=NOW + 3 * HOUR), base_load=base, limits=(limit(power),))

    plan = make_plan(snapshot(3500))
    found = only(plan)
    assert plan.status is PlanStatus.RELAXED
    assert found.precedence is Precedence.DEADLINE
    assert found.remedy.key == "remedy_deadline_limit"
    assert number(found, "power") == 1500
    assert make_plan(snapshot(3500 + number(found, "power"))).relaxations == ()


def test_load_that_cannot_be_moved_breaks_a_limit_and_says_so(plan_of):
    base = shaped(lambda hour: 4500.0 if 2 <= hour < 4 else 200.0)
    found = only(plan_of(house(base_load=base, limits=(limit(4000),))))
    assert found.precedence is Precedence.LIMIT
    assert (found.amount, found.unit) == (500, "W")
    assert (found.start, found.end) == (NOW + 2 * HOUR, NOW + 4 * HOUR)
    assert found.remedy.key == "remedy_base_load"
    assert plan_of(house(base_load=flat(4500 - number(found, "power")), limits=(limit(4000),))).relaxations == ()


def test_pinned_run_that_breaks_a_limit_says_how_much_more_limit_would_do(plan_of):
    def snapshot(power: float) -> SiteSnapshot:
        return house(appliance(*BLOCK, pinned_start=NOW + HOUR), limits=(limit(power),))

    found = only(plan_of(snapshot(1000)))
    assert found.precedence is Precedence.LIMIT
    assert found.remedy.key == "remedy_import_limit"
    assert plan_of(snapshot(1000 + number(found, "power"))).relaxations == ()


def test_generation_that_cannot_be_curtailed_breaks_the_export_limit_and_says_so(plan_of):
    sunny = photovoltaics(5000, forecast=flat(-4000), curtailable=False)

    def snapshot(power: float) -> SiteSnapshot:
        return house(sunny, limits=(limit(power, Direction.EXPORT),))

    found = only(plan_of(snapshot(1000)))
    assert found.precedence is Precedence.LIMIT
    assert found.amount == 2700
    assert plan_of(snapshot(1000 + number(found, "power"))).relaxations == ()


def test_car_that_leaves_too_early_says_how_much_later_would_do(plan_of):
    def snapshot(ready) -> SiteSnapshot:
        return house(car(22000, ready, most=11000))

    found = only(plan_of(snapshot(NOW + HOUR)))
    assert found.precedence is Precedence.TARGET
    assert found.unit == "Wh"
    assert found.amount == pytest.approx(11000, rel=0.02)
    assert found.remedy.key == "remedy_target_later"
    later = NOW + HOUR + timedelta(minutes=number(found, "minutes") + 1)
    assert plan_of(snapshot(later)).relaxations == ()


def test_car_that_needs_more_power_says_how_much():
    found = only(make_plan(house(car(22000, NOW + HOUR, most=11000))))
    more = number(found, "power")
    assert more == pytest.approx(11000, rel=0.03)
    assert make_plan(house(car(22000, NOW + HOUR, most=11000 + more))).relaxations == ()


def test_limit_that_keeps_a_car_from_its_target_says_how_much_more_would_do():
    def snapshot(power: float) -> SiteSnapshot:
        return house(car(20000, NOW + 4 * HOUR), limits=(limit(power),))

    found = only(make_plan(snapshot(3300)))
    assert found.precedence is Precedence.TARGET
    assert found.remedy.key == "remedy_target_limit"
    assert make_plan(snapshot(3300 + number(found, "power"))).relaxations == ()


def test_limits_go_before_targets_and_targets_before_deadlines():
    plan = make_plan(
        house(
            car(30000, NOW + 3 * HOUR),
            appliance(*BLOCK, latest=NOW + 2 * HOUR),
            base_load=shaped(lambda hour: 4500.0 if hour < 1 else 500.0),
            limits=(limit(4000),),
        )
    )
    assert [entry.precedence for entry in plan.relaxations] == [
        Precedence.LIMIT,
        Precedence.TARGET,
        Precedence.DEADLINE,
    ]
    assert max(plan.net_power) <= 4500
    assert not plan.runs()[0].met


def test_store_found_below_its_range_says_which_range_would_do():
    def snapshot(reserve: float) -> SiteSnapshot:
        return house(battery(500, reserve=reserve, power=1000))

    found = only(make_plan(snapshot(2000)))
    assert found.precedence is Precedence.RANGE
    assert found.unit == "Wh"
    assert found.start == NOW
    assert number(found, "level") <= 1500


def test_target_that_nothing_can_fill_says_which_one_would_do():
    target = LevelTarget(start=NOW + HOUR, end=NOW + 2 * HOUR, minimum=8000)
    full = battery(5000, power=0, targets=(target,))
    found = only(make_plan(house(full)))
    assert found.precedence is Precedence.TARGET
    assert found.remedy.key == "remedy_target_lower"
    assert number(found, "level") == pytest.approx(5000, rel=0.01)


def test_every_note_that_something_gave_way_has_its_place_in_the_order():
    assert set(ORDER) == set(Precedence)
    assert set(KINDS) <= set(MESSAGES)
    assert {kind.precedence for kind in KINDS.values()} == set(Precedence)


def test_malicious_names_break_no_relaxation(plan_of):
    name = "x{start} cannot be ready by 2026-01-01T00:00:00+00:00; it starts at\n"
    resource = appliance(*BLOCK, latest=NOW + HOUR / 3).replace(name=name)
    found = only(plan_of(house(resource)))
    assert found.precedence is Precedence.DEADLINE
    assert found.end is None or found.start <= found.end
