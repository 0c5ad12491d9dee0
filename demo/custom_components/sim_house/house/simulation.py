"""The house: devices, recordings and the meter that adds them up. Deterministic: who calls ``advance`` is the clock.

Inside: W, Wh, s, aware datetimes; consumption and import +, generation and export -. PV alone is shown positive, as
inverters do. Knows nothing of Home Assistant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
import math
from typing import Any
from zoneinfo import ZoneInfo

from .appliance import Appliance, Refused
from .battery import HOUR, Battery, BatteryMode
from .equipment import build
from .ev import Car
from .faults import Fault, FaultBook, FaultKind
from .records import Records, flicker, load_records, measured_run
from .weather import surroundings

RECORDED_PV = 5_000.0  # W, nominal power of the recorded plant, rounded up
LONGEST_GAP = timedelta(days=7)


class GridSignal(StrEnum):
    """The traffic light that the grid operator shows."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class HouseOptions:
    """What the house is like, and how it is when the simulation starts."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))
    day_offset: int = 0
    step: float = 10.0  # s
    ripple: float = 0.0  # share by which load and PV flicker around the recorded means
    pv_nominal: float = 5_000.0  # W
    battery_capacity: float = 10_000.0  # Wh
    battery_power: float = 5_000.0  # W
    battery_efficiency: float = 0.95
    battery_reserve: float = 10.0  # %
    battery_soc: float = 50.0  # %, at the start
    ev_capacity: float = 60_000.0  # Wh
    ev_phases: int = 3
    ev_current: float = 16.0  # A
    ev_autostart: bool = True
    ev_soc: float = 45.0  # %, at the start
    washer_run: str = "washing_machine_11f01e"
    washer_ready: bool = False
    dishwasher_run: str = "dishwasher_b81d04"
    dishwasher_ready: bool = False
    grid_limit: float = 17_250.0  # W
    equipment: tuple[str, ...] = ()  # what it has besides, see equipment.py


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it arrived, with what became of it: done, refused, late, stuck."""

    time: datetime
    device: str
    point: str
    value: Any
    outcome: str


class House:
    """A whole house. Commands act at once, readings are those of the last step that ended."""

    def __init__(self, start: datetime, options: HouseOptions | None = None) -> None:
        self.options = options = options or HouseOptions()
        self.now = start.astimezone(UTC)
        self.records: Records = load_records(options.zone, options.day_offset)
        self.battery = Battery(
            capacity=options.battery_capacity,
            power=options.battery_power,
            efficiency=options.battery_efficiency,
            reserve=options.battery_reserve,
            energy=options.battery_capacity * options.battery_soc / 100,
        )
        self.car = Car(
            zone=options.zone,
            capacity=options.ev_capacity,
            energy=options.ev_capacity * options.ev_soc / 100,
            phases=options.ev_phases,
            greatest_current=options.ev_current,
            current=options.ev_current,
            autostart=options.ev_autostart,
            switched_on=options.ev_autostart,
        )
        self.washer = Appliance("washing machine", measured_run(options.washer_run))
        self.dishwasher = Appliance("dishwasher", measured_run(options.dishwasher_run), locks=False)
        if options.washer_ready:
            self.washer.prepare()
        if options.dishwasher_ready:
            self.dishwasher.prepare()
        self.equipment = build(options.equipment, options.zone)
        self.pv_limit = options.pv_nominal
        self.pv_power = self.base_load = self.grid_power = 0.0
        self.pv_energy = self.base_energy = self.imported = self.exported = 0.0
        self.grid_signal = GridSignal.GREEN
        self.grid_limit = options.grid_limit
        self.faults = FaultBook()
        self.log: list[Command] = []
        self.late: list[tuple[datetime, str, str, Any]] = []
        self._frozen: dict[tuple[str, str], Any] = {}
        self._step(1e-6)  # so that there are readings before the clock moves

    # ------------------------------------------------------------------ time

    def advance(self, until: datetime) -> None:
        """Let the house live until a moment; a moment that is over already changes nothing."""
        until = until.astimezone(UTC)
        self.now = max(self.now, until - LONGEST_GAP)
        while self.now < until:
            end = min(until, self._next_boundary())
            for due in [late for late in self.late if late[0] <= self.now]:
                self.late.remove(due)
                self._act(*due[1:], outcome="done late")
            self._step((end - self.now).total_seconds())
            self.now = end

    def _next_boundary(self) -> datetime:
        step = self.options.step
        grid = datetime.fromtimestamp((math.floor(self.now.timestamp() / step) + 1) * step, UTC)
        return min([grid, *(due for due, *_ in self.late if due > self.now)])

    def _step(self, duration: float) -> None:
        self._measure(duration)
        hours = duration / HOUR
        self.pv_energy += self.pv_power * hours
        self.base_energy += self.base_load * hours
        if self.grid_power > 0:
            self.imported += self.grid_power * hours
        else:
            self.exported -= self.grid_power * hours

    def _measure(self, duration: float) -> None:
        """Powers of all devices over the next ``duration`` s, the battery last: it looks at the meter."""
        sun = self.records.pv_at(self.now) * self.options.pv_nominal / RECORDED_PV
        self.pv_power = min(sun, self.pv_limit)
        self.base_load = self.records.load_at(self.now)
        if self.options.ripple:
            # At the same moments every house flickers alike, and every half-hour keeps its recorded energy.
            sun *= 1 + self.options.ripple * flicker(self.now, "pv")
            self.base_load *= 1 + self.options.ripple * flicker(self.now, "load")
            self.pv_power = min(sun, self.pv_limit)
        others = (
            self.base_load
            + self.car.step(self.now, duration)
            + self.washer.step(duration)
            + self.dishwasher.step(duration)
            - self.pv_power
        )
        if self.equipment:
            around = surroundings(self.now, self.options.zone)
            others += sum(machine.step(around, duration) for machine in self.equipment.values())
        self.grid_power = others + self.battery.step(duration, -others)

    # ------------------------------------------------------------------ readings

    def pv_forecast(self, day: date) -> list[tuple[datetime, float]]:
        """Start and forecast PV power (W) of every quarter-hour of a local day."""
        scale = self.options.pv_nominal / RECORDED_PV
        return [(start, watts * scale) for start, watts in self.records.forecast(day)]

    def local_day(self) -> date:
        """Today, where the house stands."""
        return self.now.astimezone(self.options.zone).date()

    def read(self, device: str, point: str) -> Any | None:
        """Reading of a point as its device reports it; None while it is unavailable, KeyError for unknown points."""
        value = self._reading(device, point)
        if self.faults.find(self.now, FaultKind.UNAVAILABLE, device, point):
            return None
        if self.faults.find(self.now, FaultKind.FROZEN, device, point):
            return self._frozen.setdefault((device, point), value)
        self._frozen.pop((device, point), None)
        if (fault := self.faults.find(self.now, FaultKind.VALUE, device, point)) and type(value) in {int, float}:
            return fault.value
        return value

    def _reading(self, device: str, point: str) -> Any | None:
        if device == "weather":
            return getattr(surroundings(self.now, self.options.zone), point)
        if (machine := self.equipment.get(device)) is None:
            return READINGS[device, point](self)
        if not machine.knows(point):
            raise KeyError(f"{device} has no point {point}")
        return machine.reading(point)

    def _points(self) -> Iterator[tuple[str, str]]:
        yield from READINGS
        for device, machine in self.equipment.items():
            yield from ((device, point) for point in ("power", "energy", *machine.POINTS, *machine.SETTINGS))

    def inject(self, fault: Fault) -> None:
        """Put a fault into the house; readings freeze at what they are now."""
        if fault.kind is FaultKind.FROZEN:
            for device, point in self._points():
                if device == fault.device and fault.point in {None, point}:
                    self._frozen[device, point] = self._reading(device, point)
        self.faults.inject(fault)

    # ------------------------------------------------------------------ commands

    def command(self, device: str, point: str, value: Any = None) -> None:
        """Give a device a command. Refused says why it will not; KeyError means that the command does not exist."""
        machine = self.equipment.get(device)
        if (device, point) not in COMMANDS and (machine is None or point not in machine.SETTINGS):
            raise KeyError(f"{device} knows no command {point}")
        for kind in (FaultKind.UNAVAILABLE, FaultKind.REFUSE_COMMANDS):
            if self.faults.find(self.now, kind, device, point):
                self._note(device, point, value, "refused")
                raise Refused(
                    f"the {device} does not answer" if kind == FaultKind.UNAVAILABLE else f"the {device} refuses"
                )
        if self.faults.find(self.now, FaultKind.STUCK, device, point):
            self._note(device, point, value, "stuck")
        elif fault := self.faults.find(self.now, FaultKind.LATE, device, point):
            self._note(device, point, value, "late")
            self.late.append((self.now + timedelta(seconds=fault.delay), device, point, value))
        else:
            self._act(device, point, value)

    def _act(self, device: str, point: str, value: Any, outcome: str = "done") -> None:
        try:
            if (machine := self.equipment.get(device)) is not None:
                machine.obey(point, value)
            else:
                COMMANDS[device, point](self, value)
        except Refused:
            self._note(device, point, value, "refused")
            # Nobody waits any more for the answer to a late command.
            if outcome == "done":
                raise
        else:
            self._note(device, point, value, outcome)

    def _note(self, device: str, point: str, value: Any, outcome: str) -> None:
        self.log.append(Command(self.now, device, point, value, outcome))
        del self.log[:-1000]


def _within(value: float, least: float, greatest: float, what: str) -> float:
    if not least <= value <= greatest:
        raise Refused(f"{what} has to be between {least:g} and {greatest:g}, not {value:g}")
    return float(value)


def _set_battery_mode(house: House, value: str) -> None:
    house.battery.mode = BatteryMode(value)


def _set_battery_setpoint(house: House, value: float) -> None:
    house.battery.setpoint = _within(value, -house.battery.power, house.battery.power, "the battery's set point")


def _set_pv_limit(house: House, value: float) -> None:
    house.pv_limit = _within(value, 0, house.options.pv_nominal, "the inverter's limit")


def _set_ev_current(house: House, value: float) -> None:
    house.car.current = _within(value, 0, house.car.greatest_current, "the charging current")


def _set_ev_charging(house: House, value: bool) -> None:
    house.car.switched_on = bool(value)


def _set_grid_signal(house: House, value: str) -> None:
    house.grid_signal = GridSignal(value)


def _set_grid_limit(house: House, value: float) -> None:
    house.grid_limit = _within(value, 0, 100_000, "the grid limit")


COMMANDS: dict[tuple[str, str], Callable[[House, Any], None]] = {
    ("battery", "mode"): _set_battery_mode,
    ("battery", "setpoint"): _set_battery_setpoint,
    ("pv", "limit"): _set_pv_limit,
    ("ev", "current"): _set_ev_current,
    ("ev", "charging"): _set_ev_charging,
    ("ev", "drive"): lambda house, _: house.car.drive(house.now),
    ("ev", "come_back"): lambda house, _: house.car.come_back(house.now),
    ("grid", "signal"): _set_grid_signal,
    ("grid", "limit"): _set_grid_limit,
}
READINGS: dict[tuple[str, str], Callable[[House], Any]] = {
    ("pv", "power"): lambda house: house.pv_power,
    ("pv", "energy"): lambda house: house.pv_energy / 1000,
    ("pv", "limit"): lambda house: house.pv_limit,
    ("battery", "soc"): lambda house: house.battery.soc,
    ("battery", "power"): lambda house: house.battery.now,
    ("battery", "mode"): lambda house: house.battery.mode.value,
    ("battery", "setpoint"): lambda house: house.battery.setpoint,
    ("battery", "energy_in"): lambda house: house.battery.charged / 1000,
    ("battery", "energy_out"): lambda house: house.battery.discharged / 1000,
    ("ev", "connected"): lambda house: house.car.connected,
    ("ev", "soc"): lambda house: house.car.soc,
    ("ev", "power"): lambda house: house.car.now,
    ("ev", "current"): lambda house: house.car.current,
    ("ev", "charging"): lambda house: house.car.switched_on,
    ("ev", "energy"): lambda house: house.car.charged / 1000,
    ("ev", "next_departure"): lambda house: house.car.next_departure(house.now),
    ("grid", "power"): lambda house: house.grid_power,
    ("grid", "import_energy"): lambda house: house.imported / 1000,
    ("grid", "export_energy"): lambda house: house.exported / 1000,
    ("grid", "signal"): lambda house: house.grid_signal.value,
    ("grid", "limit"): lambda house: house.grid_limit,
    ("market", "price"): lambda house: house.records.price_at(house.now),
    ("pv", "forecast"): lambda house: sum(watts for _, watts in house.pv_forecast(house.local_day())) / 4000,
    ("home", "base_load"): lambda house: house.base_load,
    ("home", "energy"): lambda house: house.base_energy / 1000,
}


def _add_appliance(device: str) -> None:
    def machine(house: House) -> Appliance:
        return getattr(house, device)

    COMMANDS.update(
        {
            (device, "prepare"): lambda house, _: machine(house).prepare(),
            (device, "start"): lambda house, _: machine(house).start(),
            (device, "pause"): lambda house, _: machine(house).pause(),
            (device, "stop"): lambda house, _: machine(house).stop(),
            (device, "door"): lambda house, value: machine(house).set_door(bool(value)),
        }
    )
    READINGS.update(
        {
            (device, "power"): lambda house: machine(house).now,
            (device, "energy"): lambda house: machine(house).consumed / 1000,
            (device, "state"): lambda house: machine(house).state.value,
            (device, "door"): lambda house: machine(house).door_open,
            (device, "remote_start"): lambda house: machine(house).remote_start,
            (device, "remaining"): lambda house: machine(house).remaining / 60,
        }
    )


_add_appliance("washer")
_add_appliance("dishwasher")
