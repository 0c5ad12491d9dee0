"""Diagnostics: what a bug report needs, without what is nobody's business.

The last snapshot and the plan made of it are complete, so that the plan can be computed again elsewhere from the file
alone. The connection number, names of places and secrets in actions of the user are redacted. It must not change
anything, and not fail where something is missing.
"""

from typing import Any, Final

from homeassistant.components.diagnostics.util import async_redact_data
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    CONF_ACCESS_TOKEN,
    CONF_API_KEY,
    CONF_API_TOKEN,
    CONF_CODE,
    CONF_HEADERS,
    CONF_LATITUDE,
    CONF_LONGITUDE,
    CONF_PASSWORD,
    CONF_PIN,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant

from .const import CONF_CONNECTION_ID, CONF_NAME
from .coordinator import CemConfigEntry, CemCoordinator
from .sources import entry_sources

TO_REDACT: Final = frozenset(
    {
        CONF_CONNECTION_ID,
        "unique_id",
        CONF_LATITUDE,
        CONF_LONGITUDE,
        CONF_ACCESS_TOKEN,
        CONF_API_KEY,
        CONF_API_TOKEN,
        CONF_CODE,
        CONF_HEADERS,
        CONF_PASSWORD,
        CONF_PIN,
        CONF_TOKEN,
        CONF_URL,
        CONF_USERNAME,
    }
)
#: A connection point is named after the home, hence often after a street.
NAMES: Final = frozenset({"title", CONF_NAME})


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: CemConfigEntry) -> dict[str, Any]:
    """Return everything that is known about one connection point."""
    described = async_redact_data(entry.as_dict(), TO_REDACT)
    described["title"] = async_redact_data({"title": entry.title}, NAMES)["title"]
    described["data"] = async_redact_data(described["data"], NAMES)
    found: dict[str, Any] = {"entry": described, "sources": _sources(hass, entry)}
    # An entry that failed to start has no coordinator; its description is what a bug report is about.
    coordinator = getattr(entry, "runtime_data", None)
    return found | _running(coordinator) if isinstance(coordinator, CemCoordinator) else found


def _running(coordinator: CemCoordinator) -> dict[str, Any]:
    """Return the state of a connection point that runs."""
    data = coordinator.data
    live = data.live
    return {
        "snapshot": None if data.snapshot is None else data.snapshot.to_json(),
        "plan": None if data.plan is None else data.plan.to_json(),
        "plan_error": data.plan_error,
        "plan_seconds": data.plan_seconds,
        "live": {
            "now": live.now.isoformat(),
            "net_power": live.net_power,
            "traffic_light": live.light.to_json(),
            "import_limit": None if live.import_limit is None else live.import_limit.to_json(),
            "export_limit": None if live.export_limit is None else live.export_limit.to_json(),
            "resources": [resource.to_json() for resource in live.resources],
        },
        "prices": {name: report.to_json() for name, report in coordinator.forecaster.tariffs.report.items()},
        "forecasts": {name: report.to_json() for name, report in coordinator.forecaster.pv_reports.items()},
        "weather": None if coordinator.forecaster.weather is None else coordinator.forecaster.weather.report.to_json(),
        "warmth": {
            "learned": {key: model.to_json() for key, model in coordinator.state.thermal.items()},
            "refused": dict(coordinator.warmth.refusals),
        },
        "sun": coordinator.state.sun,
        "decisions": [
            {"at": moment.isoformat(), "decision": decision.value, **async_redact_data(details, TO_REDACT)}
            for moment, decision, details in coordinator.decisions.latest
        ],
        "calls": [async_redact_data(record.to_json(), TO_REDACT) for record in coordinator.decisions.calls.values()],
    }


def _sources(hass: HomeAssistant, entry: CemConfigEntry) -> dict[str, dict[str, Any] | None]:
    """Return what the entities say that the entry reads; None for one that does not exist."""
    found: dict[str, dict[str, Any] | None] = {}
    for entity_id in sorted(entry_sources(entry)):
        found[entity_id] = None
        if (state := hass.states.get(entity_id)) is not None:
            found[entity_id] = {
                "state": state.state,
                "unit": state.attributes.get(ATTR_UNIT_OF_MEASUREMENT),
                "attributes": sorted(str(name) for name in state.attributes),
                "last_reported": state.last_reported.isoformat(),
            }
    return found
