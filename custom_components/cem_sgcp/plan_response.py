"""Plans and runs as responses of actions: plain JSON, complete enough to draw or to replay."""

from typing import TYPE_CHECKING, Any

from .cem.model import Plan, PlannedRun
from .sentences import relaxation_response, say, say_if
from .series_attributes import plan_series, power_series, run_series, store_series

if TYPE_CHECKING:
    from .coordinator import CemCoordinator


def run_response(coordinator: CemCoordinator, run_id: str) -> dict[str, Any]:
    """Return a run with its planned start, end and cost."""
    run = coordinator.runs.find(run_id)
    if run is None:
        return {"run_id": run_id, "state": "unknown"}
    plan = coordinator.data.plan
    planned = next((entry for entry in plan.runs() if entry.run_id == run_id), None) if plan else None
    start = run.started or run.scheduled_start
    return {
        "run_id": run.run_id,
        "state": run.state.value,
        "start": None if start is None else start.isoformat(),
        "earliest_start": run.earliest_start.isoformat(),
        "latest_end": None if run.latest_end is None else run.latest_end.isoformat(),
        "slots": run_series(run),
        "choice": list(run.choice),
        "cost": None if planned is None else round(planned.cost, 4),
        "cost_now": None if planned is None or planned.cost_now is None else round(planned.cost_now, 4),
        **explained(planned),
    }


def explained(planned: PlannedRun | None) -> dict[str, Any]:
    """Return why a run is planned as it is, its next best choice, and what own generation covers of it."""
    if planned is None:
        return {}
    return {
        "reason": say_if(planned.reason),
        "next_start": None if planned.next_start is None else planned.next_start.isoformat(),
        "next_choice": list(planned.next_choice),
        "next_cost": None if planned.next_cost is None else round(planned.next_cost, 4),
        "solar_share": planned.solar_share,
    }


def terms_response(plan: Plan) -> list[dict[str, Any]]:
    """Return how far a plan serves each goal, in the goal's own unit, and what that weighs."""
    return [
        {
            "goal": term.goal.value,
            "value": round(term.value, 4),
            "unit": term.unit,
            "weighted": round(term.weighted, 4),
        }
        for term in plan.terms
    ]


def plan_response(coordinator: CemCoordinator) -> dict[str, Any]:
    """Return the plan in force."""
    data = coordinator.data
    plan = data.plan
    if plan is None:
        return {"status": "failed" if data.plan_error else "waiting", "error": data.plan_error, "devices": []}
    controls = {entry.resource_id: entry.control for entry in data.live.resources}
    names = {device.device_id: device.name for device in coordinator.devices}
    return {
        "status": plan.status.value,
        "error": data.plan_error,
        "created": plan.created.isoformat(),
        "currency": plan.currency,
        "cost": round(plan.cost, 4),
        "gap": plan.gap,
        "seconds": data.plan_seconds,
        "terms": terms_response(plan),
        "relaxations": [relaxation_response(entry) for entry in plan.relaxations],
        "scenarios": plan.scenarios,
        "notes": [say(note) for note in plan.notes],
        "series": plan_series(plan),
        "devices": [
            {
                "device_id": device.resource_id,
                "name": names.get(device.resource_id, ""),
                "cost": round(device.cost, 4),
                "reason": say_if(device.reason),
                "shortfall": device.shortfall,
                "notes": [say(note) for note in device.notes],
                "series": power_series(plan, device),
                **store_series(plan, device, controls.get(device.resource_id)),
                "runs": [run_response(coordinator, run.run_id) for run in device.runs],
            }
            for device in plan.devices
        ],
    }
