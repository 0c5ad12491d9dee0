"""The run of an appliance as its owner describes it: a block, slots, or learned."""

import math
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.model import EnergyProfile, Group, Sequence, Slot
from custom_components.cem_sgcp.devices.appliance_profile import (
    MAXIMUM_MINUTES,
    MAXIMUM_SLOTS,
    SlotsError,
    build_profile,
    parse_slots,
    peak_of,
    slots_of,
)


@pytest.mark.parametrize(
    "text",
    [
        "30x2000, 45x150",
        "30 x 2000; 45*150",
        "30 min × 2 kW\n45 min × 150 W",
        "30@2000,45:150,",
        "30.0x2.0kw,45x0.15kW",
    ],
)
def test_slots_as_people_write_them(text: str) -> None:
    assert parse_slots(text) == ((1800.0, 2000.0), (2700.0, 150.0))


def test_slots_as_a_list() -> None:
    assert parse_slots([{"minutes": 30, "power": "2000"}, {"minutes": 45, "power": 0}]) == ((1800, 2000), (2700, 0))


@pytest.mark.parametrize(
    "given_slots",
    [
        "", ",", "30", "x200", "30x-5", "-30x5", "0x100", "nanx100", "1e3x5", "30x9999999", "30 W x 20", None, 7, [],
        [7], [{"minutes": 3}], [{"minutes": "a", "power": 1}], [{"minutes": float("nan"), "power": 1}],
        "1x1," * (MAXIMUM_SLOTS + 1), "6000x1,6000x1",
    ],
)  # fmt: skip
def test_slots_that_make_no_sense_are_refused(given_slots: Any) -> None:
    with pytest.raises(SlotsError):
        parse_slots(given_slots)


@given(st.one_of(st.text(max_size=40), st.lists(st.dictionaries(st.sampled_from(["minutes", "power"]), st.floats()))))
def test_any_slots_are_sound_or_refused(given_slots: Any) -> None:
    try:
        pairs = parse_slots(given_slots)
    except SlotsError:
        return
    assert all(math.isfinite(seconds) and math.isfinite(watts) and seconds > 0 <= watts for seconds, watts in pairs)
    assert sum(seconds for seconds, _ in pairs) <= MAXIMUM_MINUTES * 60


def test_easy_power_profile_by_power_or_by_energy() -> None:
    assert slots_of({"duration": 120, "power": 700}) == ((7200.0, 700.0),)
    assert slots_of({"duration": 120, "energy": 1.4}) == ((7200.0, pytest.approx(700.0)),)
    assert slots_of({"duration": 120}) is None
    assert slots_of({"power": 700}) is None
    assert slots_of({"duration": 120, "power": -1}) is None
    assert slots_of({"profile_type": "slots", "slots": "nonsense"}) is None


def test_what_only_the_user_knows_goes_into_every_profile() -> None:
    data = {"profile_type": "slots", "slots": "30x2000,45x150", "pausable": True, "stop_in_emergency": True}
    profile = build_profile("d1", data, None)
    assert profile is not None
    sequence = profile.groups[0].alternatives[0]
    assert sequence.pausable
    assert sequence.stoppable
    assert all(slot.pausable for slot in sequence.slots)
    assert peak_of(profile) == 2000.0
    learned = EnergyProfile(
        profile_id="learned",
        groups=(Group(alternatives=(Sequence(sequence_id="a", slots=(Slot(duration=60, p_exp=90, p_max=110),)),)),),
    )
    adapted = build_profile("d1", data | {"profile_type": "learned"}, learned)
    assert adapted is not None
    assert adapted.profile_id == "learned"
    assert adapted.groups[0].alternatives[0].slots[0].pausable
    assert adapted.groups[0].alternatives[0].stoppable
    assert peak_of(adapted) == 110.0


def test_before_anything_is_learned_the_block_serves() -> None:
    assert build_profile("d1", {"profile_type": "learned"}, None) is None
    profile = build_profile("d1", {"profile_type": "learned", "duration": 60, "power": 100}, None)
    assert profile is not None
    assert profile.shortest_duration == 3600.0
    assert peak_of(None) is None


def test_a_run_beyond_the_model_is_no_profile() -> None:
    assert build_profile("d1", {"duration": 1e-9, "power": 100}, None) is None
