"""The grid signal: any entity whose states stand for the phases of the traffic light.

IEC TR 62746-2:2015 clause 3.4.5, figure 23. Without a mapping the usual words are understood: colours, on and off,
OpenADR 2.0b SIMPLE levels (0 normal, 1 moderate, 2 high, 3 special) and SG Ready words. A state that says nothing keeps
the last phase: no limit is released by a restart, a broken link or a word nobody knows. It must not know what a phase
entails.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from datetime import datetime
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from ..cem.model import Model, ModelError, Phase, TrafficLight
from ..cem.model.base import item, model

SILENT: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN, "none", ""})

USUAL_WORDS: Final[Mapping[str, Phase]] = {
    "green": Phase.GREEN,
    "off": Phase.GREEN,
    "normal": Phase.GREEN,
    "recommended": Phase.GREEN,
    "forced": Phase.GREEN,
    "0": Phase.GREEN,
    "yellow": Phase.YELLOW,
    "amber": Phase.YELLOW,
    "orange": Phase.YELLOW,
    "reduced": Phase.YELLOW,
    "moderate": Phase.YELLOW,
    "high": Phase.YELLOW,
    "1": Phase.YELLOW,
    "2": Phase.YELLOW,
    "red": Phase.RED,
    "on": Phase.RED,
    "locked": Phase.RED,
    "blocked": Phase.RED,
    "special": Phase.RED,
    "3": Phase.RED,
    "black": Phase.BLACK,
}


@model
class GridSignal(Model):
    """The entity and what its states mean (state to phase), where that differs from the usual words."""

    entity_id: str = item()
    mapping: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse phases that do not exist."""
        if not isinstance(self.mapping, Mapping):
            raise ModelError("wrong_type", "mapping", expected="an object", value=self.mapping)
        for state, phase in self.mapping.items():
            if phase not in list(Phase):
                expected = ", ".join(member.value for member in Phase)
                raise ModelError("unknown_option", f"mapping.{state}", expected=expected, value=phase)


def phase_of(state: str | None, mapping: Mapping[str, Any] | None = None) -> Phase | None:
    """Return the phase that a state stands for, or None where it says nothing.

    The mapping goes first, case does not matter, and a number is read whether written 1 or 1.0.
    """
    if state is None:
        return None
    word = state.strip().casefold()
    with suppress(ValueError, OverflowError):
        word = str(int(float(word))) if float(word).is_integer() else word
    own = {str(key).strip().casefold(): Phase(value) for key, value in (mapping or {}).items()}
    if (phase := own.get(state.strip().casefold(), own.get(word))) is not None:
        return phase
    return None if word in SILENT else USUAL_WORDS.get(word)


def read_light(state: str | None, signal: GridSignal, last: TrafficLight | None, now: datetime) -> TrafficLight | None:
    """Return the traffic light after a look at the entity's state (None: the entity is missing).

    While the phase is the same the light is the same, `since` included. A state that says nothing keeps the last light;
    None is returned only as long as no phase was ever known.
    """
    phase = phase_of(state, signal.mapping)
    if phase is None or (last is not None and last.phase is phase and last.source == signal.entity_id):
        return last
    return TrafficLight(phase=phase, source=signal.entity_id, reason=(state or "").strip()[:100], since=now)


class SignalReader:
    """Reads the configured grid signal; without one there is nothing to read."""

    def __init__(self, hass: HomeAssistant, config: Mapping[str, Any] | None) -> None:
        """Take `{"entity_id": ..., "mapping": {...}}` or nothing. Raises ModelError where it makes no sense."""
        self._hass = hass
        self._signal = GridSignal.from_json(config, "grid_signal") if config else None

    @property
    def entities(self) -> frozenset[str]:
        """Entities whose changes must be looked at at once."""
        return frozenset() if self._signal is None else frozenset({self._signal.entity_id})

    def read(self, now: datetime, last: TrafficLight | None) -> TrafficLight | None:
        """Return the light now, given the last one (kept by the caller, over restarts too)."""
        if self._signal is None:
            return None
        state = self._hass.states.get(self._signal.entity_id)
        return read_light(None if state is None else state.state, self._signal, last, now)
