"""Every record goes to JSON and comes back the same, with whatever it did not understand."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.cem.model import Model, ModelError, Plan, PriceProfile, SiteSnapshot
from tests.cem.model.strategies import RECORDS, foreign_fields, records

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
@SLOW
@given(data=st.data())
def test_every_record_survives_json(cls: type[Model], data: st.DataObject) -> None:
    record = data.draw(records(cls))
    text = json.dumps(record.to_json(), allow_nan=False)
    again = cls.from_json(json.loads(text))
    assert again == record
    assert again.extra == record.extra
    assert json.dumps(again.to_json()) == text
    assert hash(again) == hash(record)


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
@settings(SLOW, max_examples=5)
@given(data=st.data())
def test_every_record_survives_as_a_document(cls: type[Model], data: st.DataObject) -> None:
    record = data.draw(records(cls))
    document = json.loads(json.dumps(record.to_document()))
    assert document["schema"] == f"cem_sgcp/{cls.__name__}"
    assert document["schema_version"] == 1
    assert cls.from_document(document) == record


def objects(value: Any) -> list[dict[str, Any]]:
    """All objects of a document, at every depth, but those inside fields that nobody understands."""
    if isinstance(value, list):
        return [found for entry in value for found in objects(entry)]
    if isinstance(value, dict):
        return [value, *(found for key, entry in value.items() if not key.startswith("x-") for found in objects(entry))]
    return []


@pytest.mark.parametrize("cls", [SiteSnapshot, Plan, PriceProfile], ids=lambda cls: cls.__name__)
@SLOW
@given(data=st.data())
def test_unknown_fields_survive_at_every_depth(cls: type[Model], data: st.DataObject) -> None:
    document = data.draw(records(cls)).to_json()
    for index, entry in enumerate(objects(document)):
        entry.update(data.draw(foreign_fields))
        entry["x-later"] = {"value": index, "more": [None, {"deep": True}]}
    assert cls.from_json(document).to_json() == document


def test_a_caller_cannot_change_a_record_through_its_unknown_fields() -> None:
    source = {"slots": [], "x": {"list": [1]}}
    profile = PriceProfile.from_json(source)
    source["x"]["list"].append(2)  # type: ignore[index]
    profile.to_json()["x"]["list"].append(3)
    assert profile.extra == {"x": {"list": [1]}}


def test_an_unknown_field_cannot_stand_in_for_a_known_one() -> None:
    with pytest.raises(ModelError, match="extra uses the name currency"):
        PriceProfile(slots=(), extra={"currency": "SEK"})


@pytest.mark.parametrize("version", [0, 2, 10**400, -1, "1", 1.0, None, True, [1]])
def test_a_document_of_a_later_version_is_refused_by_name(version: object) -> None:
    with pytest.raises(ModelError, match="schema version"):
        PriceProfile.from_document({"schema_version": version, "slots": []})


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelError, match=r"must be a cem_sgcp/Plan, but it is a cem_sgcp/PriceProfile"):
        Plan.from_document(PriceProfile(slots=()).to_document())
    with pytest.raises(ModelError, match="Plan must be an object"):
        Plan.from_document([])


def test_a_document_without_a_version_is_one_of_this_version() -> None:
    assert PriceProfile.from_document({"slots": [], "currency": "SEK"}).currency == "SEK"
