"""Wind turbine: a generator that can be measured, forecast and, where its inverter takes a limit, curtailed.

Power envelope (S2 PEBC); IEC TR 62746-2 figure 1, wind turbine. Generation is negative inside. Its forecast is an
entity with a series of power; without one, what it gave at such hours before.

Fields: power_entity, power_sign, nominal_power (W); forecast_source (entity, history), forecast_entity
(one or more); priority. act: curtail_entity (number in W, kW or %), sequence. advanced:
curtailment_cost (currency/kWh), stale_after (min).
"""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from .base import Device, DeviceKind, ForecastFrom
from .common import configured_entities
from .curtailing import can_curtail, curtail, lift, source
from .forms import ACTIONS, NUMBER_ENTITY, POWER, PRIORITY, STALE_AFTER, Field, Section, choice, entities, form, number
from .generated_power import POWER_SIGN

ROWS = (
    Field(key="power_entity", selector=POWER, required=True),
    POWER_SIGN,
    Field(key="nominal_power", selector=number(1, 1_000_000, "W"), required=True),
    Field(key="forecast_source", selector=choice("wind_forecast_source", "history", "entity"), default="history"),
    Field(key="forecast_entity", selector=entities("sensor")),
    PRIORITY,
    Section(
        key="act",
        fields=(
            Field(key="curtail_entity", selector=NUMBER_ENTITY),
            Field(key="sequence", selector=ACTIONS),
        ),
    ),
    Section(
        key="advanced",
        fields=(Field(key="curtailment_cost", selector=number(0, 10, step=0.001)), STALE_AFTER),
    ),
)


def _schema(suggested: Mapping[str, Any]) -> vol.Schema:
    return form(ROWS, suggested)


def _validate(data: Mapping[str, Any]) -> dict[str, str]:
    if data.get("forecast_source") == "entity" and not data.get("forecast_entity"):
        return {"forecast_entity": "forecast_entity_missing"}
    return {}


def _entities(device: Device) -> frozenset[str]:
    return configured_entities(device, "power_entity", "curtail_entity")


WIND_TURBINE = DeviceKind(
    kind="wind_turbine",
    forecast=ForecastFrom.HISTORY,
    generates=True,
    icon="mdi:wind-turbine",
    schema=_schema,
    validate=_validate,
    entities=_entities,
    sense=source,
    commands=curtail,
    release=lift,
    controllable=can_curtail,
)
