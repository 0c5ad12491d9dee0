"""What is allowed: active limits, the published phase, and how a power budget is shared.

IEC TR 62746-2:2015 clauses 3.4.5 (traffic light) and 3.4.6 (direct load/generation management profile). It must not
know prices, plans or how a device is told.
"""

from .allocation import Allocation, AllocationMemory, Demand, Share, allocate
from .arbiter import LimitBook, active_limits, effective, phase

__all__ = [
    "Allocation",
    "AllocationMemory",
    "Demand",
    "LimitBook",
    "Share",
    "active_limits",
    "allocate",
    "effective",
    "phase",
]
