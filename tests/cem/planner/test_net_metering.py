"""Net metering: feed-in set off against import within a billing period (JWG7, JWG13)."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import Intent, NetMetering, SiteSnapshot
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, battery, flat, grid, house, photovoltaics, prices, shaped

HOUR = timedelta(hours=1)
FAR = NOW + timedelta(days=200)


def sunny(*devices: object, netting: NetMetering | None, **fields: object) -> SiteSnapshot:
    """Four hours in which the sun gives 3 kW, then eight hours in which the house takes 1 kW: 12 kWh against 8."""
    pv = photovoltaics(5000, forecast=shaped(lambda hour: -3000.0 if hour < 4 else 0.0))
    given = {
        "base_load": shaped(lambda hour: 0.0 if hour < 4 else 1000.0),
        "grid": grid(12),
        "prices": prices(0.30, 0.05),
        "net_metering": netting,
    }
    return house(pv, *devices, **{**given, **fields})


def test_feed_in_is_worth_the_import_price_as_far_as_there_is_import():
    assert make_plan(sunny(netting=None)).cost == pytest.approx(8 * 0.30 - 12 * 0.05)
    # All 8 kWh of import are set off; 4 kWh of feed-in are left.
    assert make_plan(sunny(netting=NetMetering(period_end=FAR))).cost == pytest.approx(-4 * 0.05)


def test_fee_is_paid_for_each_kwh_that_is_set_off():
    plan = make_plan(sunny(netting=NetMetering(period_end=FAR, fee=0.02)))
    assert plan.cost == pytest.approx(8 * 0.02 - 4 * 0.05)
    dear = make_plan(sunny(netting=NetMetering(period_end=FAR, fee=0.40)))
    assert dear.cost == pytest.approx(8 * 0.30 - 12 * 0.05)  # nobody sets off at a loss


def test_import_of_the_period_so_far_makes_room():
    plan = make_plan(sunny(netting=NetMetering(period_end=FAR, balance=3000.0)))
    assert plan.cost == pytest.approx(8 * 0.30 - 11 * 0.30 - 1 * 0.05)


def test_feed_in_of_the_period_so_far_makes_import_cheaper():
    # 5 kWh were fed in before: they are set off first against what is imported now.
    plan = make_plan(sunny(netting=NetMetering(period_end=FAR, balance=-5000.0)))
    assert plan.cost == pytest.approx(8 * 0.30 - 12 * 0.05 - 8 * 0.25)


def test_limit_of_what_is_set_off():
    plan = make_plan(sunny(netting=NetMetering(period_end=FAR, limit=3000.0)))
    assert plan.cost == pytest.approx(8 * 0.30 - 12 * 0.05 - 3 * 0.25)


def test_what_is_not_set_off_when_the_period_ends_is_not_carried_over():
    plan = make_plan(sunny(netting=NetMetering(period_end=NOW + 6 * HOUR)))
    # 2 kWh are imported in the old period, 6 kWh in the new one, in which nothing is fed in.
    assert plan.cost == pytest.approx(8 * 0.30 - 12 * 0.05 - 2 * 0.25)


def test_battery_rests_where_the_grid_stores_for_nothing():
    site = sunny(battery(0, efficiency=0.9), netting=NetMetering(period_end=FAR, balance=50_000.0))
    plan = make_plan(site)
    assert max(np.abs(plan.device("battery").power)) < 1
    # Nor does dispatch cycle it: it neither takes surplus nor covers the house on its own.
    assert not {Intent.SELF_CONSUMPTION, Intent.CHARGE_SURPLUS} & set(plan.device("battery").intent)
    assert max(np.abs(make_plan(site.replace(net_metering=None)).device("battery").power)) > 1000


def test_battery_works_where_the_fee_is_more_than_its_losses():
    plan = make_plan(sunny(battery(0, efficiency=0.98), netting=NetMetering(period_end=FAR, fee=0.10)))
    assert max(np.abs(plan.device("battery").power)) > 500


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("balance", [-4000.0, 0.0, 4000.0])
def test_no_money_from_buying_and_selling_at_once(seed, balance):
    random = np.random.default_rng(seed)
    buy = np.round(random.uniform(0.1, 0.6, 12), 3)
    site = sunny(
        netting=NetMetering(period_end=FAR, balance=balance), prices=prices(buy.tolist(), [0.05] * 6 + [0.12] * 6)
    )
    plan = make_plan(site)
    net = np.array(plan.net_power).reshape(-1, 4).mean(axis=1) / 1000.0
    bought, fed_in = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    sold = np.array([0.05] * 6 + [0.12] * 6)
    gain = np.clip(buy - sold, 0.0, None)
    cost = float(bought @ buy - fed_in @ sold)
    # Highest gain by hand: the dearest hours of feed-in and of import are set off first.
    earlier = max(-balance / 1000.0, 0.0)
    taken = set_off(gain, bought, earlier)
    best = max(
        cost - set_off(gain, fed_in, max(balance / 1000.0, 0.0) + bought.sum() - used) - set_off(gain, bought, used)
        for used in [min(earlier, bought.sum())]
    )
    assert taken >= 0
    assert plan.cost >= best - 1e-6 or earlier > 0
    if not earlier:
        assert plan.cost == pytest.approx(best, abs=1e-6)


def set_off(gain: np.ndarray, energy: np.ndarray, room: float) -> float:
    total = 0.0
    for hour in np.argsort(-gain):
        share = min(energy[hour], room)
        total += share * gain[hour]
        room -= share
    return total


def test_battery_arbitrage_under_netting_pays_only_what_prices_differ():
    # Flat prices: charging and feeding in again earns nothing but losses.
    plan = make_plan(
        house(
            battery(5000, terminal=0.0, efficiency=0.95),
            base_load=flat(0),
            grid=grid(4),
            prices=prices(0.30, 0.0),
            net_metering=NetMetering(period_end=FAR),
        )
    )
    assert plan.cost == pytest.approx(0.0, abs=1e-6)
    assert min(plan.net_power) > -1
