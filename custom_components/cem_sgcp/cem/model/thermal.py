"""Thermal model: how a zone or a store warms and cools, learned or stated.

One resistance, one capacity (1R1C):   C dT/dt = (T_outdoor - T) / R + efficiency x P + gains

Standard errors say how far a learned figure can be trusted. It must not know how it was learned.
"""

from .base import Model, item, model, quantity


@model
class ThermalModel(Model):
    """What a building zone, a tank or a freezer does with heat."""

    resistance: float = quantity("K/W", minimum=1e-6, doc="Between inside and outdoors (or the room)")
    resistance_error: float | None = quantity("K/W", default=None, minimum=0, doc="Standard error")
    capacity: float = quantity("Wh/K", minimum=1e-3)
    capacity_error: float | None = quantity("Wh/K", default=None, minimum=0, doc="Standard error")
    gains: float = quantity("W", default=0.0, doc="Mean heat of people, sun and appliances")
    gains_error: float | None = quantity("W", default=None, minimum=0, doc="Standard error")
    efficiency: float = quantity(
        default=1.0, minimum=-10, maximum=10, doc="Heat per electricity: COP; negative: it cools"
    )
    residual: float | None = quantity("K", default=None, minimum=0, doc="RMS error one hour ahead")
    hours: float = quantity(default=0.0, minimum=0, doc="Hours it was learned from; 0: it was stated")
    learned: bool = item(default=False)
