"""What dispatch remembers between two calls, and what it hands back.

The memory is a value like any other: given back with each result and passed in the next time. Losing it loses no
limit and no start; only what a restart must know is written out (`to_json`). It must not know how it is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ..limits import AllocationMemory
from ..model import Instruction, Limit, Note

#: s from a command until the meter shows it, as long as nothing is known of the house.
DEFAULT_LOOP: Final = 6.0
LONGEST_LOOP: Final = 60.0
#: So many echoes of commands at the meter are remembered.
ECHOES: Final = 5


@dataclass(slots=True, kw_only=True)
class DeviceMemory:
    """What is remembered of one device.

    A call works on copies and leaves those it was given as they were; it is not frozen only because a house has many
    devices and a second is short.
    """

    command: float | None = None
    """Power (or for generation the bound) asked for last, W; None: it is on its own."""
    ranges: tuple[tuple[float, float], ...] = ()
    """Lowest and highest power, measured or commanded, in the present window and in those before, W."""
    over_since: datetime | None = None
    under_since: datetime | None = None
    """Since when it has been drawing more, or less, than it was told."""
    over: bool = False
    under: bool = False
    """It has done so for longer than a command takes: it is not believed to follow."""
    on: bool | None = None
    """Whether a device with a minimum power is charging from surplus."""
    turn_since: datetime | None = None
    """Since when the surplus has been speaking for the other state."""
    full: bool = False
    empty: bool = False
    taken: bool = False
    """A limit took it from its own automatic mode."""
    calm_since: datetime | None = None
    modes: tuple[tuple[str, str], ...] = ()
    """Actuators and modes asked for last."""
    modes_since: datetime | None = None
    lacking: bool = False
    """The level is below its range, so that it is filled whatever the plan says."""
    called: bool = False
    """It generates only because a limit needed it in abnormal conditions."""
    unavailable_since: datetime | None = None
    last: Instruction | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A large step of ours whose echo at the meter is awaited, to learn how long that takes."""

    time: datetime
    net_power: float
    step: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """What the meter has shown so far."""

    house: float | None = None
    """Power of everything that is not moved, W."""
    demand: float | None = None
    """The same without generation that can be limited, W."""
    seen: datetime | None = None
    """When the meter was last read."""
    load_peak: float = 0.0
    """Highest consumption seen of everything that is not moved, W."""
    names: frozenset[str] = frozenset()
    """The devices that are moved; with others the estimates begin anew."""
    window_since: datetime | None = None
    echoes: tuple[float, ...] = ()
    """s from our latest large commands until the meter showed them."""
    probe: Probe | None = None

    @property
    def loop(self) -> float:
        """Time from a command until the meter shows it, s; the longest but one, for one may be a coincidence."""
        return DEFAULT_LOOP if not self.echoes else sorted(self.echoes)[max(0, len(self.echoes) - 2)]


@dataclass(frozen=True, slots=True)
class Trial:
    """An attempt to absorb more than can be seen, because what is curtailed cannot be seen."""

    target: float = 0.0
    """What the stores absorb beside curtailed sources, W; 0: nothing is tried."""
    since: datetime | None = None
    """Since when this much is tried, or since when it is known to be in vain."""
    step: float = 0.0
    """How much more than before is tried, W."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassMemory:
    """Memory of one pass: what is really done, or what would be done."""

    measuring: Measuring = Measuring()
    devices: Mapping[str, DeviceMemory] = field(default_factory=dict)
    shares: AllocationMemory = field(default_factory=dict)
    support: float = 0.0
    """Discharge that only a limit asks for, W."""
    trial: Trial = Trial()
    paused: frozenset[str] = frozenset()
    """Runs that a limit has paused and that are resumed when there is room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchMemory:
    """Everything dispatch remembers; start with `DispatchMemory()`."""

    control: PassMemory = PassMemory()
    advice: PassMemory = PassMemory()

    def to_json(self) -> dict[str, Any]:
        """Return what a restart must not lose: the runs that a limit has paused, and what the meter has taught."""
        measuring = self.control.measuring
        return {
            "paused": sorted(self.control.paused),
            "load_peak": measuring.load_peak,
            "echoes": list(measuring.echoes),
        }

    @classmethod
    def from_json(cls, data: object) -> DispatchMemory:
        """Read what `to_json` wrote; anything that does not fit is left out, because none of it is needed."""
        if not isinstance(data, Mapping):
            return cls()
        paused = data.get("paused")
        names = frozenset(entry for entry in paused if isinstance(entry, str)) if isinstance(paused, list) else ()
        echoes = data.get("echoes")
        numbers = [_number(entry, 0.0, LONGEST_LOOP) for entry in echoes] if isinstance(echoes, list) else []
        measuring = Measuring(
            load_peak=_number(data.get("load_peak"), 0.0, 1e7),
            echoes=tuple(entry for entry in numbers if entry > 0.0)[-ECHOES:],
        )
        return cls(control=PassMemory(measuring=measuring, paused=frozenset(names)))


def _number(value: object, default: float, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= highest:
        return default
    return float(value)


@dataclass(frozen=True, slots=True)
class Unheld:
    """A limit that cannot be held with what may be moved, and by how much."""

    limit: Limit
    excess: float
    """W above the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchResult:
    """What to do now."""

    instructions: tuple[Instruction, ...]
    """The full desired state: one per resource, and one per run that starts, pauses or goes on."""
    memory: DispatchMemory
    unheld: tuple[Unheld, ...] = ()
    shed: tuple[str, ...] = ()
    """Resources that get less than they want because of a limit or the phase."""
    postponed: tuple[str, ...] = ()
    """Runs that are due and held back."""
    notes: tuple[Note, ...] = ()
