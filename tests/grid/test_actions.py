"""Prices by the actions of Nord Pool, EnergyZero and Tibber.

The handlers have the schemas of the integrations' own actions and answer with recorded prices.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
import json
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.cem_sgcp.grid.reader import TariffReader
from custom_components.cem_sgcp.grid.report import Problem

from .data import DATA, day_prices

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NORDPOOL = {"source": "nordpool", "config_entry_id": "entry", "area": "NL"}
ENERGYZERO = {"source": "energyzero", "config_entry_id": "entry"}


def recorded(name: str) -> dict[str, Any]:
    return json.loads((DATA / name).read_text())


class Market:
    """Answers the actions from recordings, as far as they are published, and remembers what it was asked."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.asked: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.published: set[date] | None = None
        self._hass = hass

    def register(
        self, domain: str, action: str, schema: dict, answer: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        async def handle(call: ServiceCall) -> dict[str, Any]:
            self.asked.append(dict(call.data))
            if self.error is not None:
                raise self.error
            return answer(dict(call.data))

        self._hass.services.async_register(
            domain, action, handle, schema=vol.Schema(schema), supports_response=SupportsResponse.ONLY
        )

    def nordpool(self) -> None:
        files = {
            date(2024, 11, 5): "service_get_prices_for_date_SE3_2024-11-05.json",
            date(2024, 11, 6): "service_shape_SE3_SE4_2024-11-06.json",
        }

        def answer(data: dict[str, Any]) -> dict[str, Any]:
            areas = data.get("areas") or ["SE3"]
            day = data["date"]
            if day not in files or (self.published is not None and day not in self.published):
                return {area: [] for area in areas}
            body = recorded(f"nordpool_action/{files[day]}")
            return {area: body[area] for area in areas}

        schema = {
            vol.Required("config_entry"): cv.string,
            vol.Required("date"): cv.date,
            vol.Optional("areas", default=[]): vol.All(cv.ensure_list, [vol.In(["SE3", "SE4", "NL"])]),
        }
        self.register("nordpool", "get_prices_for_date", schema, answer)

    def energyzero(self) -> None:
        base = recorded("energyzero_rest/electricity_quarter_response.json")["base"]

        def answer(data: dict[str, Any]) -> dict[str, Any]:
            day = date.fromisoformat(data["start"])
            prices = [
                {
                    "price": float(entry["price"]["value"]),
                    "timestamp": str(datetime.fromisoformat(entry["start"])),
                    "start": str(datetime.fromisoformat(entry["start"])),
                    "end": str(datetime.fromisoformat(entry["end"])),
                }
                for entry in base
                if datetime.fromisoformat(entry["start"]).astimezone(AMSTERDAM).date() == day
            ]
            if not prices:
                raise ServiceValidationError(translation_domain="energyzero", translation_key="no_data")
            return {"prices": prices}

        schema = {
            vol.Required("config_entry"): cv.string,
            vol.Required("incl_vat"): bool,
            vol.Optional("start"): str,
            vol.Optional("end"): str,
            vol.Optional("price_type", default="market"): vol.In(("market", "all_in")),
            vol.Optional("interval", default="hour"): vol.In(("hour", "quarter")),
        }
        self.register("energyzero", "get_energy_prices", schema, answer)

    def tibber(self, days: list[date]) -> None:
        rows = [row for day in days for row in day_prices(day)]

        def answer(data: dict[str, Any]) -> dict[str, Any]:
            start, end = (datetime.fromisoformat(data[key]) for key in ("start", "end"))
            home = [
                {"start_time": moment.astimezone(AMSTERDAM).isoformat(), "price": price / 1000, "level": "NORMAL"}
                for moment, price in rows
                if start <= moment < end
            ]
            return {"prices": {"Main house": home, "Cabin": [{**entry, "price": 9.0} for entry in home]}}

        self.register("tibber", "get_prices", {vol.Optional("start"): str, vol.Optional("end"): str}, answer)


@pytest.fixture
async def market(hass: HomeAssistant) -> Market:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    return Market(hass)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


async def read(reader: TariffReader, now: datetime, hours: int = 48):
    return await reader.async_read(now, now + timedelta(hours=hours))


async def test_nordpool_prices_of_today_and_tomorrow_after_publication(hass: HomeAssistant, market: Market) -> None:
    market.nordpool()
    tariff = {"source": "nordpool", "config_entry_id": "entry", "area": "se3", "surcharge": 0.5, "vat": 25}
    reader = TariffReader(
        hass, import_tariff=tariff, export_tariff={**tariff, "surcharge": 0, "vat": 0}, currency="SEK"
    )
    profile = await read(reader, at("2024-11-05T13:30"))
    assert [data["date"] for data in market.asked] == [date(2024, 11, 5), date(2024, 11, 6)]
    assert all(data["areas"] == ["SE3"] for data in market.asked)
    assert len(profile.slots) == 48
    assert profile.currency == "SEK"
    spot = recorded("nordpool_action/service_get_prices_for_date_SE3_2024-11-05.json")["SE3"][0]["price"] / 1000
    first = profile.slots[0]
    assert first.start == at("2024-11-05T00:00")
    assert first.export_price == pytest.approx(spot)
    assert first.import_price == pytest.approx((spot + 0.5) * 1.25)
    report = reader.report["import"]
    assert report.ok
    assert (report.source, report.used, report.age) == ("nordpool", 48, 0.0)
    assert report.until == at("2024-11-07T00:00")


async def test_tomorrow_is_not_asked_for_before_its_auction_is_over(hass: HomeAssistant, market: Market) -> None:
    market.nordpool()
    reader = TariffReader(hass, import_tariff={"source": "nordpool", "config_entry_id": "entry"})
    await read(reader, at("2024-11-05T12:44"))
    assert [data["date"].day for data in market.asked] == [5]
    await read(reader, at("2024-11-05T12:45"))
    assert [data["date"].day for data in market.asked] == [5, 6]


async def test_what_is_complete_is_never_asked_for_again(hass: HomeAssistant, market: Market) -> None:
    market.nordpool()
    reader = TariffReader(hass, import_tariff={"source": "nordpool", "config_entry_id": "entry"})
    for minute in range(0, 60, 10):
        await read(reader, at("2024-11-05T14:00") + timedelta(minutes=minute))
    assert len(market.asked) == 2


async def test_a_late_publication_is_asked_for_every_few_minutes_and_is_no_problem(
    hass: HomeAssistant, market: Market
) -> None:
    market.nordpool()
    market.published = {date(2024, 11, 5)}
    reader = TariffReader(hass, import_tariff={"source": "nordpool", "config_entry_id": "entry"})
    for minute in range(12):
        profile = await read(reader, at("2024-11-05T13:00") + timedelta(minutes=minute))
        assert len(profile.slots) == 24
        assert reader.report["import"].ok
    assert [data["date"].day for data in market.asked] == [5, 6, 6, 6]
    market.published.add(date(2024, 11, 6))
    assert len((await read(reader, at("2024-11-05T13:15"))).slots) == 48


@pytest.mark.parametrize("error", [HomeAssistantError("no connection"), TimeoutError(), KeyError("price")])
async def test_a_failing_action_leaves_what_is_known_and_says_so(
    hass: HomeAssistant, market: Market, error: Exception
) -> None:
    market.nordpool()
    market.published = {date(2024, 11, 5)}
    reader = TariffReader(hass, import_tariff={"source": "nordpool", "config_entry_id": "entry"})
    await read(reader, at("2024-11-05T10:00"))
    market.error = error
    profile = await read(reader, at("2024-11-05T16:00"))
    assert len(profile.slots) == 24
    report = reader.report["import"]
    assert report.problem is Problem.ACTION_FAILED
    assert report.detail.startswith("nordpool.get_prices_for_date: ")
    assert report.age == 6 * 3600
    # It keeps trying, and all is well again when it answers.
    market.error = None
    market.published = None
    assert len((await read(reader, at("2024-11-05T16:06"))).slots) == 48
    assert reader.report["import"].ok


async def test_without_the_integration_there_are_no_prices_and_a_reason(hass: HomeAssistant, market: Market) -> None:
    for tariff, action in (
        (NORDPOOL, "nordpool.get_prices_for_date"),
        (ENERGYZERO, "energyzero.get_energy_prices"),
        ({"source": "tibber"}, "tibber.get_prices"),
    ):
        reader = TariffReader(hass, import_tariff=tariff)
        assert (await read(reader, at("2024-11-05T10:00"))).slots == ()
        assert reader.report["import"].problem is Problem.ACTION_MISSING
        assert reader.report["import"].detail == action


async def test_an_empty_answer_for_today_is_a_problem(hass: HomeAssistant, market: Market) -> None:
    market.nordpool()
    reader = TariffReader(hass, import_tariff={"source": "nordpool", "config_entry_id": "entry"})
    assert (await read(reader, at("2024-12-24T10:00"))).slots == ()
    assert reader.report["import"].problem is Problem.NOT_PUBLISHED


async def test_import_and_export_of_one_market_ask_once(hass: HomeAssistant, market: Market) -> None:
    market.nordpool()
    tariff = {"source": "nordpool", "config_entry_id": "entry", "area": "SE4"}
    reader = TariffReader(hass, import_tariff={**tariff, "vat": 25}, export_tariff=tariff)
    market.published = {date(2024, 11, 6)}
    await read(reader, at("2024-11-06T10:00"))
    assert len(market.asked) == 1


async def test_nordpool_days_are_those_of_the_market_wherever_the_house_is(hass: HomeAssistant, market: Market) -> None:
    await hass.config.async_set_time_zone("Europe/Helsinki")
    market.nordpool()
    reader = TariffReader(hass, import_tariff={"source": "nordpool", "config_entry_id": "entry"})
    # Half past midnight in Helsinki is still the day before in the market.
    now = datetime(2024, 11, 5, 22, 30, tzinfo=UTC)
    profile = await read(reader, now)
    assert [data["date"].day for data in market.asked] == [5, 6]
    assert profile.at(now) is not None
    assert profile.slots[0].start == dt_util.as_utc(dt_util.start_of_local_day(dt_util.as_local(now)))


async def test_energyzero_quarters_of_three_days(hass: HomeAssistant, market: Market) -> None:
    market.energyzero()
    reader = TariffReader(hass, import_tariff={**ENERGYZERO, "surcharge": 0.11, "vat": 21})
    profile = await read(reader, at("2025-12-16T15:00"))
    assert [(data["start"], data["end"]) for data in market.asked] == [("2025-12-16",) * 2, ("2025-12-17",) * 2]
    assert all(data["incl_vat"] is False for data in market.asked)
    assert len(profile.slots) == 192
    assert profile.slots[0].import_price == pytest.approx((0.07994 + 0.11) * 1.21)
    # The 19th is not in the recording: the action refuses in its own words for "not published", which is no problem.
    profile = await read(reader, at("2025-12-18T15:00"))
    assert len(profile.slots) == 96
    assert reader.report["import"].ok


async def test_ct62_tibber_day_of_25_hours(hass: HomeAssistant, market: Market) -> None:
    market.tibber([date(2025, 10, 25), date(2025, 10, 26), date(2025, 10, 27)])
    reader = TariffReader(hass, import_tariff={"source": "tibber", "area": "Main house"})
    now = at("2025-10-25T14:00")
    profile = await read(reader, now, 60)
    assert len(profile.slots) == 196
    assert profile.slots[-1].end == at("2025-10-27T00:00")
    assert all(a.end == b.start for a, b in zip(profile.slots, profile.slots[1:], strict=False))
    spread = [price / 1000 for day in (25, 26) for _, price in day_prices(date(2025, 10, day))]
    assert [slot.import_price for slot in profile.slots] == pytest.approx(spread)
    assert market.asked[1] == {"start": "2025-10-26T00:00:00+02:00", "end": "2025-10-27T00:00:00+01:00"}


async def test_tibber_homes_are_told_apart(hass: HomeAssistant, market: Market) -> None:
    market.tibber([date(2025, 10, 25)])
    cabin = TariffReader(hass, import_tariff={"source": "tibber", "area": "Cabin"})
    assert {slot.import_price for slot in (await read(cabin, at("2025-10-25T10:00"))).slots} == {9.0}
    nobody = TariffReader(hass, import_tariff={"source": "tibber", "area": "Boat"})
    assert (await read(nobody, at("2025-10-25T10:00"))).slots == ()
    first = TariffReader(hass, import_tariff={"source": "tibber"})
    assert (await read(first, at("2025-10-25T10:00"))).slots[0].import_price != 9.0
