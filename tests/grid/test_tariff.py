"""Tariffs from their configuration, what is added to a price, and several figures in one profile."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.cem_sgcp.cem.model import (
    Interval,
    ModelError,
    PriceKind,
    PriceProfile,
    PriceSlot,
    PriceTier,
    Series,
)
from custom_components.cem_sgcp.grid.tariff import (
    EntityTariff,
    Figures,
    FixedTariff,
    NordPoolTariff,
    NoTariff,
    TimeOfUseTariff,
    combine,
    overlay,
    parse_figure,
    parse_tariff,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def series(*entries: tuple[float, float, float]) -> Series:
    return Series(intervals=tuple(Interval(start=at(start), end=at(end), value=value) for start, end, value in entries))


def test_every_source_is_read_from_its_configuration() -> None:
    assert parse_tariff(None) == parse_tariff({"source": "none"}) == NoTariff()
    assert parse_tariff({"source": "fixed", "price": 0.3}) == FixedTariff(price=0.3)
    tou = parse_tariff(
        {
            "source": "time_of_use",
            "periods": [{"start": "22:00", "end": "06:00", "weekdays": [0, 1], "price": 0.22}],
            "price": 0.31,
            "vat": 19,
        }
    )
    assert isinstance(tou, TimeOfUseTariff)
    assert (tou.periods[0].weekdays, tou.vat) == ((0, 1), 19.0)
    entity = parse_tariff({"source": "entity", "entity_id": "sensor.a", "entity_id_next": "event.b"})
    assert isinstance(entity, EntityTariff)
    assert entity.entity_ids == ("sensor.a", "event.b")
    nordpool = parse_tariff({"source": "nordpool", "config_entry_id": "abc", "area": "NL", "surcharge": 0.1})
    assert nordpool == NordPoolTariff(config_entry_id="abc", area="NL", surcharge=0.1)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"source": "magic"}, "import_tariff.source"),
        ({"source": ["fixed"]}, "import_tariff.source"),
        ({"source": "fixed"}, "import_tariff.price"),
        ({"source": "fixed", "price": "dear"}, "import_tariff.price"),
        ({"source": "fixed", "price": float("inf")}, "import_tariff.price"),
        ({"source": "fixed", "price": 0.3, "vat": -1}, "import_tariff.vat"),
        ({"source": "entity"}, "import_tariff.entity_id"),
        (
            {"source": "time_of_use", "price": 1, "periods": [{"start": "x", "end": "1", "price": 1}]},
            "import_tariff.periods[0].start",
        ),
        ([1], "import_tariff"),
    ],
)
def test_a_configuration_that_makes_no_sense_names_its_field(config: object, path: str) -> None:
    with pytest.raises(ModelError) as error:
        parse_tariff(config, "import_tariff")
    assert error.value.path == path


def test_environment_figures_from_their_configuration() -> None:
    assert parse_figure(None, "co2").value is None
    assert parse_figure({"source": "fixed", "value": 380}, "co2").value == 380.0
    assert parse_figure({"source": "entity", "entity_id": "sensor.co2"}, "co2").entity_id == "sensor.co2"
    for config, path in (
        ({"source": "fixed"}, "co2.value"),
        ({"source": "entity"}, "co2.entity_id"),
        ({"source": "guess"}, "co2.source"),
        ({"source": "fixed", "value": -1}, "co2.value"),
    ):
        with pytest.raises(ModelError) as error:
            parse_figure(config, "co2")
        assert error.value.path == path


def test_tax_is_on_price_and_surcharge() -> None:
    tariff = FixedTariff(price=0.1, surcharge=0.05, vat=20)
    assert tariff.gross(0.1) == pytest.approx(0.18)
    assert tariff.gross(-0.1) == pytest.approx(-0.06)


def test_slots_change_where_any_figure_changes() -> None:
    profile = combine(
        Figures(series((0, 1, 0.2), (1, 2, 0.3))),
        Figures(series((0, 4, 0.08))),
        Figures(forecast=series((0.5, 1.5, 300.0))),
        Figures(series((3.5, 5, 0.4))),
        start=at(0),
        end=at(6),
        currency="EUR",
    )
    figures = [
        (
            (slot.start - NOW).total_seconds() / 3600,
            slot.import_price,
            slot.export_price,
            slot.co2,
            slot.renewable_share,
        )
        for slot in profile.slots
    ]
    assert figures == [
        (0.0, 0.2, 0.08, None, None),
        (0.5, 0.2, 0.08, 300.0, None),
        (1.0, 0.3, 0.08, 300.0, None),
        (1.5, 0.3, 0.08, None, None),
        (2.0, None, 0.08, None, None),
        (3.5, None, 0.08, None, 0.4),
        (4.0, None, None, None, 0.4),
    ]
    assert profile.slots[-1].end == at(5)
    assert {slot.kind for slot in profile.slots} == {PriceKind.CONFIRMED}


def test_a_slot_is_a_forecast_if_a_price_in_it_is_one() -> None:
    price = Figures(series((0, 1, 0.2)), series((0, 3, 0.5)))
    profile = combine(
        price, Figures(series((0, 2, 0.08))), Figures(), Figures(), start=at(0), end=at(3), currency="EUR"
    )
    assert [(slot.import_price, slot.kind) for slot in profile.slots] == [
        (0.2, PriceKind.CONFIRMED),
        (0.5, PriceKind.FORECAST),
        (0.5, PriceKind.FORECAST),
    ]


def test_relative_prices_stand_above_the_sources_as_prices() -> None:
    base = PriceProfile(
        reference_import_price=0.2,
        slots=(
            PriceSlot(start=at(0), end=at(1), relative_import_price=1.5),
            PriceSlot(start=at(1), end=at(4), import_price=0.3, export_price=0.1),
        ),
    )
    override = PriceProfile(
        reference_export_price=0.05,
        slots=(PriceSlot(start=at(2), end=at(3), relative_import_price=2.0, relative_export_price=3.0),),
    )
    result = overlay(base, override)
    assert [(result.import_price(slot), result.export_price(slot)) for slot in result.slots] == [
        (pytest.approx(0.3), None),
        (0.3, 0.1),
        (pytest.approx(0.4), pytest.approx(0.15)),
        (0.3, 0.1),
    ]


def test_a_profile_by_action_stands_above_the_sources_where_it_has_slots() -> None:
    base = PriceProfile(
        currency="SEK", slots=(PriceSlot(start=at(0), end=at(4), import_price=0.3, export_price=0.1, co2=100),)
    )
    tier = PriceTier(boundary="power", lower=5000, price=0.9)
    override = PriceProfile(
        slots=(
            PriceSlot(start=at(1), end=at(2), import_price=0.5, import_tiers=(tier,), kind=PriceKind.FORECAST),
            PriceSlot(start=at(3), end=at(6), export_price=0.2, renewable_share=0.5),
        )
    )
    result = overlay(base, override)
    assert result.currency == "SEK"
    assert [
        (s.start, s.end, s.import_price, s.export_price, s.co2, s.renewable_share, s.kind) for s in result.slots
    ] == [
        (at(0), at(1), 0.3, 0.1, 100.0, None, PriceKind.CONFIRMED),
        (at(1), at(2), 0.5, 0.1, 100.0, None, PriceKind.FORECAST),
        (at(2), at(3), 0.3, 0.1, 100.0, None, PriceKind.CONFIRMED),
        (at(3), at(4), 0.3, 0.2, 100.0, 0.5, PriceKind.CONFIRMED),
        (at(4), at(6), None, 0.2, None, 0.5, PriceKind.CONFIRMED),
    ]
    assert [len(slot.import_tiers) for slot in result.slots] == [0, 1, 0, 0, 0]
