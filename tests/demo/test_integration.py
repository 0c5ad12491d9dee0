from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component


async def test_house_has_its_entities(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "sim_house", {"sim_house": {"battery_soc": 42}})
    await hass.async_block_till_done()
    for s in hass.states.async_all():
        a = {k: (v if len(str(v)) < 60 else str(v)[:120]) for k, v in s.attributes.items() if k not in ("friendly_name", "state_class")}
        print(s.entity_id, s.state, a)
    assert hass.states.get("sensor.sim_battery_soc").state == "42.0"
