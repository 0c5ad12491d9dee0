"""The five control types of S2 (EN 50491-12-2), and 'not controllable'.

They describe what a device can do, whatever it is: the planner has one room for each. Names follow S2 in our
spelling; powers are W with consumption positive (S2 counts only the electrical side of the grid), levels are in the
unit that `level_unit` names, rates in that unit per s. A power profile (PPBC) is the energy profile of clause 3.4.6.
It must not know any device kind.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from .base import Model, item, model, quantity
from .energy_profile import EnergyProfile
from .errors import ModelError
from .rules import ends_after_start, known_names, ordered, unique
from .series import Series


@model
class NumberRange(Model):
    """A range from start to end. Where two ranges belong together, start maps to start and end to end."""

    start: float = quantity()
    end: float = quantity()

    @property
    def lower(self) -> float:
        """The lower end."""
        return min(self.start, self.end)

    @property
    def upper(self) -> float:
        """The upper end."""
        return max(self.start, self.end)


@model
class Timer(Model):
    """A timer that a transition starts and that blocks transitions while it runs (S2 Timer)."""

    timer_id: str = item()
    duration: float = quantity("s", minimum=0)
    finished_at: datetime | None = item(default=None)


@model
class Transition(Model):
    """A permitted change from one operation mode to another (S2 Transition)."""

    transition_id: str = item()
    from_mode: str = item()
    to_mode: str = item()
    start_timers: tuple[str, ...] = item(default=())
    blocking_timers: tuple[str, ...] = item(default=())
    cost: float = quantity("currency", default=0.0)
    duration: float = quantity("s", default=0.0, minimum=0)
    abnormal_condition_only: bool = item(default=False)


@model
class ModeQuota(Model):
    """How long modes are wanted within a time: hours of a pool pump a day, or at most so much noise at night."""

    start: datetime = item()
    end: datetime = item()
    modes: tuple[str, ...] = item(maximum_items=100, doc="Any of them counts, in full at operation mode factor 1")
    minimum: float = quantity("s", default=0.0, minimum=0)
    maximum: float | None = quantity("s", default=None, minimum=0)
    price: float | None = quantity(
        "currency/h", default=None, minimum=0, doc="Price of each hour that lacks; None: that of a missed target"
    )

    def check(self) -> None:
        """Refuse quotas that end before they start and bounds upside down."""
        ends_after_start(self.start, self.end)
        ordered("maximum", self.minimum, self.maximum)


def _check_modes(
    modes: tuple[str, ...],
    transitions: tuple[Transition, ...],
    timers: tuple[Timer, ...],
    active_mode: str | None,
) -> None:
    """Refuse names of modes and timers that are used twice or do not exist."""
    if not modes:
        raise ModelError("empty", "modes")
    unique("modes", modes)
    unique("timers", (timer.timer_id for timer in timers))
    unique("transitions", (transition.transition_id for transition in transitions))
    known_names("active_mode", (active_mode,), modes)
    there = [timer.timer_id for timer in timers]
    for transition in transitions:
        known_names("transitions", (transition.from_mode, transition.to_mode), modes)
        known_names("transitions", (*transition.start_timers, *transition.blocking_timers), there)


# ------------------------------------------------------------------------------------------- power envelope (PEBC)


class Consequence(StrEnum):
    """What becomes of energy that a limit prevents: it is lost, or taken later (S2)."""

    VANISH = "vanish"
    DEFER = "defer"


class LimitType(StrEnum):
    """Which side of the power a limit bounds."""

    UPPER = "upper_limit"
    LOWER = "lower_limit"


@model
class AllowedLimitRange(Model):
    """Where the CEM may put a limit (S2 PEBC.AllowedLimitRange)."""

    limit_type: LimitType = item()
    range: NumberRange = item(doc="W")
    abnormal_condition_only: bool = item(default=False)


@model
class EnergyConstraint(Model):
    """Bounds of the mean power over a time (S2 PEBC.EnergyConstraint)."""

    valid_from: datetime = item()
    valid_until: datetime = item()
    upper_average_power: float = quantity("W")
    lower_average_power: float = quantity("W")

    def check(self) -> None:
        """Refuse constraints that end before they start and bounds upside down."""
        ends_after_start(self.valid_from, self.valid_until, "valid_until")
        ordered("upper_average_power", self.lower_average_power, self.upper_average_power)


@model
class PowerEnvelope(Model):
    """A source or load that can only be limited: PV, wind turbine, a charger that takes only a limit."""

    type_name: ClassVar[str] = "power_envelope"

    allowed_limit_ranges: tuple[AllowedLimitRange, ...] = item(default=(), doc="Empty: it cannot be limited")
    consequence: Consequence = item(default=Consequence.VANISH)
    nominal_power: float | None = quantity("W", default=None, minimum=0, doc="Rating, as a magnitude")
    valid_from: datetime | None = item(default=None)
    valid_until: datetime | None = item(default=None)
    energy_constraints: tuple[EnergyConstraint, ...] = item(default=())
    curtailment_cost: float = quantity("currency/kWh", default=0.0, minimum=0, doc="Price of each kWh prevented")

    def check(self) -> None:
        """Refuse envelopes that end before they start."""
        ends_after_start(self.valid_from, self.valid_until, "valid_until")

    def limit_range(self, limit_type: LimitType) -> NumberRange | None:
        """Return where a limit may be put in normal conditions, or None where there can be none."""
        for allowed in self.allowed_limit_ranges:
            if allowed.limit_type is limit_type and not allowed.abnormal_condition_only:
                return allowed.range
        return None


# ------------------------------------------------------------------------------------------- power profile (PPBC)


@model
class PowerProfile(Model):
    """A device with runs: the profiles that are waiting or executing, at most one at a time executing."""

    type_name: ClassVar[str] = "power_profile"

    profiles: tuple[EnergyProfile, ...] = item(default=(), maximum_items=100)


# ------------------------------------------------------------------------------------------ operation mode (OMBC)


@model
class OperationMode(Model):
    """One mode: off, on, a level; or a continuous range (S2 OMBC.OperationMode)."""

    mode_id: str = item()
    label: str = item(default="")
    power: NumberRange = item(doc="W; start at operation mode factor 0, end at 1")
    running_cost: NumberRange | None = item(default=None, doc="currency/s besides electricity")
    abnormal_condition_only: bool = item(default=False)


@model
class OperationModes(Model):
    """Discrete or continuous modes with transitions and timers: generator, CHP, heater with levels, lighting."""

    type_name: ClassVar[str] = "operation_mode"

    modes: tuple[OperationMode, ...] = item(maximum_items=100)
    transitions: tuple[Transition, ...] = item(default=(), maximum_items=1000)
    timers: tuple[Timer, ...] = item(default=(), maximum_items=1000)
    active_mode: str | None = item(default=None)
    active_factor: float = quantity(default=0.0, minimum=0, maximum=1)
    quotas: tuple[ModeQuota, ...] = item(default=(), maximum_items=100)
    maximum_starts_per_day: int | None = quantity(
        default=None, minimum=0, maximum=86_400, doc="Changes from a mode without power to one with, a local day"
    )
    starts_today: int = quantity(default=0, minimum=0, maximum=86_400)

    def check(self) -> None:
        """Refuse systems without a mode and names that do not exist."""
        names = tuple(mode.mode_id for mode in self.modes)
        _check_modes(names, self.transitions, self.timers, self.active_mode)
        for quota in self.quotas:
            known_names("quotas", quota.modes, names)


# ----------------------------------------------------------------------------------------------- fill rate (FRBC)


@model
class FillRateElement(Model):
    """How a mode behaves over a range of levels (S2 FRBC.OperationModeElement)."""

    level_range: NumberRange = item()
    fill_rate: NumberRange = item(doc="Level per s; start at factor 0, end at 1; negative empties")
    power: NumberRange = item(doc="W; start at factor 0, end at 1")
    running_cost: NumberRange | None = item(default=None, doc="currency/s besides electricity, such as wear")


@model
class FillRateMode(Model):
    """One mode of an actuator, such as charge, discharge or idle."""

    mode_id: str = item()
    label: str = item(default="")
    elements: tuple[FillRateElement, ...] = item(maximum_items=100)
    abnormal_condition_only: bool = item(default=False)

    def check(self) -> None:
        """Refuse modes that behave in no way."""
        if not self.elements:
            raise ModelError("empty", "elements")


@model
class FillRateActuator(Model):
    """Something that fills or empties the store: an inverter, a charger, a heating rod."""

    actuator_id: str = item()
    modes: tuple[FillRateMode, ...] = item(maximum_items=100)
    transitions: tuple[Transition, ...] = item(default=(), maximum_items=1000)
    timers: tuple[Timer, ...] = item(default=(), maximum_items=1000)
    active_mode: str | None = item(default=None)
    active_factor: float = quantity(default=0.0, minimum=0, maximum=1)
    maximum_starts_per_day: int | None = quantity(default=None, minimum=0, maximum=86_400)
    starts_today: int = quantity(default=0, minimum=0, maximum=86_400)
    rate_factor: Series | None = item(
        default=None, doc="What fill rates are multiplied by over time, such as the COP as it follows the weather"
    )

    def check(self) -> None:
        """Refuse actuators without a mode and names that do not exist."""
        _check_modes(tuple(mode.mode_id for mode in self.modes), self.transitions, self.timers, self.active_mode)


@model
class LevelTarget(Model):
    """The band that the level should be in from a start to an end (S2 FRBC.FillLevelTargetProfile)."""

    start: datetime = item()
    end: datetime = item()
    minimum: float | None = quantity(default=None)
    maximum: float | None = quantity(default=None)
    price: float | None = quantity(
        "currency/(level unit·h)",
        default=None,
        minimum=0,
        doc="Price of comfort: of each unit outside the band for an hour; None: kept as far as it can be",
    )

    def check(self) -> None:
        """Refuse targets that end before they start and bands upside down."""
        ends_after_start(self.start, self.end)
        ordered("maximum", self.minimum, self.maximum)


@model
class LeakageElement(Model):
    """How fast the level falls by itself over a range of levels (S2 FRBC.LeakageBehaviourElement)."""

    level_range: NumberRange = item()
    rate: float = quantity(doc="Level per s, positive empties")


@model
class FillRate(Model):
    """A store with its level: battery, EV, boiler, buffer, building mass, freezer, water tank."""

    type_name: ClassVar[str] = "fill_rate"

    actuators: tuple[FillRateActuator, ...] = item(maximum_items=10)
    level: float = quantity(doc="Present level, in level_unit")
    level_range: NumberRange = item(doc="What the level may be; reserve is the part below that is left out")
    level_unit: str = item(default="Wh")
    leakage: tuple[LeakageElement, ...] = item(default=(), maximum_items=288)
    usage: Series | None = item(default=None, doc="Forecast use, level per s, positive empties")
    targets: tuple[LevelTarget, ...] = item(default=(), maximum_items=288)
    terminal_value: float | None = quantity(
        "currency/level unit", default=None, doc="Value of what is left at the horizon; None: the planner's own"
    )
    departure: datetime | None = item(default=None, doc="From then on the store is away, such as an EV")
    arrival: datetime | None = item(default=None, doc="Until then the store is away")

    def check(self) -> None:
        """Refuse stores that nothing fills and level ranges upside down."""
        if not self.actuators:
            raise ModelError("empty", "actuators")
        unique("actuators", (actuator.actuator_id for actuator in self.actuators))
        ordered("level_range.end", self.level_range.start, self.level_range.end)


# ------------------------------------------------------------------------------------------- demand driven (DDBC)


@model
class DemandDrivenMode(Model):
    """One mode of an actuator that meets a demand (S2 DDBC.OperationMode)."""

    mode_id: str = item()
    label: str = item(default="")
    power: NumberRange = item(doc="W")
    supply_rate: NumberRange = item(doc="Demand unit per s")
    running_cost: NumberRange | None = item(default=None, doc="currency/s besides electricity, such as gas")
    abnormal_condition_only: bool = item(default=False)


@model
class DemandDrivenActuator(Model):
    """One of several ways to meet a demand."""

    actuator_id: str = item()
    modes: tuple[DemandDrivenMode, ...] = item(maximum_items=100)
    transitions: tuple[Transition, ...] = item(default=(), maximum_items=1000)
    timers: tuple[Timer, ...] = item(default=(), maximum_items=1000)
    active_mode: str | None = item(default=None)
    active_factor: float = quantity(default=0.0, minimum=0, maximum=1)
    maximum_starts_per_day: int | None = quantity(default=None, minimum=0, maximum=86_400)
    starts_today: int = quantity(default=0, minimum=0, maximum=86_400)
    supply_factor: Series | None = item(
        default=None, doc="What supply rates are multiplied by over time, such as the COP as it follows the weather"
    )

    def check(self) -> None:
        """Refuse actuators without a mode and names that do not exist."""
        _check_modes(tuple(mode.mode_id for mode in self.modes), self.transitions, self.timers, self.active_mode)


@model
class DemandDriven(Model):
    """A demand that one of several actuators must meet: hybrid heat pump, bivalent heating."""

    type_name: ClassVar[str] = "demand_driven"

    actuators: tuple[DemandDrivenActuator, ...] = item(maximum_items=10)
    present_demand_rate: float = quantity(doc="Demand unit per s")
    demand: Series | None = item(default=None, doc="Forecast demand rate")

    def check(self) -> None:
        """Refuse demands that nothing can meet."""
        if not self.actuators:
            raise ModelError("empty", "actuators")
        unique("actuators", (actuator.actuator_id for actuator in self.actuators))


@model
class NotControllable(Model):
    """Measured and forecast only."""

    type_name: ClassVar[str] = "not_controllable"


type ControlType = PowerEnvelope | PowerProfile | OperationModes | FillRate | DemandDriven | NotControllable
