"""Bounds: which limits and which phase hold in this call.

The strictest active limit per direction and scope (IEC TR 62746-2:2015 clause 3.4.6), and the phase as far as it asks
for more than those limits do: a red that only says "a limit is in force" is obeyed by keeping that limit. It must not
know devices.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..limits import active_limits, effective, phase
from ..model import Direction, Limit, LimitCategory, LimitScope, Phase, TrafficLight

#: Distance kept from a limit at the meter, so that noise does not cross it: W, and part of the limit.
MARGIN: Final = 50.0
MARGIN_SHARE: Final = 0.02

_BINDING: Final = frozenset({LimitCategory.EMERGENCY, LimitCategory.OBLIGATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What must not be exceeded now."""

    importing: Limit | None
    """On the import of the whole connection."""
    drawing: Limit | None
    """On what controllable devices draw from the grid."""
    exporting: Limit | None
    """On the export of the whole connection."""
    feeding: Limit | None
    """On what controllable devices feed into the grid."""
    phase: Phase
    """What the grid asks for beyond these limits."""

    @property
    def limits_import(self) -> bool:
        """Whether consumption is limited."""
        return self.importing is not None or self.drawing is not None

    @property
    def limits_export(self) -> bool:
        """Whether generation is limited."""
        return self.exporting is not None or self.feeding is not None

    @property
    def dark(self) -> bool:
        """Whether runs that can wait do not start, and those that may pause do."""
        return self.phase in {Phase.RED, Phase.BLACK}

    @property
    def abnormal(self) -> bool:
        """Whether what devices keep for abnormal conditions may be used: red, black, or an emergency limit."""
        limits = (self.importing, self.drawing, self.exporting, self.feeding)
        return self.dark or any(limit is not None and limit.category is LimitCategory.EMERGENCY for limit in limits)

    @property
    def binding(self) -> bool:
        """Whether an authority's limit on consumption, or the red phase, is in force."""
        return self.dark or any(
            limit is not None and limit.category in _BINDING for limit in (self.importing, self.drawing)
        )


def bounds(limits: tuple[Limit, ...], light: TrafficLight, now: datetime) -> Bounds:
    """Return what holds at a moment."""
    active = active_limits(limits, now)
    asked = phase((), light, now).phase
    if asked is not Phase.GREEN and active:
        # A light that is just what the limits mean adds nothing to them.
        told = phase(active, TrafficLight(), now)
        same = (told.phase, told.source, told.reason) == (light.phase, light.source, light.reason)
        obligation = any(limit.direction is Direction.IMPORT and limit.category in _BINDING for limit in active)
        if same or (asked is Phase.RED and obligation):
            asked = Phase.GREEN
    return Bounds(
        importing=effective(active, now, Direction.IMPORT, LimitScope.CONNECTION),
        drawing=effective(active, now, Direction.IMPORT, LimitScope.CONTROLLABLE),
        exporting=effective(active, now, Direction.EXPORT, LimitScope.CONNECTION),
        feeding=effective(active, now, Direction.EXPORT, LimitScope.CONTROLLABLE),
        phase=asked,
    )


def inside(limit: Limit) -> float:
    """Return the power to aim at so that the limit is kept, W."""
    return limit.value - min(MARGIN, MARGIN_SHARE * limit.value)
