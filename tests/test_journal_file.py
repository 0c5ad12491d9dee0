"""The files of the proof log: appended to, survive an end at any moment, show what was changed."""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import random
import signal
import subprocess
import sys
import time
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.cem_sgcp.journal_file import Check, JournalFile

NOON = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


def written(folder: Path, count: int, *, minutes: float = 5) -> JournalFile:
    """A log with some rows, the month changing between them."""
    log = JournalFile(folder)
    for index in range(count):
        log.append([(NOON + timedelta(minutes=minutes * index), {"what": "decision", "value": index})])
    return log


def test_rows_come_back_in_order_over_months_and_restarts(tmp_path: Path) -> None:
    written(tmp_path, 3)
    again = JournalFile(tmp_path)
    again.append([(NOON + timedelta(minutes=20), {"what": "command", "value": 3.5})])
    rows = list(again.rows())
    assert [row["number"] for row in rows] == [1, 2, 3, 4]
    assert [row["value"] for row in rows] == [0, 1, 2, 3.5]
    assert {path.name for path in tmp_path.iterdir()} == {"2026-11.jsonl", "2026-12.jsonl"}
    assert again.check() == Check(rows=4, damaged=0, broken=0)


def test_a_span_is_cut_out_exactly(tmp_path: Path) -> None:
    log = written(tmp_path, 6)
    start, end = NOON + timedelta(minutes=5), NOON + timedelta(minutes=20)
    assert [row["value"] for row in log.rows(start, end)] == [1, 2, 3]


def test_half_a_line_that_an_end_left_is_skipped_and_nothing_else_is_lost(tmp_path: Path) -> None:
    written(tmp_path, 2, minutes=1)
    (path,) = tmp_path.iterdir()
    with path.open("a") as file:
        file.write('{"number":3,"at":"2026-11-30T23:5')
    log = JournalFile(tmp_path)
    log.append([(NOON + timedelta(minutes=3), {"what": "after"})])
    assert [row.get("value", row["what"]) for row in log.rows()] == [0, 1, "after"]
    assert log.check() == Check(rows=3, damaged=1, broken=0)


@pytest.mark.parametrize("change", ["value", "taken_out", "number"])
def test_a_row_that_was_changed_or_taken_out_shows(tmp_path: Path, change: str) -> None:
    log = written(tmp_path, 4, minutes=1)
    (path,) = tmp_path.iterdir()
    lines = path.read_text().splitlines()
    if change == "taken_out":
        del lines[1]
    else:
        lines[1] = json.dumps(json.loads(lines[1]) | {change: 77})
    path.write_text("\n".join(lines) + "\n")
    assert log.check().broken >= 1


def test_old_months_are_deleted_and_the_rest_stays_whole(tmp_path: Path) -> None:
    log = written(tmp_path, 4)
    assert log.prune(NOON + timedelta(days=2)) == 1
    assert [row["value"] for row in log.rows()] == [2, 3]
    assert log.check().broken == 0
    log.delete()
    assert not tmp_path.exists()


def test_rows_survive_kill_9(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from custom_components.cem_sgcp.journal_file import JournalFile\n"
        "log = JournalFile(Path(sys.argv[1]))\n"
        "for index in range(10**6):\n"
        "    log.append([(datetime.now(UTC), {'value': index})])\n"
        "    print(index, flush=True)\n"
    )
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        time.sleep(random.Random(7).uniform(0.05, 0.3))
        process.send_signal(signal.SIGKILL)
        acknowledged = [int(line) for line in process.stdout.read().split()]
        process.wait()
        last = [row["value"] for row in JournalFile(tmp_path).rows()][-1]
        assert last >= max(acknowledged, default=0), "what was acknowledged is there"
    log = JournalFile(tmp_path)
    assert log.check().broken == 0
    numbers = [row["number"] for row in log.rows()]
    assert numbers == list(range(1, len(numbers) + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.text(max_size=8), JSON, max_size=4), min_size=1, max_size=5))
def test_whatever_is_logged_can_be_read_again(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    folder = tmp_path / str(time.monotonic_ns())
    log = JournalFile(folder)
    log.append([(NOON, {f"x-{key}": value for key, value in row.items()}) for row in rows])
    assert len(list(JournalFile(folder).rows())) == len(rows)
    assert JournalFile(folder).check() == Check(rows=len(rows), damaged=0, broken=0)
