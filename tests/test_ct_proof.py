"""CT-57: the proof log, from a limit of the grid to the export of what was done about it."""

import csv
from datetime import timedelta
import io
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cem_sgcp.journal import COLUMNS, Journal, as_csv
from tests.managed_house import EV, ManagedHouse


async def charging(hass: HomeAssistant, freezer: FrozenDateTimeFactory, folder: Path, **options: Any) -> ManagedHouse:
    """A house whose car must charge at full power, its files in a folder of the test."""
    hass.config.config_dir = str(folder)
    house = await ManagedHouse.build(
        hass, freezer, devices={"Car": ("ev_charger", EV)}, options=options, house={"battery_soc": 10}
    )
    await house.control("Car")
    await house.step(60)
    return house


async def export(house: ManagedHouse, **data: Any) -> Any:
    return await house.call("export_log", response=True, **data)


async def test_ct_57_a_limit_its_commands_and_their_effect_are_in_the_log_and_survive_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    house = await charging(hass, freezer, tmp_path)
    assert float(house.sim("sensor.sim_ev_power")) > 9000
    told = dt_util.utcnow()
    await house.call("set_power_limit", value=6000, duration="01:00:00", source="grid operator")
    await house.step(40)
    rows = (await export(house, start=told.isoformat()))["rows"]
    received = next(row for row in rows if row.get("type") == "limit_received")
    assert (received["source"], received["value"], received["category"]) == ("grid operator", 6000.0, "obligation")
    command = next(row for row in rows if row["what"] == "command" and row["reason"] == "limit")
    assert command["made"] is True
    assert command["power_before"] > 9000
    assert command["net_before"] > 9000
    effect = next(row for row in rows if row["what"] == "effect" and row["call_id"] == command["call_id"])
    assert effect["power_after"] < 6000
    assert effect["net_after"] < 6000
    result = next(row for row in rows if row["what"] == "result" and row["device"] == "Car")
    assert result["result"] == "verified"
    before = (await export(house))["rows"]
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    after = (await export(house))["rows"]
    assert after[: len(before)] == before
    assert [row["number"] for row in after] == list(range(1, len(after) + 1))


async def test_what_only_follows_the_house_does_not_fill_the_log(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    hass.config.config_dir = str(tmp_path)
    house = await ManagedHouse.build(hass, freezer)
    await house.control("Battery", "PV", "Car")
    await house.step(3600, tick=15)
    rows = (await export(house))["rows"]
    assert 0 < sum(row["what"] == "command" for row in rows) < 60


async def test_the_log_goes_into_a_spreadsheet_and_into_a_file_only_where_that_is_allowed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    house = await charging(hass, freezer, tmp_path)
    await house.call("set_power_limit", value=6000, source="=HYPERLINK(1)")
    text = (await export(house, format="csv"))["csv"]
    table = list(csv.DictReader(io.StringIO(text)))
    assert set(COLUMNS) < set(table[0])
    assert any(row["source"] == "'=HYPERLINK(1)" for row in table), "no formula reaches a spreadsheet"
    with pytest.raises(ServiceValidationError) as refused:
        await export(house, path=str(tmp_path / "proof.json"))
    assert refused.value.translation_key == "not_allowed"
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    answer = await export(house, path=str(tmp_path / "proof.json"))
    assert len(json.loads((tmp_path / "proof.json").read_text())) == answer["count"] > 0
    with pytest.raises(ServiceValidationError) as refused:
        await export(house, path=str(tmp_path / "no_folder" / "proof.json"))
    assert refused.value.translation_key == "not_written"


async def test_rows_wait_while_the_disk_refuses_and_none_is_lost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    house = await charging(hass, freezer, tmp_path)
    folder = tmp_path / "cem_sgcp" / house.entry.entry_id
    before = len((await export(house))["rows"])
    moved = folder.rename(tmp_path / "moved")
    folder.write_text("a file where the folder should be")
    await house.call("set_power_limit", value=6000)
    await house.step(5)
    folder.unlink()
    moved.rename(folder)
    await house.step(40)
    rows = (await export(house))["rows"]
    assert any(row.get("type") == "limit_received" for row in rows[before:])
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))


async def test_rows_older_than_the_user_keeps_them_are_deleted_at_the_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    house = await charging(hass, freezer, tmp_path, log_days=30)
    await export(house)
    journal: Journal = house.cem.journal
    freezer.move_to(dt_util.utcnow() + timedelta(days=70))
    await journal.async_prune()
    assert (await export(house, end=(dt_util.utcnow() - timedelta(days=60)).isoformat()))["rows"] == []


def test_an_empty_log_is_a_table_with_a_head() -> None:
    assert as_csv([]).splitlines() == [",".join([*COLUMNS, "more"])]
