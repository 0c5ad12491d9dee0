"""A washing programme in three slots, and what tests of runs do with it again and again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem import runs
from custom_components.cem_sgcp.cem.model import (
    EnergyProfile,
    Group,
    ModelError,
    PlannedRun,
    Run,
    ScheduledSlot,
    Sequence,
    Slot,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time of the day."""
    return NOON.replace(hour=hour, minute=minute, second=second)


def washing(
    *,
    quick: bool = False,
    pausable: bool = False,
    stoppable: bool = False,
    slot: dict[str, Any] | None = None,
    sequence: dict[str, Any] | None = None,
    **fields: Any,
) -> EnergyProfile:
    """Half an hour each of 2000 W, 500 W (pausable) and 100 W; with `quick` also half an hour in all."""
    slots = (
        Slot(duration=1800, p_exp=2000),
        Slot(**{"duration": 1800, "p_exp": 500, "pausable": True} | (slot or {})),
        Slot(duration=1800, p_exp=100),
    )
    normal = Sequence(
        **{"sequence_id": "normal", "slots": slots, "pausable": pausable, "stoppable": stoppable} | (sequence or {})
    )
    fast = Sequence(
        sequence_id="quick", slots=(Slot(duration=900, p_exp=2000), Slot(duration=900, p_exp=500, pausable=True))
    )
    return EnergyProfile(
        profile_id="cotton", groups=(Group(alternatives=(normal, fast) if quick else (normal,)),), **fields
    )


def announced(**fields: Any) -> Run:
    """The programme, announced at noon, to be over by 18:00."""
    return runs.announce(washing(**fields), "washer", "run1", NOON, None, at(18))


def planned(start: datetime, choice: tuple[str, ...] = (), slots: tuple[ScheduledSlot, ...] = ()) -> PlannedRun:
    """What a plan says of the run."""
    return PlannedRun(
        run_id="run1", start=start, end=start + timedelta(minutes=90), choice=choice, slots=slots, cost=0.2
    )


def fails(key: str, act: Callable[[], object]) -> ModelError:
    """Expect an error with a key and a whole sentence."""
    with pytest.raises(ModelError) as caught:
        act()
    assert caught.value.key == key, str(caught.value)
    assert "{" not in str(caught.value)
    return caught.value
