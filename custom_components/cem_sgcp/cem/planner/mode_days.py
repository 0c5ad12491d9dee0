"""Local days of the site, for what is counted by the day: starts of a machine.

The snapshot names no time zone, so the day is read from what the site says of its days: a billing period begins at a
local midnight. Where there is none, days of UTC stand in, which in Europe begin an hour or two late. It must not know
any device.
"""

from typing import Final

import numpy as np

from .frame import Frame, Ints

DAY: Final = 86_400.0


def day_of_steps(frame: Frame) -> Ints:
    """Return the number of the local day in which each step begins, shape (steps,); 0 is today."""
    midnight = 0.0
    for charge in frame.snapshot.capacity_charges:
        midnight = charge.period_start.timestamp() % DAY
        break
    starts = np.maximum(frame.edges[:-1], frame.now)
    days: Ints = np.floor((starts - midnight) / DAY).astype(np.int64)
    return days - int((frame.now - midnight) // DAY)
