"""Actions of an energy guard (LPC, LPP): heartbeat, limit, failsafe values; for bridges and automations.

Values are as on the wire: a limit of import is not negative, one of export not positive, failsafe values are neither.
"""

from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .cem.limits.lpc import Answer
from .cem.model import Direction, ModelError
from .targets import SITE, site_of
from .validators import duration, number, one_of

_DIRECTION: Final = {**SITE, vol.Optional("direction", default=Direction.IMPORT): one_of(Direction)}
SCHEMA_HEARTBEAT: Final = vol.Schema(_DIRECTION)
SCHEMA_LIMITATION: Final = vol.Schema(
    {
        **_DIRECTION,
        vol.Optional("value", default=0.0): number(-1e9, 1e9),
        vol.Optional("active", default=True): cv.boolean,
        vol.Optional("duration"): duration,
    }
)
SCHEMA_FAILSAFE: Final = vol.Schema(
    {**_DIRECTION, vol.Optional("value"): number(-1e9, 1e9), vol.Optional("duration"): duration}
)


async def async_heartbeat(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    """Take in a heartbeat."""
    cem = site_of(call, data)
    cem.grid_side.limitations.heartbeat(data["direction"], dt_util.utcnow())
    cem.request_tick(urgent=True)
    return {"state": cem.grid_side.limitations.box(data["direction"]).state.value}


async def async_set_limitation(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    """Take in a limit."""
    cem = site_of(call, data)
    answer = cem.grid_side.limitations.write(
        data["direction"], dt_util.utcnow(), data["value"], active=data["active"], duration=data.get("duration")
    )
    return await _acted(cem, answer, "value", data["value"])


async def async_set_failsafe(call: ServiceCall, data: dict[str, Any]) -> ServiceResponse:
    """Take in failsafe values."""
    cem = site_of(call, data)
    value, seconds = data.get("value"), data.get("duration")
    if value is None and seconds is None:
        raise ModelError("missing_field", "value")
    answer = cem.grid_side.limitations.write_failsafe(data["direction"], dt_util.utcnow(), value, seconds)
    return await _acted(cem, answer, "failsafe", value if value is not None else seconds)


async def _acted(cem: Any, answer: Answer, path: str, value: Any) -> ServiceResponse:
    cem.request_tick(urgent=True)
    await cem.store.async_save_now()
    if answer.refusal is not None:
        raise ModelError("limitation_refused", path, value=value, reason=answer.refusal.value)
    return {"state": answer.limitation.state.value, "limit": answer.limitation.limit}
