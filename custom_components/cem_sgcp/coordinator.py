"""The CEM cycle of one connection point: sense → forecast → plan → dispatch → publish.

Two clocks. The slow one forecasts and solves the plan in the executor, on change (debounced) and at every market time
unit. The fast one answers every meter or signal change within a second: limits and dispatch; it never waits for the
solver and works without a plan. Each step takes the last step's immutable value. It must not know any device kind,
tariff or entity platform.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import logging
import time
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import (
    async_call_later,
    async_track_point_in_utc_time,
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .cem.dispatch import DispatchMemory, DispatchResult, dispatch
from .cem.model import (
    Direction,
    InstructionKind,
    Limit,
    Plan,
    PlanStatus,
    PriceProfile,
    Resource,
    SiteSnapshot,
    TemperatureProfile,
    TrafficLight,
)
from .cem.planner import PlannerOptions, make_plan
from .const import (
    CONF_CURRENCY,
    CONF_OUTDOOR,
    CONF_PLAN_INTERVAL,
    CONF_WEATHER,
    DOMAIN,
)
from .costs import CostsSoFar
from .decisions import Decision, Decisions
from .devices.base import Device, DeviceSettings
from .devices.reading import power_of
from .grid.billing import parse_billing, with_charges
from .grid_side import GridSide
from .hands import CallRecord, Hands
from .journal import Journal
from .metering import Metering
from .outlook import Forecaster
from .problems import Problems
from .run_book import RunBook
from .runner import Runner
from .sense import Sense
from .store import CemStore
from .uncertainty import Uncertainty
from .warmth import Warmth

_LOGGER = logging.getLogger(__name__)

#: A measurement answers within this time, and is not answered more often (s).
FAST_INTERVAL = 1.0
#: Even without any event limits and commands are looked at this often (s).
HEARTBEAT = 10.0
#: Changes within this time make one new plan (s).
PLAN_DEBOUNCE = 2.0

type CemConfigEntry = ConfigEntry[CemCoordinator]


@dataclass(frozen=True, kw_only=True)
class Live:
    """The connection point at this moment, as the fast clock sees it."""

    now: datetime
    net_power: float | None = None
    light: TrafficLight = field(default_factory=TrafficLight)
    import_limit: Limit | None = None
    export_limit: Limit | None = None
    resources: tuple[Resource, ...] = ()
    dispatch: DispatchResult | None = None


@dataclass(frozen=True, kw_only=True)
class CemData:
    """What the entities show: the last snapshot and plan, and the live state."""

    live: Live
    snapshot: SiteSnapshot | None = None
    plan: Plan | None = None
    plan_error: str | None = None
    plan_seconds: float | None = None


class CemCoordinator(DataUpdateCoordinator[CemData]):
    """Runs the cycle and owns the state of one connection point."""

    config_entry: CemConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: CemConfigEntry, devices: tuple[Device, ...], store: CemStore
    ) -> None:
        """Put the parts together; nothing runs before `async_start`."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{DOMAIN} {entry.title}",
            request_refresh_debouncer=Debouncer(hass, _LOGGER, cooldown=PLAN_DEBOUNCE, immediate=False),
        )
        self.store = store
        self.state = store.state
        self.devices = devices
        self.sense = Sense(hass, config=entry.data, options=entry.options, devices=devices, state=self.state)
        self.runs = RunBook(self.state)
        self.decisions = Decisions(hass, entry)
        self.hands = Hands(hass, report=self._on_call, clock=dt_util.utcnow, entry=entry)
        self.runner = Runner(self)
        billing = parse_billing(entry.options)
        self.metering = Metering(billing, dt_util.get_default_time_zone(), self.state.metering)
        self.forecaster = Forecaster(hass, entry.data, entry.options, devices, charges=self._with_charges)
        records = self.forecaster.records
        self.uncertainty = Uncertainty(hass, entry.options, devices, self.state, records)
        outdoor = entry.options.get(CONF_OUTDOOR) or entry.options.get(CONF_WEATHER)
        self.warmth = Warmth(hass, devices, self.state, records, outdoor)
        self.costs = CostsSoFar()
        self.problems = Problems(hass, entry)
        self.journal = Journal(self)
        self.grid_side = GridSide(self)
        self._memory = DispatchMemory.from_json(self.state.dispatch)
        self._fast_listeners: list[Callable[[], None]] = []
        self._stops: list[CALLBACK_TYPE] = []
        self._timer: CALLBACK_TYPE | None = None
        self._slow_timer: CALLBACK_TYPE | None = None
        self._pending_tick: CALLBACK_TYPE | None = None
        self._last_tick = float("-inf")
        self._stale = False
        self._planning = asyncio.Lock()
        self._stopped = False
        self.grid_side.put_contract_limits()
        self.data = CemData(live=self._first_look(dt_util.utcnow()), plan=self.state.plan)

    # ------------------------------------------------------------------------------------------------ start and stop

    def _first_look(self, now: datetime) -> Live:
        """Return what holds before the fast clock runs: a restart never shows a limit as lifted, not even once."""
        return Live(
            now=now,
            light=self.grid_side.light(now),
            import_limit=self.grid_side.book.effective(now, Direction.IMPORT),
            export_limit=self.grid_side.book.effective(now, Direction.EXPORT),
        )

    @callback
    def async_start(self) -> None:
        """Start both clocks; limits hold from the first moment, before any plan."""
        self.runs.drop_unknown({device.device_id for device in self.devices})
        for device in self.devices:
            if device.device_id in self.state.touched:
                self.hands.remember_touched(device)
        watched = self.sense.meter_entities | self.grid_side.entities
        slow = self.sense.device_entities - watched
        if watched:
            self._stops.append(async_track_state_change_event(self.hass, watched, self._on_fast_change))
            self._stops.append(async_track_state_report_event(self.hass, watched, self._on_report))
        if slow:
            self._stops.append(async_track_state_change_event(self.hass, slow, self._on_device_change))
        if sources := self.forecaster.entities - watched - slow:
            self._stops.append(async_track_state_change_event(self.hass, sources, self._on_source_change))
        self._stops.append(self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_on_stop))
        self._stops.append(async_at_started(self.hass, self._on_started))
        self.tick()
        self._schedule_plan()

    async def _on_started(self, _hass: HomeAssistant) -> None:
        """Plan as soon as everything that starts with Home Assistant is there."""
        await self.journal.async_prune()
        await self.async_request_refresh()

    async def _async_on_stop(self, _event: Event) -> None:
        """Hand the devices back before Home Assistant is gone."""
        await self.async_stop("stop")

    async def async_stop(self, reason: str) -> None:
        """Stop both clocks, hand controlled devices back to themselves and write the state."""
        if self._stopped:
            return
        self._stopped = True
        for stop in self._stops:
            stop()
        for timer in (self._timer, self._slow_timer, self._pending_tick):
            if timer is not None:
                timer()
        self._timer = self._slow_timer = self._pending_tick = None
        await self.hands.async_release_all(reason)
        await self.hands.async_stop()
        await self.journal.async_stop()
        await self.store.async_save_now()

    @override
    async def async_shutdown(self) -> None:
        """Stop with the config entry."""
        await super().async_shutdown()
        await self.async_stop("unload")

    # ------------------------------------------------------------------------------------------------ slow clock

    @property
    def currency(self) -> str:
        """ISO 4217 code of the connection point's currency."""
        return str(self.config_entry.data.get(CONF_CURRENCY) or self.hass.config.currency)

    @property
    def plan_interval(self) -> timedelta:
        """How often a plan is made without any change."""
        return timedelta(minutes=float(self.config_entry.options.get(CONF_PLAN_INTERVAL, 15)))

    @property
    def plan_max_age(self) -> float:
        """Age in s from which a plan is stale: two intervals."""
        return 2 * self.plan_interval.total_seconds()

    def plan_is_stale(self, now: datetime) -> bool:
        """Whether the plan in force is too old to be followed."""
        plan = self.data.plan
        return plan is not None and (now - plan.created).total_seconds() > self.plan_max_age

    def _schedule_plan(self) -> None:
        """Plan again at the next boundary of the interval, hence of the market time unit."""
        if self._slow_timer is not None:
            self._slow_timer()
        step = self.plan_interval.total_seconds()
        # Half a second into the unit: prices and meters of the new unit are there.
        moment = dt_util.utc_from_timestamp((dt_util.utcnow().timestamp() // step + 1) * step + 0.5)
        self._slow_timer = async_track_point_in_utc_time(self.hass, self._on_boundary, moment)

    async def _on_boundary(self, _now: datetime) -> None:
        self._slow_timer = None
        self._schedule_plan()
        await self.async_refresh()

    @callback
    def request_plan(self) -> None:
        """Ask for a new plan soon; several requests make one plan."""
        if not self._stopped:
            self.config_entry.async_create_task(self.hass, self.async_request_refresh(), eager_start=True)

    @override
    async def _async_update_data(self) -> CemData:
        """Sense, forecast and plan; a plan that fails leaves the last valid plan and says so."""
        async with self._planning:
            now = dt_util.utcnow()
            outlook = await self.forecaster.async_outlook(now, self.sense, self.state)
            self.sense.forecasts, self.sense.outdoor = outlook.devices, outlook.outdoor
            self.uncertainty.observe(now, outlook.devices, held_down=bool(self.forecaster.held_down))
            self.problems.prices(missing=not any(slot.end > now for slot in outlook.prices.slots))
            snapshot = self.sense.snapshot(
                now,
                outlook,
                resources=self.sense.resources(now, self.runs.of, ahead=True),
                limits=self.grid_side.book.limits,
                light=self.data.live.light,
                charges=self.metering.charges(now, now + self.sense.horizon, self.told_peak),
                net_metering=self.metering.net_metering(now),
            )
            snapshot = await self.uncertainty.async_scenarios(snapshot)
            previous = self.data.plan
            started = time.perf_counter()
            error: str | None = None
            plan: Plan | None = None
            try:
                plan = await self.hass.async_add_executor_job(_solve, snapshot, previous)
            except Exception as failure:  # noqa: BLE001 - whatever the solver does, the house goes on
                error = f"{type(failure).__name__}: {failure}"
            seconds = time.perf_counter() - started
            if plan is not None and plan.status is PlanStatus.FAILED:
                error, plan = (plan.notes[0].text if plan.notes else "no plan found"), None
            if self._stopped:
                return self.data
            if plan is None:
                if self.data.plan_error is None:
                    _LOGGER.error("No new plan; the last valid one stays in force: %s", error)
                self.decisions.announce(Decision.PLAN_FAILED, reason=error or "")
                plan = previous
            else:
                if self.data.plan_error is not None:
                    _LOGGER.info("Planning works again")
                self.runner.adopt(plan, previous)
                self.state.plan = plan
                self.store.save_soon()
            self.data = CemData(
                live=self.data.live, snapshot=snapshot, plan=plan, plan_error=error, plan_seconds=seconds
            )
        self.tick()
        if self.warmth.due(now):
            self.config_entry.async_create_background_task(self.hass, self._async_learn_warmth(), f"{self.name} warmth")
        return self.data

    async def _async_learn_warmth(self) -> None:
        """Learn how zones and tanks hold their warmth, beside the plan."""
        if await self.warmth.async_learn(dt_util.utcnow()) and not self._stopped:
            self.sense.usage = self.warmth.usage
            self.store.save_soon()
            self.request_plan()
        self.async_update_listeners()

    def _with_charges(self, profile: PriceProfile) -> PriceProfile:
        """Return what the tariff's prices are with the network fee and tiers."""
        metering = self.metering
        return with_charges(profile, metering.billing, dt_util.get_default_time_zone(), metering.imported)

    @property
    def told_peak(self) -> float | None:
        """Return the highest mean of the billing period in W that the meter itself tells, if it does."""
        capacity = self.metering.billing.capacity
        entity_id = None if capacity is None else capacity.peak_entity
        return power_of(self.hass.states.get(entity_id)) if entity_id else None

    # ------------------------------------------------------------------------------------------------ fast clock

    @callback
    def _on_fast_change(self, _event: Event[EventStateChangedData]) -> None:
        self.request_tick()

    @callback
    def _on_report(self, _event: Event[Any]) -> None:
        """An unchanged value says that the meter is alive."""
        self.request_tick()

    @callback
    def _on_device_change(self, event: Event[EventStateChangedData]) -> None:
        """Answer a device's new state; coming and going also change the plan."""
        old, new = event.data["old_state"], event.data["new_state"]
        if _presence(old) != _presence(new):
            self.request_plan()
        self.request_tick()

    @callback
    def _on_source_change(self, _event: Event[EventStateChangedData]) -> None:
        self.request_plan()

    @callback
    def request_tick(self, *, urgent: bool = False) -> None:
        """Run the fast clock at once, or at the latest a second after it last ran."""
        if self._stopped:
            return
        due = self._last_tick + FAST_INTERVAL - time.monotonic()
        if urgent or due <= 0:
            self.tick()
        elif self._pending_tick is None:
            self._pending_tick = async_call_later(self.hass, due, self._on_pending)

    @callback
    def _on_pending(self, _now: datetime) -> None:
        self._pending_tick = None
        self.tick()

    @callback
    def tick(self) -> None:
        """Look at limits, signals and measurements, and instruct the devices; whatever happens, again soon."""
        if self._stopped:
            return
        if self._pending_tick is not None:
            self._pending_tick()
            self._pending_tick = None
        self._last_tick = time.monotonic()
        now = dt_util.utcnow()
        try:
            self._act(now)
        except Exception:
            _LOGGER.exception("The fast clock failed; it goes on with the next measurement")
        finally:
            self._schedule_tick(now)

    def _act(self, now: datetime) -> None:
        light = self.grid_side.observe(now)
        self.runner.observe(now)
        resources = self.sense.resources(now, self.runs.of)
        self.runner.observe_presence(resources, now)
        if self.sense.modes.observe(resources, now, dt_util.get_default_time_zone()):
            self.store.save_soon()
        net_power = self.sense.net_power()
        result = dispatch(
            now=now,
            net_power=net_power,
            resources=resources,
            plan=self.data.plan,
            plan_max_age=self.plan_max_age,
            limits=self.grid_side.book.limits,
            light=light,
            memory=self._memory,
        )
        self._memory = result.memory
        self._remember()
        self.costs.add(now, net_power, self.data.snapshot)
        self.metering.add(now, net_power)
        self.state.metering = self.metering.to_json()
        self.grid_side.report(result)
        self._publish(
            Live(
                now=now,
                net_power=net_power,
                light=light,
                import_limit=self.grid_side.book.effective(now, Direction.IMPORT),
                export_limit=self.grid_side.book.effective(now, Direction.EXPORT),
                resources=resources,
                dispatch=result,
            )
        )
        for instruction in result.instructions:
            device = self.sense.device(instruction.resource_id)
            if device is None:
                continue
            if instruction.kind is InstructionKind.START:
                self.runner.start(device, instruction, now)
            else:
                self.hands.apply(
                    device,
                    instruction,
                    self.sense.settings(device.device_id),
                    self.sense.sensing(device, now, self.runs.of(device.device_id)),
                )
        if self._stale != (stale := self.plan_is_stale(now)):
            self._stale = stale
            self.async_update_listeners()

    def _remember(self) -> None:
        """Keep what dispatch must know after a restart."""
        remembered = self._memory.to_json()
        if remembered["paused"] != self.state.dispatch.get("paused", []):
            self.store.save_soon()
        self.state.dispatch = remembered

    def _publish(self, live: Live) -> None:
        before = self.data.live
        self.data = replace(self.data, live=live)
        if before.light.phase is not live.light.phase:
            self.decisions.announce(
                Decision.PHASE_CHANGED,
                phase=live.light.phase.value,
                former_phase=before.light.phase.value,
                source=live.light.source,
                reason=live.light.reason,
            )
            self.request_plan()
        for listener in tuple(self._fast_listeners):
            listener()

    @callback
    def async_add_fast_listener(self, update: Callable[[], None]) -> CALLBACK_TYPE:
        """Call a function after each run of the fast clock."""
        self._fast_listeners.append(update)
        return lambda: self._fast_listeners.remove(update)

    def _schedule_tick(self, now: datetime) -> None:
        """Run again when the next limit begins or ends, a run is due, or after the heartbeat."""
        if self._timer is not None:
            self._timer()
        moments = [now + timedelta(seconds=HEARTBEAT)]
        moments += [moment for moment in (*self.grid_side.moments(now), *self.runner.moments()) if moment > now]
        self._timer = async_track_point_in_utc_time(self.hass, self._on_timer, min(moments))

    @callback
    def _on_timer(self, _now: datetime) -> None:
        self._timer = None
        self.tick()

    # ------------------------------------------------------------------------------------------------ commands

    @callback
    def _on_call(self, record: CallRecord) -> None:
        """Tell the user of a device that does not follow, and when it does again."""
        self.decisions.record_call(record)
        self.journal.record_call(record)
        device = self.sense.device(record.device_id)
        if record.final and device is not None:
            if record.result.failed:
                self.problems.command_failed(device, record.action or record.instruction)
            elif record.made:
                self.problems.command_works(device.device_id)
        touched = tuple(sorted(self.hands.touched))
        if touched != self.state.touched:
            self.state.touched = touched
            self.store.save_soon()

    # ------------------------------------------------------------------------------------------------ what people set

    async def async_change_settings(self, device_id: str, settings: DeviceSettings) -> None:
        """Change what the user set for a device; control that is switched off hands it back."""
        before = self.sense.settings(device_id)
        self.state.settings[device_id] = settings
        await self.store.async_save_now()
        device = self.sense.device(device_id)
        if before.control != settings.control and device is not None:
            self.decisions.announce(
                Decision.CONTROL_CHANGED, device_id=device_id, device=device.name, control=settings.control
            )
            if not settings.control:
                await self.hands.async_release(device, "control_off")
        self.runner.settings_changed(device_id, before, settings)
        self.request_tick(urgent=True)
        self.request_plan()

    async def async_set_goal(self, goal: str) -> None:
        """Take in what the plan should serve; see `cem.planner.PRESETS`."""
        self.state.goal = goal
        await self.store.async_save_now()
        self.request_plan()

    async def async_set_prices(self, profile: PriceProfile | None) -> None:
        """Take in a price profile that stands above the tariff; None withdraws it."""
        self.state.prices = profile
        await self.store.async_save_now()
        self.request_plan()

    async def async_set_temperatures(self, device_id: str, profile: TemperatureProfile | None) -> None:
        """Take in a temperature profile that stands above a device's own comfort bands; None withdraws it."""
        if profile is None:
            self.state.temperatures.pop(device_id, None)
        else:
            self.state.temperatures[device_id] = profile
        await self.store.async_save_now()
        self.request_plan()

    async def async_set_environment(self, profile: PriceProfile | None) -> None:
        """Take in an environment profile that stands above the CO2 source; None withdraws it."""
        self.state.environment = profile
        await self.store.async_save_now()
        self.request_plan()


def _solve(snapshot: SiteSnapshot, previous: Plan | None) -> Plan:
    """Make the plan; runs in the executor."""
    return make_plan(snapshot, PlannerOptions(), previous=previous, clock=time.perf_counter)


def _presence(state: Any) -> bool:
    return state is not None and state.state not in {"unavailable", "unknown"}
