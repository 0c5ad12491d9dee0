"""An entity that is asked only every few minutes gets the time it needs before its device counts as not obeying."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall, callback
import pytest

from custom_components.cem_sgcp.cem.model import Intent
from custom_components.cem_sgcp.devices import Command, Device, Expect
from custom_components.cem_sgcp.hands import CallResult
from custom_components.cem_sgcp.hands.pace import LONGEST, Pace
from tests.hands.conftest import Bench, order

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EXPECT = Expect(entity_id="switch.slow", states=("on",))
COMMAND = Command(domain="switch", service="turn_on", entity_id="switch.slow", expect=(EXPECT,))


def paced(hass: HomeAssistant, freezer: FrozenDateTimeFactory, *intervals: float) -> float:
    """Let an entity report at intervals; return how long an effect is waited for."""
    pace, now = Pace(), NOW
    for interval in (0.0, *intervals):
        now += timedelta(seconds=interval)
        freezer.move_to(now)
        hass.states.async_set("switch.slow", "off")
        pace.note(hass, (COMMAND,))
        pace.note(hass, (COMMAND,))
    return pace.within(EXPECT)


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ((300, 300, 300), 450.0),
        ((290, 310, 300, 305), 465.0),
        # Too few to speak of a pace.
        ((300, 300), 30.0),
        # A switch that reports when somebody uses it shows an effect at once.
        ((3600, 5, 700, 20), 30.0),
        ((10, 10, 10, 10), 30.0),
        ((3600, 3600, 3600), LONGEST),
    ],
)
async def test_the_time_to_show_an_effect_follows_the_pace_of_the_reports(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, intervals: tuple[float, ...], expected: float
) -> None:
    assert paced(hass, freezer, *intervals) == pytest.approx(expected)


async def test_an_entity_that_is_missing_has_no_pace(hass: HomeAssistant) -> None:
    pace = Pace()
    pace.note(hass, (COMMAND,))
    assert pace.within(EXPECT) == 30.0


SLOW = Device(
    device_id="pump", kind="switched_load", name="Pump", data={"rated_power": 500, "switch_entity": "switch.slow"}
)


@pytest.mark.parametrize("obeys", [True, False])
async def test_a_device_polled_every_five_minutes_is_seen_to_obey_or_not(bench: Bench, *, obeys: bool) -> None:
    told: list[str] = []

    @callback
    def handle(call: ServiceCall) -> None:
        told.append("on" if call.service == "turn_on" else "off")

    for service in ("turn_on", "turn_off"):
        bench.hass.services.async_register("switch", service, handle)
    bench.hass.states.async_set("switch.slow", "off")
    for _ in range(5):
        await bench.do(SLOW, order(SLOW, intent=Intent.OFF, power=0.0))
        await bench.wait(300, 30)
        bench.hass.states.async_set("switch.slow", "off")
    told.clear()
    await bench.do(SLOW, order(SLOW, intent=Intent.ON, power=500.0))
    await bench.wait(270, 30)
    assert told == ["on"]
    assert not [record for record in bench.reports if record.result.failed]
    bench.hass.states.async_set("switch.slow", "on" if obeys else "off")
    await bench.wait(2400, 60)
    assert bench.hands.records[-1].result is (CallResult.VERIFIED if obeys else CallResult.NOT_VERIFIED)
