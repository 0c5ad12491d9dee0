"""Forecasts of generation from entities and from the energy platforms of integrations."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockModule, mock_integration, mock_platform

from custom_components.cem_sgcp.grid import forecast_source
from custom_components.cem_sgcp.grid.forecast_source import async_solar_forecast
from custom_components.cem_sgcp.grid.report import Problem

from .data import home, states

OPEN_METEO, SOLCAST = "amber_open_meteo_sigenergy", "amber_solcast_sigenergy"
DAYS = ("today", "tomorrow", *(f"d{day}" for day in range(2, 8)))
PLANES = ("east", "north", "south", "west")


def energy(series, start: datetime | None = None, hours: float = 24) -> float:
    """Wh of a day from its start, or of everything."""
    start = start or series.start
    return sum(
        entry.value * (entry.end - entry.start).total_seconds() / 3600
        for entry in series.intervals
        if start <= entry.start < start + timedelta(hours=hours)
    )


@pytest.fixture
async def sydney(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Australia/Sydney")


def place(hass: HomeAssistant, house: str, *, devices: dict[str, str] | None = None) -> None:
    """Set the states of a real home; entities of one device are registered as such."""
    for entity_id, device in (devices or {}).items():
        entry = next(
            (entry for entry in hass.config_entries.async_entries("solar_site") if entry.title == device), None
        )
        if entry is None:
            entry = MockConfigEntry(domain="solar_site", title=device)
            entry.add_to_hass(hass)
        made = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("solar_site", device)}
        )
        domain, name = entity_id.split(".")
        er.async_get(hass).async_get_or_create(
            domain, "solar_site", entity_id, suggested_object_id=name, config_entry=entry, device_id=made.id
        )
    for entity_id, state in states(house).items():
        hass.states.async_set(entity_id, state["state"], state["attributes"])


@pytest.mark.usefixtures("sydney")
async def test_planes_of_a_roof_add_up_and_days_follow_each_other(hass: HomeAssistant) -> None:
    place(hass, OPEN_METEO)
    ids = [f"sensor.energy_production_{day}_{plane}" for plane in PLANES for day in DAYS]
    series, report = await async_solar_forecast(hass, home(OPEN_METEO), entity_ids=ids)
    written = [float(states(OPEN_METEO)[entity_id]["state"]) for entity_id in ids]
    assert energy(series, hours=24 * 9) / 1000 == pytest.approx(sum(written), rel=1e-6)
    assert series.end - series.start == timedelta(days=8)
    today = sum(float(states(OPEN_METEO)[f"sensor.energy_production_today_{plane}"]["state"]) for plane in PLANES)
    assert energy(series) / 1000 == pytest.approx(today, rel=1e-6)
    assert (report.source, report.shape, report.ok) == ("entity", "watts", True)
    assert series.unit == "W"


@pytest.mark.usefixtures("sydney")
async def test_who_picks_today_means_the_other_days_too(hass: HomeAssistant) -> None:
    names = [f"sensor.solcast_pv_forecast_forecast_{day}" for day in ("today", "tomorrow", "day_3")]
    place(hass, SOLCAST, devices=dict.fromkeys(names, "solcast"))
    series, report = await async_solar_forecast(hass, home(SOLCAST), entity_ids=names[:1])
    total = sum(float(states(SOLCAST)[name]["state"]) for name in names)
    assert energy(series, hours=72) / 1000 == pytest.approx(total, abs=1e-3)
    assert report.used == 144
    assert report.until == datetime(2025, 10, 8, 13, tzinfo=UTC)
    # Whoever lists all days by hand does not get them twice.
    assert (await async_solar_forecast(hass, home(SOLCAST), entity_ids=names))[0] == series


@pytest.mark.usefixtures("sydney")
@pytest.mark.parametrize("one_device", [True, False])
async def test_planes_are_not_mixed_up_when_days_are_found(hass: HomeAssistant, one_device: bool) -> None:
    devices = {
        f"sensor.energy_production_{day}_{plane}": "roof" if one_device else plane for day in DAYS for plane in PLANES
    }
    place(hass, OPEN_METEO, devices=devices)
    series, _ = await async_solar_forecast(hass, home(OPEN_METEO), entity_ids=["sensor.energy_production_today_east"])
    east = sum(float(states(OPEN_METEO)[f"sensor.energy_production_{day}_east"]["state"]) for day in DAYS)
    assert energy(series, hours=24 * 9) / 1000 == pytest.approx(east, rel=1e-6)
    both, _ = await async_solar_forecast(
        hass,
        home(OPEN_METEO),
        entity_ids=["sensor.energy_production_today_east", "sensor.energy_production_today_west"],
    )
    west = sum(float(states(OPEN_METEO)[f"sensor.energy_production_{day}_west"]["state"]) for day in DAYS)
    assert energy(both, hours=24 * 9) / 1000 == pytest.approx(east + west, rel=1e-6)


async def test_nothing_asked_and_nothing_found(hass: HomeAssistant) -> None:
    now = home(SOLCAST)
    assert (await async_solar_forecast(hass, now))[0] is None
    for state, problem in (
        (None, Problem.ENTITY_MISSING),
        ("unavailable", Problem.ENTITY_UNAVAILABLE),
        ("12", Problem.NO_SERIES),
    ):
        if state is not None:
            hass.states.async_set("sensor.pv", state)
        series, report = await async_solar_forecast(hass, now, entity_ids=["sensor.pv"])
        assert (series, report.problem, report.detail) == (None, problem, "sensor.pv")


@pytest.mark.usefixtures("sydney")
async def test_a_forecast_of_the_past_is_pointed_out(hass: HomeAssistant) -> None:
    place(hass, SOLCAST)
    name = "sensor.solcast_pv_forecast_forecast_today"
    _, report = await async_solar_forecast(hass, home(SOLCAST) + timedelta(days=2), entity_ids=[name])
    assert (report.problem, report.detail) == (Problem.OUTDATED, name)


# ------------------------------------------------------------------------------------------------- energy platforms


class Platform:
    """An integration that gives forecasts to the Energy dashboard."""

    def __init__(self, hass: HomeAssistant, domain: str, answer: object) -> None:
        self.entry = MockConfigEntry(domain=domain)
        self.entry.add_to_hass(hass)

        async def forecast(_hass: HomeAssistant, entry_id: str) -> object:
            assert entry_id == self.entry.entry_id
            if isinstance(answer, Exception):
                raise answer
            return answer

        mock_integration(hass, MockModule(domain))
        mock_platform(hass, f"{domain}.energy", SimpleNamespace(async_get_solar_forecast=forecast))


async def platform_forecast(hass: HomeAssistant, domain: str, answer: object, now: datetime):
    platform = Platform(hass, domain, answer)
    return await async_solar_forecast(hass, now, config_entry_ids=[platform.entry.entry_id])


async def test_energy_per_hour_of_a_platform_becomes_mean_power(hass: HomeAssistant) -> None:
    hours = states(OPEN_METEO)["sensor.energy_production_today_north"]["attributes"]["wh_period"]
    series, report = await platform_forecast(hass, "solar_service", {"wh_hours": hours}, home(OPEN_METEO))
    assert [entry.value for entry in series.intervals] == list(hours.values())
    assert series.start == datetime.fromisoformat(next(iter(hours)))
    assert (report.source, report.shape, report.ok) == ("energy", "solar_service", True)


async def test_half_hours_and_left_out_nights_of_a_platform(hass: HomeAssistant) -> None:
    # Solcast's platform gives half hours; several leave out the hours without sun.
    morning = datetime(2025, 10, 5, 6, tzinfo=UTC)
    stamps = [morning + timedelta(minutes=30 * index) for index in range(4)]
    stamps += [stamp + timedelta(days=1) for stamp in stamps]
    series, _ = await platform_forecast(
        hass, "solar_service", {"wh_hours": {stamp.isoformat(): 100 for stamp in stamps}}, home(OPEN_METEO)
    )
    assert {entry.value for entry in series.intervals} == {200.0}
    assert energy(series, hours=48) == 800
    assert series.at(morning + timedelta(hours=5)) is None


# Times and energies as the Forecast.Solar API gives them: each energy stands at the end of its period.
FORECAST_SOLAR = {
    "2026-08-30T06:33:00+10:00": 0,
    "2026-08-30T07:00:00+10:00": 60,
    "2026-08-30T08:00:00+10:00": 700,
    "2026-08-30T09:00:00+10:00": 1900,
    "2026-08-30T17:45:00+10:00": 450,
    "2026-08-31T06:32:00+10:00": 0,
    "2026-08-31T07:00:00+10:00": 70,
}
NOW = datetime(2026, 8, 30, 10, 29, tzinfo=ZoneInfo("Australia/Sydney"))


async def test_forecast_solar_of_older_releases_stamps_the_end_of_a_period(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_source, "END_STAMPED", frozenset({"forecast_solar"}))
    series, _ = await platform_forecast(hass, "forecast_solar", {"wh_hours": FORECAST_SOLAR}, NOW)
    at = {entry.end.astimezone(NOW.tzinfo).isoformat(): entry for entry in series.intervals}
    assert at["2026-08-30T08:00:00+10:00"].value == 700.0
    assert at["2026-08-30T07:00:00+10:00"].value == pytest.approx(60 / (27 / 60))
    assert energy(series, hours=24) == pytest.approx(60 + 700 + 1900 + 450)
    assert series.at(datetime(2026, 8, 30, 23, tzinfo=NOW.tzinfo)) == 0.0


async def test_forecast_solar_of_newer_releases_stamps_the_start(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_source, "END_STAMPED", frozenset())
    stamps = list(FORECAST_SOLAR)
    restamped = dict(zip(stamps, list(FORECAST_SOLAR.values())[1:], strict=False))
    series, _ = await platform_forecast(hass, "forecast_solar", {"wh_hours": restamped}, NOW)
    at = {entry.end.astimezone(NOW.tzinfo).isoformat(): entry for entry in series.intervals}
    assert at["2026-08-30T08:00:00+10:00"].value == 700.0
    assert series.at(datetime(2026, 8, 30, 23, tzinfo=NOW.tzinfo)) == 0.0


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, Problem.NO_SERIES),
        ({}, Problem.NO_SERIES),
        ({"wh_hours": [1, 2]}, Problem.NO_SERIES),
        ({"wh_hours": {"soon": 5, 7: 8}}, Problem.NO_SERIES),
        (RuntimeError("not loaded"), Problem.ACTION_FAILED),
    ],
)
async def test_a_platform_without_a_forecast_says_so(hass: HomeAssistant, answer: object, problem: Problem) -> None:
    series, report = await platform_forecast(hass, "solar_service", answer, NOW)
    assert series is None
    assert report.problem is problem
    assert report.detail.startswith("solar_service")


async def test_a_config_entry_that_is_gone_or_has_no_platform(hass: HomeAssistant) -> None:
    _, report = await async_solar_forecast(hass, NOW, config_entry_ids=["gone"])
    assert (report.problem, report.detail) == (Problem.ENTITY_MISSING, "gone")
    entry = MockConfigEntry(domain="sun")
    entry.add_to_hass(hass)
    series, report = await async_solar_forecast(hass, NOW, config_entry_ids=[entry.entry_id])
    assert series is None
    assert report.problem is Problem.ACTION_FAILED
