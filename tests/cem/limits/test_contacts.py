"""Contacts of the grid operator as limits: FNN relays, AS/NZS 4755, SG-Ready."""

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.limits.contacts import Contact, SgReady, contact_limits, sg_ready
from custom_components.cem_sgcp.cem.model import Direction, LimitScope


def limits(*closed: Contact, blocked_for: float = 0.0) -> dict[Direction, float]:
    """Limits of a house with 10 kW of generators, 20 kW of devices and 7.56 kW guaranteed."""
    found = contact_limits(
        closed, guaranteed=7560.0, generation=10_000.0, consumption=20_000.0, blocked_for=blocked_for
    )
    return {entry.direction: entry.value for entry in found}


def test_ct_25_fnn_relays_the_strictest_wins_and_none_is_free() -> None:
    assert limits(Contact.W4) == {Direction.IMPORT: 7560.0}
    assert limits(Contact.S1) == {Direction.EXPORT: 6000.0}
    assert limits(Contact.S1, Contact.S2) == {Direction.EXPORT: 3000.0}
    assert limits(Contact.S1, Contact.S2, Contact.W3, Contact.W4) == {Direction.EXPORT: 0.0, Direction.IMPORT: 7560.0}
    assert limits() == {}


def test_dimming_is_about_controllable_devices_and_feed_in_about_the_connection() -> None:
    found = contact_limits([Contact.W4, Contact.W3], guaranteed=4200.0, generation=1.0, consumption=1.0)
    assert {entry.direction: entry.scope for entry in found} == {
        Direction.IMPORT: LimitScope.CONTROLLABLE,
        Direction.EXPORT: LimitScope.CONNECTION,
    }


def test_ct_46_as_4755_several_modes_asserted_the_strictest_applies() -> None:
    assert limits(Contact.DRM1, Contact.DRM2) == {Direction.IMPORT: 0.0}
    assert limits(Contact.DRM5, Contact.DRM6) == {Direction.EXPORT: 0.0}
    assert limits(Contact.DRM2, Contact.DRM3, Contact.DRM4) == {Direction.IMPORT: 10_000.0}
    assert limits(Contact.DRM7, Contact.DRM8) == {Direction.EXPORT: 7500.0}
    assert limits(Contact.DRM0) == {Direction.IMPORT: 0.0, Direction.EXPORT: 0.0}
    assert limits(Contact.DRM4, Contact.DRM8) == {}


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (True, False, SgReady.BLOCKED),
        (False, False, SgReady.NORMAL),
        (False, True, SgReady.RECOMMENDED),
        (True, True, SgReady.FORCED),
    ],
)
def test_ct_45_sg_ready_states(first: bool, second: bool, state: SgReady) -> None:
    assert sg_ready(first, second) is state


def test_ct_45_sg_ready_blocks_for_two_hours_at_most() -> None:
    assert limits(Contact.SG_READY_1) == {Direction.IMPORT: 0.0}
    assert limits(Contact.SG_READY_1, blocked_for=7199) == {Direction.IMPORT: 0.0}
    assert limits(Contact.SG_READY_1, blocked_for=7200) == {}
    assert limits(Contact.SG_READY_1, Contact.SG_READY_2) == {}


@given(st.sets(st.sampled_from(Contact)), st.sampled_from([entry for entry in Contact if "sg" not in entry]))
def test_one_more_closed_contact_never_loosens_anything(closed: set[Contact], more: Contact) -> None:
    before, after = limits(*closed), limits(*closed, more)
    for direction, value in before.items():
        assert after[direction] <= value
