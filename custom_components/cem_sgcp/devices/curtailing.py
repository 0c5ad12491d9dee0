"""Sources that can only be limited: what they offer and how a limit reaches them.

Power envelope (S2 PEBC). Fields (data): nominal_power (W), curtail_entity (number in W, kW or %), sequence,
curtailment_cost (currency/kWh). It must not know any kind.
"""

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
)
from .acting import sequence, set_power
from .base import Command, Device, DeviceSettings, Sensing
from .common import resource, value
from .generated_power import generated, generation


def can_curtail(device: Device) -> bool:
    """Return whether there is anything to limit it with."""
    return bool(device.data.get("curtail_entity") or device.data.get("sequence"))


def source(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    """Return a source as the brain sees it."""
    nominal = value(device.data, "nominal_power", 0.0)
    acts = can_curtail(device)
    power = generated(device, sensing)
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
        forecast=generation(sensing.forecast),
    )


def curtail(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    """Return what sets or lifts a limit."""
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


def lift(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    """Return what hands it back: without any limit."""
    return curtail(
        device,
        Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED),
        sensing,
    )
