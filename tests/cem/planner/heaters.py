"""Stores of heat with actuators that have modes: heat pump, CHP, heating rod."""

from custom_components.cem_sgcp.cem.model import (
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    NumberRange,
    Resource,
)

WHOLE = NumberRange(start=0, end=1_000_000)


def element(power: float, heat: float, *, start: float = 1.0, cost: float = 0.0, levels: NumberRange = WHOLE):
    """An element that draws W and stores W of heat, from `start` of it on; cost in currency per h at full power."""
    return FillRateElement(
        level_range=levels,
        power=NumberRange(start=start * power, end=power),
        fill_rate=NumberRange(start=start * heat / 3600, end=heat / 3600),
        running_cost=NumberRange(start=start * cost / 3600, end=cost / 3600),
    )


def mode(mode_id: str, power: float, heat: float, **more: object) -> FillRateMode:
    """A mode that behaves the same at every level."""
    return FillRateMode(mode_id=mode_id, elements=(element(power, heat, **more),))


OFF = mode("off", 0, 0)


def actuator(*modes: FillRateMode, name: str = "actuator", **fields: object) -> FillRateActuator:
    """An actuator that is off unless told otherwise."""
    given = {"active_mode": "off" if any(entry.mode_id == "off" for entry in modes) else None}
    return FillRateActuator(actuator_id=name, modes=modes, **{**given, **fields})


def chp(**fields: object) -> FillRateActuator:
    """A CHP that gives 1 kW of electricity and 2.5 kW of heat for 0.35 currency per h of gas."""
    return actuator(OFF, mode("on", -1000, 2500, cost=0.35), name="chp", **fields)


def pump(**fields: object) -> FillRateActuator:
    """A heat pump of 2 kW with a COP of 3, on or off."""
    return actuator(OFF, mode("on", 2000, 6000), name="pump", **fields)


def store(*actuators: FillRateActuator, level: float = 5000, capacity: float = 20000, **fields: object) -> Resource:
    """A buffer of heat in Wh."""
    given = {"level_range": NumberRange(start=0, end=capacity), "terminal_value": 0.0, "level_unit": "Wh"}
    return Resource(
        resource_id="buffer",
        name="Buffer",
        controllable=True,
        control=FillRate(actuators=actuators, level=level, **{**given, **fields}),
    )
