"""What the connection point learns of warmth: loss and capacity of zones and tanks, and what is drawn from tanks.

Every few hours the record of each device that heats or cools is read in the recorder's thread and learned from in
another, `cem.forecast` having the rules. What was learned is part of the state that outlives a restart. It must not
decide whether what was learned or what was stated holds: that is the device kind's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import numpy as np

from .cem.forecast import Refusal, forecast_use, learn_thermal
from .cem.model import Interval, ModelError, Series, ThermalModel, TimeGrid
from .devices import KINDS
from .devices.base import Device, ThermalSources
from .grid.history import async_power_history, async_temperature_history
from .recorded import Records, negated
from .store import CemState

_LOGGER = logging.getLogger(__name__)

#: How often is learned, and how soon again where nothing was.
INTERVAL = timedelta(hours=6)
RETRY = timedelta(hours=1)
#: What is learned from: weeks by the hour of a house, days by the quarter hour of what is warm within hours.
SLOW, FAST = (timedelta(days=28), 3600.0), (timedelta(days=12), 900.0)
#: So far ahead the use of tanks is foreseen: the longest horizon, and until it is foreseen again.
FORESEEN = timedelta(days=8)
#: Loss of a tank of which nothing is known, for reading its use off: class C of EU regulation 812/2013, 200 l.
USUAL_RESISTANCE = 0.53
#: W/K that no tank of a home loses.
MOST_LOSS = 8.0


@dataclass(frozen=True, slots=True)
class _Learned:
    """What one device's record taught."""

    model: ThermalModel | None = None
    refusal: Refusal | None = None
    usage: Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """What is learned from, in the units of the model."""

    sources: ThermalSources
    indoor: Series
    power: Series
    outdoor: Series | None
    solar: Series | None
    grid: TimeGrid
    step: float
    former: ThermalModel | None = field(default=None)


class Warmth:
    """Learns for one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        devices: tuple[Device, ...],
        state: CemState,
        records: Records,
        outdoor: str | None,
    ) -> None:
        """Learn into the given state; `outdoor` is the thermometer or weather entity of the site."""
        self._hass = hass
        self._state = state
        self._records = records
        self._outdoor = outdoor
        self._sources = {
            device.device_id: sources
            for device in devices
            if (sources := KINDS[device.kind].thermal(device)) is not None
        }
        self._tried: datetime | None = None
        self._learning = False
        self.refusals: dict[str, Refusal] = {}
        """Why nothing was learned of a device at the last attempt."""
        self.usage: dict[str, Series] = {}
        """What is expected to be drawn from a tank, W of heat, by device."""

    def due(self, now: datetime) -> bool:
        """Whether it is time to learn."""
        if not self._sources or self._learning:
            return False
        return self._tried is None or not timedelta() <= now - self._tried < (RETRY if self.refusals else INTERVAL)

    async def async_learn(self, now: datetime) -> bool:
        """Learn from what was recorded; returns whether anything is known now that was not. Never raises."""
        if self._learning:
            return False
        self._learning, self._tried = True, now
        changed = False
        try:
            for key, sources in self._sources.items():
                changed |= await self._async_device(key, sources, now)
        finally:
            self._learning = False
        return changed

    async def _async_device(self, key: str, sources: ThermalSources, now: datetime) -> bool:
        try:
            record = await self._async_record(key, sources, now)
            learned = await self._hass.async_add_executor_job(_learn, record, now)
        except Exception:
            _LOGGER.exception("What was recorded of %s could not be learned from; what is known stays", sources.indoor)
            return False
        if learned.refusal is None:
            self.refusals.pop(key, None)
        else:
            self.refusals[key] = learned.refusal
        changed = False
        if learned.model is not None and learned.model != self._state.thermal.get(key):
            self._state.thermal[key] = learned.model
            changed = True
        if learned.usage is not None:
            self.usage[key] = learned.usage
            changed = True
        return changed

    async def _async_record(self, key: str, sources: ThermalSources, now: datetime) -> _Record:
        length, step = FAST if sources.use or sources.room is not None else SLOW
        start = now - length
        first, last = int(start.timestamp() // step) + 1, int(now.timestamp() // step)
        grid = TimeGrid(edges=tuple(dt_util.utc_from_timestamp(at * step) for at in range(first, last + 1)))
        power = await async_power_history(self._hass, sources.power, start, now)
        around = sources.outdoor or (None if sources.room is not None else self._outdoor)
        return _Record(
            sources=sources,
            indoor=await async_temperature_history(self._hass, sources.indoor, start, now),
            power=negated(power) if sources.inverted else power,
            outdoor=None if around is None else await async_temperature_history(self._hass, around, start, now),
            solar=None if sources.room is not None else self._records.generation,
            grid=grid,
            step=step,
            former=self._state.thermal.get(key),
        )


def _learn(record: _Record, now: datetime) -> _Learned:
    """Learn from a record; runs in the executor."""
    sources, grid = record.sources, record.grid
    indoor, power = record.indoor.on(grid), record.power.on(grid)
    if record.outdoor is not None:
        outdoor = record.outdoor.on(grid)
    elif sources.room is not None:
        outdoor = np.full(len(indoor), sources.room)
    else:
        outdoor = np.full(len(indoor), np.nan)
    if not all(np.isfinite(values).any() for values in (indoor, power, outdoor)):
        return _Learned(refusal=Refusal.NO_RECORD)
    try:
        found = learn_thermal(
            indoor,
            outdoor,
            power,
            step=record.step,
            efficiency=sources.efficiency,
            capacity=sources.capacity,
            solar=None if record.solar is None else record.solar.on(grid),
            other_gains=sources.room is None or sources.use,
        )
    except ModelError as error:
        _LOGGER.warning("What %s is said to be cannot be: %s", sources.indoor, error)
        return _Learned(refusal=Refusal.NO_RECORD)
    learned, refusal = found.model, found.refusal
    if learned is not None and sources.use and not _a_tank(learned, sources):
        learned, refusal = None, Refusal.UNCERTAIN
    usage = _use(record, learned or record.former, now) if sources.use else None
    return _Learned(model=learned, refusal=refusal, usage=usage)


def _a_tank(model: ThermalModel, sources: ThermalSources) -> bool:
    """Whether a model can be that of a tank: what people draw from it is easily taken for a loss.

    Class G of EU regulation 812/2013 loses less than 4 W/K at 1000 l, and a heater's efficiency is known.
    """
    stated = sources.efficiency
    return 1.0 / model.resistance <= MOST_LOSS and abs(model.efficiency - stated) <= 0.25 * abs(stated)


def _use(record: _Record, model: ThermalModel | None, now: datetime) -> Series | None:
    """Return what will be drawn from a tank, W of heat; None where its record is too short or its size unknown."""
    sources = record.sources
    if model is None:
        if sources.capacity is None or sources.efficiency <= 0:
            return None
        model = ThermalModel(resistance=USUAL_RESISTANCE, capacity=sources.capacity, efficiency=sources.efficiency)
    made = forecast_use(
        record.indoor,
        record.power,
        model,
        room=sources.room if sources.room is not None else record.outdoor or 20.0,
        now=now,
        end=now + FORESEEN,
        time_zone=dt_util.get_default_time_zone(),
    )
    if made is None:
        return None
    # An hour has one value: four quarters of it would only take room.
    return made.series.replace(intervals=_hours(made.series.intervals))


def _hours(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return consecutive intervals of one value as one."""
    joined: list[Interval] = []
    for entry in intervals:
        if joined and joined[-1].end == entry.start and joined[-1].value == entry.value:
            joined[-1] = joined[-1].replace(end=entry.end)
        else:
            joined.append(entry)
    return tuple(joined)
