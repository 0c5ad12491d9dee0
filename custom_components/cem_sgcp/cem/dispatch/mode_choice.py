"""Mode choice: from the powers that were decided to the modes that carry them out.

A limit's cut is answered with the highest mode that fits it. Otherwise the modes are those of the plan, or what comes
nearest to the power that the house leaves; they stand for a while before they are changed again. Generation that is
needed to keep a limit is raised within the modes that it is in, and only in abnormal conditions begun. It must not know
how the powers came about.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from .member import Member
from .mode_fit import fitting
from .modes import Option

#: s for which modes stand that no limit asks to change.
MODE_DWELL: Final = 60.0
_WATT: Final = 1.0


def choose_modes(members: Iterable[Member], now: datetime, *, limited: bool) -> None:
    """Choose modes for every member that has some and is not left to itself; its power becomes what they draw.

    `limited`: a limit on consumption is in force, so that nothing is kept that draws more than was decided.
    """
    for entry in members:
        if entry.wish.options and (not entry.wish.released or entry.forced or entry.memory.taken):
            _choose(entry, now, limited=limited)
        else:
            entry.memory.modes, entry.memory.modes_since = (), None


def _choose(entry: Member, now: datetime, *, limited: bool) -> None:
    wish, memory = entry.wish, entry.memory
    urgent = entry.forced or entry.cut or wish.reason in {"red_phase", "limit"}
    found = _wanted(entry)
    if found is None:
        preferred = memory.modes if wish.wanted is None else wish.wanted.names
        found = fitting(entry.power, wish.options, forced=urgent, demand=wish.demand, preferred=preferred)
    if found is None:
        return
    option, factors = found
    if not urgent and option.names != memory.modes and _young(entry, now):
        kept = next((one for one in wish.options if one.permitted and one.names == memory.modes), None)
        if kept is not None and not (limited and kept.lower > entry.power + _WATT):
            at = min(kept.upper, max(kept.lower, entry.power))
            option, factors = kept, (kept.factor(at),) * len(kept.parts)
    if option.names != memory.modes:
        memory.modes, memory.modes_since = option.names, now
    entry.power, entry.modes = option.power(factors), option.choices(factors)


def _wanted(entry: Member) -> tuple[Option, tuple[float, ...]] | None:
    """Return what is wished, where that is what was decided."""
    wish = entry.wish
    if wish.wanted is None or abs(entry.power - wish.wanted.power(wish.factors)) > _WATT:
        return None
    return wish.wanted, wish.factors


def _young(entry: Member, now: datetime) -> bool:
    last = entry.memory.last
    if entry.store and last is not None and last.intent is not entry.wish.intent:
        # A store has been given another task.
        return False
    since = entry.memory.modes_since
    return bool(entry.memory.modes) and since is not None and 0.0 <= (now - since).total_seconds() < MODE_DWELL


def generate(members: Iterable[Member], needed: float, *, abnormal: bool) -> None:
    """Have generators supply `needed` W more, as far as they can, for the sake of a limit."""
    able = [entry for entry in members if not entry.store and not entry.loose and entry.wish.reach.give > 0.0]
    for entry in sorted(able, key=lambda entry: (entry.power >= -_WATT, entry.resource.priority, entry.name)):
        if needed <= _WATT:
            return
        running = entry.power < -_WATT
        if not running and not abnormal:
            continue
        names = () if entry.wish.wanted is None else entry.wish.wanted.names
        open_now = [
            one
            for one in entry.wish.options
            if one.permitted and one.lower < entry.power - _WATT and (one.names == names or not running)
        ]
        if not open_now:
            continue
        goal = entry.power - needed
        enough = [one for one in open_now if one.lower <= goal + _WATT]
        best = (
            max(enough, key=lambda one: (min(one.upper, goal), one.same))
            if enough
            else min(open_now, key=lambda one: (one.lower, -one.same))
        )
        power = max(best.lower, min(best.upper, goal))
        needed -= entry.power - power
        entry.power, entry.forced = power, True
        entry.memory.called = entry.memory.called or not running
