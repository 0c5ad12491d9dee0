"""The house inside Home Assistant: its entities follow the clock, obey and misbehave."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.sim_house.house import FaultKind
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
import voluptuous as vol

type SetUp = Callable[..., Awaitable[None]]

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 6, tzinfo=BERLIN)
METER = ("sim_base_load_power", "sim_ev_power", "sim_washer_power", "sim_dishwasher_power", "sim_battery_power")


def state(hass: HomeAssistant, entity_id: str) -> str:
    found = hass.states.get(entity_id)
    assert found is not None, f"{entity_id} does not exist"
    return found.state


def value(hass: HomeAssistant, entity_id: str) -> float:
    return float(state(hass, entity_id))


async def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **span: float) -> None:
    freezer.tick(timedelta(**span))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def act(hass: HomeAssistant, domain: str, action: str, entity_id: str, **data: Any) -> None:
    await hass.services.async_call(domain, action, {"entity_id": entity_id, **data}, blocking=True)


async def fault(hass: HomeAssistant, kind: str, **data: Any) -> None:
    await hass.services.async_call("sim_house", "inject_fault", {"kind": kind, **data}, blocking=True)
    await hass.async_block_till_done()


async def test_meter_adds_up_in_the_states(hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp) -> None:
    await set_up(washer_ready=True)
    await act(hass, "button", "press", "button.sim_washer_start")
    for _ in range(20):
        await wait(hass, freezer, minutes=7)
        total = sum(value(hass, f"sensor.{name}") for name in METER) - value(hass, "sensor.sim_pv_power")
        assert value(hass, "sensor.sim_grid_power") == pytest.approx(total, abs=0.004)


async def test_house_advances_with_the_frozen_clock(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await set_up(ev_autostart=False)
    await act(hass, "switch", "turn_off", "switch.sim_ev_charging")
    await wait(hass, freezer, hours=6)
    assert value(hass, "sensor.sim_pv_energy") > 2
    assert value(hass, "sensor.sim_base_load_energy") == pytest.approx(1.4, abs=0.5)
    assert state(hass, "binary_sensor.sim_ev_connected") == "on"


async def test_commands_reach_the_devices(hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp) -> None:
    await set_up(ev_soc=20)
    await act(hass, "select", "select_option", "select.sim_battery_mode", option="manual")
    await act(hass, "number", "set_value", "number.sim_battery_setpoint", value=-1500)
    await act(hass, "number", "set_value", "number.sim_ev_current", value=10)
    await act(hass, "number", "set_value", "number.sim_pv_limit", value=0)
    await act(hass, "select", "select_option", "select.sim_grid_signal", option="red")
    await act(hass, "number", "set_value", "number.sim_grid_limit", value=4200)
    await wait(hass, freezer, minutes=1)
    assert value(hass, "sensor.sim_battery_power") == -1500
    assert value(hass, "sensor.sim_ev_power") == 6900
    assert value(hass, "sensor.sim_pv_power") == 0
    assert state(hass, "select.sim_grid_signal") == "red"
    assert value(hass, "number.sim_grid_limit") == 4200
    await act(hass, "switch", "turn_off", "switch.sim_ev_charging")
    await wait(hass, freezer, minutes=1)
    assert value(hass, "sensor.sim_ev_power") == 0
    await act(hass, "switch", "turn_on", "switch.sim_ev_charging")
    await wait(hass, freezer, minutes=1)
    assert value(hass, "sensor.sim_ev_power") == 6900


async def test_machine_runs_when_it_was_prepared_and_refuses_with_an_open_door(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(HomeAssistantError, match="Remote start is not enabled at the washing machine"):
        await act(hass, "button", "press", "button.sim_washer_start")
    await act(hass, "button", "press", "button.sim_washer_prepare")
    assert state(hass, "binary_sensor.sim_washer_remote_start") == "on"
    await act(hass, "switch", "turn_on", "switch.sim_washer_door")
    assert state(hass, "binary_sensor.sim_washer_door") == "on"
    assert state(hass, "binary_sensor.sim_washer_remote_start") == "off"
    with pytest.raises(HomeAssistantError, match="The door of the washing machine is open"):
        await act(hass, "button", "press", "button.sim_washer_start")
    await act(hass, "button", "press", "button.sim_washer_prepare")
    await act(hass, "button", "press", "button.sim_washer_start")
    assert state(hass, "sensor.sim_washer_state") == "running"
    with pytest.raises(HomeAssistantError, match="locked"):
        await act(hass, "switch", "turn_on", "switch.sim_washer_door")
    await wait(hass, freezer, minutes=30)
    assert value(hass, "sensor.sim_washer_remaining") == pytest.approx(91, abs=1)
    await act(hass, "button", "press", "button.sim_washer_pause")
    assert state(hass, "sensor.sim_washer_state") == "paused"
    await act(hass, "button", "press", "button.sim_washer_stop")
    assert state(hass, "sensor.sim_washer_state") == "idle"


async def test_prices_of_tomorrow_are_published_at_one_in_the_afternoon(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await set_up()

    def series() -> list[dict[str, Any]]:
        found = hass.states.get("sensor.sim_electricity_price")
        assert found is not None
        return found.attributes["data"]

    assert len(series()) == 96
    assert series()[0]["start_time"] == "2026-11-23T00:00:00+01:00"
    assert series()[0]["end_time"] == "2026-11-23T00:15:00+01:00"
    await wait(hass, freezer, hours=6, minutes=59, seconds=50)
    assert len(series()) == 96
    await wait(hass, freezer, seconds=15)
    assert len(series()) == 192
    now = next(row for row in series() if row["start_time"] == "2026-11-23T13:00:00+01:00")
    assert value(hass, "sensor.sim_electricity_price") == now["price_per_kwh"]
    await wait(hass, freezer, hours=11)
    assert len(series()) == 96
    assert series()[0]["start_time"] == "2026-11-24T00:00:00+01:00"


@pytest.mark.parametrize(("day", "quarters"), [((2026, 10, 25), 100), ((2027, 3, 28), 92)])
async def test_days_of_25_and_23_hours_have_all_their_prices_and_forecasts(
    hass: HomeAssistant, set_up: SetUp, day: tuple[int, int, int], quarters: int
) -> None:
    await set_up(start=datetime(*day, 0, 30, tzinfo=BERLIN), prices_always_known=True)
    prices = hass.states.get("sensor.sim_electricity_price")
    forecast = hass.states.get("sensor.sim_pv_forecast")
    assert prices is not None
    assert forecast is not None
    assert len(prices.attributes["data"]) == quarters + 96
    assert len(forecast.attributes["watts"]) == quarters + 96
    starts = [datetime.fromisoformat(row["start_time"]) for row in prices.attributes["data"]]
    assert {(b - a) for a, b in pairwise(starts)} == {timedelta(minutes=15)}


async def test_forecast_state_is_the_energy_of_its_series(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up(pv_nominal=10_000)
    forecast = hass.states.get("sensor.sim_pv_forecast")
    assert forecast is not None
    today = {start: watts for start, watts in forecast.attributes["watts"].items() if start.startswith("2026-11-23")}
    assert float(forecast.state) == pytest.approx(sum(today.values()) / 4000, abs=0.01)
    hours = [wh for start, wh in forecast.attributes["wh_period"].items() if start.startswith("2026-11-23")]
    assert sum(hours) == pytest.approx(float(forecast.state) * 1000, abs=3)


async def test_entities_of_an_unavailable_device_are_unavailable_until_the_fault_ends(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await set_up()
    await fault(hass, "unavailable", device="battery", duration=60)
    for entity_id in ("sensor.sim_battery_soc", "select.sim_battery_mode", "number.sim_battery_setpoint"):
        assert state(hass, entity_id) == "unavailable"
    assert state(hass, "sensor.sim_pv_power") != "unavailable"
    await wait(hass, freezer, seconds=61)
    assert state(hass, "sensor.sim_battery_soc") != "unavailable"


async def test_fault_of_an_entity_and_clearing_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await set_up()
    await fault(hass, "value", entity_id="sensor.sim_grid_power", value=-1e12)
    assert state(hass, "sensor.sim_grid_power") == "-1000000000000.0"
    await hass.services.async_call("sim_house", "clear_faults", {"entity_id": "sensor.sim_pv_power"}, blocking=True)
    assert state(hass, "sensor.sim_grid_power") == "-1000000000000.0"
    await hass.services.async_call("sim_house", "clear_faults", {}, blocking=True)
    await hass.async_block_till_done()
    assert value(hass, "sensor.sim_grid_power") < 20_000


async def test_refusing_device_answers_with_an_error(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up()
    await fault(hass, "refuse_commands", device="ev")
    with pytest.raises(HomeAssistantError, match="The ev refuses"):
        await act(hass, "switch", "turn_off", "switch.sim_ev_charging")
    assert state(hass, "switch.sim_ev_charging") == "on"


async def test_late_and_stuck_devices(hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_up: SetUp) -> None:
    await set_up()
    await fault(hass, "late", entity_id="switch.sim_ev_charging", delay=30)
    await fault(hass, "stuck", entity_id="select.sim_battery_mode")
    await act(hass, "switch", "turn_off", "switch.sim_ev_charging")
    await act(hass, "select", "select_option", "select.sim_battery_mode", option="idle")
    await wait(hass, freezer, seconds=20)
    assert state(hass, "switch.sim_ev_charging") == "on"
    await wait(hass, freezer, seconds=20)
    assert state(hass, "switch.sim_ev_charging") == "off"
    assert state(hass, "select.sim_battery_mode") == "auto"


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "explode", "device": "pv"},
        {"kind": "stuck"},
        {"kind": "stuck", "device": "fridge"},
        {"kind": "stuck", "device": "pv", "entity_id": "sensor.sim_pv_power"},
        {"kind": "stuck", "device": "pv", "duration": 0},
        {"kind": "value", "device": "pv", "value": "nan"},
        {"kind": "value", "device": "pv", "value": "inf"},
    ],
)
async def test_senseless_fault_is_refused(hass: HomeAssistant, set_up: SetUp, data: dict[str, Any]) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await hass.services.async_call("sim_house", "inject_fault", data, blocking=True)


async def test_fault_of_somebody_elses_entity_is_refused(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up()
    with pytest.raises(ServiceValidationError, match=r"sun\.sun is not an entity of the simulated house"):
        await fault(hass, "stuck", entity_id="sun.sun")


async def test_fault_without_a_house_is_refused(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "sim_house", {})
    with pytest.raises(ServiceValidationError, match="not set up"):
        await fault(hass, "stuck", device="pv")


async def test_actions_are_described(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up()
    described = (await async_get_all_descriptions(hass))["sim_house"]
    assert set(described) == {"inject_fault", "clear_faults"}
    kinds = described["inject_fault"]["fields"]["kind"]["selector"]["select"]["options"]
    assert kinds == [kind.value for kind in FaultKind]


async def test_energy_sensors_suit_the_energy_dashboard(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up()
    names = ("grid_import", "grid_export", "pv", "battery", "ev", "washer", "dishwasher")
    found = [entity for entity in hass.states.async_all("sensor") if "_energy" in entity.entity_id]
    assert {name for name in names if any(name in entity.entity_id for entity in found)} == set(names)
    for entity in found:
        assert entity.attributes["device_class"] == "energy"
        assert entity.attributes["state_class"] == "total_increasing"
        assert entity.attributes["unit_of_measurement"] == "kWh"


async def test_entities_belong_to_devices_and_go_with_the_entry(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, device_registry: dr.DeviceRegistry, set_up: SetUp
) -> None:
    await set_up()
    (entry,) = hass.config_entries.async_entries("sim_house")
    assert entry.state is ConfigEntryState.LOADED
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert len(entities) > 45
    assert all(entity.device_id and entity.unique_id for entity in entities)
    assert len(dr.async_entries_for_config_entry(device_registry, entry.entry_id)) == 8
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert state(hass, "sensor.sim_grid_power") == "unavailable"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, "sensor.sim_grid_power") != "unavailable"


async def test_house_can_be_added_in_the_user_interface_only_once(hass: HomeAssistant) -> None:
    result = await hass.config_entries.flow.async_init("sim_house", context={"source": "user"})
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    assert state(hass, "sensor.sim_battery_soc") == "50.0"
    second = await hass.config_entries.flow.async_init("sim_house", context={"source": "user"})
    assert second["reason"] == "single_instance_allowed"


async def test_run_goes_on_over_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    await set_up(persist=True, washer_ready=True)
    await act(hass, "button", "press", "button.sim_washer_start")
    assert hass_storage["sim_house"]["data"]["parts"]["washer"]["state"] == "running"
    (entry,) = hass.config_entries.async_entries("sim_house")
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(minutes=40))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, "sensor.sim_washer_state") == "running"
    assert value(hass, "sensor.sim_washer_remaining") == pytest.approx(81, abs=1)


async def test_house_without_memory_starts_anew(
    hass: HomeAssistant, hass_storage: dict[str, Any], set_up: SetUp
) -> None:
    await set_up(washer_ready=True)
    await act(hass, "button", "press", "button.sim_washer_start")
    assert "sim_house" not in hass_storage


async def test_options_of_an_entry_are_used_without_yaml(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(MONDAY)
    entry = MockConfigEntry(domain="sim_house", data={"battery_soc": 77, "zone": "Europe/Berlin"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert state(hass, "sensor.sim_battery_soc") == "77.0"


def test_recordings_carry_their_licences() -> None:
    data = Path(__file__).parents[2] / "demo" / "data"
    assert "Open Database License (ODbL)" in (data / "appliances_odbl" / "NOTICE.md").read_text()
    assert "CC BY 4.0" in (data / "prices_de_lu" / "NOTICE.md").read_text()
    assert "MIT License" in (data / "home_fr" / "LICENSE").read_text()
