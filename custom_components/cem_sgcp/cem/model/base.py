"""The base of every message and record: frozen, checked when made, JSON in and out.

A record is declared once as a typed dataclass; checks, JSON conversion and the published schema all follow from the
declaration. Fields that a newer version or another vendor added are kept in `extra` and written out again, as
IEC TR 62746-2 clause 3.4.8 (upcoming profiles) asks. It must not know what any particular record means.
"""

from collections.abc import Callable, Mapping
import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
import math
import types
from typing import Any, ClassVar, Self, Union, cast, dataclass_transform, get_args, get_origin, get_type_hints

from .errors import ModelError

SCHEMA_VERSION = 1


def quantity(
    unit: str = "",
    *,
    default: Any = dataclasses.MISSING,
    minimum: float | None = None,
    maximum: float | None = None,
    doc: str = "",
) -> Any:
    """Declare a numeric field with its unit, its bounds (inclusive) and what it means."""
    return field(
        default=default, kw_only=True, metadata={"unit": unit, "minimum": minimum, "maximum": maximum, "doc": doc}
    )


def item(*, default: Any = dataclasses.MISSING, maximum_items: int | None = None, doc: str = "") -> Any:
    """Declare any other field with what it means and, for lists, how long it may be."""
    return field(default=default, kw_only=True, metadata={"maximum_items": maximum_items, "doc": doc})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(quantity, item, field))
def model[T](cls: type[T]) -> type[T]:
    """Make a class a frozen, keyword-only record."""
    return dataclass(frozen=True, kw_only=True)(cls)


@model
class Model:
    """A record that checks itself when it is made and converts to and from JSON."""

    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    #: Value of the `type` field in JSON where a record stands for one of several kinds; empty elsewhere.
    type_name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Bring every field to its declared type and refuse what does not fit."""
        for name, convert in _converters(type(self)):  # type: ignore[arg-type]  # every class is hashable
            value = getattr(self, name)
            converted = convert(value, name)
            if converted is not value:
                object.__setattr__(self, name, converted)
        self.check()

    def check(self) -> None:
        """Refuse combinations of fields that make no sense; overridden by records that have such rules."""

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, checked like a new record."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON values; fields that are None or empty by default are left out."""
        data: dict[str, Any] = {"type": self.type_name} if self.type_name else {}
        for spec in dataclasses.fields(self):
            if spec.name == "extra":
                continue
            value = getattr(self, spec.name)
            if value is None and spec.default is None:
                continue
            data[spec.name] = _plain(value)
        return {**self.extra, **data}

    @classmethod
    def from_json(cls, data: object, path: str = "") -> Self:
        """Build the record from JSON values.

        Raises ModelError with the path of the first field that does not fit. Unknown fields are kept in `extra`.
        """
        if not isinstance(data, Mapping):
            raise ModelError("wrong_type", path or cls.__name__, expected="an object", value=data)
        known: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        names = {spec.name for spec in dataclasses.fields(cls)} - {"extra"}
        for key, value in data.items():
            if key in names:
                known[key] = value
            elif not (key == "type" and cls.type_name):
                extra[str(key)] = value
        for spec in dataclasses.fields(cls):
            required = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
            if required and spec.name not in known:
                raise ModelError("missing_field", f"{path}.{spec.name}" if path else spec.name)
        try:
            return cls(**known, extra=extra)
        except ModelError as error:
            if path:
                raise error.within(path) from error
            raise

    def to_document(self) -> dict[str, Any]:
        """Return the record as a self-contained JSON document with schema name and version."""
        return {"schema": f"cem_sgcp/{type(self).__name__}", "schema_version": SCHEMA_VERSION, **self.to_json()}

    @classmethod
    def from_document(cls, data: object) -> Self:
        """Read a document written by `to_document`, this version's or an older one's."""
        if not isinstance(data, Mapping):
            raise ModelError("wrong_type", cls.__name__, expected="an object", value=data)
        version = data.get("schema_version", SCHEMA_VERSION)
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA_VERSION:
            raise ModelError("unknown_version", "schema_version", value=version, expected=SCHEMA_VERSION)
        return cls.from_json({key: value for key, value in data.items() if key not in {"schema", "schema_version"}})


type Converter = Callable[[Any, str], Any]


@cache
def _converters(cls: type[Model]) -> tuple[tuple[str, Converter], ...]:
    hints = get_type_hints(cls)
    return tuple(
        (spec.name, _converter(hints[spec.name], spec.metadata))
        for spec in dataclasses.fields(cls)
        if spec.name != "extra"
    )


def _converter(hint: Any, metadata: Mapping[str, Any]) -> Converter:
    """Return the function that checks and converts one field of the given type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hasattr(hint, "__value__"):
        return _converter(hint.__value__, metadata)
    if origin in {Union, types.UnionType}:
        return _optional_or_union(arguments, metadata)
    if origin is tuple:
        return _list_converter(_converter(arguments[0], metadata), metadata)
    if hint is bool:
        return _bool
    if hint is float:
        return _number_converter(metadata, whole=False)
    if hint is int:
        return _number_converter(metadata, whole=True)
    if hint is str:
        return _text
    if hint is datetime:
        return utc
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum_converter(hint)
    if isinstance(hint, type) and issubclass(hint, Model):
        return _record_converter((hint,))
    return lambda value, path: value


def _optional_or_union(arguments: tuple[Any, ...], metadata: Mapping[str, Any]) -> Converter:
    kinds = tuple(kind for kind in arguments if kind is not types.NoneType)
    inner = _converter(kinds[0], metadata) if len(kinds) == 1 else _record_converter(kinds)
    if len(kinds) == len(arguments):
        return inner
    return lambda value, path: None if value is None else inner(value, path)


def _list_converter(inner: Converter, metadata: Mapping[str, Any]) -> Converter:
    maximum = metadata.get("maximum_items")

    def convert(value: Any, path: str) -> tuple[Any, ...]:
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
            raise ModelError("wrong_type", path, expected="a list", value=value)
        values = value if isinstance(value, tuple) else tuple(value)
        if maximum is not None and len(values) > maximum:
            raise ModelError("too_many", path, value=len(values), maximum=maximum)
        converted = tuple(inner(entry, f"{path}[{index}]") for index, entry in enumerate(values))
        unchanged = len(values) == len(converted) and all(a is b for a, b in zip(values, converted, strict=True))
        return values if unchanged else converted

    return convert


def _number_converter(metadata: Mapping[str, Any], *, whole: bool) -> Converter:
    minimum, maximum, unit = metadata.get("minimum"), metadata.get("maximum"), metadata.get("unit", "")

    def convert(value: Any, path: str) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            # numpy's numbers are accepted: they know how to become a plain number.
            if not hasattr(value, "__float__") or isinstance(value, bool | str):
                raise ModelError("wrong_type", path, expected="a number", value=value)
            value = float(value)
        try:
            number = float(value)
        except OverflowError as error:
            raise ModelError("not_finite", path, value="a number too large") from error
        if not math.isfinite(number):
            raise ModelError("not_finite", path, value=value)
        if whole and number != int(number):
            raise ModelError("wrong_type", path, expected="a whole number", value=value)
        if minimum is not None and number < minimum:
            raise ModelError("too_low", path, minimum=minimum, value=value, unit=unit)
        if maximum is not None and number > maximum:
            raise ModelError("too_high", path, maximum=maximum, value=value, unit=unit)
        if whole:
            return int(number)
        return value if type(value) is float else number

    return convert


def _enum_converter(kind: type[StrEnum]) -> Converter:
    def convert(value: Any, path: str) -> StrEnum:
        if isinstance(value, kind):
            return value
        try:
            return kind(value)
        except ValueError as error:
            expected = ", ".join(member.value for member in kind)
            raise ModelError("unknown_option", path, expected=expected, value=value) from error

    return convert


def _record_converter(kinds: tuple[Any, ...]) -> Converter:
    by_type = {kind.type_name: kind for kind in kinds}

    def convert(value: Any, path: str) -> Model:
        if isinstance(value, kinds):
            return cast("Model", value)
        if len(kinds) == 1:
            return cast("Model", kinds[0].from_json(value, path))
        name = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(name, str) or name not in by_type:
            raise ModelError("unknown_option", f"{path}.type", expected=", ".join(by_type), value=name)
        return cast("Model", by_type[name].from_json(value, path))

    return convert


def _bool(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise ModelError("wrong_type", path, expected="true or false", value=value)
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise ModelError("wrong_type", path, expected="a text", value=value)
    return value


def utc(value: Any, path: str) -> datetime:
    """Return a moment in UTC; accepts a datetime with time zone or ISO 8601 text with offset."""
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise ModelError("wrong_type", path, expected="a time in ISO 8601 form", value=value) from error
    if not isinstance(moment, datetime):
        raise ModelError("wrong_type", path, expected="a time", value=value)
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ModelError("no_time_zone", path, value=value)
    try:
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except OverflowError as error:
        raise ModelError("wrong_type", path, expected="a time between the years 1 and 9999", value=value) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value
