"""The base of every message and record: frozen, checked when made, JSON in and out.

A record is declared once as a typed dataclass; checks, JSON conversion and the published schema all follow from the
declaration. Fields that a newer version or another vendor added are kept in `extra` and written out again, as
IEC TR 62746-2:2015 clause 3.4.8 (upcoming profiles) asks. It must not know what any particular record means.
"""

from collections.abc import Mapping
import copy
import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final, Self, dataclass_transform, get_type_hints

from .convert import Converter, converter, foreign, text, utc
from .errors import ModelError, short_text

__all__ = ["LONGEST_DURATION", "SCHEMA_VERSION", "Declared", "Model", "declared", "item", "model", "quantity", "utc"]

SCHEMA_VERSION: Final = 1

LONGEST_DURATION: Final = 366 * 86_400.0

#: What any number in a unit may be, unless a field says otherwise. It keeps a slip of the unit (kW for W, ms for s)
#: and nonsense out, and sums of what is let in stay far from the ends of floating point and of the calendar.
BOUNDS: Final[Mapping[str, float]] = {"s": LONGEST_DURATION, "W": 1e9, "Wh": 1e12, "currency/kWh": 1e6}
LARGEST: Final = 1e15
LONGEST_LIST: Final = 20_000


def quantity(
    unit: str = "",
    *,
    default: Any = dataclasses.MISSING,
    minimum: float | None = None,
    maximum: float | None = None,
    doc: str = "",
    also: str = "",
) -> Any:
    """Declare a numeric field with its unit, its bounds (inclusive), what it means and what siblings call it."""
    bound = BOUNDS.get(unit, LARGEST)
    metadata = {
        "unit": unit,
        "minimum": -bound if minimum is None else minimum,
        "maximum": bound if maximum is None else maximum,
        "doc": doc,
        "also": also,
    }
    return field(default=default, kw_only=True, metadata=metadata)


def item(
    *,
    default: Any = dataclasses.MISSING,
    maximum_items: int = LONGEST_LIST,
    unit: str = "",
    doc: str = "",
    also: str = "",
) -> Any:
    """Declare any other field with what it means, what siblings call it and, for lists, unit and length."""
    bound = BOUNDS.get(unit, LARGEST)
    metadata = {
        "maximum_items": maximum_items,
        "unit": unit,
        "minimum": -bound,
        "maximum": bound,
        "doc": doc,
        "also": also,
    }
    return field(default=default, kw_only=True, metadata=metadata)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(quantity, item, field))
def model[T](cls: type[T]) -> type[T]:
    """Make a class a frozen, keyword-only record."""
    return dataclass(frozen=True, kw_only=True)(cls)


@model
class Model:
    """A record that checks itself when it is made and converts to and from JSON."""

    extra: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)

    #: Value of the `type` field in JSON where a record stands for one of several kinds; empty elsewhere.
    type_name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Bring every field to its declared type and refuse what does not fit."""
        for entry in declared(type(self)):
            value = getattr(self, entry.name)
            if value is None and entry.optional:
                continue
            converted = entry.convert(value, entry.name)
            if converted is not value:
                object.__setattr__(self, entry.name, converted)
        if self.extra:
            object.__setattr__(self, "extra", self._foreign_fields())
        self.check()

    def check(self) -> None:
        """Refuse combinations of fields that make no sense; overridden by records that have such rules."""

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, checked like a new record."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values; optional fields that are None are left out."""
        data: dict[str, Any] = copy.deepcopy(dict(self.extra)) if self.extra else {}
        if self.type_name:
            data["type"] = self.type_name
        for entry in declared(type(self)):
            value = getattr(self, entry.name)
            if value is not None or not entry.left_out:
                data[entry.name] = _plain(value)
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> Self:
        """Build the record from JSON values.

        Raises ModelError with the path of the first field that does not fit. Unknown fields are kept in `extra`.
        """
        try:
            return cls.parse(data)
        except ModelError as error:
            if path or not error.path:
                raise error.within(path or cls.__name__) from None
            raise

    @classmethod
    def parse(cls, data: object) -> Self:
        """Do the same for a record inside another: paths are seen from this one, which is the empty path itself."""
        if not isinstance(data, Mapping):
            raise ModelError("wrong_type", "", expected="an object", value=data)
        entries = declared(cls)
        names = {entry.name for entry in entries}
        known: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for key, value in data.items():
            if key in names:
                known[key] = value
            elif key == "type" and cls.type_name:
                if not isinstance(value, str) or value != cls.type_name:
                    raise ModelError("unknown_option", "type", expected=cls.type_name, value=value)
            else:
                extra[key] = value
        for entry in entries:
            if entry.required and entry.name not in known:
                raise ModelError("missing_field", entry.name)
        return cls(**known, extra=extra)

    def to_document(self) -> dict[str, Any]:
        """Return the record as a self-contained JSON document with schema name and version."""
        return {**self.to_json(), "schema": f"cem_sgcp/{type(self).__name__}", "schema_version": SCHEMA_VERSION}

    @classmethod
    def from_document(cls, data: object) -> Self:
        """Read a document written by `to_document`, this version's or an older one's."""
        if not isinstance(data, Mapping):
            raise ModelError("wrong_type", cls.__name__, expected="an object", value=data)
        version = data.get("schema_version", SCHEMA_VERSION)
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA_VERSION:
            raise ModelError("unknown_version", "schema_version", value=version, expected=SCHEMA_VERSION)
        name = f"cem_sgcp/{cls.__name__}"
        said = data.get("schema", name)
        if not isinstance(said, str) or said != name:
            raise ModelError("wrong_document", "schema", value=said, expected=name)
        return cls.from_json({key: value for key, value in data.items() if key not in {"schema", "schema_version"}})

    def _foreign_fields(self) -> dict[str, Any]:
        if not isinstance(self.extra, Mapping):
            raise ModelError("wrong_type", "extra", expected="an object", value=self.extra)
        names = {entry.name for entry in declared(type(self))}
        clean: dict[str, Any] = {}
        for key, value in self.extra.items():
            if text(key, "extra") in names:
                raise ModelError("duplicate", "extra", value=key)
            clean[key] = foreign(value, short_text(key))
        return clean


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared field: what a record does with it, and what the schema says of it."""

    name: str
    hint: Any
    metadata: Mapping[str, Any]
    convert: Converter
    optional: bool
    """Whether it may be None."""
    required: bool
    """Whether it must be given."""
    left_out: bool
    """Whether it is left out of JSON when it is None."""
    default: Any


def declared(cls: type[Model]) -> tuple[Declared, ...]:
    """Return the fields of a record in order, without `extra`."""
    return _declared(cls)  # type: ignore[arg-type]  # every class is hashable


@cache
def _declared(cls: type[Model]) -> tuple[Declared, ...]:
    hints = get_type_hints(cls)
    return tuple(
        Declared(
            name=spec.name,
            hint=hints[spec.name],
            metadata=spec.metadata,
            convert=(convert := converter(hints[spec.name], spec.metadata)),
            optional=_accepts_none(convert),
            required=spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING,
            left_out=spec.default is None,
            default=spec.default,
        )
        for spec in dataclasses.fields(cls)
        if spec.name != "extra"
    )


def _accepts_none(convert: Converter) -> bool:
    try:
        convert(None, "")
    except ModelError:
        return False
    return True


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, float | int):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Model):
        return value.to_json()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value]
