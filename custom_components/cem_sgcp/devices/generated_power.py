"""The measured power of what generates, negative, whichever sign its sensor uses.

Fields (data): power_entity, power_sign (auto, production_positive, production_negative), stale_after. It must not know
any kind.
"""

from typing import Final

from ..cem.model import Series
from .base import Device, Sensing
from .common import measured
from .forms import Field, choice

POWER_SIGN: Final = Field(
    key="power_sign",
    selector=choice("power_sign", "auto", "production_positive", "production_negative"),
    default="auto",
)


def generated(device: Device, sensing: Sensing) -> float | None:
    """Return the power in W, generation negative; own consumption at rest stays positive where the sign tells it."""
    power = measured(device, sensing)
    if power is None:
        return None
    match device.data.get("power_sign"):
        case "production_positive":
            return -power
        case "production_negative":
            return power
    return -abs(power)


def generation(forecast: Series | None) -> Series | None:
    """Return a forecast with generation negative, whichever sign its source uses."""
    if forecast is None or all(entry.value <= 0 for entry in forecast.intervals):
        return forecast
    return forecast.replace(intervals=tuple(entry.replace(value=-abs(entry.value)) for entry in forecast.intervals))
