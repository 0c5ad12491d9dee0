"""Appliance with flexible start: washing machine, dishwasher, tumble dryer, or any batch that may wait.

Power profile (S2 PPBC); use cases JWG1100 to 1103 of IEC TR 62746-2:2015. The appliance says that it is ready (door
closed, programme chosen, remote start enabled), the CEM chooses the start, and the start is seen in its state or power.

Fields: power_entity, power_inverted; ready_entity, ready_states (texts; default on); ready_by (local time); priority.
program: profile_type (easy, slots, learned), duration (min) with power (W) or energy (kWh), slots (text such as
`30x2000, 45x150`), pausable, stop_in_emergency. act: start_entity (button, switch, select, number for a delay,
datetime, script), start_option, native_delay (the delay or time is told as soon as it is planned, and the machine
waits by itself; otherwise START is given when due, with delay 0), pause_entity, resume_entity, stop_entity, sequence
(all instructions). verification: state_entity, running_states, finished_states, start_rise (W), start_within (s).
advanced: stale_after (min).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import voluptuous as vol

from ..cem.model import EnergyProfile, Instruction, InstructionKind, PowerProfile, Resource
from .acting import choose, domain_of, press, sequence, switch
from .acting_moments import set_delay, set_moment
from .appliance_profile import SlotsError, build_profile, parse_slots, peak_of
from .base import Command, Device, DeviceKind, DeviceSettings, Expect, Sensing
from .common import configured_entities, deadline, measured, resource, texts, value
from .forms import (
    ACTIONS,
    ANY_ENTITY,
    POWER,
    PRIORITY,
    STALE_AFTER,
    TEXT,
    TIME,
    YES_NO,
    Field,
    Section,
    choice,
    entity,
    form,
    number,
)
from .reading import is_one_of, known

#: Everything that can start a machine, and everything that can pause or stop it.
BUTTONS: Final = ("button", "input_button", "script", "scene", "automation")
SWITCHES: Final = ("switch", "input_boolean", "light", "fan")
SELECTS: Final = ("select", "input_select")
NUMBERS: Final = ("number", "input_number")
MOMENTS: Final = ("datetime", "input_datetime", "time")

RUNNING_STATES: Final = ("on", "run", "running", "in_use", "in use", "program_running", "started", "washing", "drying")
READY_STATES: Final = ("on", "ready", "true", "remote_start", "ready_to_start", "waiting_to_start", "enabled")
#: Power that a start is seen by when the user has not said it: pumps and drums take more, electronics less (W).
START_RISE: Final = 10.0
#: A machine that takes so many times the rise before it was started runs already.
RUNNING_FACTOR: Final = 3.0
START_WITHIN: Final = 180.0
#: A start further away than this is told ahead, where the machine waits by itself (s).
AHEAD: Final = 60.0

ROWS = (
    Field(key="power_entity", selector=POWER),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="ready_entity", selector=ANY_ENTITY),
    Field(key="ready_states", selector=TEXT),
    Field(key="ready_by", selector=TIME),
    PRIORITY,
    Section(
        key="program",
        collapsed=False,
        fields=(
            Field(key="profile_type", selector=choice("profile_type", "easy", "slots", "learned"), default="easy"),
            Field(key="duration", selector=number(1, 10_080, "min")),
            Field(key="power", selector=number(0, 1_000_000, "W")),
            Field(key="energy", selector=number(0, 1000, "kWh")),
            Field(key="slots", selector=TEXT),
            Field(key="pausable", selector=YES_NO, default=False),
            Field(key="stop_in_emergency", selector=YES_NO, default=False),
        ),
    ),
    Section(
        key="act",
        fields=(
            Field(key="start_entity", selector=entity(*BUTTONS, *SWITCHES, *SELECTS, *NUMBERS, *MOMENTS)),
            Field(key="start_option", selector=TEXT),
            Field(key="native_delay", selector=YES_NO, default=False),
            Field(key="pause_entity", selector=entity(*BUTTONS, *SWITCHES)),
            Field(key="resume_entity", selector=entity(*BUTTONS, *SWITCHES)),
            Field(key="stop_entity", selector=entity(*BUTTONS, *SWITCHES)),
            Field(key="sequence", selector=ACTIONS),
        ),
    ),
    Section(
        key="verification",
        fields=(
            Field(key="state_entity", selector=ANY_ENTITY),
            Field(key="running_states", selector=TEXT),
            Field(key="finished_states", selector=TEXT),
            Field(key="start_rise", selector=number(1, 10_000, "W")),
            Field(key="start_within", selector=number(5, 3600, "s")),
        ),
    ),
    Section(key="advanced", fields=(STALE_AFTER,)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    kind = data.get("profile_type", "easy")
    if kind == "slots":
        try:
            parse_slots(data.get("slots"))
        except SlotsError:
            errors["slots"] = "bad_slots"
    elif kind == "easy":
        if not data.get("duration"):
            errors["duration"] = "duration_missing"
        if data.get("power") is None and data.get("energy") is None:
            errors["power"] = "power_or_energy_missing"
    elif not data.get("power_entity"):
        errors["power_entity"] = "power_entity_missing"
    start = data.get("start_entity")
    domain = domain_of(start) if isinstance(start, str) and "." in start else ""
    if domain in SELECTS and not data.get("start_option"):
        errors["start_option"] = "option_missing"
    if data.get("native_delay") is True and domain not in (*NUMBERS, *MOMENTS) and not data.get("sequence"):
        errors["native_delay"] = "no_native_delay"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "ready_entity", "state_entity")


def _controllable(device: Device) -> bool:
    return bool(device.data.get("start_entity") or device.data.get("sequence"))


def _starts_ahead(device: Device) -> bool:
    return device.data.get("native_delay") is True


def _profile(device: Device, sensing: Sensing) -> EnergyProfile | None:
    return build_profile(device.device_id, device.data, sensing.learned)


def _ready(device: Device, sensing: Sensing) -> bool | None:
    states = texts(device.data.get("ready_states"), READY_STATES)
    return is_one_of(sensing.of(device.data.get("ready_entity")), states)


def _running(device: Device, sensing: Sensing) -> bool | None:
    """Return whether it runs: by its state where it has one, else by its power."""
    state = sensing.of(device.data.get("state_entity"))
    if known(state):
        return is_one_of(state, texts(device.data.get("running_states"), RUNNING_STATES))
    power = measured(device, sensing)
    return None if power is None else power > _rise(device) * RUNNING_FACTOR


def _rise(device: Device) -> float:
    return value(device.data, "start_rise", START_RISE, 1.0)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    power = measured(device, sensing)
    profile = _profile(device, sensing)
    profiles = tuple(run.profile for run in sensing.runs if run.open)
    missing = [
        entity_id
        for entity_id in configured_entities(device, "power_entity", "state_entity")
        if not known(sensing.of(entity_id))
    ]
    return resource(
        device,
        settings,
        acts=_controllable(device),
        control=PowerProfile(profiles=profiles),
        available=not missing,
        power=power,
        maximum_power=peak_of(profile),
        runs=tuple(run for run in sensing.runs if run.open),
    )


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    expect = _expectations(device, instruction, sensing)
    match instruction.kind:
        case InstructionKind.START:
            commands = _start(device, instruction, sensing, expect)
        case InstructionKind.PAUSE:
            commands = _tell(device, "pause_entity", expect, on=False)
        case InstructionKind.RESUME:
            commands = _tell(device, "resume_entity", expect, on=True)
        case InstructionKind.STOP:
            commands = _tell(device, "stop_entity", expect, on=False)
        case _:
            return ()
    return commands or sequence(device.data.get("sequence"), device, instruction, sensing, expect=expect)


def _expectations(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Expect, ...]:
    """Return how the effect shows: in the machine's state, or in its power; either will do."""
    data = device.data
    within = value(data, "start_within", START_WITHIN, 5.0, 3600.0)
    begins = instruction.kind in {InstructionKind.START, InstructionKind.RESUME}
    wait = 0.0 if instruction.start is None else (instruction.start - sensing.now).total_seconds()
    if _starts_ahead(device) and instruction.kind is InstructionKind.START and wait > AHEAD:
        # The machine itself waits; that the delay was taken is seen in the entity, the start by the one who watches.
        return ()
    expect: list[Expect] = []
    state_entity, power_entity = data.get("state_entity"), data.get("power_entity")
    running = texts(data.get("running_states"), RUNNING_STATES)
    if isinstance(state_entity, str) and begins:
        expect.append(Expect(entity_id=state_entity, states=running, within=within))
    if isinstance(power_entity, str):
        change = _rise(device)
        expect.append(
            Expect(
                entity_id=power_entity,
                rise=change if begins else None,
                fall=None if begins else change,
                inverted=data.get("power_inverted") is True,
                within=within,
            )
        )
    return tuple(expect)


def _start(
    device: Device, instruction: Instruction, sensing: Sensing, expect: tuple[Expect, ...]
) -> tuple[Command, ...]:
    start_entity = device.data.get("start_entity")
    if not isinstance(start_entity, str):
        return ()
    domain = domain_of(start_entity)
    ahead = _starts_ahead(device)
    if domain in NUMBERS:
        wait = (instruction.start - sensing.now).total_seconds() if ahead and instruction.start else 0.0
        command = set_delay(start_entity, wait, sensing)
    elif domain in MOMENTS:
        # A moment that is over when it arrives would mean tomorrow to some machines.
        soonest = sensing.now + timedelta(seconds=5)
        moment = max(instruction.start, soonest) if ahead and instruction.start else soonest
        command = set_moment(start_entity, moment, sensing)
    elif domain in SELECTS:
        command = choose(start_entity, str(device.data.get("start_option") or ""))
    elif domain in BUTTONS:
        command = press(start_entity)
    else:
        command = switch(start_entity, on=True)
    return (_expecting(command, expect),)


def _tell(device: Device, key: str, expect: tuple[Expect, ...], *, on: bool) -> tuple[Command, ...]:
    """Press the button or switch the switch for a command; a start switch also pauses, resumes and stops."""
    entity_id = device.data.get(key)
    if not isinstance(entity_id, str):
        start = device.data.get("start_entity")
        if not isinstance(start, str) or domain_of(start) not in SWITCHES:
            return ()
        entity_id = start
    command = press(entity_id) if domain_of(entity_id) in BUTTONS else switch(entity_id, on=on)
    return (_expecting(command, expect),)


def _expecting(command: Command, expect: tuple[Expect, ...]) -> Command:
    """Return the command with the machine's own signs in place of the entity's: a switch that is on proves nothing."""
    if not expect:
        return command
    return Command(
        domain=command.domain,
        service=command.service,
        entity_id=command.entity_id,
        data=command.data,
        expect=expect,
    )


APPLIANCE = DeviceKind(
    kind="appliance",
    has_runs=True,
    icon="mdi:washing-machine",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    controllable=_controllable,
    ready=_ready,
    profile=_profile,
    deadline=deadline,
    starts_ahead=_starts_ahead,
    running=_running,
)
