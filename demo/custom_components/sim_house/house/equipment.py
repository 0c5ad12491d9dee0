"""Equipment that a house may have besides its usual devices: name → how it is built."""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from .bidirectional import BidirectionalCar
from .comfort import Cistern, Fan, Lamp, PoolPump
from .ev import Car
from .generation import Cogeneration, FuelCell, Generator, WindTurbine
from .machine import Machine
from .warmth import AirConditioner, Freezer, HeatPump, HotWater, Radiator

EQUIPMENT: dict[str, Callable[[ZoneInfo], Machine]] = {
    "heat_pump": lambda _: HeatPump(),
    "hot_water": lambda _: HotWater(),
    "freezer": lambda _: Freezer(),
    "air_conditioner": lambda _: AirConditioner(),
    "radiator": lambda _: Radiator(),
    "chp": lambda _: Cogeneration(),
    "fuel_cell": lambda _: FuelCell(),
    "generator": lambda _: Generator(),
    "wind": lambda _: WindTurbine(),
    "fan": lambda _: Fan(),
    "lamp": lambda _: Lamp(),
    "pool_pump": lambda _: PoolPump(),
    "cistern": lambda _: Cistern(),
    "v2h": lambda zone: BidirectionalCar(trips=Car(zone=zone, autostart=False)),
}


def build(names: Iterable[str], zone: ZoneInfo) -> dict[str, Machine]:
    """Build what was chosen, in the order of the list above; KeyError for what does not exist."""
    chosen = set(names)
    if unknown := chosen - EQUIPMENT.keys():
        raise KeyError(f"no equipment is called {', '.join(sorted(unknown))}")
    return {name: make(zone) for name, make in EQUIPMENT.items() if name in chosen}
