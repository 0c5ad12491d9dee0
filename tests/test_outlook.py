"""What the connection point expects: from the recorder, from plants that are held down, from relative prices, and in
several ways at once."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.weather import Forecast, WeatherEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import numpy as np
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.cem_sgcp.cem.model import (
    PriceProfile,
    PriceSlot,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from custom_components.cem_sgcp.costs import CostsSoFar
from custom_components.cem_sgcp.diagnostics import async_get_config_entry_diagnostics
from custom_components.cem_sgcp.grid.forecast_source import async_solar_forecast
from custom_components.cem_sgcp.outlook import fallback_prices
from custom_components.cem_sgcp.uncertainty import Uncertainty, stored_sun
from tests.grid.test_weather import station
from tests.managed_house import DEVICES, MONDAY, ManagedHouse
from tests.test_warmth import remember

ONLY_PV = {"PV": DEVICES["PV"]}
HOUR = timedelta(hours=1)


async def lived_in(hass: HomeAssistant, days: int = 21) -> None:
    """Weeks of a household with two kinds of evening, under a sun that shines every other day."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    end = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    moments = [dt_util.as_local(end - timedelta(hours=back)) for back in range(days * 24, 0, -1)]
    sun = [max(np.sin((moment.hour - 8) / 8 * np.pi), 0.0) * 4000 * (0.3 + moment.day % 2) for moment in moments]
    load = [300.0 + (3000.0 if moment.hour == 19 and moment.day % 3 == 0 else 0.0) for moment in moments]
    remember(hass, "sensor.sim_pv_power", "power", sun, end)
    remember(hass, "sensor.sim_grid_power", "power", [one - two for one, two in zip(load, sun, strict=True)], end)
    await async_wait_recording_done(hass)


async def test_the_plan_weighs_scenarios_of_past_days(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass)
    house = await ManagedHouse.build(hass, freezer, options={"scenarios": 5})
    snapshot, plan = house.cem.data.snapshot, house.cem.data.plan
    assert snapshot is not None
    assert plan is not None
    assert house.cem.data.plan_error is None
    assert 2 <= len(snapshot.scenarios) <= 5
    assert sum(entry.probability for entry in snapshot.scenarios) == pytest.approx(1.0)
    evening = dt_util.as_utc(MONDAY.replace(hour=19, minute=30, second=0))
    loads = [entry.base_load.at(evening) or 0.0 for entry in snapshot.scenarios if entry.base_load]
    assert max(loads) - min(loads) > 2000
    # The sun of these days differed from one to the next.
    noon = dt_util.as_utc(MONDAY.replace(hour=12, second=0)) + timedelta(days=1)
    key = house.subentry_id("PV")
    given = {
        round(series.at(noon) or 0.0)
        for entry in snapshot.scenarios
        for device in entry.devices
        if device.resource_id == key and (series := device.forecast) is not None
    }
    assert len(given) > 1
    assert max(given) <= 0


@pytest.mark.parametrize("options", [{"plan_for_uncertainty": False}, {}], ids=["switched off", "two days known"])
async def test_what_is_expected_counts_as_certain_without_scenarios(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory, options: dict[str, Any]
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass, days=21 if options else 2)
    house = await ManagedHouse.build(hass, freezer, devices=ONLY_PV, options=options)
    assert house.cem.data.snapshot is not None
    assert house.cem.data.snapshot.scenarios == ()
    assert house.cem.data.plan is not None


async def test_loads_without_a_meter_are_forecast_from_their_own_record(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass)
    end = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    hours = [dt_util.as_local(end - timedelta(hours=back)).hour for back in range(21 * 24, 0, -1)]
    remember(hass, "sensor.pump", "power", [800.0 if hour == 3 else 0.0 for hour in hours], end)
    await async_wait_recording_done(hass)
    hass.states.async_set("sensor.pump", "0", {"unit_of_measurement": "W", "device_class": "power"})
    house = await ManagedHouse.build(
        hass,
        freezer,
        devices={"Pump": ("load", {"power_entity": "sensor.pump"})},
        site={"grid_power": None},
    )
    forecast = house.cem.sense.forecasts[house.subentry_id("Pump")]
    night = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1)) + timedelta(hours=3, minutes=20)
    assert forecast.at(night) == pytest.approx(800.0, rel=0.05)
    assert forecast.at(night + 8 * HOUR) == pytest.approx(0.0, abs=5.0)


async def test_a_curtailed_plant_does_not_darken_the_forecast(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    noon = MONDAY.replace(hour=12)
    house = await ManagedHouse.build(hass, freezer, now=noon, devices=ONLY_PV)
    key = house.subentry_id("PV")
    free = float(house.sim("sensor.sim_pv_power"))
    assert free > 500
    await house.do("number", "set_value", "number.sim_pv_limit", value=100)
    await house.step(60)
    await house.call("replan")
    assert float(house.sim("sensor.sim_pv_power")) <= 110
    told, _ = await async_solar_forecast(hass, dt_util.utcnow(), entity_ids=("sensor.sim_pv_forecast",))
    assert told is not None
    for minutes in (5, 60, 120):
        at = dt_util.utcnow() + timedelta(minutes=minutes)
        assert (house.cem.sense.forecasts[key].at(at) or 0.0) >= 0.9 * (told.at(at) or 0.0)


def slots(start: datetime, factors: list[float]) -> PriceProfile:
    return PriceProfile(
        reference_import_price=0.2,
        reference_export_price=0.1,
        slots=tuple(
            PriceSlot(
                start=start + index * HOUR,
                end=start + (index + 1) * HOUR,
                relative_import_price=factor,
                relative_export_price=factor,
            )
            for index, factor in enumerate(factors)
        ),
    )


def test_relative_prices_are_prices() -> None:
    now = dt_util.as_utc(MONDAY)
    profile = slots(now, [1.0, 2.0])
    assert fallback_prices(profile) == pytest.approx((0.3, 0.15))
    snapshot = SiteSnapshot(
        now=now,
        grid=TimeGrid(edges=(now, now + 2 * HOUR)),
        prices=profile,
        base_load=Series(intervals=()),
        fallback_import_price=9.0,
        fallback_export_price=9.0,
    )
    costs = CostsSoFar()
    for minute in range(0, 121, 5):
        costs.add(now + timedelta(minutes=minute), 1000.0 if minute < 60 else -1000.0, snapshot)
    assert costs.amount == pytest.approx(0.2 - 0.2)


# ------------------------------------------------------------------------------------------------- the sun's errors


async def test_a_day_is_set_beside_what_was_forecast_the_evening_before(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    await lived_in(hass)
    house = await ManagedHouse.build(hass, freezer, devices=ONLY_PV)
    cem, key = house.cem, house.subentry_id("PV")
    monday = dt_util.start_of_local_day(MONDAY)
    flat = Series.from_values(dt_util.as_utc(monday), HOUR, [500.0] * 72, "W")
    uncertainty = Uncertainty(hass, {}, cem.devices, cem.state, cem.forecaster.records)
    cem.state.sun = {"expected": {}, "ratios": {}}
    sunday = dt_util.as_utc(monday) - 3 * HOUR
    uncertainty.observe(sunday, {key: flat})
    assert cem.state.sun["expected"] == {"2026-11-23": 12_000.0}
    # What it gave on Monday is known on Tuesday.
    cem.forecaster.records.of[key] = Series.from_values(dt_util.as_utc(monday), HOUR, [0.0] * 8 + [900.0] * 10, "W")
    uncertainty.observe(dt_util.as_utc(monday) + 30 * HOUR, {key: flat})
    assert cem.state.sun["ratios"] == {"2026-11-23": 0.75}
    # A day on which the plant was held down tells nothing.
    cem.state.sun = {"expected": {"2026-11-23": 12_000.0}, "ratios": {}}
    uncertainty.observe(dt_util.as_utc(monday) + 12 * HOUR, {key: flat}, held_down=True)
    uncertainty.observe(dt_util.as_utc(monday) + 30 * HOUR, {key: flat})
    assert cem.state.sun["ratios"] == {}


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {"expected": 3, "ratios": {"2026-11-23": "many", "yesterday": 1.0, 5: 1.0}},
        {"expected": {"2026-11-23": float("nan")}, "ratios": None},
    ],
)
def test_what_was_stored_damaged_is_left_out(stored: object) -> None:
    assert stored_sun(stored) == {"expected": {}, "ratios": {}}


# ------------------------------------------------------------------------------------------------- options


async def test_weather_and_uncertainty_are_set_in_the_options(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    start = await hass.config_entries.options.async_init(house.entry.entry_id)
    assert "forecast" in start["menu_options"]
    form = await hass.config_entries.options.async_configure(start["flow_id"], {"next_step_id": "forecast"})
    assert form["type"] is FlowResultType.FORM
    hass.states.async_set("weather.home", "sunny")
    answer = {
        "weather_entity": "weather.home",
        "outdoor_entity": "sensor.garden",
        "plan_for_uncertainty": True,
        "scenarios": 6.0,
    }
    done = await hass.config_entries.options.async_configure(form["flow_id"], answer)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert {key: house.entry.options[key] for key in answer} == answer
    assert house.entry.options["dashboard"] is False, "what the other screens said stays"
    # A cleared field is empty afterwards.
    start = await hass.config_entries.options.async_init(house.entry.entry_id)
    form = await hass.config_entries.options.async_configure(start["flow_id"], {"next_step_id": "forecast"})
    await hass.config_entries.options.async_configure(form["flow_id"], {"plan_for_uncertainty": False, "scenarios": 6})
    assert "weather_entity" not in house.entry.options
    await house.settle()


async def test_the_weather_entity_of_the_options_says_how_cold_it_will_be(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY)
    start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    colder = [
        Forecast(datetime=(start + hour * HOUR).isoformat(), native_temperature=4.0 - hour / 4) for hour in range(60)
    ]
    await station(hass, WeatherEntityFeature.FORECAST_HOURLY, {"hourly": colder})
    house = await ManagedHouse.build(hass, freezer, devices={}, options={"weather_entity": "weather.station"})
    outdoor = house.cem.sense.outdoor
    assert outdoor is not None
    assert outdoor.unit == "°C"
    assert outdoor.at(start + 40 * HOUR) == pytest.approx(-6.0, abs=0.2)
    assert outdoor.end is not None
    assert outdoor.end >= dt_util.utcnow() + 48 * HOUR
    report = (await async_get_config_entry_diagnostics(hass, house.entry))["weather"]
    assert (report["source"], report["problem"]) == ("weather", None)


async def test_a_renamed_thermometer_is_followed(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", "station", "1", suggested_object_id="garden")
    house = await ManagedHouse.build(hass, freezer, devices={}, options={"outdoor_entity": "sensor.garden"})
    registry.async_update_entity("sensor.garden", new_entity_id="sensor.backyard")
    await house.settle()
    assert house.entry.options["outdoor_entity"] == "sensor.backyard"
