"""Plans and prices as short lists for attributes, actions and the dashboard.

Times are ISO 8601 in UTC, values are rounded to what a person can use. It must not decide anything.
"""

from itertools import pairwise
from typing import Any

from .cem.model import DevicePlan, FillRate, Plan, Run, SiteSnapshot


def _steps(plan: Plan) -> list[tuple[str, str]]:
    return list(pairwise(edge.isoformat() for edge in plan.grid.edges))


def plan_series(plan: Plan) -> list[dict[str, Any]]:
    """Return the whole connection point step by step: powers in W, prices in currency/kWh."""
    import_limit = plan.import_limit or (None,) * len(plan.grid)
    export_limit = plan.export_limit or (None,) * len(plan.grid)
    known = plan.price_known or (True,) * len(plan.grid)
    return [
        {
            "start": start,
            "end": end,
            "net_power": round(plan.net_power[index]),
            "base_load": round(plan.base_load[index]),
            "import_price": round(plan.import_price[index], 5),
            "export_price": round(plan.export_price[index], 5),
            "price_known": known[index],
            "import_limit": import_limit[index],
            "export_limit": export_limit[index],
        }
        for index, (start, end) in enumerate(_steps(plan))
    ]


def power_series(plan: Plan, device: DevicePlan) -> list[dict[str, Any]]:
    """Return one device step by step: power and bounds in W, intent."""
    return [
        {"start": start, "end": end, "power": round(device.power[index]), "intent": device.intent[index].value}
        for index, (start, end) in enumerate(_steps(plan))
    ]


def level_series(plan: Plan, device: DevicePlan) -> list[dict[str, Any]]:
    """Return the level of a store at the end of each step, in the store's unit."""
    levels = device.level or ()
    return [{"end": end, "level": round(level, 1)} for (_, end), level in zip(_steps(plan), levels, strict=False)]


def store_series(plan: Plan, device: DevicePlan, control: object) -> dict[str, list[dict[str, Any]]]:
    """Return `levels` of a store in its unit, or `temperatures` in °C of one that holds heat or cold."""
    if device.level is not None and isinstance(control, FillRate) and shown_unit(control.level_unit) == "°C":
        return {"temperatures": temperature_series(plan, device, control.level_unit)}
    return {"levels": level_series(plan, device)}


def temperature_series(plan: Plan, device: DevicePlan, unit: str) -> list[dict[str, Any]]:
    """Return the temperature of a heat store at the end of each step, °C."""
    return [
        {"end": end, "temperature": shown_level(level, unit)}
        for (_, end), level in zip(_steps(plan), device.level or (), strict=False)
    ]


def mode_series(plan: Plan, device: DevicePlan) -> list[dict[str, Any]]:
    """Return the modes of one device where they change: mode and operation mode factor by actuator."""
    found: list[dict[str, Any]] = []
    for index, (start, end) in enumerate(_steps(plan)):
        modes = {entry.actuator_id: entry.mode[index] for entry in device.actuators}
        factors = {entry.actuator_id: round(entry.factor[index], 3) for entry in device.actuators}
        if found and (found[-1]["modes"], found[-1]["factors"]) == (modes, factors):
            found[-1]["end"] = end
        else:
            found.append({"start": start, "end": end, "modes": modes, "factors": factors})
    return found


def shown_unit(unit: str) -> str:
    """Return the unit that people read a level in."""
    return {"Wh": "kWh", "-°C": "°C"}.get(unit, unit)


def shown_level(level: float, unit: str) -> float:
    """Return a level as people read it: a temperature of what is cooled is a negative level, energy is in kWh."""
    if unit == "-°C":
        return round(-level + 0.0, 2)
    return round(level / 1000.0, 3) if unit == "Wh" else round(level, 2)


def price_series(snapshot: SiteSnapshot) -> list[dict[str, Any]]:
    """Return the price and environment profile slot by slot."""
    return [
        {
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "import_price": slot.import_price,
            "export_price": slot.export_price,
            "co2": slot.co2,
            "kind": slot.kind.value,
        }
        for slot in snapshot.prices.slots
        if slot.end > snapshot.now
    ]


def run_series(run: Run) -> list[dict[str, Any]]:
    """Return the slots of a run with their times."""
    return [
        {"start": slot.start.isoformat(), "end": slot.end.isoformat(), "power": round(slot.power)}
        for slot in run.schedule
    ]
