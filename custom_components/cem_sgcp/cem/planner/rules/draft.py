"""The plan by simple rules while it is made: what is drawn so far, and what may still be drawn in each step.

It must not know any control type.
"""

from dataclasses import dataclass, field

import numpy as np

from ...model import DevicePlan, Intent, Note, PlannedRun, Resource
from ...model.time_grid import Array
from ..frame import Frame
from ..solution import watts


@dataclass(slots=True)
class Draft:
    """The plan so far: net power in kW, the devices by their name, what is to be said."""

    frame: Frame
    net: Array
    devices: dict[str, DevicePlan]
    notes: list[Note] = field(default_factory=list)
    missed: int = 0
    """How many targets, ranges and demands could not be kept."""

    def headroom(self) -> Array:
        """Return how much more may be imported in each step, kW; negative where it is too much already."""
        limit = np.minimum(
            self.frame.import_limit,
            np.where(
                np.isfinite(self.frame.controllable_limit),
                self.frame.controllable_limit + np.maximum(self.frame.base, 0.0),
                np.inf,
            ),
        )
        room: Array = limit - self.net
        return room

    def free_room(self) -> Array:
        """Return how much more may be imported without raising a peak that is charged, kW."""
        room = self.headroom()
        for charge in self.frame.snapshot.capacity_charges:
            if charge.price <= 0:
                continue
            share = self.frame.share(charge.period_start.timestamp(), charge.period_end.timestamp())
            if charge.active:
                times = [self.frame.share(entry.start.timestamp(), entry.end.timestamp()) for entry in charge.active]
                share = np.minimum(share, np.sum(times, axis=0))
            free = max(charge.peak, charge.free_power) / 1000.0
            # What the house draws anyway is reached in any case.
            free = max(free, float(np.max(np.where(share > 0, self.net, 0.0), initial=0.0)))
            room = np.where(share > 0, np.minimum(room, free - self.net), room)
        return room

    def price(self) -> Array:
        """Return what one more kWh costs in each step, currency/kWh."""
        price: Array = np.where(self.net < 0, self.frame.export_price, self.frame.import_price)
        return price

    def keep(self, resource: Resource, plan: DevicePlan, power: Array) -> None:
        """Add a device, its power in kW."""
        self.net = self.net + power
        self.devices[resource.resource_id] = plan
        self.notes += plan.notes


def device_plan(
    resource: Resource, power: Array, intent: tuple[Intent, ...], runs: tuple[PlannedRun, ...] = ()
) -> DevicePlan:
    """Return the plan of a device that does just this, power in kW."""
    told = watts(power)
    return DevicePlan(resource_id=resource.resource_id, intent=intent, power=told, lower=told, upper=told, runs=runs)
