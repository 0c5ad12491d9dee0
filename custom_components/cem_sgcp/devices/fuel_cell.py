"""Fuel cell: runs on gas for the heat that is needed and gives power, with few starts and long runs.

IEC TR 62746-2 figure 1, fuel cell, and its high-level use case JWG1111, fuel cell with a fixed tariff. Usual figures
of a household unit that does not like to be started. Fields, store and commands: see `cogeneration`.
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
    electric_efficiency=38.0,
    thermal_efficiency=52.0,
    start_cost=0.6,
    minimum_on=240.0,
    minimum_off=120.0,
    starts_per_day=1,
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(rows(USUAL), suggested)


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    return sense_unit(device, settings, sensing, USUAL)


FUEL_CELL = DeviceKind(
    kind="fuel_cell",
    has_level=True,
    has_modes=True,
    generates=True,
    icon="mdi:hydrogen-station",
    schema=_schema,
    validate=wrong,
    entities=entities,
    sense=_sense,
    commands=commands,
    release=release,
    controllable=can_switch,
)
