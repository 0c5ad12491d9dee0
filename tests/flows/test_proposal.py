"""What the Energy dashboard knows becomes a proposal: its shapes, its signs, and what it leaves open."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.flows.proposal import (
    FoundDevice,
    KnownEntity,
    Proposal,
    async_propose,
    known_entities,
    propose,
)
from tests.flow_forms import NOON, POWER, put_house, register


def grid(**config: Any) -> dict[str, Any]:
    """A grid source as Home Assistant stores it."""
    return {
        "type": "grid",
        "stat_energy_from": None,
        "stat_energy_to": None,
        "stat_cost": None,
        "entity_energy_price": None,
        "number_energy_price": None,
        "stat_compensation": None,
        "entity_energy_price_export": None,
        "number_energy_price_export": None,
        "cost_adjustment_day": 0.0,
        **config,
    }


def prefs(*sources: dict[str, Any]) -> dict[str, Any]:
    """Energy preferences with these sources."""
    return {"energy_sources": list(sources), "device_consumption": [], "device_consumption_water": []}


def known(*entity_ids: str, **fields: Any) -> dict[str, KnownEntity]:
    """Power sensors of a house."""
    return {
        entity_id: KnownEntity(**{"entity_id": entity_id, "name": entity_id.title(), "is_power": True, **fields})
        for entity_id in entity_ids
    }


@pytest.mark.parametrize("data", [None, {}, prefs(), {"energy_sources": None}])
def test_nothing_is_proposed_where_the_dashboard_is_silent(data: Any) -> None:
    assert propose(data, {}) == Proposal()


@pytest.mark.parametrize(
    ("source", "meter"),
    [
        ({"stat_rate": "sensor.net"}, {"grid_power": "sensor.net"}),
        ({"power_config": {"stat_rate": "sensor.net"}, "stat_rate": "sensor.net"}, {"grid_power": "sensor.net"}),
        (
            {"power_config": {"stat_rate_inverted": "sensor.net"}, "stat_rate": "sensor.made_of_it"},
            {"grid_power": "sensor.net", "grid_power_inverted": True},
        ),
        (
            {"power_config": {"stat_rate_from": "sensor.in", "stat_rate_to": "sensor.out"}},
            {"grid_import_power": "sensor.in", "grid_export_power": "sensor.out"},
        ),
        (
            {"power_config": {"stat_rate_from": "sensor.in", "stat_rate_to": "sensor.gone"}},
            {"grid_import_power": "sensor.in"},
        ),
        ({"stat_rate": "sensor.gone"}, {}),
        ({"stat_rate": "external:statistic"}, {}),
        ({"stat_energy_from": "external:energy"}, {}),
    ],
)
def test_meter_keeps_the_sign_that_the_dashboard_states(source: dict[str, Any], meter: dict[str, Any]) -> None:
    """Grid power of the dashboard is positive for import, as ours is."""
    house = known("sensor.net", "sensor.in", "sensor.out", "sensor.made_of_it")
    assert propose(prefs(grid(**source)), house).meter == meter


@pytest.mark.parametrize(
    ("sensors", "meter"),
    [
        (("sensor.active_power",), {"grid_power": "sensor.active_power"}),
        (
            ("sensor.power_consumption", "sensor.power_production", "sensor.power_consumption_phase_l1"),
            {"grid_import_power": "sensor.power_consumption", "grid_export_power": "sensor.power_production"},
        ),
        (
            ("sensor.active_power", "sensor.active_power_l1", "sensor.active_power_l2", "sensor.active_power_l3"),
            {"grid_power": "sensor.active_power"},
        ),
        (("sensor.power_one", "sensor.power_two"), {}),
    ],
)
def test_meter_is_found_by_the_device_of_the_energy_meter(sensors: tuple[str, ...], meter: dict[str, Any]) -> None:
    """Only where it is plain which sensors it has: phases do not count, and two unknown ones are not guessed at."""
    house = known(*sensors, device_id="p1") | known("sensor.energy", is_power=False, device_id="p1")
    house |= known("sensor.other_power", device_id="other")
    assert propose(prefs(grid(stat_energy_from="sensor.energy")), house).meter == meter


def test_energy_meter_without_a_device_proposes_nothing() -> None:
    house = known("sensor.energy", is_power=False) | known("sensor.power")
    assert propose(prefs(grid(stat_energy_from="sensor.energy")), house).meter == {}


def test_prices_are_proposed_with_the_integration_behind_them() -> None:
    """A number is a fixed price; an entity of a price integration means that integration, any other one itself."""
    entities = {
        "sensor.np": {"platform": "nordpool", "config_entry_id": "np1", "unique_id": "DE-LU-current_price"},
        "sensor.se": {"platform": "nordpool", "config_entry_id": "np2", "unique_id": "SE3-current_price"},
        "sensor.ez": {"platform": "energyzero", "config_entry_id": "ez1", "unique_id": "today_energy_current"},
        "sensor.tb": {"platform": "tibber", "config_entry_id": "tb1", "unique_id": "x"},
        "sensor.epex": {"platform": "epex_spot", "config_entry_id": "ep1", "unique_id": "y"},
    }
    house = {key: KnownEntity(**{"entity_id": key, "name": key, **fields}) for key, fields in entities.items()}

    def tariffs(**config: Any) -> tuple[Any, Any]:
        proposal = propose(prefs(grid(**config)), house)
        return proposal.import_tariff, proposal.export_tariff

    assert tariffs() == (None, None)
    assert tariffs(number_energy_price=0.3, number_energy_price_export=0) == (
        {"source": "fixed", "price": 0.3},
        {"source": "fixed", "price": 0.0},
    )
    assert tariffs(entity_energy_price="sensor.epex", entity_energy_price_export="sensor.tb") == (
        {"source": "entity", "entity_id": "sensor.epex"},
        {"source": "tibber"},
    )
    assert tariffs(entity_energy_price="sensor.np", entity_energy_price_export="sensor.ez") == (
        {"source": "nordpool", "config_entry_id": "np1", "area": "DE-LU"},
        {"source": "energyzero", "config_entry_id": "ez1"},
    )
    assert tariffs(entity_energy_price="sensor.se")[0]["area"] == "SE3"
    assert tariffs(entity_energy_price="sensor.gone") == (None, None)


def test_battery_discharges_at_a_positive_power_unless_the_dashboard_inverts_it() -> None:
    """The dashboard's sign is the other way round than ours; an inverted sensor therefore has ours."""
    house = known("sensor.bat", "sensor.raw", "sensor.made_of_two") | known("sensor.soc", is_power=False)
    energy = {"type": "battery", "stat_energy_from": "sensor.out", "stat_energy_to": "sensor.in"}
    plain = energy | {"stat_rate": "sensor.bat", "stat_soc": "sensor.soc", "capacity": 9.6, "name": "Cellar"}
    inverted = energy | {"stat_rate": "sensor.made_of_it", "power_config": {"stat_rate_inverted": "sensor.raw"}}
    two = energy | {
        "stat_rate": "sensor.made_of_two",
        "power_config": {"stat_rate_from": "sensor.a", "stat_rate_to": "sensor.b"},
        "stat_soc": "sensor.gone",
    }
    unmeasured = dict(energy)
    found = propose(prefs(plain, inverted, two, unmeasured), house).devices
    assert found == (
        FoundDevice(kind="battery", name="Cellar", power="sensor.bat", level="sensor.soc", capacity_kwh=9.6),
        FoundDevice(kind="battery", name="Sensor.Raw", power="sensor.raw", positive_is_consumption=True),
        FoundDevice(kind="battery", name="Sensor.Made_Of_Two", power="sensor.made_of_two"),
    )


def test_solar_plant_comes_with_its_forecast() -> None:
    """Its power sensor is the dashboard's, or the only one of the inverter."""
    house = known("sensor.roof") | known("sensor.garage", device_id="inv", device_name="Garage inverter")
    house |= known("sensor.garage_energy", is_power=False, device_id="inv")
    roof = {"type": "solar", "stat_energy_from": "sensor.roof_energy", "stat_rate": "sensor.roof"}
    garage = {"type": "solar", "stat_energy_from": "sensor.garage_energy", "config_entry_solar_forecast": None}
    found = propose(prefs(roof | {"config_entry_solar_forecast": ["fc1", "fc2"]}, garage), house).devices
    assert found == (
        FoundDevice(kind="pv", name="Sensor.Roof", power="sensor.roof", forecasts=("fc1", "fc2")),
        FoundDevice(kind="pv", name="Garage inverter", power="sensor.garage"),
    )
    assert propose(prefs({"type": "solar", "stat_energy_from": "external:solar"}), house).devices == ()


def test_sources_that_are_neither_grid_nor_solar_nor_battery_are_left_alone() -> None:
    house = known("sensor.gas", "sensor.home")
    gas = {"type": "gas", "stat_energy_from": "sensor.gas", "stat_rate": "sensor.gas"}
    home = {"type": "home", "stat_energy_to": "sensor.home", "stat_rate": "sensor.home"}
    assert propose(prefs(gas, home), house) == Proposal()


def test_second_connection_point_is_offered_the_meter_that_is_left() -> None:
    house = known("sensor.one", "sensor.two", "sensor.roof")
    first = grid(stat_rate="sensor.one", number_energy_price=0.3)
    second = grid(stat_rate="sensor.two", number_energy_price=0.2)
    roof = {"type": "solar", "stat_energy_from": "x:y", "stat_rate": "sensor.roof"}
    proposal = propose(prefs(first, second, roof), house, {"sensor.one", "sensor.roof"})
    assert proposal == Proposal(
        meter={"grid_power": "sensor.two"}, import_tariff={"source": "fixed", "price": 0.2}, devices=()
    )
    assert propose(prefs(first), house, {"sensor.one"}) == Proposal()


async def test_proposal_reads_what_the_dashboard_stored(house: HomeAssistant) -> None:
    """The preferences go through Home Assistant's own checks, and existing entries keep what they use."""
    entry = MockConfigEntry(domain="p1_monitor")
    entry.add_to_hass(house)
    register(house, "p1_monitor", entry, device="P1", p1_energy="energy", p1_power="power")
    house.states.async_set("sensor.p1_energy", "1234", {"device_class": "energy", "unit_of_measurement": "kWh"})
    house.states.async_set("sensor.p1_power", "0.5", {"unit_of_measurement": "kW"})
    manager = await async_get_manager(house)
    await manager.async_update(
        {
            "energy_sources": [
                grid(stat_energy_from="sensor.p1_energy", entity_energy_price="sensor.epex"),
                {
                    "type": "battery",
                    "stat_energy_from": "sensor.a",
                    "stat_energy_to": "sensor.b",
                    "power_config": {"stat_rate_inverted": "sensor.battery_power"},
                    "stat_soc": "sensor.battery_soc",
                },
            ]
        }
    )
    assert await async_propose(house) == Proposal(
        meter={"grid_power": "sensor.p1_power"},
        import_tariff={"source": "entity", "entity_id": "sensor.epex"},
        devices=(
            FoundDevice(
                kind="battery",
                name="Battery",
                power="sensor.battery_power",
                positive_is_consumption=True,
                level="sensor.battery_soc",
            ),
        ),
    )
    MockConfigEntry(domain=DOMAIN, data={"grid_power": "sensor.p1_power"}).add_to_hass(house)
    assert (await async_propose(house)).meter == {}


async def test_known_entities_tell_what_measures_power(house: HomeAssistant) -> None:
    entities = known_entities(house)
    assert entities["sensor.grid_power"].is_power
    assert not entities["sensor.outside"].is_power
    assert not entities["sensor.price"].is_power


async def test_highest_power_of_the_last_year_is_offered_as_nominal_power(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Long-term statistics know what the plant can do, in W whatever the unit of the sensor."""
    freezer.move_to(NOON)
    put_house(hass)
    hass.states.async_set("sensor.pv_power", "2", {**POWER, "unit_of_measurement": "kW"})
    start = dt_util.utcnow().replace(minute=0)
    async_import_statistics(
        hass,
        {
            "mean_type": StatisticMeanType.ARITHMETIC,
            "unit_class": "power",
            "has_sum": False,
            "name": None,
            "source": "recorder",
            "statistic_id": "sensor.pv_power",
            "unit_of_measurement": "kW",
        },
        [
            {"start": start - timedelta(days=days), "mean": 1.0, "min": -0.01, "max": peak}
            for days, peak in ((400, 9.0), (200, 6.7), (3, 1.2))
        ],
    )
    await async_wait_recording_done(hass)
    manager = await async_get_manager(hass)
    roof = {"type": "solar", "stat_energy_from": "x:y", "stat_rate": "sensor.pv_power"}
    battery = {
        "type": "battery",
        "stat_energy_from": "a:b",
        "stat_energy_to": "c:d",
        "stat_rate": "sensor.battery_power",
    }
    await manager.async_update({"energy_sources": [roof, battery]})
    found = (await async_propose(hass)).devices
    assert [device.observed for device in found] == [(-10.0, 6700.0), None]
