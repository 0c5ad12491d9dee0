"""Lighting in a running Home Assistant: the scene that keeps a lamp's state brings back brightness and colour."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.cem_sgcp.cem.model import Instruction, InstructionKind, Intent, ModeChoice
from custom_components.cem_sgcp.devices import KINDS, Command, Device, Sensing
from tests.devices.house import ADVISE, BERLIN

LIGHTING = KINDS["lighting"]
LAMP = Device(
    device_id="01KAQ7XCVB",
    kind="lighting",
    name="Hall",
    data={"rated_power": 200, "floor": 40, "light_entity": "light.hall", "not_emergency": True},
)
WARM: dict[str, Any] = {
    "brightness": 230,
    "color_mode": "hs",
    "hs_color": (28.0, 60.0),
    "supported_color_modes": ["hs"],
}


def sensing(hass: HomeAssistant) -> Sensing:
    return Sensing(state=hass.states.get, now=datetime.now(UTC), time_zone=BERLIN)


async def perform(hass: HomeAssistant, commands: tuple[Command, ...]) -> None:
    for command in commands:
        target = {} if command.entity_id is None else {"entity_id": command.entity_id}
        await hass.services.async_call(command.domain, command.service, {**command.data, **target}, blocking=True)
    await hass.async_block_till_done()


def to(mode: str) -> Instruction:
    return Instruction(
        resource_id=LAMP.device_id,
        kind=InstructionKind.SET,
        intent=Intent.ON,
        modes=(ModeChoice(actuator_id=LAMP.device_id, mode_id=mode),),
    )


@pytest.mark.usefixtures("enable_custom_integrations")
async def test_a_lamp_gets_back_its_brightness_and_colour(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "scene", {})
    await hass.async_block_till_done()  # its actions come with a platform that is set up beside it
    told = async_mock_service(hass, "light", "turn_on")
    hass.states.async_set("light.hall", "on", WARM)

    await perform(hass, LIGHTING.commands(LAMP, to("dimmed"), sensing(hass)))
    assert told[-1].data == {"brightness_pct": 40, "entity_id": "light.hall"}
    assert hass.states.get("scene.cem_sgcp_01kaq7xcvb") is not None

    hass.states.async_set("light.hall", "on", WARM | {"brightness": 102})
    assert LIGHTING.sense(LAMP, ADVISE, sensing(hass)).control.active_mode == "dimmed"  # type: ignore[union-attr]
    # Told again, it is not kept again: that would be the dimmed state.
    await perform(hass, LIGHTING.commands(LAMP, to("dimmed"), sensing(hass)))

    await perform(hass, LIGHTING.commands(LAMP, to("full"), sensing(hass)))
    back = told[-1].data
    assert back["brightness"] == 230
    assert tuple(back["hs_color"]) == (28.0, 60.0)
    assert hass.states.get("scene.cem_sgcp_01kaq7xcvb") is None
    assert LIGHTING.commands(LAMP, to("full"), sensing(hass)) == ()
