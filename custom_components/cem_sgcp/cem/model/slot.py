"""Slot of an energy profile: a power that holds for a duration, with all that the siblings know of it.

IEC TR 62746-2:2015 table 2; the field set is the union of S2 PPBC.PowerSequenceElement, the SPINE power time slot and
the Matter forecast slot, in W, Wh, s and UTC (S2 counts in ms, Matter in mW and mWh: conversions belong to the
adapters). It must not know the other slots of its sequence.
"""

from datetime import datetime
from enum import StrEnum

from .base import BOUNDS, Model, item, model, quantity
from .errors import ModelError
from .rules import ordered, unique, window


class CommodityQuantity(StrEnum):
    """What a value measures besides the total electric power (S2 CommodityQuantity)."""

    ELECTRIC_POWER_L1 = "electric_power_l1"
    ELECTRIC_POWER_L2 = "electric_power_l2"
    ELECTRIC_POWER_L3 = "electric_power_l3"
    ELECTRIC_POWER_3_PHASE_SYMMETRIC = "electric_power_3_phase_symmetric"
    NATURAL_GAS_FLOW_RATE = "natural_gas_flow_rate"
    HYDROGEN_FLOW_RATE = "hydrogen_flow_rate"
    HEAT_TEMPERATURE = "heat_temperature"
    HEAT_FLOW_RATE = "heat_flow_rate"
    HEAT_THERMAL_POWER = "heat_thermal_power"
    OIL_FLOW_RATE = "oil_flow_rate"


class CostKind(StrEnum):
    """What a slot costs besides its energy (Matter CostTypeEnum)."""

    FINANCIAL = "financial"
    GHG_EMISSIONS = "ghg_emissions"
    COMFORT = "comfort"
    TEMPERATURE = "temperature"


@model
class QuantityValue(Model):
    """Expected value and bands of one quantity: a phase of the current, gas, heat (S2 PowerForecastValue)."""

    commodity_quantity: CommodityQuantity = item(also="S2 commodity_quantity")
    expected: float = quantity(doc="In W, l/s or °C, as S2 counts the quantity", also="S2 value_expected")
    lower_limit: float | None = quantity(default=None, also="S2 value_lower_limit")
    upper_limit: float | None = quantity(default=None, also="S2 value_upper_limit")
    lower_95: float | None = quantity(default=None, also="S2 value_lower_95PPR")
    upper_95: float | None = quantity(default=None, also="S2 value_upper_95PPR")
    lower_68: float | None = quantity(default=None, also="S2 value_lower_68PPR")
    upper_68: float | None = quantity(default=None, also="S2 value_upper_68PPR")

    def check(self) -> None:
        """Refuse bands in the wrong order."""
        ordered("expected", self.lower_limit, self.lower_95, self.lower_68, self.expected)
        ordered("upper_limit", self.expected, self.upper_68, self.upper_95, self.upper_limit)


@model
class SlotCost(Model):
    """What a slot costs besides its energy (Matter CostStruct)."""

    kind: CostKind = item(also="Matter CostType")
    value: float = quantity(doc="In the currency, g of CO2, or on a scale of the device's own", also="Matter Value")
    currency: str = item(default="", doc="ISO 4217 code of a financial cost", also="Matter Currency")


@model
class Slot(Model):
    """One element of a run: a power that holds for a duration."""

    slot_number: int | None = quantity(
        default=None, minimum=0, doc="Number the device gives it, where it is not the position", also="SPINE slotNumber"
    )
    duration: float = quantity(
        "s",
        minimum=1e-3,
        doc="Expected duration",
        also="S2 duration, SPINE defaultDuration, Matter DefaultDuration",
    )
    min_duration: float | None = quantity(
        "s", default=None, minimum=0, doc="Shortest, where stretchable", also="SPINE minDuration, Matter MinDuration"
    )
    max_duration: float | None = quantity(
        "s", default=None, minimum=0, doc="Longest, where stretchable", also="SPINE maxDuration, Matter MaxDuration"
    )
    duration_uncertainty: float | None = quantity("s", default=None, minimum=0, also="SPINE durationUncertainty")
    p_exp: float = quantity(
        "W",
        doc="Expected power, consumption positive",
        also="S2 value_expected, SPINE powerExpectedValue, Matter NominalPower",
    )
    p_min: float | None = quantity(
        "W",
        default=None,
        doc="Lowest power to expect",
        also="S2 value_lower_limit, SPINE powerMin, Matter MinPower",
    )
    p_max: float | None = quantity(
        "W",
        default=None,
        doc="Highest power to expect",
        also="S2 value_upper_limit, SPINE powerMax, Matter MaxPower",
    )
    p_lower_95: float | None = quantity(
        "W", default=None, doc="Lower end of the 95 % band", also="S2 value_lower_95PPR"
    )
    p_upper_95: float | None = quantity(
        "W", default=None, doc="Upper end of the 95 % band", also="S2 value_upper_95PPR"
    )
    p_lower_68: float | None = quantity(
        "W", default=None, doc="Lower end of the 68 % band", also="S2 value_lower_68PPR"
    )
    p_upper_68: float | None = quantity(
        "W", default=None, doc="Upper end of the 68 % band", also="S2 value_upper_68PPR"
    )
    p_std: float | None = quantity(
        "W", default=None, minimum=0, doc="Standard deviation of the power", also="SPINE powerStandardDeviation"
    )
    p_skew: float | None = quantity(default=None, doc="Skewness of the power", also="SPINE powerSkewness")
    e_exp: float | None = quantity(
        "Wh",
        default=None,
        doc="Expected energy, where it is known apart from power",
        also="SPINE energyExpectedValue, Matter NominalEnergy",
    )
    e_min: float | None = quantity("Wh", default=None, doc="Lowest energy to expect", also="SPINE energyMin")
    e_max: float | None = quantity("Wh", default=None, doc="Highest energy to expect", also="SPINE energyMax")
    e_std: float | None = quantity(
        "Wh", default=None, minimum=0, doc="Standard deviation of the energy", also="SPINE energyStandardDeviation"
    )
    e_skew: float | None = quantity(default=None, doc="Skewness of the energy", also="SPINE energySkewness")
    quantities: tuple[QuantityValue, ...] = item(
        default=(), maximum_items=10, doc="Phases and other commodities, where known apart", also="S2 power_values"
    )
    costs: tuple[SlotCost, ...] = item(default=(), maximum_items=5, doc="Costs besides energy", also="Matter Costs")
    earliest_start: datetime | None = item(
        default=None, doc="This slot may not start before", also="SPINE earliestStartTime"
    )
    latest_end: datetime | None = item(default=None, doc="This slot must end by", also="SPINE latestEndTime")
    scheduled_start: datetime | None = item(default=None, doc="Planned start", also="SPINE schedule.startTime")
    scheduled_end: datetime | None = item(default=None, doc="Planned end", also="SPINE schedule.endTime")
    optional: bool = item(default=False, doc="May be left out", also="SPINE optionalSlot")
    activated: bool = item(
        default=True, doc="False: this optional slot is left out this time", also="SPINE slotActivated"
    )
    pausable: bool = item(
        default=False, doc="A pause may come before or within this slot", also="Matter SlotIsPausable"
    )
    min_pause: float | None = quantity(
        "s", default=None, minimum=0, doc="Shortest pause before or within this slot", also="Matter MinPauseDuration"
    )
    max_pause: float | None = quantity(
        "s", default=None, minimum=0, doc="Longest pause before or within this slot", also="Matter MaxPauseDuration"
    )

    @property
    def energy(self) -> float:
        """Expected energy in Wh."""
        return self.e_exp if self.e_exp is not None else self.p_exp * self.duration / 3600.0

    @property
    def power(self) -> float:
        """Mean power in W that goes with the expected energy and duration."""
        return self.p_exp if self.e_exp is None else self.e_exp * 3600.0 / self.duration

    @property
    def shortest(self) -> float:
        """Shortest duration in s."""
        return self.duration if self.min_duration is None else self.min_duration

    def check(self) -> None:
        """Refuse bounds in the wrong order and windows that are too short."""
        ordered("p_exp", self.p_min, self.p_exp)
        ordered("p_max", self.p_exp, self.p_max)
        ordered("p_exp", self.p_lower_95, self.p_lower_68, self.p_exp)
        ordered("p_upper_95", self.p_exp, self.p_upper_68, self.p_upper_95)
        ordered("duration", self.min_duration, self.duration)
        ordered("max_duration", self.duration, self.max_duration)
        ordered("e_exp", self.e_min, self.e_exp)
        ordered("e_max", self.e_exp if self.e_exp is not None else self.e_min, self.e_max)
        ordered("max_pause", self.min_pause, self.max_pause)
        if abs(self.power) > BOUNDS["W"]:
            raise ModelError("too_high", "e_exp", maximum=f"{BOUNDS['W']:.0e} W of mean power", value=self.e_exp)
        window("latest_end", self.earliest_start, self.latest_end, self.shortest)
        window("scheduled_end", self.scheduled_start, self.scheduled_end, 0.0)
        unique("quantities", (entry.commodity_quantity for entry in self.quantities))
