"""Subentry flows: every kind of device is added and described anew; what cannot be is refused and can be corrected."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.devices import KINDS, flatten
from custom_components.cem_sgcp.devices.base import SECTIONS
from custom_components.cem_sgcp.flows.device import suggestion
from custom_components.cem_sgcp.flows.proposal import FoundDevice
from tests.flow_forms import POWER, register, shown, suggestions

#: What a user would type for each kind, and one change to it.
DEVICES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "pv": ({"power_entity": "sensor.pv_power", "nominal_power": 5000}, {"nominal_power": 6000}),
    "battery": (
        {
            "power_entity": "sensor.battery_power",
            "soc_entity": "sensor.battery_soc",
            "capacity": 9.6,
            "max_charge_power": 3000,
            "max_discharge_power": 3000,
            "act": {"mode_entity": "select.grid", "option_automatic": "normal", "option_manual": "alarm"},
        },
        {"reserve": 20},
    ),
    "ev_charger": (
        {
            "power_entity": "sensor.ev_power",
            "connected_entity": "binary_sensor.ev",
            "session_energy_entity": "sensor.session",
            "energy_need": 20,
        },
        {"ready_by": "06:30:00"},
    ),
    "appliance": (
        {
            "power_entity": "sensor.washer_power",
            "program": {"profile_type": "slots", "slots": "20x2000, 60x150"},
            "act": {"sequence": [{"action": "script.start", "data": {"note": " as typed ", "empty": ""}}]},
        },
        {"ready_by": "17:00:00"},
    ),
    "heat_pump": (
        {
            "power_entity": "sensor.oven_power",
            "temperature_entity": "sensor.outside",
            "max_power": 2500,
            "comfort": {"band_minimum": 20, "band_maximum": 22.5, "day_start": "06:00:00", "night_start": "22:00:00"},
            "building": {"area": 140, "building_age": "until_2009"},
            "act": {"contact_1_entity": "switch.contact_1", "contact_2_entity": "switch.contact_2"},
            "advanced": {"minimum_run": 20},
        },
        {"min_power": 800},
    ),
    "boiler": (
        {
            "power_entity": "sensor.oven_power",
            "temperature_entity": "sensor.outside",
            "volume": 200,
            "max_power": 2000,
            "act": {"switch_entity": "switch.contact_1"},
            "advanced": {"legionella_weekday": "sun"},
        },
        {"daily_use": 4},
    ),
    "radiator": (
        {
            "power_entity": "sensor.oven_power",
            "temperature_entity": "sensor.outside",
            "max_power": 1500,
            "building": {"heat_loss": 40},
        },
        {"priority": 3},
    ),
    "air_conditioning": (
        {"power_entity": "sensor.oven_power", "temperature_entity": "sensor.outside", "max_power": 1200},
        {"direction": "cool"},
    ),
    "freezer": (
        {
            "power_entity": "sensor.oven_power",
            "temperature_entity": "sensor.outside",
            "max_power": 90,
            "guard": -15,
            "act": {"switch_entity": "switch.contact_1"},
        },
        {"yearly_energy": 250},
    ),
    "hybrid_heating": (
        {
            "power_entity": "sensor.oven_power",
            "max_power": 2500,
            "boiler_power": 15000,
            "fuel_price": 0.11,
            "act": {
                "select_entity": "select.grid",
                "option_heat_pump": "normal",
                "option_boiler": "warning",
                "option_automatic": "alarm",
            },
        },
        {"boiler_efficiency": 98},
    ),
    "solar_thermal": (
        {
            "power_entity": "sensor.oven_power",
            "temperature_entity": "sensor.outside",
            "volume": 300,
            "max_power": 3000,
            "area": 5,
            "nominal_power": 8000,
        },
        {"collector_efficiency": 45},
    ),
    "load": ({"power_entity": "sensor.oven_power"}, {"power_inverted": True}),
    "lighting": (
        {"rated_power": 200, "not_emergency": True, "act": {"light_entity": "light.hall"}},
        {"floor": 40},
    ),
    "wind_turbine": ({"power_entity": "sensor.oven_power", "nominal_power": 3000}, {"nominal_power": 2500}),
    "generator": (
        {"rated_power": 5000, "fuel_cost": 0.55, "act": {"switch_entity": "switch.pump"}},
        {"normal_operation": True},
    ),
    "chp": (
        {
            "rated_power": 1000,
            "fuel_price": 0.11,
            "temperature_entity": "sensor.outside",
            "volume": 800,
            "act": {"switch_entity": "switch.pump"},
        },
        {"daily_use": 40},
    ),
    "fuel_cell": (
        {
            "rated_power": 750,
            "fuel_price": 0.11,
            "temperature_entity": "sensor.outside",
            "volume": 300,
            "act": {"switch_entity": "switch.pump"},
        },
        {"daily_use": 15},
    ),
    "water_pump": (
        {
            "level_entity": "sensor.tank",
            "capacity": 1000,
            "rated_power": 750,
            "flow": 50,
            "act": {"switch_entity": "switch.pump"},
        },
        {"minimum": 30},
    ),
    "v2h_car": (
        {
            "power_entity": "sensor.ev_power",
            "connected_entity": "binary_sensor.ev",
            "soc_entity": "sensor.battery_soc",
            "capacity": 60,
            "max_charge_power": 10000,
            "max_discharge_power": 10000,
            "act": {"setpoint_entity": "number.v2h"},
        },
        {"reserve": 50},
    ),
    "ventilation": (
        {"levels": "30: 20, 60: 45, 100: 90", "minimum_level": "30", "act": {"level_entity": "fan.air"}},
        {"minimum_minutes": 20},
    ),
    "switched_load": (
        {"rated_power": 700, "quota": 6, "window_start": "08:00:00", "act": {"switch_entity": "switch.pump"}},
        {"quota": 4},
    ),
}


@pytest.fixture(name="point")
def _point(house: HomeAssistant) -> MockConfigEntry:
    """Return a connection point, and the entities of more devices."""
    for name in ("ev", "washer", "oven"):
        house.states.async_set(f"sensor.{name}_power", "0", POWER)
    house.states.async_set("switch.pump", "off")
    house.states.async_set("light.hall", "on", {"brightness": 200, "supported_color_modes": ["brightness"]})
    house.states.async_set("number.v2h", "0", POWER)
    house.states.async_set("sensor.tank", "50", {"unit_of_measurement": "%"})
    house.states.async_set("fan.air", "off", {"percentage": 0})
    for number in (1, 2):
        house.states.async_set(f"switch.contact_{number}", "off")
    house.states.async_set("binary_sensor.ev", "off", {"device_class": "plug"})
    house.states.async_set("sensor.session", "0", {"device_class": "energy", "unit_of_measurement": "kWh"})
    entry = MockConfigEntry(domain=DOMAIN, title="Home", data={"grid_power": "sensor.grid_power"})
    entry.add_to_hass(house)
    return entry


async def begin(point: MockConfigEntry, hass: HomeAssistant, kind: str) -> Any:
    """Open the form of a new device."""
    result = await hass.config_entries.subentries.async_init((point.entry_id, kind), context={"source": SOURCE_USER})
    return shown(result, "user")


async def answer(hass: HomeAssistant, result: Any, *parts: dict[str, Any]) -> Any:
    """Answer a form as a browser would: what it was filled in with, and what the user typed; None clears a field."""
    typed = suggestions(result)
    for part in parts:
        for key, value in part.items():
            typed[key] = typed.get(key, {}) | value if isinstance(value, dict) else value
    return await hass.config_entries.subentries.async_configure(result["flow_id"], without_empty(typed))


def without_empty(typed: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: fields that were cleared are left out, also in sections."""
    filled = {key: without_empty(value) if isinstance(value, dict) else value for key, value in typed.items()}
    return {key: value for key, value in filled.items() if value is not None}


async def add(point: MockConfigEntry, hass: HomeAssistant, kind: str, name: str = "Mine") -> Any:
    """Add a device of a kind."""
    result = await answer(hass, await begin(point, hass, kind), {"name": name}, DEVICES[kind][0])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return next(subentry for subentry in point.subentries.values() if subentry.title == name)


def test_every_kind_has_a_form() -> None:
    assert set(DEVICES) == set(KINDS)


@pytest.mark.parametrize("kind", list(DEVICES))
async def test_device_is_added_and_described_anew(house: HomeAssistant, point: MockConfigEntry, kind: str) -> None:
    """Its name is the title, its data is flat, and the second form shows what the first one kept."""
    typed, change = DEVICES[kind]
    subentry = await add(point, house, kind)
    assert subentry.subentry_type == kind
    assert "name" not in subentry.data
    assert flatten(typed).items() <= dict(subentry.data).items()
    assert not SECTIONS & set(subentry.data)

    before = dict(subentry.data)
    result = await point.start_subentry_reconfigure_flow(house, subentry.subentry_id)
    shown(result, "reconfigure")
    # Yes and no are defaults, not suggestions; that they are kept shows below.
    entered = {key: value for key, value in flatten(typed).items() if not isinstance(value, bool)}
    assert flatten(suggestions(result)).items() >= entered.items()
    result = await answer(house, result, {"name": "Other"}, change)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    after = point.subentries[subentry.subentry_id]
    assert after.title == "Other"
    assert dict(after.data) == before | change


#: What takes a mistake back, by its field, where the right answers say nothing about it.
CORRECTED: dict[str, dict[str, Any]] = {
    "forecast_source": {"forecast_source": "none"},
    "forecast_entity": {"forecast_entity": ["sensor.co2"]},
    "reserve": {"reserve": 10},
    "ready_entity": {"ready_entity": "binary_sensor.ev"},
    "act": {"act": {"curtail_entity": None}},
}


@pytest.mark.parametrize(
    ("kind", "mistake", "errors"),
    [
        ("load", {"name": " "}, {"name": "name_required"}),
        ("load", {"power_entity": "sensor.nowhere"}, {"power_entity": "entity_not_found"}),
        ("load", {"power_entity": "sensor.outside"}, {"power_entity": "not_a_power_sensor"}),
        ("load", {"power_entity": "sensor.cem_net_power"}, {"power_entity": "own_entity"}),
        ("load", {"power_entity": "sensor.grid_power"}, {"power_entity": "power_sensor_in_use"}),
        ("load", {"power_entity": "sensor.taken"}, {"power_entity": "power_sensor_in_use"}),
        ("pv", {"nominal_power": float("nan")}, {"nominal_power": "not_a_number"}),
        ("pv", {"nominal_power": None}, {"nominal_power": "required"}),
        (
            "battery",
            {"capacity": None, "max_charge_power": None},
            {"capacity": "required", "max_charge_power": "required"},
        ),
        ("pv", {"forecast_source": "entity"}, {"forecast_entity": "forecast_entity_missing"}),
        ("pv", {"forecast_entity": ["sensor.co2", "sensor.nowhere"]}, {"forecast_entity": "entity_not_found"}),
        ("pv", {"act": {"curtail_entity": "number.nowhere"}}, {"act": "entity_not_found"}),
        ("battery", {"reserve": 100}, {"reserve": "reserve_above_maximum"}),
        ("battery", {"act": {"option_automatic": "", "option_manual": ""}}, {"act": "option_missing"}),
        ("ev_charger", {"session_energy_entity": "sensor.nowhere"}, {"session_energy_entity": "entity_not_found"}),
        ("appliance", {"program": {"slots": "soon"}}, {"program": "bad_slots"}),
        ("appliance", {"ready_entity": "binary_sensor.nowhere"}, {"ready_entity": "entity_not_found"}),
    ],
)
async def test_device_that_cannot_be_is_refused_and_can_be_corrected(
    house: HomeAssistant, point: MockConfigEntry, kind: str, mistake: dict[str, Any], errors: dict[str, str]
) -> None:
    """The mistake shows at its field, or at the section that holds it; nothing is kept until it is corrected."""
    register(house, DOMAIN, point, cem_net_power="net_power")
    house.states.async_set("sensor.taken", "0", POWER)
    result = await answer(house, await begin(point, house, "load"), {"name": "First", "power_entity": "sensor.taken"})
    assert result["type"] is FlowResultType.CREATE_ENTRY

    first = await begin(point, house, kind)
    result = shown(await answer(house, first, {"name": "Mine"}, DEVICES[kind][0], mistake), "user", **errors)
    assert len(point.subentries) == 1
    result = await answer(house, result, {"name": "Mine"}, DEVICES[kind][0], CORRECTED.get(next(iter(mistake)), {}))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
    assert len(point.subentries) == 2


async def test_device_keeps_its_own_power_sensor_when_described_anew(
    house: HomeAssistant, point: MockConfigEntry
) -> None:
    """But it cannot take that of another one."""
    subentry = await add(point, house, "load", "Oven")
    await add(point, house, "pv", "Roof")
    result = await point.start_subentry_reconfigure_flow(house, subentry.subentry_id)
    result = shown(
        await answer(house, result, {"power_entity": "sensor.pv_power"}),
        "reconfigure",
        power_entity="power_sensor_in_use",
    )
    result = await answer(house, result, {"power_entity": "sensor.oven_power"})
    assert result["reason"] == "reconfigure_successful"


async def test_field_that_is_cleared_is_empty_afterwards(house: HomeAssistant, point: MockConfigEntry) -> None:
    subentry = await add(point, house, "battery")
    assert subentry.data["mode_entity"] == "select.grid"
    result = await point.start_subentry_reconfigure_flow(house, subentry.subentry_id)
    typed = suggestions(result)
    typed["act"] = {}
    await house.config_entries.subentries.async_configure(result["flow_id"], typed)
    after = dict(point.subentries[subentry.subentry_id].data)
    assert not {"mode_entity", "option_automatic", "option_manual"} & set(after)


async def test_actions_of_the_user_are_kept_as_they_were_typed(house: HomeAssistant, point: MockConfigEntry) -> None:
    subentry = await add(point, house, "appliance")
    assert subentry.data["sequence"] == DEVICES["appliance"][0]["act"]["sequence"]


async def test_entity_may_be_chosen_by_the_id_of_its_registry_entry(
    house: HomeAssistant, point: MockConfigEntry
) -> None:
    source = MockConfigEntry(domain="plug")
    source.add_to_hass(house)
    register(house, "plug", source, plug_power="power")
    house.states.async_set("sensor.plug_power", "3", POWER)
    entry = er.async_get(house).async_get("sensor.plug_power")
    assert entry is not None
    result = await answer(house, await begin(point, house, "load"), {"name": "Plug", "power_entity": entry.id})
    assert result["data"]["power_entity"] == "sensor.plug_power"


def test_found_battery_suggests_its_powers_in_the_sign_of_its_sensor() -> None:
    """What a sensor that is positive for charging reached at most is the charging power."""
    battery = FoundDevice(
        kind="battery", name="Cellar", power="sensor.b", positive_is_consumption=True, observed=(-4980.0, 3010.0)
    )
    assert suggestion(battery) == {
        "name": "Cellar",
        "power_entity": "sensor.b",
        "power_inverted": False,
        "max_charge_power": 3100.0,
        "max_discharge_power": 5000.0,
    }
    unknown = FoundDevice(kind="pv", name="Roof", power="sensor.p", positive_is_consumption=True)
    assert suggestion(unknown) == {
        "name": "Roof",
        "power_entity": "sensor.p",
        "power_sign": "production_negative",
        "forecast_source": "none",
    }
