"""Faults that can be put into the house, each for one device or one of its points.

Knows nothing of Home Assistant: who asks says the time.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class FaultKind(StrEnum):
    """What can go wrong."""

    UNAVAILABLE = "unavailable"  # no readings, no commands
    REFUSE_COMMANDS = "refuse_commands"  # every command is answered with an error
    LATE = "late"  # commands are accepted and act after a delay
    STUCK = "stuck"  # commands are accepted and never act
    FROZEN = "frozen"  # readings keep the value they had
    VALUE = "value"  # readings are replaced by a given number


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; ``point`` None means the whole device, ``until`` None means until it is cleared."""

    kind: FaultKind
    device: str
    point: str | None = None
    until: datetime | None = None
    delay: float = 0.0
    value: float = 0.0


@dataclass(slots=True)
class FaultBook:
    """The faults that are in the house now."""

    faults: list[Fault] = field(default_factory=list)

    def inject(self, fault: Fault) -> None:
        """Add a fault; it replaces an equal kind at the same place."""
        self.clear(fault.device, fault.point, fault.kind)
        self.faults.append(fault)

    def clear(self, device: str | None = None, point: str | None = None, kind: FaultKind | None = None) -> None:
        """Remove the faults that match; without arguments all of them."""
        self.faults = [
            fault
            for fault in self.faults
            if (device is not None and fault.device != device)
            or (point is not None and fault.point != point)
            or (kind is not None and fault.kind is not kind)
        ]

    def find(self, now: datetime, kind: FaultKind, device: str, point: str | None = None) -> Fault | None:
        """The newest fault of a kind that holds for a point of a device at a moment."""
        for fault in reversed(self.faults):
            if (
                fault.kind is kind
                and fault.device == device
                and fault.point in {None, point}
                and (fault.until is None or now < fault.until)
            ):
                return fault
        return None
