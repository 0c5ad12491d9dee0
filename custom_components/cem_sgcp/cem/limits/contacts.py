"""What contacts and modes of the grid operator mean as limits: FNN relays, AS/NZS 4755 modes, SG-Ready.

    FNN control box     W4 dims controllable devices to what §14a EnWG guarantees; W3, S2, S1 limit feed-in to 0, 30 and
                        60 % of the generators' power
    AS/NZS 4755 DRM     0 disconnects; 1, 2, 3 limit what devices draw to 0, 50, 75 % of their power; 5, 6, 7 limit
                        feed-in to 0, 50, 75 %; 4 and 8 ask for more and limit nothing
    SG-Ready            1:0 blocks devices, for two hours at most; the other states limit nothing

The strictest of those that are closed wins in each direction. It must not know which entity a contact is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..model import Direction, LimitScope


class Contact(StrEnum):
    """A contact of the grid operator, or a mode it asserts."""

    W4 = "w4"
    W3 = "w3"
    S2 = "s2"
    S1 = "s1"
    DRM0 = "drm0"
    DRM1 = "drm1"
    DRM2 = "drm2"
    DRM3 = "drm3"
    DRM4 = "drm4"
    DRM5 = "drm5"
    DRM6 = "drm6"
    DRM7 = "drm7"
    DRM8 = "drm8"
    SG_READY_1 = "sg_ready_1"
    SG_READY_2 = "sg_ready_2"


class SgReady(StrEnum):
    """State of two SG-Ready contacts."""

    BLOCKED = "blocked"
    NORMAL = "normal"
    RECOMMENDED = "recommended"
    FORCED = "forced"


#: Longest that SG-Ready blocks, s.
LONGEST_BLOCK: Final = 2 * 3600.0

#: Share of the generators' power that may be fed in while a contact is closed.
_FEED_IN: Final = {
    Contact.W3: 0.0,
    Contact.S2: 0.3,
    Contact.S1: 0.6,
    Contact.DRM0: 0.0,
    Contact.DRM5: 0.0,
    Contact.DRM6: 0.5,
    Contact.DRM7: 0.75,
}
#: Share of the controllable devices' power that they may draw while a contact is closed.
_DRAW: Final = {Contact.DRM0: 0.0, Contact.DRM1: 0.0, Contact.DRM2: 0.5, Contact.DRM3: 0.75}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLimit:
    """A limit that a contact stands for; W, a magnitude."""

    contact: Contact
    direction: Direction
    value: float
    scope: LimitScope


def sg_ready(first: bool, second: bool) -> SgReady:
    """Return the state of two contacts, 1:0 blocked, 0:0 normal, 0:1 recommended, 1:1 forced."""
    if first:
        return SgReady.FORCED if second else SgReady.BLOCKED
    return SgReady.RECOMMENDED if second else SgReady.NORMAL


def contact_limits(
    closed: Collection[Contact], *, guaranteed: float, generation: float, consumption: float, blocked_for: float = 0.0
) -> tuple[ContactLimit, ...]:
    """Return the strictest limit of each direction and scope.

    `guaranteed`: W that controllable devices keep (§14a); `generation`, `consumption`: W of all generators and of all
    controllable devices; `blocked_for`: s that SG-Ready has blocked already.
    """
    found: list[ContactLimit] = []
    for contact in closed:
        if contact in _FEED_IN:
            found.append(_limit(contact, Direction.EXPORT, _FEED_IN[contact] * generation, LimitScope.CONNECTION))
        if contact in _DRAW:
            found.append(_limit(contact, Direction.IMPORT, _DRAW[contact] * consumption, LimitScope.CONTROLLABLE))
        if contact is Contact.W4:
            found.append(_limit(contact, Direction.IMPORT, guaranteed, LimitScope.CONTROLLABLE))
    state = sg_ready(Contact.SG_READY_1 in closed, Contact.SG_READY_2 in closed)
    if state is SgReady.BLOCKED and blocked_for < LONGEST_BLOCK:
        found.append(_limit(Contact.SG_READY_1, Direction.IMPORT, 0.0, LimitScope.CONTROLLABLE))
    strictest: dict[tuple[Direction, LimitScope], ContactLimit] = {}
    for limit in sorted(found, key=lambda entry: (entry.value, entry.contact)):
        strictest.setdefault((limit.direction, limit.scope), limit)
    return tuple(strictest.values())


def _limit(contact: Contact, direction: Direction, value: float, scope: LimitScope) -> ContactLimit:
    return ContactLimit(contact=contact, direction=direction, value=max(value, 0.0), scope=scope)
