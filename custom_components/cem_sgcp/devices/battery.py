"""Battery: a store that charges and discharges, with losses, a reserve and wear.

Fill rate (S2 FRBC), level in Wh. Modes: charge, discharge, idle. Efficiency is that of a full cycle (AC to AC), shared
evenly between the two directions. Handing back means its own automatic mode.

Fields: power_entity, power_inverted (positive means discharging), soc_entity (% or kWh), capacity (kWh),
max_charge_power (W), max_discharge_power (W), efficiency (%), reserve (%), maximum (%), wear_cost (currency/kWh
discharged), priority. act: mode_entity (select), option_automatic, option_manual, option_idle, option_charge,
option_discharge, setpoint_entity (number in W or kW), setpoint_inverted (positive means discharging),
charge_power_entity, discharge_power_entity, sequence, release_sequence. advanced: fast (corrected every few seconds),
stale_after (min).
"""

from collections.abc import Mapping
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
    NotControllable,
    NumberRange,
    Resource,
)
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .common import IDLE_POWER, configured_entities, measured, resource, value
from .forms import FAST, POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, form, measurement, number
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
    Field(key="soc_entity", selector=measurement("battery", "energy_storage"), required=True),
    Field(key="capacity", selector=number(0.1, 10_000, "kWh"), required=True),
    Field(key="max_charge_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="max_discharge_power", selector=number(0, 1_000_000, "W"), required=True),
    Field(key="efficiency", selector=number(20, 100, "%"), default=90),
    Field(key="reserve", selector=number(0, 100, "%"), default=10),
    Field(key="maximum", selector=number(0, 100, "%"), default=100),
    Field(key="wear_cost", selector=number(0, 10, step=0.001), default=0.02),
    PRIORITY,
    Section(key="act", fields=ACT_FIELDS),
    Section(key="advanced", fields=(FAST, STALE_AFTER)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if value(data, "reserve", 10.0) >= value(data, "maximum", 100.0):
        errors["reserve"] = "reserve_above_maximum"
    errors |= dict.fromkeys(missing_options(data), "option_missing")
    if lacking := missing_power(data):
        errors[lacking] = "both_powers_needed"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "soc_entity", *ACT_ENTITIES)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    capacity = value(data, "capacity", 0.0) * 1000.0
    charge = value(data, "max_charge_power", 0.0)
    discharge = value(data, "max_discharge_power", 0.0)
    power = measured(device, sensing)
    share = share_of(sensing.of(data.get("soc_entity")), capacity)
    acts = takes_set_points(device)
    if share is None or capacity <= 0 or charge <= 0:
        return resource(
            device,
            settings,
            acts=acts,
            control=NotControllable(),
            available=False,
            power=power,
            maximum_power=charge or None,
        )
    efficiency = math.sqrt(value(data, "efficiency", 90.0, 1.0, 100.0) / 100.0)
    reserve = value(data, "reserve", 10.0, 0.0, 100.0) / 100.0
    maximum = max(value(data, "maximum", 100.0, 0.0, 100.0) / 100.0, reserve)
    return resource(
        device,
        settings,
        acts=acts,
        control=FillRate(
            actuators=(
                _actuator(
                    capacity,
                    charge,
                    discharge,
                    efficiency=efficiency,
                    wear=value(data, "wear_cost", 0.0),
                    power=power,
                ),
            ),
            level=share * capacity,
            level_range=NumberRange(start=reserve * capacity, end=maximum * capacity),
            level_unit="Wh",
        ),
        available=True,
        power=power,
        maximum_power=charge,
    )


def _actuator(
    capacity: float, charge: float, discharge: float, *, efficiency: float, wear: float, power: float | None
) -> FillRateActuator:
    whole = NumberRange(start=0.0, end=capacity)
    still = NumberRange(start=0.0, end=0.0)
    modes = [
        FillRateMode(
            mode_id="charge",
            elements=(
                FillRateElement(
                    level_range=whole,
                    fill_rate=NumberRange(start=0.0, end=charge * efficiency / 3600.0),
                    power=NumberRange(start=0.0, end=charge),
                ),
            ),
        )
    ]
    if discharge > 0:
        modes.append(
            FillRateMode(
                mode_id="discharge",
                elements=(
                    FillRateElement(
                        level_range=whole,
                        fill_rate=NumberRange(start=0.0, end=-discharge / efficiency / 3600.0),
                        power=NumberRange(start=0.0, end=-discharge),
                        running_cost=NumberRange(start=0.0, end=wear * discharge / 1000.0 / 3600.0),
                    ),
                ),
            )
        )
    modes.append(
        FillRateMode(mode_id="idle", elements=(FillRateElement(level_range=whole, fill_rate=still, power=still),))
    )
    active, factor = "idle", 0.0
    if power is not None and power > IDLE_POWER:
        active, factor = "charge", min(power / charge, 1.0)
    elif power is not None and power < -IDLE_POWER and discharge > 0:
        active, factor = "discharge", min(-power / discharge, 1.0)
    return FillRateActuator(actuator_id="inverter", modes=tuple(modes), active_mode=active, active_factor=factor)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    if instruction.kind is InstructionKind.RELEASE:
        return hand_back_set_point(device, sensing)
    power = 0.0 if instruction.kind in {InstructionKind.STOP, InstructionKind.PAUSE} else instruction.power
    return set_point(device, instruction, sensing, power)


BATTERY = DeviceKind(
    kind="battery",
    has_level=True,
    icon="mdi:home-battery",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=hand_back_set_point,
    controllable=takes_set_points,
)
