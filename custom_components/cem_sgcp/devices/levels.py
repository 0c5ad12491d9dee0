"""Devices with levels: a table of names and powers, which level is set, and how one is set.

The table is text such as `30: 20, 60: 45, 100: 90`: the level (percent of a fan or number, option of a select) and its
power in W. It must not know any kind.
"""

from collections.abc import Mapping
from datetime import datetime
import re
from typing import Any, Final

from homeassistant.core import State

from .acting import choose, domain_of, set_level
from .base import Command, Device, Sensing
from .common import LARGEST
from .modes import OFF
from .reading import finite, known, number_of

MAXIMUM_LEVELS: Final = 20
SELECTS: Final = ("select", "input_select")
NUMBERS: Final = ("number", "input_number")

_PAIR: Final = re.compile(
    r"(?P<name>.+?)\s*%?\s*[:=]\s*(?P<power>\d+(?:\.\d+)?)\s*(?P<unit>kW|W)?", re.IGNORECASE | re.ASCII
)


class LevelsError(ValueError):
    """A table of levels that cannot be read; says which part."""


def parse_levels(given: object) -> dict[str, float]:
    """Return level → power in W of a table, by ascending power; raises LevelsError with what cannot be read."""
    parts = [part.strip() for part in re.split(r"[,;\n]", given)] if isinstance(given, str) else []
    found: dict[str, float] = {}
    for part in filter(None, parts):
        match = _PAIR.fullmatch(part)
        if match is None:
            raise LevelsError(part)
        power = float(match["power"]) * (1000.0 if (match["unit"] or "").lower() == "kw" else 1.0)
        name = match["name"].strip()
        if power > LARGEST or name in found or name.casefold() == OFF:
            raise LevelsError(part)
        found[name] = power
    if not 1 <= len(found) <= MAXIMUM_LEVELS:
        raise LevelsError(str(given))
    return dict(sorted(found.items(), key=lambda entry: entry[1]))


def levels_of(data: Mapping[str, Any]) -> dict[str, float]:
    """Return the configured table, or an empty one where it cannot be read."""
    try:
        return parse_levels(data.get("levels"))
    except LevelsError:
        return {}


def level_named(name: object, levels: Mapping[str, float]) -> str | None:
    """Return the level that a name means, written in any case or with a percent sign; None: no such level."""
    if not isinstance(name, str | int | float) or isinstance(name, bool):
        return None
    wanted = str(name).strip().removesuffix("%").strip()
    number = finite(wanted)
    for level in levels:
        if level.casefold() == wanted.casefold() or (number is not None and finite(level) == number):
            return level
    return None


def present_level(
    entity_id: object, levels: Mapping[str, float], sensing: Sensing, *, option_off: object = None
) -> tuple[str | None, datetime | None]:
    """Return the level that an entity is at, or `off`, and since when at least; None: not known.

    Between two levels it is at the nearer one.
    """
    state = sensing.of(entity_id)
    if state is None or not known(state) or not isinstance(entity_id, str):
        return None, None
    if domain_of(entity_id) in SELECTS:
        return (OFF if state.state == option_off else level_named(state.state, levels)), state.last_changed
    percent = _percent(state, domain_of(entity_id))
    if percent is None:
        return None, None
    since = min(state.last_updated, sensing.now)
    if percent <= 0.0:
        return OFF, since
    numbers = {level: number for level in levels if (number := finite(level)) is not None}
    if not numbers:
        return None, None
    return min(numbers, key=lambda level: (abs(numbers[level] - percent), numbers[level])), since


def _percent(state: State, domain: str) -> float | None:
    if domain in NUMBERS:
        return number_of(state)
    if state.state == "off":
        return 0.0
    percent = finite(state.attributes.get("percentage"))
    return 100.0 if percent is None and state.state == "on" else percent


def set_to(device: Device, level: str, sensing: Sensing) -> tuple[Command, ...]:
    """Return what sets the configured entity to a level or off; empty where there is none."""
    entity_id = device.data.get("level_entity")
    if not isinstance(entity_id, str) or not entity_id:
        return ()
    if domain_of(entity_id) in SELECTS:
        option = device.data.get("option_off") if level == OFF else level
        return (choose(entity_id, option),) if isinstance(option, str) and option else ()
    percent = 0.0 if level == OFF else finite(level)
    if percent is None:
        return ()
    state = sensing.of(entity_id)
    step = None if state is None else finite(state.attributes.get("percentage_step"))
    if step is not None and step >= 1.0 and percent > 0.0:
        # Who writes 66 for a fan with three speeds means the second.
        percent = min(max(round(percent / step), 1) * step, 100.0)
    return (set_level(entity_id, percent, sensing),)
