"""Granting: who may draw grid power, and what becomes of runs.

Devices and runs ask; under a limit on consumption they share the room by priority. Red and black hold back what can
wait before anything is shared. It must not know what stores do with surplus.
"""

from dataclasses import replace

from ..limits import Demand, allocate
from ..model import InstructionKind, Phase
from .limiting import ask, room_for, settle, shared
from .runs import Candidate, Step, hold_note, instruct
from .table import Site, Table


def grant(table: Table) -> None:
    """Share the room under limits on consumption; without them everybody gets what they wish."""
    site, house = table.site, table.house
    asked = {entry.name: demand for entry in table.members if (demand := ask(entry, site.bounds, house)) is not None}
    # What may be cut of running programmes is taken out of the house and asks like everything else.
    cuttable = [entry for entry in table.runs if entry.step is Step.KEEP and _may_cut(entry, site)]
    bare = replace(house, power=house.power - sum(entry.power for entry in cuttable))
    room = room_for(table.members, frozenset(asked), bare, site.bounds)
    held = frozenset(entry.key for entry in table.runs if _held_by_phase(entry, site))
    asking = [
        entry for entry in table.runs if entry.key not in held and (entry.step is not Step.KEEP or entry in cuttable)
    ]
    demands = (*asked.values(), *(_run_demand(entry) for entry in asking))
    allocation = allocate(room, demands, table.before.shares, now=site.now)
    for entry in table.members:
        settle(entry, asked.get(entry.name), None if room is None else allocation.powers.get(entry.name))
    table.allocation = allocation
    table.room_left = shared(room, demands, allocation)
    granted = frozenset(
        entry.key for entry in asking if room is None or allocation.powers.get(entry.key, 0.0) >= entry.power - 1.0
    )
    table.house = replace(
        bare, power=bare.power + _decide_runs(table, held, granted, frozenset(c.key for c in cuttable))
    )


def _run_demand(entry: Candidate) -> Demand:
    demand = entry.demand()
    # A pause has an end that the device sets: after it the programme goes on, whatever the budget.
    return replace(demand, fixed=True) if entry.step is Step.RESUME and not entry.waits else demand


def _may_cut(entry: Candidate, site: Site) -> bool:
    return entry.pausable or (entry.stoppable and site.bounds.binding)


def _held_by_phase(entry: Candidate, site: Site) -> bool:
    """Whether red or black forbids it: no start and no going on that can wait, a pause where one is possible."""
    if not site.bounds.dark:
        return False
    if site.bounds.phase is Phase.BLACK and entry.step is Step.START:
        return True
    if entry.step is Step.KEEP:
        return (entry.pausable and entry.waits) or (entry.stoppable and not entry.pausable)
    return entry.waits


def _decide_runs(table: Table, held: frozenset[str], granted: frozenset[str], cuttable: frozenset[str]) -> float:
    """Start, hold, pause, stop and resume; returns what the cuttable programmes that go on draw, W."""
    paused = {entry.run.run_id for entry in table.runs if entry.step is Step.RESUME} & table.before.paused
    running = 0.0
    for entry in table.runs:
        if entry.step is Step.START:
            _decide_start(table, entry, granted=entry.key in granted, held=entry.key in held)
        elif entry.key in granted or (entry.step is Step.KEEP and entry.key not in cuttable):
            running += entry.power if entry.key in cuttable else 0.0
            if entry.step is Step.RESUME:
                paused.discard(entry.run.run_id)
                kind = InstructionKind.RESUME
                table.instructions.append(instruct(entry, kind, "plan", table.site.now, urgent=False))
        else:
            if entry.pausable:
                paused.add(entry.run.run_id)
            kind = InstructionKind.PAUSE if entry.pausable else InstructionKind.STOP
            reason = f"{table.site.bounds.phase.value}_phase" if entry.key in held else "limit"
            table.instructions.append(instruct(entry, kind, reason, table.site.now, urgent=True))
            table.shed.append(entry.resource.resource_id)
    table.paused = frozenset(paused)
    return running


def _decide_start(table: Table, entry: Candidate, *, granted: bool, held: bool) -> None:
    if granted and entry.resource.available:
        table.instructions.append(instruct(entry, InstructionKind.START, "plan", table.site.now, urgent=False))
        return
    if not entry.resource.available:
        key = "postponed_unavailable"
    elif held:
        key = f"postponed_{table.site.bounds.phase.value}"
    else:
        key = "postponed_limit"
    table.postponed.append(entry.run.run_id)
    table.shed.append(entry.resource.resource_id)
    table.notes.append(hold_note(entry, key))
