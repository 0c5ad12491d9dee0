"""What is not certain about the next days: scenarios from past days, and how well the sun kept to its forecast.

Each evening knows what was forecast for the day to come; when that day is over, what it really gave is set beside it.
Until a week of such days is known, how much the days differ among themselves stands in. The rules are in
`cem.forecast.scenarios`. It must not plan.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import numpy as np

from .cem.forecast import make_scenarios
from .cem.model import Scenario, Series, SiteSnapshot
from .const import CONF_SCENARIOS, CONF_UNCERTAINTY
from .devices.base import Device
from .recorded import LEARNED_DAYS, Records, shines
from .store import CemState

_LOGGER = logging.getLogger(__name__)

#: Days that must be known before how forecasts erred counts.
LEAST_DAYS = 5
#: A day with less forecast sun says nothing about the forecast, Wh.
LEAST_ENERGY = 500.0
#: How much less a forecast errs than the mean of past days does.
BETTER_THAN_MEAN = 0.5
DAY = timedelta(days=1)


class Uncertainty:
    """Knows what may turn out differently at one connection point."""

    def __init__(
        self,
        hass: HomeAssistant,
        options: Mapping[str, Any],
        devices: tuple[Device, ...],
        state: CemState,
        records: Records,
    ) -> None:
        """Work on the state that outlives a restart."""
        self._hass = hass
        self._state = state
        state.sun = stored_sun(state.sun)
        self._records = records
        self._plants = tuple(device.device_id for device in devices if shines(device))
        self._count = int(options.get(CONF_SCENARIOS, 8)) if options.get(CONF_UNCERTAINTY, True) else 0

    def observe(self, now: datetime, forecasts: Mapping[str, Series], *, held_down: bool = False) -> None:
        """Note what is forecast for tomorrow, and how the days that are over kept to their forecast."""
        today = dt_util.as_local(now).date()
        expected, ratios = dict(self._state.sun["expected"]), dict(self._state.sun["ratios"])
        plants = [forecasts[key] for key in self._plants if key in forecasts]
        if plants:
            expected[(today + DAY).isoformat()] = sum(_energy(series, today + DAY) or 0.0 for series in plants)
        if held_down:
            # What a plant that is held down gives says nothing about the forecast.
            expected.pop(today.isoformat(), None)
        generation = self._records.generation
        for name in [name for name in expected if name < today.isoformat()]:
            told = expected.pop(name)
            given = None if generation is None else _energy(generation, date.fromisoformat(name))
            if given is not None and told >= LEAST_ENERGY:
                ratios[name] = round(given / told, 4)
        oldest = (today - timedelta(days=LEARNED_DAYS)).isoformat()
        self._state.sun = {
            "expected": expected,
            "ratios": {name: ratio for name, ratio in ratios.items() if name >= oldest},
        }

    async def async_scenarios(self, snapshot: SiteSnapshot) -> SiteSnapshot:
        """Return the snapshot with scenarios; as it is where none are wanted or known. Never raises."""
        if self._count < 2 or self._records.load is None:
            return snapshot
        try:
            scenarios = await self._hass.async_add_executor_job(self._make, snapshot, self._records.load)
        except Exception:
            _LOGGER.exception("No scenarios could be made; what is expected is planned for as if it were certain")
            return snapshot
        return snapshot.replace(scenarios=scenarios)

    def _make(self, snapshot: SiteSnapshot, load: Series) -> tuple[Scenario, ...]:
        forecasts = {
            resource.resource_id: resource.forecast
            for resource in snapshot.resources
            if resource.resource_id in self._plants and resource.forecast is not None
        }
        return make_scenarios(
            grid=snapshot.grid,
            base_load=snapshot.base_load,
            history=load,
            time_zone=dt_util.get_default_time_zone(),
            generation=forecasts,
            sun_ratios=self._ratios(snapshot.now),
            prices=snapshot.prices,
            count=self._count,
        )

    def _ratios(self, now: datetime) -> dict[date, float]:
        """Return by how much past days missed their forecast; until enough are known, how unlike the days were."""
        told = {date.fromisoformat(name): float(ratio) for name, ratio in self._state.sun["ratios"].items()}
        if len(told) >= LEAST_DAYS:
            return told
        generation = self._records.generation
        if generation is None:
            return {}
        today = dt_util.as_local(now).date()
        days = [today - timedelta(days=back) for back in range(1, LEARNED_DAYS)]
        energies = {day: energy for day in days if (energy := _energy(generation, day)) is not None}
        mean = float(np.mean(list(energies.values()))) if energies else 0.0
        if mean < LEAST_ENERGY:
            return {}
        return {day: 1.0 + BETTER_THAN_MEAN * (energy / mean - 1.0) for day, energy in energies.items()}


def _energy(series: Series, day: date) -> float | None:
    """Return the energy of a local day in Wh; None where less than a third of it is known: inverters sleep at night."""
    zone = dt_util.get_default_time_zone()
    edges = np.array([datetime.combine(each, time(), zone).timestamp() for each in (day, day + DAY)])
    hours = np.arange(edges[0], edges[1] + 1.0, 3600.0)
    values = series.between(hours)
    known = np.isfinite(values)
    return float(values[known].sum()) if known.mean() >= 1 / 3 else None


def stored_sun(data: object) -> dict[str, Any]:
    """Return what was stored of forecasts and how they were kept to; what is damaged is left out."""
    found: dict[str, Any] = {}
    for part in ("expected", "ratios"):
        entries = data.get(part) if isinstance(data, Mapping) else None
        found[part] = {
            name: float(value)
            for name, value in (entries.items() if isinstance(entries, Mapping) else ())
            if isinstance(value, int | float) and np.isfinite(value) and _is_day(name)
        }
    return found


def _is_day(name: object) -> bool:
    try:
        return isinstance(name, str) and date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False
