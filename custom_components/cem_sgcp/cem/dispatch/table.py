"""Table: everything that one pass looks at and writes down.

It lives for one call only; what lasts is in the memory.
"""

from dataclasses import dataclass, field
from datetime import datetime

from ..limits import Allocation
from ..model import Instruction, Note, Resource
from .bounds import Bounds
from .member import Member
from .memory import DeviceMemory, Measuring, PassMemory, Trial, Unheld
from .runs import Candidate
from .sources import Source
from .wishes import Guide

FRESH = DeviceMemory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is given to a pass."""

    now: datetime
    net_power: float | None
    resources: tuple[Resource, ...]
    guided: Guide
    bounds: Bounds
    executes: bool
    """True: what is decided is done; False: it is only advice."""

    def concerns(self, resource: Resource) -> bool:
        """Whether a resource may be moved in this pass."""
        return resource.controllable or not self.executes


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is not moved, W; worst case where the meter is silent."""

    power: float
    """Net power without the members."""
    drawing: float
    """Part of it that controllable devices draw which are not moved, such as a running programme."""
    blind: bool
    """The meter is silent: `power` is the worst case."""


@dataclass(slots=True, kw_only=True)
class Table:
    """One pass under way."""

    site: Site
    before: PassMemory
    measuring: Measuring
    members: list[Member]
    sources: list[Source]
    runs: tuple[Candidate, ...]
    house: House
    paused: frozenset[str]
    allocation: Allocation = field(default_factory=lambda: Allocation({}))
    room_left: float = float("inf")
    support: float = 0.0
    trial: Trial = field(default_factory=Trial)
    devices: dict[str, DeviceMemory] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)
    unheld: list[Unheld] = field(default_factory=list)
    shed: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
