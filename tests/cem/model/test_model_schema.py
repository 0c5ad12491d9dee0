"""The published schema: made from the declarations, taking what the model takes, refusing what it refuses."""

import json
from pathlib import Path
import runpy
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator
import pytest

from custom_components.cem_sgcp.cem.model import (
    Limit,
    Model,
    ModelError,
    PriceProfile,
    Resource,
    Run,
    SiteSnapshot,
    Slot,
)
from custom_components.cem_sgcp.cem.model.base import declared
from tests.cem.model.strategies import RECORDS, records

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "schema.json").read_text(encoding="utf-8"))
DOCUMENTS = Draft202012Validator(SCHEMA)
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def validator(cls: type[Model]) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{cls.__name__}", "$defs": SCHEMA["$defs"]})


def test_the_published_files_are_those_of_the_declarations() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "schema.py"))
    for name in ("json_text", "markdown"):
        path = script["JSON_FILE" if name == "json_text" else "TEXT_FILE"]
        assert path.read_text(encoding="utf-8") == script[name](), f"{path.name} is out of date: run scripts/schema"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {cls.__name__ for cls in RECORDS} <= set(SCHEMA["$defs"])


def test_every_field_is_in_the_schema_and_every_number_has_bounds() -> None:
    for cls in RECORDS:
        definition = SCHEMA["$defs"][cls.__name__]
        assert set(definition["properties"]) - {"type"} == {entry.name for entry in declared(cls)}
        assert definition["required"] == [entry.name for entry in declared(cls) if entry.required]
        assert definition["description"].endswith((".", ":"))
    for line in json.dumps(SCHEMA, indent=0).split("{"):
        if '"type": "number"' in line or '"type": "integer"' in line:
            assert '"minimum"' in line
            assert '"maximum"' in line


def test_units_are_published() -> None:
    slot = SCHEMA["$defs"]["Slot"]["properties"]
    assert (slot["duration"]["x-unit"], slot["p_exp"]["x-unit"], slot["e_exp"]["x-unit"]) == ("s", "W", "Wh")
    assert SCHEMA["$defs"]["PriceSlot"]["properties"]["co2"]["x-unit"] == "gCO2/kWh"


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
@FEW
@given(data=st.data())
def test_the_schema_takes_every_record(cls: type[Model], data: st.DataObject) -> None:
    record = data.draw(records(cls))
    validator(cls).validate(json.loads(json.dumps(record.to_json())))


@settings(FEW, max_examples=15)
@given(record=st.sampled_from([PriceProfile, Limit, Slot, Run]).flatmap(records))
def test_the_schema_takes_every_document_and_knows_its_kind(record: Model) -> None:
    document = json.loads(json.dumps(record.to_document()))
    DOCUMENTS.validate(document)
    assert not DOCUMENTS.is_valid(document | {"schema_version": 2})
    assert not DOCUMENTS.is_valid(document | {"schema": "cem_sgcp/Nothing"})
    assert not DOCUMENTS.is_valid({key: value for key, value in document.items() if key != "schema"})


SPOILERS: list[Any] = [None, True, "text", -1, -1e300, 1e300, 10**400, [], {}, [None], {"type": "battery"}, 0.5]


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
@FEW
@given(data=st.data())
def test_what_the_schema_refuses_in_a_field_the_model_refuses_too(cls: type[Model], data: st.DataObject) -> None:
    """And the other way round, for what concerns one field by itself."""
    document = json.loads(json.dumps(data.draw(records(cls)).to_json()))
    entry = data.draw(st.sampled_from(declared(cls))) if declared(cls) else None
    if entry is None:
        return
    spoiled = document | {entry.name: data.draw(st.sampled_from(SPOILERS))}
    refused_by_schema = not validator(cls).is_valid(spoiled)
    error = refusal(cls, spoiled)
    if error is None:
        assert not refused_by_schema
    elif error.key in {"wrong_type", "not_finite", "too_low", "too_high", "unknown_option"}:
        assert refused_by_schema, str(error)


def refusal(cls: type[Model], document: object) -> ModelError | None:
    """Return why the model refuses a document, or None."""
    try:
        cls.from_json(document)
    except ModelError as error:
        return error
    return None


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_a_missing_field_is_refused_by_both(cls: type[Model]) -> None:
    required = [entry.name for entry in declared(cls) if entry.required]
    if required:
        assert not validator(cls).is_valid({})
        with pytest.raises(ModelError, match=f"{required[0]} is missing"):
            cls.from_json({})


@pytest.mark.parametrize("moment", ["2026-11-23T12:00:00", "2026-11-23", "noon", "", "12:00Z", "2026-11-23T12:00+1"])
def test_a_moment_without_an_offset_is_refused_by_both(moment: str) -> None:
    limit = {"limit_id": "x", "source": "x", "direction": "import", "value": 1, "start": moment}
    assert not validator(Limit).is_valid(limit)
    with pytest.raises(ModelError):
        Limit.from_json(limit)


@pytest.mark.parametrize(
    "moment",
    ["2026-11-23T12:00:00Z", "2026-11-23T12:00:00+01:00", "2026-11-23T12:00:00.250-03:30", "2026-11-23 12:00+00:00"],
)
def test_a_moment_with_an_offset_is_taken_by_both(moment: str) -> None:
    limit = {"limit_id": "x", "source": "x", "direction": "import", "value": 1, "start": moment}
    validator(Limit).validate(limit)
    assert Limit.from_json(limit).start.isoformat().endswith("+00:00")


def test_the_kind_of_a_control_is_told_by_its_type() -> None:
    good = {"resource_id": "pv", "control": {"type": "power_envelope"}}
    validator(Resource).validate(good)
    for control in ({}, {"type": "battery"}, {"type": "fill_rate"}, "power_envelope"):
        assert not validator(Resource).is_valid(good | {"control": control})
        with pytest.raises(ModelError, match="control"):
            Resource.from_json(good | {"control": control})
    assert SCHEMA["$defs"]["SiteSnapshot"]["required"][:1] == ["now"]
    assert issubclass(SiteSnapshot, Model)
