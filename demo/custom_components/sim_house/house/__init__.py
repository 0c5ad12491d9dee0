"""The simulated house itself: pure physics and recordings, for the demo, the tests and the benchmarks.

Without Home Assistant: put ``demo/custom_components/sim_house`` on the module path and ``import house``.
"""

from .appliance import Appliance, ApplianceState, Refused
from .battery import Battery, BatteryMode
from .equipment import EQUIPMENT
from .ev import Car, Trip
from .faults import Fault, FaultBook, FaultKind
from .memory import dump, restore
from .records import MeasuredRun, Records, load_records, measured_run, run_names
from .simulation import Command, GridSignal, House, HouseOptions

__all__ = [
    "EQUIPMENT",
    "Appliance",
    "ApplianceState",
    "Battery",
    "BatteryMode",
    "Car",
    "Command",
    "Fault",
    "FaultBook",
    "FaultKind",
    "GridSignal",
    "House",
    "HouseOptions",
    "MeasuredRun",
    "Records",
    "Refused",
    "Trip",
    "dump",
    "load_records",
    "measured_run",
    "restore",
    "run_names",
]
