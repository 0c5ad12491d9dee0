"""Direct load/generation management profile: limits, set points and actions asked of the connection point.

IEC TR 62746-2:2015 clause 3.4.6, figure 28 and table 4; siblings: SPINE LoadControl, S2 PEBC, OpenADR 3 capacity limits
and alerts. A limit without an end lasts until it is revoked. Values are magnitudes (never negative): the direction
says which way they count. It must not know how a limit is kept.
"""

from datetime import datetime
from enum import StrEnum

from .base import Model, item, model, quantity
from .errors import ModelError
from .rules import ends_after_start


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


class Alert(StrEnum):
    """A warning with no value (OpenADR 3 ALERT_*)."""

    GRID_EMERGENCY = "grid_emergency"
    BLACK_START = "black_start"
    POSSIBLE_OUTAGE = "possible_outage"
    FLEX_ALERT = "flex_alert"
    FIRE = "fire"
    FREEZING = "freezing"
    WIND = "wind"
    TSUNAMI = "tsunami"
    AIR_QUALITY = "air_quality"
    OTHER = "other"


class Cause(StrEnum):
    """For whose sake something is asked (Matter AdjustmentCauseEnum)."""

    LOCAL = "local"
    GRID = "grid"


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

    limit_id: str = item(
        doc="Unique per source and direction; a new limit with the same name replaces the old one", also="SPINE limitId"
    )
    source: str = item(doc="Who set it: contract, action, signal, ...")
    direction: Direction = item(also="SPINE limitDirection; OpenADR IMPORT_ or EXPORT_CAPACITY_LIMIT")
    value: float = quantity(
        "W", minimum=0, maximum=1e9, doc="Highest power allowed in the direction, a magnitude", also="SPINE value"
    )
    start: datetime = item(also="SPINE timePeriod.startTime")
    end: datetime | None = item(default=None, doc="None: until it is revoked", also="SPINE timePeriod.endTime")
    category: LimitCategory = item(default=LimitCategory.OBLIGATION, also="SPINE limitCategory")
    scope: LimitScope = item(default=LimitScope.CONNECTION, also="SPINE scopeType")
    reason: str = item(default="")
    active: bool = item(default=True, doc="False: set but switched off for now", also="SPINE isLimitActive")
    changeable: bool = item(default=True, doc="Whether its source may change it", also="SPINE isLimitChangeable")
    ack_required: bool = item(default=False)

    def check(self) -> None:
        """Refuse limits that end before they start."""
        ends_after_start(self.start, self.end)

    def active_at(self, moment: datetime) -> bool:
        """Whether the limit holds at a moment."""
        return self.active and self.start <= moment and (self.end is None or moment < self.end)


@model
class SetPoint(Model):
    """A power that the connection point or a device should follow."""

    set_point_id: str = item()
    source: str = item()
    value: float = quantity(
        "W", minimum=-1e9, maximum=1e9, doc="Import positive", also="OpenADR DISPATCH_SETPOINT, LOAD_DISPATCH"
    )
    relative: bool = item(
        default=False,
        doc="A change against the plan instead of an absolute power",
        also="OpenADR DISPATCH_SETPOINT_RELATIVE",
    )
    start: datetime = item()
    end: datetime | None = item(default=None)
    category: LimitCategory = item(default=LimitCategory.RECOMMENDATION)
    reason: str = item(default="")

    def check(self) -> None:
        """Refuse set points that end before they start."""
        ends_after_start(self.start, self.end)


@model
class LoadManagementEvent(Model):
    """One message of the profile: actions with value, reason, severity and the acknowledgement it asks for."""

    event_id: str = item(also="SPINE eventId, OpenADR eventID")
    source: str = item()
    created: datetime = item(also="SPINE timestamp, OpenADR createdDateTime")
    start: datetime = item()
    end: datetime | None = item(default=None)
    action_consume: LoadAction | None = item(default=None, also="SPINE eventActionConsume")
    action_produce: LoadAction | None = item(default=None, also="SPINE eventActionProduce")
    value: float | None = quantity(
        "W", default=None, minimum=0, also="OpenADR x-loadControlCapacity, Matter PowerAdjustRequest.power"
    )
    share: float | None = quantity(
        default=None,
        minimum=0,
        maximum=1,
        doc="Share of the nominal power instead of W",
        also="OpenADR x-loadControlPercentOffset",
    )
    level: int | None = quantity(
        default=None, minimum=0, maximum=3, doc="0 normal to 3 emergency", also="OpenADR SIMPLE"
    )
    level_offset: float | None = quantity(
        default=None,
        minimum=-10,
        maximum=10,
        doc="Change of the level of consumption",
        also="OpenADR CONTROL_LEVEL_OFFSET, x-loadControlLevelOffset",
    )
    load_control: int | None = quantity(
        default=None,
        minimum=-100,
        maximum=100,
        doc="-100 as little as possible to 100 as much as possible",
        also="Matter RequestConstraintBasedForecast.loadControl",
    )
    alert: Alert | None = item(default=None, also="OpenADR ALERT_*")
    cause: Cause | None = item(default=None, doc="For whose sake", also="Matter cause")
    abnormal_condition: bool = item(default=False, doc="Emergency means may be used", also="S2 abnormal_condition")
    priority: int = quantity(default=0, minimum=0, maximum=1000, doc="Lower number wins", also="OpenADR priority")
    severity: int = quantity(default=0, minimum=0, maximum=10)
    reason: str = item(default="")
    ack_required: bool = item(default=False)
    state: EventState | None = item(default=None, also="SPINE eventStateConsume, eventStateProduce")

    def check(self) -> None:
        """Refuse events that end before they start or ask for nothing."""
        ends_after_start(self.start, self.end)
        asked = (self.action_consume, self.action_produce, self.level, self.level_offset, self.load_control, self.alert)
        if all(entry is None for entry in asked):
            raise ModelError("missing_field", "action_consume")
