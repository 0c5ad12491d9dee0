"""Balance: what the stores do so that the house comes out as intended, before limits ask for more.

Surplus is shared by priority among those that take it, a deficit among those that cover it. Within a priority the
surplus goes first where the plan says that a kWh is worth clearly more, and the house is covered first by what is worth
less; what is worth about the same shares equally. A charger that only runs
from a minimum power on starts after the surplus has lasted and stops after it has been lacking for a while, so that a
cloud does not switch a contactor. It must not know limits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from ..limits import Demand, allocate
from .member import STANDBY, Member

#: s for which the surplus must suffice before a charger with a minimum power starts, and be lacking before it stops.
START_DELAY: Final = 60.0
STOP_DELAY: Final = 180.0
#: Values of stored energy that differ by less than this part, or by less than this (currency/kWh), are the same.
SAME_SHARE: Final = 0.1
SAME_VALUE: Final = 0.01


def take_surplus(members: Iterable[Member], surplus: float, hold: float, now: datetime, *, patient: bool) -> None:
    """Share a surplus (W) among the members that take it.

    `hold` is what a charger that is on may draw from the grid to bridge a lack (W); without patience there is none.
    """
    takers = [entry for entry in members if entry.wish.takes_surplus and entry.high - entry.power > 1.0]
    if not takers:
        return
    stepped = [entry for entry in takers if entry.power <= 0.0 and entry.wish.reach.least > STANDBY]
    on: set[str] = set()
    if stepped:
        wished = _shares(takers, surplus, frozenset(), frozenset())
        for entry in stepped:
            if switch(entry, enough=wished[entry.name] > 0.0, now=now, patient=patient):
                on.add(entry.name)
    resting = {entry.name for entry in stepped} - on
    bridged: set[str] = set()
    shares = _shares(takers, surplus, frozenset(resting), frozenset())
    for entry in stepped:
        least = entry.wish.reach.least
        if entry.name in on and shares[entry.name] < least <= hold:
            bridged.add(entry.name)
            hold -= least
    if bridged:
        shares = _shares(takers, surplus, frozenset(resting), frozenset(bridged))
    for entry in takers:
        share = shares[entry.name]
        entry.power = entry.power + share if entry.power > 0.0 else entry.fitted(share)


def cover(members: Iterable[Member], deficit: float) -> None:
    """Share a deficit (W) among the members that cover the house."""
    covering = [entry for entry in members if entry.wish.covers and entry.power - entry.low > 1.0]
    if deficit <= 0.0 or not covering:
        return
    order = ranks([(entry, entry.wish.supply_cost) for entry in covering])
    demands = tuple(
        Demand(demand_id=entry.name, wanted=entry.power - entry.low, priority=order[entry.name]) for entry in covering
    )
    shares = allocate(deficit, demands).powers
    for entry in covering:
        entry.power -= shares[entry.name]


def _shares(takers: list[Member], surplus: float, resting: frozenset[str], bridged: frozenset[str]) -> dict[str, float]:
    demands = []
    order = ranks([(entry, _negative(entry.wish.stored_worth)) for entry in takers])
    for entry in takers:
        least = 0.0 if entry.power > 0.0 else entry.wish.reach.least
        held = entry.name in bridged
        demands.append(
            Demand(
                demand_id=entry.name,
                wanted=0.0 if entry.name in resting else least if held else entry.high - entry.power,
                minimum=least,
                priority=order[entry.name],
                fixed=held,
                running=entry.memory.on is True,
            )
        )
    return dict(allocate(max(0.0, surplus), tuple(demands)).powers)


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def ranks(costs: Sequence[tuple[Member, float | None]]) -> dict[str, int]:
    """Return in which order members are served: by priority, then by cost, the lowest first.

    Costs that hardly differ are the same; where the cost of one is not known, all of its priority are equal.
    """
    order: dict[str, int] = {}
    rank = 0
    for priority in sorted({entry.resource.priority for entry, _ in costs}):
        group = [(entry, cost) for entry, cost in costs if entry.resource.priority == priority]
        known = [(cost, entry.name) for entry, cost in group if cost is not None]
        rank += 1
        if len(known) < len(group):
            order |= {entry.name: rank for entry, _ in group}
            continue
        first = min(known)[0]
        for cost, name in sorted(known):
            if cost - first > max(SAME_VALUE, SAME_SHARE * abs(first)):
                rank, first = rank + 1, cost
            order[name] = rank
    return order


def switch(entry: Member, *, enough: bool, now: datetime, patient: bool) -> bool:
    """Decide whether a charger with a minimum power is on."""
    memory = entry.memory
    on = memory.on
    if on is None:
        # Nothing is remembered: what it does now is what it has been doing.
        on = entry.measured is not None and entry.measured > STANDBY
    since = memory.turn_since
    if enough == on:
        since = None
    else:
        since = now if since is None else min(since, now)
        delay = START_DELAY if enough else STOP_DELAY if patient else 0.0
        if (now - since).total_seconds() >= delay:
            on, since = enough, None
    memory.on, memory.turn_since = on, since
    return on
