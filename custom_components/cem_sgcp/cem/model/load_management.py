"""Direct load/generation management profile: limits, set points and actions asked of the connection point.

IEC TR 62746-2:2015 clause 3.4.6, figure 28 and table 4; siblings: SPINE LoadControl, S2 PEBC, OpenADR 3 capacity limits
and alerts. A limit without an end lasts until it is revoked. Values are magnitudes (never negative): the direction
says which way they count. It must not know how a limit is kept.
"""

from datetime import datetime
from enum import StrEnum

from .base import Model, item, model, quantity
from .errors import ModelError


class Direction(StrEnum):
    """Which way energy flows."""

    IMPORT = "import"
    EXPORT = "export"


class LimitScope(StrEnum):
    """What a limit is counted on."""

    CONNECTION = "connection"
    CONTROLLABLE = "controllable"


class LimitCategory(StrEnum):
    """What a limit stands for; the order is the precedence, strongest first."""

    SAFETY = "safety"
    EMERGENCY = "emergency"
    OBLIGATION = "obligation"
    USER = "user"
    CONTRACT = "contract"
    RECOMMENDATION = "recommendation"
    OPTIMIZATION = "optimization"


class LoadAction(StrEnum):
    """What is asked of consumption or production (SPINE LoadControlEventAction)."""

    PAUSE = "pause"
    RESUME = "resume"
    REDUCE = "reduce"
    INCREASE = "increase"
    EMERGENCY = "emergency"
    NORMAL = "normal"


class EventState(StrEnum):
    """Acknowledgement of an event (SPINE LoadControlEventState)."""

    ACCEPTED = "accepted"
    STARTED = "started"
    STOPPED = "stopped"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    ERROR = "error"


@model
class Limit(Model):
    """A bound on power in one direction, from one source."""

    limit_id: str = item(doc="Unique per source and direction; a new limit with the same name replaces the old one")
    source: str = item(doc="Who set it: contract, action, signal, ...")
    direction: Direction = item()
    value: float = quantity("W", minimum=0, maximum=1e9, doc="Highest power allowed in the direction")
    start: datetime = item()
    end: datetime | None = item(default=None, doc="None: until it is revoked")
    category: LimitCategory = item(default=LimitCategory.OBLIGATION)
    scope: LimitScope = item(default=LimitScope.CONNECTION)
    reason: str = item(default="")
    changeable: bool = item(default=True, doc="SPINE isLimitChangeable")
    ack_required: bool = item(default=False)

    def check(self) -> None:
        """Refuse limits that end before they start."""
        if self.end is not None and self.end <= self.start:
            raise ModelError("end_before_start", "end", start=self.start.isoformat(), end=self.end.isoformat())

    def active_at(self, moment: datetime) -> bool:
        """Whether the limit holds at a moment."""
        return self.start <= moment and (self.end is None or moment < self.end)


@model
class SetPoint(Model):
    """A power that the connection point or a device should follow (OpenADR DISPATCH_SETPOINT)."""

    set_point_id: str = item()
    source: str = item()
    value: float = quantity("W", minimum=-1e9, maximum=1e9, doc="Import positive")
    relative: bool = item(default=False, doc="A change against the plan instead of an absolute power")
    start: datetime = item()
    end: datetime | None = item(default=None)
    category: LimitCategory = item(default=LimitCategory.RECOMMENDATION)
    reason: str = item(default="")

    def check(self) -> None:
        """Refuse set points that end before they start."""
        if self.end is not None and self.end <= self.start:
            raise ModelError("end_before_start", "end", start=self.start.isoformat(), end=self.end.isoformat())


@model
class LoadManagementEvent(Model):
    """One message of the profile: actions with value, reason, severity and the acknowledgement it asks for."""

    event_id: str = item()
    source: str = item()
    created: datetime = item()
    start: datetime = item()
    end: datetime | None = item(default=None)
    action_consume: LoadAction | None = item(default=None)
    action_produce: LoadAction | None = item(default=None)
    value: float | None = quantity("W", default=None, minimum=0)
    share: float | None = quantity(default=None, minimum=0, maximum=1, doc="Share of the nominal power instead of W")
    priority: int = quantity(default=0, minimum=0, maximum=1000, doc="Lower number wins")
    severity: int = quantity(default=0, minimum=0, maximum=10)
    reason: str = item(default="")
    ack_required: bool = item(default=False)
    state: EventState | None = item(default=None)

    def check(self) -> None:
        """Refuse events that end before they start or ask for nothing."""
        if self.end is not None and self.end <= self.start:
            raise ModelError("end_before_start", "end", start=self.start.isoformat(), end=self.end.isoformat())
        if self.action_consume is None and self.action_produce is None:
            raise ModelError("missing_field", "action_consume")
