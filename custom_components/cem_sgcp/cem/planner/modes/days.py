"""Local days of the site, for what is counted by the day: starts of a machine.

The snapshot names no time zone, so the day is read from what the site says of its days: a billing period begins at a
local midnight, and so does a quota of a whole day. Where there is neither, days of UTC stand in, which in Europe begin
an hour or two late. It must not know any device.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from ...model import OperationModes
from ..frame import Frame, Ints

DAY: Final = 86_400.0


def day_of_steps(frame: Frame) -> Ints:
    """Return the number of the local day in which each step begins, shape (steps,); 0 is today."""
    midnight = next(_midnights(frame), datetime.fromtimestamp(0, UTC)).timestamp() % DAY
    starts = np.maximum(frame.edges[:-1], frame.now)
    days: Ints = np.floor((starts - midnight) / DAY).astype(np.int64)
    return days - int((frame.now - midnight) // DAY)


def _midnights(frame: Frame) -> Iterator[datetime]:
    for charge in frame.snapshot.capacity_charges:
        yield charge.period_start
    for resource in frame.snapshot.resources:
        for quota in resource.control.quotas if isinstance(resource.control, OperationModes) else ():
            # Days of 23 and 25 hours are days too; of a day that has begun the start may be now.
            if timedelta(hours=23) <= quota.end - quota.start <= timedelta(hours=25):
                yield quota.end
