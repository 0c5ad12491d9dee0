"""Limits that go first, prices of every kind, days of 23 and 25 hours."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    AllowedLimitRange,
    Direction,
    Goals,
    Intent,
    LimitScope,
    LimitType,
    NumberRange,
    PlanStatus,
    PowerEnvelope,
    PriceProfile,
    Resource,
    RunState,
    Series,
    TimeGrid,
)
from custom_components.cem_sgcp.cem.planner import PlannerOptions, make_plan

from .houses import NOW, appliance, battery, car, flat, grid, house, limit, photovoltaics, prices, shaped
from .real_prices import real_prices

HOUR = timedelta(hours=1)


def test_limit_that_the_house_alone_exceeds_is_said_with_when_and_by_how_much():
    plan = make_plan(house(base_load=shaped(lambda hour: 5000.0 if 2 <= hour < 3 else 500.0), limits=(limit(4200),)))
    assert plan.status is PlanStatus.RELAXED
    (told,) = plan.notes
    assert told.key == "import_limit_exceeded"
    assert told.values == ((NOW + 2 * HOUR).isoformat(), (NOW + 3 * HOUR).isoformat(), "800", "4200")
    assert max(plan.marginal_price) <= 0.31  # prices stay prices
    assert plan.import_limit == (4200.0,) * 96
    assert plan.export_limit == (None,) * 96


def test_strictest_limit_counts_and_one_that_is_switched_off_does_not():
    off = limit(100).replace(active=False)
    other_way = limit(50, Direction.EXPORT)
    plan = make_plan(house(limits=(limit(9000), limit(3000, hours=2), off, other_way)))
    assert plan.import_limit == (3000.0,) * 8 + (9000.0,) * 88
    assert plan.export_limit == (50.0,) * 96
    assert plan.status is PlanStatus.OPTIMAL


def test_limit_that_touches_a_step_holds_for_all_of_it():
    plan = make_plan(house(limits=(limit(3000, start=NOW + timedelta(minutes=20), hours=0.25),)))
    assert plan.import_limit[:4] == (None, 3000.0, 3000.0, None)


def test_car_and_battery_share_what_a_limit_leaves():
    plan = make_plan(
        house(
            car(20000, NOW + 8 * HOUR), battery(0), base_load=flat(1000), limits=(limit(4000),), prices=prices(0.3, 0.0)
        )
    )
    assert max(plan.net_power) <= 4000 + 0.5
    assert plan.device("car").shortfall == 0


def test_limit_of_controllable_devices_leaves_the_house_alone_and_counts_local_surplus():
    sauna = flat(6000)
    scope = LimitScope.CONTROLLABLE
    dark = make_plan(house(car(30000, NOW + 12 * HOUR), base_load=sauna, limits=(limit(4200, scope=scope),)))
    assert max(dark.device("car").power) == pytest.approx(4200, abs=1)
    assert max(dark.net_power) > 10000
    sunny = make_plan(
        house(
            car(60000, NOW + 8 * HOUR, capacity=90000),
            photovoltaics(8000, forecast=flat(-3300.0)),
            base_load=flat(300),
            limits=(limit(4200, scope=scope),),
        )
    )
    assert max(sunny.device("car").power) == pytest.approx(7200, abs=1)
    assert not [note for note in sunny.notes if note.key == "controllable_limit_exceeded"]


def test_limit_of_controllable_devices_is_said_where_a_started_run_exceeds_it():
    resource = appliance((7200, 3000.0), state=RunState.EXECUTING, started=NOW)
    plan = make_plan(house(resource, limits=(limit(1000, scope=LimitScope.CONTROLLABLE),)))
    (told,) = plan.notes
    assert told.key == "controllable_limit_exceeded"
    assert told.values[2:] == ("2000", "1000")


def test_export_limit_curtails_only_what_house_and_battery_cannot_take():
    plan = make_plan(
        house(
            photovoltaics(8000, forecast=flat(-8000.0, hours=24)),
            battery(0, power=2000, capacity=4000, terminal=0.2),
            limits=(limit(3000, Direction.EXPORT),),
        )
    )
    power = np.array(plan.device("pv").power)
    assert min(plan.net_power) == pytest.approx(-3000, abs=0.5)
    assert power[0] == pytest.approx(-(3000 + 300 + 2000), abs=1)
    assert plan.device("pv").intent[0] is Intent.CURTAIL
    assert plan.device("pv").lower[0] == power[0]
    assert plan.status is PlanStatus.OPTIMAL


def test_export_limit_without_anything_to_curtail_is_said():
    plan = make_plan(
        house(photovoltaics(8000, curtailable=False, forecast=flat(-8000.0)), limits=(limit(3000, Direction.EXPORT),))
    )
    assert {note.key for note in plan.notes} == {"export_limit_exceeded"}
    assert plan.status is PlanStatus.RELAXED


def test_negative_export_price_curtails_and_negative_import_price_uses():
    buys = [0.30] * 2 + [-0.10] * 2 + [0.30] * 30
    sells = [0.08] * 2 + [-0.20] * 2 + [0.08] * 30
    plan = make_plan(
        house(
            photovoltaics(4000, forecast=flat(-4000.0)),
            battery(0, terminal=0.1),
            appliance((3600, 2000.0)),
            prices=prices(buys, sells),
        )
    )
    pv, net = np.array(plan.device("pv").power), np.array(plan.net_power)
    assert pv[0] == pytest.approx(-4000)
    assert np.all(pv[8:16] > -1)  # paid to take from the grid: the sun is left out
    assert np.all(net[8:16] > 0)
    assert NOW + 2 * HOUR <= plan.runs()[0].start < NOW + 4 * HOUR


def test_where_selling_pays_more_than_buying_costs_nothing_goes_round():
    plan = make_plan(
        house(
            photovoltaics(3000, forecast=flat(-3000.0)),
            battery(5000),
            prices=prices([0.10] * 24, [0.25] * 24),
            limits=(limit(10000), limit(10000, Direction.EXPORT)),
        )
    )
    net = np.array(plan.net_power)
    assert np.all(net <= 5000 + 301)  # no more is bought than house and battery take
    assert np.all(net >= -(3000 - 300 + 5000) - 1)  # no more is sold than sun and battery give
    power = np.array(plan.device("battery").power)
    assert net == pytest.approx(300 - 3000 + power, abs=0.5)


@pytest.mark.parametrize(
    ("now", "hours"),
    [(datetime(2026, 3, 28, 23, tzinfo=UTC), 23), (datetime(2025, 10, 25, 22, tzinfo=UTC), 25)],
)
def test_days_of_23_and_25_hours_are_planned_like_any_other(now: datetime, hours: int):
    day = now.strftime("%Y-%m-%d")
    buys, sells = real_prices(day, hours=48, minutes=15)
    ready = now + hours * HOUR
    plan = make_plan(
        house(
            appliance(latest=ready, earliest=now),
            battery(5000),
            now=now,
            grid=TimeGrid.tiered(now, ((900, hours * 3600),)),
            prices=prices(buys, sells, start=datetime.fromisoformat(day).replace(tzinfo=UTC), minutes=15),
            base_load=flat(300, start=now),
        )
    )
    assert len(plan.net_power) == hours * 4
    assert plan.price_known == (True,) * hours * 4
    (run,) = plan.runs()
    assert run.met
    offset = int((now - datetime.fromisoformat(day).replace(tzinfo=UTC)) / timedelta(minutes=15))
    costs = {
        start: sum(
            power / 1000 * duration / 3600 * np.mean(buys[offset + start : offset + start + 6])
            for duration, power in ((5400, 1000.0),)
        )
        for start in range(hours * 4 - 6)
    }
    assert plan.grid.end == ready
    assert len(costs) == hours * 4 - 6


def test_real_day_with_prices_down_to_minus_500_is_planned_without_waste():
    now = datetime(2026, 5, 1, 0, tzinfo=UTC)
    buys, sells = real_prices("2026-05-01", hours=48, minutes=15)
    plan = make_plan(
        house(
            photovoltaics(7000, forecast=shaped(lambda hour: -5000.0 if 7 <= hour % 24 < 17 else 0.0, start=now)),
            battery(2000, wear=0.01),
            car(15000, now + 30 * HOUR),
            appliance(latest=now + 20 * HOUR, earliest=now),
            now=now,
            grid=TimeGrid.tiered(now, ((900, 48 * 3600),)),
            prices=prices(buys, sells, start=now, minutes=15),
            base_load=flat(400, start=now),
        )
    )
    assert plan.status in {PlanStatus.OPTIMAL, PlanStatus.FEASIBLE}
    worst = int(np.argmin(buys))
    assert plan.device("pv").power[worst] == pytest.approx(0, abs=1)
    assert plan.net_power[worst] > 5000  # paid to take: battery and car do
    battery_plan = plan.device("battery")
    change = np.diff([2000, *battery_plan.level])
    power = np.array(battery_plan.power) / 4
    assert change == pytest.approx(np.where(power > 0, power * 0.95, power / 0.95), abs=1)


def test_co2_moves_the_plan_but_is_not_money():
    buys = [0.30] * 6 + [0.31] * 6 + [0.30] * 40
    co2 = [500.0] * 6 + [50.0] * 6 + [500.0] * 40
    tariff = prices(buys, [0.0] * 52, co2=co2)
    blind = make_plan(house(appliance((3600, 2000.0), latest=NOW + 12 * HOUR), prices=tariff))
    green = make_plan(
        house(appliance((3600, 2000.0), latest=NOW + 12 * HOUR), prices=tariff, goals=Goals(co2_price=0.20))
    )
    assert blind.runs()[0].start < NOW + 6 * HOUR <= green.runs()[0].start
    assert green.runs()[0].cost == pytest.approx(0.62, abs=1e-3)
    assert green.cost == pytest.approx(blind.cost + 0.02, abs=1e-3)
    assert green.objective > green.cost


def test_marginal_price_is_what_a_kwh_more_would_cost():
    wave = [0.20 + 0.01 * hour for hour in range(24)]
    plan = make_plan(
        house(photovoltaics(5000, forecast=shaped(lambda h: -3000.0 if 4 <= h < 8 else 0.0)), prices=prices(wave))
    )
    assert plan.marginal_price[0] == pytest.approx(0.20, abs=1e-3)
    assert plan.marginal_price[20] == pytest.approx(0.08, abs=1e-3)
    assert plan.device("pv").cost == pytest.approx(-4 * 3 * 0.08, abs=1e-2)


def test_load_that_can_be_limited_is_limited_where_its_energy_is_worth_less():
    allowed = AllowedLimitRange(limit_type=LimitType.UPPER, range=NumberRange(start=500, end=3000))
    resource = Resource(
        resource_id="air",
        control=PowerEnvelope(allowed_limit_ranges=(allowed,), nominal_power=3000, curtailment_cost=0.40),
        forecast=flat(2000),
        controllable=True,
    )
    plan = make_plan(house(resource, prices=prices([0.30] * 12 + [0.60] * 12)))
    power = np.array(plan.device("air").power)
    assert power[:48] == pytest.approx(2000)
    assert power[48:] == pytest.approx(500)
    assert plan.device("air").intent[48] is Intent.CURTAIL
    assert plan.device("air").upper[48] == pytest.approx(500)
    assert plan.device("air").upper[0] == pytest.approx(3000)


def test_envelope_counts_only_while_it_is_valid_and_not_for_abnormal_conditions():
    resource = photovoltaics(5000, forecast=flat(-3000.0))
    control = resource.control
    now_only = resource.replace(control=control.replace(valid_until=NOW + HOUR))
    plan = make_plan(house(now_only, prices=prices(0.3, -0.1)))
    power = np.array(plan.device("pv").power)
    assert power[:4] == pytest.approx(-300, abs=1)
    assert power[4:] == pytest.approx(-3000, abs=1)
    emergency = tuple(entry.replace(abnormal_condition_only=True) for entry in control.allowed_limit_ranges)
    plan = make_plan(
        house(resource.replace(control=control.replace(allowed_limit_ranges=emergency)), prices=prices(0.3, -0.1))
    )
    assert np.array(plan.device("pv").power) == pytest.approx(-3000)


def test_gaps_in_the_load_forecast_are_said_and_filled_with_its_mean():
    known = Series.from_values(NOW, HOUR, [400.0, 600.0])
    plan = make_plan(house(base_load=known))
    assert plan.base_load[0] == 400
    assert plan.base_load[50] == 500
    assert [note.key for note in plan.notes] == ["base_load_gap"]
    nothing = make_plan(house(base_load=Series(intervals=())))
    assert set(nothing.base_load) == {0.0}


def test_house_without_anything_has_a_plan():
    plan = make_plan(house(prices=PriceProfile(slots=()), base_load=Series(intervals=()), grid=grid(1, 60)))
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.cost == 0


def test_prices_of_zero_are_prices():
    plan = make_plan(house(battery(5000), appliance(), prices=prices(0.0, 0.0)), PlannerOptions(gap=0.0))
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.cost == pytest.approx(0)
