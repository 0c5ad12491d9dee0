"""What was imported and fed in, as far as a tariff bills it: the highest mean of a billing period, energy, balance.

The meter's power is integrated as it comes in. Everything outlives a restart; a gap in the measurements counts at what
was measured before it for a few minutes and as nothing beyond, and a sensor of the meter's own that knows better is
believed. It must not decide anything.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
import math
from typing import Any, Final

from .cem.model import CapacityCharge, NetMetering
from .grid.billing import Billing, CapacityTariff, billing_period

#: A measurement older than this says nothing about the time since (s).
LONGEST_GAP: Final = 300.0

#: No meter of a home counts more in a billing period (Wh), no connection carries more (W).
MOST_ENERGY: Final = 1e9
MOST_POWER: Final = 1e7


class Metering:
    """Counts for one connection point."""

    def __init__(self, billing: Billing, zone: tzinfo, stored: Mapping[str, Any] | None = None) -> None:
        """Go on from what was stored; whatever is damaged there starts afresh."""
        self.billing = billing
        self._zone = zone
        stored = stored if isinstance(stored, Mapping) else {}
        self._window_start = _moment(stored.get("window_start"))
        self._window_energy = _number(stored.get("window_energy"), 0.0, MOST_ENERGY)
        self._peak_period = _moment(stored.get("peak_period"))
        self.peak = _number(stored.get("peak"), 0.0, MOST_POWER)
        """Highest mean import of the billing period so far, W."""
        self._tier_period = _moment(stored.get("tier_period"))
        self._tier_energy = _number(stored.get("tier_energy"), 0.0, MOST_ENERGY)
        self._net_period = _moment(stored.get("net_period"))
        self._bought = _number(stored.get("bought"), 0.0, MOST_ENERGY)
        self._sold = _number(stored.get("sold"), 0.0, MOST_ENERGY)
        self._last: tuple[datetime, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what a restart must not lose."""
        return {
            "window_start": _text(self._window_start),
            "window_energy": self._window_energy,
            "peak_period": _text(self._peak_period),
            "peak": self.peak,
            "tier_period": _text(self._tier_period),
            "tier_energy": self._tier_energy,
            "net_period": _text(self._net_period),
            "bought": self._bought,
            "sold": self._sold,
        }

    @property
    def imported(self) -> float:
        """Energy in kWh since the billing period of the tiers began."""
        return self._tier_energy / 1000.0

    def add(self, now: datetime, net_power: float | None) -> None:
        """Count the energy since the last measurement: the power held until now."""
        begun, power = self._last if self._last is not None else (now, 0.0)
        if 0.0 < (now - begun).total_seconds() <= LONGEST_GAP:
            self._count(begun, now, power)
        else:
            self._turn(now)
        known = net_power is not None and math.isfinite(net_power)
        self._last = (now, max(-MOST_POWER, min(MOST_POWER, net_power or 0.0))) if known else None

    def _count(self, begun: datetime, now: datetime, power: float) -> None:
        """Count a power from one moment to another, each demand window by itself."""
        moment = begun
        while moment < now:
            self._turn(moment)
            end = now
            if self._window_start is not None and self.billing.capacity is not None:
                end = min(now, self._window_start + timedelta(seconds=self.billing.capacity.window))
            energy = power * (end - moment).total_seconds() / 3600.0
            self._window_energy += max(energy, 0.0)
            self._tier_energy += max(energy, 0.0)
            self._bought += max(energy, 0.0)
            self._sold += max(-energy, 0.0)
            moment = end
        self._turn(now)

    def _turn(self, now: datetime) -> None:
        """Begin whatever window and billing period begins."""
        billing = self.billing
        if (capacity := billing.capacity) is not None:
            start = window_start(now, capacity)
            if self._window_start is None or start != self._window_start:
                self._close(capacity)
                self._window_start, self._window_energy = start, 0.0
            period = billing_period(now, capacity.period, self._zone)[0]
            if period != self._peak_period:
                self._peak_period, self.peak = period, 0.0
        if billing.tiers is not None:
            period = billing_period(now, billing.tiers.period, self._zone)[0]
            if period != self._tier_period:
                self._tier_period, self._tier_energy = period, 0.0
        if (netting := billing.net_metering) is not None:
            period = billing_period(now, netting.period, self._zone, netting.first_month)[0]
            if period != self._net_period:
                self._net_period, self._bought, self._sold = period, 0.0, 0.0

    def _close(self, capacity: CapacityTariff) -> None:
        """Take the mean of the window that is over into the peak of its billing period."""
        start = self._window_start
        if start is None or self._peak_period is None:
            return
        if billing_period(start, capacity.period, self._zone)[0] != self._peak_period:
            return
        end = start + timedelta(seconds=capacity.window)
        active = capacity.active(start, end, self._zone)
        if active and not any(entry.start < end and start < entry.end for entry in active):
            return
        self.peak = max(self.peak, self._window_energy * 3600.0 / capacity.window)

    # ------------------------------------------------------------------------------------------------ for the planner

    def charges(self, now: datetime, end: datetime, told: float | None = None) -> tuple[CapacityCharge, ...]:
        """Return the capacity charge of each billing period up to a moment.

        `told` is the highest mean in W that the meter itself says, where it does.
        """
        capacity = self.billing.capacity
        if capacity is None:
            return ()
        found: list[CapacityCharge] = []
        moment = now
        while moment < end and len(found) < 100:
            start, over = billing_period(moment, capacity.period, self._zone)
            present = start <= now < over
            peak = self.peak if told is None or not math.isfinite(told) else max(told, 0.0)
            found.append(
                CapacityCharge(
                    charge_id=f"{capacity.period.value} {start.astimezone(self._zone).date().isoformat()}",
                    price=capacity.price,
                    window=capacity.window,
                    period_start=start,
                    period_end=over,
                    peak=peak if present else 0.0,
                    free_power=capacity.free_power,
                    active=capacity.active(max(start, now), min(over, end), self._zone),
                    imported=self._window_energy if present and self._in_window(now, capacity) else None,
                )
            )
            moment = over
        return tuple(found)

    def _in_window(self, now: datetime, capacity: CapacityTariff) -> bool:
        return self._window_start == window_start(now, capacity)

    def net_metering(self, now: datetime) -> NetMetering | None:
        """Return how feed-in is set off from now on."""
        terms = self.billing.net_metering
        if terms is None:
            return None
        end = billing_period(now, terms.period, self._zone, terms.first_month)[1]
        return NetMetering(
            period_end=end,
            balance=self._bought - self._sold,
            limit=None if terms.limit is None else max(terms.limit * 1000.0 - min(self._bought, self._sold), 0.0),
            fee=terms.fee,
        )


def window_start(now: datetime, capacity: CapacityTariff) -> datetime:
    """Return when the demand window that holds a moment began; windows are aligned to the full hour."""
    seconds = capacity.window
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _number(value: object, lower: float, upper: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return min(max(float(value), lower), upper)
