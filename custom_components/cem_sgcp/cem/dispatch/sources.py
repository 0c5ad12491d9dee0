"""Sources: generation that can only be curtailed, such as PV.

The plan curtails where feeding in costs money; then the source follows the house, so that what the house needs is
generated, whatever was forecast. An export limit curtails what stores could not absorb. It must not know stores.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ..limits import Demand, allocate
from ..model import DevicePlan, Intent, LimitType, PowerEnvelope, Resource
from .bounds import Bounds, inside
from .measuring import Range, believable, span, widen
from .memory import DeviceMemory, Trial
from .wishes import Guide

#: A source is curtailed for a limit from this part of the allowed generation on, and freed below the other.
CURTAIL_FROM: Final = 0.5
CURTAIL_UNTIL: Final = 0.35
#: A source that gives this part of its bound is held back by it.
BOUND: Final = 0.9
#: A bound is not raised for less than this: W, and part of it.
RAISE: Final = 50.0
RAISE_SHARE: Final = 0.03
#: So much more than is used (W, and part of the rating) is generated for stores that could take it.
HEADROOM: Final = 200.0
HEADROOM_SHARE: Final = 0.1
#: A trial begins with this part of the rating and grows to the other one as long as it succeeds.
TRIAL_SHARE: Final = 0.04
LARGEST_TRIAL_SHARE: Final = 0.1
#: Less than this (W) is not worth a trial.
LEAST_STEP: Final = 50.0
#: s for which no more is tried after it was in vain.
REST: Final = 180.0


@dataclass(slots=True, kw_only=True)
class Source:
    """One source under decision; powers in W, generation negative, bounds as magnitudes."""

    resource: Resource
    memory: DeviceMemory
    planned: DevicePlan | None
    measured: float | None
    range: Range
    rating: float
    least: float
    """The lowest bound it takes."""
    bound: float | None = None
    """What is decided; None: free."""
    forced: bool = False

    @property
    def name(self) -> str:
        """The resource's id."""
        return self.resource.resource_id

    @property
    def generated(self) -> float:
        """What it generates, a magnitude; its rating where that is not known."""
        return self.rating if self.measured is None else max(0.0, -self.measured)

    @property
    def held_back(self) -> bool:
        """Whether its present bound keeps it from giving more."""
        before = self.memory.command
        return before is not None and self.generated >= BOUND * before


def source(resource: Resource, guided: Guide, memory: DeviceMemory, *, turned: bool) -> Source:
    """Return the source; its memory, which is this call's own, is brought up to date by what was measured."""
    control = resource.control
    allowed = control.limit_range(LimitType.LOWER) if isinstance(control, PowerEnvelope) else None
    nominal = control.nominal_power if isinstance(control, PowerEnvelope) else None
    lowest = -allowed.lower if allowed is not None else 0.0
    rating = max(nominal or 0.0, lowest, 0.0) or (resource.maximum_power or 0.0)
    power = believable(resource.power)
    if power is not None:
        widen(memory, power, turned=turned)
    return Source(
        resource=resource,
        memory=memory,
        planned=guided.devices.get(resource.resource_id),
        measured=power,
        range=(-rating, 0.0) if power is None else span(memory, power),
        rating=rating,
        least=max(0.0, -allowed.upper) if allowed is not None else rating,
    )


def headroom(sources: list[Source], spare: float) -> float:
    """Return how much more than is used may be generated, where stores have `spare` room for it, W."""
    return min(max(0.0, spare), max(HEADROOM, HEADROOM_SHARE * sum(entry.rating for entry in sources)))


def try_more(sources: list[Source], trial: Trial, now: datetime, *, seen: float, spare: float, settled: float) -> Trial:
    """Return how much stores are to absorb beside sources that an export limit holds back.

    What is curtailed cannot be seen, and a store would stay idle beside a curtailed source. So stores and sources are
    raised together by a step; if the sources have followed after `settled` s, by another one, else it is left for a
    while. `seen` is what the stores take anyway, `spare` what they could take besides (W).
    """
    since = None if trial.since is None else min(trial.since, now)
    age = 0.0 if since is None else (now - since).total_seconds()
    if since is not None and age < settled:
        return replace(trial, since=since)
    bounded = [entry for entry in sources if entry.memory.taken]
    generated = sum(entry.generated for entry in bounded)
    held_back = any(entry.held_back for entry in bounded)
    missing = sum(entry.memory.command or 0.0 for entry in bounded) - generated
    if trial.target > 0.0 and (not held_back or missing > 0.5 * trial.step):
        return Trial(0.0, now)
    if not held_back:
        return Trial()
    if trial.target <= 0.0 and since is not None and age < REST:
        return trial
    rating = sum(entry.rating for entry in sources)
    # What has been there once is tried faster the next time.
    step = 2.0 * trial.step if trial.target > 0.0 else TRIAL_SHARE * rating
    step = min(step, LARGEST_TRIAL_SHARE * rating, spare, max(LEAST_STEP, generated))
    return Trial(max(seen, trial.target) + step, now, step) if step >= LEAST_STEP else Trial()


def curtail_by_plan(sources: list[Source], guided: Guide, demand: float | None) -> None:
    """Bound the sources that the plan curtails; `demand` is what all else draws (W), None if not known."""
    plan, step = guided.plan, guided.step
    if plan is None:
        return
    curtailed = [
        entry
        for entry in sources
        if entry.planned is not None and entry.planned.intent[step] in {Intent.CURTAIL, Intent.OFF}
    ]
    if not curtailed:
        return
    if demand is None or plan.import_price[step] < 0.0:
        for entry in curtailed:
            if entry.planned is not None:
                _bind(entry, max(0.0, -entry.planned.power[step]))
        return
    free = sum(entry.generated for entry in sources if entry not in curtailed)
    wanted = max(0.0, demand - free) + max(0.0, -plan.net_power[step])
    for entry, bound in zip(curtailed, _divided(curtailed, wanted), strict=True):
        _bind(entry, bound)


def curtail_by_limit(sources: list[Source], allowed: float) -> None:
    """Bound all sources together to what may be generated, W."""
    giving = sum(min(entry.generated, entry.rating if entry.bound is None else entry.bound) for entry in sources)
    already = any(entry.memory.taken for entry in sources)
    if giving <= (CURTAIL_UNTIL if already else CURTAIL_FROM) * max(0.0, allowed):
        return
    for entry, bound in zip(sources, _divided(sources, allowed), strict=True):
        if bound < entry.rating and (entry.bound is None or bound < entry.bound):
            _bind(entry, bound)
            entry.forced = True


def allowed_generation(bounds: Bounds, demand: float | None, drawn: float, given: float) -> float | None:
    """Return how much sources may generate under the limits on export, W; None without such a limit.

    Below 0 the limits are exceeded without them.

    `demand` is what is not moved draws without the sources (None: not known, then nothing is counted on), `drawn` and
    `given` what the moved devices draw and supply.
    """
    found: list[float] = []
    if bounds.exporting is not None:
        taken = 0.0 if demand is None else demand + drawn - given
        found.append(inside(bounds.exporting) + taken)
    if bounds.feeding is not None:
        taken = 0.0 if demand is None else max(0.0, demand + drawn)
        found.append(inside(bounds.feeding) + taken - given)
    return min(found, default=None)


def _divided(sources: list[Source], total: float) -> list[float]:
    """Share an allowed generation so that none of it is left to a source that cannot use it."""
    demands = tuple(
        Demand(
            demand_id=entry.name,
            wanted=entry.rating if entry.held_back else min(entry.rating, 1.3 * entry.generated + 200.0),
        )
        for entry in sources
    )
    shares = allocate(max(0.0, total), demands).powers
    left = max(0.0, total - sum(shares.values()))
    ratings = sum(entry.rating for entry in sources) or 1.0
    return [shares[entry.name] + left * entry.rating / ratings for entry in sources]


def _bind(entry: Source, bound: float) -> None:
    bound = min(max(bound, entry.least), max(entry.rating, entry.least))
    before = entry.memory.command
    step = 0.0 if before is None else max(RAISE, RAISE_SHARE * before)
    if before is not None and before <= bound < before + step:
        bound = max(before, entry.least)
    elif before is not None and before - step < bound < before:
        # A little lower than needed, so that flicker is not answered with a command each time.
        bound = max(bound - step / 2.0, min(bound, entry.least), 0.0)
    entry.bound = bound


def note_bound(entry: Source) -> None:
    """Note what is decided in the memory of a source."""
    memory = entry.memory
    if entry.bound is not None:
        widen(memory, -min(entry.bound, entry.generated))
    memory.command, memory.taken = entry.bound, entry.forced
