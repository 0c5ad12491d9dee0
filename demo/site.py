"""What the owner of the simulated house enters in the flows of the integration, and the entering itself.

Nothing is put past the flows: the first screens come filled with what the Energy dashboard knows, and are confirmed.
"""

from collections.abc import Mapping
from itertools import batched
from pathlib import Path
import sys
from typing import Any

from .live import LiveError, LiveHomeAssistant

sys.path.append(str(Path(__file__).parent / "custom_components" / "sim_house"))

from house import measured_run
from house.records import PROFILE_STEP

DOMAIN = "cem_sgcp"
QUARTER = int(900 / PROFILE_STEP)


def slots_of(run: str) -> str:
    """A measured run in quarter-hours, as its owner would copy it from a plug's display: ``15x120, 15x1900``."""
    quarters = list(batched(measured_run(run).power, QUARTER, strict=False))
    return ", ".join(
        f"{max(1, round(len(quarter) * PROFILE_STEP / 60))}x{round(sum(quarter) / len(quarter))}"
        for quarter in quarters
    )


# By step of the flow. Germany in 2026: fees, levies and tax on top of the day-ahead price.
SITE: Mapping[str, Mapping[str, Any]] = {
    "user": {"name": "Demo house", "grid_power": "sensor.sim_grid_power", "connection_id": "DE0001234567890"},
    "pv": {
        "name": "Solar plant",
        "power_entity": "sensor.sim_pv_power",
        "power_sign": "production_positive",
        "nominal_power": 5000,
        "forecast_source": "entity",
        "forecast_entity": ["sensor.sim_pv_forecast"],
        "priority": 5,
        "act": {"curtail_entity": "number.sim_pv_limit"},
        "advanced": {},
    },
    "battery": {
        "name": "Home battery",
        "power_entity": "sensor.sim_battery_power",
        "power_inverted": False,
        "soc_entity": "sensor.sim_battery_soc",
        "capacity": 10,
        "max_charge_power": 5000,
        "max_discharge_power": 5000,
        "efficiency": 90,
        "reserve": 10,
        "maximum": 100,
        "wear_cost": 0.02,
        "priority": 5,
        "act": {
            "mode_entity": "select.sim_battery_mode",
            "option_automatic": "auto",
            "option_manual": "manual",
            "option_idle": "idle",
            "setpoint_entity": "number.sim_battery_setpoint",
            "setpoint_inverted": False,
        },
        "advanced": {},
    },
    "tariff": {"import_source": "entity", "export_source": "fixed"},
    "prices": {
        "import_tariff": {"entity_id": "sensor.sim_electricity_price", "surcharge": 0.155, "vat": 19},
        "export_tariff": {"price": 0.0803},
    },
    "grid": {
        "contract_import_limit": 24000,
        "grid_signal": "select.sim_grid_signal",
        "co2": {"source": "none"},
    },
    "signal": {"green": ["green"], "yellow": ["yellow"], "red": ["red"]},
}


def _appliance(device: str, name: str, run: str, ready_by: str) -> dict[str, Any]:
    return {
        "name": name,
        "power_entity": f"sensor.sim_{device}_power",
        "power_inverted": False,
        "ready_entity": f"binary_sensor.sim_{device}_remote_start",
        "ready_by": ready_by,
        "priority": 5,
        "program": {
            "profile_type": "slots",
            "slots": slots_of(run),
            "pausable": False,
            "stop_in_emergency": False,
        },
        "act": {
            "start_entity": f"button.sim_{device}_start",
            "native_delay": False,
            "stop_entity": f"button.sim_{device}_stop",
        },
        "verification": {"state_entity": f"sensor.sim_{device}_state", "running_states": "running"},
        "advanced": {},
    }


DEVICES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (
        "ev_charger",
        {
            "name": "Electric car",
            "power_entity": "sensor.sim_ev_power",
            "power_inverted": False,
            "connected_entity": "binary_sensor.sim_ev_connected",
            "soc_entity": "sensor.sim_ev_soc",
            "capacity": 60,
            "target": 80,
            "ready_by": "07:00:00",
            "departure_entity": "sensor.sim_ev_next_departure",
            "phases": 3,
            "min_current": 6,
            "max_current": 16,
            "priority": 5,
            "act": {
                "switch_entity": "switch.sim_ev_charging",
                "limit_entity": "number.sim_ev_current",
                "release_to": "charge",
            },
            "advanced": {"charge_beyond_target": False, "efficiency": 92, "voltage": 230},
        },
    ),
    ("appliance", _appliance("washer", "Washing machine", "washing_machine_11f01e", "22:00:00")),
    ("appliance", _appliance("dishwasher", "Dishwasher", "dishwasher_b81d04", "06:30:00")),
)
NAMES = tuple(str(SITE[kind]["name"]) for kind in ("pv", "battery")) + tuple(str(data["name"]) for _, data in DEVICES)


async def enter(home: LiveHomeAssistant) -> str:
    """Walk through the config flow and one subentry flow per device. Returns the id of the new entry."""
    entry = await _walk(home, "flow", DOMAIN, SITE)
    entry_id: str = entry["result"]["entry_id"]
    for kind, data in DEVICES:
        await add_device(home, entry_id, kind, data)
    await wait_loaded(home, entry_id)
    return entry_id


async def add_device(home: LiveHomeAssistant, entry_id: str, kind: str, data: Mapping[str, Any]) -> None:
    """Walk through the subentry flow of one device."""
    await _walk(home, "subentries/flow", [entry_id, kind], {"user": data})


async def _walk(
    home: LiveHomeAssistant, kind: str, handler: str | list[str], answers: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    step = await home.post(f"config/config_entries/{kind}", {"handler": handler})
    while step["type"] == "form":
        if step.get("errors"):
            raise LiveError(
                f"{handler}, step {step['step_id']}: {step['errors']} {step.get('description_placeholders')}"
            )
        answer = answers[step["step_id"]]
        step = await home.post(f"config/config_entries/{kind}/{step['flow_id']}", answer)
    if step["type"] != "create_entry":
        raise LiveError(f"the flow of {handler} ended with {step}")
    return step


async def entry_id_of(home: LiveHomeAssistant) -> str | None:
    """Id of the connection point, None while there is none."""
    entries = await home.get(f"config/config_entries/entry?domain={DOMAIN}")
    return entries[0]["entry_id"] if entries else None


async def wait_loaded(home: LiveHomeAssistant, entry_id: str) -> None:
    """Wait until the integration has set the connection point up."""

    async def loaded() -> bool:
        entries = await home.get(f"config/config_entries/entry?domain={DOMAIN}")
        return any(entry["entry_id"] == entry_id and entry["state"] == "loaded" for entry in entries)

    await home.until(loaded, 60, "the connection point was not set up")


async def entities_of(home: LiveHomeAssistant) -> dict[str, dict[str, Any]]:
    """Registry entries of the integration's entities, by entity id."""
    entries = await home.ws("config/entity_registry/list")
    return {entry["entity_id"]: entry for entry in entries if entry["platform"] == DOMAIN}


async def load_machines(home: LiveHomeAssistant) -> None:
    """Load the machines, close their doors and enable their remote start: each offers itself to the energy manager."""
    states = await home.states()
    for device in ("washer", "dishwasher"):
        if states[f"sensor.sim_{device}_state"]["state"] not in {"running", "paused"}:
            await home.call("button.press", entity_id=f"button.sim_{device}_prepare")


async def take_control(home: LiveHomeAssistant) -> list[str]:
    """Let the energy manager act on every device; new devices are advised only. Returns the switches."""

    async def taken() -> list[str]:
        # Each new device reloads the connection point: a switch may not be there yet, or be away for a moment.
        states = await home.states()
        switches = {
            entity_id: states.get(entity_id, {}).get("state")
            for entity_id, entry in (await entities_of(home)).items()
            if entity_id.startswith("switch.") and entry["unique_id"].endswith("_control")
        }
        if off := [entity_id for entity_id, state in switches.items() if state == "off"]:
            await home.call("switch.turn_on", entity_id=off)
        done = len(switches) == len(NAMES) and set(switches.values()) == {"on"}
        return list(switches) if done else []

    switches: list[str] = await home.until(taken, 60, "control of the devices could not be switched on")
    return switches
