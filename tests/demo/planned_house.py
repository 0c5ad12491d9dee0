"""A simulated house whose equipment is planned and told what to do, without Home Assistant in between.

Its readings become states, the device kinds make resources of them, the planner and dispatch decide, and commands go
back into the house: the whole chain but the wires.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.sim_house.house import House, HouseOptions
from custom_components.sim_house.house.weather import outdoor
from homeassistant.core import State

from custom_components.cem_sgcp.cem.dispatch import DispatchMemory, dispatch
from custom_components.cem_sgcp.cem.model import (
    Interval,
    Plan,
    PriceProfile,
    PriceSlot,
    Series,
    SiteSnapshot,
    TimeGrid,
    TrafficLight,
)
from custom_components.cem_sgcp.cem.planner import make_plan
from custom_components.cem_sgcp.devices import KINDS, Command, Device, DeviceSettings, Sensing
from custom_components.cem_sgcp.mode_book import ModeBook

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
UNITS = {"power": "W", "temperature": "°C", "percent": "%", "soc": "%", "hours_today": "h", "outdoor": "°C"}


class PlannedHouse:
    """One piece of equipment, planned every other hour and dispatched every five minutes."""

    def __init__(self, equipment: str, kind: str, data: Mapping[str, Any], start: datetime, **settings: Any) -> None:
        """Entities are named `<platform>.<device>_<point>`, such as `sensor.chp_temperature`."""
        self.house = House(start, HouseOptions(ev_autostart=False, step=60.0, equipment=(equipment,)))
        self.house.command("battery", "mode", "idle")
        self.house.command("ev", "charging", False)
        self.device = Device(device_id="d1", kind=kind, name="It", data=data)
        self.equipment = equipment
        self.settings = DeviceSettings(control=True, **settings)
        self.modes = ModeBook({})
        self.memory = DispatchMemory()
        self.plan: Plan | None = None
        self.changed: dict[str, tuple[str, datetime]] = {}
        self.scene: dict[str, Any] | None = None
        self.steps = 0
        self.commands: list[Command] = []

    def state(self, entity_id: str) -> State | None:
        """What Home Assistant would show of a point."""
        domain, _, rest = entity_id.partition(".")
        if domain == "scene":
            return None if self.scene is None else State(entity_id, "2026-01-01T00:00:00+00:00")
        device, point = ("weather", "outdoor") if rest == "outdoor" else self._point(domain, rest)
        value = self.house.read(device, point)
        attributes: dict[str, Any] = {"unit_of_measurement": UNITS.get(point)}
        if domain in {"switch", "binary_sensor"}:
            text = "on" if value else "off"
        elif domain in {"fan", "light"}:
            text = "on" if self.house.read(device, "on") else "off"
            attributes = (
                {"percentage": value, "supported_features": 1}
                if domain == "fan"
                else {"brightness": round(value * 2.55), "supported_color_modes": ["brightness"]}
            )
        else:
            text = str(value)
            bounds = self.house.equipment[device].SETTINGS.get(point) if device in self.house.equipment else None
            if bounds is not None:
                attributes |= {"min": bounds[0], "max": bounds[1], "step": 0.5}
                attributes["unit_of_measurement"] = "°C" if point == "set_point" else "W"
        before = self.changed.get(entity_id)
        if before is None or before[0] != text:
            self.changed[entity_id] = (text, self.house.now)
        return State(
            entity_id,
            text,
            attributes,
            last_changed=self.changed[entity_id][1],
            last_updated=self.house.now,
            last_reported=self.house.now,
        )

    def _point(self, domain: str, rest: str) -> tuple[str, str]:
        own = rest.removeprefix(self.equipment).lstrip("_")
        return self.equipment, own or {"fan": "percentage", "light": "brightness"}.get(domain, "on")

    def sensing(self, *, ahead: bool = False) -> Sensing:
        """What the kind may look at."""
        now = self.house.now
        end = now + timedelta(hours=24)
        return Sensing(
            state=self.state,
            now=now,
            time_zone=BERLIN,
            horizon=end,
            outdoor=self._series("outdoor", now, end) if ahead else None,
            mode_changes=self.modes.changes("d1"),
            starts_today=self.modes.starts_today("d1", now, BERLIN),
        )

    def _series(self, point: str, start: datetime, end: datetime) -> Series:
        read = {"outdoor": lambda at: outdoor(at, BERLIN), "load": self._rest}[point]
        first = start.astimezone(UTC).replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
        slots = []
        while first < end:
            slots.append(Interval(start=first, end=first + QUARTER, value=read(first)))
            first += QUARTER
        return Series(intervals=tuple(slots))

    def _rest(self, at: datetime) -> float:
        """The rest of the house with its sun, W."""
        return float(self.house.records.load_at(at) - self.house.records.pv_at(at))

    def price_at(self, at: datetime) -> float:
        """Market price with what is added to it, currency/kWh."""
        return float(self.house.records.price_at(at)) * 1.19 + 0.16

    def look_ahead(self) -> Plan:
        """Plan the next 24 hours."""
        now = self.house.now
        end = now + timedelta(hours=24)
        slots, at = [], now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while at < end:
            slots.append(PriceSlot(start=at, end=at + QUARTER, import_price=self.price_at(at), export_price=0.08))
            at += QUARTER
        resource = KINDS[self.device.kind].sense(self.device, self.settings, self.sensing(ahead=True))
        return make_plan(
            SiteSnapshot(
                now=now,
                grid=TimeGrid.tiered(now, ((900.0, 86_400.0),)),
                prices=PriceProfile(slots=tuple(slots)),
                base_load=self._series("load", now, end),
                resources=(resource,),
            )
        )

    def live(self, hours: float) -> None:
        """Let time pass: plan every other hour, dispatch every five minutes."""
        end = self.house.now + timedelta(hours=hours)
        while self.house.now < end:
            if self.steps % 24 == 0:
                self.plan = self.look_ahead()
            self._act()
            self.house.advance(self.house.now + timedelta(minutes=5))
            self.steps += 1

    def _act(self) -> None:
        kind = KINDS[self.device.kind]
        resource = kind.sense(self.device, self.settings, self.sensing())
        self.modes.observe((resource,), self.house.now, BERLIN)
        result = dispatch(
            now=self.house.now,
            net_power=self.house.read("grid", "power"),
            resources=(resource,),
            plan=self.plan,
            plan_max_age=9000.0,
            limits=(),
            light=TrafficLight(),
            memory=self.memory,
        )
        self.memory = result.memory
        for instruction in result.instructions:
            for command in kind.commands(self.device, instruction, self.sensing()):
                self.perform(command)

    def release(self) -> None:
        """Hand the device back."""
        for command in KINDS[self.device.kind].release(self.device, self.sensing()):
            self.perform(command)

    def perform(self, command: Command) -> None:
        """Do in the house what Home Assistant would do."""
        self.commands.append(command)
        equipment = self.house.equipment[self.equipment]
        if command.domain == "scene":
            if command.service == "create":
                self.scene = {point: equipment.reading(point) for point in equipment.SETTINGS}
            elif command.service == "turn_on" and self.scene is not None:
                for point, value in self.scene.items():
                    self.house.command(self.equipment, point, value)
            else:
                self.scene = None
            return
        assert command.entity_id is not None
        domain, _, rest = command.entity_id.partition(".")
        device, point = self._point(domain, rest)
        match command.service:
            case "set_value":
                self.house.command(device, point, command.data["value"])
            case "set_percentage":
                self.house.command(device, "percentage", command.data["percentage"])
                self.house.command(device, "on", True)
            case "turn_on" if "brightness_pct" in command.data:
                self.house.command(device, "brightness", command.data["brightness_pct"])
            case "turn_on" | "turn_off":
                self.house.command(device, "on" if domain in {"fan", "light"} else point, command.service == "turn_on")
            case _:
                raise AssertionError(command.name)
