"""Forecasts of generation: from entities whose attributes carry them and from the solar forecasts of Home Assistant.

Values leave here as mean W, positive as produced; who builds the resource turns them to generation. It must not know
the plant they are for.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from ..cem.model import Series
from .entries import Context, parse_dict
from .intervals import assemble, merged, total
from .report import Problem, SourceReport
from .shapes import Reading, read_attributes
from .values import Unit

TIMEOUT: Final = 30.0
NOTHING: Final = Series(intervals=(), unit="W")
#: Forecast.Solar stamps a period at its end; until 2026.11 Home Assistant handed that on as if it were the start.
END_STAMPED: Final = frozenset({"forecast_solar"} if (MAJOR_VERSION, MINOR_VERSION) < (2026, 11) else ())


async def async_solar_forecast(
    hass: HomeAssistant,
    now: datetime,
    *,
    entity_ids: Iterable[str] = (),
    config_entry_ids: Iterable[str] = (),
) -> tuple[Series | None, SourceReport]:
    """Return the generation forecast in W (positive) as the sum of all given sources, with a report.

    Sources that cover other days follow each other, those that cover the same time (planes of a roof) add up. None:
    no source gave anything. Never raises.
    """
    parts: list[Series] = []
    reports: list[SourceReport] = []
    read: set[str] = set()
    for entity_id in entity_ids:
        if entity_id not in read:
            series, report, ids = read_forecast_entity(hass, entity_id, now, read)
            parts.append(series)
            reports.append(report)
            read |= ids
    for entry_id in dict.fromkeys(config_entry_ids):
        series, report = await async_platform_forecast(hass, entry_id, now)
        parts.append(series)
        reports.append(report)
    known = [part for part in parts if part.intervals]
    if not reports:
        return None, SourceReport()
    problem = next((report for report in reports if report.problem is not None), reports[0])
    summary = SourceReport(
        source=reports[0].source,
        shape=", ".join(sorted({report.shape for report in reports if report.shape})),
        used=sum(report.used for report in reports),
        dropped=sum(report.dropped for report in reports),
        until=max((series.end for series in known if series.end is not None), default=None),
        problem=problem.problem,
        detail=problem.detail,
    )
    return (total(known, "W") if known else None), summary


def read_forecast_entity(
    hass: HomeAssistant, entity_id: str, now: datetime, already: Iterable[str] = ()
) -> tuple[Series, SourceReport, frozenset[str]]:
    """Return the forecast of an entity and of its siblings that carry the other days, and which entities these are.

    Solar integrations make one entity per day (today, tomorrow, day 3): whoever picks one means all of them. A sibling
    is an entity of the same device whose attributes have the same shape and whose days are not known yet; of several
    (planes on one device) the one with the most similar name.
    """
    state = hass.states.get(entity_id)
    reading = _read(hass, entity_id, now)
    if state is None or reading.series is None:
        problem = _problem(None if state is None else state.state)
        return NOTHING, SourceReport(source="entity", problem=problem, detail=entity_id), frozenset({entity_id})
    days = [reading.series]
    ids = {entity_id}
    used, dropped = reading.used, reading.dropped
    for sibling in siblings(hass, entity_id):
        if sibling in already:
            continue
        other = _read(hass, sibling, now)
        if other.series is not None and other.shape == reading.shape and not _overlap(days, other.series):
            days.append(other.series)
            ids.add(sibling)
            used += other.used
            dropped += other.dropped
    series = merged(days, "W")
    outdated = series.end is not None and series.end <= now
    report = SourceReport(
        source="entity",
        shape=reading.shape,
        used=used,
        dropped=dropped,
        age=max(0.0, (now - state.last_updated).total_seconds()),
        until=series.end,
        problem=Problem.OUTDATED if outdated else None,
        detail=entity_id if outdated else "",
    )
    return series, report, frozenset(ids)


def siblings(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return the other entities of the same integration on the same device, the most similarly named ones first."""
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return []
    others = [
        other.entity_id
        for other in er.async_entries_for_device(registry, entry.device_id)
        if other.entity_id != entity_id and other.platform == entry.platform and other.domain == entry.domain
    ]

    return sorted(others, key=lambda other: (-_likeness(entity_id, other), other))


def _likeness(one: str, other: str) -> int:
    """Return how many letters two names share at their beginning and at their end."""
    return sum(
        sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
        for first, second in ((one, other), (reversed(one), reversed(other)))
    )


def _read(hass: HomeAssistant, entity_id: str, now: datetime) -> Reading:
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        return Reading()
    zone = dt_util.get_default_time_zone()
    return read_attributes(state.attributes, state=state.state, now=now, value_kind="power", zone=zone)


def _problem(state: str | None) -> Problem:
    if state is None:
        return Problem.ENTITY_MISSING
    return Problem.ENTITY_UNAVAILABLE if state == STATE_UNAVAILABLE else Problem.NO_SERIES


def _overlap(days: Sequence[Series], other: Series) -> bool:
    """Whether a series lies between the start and the end of one of the others."""
    return any(
        day.start < other.end and other.start < day.end
        for day in days
        if day.start is not None and day.end is not None and other.start is not None and other.end is not None
    )


async def async_platform_forecast(
    hass: HomeAssistant, config_entry_id: str, now: datetime
) -> tuple[Series, SourceReport]:
    """Return the forecast that an integration gives to the Energy dashboard for one of its config entries."""
    entry = hass.config_entries.async_get_entry(config_entry_id)
    if entry is None:
        return NOTHING, SourceReport(source="energy", problem=Problem.ENTITY_MISSING, detail=config_entry_id)
    try:
        async with asyncio.timeout(TIMEOUT):
            integration = await async_get_integration(hass, entry.domain)
            platform = await integration.async_get_platform("energy")
            answer: Any = await platform.async_get_solar_forecast(hass, config_entry_id)
    except Exception as error:  # noqa: BLE001  # whatever another integration raises, the plan goes on
        detail = f"{entry.domain}: {str(error) or type(error).__name__}"[:200]
        return NOTHING, SourceReport(source="energy", problem=Problem.ACTION_FAILED, detail=detail)
    hours = answer.get("wh_hours") if isinstance(answer, Mapping) else None
    context = Context("power", Unit(energy=True), now, dt_util.get_default_time_zone())
    found = parse_dict(
        hours if isinstance(hours, Mapping) else {}, context, energies=True, at_end=entry.domain in END_STAMPED
    )
    series = assemble(found.points, "W", energies=True)
    return series, SourceReport(
        source="energy",
        shape=entry.domain,
        used=found.used,
        dropped=found.dropped,
        until=series.end,
        problem=None if series.intervals else Problem.NO_SERIES,
        detail="" if series.intervals else entry.domain,
    )
