"""What was sent to a device, or in advise-only mode would have been sent, and what came of it.

It must not send anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CallResult(StrEnum):
    """What came of a command."""

    ADVISED = "advised"
    """Advise-only mode: it would have been sent."""
    SENT = "sent"
    """Home Assistant has carried it out; whether the device obeys is not known (yet)."""
    VERIFIED = "verified"
    """The device shows the effect."""
    NOT_VERIFIED = "not_verified"
    """The device did not show the effect in time."""
    REFUSED = "refused"
    """The action does not exist, or it raised an error."""
    TIMEOUT = "timeout"
    """The action did not return in time."""
    SUPERSEDED = "superseded"
    """A newer command for the same device came first."""
    ALREADY_SO = "already_so"
    """Nothing was sent: the machine runs already."""
    IMPOSSIBLE = "impossible"
    """Nothing was sent: the device has nothing to act with, or its description is wrong."""

    @property
    def failed(self) -> bool:
        """Whether the device did not do what it was told."""
        return self in {
            CallResult.NOT_VERIFIED,
            CallResult.REFUSED,
            CallResult.TIMEOUT,
            CallResult.IMPOSSIBLE,
        }


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """One command, one attempt. The same `call_id` is reported again when its result is known."""

    call_id: str
    at: datetime
    device_id: str
    device: str
    """Name of the device."""
    instruction: str
    """start, stop, pause, resume, set or release."""
    intent: str
    reason: str
    run_id: str | None = None
    action: str = ""
    """Such as `number.set_value`, or `sequence`."""
    entity_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """Data of the action, or variables of the sequence."""
    power: float | None = None
    limit: float | None = None
    attempt: int = 1
    made: bool = False
    """False: it would have been sent."""
    result: CallResult = CallResult.SENT
    error: str = ""
    final: bool = False
    """The last word on an instruction: it is carried out, or failed for good. What was superseded has none."""

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values."""
        return {
            "call_id": self.call_id,
            "at": self.at.isoformat(),
            "device_id": self.device_id,
            "device": self.device,
            "instruction": self.instruction,
            "intent": self.intent,
            "reason": self.reason,
            "run_id": self.run_id,
            "action": self.action,
            "entity_id": self.entity_id,
            "data": {key: _plain(value) for key, value in self.data.items()},
            "power": self.power,
            "limit": self.limit,
            "attempt": self.attempt,
            "made": self.made,
            "result": self.result.value,
            "error": self.error,
            "final": self.final,
        }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
