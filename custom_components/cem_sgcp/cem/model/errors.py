"""Errors that the model raises, in words for the person who sent the value.

Every error has a key, so that a user interface can say it in another language, and placeholders with the offending
value, so that the reader knows what to change. It must not know who the reader is.
"""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "missing_field": "{path} is missing.",
    "wrong_type": "{path} must be {expected}, but it is {value}.",
    "not_finite": "{path} must be a finite number, but it is {value}.",
    "too_low": "{path} must be at least {minimum} {unit}, but it is {value}.",
    "too_high": "{path} must be at most {maximum} {unit}, but it is {value}.",
    "no_time_zone": "{path} must carry a time zone, but it is {value}.",
    "unknown_option": "{path} must be one of {expected}, but it is {value}.",
    "unknown_version": "This document has schema version {value}; versions up to {expected} are understood.",
    "end_before_start": "{path} must end after it starts, but it runs from {start} to {end}.",
    "overlap": "{path} has entries that overlap: one ends at {end}, the next starts at {start}.",
    "empty": "{path} must not be empty.",
    "too_many": "{path} has {value} entries; at most {maximum} are allowed.",
    "not_ascending": "{path} must be in ascending order: {value}.",
    "wrong_order": "{path} must be at least {minimum}, but it is {value}.",
    "window_too_short": "{path} needs {needed} s, but there are only {available} s between {start} and {end}.",
    "duplicate": "{path} uses the name {value} more than once.",
    "wrong_length": "{path} must have {expected} values, but it has {value}.",
}


class ModelError(ValueError):
    """A value that the model refuses.

    `key` names the rule (a key of `MESSAGES`), `path` the field, `placeholders` the values in the sentence.
    """

    def __init__(self, key: str, path: str, **placeholders: object) -> None:
        self.key = key
        self.path = path
        self.placeholders = {"path": path} | {name: _short(value) for name, value in placeholders.items()}
        super().__init__(MESSAGES[key].format(**self.placeholders))

    def within(self, parent: str) -> ModelError:
        """Return the same error seen from the object that holds the faulty one."""
        separator = "" if self.path.startswith("[") or not self.path else "."
        rest = {name: value for name, value in self.placeholders.items() if name != "path"}
        return ModelError(self.key, f"{parent}{separator}{self.path}", **rest)


def _short(value: object) -> str:
    """Return a value as text that fits into a sentence, whatever was sent."""
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
