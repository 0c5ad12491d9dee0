"""The parts of the demo that need no running Home Assistant: history, what the owner enters, the reading of a log."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from demo import site
from demo.history import POWER, Statistic, simulate
from demo.live import LiveHomeAssistant, log_errors

NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)


@pytest.fixture(scope="module")
def history() -> dict[str, Statistic]:
    return {statistic.entity_id: statistic for statistic in simulate(NOW)}


def test_history_covers_two_weeks_up_to_the_last_full_hour(history: dict[str, Statistic]) -> None:
    for statistic in history.values():
        starts = [datetime.fromisoformat(row["start"]) for row in statistic.rows]
        assert len(starts) == 14 * 24
        assert starts[-1] == NOW.replace(minute=0) - timedelta(hours=1)
        assert all(start.minute == start.second == 0 for start in starts)


def test_sums_of_the_past_end_where_the_recorder_begins(history: dict[str, Statistic]) -> None:
    for statistic in history.values():
        if statistic.has_sum:
            sums = [row["sum"] for row in statistic.rows]
            assert sums == sorted(sums)
            assert sums[-1] == 0
            assert sums[0] < -1


def test_past_powers_add_up_to_the_meter_in_every_hour(history: dict[str, Statistic]) -> None:
    mean = {name: [row["mean"] for row in history[name].rows] for name in POWER}
    for hour in range(14 * 24):
        devices = sum(
            mean[f"sensor.sim_{name}_power"][hour] for name in ("base_load", "battery", "ev", "washer", "dishwasher")
        )
        assert mean["sensor.sim_grid_power"][hour] == pytest.approx(
            devices - mean["sensor.sim_pv_power"][hour], abs=1e-3
        )


def test_means_lie_between_their_extremes(history: dict[str, Statistic]) -> None:
    for statistic in history.values():
        for row in statistic.rows:
            if not statistic.has_sum:
                assert row["min"] - 1e-9 <= row["mean"] <= row["max"] + 1e-9


def test_machines_ran_as_their_owners_are_used_to(history: dict[str, Statistic]) -> None:
    assert -history["sensor.sim_washer_energy"].rows[0]["sum"] == pytest.approx(6 * 0.575, abs=0.4)
    assert -history["sensor.sim_dishwasher_energy"].rows[0]["sum"] == pytest.approx(14 * 1.226, abs=0.4)


@pytest.mark.parametrize("run", ["washing_machine_11f01e", "dishwasher_b81d04", "washing_machine_b82e27"])
def test_slots_that_the_owner_enters_are_those_of_the_measured_run(run: str) -> None:
    measured = site.measured_run(run)
    slots = [tuple(map(float, slot.split("x"))) for slot in site.slots_of(run).split(", ")]
    assert sum(minutes for minutes, _ in slots) == pytest.approx(measured.duration / 60, abs=1)
    assert sum(minutes * watts for minutes, watts in slots) / 60 == pytest.approx(measured.energy, rel=0.01)


def _entities(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _entities(item)
    elif isinstance(value, list):
        for item in value:
            yield from _entities(item)
    elif isinstance(value, str) and re.fullmatch(r"[a-z_]+\.sim_\w+", value):
        yield value


async def test_everything_that_the_demo_names_exists_in_the_simulated_house(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "sim_house", {"sim_house": {}})
    await hass.async_block_till_done()
    energy = json.loads((Path(site.__file__).parent / "config" / ".storage" / "energy").read_text())
    named = {*_entities(site.SITE), *_entities(list(dict(site.DEVICES).values())), *_entities(energy)}
    assert len(named) > 25
    # The inverted one is made by the Energy dashboard itself.
    assert {name for name in named if hass.states.get(name) is None} == {"sensor.sim_battery_power_inverted"}


LOG = """2026-11-23 15:51:23.258+00:00 WARNING (SyncWorker_0) [homeassistant.loader] We found cem_sgcp
2026-11-23 15:51:30.954+00:00 ERROR (MainThread) [homeassistant.setup] Setup failed for 'cem_sgcp'
Traceback (most recent call last):
  File "/config/custom_components/cem_sgcp/__init__.py", line 1
2026-11-23 15:51:31.000+00:00 ERROR (MainThread) [homeassistant.components.camera] No camera
2026-11-23 15:51:32.000+00:00 INFO (MainThread) [custom_components.cem_sgcp] an ERROR that is none
2026-11-23 15:51:33.000+00:00 CRITICAL (MainThread) [custom_components.cem_sgcp.hands] lost
"""


def test_errors_of_the_log_come_with_their_tracebacks_and_can_be_told_apart() -> None:
    assert len(log_errors(LOG)) == 3
    ours = log_errors(LOG, "cem_sgcp")
    assert [error.splitlines()[0][-8:] for error in ours] == ["em_sgcp'", "ds] lost"]
    assert "Traceback" in ours[0]


def test_configuration_is_laid_out_without_touching_what_was_stored(tmp_path: Path) -> None:
    home = LiveHomeAssistant(tmp_path, 18999)
    (tmp_path / ".storage").mkdir()
    (tmp_path / ".storage" / "onboarding").write_text("mine")
    home.prepare()
    home.prepare()
    assert (tmp_path / ".storage" / "onboarding").read_text() == "mine"
    http = json.loads((tmp_path / ".storage" / "http").read_text())["data"]["stable"]
    assert http["server_port"] == 18999
    assert http["server_host"] == ["127.0.0.1"]
    assert "trusted_networks" in (tmp_path / "configuration.yaml").read_text()
    assert (tmp_path / "custom_components" / "sim_house" / "manifest.json").exists()
    assert (tmp_path / "custom_components" / "cem_sgcp" / "manifest.json").exists()
