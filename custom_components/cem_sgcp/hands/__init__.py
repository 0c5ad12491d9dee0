"""Hands that can be trusted: instructions become actions of Home Assistant, verified, retried and reported.

* Advise only: nothing is called; what would have been called is recorded.
* A deadband and a minimum dwell keep set points from chattering (`gate`).
* Every command is verified by state or power (`verify`), retried with growing pauses, and reported after the last.
* A newer command ends the retries of an older one; devices never wait for each other.
* Devices are handed back to their own automatic mode when control is switched off, on unload and on stop.

It must not decide what a device should do; that is dispatch's and the plan's.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..cem.model import Instruction, InstructionKind, Intent
from ..devices import KINDS
from ..devices.base import Command, Device, DeviceSettings, Sensing
from .arm import Arm, Clock, Job
from .gate import Policy, Sent, Standing, Verdict, dwell_left, judge, policy_for
from .records import CallRecord, CallResult
from .verify import deviates

__all__ = ["CallRecord", "CallResult", "Hands", "Policy"]

_LOGGER = logging.getLogger(__name__)

KEPT_RECORDS = 500


class Hands:
    """Carries out the instructions for all devices of one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        report: Callable[[CallRecord], None],
        clock: Clock,
        entry: ConfigEntry[Any] | None = None,
        policy: Policy | None = None,
    ) -> None:
        """`report` gets every call made or that would have been made, and its result; `entry` owns the tasks."""
        self._hass = hass
        self._tell = report
        self._clock = clock
        self._entry = entry
        self._policy = policy or Policy()
        self._arms: dict[str, Arm] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._records: OrderedDict[str, CallRecord] = OrderedDict()
        self._stopped = False

    @property
    def records(self) -> tuple[CallRecord, ...]:
        """The last calls, oldest first, each with its latest result."""
        return tuple(self._records.values())

    @property
    def touched(self) -> frozenset[str]:
        """Devices that a set point of ours may be in force at; they are handed back at the end."""
        return frozenset(device_id for device_id, arm in self._arms.items() if arm.touched)

    def remember_touched(self, device: Device) -> None:
        """Know of a set point from before a restart, so that the device is handed back."""
        self._arm(device).touched = True

    # ------------------------------------------------------------------------------------------------ instructions

    @callback
    def apply(self, device: Device, instruction: Instruction, settings: DeviceSettings, sensing: Sensing) -> None:
        """Carry out an instruction in the background, or record it where control is off; quick, never raises."""
        if self._stopped:
            return
        arm = self._arm(device)
        commands = self._commands(arm, instruction, sensing)
        if not settings.control:
            if arm.touched:
                self._background(self.async_release(device, "control_off"), f"release {device.name}")
            self._advise(arm, instruction, commands)
            return
        arm.advised = None
        if not commands:
            return
        arm.pace.note(self._hass, commands)
        now, policy = self._clock(), policy_for(self._policy, device)
        verdict = judge(
            arm.last,
            instruction,
            commands,
            now,
            policy,
            deviates=arm.last is not None and deviates(self._hass, arm.last.commands, sensing.time_zone),
        )
        if arm.cancel_later is not None:
            arm.cancel_later()
            arm.cancel_later = None
        if verdict is Verdict.WAIT and arm.last is not None:
            self._later(arm, instruction, settings, sensing, dwell_left(arm.last, now, policy))
        elif verdict is Verdict.SEND:
            starts = instruction.kind is InstructionKind.START
            pauses = (self._policy.start_retry,) if starts else self._policy.retries
            job = self._job(arm, instruction, commands, now, pauses)
            arm.take(job, at_once=instruction.urgent)
            self._background(self._perform(arm, job), f"{instruction.kind.value} {device.name}")

    def _later(
        self, arm: Arm, instruction: Instruction, settings: DeviceSettings, sensing: Sensing, seconds: float
    ) -> None:
        """Apply an instruction when the dwell time is over, unless a newer one comes first."""

        @callback
        def on_time(_now: datetime) -> None:
            arm.cancel_later = None
            self.apply(arm.device, instruction, settings, replace(sensing, now=self._clock()))

        arm.cancel_later = async_call_later(self._hass, seconds, on_time)

    async def async_start_run(
        self, device: Device, instruction: Instruction, settings: DeviceSettings, sensing: Sensing, *, retries: int = 1
    ) -> bool:
        """Start a run and see that it runs; return False where it does not, or where control is off.

        A start is tried again only after the machine has shown no sign of running in the time it may take.
        """
        if self._stopped:
            return False
        arm = self._arm(device)
        commands = self._commands(arm, instruction, sensing)
        if not settings.control:
            self._advise(arm, instruction, commands)
            return False
        arm.advised = None
        if (under_way := arm.job) is not None and _same_run(under_way.instruction, instruction):
            await under_way.over.wait()
            return under_way.done
        if not commands:
            self._report(
                replace(
                    arm.record(instruction, made=False),
                    result=CallResult.IMPOSSIBLE,
                    error="nothing is configured that starts it",
                    final=True,
                )
            )
            return False
        if KINDS[device.kind].running(device, sensing) is True:
            self._report(replace(arm.record(instruction, made=False), result=CallResult.ALREADY_SO, final=True))
            return True
        pauses = (self._policy.start_retry,) * max(retries, 0)
        job = self._job(arm, instruction, commands, self._clock(), pauses)
        arm.take(job, at_once=False)
        return await self._perform(arm, job)

    def _job(
        self,
        arm: Arm,
        instruction: Instruction,
        commands: tuple[Command, ...],
        now: datetime,
        pauses: tuple[float, ...],
    ) -> Job:
        changed = now
        if arm.last is not None and arm.last.commands == commands:
            changed = arm.last.changed
        arm.last = Sent(instruction=instruction, commands=commands, at=now, changed=changed)
        if instruction.kind is InstructionKind.SET:
            arm.touched = True
        return Job(
            instruction=instruction,
            commands=commands,
            retries=pauses,
            call_timeout=self._policy.call_timeout,
            sent=arm.last,
        )

    async def _perform(self, arm: Arm, job: Job) -> bool:
        done = await arm.async_perform(job)
        if done and job.instruction.kind is InstructionKind.RELEASE and not job.newer.is_set():
            arm.touched = False
        return done

    def _advise(self, arm: Arm, instruction: Instruction, commands: tuple[Command, ...]) -> None:
        """Record what would have been sent; what would only be repeated is not recorded again."""
        now = self._clock()
        patient = replace(self._policy, reassert=float("inf"))
        if not commands or judge(arm.advised, instruction, commands, now, patient) is not Verdict.SEND:
            return
        arm.advised = Sent(instruction=instruction, commands=commands, at=now, changed=now, standing=Standing.DONE)
        for command in commands:
            self._report(replace(arm.record(instruction, command, made=False), result=CallResult.ADVISED, final=True))

    def _commands(self, arm: Arm, instruction: Instruction, sensing: Sensing) -> tuple[Command, ...]:
        kind = KINDS[arm.device.kind]
        try:
            if instruction.kind is InstructionKind.RELEASE:
                return kind.release(arm.device, sensing)
            return kind.commands(arm.device, instruction, sensing)
        except Exception as error:
            _LOGGER.exception("No commands for %s", arm.device.name)
            self._report(
                replace(arm.record(instruction, made=False), result=CallResult.IMPOSSIBLE, error=str(error), final=True)
            )
            return ()

    # ------------------------------------------------------------------------------------------------ handing back

    async def async_release(self, device: Device, reason: str) -> bool:
        """Hand a device back to its own automatic mode, if a set point of ours may be in force; within limited time."""
        arm = self._arm(device)
        if not arm.touched:
            arm.withdraw(at_once=True)
            return True
        instruction = Instruction(
            resource_id=device.device_id,
            kind=InstructionKind.RELEASE,
            intent=Intent.SELF_CONSUMPTION,
            reason=reason,
            urgent=True,
        )
        sensing = Sensing(
            state=self._hass.states.get,
            now=self._clock(),
            time_zone=dt_util.get_default_time_zone(),
            temperature_unit=self._hass.config.units.temperature_unit,
        )
        commands = self._commands(arm, instruction, sensing)
        job = Job(
            instruction=instruction,
            commands=commands,
            retries=self._policy.release_retries,
            call_timeout=self._policy.release_timeout / 2,
            within=self._policy.release_within,
        )
        arm.take(job, at_once=True)
        arm.last = arm.advised = None
        try:
            async with asyncio.timeout(self._policy.release_timeout):
                done = await self._perform(arm, job)
        except TimeoutError:
            done = False
            self._report(
                replace(
                    arm.record(instruction, made=True),
                    result=CallResult.TIMEOUT,
                    error="handing back took too long",
                    final=True,
                )
            )
        return done

    async def async_release_all(self, reason: str) -> None:
        """Hand all devices back at the same time, each within limited time."""
        await asyncio.gather(
            *(self.async_release(arm.device, reason) for arm in self._arms.values() if arm.touched),
            return_exceptions=True,
        )

    async def async_stop(self) -> None:
        """End everything that is under way; nothing is sent afterwards."""
        self._stopped = True
        for arm in self._arms.values():
            arm.withdraw(at_once=True)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for arm in self._arms.values():
            await arm.caller.async_unload()

    # ------------------------------------------------------------------------------------------------ inside

    def _arm(self, device: Device) -> Arm:
        arm = self._arms.get(device.device_id)
        if arm is None:
            arm = self._arms[device.device_id] = Arm(self._hass, device, self._report, self._clock)
        arm.device = device
        return arm

    def _background(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        if self._entry is not None:
            task = self._entry.async_create_background_task(self._hass, work, f"cem_sgcp {name}")
        else:
            task = self._hass.async_create_background_task(work, f"cem_sgcp {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _report(self, record: CallRecord) -> None:
        self._records[record.call_id] = record
        while len(self._records) > KEPT_RECORDS:
            self._records.popitem(last=False)
        if record.final:
            self._log(record)
        try:
            self._tell(record)
        except Exception:
            _LOGGER.exception("A record of a command could not be passed on")

    def _log(self, record: CallRecord) -> None:
        """Say once that a device does not obey, and once that it does again."""
        arm = self._arms[record.device_id]
        if record.result.failed and not arm.failing:
            _LOGGER.warning(
                "%s does not obey: %s %s: %s", record.device, record.action, record.entity_id or "", record.error
            )
        elif record.made and not record.result.failed and arm.failing:
            _LOGGER.info("%s obeys again", record.device)
        if record.made or record.result.failed:
            arm.failing = record.result.failed


def _same_run(one: Instruction, other: Instruction) -> bool:
    return one.kind is other.kind is InstructionKind.START and one.run_id == other.run_id
