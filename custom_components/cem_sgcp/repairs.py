"""Repairs: the flow behind an issue that the user can mend with one form.

A missing entity is mended by the form in which it was chosen, so the repair only leads there. The issue goes when the
form was answered (see `sources`). It must not mend anything by itself.
"""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.components.repairs.const import FlowType
from homeassistant.components.repairs.models import RepairsFlowResult
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


class ChooseAgainFlow(RepairsFlow):
    """Leads to the form in which the missing entity was chosen."""

    def __init__(self, entry_id: str, subentry_id: str | None) -> None:
        """Remember whose form it is."""
        self._entry_id = entry_id
        self._subentry_id = subentry_id

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain what is missing."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Open the form once the user agrees."""
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders=self._placeholders())
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or (self._subentry_id is not None and self._subentry_id not in entry.subentries):
            # Whoever removed the device has mended it.
            return self.async_create_entry(data={})
        return self.async_abort(reason="choose_again", next_flow=await self._async_form(entry))

    async def _async_form(self, entry: ConfigEntry) -> tuple[FlowType, str]:
        if self._subentry_id is None:
            opened = await self.hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
            )
            return FlowType.CONFIG_FLOW, opened["flow_id"]
        kind = entry.subentries[self._subentry_id].subentry_type
        form = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, kind), context={"source": SOURCE_RECONFIGURE, "subentry_id": self._subentry_id}
        )
        return FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]

    def _placeholders(self) -> dict[str, str] | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return issue.translation_placeholders if issue else None


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow of an issue."""
    subentry_id = (data or {}).get("subentry_id")
    return ChooseAgainFlow(str((data or {}).get("entry_id")), None if subentry_id is None else str(subentry_id))
