"""The options: a menu, and each of its screens by itself."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cem_sgcp.const import DEFAULT_OPTIONS, DOMAIN

PLAN = {
    "horizon_hours": 36.0,
    "plan_interval_minutes": 5.0,
    "move_gain": 0.1,
    "move_share": 10.0,
    "frozen_minutes": 30.0,
    "dashboard": False,
}
GOALS = {
    "co2_price": 0.2,
    "self_consumption_price": 0.01,
    "autonomy_price": 0.0,
    "peak_price": 3.5,
    "smoothing_price": 0.02,
    "wear_weight": 2.0,
    "comfort_weight": 0.5,
}
TARIFF: dict[str, dict[str, Any]] = {
    "network_fee": {
        "price": 0.095,
        "periods": [{"start": "17:00:00", "end": "22:00:00", "weekdays": ["mon", "fri"], "price": 0.16}],
    },
    "capacity": {"price": 3.33, "period": "month", "window_minutes": "15", "free_power": 2500, "weekdays": ["sat"]},
    "tiers": {"tiers": [{"boundary": "energy", "above": 120, "surcharge": 0.05}], "period": "month"},
    "net_metering": {"period": "year", "first_month": 4, "fee": 0.02},
}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A connection point that is not set up: its options can be changed all the same."""
    hass.states.async_set("sensor.month_peak", "3.1", {"unit_of_measurement": "kW", "device_class": "power"})
    found = MockConfigEntry(domain=DOMAIN, title="Home", data={"currency": "EUR"}, options=dict(DEFAULT_OPTIONS))
    found.add_to_hass(hass)
    return found


async def screen(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> ConfigFlowResult:
    """Open the menu and choose a screen."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["plan", "goals", "tariff", "forecast", "limitation"]
    result = await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": name})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == name
    return result


async def send(hass: HomeAssistant, result: Mapping[str, Any], answer: dict[str, Any]) -> ConfigFlowResult:
    return await hass.config_entries.options.async_configure(result["flow_id"], answer)


async def test_the_plans_behaviour_keeps_whole_numbers_whole(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await screen(hass, entry, "plan")
    for key, value in (("horizon_hours", 5), ("plan_interval_minutes", 0), ("move_gain", "nan"), ("move_share", 101)):
        with pytest.raises(InvalidData):
            await send(hass, result, PLAN | {key: value})
    result = await send(hass, result, PLAN)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert PLAN.items() <= entry.options.items()
    assert all(isinstance(entry.options[key], int) for key in PLAN if key.endswith(("hours", "minutes")))


async def test_one_screen_leaves_the_others_as_they_are(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    for name, answer in (("plan", PLAN), ("goals", GOALS), ("tariff", TARIFF), ("goals", GOALS | {"peak_price": 1.0})):
        result = await send(hass, await screen(hass, entry, name), answer)
        assert result["type"] is FlowResultType.CREATE_ENTRY
    assert PLAN.items() <= entry.options.items()
    assert entry.options["peak_price"] == 1.0
    assert entry.options["net_metering"] == TARIFF["net_metering"]
    assert entry.options["network_fee"]["periods"] == [
        {"start": "17:00", "end": "22:00", "weekdays": [0, 4], "price": 0.16}
    ]
    assert entry.options["capacity"]["weekdays"] == [5]


async def test_what_was_kept_is_shown_again_and_can_be_kept_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await send(hass, await screen(hass, entry, "tariff"), TARIFF)
    kept = dict(entry.options)
    result = await screen(hass, entry, "tariff")
    shown = {
        str(marker): marker.description["suggested_value"]
        for marker in result["data_schema"].schema
        if marker.description and "suggested_value" in marker.description
    } or {
        str(marker): {
            str(inner): inner.description["suggested_value"]
            for inner in section.schema.schema
            if inner.description and "suggested_value" in inner.description
        }
        for marker, section in result["data_schema"].schema.items()
    }
    await send(hass, result, shown)
    assert dict(entry.options) == kept


@pytest.mark.parametrize(
    ("section", "changes", "error"),
    [
        ("network_fee", {"periods": [{"start": "17:00", "end": "22:00"}]}, "period_without_price"),
        (
            "network_fee",
            {
                "periods": [
                    {"start": "17:00", "end": "22:00", "price": 1},
                    {"start": "21:00", "end": "23:00", "price": 2},
                ]
            },
            "periods_overlap",
        ),
        ("capacity", {"peak_entity": "sensor.not_there"}, "entity_not_found"),
        (
            "tiers",
            {
                "tiers": [
                    {"boundary": "energy", "above": 120, "surcharge": 0.05},
                    {"boundary": "power", "above": 3000, "surcharge": 0.05},
                ]
            },
            "tiers_mixed",
        ),
    ],
)
async def test_what_does_not_fit_together_is_said_where_it_is(
    hass: HomeAssistant, entry: MockConfigEntry, section: str, changes: dict[str, Any], error: str
) -> None:
    before = dict(entry.options)
    result = await send(hass, await screen(hass, entry, "tariff"), TARIFF | {section: TARIFF[section] | changes})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {section: error}
    assert dict(entry.options) == before


async def test_a_meter_that_knows_its_peak_is_taken(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    answer = TARIFF | {"capacity": TARIFF["capacity"] | {"peak_entity": "sensor.month_peak"}}
    await send(hass, await screen(hass, entry, "tariff"), answer)
    assert entry.options["capacity"]["peak_entity"] == "sensor.month_peak"
