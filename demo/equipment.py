"""What the owner of a house with much equipment enters for each of it; entities are those of the simulated house.

Only for looking and for end-to-end tests: the demo itself stays as small as most homes are.
"""

from collections.abc import Mapping
from typing import Any, Final

#: What the simulated house is given, by the name of its equipment.
EQUIPMENT: Final = (
    "heat_pump", "hot_water", "freezer", "air_conditioner", "radiator", "chp", "fuel_cell", "generator", "wind",
    "fan", "lamp", "pool_pump", "cistern", "v2h",
)  # fmt: skip

_COMFORT: Final = {"band_minimum": 20.0, "band_maximum": 22.5}
_BUILDING: Final = {"area": 140, "building_age": "until_2009", "construction": "medium"}

#: What stands in the place of another device, because it uses the same sensors: new name → the other's.
INSTEAD: Final[Mapping[str, str]] = {"Heating with gas": "Bathroom radiator", "Solar thermal tank": "Hot water"}

#: Kind and answer to its form by name, sections included.
DEVICES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "Heat pump": (
        "heat_pump",
        {
            "power_entity": "sensor.sim_heat_pump_power",
            "temperature_entity": "sensor.sim_heat_pump_temperature",
            "max_power": 2200,
            "outdoor_entity": "sensor.sim_weather_outdoor",
            "comfort": _COMFORT,
            "building": _BUILDING,
            "act": {
                "contact_1_entity": "switch.sim_heat_pump_contact_1",
                "contact_2_entity": "switch.sim_heat_pump_contact_2",
            },
            "advanced": {"minimum_run": 20, "minimum_pause": 10},
        },
    ),
    "Hot water": (
        "boiler",
        {
            "power_entity": "sensor.sim_hot_water_power",
            "temperature_entity": "sensor.sim_hot_water_temperature",
            "volume": 200,
            "max_power": 2000,
            "daily_use": 6,
            "comfort": {"band_minimum": 45, "band_maximum": 60},
            "act": {"switch_entity": "switch.sim_hot_water"},
            "advanced": {"minimum_run": 10},
        },
    ),
    "Freezer": (
        "freezer",
        {
            "power_entity": "sensor.sim_freezer_power",
            "temperature_entity": "sensor.sim_freezer_temperature",
            "max_power": 80,
            "volume": 250,
            "comfort": {},
            "act": {"switch_entity": "switch.sim_freezer"},
            "advanced": {},
        },
    ),
    "Air conditioner": (
        "air_conditioning",
        {
            "power_entity": "sensor.sim_air_conditioner_power",
            "temperature_entity": "sensor.sim_air_conditioner_temperature",
            "direction": "cool",
            "max_power": 900,
            "outdoor_entity": "sensor.sim_weather_outdoor",
            "comfort": {"band_minimum": 22.0, "band_maximum": 25.0},
            "building": {"area": 30, "building_age": "until_2009", "construction": "medium"},
            "act": {"switch_entity": "switch.sim_air_conditioner"},
            "advanced": {},
        },
    ),
    "Bathroom radiator": (
        "radiator",
        {
            "power_entity": "sensor.sim_radiator_power",
            "temperature_entity": "sensor.sim_radiator_temperature",
            "max_power": 1500,
            "outdoor_entity": "sensor.sim_weather_outdoor",
            "comfort": {"band_minimum": 19.0, "band_maximum": 22.0},
            "building": {"area": 12, "building_age": "until_2009", "construction": "light"},
            "act": {"switch_entity": "switch.sim_radiator"},
            "advanced": {},
        },
    ),
    "CHP unit": (
        "chp",
        {
            "power_entity": "sensor.sim_chp_power",
            "rated_power": 3000,
            "fuel_price": 0.10,
            "temperature_entity": "sensor.sim_chp_temperature",
            "volume": 800,
            "heat_need": "daily",
            "daily_use": 40,
            "act": {"switch_entity": "switch.sim_chp", "boiler_switch": "switch.sim_chp_boiler"},
            "advanced": {"minimum_on": 30, "minimum_off": 15, "boiler_power": 14},
        },
    ),
    "Fuel cell": (
        "fuel_cell",
        {
            "power_entity": "sensor.sim_fuel_cell_power",
            "rated_power": 750,
            "fuel_price": 0.10,
            "temperature_entity": "sensor.sim_fuel_cell_temperature",
            "volume": 300,
            "heat_need": "daily",
            "daily_use": 15,
            "act": {"switch_entity": "switch.sim_fuel_cell"},
            "advanced": {"minimum_on": 240, "minimum_off": 60, "starts_per_day": 1},
        },
    ),
    "Generator": (
        "generator",
        {
            "power_entity": "sensor.sim_generator_power",
            "rated_power": 5000,
            "fuel_cost": 0.5,
            "normal_operation": False,
            "act": {"switch_entity": "switch.sim_generator"},
            "advanced": {},
        },
    ),
    "Wind turbine": (
        "wind_turbine",
        {
            "power_entity": "sensor.sim_wind_power",
            "nominal_power": 3000,
            "act": {"curtail_entity": "number.sim_wind_limit"},
            "advanced": {},
        },
    ),
    "Ventilation": (
        "ventilation",
        {
            "power_entity": "sensor.sim_fan_power",
            "levels": "33: 20, 66: 60, 100: 150",
            "off_allowed": True,
            "minimum_level": "33",
            "minimum_minutes": 30,
            "act": {"level_entity": "fan.sim_fan"},
            "advanced": {},
        },
    ),
    "Living room lights": (
        "lighting",
        {
            "power_entity": "sensor.sim_lamp_power",
            "rated_power": 120,
            "not_emergency": True,
            "act": {"light_entity": "light.sim_lamp"},
            "advanced": {},
        },
    ),
    "Pool pump": (
        "switched_load",
        {
            "power_entity": "sensor.sim_pool_pump_power",
            "rated_power": 800,
            "quota": 6,
            "act": {"switch_entity": "switch.sim_pool_pump"},
            "advanced": {"minimum_on": 30},
        },
    ),
    "Cistern": (
        "water_pump",
        {
            "power_entity": "sensor.sim_cistern_power",
            "level_entity": "sensor.sim_cistern_level",
            "capacity": 3000,
            "minimum": 20,
            "maximum": 95,
            "rated_power": 900,
            "flow": 40,
            "empties": False,
            "daily_flow": 1500,
            "act": {"switch_entity": "switch.sim_cistern"},
            "advanced": {"minimum_on": 10},
        },
    ),
    "Second car": (
        "v2h_car",
        {
            "power_entity": "sensor.sim_v2h_power",
            "connected_entity": "binary_sensor.sim_v2h_connected",
            "soc_entity": "sensor.sim_v2h_soc",
            "capacity": 60,
            "target": 70,
            "reserve": 30,
            "maximum": 90,
            "departure_entity": "sensor.sim_v2h_next_departure",
            "max_charge_power": 10_000,
            "max_discharge_power": 10_000,
            "min_charge_power": 1400,
            "min_discharge_power": 1400,
            "act": {"setpoint_entity": "number.sim_v2h_setpoint"},
            "advanced": {},
        },
    ),
    "Heating with gas": (
        "hybrid_heating",
        {
            "power_entity": "sensor.sim_radiator_power",
            "max_power": 1500,
            "boiler_power": 18_000,
            "fuel_price": 0.11,
            "outdoor_entity": "sensor.sim_weather_outdoor",
            "comfort": _COMFORT,
            "building": _BUILDING,
            "act": {},
            "advanced": {},
        },
    ),
    "Solar thermal tank": (
        "solar_thermal",
        {
            "power_entity": "sensor.sim_hot_water_power",
            "temperature_entity": "sensor.sim_hot_water_temperature",
            "volume": 300,
            "max_power": 2000,
            "area": 5,
            "forecast_source": "entity",
            "forecast_entity": ["sensor.sim_pv_forecast"],
            "nominal_power": 5000,
            "daily_use": 6,
            "comfort": {"band_minimum": 45, "band_maximum": 75},
            "act": {"switch_entity": "switch.sim_hot_water"},
            "advanced": {},
        },
    ),
}
