"""A workbench for the hands: the simulated house with its real entities and faults, and a clock that the test moves."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cem_sgcp.cem.model import Instruction, InstructionKind, Intent
from custom_components.cem_sgcp.devices import Device, DeviceSettings, Sensing
from custom_components.cem_sgcp.hands import CallRecord, CallResult, Hands, Policy

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 6, tzinfo=BERLIN)

BATTERY = Device(
    device_id="battery",
    kind="battery",
    name="Battery",
    data={
        "power_entity": "sensor.sim_battery_power",
        "soc_entity": "sensor.sim_battery_soc",
        "capacity": 10,
        "max_charge_power": 5000,
        "max_discharge_power": 5000,
        "mode_entity": "select.sim_battery_mode",
        "option_automatic": "auto",
        "option_manual": "manual",
        "option_idle": "idle",
        "setpoint_entity": "number.sim_battery_setpoint",
    },
)
CAR = Device(
    device_id="car",
    kind="ev_charger",
    name="Car",
    data={
        "power_entity": "sensor.sim_ev_power",
        "connected_entity": "binary_sensor.sim_ev_connected",
        "soc_entity": "sensor.sim_ev_soc",
        "capacity": 60,
        "switch_entity": "switch.sim_ev_charging",
        "limit_entity": "number.sim_ev_current",
    },
)
WASHER = Device(
    device_id="washer",
    kind="appliance",
    name="Washer",
    data={
        "power_entity": "sensor.sim_washer_power",
        "state_entity": "sensor.sim_washer_state",
        "start_entity": "button.sim_washer_start",
        "pause_entity": "button.sim_washer_pause",
        "stop_entity": "button.sim_washer_stop",
        "duration": 90,
        "energy": 0.9,
    },
)


@dataclass
class Bench:
    """Hands at work in a simulated house."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    hands: Hands
    reports: list[CallRecord] = field(default_factory=list)
    calls: list[tuple[datetime, str, str | None, dict[str, Any]]] = field(default_factory=list)
    something_hangs: bool = False
    """Home Assistant has work that does not end by itself, so that the test cannot wait for its end."""

    def sensing(self) -> Sensing:
        """What a kind sees now."""
        return Sensing(state=self.hass.states.get, now=dt_util.utcnow(), time_zone=BERLIN)

    def apply(self, device: Device, instruction: Instruction, *, control: bool = True) -> None:
        """Give an instruction, as the fast clock does."""
        self.hands.apply(device, instruction, DeviceSettings(control=control), self.sensing())

    async def do(self, device: Device, instruction: Instruction, *, control: bool = True) -> None:
        """Give an instruction and let it act."""
        self.apply(device, instruction, control=control)
        await self.settle()

    def start(self, device: Device, *, control: bool = True, **more: Any) -> asyncio.Task[bool]:
        """Start a run in a task of its own."""
        return self.hass.async_create_background_task(
            self.hands.async_start_run(
                device,
                order(device, InstructionKind.START, intent=Intent.RUN, run_id="r1", start=dt_util.utcnow()),
                DeviceSettings(control=control),
                self.sensing(),
                **more,
            ),
            "start",
        )

    async def settle(self) -> None:
        """Let everything happen that does not wait for time to pass."""
        for _ in range(100 if self.something_hangs else 5):
            await asyncio.sleep(0)
            if not self.something_hangs:
                await self.hass.async_block_till_done()

    async def wait(self, seconds: float, tick: float = 1.0) -> None:
        """Let time pass, once everything has begun that does not wait for it."""
        await self.settle()
        end = dt_util.utcnow() + timedelta(seconds=seconds)
        while (now := dt_util.utcnow()) < end:
            self.freezer.move_to(min(end, now + timedelta(seconds=tick)))
            async_fire_time_changed(self.hass)
            await self.settle()

    async def fault(self, kind: str, **data: Any) -> None:
        """Put a fault into the house."""
        await self.hass.services.async_call("sim_house", "inject_fault", {"kind": kind, **data}, blocking=True)
        await self.settle()

    async def act(self, entity_id: str, service: str, **data: Any) -> None:
        """Use an entity as a person would."""
        domain = entity_id.partition(".")[0]
        await self.hass.services.async_call(domain, service, {"entity_id": entity_id, **data}, blocking=True)
        await self.settle()
        self.calls.clear()

    def state(self, entity_id: str) -> str:
        """What an entity shows."""
        found = self.hass.states.get(entity_id)
        assert found is not None, entity_id
        return found.state

    def made(self) -> list[tuple[str, str | None, dict[str, Any]]]:
        """The actions that Home Assistant was asked for, oldest first; forgets them."""
        made = [(action, entity, data) for _, action, entity, data in self.calls]
        self.calls.clear()
        return made

    def results(self) -> list[tuple[str, CallResult]]:
        """Action and latest result of every record."""
        return [(record.action, record.result) for record in self.hands.records]


def order(device: Device, kind: InstructionKind = InstructionKind.SET, **fields: Any) -> Instruction:
    """An instruction to a device."""
    fields = {"intent": Intent.CHARGE_GRID, "reason": "plan"} | fields
    return Instruction(resource_id=device.device_id, kind=kind, **fields)


@pytest.fixture
def policy() -> Policy:
    """How patient the hands are; tests may override."""
    return Policy()


@pytest.fixture
async def bench(hass: HomeAssistant, freezer: FrozenDateTimeFactory, policy: Policy) -> AsyncGenerator[Bench]:
    """The simulated house on a Monday at six in the morning, and hands."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(MONDAY)
    options = {"washer_ready": True, "ev_autostart": False, "update_interval": 1}
    assert await async_setup_component(hass, "sim_house", {"sim_house": options})
    await hass.async_block_till_done()
    reports: list[CallRecord] = []
    hands = Hands(hass, report=reports.append, clock=dt_util.utcnow, policy=policy)
    one = Bench(hass, freezer, hands, reports)

    @callback
    def on_call(event: Event) -> None:
        data = dict(event.data["service_data"])
        entity_id = data.pop("entity_id", None)
        entity_id = entity_id[0] if isinstance(entity_id, list) else entity_id
        action = f"{event.data['domain']}.{event.data['service']}"
        if event.data["domain"] != "sim_house":
            one.calls.append((dt_util.utcnow(), action, entity_id, data))

    hass.bus.async_listen("call_service", on_call)
    await one.settle()
    yield one
    await hands.async_stop()
