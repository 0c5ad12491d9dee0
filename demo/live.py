"""A real Home Assistant process with the simulated house, started and driven from outside: for the demo and for tests.

    home = LiveHomeAssistant(config_dir, port=free_port())
    home.prepare()
    await home.start()
    await home.wait_ready()
    await home.states()
    await home.stop()

Every call is a public one: REST, WebSocket or a signal to the process. Listens on 127.0.0.1 only.
"""

import asyncio
from collections.abc import Callable
import contextlib
import json
import os
from pathlib import Path
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from types import TracebackType
from typing import Any, Self

import aiohttp

ROOT = Path(__file__).resolve().parents[1]
HASS = ROOT / "demo" / "hass.py"
TEMPLATE = ROOT / "demo" / "config"
COMPONENTS = (ROOT / "custom_components" / "cem_sgcp", ROOT / "demo" / "custom_components" / "sim_house")
USER = {"name": "Demo", "username": "demo", "password": "demo"}
RESTART_EXIT_CODE = 100  # Home Assistant asks to be started again
_LOG_LINE = re.compile(r"^\S+ \S+ (?P<level>[A-Z]+) \(\S+\) \[(?P<logger>[^]]*)\]")


class LiveError(Exception):
    """Home Assistant did not do what was asked of it."""


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_in_use(port: int) -> bool:
    """Whether somebody listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def log_errors(log: str, *needles: str) -> list[str]:
    """Log entries of level ERROR or above, with their tracebacks; with needles only those that name one of them."""
    entries: list[list[str]] = []
    levels: list[str] = []
    for line in log.splitlines():
        if match := _LOG_LINE.match(line):
            levels.append(match["level"])
            entries.append([line])
        elif entries:
            entries[-1].append(line)
    texts = ("\n".join(entry) for entry, level in zip(entries, levels, strict=True) if level in {"ERROR", "CRITICAL"})
    return [text for text in texts if not needles or any(needle in text for needle in needles)]


class LiveHomeAssistant:
    """One Home Assistant process on its own configuration directory."""

    def __init__(self, config_dir: Path, port: int = 8123) -> None:
        self.config_dir = config_dir
        self.port = port
        self.token: str | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        """Prepare, start and wait until it is ready."""
        self.prepare()
        try:
            await self.start()
            await self.wait_ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.stop()

    # ------------------------------------------------------------------ configuration

    def prepare(self, configuration: str | None = None, components: tuple[Path, ...] = COMPONENTS) -> None:
        """Lay out the configuration directory; what Home Assistant has stored there already stays.

        ``configuration`` replaces the text of the demo's configuration.yaml.
        """
        storage = self.config_dir / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        text = configuration if configuration is not None else (TEMPLATE / "configuration.yaml").read_text("utf-8")
        (self.config_dir / "configuration.yaml").write_text(text, "utf-8")
        for seed in (TEMPLATE / ".storage").iterdir():
            if not (storage / seed.name).exists():
                shutil.copy(seed, storage / seed.name)
        (storage / "http").write_text(json.dumps(_http_settings(self.port)), "utf-8")
        links = self.config_dir / "custom_components"
        links.mkdir(exist_ok=True)
        for component in components:
            link = links / component.name
            link.unlink(missing_ok=True)
            if component.exists():
                link.symlink_to(component, target_is_directory=True)

    # ------------------------------------------------------------------ process

    async def start(self) -> None:
        """Start the process; it ends with this one, however this one ends."""
        if port_in_use(self.port):
            raise LiveError(f"port {self.port} is in use: stop what listens there or choose another port")
        # -P: what lies in the current directory must not stand in for the custom components of the configuration.
        command = [sys.executable, "-P", str(HASS), "--config", str(self.config_dir), "--skip-pip"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with (self.config_dir / "console.log").open("ab") as console:
            self.process = subprocess.Popen(  # noqa: ASYNC220, S603 - it outlives this call; the command is our own
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    async def wait_ready(self, timeout: float = 180) -> None:  # noqa: ASYNC109 - a limit for the caller's patience
        """Wait until it answers and every integration is set up; sign in."""
        await self.until(self._answers, timeout, "Home Assistant does not answer")
        if self.token is None:
            self.token = await self._sign_in()
        await self.until(self._running, timeout, "Home Assistant does not finish starting")

    async def stop(self, patience: float = 60) -> int | None:
        """Ask it to stop, wait, insist after a while. Returns the exit code."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self.process is None:
            return None
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self.process.wait, patience)
            except subprocess.TimeoutExpired:
                self.kill()
        code, self.process = self.process.wait(), None
        return code

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    async def restart(self) -> None:
        """Stop it and start it again on the same configuration directory."""
        await self.stop()
        await self.start()
        await self.wait_ready()

    # ------------------------------------------------------------------ logs

    def log_text(self) -> str:
        """All that was logged since the process was started last."""
        path = self.config_dir / "home-assistant.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def console_text(self) -> str:
        """All that the process wrote to its console, over all starts."""
        path = self.config_dir / "console.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def errors(self, *needles: str) -> list[str]:
        """Errors in the log; with needles only those that name one of them."""
        return log_errors(self.log_text(), *needles)

    # ------------------------------------------------------------------ waiting

    async def until[T](
        self,
        condition: Callable[[], Any],
        timeout: float = 60,  # noqa: ASYNC109 - a limit for the caller's patience
        complaint: str = "it did not happen",
        interval: float = 0.2,
    ) -> Any:
        """Ask again and again until an (async) condition gives something true; that is returned."""
        deadline = time.monotonic() + timeout
        while True:
            if self.process is not None and (code := self.process.poll()) is not None:
                raise LiveError(f"Home Assistant ended with code {code}:\n{self.console_text()[-3000:]}")
            result = condition()
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return result
            if time.monotonic() > deadline:
                raise LiveError(f"{complaint} (waited {timeout:g} s)\n{self.log_text()[-3000:]}")
            await asyncio.sleep(interval)

    async def _answers(self) -> bool:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self.session.get(f"{self.url}/api/onboarding") as response:
                return response.status in {200, 404}
        return False

    async def _running(self) -> bool:
        return (await self.get("config"))["state"] == "RUNNING"

    # ------------------------------------------------------------------ signing in

    async def _sign_in(self) -> str:
        """Create the only user at the first start; sign in as that user. Returns a long-lived access token."""
        client = f"{self.url}/"
        onboarding = {**USER, "client_id": client, "language": "en"}
        steps = {}
        async with self.session.get(f"{self.url}/api/onboarding") as response:
            if response.status == 200:
                steps = {step["step"]: step["done"] for step in await response.json()}
        if not steps.get("user", True):
            async with self.session.post(f"{self.url}/api/onboarding/users", json=onboarding) as response:
                code = (await _json(response))["auth_code"]
        else:
            flow = {"client_id": client, "handler": ["trusted_networks", None], "redirect_uri": client}
            async with self.session.post(f"{self.url}/auth/login_flow", json=flow) as response:
                code = (await _json(response))["result"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        async with self.session.post(f"{self.url}/auth/token", data=form) as response:
            short_lived = (await _json(response))["access_token"]
        async with self.socket(short_lived) as socket_:
            name = f"demo {time.time_ns()}"
            return await socket_.call("auth/long_lived_access_token", client_name=name, lifespan=30)

    # ------------------------------------------------------------------ REST

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session, opened when first needed."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self._session

    async def request(self, method: str, path: str, data: Any = None) -> Any:
        """Call the REST API (path without ``/api/``); LiveError for every answer that is not a success."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, f"{self.url}/api/{path}", json=data, headers=headers) as response:
            return await _json(response)

    async def get(self, path: str) -> Any:
        """GET of the REST API."""
        return await self.request("GET", path)

    async def post(self, path: str, data: Any = None) -> Any:
        """POST to the REST API."""
        return await self.request("POST", path, data if data is not None else {})

    async def states(self) -> dict[str, dict[str, Any]]:
        """All states by entity id."""
        return {state["entity_id"]: state for state in await self.get("states")}

    async def state(self, entity_id: str) -> str | None:
        """State of one entity; None when there is no such entity."""
        return (await self.states()).get(entity_id, {}).get("state")

    async def wait_state(self, entity_id: str, expected: str | Callable[[str], bool], timeout: float = 60) -> str:  # noqa: ASYNC109
        """Wait until an entity has a state."""

        async def reached() -> str | None:
            state = await self.state(entity_id)
            if state is None:
                return None
            return state if (expected(state) if callable(expected) else state == expected) else None

        return await self.until(reached, timeout, f"{entity_id} did not become {expected}")

    async def call(self, action: str, *, response: bool = False, **data: Any) -> Any:
        """Perform an action, ``domain.name``; with ``response`` its response is returned."""
        domain, name = action.split(".")
        query = "?return_response" if response else ""
        answer = await self.post(f"services/{domain}/{name}{query}", data)
        return answer["service_response"] if response else answer

    # ------------------------------------------------------------------ flows and WebSocket

    async def flow(self, handler: str | list[str], *answers: dict[str, Any], kind: str = "flow") -> dict[str, Any]:
        """Walk through a config flow (``kind`` flow) or subentry flow (subentries/flow); returns the last step."""
        step = await self.post(f"config/config_entries/{kind}", {"handler": handler})
        for answer in answers:
            step = await self.post(f"config/config_entries/{kind}/{step['flow_id']}", answer)
        return step

    def socket(self, token: str | None = None) -> WebSocket:
        """Open a WebSocket connection: ``async with home.socket() as socket``."""
        return WebSocket(self, token or self.token or "")

    async def ws(self, command: str, **data: Any) -> Any:
        """Send one WebSocket command on a connection of its own."""
        async with self.socket() as socket_:
            return await socket_.call(command, **data)


class WebSocket:
    """One authenticated WebSocket connection."""

    def __init__(self, home: LiveHomeAssistant, token: str) -> None:
        self._home = home
        self._token = token
        self._id = 0
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        """Connect and authenticate."""
        self._socket = await self._home.session.ws_connect(f"{self._home.url}/api/websocket", max_msg_size=0)
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise LiveError(f"the token was not accepted: {answer}")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        if self._socket is not None:
            await self._socket.close()

    @property
    def _open(self) -> aiohttp.ClientWebSocketResponse:
        if self._socket is None:
            raise LiveError("the connection is not open: use 'async with'")
        return self._socket

    async def call(self, command: str, **data: Any) -> Any:
        """Send a command and return its result; LiveError says what Home Assistant did not like."""
        message_id = await self.send(command, **data)
        while True:
            answer = await self.receive()
            if answer["id"] == message_id and answer["type"] == "result":
                if not answer["success"]:
                    raise LiveError(f"{command}: {answer['error']}")
                return answer["result"]

    async def send(self, command: str, **data: Any) -> int:
        """Send a command; returns its id."""
        self._id += 1
        await self._open.send_json({"id": self._id, "type": command, **data})
        return self._id

    async def receive(self) -> dict[str, Any]:
        """Next message: results and events of subscriptions."""
        return await self._open.receive_json(timeout=60)


async def _json(response: aiohttp.ClientResponse) -> Any:
    text = await response.text()
    if response.status >= 400:
        raise LiveError(f"{response.method} {response.url.path}: {response.status} {text[:2000]}")
    return json.loads(text) if response.content_type == "application/json" else text


def _http_settings(port: int) -> dict[str, Any]:
    # In YAML these settings would be on trial for five minutes, and a dialogue would ask the user to confirm them.
    stable = {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "intermediate_v6",
        "use_x_frame_options": True,
        "created_at": "2026-11-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }
    data = {"stable": stable, "pending": None, "yaml_migration_done": True}
    return {"version": 3, "minor_version": 1, "key": "http", "data": data}
