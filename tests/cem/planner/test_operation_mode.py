"""Operation modes (S2 OMBC): each test shows a constraint of S2 or what a user asks of a machine with modes."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import CapacityCharge, Intent, ModeQuota, NumberRange, PlanStatus, Timer
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from .houses import NOW, flat, grid, house, limit, prices, shaped
from .machines import Permitted, change, machine, mode, on_and_off

HOUR = timedelta(hours=1)
OFF, PUMP = mode("off", 0), mode("on", 1000)
EXACT = PlannerOptions(gap=0.0, time_limit=60.0)


def generator(**fields: object):
    """A generator of 1 to 3 kW whose fuel costs 0.25 currency per kWh at full power."""
    return machine(OFF, mode("on", -1000, -3000, cost=0.75), name="generator", **fields)


def on(plan, name: str = "machine", off: str = "off") -> np.ndarray:
    """Whether a machine is on, per step."""
    return np.array([entry != off for entry in plan.device(name).actuators[0].mode])


def lengths(states: np.ndarray, value: bool) -> list[int]:
    """Length of each stretch that begins and ends within the plan."""
    edges = np.flatnonzero(np.diff(states.astype(int)))
    return [int(end - begin) for begin, end in pairwise(edges) if bool(states[begin + 1]) is value]


def test_generator_runs_when_its_fuel_is_cheaper_than_the_grid_and_follows_the_house():
    plan = make_plan(house(generator(), prices=prices([0.2] * 4 + [0.6] * 4 + [0.2] * 16, 0.0), base_load=flat(2000)))
    device = plan.device("generator")
    assert device.power[16:32] == pytest.approx([-2000.0] * 16, abs=1)
    assert set(device.power[:16]) == {0.0}
    assert device.intent[16] is Intent.ON
    assert device.intent[0] is Intent.OFF
    assert (device.lower[16], device.upper[16]) == (-3000.0, -1000.0)
    assert (device.lower[0], device.upper[0]) == (0.0, 0.0)
    assert device.actuators[0].actuator_id == "generator"
    assert device.actuators[0].factor[16] == pytest.approx(0.5, abs=1e-3)


def test_forecast_of_a_machine_does_not_count_since_the_plan_decides():
    resource = generator().replace(forecast=flat(-3000))
    assert set(make_plan(house(resource, prices=prices(0.1))).device("generator").power) == {0.0}


def test_machine_that_is_not_available_does_what_it_forecasts():
    resource = generator().replace(forecast=flat(-3000), available=False)
    assert set(make_plan(house(resource, prices=prices(0.1))).device("generator").power) == {-3000.0}


def test_start_cost_is_paid_only_where_it_pays():
    buys = [0.2] * 4 + [0.6] + [0.2] * 19
    cheap = make_plan(house(generator(**on_and_off(start_cost=0.10)), prices=prices(buys, 0.0), base_load=flat(2000)))
    dear = make_plan(house(generator(**on_and_off(start_cost=1.00)), prices=prices(buys, 0.0), base_load=flat(2000)))
    assert on(cheap, "generator").sum() == 4
    assert not on(dear, "generator").any()
    saved = 2.0 * 0.6 - 2.0 * 0.375 - 0.10  # fuel per kWh at half the factor is 0.375
    assert dear.objective - cheap.objective == pytest.approx(saved, abs=2e-3)


def test_minimum_run_and_pause_are_kept():
    buys = ([0.1, 0.9] * 12)[:24]
    quarter = [value for value in buys for _ in range(1)]
    plan = make_plan(house(generator(**on_and_off(150, 75)), prices=prices(quarter, 0.0), base_load=flat(3000)), EXACT)
    states = on(plan, "generator")
    assert states.any()
    assert all(length >= 10 for length in lengths(states, True))
    assert all(length >= 5 for length in lengths(states, False))


def test_timer_that_runs_blocks_until_it_has_finished():
    transitions = on_and_off(0, 0)["transitions"]
    timers = (
        Timer(timer_id="on", duration=0),
        Timer(timer_id="off", duration=3600, finished_at=NOW + timedelta(minutes=50)),
    )
    resource = generator(transitions=transitions, timers=timers)
    plan = make_plan(house(resource, prices=prices(0.9, 0.0), base_load=flat(3000)))
    states = on(plan, "generator")
    assert not states[:4].any()  # 50 min: the first edge after is at an hour
    assert states[4:].all()


def test_timer_of_the_past_blocks_nothing():
    given = on_and_off(0, 0)
    timers = tuple(timer.replace(duration=7200, finished_at=NOW - HOUR) for timer in given["timers"])
    plan = make_plan(house(generator(**{**given, "timers": timers}), prices=prices(0.9), base_load=flat(3000)))
    assert on(plan, "generator")[0]


def test_only_listed_transitions_are_made():
    """A heater that must pass through its low level, each time for half an hour."""
    modes = (OFF, mode("low", 1000), mode("high", 3000))
    transitions = (
        change("off", "low", start_timers=("warm",)),
        change("low", "high", blocking_timers=("warm",)),
        change("high", "off"),
    )
    timers = (Timer(timer_id="warm", duration=1800),)
    quota = ModeQuota(start=NOW, end=NOW + 4 * HOUR, modes=("high",), minimum=3600)
    resource = machine(*modes, transitions=transitions, timers=timers, quotas=(quota,))
    plan = make_plan(house(resource))
    sequence = plan.device("machine").actuators[0].mode
    assert sequence.count("high") == 4
    assert Permitted.of(resource.control).permits(sequence, plan.grid)
    assert sequence[sequence.index("high") - 2 : sequence.index("high")] == ("low", "low")


def test_machine_without_a_way_out_stays_where_it_is():
    resource = machine(OFF, PUMP, transitions=(change("off", "on"),), active_mode="on")
    assert set(make_plan(house(resource)).device("machine").power) == {1000.0}


def test_modes_and_transitions_for_abnormal_conditions_are_left_alone():
    boost = mode("boost", -9000, abnormal_condition_only=True)
    resource = machine(OFF, mode("on", -1000), boost, mode("far", -5000), name="generator")
    transitions = (
        change("off", "on"),
        change("on", "off"),
        change("on", "boost"),
        change("off", "far", abnormal_condition_only=True),
    )
    resource = resource.replace(control=resource.control.replace(transitions=transitions))
    plan = make_plan(house(resource, prices=prices(0.5), base_load=flat(9000)))
    assert set(plan.device("generator").actuators[0].mode) == {"on"}


def test_machine_found_in_a_mode_for_abnormal_conditions_leaves_it():
    boost = mode("boost", -9000, abnormal_condition_only=True)
    resource = machine(
        OFF, boost, name="generator", transitions=(change("boost", "off"), change("off", "boost")), active_mode="boost"
    )
    plan = make_plan(house(resource, prices=prices(0.5), base_load=flat(9000)))
    assert set(plan.device("generator").actuators[0].mode) == {"off"}


def test_machine_with_modes_for_abnormal_conditions_only_does_what_it_forecasts():
    resource = machine(mode("boost", 500, abnormal_condition_only=True)).replace(forecast=flat(400))
    plan = make_plan(house(resource))
    assert set(plan.device("machine").power) == {400.0}
    assert [note.key for note in plan.notes] == ["no_modes"]


def test_power_of_a_new_mode_comes_only_after_the_transition():
    given = on_and_off()
    slow = tuple(
        entry.replace(duration=20 * 60.0) if entry.to_mode == "on" else entry for entry in given["transitions"]
    )
    resource = machine(OFF, mode("on", -3000), name="generator", transitions=slow, timers=given["timers"])
    plan = make_plan(house(resource, prices=prices([0.1] * 2 + [0.9] * 22, 0.0), base_load=flat(3000)))
    power = np.array(plan.device("generator").power)
    begun = int(np.flatnonzero(on(plan, "generator"))[0])
    assert power[begun] == pytest.approx(0, abs=1)
    assert power[begun + 1] == pytest.approx(-2000, abs=1)  # ten of its fifteen minutes
    assert power[begun + 2] == pytest.approx(-3000, abs=1)


def test_nothing_else_begins_while_a_transition_lasts():
    transitions = (change("off", "on", duration=3000.0), change("on", "off"))
    resource = machine(OFF, mode("on", -3000), transitions=transitions)
    buys = [0.1, 0.1] + [0.9, 0.1] * 11
    plan = make_plan(house(resource, prices=prices(buys, -0.5), base_load=flat(3000)), EXACT)
    assert on(plan).any()
    assert all(length >= 4 for length in lengths(on(plan), True))


def test_starts_a_day_are_counted_with_those_of_today():
    buys = [0.1, 0.9] * 12
    given = {"transitions": on_and_off()["transitions"], "timers": on_and_off()["timers"]}
    free = make_plan(house(generator(**given), prices=prices(buys, 0.0), base_load=flat(3000)))
    bound = make_plan(
        house(
            generator(**given, maximum_starts_per_day=3, starts_today=2), prices=prices(buys, 0.0), base_load=flat(3000)
        )
    )
    begun = np.flatnonzero(np.diff(np.concatenate([[0], on(bound, "generator").astype(int)])) == 1)
    assert np.count_nonzero(np.diff(on(free, "generator").astype(int)) == 1) == 12
    today = [step for step in begun if (plan_hour := NOW.hour + step / 4) < 24 and plan_hour >= 0]
    assert len(today) == 1  # 6:00 to midnight UTC
    assert len(begun) <= 1 + 3


def test_no_start_is_left_today():
    resource = generator(maximum_starts_per_day=2, starts_today=5)
    plan = make_plan(house(resource, prices=prices(0.9, 0.0), base_load=flat(3000)))
    states = on(plan, "generator")
    assert not states[:72].any()
    assert states[72:].all()  # tomorrow has starts of its own


def test_local_day_is_read_from_the_billing_period():
    charge = CapacityCharge(
        charge_id="month",
        price=0.0,
        period_start=NOW.replace(day=1, hour=22) - timedelta(days=1),
        period_end=NOW.replace(day=30, hour=22),
    )
    resource = generator(maximum_starts_per_day=1, starts_today=1)
    plan = make_plan(house(resource, prices=prices(0.9, 0.0), base_load=flat(3000), capacity_charges=(charge,)))
    assert int(np.flatnonzero(on(plan, "generator"))[0]) == 64  # 22:00 UTC is midnight there


def test_local_day_is_read_from_a_quota_of_a_whole_day():
    midnight = NOW.replace(hour=23) - timedelta(days=1)
    quota = ModeQuota(start=midnight, end=midnight + 24 * HOUR, modes=("on",))
    resource = generator(maximum_starts_per_day=1, starts_today=1, quotas=(quota,))
    plan = make_plan(house(resource, prices=prices(0.9, 0.0), base_load=flat(3000)))
    assert int(np.flatnonzero(on(plan, "generator"))[0]) == 68  # 23:00 UTC


@pytest.mark.parametrize(
    "resource",
    [
        machine(OFF),
        machine(OFF, active_mode=None),
        machine(PUMP),
        machine(PUMP, active_mode="on", transitions=(change("on", "on"),)),
        machine(OFF, mode("on", 1e9, -1e9), active_mode="off"),
        machine(OFF, mode("on", 1e-9)),
        machine(OFF, PUMP, **on_and_off(60 * 24 * 300, 60 * 24 * 300, start_cost=-5.0)),
        machine(OFF, PUMP, **on_and_off(start_cost=1e12)),
        machine(OFF, PUMP, maximum_starts_per_day=0),
        machine(
            OFF, PUMP, transitions=(change("off", "on"), change("off", "on").replace(transition_id="twice", cost=1))
        ),
        machine(OFF, mode("spare", 0), mode("idle", 0), transitions=(change("off", "spare"),)),
        machine(OFF, mode("on", 500, cost=1e9)),
        machine(OFF, mode("on", 500, cost=-1e6)),
        machine(
            OFF,
            PUMP,
            transitions=(change("off", "on", blocking_timers=("long",), duration=3e7), change("on", "off")),
            timers=(Timer(timer_id="long", duration=3e7, finished_at=NOW + timedelta(days=3000)),),
        ),
        machine(
            OFF,
            PUMP,
            quotas=(
                ModeQuota(start=NOW, end=NOW + HOUR, modes=("on",), minimum=3e7),
                ModeQuota(start=NOW - 9 * HOUR, end=NOW - HOUR, modes=("on",), minimum=100),
                ModeQuota(start=NOW, end=NOW + 900 * HOUR, modes=(), minimum=100, price=1e9),
                ModeQuota(start=NOW, end=NOW + HOUR, modes=("off", "on"), minimum=0, maximum=0),
            ),
        ),
    ],
)
def test_whatever_a_machine_says_there_is_a_plan_and_not_by_rules(resource):
    plan = make_plan(house(resource, prices=prices([0.2, 0.4] * 12)), PlannerOptions(time_limit=5))
    assert plan.status is not PlanStatus.FALLBACK
    assert np.all(np.isfinite(plan.device("machine").power))
    assert len(plan.device("machine").actuators[0].mode) == 96


def test_pool_pump_runs_its_hours_a_day_in_the_cheapest_of_them():
    buys = [0.4] * 6 + [0.1] * 3 + [0.4] * 15
    quota = ModeQuota(start=NOW, end=NOW + 16 * HOUR, modes=("on",), minimum=4 * 3600)
    plan = make_plan(house(machine(OFF, PUMP, quotas=(quota,)), prices=prices(buys)))
    states = on(plan)
    assert states.sum() == 16
    assert states[24:36].all()
    assert plan.notes == ()


def test_quota_with_a_price_is_met_only_where_it_is_worth_it():
    quota = ModeQuota(start=NOW, end=NOW + 12 * HOUR, modes=("on",), minimum=2 * 3600, price=0.25)
    cheap = make_plan(house(machine(OFF, PUMP, quotas=(quota,)), prices=prices(0.20)))
    dear = make_plan(house(machine(OFF, PUMP, quotas=(quota,)), prices=prices(0.30)))
    assert on(cheap).sum() == 8
    assert not on(dear).any()
    (told,) = dear.device("machine").notes
    assert told.key == "quota_missed"
    assert "120 min" in told.text
    assert dear.device("machine").shortfall == pytest.approx(2.0)


def test_quota_that_cannot_be_met_says_by_how_much():
    quota = ModeQuota(start=NOW - HOUR, end=NOW + 2 * HOUR, modes=("on",), minimum=3 * 3600)
    plan = make_plan(house(machine(OFF, PUMP, quotas=(quota,))))
    assert on(plan)[:8].all()
    (told,) = [entry for entry in plan.notes if entry.key == "quota_missed"]
    assert "60 min" in told.text
    assert plan.status is PlanStatus.RELAXED


def test_quota_beyond_the_horizon_can_wait_as_far_as_the_time_there_allows():
    quota = ModeQuota(start=NOW + 20 * HOUR, end=NOW + 28 * HOUR, modes=("on",), minimum=5 * 3600)
    plan = make_plan(house(machine(OFF, PUMP, quotas=(quota,))))
    assert on(plan).sum() == 4
    assert not on(plan)[:80].any()


def test_noise_at_night_is_kept_short():
    quota = ModeQuota(start=NOW + 12 * HOUR, end=NOW + 20 * HOUR, modes=("on",), maximum=3600)
    plan = make_plan(house(generator(quotas=(quota,), **on_and_off()), prices=prices(0.9, 0.0), base_load=flat(3000)))
    states = on(plan, "generator")
    assert states[48:80].sum() == 4
    assert states[:48].all()


def test_level_of_a_heater_is_chosen_within_the_limit():
    modes = (OFF, mode("low", 1000), mode("high", 3000))
    quota = ModeQuota(start=NOW, end=NOW + 24 * HOUR, modes=("low", "high"), minimum=24 * 3600)
    resource = machine(*modes, quotas=(quota,))
    plan = make_plan(house(resource, limits=(limit(2000),), prices=prices(-0.1, -0.5)))
    assert set(plan.device("machine").actuators[0].mode) == {"low"}


def test_light_dims_to_its_floor_where_electricity_is_dear():
    resource = machine(mode("light", 20, 100), name="light")
    plan = make_plan(house(resource, prices=prices([0.3] * 4 + [-0.2] * 20, -0.5)))
    power = plan.device("light").power
    assert power[:16] == pytest.approx([20.0] * 16)
    assert power[16:] == pytest.approx([100.0] * 80)
    assert plan.device("light").intent[0] is Intent.ON


def test_mode_written_from_full_to_nothing_has_its_own_factor():
    control_mode = mode("heat", 2000, 0)
    plan = make_plan(house(machine(control_mode, name="heater"), prices=prices([-0.2] * 12 + [0.3] * 12, -0.5)))
    device = plan.device("heater")
    assert device.power[0] == pytest.approx(2000)
    assert device.actuators[0].factor[0] == pytest.approx(0)
    assert device.actuators[0].factor[-1] == pytest.approx(1)


def test_machine_whose_mode_is_not_known_is_in_the_one_that_fits_its_power():
    resource = generator(active_mode=None, **on_and_off(0, 0, start_cost=5.0)).replace(power=-2500.0)
    plan = make_plan(house(resource, prices=prices(0.5, 0.0), base_load=flat(3000)))
    assert on(plan, "generator").all()  # it runs already: no start is to be paid
    still = make_plan(house(resource.replace(power=0.0), prices=prices(0.28, 0.0), base_load=flat(3000)))
    assert not on(still, "generator").any()


def test_modes_share_a_long_step():
    """In steps of half an hour and longer a heater may be on for a part of the step."""
    quota = ModeQuota(start=NOW, end=NOW + 2 * HOUR, modes=("on",), minimum=1800)
    resource = machine(OFF, PUMP, quotas=(quota,))
    plan = make_plan(house(resource, grid=grid(24, 60)))
    assert sum(plan.device("machine").power) == pytest.approx(500)
    assert max(plan.device("machine").upper) == 1000
    assert min(plan.device("machine").lower) == 0


def test_two_machines_keep_a_limit_together():
    quota = ModeQuota(start=NOW, end=NOW + 4 * HOUR, modes=("on",), minimum=2 * 3600)
    first, second = (machine(OFF, mode("on", 2000), name=name, quotas=(quota,)) for name in ("first", "second"))
    plan = make_plan(house(first, second, limits=(limit(2500),)))
    assert plan.status is PlanStatus.OPTIMAL
    assert not (on(plan, "first") & on(plan, "second")).any()
    assert on(plan, "first").sum() == on(plan, "second").sum() == 8


def test_ventilation_follows_the_sun_in_its_levels():
    modes = (mode("away", 30), mode("normal", 80), mode("boost", 200))
    quota = ModeQuota(start=NOW, end=NOW + 12 * HOUR, modes=("boost",), minimum=3 * 3600)
    resource = machine(*modes, name="fan", quotas=(quota,), active_mode="normal")
    sunny = shaped(lambda hour: -500.0 if 4 <= hour < 7 else 300.0)
    plan = make_plan(house(resource, base_load=sunny))
    sequence = plan.device("fan").actuators[0].mode
    assert set(sequence[16:28]) == {"boost"}
    assert set(sequence[28:]) == {"away"}


def test_running_cost_may_fall_with_the_factor():
    dear_at_part_load = mode("on", -1000, -3000).replace(running_cost=NumberRange(start=2.0 / 3600, end=0.1 / 3600))
    resource = machine(OFF, dear_at_part_load, name="generator")
    plan = make_plan(house(resource, prices=prices(0.3, 0.1), base_load=flat(500)))
    assert plan.device("generator").power[0] == pytest.approx(-3000, abs=1)
