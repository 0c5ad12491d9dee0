"""Ventilation: a fan or ventilation unit with levels, that gives enough air, and when power is cheap rather than dear.

Operation mode (S2 OMBC), one mode for each level; IEC TR 62746-2 figure 1, ventilation. Enough air is a quota: so many
minutes each hour or each day at a level or above. At night no level above a stated one is used.

Fields: power_entity, power_inverted; levels (see `levels`); off_allowed; minimum_level, minimum_minutes,
minimum_period (hour, day); night_level, night_start, night_end (local times); priority. act: level_entity (fan, select,
number in %), option_off, sequence, release_level, release_sequence. advanced: minimum_time (min between two changes),
stale_after (min).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import voluptuous as vol

from ..cem.model import (
    Instruction,
    InstructionKind,
    Intent,
    ModeQuota,
    NotControllable,
    NumberRange,
    OperationMode,
    OperationModes,
    Resource,
    Timer,
    Transition,
)
from .acting import domain_of, sequence
from .base import Command, Device, DeviceKind, DeviceSettings, Sensing
from .common import configured_entities, local_time, measured, resource, value
from .forms import (
    ACTIONS,
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
from .levels import NUMBERS, SELECTS, LevelsError, level_named, levels_of, parse_levels, present_level, set_to
from .local_days import Window, horizon, quota, ran, windows
from .modes import OFF, timer_end, wanted_mode
from .reading import finite
from .switching import silent

#: So many hours have a quota of their own; those after them share one for each day.
SINGLE_HOURS: Final = 48
SETTLED: Final = "settled"

ROWS = (
    Field(key="power_entity", selector=POWER),
    Field(key="power_inverted", selector=YES_NO, default=False),
    Field(key="levels", selector=TEXT, required=True),
    Field(key="off_allowed", selector=YES_NO, default=True),
    Field(key="minimum_level", selector=TEXT),
    Field(key="minimum_minutes", selector=number(0, 1440, "min")),
    Field(key="minimum_period", selector=choice("minimum_period", "hour", "day"), default="hour"),
    Field(key="night_level", selector=TEXT),
    Field(key="night_start", selector=TIME),
    Field(key="night_end", selector=TIME),
    PRIORITY,
    Section(
        key="act",
        fields=(
            Field(key="level_entity", selector=entity("fan", *SELECTS, *NUMBERS)),
            Field(key="option_off", selector=TEXT),
            Field(key="sequence", selector=ACTIONS),
            Field(key="release_level", selector=TEXT),
            Field(key="release_sequence", selector=ACTIONS),
        ),
    ),
    Section(key="advanced", fields=(Field(key="minimum_time", selector=number(0, 1440, "min")), STALE_AFTER)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    try:
        levels = parse_levels(data.get("levels"))
    except LevelsError:
        return {"levels": "bad_levels"}
    errors: dict[str, str] = {}
    entity_id = data.get("level_entity")
    domain = domain_of(entity_id) if isinstance(entity_id, str) and "." in entity_id else ""
    if domain in ("fan", *NUMBERS) and any(finite(level) is None for level in levels):
        errors["levels"] = "levels_not_percent"
    may_be_off = data.get("off_allowed") is not False
    for key in ("minimum_level", "night_level", "release_level"):
        name = data.get(key)
        off = may_be_off and key != "minimum_level" and str(name).strip().casefold() == OFF
        if name and not off and level_named(name, levels) is None:
            errors[key] = "no_such_level"
    if data.get("minimum_minutes") and not data.get("minimum_level"):
        errors["minimum_level"] = "minimum_level_missing"
    if value(data, "minimum_minutes", 0.0) > 60.0 and data.get("minimum_period", "hour") == "hour":
        errors["minimum_minutes"] = "minutes_above_hour"
    if data.get("night_level") and not (data.get("night_start") and data.get("night_end")):
        errors["night_start"] = "night_missing"
    if domain in SELECTS and may_be_off and not data.get("option_off"):
        errors["option_off"] = "option_missing"
    return errors


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "level_entity")


def _controllable(device: Device) -> bool:
    return bool(levels_of(device.data) and (device.data.get("level_entity") or device.data.get("sequence")))


def _modes(data: Mapping[str, Any]) -> dict[str, float]:
    """Return mode → power in W, off first where it may be off."""
    off = {OFF: 0.0} if data.get("off_allowed") is not False else {}
    return off | levels_of(data)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    data = device.data
    modes = _modes(data)
    power = measured(device, sensing)
    if not levels_of(data):
        return resource(device, settings, acts=False, control=NotControllable(), available=False, power=power)
    active, since = present_level(data.get("level_entity"), modes, sensing, option_off=data.get("option_off"))
    if active is None and power is not None:
        watts = abs(power)
        active = min(modes, key=lambda mode: (abs(modes[mode] - watts), modes[mode]))
    # What it is set to by hand may be a mode that the plan must not use.
    active = active if active in modes else None
    if power is None and not data.get("power_entity") and active is not None:
        power = modes[active]
    return resource(
        device,
        settings,
        acts=_controllable(device),
        control=OperationModes(
            modes=tuple(
                OperationMode(mode_id=mode, label=mode, power=NumberRange(start=watts, end=watts))
                for mode, watts in modes.items()
            ),
            transitions=_transitions(data, tuple(modes)),
            timers=_timers(data, since, sensing),
            active_mode=active,
            active_factor=0.0 if active is None else 1.0,
            quotas=tuple(_quotas(data, modes, active, since, sensing)),
            starts_today=sensing.starts_today,
        ),
        available=active is not None and not silent(device, sensing),
        power=power,
        maximum_power=max(modes.values()) or None,
    )


def _settle_time(data: Mapping[str, Any]) -> float:
    return value(data, "minimum_time", 0.0, 0.0, 1440.0) * 60.0


def _transitions(data: Mapping[str, Any], modes: tuple[str, ...]) -> tuple[Transition, ...]:
    settles = (SETTLED,) if _settle_time(data) > 0 else ()
    return tuple(
        Transition(
            transition_id=f"{source}-{target}",
            from_mode=source,
            to_mode=target,
            start_timers=settles,
            blocking_timers=settles,
        )
        for source in modes
        for target in modes
        if source != target
    )


def _timers(data: Mapping[str, Any], since: datetime | None, sensing: Sensing) -> tuple[Timer, ...]:
    seconds = _settle_time(data)
    if seconds <= 0:
        return ()
    return (Timer(timer_id=SETTLED, duration=seconds, finished_at=timer_end(since, seconds, sensing)),)


def _quotas(
    data: Mapping[str, Any], modes: Mapping[str, float], active: str | None, since: datetime | None, sensing: Sensing
) -> list[ModeQuota]:
    """Return the minutes of air for each hour or day ahead, and the nights in which high levels are not used."""
    found: list[ModeQuota | None] = []
    least = level_named(data.get("minimum_level"), modes)
    seconds = value(data, "minimum_minutes", 0.0, 0.0, 1440.0) * 60.0
    if least is not None and seconds > 0:
        enough = _from(least, modes)
        for window, share in _periods(data, sensing):
            done = 0.0
            if window.start < sensing.now:
                recorded = ran(sensing, enough, window.start)
                begun = None if active not in enough else since
                streak = 0.0 if begun is None else (sensing.now - max(begun, window.start)).total_seconds()
                done = max(streak, 0.0) if recorded is None else recorded
            found.append(quota(window, enough, sensing, done=done, minimum=seconds * share))
    night = level_named(data.get("night_level"), modes)
    start, end = local_time(data.get("night_start")), local_time(data.get("night_end"))
    if night is not None and start is not None and end is not None:
        loud = tuple(mode for mode in modes if modes[mode] > modes[night])
        if loud:
            found += [quota(window, loud, sensing, maximum=0.0) for window in windows(start, end, sensing)]
    return [entry for entry in found if entry is not None]


def _from(least: str, modes: Mapping[str, float]) -> tuple[str, ...]:
    """Return a level and those above it."""
    return tuple(mode for mode in modes if mode != OFF and modes[mode] >= modes[least])


def _periods(data: Mapping[str, Any], sensing: Sensing) -> Iterator[tuple[Window, float]]:
    """Yield the hours or local days ahead, and how many hours or days each of them stands for."""
    if data.get("minimum_period", "hour") == "day":
        yield from ((window, 1.0) for window in windows(None, None, sensing))
        return
    start = sensing.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    until = horizon(sensing)
    for _ in range(SINGLE_HOURS):
        if start >= until:
            return
        yield Window(start, start + timedelta(hours=1)), 1.0
        start += timedelta(hours=1)
    while start < until:
        yield Window(start, start + timedelta(days=1)), 24.0
        start += timedelta(days=1)


def _commands(device: Device, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
    if instruction.kind is InstructionKind.RELEASE:
        return _release(device, sensing)
    modes = _modes(device.data)
    if not levels_of(device.data):
        return ()
    lowest, highest = next(iter(modes)), tuple(modes)[-1]
    level = wanted_mode(instruction, device.device_id, on=highest, off=lowest)
    if not instruction.modes and instruction.kind is InstructionKind.SET and instruction.power is not None:
        # What a limit leaves: the highest level that fits into it.
        level = max(
            (mode for mode in modes if modes[mode] <= instruction.power + 1.0), key=modes.__getitem__, default=lowest
        )
    if level not in modes:
        return ()
    return set_to(device, level, sensing) or sequence(
        device.data.get("sequence"), device, instruction, sensing, power=modes[level]
    )


def _release(device: Device, sensing: Sensing) -> tuple[Command, ...]:
    """Hand back: the level that the user chose for it, or none; then the user's actions."""
    data = device.data
    instruction = Instruction(resource_id=device.device_id, kind=InstructionKind.RELEASE, intent=Intent.UNLIMITED)
    name = data.get("release_level")
    level = OFF if str(name).strip().casefold() == OFF else level_named(name, levels_of(data))
    commands = () if level is None else set_to(device, level, sensing)
    return (*commands, *sequence(data.get("release_sequence"), device, instruction, sensing, power=0.0))


VENTILATION = DeviceKind(
    kind="ventilation",
    has_modes=True,
    icon="mdi:hvac",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=_sense,
    commands=_commands,
    release=_release,
    controllable=_controllable,
)
