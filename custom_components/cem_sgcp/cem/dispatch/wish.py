"""The record of a wish: what a resource would do now if nothing limited it.

It must not know how wishes come about.
"""

from dataclasses import dataclass, replace
from typing import Any

from ..model import Intent, Resource
from .modes import Option
from .reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a resource would do; powers in W, consumption positive."""

    resource: Resource
    reach: Reach
    intent: Intent
    reason: str
    low: float = 0.0
    """Lowest power that following the house may bring, not above 0."""
    high: float = 0.0
    """Highest power that following the house may bring."""
    fixed: float = 0.0
    """Power wished whatever the house does: positive from the grid, negative into it."""
    planned: float = 0.0
    """Power that the plan expects; stands in where the house cannot be followed."""
    takes_surplus: bool = False
    covers: bool = False
    released: bool = False
    """It is left to its own automatic mode."""
    limit: float | None = None
    """Highest consumption of a load that can only be limited; None: free."""
    options: tuple[Option, ...] = ()
    """What its actuators can be put into; empty where it has no modes."""
    wanted: Option | None = None
    """What they would be in, by the plan; None: whatever fits the power."""
    factors: tuple[float, ...] = ()
    """Operation mode factor of each actuator of `wanted`."""
    stored_worth: float | None = None
    """By the plan, what a kWh of surplus is worth in the store, currency; None: not known."""
    supply_cost: float | None = None
    """By the plan, what a kWh that the store supplies is worth when it stays there, currency; None: not known."""
    demand: float | None = None
    """Demand unit per s that must be met, where there is a demand."""

    def changed(self, **changes: Any) -> Wish:
        """Return a copy with some fields changed."""
        return replace(self, **changes)
