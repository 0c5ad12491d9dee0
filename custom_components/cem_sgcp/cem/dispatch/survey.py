"""Survey: what is measured of the house and of each device, and what each wishes.

Where the meter is silent, the house is taken at its worst. It must not decide anything.
"""

from dataclasses import replace
from datetime import datetime, timedelta
import math
from typing import Final

from ..model import Phase, Resource
from .measuring import METER_GRACE, estimate, turn_window, window
from .member import Member, member
from .memory import Measuring, PassMemory
from .reach import generates
from .runs import Candidate, Step, candidates
from .sources import Source, source
from .table import FRESH, House, Site, Table
from .wishes import taken, wish

#: The forecast of the house's load is exceeded by this factor at worst.
WORST_LOAD: Final = 1.5
#: The highest load that was seen is forgotten at this rate, s.
PEAK_MEMORY: Final = 7 * 86400.0


def survey(site: Site, before: PassMemory) -> Table:
    """Return the table with everything that is known."""
    measuring, turned = turn_window(before.measuring, site.now)
    members = _members(site, before, window(measuring), turned=turned)
    sources = [
        source(entry, site.guided, replace(before.devices.get(entry.resource_id, FRESH)), turned=turned)
        for entry in site.resources
        if site.concerns(entry) and entry.available and generates(entry)
    ]
    measuring = _measured(site, measuring, members, sources)
    concerned = tuple(entry for entry in site.resources if site.concerns(entry))
    runs = candidates(concerned, site.guided, before.paused, site.now)
    house = _house(site, measuring, members, runs)
    if house.blind:
        for entry in members:
            fixed = entry.wish.fixed or entry.wish.planned
            entry.wish = replace(entry.wish, fixed=fixed, takes_surplus=False, covers=False)
    return Table(
        site=site,
        before=before,
        measuring=measuring,
        members=members,
        sources=sources,
        runs=runs,
        house=house,
        paused=before.paused,
    )


def _members(site: Site, before: PassMemory, span: float, *, turned: bool) -> list[Member]:
    found: list[Member] = []
    constrained = site.bounds.limits_import or site.bounds.limits_export or site.bounds.phase is Phase.RED
    for resource in site.resources:
        if not site.concerns(resource) or not resource.available:
            continue
        memory = replace(before.devices.get(resource.resource_id, FRESH))
        entry = wish(resource, site.guided, site.bounds.phase, site.now, memory, abnormal=site.bounds.abnormal)
        if entry is None:
            continue
        if memory.taken and not constrained:
            memory.taken, memory.calm_since = False, None
        if memory.taken and entry.released:
            entry = taken(entry)
        found.append(member(resource, entry, memory, site.now, window=span, turned=turned, executes=site.executes))
    return found


def _measured(site: Site, measuring: Measuring, members: list[Member], sources: list[Source]) -> Measuring:
    """Bring the estimates of the house up to date."""
    net = site.net_power
    if net is None:
        return measuring
    names = frozenset(entry.name for entry in members)
    same = names == measuring.names
    known = sum(entry.measured or 0.0 for entry in members)
    ranges = [entry.range for entry in members]
    house = estimate(net, ranges, measuring.house if same else None, net - known)
    demand = None
    if sources:
        generated = sum(entry.generated for entry in sources)
        demand = estimate(
            net,
            [*ranges, *(entry.range for entry in sources)],
            measuring.demand if same else None,
            net - known + generated,
        )
    given = sum(min(0.0, entry.power or 0.0) for entry in site.resources if entry.resource_id not in names)
    age = 0.0 if measuring.seen is None else max(0.0, (site.now - measuring.seen).total_seconds())
    # One reading alone may be a slip of the meter.
    lasting = min(house, measuring.house) if same and measuring.house is not None else 0.0
    peak = max(measuring.load_peak * math.exp(-age / PEAK_MEMORY), lasting - given)
    return replace(measuring, house=house, demand=demand, seen=site.now, load_peak=peak, names=names)


def _house(site: Site, measuring: Measuring, members: list[Member], runs: tuple[Candidate, ...]) -> House:
    names = {entry.name for entry in members}
    # What may be cut of running programmes asks for itself.
    names |= {entry.resource.resource_id for entry in runs if entry.step is Step.KEEP}
    drawing = 0.0
    for resource in site.resources:
        if resource.controllable and resource.resource_id not in names:
            drawing += max(0.0, _worst(resource, site.now) if resource.power is None else resource.power)
    seen = measuring.seen
    fresh = seen is not None and timedelta() <= site.now - seen <= timedelta(seconds=METER_GRACE)
    if measuring.house is not None and fresh:
        return House(power=measuring.house, drawing=drawing, blind=False)
    plan = site.guided.plan
    load = max(measuring.load_peak, WORST_LOAD * plan.base_load[site.guided.step] if plan is not None else 0.0)
    if load <= 0.0 and site.bounds.importing is not None:
        load = site.bounds.importing.value
    return House(power=max(load, drawing), drawing=drawing, blind=True)


def _worst(resource: Resource, now: datetime) -> float:
    """Return what a device that is not moved draws at worst where its power is not known, W."""
    if not resource.available:
        return resource.maximum_power or 0.0
    running = [run for run in resource.runs if run.running]
    if not running:
        return 0.0
    scheduled = [slot.power for run in running for slot in run.schedule if slot.start <= now < slot.end]
    return max([resource.maximum_power or 0.0, *scheduled])
