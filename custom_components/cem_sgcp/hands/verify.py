"""Verification: seeing in the device's own entities that a command had its effect.

It must not send anything.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import tzinfo

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event

from ..devices.base import Command, Expect
from ..devices.reading import is_one_of, known, moment_of, number_of, power_of

#: Without a power from before, a rise must be clear: so many times what was asked for.
CLEAR_RISE = 3.0

#: A machine that is told to rest takes at most this share of its power before.
RESTING_SHARE = 0.1

type Baseline = Mapping[str, float | None]


def baseline(hass: HomeAssistant, commands: tuple[Command, ...]) -> Baseline:
    """Return the powers from before the commands, W, by entity."""
    return {
        expect.entity_id: power_of(hass.states.get(expect.entity_id), inverted=expect.inverted)
        for command in commands
        for expect in command.expect
        if expect.rise is not None or expect.fall is not None
    }


def _shown_by(hass: HomeAssistant, expect: Expect) -> State | None:
    """Return what should show the effect; an attribute as if it were a state, one that is missing as unknown."""
    state = hass.states.get(expect.entity_id)
    if state is None or expect.attribute is None or not known(state):
        return state
    value = state.attributes.get(expect.attribute)
    return State(expect.entity_id, STATE_UNKNOWN if value is None else str(value)[:255])


def holds(hass: HomeAssistant, expect: Expect, before: Baseline, time_zone: tzinfo) -> bool:
    """Return whether an entity shows what is expected of it."""
    state = _shown_by(hass, expect)
    if expect.states:
        return is_one_of(state, expect.states) is True
    if expect.number is not None:
        number = number_of(state)
        return number is not None and abs(number - expect.number) <= expect.tolerance
    if expect.moment is not None:
        moment = moment_of(state, time_zone)
        return moment is not None and abs((moment - expect.moment).total_seconds()) <= 60.0
    power, former = power_of(state, inverted=expect.inverted), before.get(expect.entity_id)
    if power is None:
        return False
    if expect.rise is not None:
        return power >= expect.rise * CLEAR_RISE if former is None else power - former >= expect.rise
    if expect.fall is not None:
        # A machine that heats flickers by more W than a small one takes.
        return power <= max(expect.fall, RESTING_SHARE * (former or 0.0))
    return False


def shown(hass: HomeAssistant, command: Command, before: Baseline, time_zone: tzinfo) -> bool:
    """Return whether a command had its effect; one that nothing can show counts as such."""
    return not command.expect or any(holds(hass, expect, before, time_zone) for expect in command.expect)


def deviates(hass: HomeAssistant, commands: tuple[Command, ...], time_zone: tzinfo) -> bool:
    """Return whether an entity shows another set point than it was told; an entity that is away does not."""
    for command in commands:
        for expect in command.expect:
            state = _shown_by(hass, expect)
            told = bool(expect.states) or expect.number is not None
            if told and known(state) and not holds(hass, expect, {}, time_zone):
                return True
    return False


async def async_watch(
    hass: HomeAssistant,
    command: Command,
    before: Baseline,
    time_zone: tzinfo,
    *,
    newer: asyncio.Event,
    patience: float,
) -> bool:
    """Wait `patience` s until a command shows its effect; False after that, or once a newer command is there."""
    if shown(hass, command, before, time_zone):
        return True
    wake = asyncio.Event()

    @callback
    def on_change(_event: Event[EventStateChangedData]) -> None:
        wake.set()

    stop: Callable[[], None] = async_track_state_change_event(
        hass, {expect.entity_id for expect in command.expect}, on_change
    )
    superseded = hass.loop.create_task(_wake_on(newer, wake))
    try:
        async with asyncio.timeout(patience):
            while not newer.is_set():
                await wake.wait()
                wake.clear()
                if shown(hass, command, before, time_zone):
                    return True
    except TimeoutError:
        return shown(hass, command, before, time_zone)
    finally:
        stop()
        superseded.cancel()
    return False


async def _wake_on(newer: asyncio.Event, wake: asyncio.Event) -> None:
    await newer.wait()
    wake.set()
