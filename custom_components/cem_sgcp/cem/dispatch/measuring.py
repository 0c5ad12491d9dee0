"""Measuring: what the house draws by itself, from a meter that lags behind our own commands.

The house is the net power less the power of everything that is moved. Meter and devices are never read at the same
instant: right after a step of ours the difference shows a load that is not there, and answering it makes a control
loop swing. Therefore each device has a range that it may have been in lately (measured or commanded, within twice the
time that commands take to show), and the estimate stays as it was unless no value within those ranges explains the
meter. Once the device has been still, the range is a point and the meter is believed fully. It must not know plans or
limits.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
import math
from typing import Final

from .memory import ECHOES, LONGEST_LOOP, DeviceMemory, Measuring, Probe

#: A step of ours of at least so many W can be recognised at the meter.
PROBE_STEP: Final = 500.0
#: Part of the step by which the meter may differ from what is expected.
PROBE_TOLERANCE: Final = 0.35
#: A window is kept in so many parts, so that it forgets little by little.
PARTS: Final = 3
#: s for which the last estimate stands in when the meter is silent.
METER_GRACE: Final = 10.0
#: Powers beyond this (W) are not of this world.
ABSURD: Final = 1e8

type Range = tuple[float, float]


def believable(power: float | None) -> float | None:
    """Return a measured power, or None where it is missing or cannot be one."""
    if power is None or isinstance(power, bool) or not isinstance(power, int | float):
        return None
    return float(power) if math.isfinite(power) and abs(power) <= ABSURD else None


def window(measuring: Measuring) -> float:
    """Return for how long after a command the meter is not taken at its word, s."""
    return min(max(1.5 * measuring.loop + 2.0, 4.0), LONGEST_LOOP)


def turn_window(measuring: Measuring, now: datetime) -> tuple[Measuring, bool]:
    """Return the measuring with its window brought up to date, and whether a new part of it begins."""
    since = measuring.window_since
    if since is not None and 0.0 <= (now - since).total_seconds() < window(measuring) / (PARTS - 1):
        return measuring, False
    return replace(measuring, window_since=now), True


def widen(device: DeviceMemory, power: float, *, turned: bool = False) -> None:
    """Add a power to the present part of the window in the memory of a device, or begin a new part with it."""
    if turned or not device.ranges:
        device.ranges = ((power, power), *device.ranges[: PARTS - 1])
        return
    low, high = device.ranges[0]
    if not low <= power <= high:
        device.ranges = ((min(low, power), max(high, power)), *device.ranges[1:])


def span(device: DeviceMemory, power: float) -> Range:
    """Return the range in which a device has been lately."""
    low = high = power
    for lowest, highest in device.ranges:
        low, high = min(low, lowest), max(high, highest)
    return low, high


def estimate(net_power: float, ranges: Iterable[Range], before: float | None, first: float) -> float:
    """Return the power of the rest of the house, W.

    `before` is the last estimate; it stays unless the meter contradicts it. Without one it is `first`, the value that
    the meter gives when every device is where it was measured.
    """
    lowest = highest = net_power
    for low, high in ranges:
        lowest -= high
        highest -= low
    return min(max(first if before is None else before, lowest), highest)


def learn(measuring: Measuring, now: datetime, net_power: float | None, step: float) -> Measuring:
    """Learn how long a step of ours (W) takes to show at the meter.

    The echo of a step comes before those of later ones, so these do not disturb it.
    """
    probe = measuring.probe
    if net_power is None:
        return replace(measuring, probe=None)
    echoes = measuring.echoes
    if probe is not None:
        age = (now - probe.time).total_seconds()
        if not 0.0 <= age <= LONGEST_LOOP:
            probe = None
        elif age > 0.0 and abs(net_power - probe.net_power - probe.step) <= PROBE_TOLERANCE * abs(probe.step):
            echoes = (*echoes, max(age, 1.0))[-ECHOES:]
            probe = None
    if probe is None and abs(step) >= PROBE_STEP:
        probe = Probe(now, net_power, step)
    return replace(measuring, probe=probe, echoes=echoes)
