"""The entities that a connection point is made of: renames are followed, and one that is gone is said.

Home Assistant lets a user rename and remove any entity at any time. A rename changes the description of the connection
point or the device at once, wherever the entity stands in it, also in the user's own actions. An entity that is not
there any more becomes a repair issue until it is back or another one is chosen. It must not know what they mean.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.start import async_at_started

from .const import (
    CONF_ENTITY_ID,
    CONF_ENTITY_ID_NEXT,
    CONF_GRID_EXPORT_POWER,
    CONF_GRID_IMPORT_POWER,
    CONF_GRID_POWER,
    DOMAIN,
)

ISSUE: Final = "source_entity_removed"
_KEYS: Final = frozenset(
    {CONF_GRID_POWER, CONF_GRID_IMPORT_POWER, CONF_GRID_EXPORT_POWER, CONF_ENTITY_ID, CONF_ENTITY_ID_NEXT}
)


def entry_sources(entry: ConfigEntry[Any]) -> dict[str, str | None]:
    """Return the entities that an entry names, each with the subentry that names it (None: the entry itself)."""
    found: dict[str, str | None] = dict.fromkeys(_entities(entry.data))
    for subentry in entry.subentries.values():
        for entity_id in _entities(subentry.data):
            found.setdefault(entity_id, subentry.subentry_id)
    return found


def _entities(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the entities in the fields of a description; those in actions of the user are the user's affair."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _entities(value)
        elif key in _KEYS or key.endswith("_entity"):
            # Some fields take several entities, such as one forecast for each plane of a roof.
            yield from (each for each in (value if isinstance(value, list | tuple) else (value,)) if each)


@callback
def async_setup_sources(hass: HomeAssistant) -> None:
    """Follow the entity registry for all connection points, whether they run or not."""

    @callback
    def on_update(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "update" and "old_entity_id" in event.data:
            _rename(hass, event.data["old_entity_id"], event.data["entity_id"])
        for entry in hass.config_entries.async_entries(DOMAIN):
            if entry.state is ConfigEntryState.LOADED:
                async_check_sources(hass, entry)

    @callback
    def matters(data: er.EventEntityRegistryUpdatedData) -> bool:
        return data["action"] in ("create", "remove") or "old_entity_id" in data

    @callback
    def on_entry(change: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        if change is ConfigEntryChange.REMOVED and entry.domain == DOMAIN:
            for issue_id in _said(hass, entry):
                ir.async_delete_issue(hass, DOMAIN, issue_id)

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, on_update, event_filter=matters)
    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, on_entry)


@callback
def async_watch_sources(hass: HomeAssistant, entry: ConfigEntry[Any]) -> CALLBACK_TYPE:
    """Look for missing entities once everything that starts with Home Assistant is there, and see them come back."""

    @callback
    def on_started(hass: HomeAssistant) -> None:
        async_check_sources(hass, entry)

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        if event.data["old_state"] is None and hass.state is CoreState.running:
            async_check_sources(hass, entry)

    stops = (
        async_at_started(hass, on_started),
        async_track_state_change_event(hass, entry_sources(entry), on_change),
    )

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop


@callback
def async_check_sources(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Say which entities of an entry do not exist, and withdraw what was said of those that do or are not used."""
    registry = er.async_get(hass)
    missing = {
        entity_id: subentry_id
        for entity_id, subentry_id in entry_sources(entry).items()
        if hass.states.get(entity_id) is None and registry.async_get(entity_id) is None
    }
    wanted = {f"{ISSUE}_{entry.entry_id}_{entity_id}": entity_id for entity_id in missing}
    for issue_id in _said(hass, entry) - set(wanted):
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, entity_id in wanted.items():
        subentry_id = missing[entity_id]
        name = entry.title if subentry_id is None else entry.subentries[subentry_id].title
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "subentry_id": subentry_id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE,
            translation_placeholders={"entity_id": entity_id, "name": name},
        )


def _said(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str]:
    """Return the issues that say of an entry that an entity is missing."""
    return {
        issue_id
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and issue_id.startswith(f"{ISSUE}_{entry.entry_id}_")
    }


def _rename(hass: HomeAssistant, old: str, new: str) -> None:
    """Put the new entity id in the place of the old one in all descriptions."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        changed = False
        for subentry in tuple(entry.subentries.values()):
            if (data := _replaced(subentry.data, old, new)) != subentry.data:
                changed |= hass.config_entries.async_update_subentry(entry, subentry, data=data)
        if (data := _replaced(entry.data, old, new)) != entry.data:
            changed |= hass.config_entries.async_update_entry(entry, data=data)
        if (options := _replaced(entry.options, old, new)) != entry.options:
            changed |= hass.config_entries.async_update_entry(entry, options=options)
        # A running entry has a listener that reloads it; one that waits for its entities shall not wait any longer.
        if changed and entry.state is ConfigEntryState.SETUP_RETRY:
            hass.config_entries.async_schedule_reload(entry.entry_id)


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, old, new) for item in value]
    return new if value == old else value
