"""The house without Home Assistant: energy is neither made nor lost, devices have limits and answer back."""

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from custom_components.sim_house.house import (
    ApplianceState,
    BatteryMode,
    House,
    HouseOptions,
    Refused,
    dump,
    measured_run,
    restore,
    run_names,
)
from hypothesis import given, settings, strategies as st
import pytest

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
DATA = Path(__file__).parents[2] / "demo" / "data"
POWERS = (("home", "base_load"), ("ev", "power"), ("washer", "power"), ("dishwasher", "power"), ("battery", "power"))


def at(hour: float, **options: object) -> House:
    """A house on a Monday at an hour of the day."""
    return House(MONDAY + hour * HOUR, HouseOptions(**{"ev_autostart": False, **options}))


def quiet(hour: float, **options: object) -> House:
    """A house whose car does not charge."""
    house = at(hour, **options)
    house.command("ev", "charging", False)
    return house


def go(house: House, hours: float) -> None:
    house.advance(house.now + hours * HOUR)


# ---------------------------------------------------------------------- the meter


def test_meter_is_the_exact_sum_of_all_devices_at_every_step_of_a_day() -> None:
    house = at(0, washer_ready=True, dishwasher_ready=True, ev_autostart=True)
    for step in range(24 * 12):
        if step == 100:
            house.command("washer", "start")
        if step == 150:
            house.command("dishwasher", "start")
        go(house, 1 / 12)
        total = sum(house.read(*point) for point in POWERS) - house.read("pv", "power")
        assert house.read("grid", "power") == pytest.approx(total, abs=1e-9)


def test_energy_of_the_meter_is_the_balance_of_all_energy_counters() -> None:
    house = at(0, washer_ready=True, ev_autostart=True)
    house.command("washer", "start")
    go(house, 48)
    net = house.imported - house.exported
    devices = (
        house.base_energy
        + house.car.charged
        + house.washer.consumed
        + house.dishwasher.consumed
        + house.battery.charged
        - house.battery.discharged
        - house.pv_energy
    )
    assert net == pytest.approx(devices, abs=1e-6)
    assert house.imported > 0
    assert house.exported > 0


def test_result_does_not_depend_on_how_often_the_clock_is_read() -> None:
    rarely, often = quiet(5), quiet(5)
    go(rarely, 12)
    for _ in range(12 * 60 * 6):
        go(often, 1 / 360)
    for point in (("battery", "soc"), ("grid", "import_energy"), ("grid", "export_energy"), ("pv", "energy")):
        assert often.read(*point) == pytest.approx(rarely.read(*point), rel=1e-9)


def test_clock_that_goes_back_changes_nothing() -> None:
    house = quiet(12)
    go(house, 1)
    before = dump(house)
    house.advance(house.now - 3 * HOUR)
    assert dump(house) == before


def test_a_computer_that_slept_for_a_month_is_not_made_up_for_in_full() -> None:
    house = at(0)
    house.advance(MONDAY + timedelta(days=30))
    assert house.now == (MONDAY + timedelta(days=30)).astimezone(UTC)
    assert house.base_energy < 8 * 25_000


# ---------------------------------------------------------------------- the recordings


def test_pv_and_base_load_are_those_of_the_recorded_day() -> None:
    house = quiet(0)
    go(house, 24)
    with (DATA / "home_fr" / "two_weeks.csv").open() as file:
        day = list(csv.DictReader(file))[:48]
    assert {row["day"] for row in day} == {"2024-05-20"}
    assert house.pv_energy == pytest.approx(sum(float(row["pv_w"]) for row in day) / 2)
    assert house.base_energy == pytest.approx(sum(float(row["load_w"]) for row in day) / 2)


def test_ripple_moves_the_meter_and_keeps_the_energy_of_every_half_hour() -> None:
    smooth, rippled = quiet(10), quiet(10, ripple=0.3)
    loads = set()
    for _ in range(8):
        for _ in range(6):
            go(rippled, 1 / 12)
            loads.add(rippled.read("home", "base_load"))
            assert rippled.read("home", "base_load") > 0
        go(smooth, 0.5)
        assert rippled.base_energy == pytest.approx(smooth.base_energy)
        assert rippled.pv_energy == pytest.approx(smooth.pv_energy)
    assert len(loads) == 48


def test_every_quarter_of_the_year_has_prices_and_days_are_92_96_or_100_quarters_long() -> None:
    records = at(0).records
    lengths = {}
    for day in range(365):
        date = (datetime(2026, 1, 1, tzinfo=BERLIN) + timedelta(days=day)).date()
        prices = records.prices(date)
        lengths[len(prices)] = lengths.get(len(prices), 0) + 1
        assert all(end == start for (_, end, _), (start, _, _) in pairwise(prices))
        assert all((end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(minutes=15) for start, end, _ in prices)
    assert lengths == {92: 1, 96: 363, 100: 1}


def test_the_repeated_hour_repeats_its_prices_and_the_missing_one_is_left_out() -> None:
    records = at(0).records
    autumn = records.prices(datetime(2026, 10, 25, tzinfo=BERLIN).date())
    assert [price for start, _, price in autumn if start.hour == 2][:4] == [
        price for start, _, price in autumn if start.hour == 2
    ][4:]
    assert len({start.isoformat() for start, _, _ in autumn}) == 100
    spring = records.prices(datetime(2026, 3, 29, tzinfo=BERLIN).date())
    assert not [start for start, _, _ in spring if start.hour == 2]


@pytest.mark.parametrize("weekday", range(7))
def test_weekdays_of_the_recordings_are_kept(weekday: int) -> None:
    records = at(0).records
    prices = [price for _, _, price in records.prices((MONDAY + timedelta(days=weekday)).date())]
    recorded = [[price / 1000 for price in records.price.values[weekday + week]] for week in (0, 7)]
    assert prices in recorded


def test_forecast_differs_from_what_the_sun_does() -> None:
    house = at(0)
    forecast = house.pv_forecast(house.local_day())
    assert len(forecast) == 96
    errors = [abs(watts - house.records.pv_at(start)) for start, watts in forecast]
    assert 100 < sum(errors) / len(errors) < 1000


# ---------------------------------------------------------------------- PV


def test_pv_obeys_its_limit_and_returns_to_the_sun() -> None:
    house = quiet(13)
    go(house, 0.1)
    free = house.read("pv", "power")
    assert free > 1500
    house.command("pv", "limit", 1000)
    go(house, 0.1)
    assert house.read("pv", "power") == 1000
    house.command("pv", "limit", 5000)
    go(house, 0.1)
    assert house.read("pv", "power") == free


# ---------------------------------------------------------------------- battery


def test_battery_loses_energy_both_ways() -> None:
    house = quiet(0, battery_soc=20)
    house.command("battery", "mode", "manual")
    house.command("battery", "setpoint", 2000)
    go(house, 1)
    assert house.read("battery", "soc") == pytest.approx(20 + 19)
    house.command("battery", "setpoint", -1900)
    go(house, 1)
    assert house.read("battery", "soc") == pytest.approx(39 - 20)
    assert house.read("battery", "energy_in") == pytest.approx(2.0)
    assert house.read("battery", "energy_out") == pytest.approx(1.9)


def test_battery_stops_when_full_and_at_its_reserve() -> None:
    house = quiet(0, battery_soc=90, battery_reserve=15)
    house.command("battery", "mode", "manual")
    house.command("battery", "setpoint", 5000)
    go(house, 1)
    assert house.read("battery", "soc") == pytest.approx(100)
    assert house.read("battery", "power") == 0
    house.command("battery", "setpoint", -5000)
    go(house, 3)
    assert house.read("battery", "soc") == pytest.approx(15)
    assert house.read("battery", "power") == 0


def test_battery_in_its_own_mode_keeps_the_meter_at_zero_while_it_can() -> None:
    house = quiet(18, battery_soc=80)
    for _ in range(12):
        go(house, 0.25)
        assert house.read("grid", "power") == pytest.approx(0, abs=1e-9)
    assert house.read("battery", "power") < 0


def test_idle_battery_does_nothing() -> None:
    house = quiet(18)
    house.command("battery", "mode", "idle")
    house.command("battery", "setpoint", 3000)
    go(house, 2)
    assert house.read("battery", "soc") == pytest.approx(50, abs=1e-6)
    assert house.read("grid", "power") > 0


@pytest.mark.parametrize("watts", [5001, -5001, float("nan"), float("inf")])
def test_battery_refuses_a_set_point_beyond_its_power(watts: float) -> None:
    house = at(0)
    with pytest.raises(Refused, match="between -5000 and 5000"):
        house.command("battery", "setpoint", watts)
    assert house.read("battery", "setpoint") == 0


@settings(max_examples=60, deadline=None)
@given(
    commands=st.lists(
        st.tuples(st.sampled_from(list(BatteryMode)), st.floats(-5000, 5000), st.floats(1, 7200)), max_size=12
    ),
    soc=st.floats(0, 100),
)
def test_battery_never_leaves_its_bounds_and_never_makes_energy(
    commands: list[tuple[BatteryMode, float, float]], soc: float
) -> None:
    house = quiet(9, battery_soc=soc)
    start = house.battery.energy
    for mode, watts, seconds in commands:
        house.command("battery", "mode", mode)
        house.command("battery", "setpoint", watts)
        go(house, seconds / 3600)
        assert -1e-6 <= house.battery.energy <= 10_000 + 1e-6
    stored = house.battery.charged * 0.95 - house.battery.discharged / 0.95
    assert house.battery.energy - start == pytest.approx(stored, abs=1e-3)


# ---------------------------------------------------------------------- car


def test_car_leaves_and_returns_with_less() -> None:
    house = quiet(7, ev_soc=60)
    assert house.read("ev", "connected")
    assert house.read("ev", "next_departure") == MONDAY.replace(hour=7, minute=15)
    go(house, 0.5)
    assert not house.read("ev", "connected")
    go(house, 1.5)
    assert house.read("ev", "connected")
    assert house.read("ev", "soc") == pytest.approx(60 - 15, abs=0.1)
    assert house.read("ev", "next_departure") == MONDAY.replace(day=24, hour=7, minute=15)


def test_car_does_not_charge_while_it_is_away() -> None:
    house = at(7.3, ev_soc=60)
    house.command("ev", "charging", True)
    go(house, 1)
    assert house.read("ev", "power") == 0
    assert house.read("ev", "energy") < 0.01


@pytest.mark.parametrize(("phases", "amperes", "watts"), [(3, 16, 11_040), (3, 6, 4_140), (1, 10, 2_300)])
def test_charging_power_follows_phases_and_current(phases: int, amperes: float, watts: float) -> None:
    house = at(20, ev_phases=phases, ev_soc=20)
    house.command("ev", "charging", True)
    house.command("ev", "current", amperes)
    go(house, 1)
    assert house.read("ev", "power") == pytest.approx(watts)
    assert house.read("ev", "energy") == pytest.approx(watts / 1000)
    assert house.car.energy == pytest.approx(12_000 + watts * 0.92)


def test_full_car_stops_by_itself() -> None:
    house = at(20, ev_soc=99)
    house.command("ev", "charging", True)
    go(house, 1)
    assert house.read("ev", "soc") == pytest.approx(100)
    assert house.read("ev", "power") == 0


@pytest.mark.parametrize("autostart", [True, False])
def test_charger_starts_by_itself_only_when_it_is_set_to(autostart: bool) -> None:
    house = at(8, ev_soc=50, ev_autostart=autostart)
    assert house.read("ev", "charging") is autostart
    house.command("ev", "charging", False)
    go(house, 1)
    assert house.read("ev", "charging") is autostart
    assert (house.read("ev", "power") > 0) is autostart


def test_car_can_be_taken_and_brought_back_at_any_time() -> None:
    house = quiet(12, ev_soc=60)
    house.command("ev", "drive")
    go(house, 0.5)
    assert not house.read("ev", "connected")
    go(house, 0.6)
    assert house.read("ev", "connected")
    assert house.read("ev", "soc") == pytest.approx(60 - 7 / 0.6, abs=0.1)
    house.command("ev", "drive")
    go(house, 0.1)
    house.command("ev", "come_back")
    go(house, 0.1)
    assert house.read("ev", "connected")


def test_car_that_comes_back_early_stays_until_its_next_trip() -> None:
    house = quiet(8)
    assert not house.read("ev", "connected")
    house.command("ev", "come_back")
    for _ in range(6):
        go(house, 0.25)
        assert house.read("ev", "connected")
    go(house, 22)
    assert not house.read("ev", "connected")


# ---------------------------------------------------------------------- appliances


@pytest.mark.parametrize("machine", ["washer", "dishwasher"])
def test_machine_refuses_to_start_when_the_door_is_open(machine: str) -> None:
    house = at(9, washer_ready=True, dishwasher_ready=True)
    house.command(machine, "door", True)
    with pytest.raises(Refused, match=r"door .* is open"):
        house.command(machine, "start")
    assert house.read(machine, "state") == "idle"
    assert not house.read(machine, "remote_start")


def test_machine_refuses_to_start_when_nobody_has_loaded_it() -> None:
    house = at(9)
    with pytest.raises(Refused, match="remote start is not enabled"):
        house.command("washer", "start")


def test_machine_refuses_to_start_twice() -> None:
    house = at(9, washer_ready=True)
    house.command("washer", "start")
    with pytest.raises(Refused, match="running already"):
        house.command("washer", "start")
    assert house.washer.runs == 1


@pytest.mark.parametrize("name", run_names())
def test_run_has_the_energy_and_duration_that_were_measured(name: str) -> None:
    run = measured_run(name)
    house = at(9, washer_run=name, washer_ready=True)
    house.command("washer", "start")
    go(house, (run.duration - 30) / 3600)
    assert house.read("washer", "state") == "running"
    go(house, 40 / 3600)
    assert house.read("washer", "state") == "finished"
    assert not house.read("washer", "remote_start")
    # Besides the run, ten seconds of standby.
    assert house.washer.consumed == pytest.approx(run.energy + 10 / 3600, abs=0.01)


def test_measured_runs_are_those_of_the_notice() -> None:
    energies = {name: round(measured_run(name).energy) for name in run_names()}
    assert energies == {
        "dishwasher_b7e6f4": 1850,
        "dishwasher_b81d04": 1226,
        "laundry_dryer_b7e43d": 1808,
        "washing_machine_11f01e": 575,
        "washing_machine_b82e27": 1928,
        "washing_machine_d338c9": 401,
    }


def test_unknown_run_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"no measured run '\.\./secret'.*dishwasher_b81d04"):
        measured_run("../secret")


def test_paused_run_goes_on_where_it_stopped() -> None:
    house = at(9, washer_ready=True)
    house.command("washer", "start")
    go(house, 0.5)
    house.command("washer", "pause")
    go(house, 2)
    assert house.read("washer", "state") == "paused"
    assert house.read("washer", "power") == 4
    assert house.read("washer", "remaining") == pytest.approx(measured_run("washing_machine_11f01e").duration / 60 - 30)
    house.command("washer", "start")
    go(house, 1.6)
    assert house.read("washer", "state") == "finished"
    assert house.washer.runs == 1


def test_washing_machine_locks_its_door_and_dishwasher_pauses() -> None:
    house = at(9, washer_ready=True, dishwasher_ready=True)
    house.command("washer", "start")
    house.command("dishwasher", "start")
    go(house, 0.2)
    with pytest.raises(Refused, match="locked"):
        house.command("washer", "door", True)
    house.command("dishwasher", "door", True)
    assert house.read("dishwasher", "state") == "paused"
    with pytest.raises(Refused, match="is open"):
        house.command("dishwasher", "start")
    house.command("dishwasher", "door", False)
    house.command("dishwasher", "start")
    assert house.read("dishwasher", "state") == "running"


def test_finished_machine_can_be_loaded_again() -> None:
    house = at(9, dishwasher_ready=True)
    house.command("dishwasher", "start")
    with pytest.raises(Refused, match="loaded again"):
        house.command("dishwasher", "prepare")
    go(house, 3)
    house.command("dishwasher", "prepare")
    house.command("dishwasher", "start")
    assert house.dishwasher.runs == 2


def test_stopped_run_is_given_up() -> None:
    house = at(9, dishwasher_ready=True)
    with pytest.raises(Refused, match="not running"):
        house.command("dishwasher", "stop")
    house.command("dishwasher", "start")
    house.command("dishwasher", "stop")
    assert house.read("dishwasher", "state") == ApplianceState.IDLE
    with pytest.raises(Refused, match="remote start"):
        house.command("dishwasher", "start")


# ---------------------------------------------------------------------- a computer that goes down


def test_house_goes_on_while_the_computer_is_off() -> None:
    original = at(8, washer_ready=True)
    original.command("washer", "start")
    original.command("battery", "mode", "manual")
    original.command("battery", "setpoint", 700)
    original.command("grid", "signal", "yellow")
    original.command("ev", "drive")
    memory = json.loads(json.dumps(dump(original)))
    go(original, 1.5)
    copy = House(MONDAY + 9.5 * HOUR, HouseOptions(ev_autostart=False, washer_ready=True))
    restore(copy, memory)
    copy.advance(MONDAY + 9.5 * HOUR)
    assert dump(copy) == dump(original)
    del memory["parts"]["car"], memory["parts"]["battery"]["mode"]
    restore(older := House(MONDAY + 9.5 * HOUR, HouseOptions(ev_autostart=False)), memory)
    assert older.battery.setpoint == 700
    assert older.battery.mode is BatteryMode.AUTO
    assert copy.read("washer", "state") == "running"
    assert copy.battery.mode is BatteryMode.MANUAL
