"""Day-ahead prices of DE-LU: Bundesnetzagentur, SMARD.de, via Energy-Charts (Fraunhofer ISE), CC BY 4.0."""

import csv
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "prices_de_lu" / "excerpt.csv"

#: What a household pays on top, currency/kWh, and what it gets for feeding in, as a share of the market price.
SURCHARGE = 0.16


@cache
def market() -> dict[datetime, float]:
    """Market price in EUR/MWh by the start of its slot."""
    with FILE.open(encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {datetime.fromisoformat(row["start"]): float(row["eur_per_mwh"]) for row in rows}


def real_prices(
    day: str, hours: float = 24, minutes: float = 60, surcharge: float = SURCHARGE
) -> tuple[list[float], list[float]]:
    """Import and export price in currency/kWh of slots from midnight UTC of a day on."""
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
    step = timedelta(minutes=minutes)
    table = market()
    found = [table[begin + number * step] / 1000 for number in range(int(hours * 60 / minutes))]
    return [value + surcharge for value in found], found
