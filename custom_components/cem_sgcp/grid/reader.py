"""Read all tariffs and environment figures of a connection point into one price profile.

The part of `grid` that faces Home Assistant. A source that fails leaves what was known of it in place as long as that
still reaches into the future, and says so in its report. It must not know who wants the profile.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..cem.model import PriceKind, PriceProfile, Series
from .actions import ActionPrices
from .entries import Kind
from .intervals import merged
from .report import Problem, SourceReport
from .schedule import constant, time_of_use
from .shapes import Reading, read_attributes
from .tariff import (
    ActionTariff,
    EntityTariff,
    Figures,
    FigureSource,
    FixedTariff,
    TariffSource,
    TimeOfUseTariff,
    combine,
    parse_figure,
    parse_tariff,
)

#: A series that starts this soon leaves a gap that the current state fills (Amber's begins with the next interval).
SMALL_GAP: Final = timedelta(hours=1)


class TariffReader:
    """Reads the sources of one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        import_tariff: Mapping[str, Any] | None,
        export_tariff: Mapping[str, Any] | None = None,
        co2: Mapping[str, Any] | None = None,
        renewable: Mapping[str, Any] | None = None,
        currency: str | None = None,
    ) -> None:
        """Take the configuration of all sources. Raises ModelError where it makes no sense."""
        self._hass = hass
        self._tariffs = {
            "import": parse_tariff(import_tariff, "import_tariff"),
            "export": parse_tariff(export_tariff, "export_tariff"),
        }
        self._figures = {"co2": parse_figure(co2, "co2"), "renewable": parse_figure(renewable, "renewable")}
        self._currency = currency or hass.config.currency
        self._actions: dict[tuple[str, str, str | None], ActionPrices] = {}
        self._readings: dict[tuple[str, Kind], tuple[Reading, datetime]] = {}
        self.report: dict[str, SourceReport] = {}

    @property
    def entity_ids(self) -> frozenset[str]:
        """Entities whose changes make a new reading worthwhile."""
        ids = {
            entity_id
            for tariff in self._tariffs.values()
            if isinstance(tariff, EntityTariff)
            for entity_id in tariff.entity_ids
        }
        return frozenset(ids | {figure.entity_id for figure in self._figures.values() if figure.entity_id})

    async def async_read(self, now: datetime, horizon_end: datetime) -> PriceProfile:
        """Return what is known from the start of the local day to the horizon; never raises for what a source does."""
        start = dt_util.as_utc(dt_util.start_of_local_day(dt_util.as_local(now)))
        prices = {
            name: await self._price(name, tariff, now, start, horizon_end) for name, tariff in self._tariffs.items()
        }
        others = {name: self._figure(name, source, now, start, horizon_end) for name, source in self._figures.items()}
        return combine(
            prices["import"],
            prices["export"],
            others["co2"],
            others["renewable"],
            start=start,
            end=horizon_end,
            currency=self._currency,
        )

    async def _price(self, name: str, tariff: TariffSource, now: datetime, start: datetime, end: datetime) -> Figures:
        match tariff:
            case FixedTariff():
                figures = Figures(constant(tariff.price, start, end))
                report = SourceReport(source=tariff.source, until=end)
            case TimeOfUseTariff():
                zone = dt_util.get_default_time_zone()
                figures = Figures(time_of_use(tariff.periods, tariff.price, start, end, zone))
                report = SourceReport(source=tariff.source, until=end)
            case EntityTariff():
                figures, report = self._entities(tariff.entity_ids, "price", now, end, tariff.value_key)
            case ActionTariff():
                key = (tariff.source, tariff.config_entry_id, tariff.area)
                action = self._actions.setdefault(key, ActionPrices(self._hass, tariff))
                series, report = await action.async_series(now)
                figures = Figures(series)
            case _:
                figures, report = Figures(), SourceReport()
        self.report[name] = report
        return figures.mapped(tariff.gross)

    def _figure(self, name: str, source: FigureSource, now: datetime, start: datetime, end: datetime) -> Figures:
        kind: Kind = "co2" if name == "co2" else "renewable"
        if source.entity_id is not None:
            figures, self.report[name] = self._entities((source.entity_id,), kind, now, end)
            return figures
        if source.value is not None:
            self.report[name] = SourceReport(source="fixed", until=end)
            return Figures(constant(source.value, start, end))
        self.report[name] = SourceReport()
        return Figures()

    def _entities(
        self, entity_ids: tuple[str, ...], kind: Kind, now: datetime, end: datetime, value_key: str | None = None
    ) -> tuple[Figures, SourceReport]:
        """Return the series of one entity or two together; a state without series is held to the horizon."""
        found = [self._read_entity(entity_id, kind, now, value_key) for entity_id in entity_ids]
        readings = [reading for reading, _, _ in found]
        current = readings[0].state
        problem = next((problem for _, problem, _ in found if problem is not None), None)
        report = SourceReport(
            source="entity",
            shape=", ".join(sorted({reading.shape for reading in readings if reading.shape})),
            used=sum(reading.used for reading in readings),
            dropped=sum(reading.dropped for reading in readings),
            age=max(age for _, _, age in found),
            problem=problem,
            detail=", ".join(entity_ids) if problem else "",
        )
        if kind == "price" and problem is None:
            foreign = next((each.currency for each in readings if each.currency not in {None, self._currency}), None)
            if foreign is not None:
                report = replace(report, problem=Problem.OTHER_CURRENCY, detail=foreign)
        minute = now.replace(second=0, microsecond=0)
        firm = _series(readings, PriceKind.CONFIRMED)
        soft = _series(readings, PriceKind.FORECAST)
        starts = [entry.start for series in (firm, soft) for entry in series.intervals if entry.end > now]
        if not starts:
            if current is None:
                return Figures(firm, soft), replace(report, problem=report.problem or Problem.NO_SERIES, until=None)
            outdated = Problem.OUTDATED if firm.intervals or soft.intervals else None
            return (
                Figures(firm, merged([constant(current, minute, end), soft], soft.unit)),
                replace(report, held=True, until=end, problem=report.problem or outdated),
            )
        until = max(series.end for series in (firm, soft) if series.end is not None)
        if current is not None and now < min(starts) <= now + SMALL_GAP:
            soft = merged([soft, constant(current, minute, min(starts))], soft.unit)
        return Figures(firm, soft), replace(report, until=until)

    def _read_entity(
        self, entity_id: str, kind: Kind, now: datetime, value_key: str | None
    ) -> tuple[Reading, Problem | None, float]:
        """Return what an entity says now, else what it said last, with the age of that in s."""
        state = self._hass.states.get(entity_id)
        if state is not None and state.state != STATE_UNAVAILABLE:
            reading = read_attributes(
                state.attributes,
                state=state.state,
                now=now,
                value_kind=kind,
                zone=dt_util.get_default_time_zone(),
                value_key=value_key,
            )
            if reading.series is not None or state.state != STATE_UNKNOWN:
                self._readings[entity_id, kind] = reading, now
                return reading, None, max(0.0, (now - state.last_updated).total_seconds())
        problem = Problem.ENTITY_MISSING if state is None else Problem.ENTITY_UNAVAILABLE
        last, seen = self._readings.get((entity_id, kind), (Reading(), now))
        # What was published stays true while the entity is away; its state was only true then.
        return replace(last, state=None), problem, (now - seen).total_seconds()


def _series(readings: list[Reading], firmness: PriceKind) -> Series:
    parts = [each.series for each in readings if each.series is not None and each.firmness is firmness]
    return merged(parts, parts[0].unit) if parts else Series(intervals=())
