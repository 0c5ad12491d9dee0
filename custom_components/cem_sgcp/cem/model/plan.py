"""The plan: what is intended, within which bounds, what it costs and why.

It is data: immutable and serialisable, so that a restart restores it. Each resource gets an intent and bounds per step
rather than a bare set point, and each store the value of its stored energy, so that dispatch can follow reality
between two plans. It must not know how it is carried out.
"""

from datetime import datetime
from enum import StrEnum

from .base import Model, item, model, quantity
from .errors import ModelError
from .rules import not_before, unique
from .run import ScheduledSlot
from .time_grid import TimeGrid


class PlanStatus(StrEnum):
    """How a plan came about."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    RELAXED = "relaxed"
    FALLBACK = "fallback"
    FAILED = "failed"


class Intent(StrEnum):
    """What a resource should do in a step."""

    IDLE = "idle"
    HOLD = "hold"
    COVER_HOUSE = "cover_house"
    CHARGE_SURPLUS = "charge_surplus"
    CHARGE_GRID = "charge_grid"
    DISCHARGE_GRID = "discharge_grid"
    SELF_CONSUMPTION = "self_consumption"
    RUN = "run"
    ON = "on"
    OFF = "off"
    CURTAIL = "curtail"
    UNLIMITED = "unlimited"


@model
class Note(Model):
    """A sentence for people: key for translation, numbers, and the sentence in English."""

    key: str = item()
    text: str = item()
    values: tuple[str, ...] = item(default=())
    resource_id: str | None = item(default=None)


class Goal(StrEnum):
    """What a plan is judged by."""

    COST = "cost"
    CO2 = "co2"
    SELF_CONSUMPTION = "self_consumption"
    AUTONOMY = "autonomy"
    PEAK = "peak"
    WEAR = "wear"
    COMFORT = "comfort"
    GRID_FRIENDLINESS = "grid_friendliness"


@model
class Term(Model):
    """How far a plan serves one goal, in the goal's own unit, and what that weighs."""

    goal: Goal = item()
    value: float = quantity(
        doc="currency; kg of CO2; share of generation used; share of consumption not taken from the grid; W of the "
        "highest import; currency of wear; unit hours outside comfort; W of mean change between steps"
    )
    unit: str = item(default="")
    weighted: float = quantity("currency", default=0.0, doc="What it adds to the objective")


class Precedence(StrEnum):
    """What gives way when not everything can be kept: the last of these first (architecture: precedence)."""

    LIMIT = "limit"
    RANGE = "range"
    TARGET = "target"
    DEADLINE = "deadline"
    COMFORT = "comfort"


@model
class Relaxation(Model):
    """Something that could not be kept: what, by how much, why, and what would help."""

    precedence: Precedence = item()
    resource_id: str | None = item(default=None)
    amount: float = quantity(doc="In `unit`")
    unit: str = item(default="")
    start: datetime | None = item(default=None)
    end: datetime | None = item(default=None)
    reason: Note = item()
    remedy: Note | None = item(default=None)


@model
class ActuatorPlan(Model):
    """Which mode an actuator is in, step by step; an operation mode resource has one, named like itself."""

    actuator_id: str = item()
    mode: tuple[str, ...] = item(doc="mode_id per step")
    factor: tuple[float, ...] = item(doc="Operation mode factor per step, 0 to 1")


@model
class PlannedRun(Model):
    """When a run starts, what it costs, and what starting now would cost instead."""

    run_id: str = item()
    start: datetime = item()
    end: datetime = item()
    choice: tuple[str, ...] = item(default=(), doc="Chosen sequence_id per group")
    slots: tuple[ScheduledSlot, ...] = item(default=())
    cost: float = quantity("currency")
    cost_now: float | None = quantity("currency", default=None, doc="Cost of starting at once instead")
    latest_start: datetime | None = item(default=None)
    moved_from: datetime | None = item(default=None, doc="Start in the plan before, where it moved")
    gain: float | None = quantity("currency", default=None, doc="What the move saves")
    met: bool = item(default=True, doc="False: the deadline cannot be met")
    reason: Note | None = item(default=None, doc="Why then, in one sentence with numbers")
    next_start: datetime | None = item(default=None, doc="The next best start that is really another choice")
    next_choice: tuple[str, ...] = item(default=(), doc="Sequences of the next best choice")
    next_cost: float | None = quantity("currency", default=None, doc="What that would cost")
    solar_share: float | None = quantity(
        default=None, minimum=0, maximum=1, doc="Share of its energy that comes from the house's own generation"
    )

    def check(self) -> None:
        """Refuse runs that end before they start."""
        not_before("end", self.start, self.end)


@model
class DevicePlan(Model):
    """What one resource should do, step by step."""

    resource_id: str = item()
    intent: tuple[Intent, ...] = item(doc="Per step")
    power: tuple[float, ...] = item(doc="Expected mean power per step, W")
    lower: tuple[float, ...] = item(doc="Lowest power dispatch may choose per step, W")
    upper: tuple[float, ...] = item(doc="Highest power dispatch may choose per step, W")
    level: tuple[float, ...] | None = item(default=None, doc="Level at the end of each step, in the store's unit")
    stored_value: tuple[float, ...] | None = item(default=None, doc="Value of one more stored kWh, currency/kWh")
    runs: tuple[PlannedRun, ...] = item(default=())
    actuators: tuple[ActuatorPlan, ...] = item(default=(), doc="For resources with modes")
    reason: Note | None = item(default=None, doc="Why it does what it does in the first step")
    cost: float = quantity(
        "currency", default=0.0, doc="Its share of the plan's cost at the marginal price of each step"
    )
    shortfall: float = quantity(default=0.0, doc="By how much a target is missed, in the store's unit")
    notes: tuple[Note, ...] = item(default=())


@model
class Plan(Model):
    """A plan for the whole connection point."""

    created: datetime = item()
    grid: TimeGrid = item()
    status: PlanStatus = item()
    currency: str = item(default="EUR")
    net_power: tuple[float, ...] = item(unit="W", doc="Per step, W, import positive")
    base_load: tuple[float, ...] = item(unit="W", doc="Per step, W")
    import_price: tuple[float, ...] = item(doc="Per step, currency/kWh")
    export_price: tuple[float, ...] = item(doc="Per step, currency/kWh")
    price_known: tuple[bool, ...] = item(default=(), doc="Per step: False where the fallback price stood in")
    import_limit: tuple[float | None, ...] = item(default=(), doc="Per step, W")
    export_limit: tuple[float | None, ...] = item(default=(), doc="Per step, W, magnitude")
    marginal_price: tuple[float, ...] = item(default=(), doc="Shadow price of a kWh in each step, currency/kWh")
    devices: tuple[DevicePlan, ...] = item(default=())
    cost: float = quantity("currency", default=0.0, doc="Import cost minus export revenue over the horizon")
    objective: float = quantity("currency", default=0.0)
    gap: float | None = quantity(default=None, doc="Proven relative gap to the optimum")
    solver: str = item(default="")
    seconds: float = quantity("s", default=0.0, minimum=0)
    terms: tuple[Term, ...] = item(default=(), doc="How far it serves each goal")
    relaxations: tuple[Relaxation, ...] = item(default=(), doc="What could not be kept, the weightiest first")
    scenarios: int = quantity(default=0, minimum=0, maximum=1000, doc="How many scenarios it weighs; 0: none")
    notes: tuple[Note, ...] = item(default=())

    def check(self) -> None:
        """Refuse columns that do not fit the grid and resources that are planned twice."""
        steps = len(self.grid)
        for name in ("net_power", "base_load", "import_price", "export_price"):
            _fits(name, getattr(self, name), steps)
        for name in ("price_known", "import_limit", "export_limit", "marginal_price"):
            if column := getattr(self, name):
                _fits(name, column, steps)
        for index, device in enumerate(self.devices):
            for name in ("intent", "power", "lower", "upper", "level", "stored_value"):
                if (column := getattr(device, name)) is not None:
                    _fits(f"devices[{index}].{name}", column, steps)
            for actuator in device.actuators:
                _fits(f"devices[{index}].actuators.mode", actuator.mode, steps)
                _fits(f"devices[{index}].actuators.factor", actuator.factor, steps)
        unique("devices", (device.resource_id for device in self.devices))

    def device(self, resource_id: str) -> DevicePlan | None:
        """Return the plan of one resource."""
        return next((entry for entry in self.devices if entry.resource_id == resource_id), None)

    def runs(self) -> tuple[PlannedRun, ...]:
        """Return all planned runs, by start."""
        return tuple(sorted((run for device in self.devices for run in device.runs), key=lambda run: run.start))

    def cost_between(self, start: datetime, end: datetime) -> float | None:
        """Return the planned cost between two moments in currency, or None where the plan does not reach."""
        overlap = self.grid.overlap(start.timestamp(), end.timestamp())
        if not overlap.any():
            return None
        total = 0.0
        for seconds, power, buy, sell in zip(
            overlap, self.net_power, self.import_price, self.export_price, strict=True
        ):
            total += power / 1000.0 * seconds / 3600.0 * (buy if power >= 0 else sell)
        return float(total)


def _fits(path: str, column: tuple[object, ...], steps: int) -> None:
    if len(column) != steps:
        raise ModelError("wrong_length", path, expected=steps, value=len(column))
