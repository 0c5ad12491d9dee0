"""Repair issues: what only the user can mend, said once and withdrawn when it is mended."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .devices.base import Device

if TYPE_CHECKING:
    from .coordinator import CemConfigEntry


class Problems:
    """The repair issues of one connection point."""

    def __init__(self, hass: HomeAssistant, entry: CemConfigEntry) -> None:
        """Speak for one config entry."""
        self._hass = hass
        self._entry = entry
        self._raised: set[str] = set()

    def start_failed(self, device: Device) -> None:
        """Say that an appliance did not start."""
        self._raise(f"start_failed_{device.device_id}", "start_failed", device=device.name)

    def command_failed(self, device: Device, command: str) -> None:
        """Say that a device does not follow."""
        self._raise(f"command_failed_{device.device_id}", "command_failed", device=device.name, command=command)

    def command_works(self, device_id: str) -> None:
        """Withdraw what was said of a device."""
        self._withdraw(f"command_failed_{device_id}")
        self._withdraw(f"start_failed_{device_id}")

    def limit_not_held(self, direction: str, value: float, power: float) -> None:
        """Say that a limit cannot be held: nothing is left to shed."""
        self._raise(
            f"limit_not_held_{self._entry.entry_id}_{direction}",
            "limit_not_held",
            limit=f"{value:.0f}",
            excess=f"{power:.0f}",
            direction=direction,
        )

    def limit_held(self, direction: str) -> None:
        """Withdraw it."""
        self._withdraw(f"limit_not_held_{self._entry.entry_id}_{direction}")

    def prices(self, *, missing: bool) -> None:
        """Say that no source gives a price for the coming hours."""
        key = f"prices_missing_{self._entry.entry_id}"
        if missing:
            self._raise(key, "prices_missing", name=self._entry.title)
        else:
            self._withdraw(key)

    def clear(self) -> None:
        """Withdraw everything, with the config entry."""
        for issue_id in tuple(self._raised):
            self._withdraw(issue_id)

    def _raise(self, issue_id: str, key: str, **placeholders: str) -> None:
        if issue_id in self._raised:
            return
        self._raised.add(issue_id)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=placeholders,
        )

    def _withdraw(self, issue_id: str) -> None:
        if issue_id in self._raised:
            self._raised.discard(issue_id)
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
