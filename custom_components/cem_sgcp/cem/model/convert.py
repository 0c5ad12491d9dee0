"""From what was sent to what was declared: one converter per declared type.

Whatever comes from outside may be of the wrong type, NaN, negative, enormous, deep or malicious; a converter returns
a clean value or raises ModelError, never anything else. It must not know what any particular record means.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
import math
import types
from typing import Any, Final, Union, get_args, get_origin

from .errors import ModelError, short_text

type Converter = Callable[[Any, str], Any]

LONGEST_TEXT: Final = 10_000
LARGEST_FOREIGN: Final = 2**63 - 1
DEEPEST_FOREIGN: Final = 32
MOST_FOREIGN: Final = 100_000
#: Moments beyond these years are mistakes, and adding durations to them would leave the calendar.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999


def converter(hint: Any, metadata: Mapping[str, Any]) -> Converter:
    """Return the function that checks and converts one field of the given type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hasattr(hint, "__value__"):
        return converter(hint.__value__, metadata)
    if origin in {Union, types.UnionType}:
        return _optional_or_union(arguments, metadata)
    if origin is tuple:
        return _list_converter(converter(arguments[0], metadata), metadata, arguments[0])
    if origin is Mapping:
        return _object
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if hint in {float, int}:
        return _number_converter(metadata, whole=hint is int)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum_converter(hint)
    if hasattr(hint, "type_name"):
        return _record_converter((hint,))
    raise TypeError(f"no field of a record can have the type {hint}")


def _object(value: Any, path: str) -> Mapping[str, Any]:
    """Accept an object whose entries the record itself checks."""
    if not isinstance(value, Mapping):
        raise ModelError("wrong_type", path, expected="an object", value=value)
    return value


def _optional_or_union(arguments: tuple[Any, ...], metadata: Mapping[str, Any]) -> Converter:
    kinds = tuple(kind for kind in arguments if kind is not types.NoneType)
    inner = converter(kinds[0], metadata) if len(kinds) == 1 else _record_converter(kinds)
    if len(kinds) == len(arguments):
        return inner
    return lambda value, path: None if value is None else inner(value, path)


def _list_converter(inner: Converter, metadata: Mapping[str, Any], hint: object) -> Converter:
    maximum = metadata.get("maximum_items")
    least, most = metadata.get("minimum"), metadata.get("maximum")
    options = isinstance(hint, type) and issubclass(hint, StrEnum)

    def plain(values: tuple[Any, ...]) -> bool:
        """Whether all fit as they are, seen at a glance: a plan has tens of thousands of numbers and options."""
        if options:
            return set(map(type, values)) == {hint}
        return (
            hint is float
            and set(map(type, values)) == {float}
            and all(map(math.isfinite, values))
            and (least is None or min(values) >= least)
            and (most is None or max(values) <= most)
        )

    def convert(value: Any, path: str) -> tuple[Any, ...]:
        if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
            raise ModelError("wrong_type", path, expected="a list", value=value)
        try:
            if maximum is not None and hasattr(value, "__len__") and len(value) > maximum:
                raise ModelError("too_many", path, value=len(value), maximum=maximum)
            values = value if isinstance(value, tuple) else tuple(value)
        except TypeError as error:
            raise ModelError("wrong_type", path, expected="a list", value=value) from error
        if maximum is not None and len(values) > maximum:
            raise ModelError("too_many", path, value=len(values), maximum=maximum)
        if plain(values):
            return values
        converted = []
        same = True
        for index, entry in enumerate(values):
            try:
                clean = inner(entry, "")
            except ModelError as error:
                raise error.within(f"{path}[{index}]") from None
            same = same and clean is entry
            converted.append(clean)
        return values if same else tuple(converted)

    return convert


def _number_converter(metadata: Mapping[str, Any], *, whole: bool) -> Converter:
    minimum, maximum = metadata.get("minimum"), metadata.get("maximum")
    unit = f" {metadata['unit']}" if metadata.get("unit") else ""

    def convert(value: Any, path: str) -> float | int:
        number = value if type(value) is float else _number(value, path)
        if not math.isfinite(number):
            raise ModelError("not_finite", path, value=value)
        if whole and number != int(number):
            raise ModelError("wrong_type", path, expected="a whole number", value=value)
        if minimum is not None and number < minimum:
            raise ModelError("too_low", path, minimum=f"{minimum:.12g}{unit}", value=value)
        if maximum is not None and number > maximum:
            raise ModelError("too_high", path, maximum=f"{maximum:.12g}{unit}", value=value)
        if whole:
            return value if type(value) is int else int(number)
        return number

    return convert


def _number(value: Any, path: str) -> float:
    # numpy's numbers are accepted: they know how to become a plain number.
    if isinstance(value, bool | str | bytes) or not hasattr(value, "__float__") or type(value).__name__ == "bool":
        raise ModelError("wrong_type", path, expected="a number", value=value)
    try:
        return float(value)
    except OverflowError as error:
        raise ModelError("not_finite", path, value=value) from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ModelError("wrong_type", path, expected="a number", value=value) from error


def _enum_converter(kind: type[StrEnum]) -> Converter:
    members = {member.value: member for member in kind}

    def convert(value: Any, path: str) -> StrEnum:
        if isinstance(value, kind):
            return value
        # Only a text is looked up: the enumeration's own error would print whatever was sent, however deep.
        found = members.get(value) if isinstance(value, str) else None
        if found is None:
            raise ModelError("unknown_option", path, expected=", ".join(members), value=value)
        return found

    return convert


def _record_converter(kinds: tuple[Any, ...]) -> Converter:
    by_type = {kind.type_name: kind for kind in kinds}

    def convert(value: Any, path: str) -> Any:
        if isinstance(value, kinds):
            return value
        try:
            return _kind_of(value).parse(value)
        except ModelError as error:
            raise error.within(path) from None

    def _kind_of(value: Any) -> Any:
        if len(kinds) == 1:
            return kinds[0]
        if not isinstance(value, Mapping):
            raise ModelError("wrong_type", "", expected="an object", value=value)
        name = value.get("type")
        if not isinstance(name, str) or name not in by_type:
            raise ModelError("unknown_option", "type", expected=", ".join(by_type), value=name)
        return by_type[name]

    return convert


def truth(value: Any, path: str) -> bool:
    """Return true or false; numbers and texts are neither."""
    if not isinstance(value, bool):
        raise ModelError("wrong_type", path, expected="true or false", value=value)
    return value


def text(value: Any, path: str) -> str:
    """Return a text that can be written to any file."""
    if not isinstance(value, str):
        raise ModelError("wrong_type", path, expected="a text", value=value)
    if len(value) > LONGEST_TEXT:
        raise ModelError("too_long", path, value=len(value), maximum=LONGEST_TEXT)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ModelError("wrong_type", path, expected="a text in Unicode", value=value) from error
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
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None or moment.utcoffset() is None:
            raise ModelError("no_time_zone", path, value=value)
        try:
            moment = moment.astimezone(UTC)
        except (OverflowError, ValueError) as error:
            raise _not_in_calendar(path, value) from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _not_in_calendar(path, value)
    return moment


def _not_in_calendar(path: str, value: object) -> ModelError:
    expected = f"a time between the years {FIRST_YEAR} and {LAST_YEAR}"
    return ModelError("wrong_type", path, expected=expected, value=value)


def foreign(value: Any, path: str) -> Any:
    """Return a copy of a value that we do not understand but hand on: plain JSON of bounded depth and size."""
    return _foreign(value, path, 0, [0])


def _foreign(value: Any, path: str, depth: int, count: list[int]) -> Any:
    count[0] += 1
    if count[0] > MOST_FOREIGN:
        raise ModelError("too_many", path, value=f"more than {MOST_FOREIGN}", maximum=MOST_FOREIGN)
    if depth > DEEPEST_FOREIGN:
        raise ModelError("too_deep", path, maximum=DEEPEST_FOREIGN)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, path)
    if isinstance(value, int):
        if not -LARGEST_FOREIGN <= value <= LARGEST_FOREIGN:
            raise ModelError("not_finite", path, value=value)
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ModelError("not_finite", path, value=value)
        return value
    if isinstance(value, Mapping):
        return {
            text(key, path): _foreign(entry, f"{path}.{short_text(key)}", depth + 1, count)
            for key, entry in value.items()
        }
    if isinstance(value, list | tuple):
        return [_foreign(entry, f"{path}[{index}]", depth + 1, count) for index, entry in enumerate(value)]
    raise ModelError("wrong_type", path, expected="a JSON value", value=value)


_SIMPLE: Final[dict[Any, Converter]] = {bool: truth, str: text, datetime: utc}
