"""An appliance whose profile is learned from what its power sensor shows."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.managed_house import DEVICES, ManagedHouse

KIND, DATA = DEVICES["Washer"]
LEARNED = {key: value for key, value in DATA.items() if key not in {"duration", "energy"}} | {"profile_type": "learned"}


async def test_a_run_by_hand_teaches_the_profile_of_the_next(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={"Washer": (KIND, LEARNED)})
    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    assert house.state("planned_start", "Washer").state == "unknown", "nothing is known of it yet"

    await house.do("button", "press", "button.sim_washer_start")
    energy, seconds = 0.0, 0
    while seconds < 4 * 3600 and (seconds < 600 or house.sim("sensor.sim_washer_state") == "running"):
        await house.step(10, tick=10)
        energy += float(house.sim("sensor.sim_washer_power")) * 10 / 3600
        seconds += 10
    await house.step(1200, tick=10)

    learned = house.cem.state.learned[house.subentry_id("Washer")]
    sequence = learned.groups[0].alternatives[0]
    assert sequence.energy == pytest.approx(energy, rel=0.05)
    assert abs(sequence.duration - seconds) <= 900
    assert 1 < len(sequence.slots) <= 12

    await house.do("button", "press", "button.sim_washer_prepare")
    await house.settle()
    run = house.cem.runs.open(house.subentry_id("Washer"))
    assert run is not None
    assert run.profile.groups[0].alternatives[0].energy == pytest.approx(energy, rel=0.05)
    assert run.schedule[-1].end - run.schedule[0].start == pytest.approx(
        timedelta(seconds=sequence.duration), abs=timedelta(seconds=1)
    )
