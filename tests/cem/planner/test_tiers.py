"""Tiers: a price that changes above a power or an energy (SPINE tiers; JWG18)."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from custom_components.cem_sgcp.cem.model import PriceProfile, PriceTier, SiteSnapshot, TierBoundary
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped

HOUR = timedelta(hours=1)


def tier(lower: float, price: float, upper: float | None = None, boundary: str = "power") -> PriceTier:
    return PriceTier(boundary=TierBoundary(boundary), lower=lower, upper=upper, price=price)


def with_tiers(profile: PriceProfile, *tiers: PriceTier, first: int = 0, export: bool = False) -> PriceProfile:
    """The same tiers in every slot from the first on."""
    field = "export_tiers" if export else "import_tiers"
    return profile.replace(
        slots=tuple(
            slot.replace(**{field: tiers}) if number >= first else slot for number, slot in enumerate(profile.slots)
        )
    )


def test_what_is_above_the_boundary_costs_the_dearer_price():
    site = house(base_load=flat(5000), grid=grid(2), prices=with_tiers(prices(0.30), tier(3000, 0.50)))
    plan = make_plan(site)
    assert plan.cost == pytest.approx(2 * (3 * 0.30 + 2 * 0.50))
    assert plan.marginal_price[0] == pytest.approx(0.50, abs=1e-3)
    assert plan.import_price[0] == 0.30


def test_car_stays_below_a_dearer_tier():
    site = house(car(20000, NOW + 12 * HOUR), prices=with_tiers(prices(0.30), tier(3000, 0.50)))
    assert max(make_plan(site).net_power) <= 3000.5
    assert max(make_plan(site.replace(prices=prices(0.30))).net_power) > 3000.5


def test_car_waits_for_enough_to_reach_a_cheaper_tier():
    # Above 6 kW a kWh costs 0.10 instead of 0.30: slow charging never gets there.
    site = house(car(20000, NOW + 12 * HOUR), prices=with_tiers(prices(0.30), tier(6000, 0.10)))
    plan = make_plan(site)
    assert max(plan.net_power) == pytest.approx(11300, abs=1)
    net = np.array(plan.net_power) / 1000.0
    assert plan.cost == pytest.approx(float(np.sum(np.minimum(net, 6) * 0.3 + np.maximum(net - 6, 0) * 0.1)) / 4)


def test_tier_ends_where_it_says_and_the_slot_price_holds_again():
    site = house(
        base_load=flat(5000), grid=grid(1), prices=with_tiers(prices(0.30), tier(1000, 0.40, upper=2000), tier(4000, 1))
    )
    assert make_plan(site).cost == pytest.approx(0.30 + 0.40 + 2 * 0.30 + 1.0)


def test_limit_within_a_tier_is_kept():
    site = house(
        car(20000, NOW + 12 * HOUR),
        prices=with_tiers(prices(0.30), tier(2000, 0.31), tier(6000, 0.10)),
        limits=(limit(4000),),
    )
    assert max(make_plan(site).net_power) <= 4000.5


def test_feed_in_above_a_power_that_earns_less_is_stored():
    profile = with_tiers(prices(0.30, 0.08), tier(2000, -0.05), export=True)
    sunny = photovoltaics(6000, forecast=flat(-5000, hours=3), curtailable=False)
    site = house(sunny, battery(0, capacity=20000, terminal=0.0), base_load=flat(0), grid=grid(2), prices=profile)
    assert min(make_plan(site).net_power) == pytest.approx(-2000, abs=1)
    curtailed = make_plan(
        house(photovoltaics(6000, forecast=flat(-5000)), base_load=flat(0), grid=grid(2), prices=profile)
    )
    assert min(curtailed.net_power) == pytest.approx(-2000, abs=1)
    assert curtailed.cost == pytest.approx(-2 * 2 * 0.08)


def test_feed_in_that_earns_more_above_a_power_is_not_made_by_buying():
    profile = with_tiers(prices(0.30, 0.08), tier(3000, 0.90), export=True)
    site = house(battery(10000, terminal=0.3), base_load=flat(0), grid=grid(1), prices=profile)
    plan = make_plan(site)
    power = np.array(plan.device("battery").power)
    assert np.allclose(power, plan.net_power, atol=1)
    net = -np.array(plan.net_power) / 1000.0
    assert plan.cost == pytest.approx(-float(np.sum(np.minimum(net, 3) * 0.08 + np.maximum(net - 3, 0) * 0.9)) / 4)
    assert min(plan.net_power) == pytest.approx(-5000, abs=1)


def test_energy_beyond_the_block_of_the_period_costs_more():
    profile = with_tiers(prices(0.30), tier(0, 0.30, 10000, "energy"), tier(10000, 0.40, boundary="energy"))
    assert make_plan(house(base_load=flat(1000), prices=profile)).cost == pytest.approx(24 * 0.30 + 14 * 0.10)
    below = make_plan(house(base_load=flat(400), prices=profile))
    assert below.cost == pytest.approx(0.4 * 24 * 0.30)
    assert below.marginal_price[0] == pytest.approx(0.30, abs=1e-3)


def test_energy_block_of_the_next_period_begins_anew():
    # Used up today: all of it costs more; tomorrow, from the twelfth slot on, the block is there again.
    profile = with_tiers(prices(0.30), tier(0, 0.40, boundary="energy"))
    profile = with_tiers(profile, tier(0, 0.30, 10000, "energy"), tier(10000, 0.40, boundary="energy"), first=12)
    plan = make_plan(house(car(10000, NOW + 23 * HOUR), base_load=flat(0), prices=profile))
    assert plan.import_price[0] == pytest.approx(0.40)
    assert plan.cost == pytest.approx(3.0)
    assert sum(plan.device("car").power[:48]) == 0


def test_energy_that_gets_cheaper_beyond_a_block_is_paid_in_order():
    profile = with_tiers(prices(0.30), tier(0, 0.30, 10000, "energy"), tier(10000, 0.20, boundary="energy"))
    assert make_plan(house(base_load=flat(1000), prices=profile)).cost == pytest.approx(24 * 0.30 - 14 * 0.10)
    assert make_plan(house(base_load=flat(400), prices=profile)).cost == pytest.approx(0.4 * 24 * 0.30)


def best(site: SiteSnapshot, buy: np.ndarray, load: np.ndarray, bounds: list[float], added: list[float]) -> float:
    """The lowest cost with power tiers and a battery of 6 kWh and 4 kW, by scipy, every tier with its yes or no."""
    steps, tiers = len(buy), len(bounds)
    wide = np.diff([*bounds, 50.0])
    base = tiers * steps
    count = base + 3 * steps + tiers * steps + steps
    charge, discharge, level = (np.arange(steps) + base + place * steps for place in range(3))
    opened = base + 3 * steps + np.arange(tiers * steps).reshape(tiers, steps)
    cost, top = np.zeros(count), np.full(count, 1.0)
    rows, low, high = [], [], []

    def row(entries: dict[int, float], lower: float, upper: float) -> None:
        line = np.zeros(count)
        for place, value in entries.items():
            line[int(place)] = value
        rows.append(line)
        low.append(lower)
        high.append(upper)

    for step in range(steps):
        for number in range(tiers):
            column = number * steps + step
            cost[column], top[column] = buy[step] + added[number], wide[number]
            if number:
                row({column: 1.0, opened[number, step]: -wide[number]}, -np.inf, 0.0)
                row({column - steps: 1.0, opened[number, step]: -wide[number - 1]}, 0.0, np.inf)
        top[[charge[step], discharge[step], level[step]]] = 4.0, 4.0, 6.0
        entries = {number * steps + step: 1.0 for number in range(tiers)}
        row({**entries, charge[step]: -1.0, discharge[step]: 1.0}, load[step], load[step])
        link = {level[step]: 1.0, charge[step]: -0.9, discharge[step]: 1 / 0.9}
        row(link | ({level[step - 1]: -1.0} if step else {}), 0.0 if step else 3.0, 0.0 if step else 3.0)
    whole = np.zeros(count)
    whole[opened.ravel()] = 1
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows), low, high),
        bounds=Bounds(0, top),
        integrality=whole,
        options={"mip_rel_gap": 0},
    )
    return float(found.fun)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("added", [[0.0, 0.1, 0.3], [0.0, -0.15, 0.1], [0.0, 0.2, -0.05]])
def test_plan_with_tiers_is_the_optimum_of_an_independent_program(seed, added):
    random = np.random.default_rng(seed)
    steps = 12
    buy, load = np.round(random.uniform(0.2, 0.5, steps), 3), np.round(random.uniform(0.2, 6.0, steps), 2)
    profile = prices(buy.tolist(), 0.0)
    profile = profile.replace(
        slots=tuple(
            slot.replace(
                import_tiers=tuple(
                    tier(at, slot.import_price + more) for at, more in zip((2000, 4500), added[1:], strict=True)
                )
            )
            for slot in profile.slots
        )
    )
    site = house(
        battery(3000, capacity=6000, power=4000, efficiency=0.9, terminal=0.0),
        grid=grid(steps, 60),
        prices=profile,
        base_load=shaped(lambda hour: float(load[min(int(hour), steps - 1)] * 1000.0)),
    )
    plan = make_plan(site)
    expected = best(site, buy, load, [0.0, 2.0, 4.5], added)
    assert plan.cost == pytest.approx(expected, abs=3e-2)
    assert plan.cost >= expected - 1e-3
