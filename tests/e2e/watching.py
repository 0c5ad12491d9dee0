"""What happens in a running Home Assistant, written down with the moment it happened."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from demo.live import LiveError, LiveHomeAssistant, WebSocket
from demo.site import entities_of

#: Currency/kWh.
CHEAP, DEAR = 0.01, 0.60
#: States of the plan status with a plan in force.
PLANNED = {"optimal", "feasible", "relaxed"}
#: After this time the recorder has written what happened (s); it writes every 5 s.
RECORDED = 6.0


@dataclass(frozen=True)
class Seen:
    """A state or an event, and when it was seen here (s of the monotonic clock)."""

    at: float
    name: str
    """Entity id, or type of the event."""
    state: str
    data: dict[str, Any]
    """Attributes of the state, or data of the event."""


@dataclass
class Watch:
    """Follows states and our events by WebSocket: ``async with Watch(home, "sensor.x") as watch``."""

    home: LiveHomeAssistant
    entities: tuple[str, ...] = ()
    seen: list[Seen] = field(default_factory=list)
    _socket: WebSocket | None = None
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Subscribe; what happens from here on is seen."""
        self._socket = await self.home.socket().__aenter__()
        await self._socket.call("subscribe_events", event_type="state_changed")
        await self._socket.call("subscribe_events", event_type="cem_sgcp_event")
        self._task = asyncio.create_task(self._listen(self._socket))
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._task
        if self._socket is not None:
            with suppress(Exception):
                await self._socket.__aexit__()

    async def _listen(self, socket: WebSocket) -> None:
        while True:
            message = await socket.receive()
            if message["type"] != "event":
                continue
            event = message["event"]
            if event["event_type"] == "cem_sgcp_event":
                self.seen.append(Seen(time.monotonic(), "cem_sgcp_event", event["data"]["type"], event["data"]))
            elif (new := event["data"]["new_state"]) is not None and new["entity_id"] in self.entities:
                self.seen.append(Seen(time.monotonic(), new["entity_id"], new["state"], new["attributes"]))

    def decisions(self, kind: str, device: str | None = None) -> list[Seen]:
        """Decisions of a kind, of a device if it is named."""
        return [
            entry
            for entry in self.seen
            if entry.name == "cem_sgcp_event" and entry.state == kind and device in {None, entry.data.get("device")}
        ]

    async def first(
        self, name: str, matches: Callable[[str], bool], since: float, patience: float, complaint: str = ""
    ) -> float:
        """Wait until a state matches that came after a moment. Returns how long after, in s."""

        def found() -> Seen | None:
            return next(
                (entry for entry in self.seen if entry.name == name and entry.at >= since and matches(entry.state)),
                None,
            )

        wanted = (
            complaint
            or f"{name} did not become what it should; it was {[e.state for e in self.seen if e.name == name][-5:]}"
        )
        entry = await self.home.until(found, patience, wanted, interval=0.05)
        return entry.at - since


async def entity(home: LiveHomeAssistant, key: str, device: str | None = None) -> str:
    """Entity id of one of our entities, by the key it is registered with and the name of its device."""
    if device is None:
        owners = {found["entry_id"] for found in await home.get("config/config_entries/entry?domain=cem_sgcp")}
    else:
        owners = {
            entry["config_subentry_id"] for entry in (await entities_of(home)).values() if entry["config_subentry_id"]
        }
        devices = await home.ws("config/device_registry/list")
        names = {pair[1]: found["name"] for found in devices for pair in found["identifiers"] if pair[0] == "cem_sgcp"}
        owners = {owner for owner in owners if names.get(owner) == device}
    wanted = {f"{owner}_{key}" for owner in owners}
    for entity_id, entry in (await entities_of(home)).items():
        if entry["unique_id"] in wanted:
            return entity_id
    raise LiveError(f"there is no entity {key} of {device or 'the connection point'}")


async def device_id(home: LiveHomeAssistant, name: str) -> str:
    """Id of one of our devices in the device registry."""
    for found in await home.ws("config/device_registry/list"):
        if found["name"] == name and any(pair[0] == "cem_sgcp" for pair in found["identifiers"]):
            return str(found["id"])
    raise LiveError(f"there is no device {name}")


async def history(home: LiveHomeAssistant, entity_id: str, since: datetime) -> list[dict[str, Any]]:
    """States that an entity took since a moment, from the recorder by the history API."""
    end = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    query = f"filter_entity_id={entity_id}&end_time={quote(end)}&significant_changes_only=0&skip_initial_state"
    found = await home.get(f"history/period/{quote(since.isoformat())}?{query}")
    return found[0] if found else []


def say(text: str) -> None:
    """Tell the person at the terminal what was measured (pytest -s, or of a test that fails)."""
    print(text)  # noqa: T201


async def presses(home: LiveHomeAssistant, button: str, since: datetime) -> list[str]:
    """Moments at which a button was pressed since a moment; its state is the last of them."""
    states = {row["state"] for row in await history(home, button, since)}
    return sorted(state for state in states if state.startswith("20") and datetime.fromisoformat(state) >= since)


def simulated(home: LiveHomeAssistant) -> dict[str, Any]:
    """What the simulated house has on disk: the devices themselves, whatever Home Assistant believes of them."""
    memory = json.loads((home.config_dir / ".storage" / "sim_house").read_text("utf-8"))
    return dict(memory["data"]["parts"])


def prices(now: float, later: float) -> list[dict[str, Any]]:
    """Prices for the action set_price_profile: one for the quarter-hour that runs and the next, another for a day.

    In so short a time neither car nor battery can take all they want: when it is cheap, both charge at full power.
    """
    quarter = timedelta(minutes=15)
    start = datetime.now(UTC).replace(minute=datetime.now(UTC).minute // 15 * 15, second=0, microsecond=0)
    return [
        {
            "start": (start + index * quarter).isoformat(),
            "end": (start + (index + 1) * quarter).isoformat(),
            "import_price": now if index < 2 else later,
            "export_price": 0.0,
        }
        for index in range(4 * 26)
    ]
