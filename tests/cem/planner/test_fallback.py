"""The plan by rules: where the solver is missing or finds nothing, limits and deadlines are kept as far as possible."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    Direction,
    Group,
    Intent,
    LevelTarget,
    PlanStatus,
    RunState,
    Sequence,
    Slot,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan, planning
from custom_components.cem_sgcp.cem.planner.solver import linear, solve
from custom_components.cem_sgcp.cem.planner.solver.linear import SolverError

from .houses import NOW, appliance, battery, car, flat, house, limit, photovoltaics, prices, shaped

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver has no wheel for this machine."""
    monkeypatch.setattr(linear, "highspy", None)


def test_missing_solver_is_said():
    plan = make_plan(house(battery(5000)))
    assert plan.status is PlanStatus.FALLBACK
    assert plan.solver == "rules"
    assert [note.key for note in plan.notes] == ["fallback_missing"]


def test_run_starts_where_it_is_cheapest_and_meets_its_deadline():
    buys = [0.30] * 5 + [0.10] + [0.30] * 5 + [0.05] * 30
    plan = make_plan(house(appliance((3600, 2000.0), latest=NOW + 8 * HOUR), prices=prices(buys)))
    (run,) = plan.runs()
    assert run.start == NOW + 5 * HOUR
    assert run.met
    assert run.cost == pytest.approx(0.20)
    assert run.cost_now == pytest.approx(0.60)
    assert run.latest_start == NOW + 7 * HOUR


def test_runs_share_what_the_limit_leaves():
    resources = [appliance((3600, 2000.0), name=f"device{number}", latest=NOW + 5 * HOUR) for number in range(3)]
    plan = make_plan(house(*resources, limits=(limit(2500),)))
    assert max(plan.net_power) <= 2500
    assert all(run.met for run in plan.runs())


def test_deadline_that_cannot_be_met_is_said():
    plan = make_plan(house(appliance((3600, 2000.0), latest=NOW + HOUR / 2)))
    assert plan.runs()[0].start == NOW
    assert not plan.runs()[0].met
    assert "deadline_missed" in {note.key for note in plan.notes}


def test_start_of_the_plan_before_is_kept():
    snapshot = house(appliance((3600, 2000.0)), prices=prices([0.3] * 5 + [0.1] + [0.3] * 30))
    before = make_plan(snapshot)
    after = make_plan(snapshot.replace(prices=prices([0.3] * 5 + [0.2, 0.1] + [0.3] * 30)), previous=before)
    assert after.runs()[0].start == before.runs()[0].start


def test_started_run_is_a_fact_and_the_next_one_waits():
    resource = appliance((3600, 2000.0))
    run = resource.runs[0]
    runs = (run.replace(run_id="now", state=RunState.EXECUTING, started=NOW), run)
    plan = make_plan(house(resource.replace(runs=runs)))
    first, second = plan.runs()
    assert (first.run_id, first.start) == ("now", NOW)
    assert second.start >= first.end


def test_segments_that_must_wait_are_laid_out_with_their_pause():
    parts = (
        Slot(duration=1800, p_exp=500),
        Slot(duration=1800, p_exp=500, pausable=True, earliest_start=NOW + 6 * HOUR),
    )
    group = Group(alternatives=(Sequence(sequence_id="s", slots=parts, latest_start=NOW + HOUR),))
    (run,) = make_plan(house(appliance(groups=(group,)))).runs()
    assert run.slots[0].start <= NOW + HOUR
    assert run.slots[1].start >= NOW + 6 * HOUR


def test_battery_covers_the_house_and_takes_surplus():
    plan = make_plan(
        house(battery(1000), photovoltaics(5000, forecast=shaped(lambda hour: -3000.0 if 4 <= hour < 8 else 0.0)))
    )
    device = plan.device("battery")
    assert device.power[0] == pytest.approx(-300)
    assert device.power[16] == pytest.approx(2700)
    assert set(device.intent) == {Intent.SELF_CONSUMPTION}
    assert min(device.level) >= -1e-6
    assert max(device.level) <= 10000 + 1e-6


def test_car_is_full_in_time_in_the_cheapest_steps_and_never_below_its_least_power():
    buys = [0.30] * 3 + [0.10] + [0.30] * 3 + [0.20] + [0.30] * 30
    plan = make_plan(house(car(12000, NOW + 10 * HOUR, most=11000), prices=prices(buys)))
    device = plan.device("car")
    assert device.level[39] == pytest.approx(12000, abs=200)
    power = np.array(device.power)
    assert np.all((power < 1) | (power >= 1380 - 1))
    assert power[12:16] == pytest.approx(11000)
    assert all(intent is Intent.IDLE for intent in device.intent[40:])


def test_car_takes_surplus_only_from_its_least_power_on():
    plan = make_plan(
        house(
            car(0, NOW + 12 * HOUR),
            photovoltaics(9000, forecast=shaped(lambda hour: -1000.0 if hour < 2 else -4000.0 if hour < 4 else 0.0)),
        )
    )
    power = np.array(plan.device("car").power)
    assert power[:8].max() == 0
    assert power[8:16] == pytest.approx(3700)
    assert plan.device("car").intent[8] is Intent.CHARGE_SURPLUS


def test_battery_with_a_target_is_filled_for_it():
    target = LevelTarget(start=NOW + 6 * HOUR, end=NOW + 7 * HOUR, minimum=8000)
    none = LevelTarget(start=NOW + 6 * HOUR, end=NOW + 7 * HOUR, maximum=9000)
    plan = make_plan(house(battery(2000, targets=(target, none)), prices=prices([0.3, 0.1] + [0.3] * 40)))
    device = plan.device("battery")
    assert device.level[23] == pytest.approx(8000, abs=1)
    assert Intent.HOLD in device.intent


def test_store_that_cannot_be_filled_is_left_alone():
    resource = battery(2000, targets=(LevelTarget(start=NOW + HOUR, end=NOW + 2 * HOUR, minimum=8000),))
    actuator = resource.control.actuators[0]
    control = resource.control.replace(actuators=(actuator.replace(modes=actuator.modes[1:]),))
    plan = make_plan(house(resource.replace(control=control)))
    assert max(plan.device("battery").power) <= 0


def test_limits_that_cannot_be_kept_are_said_and_generation_is_curtailed():
    plan = make_plan(
        house(
            photovoltaics(8000, forecast=flat(-8000.0)),
            base_load=flat(300),
            limits=(limit(1000, Direction.EXPORT),),
        )
    )
    assert min(plan.net_power) == pytest.approx(-1000)
    assert plan.device("pv").intent[0] is Intent.CURTAIL
    fixed = make_plan(
        house(
            photovoltaics(8000, curtailable=False, forecast=flat(-8000.0)),
            limits=(limit(1000, Direction.EXPORT), limit(100)),
        )
    )
    assert "export_limit_exceeded" in {note.key for note in fixed.notes}
    dark = make_plan(house(limits=(limit(100),)))
    assert "import_limit_exceeded" in {note.key for note in dark.notes}


def test_solver_that_fails_is_said(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> object:
        raise SolverError("Infeasible")

    monkeypatch.setattr(planning, "available", lambda: True)
    monkeypatch.setattr(planning, "solve", fail)
    plan = make_plan(house(appliance()))
    assert plan.status is PlanStatus.FALLBACK
    (told,) = [note for note in plan.notes if note.key == "fallback_failed"]
    assert "Infeasible" in told.text


def test_time_that_is_far_too_short_still_gives_a_plan(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    snapshot = house(
        *(appliance((3600, 2000.0), name=f"device{number}", latest=NOW + 9 * HOUR) for number in range(6)),
        car(10000, NOW + 9 * HOUR),
        photovoltaics(4000),
        prices=prices([0.3, 0.2, 0.25, 0.4] * 8, 0.05),
    )
    hurried = make_plan(snapshot, PlannerOptions(time_limit=1e-6))
    assert hurried.status in {PlanStatus.FEASIBLE, PlanStatus.OPTIMAL}
    assert len(hurried.runs()) == 6
    assert hurried.objective >= make_plan(snapshot).objective - 1e-6


def test_solver_asked_without_being_there_says_so():
    with pytest.raises(SolverError):
        solve.solver_for(None, {})


def test_time_is_told_by_the_clock_of_the_caller():
    ticks = iter([100.0, 100.25])
    assert make_plan(house(), clock=lambda: next(ticks)).seconds == pytest.approx(0.25)
    assert make_plan(house()).seconds == 0
