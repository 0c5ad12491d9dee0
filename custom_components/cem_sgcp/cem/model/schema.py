"""The published schema: JSON Schema (draft 2020-12) of every record, made from the same declarations as the checks.

IEC TR 62746-2:2015 clause 3.1 asks for neutral interfaces; whoever wants to send us a profile finds here what it must
look like. Rules between fields (orders, windows, names) are the records' own and not in it. It must not know what any
particular record means.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
import types
from typing import Any, Final, Union, get_args, get_origin

from .base import SCHEMA_VERSION, Declared, Model, declared
from .convert import FIRST_YEAR, LAST_YEAR, LONGEST_TEXT

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

#: ISO 8601 with an offset: a time without one is not a moment.
MOMENT_PATTERN: Final = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]\d{2}:?\d{2}(:?\d{2})?)$"


def json_schema(records: Mapping[str, type[Model]]) -> dict[str, Any]:
    """Return the schema of documents that hold one of the records; each record has its own under `$defs`."""
    definitions: dict[str, Any] = {}
    for cls in records.values():
        _define(cls, definitions)
    return {
        "$schema": DRAFT,
        "title": f"Documents of the customer energy manager, schema version {SCHEMA_VERSION}",
        "description": (
            "A document names its record in `schema` and its version in `schema_version`. Units are W, Wh, s, °C, "
            "currency/kWh and gCO2/kWh; consumption and import are positive, generation and export negative; moments "
            f"carry an offset and lie between the years {FIRST_YEAR} and {LAST_YEAR}. Unknown fields are kept."
        ),
        "oneOf": [
            {
                "properties": {
                    "schema": {"const": f"cem_sgcp/{name}"},
                    "schema_version": {"type": "integer", "minimum": 1, "maximum": SCHEMA_VERSION},
                },
                "required": ["schema", "schema_version"],
                "$ref": f"#/$defs/{name}",
            }
            for name in records
        ],
        "$defs": dict(sorted(definitions.items())),
    }


def _define(cls: type[Model], definitions: dict[str, Any]) -> None:
    if cls.__name__ in definitions:
        return
    properties: dict[str, Any] = {}
    definitions[cls.__name__] = {
        "type": "object",
        "description": sentence(cls),
        "properties": properties,
        "required": [entry.name for entry in declared(cls) if entry.required],
        "additionalProperties": True,
    }
    if cls.type_name:
        properties["type"] = {"const": cls.type_name}
    for entry in declared(cls):
        properties[entry.name] = _property(entry, definitions)


def _property(entry: Declared, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _schema(entry.hint, entry.metadata, definitions)
    notes: dict[str, Any] = {}
    if entry.metadata.get("doc"):
        notes["description"] = entry.metadata["doc"]
    if entry.metadata.get("unit"):
        notes["x-unit"] = entry.metadata["unit"]
    if entry.metadata.get("also"):
        notes["x-also-called"] = entry.metadata["also"]
    if not entry.required and entry.default is not None:
        notes["default"] = _plain(entry.default)
    return {**schema, **notes}


def _schema(hint: Any, metadata: Mapping[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if hasattr(hint, "__value__"):
        return _schema(hint.__value__, metadata, definitions)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _union(arguments, metadata, definitions)
    if origin is tuple:
        items = _schema(arguments[0], metadata, definitions)
        return {"type": "array", "items": items, "maxItems": metadata["maximum_items"]}
    if hint in {float, int}:
        kind = "integer" if hint is int else "number"
        return {"type": kind, "minimum": metadata["minimum"], "maximum": metadata["maximum"]}
    if hint is bool:
        return {"type": "boolean"}
    if hint is datetime:
        return {"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}
    if issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    if issubclass(hint, Model):
        _define(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return {"type": "string", "maxLength": LONGEST_TEXT}


def _union(arguments: tuple[Any, ...], metadata: Mapping[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one of several records told apart by `type`, or of something that may be null."""
    kinds = [kind for kind in arguments if kind is not types.NoneType]
    if len(kinds) == 1:
        return {"anyOf": [_schema(kinds[0], metadata, definitions), {"type": "null"}]}
    choices: list[dict[str, Any]] = []
    for kind in kinds:
        _define(kind, definitions)
        choices.append(
            {
                "$ref": f"#/$defs/{kind.__name__}",
                "properties": {"type": {"const": kind.type_name}},
                "required": ["type"],
            }
        )
    return {"oneOf": choices}


def sentence(cls: type) -> str:
    """Return the first sentence that a record says of itself."""
    return (cls.__doc__ or "").strip().splitlines()[0]


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_json()
    return list(value) if isinstance(value, tuple) else value
