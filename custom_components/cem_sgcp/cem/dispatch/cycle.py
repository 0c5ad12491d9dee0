"""One pass of dispatch: survey, grant, follow the house, support, limit export, curtail, conclude.

It is done once for what is really controlled and once more for what is only advised, so that advice fits together as
commands do, and commands never count on a device that nobody moves. It must not know where anything comes from.
"""

from dataclasses import replace
from typing import Final

from ..model import Instruction, InstructionKind, Phase
from .balance import cover, take_surplus
from .bounds import inside
from .express import device_instruction, release_missing, source_instruction
from .granting import grant
from .limiting import absorb, exceeds, needed_support, spare, steady, support
from .measuring import learn, window
from .member import STANDBY, Member, told
from .memory import DeviceMemory, PassMemory, Unheld
from .mode_choice import choose_modes, generate
from .reach import gives
from .sources import allowed_generation, curtail_by_limit, curtail_by_plan, headroom, note_bound, try_more
from .survey import survey
from .table import FRESH, Site, Table

#: s for which a device that a limit took must not be needed before it is handed back while the limit lasts.
CALM: Final = 60.0


def run_pass(site: Site, before: PassMemory) -> Table:
    """Decide about every device that takes part."""
    table = survey(site, before)
    grant(table)
    if not table.house.blind:
        _follow_house(table)
    table.support = steady(needed_support(table.members, table.house, site.bounds), before.support)
    support(table.members, table.support)
    generate(table.members, needed_support(table.members, table.house, site.bounds), abnormal=site.bounds.abnormal)
    _limit_export(table)
    choose_modes(table.members, site.now, limited=site.bounds.limits_import)
    _curtail(table)
    table.unheld += [
        Unheld(limit, excess) for limit, excess in exceeds(table.members, table.house, site.bounds) if excess > 1.0
    ]
    _conclude(table)
    return table


def memory_of(table: Table) -> PassMemory:
    """Return what is remembered of a pass."""
    return PassMemory(
        measuring=table.measuring,
        devices=table.devices,
        shares=table.allocation.memory,
        support=table.support,
        trial=table.trial,
        paused=table.paused,
    )


def _follow_house(table: Table) -> None:
    """Take surplus and cover the house as intended."""
    members, house = table.members, table.house
    surplus = -(house.power + sum(entry.counted for entry in members if entry.power >= 0.0 or entry.loose))
    surplus -= _uncontrolled_stores(table)
    patient = table.site.bounds.phase is not Phase.RED
    take_surplus(members, surplus, table.room_left, table.site.now, patient=patient)
    cover(members, house.power + sum(entry.counted for entry in members))


def _uncontrolled_stores(table: Table) -> float:
    """Return how much less surplus there is than the meter shows, W.

    A battery on its own discharges into whatever is switched on: that is no surplus. And it gives way: what it charges
    is surplus for those that come before it.
    """
    takers = [entry.resource.priority for entry in table.members if entry.wish.takes_surplus]
    if not takers:
        return 0.0
    moved = {entry.name for entry in table.members if not entry.loose}
    less = 0.0
    for resource in table.site.resources:
        power = resource.power
        if resource.resource_id in moved or power is None or not gives(resource):
            continue
        if power < 0.0 or resource.priority > min(takers):
            less -= power
    return less


def _limit_export(table: Table) -> None:
    """Keep stores from feeding in too much, and let them absorb what sources give too much."""
    bounds, members, house = table.site.bounds, table.members, table.house
    if not bounds.limits_export:
        return
    if house.blind:
        # Nobody sees what the house would take of it: nothing is fed in on purpose.
        absorb(members, -sum(min(0.0, entry.power) for entry in members), table.site.now)
        return
    generated = sum(entry.generated for entry in table.sources)
    drawn = sum(max(0.0, entry.counted) for entry in members)
    given = -sum(min(0.0, entry.counted) for entry in members)
    excess = 0.0
    if bounds.exporting is not None:
        excess = -(house.power + drawn - given) - inside(bounds.exporting)
    if bounds.feeding is not None:
        own_use = max(0.0, house.power + generated + drawn)
        excess = max(excess, generated + given - own_use - inside(bounds.feeding))
    excess = max(excess, 0.0)
    stores = [entry for entry in members if entry.store]
    seen = excess + sum(entry.power for entry in stores)
    room = sum(spare(entry) - min(0.0, entry.power) for entry in stores) - excess
    settled = window(table.measuring)
    now = table.site.now
    table.trial = try_more(table.sources, table.before.trial, now, seen=seen, spare=room, settled=settled)
    more = 0.0 if table.trial.target <= 0.0 else max(0.0, table.trial.target - seen)
    absorb(members, excess + more, now)


def _curtail(table: Table) -> None:
    """Bound the sources where the plan or what is left of an export limit asks for it."""
    bounds, house = table.site.bounds, table.house
    seen = [_seen(entry) for entry in table.members]
    drawn = sum(max(0.0, power) for power in seen)
    if table.trial.target > 0.0:
        # What is only tried is generated once it is drawn: the export limit is kept meanwhile.
        late = sum(max(0.0, entry.power - entry.own) for entry in table.members if entry.store)
        drawn -= min(table.trial.step, late, drawn)
    # What covers the house gives way to the sun; only what is sold stands in its way.
    given = -sum(
        max(min(0.0, entry.wish.fixed), min(0.0, power)) for entry, power in zip(table.members, seen, strict=True)
    )
    demand = None if house.blind else table.measuring.demand if table.sources else house.power
    if demand is not None:
        takers = sum(spare(entry) for entry in table.members if entry.wish.takes_surplus)
        curtail_by_plan(table.sources, table.site.guided, demand + drawn - given + headroom(table.sources, takers))
    else:
        curtail_by_plan(table.sources, table.site.guided, None)
    allowed = allowed_generation(bounds, demand, drawn, given)
    if allowed is None:
        return
    curtail_by_limit(table.sources, allowed)
    generated = sum(
        entry.generated if entry.bound is None else min(entry.generated, entry.bound) for entry in table.sources
    )
    for limit in (bounds.exporting, bounds.feeding):
        if limit is None:
            continue
        # The distance that is kept from the limit is no excess.
        excess = generated - allowed - (limit.value - inside(limit))
        if excess > 1.0 and (table.sources or demand is not None):
            table.unheld.append(Unheld(limit, excess))
            break


def _seen(entry: Member) -> float:
    """Return what can be counted on that a device draws: no more than it takes."""
    if entry.memory.under and entry.measured is not None:
        return min(entry.power, entry.measured)
    return entry.power


def _conclude(table: Table) -> None:
    """Turn decisions into instructions and into what is remembered."""
    site = table.site
    step = 0.0
    for entry in table.members:
        memory = entry.memory
        _take(entry, table)
        instruction = device_instruction(entry, site.bounds, taken=memory.taken)
        power = entry.power if instruction.kind is InstructionKind.SET and instruction.power is not None else None
        before = entry.measured if memory.command is None else memory.command
        if site.executes and power is not None and before is not None:
            step += power - before
        told(memory, power if site.executes else None)
        if entry.store:
            memory.on = entry.power > STANDBY
        _remember(table, entry.name, memory, instruction, shed=entry.cut)
    for origin in table.sources:
        note_bound(origin)
        _remember(table, origin.name, origin.memory, source_instruction(origin, site.guided), shed=origin.forced)
    _missing(table)
    table.measuring = learn(table.measuring, site.now, site.net_power, step)


def _remember(table: Table, name: str, memory: DeviceMemory, instruction: Instruction, *, shed: bool) -> None:
    memory.last, memory.unavailable_since = instruction, None
    table.devices[name] = memory
    table.instructions.append(instruction)
    if shed:
        table.shed.append(name)


def _take(entry: Member, table: Table) -> None:
    """Note whether a limit keeps the device from its own automatic mode."""
    memory, now = entry.memory, table.site.now
    if entry.forced:
        memory.taken, memory.calm_since = memory.taken or entry.loose, None
        return
    if not memory.taken:
        return
    if entry.wish.reach.give <= 0.0:
        # It got all that it asked for.
        memory.taken = False
        return
    importing = table.site.bounds.importing
    calm = importing is None or table.house.power <= inside(importing)
    memory.calm_since = min(memory.calm_since or now, now) if calm else None
    if memory.calm_since is not None and (now - memory.calm_since).total_seconds() >= CALM:
        memory.taken, memory.calm_since = False, None


def _missing(table: Table) -> None:
    """Say what becomes of devices whose entities are missing."""
    site, house = table.site, table.house
    importing = site.bounds.importing
    tight = site.bounds.binding or (importing is not None and (house.blind or house.power > inside(importing)))
    for resource in site.resources:
        if resource.available or not site.concerns(resource):
            continue
        memory = table.before.devices.get(resource.resource_id, FRESH)
        since = min(memory.unavailable_since or site.now, site.now)
        instruction = release_missing(resource, memory.last, since, site.now, tight=tight)
        table.devices[resource.resource_id] = replace(
            FRESH, unavailable_since=since, last=instruction or memory.last, on=memory.on
        )
        if instruction is not None:
            table.instructions.append(instruction)
