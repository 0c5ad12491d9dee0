"""The files of the proof log: one JSON object a line, one file a month, only ever appended to.

Each row holds a number and a digest over itself and the row before, so that a row that was changed or taken out shows.
A row is on disk when `append` returns, whatever kills the process afterwards; half a line that was left by such an end
is finished and skipped. Blocking: for the executor. It must not know what is logged, nor Home Assistant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
import json
import math
import os
from pathlib import Path
import re
from typing import Any, Final

_NAME: Final = re.compile(r"\d{4}-\d{2}\.jsonl")
#: Digest before the first row.
GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Check:
    """What a look over the whole log found."""

    rows: int
    damaged: int
    """Lines that cannot be read, such as one that was being written when the power went."""
    broken: int
    """Rows that do not follow from the row before."""


class JournalFile:
    """The proof log in one folder."""

    def __init__(self, folder: Path) -> None:
        """Go on after the last row that is there."""
        self._folder = folder
        self._number = 0
        self._digest = GENESIS
        self._open = False

    def append(self, rows: Sequence[tuple[datetime, Mapping[str, Any]]]) -> None:
        """Add rows, in the order of their moments, and wait until they are on disk. Raises OSError."""
        if not self._open:
            self._resume()
        by_file: dict[str, list[str]] = {}
        number, digest = self._number, self._digest
        for moment, data in rows:
            number += 1
            row = {**_plain(data), "number": number, "at": moment.astimezone(UTC).isoformat()}
            digest = _digest(digest, row)
            line = json.dumps(
                {"number": number, "at": row["at"]} | row | {"digest": digest},
                ensure_ascii=False,
                separators=(",", ":"),
                allow_nan=False,
            )
            by_file.setdefault(f"{moment.astimezone(UTC):%Y-%m}.jsonl", []).append(line)
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, lines in by_file.items():
            with (self._folder / name).open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
        self._number, self._digest = number, digest

    def rows(self, start: datetime | None = None, end: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows from a start (inclusive) to an end (exclusive), oldest first; damaged lines are left out."""
        for name in self._names():
            if (start is not None and name[:7] < f"{start.astimezone(UTC):%Y-%m}") or (
                end is not None and name[:7] > f"{end.astimezone(UTC):%Y-%m}"
            ):
                continue
            for row in self._read(name):
                if row is None:
                    continue
                moment = datetime.fromisoformat(row["at"])
                if (start is None or moment >= start) and (end is None or moment < end):
                    yield row

    def check(self) -> Check:
        """Look over the whole log."""
        rows = damaged = broken = 0
        digest: str | None = None
        for name in self._names():
            for row in self._read(name):
                if row is None:
                    damaged += 1
                    continue
                rows += 1
                said = row.pop("digest", "")
                if digest is not None and _digest(digest, row) != said:
                    broken += 1
                digest = said
        return Check(rows=rows, damaged=damaged, broken=broken)

    def prune(self, before: datetime) -> int:
        """Delete the months that lie wholly before a moment; returns how many."""
        limit = f"{before.astimezone(UTC):%Y-%m}.jsonl"
        old = [name for name in self._names() if name < limit]
        for name in old:
            (self._folder / name).unlink(missing_ok=True)
        return len(old)

    def delete(self) -> None:
        """Delete the log."""
        for name in self._names():
            (self._folder / name).unlink(missing_ok=True)
        if self._folder.exists() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(entry.name for entry in self._folder.iterdir() if _NAME.fullmatch(entry.name))

    def _read(self, name: str) -> Iterator[dict[str, Any] | None]:
        """Yield the rows of a file, and None for each line that is none."""
        with (self._folder / name).open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.strip():
                    yield _parsed(line)

    def _resume(self) -> None:
        """Find the last row, and finish a line that an end in the middle of it left."""
        for name in reversed(self._names()):
            path = self._folder / name
            with path.open("rb+") as file:
                if file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) is not None and file.read(1) != b"\n":
                    file.write(b"\n")
            last = None
            for row in self._read(name):
                last = row or last
            if last is not None:
                self._number, self._digest = int(last["number"]), str(last["digest"])
                break
        self._open = True


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or not isinstance(row["number"], int) or not isinstance(row["digest"], str):
            return None
        moment = datetime.fromisoformat(row["at"])
    except ValueError, KeyError, TypeError, RecursionError:
        return None
    return row if moment.tzinfo is not None else None


def _digest(before: str, row: Mapping[str, Any]) -> str:
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode(errors="replace")).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: what is not a finite number or a plain value becomes a text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(_plain(str(key))): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(entry) for entry in value]
    return _plain(str(value))
