"""Dimming by the grid operator in Germany (§14a EnWG, BK6-22-300): what each controllable device keeps at least.

A controllable consumption device (steuVE) is a charge point, a heat pump with its auxiliary heaters, room cooling or a
store, above 4.2 kW. All heat pumps behind one connection count as one with their power together, and so does all
cooling (no. 2.4.2). With an energy management system the devices share

    Pmin = first + (n − 1) x share(n) x 4.2 kW        first = 4.2 kW, or 0.4 x the power of a heat pump or cooling
                                                              group above 11 kW, the greater of both groups

(annex 1 of BK6-22-300); under direct control each keeps 4.2 kW, or 0.4 x its power. What the house generates itself may
be used on top: only draw from the grid counts. Household load is never limited. It must not know how a limit is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: W that a device keeps, and above which it is one.
GUARANTEED: Final = 4200.0
#: W above which heat pumps and cooling keep a share of their power, and that share.
LARGE: Final = 11_000.0
LARGE_SHARE: Final = 0.4
#: Simultaneity factor by number of devices; the last holds for all above.
SIMULTANEITY: Final = (1.0, 1.0, 0.80, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50, 0.45)


class SteuVe(StrEnum):
    """Kinds of controllable consumption devices."""

    CHARGE_POINT = "charge_point"
    HEAT_PUMP = "heat_pump"
    COOLING = "cooling"
    STORAGE = "storage"


#: Kinds that count as one, all together.
_GROUPED: Final = frozenset({SteuVe.HEAT_PUMP, SteuVe.COOLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllableDevice:
    """A device as the grid operator knows it."""

    device_id: str
    kind: SteuVe
    power: float
    """Power from the grid at most, W."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What counts as one controllable consumption device."""

    kind: SteuVe
    power: float
    devices: tuple[str, ...]

    @property
    def direct_minimum(self) -> float:
        """What it keeps under direct control, W."""
        if self.kind in _GROUPED and self.power > LARGE:
            return LARGE_SHARE * self.power
        return GUARANTEED


def units(devices: Iterable[ControllableDevice]) -> tuple[Unit, ...]:
    """Return what counts as a controllable consumption device: groups and single devices above 4.2 kW."""
    known = [entry for entry in devices if entry.power > 0]
    found: list[Unit] = []
    for kind in sorted(_GROUPED):
        group = [entry for entry in known if entry.kind is kind]
        if group:
            names = tuple(entry.device_id for entry in group)
            found.append(Unit(kind=kind, power=sum(entry.power for entry in group), devices=names))
    found += [
        Unit(kind=entry.kind, power=entry.power, devices=(entry.device_id,))
        for entry in known
        if entry.kind not in _GROUPED
    ]
    return tuple(entry for entry in found if entry.power > GUARANTEED)


def guaranteed_power(devices: Iterable[ControllableDevice]) -> float:
    """Return Pmin in W: what all of them together keep under an energy management system; 0 where there is none."""
    counted = units(devices)
    if not counted:
        return 0.0
    large = [LARGE_SHARE * entry.power for entry in counted if entry.kind in _GROUPED and entry.power > LARGE]
    first = max(large, default=GUARANTEED)
    number = len(counted)
    return first + (number - 1) * SIMULTANEITY[min(number, len(SIMULTANEITY) - 1)] * GUARANTEED


def allowed_draw(guaranteed: float, surplus: float) -> float:
    """Return what the devices may draw, W: what is guaranteed from the grid, and the house's own surplus on top."""
    return guaranteed + max(surplus, 0.0)
