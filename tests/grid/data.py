"""Real data that the tests of this folder read."""

import csv
from datetime import date, datetime
from functools import cache
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[1] / "data"


@cache
def states(house: str) -> dict[str, dict[str, Any]]:
    """States of a real home by entity id."""
    return {state["entity_id"]: state for state in json.loads((DATA / f"ha_states/{house}/inputs.json").read_text())}


@cache
def home(house: str) -> datetime:
    """The moment at which the states of a real home were taken."""
    environment = json.loads((DATA / f"ha_states/{house}/environment.json").read_text())
    return datetime.fromisoformat(environment["diagnostic_request_time"])


@cache
def day_prices(day: date, zone: str = "Europe/Berlin") -> tuple[tuple[datetime, float], ...]:
    """Start in UTC and EUR/MWh of every market time unit of a local day in DE-LU."""
    with (DATA / "prices_de_lu/clock_changes.csv").open(newline="") as file:
        rows = [(datetime.fromisoformat(row["start"]), float(row["eur_per_mwh"])) for row in csv.DictReader(file)]
    return tuple(row for row in rows if row[0].astimezone(ZoneInfo(zone)).date() == day)
