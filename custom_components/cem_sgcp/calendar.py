"""Calendar: planned and past runs, and limits with their time."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .cem.model import Run, RunState
from .coordinator import CemConfigEntry
from .entity import CemEntity
from .sentences import say_if

PARALLEL_UPDATES = 0

PLAN = CalendarEntityDescription(key="plan", translation_key="plan")


class PlanCalendar(CemEntity, CalendarEntity):
    """Planned starts as events."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The run that is on, or the next one."""
        now = dt_util.now()
        return next((event for event in self._events() if event.end_datetime_local > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the runs between two moments."""
        return [
            event
            for event in self._events()
            if event.start_datetime_local < end_date and event.end_datetime_local > start_date
        ]

    def _events(self) -> list[CalendarEvent]:
        events = [
            event
            for device in self.coordinator.devices
            for run in self.coordinator.runs.of(device.device_id)
            if (event := self._event(device.name, run)) is not None
        ]
        return sorted(events, key=lambda event: event.start_datetime_local)

    def _event(self, name: str, run: Run) -> CalendarEvent | None:
        start = run.started or run.scheduled_start
        if start is None or run.state is RunState.ABORTED:
            return None
        end = run.ended or (run.schedule[-1].end if run.schedule else None)
        if end is None or end <= start:
            return None
        plan = self.coordinator.data.plan
        planned = next((entry for entry in plan.runs() if entry.run_id == run.run_id), None) if plan else None
        cost = "" if planned is None else f"{planned.cost:.2f} {self.coordinator.currency}"
        reason = None if planned is None else say_if(planned.reason)
        return CalendarEvent(
            start=dt_util.as_local(start),
            end=dt_util.as_local(end),
            summary=name,
            description=cost if reason is None else f"{cost}\n{reason}",
            uid=run.run_id,
        )


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar."""
    async_add_entities([PlanCalendar(entry.runtime_data, PLAN)])
