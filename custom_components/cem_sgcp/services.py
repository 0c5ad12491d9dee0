"""Actions for automations: announce, start, shift, pause, prices, signals, limits, plan.

The schemas say what an action takes; whatever does not fit gets an error in the user's language and changes nothing.
The neutral model checks the meaning. It must not decide anything.
"""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from enum import StrEnum
import json
from pathlib import Path
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from .cem.model import (
    Direction,
    EasyPowerProfile,
    EnergyProfile,
    Limit,
    LimitCategory,
    LimitScope,
    ModelError,
    Phase,
    PriceProfile,
    Run,
    TemperatureProfile,
    TrafficLight,
)
from .const import DOMAIN
from .coordinator import CemCoordinator
from .devices import KINDS
from .devices.base import Device
from .errors import translated
from .grid_side import CONTRACT
from .journal import as_csv
from .limitation import SOURCE as ENERGY_GUARD
from .limitation_actions import (
    SCHEMA_FAILSAFE,
    SCHEMA_HEARTBEAT,
    SCHEMA_LIMITATION,
    async_heartbeat,
    async_set_failsafe,
    async_set_limitation,
)
from .plan_response import plan_response, run_response
from .targets import SITE, site_of as _site
from .validators import duration, moment, number, one_of, single, slots, text


class LogFormat(StrEnum):
    """How the proof log is handed out."""

    JSON = "json"
    CSV = "csv"


# ------------------------------------------------------------------------------------------------ schemas

_DEVICE = {vol.Required(ATTR_DEVICE_ID): single}
_SITE = SITE

SCHEMA_ANNOUNCE = vol.Schema(
    {
        **_DEVICE,
        vol.Exclusive("profile", "profile"): dict,
        vol.Optional("power"): number(-1e6, 1e6),
        vol.Optional("energy"): number(0, 1e6),
        vol.Optional("duration"): duration,
        vol.Optional("earliest_start"): moment,
        vol.Optional("latest_end"): moment,
        vol.Optional("run_id"): text,
    }
)
SCHEMA_START_TIME = vol.Schema({**_DEVICE, vol.Required("start_time"): moment})
SCHEMA_SHIFT = vol.Schema(
    {
        **_DEVICE,
        vol.Optional("group", default=0): number(0, 1000),
        vol.Required("slot"): number(0, 1000),
        vol.Required("start_time"): moment,
    }
)
SCHEMA_DEVICE = vol.Schema(_DEVICE)
SCHEMA_PROFILE = vol.Schema(
    {
        **_SITE,
        vol.Optional("slots"): slots,
        vol.Optional("currency"): text,
        vol.Optional("profile_id"): text,
        vol.Optional("clear", default=False): cv.boolean,
    }
)
SCHEMA_TEMPERATURE = vol.Schema(
    {
        **_DEVICE,
        vol.Optional("slots"): slots,
        vol.Optional("minimum"): number(-273.15, 1000),
        vol.Optional("maximum"): number(-273.15, 1000),
        vol.Optional("zone"): text,
        vol.Optional("profile_id", default="action"): text,
        vol.Optional("clear", default=False): cv.boolean,
    }
)
SCHEMA_SIGNAL = vol.Schema(
    {
        **_SITE,
        vol.Required("phase"): one_of(Phase),
        vol.Exclusive("duration", "end"): duration,
        vol.Exclusive("end", "end"): moment,
        vol.Optional("reason", default=""): text,
        vol.Optional("source", default="action"): text,
    }
)
SCHEMA_LIMIT = vol.Schema(
    {
        **_SITE,
        vol.Optional("direction", default=Direction.IMPORT): one_of(Direction),
        vol.Required("value"): number(0, 1e8),
        vol.Optional("start"): moment,
        vol.Exclusive("duration", "end"): duration,
        vol.Exclusive("end", "end"): moment,
        vol.Optional("category", default=LimitCategory.OBLIGATION): one_of(LimitCategory),
        vol.Optional("scope", default=LimitScope.CONNECTION): one_of(LimitScope),
        vol.Optional("source", default="action"): text,
        vol.Optional("reason", default=""): text,
        vol.Optional("limit_id"): text,
    }
)
SCHEMA_CLEAR_LIMIT = vol.Schema({**_SITE, vol.Optional("limit_id"): text, vol.Optional("direction"): one_of(Direction)})
SCHEMA_SITE = vol.Schema(_SITE)
SCHEMA_LOG = vol.Schema(
    {
        **_SITE,
        vol.Optional("start"): moment,
        vol.Optional("end"): moment,
        vol.Optional("format", default=LogFormat.JSON): one_of(LogFormat),
        vol.Optional("path"): text,
    }
)


# ------------------------------------------------------------------------------------------------ targets


def _device(call: ServiceCall, data: dict[str, Any]) -> tuple[CemCoordinator, Device]:
    wanted = data[ATTR_DEVICE_ID]
    registered = dr.async_get(call.hass).async_get(wanted)
    names = {name for domain, name in registered.identifiers if domain == DOMAIN} if registered else set()
    for entry in call.hass.config_entries.async_loaded_entries(DOMAIN):
        coordinator: CemCoordinator = entry.runtime_data
        for device in coordinator.devices:
            if device.device_id in names or device.device_id == wanted:
                return coordinator, device
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="unknown_device", translation_placeholders={"value": wanted}
    )


def _appliance(call: ServiceCall, data: dict[str, Any]) -> tuple[CemCoordinator, Device]:
    coordinator, device = _device(call, data)
    if device.kind != "appliance":
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_flexible_start",
            translation_placeholders={"value": device.name},
        )
    return coordinator, device


# ------------------------------------------------------------------------------------------------ actions


async def _announce(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    coordinator, device = _appliance(call, data)
    profile: EnergyProfile | None = None
    if "profile" in data:
        profile = EnergyProfile.from_document({"profile_id": "action", **data["profile"]})
    elif "duration" in data:
        profile = EasyPowerProfile(
            profile_id="action", power=data.get("power"), energy=data.get("energy"), duration=data["duration"]
        ).expand()
    elif "power" in data or "energy" in data:
        raise ModelError("missing_field", "duration")
    run = await coordinator.runner.async_announce(
        device,
        profile=profile,
        earliest_start=data.get("earliest_start"),
        latest_end=data.get("latest_end"),
        run_id=data.get("run_id"),
    )
    if call.return_response:
        await coordinator.async_refresh()
    return run_response(coordinator, run.run_id)


def _run_action(
    act: Callable[[CemCoordinator, Device, dict[str, Any]], Awaitable[Run]],
) -> Callable[[ServiceCall, dict[str, Any]], Awaitable[ServiceResponse]]:
    async def handle(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
        coordinator, device = _appliance(call, data)
        run = await act(coordinator, device, data)
        return run_response(coordinator, run.run_id)

    return handle


async def _set_profile(call: ServiceCall, data: dict[str, Any], *, environment: bool) -> ServiceResponse:
    coordinator = _site(call, data)
    if data["clear"]:
        profile = None
    elif "slots" not in data:
        raise ModelError("missing_field", "slots")
    else:
        fields = ("co2", "renewable_share") if environment else ("import_price", "export_price")
        for index, slot in enumerate(data["slots"]):
            if all(slot.get(name) is None for name in fields):
                raise ModelError("missing_field", f"slots[{index}].{fields[0]}")
        entries = _timed(data["slots"])
        profile = PriceProfile.from_json(
            {
                "profile_id": data.get("profile_id", "action"),
                "currency": data.get("currency", coordinator.currency),
                "slots": entries,
            }
        )
        if profile.currency != coordinator.currency:
            raise ModelError("unknown_option", "currency", expected=coordinator.currency, value=profile.currency)
    await (coordinator.async_set_environment if environment else coordinator.async_set_prices)(profile)
    return {"slots": 0 if profile is None else len(profile.slots)}


async def _set_temperature_profile(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    coordinator, device = _device(call, data)
    if not KINDS[device.kind].has_temperature:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_temperature", translation_placeholders={"value": device.name}
        )
    profile: TemperatureProfile | None = None
    if not data["clear"]:
        if "slots" not in data:
            raise ModelError("missing_field", "slots")
        document: dict[str, Any] = {key: data[key] for key in ("profile_id", "minimum", "maximum") if key in data}
        profile = TemperatureProfile.from_json(
            document | {"zone": data.get("zone", device.name), "slots": _timed(data["slots"])}
        )
    await coordinator.async_set_temperatures(device.device_id, profile)
    return {"slots": 0 if profile is None else len(profile.slots)}


def _timed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return slots with their times in UTC."""
    return [{**slot, **{key: moment_or_same(slot[key]) for key in ("start", "end") if key in slot}} for slot in entries]


def moment_or_same(value: Any) -> Any:
    """Return a date and time in UTC; what is none is left to the model to refuse."""
    try:
        return moment(value)
    except vol.Invalid:
        return value


async def _set_price_profile(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    return await _set_profile(call, data, environment=False)


async def _set_environment_profile(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    return await _set_profile(call, data, environment=True)


def _end(data: dict[str, Any], start: datetime) -> datetime | None:
    if "end" in data:
        end: datetime = data["end"]
        return end
    return start + timedelta(seconds=data["duration"]) if "duration" in data else None


async def _set_signal(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    coordinator, now = _site(call, data), dt_util.utcnow()
    until = _end(data, now)
    if until is not None and until <= now:
        raise ModelError("end_before_start", "end", start=now.isoformat(), end=until.isoformat())
    light = TrafficLight(phase=data["phase"], source=data["source"], reason=data["reason"], since=now, until=until)
    await coordinator.grid_side.async_set_signal(light)
    return {"phase": coordinator.data.live.light.phase.value}


async def _set_limit(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    coordinator, now = _site(call, data), dt_util.utcnow()
    start = data.get("start", now)
    end = _end(data, start)
    if end is not None and end <= now:
        raise ModelError("end_before_start", "end", start=now.isoformat(), end=end.isoformat())
    limit = Limit(
        limit_id=data.get("limit_id") or ulid_now(),
        source=data["source"],
        direction=data["direction"],
        value=data["value"],
        start=start,
        end=end,
        category=data["category"],
        scope=data["scope"],
        reason=data["reason"],
    )
    _refuse_contract(limit.limit_id)
    await coordinator.grid_side.async_put_limit(limit)
    return {"limit_id": limit.limit_id, "state": "accepted"}


async def _clear_limit(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    coordinator = _site(call, data)
    if (limit_id := data.get("limit_id")) is not None:
        _refuse_contract(limit_id)
    chosen = tuple(
        limit
        for limit in coordinator.grid_side.book.limits
        if limit.source not in {CONTRACT, ENERGY_GUARD}
        and (limit_id is None or limit.limit_id == limit_id)
        and ("direction" not in data or limit.direction is data["direction"])
    )
    if limit_id is not None and not chosen:
        raise ModelError("unknown_limit", "limit_id", value=limit_id)
    await coordinator.grid_side.async_clear_limits(chosen)
    return {"cleared": [limit.limit_id for limit in chosen]}


def _refuse_contract(limit_id: str) -> None:
    """Keep the limits of the contract out of reach: they are set in the configuration."""
    if limit_id.startswith((f"{CONTRACT}_", f"{ENERGY_GUARD}_")):
        raise ModelError("contract_limit", "limit_id", value=limit_id)


async def _replan(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    coordinator = _site(call, data)
    await coordinator.async_refresh()
    return plan_response(coordinator) if call.return_response else None


async def _get_plan(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    return plan_response(_site(call, data))


async def _export_log(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    """Return the proof log, or write it where Home Assistant may write."""
    coordinator = _site(call, data)
    start, end, path = data.get("start"), data.get("end"), data.get("path")
    if start is not None and end is not None and end <= start:
        raise ModelError("end_before_start", "end", start=start.isoformat(), end=end.isoformat())
    if path is not None and not await call.hass.async_add_executor_job(call.hass.config.is_allowed_path, path):
        raise ModelError("not_allowed", "path", value=path)
    rows = await coordinator.journal.async_rows(start, end)
    if data["format"] is LogFormat.CSV:
        answer: dict[str, Any] = {"csv": as_csv(rows)}
    else:
        answer = {"rows": rows}
    if path is None:
        return {"count": len(rows), **answer}
    content = answer["csv"] if "csv" in answer else json.dumps(rows, ensure_ascii=False, indent=1)
    try:
        await call.hass.async_add_executor_job(lambda: Path(path).write_text(content, encoding="utf-8"))
    except OSError as error:
        raise ModelError("not_written", "path", value=path, reason=error.strerror or str(error)) from error
    return {"count": len(rows), "path": path}


type Action = Callable[[ServiceCall, dict[str, Any]], Awaitable[ServiceResponse]]

ACTIONS: dict[str, tuple[vol.Schema, Action, SupportsResponse]] = {
    "announce_flexible_start": (SCHEMA_ANNOUNCE, _announce, SupportsResponse.OPTIONAL),
    "set_start_time": (
        SCHEMA_START_TIME,
        _run_action(lambda cem, device, data: cem.runner.async_set_start(device, data["start_time"])),
        SupportsResponse.OPTIONAL,
    ),
    "shift_slot": (
        SCHEMA_SHIFT,
        _run_action(
            lambda cem, device, data: cem.runner.async_shift_slot(
                device, int(data["group"]), int(data["slot"]), data["start_time"]
            )
        ),
        SupportsResponse.OPTIONAL,
    ),
    "pause": (
        SCHEMA_DEVICE,
        _run_action(lambda cem, device, data: cem.runner.async_pause(device)),
        SupportsResponse.OPTIONAL,
    ),
    "resume": (
        SCHEMA_DEVICE,
        _run_action(lambda cem, device, data: cem.runner.async_resume(device)),
        SupportsResponse.OPTIONAL,
    ),
    "cancel": (
        SCHEMA_DEVICE,
        _run_action(lambda cem, device, data: cem.runner.async_cancel(device)),
        SupportsResponse.OPTIONAL,
    ),
    "set_price_profile": (SCHEMA_PROFILE, _set_price_profile, SupportsResponse.OPTIONAL),
    "set_environment_profile": (SCHEMA_PROFILE, _set_environment_profile, SupportsResponse.OPTIONAL),
    "set_temperature_profile": (SCHEMA_TEMPERATURE, _set_temperature_profile, SupportsResponse.OPTIONAL),
    "set_grid_signal": (SCHEMA_SIGNAL, _set_signal, SupportsResponse.OPTIONAL),
    "set_power_limit": (SCHEMA_LIMIT, _set_limit, SupportsResponse.OPTIONAL),
    "clear_power_limit": (SCHEMA_CLEAR_LIMIT, _clear_limit, SupportsResponse.OPTIONAL),
    "replan": (SCHEMA_SITE, _replan, SupportsResponse.OPTIONAL),
    "get_plan": (SCHEMA_SITE, _get_plan, SupportsResponse.ONLY),
    "export_log": (SCHEMA_LOG, _export_log, SupportsResponse.OPTIONAL),
    "limitation_heartbeat": (SCHEMA_HEARTBEAT, async_heartbeat, SupportsResponse.OPTIONAL),
    "set_limitation": (SCHEMA_LIMITATION, async_set_limitation, SupportsResponse.OPTIONAL),
    "set_failsafe": (SCHEMA_FAILSAFE, async_set_failsafe, SupportsResponse.OPTIONAL),
}


def _handler(schema: vol.Schema, act: Action) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        # The schema is applied here rather than by Home Assistant, so that its errors too come in the user's language.
        try:
            data = schema(dict(call.data))
        except vol.Invalid as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="invalid_field",
                translation_placeholders={
                    "path": ".".join(str(part) for part in error.path) or "data",
                    "error": error.msg if isinstance(error, vol.Invalid) else str(error),
                },
            ) from error
        with translated():
            return await act(call, data)

    return handle


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, once for all connection points."""
    for name, (schema, act, response) in ACTIONS.items():
        hass.services.async_register(DOMAIN, name, _handler(schema, act), supports_response=response)
