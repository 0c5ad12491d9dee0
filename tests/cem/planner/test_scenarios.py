"""Scenarios: one decision here and now that is good whatever comes, and what follows for each (JWG13, JWG18)."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import linprog

from custom_components.cem_sgcp.cem.model import (
    DeviceScenario,
    Direction,
    Plan,
    PlanStatus,
    PriceTier,
    Scenario,
    Series,
    SiteSnapshot,
    TierBoundary,
    TimeGrid,
)
from custom_components.cem_sgcp.cem.planner import make_plan, planning
from custom_components.cem_sgcp.cem.planner.scenarios.weighing import ScenarioAnswer, same_here_and_now

from .houses import NOW, QUARTER, appliance, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped, sun

HOUR = timedelta(hours=1)


def hourly(*powers: float) -> Series:
    """Power of each hour, W."""
    return Series.from_values(NOW, HOUR, powers)


def scenario(name: str, probability: float = 1.0, **fields: object) -> Scenario:
    return Scenario(scenario_id=name, probability=probability, **fields)


def weighed(snapshot: SiteSnapshot, monkeypatch: pytest.MonkeyPatch) -> tuple[Plan, ScenarioAnswer]:
    """The plan, and the answer that it tells."""
    found: list[ScenarioAnswer] = []
    original = planning.weigh
    monkeypatch.setattr(planning, "weigh", lambda *given: found.append(original(*given)) or found[-1])
    plan = make_plan(snapshot)
    return plan, found[-1]


def sun_or_not(probability: float = 0.5) -> SiteSnapshot:
    """A kWh in the battery. It is worth 0.20 now; later 0.50, but nothing if the sun comes.

    On average half of the sun comes, which is enough for the load of that hour.
    """
    return house(
        photovoltaics(4000, forecast=hourly(0, -2000)),
        battery(1000, capacity=1000, power=4000, efficiency=1.0, terminal=0.0),
        grid=grid(2, 60),
        base_load=flat(1000),
        prices=prices([0.20, 0.50] + [0.50] * 10, 0.0),
        scenarios=(
            scenario("sun", 1.0 - probability),
            scenario("clouds", probability, devices=(DeviceScenario(resource_id="pv", forecast=flat(0)),)),
        ),
    )


def test_reserve_is_held_against_clouds_where_it_pays():
    site = sun_or_not()
    plan = make_plan(site)
    expected = make_plan(
        site.replace(
            scenarios=(),
            resources=(
                site.resources[0].replace(forecast=hourly(0, -1000)),
                site.resources[1],
            ),
        )
    )
    assert expected.device("battery").power[0] == pytest.approx(-1000, abs=1)  # what is expected empties it
    assert plan.device("battery").power[0] == pytest.approx(0, abs=1)  # 0.5 x 0.50 is more than 0.20
    assert plan.scenarios == 2
    assert plan.status is PlanStatus.OPTIMAL
    # 1 kWh now, and nothing later: with sun it is there, with clouds the battery gives it.
    assert plan.cost == pytest.approx(0.20, abs=1e-6)


def test_value_of_a_stored_kwh_is_the_mean_of_what_it_saves_in_the_end():
    site = sun_or_not()
    half = battery(500, capacity=1000, power=4000, efficiency=1.0, terminal=0.0)
    plan = make_plan(
        site.replace(
            resources=(site.resources[0], half),
            base_load=hourly(0, 1000),
            prices=prices([0.30, 0.50] + [0.50] * 10, 0.0),
        )
    )
    assert plan.device("battery").level[0] == pytest.approx(500)
    assert plan.device("battery").stored_value[0] == pytest.approx(0.25, abs=1e-3)
    assert plan.marginal_price[1] == pytest.approx(0.25, abs=1e-3)  # so is the price of a kWh of the second hour


def test_reserve_is_not_held_where_clouds_are_unlikely():
    plan = make_plan(sun_or_not(0.3))
    assert plan.device("battery").power[0] == pytest.approx(-1000, abs=1)  # 0.3 x 0.50 is less than 0.20
    assert plan.cost == pytest.approx(0.3 * 0.50, abs=1e-6)


def test_reserve_is_not_held_for_guests_who_are_unlikely():
    site = house(
        battery(1000, capacity=1000, power=4000, efficiency=1.0, terminal=0.0),
        grid=grid(2, 60),
        base_load=hourly(1000, 600),
        prices=prices([0.20, 0.50] + [0.50] * 10, 0.0),
        scenarios=(
            scenario("alone", 0.7, base_load=hourly(1000, 0)),
            scenario("guests", 0.3, base_load=hourly(1000, 2000)),
        ),
    )
    # On average they take 600 Wh, for which the battery would be kept; in truth all or nothing.
    assert make_plan(site.replace(scenarios=())).device("battery").power[0] == pytest.approx(-400, abs=1)
    plan = make_plan(site)
    assert plan.device("battery").power[0] == pytest.approx(-1000, abs=1)
    assert plan.cost == pytest.approx(0.3 * 2 * 0.50, abs=1e-6)
    likely = tuple(entry.replace(probability=0.5) for entry in site.scenarios)
    assert make_plan(site.replace(scenarios=likely)).device("battery").power[0] == pytest.approx(0, abs=1)


def mixed_house() -> SiteSnapshot:
    return house(
        photovoltaics(6000),
        battery(4000, wear=0.02),
        car(9000, NOW + 12 * HOUR),
        appliance(latest=NOW + 14 * HOUR),
        grid=TimeGrid.tiered(NOW, ((300, 3600), (1800, 24 * 3600))),
        prices=prices([0.30, 0.25, 0.20, 0.28, 0.33, 0.40] * 8, 0.12),
        scenarios=(
            scenario("fair", 2.0),
            scenario("grey", 1.0, devices=(DeviceScenario(resource_id="pv", forecast=sun(1000)),)),
            scenario("guests", 1.0, base_load=flat(2500)),
        ),
    )


def test_what_is_decided_here_and_now_is_the_same_in_all_scenarios(monkeypatch):
    plan, answer = weighed(mixed_house(), monkeypatch)
    decisions = same_here_and_now(answer)
    assert len(decisions) == 3
    assert len(decisions[0]) > 20
    for other in decisions[1:]:
        assert np.allclose(decisions[0], other, atol=1e-6)
    # Three steps of five minutes are here and now; the battery may differ afterwards, and does.
    assert len(answer.places.equal) >= 6
    batteries = [part for part in answer.parts if part.resource.resource_id == "battery"]
    power = answer.problem.expressions["battery"]
    by_scenario = np.array([power.of(answer.of_scenario(number)) for number in range(3)])
    assert np.allclose(by_scenario[:, :3], by_scenario[0, :3], atol=1e-6)
    assert not np.allclose(by_scenario[0], by_scenario[2], atol=0.1)
    assert batteries
    # What is told is the mean, and adds up.
    mean = np.array([0.5, 0.25, 0.25]) @ by_scenario * 1000.0
    assert np.allclose(plan.device("battery").power, mean, atol=0.01)
    together = np.array(plan.base_load) + sum(np.array(device.power) for device in plan.devices)
    assert np.allclose(together, plan.net_power, atol=0.01)


def test_car_is_either_off_or_on_in_the_first_quarter():
    plan = make_plan(mixed_house())
    assert all(power < 1 or power > 1379 for power in plan.device("car").power[:3])
    (run,) = plan.runs()
    assert run.latest_start is not None
    assert run.cost_now is not None
    assert run.cost <= run.cost_now + 0.06  # moving nothing, it starts where it is cheapest on average


def test_same_scenarios_give_the_same_plan_bit_for_bit():
    assert make_plan(mixed_house()) == make_plan(mixed_house())


def test_one_scenario_that_is_certain_is_the_plain_plan():
    site = mixed_house()
    (_, grey, _) = site.scenarios
    alone = make_plan(site.replace(scenarios=(grey,)))
    resources = (site.resources[0].replace(forecast=sun(1000)), *site.resources[1:])
    plain = make_plan(site.replace(scenarios=(), resources=resources))
    assert alone == plain.replace(scenarios=1)


def test_scenarios_that_cannot_be_and_that_say_the_same_change_nothing():
    site = mixed_house()
    fair, grey, guests = site.scenarios
    never = scenario("never", 0.0, base_load=flat(9000))
    twice = (fair.replace(probability=1.0), fair.replace(scenario_id="again", probability=1.0), grey, never, guests)
    assert make_plan(site.replace(scenarios=twice)) == make_plan(site)
    assert make_plan(site.replace(scenarios=(never,))) == make_plan(site.replace(scenarios=()))
    scaled = tuple(entry.replace(probability=entry.probability * 4.0) for entry in site.scenarios)
    assert make_plan(site.replace(scenarios=scaled)) == make_plan(site)


def two_stage(site: tuple[np.ndarray, ...], weights: np.ndarray, first: float | None = None) -> float:
    """The lowest expected cost of a battery of 5 kWh and 4 kW, half full, whose first hour is the same in all.

    `site` is buy, sell (per hour) and load (scenarios x hours); `first` fixes the power of the first hour.
    """
    buy, sell, load = site
    count, steps = load.shape
    width = 5 * steps
    cost = np.zeros(count * width)
    rows, right = [], []
    bounds: list[tuple[float, float | None]] = []
    for number in range(count):
        begin = number * width
        bought, sold, charge, discharge, level = (begin + place * steps + np.arange(steps) for place in range(5))
        cost[bought], cost[sold] = weights[number] * buy, -weights[number] * sell
        bounds += [(0, None)] * (2 * steps) + [(0, 4)] * (2 * steps) + [(0, 5)] * steps
        for step in range(steps):
            row = np.zeros(count * width)
            row[[bought[step], discharge[step]]] = 1.0
            row[[sold[step], charge[step]]] = -1.0
            rows.append(row)
            right.append(load[number, step])
            row = np.zeros(count * width)
            row[level[step]], row[charge[step]], row[discharge[step]] = 1.0, -0.9, 1 / 0.9
            if step:
                row[level[step - 1]] = -1.0
            rows.append(row)
            right.append(0.0 if step else 2.5)
        for place, other in ((charge, 2 * steps), (discharge, 3 * steps)):
            row = np.zeros(count * width)
            row[place[0]] = 1.0
            if number:
                row[other] -= 1.0
                rows.append(row)
                right.append(0.0)
            elif first is not None:
                rows.append(row)
                right.append(max(first, 0.0) if place is charge else max(-first, 0.0))
    found = linprog(cost, A_eq=np.array(rows), b_eq=right, bounds=bounds)
    return float(found.fun)


@pytest.mark.parametrize("seed", range(5))
def test_plan_is_the_optimum_of_an_independent_two_stage_program(seed):
    random = np.random.default_rng(seed)
    steps, count = 12, 4
    buy = np.round(random.uniform(0.15, 0.50, steps), 3)
    sell = np.round(buy * 0.4, 3)
    load = np.round(random.uniform(-4.0, 4.0, (count, steps)), 2)
    weights = np.round(random.uniform(0.5, 2.0, count), 2)
    share = weights / weights.sum()

    def series(row: np.ndarray) -> Series:
        return Series.from_values(NOW, HOUR, (row * 1000.0).tolist())

    site = house(
        battery(2500, capacity=5000, power=4000, efficiency=0.9, terminal=0.0),
        grid=grid(steps, 60),
        prices=prices(buy.tolist(), sell.tolist()),
        base_load=series(share @ load),
        scenarios=tuple(
            scenario(str(number), float(weights[number]), base_load=series(load[number])) for number in range(count)
        ),
    )
    plan, expected = make_plan(site), make_plan(site.replace(scenarios=()))
    best = two_stage((buy, sell, load), share)
    assert plan.cost == pytest.approx(best, abs=1e-3)
    # Nobody who knows the future does worse; who plans for the mean does not do better.
    informed = sum(
        weight * two_stage((buy, sell, row[None, :]), np.ones(1)) for weight, row in zip(share, load, strict=True)
    )
    blind = two_stage((buy, sell, load), share, first=expected.device("battery").power[0] / 1000.0)
    assert informed - 1e-6 <= best <= blind + 1e-6
    assert informed - 1e-3 <= plan.cost <= blind + 1e-3


def test_run_starts_where_it_is_cheapest_on_average_over_every_start():
    early, late = [shaped(lambda hour, at=at: -3000.0 if at <= hour < at + 2 else 0.0) for at in (2, 6)]
    site = house(
        photovoltaics(4000, curtailable=False, forecast=early),
        appliance((7200, 2000.0), latest=NOW + 10 * HOUR),
        grid=grid(12),
        prices=prices([0.30] * 4 + [0.28] * 44, 0.05),
        scenarios=(
            scenario("early", 0.4),
            scenario("late", 0.6, devices=(DeviceScenario(resource_id="pv", forecast=late),)),
        ),
    )

    def cost(start: int) -> float:
        total = 0.0
        for weight, at in ((0.4, 8), (0.6, 24)):
            net = np.full(48, 0.3)
            net[at : at + 8] -= 3.0
            net[start : start + 8] += 2.0
            buy = np.array([0.30] * 16 + [0.28] * 32)
            total += weight * float(np.sum(np.where(net > 0, net * buy, net * 0.05))) / 4
        return total

    plan = make_plan(site)
    costs = [cost(start) for start in range(33)]
    (run,) = plan.runs()
    assert plan.cost == pytest.approx(min(costs), abs=1e-6)
    assert cost(round((run.start - NOW) / QUARTER)) == pytest.approx(min(costs), abs=1e-9)
    nothing = plan.cost - run.cost
    assert run.cost_now == pytest.approx(costs[0] - nothing, abs=1e-6)


def test_car_that_may_leave_soon_charges_now():
    ready = NOW + 8 * HOUR
    soon = DeviceScenario(resource_id="car", departure=NOW + QUARTER)
    site = house(
        car(2500, ready, most=11000),
        grid=grid(10),
        prices=prices([0.40] + [0.10] * 47, 0.0),
        scenarios=(scenario("as planned", 0.9), scenario("soon", 0.1, devices=(soon,))),
    )
    assert make_plan(site.replace(scenarios=())).device("car").power[0] == 0
    assert make_plan(site).device("car").power[0] == pytest.approx(10000, rel=0.11)


def test_limit_that_only_one_scenario_breaks_leaves_prices_as_they_are():
    site = house(
        battery(2000),
        grid=grid(6),
        limits=(limit(3000, Direction.IMPORT),),
        scenarios=(scenario("usual", 0.9), scenario("sauna", 0.1, base_load=flat(9000))),
    )
    plan = make_plan(site)
    assert plan.scenarios == 2
    assert max(plan.marginal_price) <= 0.31
    assert plan.status is not PlanStatus.FALLBACK
    assert make_plan(site.replace(limits=())).cost == pytest.approx(plan.cost, abs=0.05)


def test_gaps_in_a_scenario_are_filled_with_what_is_expected():
    site = house(battery(), grid=grid(6), base_load=flat(800))
    short = Series.from_values(NOW, HOUR, [2000.0])
    plan = make_plan(site.replace(scenarios=(scenario("short", base_load=short),)))
    assert plan.base_load[:4] == (2000.0,) * 4
    assert plan.base_load[4:] == (800.0,) * 20
    mean = make_plan(site.replace(scenarios=(scenario("short", base_load=short), scenario("usual"))))
    assert mean.base_load[:4] == (1400.0,) * 4


def test_scenarios_that_cannot_be_weighed_leave_what_is_expected_and_the_plan_says_so():
    tiers = (PriceTier(boundary=TierBoundary.POWER, lower=2000.0, price=0.9),)
    other = prices(0.30)
    other = other.replace(slots=tuple(slot.replace(import_tiers=tiers) for slot in other.slots))
    site = house(battery(), grid=grid(6), scenarios=(scenario("flat"), scenario("tiers", prices=other)))
    plan = make_plan(site)
    assert plan.scenarios == 0
    assert "scenarios_left_out" in {note.key for note in plan.notes}
    assert plan == make_plan(site.replace(scenarios=())).replace(notes=plan.notes)


def test_scenario_beyond_all_bounds_leaves_what_is_expected():
    always_on = photovoltaics(5000, forecast=flat(4000.0), curtailable=False)
    site = house(battery(), always_on, grid=grid(6), base_load=flat(700))
    plan = make_plan(site.replace(scenarios=(scenario("absurd", base_load=flat(1e9)),)))  # a plan holds 1 GW at most
    (told,) = [note for note in plan.notes if note.key == "scenarios_left_out"]
    assert "net_power" in told.text
    assert plan == make_plan(site).replace(notes=plan.notes)


def test_scenarios_name_devices_that_are_not_there_without_harm():
    ghost = DeviceScenario(resource_id="ghost", forecast=flat(5000))
    site = house(
        battery(), grid=grid(6), scenarios=(scenario("a", devices=(ghost,)), scenario("b", base_load=flat(900)))
    )
    assert make_plan(site).scenarios == 2


@pytest.mark.parametrize("seed", range(4))
def test_there_is_a_plan_for_whatever_scenarios(seed):
    random = np.random.default_rng(seed)
    far = NOW + timedelta(days=400)
    odd = (
        Series(intervals=()),
        flat(1e9),
        flat(-1e9),
        Series.from_values(far, HOUR, [5.0]),
        Series.from_values(NOW, HOUR, random.uniform(-1e4, 1e4, 12).tolist()),
    )

    def device(name: str) -> DeviceScenario:
        picked = [odd[random.integers(len(odd))] if random.random() < 0.6 else None for _ in range(3)]
        moments = [
            NOW + timedelta(hours=float(random.uniform(-30, 60))) if random.random() < 0.5 else None for _ in "ab"
        ]
        return DeviceScenario(
            resource_id=name,
            forecast=picked[0],
            usage=picked[1],
            demand=picked[2],
            departure=moments[0],
            arrival=moments[1],
        )

    site = mixed_house().replace(grid=grid(6))
    for _ in range(4):
        names = [resource.resource_id for resource in site.resources]
        scenarios = tuple(
            scenario(
                str(number),
                float(10.0 ** random.uniform(-9, 6)),
                base_load=odd[random.integers(len(odd))] if random.random() < 0.7 else None,
                prices=prices(random.uniform(-1, 5, 24).tolist(), random.uniform(-1, 5, 24).tolist())
                if random.random() < 0.3
                else None,
                devices=tuple(device(name) for name in names if random.random() < 0.7),
            )
            for number in range(int(random.integers(1, 5)))
        )
        plan = make_plan(site.replace(scenarios=scenarios))
        assert plan.status is not PlanStatus.FAILED
        assert np.isfinite([*plan.net_power, *plan.marginal_price, plan.cost, plan.objective]).all()
        assert plan.scenarios in (0, len(scenarios))
