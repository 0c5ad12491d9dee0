"""Limitation of power consumption and production (LPC, LPP) at this connection point: who speaks, and what then holds.

An energy guard speaks through actions, or through entities of a bridge: one that is reported anew with each heartbeat,
one with the limit in W, one that says whether it is active. The rules are in `cem.limits.lpc`; what applies is a limit
in the book like any other, so that it survives whatever happens. After each start the failsafe limit is in force. It
must not know how a limit is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import State, callback

from .cem.limits import LimitBook
from .cem.limits.lpc import (
    Answer,
    PowerLimitation,
    at,
    heartbeat,
    set_failsafe,
    started,
    write_failsafe_duration,
    write_failsafe_value,
    write_limit,
)
from .cem.model import Direction, Limit, LimitCategory, LimitScope, ModelError
from .const import (
    CONF_ACTIVE_ENTITY,
    CONF_AT_END,
    CONF_FAILSAFE_HOURS,
    CONF_FAILSAFE_VALUE,
    CONF_HEARTBEAT_ENTITY,
    CONF_LIMIT_ENTITY,
    CONF_SCOPE,
)
from .decisions import Decision
from .devices.reading import power_of

if TYPE_CHECKING:
    from .coordinator import CemCoordinator

#: Options of each use case, and which way it limits.
USE_CASES: Final[Mapping[str, Direction]] = {"lpc": Direction.IMPORT, "lpp": Direction.EXPORT}
SOURCE: Final = "energy_guard"


def limit_id(direction: Direction) -> str:
    """Return the name of the limit that a limitation puts into the book."""
    return f"{SOURCE}_{direction.value}"


@dataclass(slots=True)
class _Heard:
    """What the bridge's entities said last, so that each word counts once."""

    beat: datetime | None = None
    limit: tuple[float | None, bool] | None = None


class Limitations:
    """The limitations that the user set up, at most one in each direction."""

    def __init__(self, coordinator: CemCoordinator, now: datetime) -> None:
        """Start in Init: the failsafe limits hold from here on."""
        self._cem = coordinator
        self._options: dict[Direction, Mapping[str, Any]] = {}
        self._heard: dict[Direction, _Heard] = {}
        self.boxes: dict[Direction, PowerLimitation] = {}
        for use_case, direction in USE_CASES.items():
            options = coordinator.config_entry.options.get(use_case)
            if not isinstance(options, Mapping) or options.get(CONF_FAILSAFE_VALUE) is None:
                coordinator.state.limitations.pop(direction.value, None)
                continue
            self._options[direction] = options
            self._heard[direction] = _Heard()
            self.boxes[direction] = self._restored(direction, options, now)

    def _restored(self, direction: Direction, options: Mapping[str, Any], now: datetime) -> PowerLimitation:
        value, hours = float(options[CONF_FAILSAFE_VALUE]), float(options.get(CONF_FAILSAFE_HOURS, 2))
        fresh = PowerLimitation(
            direction=direction, since=now, seen=now, failsafe_value=value, failsafe_duration=hours * 3600.0
        )
        try:
            before = PowerLimitation.from_json(self._cem.state.limitations[direction.value])
        except KeyError, ModelError:
            before = fresh
        before = set_failsafe(before.replace(direction=direction), value, hours * 3600.0)
        return started(before.replace(leaves=options.get(CONF_AT_END) == "leave"), now)

    @property
    def entities(self) -> frozenset[str]:
        """Entities of a bridge; their changes are answered at once."""
        keys = (CONF_HEARTBEAT_ENTITY, CONF_LIMIT_ENTITY, CONF_ACTIVE_ENTITY)
        return frozenset(
            entity for options in self._options.values() for key in keys if (entity := options.get(key)) is not None
        )

    # ------------------------------------------------------------------------------------------------ the fast clock

    @callback
    def observe(self, book: LimitBook, now: datetime) -> LimitBook:
        """Hear the bridge, let time pass, and return the book with what holds now."""
        for direction in Direction:
            if direction not in self.boxes:
                if any(entry.limit_id == limit_id(direction) for entry in book.limits):
                    book = book.clear(limit_id(direction))
                continue
            self._hear(direction, now)
            self._settle(direction, at(self.boxes[direction], now))
            book = self._booked(book, direction, now)
        return book

    def moments(self) -> Iterator[datetime]:
        """Iterate over the moments at which something changes by itself."""
        for box in self.boxes.values():
            if (moment := box.next_change()) is not None:
                yield moment

    def _hear(self, direction: Direction, now: datetime) -> None:
        options, heard = self._options[direction], self._heard[direction]
        beating = self._state(options.get(CONF_HEARTBEAT_ENTITY))
        if beating is not None and beating.last_reported != heard.beat:
            # What was said before this start is no sign of life.
            alive = heard.beat is not None or self.boxes[direction].since < beating.last_reported <= now
            heard.beat = beating.last_reported
            if alive:
                self.heartbeat(direction, now)
        limit, active = self._state(options.get(CONF_LIMIT_ENTITY)), self._state(options.get(CONF_ACTIVE_ENTITY))
        if limit is None:
            return
        said = (power_of(limit), active is None or active.state in {"on", "true", "active", "1"})
        if said == heard.limit or said[0] is None:
            return
        value = abs(said[0]) * (1.0 if direction is Direction.IMPORT else -1.0)
        if self.write(direction, now, value, active=said[1]).accepted:
            heard.limit = said

    def _state(self, entity_id: str | None) -> State | None:
        state = self._cem.hass.states.get(entity_id) if entity_id else None
        return None if state is None or state.state in {"unavailable", "unknown"} else state

    def _settle(self, direction: Direction, box: PowerLimitation) -> None:
        before = self.boxes[direction]
        self.boxes[direction] = box
        if box.replace(seen=before.seen, heartbeat=before.heartbeat) == before:
            return  # heartbeats alone need no disk: after a start it is Init in any case
        self._cem.state.limitations[direction.value] = box.to_json()
        self._cem.store.save_soon()
        if box.state is not before.state:
            if before.limit_active:
                # The same limit may come again, and is to be heard then.
                self._heard[direction].limit = None
            self._cem.decisions.announce(
                Decision.LIMITATION_CHANGED,
                direction=direction.value,
                state=box.state.value,
                former_state=before.state.value,
                value=box.limit,
            )

    def _booked(self, book: LimitBook, direction: Direction, now: datetime) -> LimitBook:
        box, name = self.boxes[direction], limit_id(direction)
        known = next((entry for entry in book.limits if entry.limit_id == name), None)
        if box.limit is None:
            return book if known is None else book.clear(name)
        wanted = Limit(
            limit_id=name,
            source=SOURCE,
            direction=direction,
            value=box.limit,
            start=min(box.since, now),
            end=None,  # its end is the machine's to tell
            category=LimitCategory.OBLIGATION,
            scope=LimitScope(self._options[direction].get(CONF_SCOPE, LimitScope.CONNECTION.value)),
            reason=box.state.value,
        )
        return book if known == wanted else book.put(wanted)

    # ------------------------------------------------------------------------------------------------ what is told

    def box(self, direction: Direction) -> PowerLimitation:
        """Return a limitation. Raises ModelError where it is not set up."""
        if direction not in self.boxes:
            raise ModelError("no_limitation", "direction", value=direction.value)
        return self.boxes[direction]

    def heartbeat(self, direction: Direction, now: datetime) -> None:
        """Take in a heartbeat. Raises ModelError where the limitation is not set up."""
        self._settle(direction, heartbeat(self.box(direction), now))

    def write(
        self, direction: Direction, now: datetime, value: float, *, active: bool, duration: float | None = None
    ) -> Answer:
        """Take in a limit as on the wire. Raises ModelError where the limitation is not set up."""
        answer = write_limit(self.box(direction), now, value, active=active, duration=duration)
        self._settle(direction, answer.limitation)
        self._cem.journal.record(
            "signal",
            type="limit",
            source=SOURCE,
            direction=direction.value,
            value=value,
            unit="W",
            active=active,
            duration=duration,
            result="accepted" if answer.refusal is None else answer.refusal.value,
        )
        return answer

    def write_failsafe(self, direction: Direction, now: datetime, value: float | None, seconds: float | None) -> Answer:
        """Take in failsafe values, all or nothing. Raises ModelError where the limitation is not set up."""
        box = self.box(direction)
        answer = Answer(box)
        if value is not None:
            answer = write_failsafe_value(answer.limitation, now, value)
        if answer.accepted and seconds is not None:
            answer = write_failsafe_duration(answer.limitation, now, seconds)
            if not answer.accepted:
                kept = box.replace(failsafe_duration=answer.limitation.failsafe_duration)
                answer = Answer(kept, answer.refusal)
        self._settle(direction, answer.limitation)
        self._cem.journal.record(
            "signal",
            type="failsafe",
            source=SOURCE,
            direction=direction.value,
            value=value,
            unit="W",
            duration=seconds,
            result="accepted" if answer.refusal is None else answer.refusal.value,
        )
        return answer
