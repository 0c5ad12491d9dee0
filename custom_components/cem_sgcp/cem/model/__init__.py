"""The neutral model: profiles, signals, control types, time grid, site snapshot, plan.

IEC TR 62746-2:2015 clause 3.1 asks for neutral interfaces that every medium maps onto; this is ours. Every record is
frozen, typed, checked when it is made, and converts to and from JSON (see docs/schema.md).
"""

from .base import SCHEMA_VERSION, Model, utc
from .control_types import (
    AllowedLimitRange,
    Consequence,
    ControlType,
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    EnergyConstraint,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    LeakageElement,
    LevelTarget,
    LimitType,
    NotControllable,
    NumberRange,
    OperationMode,
    OperationModes,
    PowerEnvelope,
    PowerProfile,
    Timer,
    Transition,
)
from .energy_profile import EasyPowerProfile, EnergyProfile, Group, OptOut, Preference, RunState, Sequence
from .errors import MESSAGES, ModelError
from .instruction import Instruction, InstructionKind
from .load_management import (
    Alert,
    Cause,
    Direction,
    EventState,
    Limit,
    LimitCategory,
    LimitScope,
    LoadAction,
    LoadManagementEvent,
    SetPoint,
)
from .plan import DevicePlan, Intent, Note, Plan, PlannedRun, PlanStatus
from .price import PriceKind, PriceProfile, PriceSlot, PriceTier, TierBoundary
from .run import Run, ScheduledSlot
from .series import Interval, Series
from .site import Goals, Resource, SiteSnapshot
from .slot import CommodityQuantity, CostKind, QuantityValue, Slot, SlotCost
from .temperature import TemperatureProfile, TemperatureSlot
from .time_grid import TimeGrid
from .traffic_light import Phase, TrafficLight

__all__ = [
    "MESSAGES",
    "SCHEMA_VERSION",
    "Alert",
    "AllowedLimitRange",
    "Cause",
    "CommodityQuantity",
    "Consequence",
    "ControlType",
    "CostKind",
    "DemandDriven",
    "DemandDrivenActuator",
    "DemandDrivenMode",
    "DevicePlan",
    "Direction",
    "EasyPowerProfile",
    "EnergyConstraint",
    "EnergyProfile",
    "EventState",
    "FillRate",
    "FillRateActuator",
    "FillRateElement",
    "FillRateMode",
    "Goals",
    "Group",
    "Instruction",
    "InstructionKind",
    "Intent",
    "Interval",
    "LeakageElement",
    "LevelTarget",
    "Limit",
    "LimitCategory",
    "LimitScope",
    "LimitType",
    "LoadAction",
    "LoadManagementEvent",
    "Model",
    "ModelError",
    "NotControllable",
    "Note",
    "NumberRange",
    "OperationMode",
    "OperationModes",
    "OptOut",
    "Phase",
    "Plan",
    "PlanStatus",
    "PlannedRun",
    "PowerEnvelope",
    "PowerProfile",
    "Preference",
    "PriceKind",
    "PriceProfile",
    "PriceSlot",
    "PriceTier",
    "QuantityValue",
    "Resource",
    "Run",
    "RunState",
    "ScheduledSlot",
    "Sequence",
    "Series",
    "SetPoint",
    "SiteSnapshot",
    "Slot",
    "SlotCost",
    "TemperatureProfile",
    "TemperatureSlot",
    "TierBoundary",
    "TimeGrid",
    "Timer",
    "TrafficLight",
    "Transition",
    "utc",
]
