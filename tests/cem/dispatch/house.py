"""A small closed-loop house for dispatch: devices with inertia, a meter that lags, builders of resources and plans."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from custom_components.cem_sgcp.cem.dispatch import DispatchMemory, DispatchResult, dispatch
from custom_components.cem_sgcp.cem.model import (
    AllowedLimitRange,
    DevicePlan,
    Direction,
    EasyPowerProfile,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Instruction,
    InstructionKind,
    Intent,
    Limit,
    LimitCategory,
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
    Sequence,
    TimeGrid,
    TrafficLight,
)

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def mode(name: str, start: float, end: float, capacity: float) -> FillRateMode:
    return FillRateMode(
        mode_id=name,
        elements=(
            FillRateElement(
                level_range=NumberRange(start=0.0, end=capacity),
                fill_rate=NumberRange(start=start / 3600, end=end / 3600),
                power=NumberRange(start=start, end=end),
            ),
        ),
    )


def battery(
    name: str = "battery",
    *,
    power: float | None = 0.0,
    level: float = 5000.0,
    capacity: float = 10_000.0,
    charge: float = 5000.0,
    discharge: float = 5000.0,
    controllable: bool = True,
    available: bool = True,
    priority: int = 5,
) -> Resource:
    return Resource(
        resource_id=name,
        kind="battery",
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="inverter",
                    modes=(
                        mode("charge", 0.0, charge, capacity),
                        mode("discharge", 0.0, -discharge, capacity),
                        mode("idle", 0.0, 0.0, capacity),
                    ),
                ),
            ),
            level=level,
            level_range=NumberRange(start=1000.0, end=capacity),
        ),
        power=power,
        maximum_power=charge,
        controllable=controllable,
        available=available,
        priority=priority,
    )


def ev(
    name: str = "ev",
    *,
    power: float | None = 0.0,
    level: float = 20_000.0,
    least: float = 1380.0,
    most: float = 11_040.0,
    controllable: bool = True,
    available: bool = True,
    priority: int = 5,
    **control: object,
) -> Resource:
    capacity = 60_000.0
    return Resource(
        resource_id=name,
        kind="ev_charger",
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="charger",
                    modes=(mode("charge", least, most, capacity), mode("idle", 0.0, 0.0, capacity)),
                ),
            ),
            level=level,
            level_range=NumberRange(start=0.0, end=capacity),
            **control,
        ),
        power=power,
        maximum_power=most,
        controllable=controllable,
        available=available,
        priority=priority,
    )


def pv(
    name: str = "pv",
    *,
    power: float | None = 0.0,
    nominal: float = 8000.0,
    controllable: bool = True,
    available: bool = True,
) -> Resource:
    return Resource(
        resource_id=name,
        kind="pv",
        control=PowerEnvelope(
            allowed_limit_ranges=(
                AllowedLimitRange(limit_type=LimitType.LOWER, range=NumberRange(start=-nominal, end=0.0)),
            ),
            nominal_power=nominal,
        ),
        power=power,
        maximum_power=nominal,
        controllable=controllable,
        available=available,
    )


def load(name: str = "sauna", power: float | None = 0.0) -> Resource:
    return Resource(resource_id=name, control=NotControllable(), power=power)


def run(
    run_id: str = "wash",
    *,
    power: float = 2000.0,
    minutes: float = 90.0,
    start: datetime | None = START,
    latest_end: datetime | None = None,
    state: RunState = RunState.SCHEDULED,
    pausable: bool = False,
    stoppable: bool = False,
    started: datetime | None = None,
    **fields: object,
) -> Run:
    profile = EasyPowerProfile(profile_id=run_id, power=power, duration=minutes * 60, interruptible=pausable).expand()
    group = profile.groups[0]
    sequence: Sequence = group.alternatives[0].replace(stoppable=stoppable)
    profile = profile.replace(groups=(group.replace(alternatives=(sequence,)),))
    made = Run(
        run_id=run_id,
        resource_id="washer",
        profile=profile,
        state=state,
        announced=START - timedelta(hours=3),
        earliest_start=START - timedelta(hours=3),
        latest_end=latest_end,
        scheduled_start=start,
        started=started,
        **fields,
    )
    return made.replace(schedule=made.lay_out(started or start)) if (started or start) is not None else made


def washer(
    *runs: Run,
    name: str = "washer",
    power: float | None = 0.0,
    controllable: bool = True,
    available: bool = True,
    priority: int = 5,
) -> Resource:
    return Resource(
        resource_id=name,
        kind="appliance",
        control=PowerProfile(profiles=tuple(entry.profile for entry in runs)),
        runs=runs,
        power=power,
        maximum_power=2200.0,
        controllable=controllable,
        available=available,
        priority=priority,
    )


def device_plan(
    name: str,
    intent: Intent,
    power: float = 0.0,
    lower: float | None = None,
    upper: float | None = None,
    steps: int = 4,
) -> DevicePlan:
    """A device plan with the same step throughout; bounds as the planner sets them unless they are given."""
    reach = {"battery": (5000.0, 5000.0), "ev": (11_040.0, 0.0)}.get(name.rstrip("0123456789"), (0.0, 0.0))
    charge, discharge = reach
    bounds = {
        Intent.CHARGE_GRID: (min(power, charge), charge),
        Intent.DISCHARGE_GRID: (-discharge, max(power, -discharge)),
        Intent.SELF_CONSUMPTION: (-discharge, charge),
        Intent.CHARGE_SURPLUS: (0.0, charge),
        Intent.COVER_HOUSE: (-discharge, 0.0),
    }.get(intent, (power, power))
    return DevicePlan(
        resource_id=name,
        intent=(intent,) * steps,
        power=(power,) * steps,
        lower=(bounds[0] if lower is None else lower,) * steps,
        upper=(bounds[1] if upper is None else upper,) * steps,
    )


def plan(*devices: DevicePlan, now: datetime = START, hours: float = 24.0, **fields: object) -> Plan:
    steps = 4
    edges = tuple(now - timedelta(minutes=1) + timedelta(hours=hours / steps) * index for index in range(steps + 1))
    values = {
        "net_power": (0.0,) * steps,
        "base_load": (500.0,) * steps,
        "import_price": (0.3,) * steps,
        "export_price": (0.08,) * steps,
        **fields,
    }
    return Plan(created=now, grid=TimeGrid(edges=edges), status=PlanStatus.OPTIMAL, devices=devices, **values)


def limit(
    value: float,
    *,
    direction: Direction = Direction.IMPORT,
    scope: LimitScope = LimitScope.CONNECTION,
    category: LimitCategory = LimitCategory.OBLIGATION,
    start: datetime = START,
    seconds: float | None = None,
    source: str = "action",
    limit_id: str = "limit",
) -> Limit:
    return Limit(
        limit_id=limit_id,
        source=source,
        direction=direction,
        value=value,
        start=start,
        end=None if seconds is None else start + timedelta(seconds=seconds),
        category=category,
        scope=scope,
    )


def call(
    *resources: Resource,
    net: float | None = 0.0,
    now: datetime = START,
    plan: Plan | None = None,
    limits: tuple[Limit, ...] = (),
    light: TrafficLight = TrafficLight(),  # noqa: B008 - immutable
    memory: DispatchMemory = DispatchMemory(),  # noqa: B008 - immutable
    plan_max_age: float = 1800.0,
) -> DispatchResult:
    return dispatch(
        now=now,
        net_power=net,
        resources=resources,
        plan=plan,
        plan_max_age=plan_max_age,
        limits=limits,
        light=light,
        memory=memory,
    )


def told(result: DispatchResult, name: str) -> Instruction:
    found = [entry for entry in result.instructions if entry.resource_id == name]
    assert len(found) == 1, found
    return found[0]


@dataclass(repr=False)
class Device:
    """A simulated device: follows its command after a delay, within its reach."""

    make: Callable[[float], Resource]
    power: float = 0.0
    delay: float = 2.0
    own: Callable[[float, float], float] = lambda potential, house: 0.0
    """Power when released, from its potential and the rest of the house."""
    obeys: bool = True
    available_power: Callable[[float], float] | None = None
    """For sources: generation possible at a time (s), a magnitude; for loads: the power it draws if free."""
    ceiling: Callable[[float], float] | None = None
    """Highest charge power a store takes at a time (s)."""
    pending: list[tuple[float, Instruction]] = field(default_factory=list)
    active: Instruction | None = None
    switches: int = 0

    def step(self, time: float, house: float) -> None:
        while self.pending and self.pending[0][0] <= time:
            _, self.active = self.pending.pop(0)
        potential = self.available_power(time) if self.available_power else 0.0
        before = self.power
        told = self.active
        if told is None or told.kind is InstructionKind.RELEASE or not self.obeys:
            self.power = -potential if self.available_power else self.own(potential, house)
        elif self.available_power:
            self.power = -(potential if told.limit is None else min(potential, told.limit))
        else:
            self.power = told.power or 0.0
            if self.ceiling is not None:
                self.power = min(self.power, self.ceiling(time))
        if (before > 1.0) != (self.power > 1.0):
            self.switches += 1


@dataclass(repr=False)
class Simulation:
    """The loop: measure (late), dispatch, command (late), draw."""

    devices: dict[str, Device]
    base: Callable[[float], float]
    meter_lag: int = 2
    meter_period: int = 1
    plan: Plan | None = None
    limits: tuple[Limit, ...] = ()
    light: TrafficLight = field(default_factory=TrafficLight)
    others: tuple[Resource, ...] = ()
    memory: DispatchMemory = field(default_factory=DispatchMemory)
    time: float = 0.0
    net: float = 0.0
    nets: list[float] = field(default_factory=list)
    powers: dict[str, list[float]] = field(default_factory=dict)
    results: list[DispatchResult] = field(default_factory=list)
    readings: deque[float] = field(default_factory=deque)
    meter_fails: Callable[[float], bool] = lambda time: False
    commands: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.time)

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            base = self.base(self.time)
            total = base + sum(device.power for device in self.devices.values())
            for device in self.devices.values():
                device.step(self.time, total - device.power)
            self.net = base + sum(device.power for device in self.devices.values())
            self.nets.append(self.net)
            self.readings.append(self.net)
            while len(self.readings) > self.meter_lag + self.meter_period + 1:
                self.readings.popleft()
            index = max(0, len(self.readings) - 1 - self.meter_lag - int(self.time) % self.meter_period)
            shown = self.readings[index]
            result = call(
                *(device.make(device.power) for device in self.devices.values()),
                *self.others,
                net=None if self.meter_fails(self.time) else shown,
                now=self.now,
                plan=self.plan,
                limits=self.limits,
                light=self.light,
                memory=self.memory,
            )
            self.memory = result.memory
            self.results.append(result)
            for instruction in result.instructions:
                device = self.devices.get(instruction.resource_id)
                if device is None:
                    continue
                last = device.pending[-1][1] if device.pending else device.active
                if last != instruction:
                    device.pending.append((self.time + device.delay, instruction))
                    self.commands[instruction.resource_id] = self.commands.get(instruction.resource_id, 0) + 1
            for name, device in self.devices.items():
                self.powers.setdefault(name, []).append(device.power)
            self.time += 1.0
