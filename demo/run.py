"""Starts the demo, or checks it. Called by scripts/demo; says what it does on stderr."""

import argparse
import asyncio
from contextlib import suppress
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import signal
import sys
import time
from typing import Any

import aiohttp

from demo import site
from demo.history import bring_history
from demo.live import RESTART_EXIT_CODE, ROOT, LiveError, LiveHomeAssistant, free_port, port_in_use

WORK = ROOT / ".demo"
DASHBOARD = "/cem-sgcp"
OURS = ("cem_sgcp", "sim_house")


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"demo: {text}", file=sys.stderr, flush=True)  # noqa: T201


async def furnish(home: LiveHomeAssistant) -> None:
    """Give a new Home Assistant its history and its connection point, as its owner would."""
    furnished = home.config_dir / "furnished"
    if furnished.exists():
        return
    if (unfinished := await site.entry_id_of(home)) is not None:
        await home.request("DELETE", f"config/config_entries/entry/{unfinished}")
    say("bringing two weeks of history")
    await bring_history(home, datetime.now(UTC))
    say("describing the house in the flows of the integration")
    await site.enter(home)
    await site.take_control(home)
    await site.load_machines(home)
    # The house stands in Germany, wherever its visitors are.
    clock = {"language": "en", "number_format": "language", "time_format": "language", "time_zone": "server"}
    await home.ws("frontend/set_user_data", key="language", value=clock)
    furnished.touch()


# ---------------------------------------------------------------------- the demo


async def show(folder: Path, port: int, fresh: bool) -> int:
    """Run the demo until Ctrl-C."""
    config_dir = folder / "config"
    if fresh:
        shutil.rmtree(config_dir, ignore_errors=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    home = LiveHomeAssistant(config_dir, port)
    home.prepare()
    say("starting Home Assistant")
    try:
        while not stop.is_set():
            await home.start()
            await _or_stop(_welcome(home), stop)
            await _or_stop(_ended(home), stop)
            if not stop.is_set():
                code = await home.stop()
                if code != RESTART_EXIT_CODE:
                    say(f"Home Assistant ended with code {code}; its log: {config_dir}/home-assistant.log")
                    return code or 0
                say("Home Assistant restarts")
    finally:
        say("stopping")
        await home.stop()
    return 0


async def _welcome(home: LiveHomeAssistant) -> None:
    await home.wait_ready()
    await furnish(home)
    say(f"ready: {home.url} (nothing to log in with; the log is {home.config_dir}/home-assistant.log). Ctrl-C ends it.")


async def _ended(home: LiveHomeAssistant) -> None:
    if home.process is not None:
        await asyncio.to_thread(home.process.wait)


async def _or_stop(work: Any, stop: asyncio.Event) -> None:
    """Wait for some work, but not longer than until the user stops the demo."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task not in done:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    if tasks[0] in done:
        tasks[0].result()


# ---------------------------------------------------------------------- the check


async def check(folder: Path, port: int, patience: float) -> int:
    """Start the demo in a new folder, wait for the first plan, look at the dashboard. Prints one line of JSON."""
    from demo.browser import BrowserError, look_at  # noqa: PLC0415 - only the check needs a browser

    config_dir = folder / f"check-{port}"
    _clear(folder)
    task = asyncio.current_task()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    complaints: list[str] = []
    result: dict[str, Any] = {}
    home = LiveHomeAssistant(config_dir, port)
    try:
        async with home:
            started = time.monotonic()
            await furnish(home)
            plan = await _first_plan(home, patience)
            result = await _summary(home, plan)
            complaints += _missing(plan)
            say(f"a plan for every device {time.monotonic() - started:.1f} s after Home Assistant was ready")
            complaints += await look_at(f"{home.url}{DASHBOARD}", folder / "check.png")
    except (LiveError, BrowserError, aiohttp.ClientError, OSError) as err:
        complaints.append(f"{type(err).__name__}: {err}")
    # Stopping is part of the demo too.
    errors = home.errors(*OURS)
    result["errors_in_log"] = len(errors)
    complaints += errors
    for complaint in complaints:
        say(complaint)
    keys = ("plan_status", "plan_seconds", "horizon_hours", "devices", "entities", "errors_in_log")
    print(json.dumps({key: result.get(key) for key in keys}), flush=True)  # noqa: T201
    if not complaints:
        shutil.rmtree(config_dir, ignore_errors=True)
    return 1 if complaints else 0


def _clear(folder: Path) -> None:
    """Remove what checks that failed have left for inspection."""
    for left in folder.glob("check-*/"):
        if not port_in_use(int(left.name.partition("-")[2])):
            shutil.rmtree(left, ignore_errors=True)


async def _first_plan(home: LiveHomeAssistant, patience: float) -> dict[str, Any]:
    async def planned() -> dict[str, Any] | None:
        plan = await home.call("cem_sgcp.get_plan", response=True)
        return plan if plan.get("devices") and not _missing(plan) else None

    with suppress(LiveError):
        return await home.until(planned, patience, "no plan for every device", interval=1)
    return await home.call("cem_sgcp.get_plan", response=True)


def _missing(plan: dict[str, Any]) -> list[str]:
    """What a plan lacks: a whole device, the series of its power, the start of a machine that is ready."""
    devices = {device["name"]: device for device in plan.get("devices", ())}
    complaints = [f"there is no plan for: {name}" for name in site.NAMES if not devices.get(name, {}).get("series")]
    complaints += [
        f"no start is planned for: {name}"
        for name in ("Washing machine", "Dishwasher")
        if name in devices and not any(run["start"] for run in devices[name]["runs"])
    ]
    return complaints


async def _summary(home: LiveHomeAssistant, plan: dict[str, Any]) -> dict[str, Any]:
    ends = [datetime.fromisoformat(row["end"]) for row in plan.get("series", ())]
    created = datetime.fromisoformat(plan["created"]) if "created" in plan else None
    devices = {}
    for device in plan.get("devices", ()):
        starts = [run["start"] for run in device["runs"] if run["start"]]
        devices[device["name"]] = {"cost": device["cost"], **({"start": min(starts)} if starts else {})}
    return {
        "plan_status": plan.get("status"),
        "plan_seconds": plan.get("seconds") and round(plan["seconds"], 3),
        "horizon_hours": round((max(ends) - created).total_seconds() / 3600, 2) if ends and created else 0,
        "devices": devices,
        "entities": len(await site.entities_of(home)),
    }


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description="A house under management, at 127.0.0.1.")
    parser.add_argument(
        "--check", action="store_true", help="start on a free port, check the first plan and the dashboard"
    )
    parser.add_argument("--port", type=int, help="port of 127.0.0.1 (default 8123; with --check a free one)")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier demos left")
    parser.add_argument("--patience", type=float, default=120, help="seconds to wait for the first plan (--check)")
    parser.add_argument("--folder", type=Path, default=WORK, help="where everything that runs is kept (default .demo)")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if arguments.check:
            return asyncio.run(check(folder, arguments.port or free_port(), arguments.patience))
        return asyncio.run(show(folder, arguments.port or 8123, arguments.fresh))
    except LiveError as err:
        say(str(err))
        return 1
    except asyncio.CancelledError, KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
