"""CHP: a unit that burns gas, gives heat to a buffer and power to the house, when both are worth most.

IEC TR 62746-2 figure 1, CHP. Usual figures of a unit with a combustion engine of a few kW. Fields, store and commands:
see `cogeneration`.
"""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from ..cem.model import Resource
from .base import Device, DeviceKind, DeviceSettings, Sensing
from .cogeneration import Figures, commands, entities, release, rows, sense_unit, wrong
from .forms import form
from .switching import can_switch

USUAL: Final = Figures(
    electric_efficiency=27.0,
    thermal_efficiency=63.0,
    start_cost=0.15,
    minimum_on=30.0,
    minimum_off=20.0,
    starts_per_day=6,
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(rows(USUAL), suggested)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    return sense_unit(device, settings, sensing, USUAL)


CHP = DeviceKind(
    kind="chp",
    has_level=True,
    has_modes=True,
    generates=True,
    icon="mdi:fire-circle",
    schema=_schema,
    validate=wrong,
    entities=entities,
    sense=_sense,
    commands=commands,
    release=release,
    controllable=can_switch,
)
