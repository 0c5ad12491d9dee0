"""The life of a flexible run: announced, scheduled, executing, interrupted, finished or aborted.

Use cases JWG1100 (life), JWG1101 (announce), JWG-SPUC1102 (starting time) and JWG1103 (slot shift); the states are
those of S2 PPBC. Every function takes a frozen run and the present moment and returns the next run, or raises RunError
with a key and the values that a person needs to put it right; the run that was given stays as it was. It must not know
how a device is started, nor what time it is.
"""

from .facts import Progress, expected_end, overdue_end, progress, remaining
from .life import (
    abort,
    announce,
    begin,
    cancel,
    confirm,
    due,
    finish,
    latest_start,
    schedule,
    set_start,
    set_window,
    unbegin,
)
from .pauses import interrupt, interrupted_by_schedule, resume, resume_by, shift_slot
from .rules import RunError

__all__ = [
    "Progress",
    "RunError",
    "abort",
    "announce",
    "begin",
    "cancel",
    "confirm",
    "due",
    "expected_end",
    "finish",
    "interrupt",
    "interrupted_by_schedule",
    "latest_start",
    "overdue_end",
    "progress",
    "remaining",
    "resume",
    "resume_by",
    "schedule",
    "set_start",
    "set_window",
    "shift_slot",
    "unbegin",
]
