"""Every shape of the integrations, with real data where there is some, and in the integration's own words elsewhere."""

from datetime import UTC, date, datetime, timedelta
import itertools
import json
import math
from zoneinfo import ZoneInfo

import pytest

from custom_components.cem_sgcp.cem.model import PriceKind, Series
from custom_components.cem_sgcp.grid.shapes import Reading, read_attributes, read_series

from .data import DATA, day_prices, home, states

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 10, 6, 10, 0, tzinfo=UTC)


def hours(series: Series) -> list[float]:
    return [(entry.end - entry.start).total_seconds() / 3600 for entry in series.intervals]


def energy(series: Series) -> float:
    """Integral over time, in unit hours."""
    return sum(entry.value * length for entry, length in zip(series.intervals, hours(series), strict=True))


def without_gap(series: Series) -> bool:
    return all(earlier.end == later.start for earlier, later in itertools.pairwise(series.intervals))


def rows(day: date, *, naive: bool = False) -> list[tuple[datetime, datetime, float]]:
    """Start, end and price of a real day in DE-LU, in local time."""
    prices = day_prices(day)
    starts = [start.astimezone(BERLIN) for start, _ in prices]
    step = prices[1][0] - prices[0][0]
    ends = [(start + step).astimezone(BERLIN) for start, _ in prices]
    if naive:
        starts = [start.replace(tzinfo=None, fold=0) for start in starts]
        ends = [end.replace(tzinfo=None, fold=0) for end in ends]
    return [(start, end, price / 1000) for start, end, (_, price) in zip(starts, ends, prices, strict=True)]


# ---------------------------------------------------------------------------------------------------- the two homes


@pytest.mark.parametrize("name", ["sensor.home_general_forecast", "sensor.home_feed_in_forecast"])
@pytest.mark.parametrize("house", ["amber_open_meteo_sigenergy", "amber_solcast_sigenergy"])
def test_amber_prices_start_on_the_boundary_although_the_source_is_a_second_late(house: str, name: str) -> None:
    state, now = states(house)[name], home(house)
    reading = read_attributes(state["attributes"], state=state["state"], now=now)
    written = state["attributes"]["forecasts"]
    assert reading.shape == "amber"
    assert reading.firmness is PriceKind.FORECAST
    assert (reading.used, reading.dropped) == (len(written), 0)
    assert [entry.value for entry in reading.series.intervals] == [each["per_kwh"] for each in written]
    assert [entry.start.second for entry in reading.series.intervals] == [0] * len(written)
    assert [round(length * 60) for length in hours(reading.series)] == [each["duration"] for each in written]
    assert without_gap(reading.series)
    assert reading.state == float(state["state"])


def test_amber_tells_the_renewable_share_in_percent() -> None:
    state = states("amber_open_meteo_sigenergy")["sensor.home_general_forecast"]
    series = read_series(state["attributes"], now=home("amber_open_meteo_sigenergy"), value_kind="renewable")
    assert series.intervals[0].value == pytest.approx(0.22)
    assert all(0 <= entry.value <= 1 for entry in series.intervals)


def test_solcast_half_hours_are_mean_kilowatts() -> None:
    found = states("amber_solcast_sigenergy")
    for name in ("today", "tomorrow", "day_3"):
        state = found[f"sensor.solcast_pv_forecast_forecast_{name}"]
        reading = read_attributes(
            state["attributes"], state=state["state"], now=home("amber_solcast_sigenergy"), value_kind="power"
        )
        assert reading.shape == "solcast"
        assert set(hours(reading.series)) == {0.5}
        # The state is the energy of the day in kWh: it must come out of the mean powers.
        assert energy(reading.series) / 1000 == pytest.approx(float(state["state"]), abs=1e-3)
        assert reading.state is None


def test_solcast_hours_stand_in_for_missing_half_hours() -> None:
    state = states("amber_solcast_sigenergy")["sensor.solcast_pv_forecast_forecast_today"]
    attributes = {key: value for key, value in state["attributes"].items() if key != "detailedForecast"}
    reading = read_attributes(attributes, now=home("amber_solcast_sigenergy"), value_kind="power")
    assert reading.shape == "solcast_hourly"
    assert set(hours(reading.series)) == {1.0}
    assert energy(reading.series) / 1000 == pytest.approx(float(state["state"]), rel=1e-3)


def test_solcast_quantile_by_name_keeps_the_unit_of_the_estimate() -> None:
    state = states("amber_solcast_sigenergy")["sensor.solcast_pv_forecast_forecast_today"]
    reading = read_attributes(
        state["attributes"], now=home("amber_solcast_sigenergy"), value_kind="power", value_key="pv_estimate10"
    )
    assert energy(reading.series) / 1000 == pytest.approx(state["attributes"]["estimate10"], abs=1e-3)


def test_solcast_raw_stamps_are_the_ends_of_the_periods() -> None:
    body = json.loads((DATA / "solcast_rooftop/solcast_rooftop_api_body.json").read_text())
    reading = read_attributes(body, now=datetime(2022, 10, 25, tzinfo=UTC), value_kind="power")
    assert reading.shape == "solcast_raw"
    first, peak = body["forecasts"][0], max(body["forecasts"], key=lambda each: each["pv_estimate"])
    assert reading.series.intervals[0].end == datetime.fromisoformat(first["period_end"])
    highest = max(reading.series.intervals, key=lambda entry: entry.value)
    assert highest.end == datetime.fromisoformat(peak["period_end"])
    assert highest.value == pytest.approx(peak["pv_estimate"] * 1000)
    assert set(hours(reading.series)) == {0.5}


@pytest.mark.parametrize("plane", ["east", "north", "south", "west"])
@pytest.mark.parametrize("day", ["today", "tomorrow", "d5"])
def test_open_meteo_quarter_hours_have_the_energy_of_the_source(day: str, plane: str) -> None:
    state = states("amber_open_meteo_sigenergy")[f"sensor.energy_production_{day}_{plane}"]
    reading = read_attributes(
        state["attributes"], state=state["state"], now=home("amber_open_meteo_sigenergy"), value_kind="power"
    )
    assert reading.shape == "watts"
    assert set(hours(reading.series)) == {0.25}
    assert energy(reading.series) / 1000 == pytest.approx(float(state["state"]), rel=1e-6)
    for hour, wh in state["attributes"]["wh_period"].items():
        start = datetime.fromisoformat(hour)
        inside = [e.value / 4 for e in reading.series.intervals if start <= e.start < start + timedelta(hours=1)]
        assert sum(inside) == pytest.approx(wh)


def test_energy_per_hour_becomes_mean_power() -> None:
    state = states("amber_open_meteo_sigenergy")["sensor.energy_production_today_north"]
    attributes = {key: value for key, value in state["attributes"].items() if key != "watts"}
    reading = read_attributes(attributes, now=home("amber_open_meteo_sigenergy"), value_kind="power")
    assert reading.shape == "energy_per_period"
    assert [entry.value for entry in reading.series.intervals] == list(attributes["wh_period"].values())


def test_power_without_energy_is_taken_as_it_is() -> None:
    attributes = {"watts": {"2025-10-06T10:00:00+02:00": 100, "2025-10-06T10:15:00+02:00": 200}}
    assert [e.value for e in read_series(attributes, now=NOW, value_kind="power").intervals] == [100.0, 200.0]


def test_a_forecast_of_energy_is_no_price() -> None:
    for house in ("amber_open_meteo_sigenergy", "amber_solcast_sigenergy"):
        for name, state in states(house).items():
            reading = read_attributes(state["attributes"], state=state["state"], now=home(house))
            assert (reading.series is not None) == ("forecasts" in state["attributes"]), name
            assert (reading.state is not None) == name.startswith("sensor.home_"), name


# ---------------------------------------------------------------------------------------------------- price responses


@pytest.mark.parametrize(
    ("file", "area", "currency"),
    [
        ("service_get_prices_for_date_SE3_2024-11-05.json", "SE3", "SEK"),
        ("service_shape_NL_2024-11-05.json", "NL", "EUR"),
        ("service_shape_SE3_SE4_2024-11-06.json", "SE4", "SEK"),
    ],
)
def test_nordpool_action_prices_are_per_megawatt_hour(file: str, area: str, currency: str) -> None:
    body = json.loads((DATA / "nordpool_action" / file).read_text())
    reading = read_attributes(body, unit=f"{currency}/MWh", now=datetime(2024, 11, 6, tzinfo=UTC), part=area)
    assert [entry.value for entry in reading.series.intervals] == [
        pytest.approx(each["price"] / 1000) for each in body[area]
    ]
    assert reading.currency == currency
    assert set(hours(reading.series)) == {1.0}


def test_a_response_without_the_area_asked_for_gives_nothing() -> None:
    body = json.loads((DATA / "nordpool_action/service_shape_SE3_SE4_2024-11-06.json").read_text())
    assert read_attributes(body, unit="SEK/MWh", now=datetime(2024, 11, 6, tzinfo=UTC), part="NO1").series is None


def test_energyzero_body_has_prices_as_text_in_an_object() -> None:
    body = json.loads((DATA / "energyzero_rest/electricity_quarter_response.json").read_text())
    reading = read_attributes(body, now=datetime(2025, 12, 16, tzinfo=UTC))
    assert reading.shape == "energyzero"
    assert [entry.value for entry in reading.series.intervals] == [float(e["price"]["value"]) for e in body["base"]]
    assert set(hours(reading.series)) == {0.25}


def test_an_error_of_the_energyzero_api_gives_nothing() -> None:
    body = json.loads((DATA / "energyzero_rest/error_response.json").read_text())
    assert read_series(body, now=NOW) is None


def test_tibber_action_prices_have_no_end_and_lists_by_home() -> None:
    prices = rows(date(2025, 10, 25))
    homes = {
        "Main house": [
            {"start_time": start.isoformat(), "price": price, "level": "NORMAL"} for start, _, price in prices
        ],
        "Cabin": [{"start_time": prices[0][0].isoformat(), "price": 9.0, "level": "NORMAL"}],
    }
    reading = read_attributes({"prices": homes}, now=prices[0][0])
    assert reading.shape == "tibber"
    assert [entry.value for entry in reading.series.intervals] == [price for _, _, price in prices]
    assert reading.series.end == prices[-1][1]
    cabin = read_attributes({"prices": homes}, now=prices[0][0], part="Cabin")
    assert [entry.value for entry in cabin.series.intervals] == [9.0]


# ---------------------------------------------------------------------------------- attributes with real prices in them


def test_nordpool_custom_integration_today_and_tomorrow() -> None:
    today, tomorrow = rows(date(2025, 10, 25)), rows(date(2025, 10, 26))
    attributes = {
        "unit_of_measurement": "EUR/kWh",
        "currency": "EUR",
        "unit": "kWh",
        "price_in_cents": False,
        "tomorrow_valid": True,
        "raw_today": [{"start": start, "end": end, "value": price} for start, end, price in today],
        "raw_tomorrow": [{"start": start, "end": end, "value": price} for start, end, price in tomorrow],
        "today": [price for _, _, price in today],
        "tomorrow": [price for _, _, price in tomorrow],
    }
    reading = read_attributes(attributes, state="0.1", now=today[0][0], zone=BERLIN)
    assert reading.shape == "nordpool_hacs"
    assert reading.currency == "EUR"
    assert len(reading.series.intervals) == 196
    assert without_gap(reading.series)
    bare = read_attributes(
        {key: value for key, value in attributes.items() if not key.startswith("raw")}, now=today[0][0], zone=BERLIN
    )
    assert bare.shape == "nordpool_hacs_bare"
    assert bare.series == reading.series


def test_nordpool_custom_integration_in_cents_divides_once() -> None:
    entry = {"start": NOW, "end": NOW + timedelta(hours=1), "value": 25.0}
    for unit in ("c/kWh", "EUR/kWh", None):
        attributes = {"raw_today": [entry], "price_in_cents": True, "unit_of_measurement": unit, "currency": "EUR"}
        assert read_series(attributes, now=NOW).intervals[0].value == pytest.approx(0.25)


def test_nordpool_custom_integration_per_megawatt_hour() -> None:
    entry = {"start": NOW, "end": NOW + timedelta(hours=1), "value": 250.0}
    assert read_series({"raw_today": [entry], "unit": "MWh"}, now=NOW).intervals[0].value == pytest.approx(0.25)


def test_tomorrow_before_publication_is_not_made_up() -> None:
    attributes = {
        "raw_today": [{"start": NOW, "end": NOW + timedelta(hours=1), "value": 0.3}],
        "raw_tomorrow": [
            {
                "start": NOW + timedelta(days=1, hours=hour),
                "end": NOW + timedelta(days=1, hours=hour + 1),
                "value": None,
            }
            for hour in range(24)
        ],
    }
    reading = read_attributes(attributes, now=NOW)
    assert (reading.used, reading.dropped) == (1, 24)
    bare = {"today": [0.3] * 24, "tomorrow": [0.1] * 24, "tomorrow_valid": False}
    assert read_attributes(bare, now=NOW, zone=BERLIN).used == 24


def test_epex_spot_local_times() -> None:
    prices = rows(date(2026, 3, 29))
    attributes = {
        "unit_of_measurement": "EUR/kWh",
        "data": [
            {"start_time": start.isoformat(), "end_time": end.isoformat(), "price_per_kwh": price}
            for start, end, price in prices
        ],
    }
    reading = read_attributes(attributes, now=prices[0][0])
    assert reading.shape == "epex_spot"
    assert len(reading.series.intervals) == 92
    assert without_gap(reading.series)
    older = {
        "data": [
            {
                "start_time": NOW.isoformat(),
                "end_time": (NOW + timedelta(hours=1)).isoformat(),
                "price_ct_per_kwh": 31.5,
            }
        ]
    }
    assert read_series(older, now=NOW).intervals[0].value == pytest.approx(0.315)


def test_entsoe_prices_have_naive_looking_local_times() -> None:
    prices = rows(date(2025, 10, 25))
    attributes = {
        "unit_of_measurement": "EUR/kWh",
        "prices": [{"time": str(start), "price": price} for start, _, price in prices],
        "prices_today": [{"time": str(prices[0][0]), "price": 9.0}],
    }
    reading = read_attributes(attributes, now=prices[0][0])
    assert reading.shape == "entsoe"
    assert [entry.value for entry in reading.series.intervals] == [price for _, _, price in prices]


def test_octopus_rates_of_an_event_entity() -> None:
    rates = [
        {
            "start": NOW + timedelta(minutes=30 * index),
            "end": NOW + timedelta(minutes=30 * index + 30),
            "value_inc_vat": 0.2 + index / 100,
            "is_capped": False,
            "is_intelligent_adjusted": False,
        }
        for index in range(48)
    ]
    reading = read_attributes({"rates": rates}, state="2025-10-06T09:30:00+00:00", now=NOW)
    assert reading.shape == "octopus"
    assert reading.state is None
    assert [entry.value for entry in reading.series.intervals] == [rate["value_inc_vat"] for rate in rates]


def test_amber_express_list_of_time_and_value() -> None:
    steps = [timedelta(minutes=5 * index) for index in range(12)] + [
        timedelta(hours=1, minutes=30 * i) for i in range(6)
    ]
    attributes = {"forecast": [{"time": (NOW + step).isoformat(), "value": 0.3} for step in steps]}
    reading = read_attributes(attributes, unit="$/kWh", now=NOW)
    assert reading.shape == "amber_express"
    assert reading.firmness is PriceKind.FORECAST
    assert without_gap(reading.series)
    assert reading.series.end == NOW + timedelta(hours=3, minutes=30) + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ({"whatever": [{"from": "2025-10-06T10:00:00Z", "till": "2025-10-06T11:00:00Z", "price": 0.2}] * 2}, None),
        (
            {
                "x": [
                    {"datetime": "2025-10-06T10:00:00Z", "value": "20,5"},
                    {"datetime": "2025-10-06T11:00:00Z", "value": 1},
                ]
            },
            None,
        ),
        ({"mine": {"2025-10-06T10:00:00Z": 0.2, "2025-10-06T11:00:00Z": 0.4}}, 0.2),
        (
            {"a": [{"hour": "2025-10-06T10:00Z", "my_cost": "0.2"}, {"hour": "2025-10-06T11:00Z", "my_cost": "0.4"}]},
            0.2,
        ),
        (
            {"v": [{"start_timestamp": 1759744800000, "price": 0.2}, {"start_timestamp": 1759748400000, "price": 0.4}]},
            0.2,
        ),
        ({"v": [{"timestamp": 1759744800, "marketprice": 200}, {"timestamp": 1759748400, "marketprice": 400}]}, 0.2),
        (
            {
                "v": [
                    {"time": "2025-10-06 10:00+00:00", "value": 20, "unit": "ct/kWh"},
                    {"time": "2025-10-06 11:00+00:00", "value": 40},
                ]
            },
            0.2,
        ),
    ],
)
def test_lists_and_dictionaries_of_any_name(attributes: dict[str, object], value: float | None) -> None:
    reading = read_attributes(attributes, now=NOW)
    if value is None:
        assert reading == Reading()
        return
    assert [entry.value for entry in reading.series.intervals] == [pytest.approx(value), pytest.approx(2 * value)]
    assert reading.series.start == NOW


def test_co2_of_any_unit_becomes_grams_per_kilowatt_hour() -> None:
    points = [{"time": (NOW + timedelta(hours=index)).isoformat(), "carbon_intensity": 100.0} for index in range(3)]
    for unit, factor in (("gCO2eq/kWh", 1), ("kg/MWh", 1), ("kgCO2/kWh", 1000), ("lbs/MWh", 0.45359237), (None, 1)):
        reading = read_attributes({"forecast": points}, state="50", unit=unit, now=NOW, value_kind="co2")
        assert reading.series.intervals[0].value == pytest.approx(100 * factor)
        assert reading.state == pytest.approx(50 * factor)
    nested = {"data": [{"from": "2025-10-06T10:00Z", "to": "2025-10-06T10:30Z", "intensity": {"forecast": 266}}] * 2}
    assert read_attributes(nested, now=NOW, value_kind="co2").series is None
    nested["data"] = [
        *nested["data"],
        {"from": "2025-10-06T10:30Z", "to": "2025-10-06T11:00Z", "intensity": {"forecast": 1}},
    ]
    assert read_series(nested, now=NOW, value_kind="co2").intervals[0].value == 266.0


def test_power_in_kilowatts_and_energy_per_period_by_the_unit_of_the_entity() -> None:
    points = [{"time": (NOW + timedelta(minutes=30 * index)).isoformat(), "value": 2.0} for index in range(4)]
    for unit, watts in (("kW", 2000), ("W", 2), ("kWh", 4000), ("Wh", 4)):
        series = read_series({"forecast": points}, unit=unit, now=NOW, value_kind="power")
        assert [entry.value for entry in series.intervals] == [watts] * 4
    assert read_series({"forecast": points}, now=NOW, value_kind="energy").intervals[0].value == 4.0


# ---------------------------------------------------------------------------------------------------- damaged lists


def test_damaged_entries_are_dropped_and_counted() -> None:
    good = [{"start": NOW + timedelta(hours=index), "value": 0.1 * index} for index in range(6)]
    good[2]["value"] = math.nan
    good[3]["value"] = None
    good[4] = {"start": "yesterday", "value": 1.0}
    bad = [
        "text",
        None,
        5,
        {},
        {"value": 3.0},
        {"start": NOW + timedelta(days=900), "value": 0.1},
        {"start": NOW, "value": 1e300},
    ]
    reading = read_attributes({"raw_today": [*bad, *good]}, now=NOW)
    assert (reading.used, reading.dropped) == (3, 10)
    assert [entry.value for entry in reading.series.intervals] == pytest.approx([0.0, 0.1, 0.5])
    # What is dropped leaves a gap; nothing before it is stretched over it.
    assert reading.series.at(NOW + timedelta(hours=2, minutes=1)) is None
    assert reading.series.at(NOW + timedelta(hours=5, minutes=1)) == pytest.approx(0.5)


def test_a_hole_in_a_list_without_ends_stays_a_hole() -> None:
    entries = [{"time": (NOW + timedelta(hours=index)).isoformat(), "price": 0.1} for index in (0, 1, 2, 6, 7)]
    series = read_series({"prices": entries}, now=NOW)
    assert series.at(NOW + timedelta(hours=2, minutes=59)) == 0.1
    assert series.at(NOW + timedelta(hours=3)) is None


def test_change_points_last_until_the_next_one() -> None:
    entries = [{"time": (NOW + timedelta(hours=index)).isoformat(), "price": 0.1 + index} for index in (0, 6, 20)]
    series = read_series({"prices": entries}, now=NOW)
    assert hours(series) == [6.0, 14.0, 10.0]


def test_overlaps_are_resolved_the_same_way_whatever_the_order() -> None:
    entries = [
        {"start": NOW, "end": NOW + timedelta(hours=4), "value": 1.0},
        {"start": NOW + timedelta(hours=1), "end": NOW + timedelta(hours=2), "value": 2.0},
        {"start": NOW + timedelta(hours=3), "end": NOW + timedelta(hours=2), "value": 3.0},
    ]
    expected = read_series({"raw_today": entries}, now=NOW)
    assert [entry.value for entry in expected.intervals] == [1.0, 2.0]
    for order in itertools.permutations(entries):
        assert read_series({"raw_today": list(order)}, now=NOW) == expected


def test_of_two_entries_with_one_start_the_last_counts() -> None:
    entries = [{"start": NOW, "value": value} for value in (1.0, 2.0, None)]
    assert [entry.value for entry in read_series({"raw_today": entries}, now=NOW).intervals] == [2.0]


def test_huge_lists_are_cut() -> None:
    entries = [{"start": NOW + timedelta(minutes=index), "value": 1.0} for index in range(20_000)]
    reading = read_attributes({"raw_today": entries}, now=NOW)
    assert (reading.used, reading.dropped) == (5000, 15_000)


def test_a_period_with_a_length_needs_only_one_of_its_ends() -> None:
    starts = [{"start": "2025-10-06T10:00Z", "period": "PT30M", "price": 0.1}]
    ends = [{"end": "2025-10-06T10:30Z", "duration": "PT30M", "price": 0.1}]
    for entries in (starts, ends):
        series = read_series({"prices": entries}, now=NOW)
        assert (series.start, series.end) == (NOW, NOW + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("unit", "factor", "currency"),
    [
        ("EUR/kWh", 1, "EUR"),
        ("€/MWh", 0.001, "EUR"),
        ("ct/kWh", 0.01, None),
        ("p/kWh", 0.01, None),
        ("öre/kWh", 0.01, None),
        ("$/kWh", 1, None),
        ("GBP per kWh", 1, "GBP"),
        ("SEK/Wh", 1000, "SEK"),
        ("°C", 1, None),
        (5, 1, None),
        ("x" * 1000, 1, None),
    ],
)
def test_price_units(unit: object, factor: float, currency: str | None) -> None:
    reading = read_attributes({"prices": [{"start": NOW, "price": 10.0}]}, unit=unit, now=NOW)
    assert reading.series.intervals[0].value == pytest.approx(10 * factor)
    assert reading.currency == currency
