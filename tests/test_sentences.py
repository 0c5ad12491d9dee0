"""Sentences of the plan as people read them."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cem_sgcp.cem.model import Note
from custom_components.cem_sgcp.sentences import say


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Car misses its target of 48000 Wh at 2026-11-24T06:00:00+00:00 by 1.106e+04 Wh.",
            "Car misses its target of 48 kWh at Tue 07:00 by 11.1 kWh.",
        ),
        (
            "Washer moved from 2026-11-23T11:30:00+00:00 to 2026-11-23T12:15:00+00:00, saves 0.18 EUR.",
            "Washer moved from 12:30 to 13:15, saves 0.18 EUR.",
        ),
        ("950 W more than the 4200 W allowed", "950 W more than the 4.2 kW allowed"),
        ("0.316874 EUR/kWh stands in", "0.316874 EUR/kWh stands in"),
    ],
)
async def test_times_are_local_and_large_numbers_are_kilo(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, text: str, said: str
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(datetime(2026, 11, 23, 8, tzinfo=UTC))
    assert say(Note(key="any", text=text)) == said
