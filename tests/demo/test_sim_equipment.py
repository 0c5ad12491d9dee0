"""Optional equipment of the simulated house: its physics, its own automation, its limits and its memory."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from custom_components.sim_house.house import EQUIPMENT, House, HouseOptions, Refused, dump, restore
from custom_components.sim_house.house.generation import WindTurbine
from custom_components.sim_house.house.warmth import Store, tank
from custom_components.sim_house.house.weather import outdoor, wind
import pytest

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=BERLIN)
SUMMER = datetime(2026, 7, 20, tzinfo=BERLIN)
HOUR = timedelta(hours=1)


def house(*equipment: str, start: datetime = MONDAY, hour: float = 0) -> House:
    """A house with some equipment, whose car does not charge."""
    return House(start + hour * HOUR, HouseOptions(ev_autostart=False, equipment=equipment))


def go(one: House, hours: float) -> None:
    one.advance(one.now + hours * HOUR)


# ---------------------------------------------------------------------- the whole


def test_a_house_without_equipment_is_what_it_was() -> None:
    assert HouseOptions().equipment == ()
    with pytest.raises(KeyError):
        house().read("heat_pump", "power")


def test_unknown_equipment_is_named() -> None:
    with pytest.raises(KeyError, match="sauna"):
        house("sauna")


def test_the_meter_adds_all_equipment_up() -> None:
    one = house(*EQUIPMENT)
    one.command("generator", "on", True)
    one.command("pool_pump", "on", True)
    for _ in range(24 * 4):
        go(one, 0.25)
        devices = sum(one.read(name, "power") for name in EQUIPMENT)
        rest = one.read("home", "base_load") + one.read("ev", "power") + one.read("battery", "power")
        rest += one.read("washer", "power") + one.read("dishwasher", "power") - one.read("pv", "power")
        assert one.read("grid", "power") == pytest.approx(devices + rest, abs=1e-6)


@pytest.mark.parametrize("name", sorted(EQUIPMENT))
def test_energy_is_power_over_time(name: str) -> None:
    one = house(name)
    total = 0.0
    for _ in range(360):
        go(one, 1 / 360)
        total += abs(one.read(name, "power")) / 360
    assert one.read(name, "energy") * 1000 == pytest.approx(total, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("name", sorted(EQUIPMENT))
def test_equipment_goes_on_after_a_restart_as_if_nothing_had_been(name: str) -> None:
    whole, before = house(name), house(name)
    for one in (whole, before):
        if "on" in one.equipment[name].SETTINGS:
            one.command(name, "on", True)
        go(one, 3)
    after = house(name, hour=3)
    restore(after, dump(before))
    for one in (whole, after):
        go(one, 3)
    for point in ("power", "energy", *whole.equipment[name].SETTINGS, *whole.equipment[name].POINTS):
        assert after.read(name, point) == whole.read(name, point), point


@pytest.mark.parametrize("name", sorted(EQUIPMENT))
def test_a_set_point_out_of_bounds_is_refused(name: str) -> None:
    one = house(name)
    for point, bounds in one.equipment[name].SETTINGS.items():
        if bounds is not None:
            with pytest.raises(Refused):
                one.command(name, point, bounds[1] + 1)
    with pytest.raises(KeyError):
        one.command(name, "fly", 1)
    with pytest.raises(KeyError):
        one.read(name, "colour")


# ---------------------------------------------------------------------- weather


def test_winter_is_cold_summer_warm_and_afternoons_warmer_than_mornings() -> None:
    def mean(start: datetime) -> float:
        return sum(outdoor(start + day * 24 * HOUR, BERLIN) for day in range(28)) / 28

    january, july = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 7, 5, 12, tzinfo=UTC)
    assert -6 < mean(january) < 6
    assert 17 < mean(july) < 27
    mornings = [outdoor(MONDAY + day * 24 * HOUR + 4 * HOUR, BERLIN) for day in range(14)]
    afternoons = [outdoor(MONDAY + day * 24 * HOUR + 15 * HOUR, BERLIN) for day in range(14)]
    assert all(late > early for early, late in zip(mornings, afternoons, strict=True))


def test_weather_moves_smoothly_and_is_the_same_again() -> None:
    series = [outdoor(MONDAY + minute * HOUR / 60, BERLIN) for minute in range(24 * 60)]
    assert max(abs(after - before) for before, after in pairwise(series)) < 0.1
    assert series == [outdoor(MONDAY + minute * HOUR / 60, BERLIN) for minute in range(24 * 60)]
    assert all(0 <= wind(MONDAY + hour * HOUR, BERLIN) < 25 for hour in range(24 * 28))


# ---------------------------------------------------------------------- warmth


def test_a_store_left_alone_comes_to_rest_where_it_should_however_time_is_cut() -> None:
    coarse, fine = Store(0.01, 1000.0, 50.0), Store(0.01, 1000.0, 50.0)
    coarse.step(36_000.0, 500.0, 10.0)
    for _ in range(3600):
        fine.step(10.0, 500.0, 10.0)
    assert coarse.temperature == pytest.approx(fine.temperature, abs=1e-9)
    # After one time constant (10 h): 1/e of the way to 15 °C is left.
    assert coarse.temperature == pytest.approx(15.0 + 35.0 * 0.36788, abs=1e-3)


def test_a_tank_loses_what_its_label_says() -> None:
    water = tank(300.0, 2.0, 65.0)
    heat = 0.0
    for _ in range(8640):
        before = water.temperature
        water.step(10.0, 0.0, 20.0)
        heat += (before - water.temperature) * water.capacity
        water.temperature = 65.0
    assert heat == pytest.approx(2000.0, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("heat_pump", 20.0, 22.5), ("radiator", 19.0, 21.0), ("hot_water", 40.0, 59.0), ("freezer", -21.0, -17.0)],
)
def test_its_own_thermostat_keeps_the_temperature(name: str, low: float, high: float) -> None:
    one = house(name)
    seen = []
    for _ in range(48 * 4):
        go(one, 0.25)
        seen.append(one.read(name, "temperature"))
    assert low <= min(seen)
    assert max(seen) <= high
    assert one.read(name, "energy") > 0


def test_a_freezer_that_is_switched_off_warms_and_cools_again() -> None:
    one = house("freezer")
    one.command("freezer", "on", False)
    go(one, 3)
    warm = one.read("freezer", "temperature")
    assert one.read("freezer", "power") < 2
    assert warm > -19.0
    one.command("freezer", "on", True)
    go(one, 8)
    assert one.read("freezer", "temperature") < warm


def test_air_conditioning_cools_in_summer_and_rests_in_winter() -> None:
    summer, winter = house("air_conditioner", start=SUMMER), house("air_conditioner")
    for one in (summer, winter):
        go(one, 24)
    assert summer.read("air_conditioner", "energy") > 1.0
    assert winter.read("air_conditioner", "energy") < 0.2


def test_contacts_block_and_raise_a_heat_pump() -> None:
    blocked, raised, left = house("heat_pump"), house("heat_pump"), house("heat_pump")
    blocked.command("heat_pump", "contact_1", True)
    raised.command("heat_pump", "contact_2", True)
    for one in (blocked, raised, left):
        go(one, 10)
    temperatures = [one.read("heat_pump", "temperature") for one in (blocked, left, raised)]
    assert temperatures == sorted(temperatures)
    assert blocked.read("heat_pump", "energy") == pytest.approx(0.15, rel=0.01)
    assert 2.0 < left.read("heat_pump", "cop") < 5.5


# ---------------------------------------------------------------------- generation


@pytest.mark.parametrize(
    ("speed", "watts"), [(2.9, 0.0), (3.0, 0.0), (11.0, 3000.0), (20.0, 3000.0), (25.0, 0.0), (7.0, 727.0)]
)
def test_a_wind_turbine_follows_its_power_curve(speed: float, watts: float) -> None:
    assert WindTurbine().available(speed) == pytest.approx(watts, abs=1.0)


def test_a_wind_turbine_obeys_its_limit() -> None:
    free, limited = house("wind"), house("wind")
    limited.command("wind", "limit", 200)
    for _ in range(72):
        go(free, 1)
        go(limited, 1)
        assert limited.read("wind", "power") == max(free.read("wind", "power"), -200.0)
    assert free.read("wind", "energy") > limited.read("wind", "energy") > 0


def test_a_generator_needs_its_time_to_start_and_burns_fuel() -> None:
    one = house("generator")
    one.command("generator", "on", True)
    go(one, 20 / 3600)
    assert one.read("generator", "power") == 0.0
    go(one, 1)
    assert one.read("generator", "power") == -5000.0
    assert one.read("generator", "fuel") > 1.0
    one.command("generator", "setpoint", 500)
    go(one, 0.1)
    assert one.read("generator", "power") == -1500.0
    assert one.read("generator", "starts") == 1


@pytest.mark.parametrize("name", ["chp", "fuel_cell"])
def test_heat_and_power_come_from_the_gas(name: str) -> None:
    one = house(name)
    machine = one.equipment[name]
    one.command(name, "on", True)
    one.command(name, "boiler", False)
    go(one, 2)
    gas, power = one.read(name, "gas"), one.read(name, "energy") * 1000
    assert power == pytest.approx(gas * machine.electric_efficiency)  # type: ignore[attr-defined]


def test_a_full_buffer_stops_the_unit_and_a_cold_one_calls_the_boiler() -> None:
    full = house("fuel_cell", start=SUMMER)
    full.command("fuel_cell", "on", True)
    go(full, 48)
    assert full.read("fuel_cell", "temperature") <= 85.5
    cold = house("chp")
    go(cold, 48)
    assert cold.read("chp", "temperature") > 40.0
    assert cold.read("chp", "gas") > 0


# ---------------------------------------------------------------------- small machines


def test_a_fan_takes_more_the_faster_it_turns() -> None:
    one = house("fan")
    powers = []
    for speed in (33, 66, 100):
        one.command("fan", "percentage", speed)
        go(one, 0.1)
        powers.append(one.read("fan", "power"))
    assert powers == pytest.approx([9.8, 39.2, 90.0], abs=0.1)


def test_somebody_lights_the_lamp_in_the_evening() -> None:
    one = house("lamp", hour=16)
    go(one, 0.9)
    assert not one.read("lamp", "on")
    go(one, 0.2)
    assert one.read("lamp", "power") == pytest.approx(192.0)
    one.command("lamp", "brightness", 40)
    go(one, 0.1)
    assert one.read("lamp", "power") == pytest.approx(96.0)
    go(one, 7)
    assert not one.read("lamp", "on")


def test_a_pool_pump_counts_its_hours_of_today() -> None:
    one = house("pool_pump", hour=20)
    one.command("pool_pump", "on", True)
    go(one, 3)
    assert one.read("pool_pump", "hours_today") == pytest.approx(3.0)
    go(one, 3)
    assert one.read("pool_pump", "hours_today") == pytest.approx(2.0)


def test_a_cistern_runs_dry_alone_and_its_float_switch_keeps_it_from_running_over() -> None:
    alone, pumping = house("cistern"), house("cistern")
    pumping.command("cistern", "on", True)
    for one in (alone, pumping):
        go(one, 48)
    assert alone.read("cistern", "dry") > 0
    assert pumping.read("cistern", "percent") == pytest.approx(100.0)
    assert pumping.read("cistern", "power") == 0.0


def test_a_car_that_works_both_ways_loses_energy_both_ways_and_drives() -> None:
    one = house("v2h", hour=18)
    one.command("v2h", "setpoint", 5000)
    go(one, 1)
    assert one.read("v2h", "power") == 5000.0
    assert one.read("v2h", "soc") == pytest.approx((36_000 + 5000 * 0.92) / 600)
    one.command("v2h", "setpoint", -5000)
    go(one, 1)
    assert one.read("v2h", "soc") == pytest.approx((36_000 + 5000 * 0.92 - 5000 / 0.92) / 600)
    one.command("v2h", "setpoint", -1000)
    go(one, 0.1)
    assert one.read("v2h", "power") == 0.0, "below its least power it does nothing"
    one.command("v2h", "setpoint", 0)
    before = one.read("v2h", "soc")
    go(one, 11.5)
    assert not one.read("v2h", "connected")
    go(one, 3)
    assert one.read("v2h", "connected")
    assert one.read("v2h", "soc") == pytest.approx(before - 15.0, abs=0.1)
