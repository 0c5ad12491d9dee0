"""What is billed of the meter: demand windows, peaks of a billing period, energy and balance, over restarts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.grid.billing import parse_billing
from custom_components.cem_sgcp.metering import Metering

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
BELGIUM = {"capacity": {"price": 3.5, "period": "month", "window_minutes": "15", "free_power": 2500}}


def meter(options: dict[str, Any], stored: object = None) -> Metering:
    return Metering(parse_billing(options), BERLIN, stored)  # type: ignore[arg-type]


def run(metering: Metering, start: datetime, minutes: float, power: float | None) -> datetime:
    """Hold a power for some minutes, measured every 10 s."""
    steps = int(minutes * 6)
    for step in range(steps + 1):
        metering.add(start + timedelta(seconds=10 * step), power)
    return start + timedelta(minutes=minutes)


def test_jwg5_belgian_capacity_tariff_counts_quarter_hour_means() -> None:
    metering = meter(BELGIUM)
    now = run(metering, NOON, 5, 9000.0)
    now = run(metering, now, 10, 1500.0)
    assert metering.peak == pytest.approx(4000.0)
    now = run(metering, now, 15, 3000.0)
    assert metering.peak == pytest.approx(4000.0)
    (charge,) = metering.charges(now, now + timedelta(days=2))
    assert (charge.price, charge.window, charge.peak, charge.free_power) == (3.5, 900.0, metering.peak, 2500.0)


def test_the_window_that_runs_is_part_of_what_the_planner_gets() -> None:
    metering = meter(BELGIUM)
    now = run(metering, NOON, 6, 5000.0)
    (charge,) = metering.charges(now, now + timedelta(hours=1))
    assert charge.imported == pytest.approx(500.0)
    later = now + timedelta(minutes=30)  # nothing was measured in the window that runs then
    assert metering.charges(later, later + timedelta(hours=1))[0].imported is None


def test_feed_in_is_no_negative_demand() -> None:
    metering = meter(BELGIUM)
    now = run(metering, NOON, 7.5, -6000.0)
    run(metering, now, 7.5, 2000.0)
    assert metering.peak == pytest.approx(1000.0)


def test_a_new_month_has_a_peak_of_its_own_and_the_planner_gets_both() -> None:
    metering = meter(BELGIUM)
    last = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    now = run(metering, last, 15, 6000.0)
    first, second = metering.charges(now, now + timedelta(days=2))
    assert (first.peak, second.peak) == (pytest.approx(6000.0), 0.0)
    assert first.period_end == second.period_start == datetime(2026, 11, 30, 23, tzinfo=UTC)
    run(metering, now, 40, 1000.0)
    assert metering.peak == pytest.approx(1000.0)


def test_a_restart_goes_on_where_it_was() -> None:
    first = meter(BELGIUM)
    now = run(first, NOON, 5, 9000.0)
    second = meter(BELGIUM, first.to_json())
    now = run(second, now, 10, 1500.0)
    assert second.peak == pytest.approx(4000.0)
    assert meter(BELGIUM, second.to_json()).peak == pytest.approx(4000.0)


def test_a_silent_meter_is_not_imagined() -> None:
    metering = meter(BELGIUM)
    metering.add(NOON, 8000.0)
    metering.add(NOON + timedelta(hours=2), 0.0)
    assert metering.peak == 0.0


def test_a_meter_that_knows_its_peak_is_believed() -> None:
    metering = meter(BELGIUM)
    (charge,) = metering.charges(NOON, NOON + timedelta(hours=1), 5120.0)
    assert charge.peak == 5120.0
    (charge,) = metering.charges(NOON, NOON + timedelta(hours=1), float("nan"))
    assert charge.peak == 0.0


def test_only_the_hours_that_count_make_a_peak() -> None:
    options = {"capacity": {"price": 3.5, "start": "07:00", "end": "20:00", "weekdays": [0, 1, 2, 3, 4]}}
    metering = meter(options)
    run(metering, datetime(2026, 11, 23, 20, tzinfo=UTC), 15, 9000.0)  # 21:00 local
    assert metering.peak == 0.0
    run(metering, datetime(2026, 11, 24, 9, tzinfo=UTC), 15, 2000.0)
    assert metering.peak == pytest.approx(2000.0)
    (charge,) = metering.charges(NOON, NOON + timedelta(hours=24))
    assert [(entry.start, entry.end) for entry in charge.active] == [
        (NOON, datetime(2026, 11, 23, 19, tzinfo=UTC)),
        (datetime(2026, 11, 24, 6, tzinfo=UTC), NOON + timedelta(hours=24)),
    ]
    saturday = datetime(2026, 11, 28, 8, tzinfo=UTC)
    (charge,) = metering.charges(saturday, saturday + timedelta(hours=6))
    assert charge.active, "not once until the horizon is not the same as always"
    assert all(entry.start >= saturday + timedelta(hours=6) for entry in charge.active)


def test_net_metering_carries_its_balance_to_the_end_of_the_period() -> None:
    metering = meter({"net_metering": {"period": "year", "first_month": 4, "limit": 3000, "fee": 0.02}})
    now = run(metering, NOON, 60, 2000.0)
    now = run(metering, now, 30, -6000.0)
    netting = metering.net_metering(now)
    assert netting is not None
    assert netting.balance == pytest.approx(-1000.0, rel=1e-3)
    assert netting.fee == 0.02
    assert netting.limit == pytest.approx(3_000_000.0 - 2000.0, rel=1e-6), "what is set off already counts"
    assert netting.period_end == datetime(2027, 3, 31, 22, tzinfo=UTC)


def test_energy_of_the_tiers_begins_anew_with_the_month() -> None:
    tiers = {"tiers": {"tiers": [{"boundary": "energy", "above": 120, "surcharge": 0.05}], "period": "month"}}
    metering = meter(tiers)
    run(metering, NOON, 60, 3000.0)
    assert metering.imported == pytest.approx(3.0)
    metering.add(datetime(2026, 12, 1, tzinfo=UTC), 0.0)
    assert metering.imported == 0.0


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=5,
)
KEYS = list(meter(BELGIUM).to_json())


@given(st.dictionaries(st.sampled_from(KEYS), JUNK), st.lists(st.tuples(st.floats(-1e4, 1e4), st.none() | st.floats())))
def test_whatever_was_stored_and_measured_makes_charges_that_make_sense(
    stored: dict[str, Any], readings: list[tuple[float, float | None]]
) -> None:
    metering = meter({**BELGIUM, "net_metering": {"period": "month"}}, stored)
    now = NOON
    for seconds, power in readings:
        now += timedelta(seconds=seconds)  # clocks step back, too
        metering.add(now, power)
    for charge in metering.charges(now, now + timedelta(days=2)):
        assert 0.0 <= charge.peak <= 1e7
    assert metering.net_metering(now) is not None
