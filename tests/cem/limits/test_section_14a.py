"""§14a EnWG: guaranteed power, groups, and surplus on top."""

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.limits.section_14a import (
    ControllableDevice,
    SteuVe,
    allowed_draw,
    guaranteed_power,
    units,
)


def device(number: int, kind: SteuVe = SteuVe.CHARGE_POINT, power: float = 11_000.0) -> ControllableDevice:
    return ControllableDevice(device_id=f"{kind} {number}", kind=kind, power=power)


@pytest.mark.parametrize(
    ("number", "expected"), [(0, 0), (1, 4200), (2, 7560), (3, 10_500), (4, 13_020), (9, 19_320), (10, 21_210)]
)
def test_ct_10_bk6_22_300_guaranteed_power_by_number_of_devices(number: int, expected: float) -> None:
    assert guaranteed_power(device(index) for index in range(number)) == pytest.approx(expected)


def test_heat_pumps_count_as_one_and_cooling_as_another() -> None:
    pumps = [device(index, SteuVe.HEAT_PUMP, 3000.0) for index in range(3)]
    cooling = [device(index, SteuVe.COOLING, 2500.0) for index in range(2)]
    found = units([*pumps, *cooling, device(0)])
    assert sorted((entry.kind.value, entry.power) for entry in found) == [
        ("charge_point", 11_000.0),
        ("cooling", 5000.0),
        ("heat_pump", 9000.0),
    ]
    assert guaranteed_power([*pumps, *cooling, device(0)]) == pytest.approx(10_500)


def test_a_large_heat_pump_group_keeps_two_fifths() -> None:
    pump = device(0, SteuVe.HEAT_PUMP, 15_000.0)
    assert guaranteed_power([pump]) == pytest.approx(6000)
    assert units([pump])[0].direct_minimum == pytest.approx(6000)
    assert guaranteed_power([pump, device(0)]) == pytest.approx(6000 + 0.8 * 4200)
    cooling = device(0, SteuVe.COOLING, 20_000.0)
    assert guaranteed_power([pump, cooling]) == pytest.approx(8000 + 0.8 * 4200), "the greater of both groups"


def test_small_devices_are_not_limited() -> None:
    small = [device(0, power=4200.0), device(0, SteuVe.STORAGE, 3000.0), device(1, SteuVe.HEAT_PUMP, 2000.0)]
    assert units(small) == ()
    assert guaranteed_power(small) == 0


def test_ct_09_own_surplus_may_be_used_on_top_and_a_deficit_takes_nothing_away() -> None:
    assert allowed_draw(4200, 3000) == 7200
    assert allowed_draw(4200, -3000) == 4200


@given(st.lists(st.builds(device, st.integers(0, 99), st.sampled_from(SteuVe), st.floats(0, 30_000)), max_size=20))
def test_more_devices_never_keep_less(devices: list[ControllableDevice]) -> None:
    assert guaranteed_power([*devices, device(0)]) >= guaranteed_power(devices) - 1e-6
