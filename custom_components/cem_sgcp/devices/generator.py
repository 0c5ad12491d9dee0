"""Generator: one that burns fuel, for emergencies or for hours in which the grid is dearer.

Operation mode (S2 OMBC) with the modes off and on; IEC TR 62746-2 figure 1, backup generator, and JWG16. What a kWh of
fuel costs is the running cost, a start has a price and takes its time. Unless the user allows normal operation, the
plan has it run in abnormal conditions only (S2: abnormal_condition_only).

Fields: power_entity, power_sign, rated_power, least_power (W; the same, or empty: on or off); fuel_cost (currency per
kWh of electricity), start_cost (currency), normal_operation; priority. act: see `switching`, and setpoint_entity
(number in W, kW or %). advanced: start_delay (s), minimum_on, minimum_off (min), starts_per_day, stale_after (min).
"""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from ..cem.model import Instruction, InstructionKind, NumberRange, OperationMode, OperationModes, Resource
from .acting import set_power
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .common import configured_entities, optional, resource, value
from .forms import NUMBER_ENTITY, POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, form, number
from .generated_power import POWER_SIGN, generated
from .modes import (
    MINIMUM_OFF_FIELD,
    MINIMUM_ON_FIELD,
    OFF,
    ON,
    STARTS_PER_DAY,
    factor_of,
    on_and_off,
    starts_allowed,
    wanted_mode,
)
from .switching import ACT_ENTITIES, ACT_FIELDS_OFF, can_switch, hand_back, is_on, options_missing, silent, turn

ROWS = (
    Field(key="power_entity", selector=POWER),
    POWER_SIGN,
    Field(key="rated_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="least_power", selector=number(0, 1_000_000, "W")),
    Field(key="fuel_cost", selector=number(0, 100, step=0.001), required=True),
    Field(key="start_cost", selector=number(0, 1000, step=0.01), default=0),
    Field(key="normal_operation", selector=YES_NO, default=False),
    PRIORITY,
    Section(key="act", fields=(Field(key="setpoint_entity", selector=NUMBER_ENTITY), *ACT_FIELDS_OFF)),
    Section(
        key="advanced",
        fields=(
            Field(key="start_delay", selector=number(0, 3600, "s")),
            MINIMUM_ON_FIELD,
            MINIMUM_OFF_FIELD,
            STARTS_PER_DAY,
            STALE_AFTER,
        ),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors = dict.fromkeys(options_missing(data), "option_missing")
    if value(data, "least_power", 0.0) > value(data, "rated_power", 0.0):
        errors["least_power"] = "least_above_rated"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "setpoint_entity", *ACT_ENTITIES)


def _powers(data: Mapping[str, Any]) -> tuple[float, float]:
    """Return the least and the greatest power in W, magnitudes; the same where it cannot be set."""
    rated = value(data, "rated_power", 0.0)
    adjustable = optional(data, "least_power") is not None and (data.get("setpoint_entity") or data.get("sequence"))
    return (value(data, "least_power", rated, 0.0, rated) if adjustable else rated), rated


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    least, rated = _powers(data)
    on, since = is_on(device, sensing)
    power = generated(device, sensing)
    factor = 1.0 if on else 0.0
    if on and power is not None and rated > least:
        factor = min(max((-power - least) / (rated - least), 0.0), 1.0)
    if power is None and on is not None and not data.get("power_entity"):
        power = -rated if on else 0.0
    transitions, timers = on_and_off(
        data,
        sensing,
        on=on,
        since=since,
        start_cost=value(data, "start_cost", 0.0, 0.0, 1e4),
        start_delay=value(data, "start_delay", 0.0, 0.0, 3600.0),
    )
    cost = value(data, "fuel_cost", 0.0, 0.0, 1000.0) / 1000.0 / 3600.0
    control = OperationModes(
        modes=(
            OperationMode(mode_id=OFF, power=NumberRange(start=0.0, end=0.0)),
            OperationMode(
                mode_id=ON,
                power=NumberRange(start=-least, end=-rated),
                running_cost=NumberRange(start=least * cost, end=rated * cost),
                abnormal_condition_only=data.get("normal_operation") is not True,
            ),
        ),
        transitions=transitions,
        timers=timers,
        active_mode=None if on is None else ON if on else OFF,
        active_factor=factor,
        maximum_starts_per_day=starts_allowed(data),
        starts_today=sensing.starts_today,
    )
    return resource(
        device,
        settings,
        acts=can_switch(device),
        control=control,
        available=on is not None and not silent(device, sensing),
        power=power,
        maximum_power=rated or None,
    )


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    if instruction.kind is InstructionKind.RELEASE:
        return _release(device, sensing)
    least, rated = _powers(device.data)
    on = wanted_mode(instruction, device.device_id) != OFF
    factor = factor_of(instruction, device.device_id)
    if factor is not None:
        power = least + factor * (rated - least)
    else:
        power = rated if instruction.power is None else min(max(abs(instruction.power), least), rated)
    commands: tuple[Command, ...] = ()
    entity_id = device.data.get("setpoint_entity")
    if on and isinstance(entity_id, str) and entity_id:
        commands = (set_power(entity_id, power, sensing, nominal=rated or None),)
    return (*commands, *turn(device, instruction, sensing, on=on, power=-power if on else 0.0))


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    return hand_back(device, sensing, -_powers(device.data)[1], default="off")


GENERATOR = DeviceKind(
    kind="generator",
    has_modes=True,
    generates=True,
    icon="mdi:engine",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=can_switch,
)
