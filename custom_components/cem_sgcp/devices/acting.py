"""Commands for the entities that devices are acted on through: switches, numbers, selects, thermostats, lights, fans.

Set points are W inside; a number entity gets them in its own unit (W, kW, A, %), on its own step and within its own
bounds, rounded toward zero so that no limit is exceeded. Moments are told in acting_moments.py. It must not know any
kind.
"""

from collections.abc import Mapping, Sequence
import math
from typing import Any, Final

from homeassistant.core import split_entity_id
from homeassistant.util.unit_conversion import PowerConverter, TemperatureConverter

from ..cem.model import Instruction, InstructionKind
from .base import Command, Device, Expect, Sensing
from .reading import finite, unit_of

#: How long an entity may take to show what it was told (s).
ENTITY_WITHIN: Final = 30.0

#: A thermostat that shows the temperature it was told this closely obeys (°C or °F).
TEMPERATURE_TOLERANCE: Final = 0.3

#: FanEntityFeature.SET_SPEED.
FAN_SET_SPEED: Final = 1

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


def _on_step(number: float, step: float, *, upward: bool = False, nearest: bool = False) -> float:
    """Return the next number on a step: toward zero, `upward` or the `nearest`."""
    if step < LEAST_STEP:
        return number
    steps = abs(number) / step
    # A hair more, so that 16.0 that became 15.999999 in a conversion stays 16.
    if nearest:
        steps = math.floor(steps + 0.5 + 1e-6)
    else:
        steps = math.ceil(steps - 1e-6) if upward else math.floor(steps + 1e-6)
    return math.copysign(steps * step, number)


def _bounded(number: float, lower: float | None, upper: float | None) -> float:
    number = number if upper is None else min(number, upper)
    number = number if lower is None else max(number, lower)
    return round(number, 6) + 0.0


def set_number(
    entity_id: str, number: float, sensing: Sensing, *, upward: bool = False, nearest: bool = False
) -> Command:
    """Set a number in its own unit, within its bounds and on its step: toward zero, `upward` or the `nearest`."""
    state = sensing.of(entity_id)
    attributes = {} if state is None else state.attributes
    step = finite(attributes.get("step")) or 0.0
    number = _bounded(
        _on_step(number, step, upward=upward, nearest=nearest),
        finite(attributes.get("min")),
        finite(attributes.get("max")),
    )
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


def set_temperature(entity_id: str, temperature: float, sensing: Sensing, *, cooling: bool = False) -> Command:
    """Set a climate, water heater or number entity to a temperature in °C, in its own unit and within its bounds.

    A climate entity that keeps a band gets it as the lower end, or with `cooling` as the upper end; the other end
    gives way only as far as it must.
    """
    domain = domain_of(entity_id)
    if domain not in {"climate", "water_heater"}:
        unit = unit_of(sensing.of(entity_id))
        if unit in TemperatureConverter.VALID_UNITS:
            temperature = TemperatureConverter.convert(temperature, "°C", unit)
        return set_number(entity_id, temperature, sensing, nearest=True)
    state = sensing.of(entity_id)
    attributes = {} if state is None else state.attributes
    wanted = TemperatureConverter.convert(temperature, "°C", sensing.temperature_unit)
    step = finite(attributes.get("target_temp_step")) or 0.0
    wanted = _bounded(
        _on_step(wanted, step, nearest=True), finite(attributes.get("min_temp")), finite(attributes.get("max_temp"))
    )
    low, high = finite(attributes.get("target_temp_low")), finite(attributes.get("target_temp_high"))
    if low is None or high is None or finite(attributes.get("temperature")) is not None:
        data, shows = {"temperature": wanted}, "temperature"
    elif cooling:
        data, shows = {"target_temp_low": min(low, wanted), "target_temp_high": wanted}, "target_temp_high"
    else:
        data, shows = {"target_temp_low": wanted, "target_temp_high": max(high, wanted)}, "target_temp_low"
    return Command(
        domain=domain,
        service="set_temperature",
        entity_id=entity_id,
        data=data,
        expect=(
            Expect(
                entity_id=entity_id,
                attribute=shows,
                number=wanted,
                tolerance=max(step / 2.0, TEMPERATURE_TOLERANCE),
                within=ENTITY_WITHIN,
            ),
        ),
    )


def set_hvac_mode(entity_id: str, mode: str) -> Command:
    """Set the mode of a climate entity: off, heat, cool, heat_cool, auto, dry, fan_only."""
    return _set_state(entity_id, "climate", "set_hvac_mode", "hvac_mode", mode)


def set_operation_mode(entity_id: str, mode: str) -> Command:
    """Set the operation mode of a water heater, such as eco, electric, performance or off."""
    return _set_state(entity_id, "water_heater", "set_operation_mode", "operation_mode", mode)


def set_preset_mode(entity_id: str, mode: str) -> Command:
    """Set the preset of a climate or fan entity."""
    domain = domain_of(entity_id)
    return _set_state(entity_id, domain, "set_preset_mode", "preset_mode", mode, attribute="preset_mode")


def _set_state(
    entity_id: str, domain: str, service: str, field: str, value: str, *, attribute: str | None = None
) -> Command:
    return Command(
        domain=domain,
        service=service,
        entity_id=entity_id,
        data={field: value},
        expect=(Expect(entity_id=entity_id, attribute=attribute, states=(value,), within=ENTITY_WITHIN),),
    )


def set_level(entity_id: str, percent: float | None, sensing: Sensing) -> Command:
    """Set a light (brightness), fan (speed) or number (%) to a level; anything else is switched on or off.

    0 switches off; None switches on as it was before, which a light and a fan know by themselves. It is rounded down
    to what the entity can do, but a level above 0 never to off.
    """
    domain = domain_of(entity_id)
    if domain in {"number", "input_number"}:
        return set_number(entity_id, 100.0 if percent is None else percent, sensing)
    state = sensing.of(entity_id)
    attributes = {} if state is None else state.attributes
    if percent is None or percent <= 0.0 or not _has_levels(domain, attributes):
        return switch(entity_id, on=percent is None or percent > 0.0)
    percent = min(percent, 100.0)
    if domain == "light":
        whole = max(1, math.floor(percent + 1e-6))
        shows = Expect(
            entity_id=entity_id, attribute="brightness", number=whole * 2.55, tolerance=4.0, within=ENTITY_WITHIN
        )
        return Command(
            domain=domain, service="turn_on", entity_id=entity_id, data={"brightness_pct": whole}, expect=(shows,)
        )
    step = finite(attributes.get("percentage_step")) or 1.0
    # Fans round up to their own steps.
    whole = max(1, math.floor(max(_on_step(percent, step), min(step, 100.0)) + 1e-6))
    shows = Expect(
        entity_id=entity_id, attribute="percentage", number=whole, tolerance=max(1.0, step / 2.0), within=ENTITY_WITHIN
    )
    return Command(
        domain=domain, service="set_percentage", entity_id=entity_id, data={"percentage": whole}, expect=(shows,)
    )


def _has_levels(domain: str, attributes: Mapping[str, Any]) -> bool:
    if domain == "light":
        modes = attributes.get("supported_color_modes")
        return isinstance(modes, Sequence) and not set(map(str, modes)) <= {"onoff", "unknown"}
    features = attributes.get("supported_features")
    return domain == "fan" and isinstance(features, int) and bool(features & FAN_SET_SPEED)


def set_contacts(entity_a: str, entity_b: str, a: bool, b: bool) -> tuple[Command, ...]:
    """Set the two contacts of an SG-Ready input, one after the other so that no state between asks for more.

    States of the label (contact 1, contact 2): blocked (on, off), normal (off, off), recommended (off, on), forced on
    (on, on). Source: bwp regulation of the SG-Ready label, 2012.
    """
    commands = (switch(entity_a, on=a), switch(entity_b, on=b))
    return commands if b else (commands[1], commands[0])


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
    `limit` (W or none), `intent`, `instruction` (start, stop, pause, resume, set, release), `mode` (of the first
    actuator, or none) and `device` (name).
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
        "mode": instruction.modes[0].mode_id if instruction.modes else None,
        "device": device.name,
    }
    steps = tuple(action for action in actions if isinstance(action, Mapping))
    return (Command(sequence=steps, variables=variables, expect=expect),) if steps else ()
