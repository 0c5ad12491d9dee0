"""Limitation of power consumption (LPC) and production (LPP): the state machine of the controlled side (EEBUS).

An energy guard, such as the control box of a grid operator, sends heartbeats and limits. Numbers in brackets are rules
of the public test specification of LPC, LPP being its mirror image.

    Init                   after every start, failsafe limit in force [017, 901]
    Unlimited, controlled  the guard is there and limits nothing
    Limited                its limit is in force
    Failsafe               no heartbeat for 120 s: the failsafe limit is in force, not the last one [028, 029]
    Unlimited, autonomous  nothing is in force; only where the user chose to leave [022]

A limit counts in Init, Failsafe and Unlimited/autonomous only within 60 s after a heartbeat [036]; a heartbeat alone
releases nothing [031 to 033]. Where the rules permit to leave Init or Failsafe for Unlimited/autonomous [022], the
default is to stay limited. Pure: times come in, nothing is called; records survive a restart as JSON. It must not know
how a limit is kept, nor the wire.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import math
from typing import Final

from ..model import Direction, Model
from ..model.base import item, model, quantity

#: s without a heartbeat until failsafe [028, 029]; also how long the guard has for a limit after its return [022].
HEARTBEAT_TIMEOUT: Final = 120.0
#: s after a heartbeat in which a limit is evaluated where the guard was away [036].
LIMIT_AFTER_HEARTBEAT: Final = 60.0
#: s between the heartbeats that this side sends at most [006, 007].
OWN_HEARTBEAT: Final = 60.0
#: Bounds of the failsafe duration minimum, s [013 to 016].
SHORTEST_FAILSAFE: Final = 2 * 3600.0
LONGEST_FAILSAFE: Final = 24 * 3600.0


class LpcState(StrEnum):
    """State of the controlled side."""

    INIT = "init"
    UNLIMITED_CONTROLLED = "unlimited_controlled"
    LIMITED = "limited"
    FAILSAFE = "failsafe"
    UNLIMITED_AUTONOMOUS = "unlimited_autonomous"


#: States in which the guard was away, so that only a limit after a heartbeat counts.
_ALONE: Final = frozenset({LpcState.INIT, LpcState.FAILSAFE, LpcState.UNLIMITED_AUTONOMOUS})
#: States in which the failsafe limit applies.
_FAILSAFE_APPLIES: Final = frozenset({LpcState.INIT, LpcState.FAILSAFE})


class Refusal(StrEnum):
    """Why something that the guard wrote is not accepted."""

    NOT_A_NUMBER = "not_a_number"
    WRONG_SIGN = "wrong_sign"
    WRONG_DURATION = "wrong_duration"
    NO_HEARTBEAT = "no_heartbeat"
    OUT_OF_RANGE = "out_of_range"
    NOT_APPLICABLE = "not_applicable"


@model
class PowerLimitation(Model):
    """The controlled side of one direction: what it is in, and what it must remember."""

    direction: Direction = item(doc="import: LPC, export: LPP")
    state: LpcState = item(default=LpcState.INIT)
    since: datetime = item(doc="When it came into this state")
    seen: datetime = item(doc="The last moment it knows of")
    heartbeat: datetime | None = item(default=None, doc="Last heartbeat of the guard since the start")
    returned: datetime | None = item(default=None, doc="First heartbeat since the guard was away")
    value: float = quantity("W", default=0.0, minimum=0, maximum=1e9, doc="The guard's limit, a magnitude")
    end: datetime | None = item(default=None, doc="When the guard's limit is over; None: it does not expire")
    failsafe_value: float = quantity("W", minimum=0, maximum=1e9, doc="A magnitude")
    failsafe_duration: float = quantity(
        "s", default=SHORTEST_FAILSAFE, minimum=SHORTEST_FAILSAFE, maximum=LONGEST_FAILSAFE
    )
    written: bool = item(default=False, doc="The guard wrote the failsafe value: the user no longer sets it [011/2]")
    leaves: bool = item(default=False, doc="Whether it leaves for Unlimited/autonomous where the rules permit it")

    @property
    def limit_active(self) -> bool:
        """Whether the guard's limit counts as activated: in Limited alone."""
        return self.state is LpcState.LIMITED

    @property
    def limit(self) -> float | None:
        """The limit that physically applies, W, a magnitude; None: none."""
        if self.state is LpcState.LIMITED:
            return self.value
        return self.failsafe_value if self.state in _FAILSAFE_APPLIES else None

    def next_change(self) -> datetime | None:
        """Return when it will change by itself next; None: only when the guard speaks."""
        moments: list[datetime] = []
        if self.state in {LpcState.LIMITED, LpcState.UNLIMITED_CONTROLLED}:
            moments.append((self.heartbeat or self.since) + timedelta(seconds=HEARTBEAT_TIMEOUT))
            if self.state is LpcState.LIMITED and self.end is not None:
                moments.append(self.end)
        elif self.leaves and self.state is LpcState.INIT:
            moments.append((self.returned or self.since) + timedelta(seconds=HEARTBEAT_TIMEOUT))
        elif self.leaves and self.state is LpcState.FAILSAFE:
            moments.append(self.since + timedelta(seconds=self.failsafe_duration))
            if self.returned is not None:
                moments.append(self.returned + timedelta(seconds=HEARTBEAT_TIMEOUT))
        return min(moments, default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of something that the guard wrote."""

    limitation: PowerLimitation
    refusal: Refusal | None = None

    @property
    def accepted(self) -> bool:
        """Whether it is acknowledged."""
        return self.refusal is None


def started(before: PowerLimitation, now: datetime) -> PowerLimitation:
    """Return the limitation after a start: Init, limited to the failsafe value at once [017, 901].

    What the guard wrote as failsafe survives [044]; its limit does not count as activated.
    """
    return before.replace(
        state=LpcState.INIT, since=now, seen=now, heartbeat=None, returned=None, value=before.failsafe_value, end=None
    )


def at(limitation: PowerLimitation, now: datetime) -> PowerLimitation:
    """Return the limitation at a moment, with everything that happened by itself until then, one after the other."""
    limitation = _with_clock(limitation, now)
    while (moment := limitation.next_change()) is not None and moment <= now:
        limitation = _by_itself(limitation, moment)
    return limitation.replace(seen=now)


def _by_itself(limitation: PowerLimitation, moment: datetime) -> PowerLimitation:
    if limitation.state in {LpcState.LIMITED, LpcState.UNLIMITED_CONTROLLED}:
        silent = (limitation.heartbeat or limitation.since) + timedelta(seconds=HEARTBEAT_TIMEOUT)
        if moment >= silent:  # [028, 029]
            return _enter(limitation, LpcState.FAILSAFE, moment).replace(returned=None, end=None)
        return _enter(limitation, LpcState.UNLIMITED_CONTROLLED, moment).replace(end=None)  # [026]
    return _enter(limitation, LpcState.UNLIMITED_AUTONOMOUS, moment)  # [022]


def heartbeat(limitation: PowerLimitation, now: datetime) -> PowerLimitation:
    """Take in a heartbeat of the guard. By itself it releases nothing [031 to 033]."""
    limitation = at(limitation, now)
    returned = limitation.returned
    if limitation.state in _ALONE:
        away = limitation.heartbeat is None or _seconds(limitation.heartbeat, now) >= HEARTBEAT_TIMEOUT
        returned = now if returned is None or away else returned
    return limitation.replace(heartbeat=now, returned=returned)


def write_limit(
    limitation: PowerLimitation, now: datetime, value: float, *, active: bool, duration: float | None = None
) -> Answer:
    """Take in a limit as the guard wrote it: W on the wire (LPC: not negative, LPP: not positive), duration in s.

    No duration: it does not expire. A limit above the rating is accepted [035/4]. What makes no sense is refused and
    changes nothing: nonsense does not release. A sensible limit that cannot be applied is `not_applicable` [018, 031].
    """
    limitation = at(limitation, now)
    alone = limitation.state in _ALONE
    if alone and not _fresh(limitation, now):
        return Answer(limitation, Refusal.NO_HEARTBEAT)
    refusal = _refused(limitation.direction, value, duration) if active else None
    if refusal is not None:
        return Answer(limitation, refusal)
    if not active:
        if limitation.state is LpcState.UNLIMITED_CONTROLLED:
            return Answer(limitation)
        return Answer(_enter(limitation, LpcState.UNLIMITED_CONTROLLED, now).replace(end=None))
    end = None if duration is None else now + timedelta(seconds=duration)
    entered = limitation if limitation.state is LpcState.LIMITED else _enter(limitation, LpcState.LIMITED, now)
    return Answer(entered.replace(value=abs(value), end=end))


def not_applicable(limitation: PowerLimitation, now: datetime) -> Answer:
    """Take in that the guard wrote an active limit that this side cannot apply: it is there, and limits nothing."""
    limitation = at(limitation, now)
    if limitation.state not in _ALONE:
        return Answer(limitation, Refusal.NOT_APPLICABLE)  # [023, 024]
    if not _fresh(limitation, now):
        return Answer(limitation, Refusal.NO_HEARTBEAT)
    return Answer(_enter(limitation, LpcState.UNLIMITED_CONTROLLED, now), Refusal.NOT_APPLICABLE)  # [018, 031]


def write_failsafe_value(limitation: PowerLimitation, now: datetime, value: float) -> Answer:
    """Take in a failsafe value, W, not negative in both directions; from then on it is the guard's [011/2]."""
    limitation = at(limitation, now)
    if not _is_number(value):
        return Answer(limitation, Refusal.NOT_A_NUMBER)
    if value < 0:
        return Answer(limitation, Refusal.WRONG_SIGN)
    if value > 1e9:
        return Answer(limitation, Refusal.OUT_OF_RANGE)
    return Answer(limitation.replace(failsafe_value=float(value), written=True))


def write_failsafe_duration(limitation: PowerLimitation, now: datetime, seconds: float) -> Answer:
    """Take in a failsafe duration minimum, s, 2 h to 24 h [013 to 016].

    One that is out of range is refused; one that is too long leaves this side at its own maximum.
    """
    limitation = at(limitation, now)
    if not _is_number(seconds):
        return Answer(limitation, Refusal.NOT_A_NUMBER)
    if seconds > LONGEST_FAILSAFE:
        return Answer(limitation.replace(failsafe_duration=LONGEST_FAILSAFE), Refusal.OUT_OF_RANGE)
    if seconds < SHORTEST_FAILSAFE:
        return Answer(limitation, Refusal.OUT_OF_RANGE)
    return Answer(limitation.replace(failsafe_duration=float(seconds)))


def set_failsafe(limitation: PowerLimitation, value: float, duration: float) -> PowerLimitation:
    """Take in what the user set; once the guard wrote the value it is no longer the user's [011/2]."""
    if limitation.written:
        return limitation
    return limitation.replace(failsafe_value=value, failsafe_duration=duration)


def _refused(direction: Direction, value: float, duration: float | None) -> Refusal | None:
    if not _is_number(value):
        return Refusal.NOT_A_NUMBER
    if (value < 0) if direction is Direction.IMPORT else (value > 0):
        return Refusal.WRONG_SIGN  # [001, 035/1]
    if abs(value) > 1e9:
        return Refusal.OUT_OF_RANGE
    if duration is not None and (not _is_number(duration) or not 0 < duration <= 366 * 86_400.0):
        return Refusal.WRONG_DURATION
    return None


def _fresh(limitation: PowerLimitation, now: datetime) -> bool:
    """Whether a heartbeat came at most 60 s ago [036]."""
    return limitation.heartbeat is not None and _seconds(limitation.heartbeat, now) <= LIMIT_AFTER_HEARTBEAT


def _enter(limitation: PowerLimitation, state: LpcState, moment: datetime) -> PowerLimitation:
    return limitation.replace(state=state, since=moment, returned=None)


def _with_clock(limitation: PowerLimitation, now: datetime) -> PowerLimitation:
    """Return the limitation with all its moments moved where the clock was set back, so that no time-out is put off."""
    behind = limitation.seen - now
    if behind <= timedelta(0):
        return limitation
    return limitation.replace(
        since=limitation.since - behind,
        seen=now,
        heartbeat=None if limitation.heartbeat is None else limitation.heartbeat - behind,
        returned=None if limitation.returned is None else limitation.returned - behind,
        end=None if limitation.end is None else limitation.end - behind,
    )


def _seconds(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
