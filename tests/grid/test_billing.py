"""What a tariff charges besides its price per kWh."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.cem_sgcp.cem.model import ModelError, PriceProfile, PriceSlot
from custom_components.cem_sgcp.grid.billing import BillingPeriod, billing_period, parse_billing, with_charges

BERLIN = ZoneInfo("Europe/Berlin")

#: The three steps of a network operator's §14a EnWG module 3: standard, high in the evening, low at night.
MODULE_3 = {
    "price": 0.0954,
    "periods": [
        {"start": "17:00", "end": "20:00", "weekdays": [0, 1, 2, 3, 4, 5, 6], "price": 0.1584},
        {"start": "23:00", "end": "06:00", "weekdays": [0, 1, 2, 3, 4, 5, 6], "price": 0.0286},
    ],
}


def hourly(start: datetime, hours: int, price: float | None = 0.20) -> PriceProfile:
    return PriceProfile(
        slots=tuple(
            PriceSlot(
                start=start + timedelta(hours=hour),
                end=start + timedelta(hours=hour + 1),
                import_price=price,
                export_price=0.08,
            )
            for hour in range(hours)
        )
    )


def at(profile: PriceProfile, moment: datetime) -> PriceSlot:
    slot = profile.at(moment)
    assert slot is not None
    return slot


def test_module_3_adds_its_three_steps_to_the_price_of_energy() -> None:
    billing = parse_billing({"network_fee": MODULE_3})
    profile = with_charges(hourly(datetime(2026, 11, 23, 0, tzinfo=UTC), 24), billing, BERLIN)
    for hour, fee in ((2, 0.0286), (12, 0.0954), (17, 0.1584), (19, 0.1584), (20, 0.0954), (23, 0.0286)):
        moment = datetime(2026, 11, 23, hour, 30, tzinfo=BERLIN)
        assert at(profile, moment).import_price == pytest.approx(0.20 + fee), hour
        assert at(profile, moment).export_price == 0.08


def test_a_slot_is_split_where_the_fee_changes_and_days_of_25_hours_have_no_gap() -> None:
    fee = {"price": 0.1, "periods": [{"start": "00:10", "end": "03:40", "price": 0.0}]}
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)  # local midnight; the clock goes back an hour in the night
    profile = with_charges(hourly(start, 25), parse_billing({"network_fee": fee}), BERLIN)
    assert profile.slots[0].start == start
    assert profile.slots[-1].end == start + timedelta(hours=25)
    assert all(before.end == after.start for before, after in zip(profile.slots, profile.slots[1:], strict=False))
    cheap = sum(
        (slot.end - slot.start).total_seconds() for slot in profile.slots if slot.import_price == pytest.approx(0.20)
    )
    assert cheap == (3.5 + 1.0) * 3600


def test_where_no_price_is_known_no_fee_makes_one() -> None:
    profile = hourly(datetime(2026, 11, 23, tzinfo=UTC), 3, None)
    assert with_charges(profile, parse_billing({"network_fee": MODULE_3}), BERLIN).slots == profile.slots


def test_energy_tiers_count_what_was_imported_in_the_billing_period() -> None:
    # Japan's three steps: up to 120 kWh, up to 300 kWh, beyond.
    tiers = {
        "period": "month",
        "tiers": [
            {"boundary": "energy", "above": 120, "surcharge": 0.06},
            {"boundary": "energy", "above": 300, "surcharge": 0.10},
        ],
    }
    start = datetime(2026, 11, 30, 12, tzinfo=UTC)
    profile = with_charges(hourly(start, 24), parse_billing({"tiers": tiers}), BERLIN, imported=150.0)
    now = at(profile, start).import_tiers
    assert [(tier.lower, tier.upper, round(tier.price, 9)) for tier in now] == [
        (0.0, 150_000.0, 0.26),
        (150_000.0, None, 0.30),
    ]
    december = at(profile, start + timedelta(hours=12)).import_tiers
    assert [(tier.lower, tier.upper) for tier in december] == [
        (0.0, 120_000.0),
        (120_000.0, 300_000.0),
        (300_000.0, None),
    ]


def test_power_tiers_hold_in_every_slot() -> None:
    tiers = {"tiers": [{"boundary": "power", "above": 3000, "surcharge": 0.05}], "period": "day"}
    profile = with_charges(hourly(datetime(2026, 11, 23, tzinfo=UTC), 2), parse_billing({"tiers": tiers}), BERLIN)
    for slot in profile.slots:
        assert [(tier.lower, tier.upper, round(tier.price, 9)) for tier in slot.import_tiers] == [
            (0.0, 3000.0, 0.20),
            (3000.0, None, 0.25),
        ]


@pytest.mark.parametrize(
    ("period", "first_month", "moment", "start", "end"),
    [
        ("day", 1, "2026-03-29T12:00+02:00", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        ("month", 1, "2026-11-30T23:59+01:00", "2026-11-01T00:00+01:00", "2026-12-01T00:00+01:00"),
        ("month", 1, "2026-01-31T12:00+01:00", "2026-01-01T00:00+01:00", "2026-02-01T00:00+01:00"),
        ("year", 4, "2026-03-31T23:00+02:00", "2025-04-01T00:00+02:00", "2026-04-01T00:00+02:00"),
        ("year", 4, "2026-04-01T00:00+02:00", "2026-04-01T00:00+02:00", "2027-04-01T00:00+02:00"),
    ],
)
def test_billing_periods_begin_at_local_midnight(
    period: str, first_month: int, moment: str, start: str, end: str
) -> None:
    found = billing_period(datetime.fromisoformat(moment), BillingPeriod(period), BERLIN, first_month)
    assert found == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC)), st.sampled_from(BillingPeriod))  # noqa: DTZ001
def test_a_moment_lies_in_its_own_billing_period(moment: datetime, period: BillingPeriod) -> None:
    start, end = billing_period(moment, period, BERLIN, 7)
    assert start <= moment < end
    assert billing_period(end, period, BERLIN, 7)[0] == end


def test_nothing_configured_charges_nothing() -> None:
    billing = parse_billing({"network_fee": {}, "tiers": {"period": "month"}, "net_metering": {"period": "none"}})
    assert (billing.network_fee, billing.tiers, billing.capacity, billing.net_metering) == (None,) * 4


@pytest.mark.parametrize(
    "options",
    [
        {"capacity": {"price": -1}},
        {"capacity": {"price": 3, "window_minutes": "abc"}},
        {"capacity": {"price": 3, "start": "25:00"}},
        {"net_metering": {"period": "fortnight"}},
        {"tiers": {"tiers": [{"boundary": "energy", "above": float("nan"), "surcharge": 0.1}]}},
        {"network_fee": {"price": float("inf")}},
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(options: dict[str, Any]) -> None:
    with pytest.raises(ModelError) as refused:
        parse_billing(options)
    assert refused.value.path.startswith(next(iter(options)))
