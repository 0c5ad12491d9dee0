"""Commands for the entities that devices are acted on through: switches, numbers, selects, buttons, moments.

Set points are W inside; a number entity gets them in its own unit (W, kW, A, %), on its own step and within its own
bounds, rounded toward zero so that no limit is exceeded. It must not know any kind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
import math
from typing import Any, Final

from homeassistant.core import split_entity_id
from homeassistant.util.unit_conversion import DurationConverter, PowerConverter

from ..cem.model import Instruction, InstructionKind
from .base import Command, Device, Expect, Sensing
from .reading import finite, unit_of

#: How long an entity may take to show what it was told (s).
ENTITY_WITHIN: Final = 30.0

#: A finer step of a number is no step.
LEAST_STEP: Final = 1e-6

_PRESSED: Final[Mapping[str, tuple[str, str]]] = {
    "button": ("button", "press"),
    "input_button": ("input_button", "press"),
    "script": ("script", "turn_on"),
    "scene": ("scene", "turn_on"),
    "automation": ("automation", "trigger"),
}


def domain_of(entity_id: str) -> str:
    """Return the domain of an entity."""
    return split_entity_id(entity_id)[0]


def switch(entity_id: str, *, on: bool) -> Command:
    """Switch anything that can be switched."""
    return Command(
        domain=domain_of(entity_id),
        service="turn_on" if on else "turn_off",
        entity_id=entity_id,
        expect=(Expect(entity_id=entity_id, states=("on" if on else "off",), within=ENTITY_WITHIN),),
    )


def choose(entity_id: str, option: str) -> Command:
    """Choose an option of a select."""
    return Command(
        domain=domain_of(entity_id),
        service="select_option",
        entity_id=entity_id,
        data={"option": option},
        expect=(Expect(entity_id=entity_id, states=(option,), within=ENTITY_WITHIN),),
    )


def press(entity_id: str) -> Command:
    """Press a button, or start a script, scene or automation; such an entity cannot show the effect."""
    domain, service = _PRESSED[domain_of(entity_id)]
    return Command(domain=domain, service=service, entity_id=entity_id)


def set_number(entity_id: str, number: float, sensing: Sensing, *, upward: bool = False) -> Command:
    """Set a number in its own unit, within its bounds and on its step: the next toward zero, or `upward`."""
    state = sensing.of(entity_id)
    attributes = {} if state is None else state.attributes
    step = finite(attributes.get("step")) or 0.0
    if step >= LEAST_STEP:
        steps = abs(number) / step
        # A hair more, so that 16.0 that became 15.999999 in a conversion stays 16.
        steps = math.ceil(steps - 1e-6) if upward else math.floor(steps + 1e-6)
        number = math.copysign(steps * step, number)
    lower, upper = finite(attributes.get("min")), finite(attributes.get("max"))
    number = number if upper is None else min(number, upper)
    number = number if lower is None else max(number, lower)
    number = round(number, 6) + 0.0
    return Command(
        domain=domain_of(entity_id),
        service="set_value",
        entity_id=entity_id,
        data={"value": number},
        expect=(
            Expect(
                entity_id=entity_id,
                number=number,
                tolerance=max(step / 2.0, abs(number) * 0.005, 1e-3),
                within=ENTITY_WITHIN,
            ),
        ),
    )


def set_power(
    entity_id: str, power: float, sensing: Sensing, *, volts: float | None = None, nominal: float | None = None
) -> Command:
    """Set a number entity to a power in W: in W or kW, in A (`volts`: V times phases) or in % (`nominal`: W)."""
    unit = unit_of(sensing.of(entity_id))
    if unit == "A" and volts:
        return set_number(entity_id, power / volts, sensing)
    if unit == "%" and nominal:
        return set_number(entity_id, power / nominal * 100.0, sensing)
    if unit in PowerConverter.VALID_UNITS and unit != "W":
        return set_number(entity_id, PowerConverter.convert(power, "W", unit), sensing)
    return set_number(entity_id, power, sensing)


def set_delay(entity_id: str, seconds: float, sensing: Sensing) -> Command:
    """Set a number entity to a delay, in its unit; without a unit in minutes.

    A machine that counts whole hours rather starts late than early: when the start is due, it is told so.
    """
    unit = unit_of(sensing.of(entity_id))
    factor_unit = unit if unit in DurationConverter.VALID_UNITS else "min"
    delay = DurationConverter.convert(max(seconds, 0.0), "s", factor_unit)
    return set_number(entity_id, delay, sensing, upward=True)


def set_moment(entity_id: str, moment: datetime, sensing: Sensing) -> Command:
    """Tell a `datetime`, `input_datetime` or `time` entity a moment; times of day are local."""
    local = moment.astimezone(sensing.time_zone).replace(microsecond=0)
    domain = domain_of(entity_id)
    expect = Expect(entity_id=entity_id, moment=moment, within=ENTITY_WITHIN)
    if domain == "datetime":
        return Command(
            domain=domain,
            service="set_value",
            entity_id=entity_id,
            data={"datetime": local.isoformat()},
            expect=(expect,),
        )
    if domain == "time":
        text = local.time().isoformat()
        return Command(
            domain=domain,
            service="set_value",
            entity_id=entity_id,
            data={"time": text},
            expect=(Expect(entity_id=entity_id, states=(text,), within=ENTITY_WITHIN),),
        )
    state = sensing.of(entity_id)
    if state is not None and state.attributes.get("has_date") is False:
        text = local.time().isoformat()
        return Command(
            domain=domain,
            service="set_datetime",
            entity_id=entity_id,
            data={"time": text},
            expect=(Expect(entity_id=entity_id, states=(text,), within=ENTITY_WITHIN),),
        )
    return Command(
        domain=domain,
        service="set_datetime",
        entity_id=entity_id,
        data={"datetime": local.replace(tzinfo=None).isoformat(sep=" ")},
        expect=(expect,),
    )


def sequence(
    actions: object,
    device: Device,
    instruction: Instruction,
    sensing: Sensing,
    *,
    power: float | None = None,
    expect: tuple[Expect, ...] = (),
) -> tuple[Command, ...]:
    """Run the user's own actions; empty where there are none.

    Variables: `start_time` (local time; none for set points), `duration` (s), `power` (W, consumption positive),
    `limit` (W or none), `intent`, `instruction` (start, stop, pause, resume, set, release) and `device` (name).
    """
    if not isinstance(actions, Sequence) or isinstance(actions, str) or not actions:
        return ()
    # A set point has no start of its own: it would make every command differ from the one before.
    start = instruction.start or (sensing.now if instruction.kind is InstructionKind.START else None)
    variables: dict[str, Any] = {
        "start_time": None if start is None else start.astimezone(sensing.time_zone),
        "duration": instruction.duration,
        "power": instruction.power if power is None else power,
        "limit": instruction.limit,
        "intent": instruction.intent.value,
        "instruction": instruction.kind.value,
        "device": device.name,
    }
    steps = tuple(action for action in actions if isinstance(action, Mapping))
    return (Command(sequence=steps, variables=variables, expect=expect),) if steps else ()
