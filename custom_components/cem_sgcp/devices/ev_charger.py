"""EV charger: a store that is charged while a car is connected, and should be full enough at departure.

Fill rate (S2 FRBC), level in Wh; charging is semi-continuous: nothing, or between the charger's least and greatest
power. A car that is away offers no flexibility. Where the car does not tell its state of charge, the level is the
energy charged since it was plugged in, and what should be reached is the energy it needs.

Fields: power_entity, power_inverted; connected_entity, connected_states (texts); soc_entity (% or kWh) with capacity
(kWh) and target (%); or session_energy_entity (kWh since plugged in) with energy_need (kWh); efficiency (%),
min_current, max_current (A), phases (1 to 3), voltage (V), or max_power and min_power (W) instead; ready_by (local
time), departure_entity (timestamp, above ready_by), charge_beyond_target; priority. act: switch_entity, limit_entity
(number in A, W or kW), sequence, release_to (charge, off, leave), release_sequence. advanced: stale_after (min).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import voluptuous as vol

from ..cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Instruction,
    InstructionKind,
    Intent,
    LevelTarget,
    NotControllable,
    NumberRange,
    Resource,
)
from .acting import sequence, set_power, switch
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .cars import charging_powers, connected, departure
from .common import IDLE_POWER, configured_entities, measured, resource, value
from .forms import (
    ACTIONS,
    ANY_ENTITY,
    NUMBER_ENTITY,
    POWER,
    PRIORITY,
    STALE_AFTER,
    SWITCH_ENTITY,
    TEXT,
    TIME,
    YES_NO,
    Field,
    Section,
    choice,
    entity,
    form,
    measurement,
    number,
)
from .reading import energy_of, share_of

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="connected_entity", selector=ANY_ENTITY, required=True),
    Field(key="connected_states", selector=TEXT),
    Field(key="soc_entity", selector=measurement("battery", "energy_storage")),
    Field(key="capacity", selector=number(0.1, 1000, "kWh")),
    Field(key="target", selector=number(0, 100, "%"), default=80),
    Field(key="session_energy_entity", selector=measurement("energy")),
    Field(key="energy_need", selector=number(0.1, 1000, "kWh")),
    Field(key="ready_by", selector=TIME, default="07:00:00"),
    Field(key="departure_entity", selector=entity("sensor", "datetime", "input_datetime")),
    Field(key="phases", selector=number(1, 3, step=1), default=3),
    Field(key="min_current", selector=number(0, 100, "A"), default=6),
    Field(key="max_current", selector=number(1, 1000, "A"), default=16),
    PRIORITY,
    Section(
        key="act",
        fields=(
            Field(key="switch_entity", selector=SWITCH_ENTITY),
            Field(key="limit_entity", selector=NUMBER_ENTITY),
            Field(key="sequence", selector=ACTIONS),
            Field(key="release_to", selector=choice("release_to", "charge", "off", "leave"), default="charge"),
            Field(key="release_sequence", selector=ACTIONS),
        ),
    ),
    Section(
        key="advanced",
        fields=(
            Field(key="charge_beyond_target", selector=YES_NO, default=False),
            Field(key="efficiency", selector=number(20, 100, "%"), default=92),
            Field(key="voltage", selector=number(50, 1000, "V"), default=230),
            Field(key="min_power", selector=number(0, 1_000_000, "W")),
            Field(key="max_power", selector=number(1, 1_000_000, "W")),
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if data.get("soc_entity"):
        if not data.get("capacity"):
            errors["capacity"] = "capacity_missing"
    elif not data.get("session_energy_entity"):
        errors["soc_entity"] = "level_missing"
    elif not data.get("energy_need"):
        errors["energy_need"] = "energy_need_missing"
    least, greatest, _ = charging_powers(data)
    if least > greatest:
        errors["min_power" if data.get("min_power") else "min_current"] = "minimum_above_maximum"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(
        device,
        "power_entity",
        "connected_entity",
        "soc_entity",
        "session_energy_entity",
        "departure_entity",
        "switch_entity",
        "limit_entity",
    )


def _controllable(device: Device) -> bool:
    return any(device.data.get(key) for key in ("switch_entity", "limit_entity", "sequence"))


def _store(device: Device, settings: DeviceSettings, sensing: Sensing) -> tuple[float, float, float] | None:
    """Return level, target and capacity in Wh; None where they are not known."""
    data = device.data
    if data.get("soc_entity"):
        capacity = value(data, "capacity", 0.0) * 1000.0
        share = share_of(sensing.of(data.get("soc_entity")), capacity)
        if share is None or capacity <= 0:
            return None
        percent = settings.target if settings.target is not None else value(data, "target", 80.0)
        return share * capacity, min(max(percent, 0.0), 100.0) / 100.0 * capacity, capacity
    charged = energy_of(sensing.of(data.get("session_energy_entity")))
    need = value(data, "energy_need", 0.0) * 1000.0
    if charged is None or need <= 0:
        return None
    # The meter is before the charger's losses, the need is that of the car.
    efficiency = value(data, "efficiency", 92.0, 1.0, 100.0) / 100.0
    return max(charged, 0.0) * efficiency, need, max(need, charged * efficiency)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    power = measured(device, sensing)
    store = _store(device, settings, sensing)
    acts = _controllable(device)
    least, greatest, _ = charging_powers(device.data)
    if store is None:
        return resource(
            device,
            settings,
            acts=acts,
            control=NotControllable(),
            available=False,
            power=power,
            maximum_power=greatest,
        )
    level, target, capacity = store
    full = capacity if device.data.get("charge_beyond_target") is True else max(target, level)
    leaves = departure(device, settings, sensing)
    targets = () if leaves is None else (LevelTarget(start=leaves, end=leaves + timedelta(minutes=15), minimum=target),)
    return resource(
        device,
        settings,
        acts=acts,
        control=FillRate(
            actuators=(_actuator(device.data, capacity, least, greatest, power),),
            level=level,
            level_range=NumberRange(start=0.0, end=full),
            level_unit="Wh",
            targets=targets,
            departure=leaves,
        ),
        available=connected(device, sensing) is True,
        power=power,
        maximum_power=greatest,
    )


def _actuator(
    data: Mapping[str, Any], capacity: float, least: float, greatest: float, power: float | None
) -> FillRateActuator:
    rate = value(data, "efficiency", 92.0, 1.0, 100.0) / 100.0 / 3600.0
    least = min(least, greatest)
    whole = NumberRange(start=0.0, end=capacity)
    still = NumberRange(start=0.0, end=0.0)
    charging = power is not None and power > IDLE_POWER
    span = greatest - least
    factor = min(max((power - least) / span, 0.0), 1.0) if charging and power is not None and span > 0 else 0.0
    return FillRateActuator(
        actuator_id="charger",
        modes=(
            FillRateMode(
                mode_id="charge",
                elements=(
                    FillRateElement(
                        level_range=whole,
                        fill_rate=NumberRange(start=least * rate, end=greatest * rate),
                        power=NumberRange(start=least, end=greatest),
                    ),
                ),
            ),
            FillRateMode(mode_id="idle", elements=(FillRateElement(level_range=whole, fill_rate=still, power=still),)),
        ),
        active_mode="charge" if charging else "idle",
        active_factor=factor,
    )


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    if instruction.kind is InstructionKind.RELEASE:
        return _release(device, sensing)
    least, greatest, volts = charging_powers(device.data)
    match instruction.kind:
        case InstructionKind.STOP | InstructionKind.PAUSE:
            power = 0.0
        case InstructionKind.START | InstructionKind.RESUME:
            power = greatest
        case _:
            power = instruction.power if instruction.power is not None else _by_intent(instruction.intent, greatest)
    # Below its least power a charger cannot charge; a hair less is rounding.
    power = 0.0 if power < min(least, greatest) * 0.99 else min(power, greatest)
    return _set(device, power, volts, sensing) or sequence(
        device.data.get("sequence"), device, instruction, sensing, power=power
    )


def _by_intent(intent: Intent, greatest: float) -> float:
    charging = {Intent.CHARGE_GRID, Intent.CHARGE_SURPLUS, Intent.ON, Intent.RUN, Intent.UNLIMITED}
    return greatest if intent in charging else 0.0


def _set(device: Device, power: float, volts: float, sensing: Sensing) -> tuple[Command, ...]:
    switch_entity, limit_entity = device.data.get("switch_entity"), device.data.get("limit_entity")
    commands: list[Command] = []
    # The limit comes before the switch: a charger that is switched on starts with the right power.
    if limit_entity and (power > 0 or not switch_entity):
        commands.append(set_power(limit_entity, power, sensing, volts=volts))
    if switch_entity:
        commands.append(switch(switch_entity, on=power > 0))
    return tuple(commands)


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    """Hand back: as a charger without a CEM, it charges whatever is plugged in; or what the user chose."""
    data = device.data
    _, greatest, volts = charging_powers(data)
    instruction = Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED)
    default = data.get("release_to") or "charge"
    power = {"off": 0.0}.get(default, greatest)
    commands = () if default == "leave" else _set(device, power, volts, sensing)
    own = data.get("release_sequence") or (None if commands or default == "leave" else data.get("sequence"))
    return (*commands, *sequence(own, device, instruction, sensing, power=power))


EV_CHARGER = DeviceKind(
    kind="ev_charger",
    has_level=True,
    icon="mdi:ev-station",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=_controllable,
    deadline=departure,
)
