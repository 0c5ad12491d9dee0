"""Limiting: how the devices keep the import and export of the house within bounds.

Import: what asks for grid power shares the room by priority; what cannot be cut and still exceeds the limit is met by
discharging stores. A limit of controllable devices (§14a EnWG) leaves the rest of the house alone, and what the
premises generate themselves comes on top of it. Export: less discharging into the grid, then stores absorb what is too
much; curtailing is the last means (see sources). It must not know where a limit comes from.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..limits import Allocation, Demand, allocate
from ..model import Limit, PowerEnvelope
from .balance import switch
from .bounds import Bounds, inside
from .member import STANDBY, Member
from .table import House

#: Discharge for the sake of a limit is not lowered for less than this, W.
SUPPORT_BAND: Final = 150.0
_WATT: Final = 1.0


def ask(member: Member, bounds: Bounds, house: House) -> Demand | None:
    """Return what a member asks of a limited budget, above its floor; None where it asks for nothing."""
    wanted = _wanted(member)
    if wanted <= 0.0:
        return None
    reach = member.wish.reach
    minimum = min(wanted, reach.least)
    if member.measured is None and (house.blind or bounds.drawing is not None):
        # Nobody would see it draw more than it was told: it is counted with all it can draw, or gets nothing.
        wanted = minimum = max(wanted, member.most - reach.floor)
    return Demand(
        demand_id=member.name,
        wanted=wanted,
        minimum=minimum,
        priority=member.resource.priority,
        running=member.measured is not None and member.measured > STANDBY,
    )


def _wanted(member: Member) -> float:
    reach, wish = member.wish.reach, member.wish
    if not member.loose:
        return wish.fixed - reach.floor
    highest = reach.most if wish.limit is None else min(reach.most, max(0.0, wish.limit - reach.floor))
    if member.memory.taken or member.measured is None:
        return highest
    if member.measured <= reach.floor + STANDBY:
        return 0.0
    drawn = member.measured - reach.floor
    # A load that is only limited moves by itself: it is asked for a little more than it draws.
    return min(highest, 1.1 * drawn + STANDBY) if isinstance(member.resource.control, PowerEnvelope) else drawn


def resting(member: Member, *, asking: bool) -> float:
    """Return what a member draws or gives without anything it asks for, W."""
    if not member.loose:
        return member.wish.reach.floor + min(0.0, member.wish.fixed)
    if asking:
        return member.wish.reach.floor
    return member.own


def willing(members: list[Member]) -> float:
    """Return how much the members that cover the house anyway can supply besides what they do at rest, W."""
    return sum(min(0.0, entry.wish.fixed) - entry.low for entry in members if entry.wish.covers)


def room_for(members: list[Member], asking: frozenset[str], house: House, bounds: Bounds) -> float | None:
    """Return the power that may be shared among what asks for it, W; None without a limit on consumption."""
    if not bounds.limits_import:
        return None
    rest = [resting(entry, asking=entry.name in asking) for entry in members]
    supply = 0.0 if house.blind else willing(members)
    stray = sum(entry.excess for entry in members)
    rooms: list[float] = []
    if bounds.importing is not None:
        rooms.append(inside(bounds.importing) - stray - house.power - sum(rest) + supply)
    if bounds.drawing is not None:
        used = house.drawing + sum(max(0.0, power) for power in rest)
        given = supply - sum(min(0.0, power) for power in rest)
        surplus = 0.0 if house.blind else max(0.0, given - (house.power - house.drawing))
        rooms.append(bounds.drawing.value - stray - used + surplus)
    return min(rooms)


def settle(member: Member, demand: Demand | None, share: float | None) -> None:
    """Decide what a member draws of the grid: its share of the room, or all it wishes where there is no limit."""
    reach, wish = member.wish.reach, member.wish
    if demand is None or share is None or share >= demand.wanted - _WATT:
        member.power = member.own if member.loose else wish.fixed if wish.fixed < 0.0 else max(wish.fixed, reach.floor)
        return
    member.cut = member.forced = True
    member.power = member.fitted(min(share, max(0.0, wish.fixed - reach.floor)) if not member.loose else share)


def exceeds(members: list[Member], house: House, bounds: Bounds) -> tuple[tuple[Limit, float], ...]:
    """Return the limits on consumption that what is decided exceeds, and by how much, W."""
    stray = sum(entry.excess for entry in members)
    net = house.power + sum(entry.power for entry in members)
    found: list[tuple[Limit, float]] = []
    if bounds.importing is not None:
        found.append((bounds.importing, net + stray - bounds.importing.value))
    if bounds.drawing is not None:
        drawn = house.drawing + sum(max(0.0, entry.power) for entry in members) + stray
        given = -sum(min(0.0, entry.power) for entry in members)
        surplus = 0.0 if house.blind else max(0.0, given - (house.power - house.drawing))
        found.append((bounds.drawing, drawn - bounds.drawing.value - surplus))
    return tuple(entry for entry in found if entry[1] > 0.0)


def needed_support(members: list[Member], house: House, bounds: Bounds) -> float:
    """Return how much more the stores must discharge so that no limit on consumption is exceeded, W."""
    if house.blind:
        return 0.0
    needed = 0.0
    for limit, excess in exceeds(members, house, bounds):
        if limit is bounds.importing:
            needed = max(needed, excess + limit.value - inside(limit))
        else:
            # Only what is more than the rest of the house takes counts as own generation.
            given = -sum(min(0.0, entry.power) for entry in members)
            needed = max(needed, excess + max(0.0, house.power - house.drawing - given))
    return needed


def steady(needed: float, before: float) -> float:
    """Return the discharge to ask for: more at once, less only where it is worth it."""
    if needed <= 0.0:
        return 0.0
    if needed <= before <= needed + SUPPORT_BAND:
        return before
    return needed + (SUPPORT_BAND / 3.0 if needed > before else 0.0)


def support(members: list[Member], needed: float) -> None:
    """Discharge stores, willing or not, so that a limit is kept."""
    able = [entry for entry in members if entry.store and entry.give + entry.power > _WATT and entry.give > 0.0]
    if needed <= 0.0 or not able:
        return
    demands = tuple(
        Demand(demand_id=entry.name, wanted=entry.give + entry.power, priority=entry.resource.priority)
        for entry in able
    )
    shares = allocate(needed, demands).powers
    for entry in able:
        if shares[entry.name] > 0.0:
            entry.power -= shares[entry.name]
            entry.forced = True


def absorb(members: list[Member], excess: float, now: datetime) -> None:
    """Bring down export by `excess` W: less discharging into the grid first, then charging, by priority.

    Chargers with a minimum power come after those without, and only when there has been enough for them for a while:
    what they leave is curtailed meanwhile.
    """
    excess -= _give_less(members, max(0.0, excess))
    able = [entry for entry in members if entry.store and not entry.cut and _room(entry) > _WATT]
    steady = [entry for entry in able if entry.power > 0.0 or entry.wish.reach.least <= STANDBY]
    shares = allocate(
        max(0.0, excess),
        tuple(Demand(demand_id=entry.name, wanted=_room(entry), priority=entry.resource.priority) for entry in steady),
    ).powers
    for entry in steady:
        if shares[entry.name] > 0.0:
            entry.power += shares[entry.name]
            entry.forced = True
            excess -= shares[entry.name]
    stepped = [entry for entry in able if entry not in steady and not entry.wish.takes_surplus and not entry.loose]
    for entry in sorted(stepped, key=lambda entry: (entry.resource.priority, entry.name)):
        least = entry.wish.reach.least
        if switch(entry, enough=excess >= least, now=now, patient=False) and excess >= least:
            entry.power = entry.fitted(min(excess, _room(entry)))
            entry.forced = True
            excess -= entry.power


def _give_less(members: list[Member], excess: float) -> float:
    """Lower what stores discharge; the best priority goes on longest. Returns by how much, W."""
    giving = [entry for entry in members if entry.power < -_WATT and (not entry.loose or entry.wish.reach.give > 0.0)]
    shares = allocate(
        excess,
        tuple(
            Demand(demand_id=entry.name, wanted=-entry.power, priority=11 - entry.resource.priority) for entry in giving
        ),
    ).powers
    for entry in giving:
        if shares[entry.name] > 0.0:
            entry.power += shares[entry.name]
            entry.forced = True
            entry.cut = entry.wish.fixed < 0.0
    return sum(shares.values())


def spare(entry: Member) -> float:
    """Return how much more a store can be counted on to take than is decided, W."""
    if not entry.store or entry.cut or entry.memory.under or (entry.loose and entry.wish.reach.give <= 0.0):
        return 0.0
    if entry.power <= _WATT and entry.wish.reach.least > STANDBY:
        return 0.0
    return max(0.0, _room(entry))


def _room(entry: Member) -> float:
    return entry.take - max(0.0, entry.power)


def shared(room: float | None, demands: Iterable[Demand], allocation: Allocation) -> float:
    """Return what is left of the room, W; infinite without a limit."""
    if room is None:
        return float("inf")
    return max(0.0, room - sum(allocation.powers.get(entry.demand_id, 0.0) for entry in demands))
