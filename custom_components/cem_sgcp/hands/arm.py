"""One arm per device: its commands in order, retried and verified, the newest above the older ones.

It must not decide what is sent, only see it through.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..cem.model import Instruction
from ..devices.base import Command, Device
from .call import Caller
from .gate import Sent, Standing
from .pace import Pace
from .records import CallRecord, CallResult
from .verify import Baseline, async_watch, baseline, shown

#: A command that was overtaken after this time without any effect counts as one that had none (s).
PATIENCE = 5.0
#: So many commands without effect in a row are a failure, even if each was overtaken by the next.
MOST_UNPROVEN = 4

type Report = Callable[[CallRecord], None]
type Clock = Callable[[], datetime]


@dataclass(kw_only=True)
class Job:
    """Commands that carry out one instruction."""

    instruction: Instruction
    commands: tuple[Command, ...]
    retries: tuple[float, ...]
    """Pauses before further attempts, s."""
    call_timeout: float
    within: float | None = None
    """Verification takes at most so long, s."""
    sent: Sent | None = None
    newer: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a newer job for the same device is there."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False
    """Whether the device obeyed, once it is over."""


class Arm:
    """Everything that concerns the commands of one device."""

    def __init__(self, hass: HomeAssistant, device: Device, report: Report, clock: Clock) -> None:
        """Prepare for a device."""
        self.device = device
        self.last: Sent | None = None
        self.advised: Sent | None = None
        self.touched = False
        """A set point of ours may be in force."""
        self.cancel_later: Callable[[], None] | None = None
        self.failing = False
        """The last instruction whose outcome is known was not carried out."""
        self.caller = Caller(hass, device.name)
        self.pace = Pace()
        self._hass = hass
        self._report = report
        self._clock = clock
        self._lock = asyncio.Lock()
        self._job: Job | None = None
        self._unproven = 0

    @property
    def job(self) -> Job | None:
        """The job that is under way or waits, if there is one."""
        return self._job

    def take(self, job: Job, *, at_once: bool) -> None:
        """Put a job above all older ones; `at_once` gives up even an action that is under way."""
        self.withdraw(at_once=at_once)
        self._job = job

    def withdraw(self, *, at_once: bool) -> None:
        """End the job that is under way."""
        if self.cancel_later is not None:
            self.cancel_later()
            self.cancel_later = None
        if self._job is not None:
            self._job.newer.set()
            if at_once:
                self.caller.abort()

    async def async_perform(self, job: Job) -> bool:
        """See a job through; return whether the device obeyed, as far as can be seen."""
        try:
            async with self._lock:
                job.done = await self._attempts(job)
        finally:
            job.over.set()
            if self._job is job:
                self._job = None
        if job.sent is not None and not job.newer.is_set():
            job.sent.standing = Standing.DONE if job.done else Standing.FAILED
        return job.done

    async def _attempts(self, job: Job) -> bool:
        before = baseline(self._hass, job.commands)
        for number, pause in enumerate((0.0, *job.retries), start=1):
            if pause and await _superseded_within(job, pause):
                return False
            if number > 1 and self._all_shown(job, before):
                # It came late. Another press of the same button might undo it.
                return True
            if job.newer.is_set():
                return False
            if await self._attempt(job, before, number, last=number > len(job.retries)):
                return True
        return False

    def _all_shown(self, job: Job, before: Baseline) -> bool:
        zone = dt_util.get_default_time_zone()
        return any(command.expect for command in job.commands) and all(
            shown(self._hass, command, before, zone) for command in job.commands
        )

    async def _attempt(self, job: Job, before: Baseline, number: int, *, last: bool) -> bool:
        sent: list[tuple[Command, CallRecord]] = []
        for command in job.commands:
            record = self.record(job.instruction, command, attempt=number, made=True)
            result, error = await self.caller.async_call(command, job.call_timeout)
            if result.failed:
                self._unproven += 1
            complete = not any(entry.expect for entry in job.commands) and command is job.commands[-1]
            final = last if result.failed else complete and result is CallResult.SENT
            sent.append((command, record := replace(record, result=result, error=error, final=final)))
            self._report(record)
            if result is not CallResult.SENT:
                return False
        waiting = [(command, record) for command, record in sent if command.expect]
        good = True
        for place, (command, record) in enumerate(waiting, start=1):
            complete = good and place == len(waiting)
            good = await self._verify(job, before, command, record, complete=complete, last=last) and good
        return good

    async def _verify(
        self, job: Job, before: Baseline, command: Command, record: CallRecord, *, complete: bool, last: bool
    ) -> bool:
        """Watch for the effect of a command and report it; `complete`: the instruction is carried out with it."""
        began = self._hass.loop.time()
        zone = dt_util.get_default_time_zone()
        patience = max(self.pace.within(expect) for expect in command.expect)
        if job.within is not None:
            patience = min(patience, job.within)
        if await async_watch(self._hass, command, before, zone, newer=job.newer, patience=patience):
            self._unproven = 0 if complete else self._unproven
            self._report(replace(record, result=CallResult.VERIFIED, final=complete))
            return True
        result = CallResult.NOT_VERIFIED
        if job.newer.is_set():
            # Set points may follow each other faster than a device answers. One that never answers must show, too.
            self._unproven += self._hass.loop.time() - began >= PATIENCE
            if self._unproven < MOST_UNPROVEN:
                result = CallResult.SUPERSEDED
        else:
            self._unproven += 1
        error = "" if result is CallResult.SUPERSEDED else _what_is_missing(self._hass, command)
        final = result.failed and (last or job.newer.is_set())
        if final:
            self._unproven = 0
        self._report(replace(record, result=result, error=error, final=final))
        return False

    def record(
        self, instruction: Instruction, command: Command | None = None, *, attempt: int = 1, made: bool
    ) -> CallRecord:
        """Return the record of a command, to be completed with its result."""
        return CallRecord(
            call_id=ulid_now(),
            at=self._clock(),
            device_id=self.device.device_id,
            device=self.device.name,
            instruction=instruction.kind.value,
            intent=instruction.intent.value,
            reason=instruction.reason,
            run_id=instruction.run_id,
            action="" if command is None else command.name,
            entity_id=None if command is None else command.entity_id,
            data={} if command is None else dict(command.variables if command.sequence else command.data),
            power=instruction.power,
            limit=instruction.limit,
            attempt=attempt,
            made=made,
        )


async def _superseded_within(job: Job, pause: float) -> bool:
    """Wait; return True as soon as a newer job is there."""
    try:
        async with asyncio.timeout(pause):
            await job.newer.wait()
    except TimeoutError:
        return False
    return True


def _what_is_missing(hass: HomeAssistant, command: Command) -> str:
    """Say what the entities show instead, for the person who looks into it."""
    parts = []
    for expect in command.expect:
        state = hass.states.get(expect.entity_id)
        if expect.states:
            wanted = " or ".join(expect.states)
        elif expect.number is not None:
            wanted = f"{expect.number:g}"
        elif expect.moment is not None:
            wanted = expect.moment.isoformat()
        elif expect.rise is not None:
            wanted = f"a rise by {expect.rise:g} W"
        else:
            wanted = f"a fall to {expect.fall or 0.0:g} W"
        shown_now = "missing" if state is None else state.state
        if state is not None and expect.attribute is not None:
            shown_now = f"{shown_now} with {expect.attribute} {state.attributes.get(expect.attribute)}"
        parts.append(f"{expect.entity_id} is {shown_now}, expected {wanted}")
    return "; ".join(parts)
