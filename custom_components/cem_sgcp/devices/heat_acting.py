"""Commands for what heats or cools: a power, a thermostat, a switch, SG-Ready contacts, or the user's own actions.

A thermostat is told the far end of the comfort band while the plan wants heat (or cold) and the near end otherwise: it
stays in charge of the comfort, and a plan that fails does no harm. SG-Ready (label of the Bundesverband Wärmepumpe)
knows four states of two contacts: blocked, normal, recommended, forced; a state is kept for ten minutes, and blocked
for two hours at most. It must not know any device kind.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from ..cem.model import Instruction, InstructionKind, Intent
from .acting import domain_of, sequence, set_contacts, set_hvac_mode, set_power, set_temperature, switch
from .base import Command, Device, Sensing
from .common import configured_entities, optional
from .heat import Band
from .heat_modes import OFF
from .reading import known

#: Fields that devices are acted on through.
ENTITIES: Final = (
    "switch_entity",
    "number_entity",
    "climate_entity",
    "target_entity",
    "contact_1_entity",
    "contact_2_entity",
)

#: SG-Ready: states as (first contact, second contact).
CONTACTS: Final[Mapping[str, tuple[bool, bool]]] = {
    "blocked": (True, False),
    "normal": (False, False),
    "recommended": (False, True),
    "forced": (True, True),
}
KEPT: Final = timedelta(minutes=10)
LONGEST_BLOCK: Final = timedelta(hours=2)

#: Below this share of its least power a device is told to be off; a hair less is rounding.
ENOUGH: Final = 0.99

_WANTED: Final = frozenset({Intent.ON, Intent.RUN, Intent.CHARGE_GRID, Intent.CHARGE_SURPLUS, Intent.UNLIMITED})


def acts(device: Device) -> bool:
    """Return whether there is anything to act with."""
    data = device.data
    contacts = data.get("contact_1_entity") and data.get("contact_2_entity")
    single = ("switch_entity", "number_entity", "climate_entity", "target_entity", "sequence")
    return bool(contacts or any(data.get(key) for key in single))


def acting_entities(device: Device) -> frozenset[str]:
    """Return the entities that the device is acted on through."""
    return configured_entities(device, *ENTITIES)


def acting_error(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the fields to act with."""
    errors: dict[str, str] = {}
    first, second = data.get("contact_1_entity"), data.get("contact_2_entity")
    if bool(first) != bool(second):
        errors["contact_2_entity" if first else "contact_1_entity"] = "both_contacts_needed"
    elif first and first == second:
        errors["contact_2_entity"] = "same_contact"
    least, greatest = optional(data, "min_power"), optional(data, "max_power")
    if least is not None and greatest is not None and least > greatest:
        errors["min_power"] = "minimum_above_maximum"
    return errors


def wanted_power(instruction: Instruction, least: float, greatest: float) -> float:
    """Return the power in W that an instruction asks for: nothing, or between the least and the greatest."""
    match instruction.kind:
        case InstructionKind.STOP | InstructionKind.PAUSE:
            return 0.0
        case InstructionKind.START | InstructionKind.RESUME:
            return greatest
    if instruction.power is not None:
        power = instruction.power
    elif instruction.modes:
        choice = instruction.modes[0]
        power = 0.0 if choice.mode_id == OFF else least + choice.factor * (greatest - least)
    else:
        power = greatest if instruction.intent in _WANTED else 0.0
    return 0.0 if power <= 0.0 or power < min(least, greatest) * ENOUGH else min(power, greatest)


def commands(
    device: Device,
    instruction: Instruction,
    sensing: Sensing,
    *,
    least: float,
    greatest: float,
    band: Band,
    cooling: bool = False,
) -> tuple[Command, ...]:
    """Return what carries out an instruction; `band` is the comfort band now."""
    if instruction.kind is InstructionKind.RELEASE:
        return release(device, sensing, greatest=greatest, band=band, cooling=cooling)
    power = wanted_power(instruction, least, greatest)
    far, near = (band.minimum, band.maximum) if cooling else (band.maximum, band.minimum)
    found = _set(
        device,
        sensing,
        power,
        greatest=greatest,
        temperature=far if power > 0 else near,
        cooling=cooling,
        urgent=instruction.urgent,
    )
    return found or sequence(device.data.get("sequence"), device, instruction, sensing, power=power)


def release(
    device: Device, sensing: Sensing, *, greatest: float, band: Band, cooling: bool = False
) -> tuple[Command, ...]:
    """Return what hands the device back to its own control: normal operation, off, or as it is (`heat_release`)."""
    data = device.data
    to = data.get("heat_release")
    usual = optional(data, "normal_set_point")
    found: tuple[Command, ...] = ()
    if to != "leave":
        found = _set(
            device,
            sensing,
            0.0 if to == "off" else greatest,
            greatest=greatest,
            temperature=band.middle if usual is None else usual,
            cooling=cooling,
            released=True,
        )
    instruction = Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED)
    own = data.get("release_sequence") or (None if found or to == "leave" else data.get("sequence"))
    return (*found, *sequence(own, device, instruction, sensing, power=0.0 if to == "off" else greatest))


def _set(
    device: Device,
    sensing: Sensing,
    power: float,
    *,
    greatest: float,
    temperature: float,
    cooling: bool,
    urgent: bool = False,
    released: bool = False,
) -> tuple[Command, ...]:
    data = device.data
    found: list[Command] = []
    # The power comes before the switch: a heater that is switched on starts with the right one.
    if entity_id := data.get("number_entity"):
        found.append(set_power(entity_id, power, sensing, nominal=greatest))
    if entity_id := data.get("climate_entity"):
        found += _thermostat(data, entity_id, sensing, temperature, on=power > 0, cooling=cooling, released=released)
    if entity_id := data.get("target_entity"):
        found.append(set_temperature(entity_id, temperature, sensing, cooling=cooling))
    if entity_id := data.get("switch_entity"):
        found.append(switch(entity_id, on=power > 0))
    if data.get("contact_1_entity") and data.get("contact_2_entity"):
        found += _contacts(data, sensing, on=power > 0, urgent=urgent, released=released)
    return tuple(found)


def _thermostat(
    data: Mapping[str, Any],
    entity_id: str,
    sensing: Sensing,
    temperature: float,
    *,
    on: bool,
    cooling: bool,
    released: bool,
) -> list[Command]:
    """Tell a climate or water heater entity its temperature, or (`climate_act`: mode) on and off."""
    state = sensing.of(entity_id)
    climate = domain_of(entity_id) == "climate"
    mode = "cool" if cooling else "heat"
    by_mode = data.get("climate_act") == "mode"
    if not by_mode or released:
        found = []
        off = state is not None and known(state) and state.state == "off"
        if climate and (by_mode or off):
            found.append(set_hvac_mode(entity_id, mode if on or not by_mode else "off"))
        elif not climate and (by_mode or off):
            found.append(_heater_switch(entity_id, on=on or not by_mode))
        if not by_mode or on:
            found.append(set_temperature(entity_id, temperature, sensing, cooling=cooling))
        return found
    if not climate:
        return [_heater_switch(entity_id, on=on)]
    if not on:
        return [set_hvac_mode(entity_id, "off")]
    return [set_hvac_mode(entity_id, mode), set_temperature(entity_id, temperature, sensing, cooling=cooling)]


def _heater_switch(entity_id: str, *, on: bool) -> Command:
    """Switch a water heater; while on, its state is its operation mode, whatever that is called."""
    command = switch(entity_id, on=on)
    return replace(command, expect=()) if on else command


def _contacts(
    data: Mapping[str, Any], sensing: Sensing, *, on: bool, urgent: bool, released: bool
) -> tuple[Command, ...]:
    """Return the commands for the SG-Ready contacts."""
    first, second = str(data["contact_1_entity"]), str(data["contact_2_entity"])
    if data.get("contact_order") == "swapped":
        first, second = second, first
    if released:
        wanted = "normal"
    else:
        wanted = str(data.get("contact_on") or "recommended") if on else str(data.get("contact_off") or "normal")
    wanted = wanted if wanted in CONTACTS else "normal"
    if urgent and not on and not released:
        wanted = "blocked"
    present, begun = _present(first, second, sensing)
    if present is not None and begun is not None and not released:
        lasted = sensing.now - begun
        if present == "blocked" and lasted >= LONGEST_BLOCK:
            wanted = "normal" if wanted == "blocked" else wanted
        elif present != wanted and lasted < KEPT and not urgent:
            wanted = present
    return set_contacts(first, second, *CONTACTS[wanted])


def _present(first: str, second: str, sensing: Sensing) -> tuple[str | None, Any]:
    """Return the present state of the contacts and since when."""
    states = sensing.of(first), sensing.of(second)
    if any(state is None or state.state not in {"on", "off"} for state in states):
        return None, None
    pair = tuple(state is not None and state.state == "on" for state in states)
    begun = max(state.last_changed for state in states if state is not None)
    return next((name for name, contacts in CONTACTS.items() if contacts == pair), None), begun
