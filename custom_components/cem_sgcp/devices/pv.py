"""PV: a generator that can be measured, forecast and, where its inverter takes a limit, curtailed.

Power envelope (S2 PEBC); IEC TR 62746-2 figure 1, PV. Generation is negative inside.

Fields: power_entity; power_sign (auto, production_positive, production_negative); nominal_power (W);
forecast_source (none, entity, energy); forecast_entity (one or more, such as one for each plane of the roof);
forecast_entry (config entry of a solar forecast); priority. act: curtail_entity (number in W, kW or %), sequence.
advanced: curtailment_cost (currency/kWh), stale_after (min).
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.helpers.selector import ConfigEntrySelector
import voluptuous as vol

from ..cem.model import (
    AllowedLimitRange,
    Consequence,
    Instruction,
    InstructionKind,
    Intent,
    LimitType,
    NumberRange,
    PowerEnvelope,
    Resource,
    Series,
)
from .acting import sequence, set_power
from .base import Command, Device, DeviceKind, DeviceSettings, ForecastFrom, Sensing
from .common import configured_entities, measured, resource, value
from .forms import (
    ACTIONS,
    NUMBER_ENTITY,
    POWER,
    PRIORITY,
    STALE_AFTER,
    Field,
    Section,
    choice,
    entities,
    form,
    number,
)

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(
        key="power_sign",
        selector=choice("power_sign", "auto", "production_positive", "production_negative"),
        default="auto",
    ),
    Field(key="nominal_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="forecast_source", selector=choice("forecast_source", "none", "entity", "energy"), default="energy"),
    Field(key="forecast_entity", selector=entities("sensor")),
    Field(key="forecast_entry", selector=ConfigEntrySelector()),
    PRIORITY,
    Section(
        key="act",
        fields=(
            Field(key="curtail_entity", selector=NUMBER_ENTITY),
            Field(key="sequence", selector=ACTIONS),
        ),
    ),
    Section(
        key="advanced",
        fields=(Field(key="curtailment_cost", selector=number(0, 10, step=0.001)), STALE_AFTER),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    if data.get("forecast_source") == "entity" and not data.get("forecast_entity"):
        return {"forecast_entity": "forecast_entity_missing"}
    return {}


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "curtail_entity")


def _controllable(device: Device) -> bool:
    return bool(device.data.get("curtail_entity") or device.data.get("sequence"))


def _power(device: Device, sensing: Sensing) -> float | None:
    """Return the power in W, generation negative; own consumption at night stays positive where the sign tells it."""
    power = measured(device, sensing)
    if power is None:
        return None
    match device.data.get("power_sign"):
        case "production_positive":
            return -power
        case "production_negative":
            return power
    return -abs(power)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    nominal = value(device.data, "nominal_power", 0.0)
    acts = _controllable(device)
    power = _power(device, sensing)
    limits = (
        (AllowedLimitRange(limit_type=LimitType.LOWER, range=NumberRange(start=-nominal, end=0.0)),)
        if acts and nominal > 0
        else ()
    )
    return resource(
        device,
        settings,
        acts=acts,
        control=PowerEnvelope(
            allowed_limit_ranges=limits,
            consequence=Consequence.VANISH,
            nominal_power=nominal or None,
            curtailment_cost=value(device.data, "curtailment_cost", 0.0),
        ),
        available=power is not None,
        power=power,
        maximum_power=nominal or None,
        forecast=_generation(sensing.forecast),
    )


def _generation(forecast: Series | None) -> Series | None:
    """Return the forecast with generation negative, whichever sign its source uses."""
    if forecast is None or all(entry.value <= 0 for entry in forecast.intervals):
        return forecast
    return forecast.replace(intervals=tuple(entry.replace(value=-abs(entry.value)) for entry in forecast.intervals))


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    nominal = value(device.data, "nominal_power", 0.0)
    limit = instruction.limit
    if instruction.kind in {InstructionKind.STOP, InstructionKind.PAUSE}:
        limit = 0.0
    elif instruction.kind is not InstructionKind.SET or instruction.intent is Intent.UNLIMITED:
        limit = None
    if entity_id := device.data.get("curtail_entity"):
        bound = nominal if limit is None else min(limit, nominal) if nominal else limit
        return (set_power(entity_id, bound, sensing, nominal=nominal or None),)
    return sequence(device.data.get("sequence"), device, instruction, sensing)


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    return _commands(
        device,
        Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED),
        sensing,
    )


PV = DeviceKind(
    kind="pv",
    forecast=ForecastFrom.SUN,
    generates=True,
    icon="mdi:solar-power-variant",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=_controllable,
)
