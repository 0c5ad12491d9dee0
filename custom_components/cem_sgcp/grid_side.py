"""What the grid side asks of the connection point: limits and the phase of the traffic light.

IEC TR 62746-2:2015 clauses 3.4.5 and 3.4.6 (direct load/generation management profile). Limits and signals are on disk
before they are acknowledged, act at once, and are never released by a restart. The rules are in `cem.limits`; it must
not know how a limit is kept.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.util import dt as dt_util

from .cem.dispatch import DispatchResult
from .cem.limits import LimitBook, phase
from .cem.model import Direction, Limit, LimitCategory, LimitScope, Phase, TrafficLight
from .const import CONF_CONTRACT_EXPORT_LIMIT, CONF_CONTRACT_IMPORT_LIMIT, CONF_GRID_SIGNAL
from .decisions import Decision
from .grid.signal import SignalReader
from .limitation import Limitations

if TYPE_CHECKING:
    from .coordinator import CemCoordinator

CONTRACT = "contract"


class GridSide:
    """Limits and signals of one connection point."""

    def __init__(self, coordinator: CemCoordinator) -> None:
        """Work for one coordinator, on the state that outlives a restart."""
        self._cem = coordinator
        self._config = coordinator.config_entry.data
        self._state = coordinator.state
        self._signal = SignalReader(coordinator.hass, self._config.get(CONF_GRID_SIGNAL))
        self.limitations = Limitations(coordinator, dt_util.utcnow())
        self.book = self.limitations.observe(LimitBook(limits=self._state.limits), dt_util.utcnow())

    @property
    def entities(self) -> frozenset[str]:
        """Entities whose changes are answered at once."""
        return self._signal.entities | self.limitations.entities

    # ------------------------------------------------------------------------------------------------ the fast clock

    def observe(self, now: datetime) -> TrafficLight:
        """Let go of what is over and return the phase in force."""
        before = self.book
        self.book, expired = self.limitations.observe(self.book, now).expire(now)
        for limit in expired:
            self._cem.decisions.announce(Decision.LIMIT_EXPIRED, **limit_data(limit))
        if self.book.limits != before.limits:
            self._changed()
        return self.light(now)

    def light(self, now: datetime) -> TrafficLight:
        """Return the phase in force: the worst of the signals and of what the limits mean."""
        return phase(self.book.limits, self._told(now), now)

    def _told(self, now: datetime) -> TrafficLight:
        """Return the worse of the signal entity and the signal by action."""
        sensed = self._signal.read(now, self._state.sensed_light)
        told = self._state.light
        if told is not None and told.until is not None and told.until <= now:
            told = None
        if sensed != self._state.sensed_light or told != self._state.light:
            self._state.sensed_light, self._state.light = sensed, told
            self._cem.store.save_soon()
        candidates = [light for light in (sensed, told) if light is not None]
        return max(candidates, key=lambda light: light.phase.severity, default=TrafficLight())

    def moments(self, now: datetime) -> Iterator[datetime]:
        """Iterate over the moments at which something begins or ends by itself."""
        if (change := self.book.next_change(now)) is not None:
            yield change
        if self._state.light is not None and self._state.light.until is not None:
            yield self._state.light.until
        yield from self.limitations.moments()

    def report(self, result: DispatchResult) -> None:
        """Tell the user of a limit that cannot be held, and when it can again."""
        unheld = {entry.limit.direction: entry for entry in result.unheld}
        for direction in Direction:
            if (entry := unheld.get(direction)) is not None:
                self._cem.problems.limit_not_held(direction.value, entry.limit.value, entry.excess)
            else:
                self._cem.problems.limit_held(direction.value)

    # ------------------------------------------------------------------------------------------------ what is told

    def put_contract_limits(self) -> None:
        """Put the limits of the configuration in force, in place of those of before."""
        now = dt_util.utcnow()
        for direction, key in (
            (Direction.IMPORT, CONF_CONTRACT_IMPORT_LIMIT),
            (Direction.EXPORT, CONF_CONTRACT_EXPORT_LIMIT),
        ):
            limit_id = f"{CONTRACT}_{direction.value}"
            self.book = self.book.clear(limit_id)
            value = self._config.get(key)
            if value is None:
                continue
            limit = Limit(
                limit_id=limit_id,
                source=CONTRACT,
                direction=direction,
                value=float(value),
                start=now,
                category=LimitCategory.SAFETY,
                scope=LimitScope.CONNECTION,
                reason=CONTRACT,
            )
            self.book = self.book.put(limit, now)

    async def async_put_limit(self, limit: Limit) -> None:
        """Put a limit in force: it acts at once, and is on disk before it is acknowledged."""
        self.book = self.book.put(limit, dt_util.utcnow())
        self._cem.decisions.announce(Decision.LIMIT_RECEIVED, **limit_data(limit))
        await self._async_act()

    async def async_clear_limits(self, limits: tuple[Limit, ...]) -> None:
        """Revoke limits."""
        for limit in limits:
            self.book = self.book.clear(limit.limit_id, source=limit.source, direction=limit.direction)
            self._cem.decisions.announce(Decision.LIMIT_CLEARED, **limit_data(limit))
        await self._async_act()

    async def async_set_signal(self, light: TrafficLight) -> None:
        """Take in the phase that an action tells; green withdraws an earlier one."""
        self._state.light = None if light.phase is Phase.GREEN else light
        await self._async_act()

    async def _async_act(self) -> None:
        self._changed()
        self._cem.request_tick(urgent=True)
        await self._cem.store.async_save_now()

    def _changed(self) -> None:
        self._state.limits = self.book.limits
        self._cem.store.save_soon()
        self._cem.request_plan()


def limit_data(limit: Limit) -> dict[str, Any]:
    """Return a limit as the data of an event."""
    return {
        "limit_id": limit.limit_id,
        "direction": limit.direction.value,
        "value": limit.value,
        "source": limit.source,
        "category": limit.category.value,
        "scope": limit.scope.value,
        "until": None if limit.end is None else limit.end.isoformat(),
        "reason": limit.reason,
    }
