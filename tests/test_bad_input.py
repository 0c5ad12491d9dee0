"""Whatever is sent to an action: a translated error, or a change that makes sense; never anything in between."""

import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.services import ACTIONS
from tests.managed_house import DEVICES, ManagedHouse

TRANSLATIONS = json.loads(
    (Path(__file__).parents[1] / "custom_components" / DOMAIN / "translations" / "en.json").read_text()
)["exceptions"]

ROOM = (
    "radiator",
    {"power_entity": "sensor.heater", "temperature_entity": "sensor.room", "max_power": 1500, "heat_loss": 30},
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(
        ["", "nan", "inf", "-1", "9999-12-31T23:59:59+14:00", "0001-01-01", "2026-11-23T12:00:00", "24:00:00"]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "unknown_field",
    *sorted(
        {str(key) for schema, _, _ in ACTIONS.values() for key in schema.schema} - {"device_id", "config_entry_id"}
    ),
]


def _untouched(house: ManagedHouse) -> Any:
    state = house.cem.state
    return (
        house.cem.grid_side.book,
        dict(state.runs),
        state.prices,
        state.environment,
        state.light,
        dict(state.settings),
        dict(state.temperatures),
    )


async def _answer(hass: HomeAssistant, action: str, data: dict[str, Any]) -> ServiceValidationError | None:
    """Call an action; the only error that is allowed is one that says what is wrong with the input."""
    try:
        await hass.services.async_call(DOMAIN, action, data, blocking=True)
    except ServiceValidationError as error:
        return error
    return None


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"replan", "get_plan"}))
async def test_bad_input_gives_a_translated_error_and_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, action: str
) -> None:
    house = await ManagedHouse.build(hass, freezer, devices={"Washer": DEVICES["Washer"], "Room": ROOM})
    device = house.device_id("Room" if action == "set_temperature_profile" else "Washer")
    takes_device = "device_id" in {str(key) for key in ACTIONS[action][0].schema}
    samples: list[dict[str, Any]] = []

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5), SCALARS | st.just(device))
    def collect(data: dict[str, Any], target: Any) -> None:
        samples.append(data | ({"device_id": target} if takes_device else {}))

    collect()
    refused = 0
    for data in samples:
        before = _untouched(house)
        error = await _answer(hass, action, data)
        if error is None:
            continue
        refused += 1
        assert error.translation_key in TRANSLATIONS or error.translation_domain == "homeassistant"
        if error.translation_domain == DOMAIN:
            TRANSLATIONS[error.translation_key]["message"].format(**error.translation_placeholders or {})
        assert _untouched(house) == before
    assert refused > len(samples) / 3
    await house.settle()
    assert house.cem.data.plan is not None
    assert house.cem.data.plan_error is None


@pytest.mark.parametrize("action", sorted(name for name in ACTIONS if name not in {"replan", "get_plan"}))
async def test_an_unknown_device_or_connection_point_is_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, action: str
) -> None:
    await ManagedHouse.build(hass, freezer, devices={})
    fields = {str(key) for key in ACTIONS[action][0].schema}
    data: dict[str, Any] = {
        "value": 1,
        "phase": "red",
        "start_time": "2026-11-23T12:00:00+01:00",
        "slot": 0,
        "clear": True,
    }
    data = {key: value for key, value in data.items() if key in fields}
    target = "device_id" if "device_id" in fields else "config_entry_id"
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(DOMAIN, action, data | {target: "nobody"}, blocking=True)
    assert refused.value.translation_key in {"unknown_device", "service_config_entry_not_found"}
