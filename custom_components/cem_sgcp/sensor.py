"""Sensors: the connection point at this moment, the plan, and what each device is meant to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .cem.model import Direction, FillRate, Limit, LimitCategory, Phase, PlannedRun, PlanStatus
from .coordinator import CemConfigEntry, CemCoordinator, CemData
from .devices import KINDS
from .devices.base import Device, DeviceKind
from .entity import UNRECORDED, Attributes, CemDeviceEntity, CemEntity
from .mode_book import mode_of
from .plan_response import explained, terms_response
from .sentences import all_notes, relaxation_response, say, say_if
from .series_attributes import (
    mode_series,
    plan_series,
    power_series,
    price_series,
    run_series,
    shown_level,
    shown_unit,
    store_series,
)
from .warmth_sensor import warmth_sensors

PARALLEL_UPDATES = 0

LPC_STATES = ["init", "unlimited_controlled", "limited", "failsafe", "unlimited_autonomous"]


@dataclass(frozen=True, kw_only=True)
class SiteSensorDescription(SensorEntityDescription):
    """A sensor of the connection point."""

    value_fn: Callable[[CemCoordinator], Any]
    attributes_fn: Callable[[CemData], Attributes] = lambda data: {}
    fast: bool = False
    money: bool = False
    exists_fn: Callable[[CemCoordinator], bool] = lambda coordinator: True


def _limit_attributes(limit: Limit | None) -> Attributes:
    if limit is None:
        return {}
    return {
        "source": limit.source,
        "category": limit.category.value,
        "scope": limit.scope.value,
        "reason": limit.reason,
        "until": None if limit.end is None else limit.end.isoformat(),
    }


def plan_state(coordinator: CemCoordinator) -> str:
    """Return how the plan stands: the solver's status, or that it failed, is stale or not yet there."""
    data = coordinator.data
    if data.plan is None:
        return "failed" if data.plan_error else "waiting"
    if coordinator.plan_is_stale(dt_util.utcnow()):
        return "stale"
    return "failed" if data.plan_error else data.plan.status.value


def _plan_attributes(data: CemData) -> Attributes:
    plan = data.plan
    if plan is None:
        return {"error": data.plan_error} if data.plan_error else {}
    return {
        "created": plan.created.isoformat(),
        "horizon_end": plan.grid.end.isoformat(),
        "solver": plan.solver,
        "gap": plan.gap,
        "seconds": data.plan_seconds if data.plan_seconds is not None else plan.seconds,
        "cost": round(plan.cost, 4),
        "error": data.plan_error,
        "notes": list(dict.fromkeys(say(note) for note in all_notes(plan))),
        "terms": terms_response(plan),
        "relaxations": [relaxation_response(entry) for entry in plan.relaxations],
        "series": plan_series(plan),
    }


def _next_run(data: CemData) -> PlannedRun | None:
    now = dt_util.utcnow()
    return next((run for run in data.plan.runs() if run.start > now), None) if data.plan else None


def _next_attributes(data: CemData) -> Attributes:
    run = _next_run(data)
    if run is None or data.plan is None:
        return {}
    owner = next((entry.resource_id for entry in data.plan.devices if run in entry.runs), None)
    resource = next((entry for entry in data.live.resources if entry.resource_id == owner), None)
    return {"device": resource.name if resource else None, "end": run.end.isoformat(), "cost": round(run.cost, 4)}


def _cost_of_day(coordinator: CemCoordinator, days_ahead: int) -> float | None:
    plan = coordinator.data.plan
    if plan is None:
        return None
    start = dt_util.start_of_local_day(dt_util.now() + timedelta(days=days_ahead))
    end = dt_util.start_of_local_day(start + timedelta(hours=36))
    now = dt_util.utcnow()
    if days_ahead:
        return plan.cost_between(start, end) if plan.grid.end >= end else None
    ahead = plan.cost_between(max(start, now), end)
    return None if ahead is None else ahead + coordinator.costs.amount


def _price(coordinator: CemCoordinator, *, export: bool) -> float | None:
    snapshot = coordinator.data.snapshot
    slot = None if snapshot is None else snapshot.prices.at(dt_util.utcnow())
    if slot is None or snapshot is None:
        return None
    prices = snapshot.prices
    return prices.export_price(slot) if export else prices.import_price(slot)


def _lpc_state(coordinator: CemCoordinator) -> str:
    """Return the state of the limitation; without an energy guard, what limits by action and signal come to."""
    box = coordinator.grid_side.limitations.boxes.get(Direction.IMPORT)
    if box is not None:
        return box.state.value
    limit = coordinator.data.live.import_limit
    obliged = limit is not None and limit.category in {LimitCategory.OBLIGATION, LimitCategory.EMERGENCY}
    return "limited" if obliged else "unlimited_autonomous"


def _one_way(value: float | None, sign: int) -> float | None:
    return None if value is None else max(sign * value, 0.0)


SITE_SENSORS: tuple[SiteSensorDescription, ...] = (
    SiteSensorDescription(
        key="net_power",
        translation_key="net_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        fast=True,
        value_fn=lambda coordinator: coordinator.data.live.net_power,
    ),
    SiteSensorDescription(
        key="import_power",
        translation_key="import_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        fast=True,
        value_fn=lambda coordinator: _one_way(coordinator.data.live.net_power, 1),
    ),
    SiteSensorDescription(
        key="export_power",
        translation_key="export_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        fast=True,
        value_fn=lambda coordinator: _one_way(coordinator.data.live.net_power, -1),
    ),
    SiteSensorDescription(
        key="import_limit",
        translation_key="import_limit",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        fast=True,
        value_fn=lambda coordinator: limit.value if (limit := coordinator.data.live.import_limit) else None,
        attributes_fn=lambda data: _limit_attributes(data.live.import_limit),
    ),
    SiteSensorDescription(
        key="export_limit",
        translation_key="export_limit",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        fast=True,
        value_fn=lambda coordinator: limit.value if (limit := coordinator.data.live.export_limit) else None,
        attributes_fn=lambda data: _limit_attributes(data.live.export_limit),
    ),
    SiteSensorDescription(
        key="traffic_light",
        translation_key="traffic_light",
        device_class=SensorDeviceClass.ENUM,
        options=[phase.value for phase in Phase],
        fast=True,
        value_fn=lambda coordinator: coordinator.data.live.light.phase.value,
        attributes_fn=lambda data: {"source": data.live.light.source, "reason": data.live.light.reason},
    ),
    SiteSensorDescription(
        key="lpc_state",
        translation_key="lpc_state",
        device_class=SensorDeviceClass.ENUM,
        options=LPC_STATES,
        entity_category=EntityCategory.DIAGNOSTIC,
        fast=True,
        value_fn=_lpc_state,
    ),
    SiteSensorDescription(
        key="lpp_state",
        translation_key="lpp_state",
        device_class=SensorDeviceClass.ENUM,
        options=LPC_STATES,
        entity_category=EntityCategory.DIAGNOSTIC,
        fast=True,
        value_fn=lambda coordinator: coordinator.grid_side.limitations.boxes[Direction.EXPORT].state.value,
        exists_fn=lambda coordinator: Direction.EXPORT in coordinator.grid_side.limitations.boxes,
    ),
    SiteSensorDescription(
        key="plan_status",
        translation_key="plan_status",
        device_class=SensorDeviceClass.ENUM,
        options=["waiting", "stale", *(status.value for status in PlanStatus)],
        value_fn=plan_state,
        attributes_fn=_plan_attributes,
    ),
    SiteSensorDescription(
        key="planned_cost_today",
        translation_key="planned_cost_today",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        money=True,
        value_fn=lambda coordinator: _cost_of_day(coordinator, 0),
    ),
    SiteSensorDescription(
        key="planned_cost_tomorrow",
        translation_key="planned_cost_tomorrow",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        money=True,
        value_fn=lambda coordinator: _cost_of_day(coordinator, 1),
    ),
    SiteSensorDescription(
        key="next_start",
        translation_key="next_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda coordinator: run.start if (run := _next_run(coordinator.data)) else None,
        attributes_fn=_next_attributes,
    ),
    SiteSensorDescription(
        key="import_price",
        translation_key="import_price",
        suggested_display_precision=3,
        value_fn=lambda coordinator: _price(coordinator, export=False),
        attributes_fn=lambda data: {"series": price_series(data.snapshot)} if data.snapshot else {},
    ),
    SiteSensorDescription(
        key="export_price",
        translation_key="export_price",
        suggested_display_precision=3,
        value_fn=lambda coordinator: _price(coordinator, export=True),
    ),
    SiteSensorDescription(
        key="billed_peak",
        translation_key="billed_peak",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        value_fn=lambda coordinator: (
            coordinator.metering.peak if coordinator.told_peak is None else coordinator.told_peak
        ),
        exists_fn=lambda coordinator: coordinator.metering.billing.capacity is not None,
    ),
)


class SiteSensor(CemEntity, SensorEntity):
    """A sensor of the connection point."""

    entity_description: SiteSensorDescription

    def __init__(self, coordinator: CemCoordinator, description: SiteSensorDescription) -> None:
        """Give prices and costs the currency of the connection point."""
        super().__init__(coordinator, description, fast=description.fast)
        currency = coordinator.currency
        if description.money:
            self._attr_native_unit_of_measurement = currency
        elif description.key.endswith("_price"):
            self._attr_native_unit_of_measurement = f"{currency}/kWh"

    @property
    @override
    def native_value(self) -> Any:
        """The present value."""
        value = self.entity_description.value_fn(self.coordinator)
        return round(value, 5) if isinstance(value, float) else value

    @property
    @override
    def extra_state_attributes(self) -> Attributes:
        """What explains the value."""
        return self.entity_description.attributes_fn(self.coordinator.data)


# ------------------------------------------------------------------------------------------------ devices


@dataclass(frozen=True, kw_only=True)
class DeviceSensorDescription(SensorEntityDescription):
    """A sensor of a device."""

    value_fn: Callable[[DeviceSensor], Any]
    attributes_fn: Callable[[DeviceSensor], Attributes] = lambda sensor: {}
    exists_fn: Callable[[DeviceKind], bool] = lambda kind: True
    fast: bool = False
    money: bool = False


def _planned_run(sensor: DeviceSensor) -> PlannedRun | None:
    plan = sensor.device_plan
    return plan.runs[0] if plan is not None and plan.runs else None


def _planned_start(sensor: DeviceSensor) -> datetime | None:
    run = sensor.coordinator.runs.open(sensor.device.device_id)
    return None if run is None else run.started or run.scheduled_start or run.pinned_start


def _start_attributes(sensor: DeviceSensor) -> Attributes:
    run, planned = sensor.coordinator.runs.open(sensor.device.device_id), _planned_run(sensor)
    if run is None:
        return {}
    attributes: Attributes = {
        "run_id": run.run_id,
        "earliest_start": run.earliest_start.isoformat(),
        "latest_end": None if run.latest_end is None else run.latest_end.isoformat(),
        "pinned": run.pinned_start is not None,
        "runs": run_series(run),
    }
    if planned is not None and planned.run_id == run.run_id:
        attributes |= {
            "planned_end": planned.end.isoformat(),
            "latest_start": None if planned.latest_start is None else planned.latest_start.isoformat(),
            "choice": list(planned.choice),
            "cost": round(planned.cost, 4),
            "cost_now": None if planned.cost_now is None else round(planned.cost_now, 4),
            "moved_from": None if planned.moved_from is None else planned.moved_from.isoformat(),
            "gain": None if planned.gain is None else round(planned.gain, 4),
            **explained(planned),
        }
    return attributes


def _planned_power(sensor: DeviceSensor) -> float | None:
    plan, device = sensor.coordinator.data.plan, sensor.device_plan
    step = None if plan is None else plan.grid.index_at(dt_util.utcnow())
    if step is None or device is None:
        return None
    # What generates is shown positive; the series keeps the sign of the plan.
    return -device.power[step] + 0.0 if KINDS[sensor.device.kind].generates else device.power[step]


def _power_attributes(sensor: DeviceSensor) -> Attributes:
    plan, device = sensor.coordinator.data.plan, sensor.device_plan
    if plan is None or device is None:
        return {}
    attributes: Attributes = {"series": power_series(plan, device)}
    if device.level is not None:
        attributes |= store_series(plan, device, None if sensor.resource is None else sensor.resource.control)
        if (capacity := sensor.device.data.get("capacity")) is not None:
            attributes["capacity"] = float(capacity) * 1000.0
    return attributes


DEVICE_STATES = [
    "idle",
    "unavailable_flexibility",
    "not_scheduled",
    "scheduled",
    "executing",
    "interrupted",
    "finished",
    "aborted",
    "hold",
    "cover_house",
    "charge_surplus",
    "charge_grid",
    "discharge_grid",
    "self_consumption",
    "run",
    "on",
    "off",
    "curtail",
    "unlimited",
]


def device_state(sensor: DeviceSensor) -> str:
    """Return the state of a device's run, or the intent of the plan in force."""
    run = sensor.coordinator.runs.latest(sensor.device.device_id)
    if run is not None:
        return run.state.value
    resource = sensor.resource
    if resource is not None and not resource.available:
        return "unavailable_flexibility"
    plan, device = sensor.coordinator.data.plan, sensor.device_plan
    step = None if plan is None else plan.grid.index_at(dt_util.utcnow())
    return "idle" if step is None or device is None else device.intent[step].value


def _state_attributes(sensor: DeviceSensor) -> Attributes:
    run = sensor.coordinator.runs.latest(sensor.device.device_id)
    calls = [record.to_json() for record in sensor.coordinator.decisions.calls_of(sensor.device.device_id)]
    attributes: Attributes = {"control": sensor.settings.control, "calls": calls[-5:]}
    if run is not None and run.error:
        attributes["error"] = run.error
    plan = sensor.device_plan
    if plan is not None:
        attributes["notes"] = [say(note) for note in plan.notes]
        attributes["reason"] = say_if(plan.reason)
    return attributes


def _level(sensor: DeviceSensor) -> float | None:
    resource = sensor.resource
    control = None if resource is None or not resource.available else resource.control
    if not isinstance(control, FillRate):
        return None
    return shown_level(control.level, control.level_unit)


def _level_attributes(sensor: DeviceSensor) -> Attributes:
    control = None if sensor.resource is None else sensor.resource.control
    if not isinstance(control, FillRate):
        return {}
    ends = (shown_level(end, control.level_unit) for end in (control.level_range.start, control.level_range.end))
    lowest, highest = sorted(ends)
    return {"lowest": lowest, "highest": highest}


def _mode(sensor: DeviceSensor) -> str | None:
    """Return the mode the device is seen in, else the one it was told."""
    resource = sensor.resource
    if resource is not None and resource.available and (seen := mode_of(resource)) is not None:
        return seen[0]
    told = _told_modes(sensor)
    return ", ".join(told.values()) if told else None


def _told_modes(sensor: DeviceSensor) -> dict[str, str]:
    result = sensor.coordinator.data.live.dispatch
    if result is None:
        return {}
    return {
        choice.actuator_id: choice.mode_id
        for instruction in result.instructions
        if instruction.resource_id == sensor.device.device_id
        for choice in instruction.modes
    }


def _mode_attributes(sensor: DeviceSensor) -> Attributes:
    plan, device, told = sensor.coordinator.data.plan, sensor.device_plan, _told_modes(sensor)
    now = dt_util.utcnow()
    starts = sensor.coordinator.sense.modes.starts_today(sensor.device.device_id, now, dt_util.get_default_time_zone())
    attributes: Attributes = {"told": list(told.values()), "starts_today": starts}
    if plan is not None and device is not None and device.actuators:
        step = plan.grid.index_at(now)
        attributes["planned"] = [] if step is None else [entry.mode[step] for entry in device.actuators]
        attributes["series"] = mode_series(plan, device)
    return attributes


DEVICE_SENSORS: tuple[DeviceSensorDescription, ...] = (
    DeviceSensorDescription(
        key="planned_start",
        translation_key="planned_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        exists_fn=lambda kind: kind.has_runs,
        fast=True,
        value_fn=_planned_start,
        attributes_fn=_start_attributes,
    ),
    DeviceSensorDescription(
        key="planned_power",
        translation_key="planned_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        value_fn=_planned_power,
        attributes_fn=_power_attributes,
    ),
    DeviceSensorDescription(
        key="state",
        translation_key="device_state",
        device_class=SensorDeviceClass.ENUM,
        options=DEVICE_STATES,
        exists_fn=lambda kind: kind.flexible,
        fast=True,
        value_fn=device_state,
        attributes_fn=_state_attributes,
    ),
    DeviceSensorDescription(
        key="expected_cost",
        translation_key="expected_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        exists_fn=lambda kind: kind.flexible,
        money=True,
        value_fn=lambda sensor: plan.cost if (plan := sensor.device_plan) else None,
    ),
    DeviceSensorDescription(
        key="mode",
        translation_key="mode",
        exists_fn=lambda kind: kind.has_modes,
        fast=True,
        value_fn=_mode,
        attributes_fn=_mode_attributes,
    ),
    DeviceSensorDescription(
        key="level",
        translation_key="level",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        exists_fn=lambda kind: kind.has_level,
        fast=True,
        value_fn=_level,
        attributes_fn=_level_attributes,
    ),
)


class DeviceSensor(CemDeviceEntity, SensorEntity):
    """A sensor of one device."""

    #: The reason changes with every plan; the recorder keeps the states.
    _unrecorded_attributes = UNRECORDED | {"reason"}

    entity_description: DeviceSensorDescription

    def __init__(self, coordinator: CemCoordinator, device: Device, description: DeviceSensorDescription) -> None:
        """Give costs the currency of the connection point."""
        super().__init__(coordinator, device, description, fast=description.fast)
        if description.money:
            self._attr_native_unit_of_measurement = coordinator.currency

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """A level is shown in the unit of its store, which is known once the device is."""
        control = None if self.resource is None else self.resource.control
        if self.entity_description.key == "level":
            return shown_unit(control.level_unit) if isinstance(control, FillRate) else None
        return super().native_unit_of_measurement

    @property
    @override
    def native_value(self) -> Any:
        """The present value."""
        value = self.entity_description.value_fn(self)
        return round(value, 4) if isinstance(value, float) else value

    @property
    @override
    def extra_state_attributes(self) -> Attributes:
        """What explains the value."""
        return self.entity_description.attributes_fn(self)


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the connection point and of each device."""
    coordinator = entry.runtime_data
    async_add_entities(
        SiteSensor(coordinator, description) for description in SITE_SENSORS if description.exists_fn(coordinator)
    )
    for device in coordinator.devices:
        async_add_entities(
            [
                *(
                    DeviceSensor(coordinator, device, description)
                    for description in DEVICE_SENSORS
                    if description.exists_fn(KINDS[device.kind])
                ),
                *warmth_sensors(coordinator, device),
            ],
            config_subentry_id=device.device_id,
        )
