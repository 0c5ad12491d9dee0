"""Fields that the forms of heating and cooling devices share. It must not know any kind."""

from typing import Final

from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig

from .forms import ACTIONS, NUMBER_ENTITY, SWITCH_ENTITY, TIME, Field, Section, choice, entity, number

TEMPERATURE: Final = EntitySelector(
    EntitySelectorConfig(
        filter=[
            {"domain": ["sensor"], "device_class": ["temperature"]},
            {"domain": ["number", "input_number", "climate", "water_heater"]},
        ]
    )
)
OUTDOOR: Final = EntitySelector(
    EntitySelectorConfig(
        filter=[
            {"domain": ["sensor"], "device_class": ["temperature"]},
            {"domain": ["number", "input_number", "weather"]},
        ]
    )
)
RUNNING: Final = entity("binary_sensor", "switch", "input_boolean", "sensor")
SET_POINT: Final = entity("climate", "water_heater", "number", "input_number", "sensor")
DEGREES: Final = number(-60, 150, "°C")
MINUTES: Final = number(0, 1440, "min")

TEMPERATURE_ENTITY: Final = Field(key="temperature_entity", selector=TEMPERATURE, required=True)
OUTDOOR_ENTITY: Final = Field(key="outdoor_entity", selector=OUTDOOR)
RUNNING_ENTITY: Final = Field(key="running_entity", selector=RUNNING)
MAX_POWER: Final = Field(key="max_power", selector=number(1, 1_000_000, "W"), required=True)
MIN_POWER: Final = Field(key="min_power", selector=number(0, 1_000_000, "W"))


def comfort(usual: tuple[float, float] | tuple[None, None] = (None, None)) -> Section:
    """Return the fields of the comfort band, filled with the usual one."""
    return Section(
        key="comfort",
        collapsed=False,
        fields=(
            Field(key="band_minimum", selector=DEGREES, default=usual[0]),
            Field(key="band_maximum", selector=DEGREES, default=usual[1]),
            Field(key="night_minimum", selector=DEGREES),
            Field(key="night_maximum", selector=DEGREES),
            Field(key="day_start", selector=TIME),
            Field(key="night_start", selector=TIME),
            Field(key="set_point_entity", selector=SET_POINT),
            Field(key="tolerance", selector=number(0.1, 50, "K")),
            Field(key="profile_entity", selector=entity("sensor")),
            Field(key="comfort_price", selector=number(0, 1000, step=0.001), default=1.0),
        ),
    )


#: What is known of a building or room.
BUILDING: Final = Section(
    key="building",
    fields=(
        Field(key="area", selector=number(1, 100_000, "m²")),
        Field(
            key="building_age",
            selector=choice("building_age", "before_1979", "until_1995", "until_2009", "since_2010", "passive"),
        ),
        Field(key="construction", selector=choice("construction", "light", "medium", "heavy")),
        Field(key="heat_loss", selector=number(0, 100_000, "W/K")),
        Field(key="heat_capacity", selector=number(0, 100_000, "kWh/K")),
        Field(key="internal_gains", selector=number(-100_000, 100_000, "W")),
    ),
)

CLIMATE: Final = Field(key="climate_entity", selector=entity("climate", "water_heater"))
THERMOSTAT: Final = Field(key="climate_entity", selector=entity("climate"))
CLIMATE_ACT: Final = Field(key="climate_act", selector=choice("climate_act", "set_point", "mode"), default="set_point")
TARGET: Final = Field(key="target_entity", selector=NUMBER_ENTITY)
SWITCH: Final = Field(key="switch_entity", selector=SWITCH_ENTITY)
POWER_NUMBER: Final = Field(key="number_entity", selector=NUMBER_ENTITY)

#: How every one of them is handed back, and its own actions.
HAND_BACK: Final = (
    Field(key="sequence", selector=ACTIONS),
    Field(key="normal_set_point", selector=DEGREES),
    Field(key="heat_release", selector=choice("heat_release", "on", "off", "leave"), default="on"),
    Field(key="release_sequence", selector=ACTIONS),
)

#: What switching asks of a compressor or burner.
SWITCHING: Final = (
    Field(key="minimum_run", selector=MINUTES),
    Field(key="minimum_pause", selector=MINUTES),
    Field(key="starts_per_day", selector=number(0, 1440, step=1)),
    Field(key="start_cost", selector=number(0, 1000, step=0.001)),
)
