"""The demo as a stranger starts it: one command that shows, checks, notices what is broken and leaves nothing."""

import asyncio
import json
import os
from pathlib import Path
import signal
import sys

import pytest

from demo import site
from demo.browser import look_at
from demo.live import ROOT, LiveHomeAssistant, free_port, port_in_use

DEMO = (sys.executable, "-m", "demo.run")


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *DEMO, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def test_check_prints_one_line_and_every_device_has_a_plan(tmp_path: Path) -> None:
    process = await start("--check", "--folder", str(tmp_path))
    output, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    (line,) = output.decode().splitlines()
    result = json.loads(line)
    assert set(result) == {"plan_status", "plan_seconds", "horizon_hours", "devices", "entities", "errors_in_log"}
    assert result["plan_status"] in {"optimal", "feasible", "relaxed"}
    assert set(result["devices"]) == set(site.NAMES)
    assert "start" in result["devices"]["Washing machine"]
    assert result["horizon_hours"] > 24
    assert result["entities"] > 40
    assert result["errors_in_log"] == 0
    assert [path for path in os.listdir(tmp_path) if path.startswith("check-")] == []  # noqa: PTH208


async def test_ctrl_c_ends_everything_that_was_started(tmp_path: Path) -> None:
    port = free_port()
    process = await start("--port", str(port), "--folder", str(tmp_path))
    assert process.stderr is not None
    try:
        async with asyncio.timeout(180):
            async for line in process.stderr:
                if b"ready: http" in line:
                    break
        assert port_in_use(port)
        lock = json.loads((tmp_path / "config" / ".ha_run.lock").read_text())
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(90):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
    assert not port_in_use(port)
    with pytest.raises(ProcessLookupError):
        os.kill(lock["pid"], 0)


async def test_second_demo_on_the_same_port_says_what_is_wrong(home: LiveHomeAssistant, tmp_path: Path) -> None:
    process = await start("--port", str(home.port), "--folder", str(tmp_path))
    _, said = await process.communicate()
    assert process.returncode == 1
    assert f"port {home.port} is in use" in said.decode()


async def test_check_notices_broken_cards_and_dashboards(home: LiveHomeAssistant) -> None:
    url_path = "broken-one"
    await home.ws(
        "lovelace/dashboards/create",
        url_path=url_path,
        title="Broken",
        mode="storage",
        require_admin=False,
        show_in_sidebar=False,
    )
    fine = {"type": "markdown", "content": "All is well"}
    for cards, complaint in (
        ([fine], None),
        ([fine, {"type": "custom:does-not-exist"}], "does-not-exist"),
        ([fine, {"type": "tile", "entity": "sensor.nothing"}], "sensor.nothing"),
    ):
        await home.ws("lovelace/config/save", url_path=url_path, config={"views": [{"title": "A", "cards": cards}]})
        complaints = await look_at(f"{home.url}/{url_path}")
        assert [complaint in text for text in complaints] == ([True] if complaint else [])
    await home.ws("lovelace/config/save", url_path=url_path, config={"strategy": {"type": "custom:nowhere"}})
    assert "strategy" in (await look_at(f"{home.url}/{url_path}"))[0]
