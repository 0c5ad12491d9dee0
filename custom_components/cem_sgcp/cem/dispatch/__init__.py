"""Dispatch: what to do this second, from plan, measurement and limits.

The fast clock (see docs/development.md): called on every change of the meter or of a signal, it follows the plan's
intents within their bounds against what is measured, keeps limits and phases (IEC TR 62746-2:2015 clauses 3.4.5 and
3.4.6) with or without a plan, and starts runs that are due (JWG-SPUC1102). It is pure and fast: no solver, no forecast,
no clock of its own; what it remembers is passed in and handed back. It must not know entities, protocols or prices
beyond those in the plan.
"""

from datetime import datetime

from ..model import Limit, NotControllable, Note, Plan, Resource, TrafficLight
from .bounds import bounds
from .cycle import memory_of, run_pass
from .measuring import believable
from .memory import DispatchMemory, DispatchResult, PassMemory, Unheld
from .table import Site, Table
from .wishes import guide

__all__ = ["DispatchMemory", "DispatchResult", "Unheld", "dispatch"]


def dispatch(
    *,
    now: datetime,
    net_power: float | None,
    resources: tuple[Resource, ...],
    plan: Plan | None,
    plan_max_age: float,
    limits: tuple[Limit, ...],
    light: TrafficLight,
    memory: DispatchMemory,
) -> DispatchResult:
    """Return the full desired state of all devices at a moment.

    `net_power` is measured at the connection point (W, import positive); None or not a finite number means that the
    meter is silent, and while a limit is in force the worst case is assumed. A plan older than `plan_max_age` s is not
    followed. `limits` may hold limits that are not in force yet. `light` may be the grid's signal or the published
    light. Devices that may be controlled are decided on their own; the others get the advice that would fit if they
    could be.
    """
    guided = guide(plan, plan_max_age, now)
    bound = bounds(limits, light, now)
    net = believable(net_power)

    def decide(before: PassMemory, *, executes: bool) -> Table:
        site = Site(now=now, net_power=net, resources=resources, guided=guided, bounds=bound, executes=executes)
        return run_pass(site, before)

    controlled = {entry.resource_id for entry in resources if entry.controllable}
    done = decide(memory.control, executes=True)
    instructions, postponed, notes = list(done.instructions), list(done.postponed), list(done.notes)
    advice = memory.advice
    if any(not entry.controllable and not isinstance(entry.control, NotControllable) for entry in resources):
        advised = decide(memory.advice, executes=False)
        instructions += [entry for entry in advised.instructions if entry.resource_id not in controlled]
        notes += [entry for entry in advised.notes if entry.resource_id not in controlled]
        advice = memory_of(advised)
    # What a limit cuts comes first, so that room is made before it is used.
    instructions.sort(key=lambda entry: not entry.urgent)
    if guided.plan is None and plan is not None:
        notes.append(
            Note(
                key="stale_plan",
                text=f"The plan of {plan.created.isoformat()} is too old; devices are left to themselves.",
                values=(plan.created.isoformat(),),
            )
        )
    return DispatchResult(
        instructions=tuple(instructions),
        memory=DispatchMemory(control=memory_of(done), advice=advice),
        unheld=tuple(done.unheld),
        shed=tuple(dict.fromkeys(done.shed)),
        postponed=tuple(postponed),
        notes=tuple(notes),
    )
