"""Carrying out one command: an action of Home Assistant, or the user's own sequence of actions.

Whatever happens inside - an action that does not exist, raises, or never returns - ends here as a result. It must not
decide what is sent.
"""

import asyncio
from collections.abc import Coroutine
import json
import logging
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.util.async_ import create_eager_task

from ..const import DOMAIN
from ..devices.base import Command
from .records import CallResult

_LOGGER = logging.getLogger(__name__)


class Caller:
    """Carries out the commands for one device, one at a time."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Prepare for a device of the given name."""
        self._hass = hass
        self._name = name
        self._scripts: dict[str, Script] = {}
        self._in_flight: asyncio.Task[None] | None = None

    async def async_call(self, command: Command, limit: float) -> tuple[CallResult, str]:
        """Carry out a command within `limit` s; return the result and, where it failed, why."""
        task = create_eager_task(self._work(command), name=f"{DOMAIN} {self._name} {command.name}")
        self._in_flight = task
        try:
            done, _ = await asyncio.wait({task}, timeout=limit)
        except asyncio.CancelledError:
            _give_up(task)
            raise
        finally:
            self._in_flight = None
        if not done:
            _give_up(task)
            return CallResult.TIMEOUT, f"{command.name} did not return within {limit:g} s"
        if task.cancelled():
            return CallResult.SUPERSEDED, ""
        if (error := task.exception()) is not None:
            return CallResult.REFUSED, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return CallResult.SENT, ""

    def abort(self) -> None:
        """Give up the action that is under way, if there is one."""
        if self._in_flight is not None:
            self._in_flight.cancel()

    def _work(self, command: Command) -> Coroutine[Any, Any, None]:
        return self._sequence(command) if command.sequence else self._action(command)

    async def _action(self, command: Command) -> None:
        target = {} if command.entity_id is None else {"entity_id": command.entity_id}
        await self._hass.services.async_call(
            command.domain, command.service, {**command.data, **target}, blocking=True, context=Context()
        )

    async def _sequence(self, command: Command) -> None:
        script = await self._script(command)
        await script.async_run(dict(command.variables), Context())

    async def _script(self, command: Command) -> Script:
        key = json.dumps([dict(step) for step in command.sequence], default=str, sort_keys=True)
        # A script from before the shutdown is stopped by it; a new one may finish.
        if (script := self._scripts.get(key)) is not None and not self._hass.is_stopping:
            return script
        actions = await async_validate_actions_config(
            self._hass, cv.SCRIPT_SCHEMA([dict(step) for step in command.sequence])
        )
        script = Script(
            self._hass, actions, self._name, DOMAIN, logger=_LOGGER, log_exceptions=False, script_mode="restart"
        )
        self._scripts[key] = script
        return script

    async def async_unload(self) -> None:
        """Give back what sequences hold."""
        scripts, self._scripts = list(self._scripts.values()), {}
        for script in scripts:
            await script.async_unload()


def _give_up(task: asyncio.Task[None]) -> None:
    """Cancel an action; what it still says is of no interest."""
    task.cancel()
    task.add_done_callback(lambda ended: None if ended.cancelled() else ended.exception())
