"""Sentences of the brain as people in the house read them: local times, kWh and kW where numbers are large.

The brain speaks UTC and Wh; only here is it known where the house stands. It must not change what is said.
"""

from datetime import datetime
import re

from homeassistant.util import dt as dt_util

from .cem.model import Note, Plan

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
_AMOUNT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e[+-]?\d+)?) (Wh|W)(?!\w)")


def all_notes(plan: Plan) -> tuple[Note, ...]:
    """Return the notes of a plan and of all its devices."""
    return plan.notes + tuple(note for device in plan.devices for note in device.notes)


def say(note: Note) -> str:
    """Return the sentence of a note for people in the house."""
    now = dt_util.now()
    text = _MOMENT.sub(lambda found: local(datetime.fromisoformat(found[0]), now), note.text)
    return _AMOUNT.sub(_amount, text)


def local(moment: datetime, now: datetime) -> str:
    """Return a moment as the clock on the wall shows it, with the day where it is not today."""
    here = dt_util.as_local(moment)
    return f"{here:%H:%M}" if here.date() == now.date() else f"{here:%a %H:%M}"


def _amount(found: re.Match[str]) -> str:
    value, unit = float(found[1]), found[2]
    return f"{value / 1000:.3g} k{unit}" if value >= 1000 else f"{value:.0f} {unit}"
