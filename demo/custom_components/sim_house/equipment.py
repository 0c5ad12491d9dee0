"""Which entities the optional equipment has: device, point, and the name that people see.

The platforms make entities of these tables for what the house really has.
"""

HEATS = ("heat_pump", "hot_water", "freezer", "air_conditioner", "radiator")
BUFFERS = ("chp", "fuel_cell")

NAMES = {
    "heat_pump": "Heat pump",
    "hot_water": "Hot water tank",
    "freezer": "Freezer",
    "air_conditioner": "Air conditioner",
    "radiator": "Radiator",
    "chp": "CHP unit",
    "fuel_cell": "Fuel cell",
    "generator": "Generator",
    "wind": "Wind turbine",
    "fan": "Ventilation",
    "lamp": "Living room lights",
    "pool_pump": "Pool pump",
    "cistern": "Cistern",
    "v2h": "Bidirectional car",
    "weather": "Weather",
}

TEMPERATURES = (*((device, "temperature", "Temperature") for device in (*HEATS, *BUFFERS)),)
SWITCHES = (
    *((device, "on", "Enabled") for device in HEATS),
    *((device, "on", "Run") for device in (*BUFFERS, "generator", "pool_pump", "cistern")),
    *((device, "boiler", "Gas boiler") for device in BUFFERS),
    ("heat_pump", "contact_1", "SG-Ready contact 1"),
    ("heat_pump", "contact_2", "SG-Ready contact 2"),
)
SET_POINTS = tuple((device, "set_point", "Set point") for device in HEATS)
POWERS = (
    ("wind", "limit", "Power limit"),
    ("generator", "setpoint", "Set point"),
    ("v2h", "setpoint", "Set point"),
)
RUNNING = tuple((device, "running", "Running") for device in (*HEATS, *BUFFERS))
