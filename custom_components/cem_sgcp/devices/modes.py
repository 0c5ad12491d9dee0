"""What kinds with modes share: least times on and off, which mode an instruction asks for, and since when it holds.

S2 describes least times by timers that a transition starts and that block the way back (EN 50491-12-2, OMBC). It must
not know any kind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from ..cem.model import Instruction, InstructionKind, Intent, Timer, Transition
from .base import Sensing
from .common import next_occurrence, value
from .forms import Field, number

OFF: Final = "off"
ON: Final = "on"
MINIMUM_ON: Final = "minimum_on"
MINIMUM_OFF: Final = "minimum_off"
STARTS_USED: Final = "starts_used"
MIDNIGHT: Final = time()
#: Intents that mean "on" where an instruction names no mode.
_ON: Final = frozenset({
    Intent.ON, Intent.RUN, Intent.UNLIMITED, Intent.CHARGE_GRID, Intent.CHARGE_SURPLUS, Intent.DISCHARGE_GRID,
    Intent.COVER_HOUSE,
})  # fmt: skip

#: Fields of kinds that are switched.
MINIMUM_ON_FIELD: Final = Field(key="minimum_on", selector=number(0, 1440, "min"))
MINIMUM_OFF_FIELD: Final = Field(key="minimum_off", selector=number(0, 1440, "min"))
STARTS_PER_DAY: Final = Field(key="starts_per_day", selector=number(1, 1000, step=1))


def on_and_off(
    data: Mapping[str, Any],
    sensing: Sensing,
    *,
    on: bool | None,
    since: datetime | None,
    on_modes: Sequence[str] = (ON,),
    off_modes: Sequence[str] = (OFF,),
    start_cost: float = 0.0,
    start_delay: float = 0.0,
) -> tuple[tuple[Transition, ...], tuple[Timer, ...]]:
    """Return all changes between modes, and timers for the least times on and off (`data`, minutes).

    When the starts of today are used up, a timer holds it off until midnight. `since` is when it was switched `on` or
    off. `start_cost` is in currency, `start_delay` in s.
    """
    times = {
        MINIMUM_ON: value(data, MINIMUM_ON, 0.0, 0.0, 10_080.0) * 60.0,
        MINIMUM_OFF: value(data, MINIMUM_OFF, 0.0, 0.0, 10_080.0) * 60.0,
    }
    used = {name for name, seconds in times.items() if seconds > 0}
    held = MINIMUM_ON if on else MINIMUM_OFF
    timers = tuple(
        Timer(
            timer_id=name,
            duration=times[name],
            finished_at=timer_end(since, times[name], sensing) if on is not None and name == held else None,
        )
        for name in times
        if name in used
    )
    limit = starts_allowed(data)
    if limit is not None and sensing.starts_today >= limit and on is not True:
        # Used up for today: whoever decides between two plans sees it too.
        timers = (*timers, Timer(timer_id=STARTS_USED, duration=0.0, finished_at=next_occurrence(MIDNIGHT, sensing)))
    spent = (STARTS_USED,) if any(timer.timer_id == STARTS_USED for timer in timers) else ()
    transitions: list[Transition] = []
    for source in (*off_modes, *on_modes):
        for target in (*off_modes, *on_modes):
            if source == target:
                continue
            starts, stops = source in off_modes and target in on_modes, source in on_modes and target in off_modes
            began, blocked = (MINIMUM_ON, MINIMUM_OFF) if starts else (MINIMUM_OFF, MINIMUM_ON)
            turned = starts or stops
            transitions.append(
                Transition(
                    transition_id=f"{source}-{target}",
                    from_mode=source,
                    to_mode=target,
                    start_timers=(began,) if turned and began in used else (),
                    blocking_timers=(
                        *((blocked,) if turned and blocked in used else ()),
                        *(spent if starts else ()),
                    ),
                    cost=start_cost if starts else 0.0,
                    duration=start_delay if starts else 0.0,
                )
            )
    return tuple(transitions), timers


def timer_end(since: datetime | None, seconds: float, sensing: Sensing) -> datetime | None:
    """Return when a timer that began at a moment is over; None where it is, or where nobody knows."""
    if since is None:
        return None
    end = min(since, sensing.now) + timedelta(seconds=seconds)
    return end if end > sensing.now else None


def wanted_mode(instruction: Instruction, actuator_id: str, *, on: str = ON, off: str = OFF) -> str:
    """Return the mode that an instruction asks of an actuator: the one it names, else `on` or `off` by its intent."""
    match instruction.kind:
        case InstructionKind.STOP | InstructionKind.PAUSE:
            return off
        case InstructionKind.START | InstructionKind.RESUME:
            return on
    for choice in instruction.modes:
        if choice.actuator_id == actuator_id:
            return choice.mode_id
    if instruction.power is not None:
        return on if abs(instruction.power) >= 1.0 else off
    return on if instruction.intent in _ON else off


def factor_of(instruction: Instruction, actuator_id: str) -> float | None:
    """Return the operation mode factor that an instruction names for an actuator, or None."""
    return next((choice.factor for choice in instruction.modes if choice.actuator_id == actuator_id), None)


def starts_allowed(data: Mapping[str, Any]) -> int | None:
    """Return how often it may be started a day; None: as often as it likes."""
    return int(value(data, "starts_per_day", 1.0, 1.0, 1000.0)) if data.get("starts_per_day") is not None else None
