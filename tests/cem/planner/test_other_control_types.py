"""Power envelopes that defer and keep a mean; what is a forecast only. Modes have test_operation_mode.py and others."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    AllowedLimitRange,
    Consequence,
    EnergyConstraint,
    Intent,
    LimitType,
    NotControllable,
    NumberRange,
    PlanStatus,
    PowerEnvelope,
    Resource,
)
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, flat, house, limit, prices

HOUR = timedelta(hours=1)


def drive(**fields: object) -> Resource:
    """A load of 2 kW that may be limited to nothing and can take 4 kW."""
    allowed = AllowedLimitRange(limit_type=LimitType.UPPER, range=NumberRange(start=0, end=4000))
    control = PowerEnvelope(allowed_limit_ranges=(allowed,), nominal_power=4000, **fields)
    return Resource(resource_id="drive", control=control, forecast=flat(2000), controllable=True)


def test_deferred_energy_is_taken_later_and_nothing_is_lost():
    buys = [0.50] * 4 + [0.20] * 20
    plan = make_plan(house(drive(consequence=Consequence.DEFER), prices=prices(buys)))
    power = np.array(plan.device("drive").power)
    assert power[:16] == pytest.approx(0, abs=1)
    assert power.sum() / 4 == pytest.approx(2000 * 24, abs=1)
    assert power.max() <= 4000 + 1
    assert plan.device("drive").upper[0] == pytest.approx(0, abs=1)


def test_energy_is_not_taken_before_it_was_put_off():
    buys = [0.20] * 4 + [0.50] * 20
    plan = make_plan(house(drive(consequence=Consequence.DEFER), prices=prices(buys)))
    power = np.array(plan.device("drive").power)
    assert np.cumsum(power - 2000).max() <= 1


def test_vanishing_energy_has_its_price():
    cheap = make_plan(house(drive(curtailment_cost=0.40), prices=prices(0.30)))
    dear = make_plan(house(drive(curtailment_cost=0.40), prices=prices(0.50)))
    assert min(cheap.device("drive").power) == pytest.approx(2000)
    assert max(dear.device("drive").power) == pytest.approx(0, abs=1)


def test_mean_power_over_a_time_is_kept():
    constraint = EnergyConstraint(
        valid_from=NOW + 2 * HOUR, valid_until=NOW + 6 * HOUR, lower_average_power=1200, upper_average_power=1500
    )
    plan = make_plan(house(drive(energy_constraints=(constraint,)), prices=prices(0.50)))
    power = np.array(plan.device("drive").power)
    assert power[8:24].mean() == pytest.approx(1200, abs=1)
    assert power[24:].max() == pytest.approx(0, abs=1)
    impossible = make_plan(house(drive(energy_constraints=(constraint,)), prices=prices(0.50), limits=(limit(1000),)))
    assert max(impossible.net_power) <= 1000 + 1  # a limit goes first
    assert impossible.status is PlanStatus.RELAXED


def test_constraint_of_the_past_is_over():
    constraint = EnergyConstraint(
        valid_from=NOW - 2 * HOUR, valid_until=NOW - HOUR, lower_average_power=1200, upper_average_power=1500
    )
    plan = make_plan(house(drive(energy_constraints=(constraint,)), prices=prices(0.50)))
    assert plan.status is PlanStatus.OPTIMAL


def test_measured_load_is_its_forecast():
    resource = Resource(resource_id="sauna", control=NotControllable(), forecast=flat(6000))
    plan = make_plan(house(resource))
    device = plan.device("sauna")
    assert set(device.power) == {6000.0}
    assert set(device.intent) == {Intent.IDLE}
    assert device.cost == pytest.approx(6 * 24 * 0.30, abs=0.01)
    assert set(plan.net_power) == {6300.0}
