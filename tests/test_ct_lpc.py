"""CT-14 to CT-24: limitation of power consumption and production in the simulated house, minute by minute."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from tests.managed_house import EV, PV, ManagedHouse

FAILSAFE = 4200.0
LPC: dict[str, Any] = {"failsafe_value": FAILSAFE, "failsafe_hours": 2, "at_end": "keep", "scope": "connection"}
CAR = {"Car": ("ev_charger", EV)}


async def guarded(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *, devices: Any = None, **options: Any
) -> ManagedHouse:
    """A house with an empty battery and, unless told otherwise, a car that must charge at full power."""
    house = await ManagedHouse.build(
        hass,
        freezer,
        devices=CAR if devices is None else devices,
        options=options or {"lpc": LPC},
        house={"battery_soc": 10},
    )
    await house.control(*(CAR if devices is None else devices))
    return house


def limit(house: ManagedHouse, key: str = "import_limit") -> float | None:
    state = house.state(key).state
    return None if state == "unknown" else float(state)


async def beat(house: ManagedHouse, seconds: float, *, every: float = 50, **data: Any) -> None:
    """Let time pass with heartbeats."""
    for _ in range(int(seconds // every)):
        await house.call("limitation_heartbeat", **data)
        await house.step(every)


async def test_ct_14_a_start_is_init_with_the_failsafe_limit_enforced(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer)
    assert house.state("lpc_state").state == "init"
    assert limit(house) == FAILSAFE
    assert house.state("traffic_light").state == "red"
    await house.step(30)
    assert float(house.state("net_power").state) <= FAILSAFE


@pytest.mark.parametrize(("at_end", "state"), [("keep", "init"), ("leave", "unlimited_autonomous")])
async def test_ct_15_without_a_heartbeat_it_stays_limited_or_leaves_as_the_user_chose(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, at_end: str, state: str
) -> None:
    house = await guarded(hass, freezer, lpc=LPC | {"at_end": at_end})
    await house.step(125)
    assert house.state("lpc_state").state == state
    assert (limit(house) == FAILSAFE) is (at_end == "keep")


async def test_ct_16_17_18_19_limited_silent_failsafe_and_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer)
    await house.call("limitation_heartbeat")
    answer = await house.call("set_limitation", value=6000, response=True)
    assert answer == {"state": "limited", "limit": 6000.0}
    await beat(house, 100)
    assert (house.state("lpc_state").state, limit(house)) == ("limited", 6000.0)
    assert 4200 < float(house.state("net_power").state) <= 6000
    await house.step(125)
    assert house.state("lpc_state").state == "failsafe"
    assert limit(house) == FAILSAFE, "the failsafe value, not the last limit"
    assert float(house.state("net_power").state) <= FAILSAFE
    await beat(house, 100)
    assert house.state("lpc_state").state == "failsafe", "a heartbeat alone releases nothing"
    await house.call("set_limitation", value=8000)
    await house.step(10)
    assert (house.state("lpc_state").state, limit(house)) == ("limited", 8000.0)
    await house.call("set_limitation", active=False)
    await house.step(10)
    assert house.state("lpc_state").state == "unlimited_controlled"
    assert house.decisions("limitation_changed")[-1]["former_state"] == "limited"


@pytest.mark.parametrize(("at_end", "state"), [("keep", "failsafe"), ("leave", "unlimited_autonomous")])
async def test_ct_20_the_end_of_failsafe(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, at_end: str, state: str
) -> None:
    house = await guarded(hass, freezer, devices={}, lpc=LPC | {"at_end": at_end})
    await house.call("limitation_heartbeat")
    await house.call("set_limitation", active=False)
    await house.step(150)
    assert house.state("lpc_state").state == "failsafe"
    await house.step(2 * 3600 + 30, tick=60)
    assert house.state("lpc_state").state == state
    assert (limit(house) == FAILSAFE) is (at_end == "keep")


async def test_ct_21_a_limit_61_s_after_the_last_heartbeat_is_ignored(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer, devices={})
    await house.call("limitation_heartbeat")
    await house.step(61)
    with pytest.raises(ServiceValidationError) as refused:
        await house.call("set_limitation", value=2000)
    assert refused.value.translation_key == "limitation_refused"
    assert (house.state("lpc_state").state, limit(house)) == ("init", FAILSAFE)


async def test_ct_22_failsafe_values_of_the_guard_are_bounded_and_survive_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer, devices={})
    for hours in (1, 25):
        with pytest.raises(ServiceValidationError):
            await house.call("set_failsafe", duration={"hours": hours})
    await house.call("set_failsafe", value=5000, duration={"hours": 3})
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert (house.state("lpc_state").state, limit(house)) == ("init", 5000.0)


async def test_ct_13_nonsense_is_refused_with_its_reason_and_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer, devices={})
    await house.call("limitation_heartbeat")
    for data in ({"value": -1}, {"value": "nan"}, {"value": "inf"}, {"value": "abc"}, {"value": 1, "duration": -5}):
        with pytest.raises(ServiceValidationError):
            await house.call("set_limitation", **data)
        assert (house.state("lpc_state").state, limit(house)) == ("init", FAILSAFE)
    with pytest.raises(ServiceValidationError) as refused:
        await house.call("limitation_heartbeat", direction="export")
    assert refused.value.translation_key == "no_limitation"
    with pytest.raises(ServiceValidationError):
        await house.call("clear_power_limit", limit_id="energy_guard_import")
    await house.call("clear_power_limit")
    await house.step(5)
    assert limit(house) == FAILSAFE, "what the guard set is the guard's to lift"


async def test_ct_23_24_lpp_lets_the_house_use_its_sun_and_falls_back_to_its_own_value(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(
        hass, freezer, devices={"PV": ("pv", PV)}, lpp=LPC | {"failsafe_value": 3000}, horizon_hours=24
    )
    noon = dt_util.utcnow().replace(hour=11, minute=0, second=2, microsecond=0)
    freezer.move_to(noon)
    await house.step(20)
    await house.call("limitation_heartbeat", direction="export")
    answer = await house.call("set_limitation", direction="export", value=-500, response=True)
    assert answer == {"state": "limited", "limit": 500.0}
    with pytest.raises(ServiceValidationError):
        await house.call("set_limitation", direction="export", value=500)
    await house.step(30)
    assert limit(house, "export_limit") == 500.0
    assert float(house.state("net_power").state) >= -500
    await house.call("set_limitation", direction="export", value=0)
    await house.step(130)
    assert house.state("lpp_state").state == "failsafe"
    assert limit(house, "export_limit") == 3000.0, "not the last limit"


async def test_a_bridge_speaks_through_entities(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    hass.states.async_set("sensor.guard_beat", "1")
    hass.states.async_set("sensor.guard_limit", "6", {"unit_of_measurement": "kW", "device_class": "power"})
    hass.states.async_set("binary_sensor.guard_active", "off")
    entities = {
        "heartbeat_entity": "sensor.guard_beat",
        "limit_entity": "sensor.guard_limit",
        "active_entity": "binary_sensor.guard_active",
    }
    house = await guarded(hass, freezer, devices={}, lpc=LPC | entities)
    await house.step(20)
    assert house.state("lpc_state").state == "init", "what was there before the start is no sign of life"

    async def alive(seconds: float) -> None:
        for _ in range(int(seconds // 30)):
            hass.states.async_set("sensor.guard_beat", "1", force_update=True)
            await house.step(30)

    await alive(60)
    assert house.state("lpc_state").state == "unlimited_controlled"
    hass.states.async_set("binary_sensor.guard_active", "on")
    await alive(60)
    assert (house.state("lpc_state").state, limit(house)) == ("limited", 6000.0)
    hass.states.async_set("sensor.guard_limit", "unavailable")
    await alive(60)
    assert limit(house) == 6000.0
    await house.step(130)
    assert (house.state("lpc_state").state, limit(house)) == ("failsafe", FAILSAFE)
    hass.states.async_set("sensor.guard_limit", "6", {"unit_of_measurement": "kW", "device_class": "power"})
    await alive(60)
    assert (house.state("lpc_state").state, limit(house)) == ("limited", 6000.0), "the same limit counts again"


async def test_without_the_option_nothing_is_left_of_a_limitation(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer, devices={})
    assert limit(house) == FAILSAFE
    hass.config_entries.async_update_entry(house.entry, options={"dashboard": False})
    await hass.async_block_till_done()
    await house.step(timedelta(seconds=10).total_seconds())
    assert limit(house) == 24000.0
    assert house.state("lpc_state").state == "unlimited_autonomous"


async def test_nothing_is_planned_or_written_anew_while_nothing_changes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await guarded(hass, freezer, devices={})
    await house.step(20)
    created = house.state("plan_status").attributes["created"]
    await house.step(300)
    assert house.state("plan_status").attributes["created"] == created
