"""A heat device as the brain sees it: the parts that every kind of it puts together.

It must not know any kind.
"""

from collections.abc import Callable
from typing import Any, Final

from ..cem.model import FillRate, NotControllable, Resource
from .base import Device, DeviceSettings, Sensing, ThermalSources
from .common import configured_entities, measured, resource
from .heat_acting import acting_entities, acts
from .reading import stale, temperature_of

#: Unit of the level of what cools: its level is the negative temperature, so that filling is cooling.
MIRRORED: Final = "-°C"

#: Entities that are read, besides those acted on.
READ = (
    "power_entity",
    "temperature_entity",
    "outdoor_entity",
    "running_entity",
    "set_point_entity",
    "profile_entity",
)


def entities(device: Device) -> frozenset[str]:
    """Return all entities of a heat device."""
    return configured_entities(device, *READ) | acting_entities(device)


def temperature(device: Device, sensing: Sensing) -> float | None:
    """Return the temperature of the store in °C; None where it is not known or too old."""
    state = sensing.of(device.data.get("temperature_entity"))
    minutes = device.data.get("stale_after")
    limit = minutes * 60.0 if isinstance(minutes, int | float) and 0 < minutes < 1e6 else None
    if stale(state, sensing.now, limit):
        return None
    return temperature_of(state, sensing.temperature_unit)


def heat_resource(
    device: Device,
    settings: DeviceSettings,
    sensing: Sensing,
    *,
    greatest: float,
    store: Callable[[float, float | None], FillRate],
) -> Resource:
    """Return the device with its store, or without flexibility where its temperature is not known.

    `store` makes the store of the temperature in °C and the power in W.
    """
    power = measured(device, sensing)
    level = temperature(device, sensing)
    common: dict[str, Any] = {"acts": acts(device), "power": power, "maximum_power": greatest}
    if level is None:
        return resource(
            device, settings, control=NotControllable(), available=False, forecast=sensing.forecast, **common
        )
    return resource(device, settings, control=store(level, power), available=True, **common)


def sources(
    device: Device,
    *,
    efficiency: float,
    capacity: float | None = None,
    room: float | None = None,
    use: bool = False,
    outdoors: bool = True,
) -> ThermalSources | None:
    """Return what the thermal model of the device is learned from; None where an entity is missing."""
    indoor, power = device.data.get("temperature_entity"), device.data.get("power_entity")
    if not isinstance(indoor, str) or not isinstance(power, str) or not indoor or not power:
        return None
    outdoor = device.data.get("outdoor_entity")
    return ThermalSources(
        indoor=indoor,
        power=power,
        outdoor=outdoor if outdoors and isinstance(outdoor, str) and outdoor else None,
        inverted=device.data.get("power_inverted") is True,
        efficiency=efficiency,
        capacity=capacity,
        room=room,
        use=use,
    )
