"""One day of a whole house under control, in the real integration, under a frozen clock."""

from datetime import datetime, timedelta
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.managed_house import BERLIN, ManagedHouse


async def test_a_whole_day_of_the_managed_house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    house = await ManagedHouse.build(hass, freezer, now=datetime(2026, 11, 23, 0, 0, 2, tzinfo=BERLIN))
    await house.control("Battery", "Car", "Washer", "Dishwasher", "PV")
    lowest, highest = 100.0, 0.0
    limited_peak = 0.0
    for quarter in range(96):
        if quarter == 28:
            await house.do("button", "press", "button.sim_washer_prepare")
        if quarter == 48:
            await house.do("button", "press", "button.sim_dishwasher_prepare")
        if quarter == 72:
            await house.call("set_power_limit", value=4200, duration=3600)
        await house.step(900, tick=30)
        level = float(house.sim("sensor.sim_battery_soc"))
        lowest, highest = min(lowest, level), max(highest, level)
        if 73 <= quarter < 76:
            limited_peak = max(limited_peak, float(house.sim("sensor.sim_grid_power")))

    # Both machines ran, once, and were ready in time.
    for name, deadline in (("Washer", 17), ("Dishwasher", 20)):
        runs = house.cem.runs.of(house.subentry_id(name))
        assert [run.state.value for run in runs] == ["finished"]
        assert runs[0].ended is not None
        assert runs[0].ended <= datetime(2026, 11, 23, deadline, tzinfo=BERLIN) + timedelta(minutes=15)
    assert len(house.decisions("run_started")) == 2
    # The limit was kept, and everything came back after it.
    assert limited_peak <= 4200
    assert len(house.decisions("limit_expired")) == 1
    # The battery worked within its bounds.
    assert 9.0 <= lowest < highest <= 100.0
    assert highest - lowest > 20
    assert not house.decisions("command_failed")
    errors = [entry for entry in caplog.records if entry.levelno >= logging.ERROR and "cem_sgcp" in entry.name]
    assert not errors
