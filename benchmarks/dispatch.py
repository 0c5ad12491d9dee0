"""How long one call of the fast clock takes: one JSON line per case.

Run with `python benchmarks/dispatch.py`. Times are in ms over many calls with a memory that lives on, as in a running
house; `cpu` leaves out what other programs of the machine take. The goal is at most 1 ms for 30 devices.
"""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import statistics
import sys
import time

sys.path.insert(0, str(Path(__file__).parents[1]))

from custom_components.cem_sgcp.cem.dispatch import DispatchMemory, dispatch
from custom_components.cem_sgcp.cem.model import (
    AllowedLimitRange,
    DevicePlan,
    Direction,
    EasyPowerProfile,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Intent,
    Limit,
    LimitScope,
    LimitType,
    NotControllable,
    NumberRange,
    Plan,
    PlanStatus,
    PowerEnvelope,
    PowerProfile,
    Resource,
    Run,
    RunState,
    TimeGrid,
    TrafficLight,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEPS = 124
CALLS = 400


def store(name, *, least, most, give, **fields):
    def mode(mode_id, start, end):
        element = FillRateElement(
            level_range=NumberRange(start=0, end=10_000),
            fill_rate=NumberRange(start=start / 3600, end=end / 3600),
            power=NumberRange(start=start, end=end),
        )
        return FillRateMode(mode_id=mode_id, elements=(element,))

    modes = [mode("idle", 0, 0), mode("charge", least, most)]
    if give:
        modes.append(mode("discharge", 0, -give))
    return Resource(
        resource_id=name,
        kind="battery" if give else "ev_charger",
        control=FillRate(
            actuators=(FillRateActuator(actuator_id="one", modes=tuple(modes)),),
            level=5000,
            level_range=NumberRange(start=500, end=10_000),
        ),
        maximum_power=most,
        **fields,
    )


def source(name, **fields):
    allowed = AllowedLimitRange(limit_type=LimitType.LOWER, range=NumberRange(start=-8000, end=0))
    return Resource(
        resource_id=name, control=PowerEnvelope(allowed_limit_ranges=(allowed,), nominal_power=8000), **fields
    )


def appliance(name, index, **fields):
    profile = EasyPowerProfile(profile_id=name, power=2000, duration=5400).expand()
    start = NOW + timedelta(hours=index % 3)
    run = Run(
        run_id=f"run {name}",
        resource_id=name,
        profile=profile,
        state=RunState.SCHEDULED,
        announced=NOW,
        earliest_start=NOW,
        latest_end=NOW + timedelta(hours=12),
        scheduled_start=start,
    )
    run = run.replace(schedule=run.lay_out(start))
    return Resource(resource_id=name, control=PowerProfile(profiles=(profile,)), runs=(run,), **fields)


def house(count, *, controllable):
    """Return a mixed house: batteries, cars, PV, appliances and loads in turn."""
    resources = []
    for index in range(count):
        name, fields = f"device {index}", {"controllable": controllable(index), "priority": index % 10 + 1}
        match index % 5:
            case 0:
                resources.append(store(name, least=0, most=5000, give=5000, power=100.0, **fields))
            case 1:
                resources.append(store(name, least=1380, most=11_000, give=0, power=1500.0, **fields))
            case 2:
                resources.append(source(name, power=-2000.0, **fields))
            case 3:
                resources.append(appliance(name, index, power=5.0, **fields))
            case _:
                resources.append(Resource(resource_id=name, control=NotControllable(), power=300.0))
    return tuple(resources)


def plan_for(resources):
    intents = {"battery": Intent.SELF_CONSUMPTION, "ev_charger": Intent.CHARGE_SURPLUS, "": Intent.UNLIMITED}
    edges = tuple(NOW - timedelta(minutes=1) + timedelta(minutes=15) * index for index in range(STEPS + 1))
    zeros = (0.0,) * STEPS
    return Plan(
        created=NOW,
        grid=TimeGrid(edges=edges),
        status=PlanStatus.OPTIMAL,
        net_power=zeros,
        base_load=(400.0,) * STEPS,
        import_price=(0.3,) * STEPS,
        export_price=(0.08,) * STEPS,
        devices=tuple(
            DevicePlan(
                resource_id=entry.resource_id,
                intent=(intents[entry.kind],) * STEPS,
                power=zeros,
                lower=(-5000.0,) * STEPS,
                upper=(11_000.0,) * STEPS,
            )
            for entry in resources
        ),
    )


def limit(value, direction, scope=LimitScope.CONNECTION):
    return Limit(
        limit_id=f"{direction}{scope}", source="benchmark", direction=direction, value=value, start=NOW, scope=scope
    )


LIMITS = (
    limit(4000, Direction.IMPORT),
    limit(4200, Direction.IMPORT, LimitScope.CONTROLLABLE),
    limit(2000, Direction.EXPORT),
)


def measure(name, resources, *, plan, limits=()):
    memory, times, busy = DispatchMemory(), [], []
    for number in range(CALLS):
        net = 1500.0 + 400.0 * (number % 7) - 800.0 * (number % 3)
        start, started = time.perf_counter(), time.thread_time()
        result = dispatch(
            now=NOW + timedelta(seconds=number),
            net_power=net,
            resources=resources,
            plan=plan,
            plan_max_age=3600.0,
            limits=limits,
            light=TrafficLight(),
            memory=memory,
        )
        times.append((time.perf_counter() - start) * 1000.0)
        busy.append((time.thread_time() - started) * 1000.0)
        memory = result.memory
    times.sort()
    line = {
        "case": name,
        "devices": len(resources),
        "instructions": len(result.instructions),
        "cpu_median_ms": round(statistics.median(busy), 3),
        "median_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[int(0.99 * len(times))], 3),
        "goal_ms": 1.0,
    }
    print(json.dumps(line))


def main():
    everything, nothing = (lambda _: True), (lambda _: False)
    for count in (5, 30, 100):
        controlled = house(count, controllable=everything)
        measure("controlled", controlled, plan=plan_for(controlled))
        measure("controlled under limits", controlled, plan=plan_for(controlled), limits=LIMITS)
        measure("no plan, under limits", controlled, plan=None, limits=LIMITS)
        advised = house(count, controllable=nothing)
        measure("advised", advised, plan=plan_for(advised))
        mixed = house(count, controllable=lambda index: index % 2 == 0)
        measure("mixed under limits", mixed, plan=plan_for(mixed), limits=LIMITS)


if __name__ == "__main__":
    main()
