"""Two weeks of history for a house that starts today: its owners lived in it before they had an energy manager.

The same house is simulated over the weeks that have passed and its hourly means and sums are given to the recorder, as
statistics of the entities it has now. A forecast of the load has something to learn from, and the Energy dashboard
something to show.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sys
from typing import Any
from zoneinfo import ZoneInfo

from .live import LiveHomeAssistant

sys.path.append(str(Path(__file__).parent / "custom_components" / "sim_house"))

from house import House, HouseOptions

DAYS = 14
ZONE = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
SAMPLE = timedelta(minutes=5)
# Counters in Wh.
ENERGY = {
    "sensor.sim_grid_import_energy": lambda house: house.imported,
    "sensor.sim_grid_export_energy": lambda house: house.exported,
    "sensor.sim_pv_energy": lambda house: house.pv_energy,
    "sensor.sim_battery_energy_in": lambda house: house.battery.charged,
    "sensor.sim_battery_energy_out": lambda house: house.battery.discharged,
    "sensor.sim_ev_energy": lambda house: house.car.charged,
    "sensor.sim_washer_energy": lambda house: house.washer.consumed,
    "sensor.sim_dishwasher_energy": lambda house: house.dishwasher.consumed,
    "sensor.sim_base_load_energy": lambda house: house.base_energy,
}
POWER = {
    "sensor.sim_grid_power": ("grid", "power"),
    "sensor.sim_pv_power": ("pv", "power"),
    "sensor.sim_battery_power": ("battery", "power"),
    "sensor.sim_ev_power": ("ev", "power"),
    "sensor.sim_washer_power": ("washer", "power"),
    "sensor.sim_dishwasher_power": ("dishwasher", "power"),
    "sensor.sim_base_load_power": ("home", "base_load"),
}
SHARE = {"sensor.sim_battery_soc": ("battery", "soc"), "sensor.sim_ev_soc": ("ev", "soc")}
PRICE = {"sensor.sim_electricity_price": ("market", "price")}
# What its owners did: local hour, weekdays (Monday is 0), machine.
HABITS = ((18, (0, 2, 5), "washer"), (20, (0, 1, 2, 3, 4, 5, 6), "dishwasher"))


@dataclass(frozen=True, slots=True)
class Statistic:
    """Hourly statistics of one entity, as the recorder takes them."""

    entity_id: str
    unit: str
    unit_class: str | None
    rows: list[dict[str, Any]]

    @property
    def has_sum(self) -> bool:
        """Whether it is a counter."""
        return "sum" in self.rows[0]

    def message(self) -> dict[str, Any]:
        """Arguments of the recorder's import command."""
        return {
            "metadata": {
                "statistic_id": self.entity_id,
                "source": "recorder",
                "name": None,
                "unit_of_measurement": self.unit,
                "unit_class": self.unit_class,
                "has_sum": self.has_sum,
                "mean_type": 0 if self.has_sum else 1,
            },
            "stats": self.rows,
        }


def simulate(now: datetime, days: int = DAYS) -> list[Statistic]:
    """Statistics of the full hours of the days before a moment."""
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    house = House(end - days * timedelta(days=1), HouseOptions(zone=ZONE, ev_autostart=True))
    hours: dict[str, list[dict[str, Any]]] = defaultdict(list)
    counters: dict[str, list[float]] = {entity_id: [0.0] for entity_id in ENERGY}
    while house.now < end:
        start = house.now
        _live(house)
        samples: dict[str, list[float]] = defaultdict(list)
        for _ in range(HOUR // SAMPLE):
            house.advance(house.now + SAMPLE)
            for entity_id, point in (POWER | SHARE | PRICE).items():
                samples[entity_id].append(house.read(*point))
        for entity_id, values in samples.items():
            hours[entity_id].append(
                {
                    "start": start.isoformat(),
                    "mean": sum(values) / len(values),
                    "min": min(values),
                    "max": max(values),
                }
            )
        for entity_id, counter in ENERGY.items():
            counters[entity_id].append(counter(house) / 1000)
            hours[entity_id].append({"start": start.isoformat()})
    _exact(hours, counters)
    # The recorder starts to count at zero now, so the sums of the past end there.
    for entity_id, values in counters.items():
        for row, value in zip(hours[entity_id], values[1:], strict=True):
            row |= {"state": value, "sum": value - values[-1]}
    return list(_statistics(hours))


def _live(house: House) -> None:
    local = house.now.astimezone(ZONE)
    for hour, weekdays, machine in HABITS:
        if local.hour == hour and local.weekday() in weekdays:
            house.command(machine, "prepare")
            house.command(machine, "start")


def _exact(hours: dict[str, list[dict[str, Any]]], counters: dict[str, list[float]]) -> None:
    """Replace the sampled means of powers by those of the energy counters."""
    sources = {
        "sensor.sim_grid_power": ("sensor.sim_grid_import_energy", "sensor.sim_grid_export_energy"),
        "sensor.sim_battery_power": ("sensor.sim_battery_energy_in", "sensor.sim_battery_energy_out"),
        "sensor.sim_pv_power": ("sensor.sim_pv_energy", None),
        "sensor.sim_ev_power": ("sensor.sim_ev_energy", None),
        "sensor.sim_washer_power": ("sensor.sim_washer_energy", None),
        "sensor.sim_dishwasher_power": ("sensor.sim_dishwasher_energy", None),
        "sensor.sim_base_load_power": ("sensor.sim_base_load_energy", None),
    }
    for power, (plus, minus) in sources.items():
        for index, row in enumerate(hours[power]):
            mean = counters[plus][index + 1] - counters[plus][index]
            if minus is not None:
                mean -= counters[minus][index + 1] - counters[minus][index]
            row["mean"] = mean * 1000
            row["min"], row["max"] = min(row["min"], row["mean"]), max(row["max"], row["mean"])


def _statistics(hours: dict[str, list[dict[str, Any]]]) -> Iterator[Statistic]:
    kinds = ((POWER, "W", "power"), (ENERGY, "kWh", "energy"), (SHARE, "%", "unitless"), (PRICE, "EUR/kWh", None))
    for entities, unit, unit_class in kinds:
        for entity_id in entities:
            yield Statistic(entity_id, unit, unit_class, hours[entity_id])


async def bring_history(home: LiveHomeAssistant, now: datetime) -> None:
    """Give the recorder of a running Home Assistant the weeks before now."""
    async with home.socket() as socket:
        for statistic in simulate(now):
            await socket.call("recorder/import_statistics", **statistic.message())
