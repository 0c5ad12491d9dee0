"""A capacity charge from the options to the plan, in the simulated house."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.managed_house import EV, ManagedHouse

BELGIUM = {"capacity": {"price": 3.5, "period": "month", "window_minutes": "15", "free_power": 2500}}


async def test_the_meter_is_counted_and_shown_and_survives_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, options=BELGIUM, devices={}, house={"battery_soc": 10})
    await house.step(1800, tick=30)
    peak = float(house.state("billed_peak").state)
    assert peak > 0
    snapshot = house.cem.data.snapshot
    assert snapshot is not None
    (charge, *_) = snapshot.capacity_charges
    assert (charge.price, charge.free_power, charge.window) == (3.5, 2500.0, 900.0)
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert float(house.state("billed_peak").state) == pytest.approx(peak)


async def test_without_a_capacity_charge_there_is_no_such_sensor(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={})
    with pytest.raises(StopIteration):
        house.entity_id("billed_peak")


async def test_jwg5_a_car_is_charged_more_slowly_where_a_peak_costs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    car = {"Car": ("ev_charger", EV | {"ready_by": "05:30:00"})}
    highest = []
    for connection, options in (("DE0001", {}), ("DE0002", BELGIUM)):
        house = await ManagedHouse.build(
            hass, freezer, devices=car, options=options, site={"connection_id": connection}, house=None
        )
        plan = house.cem.data.plan
        assert plan is not None
        assert plan.devices[0].shortfall == 0
        highest.append(max(plan.net_power))
        assert await hass.config_entries.async_remove(house.entry.entry_id)
    assert highest[1] < highest[0] - 1000
