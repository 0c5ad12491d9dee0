"""Proof log: every signal, decision, command and acknowledgement, with the power before and after.

§14a EnWG asks for proof that a command of the grid operator was carried out, and people want to know what happened
while they were away. Rows are on disk within a second (see `journal_file`) and are kept for two years unless the user
chose otherwise. Set points that only follow the house are not logged one by one: a command is when its intent or its
reason changes, or where a limit or the phase of the grid demands it. It must not decide anything.
"""

import asyncio
from collections.abc import Mapping
import csv
from datetime import datetime, timedelta
import io
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import CONF_LOG_DAYS, DOMAIN
from .decisions import Decision
from .hands import CallRecord
from .journal_file import JournalFile

if TYPE_CHECKING:
    from .coordinator import CemCoordinator

_LOGGER = logging.getLogger(__name__)

#: s until rows are written; rows that cannot be written are tried again after a while, and so many are kept at most.
WRITE_DELAY: Final = 0.5
RETRY_DELAY: Final = 30.0
MOST_WAITING: Final = 10_000
#: s after a command at which its effect is measured.
EFFECT_AFTER: Final = 15.0
#: Reasons of a command that are logged each time.
DEMANDED: Final = frozenset({"limit", "red_phase", "yellow_phase", "black_phase", "worst_case", "user"})
#: Days that rows are kept for where the user said nothing: two years.
KEPT_DAYS: Final = 731
#: Columns of the CSV, in order; whatever else a row has goes into the last one.
COLUMNS: Final = (
    "number", "at", "what", "type", "device", "source", "category", "direction", "value", "unit", "instruction",
    "intent", "reason", "action", "result", "power_before", "power_after", "net_before", "net_after",
)  # fmt: skip


def log_folder(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where the log of a connection point lies."""
    return Path(hass.config.path(DOMAIN, entry_id))


class Journal:
    """The proof log of one connection point."""

    def __init__(self, coordinator: CemCoordinator) -> None:
        """Log for one coordinator; nothing is written before something happens."""
        self._cem = coordinator
        self._hass = coordinator.hass
        entry = coordinator.config_entry
        self._file = JournalFile(log_folder(self._hass, entry.entry_id))
        self._days = int(entry.options.get(CONF_LOG_DAYS, KEPT_DAYS))
        self._waiting: list[tuple[datetime, dict[str, Any]]] = []
        self._writing = asyncio.Lock()
        self._timer: CALLBACK_TYPE | None = None
        self._effects: set[CALLBACK_TYPE] = set()
        self._last: dict[str, tuple[str, str, str]] = {}
        self._known: set[str] = set()
        self._failed = False
        self._stop_listening = coordinator.decisions.listen(self._on_decision)

    # ------------------------------------------------------------------------------------------------ what is logged

    @callback
    def record(self, what: str, **data: Any) -> None:
        """Log a row now."""
        self._waiting.append((dt_util.utcnow(), {"what": what, **data}))
        del self._waiting[:-MOST_WAITING]
        if self._timer is None:
            self._timer = async_call_later(self._hass, WRITE_DELAY, self._on_timer)

    @callback
    def _on_decision(self, decision: Decision, data: Mapping[str, Any]) -> None:
        self.record("decision", type=decision.value, **data)

    @callback
    def record_call(self, record: CallRecord) -> None:
        """Log a command, and later what came of it."""
        if record.call_id in self._known:
            if record.final or record.result.failed:
                self._known.discard(record.call_id)
                result = record.result.value
                self.record("result", call_id=record.call_id, device=record.device, result=result, error=record.error)
            return
        said = (record.instruction, record.intent, record.reason)
        if record.instruction == "set" and record.reason not in DEMANDED and self._last.get(record.device_id) == said:
            return
        self._last[record.device_id] = said
        before, net = self._power(record.device_id), self._cem.data.live.net_power
        self.record(
            "command",
            type=record.instruction,
            made=record.made,
            call_id=record.call_id,
            device_id=record.device_id,
            device=record.device,
            intent=record.intent,
            reason=record.reason,
            action=record.action,
            value=record.power if record.limit is None else record.limit,
            unit="W",
            attempt=record.attempt,
            result=record.result.value,
            power_before=before,
            net_before=net,
        )
        if not record.made or record.final:
            return
        self._known.add(record.call_id)

        @callback
        def effect(_now: datetime) -> None:
            self._effects.discard(cancel)
            self.record(
                "effect",
                call_id=record.call_id,
                device=record.device,
                power_before=before,
                power_after=self._power(record.device_id),
                net_before=net,
                net_after=self._cem.data.live.net_power,
                unit="W",
            )

        cancel = async_call_later(self._hass, EFFECT_AFTER, effect)
        self._effects.add(cancel)

    def _power(self, device_id: str) -> float | None:
        resources = self._cem.data.live.resources
        return next((entry.power for entry in resources if entry.resource_id == device_id), None)

    # ------------------------------------------------------------------------------------------------ files

    @callback
    def _on_timer(self, _now: datetime) -> None:
        self._timer = None
        self._cem.config_entry.async_create_background_task(self._hass, self.async_flush(), "cem_sgcp proof log")

    async def async_flush(self) -> None:
        """Write what waits; what cannot be written waits on."""
        async with self._writing:
            rows, self._waiting = self._waiting, []
            if not rows:
                return
            try:
                await self._hass.async_add_executor_job(self._file.append, rows)
            except OSError as error:
                if not self._failed:
                    _LOGGER.warning("The proof log cannot be written; its rows are kept in memory: %s", error)
                self._failed = True
                self._waiting = [*rows, *self._waiting][-MOST_WAITING:]
                if self._timer is None:
                    self._timer = async_call_later(self._hass, RETRY_DELAY, self._on_timer)
                return
            if self._failed:
                _LOGGER.info("The proof log can be written again")
            self._failed = False

    async def async_prune(self) -> None:
        """Delete what is older than the user keeps it."""
        await self._hass.async_add_executor_job(self._file.prune, dt_util.utcnow() - timedelta(days=self._days))

    async def async_stop(self) -> None:
        """Write the rest and stop."""
        self._stop_listening()
        for cancel in (self._timer, *self._effects):
            if cancel is not None:
                cancel()
        self._timer = None
        self._effects.clear()
        await self.async_flush()

    async def async_rows(self, start: datetime | None, end: datetime | None) -> list[dict[str, Any]]:
        """Return the rows from a start to an end, oldest first, those of this second too."""
        await self.async_flush()
        return await self._hass.async_add_executor_job(lambda: list(self._file.rows(start, end)))


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV; a text that a spreadsheet would take for a formula is led by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "more"])
    for row in rows:
        more = {key: value for key, value in row.items() if key not in COLUMNS}
        cells = [_cell(row.get(column)) for column in COLUMNS]
        writer.writerow([*cells, json.dumps(more, ensure_ascii=False)])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return value
