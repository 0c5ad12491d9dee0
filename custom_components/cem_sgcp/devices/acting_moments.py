"""Commands that tell an entity a delay or a moment.

It must not know any kind.
"""

from datetime import datetime

from homeassistant.util.unit_conversion import DurationConverter

from .acting import ENTITY_WITHIN, domain_of, set_number
from .base import Command, Expect, Sensing
from .reading import unit_of


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
