"""Flexible runs in Home Assistant: announced, scheduled, started once, watched, finished.

Use cases JWG1100 to JWG1103. The rules of a run's life are in `cem.runs`; this room connects them with the ready
signal, the plan, the clock and the appliance's power. A run is written to disk as started before its command is sent,
so that a crash in between can neither lose nor repeat it. It must not know how a command is carried out.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import callback
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .cem import runs as life
from .cem.model import (
    EnergyProfile,
    Instruction,
    InstructionKind,
    Intent,
    ModelError,
    Plan,
    PlannedRun,
    Resource,
    Run,
    RunState,
)
from .decisions import Decision
from .devices import KINDS
from .devices.base import Device, DeviceSettings, ForecastFrom, Sensing
from .learning import Recorder

if TYPE_CHECKING:
    from .coordinator import CemCoordinator

_LOGGER = logging.getLogger(__name__)

#: An appliance that draws power this long has been started by hand (s).
STARTED_BY_HAND = 30.0
#: After the planned end, an appliance that rests this long is finished (s).
RESTING_AFTER_END = 120.0
#: Before the planned end it may be a pause of the programme: longer than this it is over (s).
RESTING_BEFORE_END = 900.0
#: A device that waits by itself is told a start that is further away than this (s); a nearer one is simply started.
TOLD_AHEAD = 120.0
#: A start that a restart interrupted is looked at this long before the command is sent again (s).
SETTLING = 60.0


class Runner:
    """Looks after the runs of all appliances of one connection point."""

    def __init__(self, coordinator: CemCoordinator) -> None:
        """Work for one coordinator."""
        self._cem = coordinator
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ready: dict[str, bool] = coordinator.state.ready
        self._available: dict[str, bool] = {}
        self._since: dict[tuple[str, bool], datetime] = {}
        self._advised: set[str] = set()
        self._born = dt_util.utcnow()
        self._recorder = Recorder(coordinator.state)

    # ------------------------------------------------------------------------------------------------ by people

    async def async_announce(
        self,
        device: Device,
        *,
        profile: EnergyProfile | None = None,
        earliest_start: datetime | None = None,
        latest_end: datetime | None = None,
        run_id: str | None = None,
        pinned_start: datetime | None = None,
    ) -> Run:
        """Offer a flexible start (JWG1101). Raises ModelError where the run cannot be."""
        run = self._announce(
            device, profile=profile, earliest_start=earliest_start, latest_end=latest_end, run_id=run_id
        )
        if pinned_start is not None:
            run = life.set_start(run, pinned_start, dt_util.utcnow())
        self._keep(run)
        await self._cem.store.async_save_now()
        self._announced(device, run)
        self._cem.request_tick(urgent=True)
        return run

    def _announce(
        self,
        device: Device,
        *,
        profile: EnergyProfile | None = None,
        earliest_start: datetime | None = None,
        latest_end: datetime | None = None,
        run_id: str | None = None,
    ) -> Run:
        now = dt_util.utcnow()
        current = self._cem.runs.open(device.device_id)
        if current is not None and current.running:
            raise ModelError("already_running", "device", value=device.name)
        kind, sensing = KINDS[device.kind], self._sensing(device, now)
        profile = profile or kind.profile(device, sensing)
        if profile is None:
            raise ModelError("no_profile", "device", value=device.name)
        if latest_end is None:
            latest_end = self._deadline(device, now, profile.shortest_duration, earliest_start or now)
        return life.announce(
            profile,
            resource_id=device.device_id,
            run_id=run_id or (current.run_id if current is not None else ulid_now()),
            now=now,
            earliest_start=earliest_start,
            latest_end=latest_end,
            former=current,
        )

    def _announced(self, device: Device, run: Run) -> None:
        self._cem.decisions.announce(
            Decision.RUN_ANNOUNCED,
            **_about(device, run),
            earliest_start=run.earliest_start.isoformat(),
            latest_end=None if run.latest_end is None else run.latest_end.isoformat(),
        )
        self._changed()

    async def async_start_now(self, device: Device) -> Run:
        """Start an appliance at once, offered or not."""
        now = dt_util.utcnow()
        run = self._cem.runs.open(device.device_id)
        if run is None:
            return await self.async_announce(device, pinned_start=now)
        return await self._async_change(device, life.set_start(run, now, now))

    async def async_set_start(self, device: Device, start: datetime) -> Run:
        """Fix the start of the announced run (JWG-SPUC1102)."""
        return await self._async_change(device, life.set_start(self._open(device), start, dt_util.utcnow()))

    async def async_shift_slot(self, device: Device, group: int, slot: int, start: datetime) -> Run:
        """Move one slot and those after it (JWG1103)."""
        run = life.shift_slot(self._open(device), group, slot, start, dt_util.utcnow())
        return await self._async_change(device, run)

    async def async_pause(self, device: Device) -> Run:
        """Interrupt a running run where its profile allows it."""
        run = await self._async_change(device, life.interrupt(self._open(device), dt_util.utcnow()))
        self._instruct(device, run, InstructionKind.PAUSE, Decision.RUN_PAUSED)
        return run

    async def async_resume(self, device: Device) -> Run:
        """Go on with an interrupted run."""
        run = await self._async_change(device, life.resume(self._open(device), dt_util.utcnow()))
        self._instruct(device, run, InstructionKind.RESUME, Decision.RUN_RESUMED)
        return run

    async def async_cancel(self, device: Device) -> Run:
        """Withdraw the announced run; one that has started is stopped only where its profile allows it."""
        before = self._open(device)
        run = await self._async_change(device, life.cancel(before, dt_util.utcnow()))
        if before.running or KINDS[device.kind].starts_ahead(device):
            self._instruct(device, run, InstructionKind.STOP, Decision.RUN_CANCELLED)
        else:
            self._cem.decisions.announce(Decision.RUN_CANCELLED, **_about(device, run))
        return run

    def _open(self, device: Device) -> Run:
        run = self._cem.runs.open(device.device_id)
        if run is None:
            raise ModelError("no_open_run", "device", value=device.name)
        return run

    async def _async_change(self, device: Device, run: Run) -> Run:
        self._keep(run)
        await self._cem.store.async_save_now()
        self._changed()
        self._cem.request_tick(urgent=True)
        return run

    def _instruct(self, device: Device, run: Run, kind: InstructionKind, decision: Decision) -> None:
        now = dt_util.utcnow()
        instruction = Instruction(
            resource_id=device.device_id, kind=kind, intent=Intent.RUN, run_id=run.run_id, urgent=True, reason="user"
        )
        self._cem.hands.apply(device, instruction, self._settings(device), self._sensing(device, now))
        self._cem.decisions.announce(decision, **_about(device, run))

    # ------------------------------------------------------------------------------------------------ deadlines

    def ready_by(self, device: Device, now: datetime) -> datetime | None:
        """Return the deadline of the open run, else of the next one."""
        run = self._cem.runs.open(device.device_id)
        if run is not None and run.latest_end is not None:
            return run.latest_end
        return KINDS[device.kind].deadline(device, self._settings(device), self._sensing(device, now))

    def _deadline(self, device: Device, now: datetime, duration: float, earliest: datetime) -> datetime | None:
        """Return the configured deadline, a day later where the run would not fit before it."""
        deadline = KINDS[device.kind].deadline(device, self._settings(device), self._sensing(device, now))
        while deadline is not None and (deadline - max(earliest, now)).total_seconds() < duration:
            local = dt_util.as_local(deadline)
            deadline = dt_util.as_utc(local.replace(tzinfo=None).replace(tzinfo=local.tzinfo) + timedelta(days=1))
        return deadline

    async def async_set_ready_by(self, device: Device, moment: datetime) -> None:
        """Take in a new deadline, for the open run too."""
        now = dt_util.utcnow()
        run = self._cem.runs.open(device.device_id)
        if run is not None and not run.running:
            self._keep(life.set_window(run, now, latest_end=moment))
        await self._cem.async_change_settings(device.device_id, replace(self._settings(device), ready_by=moment))

    # ------------------------------------------------------------------------------------------------ by the plan

    def adopt(self, plan: Plan, previous: Plan | None) -> None:
        """Take over the starts of a new plan and announce what changed."""
        for planned in plan.runs():
            run = self._cem.runs.find(planned.run_id)
            device = None if run is None else self._cem.sense.device(run.resource_id)
            if run is None or device is None or not run.open or run.running or run.run_id in self._tasks:
                continue
            scheduled = life.schedule(run, planned)
            self._keep(scheduled)
            self._tell_ahead(device, scheduled, plan.created)
            if run.scheduled_start is None:
                self._tell_schedule(Decision.RUN_SCHEDULED, device, scheduled, planned)
            elif planned.start != run.scheduled_start and run.scheduled_start > plan.created:
                self._tell_schedule(Decision.RUN_MOVED, device, scheduled, planned, moved_from=run.scheduled_start)

    def _tell_ahead(self, device: Device, run: Run, now: datetime) -> None:
        """Tell a device that waits by itself when to start; the hands tell it anew only when the start moves."""
        start = run.scheduled_start
        if start is None or not KINDS[device.kind].starts_ahead(device) or (start - now).total_seconds() <= TOLD_AHEAD:
            return
        instruction = _start_instruction(run, start, "plan")
        self._cem.hands.apply(device, instruction, self._settings(device), self._sensing(device, now))

    def _tell_schedule(
        self, decision: Decision, device: Device, run: Run, planned: PlannedRun, moved_from: datetime | None = None
    ) -> None:
        data: dict[str, Any] = {
            **_about(device, run),
            "start": planned.start.isoformat(),
            "end": planned.end.isoformat(),
            "cost": round(planned.cost, 4),
            "cost_now": None if planned.cost_now is None else round(planned.cost_now, 4),
        }
        if moved_from is not None:
            data |= {
                "moved_from": moved_from.isoformat(),
                "gain": None if planned.gain is None else round(planned.gain, 4),
                "reason": "price" if planned.gain is not None else "conditions",
            }
        self._cem.decisions.announce(decision, **data)

    @callback
    def start(self, device: Device, instruction: Instruction, now: datetime) -> None:
        """Start the run that is due: once, and on disk before the command goes out."""
        run = self._cem.runs.open(device.device_id)
        if run is None or run.running or run.run_id in self._tasks:
            return
        settings = self._settings(device)
        if not settings.control or not KINDS[device.kind].controllable(device):
            self._advise(device, run, instruction, now)
            return
        begun = life.begin(run, now)
        self._keep(begun)
        self._launch(device, begun, instruction)

    def _launch(self, device: Device, run: Run, instruction: Instruction) -> None:
        task = self._cem.config_entry.async_create_background_task(
            self._cem.hass, self._async_start(device, run, instruction), f"cem_sgcp start {device.name}"
        )
        self._tasks[run.run_id] = task
        task.add_done_callback(lambda _task: self._tasks.pop(run.run_id, None))

    async def _async_start(self, device: Device, run: Run, instruction: Instruction) -> None:
        await self._cem.store.async_save_now()
        started = await self._cem.hands.async_start_run(
            device, instruction, self._settings(device), self._sensing(device, dt_util.utcnow())
        )
        now = dt_util.utcnow()
        run = self._cem.runs.find(run.run_id) or run
        if run.state is not RunState.EXECUTING:
            return
        if started:
            self._keep(life.confirm(run, now))
            self._cem.decisions.announce(Decision.RUN_STARTED, **_about(device, run), by="plan")
        else:
            error = "The appliance did not start. Please look at it; it is left to you."
            self._keep(life.abort(run, now, error))
            self._cem.decisions.announce(Decision.RUN_FAILED, **_about(device, run), reason=error)
            self._cem.problems.start_failed(device)
        await self._cem.store.async_save_now()
        self._changed()

    def _advise(self, device: Device, run: Run, instruction: Instruction, now: datetime) -> None:
        """Tell people to start it themselves, once: from then on the best start is now."""
        if run.run_id in self._advised:
            return
        self._advised.add(run.run_id)
        start = run.scheduled_start or run.pinned_start or now
        self._cem.hands.apply(device, instruction, self._settings(device), self._sensing(device, now))
        self._cem.decisions.announce(Decision.RUN_ADVISED, **_about(device, run), start=start.isoformat())

    # ------------------------------------------------------------------------------------------------ by observation

    def observe(self, now: datetime) -> None:
        """Look at every appliance: who is ready, who runs, who is done."""
        for device in self._cem.devices:
            kind = KINDS[device.kind]
            if not kind.has_runs:
                continue
            sensing = self._sensing(device, now)
            self._observe_ready(device, kind.ready(device, sensing))
            running = kind.running(device, sensing)
            self._recorder.sample(device, sensing, running=running)
            self._observe_running(device, running, now)

    def observe_presence(self, resources: tuple[Resource, ...], now: datetime) -> None:
        """Announce devices that come and go; flexibility that is gone is planned without."""
        # Inverters sleep at night, and after a start everything comes one by one: that is no news.
        starting = (now - self._born).total_seconds() < SETTLING
        for resource in resources:
            before = self._available.get(resource.resource_id)
            self._available[resource.resource_id] = resource.available
            if before is None or before == resource.available or _sleeps(resource):
                continue
            if not (starting and resource.available):
                self._cem.decisions.announce(
                    Decision.DEVICE_CONNECTED if resource.available else Decision.DEVICE_DISCONNECTED,
                    device_id=resource.resource_id,
                    device=resource.name,
                )
            self._cem.request_plan()

    def _observe_ready(self, device: Device, ready: bool | None) -> None:
        """Announce a run when the ready signal comes, withdraw it when it goes before the start."""
        if ready is None:
            return
        before = self._ready.get(device.device_id)
        if before == ready:
            return
        self._ready[device.device_id] = ready
        self._cem.store.save_soon()
        run = self._cem.runs.open(device.device_id)
        if ready and run is None and before is not None:
            try:
                run = self._announce(device)
            except ModelError as error:
                _LOGGER.warning("%s is ready, but it cannot be planned: %s", device.name, error)
                return
            self._keep(run)
            self._announced(device, run)
        elif not ready and run is not None and not run.running and run.run_id not in self._tasks:
            self._keep(life.cancel(run, dt_util.utcnow()))
            self._cem.decisions.announce(Decision.RUN_CANCELLED, **_about(device, run), reason="not_ready")
            self._changed()

    def _observe_running(self, device: Device, running: bool | None, now: datetime) -> None:
        run = self._cem.runs.open(device.device_id)
        held = self._held(device, running, now)
        if run is None:
            if running and held >= STARTED_BY_HAND:
                self._started_by_hand(device, now - timedelta(seconds=held))
            return
        if not run.running:
            if running and held >= STARTED_BY_HAND and run.run_id not in self._tasks:
                self._begin_by_hand(device, run, now - timedelta(seconds=held))
            elif run.latest_end is not None and now > run.latest_end:
                self._end(device, life.abort(run, now, "It was not started before its deadline."), Decision.RUN_FAILED)
            return
        if run.state is RunState.EXECUTING and not run.confirmed:
            self._settle_start(device, run, running, now)
            return
        if run.state is RunState.EXECUTING and self._is_over(run, running, held, now):
            self._recorder.finish(device)
            self._end(device, life.finish(run, now), Decision.RUN_FINISHED)
            return
        self._follow_schedule(device, run, now)

    def _held(self, device: Device, running: bool | None, now: datetime) -> float:
        """Return how long, in s, the appliance has been running or resting without a break."""
        for state in (True, False):
            if state is not running:
                self._since.pop((device.device_id, state), None)
        if running is None:
            return 0.0
        return (now - self._since.setdefault((device.device_id, running), now)).total_seconds()

    def _is_over(self, run: Run, running: bool | None, held: float, now: datetime) -> bool:
        end = run.schedule[-1].end if run.schedule else now
        if running is None:
            return now >= end
        if running:
            return False
        return held >= (RESTING_AFTER_END if now >= end else RESTING_BEFORE_END)

    def _settle_start(self, device: Device, run: Run, running: bool | None, now: datetime) -> None:
        """Find out after a restart whether the command of before had its effect; if not, send it again."""
        if run.run_id in self._tasks:
            return
        if running:
            self._keep(life.confirm(run, now))
            self._cem.decisions.announce(Decision.RUN_STARTED, **_about(device, run), by="plan")
            self._changed()
        elif running is False and (now - self._born).total_seconds() >= SETTLING:
            again = _start_instruction(run, now, "restart")
            run = life.begin(life.unbegin(run), now)
            self._keep(run)
            self._launch(device, run, again)
        elif running is None and run.schedule and now >= run.schedule[-1].end:
            self._end(device, life.finish(run, now), Decision.RUN_FINISHED)

    def _started_by_hand(self, device: Device, start: datetime) -> None:
        """Take a run that nobody announced as a fact, where its profile is known."""
        try:
            run = self._announce(device)
        except ModelError:
            return
        self._begin_by_hand(device, run, start)

    def _begin_by_hand(self, device: Device, run: Run, start: datetime) -> None:
        begun = life.confirm(life.begin(run, start), dt_util.utcnow())
        self._keep(begun)
        self._cem.decisions.announce(Decision.RUN_STARTED, **_about(device, begun), by="hand")
        self._changed()

    def _follow_schedule(self, device: Device, run: Run, now: datetime) -> None:
        """Pause and resume where the schedule has a gap between slots."""
        inside = any(slot.start <= now < slot.end for slot in run.schedule)
        later = any(slot.start > now for slot in run.schedule)
        earlier = any(slot.end <= now for slot in run.schedule)
        if run.state is RunState.EXECUTING and not inside and later and earlier:
            self._keep(life.interrupt(run, now, scheduled=True))
            self._instruct(device, run, InstructionKind.PAUSE, Decision.RUN_PAUSED)
        elif run.state is RunState.INTERRUPTED and inside and life.interrupted_by_schedule(run):
            self._keep(life.resume(run, now))
            self._instruct(device, run, InstructionKind.RESUME, Decision.RUN_RESUMED)

    def _end(self, device: Device, run: Run, decision: Decision) -> None:
        self._keep(run)
        self._since.pop((device.device_id, True), None)
        data = {"reason": run.error} if run.error else {}
        self._cem.decisions.announce(decision, **_about(device, run), **data)
        self._changed()

    # ------------------------------------------------------------------------------------------------ for the clocks

    def moments(self) -> Iterator[datetime]:
        """Iterate over the moments at which something is due."""
        for run in self._cem.runs.all_open():
            if not run.running and run.scheduled_start is not None:
                yield run.scheduled_start
            for slot in run.schedule if run.running else ():
                yield slot.start
                yield slot.end

    def settings_changed(self, device_id: str, before: DeviceSettings, after: DeviceSettings) -> None:
        """Forget what was advised once control changes."""
        if before.control != after.control:
            run = self._cem.runs.open(device_id)
            if run is not None:
                self._advised.discard(run.run_id)

    def _settings(self, device: Device) -> DeviceSettings:
        return self._cem.sense.settings(device.device_id)

    def _sensing(self, device: Device, now: datetime) -> Sensing:
        return self._cem.sense.sensing(device, now, self._cem.runs.of(device.device_id))

    def _keep(self, run: Run) -> None:
        self._cem.runs.put(run)
        self._cem.store.save_soon()

    def _changed(self) -> None:
        self._cem.request_plan()
        self._cem.request_tick()


def _sleeps(resource: Resource) -> bool:
    """Return whether it goes with the sun, like an inverter at night."""
    kind = KINDS.get(resource.kind)
    return kind is not None and kind.generates and kind.forecast is ForecastFrom.SUN


def _about(device: Device, run: Run) -> dict[str, Any]:
    return {"device_id": device.device_id, "device": device.name, "run_id": run.run_id}


def _start_instruction(run: Run, start: datetime, reason: str) -> Instruction:
    return Instruction(
        resource_id=run.resource_id,
        kind=InstructionKind.START,
        intent=Intent.RUN,
        run_id=run.run_id,
        start=start,
        duration=sum(slot.duration for _, _, slot in run.chosen_slots()),
        reason=reason,
    )
