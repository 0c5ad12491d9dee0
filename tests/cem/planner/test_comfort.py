"""Comfort and physics of stores: target bands with a price, leakage that may be a gain, use over time."""

from datetime import timedelta

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Goals,
    Intent,
    LeakageElement,
    LevelTarget,
    NumberRange,
    PlanStatus,
    Resource,
    Series,
)
from custom_components.cem_sgcp.cem.planner import make_plan

from .houses import NOW, flat, grid, house, prices

HOUR = timedelta(hours=1)
RESISTANCE, CAPACITY = 0.005, 8000.0
"""K/W and Wh/K of a house: a time constant of 40 h."""


def room(
    level: float = 20.0,
    *,
    outdoor: float = 0.0,
    targets: tuple[LevelTarget, ...] = (),
    usage: Series | None = None,
    power: float = 3000.0,
    cop: float = 4.0,
    capacity: float = CAPACITY,
    resistance: float = RESISTANCE,
) -> Resource:
    """A building zone in °C: a heat pump of 3 kW heats it, it loses heat to outdoors."""

    def leak(low: float, high: float) -> LeakageElement:
        middle = (low + high) / 2
        rate = (middle - outdoor) / resistance / capacity / 3600
        return LeakageElement(level_range=NumberRange(start=low, end=high), rate=rate)

    whole = NumberRange(start=-50, end=60)
    modes = tuple(
        FillRateMode(
            mode_id=name,
            elements=(
                FillRateElement(
                    level_range=whole,
                    power=NumberRange(start=0, end=watts),
                    fill_rate=NumberRange(start=0, end=watts * cop / capacity / 3600),
                ),
            ),
        )
        for name, watts in (("heat", power), ("off", 0.0))
    )
    return Resource(
        resource_id="room",
        name="Room",
        controllable=True,
        control=FillRate(
            actuators=(FillRateActuator(actuator_id="pump", modes=modes, active_mode="off"),),
            level=level,
            level_range=whole,
            level_unit="°C",
            leakage=(leak(-40, 0), leak(0, 30), leak(30, 50)),
            usage=usage,
            targets=targets,
        ),
    )


def band(start: float, end: float, low: float | None, high: float | None = None, price: float | None = 0.5):
    """A comfort band from so many hours after now to so many."""
    return LevelTarget(start=NOW + start * HOUR, end=NOW + end * HOUR, minimum=low, maximum=high, price=price)


def level(plan) -> np.ndarray:
    """The temperature at the end of each step."""
    return np.array(plan.device("room").level)


@pytest.mark.parametrize(("outdoor", "start"), [(0.0, 20.0), (-10.0, 21.0), (32.0, 20.0), (12.0, -5.0)])
@pytest.mark.parametrize("minutes", [15, 60])
def test_room_left_alone_drifts_to_the_outdoor_temperature_from_either_side(outdoor, start, minutes):
    plan = make_plan(house(room(start, outdoor=outdoor), grid=grid(24, minutes)))
    hours = (np.arange(len(plan.grid)) + 1) * minutes / 60
    expected = outdoor + (start - outdoor) * np.exp(-hours / (RESISTANCE * CAPACITY))
    assert level(plan) == pytest.approx(expected, abs=0.02)


def test_light_room_in_long_steps_rests_at_the_outdoor_temperature():
    """A time constant of half an hour, steps of an hour: no oscillation, no nonsense."""
    plan = make_plan(house(room(20.0, outdoor=5.0, capacity=100.0), grid=grid(24, 60)))
    assert level(plan)[3:] == pytest.approx(5.0, abs=0.05)


def test_sun_that_heats_is_use_below_nothing_and_evening_use_cools():
    """Use is a series in K per s: gains of the sun are negative use."""
    gains = Series.from_values(NOW, HOUR, [-0.5 / 3600] * 4 + [0.0] * 4 + [1.0 / 3600] * 2 + [0.0] * 20)
    plan = make_plan(house(room(20.0, outdoor=20.0, usage=gains)))
    found = level(plan)
    assert found[15] == pytest.approx(22.0, abs=0.15)
    assert found[39] < found[31] - 1.5


def test_comfort_that_costs_less_than_it_is_worth_is_kept():
    plan = make_plan(house(room(20.0, targets=(band(0, 24, 20.0),))))
    assert level(plan)[:80].min() >= 20 - 0.05
    assert plan.status is PlanStatus.OPTIMAL
    assert plan.device("room").shortfall == pytest.approx(0, abs=0.05)


def test_comfort_that_costs_more_than_it_is_worth_gives_way_and_is_told():
    plan = make_plan(house(room(20.0, targets=(band(0, 24, 20.0, price=0.001),)), prices=prices(1.0)))
    device = plan.device("room")
    assert max(device.power) == pytest.approx(0, abs=1)
    assert device.shortfall == pytest.approx(20 - level(plan).min(), abs=0.01)
    (told,) = device.notes
    assert told.key == "comfort_missed"
    assert "°C" in told.text
    assert plan.status is PlanStatus.OPTIMAL  # nothing is broken: it is a choice


def test_comfort_weight_tips_the_scale():
    site = house(room(20.0, targets=(band(0, 24, 20.0, price=0.01),)), prices=prices(0.4))
    assert max(make_plan(site).device("room").power) == pytest.approx(0, abs=1)
    weighed = make_plan(site.replace(goals=Goals(comfort_weight=100.0)))
    assert level(weighed)[:80].min() >= 20 - 0.1


def test_target_without_a_price_is_kept_whatever_it_costs():
    plan = make_plan(house(room(20.0, targets=(band(6, 20, 20.0, price=None),)), prices=prices(5.0)))
    assert level(plan)[24:80].min() >= 20 - 0.01


def test_room_is_preheated_in_cheap_hours_within_its_band():
    buys = [0.10] * 6 + [0.60] * 6 + [0.30] * 12
    plan = make_plan(house(room(20.0, targets=(band(0, 24, 20.0, 22.5, price=5.0),)), prices=prices(buys)))
    found = level(plan)
    power = np.array(plan.device("room").power)
    assert found.max() <= 22.5 + 0.05
    assert found[23] > 21.5
    assert power[24:36].max() < 1  # what was stored lasts for hours
    assert found.min() >= 20 - 0.05


def test_band_that_changes_with_the_day_is_followed():
    """Temperature profile: warm by day, cooler at night."""
    targets = (band(0, 8, 20.0), band(8, 16, 17.0), band(16, 24, 21.0))
    plan = make_plan(house(room(20.0, targets=targets)))
    found = level(plan)
    assert found[32:60].min() < 19.5
    assert found[64:].min() >= 21 - 0.1
    assert found[:31].min() >= 20 - 0.05


def test_too_warm_is_as_little_comfort_as_too_cold():
    plan = make_plan(house(room(27.0, outdoor=30.0, targets=(band(0, 24, None, 25.0),))))
    (told,) = plan.device("room").notes
    assert told.key == "comfort_missed"
    assert plan.device("room").shortfall > 2


def test_cooling_lowers_the_level_and_leakage_raises_it():
    """An air conditioner draws power and empties the store of heat."""
    found = room(26.0, outdoor=35.0, targets=(band(0, 24, None, 25.0),))
    actuator = found.control.actuators[0]
    cool = actuator.modes[0].replace(
        mode_id="cool",
        elements=(
            actuator.modes[0].elements[0].replace(fill_rate=NumberRange(start=0, end=-3000 * 3.0 / CAPACITY / 3600)),
        ),
    )
    control = found.control.replace(actuators=(actuator.replace(modes=(cool, actuator.modes[1])),))
    plan = make_plan(house(found.replace(control=control)))
    power = np.array(plan.device("room").power)
    assert level(plan)[8:].max() <= 25 + 0.05
    assert plan.device("room").intent[0] is Intent.CHARGE_GRID
    assert plan.device("room").upper[0] == 3000
    assert power[0] == pytest.approx(3000, abs=1)
    holding = 10 / RESISTANCE / 3.0  # 2 kW of heat come in through the walls
    assert power[20:80].mean() == pytest.approx(holding, rel=0.05)


def test_use_over_time_is_made_up_before_it_comes():
    draw = Series.from_values(NOW, HOUR, [0.0] * 6 + [2.5 / 3600] * 2 + [0.0] * 40)
    plan = make_plan(
        house(room(20.0, outdoor=20.0, usage=draw, targets=(band(0, 24, 20.0, 26.0, price=5.0),), power=2000.0))
    )
    found = level(plan)
    assert found[23] > 21.5  # two hours of use take 5 K, the pump gives 2
    assert found.min() >= 20 - 0.1


def test_comfort_of_the_past_or_beyond_the_horizon_counts_nothing():
    targets = (band(-5, -1, 30.0), band(30, 40, 30.0))
    plan = make_plan(house(room(20.0, targets=targets), base_load=flat(100)))
    assert max(plan.device("room").power) == pytest.approx(0, abs=1)
    assert plan.device("room").notes == ()
