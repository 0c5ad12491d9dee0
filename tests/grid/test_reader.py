"""All sources of a connection point in one profile, read from a running Home Assistant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cem_sgcp.cem.model import ModelError, PriceKind
from custom_components.cem_sgcp.grid.reader import TariffReader
from custom_components.cem_sgcp.grid.report import Problem

from .data import day_prices, home, states

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 10, 25, 9, 58, 20, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
async def berlin(hass: HomeAssistant) -> None:
    await hass.config.async_update(time_zone="Europe/Berlin", currency="EUR")


def rates(day: date) -> list[dict]:
    step = timedelta(minutes=15)
    return [
        {
            "start_time": start.astimezone(BERLIN).isoformat(),
            "end_time": (start + step).isoformat(),
            "price_per_kwh": price / 1000,
        }
        for start, price in day_prices(day)
    ]


async def read(reader: TariffReader, now: datetime = NOW, hours: float = 48):
    return await reader.async_read(now, now + timedelta(hours=hours))


def place(hass: HomeAssistant, house: str) -> None:
    """Set the states of a real home."""
    for entity_id, state in states(house).items():
        hass.states.async_set(entity_id, state["state"], state["attributes"])


async def test_fixed_prices_cover_today_and_the_horizon(hass: HomeAssistant) -> None:
    reader = TariffReader(
        hass,
        import_tariff={"source": "fixed", "price": 0.25, "surcharge": 0.02, "vat": 19},
        export_tariff={"source": "fixed", "price": 0.08},
        co2={"source": "fixed", "value": 380},
        renewable={"source": "fixed", "value": 0.5},
    )
    profile = await read(reader)
    assert len(profile.slots) == 1
    slot = profile.slots[0]
    assert slot.start == datetime(2025, 10, 25, tzinfo=BERLIN)
    assert slot.end == NOW + timedelta(hours=48)
    assert slot.import_price == pytest.approx(0.27 * 1.19)
    assert (slot.export_price, slot.co2, slot.renewable_share) == (0.08, 380.0, 0.5)
    assert slot.kind is PriceKind.CONFIRMED
    assert profile.currency == "EUR"
    assert reader.entity_ids == frozenset()
    assert {name: report.ok for name, report in reader.report.items()} == dict.fromkeys(reader.report, True)


async def test_nothing_configured_is_nothing_known(hass: HomeAssistant) -> None:
    reader = TariffReader(hass, import_tariff=None)
    assert (await read(reader)).slots == ()
    assert reader.report["import"].source == "none"


async def test_a_configuration_that_makes_no_sense_is_refused(hass: HomeAssistant) -> None:
    with pytest.raises(ModelError, match=r"export_tariff\.price is missing"):
        TariffReader(hass, import_tariff=None, export_tariff={"source": "fixed"})


async def test_time_of_use_follows_the_clock_of_home_assistant(hass: HomeAssistant) -> None:
    periods = [{"start": "22:00", "end": "06:00", "price": 0.2}]
    reader = TariffReader(hass, import_tariff={"source": "time_of_use", "periods": periods, "price": 0.3, "vat": 10})
    profile = await read(reader)
    assert profile.at(datetime(2025, 10, 25, 5, 59, tzinfo=BERLIN)).import_price == pytest.approx(0.22)
    assert profile.at(datetime(2025, 10, 25, 6, 0, tzinfo=BERLIN)).import_price == pytest.approx(0.33)
    # The night in which the clock is set back lasts nine hours.
    night = next(slot for slot in profile.slots if slot.start == datetime(2025, 10, 25, 22, tzinfo=BERLIN))
    assert night.end - night.start == timedelta(hours=9)


async def test_an_entity_with_a_series_and_a_second_one_for_tomorrow(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.today", "0.1", {"data": rates(date(2025, 10, 25)), "unit_of_measurement": "EUR/kWh"})
    hass.states.async_set("sensor.tomorrow", STATE_UNKNOWN, {"data": rates(date(2025, 10, 26))})
    reader = TariffReader(
        hass,
        import_tariff={
            "source": "entity",
            "entity_id": "sensor.today",
            "entity_id_next": "sensor.tomorrow",
            "surcharge": 0.1,
            "vat": 19,
        },
        export_tariff={"source": "entity", "entity_id": "sensor.today"},
    )
    profile = await read(reader)
    assert reader.entity_ids == {"sensor.today", "sensor.tomorrow"}
    assert len(profile.slots) == 196
    prices = [price / 1000 for day in (25, 26) for _, price in day_prices(date(2025, 10, day))]
    assert [slot.import_price for slot in profile.slots] == pytest.approx([(price + 0.1) * 1.19 for price in prices])
    assert [slot.export_price for slot in profile.slots[:96]] == pytest.approx(prices[:96])
    assert {slot.export_price for slot in profile.slots[96:]} == {None}
    report = reader.report["import"]
    assert (report.shape, report.used, report.held, report.problem) == ("epex_spot", 196, False, None)
    assert report.until == datetime(2025, 10, 27, tzinfo=BERLIN)
    assert report.to_json()["until"] == "2025-10-26T23:00:00+00:00"


async def test_a_mere_state_is_held_to_the_horizon_as_a_forecast(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.price", "31.5", {"unit_of_measurement": "ct/kWh"})
    reader = TariffReader(hass, import_tariff={"source": "entity", "entity_id": "sensor.price"})
    profile = await read(reader)
    assert [(slot.import_price, slot.kind) for slot in profile.slots] == [(pytest.approx(0.315), PriceKind.FORECAST)]
    assert profile.slots[0].start == NOW.replace(second=0)
    report = reader.report["import"]
    assert (report.held, report.problem) == (True, None)


async def test_a_series_of_the_past_gives_way_to_the_state(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.price", "0.4", {"data": rates(date(2025, 10, 25))})
    reader = TariffReader(hass, import_tariff={"source": "entity", "entity_id": "sensor.price"})
    late = NOW + timedelta(days=1)
    profile = await read(reader, late)
    assert profile.at(late).import_price == 0.4
    assert (reader.report["import"].held, reader.report["import"].problem) == (True, Problem.OUTDATED)


@pytest.mark.parametrize("state", [STATE_UNAVAILABLE, STATE_UNKNOWN])
async def test_an_entity_that_goes_away_leaves_what_it_published(hass: HomeAssistant, state: str) -> None:
    hass.states.async_set("sensor.price", "0.4", {"data": rates(date(2025, 10, 25))})
    reader = TariffReader(hass, import_tariff={"source": "entity", "entity_id": "sensor.price"})
    before = await read(reader)
    hass.states.async_set("sensor.price", state, {})
    later = NOW + timedelta(hours=2)
    assert (await read(reader, later, 46)).slots == before.slots
    report = reader.report["import"]
    assert (report.problem, report.age, report.detail) == (Problem.ENTITY_UNAVAILABLE, 7200.0, "sensor.price")
    # The state of an entity that is away is not held: it was only true then.
    tomorrow = NOW + timedelta(days=1)
    assert (await read(reader, tomorrow)).at(tomorrow) is None


async def test_a_missing_entity_gives_nothing_and_says_so(hass: HomeAssistant) -> None:
    reader = TariffReader(hass, import_tariff={"source": "entity", "entity_id": "sensor.nobody"})
    assert (await read(reader)).slots == ()
    assert reader.report["import"].problem is Problem.ENTITY_MISSING


async def test_an_entity_without_any_number_gives_nothing_and_says_so(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.price", "cheap", {"prices": [{"time": "now", "price": "low"}]})
    reader = TariffReader(hass, import_tariff={"source": "entity", "entity_id": "sensor.price"})
    assert (await read(reader)).slots == ()
    assert reader.report["import"].problem is Problem.NO_SERIES


async def test_prices_in_another_currency_are_pointed_out(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.price", "0.4", {"unit_of_measurement": "SEK/kWh"})
    reader = TariffReader(hass, import_tariff={"source": "entity", "entity_id": "sensor.price"})
    await read(reader)
    assert (reader.report["import"].problem, reader.report["import"].detail) == (Problem.OTHER_CURRENCY, "SEK")


async def test_co2_by_entity_with_and_without_a_series(hass: HomeAssistant) -> None:
    points = [
        {"datetime": (NOW + timedelta(hours=hour)).isoformat(), "carbon_intensity": 300 + hour} for hour in range(24)
    ]
    hass.states.async_set("sensor.co2", "250", {"forecast": points, "unit_of_measurement": "gCO2eq/kWh"})
    reader = TariffReader(hass, import_tariff=None, co2={"source": "entity", "entity_id": "sensor.co2"})
    profile = await read(reader)
    assert profile.at(NOW + timedelta(hours=3, minutes=1)).co2 == 303.0
    hass.states.async_set("sensor.co2", "250", {"unit_of_measurement": "gCO2eq/kWh"})
    profile = await read(reader)
    assert {slot.co2 for slot in profile.slots} == {250.0}
    assert reader.entity_ids == {"sensor.co2"}


@pytest.mark.parametrize("house", ["amber_open_meteo_sigenergy", "amber_solcast_sigenergy"])
async def test_the_prices_of_two_real_homes_without_a_template(hass: HomeAssistant, house: str) -> None:
    await hass.config.async_update(time_zone="Australia/Sydney", currency="AUD")
    place(hass, house)
    reader = TariffReader(
        hass,
        import_tariff={
            "source": "entity",
            "entity_id": "sensor.home_general_price",
            "entity_id_next": "sensor.home_general_forecast",
        },
        export_tariff={
            "source": "entity",
            "entity_id": "sensor.home_feed_in_price",
            "entity_id_next": "sensor.home_feed_in_forecast",
        },
        renewable={"source": "entity", "entity_id": "sensor.home_general_forecast"},
    )
    now = home(house)
    profile = await read(reader, now, 23)
    found = states(house)
    current = profile.at(now)
    forecast = found["sensor.home_general_forecast"]["attributes"]["forecasts"]
    # Before the first interval of the forecast the current price of the other entity holds.
    if datetime.fromisoformat(forecast[0]["start_time"]) - now > timedelta(seconds=1):
        assert current.import_price == float(found["sensor.home_general_price"]["state"])
        assert current.export_price == float(found["sensor.home_feed_in_price"]["state"])
    assert {slot.kind for slot in profile.slots} == {PriceKind.FORECAST}
    assert profile.slots[0].start <= now
    assert all(a.end == b.start for a, b in zip(profile.slots, profile.slots[1:], strict=False))
    assert profile.slots[-1].end == now + timedelta(hours=23)
    assert all(slot.import_price is not None and slot.export_price is not None for slot in profile.slots)
    middle = forecast[30]
    moment = datetime.fromisoformat(middle["start_time"]).astimezone(UTC)
    assert profile.at(moment).import_price == middle["per_kwh"]
    assert profile.at(moment).renewable_share == pytest.approx(middle["renewables"] / 100)
    assert all(report.ok for report in reader.report.values())
