"""Sentences of the brain as people in the house read them: in their language, with local times, kWh and kW.

The brain speaks English, UTC and Wh; only here is it known where the house stands and what is spoken there. It must
not change what is said.
"""

from datetime import datetime
import re
from typing import Any

from homeassistant.core import async_get_hass_or_none
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .cem.model import Note, Plan, Relaxation
from .cem.planner.messages import values_of
from .const import DOMAIN

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
_AMOUNT = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?) (Wh|W)(?!\w)")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_PLACE = re.compile(r"{(\w+)}")

#: Languages that write 0,5 rather than 0.5, and how they name the days of the week.
_COMMA = {"de"}
_DAYS = {"de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")}


def all_notes(plan: Plan) -> tuple[Note, ...]:
    """Return the notes of a plan and of all its devices."""
    return plan.notes + tuple(note for device in plan.devices for note in device.notes)


def say(note: Note) -> str:
    """Return the sentence of a note for people in the house."""
    now = dt_util.now()
    language, text = _translated(note)
    text = _MOMENT.sub(lambda found: local(datetime.fromisoformat(found[0]), now, language), text)
    return _AMOUNT.sub(lambda found: _amount(found, language), text)


def say_if(note: Note | None) -> str | None:
    """Return the sentence of a note, or None where there is none."""
    return None if note is None else say(note)


def relaxation_response(relaxation: Relaxation) -> dict[str, Any]:
    """Return what could not be kept as plain JSON: by how much, why, and what would help."""
    return {
        "precedence": relaxation.precedence.value,
        "device_id": relaxation.resource_id,
        "amount": round(relaxation.amount, 3),
        "unit": relaxation.unit,
        "start": None if relaxation.start is None else relaxation.start.isoformat(),
        "end": None if relaxation.end is None else relaxation.end.isoformat(),
        "reason": say(relaxation.reason),
        "remedy": say_if(relaxation.remedy),
    }


def local(moment: datetime, now: datetime, language: str = "en") -> str:
    """Return a moment as the clock on the wall shows it, with the day where it is not today."""
    here = dt_util.as_local(moment)
    if here.date() == now.date():
        return f"{here:%H:%M}"
    day = _DAYS[language][here.weekday()] if language in _DAYS else f"{here:%a}"
    return f"{day} {here:%H:%M}"


def _translated(note: Note) -> tuple[str, str]:
    """Return the language of the house and the sentence in it; in English where there is no translation."""
    hass = async_get_hass_or_none()
    language = hass.config.language if hass is not None else "en"
    if hass is None or language == "en":
        return "en", note.text
    found = async_get_cached_translations(hass, language, "selector", DOMAIN)
    template = found.get(f"component.{DOMAIN}.selector.plan_note.options.{note.key}")
    values = values_of(note)
    if template is None or not set(_PLACE.findall(template)) <= set(values):
        return "en", note.text
    comma = language in _COMMA
    return language, _PLACE.sub(lambda place: _value(values[place[1]], comma=comma), template)


def _value(value: str, *, comma: bool) -> str:
    return value.replace(".", ",") if comma and _DECIMAL.fullmatch(value) else value


def _amount(found: re.Match[str], language: str) -> str:
    value, unit = float(found[1].replace(",", ".")), found[2]
    said = f"{value / 1000:.3g} k{unit}" if value >= 1000 else f"{value:.0f} {unit}"
    return said.replace(".", ",", 1) if language in _COMMA else said
