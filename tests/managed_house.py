"""The simulated house under the care of the integration: what its owner would enter, and steps of its clock.

Entities, commands and physics are real (see demo/custom_components/sim_house); only the clock is the test's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.coordinator import CemCoordinator

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 6, 0, 2, tzinfo=BERLIN)

SITE: dict[str, Any] = {
    "name": "Demo house",
    "connection_id": "DE0001",
    "grid_power": "sensor.sim_grid_power",
    "grid_power_inverted": False,
    "grid_import_power": None,
    "grid_export_power": None,
    "import_tariff": {"source": "entity", "entity_id": "sensor.sim_electricity_price", "surcharge": 0.16, "vat": 19},
    "export_tariff": {"source": "fixed", "price": 0.08},
    "co2": {"source": "none"},
    "grid_signal": {"entity_id": "select.sim_grid_signal", "mapping": {}},
    "contract_import_limit": 24000,
    "contract_export_limit": None,
    "currency": "EUR",
}

PV: dict[str, Any] = {
    "power_entity": "sensor.sim_pv_power",
    "power_sign": "production_positive",
    "nominal_power": 5000,
    "forecast_source": "entity",
    "forecast_entity": "sensor.sim_pv_forecast",
    "curtail_entity": "number.sim_pv_limit",
}
BATTERY: dict[str, Any] = {
    "power_entity": "sensor.sim_battery_power",
    "soc_entity": "sensor.sim_battery_soc",
    "capacity": 10,
    "max_charge_power": 5000,
    "max_discharge_power": 5000,
    "efficiency": 90.25,
    "reserve": 10,
    "maximum": 100,
    "wear_cost": 0.0,
    "mode_entity": "select.sim_battery_mode",
    "option_automatic": "auto",
    "option_manual": "manual",
    "option_idle": "idle",
    "setpoint_entity": "number.sim_battery_setpoint",
}
EV: dict[str, Any] = {
    "power_entity": "sensor.sim_ev_power",
    "connected_entity": "binary_sensor.sim_ev_connected",
    "soc_entity": "sensor.sim_ev_soc",
    "capacity": 60,
    "target": 80,
    "efficiency": 90,
    "min_current": 6,
    "max_current": 16,
    "phases": 3,
    "ready_by": "07:00:00",
    "switch_entity": "switch.sim_ev_charging",
    "limit_entity": "number.sim_ev_current",
}
WASHER: dict[str, Any] = {
    "power_entity": "sensor.sim_washer_power",
    "ready_entity": "binary_sensor.sim_washer_remote_start",
    "ready_by": "17:00:00",
    "profile_type": "easy",
    "duration": 90,
    "energy": 0.9,
    "start_entity": "button.sim_washer_start",
    "state_entity": "sensor.sim_washer_state",
}
DISHWASHER = WASHER | {
    "power_entity": "sensor.sim_dishwasher_power",
    "ready_entity": "binary_sensor.sim_dishwasher_remote_start",
    "ready_by": "20:00:00",
    "duration": 110,
    "energy": 1.1,
    "start_entity": "button.sim_dishwasher_start",
    "state_entity": "sensor.sim_dishwasher_state",
}

DEVICES: dict[str, tuple[str, dict[str, Any]]] = {
    "PV": ("pv", PV),
    "Battery": ("battery", BATTERY),
    "Car": ("ev_charger", EV),
    "Washer": ("appliance", WASHER),
    "Dishwasher": ("appliance", DISHWASHER),
}


@dataclass
class ManagedHouse:
    """A Home Assistant with the simulated house and one connection point."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    entry: MockConfigEntry
    events: list[Event] = field(default_factory=list)

    @classmethod
    async def build(
        cls,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        *,
        now: datetime = MONDAY,
        devices: dict[str, tuple[str, dict[str, Any]]] | None = None,
        site: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        house: dict[str, Any] | None = None,
    ) -> ManagedHouse:
        """Start the simulated house and set the connection point up as its owner would have."""
        await hass.config.async_set_time_zone("Europe/Berlin")
        freezer.move_to(now)
        if house is not None or not hass.config_entries.async_entries("sim_house"):
            config = {"sim_house": {"prices_always_known": True, "ev_autostart": False, **(house or {})}}
            assert await async_setup_component(hass, "sim_house", config)
            await hass.async_block_till_done()
        chosen = DEVICES if devices is None else devices
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Demo house",
            unique_id="DE0001",
            data=SITE | (site or {}),
            options={"dashboard": False} | (options or {}),
            subentries_data=[
                ConfigSubentryData(data=data, subentry_type=kind, title=name, unique_id=None)
                for name, (kind, data) in chosen.items()
            ],
        )
        entry.add_to_hass(hass)
        managed = cls(hass, freezer, entry)
        hass.bus.async_listen("cem_sgcp_event", managed.events.append)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await managed.settle()
        return managed

    @property
    def cem(self) -> CemCoordinator:
        """The coordinator under test."""
        return self.entry.runtime_data

    async def settle(self) -> None:
        """Let everything that is due happen, debounced plans too."""
        await self.hass.async_block_till_done()
        await self.step(6, tick=2)

    async def step(self, seconds: float, *, tick: float = 5.0) -> None:
        """Let time pass in ticks."""
        end = dt_util.utcnow() + timedelta(seconds=seconds)
        while (now := dt_util.utcnow()) < end:
            await self.move_to(min(end, now + timedelta(seconds=tick)))

    async def move_to(self, moment: datetime) -> None:
        """Jump to a moment; timers that are due fire once."""
        self.freezer.move_to(moment)
        async_fire_time_changed(self.hass, moment)
        # Background tasks wait for the house, so they are given turns rather than waited for.
        for _ in range(3):
            await self.hass.async_block_till_done()

    def device_id(self, name: str) -> str:
        """The device registry's id of one of our devices."""
        registry = dr.async_get(self.hass)
        devices = dr.async_entries_for_config_entry(registry, self.entry.entry_id)
        return next(device.id for device in devices if device.name == name)

    def subentry_id(self, name: str) -> str:
        """The id of the subentry, which is the brain's resource id."""
        return next(entry.subentry_id for entry in self.entry.subentries.values() if entry.title == name)

    def entity_id(self, key: str, device: str | None = None) -> str:
        """The entity id behind a key of the connection point or of a device."""
        owner = self.entry.entry_id if device is None else self.subentry_id(device)
        registry = er.async_get(self.hass)
        return next(
            entry.entity_id
            for entry in er.async_entries_for_config_entry(registry, self.entry.entry_id)
            if entry.unique_id == f"{owner}_{key}"
        )

    def state(self, key: str, device: str | None = None) -> State:
        """The state of one of our entities."""
        state = self.hass.states.get(self.entity_id(key, device))
        assert state is not None
        return state

    def sim(self, entity_id: str) -> str:
        """The state of an entity of the simulated house."""
        state = self.hass.states.get(entity_id)
        assert state is not None
        return state.state

    async def call(self, action: str, *, response: bool = False, **data: Any) -> Any:
        """Call one of our actions."""
        result = await self.hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=response)
        await self.hass.async_block_till_done()
        return result

    async def do(self, domain: str, service: str, entity_id: str, **data: Any) -> None:
        """Use an entity as a person would."""
        await self.hass.services.async_call(domain, service, {"entity_id": entity_id, **data}, blocking=True)
        await self.hass.async_block_till_done()

    async def control(self, *names: str) -> None:
        """Switch control on for devices."""
        for name in names:
            await self.do("switch", "turn_on", self.entity_id("control", name))
        await self.settle()

    def decisions(self, kind: str) -> list[dict[str, Any]]:
        """The decisions of a kind that were announced so far."""
        return [event.data for event in self.events if event.data["type"] == kind]
