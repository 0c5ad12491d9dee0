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
from .ev_charger import EV_CHARGER
from .freezer import FREEZER
from .heat_pump import HEAT_PUMP
from .hybrid_heating import HYBRID_HEATING
from .load import LOAD
from .pv import PV
from .radiator import RADIATOR
from .solar_thermal import SOLAR_THERMAL
from .switched_load import SWITCHED_LOAD
from .ventilation import VENTILATION

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
