"""Scenarios: ways in which the near future may turn out, each with its probability.

They let the planner weigh what is not known: one decision here and now, and for each scenario what would follow. It
must not know where a scenario comes from (past days, quantiles of a forecast, habits).
"""

from datetime import datetime

from .base import Model, item, model, quantity
from .price import PriceProfile
from .rules import unique
from .series import Series


@model
class DeviceScenario(Model):
    """What is different for one resource; None leaves what the resource itself says."""

    resource_id: str = item()
    forecast: Series | None = item(default=None, doc="Power if left alone, W")
    usage: Series | None = item(default=None, doc="Use of a store, level per s, positive empties")
    demand: Series | None = item(default=None, doc="Demand rate of a demand driven resource")
    departure: datetime | None = item(default=None, doc="When a store leaves, such as an EV")
    arrival: datetime | None = item(default=None)


@model
class Scenario(Model):
    """One way in which the near future may turn out; None leaves what the snapshot itself says."""

    scenario_id: str = item()
    probability: float = quantity(default=1.0, minimum=0, maximum=1e6, doc="Weight; need not add up to 1")
    base_load: Series | None = item(default=None, doc="W")
    prices: PriceProfile | None = item(default=None)
    devices: tuple[DeviceScenario, ...] = item(default=(), maximum_items=1000)

    def check(self) -> None:
        """Refuse resources that are named twice."""
        unique("devices", (entry.resource_id for entry in self.devices))
