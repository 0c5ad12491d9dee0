"""Two real homes, planned from the states that their own integrations wrote, without a template in between.

The states are Amber prices, Open-Meteo or Solcast forecasts and a Sigenergy plant (tests/data/ha_states, MIT).
"""

from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cem_sgcp.cem.model import Intent, PlanStatus
from tests.managed_house import DEVICES, ManagedHouse

DATA = Path(__file__).parent / "data" / "ha_states"

HOMES: dict[str, dict[str, Any]] = {
    "amber_open_meteo_sigenergy": {
        "capacity": 32.24,
        "charge": 16800,
        "discharge": 19200,
        "prefix": "sensor.energy_production_",
    },
    "amber_solcast_sigenergy": {
        "capacity": 88.66,
        "charge": 46200,
        "discharge": 52800,
        "prefix": "sensor.solcast_pv_forecast_",
    },
}


async def _build(hass: HomeAssistant, freezer: FrozenDateTimeFactory, name: str) -> ManagedHouse:
    home = HOMES[name]
    states = json.loads((DATA / name / "inputs.json").read_text())
    moment = json.loads((DATA / name / "environment.json").read_text())["optimization_start_time"]
    hass.config.currency = "AUD"
    now = datetime.fromisoformat(moment)
    freezer.move_to(now)
    for state in states:
        hass.states.async_set(state["entity_id"], state["state"], state["attributes"])
    forecasts = [state["entity_id"] for state in states if state["entity_id"].startswith(home["prefix"])]
    price = {
        "source": "entity",
        "entity_id": "sensor.home_general_price",
        "entity_id_next": "sensor.home_general_forecast",
    }
    revenue = {
        "source": "entity",
        "entity_id": "sensor.home_feed_in_price",
        "entity_id_next": "sensor.home_feed_in_forecast",
    }
    return await ManagedHouse.build(
        hass,
        freezer,
        now=now,
        site={
            "grid_power": None,
            "import_tariff": price,
            "export_tariff": revenue,
            "grid_signal": None,
            "contract_import_limit": 55000,
            "contract_export_limit": 30000,
            "currency": "AUD",
        },
        devices={
            "Solar": (
                "pv",
                {
                    "power_entity": "sensor.sigen_plant_pv_power",
                    "nominal_power": 60000,
                    "forecast_source": "entity",
                    "forecast_entity": forecasts,
                },
            ),
            "Battery": (
                "battery",
                {
                    "soc_entity": "sensor.sigen_plant_battery_state_of_charge",
                    "capacity": home["capacity"],
                    "max_charge_power": home["charge"],
                    "max_discharge_power": home["discharge"],
                    "efficiency": 98,
                    "reserve": 10,
                },
            ),
            "House": ("load", {"power_entity": "sensor.sigen_plant_consumed_power"}),
            "Washer": DEVICES["Washer"],
        },
    )


@pytest.mark.parametrize("name", sorted(HOMES))
async def test_a_real_home_is_planned_from_its_raw_states(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, name: str
) -> None:
    house = await _build(hass, freezer, name)
    plan = house.cem.data.plan
    assert plan is not None
    assert house.cem.data.plan_error is None
    assert plan.status in {PlanStatus.OPTIMAL, PlanStatus.FEASIBLE}
    assert plan.solver == "HiGHS"
    assert house.state("plan_status").state == plan.status.value

    # Prices: the recorded forecast entries, step by step, in their own unit.
    forecast = json.loads((DATA / name / "inputs.json").read_text())
    entries = next(state for state in forecast if state["entity_id"] == "sensor.home_general_forecast")["attributes"][
        "forecasts"
    ]
    for entry in entries[1:20]:
        start = datetime.fromisoformat(entry["start_time"]) + timedelta(minutes=1)
        step = plan.grid.index_at(start)
        assert step is not None
        lone = [
            other
            for other in entries
            if plan.grid.edges[step]
            <= datetime.fromisoformat(other["end_time"]) - timedelta(minutes=1)
            < plan.grid.edges[step + 1]
        ]
        if len(lone) == 1:
            assert plan.import_price[step] == pytest.approx(entry["per_kwh"], abs=1e-6)

    # Generation: what the forecast says for tomorrow, in Wh, comes out of the plan unless it is curtailed.
    solar = plan.device(house.subentry_id("Solar"))
    assert solar is not None
    assert max(solar.power) <= 0
    assert sum(-power * hours for power, hours in zip(solar.power, plan.grid.hours, strict=True)) > 50_000

    # The battery earns: the plan is cheaper than leaving it alone, and keeps its bounds.
    battery = plan.device(house.subentry_id("Battery"))
    assert battery is not None
    assert battery.level is not None
    capacity = HOMES[name]["capacity"] * 1000
    assert 0.1 * capacity - 1 <= min(battery.level) <= max(battery.level) <= capacity + 1
    assert set(battery.intent) - {Intent.IDLE, Intent.HOLD}
    assert plan.cost < sum(
        power / 1000 * hours * (buy if power > 0 else sell)
        for power, hours, buy, sell in zip(
            (net - stored for net, stored in zip(plan.net_power, battery.power, strict=True)),
            plan.grid.hours,
            plan.import_price,
            plan.export_price,
            strict=True,
        )
    )

    # An appliance that is announced in that home gets its start.
    answer = await house.call(
        "announce_flexible_start", response=True, device_id=house.device_id("Washer"), duration="01:30:00", power=600
    )
    assert answer["start"] is not None
    assert answer["cost"] <= answer["cost_now"] + 1e-9
