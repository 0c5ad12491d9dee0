"""The card and the dashboard reach the frontend without a step from the user, and leave no trace."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import Credentials
from homeassistant.components import persistent_notification
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, DATA_PANELS
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.cem_sgcp.const import DOMAIN
from custom_components.cem_sgcp.frontend import FOLDER, MODULE, NOTIFICATION, STATIC_PATH
from tests.managed_house import SITE, ManagedHouse

MODULE_URL = f"{STATIC_PATH}/{MODULE}"

type Connect = Callable[[], Awaitable[MockHAClientWebSocket]]


@pytest.fixture
def connect(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    hass_admin_credential: Credentials,
) -> Connect:
    """Connect as an administrator, whatever the frozen clock says when the connection is made."""

    async def connected() -> MockHAClientWebSocket:
        await hass.auth.async_link_user(hass_admin_user, hass_admin_credential)
        token = await hass.auth.async_create_refresh_token(
            hass_admin_user, "https://example.com/", credential=hass_admin_credential
        )
        return await hass_ws_client(hass, hass.auth.async_create_access_token(token))

    return connected


async def _house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **options: Any) -> ManagedHouse:
    return await ManagedHouse.build(hass, freezer, devices={}, options={"dashboard": True, **options})


async def _second(hass: HomeAssistant, **options: Any) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Barn",
        unique_id="DE0002",
        data=SITE | {"name": "Barn", "connection_id": "DE0002"},
        options=options,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def _resources(hass: HomeAssistant) -> list[dict[str, Any]]:
    return [item for item in hass.data[LOVELACE_DATA].resources.async_items() if item["url"].startswith(STATIC_PATH)]


def _panels(hass: HomeAssistant) -> dict[str, str | None]:
    return {path: panel.sidebar_title for path, panel in hass.data[DATA_PANELS].items() if path.startswith("cem-sgcp")}


async def test_the_card_is_a_resource_of_all_dashboards_and_its_address_changes_with_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await _house(hass, freezer)
    [resource] = _resources(hass)
    assert resource["type"] == "module"
    path, _, version = resource["url"].partition("?v=")
    assert path == MODULE_URL
    assert version.startswith("0.1.0-")
    client = await hass_client_no_auth()
    response = await client.get(resource["url"])
    assert response.status == HTTPStatus.OK
    assert "max-age" in response.headers["Cache-Control"]
    assert "javascript" in response.headers["Content-Type"]
    assert await response.read() == (FOLDER / MODULE).read_bytes()


async def test_the_sidebar_shows_a_dashboard_whose_views_the_browser_makes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect: Connect
) -> None:
    house = await _house(hass, freezer)
    client = await connect()
    await client.send_json_auto_id({"type": "get_panels"})
    panel = (await client.receive_json())["result"]["cem-sgcp"]
    assert panel["component_name"] == "lovelace"
    assert panel["title"] == "Demo house"
    assert panel["icon"] == "mdi:transmission-tower"
    await client.send_json_auto_id({"type": "lovelace/config", "url_path": "cem-sgcp"})
    config = (await client.receive_json())["result"]
    assert config == {"strategy": {"type": "custom:cem-sgcp", "entry_id": house.entry.entry_id}}


@pytest.mark.parametrize(
    "command", [{"type": "lovelace/config/save", "config": {"views": []}}, {"type": "lovelace/config/delete"}]
)
async def test_the_dashboard_cannot_be_edited_or_deleted_by_a_user(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect: Connect, command: dict[str, Any]
) -> None:
    await _house(hass, freezer)
    client = await connect()
    await client.send_json_auto_id({**command, "url_path": "cem-sgcp"})
    assert not (await client.receive_json())["success"]
    await client.send_json_auto_id({"type": "lovelace/config", "url_path": "cem-sgcp"})
    assert "strategy" in (await client.receive_json())["result"]


async def test_system_health_can_count_our_dashboard(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await _house(hass, freezer)
    dashboard = hass.data[LOVELACE_DATA].dashboards["cem-sgcp"]
    assert await dashboard.async_get_info() == {"mode": "yaml", "views": 0}
    assert "strategy" in await dashboard.async_load(force=False)


async def test_ct02_reload_keeps_one_dashboard_and_one_resource_and_removal_leaves_none(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    [resource] = _resources(hass)
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert _panels(hass) == {"cem-sgcp": "Demo house"}
    assert _resources(hass) == [resource]
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert _panels(hass) == {}
    assert _resources(hass) == []
    assert "cem-sgcp" not in hass.data[LOVELACE_DATA].dashboards


async def test_adding_again_after_the_last_removal_brings_the_card_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    await _second(hass)
    assert len(_resources(hass)) == 1
    assert _panels(hass) == {"cem-sgcp": "Barn"}


async def test_a_second_connection_point_has_a_dashboard_of_its_own_and_the_card_stays_until_both_are_gone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    second = await _second(hass)
    assert _panels(hass) == {"cem-sgcp": "Demo house", "cem-sgcp-2": "Barn"}
    assert len(_resources(hass)) == 1
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert _panels(hass) == {"cem-sgcp-2": "Barn"}
    assert len(_resources(hass)) == 1
    await hass.config_entries.async_remove(second.entry_id)
    await hass.async_block_till_done()
    assert not _panels(hass)
    assert not _resources(hass)


async def test_a_user_who_wants_no_dashboard_gets_none_but_may_use_the_card(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer, dashboard=False)
    assert _panels(hass) == {}
    assert len(_resources(hass)) == 1
    hass.config_entries.async_update_entry(house.entry, options={"dashboard": True})
    await house.settle()
    assert _panels(hass) == {"cem-sgcp": "Demo house"}


async def test_a_renamed_connection_point_renames_its_dashboard(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    hass.config_entries.async_update_entry(house.entry, title="Farm")
    await house.settle()
    assert _panels(hass) == {"cem-sgcp": "Farm"}


async def test_a_path_that_somebody_else_uses_is_left_to_them(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect: Connect
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    client = await connect()
    await client.send_json_auto_id({"type": "lovelace/dashboards/create", "url_path": "cem-sgcp", "title": "Mine"})
    assert (await client.receive_json())["success"]
    house = await _house(hass, freezer)
    assert _panels(hass) == {"cem-sgcp": "Mine", "cem-sgcp-2": "Demo house"}
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert _panels(hass) == {"cem-sgcp": "Mine"}


async def test_an_old_or_doubled_resource_becomes_one_of_the_present_version(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "lovelace", {})
    resources = hass.data[LOVELACE_DATA].resources
    for url in (f"{MODULE_URL}?v=0.0.1-old", f"{MODULE_URL}?v=0.0.0", "/local/other-card.js"):
        await resources.async_create_item({"res_type": "module", "url": url})
    await _house(hass, freezer)
    [resource] = _resources(hass)
    assert "?v=0.1.0-" in resource["url"]
    assert "/local/other-card.js" in [item["url"] for item in resources.async_items()]


async def test_resources_in_yaml_get_the_card_with_the_page_and_a_hint_that_goes_with_the_integration(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "lovelace", {"lovelace": {"resource_mode": "yaml"}})
    house = await _house(hass, freezer)
    [url] = [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if url.startswith(STATIC_PATH)]
    assert url.startswith(f"{MODULE_URL}?v=")
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "yaml_resources")
    assert issue is not None
    assert issue.translation_placeholders == {"url": url}
    assert _panels(hass) == {"cem-sgcp": "Demo house"}
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert url not in hass.data[DATA_EXTRA_MODULE_URL].urls
    assert ir.async_get(hass).async_get_issue(DOMAIN, "yaml_resources") is None


async def test_resources_in_yaml_that_name_the_card_need_no_hint(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    resources = [{"url": f"{MODULE_URL}?v=0.1.0", "type": "module"}]
    assert await async_setup_component(
        hass, "lovelace", {"lovelace": {"resource_mode": "yaml", "resources": resources}}
    )
    await _house(hass, freezer)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "yaml_resources") is None
    assert not [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if url.startswith(STATIC_PATH)]


async def test_the_house_is_managed_even_if_the_resources_cannot_be_written(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from homeassistant.components.lovelace.resources import ResourceStorageCollection  # noqa: PLC0415
    from homeassistant.exceptions import HomeAssistantError  # noqa: PLC0415

    async def refuse(*_: object) -> None:
        raise HomeAssistantError("disk full")

    monkeypatch.setattr(ResourceStorageCollection, "async_create_item", refuse)
    house = await _house(hass, freezer)
    assert house.state("traffic_light").state == "green"
    assert "disk full" in caplog.text


async def test_pages_that_are_open_at_the_first_set_up_are_told_to_reload_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await _house(hass, freezer)
    notifications = _async_get_or_create_notifications(hass)
    assert "reload the page once" in notifications[NOTIFICATION]["message"]
    persistent_notification.async_dismiss(hass, NOTIFICATION)
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert NOTIFICATION not in notifications, "a reload of the entry changes nothing for open pages"


async def test_ct02_removal_takes_the_hint_to_reload_along(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await _house(hass, freezer)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert NOTIFICATION not in _async_get_or_create_notifications(hass)
