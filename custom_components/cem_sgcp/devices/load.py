"""Load: a device that is measured and forecast, but not controlled.

Fields: power_entity (sensor in W or kW), power_inverted, priority; advanced: stale_after (min).
"""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from ..cem.model import NotControllable, Resource
from .base import Device, DeviceKind, DeviceSettings, ForecastFrom, Sensing
from .common import configured_entities, measured, resource
from .forms import POWER, PRIORITY, STALE_AFTER, YES_NO, Field, Section, form

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    Field(key="power_inverted", selector=YES_NO, default=False),
    PRIORITY,
    Section(key="advanced", fields=(STALE_AFTER,)),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity")


def _sense(device: Device, settings: DeviceSettings, sensing: Sensing) -> Resource:
    power = measured(device, sensing)
    return resource(
        device,
        settings,
        acts=False,
        control=NotControllable(),
        available=power is not None,
        power=power,
        forecast=sensing.forecast,
    )


LOAD = DeviceKind(
    kind="load", forecast=ForecastFrom.HISTORY, icon="mdi:power-plug", schema=_schema, entities=_entities, sense=_sense
)
