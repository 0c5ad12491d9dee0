"""Tables of form fields, made into the schema of a config flow step.

A kind lists its fields once; the schema, its sections and its suggested values follow from the table. It must not know
any kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    ActionSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from .base import flatten


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form."""

    key: str
    selector: Selector[Any]
    default: Any = None
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """Fields under a heading that can be folded."""

    key: str
    fields: tuple[Field, ...]
    collapsed: bool = True


def form(rows: Sequence[Field | Section], suggested: Mapping[str, Any]) -> vol.Schema:
    """Return the schema of a form, filled with suggested values."""
    values = flatten(suggested)
    fields: dict[Any, Any] = {}
    for row in rows:
        if isinstance(row, Section):
            inner = vol.Schema({_marker(field, values): field.selector for field in row.fields})
            used = any(field.key in values for field in row.fields)
            fields[vol.Required(row.key)] = section(inner, {"collapsed": row.collapsed and not used})
        else:
            fields[_marker(row, values)] = row.selector
    return vol.Schema(fields)


def _marker(field: Field, values: Mapping[str, Any]) -> vol.Marker:
    value = values.get(field.key, field.default)
    if isinstance(field.default, bool):
        return vol.Required(field.key, default=bool(value))
    description = None if value is None else {"suggested_value": value}
    return (vol.Required if field.required else vol.Optional)(field.key, description=description)


def defaults(rows: Sequence[Field | Section]) -> dict[str, Any]:
    """Return the default of every field that has one."""
    found: dict[str, Any] = {}
    for row in rows:
        for field in row.fields if isinstance(row, Section) else (row,):
            if field.default is not None:
                found[field.key] = field.default
    return found


def entity(*domains: str) -> EntitySelector:
    """Choose an entity of some domains."""
    return EntitySelector(EntitySelectorConfig(filter=[{"domain": list(domains)}]))


def entities(*domains: str) -> EntitySelector:
    """Choose one or more entities of some domains."""
    return EntitySelector(EntitySelectorConfig(filter=[{"domain": list(domains)}], multiple=True))


def measurement(*device_classes: str) -> EntitySelector:
    """Choose a sensor of some device classes, or a number that the user keeps."""
    return EntitySelector(
        EntitySelectorConfig(
            filter=[
                {"domain": ["sensor"], "device_class": list(device_classes)},
                {"domain": ["number", "input_number"]},
            ]
        )
    )


def number(minimum: float, maximum: float, unit: str | None = None, step: float | None = None) -> NumberSelector:
    """Type a number."""
    config = NumberSelectorConfig(min=minimum, max=maximum, mode=NumberSelectorMode.BOX)
    config["step"] = "any" if step is None else step
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def choice(translation_key: str, *options: str) -> SelectSelector:
    """Choose one of some options; their names are under `selector.<translation_key>.options`."""
    return SelectSelector(SelectSelectorConfig(options=list(options), translation_key=translation_key))


POWER: Final = measurement("power")
YES_NO: Final = BooleanSelector()
TEXT: Final = TextSelector()
TIME: Final = TimeSelector()
ACTIONS: Final = ActionSelector()
ANY_ENTITY: Final = EntitySelector()
NUMBER_ENTITY: Final = entity("number", "input_number")
SELECT_ENTITY: Final = entity("select", "input_select")
SWITCH_ENTITY: Final = entity("switch", "input_boolean")

#: Fields that every kind has.
PRIORITY: Final = Field(key="priority", selector=number(1, 10, step=1), default=5)
FAST = Field(key="fast", selector=YES_NO, default=False)
STALE_AFTER: Final = Field(key="stale_after", selector=number(0, 1440, "min"))
