"""How long slots may last: a stretchable slot is tried with a few durations between its shortest and its longest.

Where the energy of a slot is known (e_exp), stretching keeps it and the power follows; where only the power is known,
stretching keeps that and the energy follows. A duration at which power or energy would leave the bounds that the slot
gives (p_min, p_max, e_min, e_max) is left out. It must not know how a run is cut or placed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from ...model import Slot
from ...model.base import BOUNDS

#: Up to how many stretchable slots each gets a duration of its own; more are stretched together, by the same share.
ONE_BY_ONE: Final = 2

#: No slot is made shorter than this, s.
SHORTEST: Final = 1.0

#: Which shares of the way from the shortest to the longest duration are tried besides the expected duration.
SHARES: Final = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot as it is run: with one of its durations."""

    index: int
    slot: Slot
    duration: float
    """s."""
    power: float
    """W."""

    @property
    def energy(self) -> float:
        """Energy, Wh."""
        return self.power * self.duration / 3600.0

    @property
    def spare(self) -> float:
        """Energy that a shorter duration would not take, as a magnitude, Wh; none where stretching keeps the energy."""
        if self.slot.optional:
            return abs(self.energy)
        return max(abs(self.energy) - min(abs(entry.energy) for entry in lengths(self.index, self.slot)), 0.0)


def ways(slots: list[tuple[int, Slot]]) -> Iterator[tuple[Taken, ...]]:
    """Yield the slots with every combination of durations that is tried, the expected durations first."""
    choices = [lengths(index, slot) for index, slot in slots]
    stretchable = [number for number, choice in enumerate(choices) if len(choice) > 1]
    if len(stretchable) <= ONE_BY_ONE:
        yield from product(*choices)
        return
    yield tuple(choice[0] for choice in choices)
    for share in SHARES:
        yield tuple(
            min(choice, key=lambda entry: abs(entry.duration - _at(entry.slot, share)))
            if len(choice) > 1
            else choice[0]
            for choice in choices
        )


def lengths(index: int, slot: Slot) -> tuple[Taken, ...]:
    """Return a slot with each duration that is tried, the expected one first."""
    expected = Taken(index=index, slot=slot, duration=slot.duration, power=slot.power)
    found = [expected]
    for share in SHARES if slot.min_duration is not None or slot.max_duration is not None else ():
        duration = max(_at(slot, share), SHORTEST)
        if any(abs(duration - entry.duration) < 1.0 for entry in found):
            continue
        power = slot.p_exp if slot.e_exp is None else slot.e_exp * 3600.0 / duration
        taken = Taken(index=index, slot=slot, duration=duration, power=power)
        if _permitted(slot, taken):
            found.append(taken)
    return tuple(found)


def _nearest(choice: tuple[Taken, ...], share: float) -> Taken:
    return min(choice, key=lambda entry: abs(entry.duration - _at(entry.slot, share)))


def _at(slot: Slot, share: float) -> float:
    longest = slot.duration if slot.max_duration is None else slot.max_duration
    return slot.shortest + share * (longest - slot.shortest)


def _permitted(slot: Slot, taken: Taken) -> bool:
    """Whether power and energy stay where the slot says they may be, and the power is one at all."""
    if abs(taken.power) > BOUNDS["W"]:
        return False
    bounds = (
        (taken.power, slot.p_min if slot.e_exp is not None else None, slot.p_max if slot.e_exp is not None else None),
        (taken.energy, slot.e_min, slot.e_max),
    )
    return all(
        (low is None or value >= low - 1e-6) and (high is None or value <= high + 1e-6) for value, low, high in bounds
    )
