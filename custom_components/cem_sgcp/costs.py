"""What today has cost so far at the connection point.

Measured net power times the price in force, integrated as measurements come in. With the plan for the hours to come
it gives the planned cost of today. Nothing is counted while the meter or the price is not known.
"""

from datetime import date, datetime

from homeassistant.util import dt as dt_util

from .cem.model import SiteSnapshot

#: A measurement older than this says nothing about the time since (s).
LONGEST_GAP = 300.0


class CostsSoFar:
    """Cost since local midnight, currency."""

    def __init__(self) -> None:
        """Start with nothing spent and nothing known."""
        self.day: date | None = None
        self.since: datetime | None = None
        self.amount = 0.0
        self._last: tuple[datetime, float] | None = None

    def add(self, now: datetime, net_power: float | None, snapshot: SiteSnapshot | None) -> None:
        """Count the energy since the last measurement (the power held until now)."""
        today = dt_util.as_local(now).date()
        if today != self.day:
            self.day, self.amount, self.since = today, 0.0, now
        if self._last is not None and snapshot is not None:
            moment, power = self._last
            seconds = (now - moment).total_seconds()
            slot = snapshot.prices.at(moment)
            prices = snapshot.prices
            price = None if slot is None else prices.import_price(slot) if power >= 0 else prices.export_price(slot)
            if price is None:
                price = snapshot.fallback_import_price if power >= 0 else snapshot.fallback_export_price
            if 0 < seconds <= LONGEST_GAP:
                self.amount += power / 1000.0 * seconds / 3600.0 * price
        self._last = None if net_power is None else (now, net_power)
