"""The forecasts on a real home's autumn and winter, which played no part in choosing their weights."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def lines() -> dict[tuple[str, str], dict[str, Any]]:
    """The lines of the benchmark for the half of the year that counts, by what is forecast and how."""
    script = ROOT / "benchmarks" / "forecast.py"
    done = subprocess.run(
        [sys.executable, str(script), "--every", "61"], capture_output=True, text=True, check=True, timeout=120
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {(line["benchmark"], line["method"]): line for line in found if line["half"] == "measured_on"}


def test_load_is_forecast_better_than_by_persistence(lines: dict[tuple[str, str], dict[str, Any]]) -> None:
    ours = lines["load", "ours"]
    assert ours["half_hours"] > 2500
    assert ours["mae"] < 0.65 * lines["load", "persistence"]["mae"]
    for same_time in ("yesterday", "last_week"):
        assert ours["mae"] < 0.9 * lines["load", same_time]["mae"]
        assert ours["rmse"] < 0.9 * lines["load", same_time]["rmse"]
    assert ours["first_hour"] < lines["load", "persistence"]["first_hour"]


def test_generation_is_forecast_better_with_the_present_than_without(
    lines: dict[tuple[str, str], dict[str, Any]],
) -> None:
    given, ours = lines["pv", "day_ahead"], lines["pv", "ours_forecast"]
    assert ours["half_hours"] > 1000
    assert ours["mae"] < given["mae"]
    assert ours["first_hour"] < 0.8 * given["first_hour"]
    assert lines["pv", "ours_history"]["rmse"] < 0.95 * lines["pv", "yesterday"]["rmse"]


def test_losses_of_houses_are_learned_better_than_a_guess(lines: dict[tuple[str, str], dict[str, Any]]) -> None:
    for house in ("one_mass", "half_degrees", "heavy_walls", "heat_pump", "sun_measured"):
        line = lines["thermal", house]
        assert line["refused"] == 0, house
        assert line["loss_error"] < 0.1, house
        assert line["residual"] < line["stays"], house
