"""Toward the premises: Home Assistant entities mapped onto control types, one file per kind of device.

A new kind is one new file and one line in `KINDS`. It must not know the grid side.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .air_conditioning import AIR_CONDITIONING
from .appliance import APPLIANCE
from .base import Command, Device, DeviceKind, DeviceSettings, Expect, Sensing, flatten
from .battery import BATTERY
from .boiler import BOILER
from .chp import CHP
from .ev_charger import EV_CHARGER
from .freezer import FREEZER
from .fuel_cell import FUEL_CELL
from .generator import GENERATOR
from .heat_pump import HEAT_PUMP
from .hybrid_heating import HYBRID_HEATING
from .lighting import LIGHTING
from .load import LOAD
from .pv import PV
from .radiator import RADIATOR
from .solar_thermal import SOLAR_THERMAL
from .switched_load import SWITCHED_LOAD
from .v2h_car import V2H_CAR
from .ventilation import VENTILATION
from .water_pump import WATER_PUMP
from .wind_turbine import WIND_TURBINE

KINDS: Final[Mapping[str, DeviceKind]] = MappingProxyType(
    {
        kind.kind: kind
        for kind in (
            PV,
            BATTERY,
            EV_CHARGER,
            APPLIANCE,
            LOAD,
            SWITCHED_LOAD,
            VENTILATION,
            LIGHTING,
            WIND_TURBINE,
            GENERATOR,
            CHP,
            FUEL_CELL,
            WATER_PUMP,
            V2H_CAR,
            HEAT_PUMP,
            BOILER,
            RADIATOR,
            AIR_CONDITIONING,
            FREEZER,
            HYBRID_HEATING,
            SOLAR_THERMAL,
        )
    }
)

__all__ = ["KINDS", "Command", "Device", "DeviceKind", "DeviceSettings", "Expect", "Sensing", "flatten"]
