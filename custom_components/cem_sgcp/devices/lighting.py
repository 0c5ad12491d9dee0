"""Lighting: a lamp that is dimmed, not below a floor, when power is scarce or dearer than the light is worth.

Operation mode (S2 OMBC) with the modes full, dimmed and off; JWG23 of IEC TR 62746-2, user story lighting. Switching
on and off stays the user's business: only a lamp that is on is dimmed. Before it is dimmed, its state is kept as a
scene of Home Assistant, and given back from there: brightness, colour and effect. Emergency lights must not be dimmed;
the user has to say that it is none.

Fields: power_entity, power_inverted, rated_power (W at full brightness), floor (% brightness), dim_price (currency/kWh
that the dimmed light is worth; none: dimmed only in the red phase), usual_off (local time it is usually
switched off), not_emergency; priority. act: light_entity, sequence (in place of
setting the brightness, with the mode and the power). advanced: stale_after (min).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.scene import DOMAIN as SCENE  # type: ignore[attr-defined]
import voluptuous as vol

from ..cem.model import (
    Instruction,
    InstructionKind,
    ModeQuota,
    NumberRange,
    OperationMode,
    OperationModes,
    Resource,
    Transition,
)
from .acting import sequence, set_level
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .common import configured_entities, local_time, measured, next_occurrence, optional, resource, value
from .forms import ACTIONS, POWER, PRIORITY, STALE_AFTER, TIME, YES_NO, Field, Section, entity, form, number
from .local_days import Window, horizon, quota
from .modes import OFF, wanted_mode
from .reading import finite, known
from .switching import silent

FULL: Final = "full"
DIMMED: Final = "dimmed"
#: A lamp that nobody knows the end of is expected to be on for so long.
USUALLY_ON: Final = timedelta(hours=1)
#: The usual time of switching off counts if it is so near.
SAME_EVENING: Final = timedelta(hours=12)
#: Percent points of brightness by which a lamp counts as dimmed.
AT_FLOOR: Final = 2.0

ROWS = (
    Field(key="power_entity", selector=POWER),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="rated_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="floor", selector=number(1, 100, "%"), default=50),
    Field(key="dim_price", selector=number(0, 100, step=0.001)),
    Field(key="usual_off", selector=TIME, default="23:00:00"),
    Field(key="not_emergency", selector=YES_NO, default=False),
    PRIORITY,
    Section(
        key="act",
        collapsed=False,
        fields=(
            Field(key="light_entity", selector=entity("light")),
            Field(key="sequence", selector=ACTIONS),
        ),
    ),
    Section(key="advanced", fields=(STALE_AFTER,)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    return {} if data.get("not_emergency") is True else {"not_emergency": "emergency_light"}


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "light_entity")


def _controllable(device: Device) -> bool:
    return bool(device.data.get("light_entity")) and device.data.get("not_emergency") is True


def _brightness(device: Device, sensing: Sensing) -> float | None:
    """Return the brightness in %, 0 when off; None where it is not known."""
    state = sensing.of(device.data.get("light_entity"))
    if state is None or not known(state):
        return None
    if state.state == "off":
        return 0.0
    level = finite(state.attributes.get("brightness"))
    return 100.0 if level is None else min(max(level / 2.55, 0.4), 100.0)


def _floor(device: Device) -> float:
    return value(device.data, "floor", 50.0, 1.0, 100.0)


def _scene(device: Device) -> str:
    """Return the name of the scene that keeps the state before."""
    return f"cem_sgcp_{''.join(c if c.isalnum() else '_' for c in device.device_id.lower())}"


def _kept(device: Device, sensing: Sensing) -> bool:
    return sensing.state(f"{SCENE}.{_scene(device)}") is not None


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    rated = value(data, "rated_power", 0.0)
    bright, floor = _brightness(device, sensing), _floor(device)
    power = measured(device, sensing)
    dimmed = bright is not None and 0.0 < bright <= floor + AT_FLOOR and _kept(device, sensing)
    if power is None and bright is not None and not data.get("power_entity"):
        power = rated * bright / 100.0
    full = rated if dimmed or bright is None else rated * bright / 100.0
    active = None if bright is None else OFF if bright <= 0.0 else DIMMED if dimmed else FULL
    return resource(
        device,
        settings,
        acts=_controllable(device),
        control=_control(data, active, full, rated * floor / 100.0, sensing),
        available=bright is not None and not silent(device, sensing),
        power=power,
        maximum_power=rated or None,
    )


def _control(data: Mapping[str, Any], active: str | None, full: float, dim: float, sensing: Sensing) -> OperationModes:
    off = OperationMode(mode_id=OFF, power=NumberRange(start=0.0, end=0.0))
    if active in {None, OFF}:
        # When it will be switched on nobody knows.
        return OperationModes(modes=(off,), active_mode=OFF, active_factor=1.0)
    modes = [off, OperationMode(mode_id=FULL, power=NumberRange(start=full, end=full))]
    if dim < full - 1.0 or active == DIMMED:
        price = value(data, "dim_price", 0.0, 0.0, 1000.0)
        worth = max(full - dim, 0.0) / 1000.0 * price / 3600.0
        modes.append(
            OperationMode(
                mode_id=DIMMED,
                power=NumberRange(start=dim, end=dim),
                running_cost=NumberRange(start=worth, end=worth),
                abnormal_condition_only=optional(data, "dim_price") is None,
            )
        )
    names = [mode.mode_id for mode in modes]
    end = _expected_off(data, sensing)
    on = tuple(name for name in names if name != OFF)
    quotas = (
        quota(Window(sensing.now, end), (OFF,), sensing, maximum=0.0),
        quota(Window(end, horizon(sensing)), on, sensing, maximum=0.0),
    )
    return OperationModes(
        modes=tuple(modes),
        transitions=tuple(
            Transition(transition_id=f"{source}-{target}", from_mode=source, to_mode=target)
            for source in on
            for target in names
            if source != target
        ),
        active_mode=active,
        active_factor=1.0,
        quotas=tuple(entry for entry in quotas if isinstance(entry, ModeQuota)),
    )


def _expected_off(data: Mapping[str, Any], sensing: Sensing) -> datetime:
    """Return until when a lamp that is on is expected to stay on."""
    at = local_time(data.get("usual_off"))
    end = None if at is None else next_occurrence(at, sensing)
    return end if end is not None and end - sensing.now <= SAME_EVENING else sensing.now + USUALLY_ON


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    entity_id = device.data.get("light_entity")
    if instruction.kind is InstructionKind.RELEASE or not isinstance(entity_id, str) or not _controllable(device):
        return _release(device, sensing)
    bright = _brightness(device, sensing)
    if bright is None:
        return ()
    if not bright:
        return _restore(device, sensing)
    told = any(choice.actuator_id == device.device_id for choice in instruction.modes)
    wanted = wanted_mode(instruction, device.device_id, on=FULL, off=DIMMED)
    if not told and instruction.kind is InstructionKind.SET and instruction.power is not None:
        # A limit speaks in W: what leaves less than the lamp takes asks for dimming.
        taken = value(device.data, "rated_power", 0.0) * bright / 100.0
        wanted = DIMMED if instruction.power < taken - 1.0 else FULL
        if wanted == FULL and _kept(device, sensing) and instruction.power < value(device.data, "rated_power", 0.0):
            wanted = DIMMED
    if wanted != DIMMED:
        return _restore(device, sensing) if wanted == FULL else ()
    floor = _floor(device)
    if bright <= floor and not _kept(device, sensing):
        return ()
    keep = Command(domain=SCENE, service="create", data={"scene_id": _scene(device), "snapshot_entities": [entity_id]})
    dimmed = value(device.data, "rated_power", 0.0) * floor / 100.0
    dim = sequence(device.data.get("sequence"), device, instruction, sensing, power=dimmed)
    dim = dim or (set_level(entity_id, floor, sensing),)
    return dim if _kept(device, sensing) else (keep, *dim)


def _restore(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    """Give back the state before; one that the user switched off or brightened meanwhile stays so."""
    if not _kept(device, sensing):
        return ()
    scene = f"{SCENE}.{_scene(device)}"
    forget = Command(domain=SCENE, service="delete", entity_id=scene)
    bright = _brightness(device, sensing) or 0.0
    if not 0.0 < bright <= _floor(device) + AT_FLOOR:
        return (forget,)
    return (Command(domain=SCENE, service="turn_on", entity_id=scene), forget)


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    return _restore(device, sensing)


LIGHTING = DeviceKind(
    kind="lighting",
    has_modes=True,
    icon="mdi:lightbulb-group",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=_controllable,
)
