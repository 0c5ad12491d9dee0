"""What a store's plan cannot keep, in words: targets, comfort, its range.

It must not know how the solution was found.
"""

from datetime import UTC, datetime

import numpy as np

from ...model import FillRate, Note, Resource
from ...model.time_grid import Array
from ..frame import Frame
from ..messages import note
from .targets import Target

#: A miss of comfort below this share of the range is not told.
TOLD = 5e-3


def target_notes(
    frame: Frame, resource: Resource, targets: tuple[Target, ...], units: tuple[float, float], x: Array
) -> tuple[Note, ...]:
    """Say which targets are missed, by how much, and what would help.

    `units` are level units per kWh, and kWh that are stored per h at most.
    """
    unit, fastest = units
    notes = []
    for entry in targets:
        lacking, minimum = entry.missed(x)[0], entry.target.minimum
        if entry.comfort or minimum is None or lacking * unit < 1e-3 * max(abs(minimum), 1.0):
            continue
        minutes = lacking / fastest * 60.0 if fastest > 0 else 0.0
        notes.append(
            note(
                "target_missed" if minutes else "target_out_of_reach",
                resource.resource_id,
                name=resource.name or resource.resource_id,
                target=f"{minimum:.6g}",
                unit=_unit(resource),
                at=max(entry.target.start, frame.snapshot.now).isoformat(),
                shortfall=f"{lacking * unit:.4g}",
                minutes=f"{minutes:.0f}",
            )
        )
    return tuple(notes)


def comfort_notes(resource: Resource, targets: tuple[Target, ...], unit: float, x: Array) -> tuple[Note, ...]:
    """Say by how much comfort is missed at most, and from when to when."""
    control = resource.control
    if not isinstance(control, FillRate):
        return ()
    least = TOLD * (control.level_range.end - control.level_range.start) / unit
    found = [spell for entry in targets if entry.comfort and (spell := entry.outside(x, least)) is not None]
    if not found:
        return ()
    return (
        note(
            "comfort_missed",
            resource.resource_id,
            name=resource.name or resource.resource_id,
            shortfall=f"{max(most for most, _, _ in found) * unit:.4g}",
            unit=_unit(resource),
            start=_moment(min(start for _, start, _ in found)),
            end=_moment(max(end for _, _, end in found)),
        ),
    )


def below_notes(frame: Frame, resource: Resource, below: Array, unit: float) -> tuple[Note, ...]:
    """Say by how much the level is below its range at most, kWh per step, and until when."""
    at = np.flatnonzero(below > 1e-4)
    if not len(at):
        return ()
    return (
        note(
            "level_below",
            resource.resource_id,
            name=resource.name or resource.resource_id,
            shortfall=f"{float(below.max()) * unit:.4g}",
            unit=_unit(resource),
            until=frame.grid.edges[int(at[-1]) + 1].isoformat(),
        ),
    )


def _unit(resource: Resource) -> str:
    return resource.control.level_unit if isinstance(resource.control, FillRate) else ""


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).isoformat()
