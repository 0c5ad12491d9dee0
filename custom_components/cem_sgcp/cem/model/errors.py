"""Errors that the model raises, in words for the person who sent the value.

Every error has a key, so that a user interface can say it in another language, and placeholders with the offending
value, so that the reader knows what to change. It must not know who the reader is.
"""

from typing import Any, Final

MESSAGES: Final[dict[str, str]] = {
    # A field by itself.
    "missing_field": "{path} is missing.",
    "wrong_type": "{path} must be {expected}, but it is {value}.",
    "not_finite": "{path} must be a finite number, but it is {value}.",
    "too_low": "{path} must be at least {minimum}, but it is {value}.",
    "too_high": "{path} must be at most {maximum}, but it is {value}.",
    "no_time_zone": "{path} must carry a time zone, but it is {value}.",
    "unknown_option": "{path} must be one of {expected}, but it is {value}.",
    "empty": "{path} must not be empty.",
    "too_many": "{path} has {value} entries; at most {maximum} are allowed.",
    "too_long": "{path} has {value} characters; at most {maximum} are allowed.",
    "too_deep": "{path} is nested more than {maximum} levels deep.",
    # Fields that do not go together.
    "end_before_start": "{path} must end after it starts, but it runs from {start} to {end}.",
    "overlap": "{path} has entries that overlap: one ends at {end}, the next starts at {start}.",
    "not_ascending": "{path} must be in ascending order: {value}.",
    "wrong_order": "{path} must be at least {minimum}, but it is {value}.",
    "window_too_short": "{path} needs {needed} s, but there are only {available} s between {start} and {end}.",
    "duplicate": "{path} uses the name {value} more than once.",
    "unknown_name": "{path} names {value}, but there is only: {expected}.",
    "wrong_length": "{path} must have {expected} values, but it has {value}.",
    # Documents.
    "unknown_version": "This document has schema version {value}; versions up to {expected} are understood.",
    "wrong_document": "This document must be a {expected}, but it is a {value}.",
    # What is asked for is not there, or not now.
    "no_open_run": "{value} has no run that is announced or running.",
    "no_profile": "{value} has no profile yet: give power and duration or slots, or let one run be learned.",
    "already_running": "{value} is running; a new run can be announced when it has finished.",
    "unknown_limit": "There is no limit with the name {value}.",
    "contract_limit": "The limit {value} belongs to the contract; change it in the options.",
    "not_allowed": "{path}: Home Assistant may not write to {value}; allow it in allowlist_external_dirs.",
    "not_written": "{path}: {value} could not be written: {reason}.",
    "no_limitation": "The limitation of {value} is not set up; do so in the options.",
    "limitation_refused": "{path}: {value} is refused: {reason}.",
    "no_run_found": "{path}: no run of at least {minimum} Wh was found in {value} readings.",
    # The life of a run.
    "run_over": "The run {value} is over ({state}); announce a new one.",
    "run_already_started": "The run {value} started at {start}; this can only be done before the start.",
    "run_not_started": "The run {value} has not started; this can only be done with a run that has.",
    "run_not_scheduled": "The run {value} has no start yet; give it one first.",
    "run_not_paused": "The run {value} is not paused.",
    "run_already_paused": "The run {value} has been paused since {start}.",
    "run_confirmed": "The run {value} is seen to run since {start}.",
    "other_run": "This is about the run {value}, but the run is {expected}.",
    "not_remote_controllable": "The run {value} does not let itself be controlled from afar.",
    "not_stoppable": "The run {value} cannot be stopped once it has started; let it finish.",
    "deadline_passed": "{path} must be later than now ({start}), but it is {end}.",
    "start_too_early": "{path} must be {minimum} or later, but it is {value}.",
    "start_too_late": "{path} must be {maximum} or earlier to be ready in time, but it is {value}.",
    "not_pausable": "The run {value} cannot be paused in slot {slot}.",
    "not_pausable_at_high_power": "The run {value} cannot be paused now: slot {slot} takes high power.",
    "no_slot_active": "The run {value} is not in any of its slots at {start}, so there is nothing to pause.",
    "no_pause_planned": "The run {value} has no planned pause at {start}.",
    "active_too_short": "The run {value} must go on for at least {minimum} s at a time, until {start}.",
    "pauses_used_up": "The run {value} has used up its pauses: {maximum}.",
    "pause_too_short": "{path}: a pause must last at least {minimum} s, but it would last {value} s.",
    "pause_too_long": "{path}: a pause may last at most {maximum} s, but it would last {value} s.",
    "pause_misses_deadline": "{path}: it would end at {end}, but it must be over by {maximum}.",
    "unknown_slot": "{path} must be a slot of the run: {expected}; but it is {value}.",
    "slot_already_started": "{path}: slot {value} started at {start} and cannot be moved.",
    "slot_not_movable": "{path}: no pause is allowed before slot {value}, so it cannot be moved by itself.",
}


class ModelError(ValueError):
    """A value that the model refuses.

    `key` names the rule (a key of `MESSAGES`), `path` the field, `placeholders` the values in the sentence as texts.
    """

    def __init__(self, key: str, path: str, **placeholders: object) -> None:
        self.key = key
        self.path = path
        self.placeholders = {"path": path} | {name: short_text(value) for name, value in placeholders.items()}
        super().__init__(MESSAGES[key].format(**self.placeholders))

    def within(self, parent: str) -> ModelError:
        """Return the same error seen from the object that holds the faulty one."""
        separator = "" if self.path.startswith("[") or not self.path or not parent else "."
        rest: dict[str, Any] = {name: value for name, value in self.placeholders.items() if name != "path"}
        return type(self)(self.key, f"{parent}{separator}{self.path}", **rest)


LONGEST_TEXT: Final = 120


def short_text(value: object) -> str:
    """Return a value as one short printable line, whatever was sent."""
    if isinstance(value, str):
        text = value
    elif value is None:
        text = "nothing"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int) and value.bit_length() > 256:
        text = f"a number of {value.bit_length()} bits"
    elif isinstance(value, dict | list | tuple | set | frozenset):
        # Not its content: that may be deep, enormous, or a loop.
        text = f"{'an object' if isinstance(value, dict) else 'a list'} with {len(value)} entries"
    else:
        try:
            text = str(value)
        except Exception:  # noqa: BLE001  # foreign objects may refuse in any way
            text = f"a {type(value).__name__}"
    shown = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."
    return "".join(character if character.isprintable() else "?" for character in shown)
