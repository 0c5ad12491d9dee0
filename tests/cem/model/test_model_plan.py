"""What a plan, a snapshot and records of other rooms tell of themselves."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import (
    ControlType,
    DevicePlan,
    FillRate,
    Intent,
    Model,
    ModelError,
    NotControllable,
    Plan,
    PlannedRun,
    PlanStatus,
    PriceProfile,
    PriceSlot,
    Resource,
    SiteSnapshot,
    TimeGrid,
)
from custom_components.cem_sgcp.cem.model.base import item, model

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
GRID = TimeGrid(edges=(START, START + HOUR, START + 3 * HOUR))


def run(name: str, hours: float) -> PlannedRun:
    return PlannedRun(run_id=name, start=START + hours * HOUR, end=START + (hours + 1) * HOUR, cost=0.1)


def device(name: str, *runs: PlannedRun) -> DevicePlan:
    return DevicePlan(resource_id=name, intent=(Intent.IDLE,) * 2, power=(0, 0), lower=(0, 0), upper=(0, 0), runs=runs)


PLAN = Plan(
    created=START,
    grid=GRID,
    status=PlanStatus.OPTIMAL,
    net_power=(2000, -1000),
    base_load=(500, 500),
    import_price=(0.3, 0.2),
    export_price=(0.1, 0.05),
    devices=(device("washer", run("wash", 2)), device("dishwasher", run("eco", 0), run("glass", 3))),
)


def test_the_runs_of_a_plan_come_by_their_start() -> None:
    assert [planned.run_id for planned in PLAN.runs()] == ["eco", "wash", "glass"]


def test_a_plan_knows_its_devices() -> None:
    washer = PLAN.device("washer")
    assert washer is not None
    assert washer.runs == (run("wash", 2),)
    assert PLAN.device("sauna") is None


def test_the_cost_between_two_moments_buys_what_is_imported_and_sells_what_is_exported() -> None:
    assert PLAN.cost_between(START, START + 3 * HOUR) == pytest.approx(2 * 0.3 - 2 * 0.05)
    assert PLAN.cost_between(START + HOUR / 2, START + HOUR) == pytest.approx(0.3)
    assert PLAN.cost_between(START - HOUR, START) is None
    assert PLAN.cost_between(START + 3 * HOUR, START + 9 * HOUR) is None


def test_a_planned_run_does_not_end_before_it_starts() -> None:
    with pytest.raises(ModelError, match="end must be at least"):
        PlannedRun(run_id="x", start=START, end=START - HOUR, cost=0)


def test_a_snapshot_knows_its_resources_by_their_only_name() -> None:
    load = Resource(resource_id="load", control=NotControllable())
    snapshot = {"now": START, "grid": GRID, "prices": PriceProfile(slots=()), "base_load": {"intervals": []}}
    site = SiteSnapshot.from_json(snapshot | {"resources": [load]})
    assert site.resource("load") == load
    assert site.resource("other") is None
    with pytest.raises(ModelError, match="resources uses the name load more than once"):
        SiteSnapshot.from_json(snapshot | {"resources": [load, load]})


def test_carbon_intensity_is_a_series_like_prices() -> None:
    slot = PriceSlot(start=START, end=START + HOUR, co2=250)
    series = PriceProfile(slots=(slot, slot.replace(start=slot.end, end=slot.end + HOUR, co2=None))).co2
    assert (series.unit, series.at(START), series.at(START + HOUR)) == ("gCO2/kWh", 250, None)


@model
class Elsewhere(Model):
    """A record that another room declares."""

    control: ControlType = item()
    mapping: Mapping[str, Any] = field(default_factory=dict)
    whole: int = item(default=1)


def test_other_rooms_declare_records_in_the_same_way() -> None:
    record = Elsewhere.from_json({"control": {"type": "not_controllable"}, "mapping": {"on": "red", "off": None}})
    assert record.to_json() == {
        "control": {"type": "not_controllable"},
        "mapping": {"on": "red", "off": None},
        "whole": 1,
    }
    assert Elsewhere.from_json({"control": {"type": "not_controllable"}}).mapping == {}
    for spoiled in ({"mapping": [1]}, {"whole": 1.5}, {"control": {"type": "fill_rate"}}):
        with pytest.raises(ModelError):
            Elsewhere.from_json({"control": {"type": "not_controllable"}} | spoiled)


@pytest.mark.parametrize(
    ("cls", "document", "path"),
    [
        (FillRate, {"actuators": [{"actuator_id": "a", "modes": []}], "level": 0}, "actuators[0].modes"),
        (FillRate, {"actuators": [{"actuator_id": "a", "modes": [{"mode_id": "m", "elements": []}]}]}, "elements"),
    ],
)
def test_stores_without_any_way_to_fill_them_are_refused(cls: type[Model], document: dict[str, Any], path: str) -> None:
    with pytest.raises(ModelError) as caught:
        cls.from_json({"level": 0, "level_range": {"start": 0, "end": 1}} | document)
    assert caught.value.path.endswith(path)
    assert caught.value.key == "empty"


def test_an_endless_list_is_refused_when_it_is_too_long() -> None:
    with pytest.raises(ModelError, match="edges has 10002 entries"):
        TimeGrid(edges=(START + index * HOUR for index in range(10_002)))
