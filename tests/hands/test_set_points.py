"""Set points: sent, verified, kept quiet, asserted again; nothing is sent in advise-only mode."""

from dataclasses import replace

from homeassistant.util import dt as dt_util
import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent
from custom_components.cem_sgcp.hands import CallResult, Hands
from tests.hands.conftest import BATTERY, CAR, Bench, order

MODE, SETPOINT = "select.sim_battery_mode", "number.sim_battery_setpoint"


async def test_a_set_point_reaches_the_battery_and_is_verified(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.made() == [
        ("select.select_option", MODE, {"option": "manual"}),
        ("number.set_value", SETPOINT, {"value": 2000.0}),
    ]
    await bench.wait(1)
    assert float(bench.state("sensor.sim_battery_power")) == pytest.approx(2000.0)
    assert bench.results() == [
        ("select.select_option", CallResult.VERIFIED),
        ("number.set_value", CallResult.VERIFIED),
    ]
    record = bench.hands.records[-1]
    assert (record.made, record.final, record.attempt, record.error) == (True, True, 1, "")
    assert (record.device, record.intent, record.reason, record.power) == ("Battery", "charge_grid", "plan", 2000.0)
    assert [entry.result for entry in bench.reports if entry.call_id == record.call_id] == [
        CallResult.SENT,
        CallResult.VERIFIED,
    ]
    assert bench.hands.touched == {"battery"}


async def test_in_advise_only_mode_nothing_is_called_and_the_same_calls_can_be_read(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0), control=False)
    assert bench.made() == []
    assert bench.state(MODE) == "auto"
    advised = bench.hands.records
    assert [record.result for record in advised] == [CallResult.ADVISED] * 2
    assert not any(record.made for record in advised)
    assert bench.hands.touched == frozenset()
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    content = [(entry.action, entry.entity_id, entry.data, entry.power, entry.intent) for entry in advised]
    made = bench.hands.records[2:]
    assert [(entry.action, entry.entity_id, entry.data, entry.power, entry.intent) for entry in made] == content


async def test_advice_has_the_same_deadband_and_is_not_repeated(bench: Bench) -> None:
    for power in (2000.0, 2030.0, 2000.0, 2900.0):
        await bench.do(BATTERY, order(BATTERY, power=power), control=False)
    assert len(bench.hands.records) == 2
    await bench.wait(400, 100)
    await bench.do(BATTERY, order(BATTERY, power=2000.0), control=False)
    assert len(bench.hands.records) == 2
    await bench.do(BATTERY, order(BATTERY, power=2900.0), control=False)
    assert [record.power for record in bench.hands.records] == [2000.0, 2000.0, 2900.0, 2900.0]


async def test_the_newest_set_point_follows_when_the_dwell_time_is_over(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    bench.calls.clear()
    for power in (3000.0, 2500.0, 2700.0):
        await bench.wait(5)
        await bench.do(BATTERY, order(BATTERY, power=power))
    assert bench.made() == []
    await bench.wait(14)
    assert bench.made() == []
    await bench.wait(2)
    assert [data for _, _, data in bench.made()] == [{"option": "manual"}, {"value": 2700.0}]


async def test_a_set_point_that_comes_back_is_not_changed_after_all(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    bench.calls.clear()
    await bench.do(BATTERY, order(BATTERY, power=3000.0))
    await bench.do(BATTERY, order(BATTERY, power=2010.0))
    await bench.wait(60, 5)
    assert bench.made() == []


async def test_a_change_of_intent_acts_at_once(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, intent=Intent.COVER_HOUSE, power=-1500.0))
    assert float(bench.state(SETPOINT)) == -1500.0
    await bench.do(BATTERY, order(BATTERY, intent=Intent.HOLD, power=0.0))
    assert bench.state(MODE) == "idle"


async def test_an_urgent_instruction_acts_at_once(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(BATTERY, order(BATTERY, power=1990.0, urgent=True, reason="limit"))
    assert float(bench.state(SETPOINT)) == 1990.0


async def test_the_same_set_point_is_sent_again_after_five_minutes(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    bench.calls.clear()
    for _ in range(29):
        await bench.wait(10, 10)
        await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.made() == []
    await bench.wait(10, 10)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert len(bench.made()) == 2


async def test_a_device_that_somebody_changed_is_told_again(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.act(MODE, "select_option", option="auto")
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.made() == []
    await bench.wait(31, 31)
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.state(MODE) == "manual"


async def test_a_car_gets_amperes_and_stops_below_its_least_power(bench: Bench) -> None:
    await bench.do(CAR, order(CAR, power=7000.0))
    assert bench.made() == [
        ("number.set_value", "number.sim_ev_current", {"value": 10.0}),
        ("switch.turn_on", "switch.sim_ev_charging", {}),
    ]
    await bench.wait(1)
    assert float(bench.state("sensor.sim_ev_power")) == pytest.approx(6900.0)
    await bench.wait(30, 30)
    await bench.do(CAR, order(CAR, power=1000.0))
    assert bench.state("switch.sim_ev_charging") == "off"


async def test_a_device_with_nothing_to_act_with_is_left_alone(bench: Bench) -> None:
    bare = replace(BATTERY, data={"power_entity": "sensor.sim_battery_power"})
    await bench.do(bare, order(bare, power=2000.0))
    await bench.do(bare, order(bare, power=2000.0), control=False)
    assert bench.made() == []
    assert bench.hands.records == ()


async def test_a_release_by_instruction_ends_our_hold(bench: Bench) -> None:
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    await bench.do(
        BATTERY, order(BATTERY, InstructionKind.RELEASE, intent=Intent.SELF_CONSUMPTION, reason="stale_plan")
    )
    assert bench.state(MODE) == "auto"
    assert bench.hands.touched == frozenset()
    bench.calls.clear()
    await bench.do(
        BATTERY, order(BATTERY, InstructionKind.RELEASE, intent=Intent.SELF_CONSUMPTION, reason="stale_plan")
    )
    assert bench.made() == []
    await bench.do(BATTERY, order(BATTERY, power=2000.0))
    assert bench.state(MODE) == "manual"


async def test_a_battery_that_is_called_fast_is_corrected_every_few_seconds(bench: Bench) -> None:
    fast = replace(BATTERY, data={**BATTERY.data, "fast": True})
    for device, expected in ((BATTERY, [1000.0, 1300.0]), (fast, [1000.0, 1075.0, 1150.0, 1225.0, 1300.0])):
        bench.hands = Hands(bench.hass, report=bench.reports.append, clock=dt_util.utcnow)
        bench.calls.clear()
        for step in range(21):
            await bench.do(device, order(device, intent=Intent.CHARGE_SURPLUS, power=1000.0 + 15.0 * step))
            await bench.wait(1)
        await bench.wait(40)
        sent = [data["value"] for action, _, data in bench.made() if action == "number.set_value"]
        assert sent[0] == expected[0]
        assert sent[-1] == expected[-1]
        assert (len(sent) <= 3) is (device is BATTERY)
        await bench.hands.async_stop()
