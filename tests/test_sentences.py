"""Sentences of the plan as people read them."""

from datetime import UTC, datetime
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_load_integrations
import pytest

from custom_components.cem_sgcp.cem.model import Note, Precedence, Relaxation
from custom_components.cem_sgcp.cem.planner.messages import MESSAGES, note, values_of
from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.sentences import relaxation_response, say
from tests.package_files import translations


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


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Washer starts at 13:15: 0.41 EUR instead of 0.78 EUR now; own generation covers 82 %."),
        ("de", "Washer startet um 13:15: 0,41 EUR statt jetzt 0,78 EUR; eigene Erzeugung deckt 82 %."),
    ],
)
async def test_reason_of_a_run_is_said_in_the_language_of_the_house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, language: str, said: str
) -> None:
    await _speak(hass, freezer, language)
    told = note(
        "run_cheaper_solar",
        "washer",
        name="Washer",
        start="2026-11-23T12:15:00+00:00",
        cost="0.41",
        currency="EUR",
        cost_now="0.78",
        solar="82",
    )
    assert say(told) == said


async def test_large_numbers_and_days_are_said_in_german_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await _speak(hass, freezer, "de")
    told = note(
        "store_needs",
        "car",
        name="Auto 2.5",
        price="0.12",
        currency="EUR",
        value="0.30",
        missing="6200",
        unit="Wh",
        at="2026-11-24T06:00:00+00:00",
    )
    assert say(told) == "Auto 2.5 lädt jetzt für 0,12 EUR/kWh: bis Di 07:00 fehlen 6,2 kWh."


async def test_sentence_that_nobody_translated_is_said_in_english(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await _speak(hass, freezer, "de")
    assert say(Note(key="unheard_of", text="Something else.")) == "Something else."
    assert say(Note(key="run_pinned", text="A text of an older version.")) == "A text of an older version."
    await _speak(hass, freezer, "fr")
    assert say(note("run_started", name="Washer", start="2026-11-23T07:00:00+00:00")).startswith("Washer has been")


async def _speak(hass: HomeAssistant, freezer: FrozenDateTimeFactory, language: str) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(datetime(2026, 11, 23, 8, tzinfo=UTC))
    hass.config.language = language
    hass.config.components.add(DOMAIN)
    await async_load_integrations(hass, {DOMAIN})


def test_every_sentence_of_the_plan_is_translated_with_all_its_values() -> None:
    english, german = (translations(name)["selector"]["plan_note"]["options"] for name in ("en", "de"))
    assert english == MESSAGES
    assert set(german) == set(MESSAGES)
    for key, text in MESSAGES.items():
        places = set(re.findall(r"{(\w+)}", text))
        assert set(re.findall(r"{(\w+)}", german[key])) == places, key
        assert set(values_of(note(key, **{name: f"<{name}>" for name in places}))) == places, key


def test_what_could_not_be_kept_is_told_with_its_remedy() -> None:
    told = Relaxation(
        precedence=Precedence.DEADLINE,
        resource_id="washer",
        amount=40.0,
        unit="min",
        start=datetime(2026, 11, 23, 9, tzinfo=UTC),
        reason=note("run_left_out", "washer", name="Washer"),
        remedy=note("remedy_deadline", "washer", minutes="40"),
    )
    said = relaxation_response(told)
    assert said["precedence"] == "deadline"
    assert (said["amount"], said["unit"], said["device_id"]) == (40.0, "min", "washer")
    assert said["remedy"] == "A deadline 40 min later."
    assert said["end"] is None
