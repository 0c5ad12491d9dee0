"""Runs: use cases JWG1100 to 1103 and the constraints of S2's power profile control type."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    EnergyProfile,
    Group,
    PlanStatus,
    PowerProfile,
    Preference,
    Resource,
    Run,
    RunState,
    ScheduledSlot,
    Sequence,
    Slot,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan
from custom_components.cem_sgcp.cem.planner.runs.patterns import MAXIMUM_PATTERNS, patterns_of

from .houses import NOW, WASHER, appliance, flat, grid, house, limit, photovoltaics, prices, shaped, slots

HOUR = timedelta(hours=1)
CHEAP_TWICE = [0.10, 0.50, 0.50, 0.10, 0.10, 0.50] + [0.50] * 30
EXACT = PlannerOptions(gap=0.0)


def sequence(*parts: Slot, name: str = "normal", **fields: object) -> Sequence:
    return Sequence(sequence_id=name, slots=parts, **fields)


def planned(*groups: Group, buys: list[float] | float = 0.30, more: dict[str, object] | None = None, **run: object):
    """The planned run of one appliance in a house without anything else."""
    resource = appliance(groups=groups or None, **run)
    plan = make_plan(house(resource, prices=prices(buys), **(more or {})), EXACT)
    return plan.runs()[0], plan


def one(*parts: Slot, **fields: object) -> Group:
    return Group(alternatives=(sequence(*parts, **fields),))


def test_energy_of_a_run_is_spread_exactly_over_unequal_steps():
    start = NOW + timedelta(minutes=22)
    resource = appliance(*WASHER, pinned_start=start)
    plan = make_plan(house(resource, grid=grid(24, 15)))
    device = plan.device("washer")
    expected = np.zeros(96)
    begin = 22 * 60.0
    for duration, power in WASHER:
        for step in range(96):
            inside = max(min(begin + duration, (step + 1) * 900) - max(begin, step * 900), 0)
            expected[step] += power * inside / 900
        begin += duration
    assert np.array(device.power) == pytest.approx(expected, abs=0.01)
    assert device.runs[0].start == start


def test_alternative_that_fits_best_is_chosen_and_its_preference_price_counts():
    eco = sequence(*slots((7200, 1000.0)), name="eco")
    quick = sequence(*slots((3600, 2500.0)), name="quick", preference_price=0.02)
    both = Group(alternatives=(eco, quick))
    assert planned(both, buys=CHEAP_TWICE)[0].choice == ("eco",)
    hurried = planned(both, buys=CHEAP_TWICE, latest=NOW + 1.5 * HOUR)[0]
    assert hurried.choice == ("quick",)
    assert hurried.met
    # Eco over the cheap hours costs 0.20, quick 0.25 + 0.02; dearer electricity around makes quick the better choice.
    assert planned(both, buys=[0.10] + [0.50] * 30)[0].choice == ("quick",)


def test_pause_is_planned_where_it_pays_and_only_as_long_as_allowed():
    part = Slot(duration=1800, p_exp=2000)
    late = Slot(duration=7200, p_exp=2000, pausable=True)
    free, _ = planned(one(part, late), buys=[0.1, 0.5, 0.5, 0.1, 0.1] + [0.5] * 20, latest=NOW + 5.5 * HOUR)
    assert free.cost == pytest.approx(0.5, abs=1e-6)
    assert free.end - free.start > timedelta(hours=2.5)
    bound = late.replace(max_pause=600.0)
    near, _ = planned(one(part, bound), buys=[0.1, 0.5, 0.5, 0.1, 0.1] + [0.5] * 20, latest=NOW + 5.5 * HOUR)
    gaps = [later.start - earlier.end for earlier, later in zip(near.slots, near.slots[1:], strict=False)]
    assert all(gap <= timedelta(seconds=600) for gap in gaps)


def test_shortest_pause_is_kept_or_there_is_none():
    part, late = Slot(duration=3600, p_exp=2000), Slot(duration=840, p_exp=2000, pausable=True, min_pause=7200.0)
    run, _ = planned(one(part, late), buys=[0.1, 0.5, 0.1] + [0.5] * 30)
    gap = run.slots[1].start - run.slots[0].end
    assert gap == timedelta(0) or gap >= timedelta(hours=2)


def test_sum_of_pauses_is_bounded():
    quarter = Slot(duration=900, p_exp=3000, pausable=True)
    waves = prices([0.1, 0.9] * 24, [0.0] * 48, minutes=30)

    def total(group: Group) -> timedelta:
        plan = make_plan(house(appliance(groups=(group,)), prices=waves, grid=grid(12, 15)), EXACT)
        (run,) = plan.runs()
        return run.end - run.start - timedelta(minutes=90)

    assert total(one(*[quarter] * 6)) == timedelta(minutes=60)
    assert total(one(*[quarter] * 6, pause_duration_sum_max=3600.0)) == timedelta(minutes=60)
    assert total(one(*[quarter] * 6, pause_duration_sum_max=1800.0)) <= timedelta(minutes=30)


def test_pause_that_saves_less_than_a_move_must_is_not_planned():
    block = Slot(duration=7200, p_exp=100, pausable=True)
    run, _ = planned(one(block), buys=[0.1, 0.5, 0.1] + [0.5] * 30)
    assert run.end - run.start == 2 * HOUR
    assert len(run.slots) == 1


def test_resume_costs_count():
    block = Slot(duration=7200, p_exp=2000, pausable=True)
    cheap, _ = planned(one(block), buys=[0.1, 0.5, 0.1] + [0.5] * 30)
    dear, _ = planned(one(block, resume_cost=2.0), buys=[0.1, 0.5, 0.1] + [0.5] * 30)
    assert cheap.end - cheap.start > 2 * HOUR
    assert dear.end - dear.start == 2 * HOUR
    thirsty, _ = planned(one(block, resume_energy=9000.0), buys=[0.1, 0.5, 0.1] + [0.5] * 30)
    assert thirsty.end - thirsty.start == 2 * HOUR


def test_slot_of_high_power_is_not_cut_where_that_is_forbidden():
    low, high = Slot(duration=1800, p_exp=200), Slot(duration=7200, p_exp=2000)
    run, _ = planned(
        one(low, high, pausable=True, not_interruptible_at_high_power=True), buys=[0.1, 0.5, 0.1] + [0.5] * 30
    )
    assert [slot.slot for slot in run.slots] == [0, 1]
    assert run.slots[1].end - run.slots[1].start == 2 * HOUR


def test_run_is_active_for_as_long_as_it_must_between_pauses():
    block = Slot(duration=4 * 3600, p_exp=2000)
    run, _ = planned(one(block, pausable=True, active_duration_min=7200.0), buys=[0.1, 0.5] * 12)
    assert all(slot.end - slot.start >= 2 * HOUR for slot in run.slots)


def test_starts_per_day_bound_the_pieces():
    block = Slot(duration=4 * 3600, p_exp=2000)
    often, _ = planned(one(block, pausable=True), buys=[0.1, 0.5] * 12)
    twice, _ = planned(one(block, pausable=True, max_cycles_per_day=2), buys=[0.1, 0.5] * 12)
    assert len(often.slots) > 2
    assert len(twice.slots) <= 2


def test_groups_run_in_order_with_a_gap_that_is_bounded():
    first, second = one(*slots((3600, 2000.0))), one(*slots((3600, 2000.0)))
    apart, _ = planned(first, second, buys=CHEAP_TWICE)
    assert apart.cost == pytest.approx(0.4)
    assert apart.slots[0].end <= apart.slots[1].start
    assert [slot.group for slot in apart.slots] == [0, 1]
    directly = Group(alternatives=(sequence(*slots((3600, 2000.0)), max_pause_before=0.0),))
    together, _ = planned(first, directly, buys=CHEAP_TWICE)
    assert together.slots[0].end == together.slots[1].start
    near = Group(alternatives=(sequence(*slots((3600, 2000.0)), max_pause_before=1800.0),))
    close, _ = planned(first, near, buys=[0.1, 0.5, 0.1] + [0.5] * 30)
    assert close.slots[1].start - close.slots[0].end <= timedelta(minutes=30)


def test_every_slot_is_served_once_whatever_the_pauses():
    parts = [Slot(duration=1500, p_exp=1000.0 + 100 * number, pausable=True) for number in range(4)]
    run, plan = planned(one(*parts), one(*parts), buys=[0.1, 0.5] * 18, more={"grid": grid(24, 15)})
    times: dict[tuple[int, int], timedelta] = {}
    for slot in run.slots:
        times[slot.group, slot.slot] = times.get((slot.group, slot.slot), timedelta()) + (slot.end - slot.start)
    assert times == {(group, number): timedelta(seconds=1500) for group in range(2) for number in range(4)}
    energy = float(np.array(plan.device("washer").power) @ np.full(96, 0.25))
    assert energy == pytest.approx(2 * sum(part.energy for part in parts), abs=0.5)
    assert all(earlier.end <= later.start for earlier, later in zip(run.slots, run.slots[1:], strict=False))


def test_repetitions_run_one_after_the_other():
    resource = appliance(groups=(one(*slots((3600, 2000.0))),))
    profile = resource.runs[0].profile.replace(repetitions=3)
    resource = resource.replace(runs=(resource.runs[0].replace(profile=profile),))
    plan = make_plan(house(resource, prices=prices(CHEAP_TWICE)), EXACT)
    (run,) = plan.runs()
    assert len(run.slots) == 3
    assert run.cost == pytest.approx(0.6, abs=1e-6)
    assert run.choice == ("normal",)
    # Its slots can be stored with the run.
    assert resource.runs[0].replace(schedule=run.slots, choice=run.choice)


def test_optional_slot_and_optional_run_are_left_out_where_they_do_not_pay():
    must, extra = Slot(duration=3600, p_exp=2000), Slot(duration=3600, p_exp=2000, optional=True)
    run, _ = planned(one(must, extra), buys=0.30)
    assert [slot.slot for slot in run.slots] == [0]
    with_it, _ = planned(one(must, extra), buys=[-0.30] * 30)
    assert [slot.slot for slot in with_it.slots] == [0, 1]
    nothing = make_plan(house(appliance(groups=(one(extra),))))
    assert nothing.runs() == ()
    assert [note.key for note in nothing.notes] == ["run_left_out"]
    assert max(nothing.device("washer").power) == 0


def test_optional_run_takes_what_would_be_given_away():
    free = shaped(lambda hour: -4000.0 if 3 <= hour < 6 else 0.0)
    resource = appliance(groups=(one(Slot(duration=3600, p_exp=2000, optional=True)),))
    sunny = make_plan(house(photovoltaics(5000, forecast=free), resource, prices=prices(0.30, 0.0)))
    assert NOW + 3 * HOUR <= sunny.runs()[0].start <= NOW + 5 * HOUR
    paid = make_plan(house(photovoltaics(5000, forecast=free), resource, prices=prices(0.30, 0.08)))
    assert paid.runs() == ()


def test_slot_that_is_not_activated_does_not_run():
    run, _ = planned(
        one(Slot(duration=3600, p_exp=100), Slot(duration=3600, p_exp=2000, optional=True, activated=False))
    )
    assert run.end - run.start == HOUR


def test_windows_of_slots_sequences_and_profile_are_all_kept():
    buys = [0.1] * 4 + [0.5] * 30
    late_slot = one(Slot(duration=1800, p_exp=500), Slot(duration=1800, p_exp=500, earliest_start=NOW + 6 * HOUR))
    assert planned(late_slot, buys=buys)[0].slots[1].start >= NOW + 6 * HOUR
    early_slot = one(Slot(duration=1800, p_exp=500, latest_end=NOW + 2 * HOUR), Slot(duration=1800, p_exp=500))
    assert planned(early_slot, buys=[0.5] * 4 + [0.1] * 30)[0].slots[0].end <= NOW + 2 * HOUR
    ends_late = one(*slots((3600, 500.0)), earliest_end=NOW + 5 * HOUR)
    assert planned(ends_late, buys=buys)[0].end >= NOW + 5 * HOUR
    starts_soon = one(*slots((3600, 500.0)), latest_start=NOW + HOUR)
    assert planned(starts_soon, buys=[0.5] * 4 + [0.1] * 30)[0].start <= NOW + HOUR


def test_deadline_that_cannot_be_met_starts_at_once_and_says_so():
    run, plan = planned(latest=NOW + timedelta(minutes=30))
    assert run.start == NOW
    assert not run.met
    assert plan.status is PlanStatus.RELAXED
    (told,) = [note for note in plan.notes if note.key == "deadline_missed"]
    assert told.resource_id == "washer"
    assert (NOW + timedelta(minutes=30)).isoformat() in told.values
    assert plan.objective < 5  # the price of being late is no cost


def test_run_longer_than_the_plan_goes_on_beyond_it():
    run, plan = planned(one(*slots((30 * 3600, 100.0))))
    assert run.start == NOW
    assert run.end == NOW + 30 * HOUR
    assert [note.key for note in plan.notes] == ["run_beyond_horizon"]


def test_pinned_start_is_kept_whatever_it_costs():
    start = NOW + timedelta(hours=3, minutes=7)
    run, _ = planned(buys=[0.1] * 3 + [0.9] * 3 + [0.1] * 30, pinned_start=start)
    assert run.start == start
    passed, _ = planned(pinned_start=NOW - timedelta(minutes=5))
    assert passed.start == NOW


def test_started_run_is_a_fact():
    begun = NOW - timedelta(minutes=40)
    resource = appliance(state=RunState.EXECUTING, started=begun, scheduled_start=begun)
    run = resource.runs[0]
    resource = resource.replace(runs=(run.replace(schedule=run.lay_out(begun)),))
    plan = make_plan(house(resource, prices=prices([0.9] * 2 + [0.1] * 30)))
    (told,) = plan.runs()
    assert (told.start, told.end) == (begun, begun + timedelta(minutes=90))
    assert told.cost_now is None
    power = np.array(plan.device("washer").power)
    assert power[0] == pytest.approx(250)  # its third slot began at the very moment
    assert power[2] == pytest.approx((500 * 10 + 500 * 5) / 15)
    assert power[4:].max() == 0


def test_run_that_takes_longer_than_its_profile_goes_on_as_measured():
    begun = NOW - timedelta(minutes=100)
    resource = appliance(state=RunState.EXECUTING, started=begun).replace(power=420.0)
    plan = make_plan(house(resource))
    assert plan.device("washer").power[0] == pytest.approx(420)
    assert plan.device("washer").power[1] == 0
    assert plan.runs()[0].end > NOW


def test_interrupted_run_follows_its_schedule():
    resource = appliance(*slots_of(), state=RunState.INTERRUPTED, started=NOW - HOUR)
    resumes = NOW + 2 * HOUR
    schedule = (
        ScheduledSlot(group=0, slot=0, start=NOW - HOUR, end=NOW - HOUR / 2, power=2000),
        ScheduledSlot(group=0, slot=0, start=resumes, end=resumes + HOUR / 2, power=2000),
    )
    resource = resource.replace(runs=(resource.runs[0].replace(schedule=schedule),))
    power = np.array(make_plan(house(resource)).device("washer").power)
    assert power[:8].max() == 0
    assert power[8:10] == pytest.approx(2000)


def slots_of() -> tuple[tuple[float, float], ...]:
    return ((3600, 2000.0),)


def test_finished_and_aborted_runs_are_nothing():
    for state in (RunState.FINISHED, RunState.ABORTED):
        plan = make_plan(house(appliance(state=state)))
        assert plan.runs() == ()


def two_runs(deadlines: tuple[datetime | None, datetime | None], **first: object) -> Resource:
    resource = appliance(*slots_of())
    run = resource.runs[0]
    runs = (
        run.replace(run_id="one", latest_end=deadlines[0], **first),
        run.replace(run_id="two", latest_end=deadlines[1]),
    )
    return resource.replace(runs=runs)


def test_runs_of_one_device_do_not_overlap():
    plan = make_plan(house(two_runs((None, None)), prices=prices([0.1] + [0.5] * 30)), EXACT)
    one_, two = plan.runs()
    assert one_.end <= two.start
    assert max(plan.device("washer").power) == pytest.approx(2000)


def test_runs_of_one_device_with_one_deadline_too_tight_for_both_are_served_late_not_at_once():
    deadline = NOW + 1.5 * HOUR
    plan = make_plan(house(two_runs((deadline, deadline))), EXACT)
    one_, two = plan.runs()
    assert one_.end <= two.start
    assert [one_.met, two.met] == [True, False]
    assert plan.status is PlanStatus.RELAXED


def test_run_waits_for_the_one_that_has_started():
    plan = make_plan(house(two_runs((None, None), state=RunState.EXECUTING, started=NOW)), EXACT)
    started, waiting = plan.runs()
    assert waiting.start >= started.end


def test_prefers_the_earliest_or_the_greenest_start_where_its_user_does():
    co2 = [500.0] * 6 + [50.0] * 2 + [500.0] * 40
    for preference, expected in ((Preference.EARLIEST, NOW), (Preference.GREENEST, NOW + 6 * HOUR)):
        resource = appliance(*slots_of())
        profile = resource.runs[0].profile.replace(preference=preference)
        resource = resource.replace(runs=(resource.runs[0].replace(profile=profile),))
        plan = make_plan(house(resource, prices=prices([0.5] * 10 + [0.1] * 38, [0.0] * 48, co2=co2)), EXACT)
        assert plan.runs()[0].start == expected


def test_sun_makes_a_run_cheap_and_what_it_costs_is_what_export_would_have_earned():
    plan = make_plan(
        house(
            photovoltaics(5000, forecast=shaped(lambda hour: -4000.0 if 5 <= hour < 9 else 0.0)),
            appliance(*slots_of()),
            prices=prices(0.30, 0.10),
        ),
        EXACT,
    )
    (run,) = plan.runs()
    assert NOW + 5 * HOUR <= run.start <= NOW + 8 * HOUR
    assert run.cost == pytest.approx(0.20)
    assert run.cost_now == pytest.approx(0.60)


def test_equal_costs_are_settled_for_the_earliest_start_on_a_flat_tariff():
    resources = [appliance(name=f"device{number}", earliest=NOW + number * HOUR / 3) for number in range(5)]
    plan = make_plan(house(*resources))
    assert [run.start for run in plan.runs()] == [NOW + number * HOUR / 3 for number in range(5)]


def test_without_prices_sun_still_counts():
    plan = make_plan(
        house(
            photovoltaics(5000, forecast=shaped(lambda hour: -4000.0 if 2 <= hour < 5 else 0.0)),
            appliance(*slots_of(), latest=NOW + 12 * HOUR),
            prices=prices([], []),
        )
    )
    assert NOW + 2 * HOUR <= plan.runs()[0].start <= NOW + 4 * HOUR


def test_prices_that_end_early_are_said_and_stood_in_for():
    plan = make_plan(house(appliance(), prices=prices([0.3] * 5), fallback_import_price=0.2))
    assert plan.runs()[0].start >= NOW + 5 * HOUR - timedelta(minutes=15)
    (told,) = [note for note in plan.notes if note.key == "prices_until"]
    assert (NOW + 5 * HOUR).isoformat() in told.values
    assert plan.price_known == (True,) * 20 + (False,) * 76


def test_number_of_combinations_is_bounded():
    alternatives = tuple(sequence(*slots((600, 100.0)), name=f"way{number}") for number in range(20))
    run = Run(
        run_id="run",
        resource_id="device",
        profile=EnergyProfile(profile_id="p", groups=(Group(alternatives=alternatives),) * 3),
        announced=NOW,
        earliest_start=NOW,
    )
    assert len(patterns_of(run)) == MAXIMUM_PATTERNS


def test_choice_that_may_not_be_changed_again_is_kept():
    eco = sequence(*slots((7200, 1000.0)), name="eco")
    quick = sequence(*slots((3600, 500.0)), name="quick")
    resource = appliance(groups=(Group(alternatives=(eco, quick)),), choice=("eco",))
    profile = resource.runs[0].profile.replace(supports_reselection=False)
    resource = resource.replace(runs=(resource.runs[0].replace(profile=profile),))
    assert make_plan(house(resource)).runs()[0].choice == ("eco",)


def test_run_goes_where_the_import_limit_leaves_room():
    plan = make_plan(
        house(
            appliance(*slots_of()),
            base_load=shaped(lambda hour: 3000.0 if hour < 4 else 200.0),
            limits=(limit(3500),),
        )
    )
    assert plan.runs()[0].start >= NOW + 4 * HOUR
    assert plan.status is PlanStatus.OPTIMAL


def test_limit_goes_before_a_deadline():
    plan = make_plan(
        house(
            appliance(*slots_of(), latest=NOW + 3 * HOUR),
            base_load=shaped(lambda hour: 3000.0 if hour < 4 else 200.0),
            limits=(limit(3500),),
        )
    )
    (run,) = plan.runs()
    assert run.start == NOW + 4 * HOUR
    assert not run.met
    assert max(plan.net_power) <= 3500
    assert {note.key for note in plan.notes} == {"deadline_missed"}


def test_device_without_runs_is_planned_as_idle():
    resource = Resource(resource_id="washer", control=PowerProfile())
    plan = make_plan(house(resource, base_load=flat(500)))
    assert max(plan.device("washer").power) == 0
