"""Learn an energy profile from recorded runs of an appliance's power sensor.

IEC TR 62746-2:2015 table 2 from the other side: where an appliance does not send its profile (JWG1101), its power tells
it. A recording may be irregular, with seconds missing or twice, standby before and after, and pauses inside the
programme. It must not know which appliance it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..model import EnergyProfile, Group, ModelError, Sequence, Slot
from ..model.time_grid import Array
from .segments import segment

#: Grid of a recording and of what is learned from it, s.
STEP: Final = 10.0
SLOT_STEP: Final = 60.0
#: A rest this long ends a run; shorter ones are pauses of the programme, s.
QUIET: Final = 600.0
#: What a run takes at least, Wh, and as a share of the largest run of the recording.
LEAST_ENERGY: Final = 5.0
LEAST_SHARE: Final = 0.02
#: A reading above standby is taken to hold this long when no other follows, s.
LONGEST_HOLD: Final = 1800.0
LONGEST_RECORDING: Final = 7 * 86_400.0
MOST_SAMPLES: Final = 1_000_000
MOST_SLOTS: Final = 12
#: Steps that a run is cut into for segmentation at most.
MOST_STEPS: Final = 300

#: How much a new run counts at least beside all former ones: programmes and seasons change.
LEAST_WEIGHT: Final = 0.2
#: Beyond this ratio of energies or durations two runs are taken for different programmes.
OTHER_PROGRAMME: Final = 1.6
BLEND_STEPS: Final = 240


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """One run found in a recording."""

    start: float
    """s, on the clock of the recording."""
    power: Array
    """Mean power in W of each `STEP` from the start on, shape (steps,)."""
    standby: float
    """Power before and after, W."""

    @property
    def duration(self) -> float:
        """Length, s."""
        return len(self.power) * STEP

    @property
    def end(self) -> float:
        """s, on the clock of the recording."""
        return self.start + self.duration

    @property
    def energy(self) -> float:
        """Energy, Wh."""
        return float(self.power.sum()) * STEP / 3600.0


def find_runs(samples: Iterable[tuple[float, float]], *, quiet: float = QUIET) -> tuple[RecordedRun, ...]:
    """Return the runs in a recording of (s, W), in order.

    A reading holds until the next; readings that are not finite are left out, of several for one second the last
    counts. A run starts and ends where the power rises above standby for good: a rest longer than `quiet` ends it.
    Raises ModelError for recordings that are too long.
    """
    times, watts = _clean(samples)
    if len(times) < 2:
        return ()
    standby, threshold = _levels(times, watts)
    power = _on_steps(times, watts, threshold)
    minutes = _smoothed(power)
    active = np.flatnonzero(minutes > threshold)
    if not len(active):
        return ()
    cuts = np.flatnonzero(np.diff(active) > quiet / STEP)
    firsts = active[np.concatenate(([0], cuts + 1))]
    lasts = active[np.concatenate((cuts, [len(active) - 1]))]
    runs = []
    for first, last in zip(firsts, lasts, strict=True):
        begin, end = _trimmed(power > threshold, int(first), int(last))
        runs.append(RecordedRun(start=float(times[0]) + begin * STEP, power=power[begin:end], standby=standby))
    least = max(LEAST_ENERGY, LEAST_SHARE * max(run.energy for run in runs))
    return tuple(run for run in runs if run.energy >= least)


def learn_profile(samples: Iterable[tuple[float, float]], *, profile_id: str) -> EnergyProfile:
    """Return the profile of the run in a recording of (s, W); of several runs that with the most energy.

    Raises ModelError (no_run_found) where there is none.
    """
    samples = list(samples)
    runs = find_runs(samples)
    if not runs:
        raise ModelError("no_run_found", "samples", minimum=LEAST_ENERGY, value=len(samples))
    return profile_of(max(runs, key=lambda run: run.energy), profile_id=profile_id)


def profile_of(run: RecordedRun, *, profile_id: str) -> EnergyProfile:
    """Return a profile of at most twelve slots with the energy and the duration of a recorded run."""
    step = SLOT_STEP * max(1.0, np.ceil(run.duration / SLOT_STEP / MOST_STEPS))
    # The last step is longer or shorter than the others by half of one at most.
    edges = np.append(np.arange(0.0, max(run.duration - step / 2, STEP / 2), step), run.duration)
    energy = np.concatenate(([0.0], np.cumsum(run.power) * STEP))
    durations = np.diff(edges)
    means = np.diff(np.interp(edges, np.arange(len(energy)) * STEP, energy)) / durations
    return _profile(profile_id, means, means, means, durations, observations=1)


def update_profile(former: EnergyProfile, learned: EnergyProfile) -> EnergyProfile:
    """Return what is known after a further run: duration and energy move towards those of the new run.

    The first runs count alike, later ones with a fifth. The curves are blended over the progress of the programme,
    so that a run that takes a little longer is not smeared. A run of another programme replaces what was known: the
    last run is the best guess of the next.
    """
    if _differs(_total(former, "duration"), _total(learned, "duration")) or _differs(
        _total(former, "energy"), _total(learned, "energy")
    ):
        return learned
    known = max(former.observations, 1)
    weight = max(1.0 / (known + 1), LEAST_WEIGHT)
    duration = (1 - weight) * _total(former, "duration") + weight * _total(learned, "duration")
    # Progress of the programme from 0 to 1, cut finely and wherever one of the two has a cut of its own.
    cuts = np.concatenate((np.linspace(0.0, 1.0, BLEND_STEPS + 1), _cuts(former), _cuts(learned)))
    parts = np.unique(np.round(cuts, 9))
    durations = np.diff(parts) * duration
    old, new = _curves(former, parts), _curves(learned, parts)
    share = ((1 - weight) * old.energy + weight * new.energy) / durations
    return _profile(
        learned.profile_id,
        share,
        np.minimum(np.minimum(old.lowest, new.lowest), share),
        np.maximum(np.maximum(old.highest, new.highest), share),
        durations,
        observations=known + 1,
    )


# ------------------------------------------------------------------------------------------------- from a recording


def _clean(samples: Iterable[tuple[float, float]]) -> tuple[Array, Array]:
    pairs = np.array(list(samples), dtype=np.float64).reshape(-1, 2)
    if len(pairs) > MOST_SAMPLES:
        raise ModelError("too_many", "samples", value=len(pairs), maximum=MOST_SAMPLES)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    last_of_second = np.append(np.diff(pairs[:, 0]) > 0, True)[: len(pairs)]
    pairs = pairs[last_of_second]
    if len(pairs) and pairs[-1, 0] - pairs[0, 0] > LONGEST_RECORDING:
        raise ModelError("too_high", "samples", maximum=f"{LONGEST_RECORDING:.0f} s", value=pairs[-1, 0] - pairs[0, 0])
    return pairs[:, 0], np.clip(pairs[:, 1], 0.0, 1e9)


def _levels(times: Array, watts: Array) -> tuple[float, float]:
    """Return standby and the power above which the appliance runs, W.

    Standby is what it takes in the lowest tenth of the time, unless that is so much that the recording has no rest.
    """
    lengths = np.append(np.diff(times), 1.0)
    order = np.argsort(watts)
    reached = np.cumsum(lengths[order])
    low = float(watts[order][np.searchsorted(reached, 0.1 * reached[-1])])
    peak = float(watts.max())
    standby = low if low <= min(20.0, 0.02 * peak) else 0.0
    return standby, standby + max(3.0, 0.003 * peak)


def _on_steps(times: Array, watts: Array, threshold: float) -> Array:
    """Return the mean power of each step; exact for readings that hold until the next."""
    ends = np.append(times[1:], times[-1] + STEP)
    held = np.where(watts > threshold, np.minimum(ends - times, LONGEST_HOLD), ends - times)
    joules = np.concatenate(([0.0], np.cumsum(watts * held)))
    count = max(int(np.ceil((ends[-1] - times[0]) / STEP)), 1)
    moments = times[0] + np.arange(count + 1) * STEP
    index = np.clip(np.searchsorted(times, moments, side="right") - 1, 0, None)
    within = np.clip(moments - times[index], 0.0, held[index])
    return np.diff(joules[index] + watts[index] * within) / STEP


def _smoothed(power: Array) -> Array:
    """Return the mean over the minute around each step, so that a spike of a second is not taken for a run."""
    width = int(SLOT_STEP / STEP)
    padded = np.pad(power, (width // 2, width - width // 2 - 1))
    smoothed: Array = np.convolve(padded, np.ones(width), mode="valid") / width
    return smoothed


def _trimmed(above: NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """Cut a run where the power itself, not its mean over a minute, is above the threshold."""
    inside = first + np.flatnonzero(above[first : last + 1])
    return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (first, last + 1)


# ------------------------------------------------------------------------------------------------- to a profile


def _profile(
    profile_id: str, means: Array, lowest: Array, highest: Array, durations: Array, *, observations: int
) -> EnergyProfile:
    bounds = segment(means, durations, MOST_SLOTS)
    slots = []
    for begin, end in itertools.pairwise(bounds):
        part, lengths = means[begin:end], durations[begin:end]
        duration = float(lengths.sum())
        expected = float((part * lengths).sum() / duration)
        slots.append(
            Slot(
                duration=duration,
                p_exp=expected,
                p_min=min(float(lowest[begin:end].min()), expected),
                p_max=max(float(highest[begin:end].max()), expected),
                p_std=float(np.sqrt(((part - expected) ** 2 * lengths).sum() / duration)),
            )
        )
    sequence = Sequence(sequence_id="learned", name="learned", slots=tuple(slots))
    return EnergyProfile(profile_id=profile_id, groups=(Group(alternatives=(sequence,)),), observations=observations)


@dataclass(frozen=True, slots=True, eq=False)
class _Curves:
    """A profile over its progress, shape (parts,) each."""

    energy: Array
    """Ws"""
    lowest: Array
    """W"""
    highest: Array
    """W"""


def _slots(profile: EnergyProfile) -> list[Slot]:
    return [slot for group in profile.groups for slot in group.alternatives[0].slots if slot.activated]


def _total(profile: EnergyProfile, name: str) -> float:
    return float(sum(getattr(slot, name) for slot in _slots(profile)))


def _differs(one: float, other: float) -> bool:
    return max(one, other) > OTHER_PROGRAMME * max(min(one, other), 0.0)


def _cuts(profile: EnergyProfile) -> Array:
    """Return the bounds of the slots as progress from 0 to 1, shape (slots + 1,)."""
    edges = np.concatenate(([0.0], np.cumsum([slot.duration for slot in _slots(profile)])))
    cuts: Array = edges / edges[-1]
    return cuts


def _curves(profile: EnergyProfile, parts: Array) -> _Curves:
    slots, cuts = _slots(profile), _cuts(profile)
    energy = np.concatenate(([0.0], np.cumsum([slot.energy * 3600.0 for slot in slots])))
    owner = np.clip(np.searchsorted(cuts, (parts[1:] + parts[:-1]) / 2, side="right") - 1, 0, len(slots) - 1)
    return _Curves(
        energy=np.diff(np.interp(parts, cuts, energy)),
        lowest=np.array([slot.power if slot.p_min is None else slot.p_min for slot in slots])[owner],
        highest=np.array([slot.power if slot.p_max is None else slot.p_max for slot in slots])[owner],
    )
