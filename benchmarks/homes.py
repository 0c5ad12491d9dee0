"""The houses that are measured: what is in them, with prices and weather.

They are what the planner is asked for in `benchmarks/plan.py` and, as far as others can plan them too, in
`benchmarks/peers`. It must not know how anything is measured.
"""

from collections.abc import Callable
import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
import json
from pathlib import Path

import numpy as np

from custom_components.cem_sgcp.cem.model import (
    CapacityCharge,
    DeviceScenario,
    Direction,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Goals,
    LeakageElement,
    NumberRange,
    PriceProfile,
    PriceSlot,
    Resource,
    Scenario,
    Series,
    SiteSnapshot,
    TimeGrid,
)
from tests.cem.planner import houses
from tests.cem.planner.real_prices import real_prices

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 1, 15, 6, tzinfo=UTC)
MIDNIGHT = NOW.replace(hour=0)
HOUR = 3600.0
DAY = 24 * HOUR

#: Steps of the reference house: 5 min for an hour, then 15 min up to 36 h, then hours.
TIERS = ((300, HOUR), (900, 36 * HOUR), (3600, 48 * HOUR))

RUNS = (
    "washing_machine_11f01e",
    "dishwasher_b7e6f4",
    "laundry_dryer_b7e43d",
    "washing_machine_b82e27",
    "dishwasher_b81d04",
    "washing_machine_d338c9",
)


def base_load(hour: float) -> float:
    """Load of a house with two peaks, W."""
    clock = (hour + NOW.hour) % 24
    return 250.0 + 500.0 * (6 <= clock < 9) + 900.0 * (17 <= clock < 22)


def measured(name: str, tolerance: float = 150.0, most: int = 12) -> tuple[tuple[float, float], ...]:
    """Slots (s, W) of a recorded run: neighbours of like power are merged until few enough are left."""
    with (ROOT / "demo" / "data" / "appliances_odbl" / f"{name}.csv").open(encoding="utf-8") as lines:
        slots = [[10.0, float(row["power_w"])] for row in csv.DictReader(lines)]
    while len(slots) > 1:
        jumps = [abs(later[1] - earlier[1]) * min(earlier[0], later[0]) for earlier, later in pairwise(slots)]
        least = min(range(len(jumps)), key=jumps.__getitem__)
        if len(slots) <= most and jumps[least] > tolerance * 60:
            break
        first, second = slots[least], slots[least + 1]
        seconds = first[0] + second[0]
        slots[least : least + 2] = [[seconds, (first[0] * first[1] + second[0] * second[1]) / seconds]]
    return tuple((seconds, watts) for seconds, watts in slots)


def site(resources: list[Resource], grid: TimeGrid, *, flat: bool = False, hours: float = 72) -> SiteSnapshot:
    """A house with these resources and real or flat prices."""
    buys, sells = real_prices("2026-01-15", hours=72, minutes=15)
    profile = houses.prices(0.32, 0.08, hours=hours) if flat else houses.prices(buys, sells, start=MIDNIGHT, minutes=15)
    return SiteSnapshot(
        now=NOW,
        grid=grid,
        prices=profile,
        base_load=houses.shaped(base_load, hours=hours),
        resources=tuple(resources),
        goals=Goals(),
    )


def uniform(hours: float = 48, minutes: float = 15) -> TimeGrid:
    """Equal steps."""
    return houses.grid(hours, minutes, NOW)


def pv() -> Resource:
    """7 kWp on a winter day of sun and cloud."""
    return houses.photovoltaics(7000, forecast=houses.sun(3000, start=NOW))


def blocks(count: int) -> list[Resource]:
    """PV, a 10 kWh battery and appliances of two hours at 2 kW."""
    return [
        pv(),
        houses.battery(5000, wear=0.02),
        *(houses.appliance((7200, 2000.0), name=f"block{number}") for number in range(count)),
    ]


def profiles(count: int, *, car: bool) -> list[Resource]:
    """PV, a battery, perhaps a car, and appliances that run as measured, each ready within a day."""
    ready = NOW + timedelta(hours=24)
    found = [pv(), houses.battery(5000, wear=0.02)]
    if car:
        found.append(houses.car(15000, ready, most=7400))
    return found + [
        houses.appliance(*measured(RUNS[number % len(RUNS)]), name=f"appliance{number}", latest=ready)
        for number in range(count)
    ]


def heater(
    name: str,
    kind: str,
    *,
    power: tuple[float, float],
    rate: float,
    usage: Callable[[float], float],
    store: tuple[float, float],
    rate_factor: Series | None = None,
) -> Resource:
    """A store of warm water filled by electricity, off or between two powers.

    `store` is level and capacity in Wh of heat, `rate` Wh of heat per Wh, `usage` W of heat by the hour since now.
    """
    level, capacity = store
    whole = NumberRange(start=0, end=capacity)

    def mode(mode_id: str, least: float, most: float) -> FillRateMode:
        element = FillRateElement(
            level_range=whole,
            fill_rate=NumberRange(start=least * rate / HOUR, end=most * rate / HOUR),
            power=NumberRange(start=least, end=most),
        )
        return FillRateMode(mode_id=mode_id, elements=(element,))

    return Resource(
        resource_id=name,
        name=name,
        kind=kind,
        controllable=True,
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="heater", modes=(mode("off", 0, 0), mode("heat", *power)), rate_factor=rate_factor
                ),
            ),
            level=level,
            level_range=whole,
            leakage=(LeakageElement(level_range=whole, rate=0.01 * capacity / HOUR),),
            usage=Series.from_values(
                NOW, timedelta(minutes=15), [usage(number / 4) / HOUR for number in range(4 * 72)]
            ),
        ),
    )


def heat_pump() -> Resource:
    """A heat pump of 0.8 to 2.5 kW with a buffer of 15 kWh of heat; its COP follows a cold night."""

    def clock(hour: float) -> float:
        return float(np.cos((hour + NOW.hour - 15) / 24 * 2 * np.pi))

    cop = [1.0 + 0.12 * clock(float(hour)) for hour in range(72)]
    return heater(
        "heat_pump",
        "heat_pump",
        power=(800, 2500),
        rate=3.2,
        usage=lambda hour: 3000.0 - 900.0 * clock(hour),
        store=(6000, 15000),
        rate_factor=Series.from_values(NOW, timedelta(hours=1), cop),
    )


def boiler() -> Resource:
    """A boiler of 200 l with a rod of 2 kW that is on or off."""

    def usage(hour: float) -> float:
        now = (hour + NOW.hour) % 24
        return 1800.0 * (6 <= now < 8) + 600.0 * (12 <= now < 13) + 1500.0 * (19 <= now < 21)

    return heater("boiler", "boiler", power=(2000, 2000), rate=1.0, usage=usage, store=(5000, 9000))


#: Slots (s, W) of the reference house's appliances.
APPLIANCES = {
    "washing_machine": ((900, 150.0), (1500, 2100.0), (1800, 250.0), (1200, 500.0)),
    "dishwasher": ((600, 60.0), (1200, 1900.0), (2400, 80.0), (1200, 1900.0), (1800, 20.0), (600, 60.0)),
    "dryer": ((1800, 800.0), (1800, 650.0), (900, 300.0)),
    "oven": ((600, 2400.0), (2400, 900.0), (600, 1500.0)),
}


def reference(scenarios: int = 0, grid: TimeGrid | None = None) -> SiteSnapshot:
    """The reference house; scenarios have other load, sun and hot water."""
    snapshot = site(
        [
            pv(),
            houses.battery(5000, wear=0.02),
            houses.car(12000, NOW + timedelta(hours=25), most=11000),
            heat_pump(),
            boiler(),
            *(
                houses.appliance(*slots, name=name, latest=NOW + timedelta(hours=12 + 6 * number))
                for number, (name, slots) in enumerate(APPLIANCES.items())
            ),
        ],
        grid or TimeGrid.tiered(NOW, TIERS),
    )
    charge = CapacityCharge(
        charge_id="month",
        price=4.0,
        period_start=datetime(2026, 1, 1, tzinfo=UTC),
        period_end=datetime(2026, 2, 1, tzinfo=UTC),
        peak=3500.0,
        free_power=2500.0,
    )
    random = np.random.default_rng(11)
    load, sun = snapshot.base_load, houses.sun(3000, start=NOW)
    return snapshot.replace(
        capacity_charges=(charge,),
        scenarios=tuple(
            Scenario(
                scenario_id=f"day {number}",
                base_load=times(load, float(random.uniform(0.8, 1.3))),
                devices=(DeviceScenario(resource_id="pv", forecast=times(sun, float(random.uniform(0.4, 1.4)))),),
            )
            for number in range(scenarios)
        ),
    )


def times(series: Series, factor: float) -> Series:
    """A series multiplied by a factor."""
    return series.replace(intervals=tuple(entry.replace(value=entry.value * factor) for entry in series.intervals))


def many(count: int, days: int) -> SiteSnapshot:
    """A site of so many flexible devices over so many days: batteries, cars, heaters and appliances in turn."""
    found: list[Resource] = [pv()]
    for number in range(count):
        name = f"device{number}"
        ready = NOW + timedelta(hours=10 + (7 * number) % 38)
        match number % 10:
            case 0:
                found.append(houses.battery(4000 + 300 * (number % 7), wear=0.02, name=name))
            case 1:
                found.append(houses.car(6000 + 500 * (number % 9), ready, most=7400).replace(resource_id=name))
            case 2:
                found.append(boiler().replace(resource_id=name))
            case _:
                slots = measured(RUNS[number % len(RUNS)])
                found.append(houses.appliance(*slots, name=name, latest=NOW + timedelta(hours=24)))
    grid = TimeGrid.tiered(NOW, ((900, DAY), (3600, days * DAY))) if days > 1 else uniform(24)
    return site(found, grid, hours=24 * days + 2)


#: Steps of the Australian homes over seven days: 1, 5, 30 and 60 min.
HOME_TIERS = ((60, 300), (300, HOUR), (1800, DAY), (HOUR, 7 * DAY))


def australian(name: str) -> SiteSnapshot:
    """A real home with PV and battery from `benchmarks/data/homes_au`; its last day of prices is repeated."""
    home = json.loads((ROOT / "benchmarks" / "data" / "homes_au" / f"{name}.json").read_text(encoding="utf-8"))
    now = datetime.fromisoformat(home["now"])
    rows = [
        (datetime.fromisoformat(start).replace(second=0), datetime.fromisoformat(end), buy, sell)
        for start, end, buy, sell in home["prices"]
    ]
    day = timedelta(days=1)
    last = [row for row in rows if row[0] >= rows[-1][1] - day]
    repeated = [(start + n * day, end + n * day, buy, sell) for n in range(1, 8) for start, end, buy, sell in last]
    slots: list[PriceSlot] = []
    edge = now.replace(second=0)
    for start, end, buy, sell in [(edge, rows[0][0], *home["price_now"]), *rows, *repeated]:
        begin = max(start, edge)
        if end > begin:
            slots.append(PriceSlot(start=begin, end=end, import_price=buy, export_price=sell))
            edge = end
    times_of = [datetime.fromisoformat(start) for start, _ in home["sun"]]
    watts = [min(power, home["inverter"]) for _, power in home["sun"]]
    span = times_of[1] - times_of[0]
    sun = Series.from_values(times_of[0], span, [-power for power in watts])
    store = home["battery"]
    capacity, efficiency = store["capacity"], store["efficiency"]

    def mode(mode_id: str, power: float, fill: float, cost: float) -> FillRateMode:
        element = FillRateElement(
            level_range=NumberRange(start=0, end=capacity),
            fill_rate=NumberRange(start=0, end=fill / HOUR),
            power=NumberRange(start=0, end=power),
            running_cost=NumberRange(start=0, end=cost * abs(power) / 1000 / HOUR),
        )
        return FillRateMode(mode_id=mode_id, elements=(element,))

    modes = (
        mode("charge", store["charge"], store["charge"] * efficiency, store["wear_charge"]),
        mode("discharge", -store["discharge"], -store["discharge"] / efficiency, store["wear_discharge"]),
        mode("idle", 0, 0, 0),
    )
    battery = Resource(
        resource_id="battery",
        kind="battery",
        controllable=True,
        control=FillRate(
            actuators=(FillRateActuator(actuator_id="inverter", modes=modes),),
            level=store["level_percent"] / 100 * capacity,
            level_range=NumberRange(start=store["reserve_percent"] / 100 * capacity, end=capacity),
        ),
    )
    return SiteSnapshot(
        now=now,
        grid=TimeGrid.tiered(now, HOME_TIERS),
        prices=PriceProfile(slots=tuple(slots), currency="AUD"),
        base_load=houses.flat(home["load"], hours=200, start=now.replace(minute=0, second=0)),
        resources=(houses.photovoltaics(home["inverter"], forecast=sun), battery),
        limits=(
            houses.limit(home["import_limit"], start=now),
            houses.limit(home["export_limit"], Direction.EXPORT, start=now),
        ),
        goals=Goals(),
    )


#: What is planned by `scripts/benchmark plan`.
CASES: dict[str, Callable[[], SiteSnapshot]] = {
    "reference": reference,
    "reference_10_scenarios": lambda: reference(10),
    "blocks_2": lambda: site(blocks(2), uniform()),
    "blocks_4": lambda: site(blocks(4), uniform()),
    "blocks_8": lambda: site(blocks(8), uniform()),
    "blocks_8_flat": lambda: site(blocks(8), uniform(), flat=True),
    "profiles_15_car": lambda: site(profiles(15, car=True), uniform()),
    "profiles_15_car_flat": lambda: site(profiles(15, car=True), uniform(), flat=True),
    "profiles_4_car_tiered": lambda: site(profiles(4, car=True), TimeGrid.tiered(NOW, TIERS)),
    "home_au_32kwh": lambda: australian("house_32kwh"),
    "home_au_89kwh": lambda: australian("house_89kwh"),
    "home_5min_48h": lambda: site(profiles(4, car=True), uniform(48, 5)),
    "profiles_100_7d": lambda: site(
        profiles(100, car=False), TimeGrid.tiered(NOW, ((900, DAY), (HOUR, 7 * DAY))), hours=170
    ),
    **{
        f"growth_{count}_devices_{days}d": lambda count=count, days=days: many(count, days)
        for count in (1, 10, 100)
        for days in (1, 2, 7)
    },
}
