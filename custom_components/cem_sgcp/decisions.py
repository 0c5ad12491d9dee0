"""What the CEM decided and did, for people and automations.

Every decision is an event on Home Assistant's bus (`cem_sgcp_event`), a state of the event entity, and a row in a
short memory that diagnostics and the dashboard show. The proof log that survives for years is a matter of its own.
It must not decide anything.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .hands import CallRecord

if TYPE_CHECKING:
    from .coordinator import CemConfigEntry

EVENT_DECISION = f"{DOMAIN}_event"
KEPT = 200


class Decision(StrEnum):
    """What can happen."""

    RUN_ANNOUNCED = "run_announced"
    RUN_SCHEDULED = "run_scheduled"
    RUN_MOVED = "run_moved"
    RUN_STARTED = "run_started"
    RUN_ADVISED = "run_advised"
    RUN_PAUSED = "run_paused"
    RUN_RESUMED = "run_resumed"
    RUN_FINISHED = "run_finished"
    RUN_CANCELLED = "run_cancelled"
    RUN_FAILED = "run_failed"
    DEVICE_CONNECTED = "device_connected"
    DEVICE_DISCONNECTED = "device_disconnected"
    COMMAND_FAILED = "command_failed"
    CONTROL_CHANGED = "control_changed"
    LIMIT_RECEIVED = "limit_received"
    LIMIT_CLEARED = "limit_cleared"
    LIMIT_EXPIRED = "limit_expired"
    LIMITATION_CHANGED = "limitation_changed"
    PHASE_CHANGED = "phase_changed"
    PLAN_FAILED = "plan_failed"


class Decisions:
    """Announces decisions and remembers the latest."""

    def __init__(self, hass: HomeAssistant, entry: CemConfigEntry) -> None:
        """Announce for one connection point."""
        self._hass = hass
        self._entry = entry
        self._listeners: list[Callable[[Decision, dict[str, Any]], None]] = []
        self.latest: deque[tuple[datetime, Decision, dict[str, Any]]] = deque(maxlen=KEPT)
        self.calls: dict[str, CallRecord] = {}

    def announce(self, decision: Decision, **data: Any) -> None:
        """Tell everybody what was decided; values must be plain JSON."""
        self.latest.append((dt_util.utcnow(), decision, data))
        self._hass.bus.async_fire(EVENT_DECISION, {"type": decision.value, "entry_id": self._entry.entry_id, **data})
        for listener in tuple(self._listeners):
            listener(decision, data)

    def listen(self, listener: Callable[[Decision, dict[str, Any]], None]) -> CALLBACK_TYPE:
        """Call a function for each decision from now on."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record_call(self, record: CallRecord) -> None:
        """Remember a command that was sent, or in advise-only mode would have been sent, with its latest result."""
        self.calls[record.call_id] = record
        while len(self.calls) > KEPT:
            del self.calls[next(iter(self.calls))]
        if record.final and record.result.failed:
            self.announce(
                Decision.COMMAND_FAILED,
                device_id=record.device_id,
                device=record.device,
                action=record.action,
                result=record.result.value,
                error=record.error,
            )

    def calls_of(self, device_id: str) -> list[CallRecord]:
        """Return what was sent to a device, oldest first."""
        return [record for record in self.calls.values() if record.device_id == device_id]
