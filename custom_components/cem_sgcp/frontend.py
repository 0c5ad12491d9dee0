"""How the card and the dashboard reach Home Assistant's frontend, without a step from the user.

The JavaScript is served from ``www/`` (built from ``frontend/`` in the repository) and announced as a resource of all
dashboards; each connection point gets a dashboard in the sidebar whose content the JavaScript makes. Both go with it.
Nothing here knows about plans: the dashboard finds the entities by itself.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components import frontend, persistent_notification
from homeassistant.components.http import StaticPathConfig  # type: ignore[attr-defined]
from homeassistant.components.lovelace.const import LOVELACE_DATA, MODE_STORAGE
from homeassistant.components.lovelace.dashboard import LovelaceConfig
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import CONF_DASHBOARD, DEFAULT_OPTIONS, DOMAIN

_LOGGER = logging.getLogger(__name__)

STATIC_PATH: Final = "/cem_sgcp_static"
FOLDER: Final = Path(__file__).parent / "www"
MODULE: Final = "cem-sgcp.js"
URL_PATH: Final = "cem-sgcp"
ICON: Final = "mdi:transmission-tower"
STRATEGY: Final = "custom:cem-sgcp"
ISSUE_YAML_RESOURCES: Final = "yaml_resources"
NOTIFICATION: Final = "cem_sgcp_dashboard_ready"

#: The card's address with its version, so that a browser never shows the one of yesterday.
DATA_MODULE_URL: HassKey[str] = HassKey("cem_sgcp_module_url")
#: The sidebar path of each entry's dashboard.
DATA_DASHBOARDS: HassKey[dict[str, str]] = HassKey("cem_sgcp_dashboards")


class CemDashboard(LovelaceConfig):
    """A dashboard that belongs to the integration: it follows upgrades and cannot be edited, only copied."""

    def __init__(self, hass: HomeAssistant, url_path: str, entry: ConfigEntry) -> None:
        """Show one connection point."""
        super().__init__(hass, url_path, {"title": entry.title, "icon": ICON})
        self._content: dict[str, Any] = {"strategy": {"type": STRATEGY, "entry_id": entry.entry_id}}

    @property
    @override
    def mode(self) -> str:
        """Not in the storage, so the frontend offers no editor."""
        return "yaml"

    @override
    async def async_get_info(self) -> dict[str, Any]:
        """Return what system health says of it."""
        return {"mode": self.mode, "views": 0}

    @override
    async def async_load(self, force: bool) -> dict[str, Any]:
        """Return the configuration: a strategy that makes the views in the browser."""
        return self._content

    @override
    async def async_json(self, force: bool) -> json_fragment:
        """Return the configuration as JSON."""
        return json_fragment(json_bytes(self._content))


async def async_setup_frontend(hass: HomeAssistant) -> None:
    """Serve the card and make it known to all dashboards."""
    integration = await async_get_integration(hass, DOMAIN)
    digest = await hass.async_add_executor_job(_digest, FOLDER / MODULE)
    hass.data[DATA_MODULE_URL] = f"{STATIC_PATH}/{MODULE}?v={integration.version}-{digest}"
    hass.data[DATA_DASHBOARDS] = {}
    await hass.http.async_register_static_paths([StaticPathConfig(STATIC_PATH, str(FOLDER), cache_headers=True)])
    await _async_add_resource(hass)


async def async_add_dashboard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Put the dashboard of a connection point into the sidebar, unless the user does not want one."""
    # The resource went with the last entry; Home Assistant does not set the integration up again for the next one.
    await _async_add_resource(hass)
    if not entry.options.get(CONF_DASHBOARD, DEFAULT_OPTIONS[CONF_DASHBOARD]):
        return
    url_path = _free_path(hass, entry)
    frontend.async_register_built_in_panel(
        hass,
        "lovelace",
        sidebar_title=entry.title,
        sidebar_icon=ICON,
        frontend_url_path=url_path,
        config={"mode": "yaml"},
    )
    hass.data[LOVELACE_DATA].dashboards[url_path] = CemDashboard(hass, url_path, entry)
    hass.data[DATA_DASHBOARDS][entry.entry_id] = url_path


async def async_remove_dashboard(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the dashboard of a connection point out of the sidebar."""
    url_path = hass.data[DATA_DASHBOARDS].pop(entry.entry_id, None)
    if url_path is None:
        return
    hass.data[LOVELACE_DATA].dashboards.pop(url_path, None)
    frontend.async_remove_panel(hass, url_path, warn_if_unknown=False)


async def async_remove_resource(hass: HomeAssistant) -> None:
    """Take the card out of the dashboards' resources."""
    ir.async_delete_issue(hass, DOMAIN, ISSUE_YAML_RESOURCES)
    persistent_notification.async_dismiss(hass, NOTIFICATION)
    resources = hass.data[LOVELACE_DATA].resources
    if isinstance(resources, ResourceStorageCollection):
        for item in await _async_own_resources(resources):
            await resources.async_delete_item(item["id"])
    url = hass.data.get(DATA_MODULE_URL)
    if url is not None and url in hass.data[frontend.DATA_EXTRA_MODULE_URL].urls:
        frontend.remove_extra_js_url(hass, url)


@callback
def _free_path(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return cem-sgcp for the first connection point, cem-sgcp-2 for the second; what others use is passed over."""
    entries = [known.entry_id for known in hass.config_entries.async_entries(DOMAIN)]
    number = entries.index(entry.entry_id) + 1 if entry.entry_id in entries else 1
    dashboards = hass.data[LOVELACE_DATA].dashboards
    while True:
        path = URL_PATH if number == 1 else f"{URL_PATH}-{number}"
        if path not in dashboards and not frontend.async_panel_exists(hass, path):
            return path
        number += 1


async def _async_add_resource(hass: HomeAssistant) -> None:
    """Make the present version of the card the one that dashboards load."""
    url = hass.data[DATA_MODULE_URL]
    lovelace = hass.data[LOVELACE_DATA]
    if lovelace.resource_mode != MODE_STORAGE or not isinstance(lovelace.resources, ResourceStorageCollection):
        _add_without_storage(hass, url)
        return
    try:
        own = await _async_own_resources(lovelace.resources)
        if not own:
            await lovelace.resources.async_create_item({"res_type": "module", "url": url})
            await _async_tell_open_pages(hass)
            return
        if own[0]["url"] != url:
            await lovelace.resources.async_update_item(own[0]["id"], {"url": url})
        for surplus in own[1:]:
            await lovelace.resources.async_delete_item(surplus["id"])
    except HomeAssistantError as err:
        # The house is managed all the same.
        _LOGGER.warning("The card could not be added to the dashboards' resources: %s", err)


async def _async_tell_open_pages(hass: HomeAssistant) -> None:
    """Say that open pages need to be reloaded: they ask for the resources once, and have done so."""
    if not hass.is_running:
        return
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    prefix = f"component.{DOMAIN}.common"
    persistent_notification.async_create(
        hass,
        texts.get(f"{prefix}.dashboard_ready_text", ""),
        texts.get(f"{prefix}.dashboard_ready"),
        notification_id=NOTIFICATION,
    )


@callback
def _add_without_storage(hass: HomeAssistant, url: str) -> None:
    """Load the card with every page, and say what to write into the configuration: we cannot write there ourselves."""
    if any(_is_own(item) for item in hass.data[LOVELACE_DATA].resources.async_items()):
        ir.async_delete_issue(hass, DOMAIN, ISSUE_YAML_RESOURCES)
        return
    if url not in hass.data[frontend.DATA_EXTRA_MODULE_URL].urls:
        frontend.add_extra_js_url(hass, url)
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE_YAML_RESOURCES,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE_YAML_RESOURCES,
        translation_placeholders={"url": url},
    )


async def _async_own_resources(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    await resources.async_get_info()  # loads them
    return [item for item in resources.async_items() if _is_own(item)]


def _is_own(item: dict[str, Any]) -> bool:
    return str(item.get("url", "")).startswith(f"{STATIC_PATH}/")


def _digest(path: Path) -> str:
    """Return eight characters that change with the file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
