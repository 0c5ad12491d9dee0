"""Faults: what a device that misbehaves looks like from outside."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.sim_house.house import Fault, FaultKind, House, HouseOptions, Refused, dump, restore
import pytest

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def house() -> House:
    return House(NOON, HouseOptions(washer_ready=True))


def go(house: House, seconds: float) -> None:
    house.advance(house.now + timedelta(seconds=seconds))


def test_unavailable_device_gives_no_readings_and_takes_no_commands(house: House) -> None:
    house.inject(Fault(FaultKind.UNAVAILABLE, "battery"))
    assert house.read("battery", "soc") is None
    assert house.read("pv", "power") is not None
    with pytest.raises(Refused, match="does not answer"):
        house.command("battery", "mode", "idle")
    house.faults.clear()
    assert house.read("battery", "soc") is not None


def test_fault_of_one_point_leaves_the_others(house: House) -> None:
    house.inject(Fault(FaultKind.UNAVAILABLE, "battery", "soc"))
    assert house.read("battery", "soc") is None
    assert house.read("battery", "power") is not None
    house.command("battery", "mode", "idle")


def test_refused_command_changes_nothing_and_is_noted(house: House) -> None:
    house.inject(Fault(FaultKind.REFUSE_COMMANDS, "washer"))
    with pytest.raises(Refused, match="refuses"):
        house.command("washer", "start")
    assert house.read("washer", "state") == "ready"
    assert [(entry.point, entry.outcome) for entry in house.log] == [("start", "refused")]


def test_late_command_acts_after_its_delay(house: House) -> None:
    house.inject(Fault(FaultKind.LATE, "washer", delay=95))
    house.command("washer", "start")
    go(house, 90)
    assert house.read("washer", "state") == "ready"
    go(house, 10)
    assert house.read("washer", "state") == "running"
    assert [entry.outcome for entry in house.log] == ["late", "done late"]


def test_late_command_that_comes_too_late_is_refused_in_silence(house: House) -> None:
    house.inject(Fault(FaultKind.LATE, "washer", delay=60))
    house.command("washer", "start")
    house.command("washer", "door", True)
    house.faults.clear()
    house.command("washer", "door", True)
    go(house, 120)
    assert house.read("washer", "state") == "idle"
    assert "refused" in [entry.outcome for entry in house.log]


def test_late_command_survives_the_computer(house: House) -> None:
    house.inject(Fault(FaultKind.LATE, "washer", delay=60))
    house.command("washer", "start")
    copy = House(NOON, HouseOptions(washer_ready=True))
    restore(copy, dump(house))
    go(copy, 120)
    assert copy.read("washer", "state") == "running"


def test_stuck_device_accepts_commands_and_ignores_them(house: House) -> None:
    house.inject(Fault(FaultKind.STUCK, "ev"))
    house.command("ev", "charging", False)
    go(house, 60)
    assert house.read("ev", "charging") is True
    assert house.log[-1].outcome == "stuck"


def test_frozen_readings_hide_what_happens(house: House) -> None:
    go(house, 10)
    before = house.read("battery", "soc")
    house.inject(Fault(FaultKind.FROZEN, "battery"))
    house.command("battery", "mode", "manual")
    house.command("battery", "setpoint", 5000)
    go(house, 600)
    assert house.read("battery", "soc") == before
    assert house.read("battery", "mode") == "auto"
    house.faults.clear("battery")
    assert house.read("battery", "soc") > before + 5
    assert house.read("battery", "mode") == "manual"


def test_reading_can_be_replaced_by_nonsense(house: House) -> None:
    house.inject(Fault(FaultKind.VALUE, "grid", "power", value=1e12))
    assert house.read("grid", "power") == 1e12
    house.inject(Fault(FaultKind.VALUE, "grid", "power", value=-5))
    assert house.read("grid", "power") == -5
    assert house.read("grid", "signal") == "green"


def test_fault_ends_by_itself(house: House) -> None:
    house.inject(Fault(FaultKind.UNAVAILABLE, "pv", until=house.now + timedelta(seconds=30)))
    go(house, 29)
    assert house.read("pv", "power") is None
    go(house, 1)
    assert house.read("pv", "power") is not None


def test_faults_are_cleared_by_device_point_or_kind(house: House) -> None:
    for device in ("pv", "battery"):
        for kind in (FaultKind.STUCK, FaultKind.UNAVAILABLE):
            house.inject(Fault(kind, device))
    house.faults.clear(kind=FaultKind.STUCK)
    assert {(fault.device, fault.kind) for fault in house.faults.faults} == {
        ("pv", FaultKind.UNAVAILABLE),
        ("battery", FaultKind.UNAVAILABLE),
    }
    house.faults.clear("pv")
    assert [fault.device for fault in house.faults.faults] == ["battery"]


def test_unknown_command_and_unknown_reading_are_errors_of_the_caller(house: House) -> None:
    with pytest.raises(KeyError):
        house.command("pv", "explode")
    with pytest.raises(KeyError):
        house.read("pv", "colour")
