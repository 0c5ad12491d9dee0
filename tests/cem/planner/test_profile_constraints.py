"""Every constraint of a power profile (S2 PPBC, SPINE, Matter): what the plan does with it.

| constraint                                           | shown by                                          |
|------------------------------------------------------|---------------------------------------------------|
| containers in order, max_pause_before                | test_runs: groups run in order                    |
| alternatives, preference_price, reselection          | test_runs: alternative that fits; test_programs   |
| pause_duration_min/max, max_pause, min_pause         | test_runs: shortest pause, pause is planned       |
| pause_duration_sum_max, pause_duration_sum_min       | test_runs: sum of pauses; here                    |
| active_duration_min/max, active_duration_sum_min/max | here                                              |
| optional slots, activated                            | test_runs: optional slot, slot not activated      |
| stretchable slots, energy and power bounds           | here                                              |
| not_interruptible_at_high_power                      | here                                              |
| max_cycles_per_day, of one run and over all runs     | test_runs: starts per day; here                   |
| costs of slots: money, CO2                           | here                                              |
| windows of slot, sequence and profile                | test_runs: windows                                |
| supports_single_slot_scheduling_only                 | here                                              |
| preference cheapest, greenest, earliest              | test_runs: prefers the earliest; here             |
| repetitions                                          | test_runs: repetitions; here with pauses          |
| resume_cost, resume_energy                           | test_runs: resume costs                           |
| pinned starts and shifted slots (JWG1102, JWG1103)   | here                                              |
"""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem import runs as life
from custom_components.cem_sgcp.cem.model import (
    Goals,
    Group,
    PlannedRun,
    PowerProfile,
    Preference,
    Resource,
    Run,
    RunState,
    Sequence,
    Slot,
)
from custom_components.cem_sgcp.cem.model.slot import CostKind, SlotCost
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from .houses import NOW, appliance, grid, house, photovoltaics, prices, shaped, slots

HOUR = timedelta(hours=1)
EXACT = PlannerOptions(gap=0.0)
WAVES = [0.1, 0.5] * 18


def one(*parts: Slot, **fields: object) -> Group:
    return Group(alternatives=(Sequence(sequence_id="normal", slots=parts, **fields),))


def planned(*groups: Group, buys: list[float] | float = 0.30, profile: dict[str, object] | None = None, **more: object):
    """The planned run of one appliance in a house without anything else."""
    resource = appliance(groups=groups)
    run = resource.runs[0]
    changed = run.replace(profile=run.profile.replace(**(profile or {})))
    plan = make_plan(house(resource.replace(runs=(changed,)), prices=prices(buys), **more), EXACT)
    return plan.runs()[0]


def pauses(run: PlannedRun) -> list[timedelta]:
    return [
        later.start - earlier.end
        for earlier, later in zip(run.slots, run.slots[1:], strict=False)
        if later.start > earlier.end
    ]


def work(run: PlannedRun) -> list[timedelta]:
    """How long the run is active between its pauses."""
    lengths = [timedelta()]
    for number, slot in enumerate(run.slots):
        if number and slot.start > run.slots[number - 1].end:
            lengths.append(timedelta())
        lengths[-1] += slot.end - slot.start
    return lengths


# ------------------------------------------------------------------------------------------- pauses and activity


def test_pauses_last_at_least_their_sum_together_or_there_are_none():
    half = Slot(duration=1800, p_exp=2000)
    buys = prices([0.1, 0.9] * 24, [0.0] * 48, minutes=30)

    def total(**bounds: float) -> timedelta:
        group = one(half, half, half, pausable=True, **bounds)
        plan = make_plan(house(appliance(groups=(group,)), prices=buys, grid=grid(12, 15)), EXACT)
        return sum(pauses(plan.runs()[0]), timedelta())

    assert total() == HOUR
    assert total(pause_duration_sum_min=2.5 * 3600) >= 2.5 * HOUR
    never = one(half, half, half, pausable=True, pause_duration_sum_min=2.5 * 3600)
    assert not pauses(planned(never, buys=0.30))


def test_run_is_never_active_for_shorter_than_it_must_not_even_at_its_end():
    part = Slot(duration=3600, p_exp=2000)
    run = planned(one(part, part, part, pausable=True, active_duration_min=7200.0), buys=WAVES)
    assert all(length >= 2 * HOUR for length in work(run))


def test_run_is_never_active_for_longer_than_it_may():
    block = Slot(duration=3 * 3600, p_exp=2000)
    run = planned(one(block, pausable=True, active_duration_max=3600.0), buys=0.30)
    assert len(work(run)) == 3
    assert all(length <= HOUR for length in work(run))
    assert all(pause >= timedelta(minutes=1) for pause in pauses(run))
    rests = planned(one(block, pausable=True, active_duration_max=3600.0, pause_duration_min=1200.0), buys=0.30)
    assert pauses(rests) == [timedelta(minutes=20)] * 2
    assert rests.start == NOW


def test_pause_that_must_be_counts_for_the_latest_start():
    block = Slot(duration=2 * 3600, p_exp=2000)
    group = one(block, pausable=True, active_duration_max=3600.0, pause_duration_min=1800.0)
    resource = appliance(groups=(group,), latest=NOW + 6 * HOUR)
    (run,) = make_plan(house(resource, prices=prices([0.5] * 3 + [0.1] * 30))).runs()
    assert run.latest_start == NOW + 3.5 * HOUR
    assert run.end <= NOW + 6 * HOUR


def test_sum_of_activity_bounds_which_optional_slots_run():
    must, extra = Slot(duration=3600, p_exp=2000), Slot(duration=3600, p_exp=2000, optional=True)
    assert len(planned(one(must, extra, extra)).slots) == 1
    assert len(planned(one(must, extra, extra, active_duration_sum_min=7200.0)).slots) == 2
    paid = [-0.2] * 30
    assert len(planned(one(must, extra, extra), buys=paid).slots) == 3
    assert len(planned(one(must, extra, extra, active_duration_sum_max=7200.0), buys=paid).slots) == 2


def test_no_pause_at_high_power_nor_right_before_or_after_it():
    low, high = Slot(duration=3600, p_exp=200), Slot(duration=3600, p_exp=2000)
    half = [0.1, 0.5] * 18
    free = planned(one(low, low, high, low, low, pausable=True), buys=half, goals=Goals(move_gain=0.0))
    careful = planned(
        one(low, low, high, low, low, pausable=True, not_interruptible_at_high_power=True),
        buys=half,
        goals=Goals(move_gain=0.0),
    )
    high_free, high_careful = (next(slot for slot in run.slots if slot.slot == 2) for run in (free, careful))
    ends = {slot.end for slot in careful.slots}
    begins = {slot.start for slot in careful.slots}
    assert high_careful.start in ends
    assert high_careful.end in begins
    assert high_free.start not in {slot.end for slot in free.slots} or high_free.end not in {
        slot.start for slot in free.slots
    }
    assert pauses(careful)  # elsewhere it may pause


def test_only_one_slot_is_given_a_time_of_its_own_where_the_device_takes_no_more():
    part = Slot(duration=3600, p_exp=2000)
    assert len(pauses(planned(one(part, part, part, part, pausable=True), buys=WAVES))) == 3
    single = {"supports_single_slot_scheduling_only": True}
    assert len(pauses(planned(one(part, part, part, part, pausable=True), buys=WAVES, profile=single))) == 1
    assert len(pauses(planned(*[one(part)] * 4, buys=WAVES, profile=single))) == 1


def test_pauses_of_each_repetition_are_bounded():
    half = Slot(duration=1800, p_exp=3000)
    buys = prices([0.1, 0.9] * 24, [0.0] * 48, minutes=30)
    resource = appliance(groups=(one(half, half, pausable=True, pause_duration_sum_max=900.0),))
    run = resource.runs[0]
    run = run.replace(profile=run.profile.replace(repetitions=2))
    plan = make_plan(house(resource.replace(runs=(run,)), prices=buys, grid=grid(12, 15)), EXACT)
    (told,) = plan.runs()
    worked, paused = timedelta(), {0: timedelta(), 1: timedelta()}
    for earlier, later in zip(told.slots, told.slots[1:], strict=False):
        worked += earlier.end - earlier.start
        if worked % HOUR:  # between two repetitions it may wait
            paused[worked // HOUR] += later.start - earlier.end
    assert worked + told.slots[-1].end - told.slots[-1].start == 2 * HOUR
    assert all(pause <= timedelta(minutes=15) for pause in paused.values())


# --------------------------------------------------------------------------------------------------------- cycles


def twice(**fields: object) -> Resource:
    block = Sequence(sequence_id="s", slots=slots((3600, 2000.0)), **fields)
    resource = appliance(groups=(Group(alternatives=(block,)),))
    run = resource.runs[0]
    return resource.replace(runs=(run.replace(run_id="one"), run.replace(run_id="two")))


def test_starts_per_day_hold_over_all_runs_of_a_device():
    far = {"grid": grid(48, 30), "prices": prices([0.1] * 4 + [0.5] * 60)}
    free = make_plan(house(twice(), **far), EXACT).runs()
    assert [run.start for run in free] == [NOW, NOW + HOUR]
    bound = make_plan(house(twice(max_cycles_per_day=1), **far), EXACT).runs()
    assert bound[1].start - bound[0].start >= timedelta(days=1)


def test_run_that_has_started_counts_for_the_starts_of_its_day():
    resource = twice(max_cycles_per_day=1)
    begun = NOW - HOUR / 2
    started = resource.runs[0].replace(state=RunState.EXECUTING, started=begun, scheduled_start=begun)
    plan = make_plan(house(resource.replace(runs=(started, resource.runs[1])), grid=grid(48, 30)))
    assert plan.runs()[1].start >= begun + timedelta(days=1)


def test_starts_per_day_go_before_a_deadline():
    resource = twice(max_cycles_per_day=1)
    runs = tuple(run.replace(latest_end=NOW + 10 * HOUR) for run in resource.runs)
    first, second = make_plan(house(resource.replace(runs=runs), grid=grid(48, 30))).runs()
    assert first.met
    assert not second.met
    assert second.start - first.start >= timedelta(days=1)


def test_pause_is_a_start_of_the_day():
    part = Slot(duration=3600, p_exp=2000)
    block = Sequence(sequence_id="s", slots=(part, part), pausable=True, max_cycles_per_day=2)
    resource = appliance(groups=(Group(alternatives=(block,)),))
    run = resource.runs[0]
    runs = (run.replace(run_id="one"), run.replace(run_id="two"))
    plan = make_plan(house(resource.replace(runs=runs), prices=prices(WAVES)), EXACT)
    assert [pauses(entry) for entry in plan.runs()] == [[], []]


# -------------------------------------------------------------------------------------------------------- stretching


def test_stretchable_slot_of_known_energy_lasts_as_long_as_is_cheapest_and_keeps_its_energy():
    slot = Slot(duration=7200, min_duration=3600, max_duration=14400, p_exp=1000, e_exp=2000)
    short = planned(one(slot), buys=[0.1] + [0.5] * 30)
    assert short.end - short.start == HOUR
    assert short.slots[0].power == pytest.approx(2000)
    sun = photovoltaics(5000, forecast=shaped(lambda hour: -800.0 if 4 <= hour < 8 else 0.0))
    resource = appliance(groups=(one(slot),))
    plan = make_plan(house(sun, resource, prices=prices(0.30, 0.0)), EXACT)
    (long,) = plan.runs()
    assert long.start == NOW + 4 * HOUR
    assert long.end - long.start == 4 * HOUR
    energy = float(np.array(plan.device("washer").power) @ np.full(96, 0.25))
    assert energy == pytest.approx(2000, abs=1.0)


def test_stretching_stays_within_the_power_that_the_slot_can_take():
    slot = Slot(duration=7200, min_duration=3600, p_exp=1000, e_exp=2000, p_max=1400)
    run = planned(one(slot), buys=[0.1] + [0.5] * 30)
    assert run.slots[0].power <= 1400
    assert run.end - run.start == 1.5 * HOUR


def test_stretchable_slot_of_known_power_takes_more_energy_only_where_that_is_free():
    slot = Slot(duration=7200, min_duration=3600, max_duration=10800, p_exp=2000)
    assert planned(one(slot)).end == NOW + HOUR
    paid = planned(one(slot), buys=[-0.1] * 40)
    assert paid.end - paid.start == 3 * HOUR
    bound = planned(one(slot.replace(e_min=3000.0, e_max=5000.0)), buys=[-0.1] * 40)
    assert bound.end - bound.start == 2 * HOUR
    least = planned(one(slot.replace(e_min=3000.0)))
    assert least.end - least.start == 2 * HOUR


def test_shorter_slot_meets_a_deadline_that_the_expected_one_would_miss():
    slot = Slot(duration=7200, min_duration=3600, p_exp=1000, e_exp=2000)
    resource = appliance(groups=(one(slot),), latest=NOW + 1.25 * HOUR)
    plan = make_plan(house(resource))
    assert plan.runs()[0].met


def test_many_stretchable_slots_are_stretched_together():
    slot = Slot(duration=1800, min_duration=900, max_duration=3600, p_exp=1000, e_exp=500)
    run = planned(one(*[slot] * 6), buys=[0.5, 0.1, 0.1] + [0.5] * 30)
    lengths = {entry.end - entry.start for entry in run.slots}
    assert len(lengths) == 1
    assert run.cost == pytest.approx(0.3, abs=1e-6)


def test_stretched_run_keeps_its_slots_from_plan_to_plan():
    slot = Slot(duration=7200, min_duration=3600, max_duration=14400, p_exp=1000, e_exp=2000)
    resource = appliance(groups=(one(slot, slot),))
    snapshot = house(resource, prices=prices([0.5, 0.1, 0.1, 0.1] + [0.5] * 30))
    before = make_plan(snapshot)
    after = make_plan(snapshot.replace(prices=prices([0.5, 0.1, 0.1, 0.101] + [0.5] * 30)), previous=before)
    assert after.runs()[0].slots == before.runs()[0].slots
    assert after.runs()[0].moved_from is None


# ------------------------------------------------------------------------------------------------ costs and wishes


def costly(kind: CostKind, value: float, currency: str = "") -> Group:
    dear = Slot(duration=3600, p_exp=1000, costs=(SlotCost(kind=kind, value=value, currency=currency),))
    return Group(
        alternatives=(
            Sequence(sequence_id="dear", slots=(dear,)),
            Sequence(sequence_id="plain", slots=slots((3600, 1100.0))),
        )
    )


def test_money_that_a_slot_costs_counts_and_is_told():
    cheap = planned(costly(CostKind.FINANCIAL, 0.01))
    assert cheap.choice == ("dear",)
    assert cheap.cost == pytest.approx(0.31)
    assert planned(costly(CostKind.FINANCIAL, 0.05)).choice == ("plain",)
    assert planned(costly(CostKind.FINANCIAL, 0.05, "EUR")).choice == ("plain",)
    assert planned(costly(CostKind.FINANCIAL, 0.05, "SEK")).choice == ("dear",)  # no rate of exchange is known


def test_co2_of_a_slot_counts_at_its_price_and_is_no_money():
    assert planned(costly(CostKind.GHG_EMISSIONS, 400.0)).choice == ("dear",)
    valued = planned(costly(CostKind.GHG_EMISSIONS, 400.0), goals=Goals(co2_price=0.2))
    assert valued.choice == ("plain",)
    little = planned(costly(CostKind.GHG_EMISSIONS, 100.0), goals=Goals(co2_price=0.2))
    assert little.choice == ("dear",)
    assert little.cost == pytest.approx(0.30)


def test_cheapest_is_what_a_plan_looks_for_anyway():
    buys = [0.5, 0.4, 0.3, 0.2, 0.5] + [0.6] * 30
    for preference in (Preference.NONE, Preference.CHEAPEST):
        run = planned(one(*slots((3600, 1000.0))), buys=buys, profile={"preference": preference})
        assert run.start == NOW + 3 * HOUR


# ---------------------------------------------------------------------------------- JWG1102, JWG1103: fixed by the user


def fixed(*, pausable: bool = True) -> Run:
    """A run of two slots, the second of which the user moved by an hour."""
    block = Sequence(sequence_id="s", slots=slots((3600, 2000.0), (3600, 1000.0)), pausable=pausable)
    between = Group(alternatives=(Sequence(sequence_id="t", slots=slots((1800, 500.0))),))
    run = appliance(groups=(Group(alternatives=(block,)), between), latest=NOW + 20 * HOUR).runs[0]
    run = life.set_start(run, NOW + 3 * HOUR, NOW)
    return life.shift_slot(run, 1, 0, NOW + 7 * HOUR, NOW)


def test_shifted_slots_of_a_pinned_run_stay_where_the_user_put_them():
    run = fixed()
    resource = Resource(resource_id="washer", name="washer", control=PowerProfile(), runs=(run,))
    plan = make_plan(house(resource, prices=prices([0.1] * 5 + [0.9] * 40)))
    (told,) = plan.runs()
    assert told.slots == run.schedule
    power = np.array(plan.device("washer").power)
    assert power[12:16] == pytest.approx(2000)
    assert power[16:20] == pytest.approx(1000)
    assert power[20:28].max() == 0
    assert power[28:30] == pytest.approx(500)


def test_pinned_run_that_could_not_start_in_time_keeps_its_gaps():
    run = fixed()
    late = NOW + 3 * HOUR + timedelta(minutes=4)
    resource = Resource(resource_id="washer", name="washer", control=PowerProfile(), runs=(run,))
    (told,) = make_plan(house(resource, now=late, grid=grid(24, 15, late))).runs()
    assert told.start == late
    assert [slot.start - run.schedule[number].start for number, slot in enumerate(told.slots)] == [
        timedelta(minutes=4)
    ] * 3


def test_shift_too_fine_for_the_cuts_of_the_planner_is_kept():
    """The planner cuts a run into few segments; a user may shift any slot."""
    block = Sequence(sequence_id="s", slots=slots(*[(600, 1000.0)] * 12), pausable=True)
    run = life.set_start(appliance(groups=(Group(alternatives=(block,)),)).runs[0], NOW + HOUR, NOW)
    for number in (3, 4, 7, 11):
        later = run.schedule[number].start + timedelta(minutes=7)
        run = life.shift_slot(run, 0, number, later, NOW)
    resource = Resource(resource_id="washer", name="washer", control=PowerProfile(), runs=(run,))
    (told,) = make_plan(house(resource)).runs()
    assert told.slots == run.schedule
