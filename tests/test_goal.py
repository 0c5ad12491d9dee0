"""The goal that the user chooses, from the entity to the plan."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.cem_sgcp.cem.model import Goals
from custom_components.cem_sgcp.cem.planner import PRESETS
from tests.managed_house import ManagedHouse


def goals(house: ManagedHouse) -> Goals:
    snapshot = house.cem.data.snapshot
    assert snapshot is not None
    return snapshot.goals


async def choose(house: ManagedHouse, option: str) -> None:
    await house.do("select", "select_option", house.entity_id("goal"), option=option)
    await house.settle()


async def test_the_lowest_cost_is_the_goal_until_another_is_chosen_and_a_restart_keeps_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    assert house.state("goal").state == "cost"
    assert goals(house).autonomy_price == 0
    await choose(house, "autonomy")
    assert goals(house).autonomy_price > 0.1
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert house.state("goal").state == "autonomy"
    assert goals(house).preset == "autonomy"


async def test_every_goal_makes_a_plan_and_an_unknown_one_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer)
    for preset in PRESETS:
        await choose(house, preset)
        assert goals(house).preset == preset
        assert house.cem.data.plan is not None
        assert house.cem.data.plan_error is None
        assert house.state("plan_status").state in {"optimal", "feasible", "relaxed"}
    with pytest.raises(ServiceValidationError):
        await choose(house, "world_peace")
    assert goals(house).preset == "balanced"


@pytest.mark.parametrize(("options", "goal"), [({}, "cost"), ({"co2_price": 0.2}, "own")])
async def test_own_weights_count_for_who_set_them(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, options: dict[str, Any], goal: str
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={}, options=options)
    assert house.state("goal").state == goal
    assert goals(house).co2_price == options.get("co2_price", 0.0)
