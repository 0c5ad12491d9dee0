"""Select: what the plan should serve besides the lowest cost."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .cem.planner import PRESETS
from .const import OWN_WEIGHTS
from .coordinator import CemConfigEntry
from .entity import CemEntity

PARALLEL_UPDATES = 1

GOAL = SelectEntityDescription(
    key="goal", translation_key="goal", entity_category=EntityCategory.CONFIG, options=[*PRESETS, OWN_WEIGHTS]
)


class GoalSelect(CemEntity, SelectEntity):
    """The preset of goals in force; "own" takes the weights from the options."""

    @property
    @override
    def current_option(self) -> str:
        """The preset."""
        return self.coordinator.sense.goal

    @override
    async def async_select_option(self, option: str) -> None:
        """Plan for another goal from now on."""
        await self.coordinator.async_set_goal(option)
        self.async_write_ha_state()


async def async_setup_entry(
    hass: HomeAssistant, entry: CemConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the goal of the connection point."""
    async_add_entities([GoalSelect(entry.runtime_data, GOAL)])
