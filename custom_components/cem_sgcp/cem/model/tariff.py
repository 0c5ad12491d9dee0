"""What energy costs besides a price per kWh: charges on the highest power, and netting of feed-in.

A capacity tariff charges the highest mean power of a billing period; what was already reached in the period is free to
be reached again. Tiers of a price belong to its slots (see price.py). It must not know any country's tariff.
"""

from datetime import datetime

from .base import Model, item, model, quantity
from .rules import ends_after_start


@model
class ActiveTime(Model):
    """A time in which something counts."""

    start: datetime = item(doc="Start, inclusive")
    end: datetime = item(doc="End, exclusive")

    def check(self) -> None:
        """Refuse times that end before they start."""
        ends_after_start(self.start, self.end)


@model
class CapacityCharge(Model):
    """A charge on the highest mean import of one billing period (OpenADR DEMAND_CHARGE)."""

    charge_id: str = item()
    price: float = quantity(
        "currency/kW", minimum=0, doc="What one kW more of the period's highest mean import costs in all"
    )
    window: float = quantity("s", default=900.0, minimum=1, doc="The mean is taken over this long, from the full hour")
    period_start: datetime = item()
    period_end: datetime = item()
    peak: float = quantity("W", default=0.0, minimum=0, doc="Highest mean so far in the period: free to be reached")
    free_power: float = quantity("W", default=0.0, minimum=0, doc="Charged in any case, such as 2.5 kW in Belgium")
    active: tuple[ActiveTime, ...] = item(default=(), maximum_items=1000, doc="When it counts; empty: always")
    imported: float | None = quantity(
        "Wh", default=None, minimum=0, doc="Import so far in the window that runs now; None: not known"
    )

    def check(self) -> None:
        """Refuse periods that end before they start."""
        ends_after_start(self.period_start, self.period_end, "period_end")


@model
class NetMetering(Model):
    """Feed-in that is set off against import within a billing period."""

    period_end: datetime = item(doc="End of the billing period; what is not set off by then earns the export price")
    balance: float = quantity("Wh", default=0.0, doc="Import minus feed-in of the period so far")
    limit: float | None = quantity("Wh", default=None, minimum=0, doc="Most that is still set off; None: no limit")
    fee: float = quantity("currency/kWh", default=0.0, minimum=0, doc="What netting a kWh costs")
