"""Event entity: what the CEM decided, for automations and the logbook."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import CemConfigEntry
from .decisions import Decision
from .entity import CemEntity

PARALLEL_UPDATES = 0

DECISION = EventEntityDescription(
    key="decision", translation_key="decision", event_types=[decision.value for decision in Decision]
)


class DecisionEvent(CemEntity, EventEntity):
    """The latest decision."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the decisions."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.decisions.listen(self._on_decision))

    @callback
    def _on_decision(self, decision: Decision, data: dict[str, Any]) -> None:
        self._trigger_event(decision.value, data)
        self.async_write_ha_state()


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entity."""
    async_add_entities([DecisionEvent(entry.runtime_data, DECISION)])
