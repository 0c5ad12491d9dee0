"""Car that also supplies the house (V2H, V2G): a store that charges and discharges while it is connected.

Fill rate (S2 FRBC), level in Wh; IEC TR 62746-2 figure 1, electric vehicle as storage. Below its least power a
bidirectional charger does nothing, in either direction. It never discharges below the reserve, and at departure the
target is reached; a kWh discharged has a price for the wear of the battery. Handing back means that it charges as the
charger itself decides.

Fields: power_entity, power_inverted; connected_entity, connected_states, soc_entity (% or kWh), capacity (kWh), target
(%), reserve (%), maximum (%), ready_by, departure_entity; max_charge_power, max_discharge_power, min_charge_power,
min_discharge_power (W), efficiency (% of a full cycle), wear_cost (currency/kWh discharged); priority. act: see
`set_points`, and switch_entity. advanced: phases, voltage (for set points in A), stale_after (min).
"""

from collections.abc import Mapping
from datetime import timedelta
import math
from typing import Any

import voluptuous as vol

from ..cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Instruction,
    InstructionKind,
    LevelTarget,
    NotControllable,
    NumberRange,
    Resource,
)
from .acting import switch
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .cars import connected, departure, line_voltage
from .common import IDLE_POWER, configured_entities, measured, resource, value
from .forms import (
    ANY_ENTITY,
    POWER,
    PRIORITY,
    STALE_AFTER,
    SWITCH_ENTITY,
    TEXT,
    TIME,
    YES_NO,
    Field,
    Section,
    entity,
    form,
    measurement,
    number,
)
from .reading import share_of
from .set_points import (
    ACT_ENTITIES,
    ACT_FIELDS,
    hand_back_set_point,
    missing_options,
    missing_power,
    set_point,
    takes_set_points,
)

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="connected_entity", selector=ANY_ENTITY, required=True),
    Field(key="connected_states", selector=TEXT),
    Field(key="soc_entity", selector=measurement("battery", "energy_storage"), required=True),
    Field(key="capacity", selector=number(0.1, 1000, "kWh"), required=True),
    Field(key="target", selector=number(0, 100, "%"), default=80),
    Field(key="reserve", selector=number(0, 100, "%"), default=40),
    Field(key="maximum", selector=number(0, 100, "%"), default=90),
    Field(key="ready_by", selector=TIME, default="07:00:00"),
    Field(key="departure_entity", selector=entity("sensor", "datetime", "input_datetime")),
    Field(key="max_charge_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="max_discharge_power", selector=number(0, 1_000_000, "W"), required=True),
    Field(key="min_charge_power", selector=number(0, 1_000_000, "W")),
    Field(key="min_discharge_power", selector=number(0, 1_000_000, "W")),
    Field(key="efficiency", selector=number(20, 100, "%"), default=85),
    Field(key="wear_cost", selector=number(0, 10, step=0.001), default=0.05),
    PRIORITY,
    Section(key="act", fields=(Field(key="switch_entity", selector=SWITCH_ENTITY), *ACT_FIELDS)),
    Section(
        key="advanced",
        fields=(
            Field(key="phases", selector=number(1, 3, step=1), default=3),
            Field(key="voltage", selector=number(50, 1000, "V"), default=230),
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if value(data, "reserve", 40.0) >= value(data, "maximum", 90.0):
        errors["reserve"] = "reserve_above_maximum"
    for way in ("charge", "discharge"):
        if value(data, f"min_{way}_power", 0.0) > value(data, f"max_{way}_power", 0.0):
            errors[f"min_{way}_power"] = "minimum_above_maximum"
    errors |= dict.fromkeys(missing_options(data), "option_missing")
    if lacking := missing_power(data):
        errors[lacking] = "both_powers_needed"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(
        device, "power_entity", "connected_entity", "soc_entity", "departure_entity", "switch_entity", *ACT_ENTITIES
    )


def _ways(data: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return the least and the greatest power in W of charging and discharging."""
    found: dict[str, tuple[float, float]] = {}
    for way in ("charge", "discharge"):
        greatest = value(data, f"max_{way}_power", 0.0)
        found[way] = (value(data, f"min_{way}_power", 0.0, 0.0, greatest), greatest)
    return found


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    capacity = value(data, "capacity", 0.0) * 1000.0
    ways = _ways(data)
    power = measured(device, sensing)
    share = share_of(sensing.of(data.get("soc_entity")), capacity)
    acts = takes_set_points(device)
    greatest = ways["charge"][1]
    if share is None or capacity <= 0 or greatest <= 0:
        return resource(
            device,
            settings,
            acts=acts,
            control=NotControllable(),
            available=False,
            power=power,
            maximum_power=greatest or None,
        )
    reserve = value(data, "reserve", 40.0, 0.0, 100.0) / 100.0
    percent = settings.target if settings.target is not None else value(data, "target", 80.0)
    target = min(max(percent, 0.0), 100.0) / 100.0
    maximum = max(value(data, "maximum", 90.0, 0.0, 100.0) / 100.0, reserve, target)
    leaves = departure(device, settings, sensing)
    targets = (
        ()
        if leaves is None
        else (LevelTarget(start=leaves, end=leaves + timedelta(minutes=15), minimum=target * capacity),)
    )
    return resource(
        device,
        settings,
        acts=acts,
        control=FillRate(
            actuators=(_actuator(data, capacity, ways, power),),
            level=share * capacity,
            level_range=NumberRange(start=reserve * capacity, end=maximum * capacity),
            level_unit="Wh",
            targets=targets,
            departure=leaves,
        ),
        available=connected(device, sensing) is True,
        power=power,
        maximum_power=greatest,
    )


def _actuator(
    data: Mapping[str, Any], capacity: float, ways: Mapping[str, tuple[float, float]], power: float | None
) -> FillRateActuator:
    efficiency = math.sqrt(value(data, "efficiency", 85.0, 1.0, 100.0) / 100.0)
    wear = value(data, "wear_cost", 0.0) / 1000.0 / 3600.0
    whole = NumberRange(start=0.0, end=capacity)
    still = NumberRange(start=0.0, end=0.0)
    modes: list[FillRateMode] = []
    for way, sign, rate, cost in (("charge", 1.0, efficiency, 0.0), ("discharge", -1.0, -1.0 / efficiency, wear)):
        least, greatest = ways[way]
        if greatest <= 0:
            continue
        modes.append(
            FillRateMode(
                mode_id=way,
                elements=(
                    FillRateElement(
                        level_range=whole,
                        fill_rate=NumberRange(start=least * rate / 3600.0, end=greatest * rate / 3600.0),
                        power=NumberRange(start=least * sign, end=greatest * sign),
                        running_cost=NumberRange(start=least * cost, end=greatest * cost) if cost else None,
                    ),
                ),
            )
        )
    modes.append(
        FillRateMode(mode_id="idle", elements=(FillRateElement(level_range=whole, fill_rate=still, power=still),))
    )
    active, factor = "idle", 0.0
    if power is not None and abs(power) > IDLE_POWER:
        way = "charge" if power > 0 else "discharge"
        least, greatest = ways[way]
        if greatest > 0:
            active = way
            factor = min(max((abs(power) - least) / (greatest - least), 0.0), 1.0) if greatest > least else 1.0
    return FillRateActuator(actuator_id="charger", modes=tuple(modes), active_mode=active, active_factor=factor)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    if instruction.kind is InstructionKind.RELEASE:
        return _release(device, sensing)
    power = 0.0 if instruction.kind in {InstructionKind.STOP, InstructionKind.PAUSE} else instruction.power
    if power is not None:
        least, greatest = _ways(device.data)["charge" if power >= 0 else "discharge"]
        # Below its least power it can do nothing; a hair less is rounding.
        power = 0.0 if abs(power) < least * 0.99 else math.copysign(min(abs(power), greatest), power) + 0.0
    switch_entity = device.data.get("switch_entity")
    commands = set_point(device, instruction, sensing, power, volts=line_voltage(device.data))
    if isinstance(switch_entity, str) and switch_entity:
        commands = (*commands, switch(switch_entity, on=power is None or abs(power) >= 1.0))
    return commands


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    commands = hand_back_set_point(device, sensing, volts=line_voltage(device.data))
    switch_entity = device.data.get("switch_entity")
    return (*commands, switch(switch_entity, on=True)) if isinstance(switch_entity, str) and switch_entity else commands


V2H_CAR = DeviceKind(
    kind="v2h_car",
    has_level=True,
    icon="mdi:car-electric",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=takes_set_points,
    deadline=departure,
)
