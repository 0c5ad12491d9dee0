"""Quotas of modes: so long at least, or at most, within a time (hours of a pool pump a day, noise at night).

    Σ time in effect + lacking ≥ minimum,        Σ time in effect − too much ≤ maximum

`minimum` is what is still wanted from now, or from the start where that lies ahead. Of a quota that reaches beyond the
horizon only that counts which the time beyond cannot make up. It must not know any device kind.
"""

from dataclasses import dataclass

import numpy as np

from ...model import ModeQuota, Note, Resource
from ...model.time_grid import Array
from ..frame import Frame, Ints
from ..messages import note
from ..problem import MISSED_TARGET, Problem, Solved
from .columns import Commitment

#: What lacks or is too much by less than this is not told, h.
TOLD = 1.0 / 60.0


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota in the problem."""

    quota: ModeQuota
    slack: Ints
    """Columns of what lacks and of what is too much, h."""

    def missed(self, x: Array) -> tuple[float, float]:
        """Return what lacks and what is too much, h."""
        lacking, over = x[self.slack].tolist()
        return lacking, over


def add_quota(problem: Problem, commitment: Commitment, quota: ModeQuota) -> Quota | None:
    """Add a quota; None where it does not touch the plan."""
    frame = problem.frame
    start, end = max(quota.start.timestamp(), frame.now), quota.end.timestamp()
    inside = frame.grid.overlap(start, min(end, frame.horizon))
    if not inside.any():
        return None
    later = max(end - frame.horizon, 0.0) / 3600.0
    least = max(quota.minimum / 3600.0 - later, 0.0)
    most = quota.maximum / 3600.0 if quota.maximum is not None else np.inf
    hours = np.where(commitment.present > 0, inside, 0.0) / 3600.0
    counted = [
        (line, commitment.active[place])
        for place, line in enumerate(commitment.machine.lines)
        if line.mode_id in quota.modes
    ]
    biggest = max((float(np.max(np.abs(line.power))) for line, _ in counted), default=0.0)
    price = quota.price if quota.price is not None else MISSED_TARGET * frame.scale * max(biggest, 1.0)
    money = quota.price is not None
    slack = problem.columns(2, extra=price if money else 0.0, penalty=0.0 if money else price)
    fixed = float(sum(entry.constant @ hours for _, entry in counted))
    rows = problem.rows(2, [least - fixed, -np.inf], [np.inf, most - fixed])
    problem.put(rows, slack, [1.0, -1.0])
    for _, entry in counted:
        steps, columns, values = entry.joined()
        for row in rows:
            problem.put(row, columns, values * hours[steps])
    return Quota(quota=quota, slack=slack)


def quota_notes(frame: Frame, resource: Resource, quotas: tuple[Quota, ...], solved: Solved) -> tuple[Note, ...]:
    """Say which quotas are not met, and by how much."""
    found = []
    for entry in quotas:
        for key, hours in zip(("quota_missed", "quota_exceeded"), entry.missed(solved.x), strict=True):
            if hours > TOLD:
                found.append(
                    note(
                        key,
                        resource.resource_id,
                        name=resource.name or resource.resource_id,
                        minutes=f"{hours * 60.0:.0f}",
                        start=max(entry.quota.start, frame.snapshot.now).isoformat(),
                        end=entry.quota.end.isoformat(),
                    )
                )
    return tuple(found)
