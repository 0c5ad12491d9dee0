"""System health: one line per figure that tells at a glance whether the energy manager works."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Say where the figures come from."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the figures of all connection points together."""
    entries = hass.config_entries.async_entries(DOMAIN)
    running = [entry.runtime_data for entry in entries if entry.state is ConfigEntryState.LOADED]
    plans = [coordinator.data.plan for coordinator in running if coordinator.data.plan is not None]
    seconds = [each.data.plan_seconds for each in running if each.data.plan_seconds is not None]
    oldest = min((plan.created for plan in plans), default=None)
    try:
        solver = f"highspy {await hass.async_add_executor_job(version, 'highspy')}"
    except PackageNotFoundError:
        solver = "-"
    return {
        "connection_points": len(entries),
        "devices": sum(len(entry.subentries) for entry in entries),
        "plans": f"{len(plans)}/{len(running)}",
        "failed_plans": sum(coordinator.data.plan_error is not None for coordinator in running),
        "oldest_plan": "-" if oldest is None else dt_util.as_local(oldest).isoformat(timespec="seconds"),
        "slowest_plan": "-" if not seconds else f"{max(seconds):.2f} s",
        "solver": solver,
    }
