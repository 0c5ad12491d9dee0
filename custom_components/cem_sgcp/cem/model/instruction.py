"""Instruction: what the CEM tells one resource to do now.

Use case JWG-SPUC1102 (starting time) and the *.Instruction messages of S2. It must not know which entity or protocol
carries it out.
"""

from datetime import datetime
from enum import StrEnum

from .base import Model, item, model, quantity
from .plan import Intent


class InstructionKind(StrEnum):
    """What an instruction asks for."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    SET = "set"
    RELEASE = "release"


@model
class ModeChoice(Model):
    """The mode that an actuator is to be in (S2 OMBC, FRBC and DDBC instructions)."""

    actuator_id: str = item(doc="The resource's own id where it has modes but no actuators")
    mode_id: str = item()
    factor: float = quantity(default=1.0, minimum=0, maximum=1, doc="Operation mode factor")


@model
class Instruction(Model):
    """One instruction to one resource.

    START, STOP, PAUSE and RESUME are about a run (`run_id`, `start`, `duration`). SET carries the intent with a set
    point in `power` (stores and loads, consumption positive) or a bound in `limit` (power envelopes, a magnitude;
    None lifts it), and for resources with modes the mode of each actuator. RELEASE hands the device back to its own
    automatic mode.
    """

    resource_id: str = item()
    kind: InstructionKind = item()
    intent: Intent = item(default=Intent.IDLE)
    power: float | None = quantity("W", default=None, doc="Set point, consumption positive")
    limit: float | None = quantity("W", default=None, minimum=0, doc="Bound of a power envelope, a magnitude")
    modes: tuple[ModeChoice, ...] = item(
        default=(), maximum_items=10, doc="For resources with modes; `power` is what they should draw together"
    )
    run_id: str | None = item(default=None)
    start: datetime | None = item(default=None)
    duration: float | None = quantity("s", default=None, minimum=0)
    urgent: bool = item(default=False, doc="A limit demands it: no deadband and no dwell may delay it")
    reason: str = item(default="", doc="Key of the reason, such as 'plan', 'limit', 'red_phase', 'stale_plan'")
