"""Why the plan does what it does: one sentence with numbers for each run and each device, and the next best choice."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    Direction,
    Group,
    Intent,
    LevelTarget,
    NumberRange,
    OperationMode,
    OperationModes,
    Resource,
    RunState,
    Sequence,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan
from custom_components.cem_sgcp.cem.planner.messages import values_of

from .houses import NOW, appliance, battery, car, flat, house, limit, photovoltaics, prices, shaped, slots

HOUR = timedelta(hours=1)
EXACT = PlannerOptions(gap=0.0)
BLOCK = ((3600, 2000.0),)


def told(plan, name: str = "washer"):
    """Key and values of the reason of the only run."""
    (run,) = plan.device(name).runs
    assert run.reason is not None
    return run.reason.key, values_of(run.reason), run


# ------------------------------------------------------------------------------------------------------------ runs


def test_jwg1_run_says_what_it_costs_instead_of_now_and_what_the_sun_covers():
    sun = photovoltaics(5000, forecast=shaped(lambda hour: -1940.0 if 5 <= hour < 9 else 0.0))
    plan = make_plan(house(sun, appliance(*BLOCK), prices=prices(0.39, 0.08)), EXACT)
    key, values, run = told(plan)
    assert key == "run_cheaper_solar"
    assert values["start"] == (NOW + 5 * HOUR).isoformat()
    assert (values["cost"], values["cost_now"]) == (f"{run.cost:.2f}", "0.78")
    # Of 1940 W the house takes 300 W first; the other 1640 W are 82 % of 2000 W.
    assert run.solar_share == pytest.approx(0.82)
    assert values["solar"] == "82"
    assert run.reason.text == (
        f"washer starts at {run.start.isoformat()}: {run.cost:.2f} EUR instead of 0.78 EUR now; "
        "own generation covers 82 %."
    )


def test_own_generation_is_shared_by_all_that_draw_at_once():
    sun = photovoltaics(5000, forecast=flat(-2300))
    two = [appliance(*BLOCK, name=name, pinned_start=NOW + HOUR) for name in ("washer", "dryer")]
    plan = make_plan(house(sun, *two))
    assert [run.solar_share for run in plan.runs()] == pytest.approx([0.5, 0.5])


def test_what_a_battery_gives_is_no_own_generation():
    plan = make_plan(house(battery(10000), appliance(*BLOCK, pinned_start=NOW + HOUR)))
    (run,) = plan.runs()
    assert min(plan.device("battery").power) < 0
    assert run.solar_share == 0


def test_next_best_is_half_an_hour_away_and_costs_what_a_plan_with_it_costs():
    buys = [0.5] * 3 + [0.1] + [0.5] * 4 + [0.2] + [0.5] * 30
    snapshot = house(appliance(*BLOCK), prices=prices(buys))
    (run,) = make_plan(snapshot, EXACT).runs()
    assert run.start == NOW + 3 * HOUR
    assert run.next_start is not None
    assert abs(run.next_start - run.start) >= timedelta(minutes=30)
    washer = snapshot.resources[0]
    fixed = washer.replace(runs=(washer.runs[0].replace(pinned_start=run.next_start),))
    (there,) = make_plan(snapshot.replace(resources=(fixed,)), EXACT).runs()
    assert run.next_cost == pytest.approx(there.cost)
    far = [
        make_plan(
            snapshot.replace(
                resources=(washer.replace(runs=(washer.runs[0].replace(pinned_start=NOW + step * HOUR / 4),)),)
            )
        )
        .runs()[0]
        .cost
        for step in range(0, 60, 2)
        if abs(step - 12) >= 2
    ]
    assert run.next_cost == pytest.approx(min(far))


def test_next_best_keeps_the_limits_that_the_plan_keeps():
    base = shaped(lambda hour: 3000.0 if hour < 2 or 3 <= hour < 20 else 200.0)
    plan = make_plan(house(appliance(*BLOCK, latest=NOW + 12 * HOUR), base_load=base, limits=(limit(4000),)), EXACT)
    (run,) = plan.runs()
    assert run.start == NOW + 2 * HOUR
    assert run.next_start is None


def test_run_that_is_best_at_once_says_what_waiting_would_cost():
    key, values, run = told(make_plan(house(appliance(*BLOCK), prices=prices([0.1] + [0.5] * 40)), EXACT))
    assert run.start == NOW
    assert key == "run_best"
    assert float(values["next_cost"]) > float(values["cost"]) == pytest.approx(0.2)


def test_flat_tariff_says_that_no_start_is_cheaper():
    assert told(make_plan(house(appliance(*BLOCK))))[0] == "run_equal"


def test_without_prices_it_says_that_it_waits_for_as_long_as_is_safe():
    plan = make_plan(house(appliance(*BLOCK, latest=NOW + 8 * HOUR), prices=prices([], [])))
    assert told(plan)[0] == "run_waits"


def test_started_fixed_and_late_runs_say_so():
    begun = NOW - HOUR / 2
    assert told(make_plan(house(appliance(*BLOCK, state=RunState.EXECUTING, started=begun))))[0] == "run_started"
    assert told(make_plan(house(appliance(*BLOCK, pinned_start=NOW + HOUR))))[0] == "run_pinned"
    assert told(make_plan(house(appliance(*BLOCK, latest=NOW + HOUR / 2))))[0] == "run_late"


# ------------------------------------------------------------------------------------------------------- programs


def programs() -> tuple[Group, ...]:
    """A dishwasher: eco takes long and little, quick is short and dear to its user."""
    return (
        Group(
            alternatives=(
                Sequence(sequence_id="eco", name="Eco", slots=slots((1800, 1800.0), (9000, 80.0), (1800, 900.0))),
                Sequence(
                    sequence_id="normal",
                    name="Normal",
                    slots=slots((2400, 2000.0), (3600, 100.0), (1800, 1200.0)),
                    preference_price=0.10,
                ),
                Sequence(
                    sequence_id="quick", name="Quick", slots=slots((1200, 2200.0), (1200, 1800.0)), preference_price=0.5
                ),
            )
        ),
    )


NIGHT = [0.38] * 14 + [0.22] * 6 + [0.38] * 20


def test_jwg1_dishwasher_takes_eco_at_night_and_says_what_another_program_would_cost():
    washer = appliance(groups=programs(), name="dishwasher", latest=NOW + 24 * HOUR)
    plan = make_plan(house(washer, prices=prices(NIGHT)), EXACT)
    key, values, run = told(plan, "dishwasher")
    assert run.choice == ("eco",)
    assert run.start >= NOW + 14 * HOUR
    assert run.end <= NOW + 20 * HOUR
    assert key in {"run_program_cost", "run_cheaper"}
    assert "Eco" in values["name"]


def test_jwg1_dishwasher_takes_quick_where_the_deadline_is_short_and_says_why():
    washer = appliance(groups=programs(), name="dishwasher", latest=NOW + HOUR)
    plan = make_plan(house(washer, prices=prices(NIGHT)), EXACT)
    key, values, run = told(plan, "dishwasher")
    assert run.choice == ("quick",)
    assert run.met
    assert key == "run_program_deadline"
    assert values["name"] == "dishwasher (Quick)"
    assert values["other"] == "Eco"
    assert values["deadline"] == (NOW + HOUR).isoformat()


def test_jwg1_dishwasher_takes_normal_where_eco_is_too_long():
    washer = appliance(groups=programs(), name="dishwasher", latest=NOW + 3 * HOUR)
    (run,) = make_plan(house(washer, prices=prices(NIGHT)), EXACT).runs()
    assert run.choice == ("normal",)


# --------------------------------------------------------------------------------------------------------- devices


def reason(plan, name: str) -> tuple[str, dict[str, str]]:
    found = plan.device(name).reason
    assert found is not None
    return found.key, values_of(found)


def test_battery_that_charges_says_the_price_and_what_a_stored_kwh_is_worth():
    plan = make_plan(house(battery(0), base_load=flat(2000), prices=prices([0.12] + [0.30] * 40)))
    key, values = reason(plan, "battery")
    assert plan.device("battery").intent[0] is Intent.CHARGE_GRID
    assert key == "store_charges_until"
    assert values["price"] == "0.12"
    assert float(values["value"]) > 0.12
    assert values["until"] == (NOW + HOUR).isoformat()


def test_battery_that_is_held_says_what_it_is_held_for():
    buys = [0.38] * 3 + [0.40] * 5 + [0.36] * 30
    plan = make_plan(house(battery(2000), base_load=flat(1000), prices=prices(buys)))
    key, values = reason(plan, "battery")
    assert plan.device("battery").power[0] == 0
    assert key == "store_holds_until"
    assert values["price"] == "0.38"
    assert float(values["value"]) == pytest.approx(0.40 * 0.95, abs=0.005)
    assert values["until"] == (NOW + 3 * HOUR).isoformat()


def test_battery_that_covers_the_house_says_what_that_saves():
    plan = make_plan(house(battery(5000), prices=prices([0.40] * 3 + [0.10] * 40)))
    key, values = reason(plan, "battery")
    assert key == "store_covers"
    assert values["price"] == "0.40"
    assert float(values["value"]) <= 0.40


def test_car_says_what_it_needs_and_by_when():
    ready = NOW + 4 * HOUR
    plan = make_plan(house(car(6200, ready), prices=prices([0.10] * 2 + [0.50] * 40)))
    key, values = reason(plan, "car")
    assert key == "store_needs"
    assert (values["missing"], values["unit"], values["at"]) == ("6200", "Wh", ready.isoformat())


def test_car_that_waits_says_what_for():
    plan = make_plan(house(car(6200, NOW + 8 * HOUR), prices=prices([0.50] * 3 + [0.10] * 2 + [0.50] * 40)))
    key, values = reason(plan, "car")
    assert key == "store_waits"
    assert (values["price"], values["later"], values["until"]) == ("0.50", "0.10", (NOW + 3 * HOUR).isoformat())


def test_generation_says_why_it_is_curtailed():
    sunny = photovoltaics(5000, forecast=flat(-4000))
    dear = make_plan(house(sunny, prices=prices(0.3, -0.05)))
    assert reason(dear, "pv") == ("curtailed_price", {"name": "PV", "price": "0.05", "currency": "EUR"})
    bound = make_plan(house(sunny, limits=(limit(1000, Direction.EXPORT),)))
    assert reason(bound, "pv") == ("curtailed_limit", {"name": "PV", "limit": "1000"})
    assert make_plan(house(sunny)).device("pv").reason is None


def test_device_with_runs_gives_the_reason_of_its_next_run():
    plan = make_plan(house(appliance(*BLOCK), prices=prices([0.5] * 3 + [0.1] + [0.5] * 30)))
    assert plan.device("washer").reason == plan.runs()[0].reason


def test_every_device_that_is_planned_has_a_reason_that_names_it():
    modes = OperationModes(
        modes=(
            OperationMode(mode_id="off", power=NumberRange(start=0, end=0)),
            OperationMode(mode_id="on", power=NumberRange(start=1000, end=1000)),
        ),
        active_mode="off",
    )
    heater = Resource(resource_id="heater", name="Heater", control=modes, controllable=True)
    target = LevelTarget(start=NOW + 5 * HOUR, end=NOW + 6 * HOUR, minimum=8000)
    plan = make_plan(house(heater, battery(5000, targets=(target,)), car(), appliance()))
    for device in plan.devices:
        assert device.reason is not None, device.resource_id
        assert device.reason.resource_id == device.resource_id
        assert values_of(device.reason)["name"]
        assert np.isfinite(device.cost)
