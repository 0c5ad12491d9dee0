"""The run of an appliance: one block, slots that the user wrote, or what was learned from a recorded run.

Easy power profile and energy profile of IEC TR 62746-2:2015 clause 3.4.6, figures 24 to 26. It must not know when
the run takes place.
"""

from collections.abc import Mapping
import re
from typing import Any, Final

from ..cem.model import EnergyProfile, Group, ModelError, Sequence, Slot
from .common import optional
from .reading import finite

MAXIMUM_SLOTS: Final = 288
#: No run lasts longer, and no household appliance takes more.
MAXIMUM_MINUTES: Final = 7 * 24 * 60
MAXIMUM_WATTS: Final = 1e6

_SLOT: Final = re.compile(
    r"\s*(\d+(?:\.\d+)?)\s*(?:min)?\s*[x×*@:]\s*(\d+(?:\.\d+)?)\s*(kW|W)?\s*", re.IGNORECASE | re.ASCII
)


class SlotsError(ValueError):
    """Slots that cannot be read."""


def parse_slots(given: object) -> tuple[tuple[float, float], ...]:
    """Return (duration in s, power in W) of slots written as `30x2000, 45x150` or as a list of minutes and power.

    Raises SlotsError with the part that cannot be read.
    """
    if isinstance(given, str):
        pairs = [_from_text(part) for part in re.split(r"[,;\n]", given) if part.strip()]
    elif isinstance(given, list | tuple):
        pairs = [_from_object(part) for part in given]
    else:
        raise SlotsError(str(given))
    if not 1 <= len(pairs) <= MAXIMUM_SLOTS:
        raise SlotsError(f"{len(pairs)} slots")
    if sum(minutes for minutes, _ in pairs) > MAXIMUM_MINUTES:
        raise SlotsError("longer than a week")
    return tuple((minutes * 60.0, watts) for minutes, watts in pairs)


def _from_text(part: str) -> tuple[float, float]:
    match = _SLOT.fullmatch(part)
    if match is None:
        raise SlotsError(part.strip())
    watts = float(match[2]) * (1000.0 if (match[3] or "").lower() == "kw" else 1.0)
    return _checked(float(match[1]), watts, part)


def _from_object(part: object) -> tuple[float, float]:
    if not isinstance(part, Mapping):
        raise SlotsError(str(part))
    minutes, watts = finite(part.get("minutes")), finite(part.get("power"))
    if minutes is None or watts is None:
        raise SlotsError(str(dict(part)))
    return _checked(minutes, watts, part)


def _checked(minutes: float, watts: float, part: object) -> tuple[float, float]:
    if not 0 < minutes <= MAXIMUM_MINUTES or not 0 <= watts <= MAXIMUM_WATTS:
        raise SlotsError(str(part))
    return minutes, watts


def slots_of(data: Mapping[str, Any]) -> tuple[tuple[float, float], ...] | None:
    """Return the configured slots as (s, W), or None where nothing usable is configured."""
    if data.get("profile_type") == "slots":
        try:
            return parse_slots(data.get("slots"))
        except SlotsError:
            return None
    minutes, watts, energy = optional(data, "duration"), optional(data, "power"), optional(data, "energy")
    if minutes is None or minutes <= 0:
        return None
    if watts is None and energy is not None:
        watts = energy * 1000.0 / (minutes / 60.0)
    return None if watts is None or watts < 0 else ((minutes * 60.0, watts),)


def build_profile(device_id: str, data: Mapping[str, Any], learned: EnergyProfile | None) -> EnergyProfile | None:
    """Return the run to announce: learned where wished and known, else as configured; None where neither is known."""
    pausable, stoppable = data.get("pausable") is True, data.get("stop_in_emergency") is True
    if data.get("profile_type") == "learned" and learned is not None:
        return _adapted(learned, pausable=pausable, stoppable=stoppable)
    pairs = slots_of(data)
    if pairs is None:
        return None
    try:
        slots = tuple(Slot(duration=seconds, p_exp=watts, pausable=pausable) for seconds, watts in pairs)
        sequence = Sequence(sequence_id="configured", slots=slots, pausable=pausable, stoppable=stoppable)
        return EnergyProfile(profile_id=device_id, groups=(Group(alternatives=(sequence,)),))
    except ModelError:
        return None


def _adapted(profile: EnergyProfile, *, pausable: bool, stoppable: bool) -> EnergyProfile:
    """Return a learned profile with what only the user knows: whether it may be paused or stopped."""

    def adapt(sequence: Sequence) -> Sequence:
        slots = tuple(slot.replace(pausable=pausable) for slot in sequence.slots)
        return sequence.replace(slots=slots, pausable=pausable, stoppable=stoppable)

    return profile.replace(
        groups=tuple(
            group.replace(alternatives=tuple(adapt(sequence) for sequence in group.alternatives))
            for group in profile.groups
        )
    )


def peak_of(profile: EnergyProfile | None) -> float | None:
    """Return the greatest power of a run in W, over all its alternatives."""
    if profile is None:
        return None
    powers = [
        slot.p_max if slot.p_max is not None else slot.p_exp
        for group in profile.groups
        for sequence in group.alternatives
        for slot in sequence.slots
    ]
    return max(powers, default=None)
