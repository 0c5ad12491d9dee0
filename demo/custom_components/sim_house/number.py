"""Set points and limits."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.number import (
    DOMAIN as PLATFORM,
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import UnitOfElectricCurrent, UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PointDescription, SimEntity, there
from .equipment import POWERS, SET_POINTS
from .house import HouseOptions
from .runtime import Runtime, SimHouseConfigEntry


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, NumberEntityDescription):
    """A number for one point."""

    bounds: Callable[[HouseOptions], tuple[float, float]] | None = None
    """None: the machine itself knows."""


NUMBERS = (
    Description(
        key="pv_limit",
        device="pv",
        point="limit",
        name="Power limit",
        device_class=NumberDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_step=1,
        bounds=lambda options: (0, options.pv_nominal),
    ),
    Description(
        key="battery_setpoint",
        device="battery",
        point="setpoint",
        name="Set point",
        device_class=NumberDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_step=1,
        bounds=lambda options: (-options.battery_power, options.battery_power),
    ),
    Description(
        key="ev_current",
        device="ev",
        point="current",
        name="Charging current",
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_step=1,
        bounds=lambda options: (6, options.ev_current),
    ),
    Description(
        key="grid_limit",
        device="grid",
        point="limit",
        name="Limit of the grid operator",
        device_class=NumberDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_step=1,
        bounds=lambda _: (0, 100_000),
    ),
)

EQUIPMENT = (
    *(
        Description(
            key=f"{device}_{point}",
            device=device,
            point=point,
            name=name,
            device_class=NumberDeviceClass.TEMPERATURE,
            native_unit_of_measurement=UnitOfTemperature.CELSIUS,
            native_step=0.5,
        )
        for device, point, name in SET_POINTS
    ),
    *(
        Description(
            key=f"{device}_{point}",
            device=device,
            point=point,
            name=name,
            device_class=NumberDeviceClass.POWER,
            native_unit_of_measurement=UnitOfPower.WATT,
            native_step=1,
        )
        for device, point, name in POWERS
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the numbers."""
    runtime = entry.runtime_data
    async_add_entities(
        SimNumber(runtime, PLATFORM, description) for description in (*NUMBERS, *there(runtime, EQUIPMENT))
    )


class SimNumber(SimEntity, NumberEntity):
    """A point with a number."""

    _attr_mode = NumberMode.BOX
    entity_description: Description

    def __init__(self, runtime: Runtime, platform: str, description: Description) -> None:
        """Take the bounds from the house."""
        super().__init__(runtime, platform, description)
        if description.bounds is not None:
            bounds = description.bounds(runtime.house.options)
        else:
            bounds = runtime.house.equipment[description.device].SETTINGS[description.point] or (0.0, 1.0)
        self._attr_native_min_value, self._attr_native_max_value = bounds

    @property
    def native_value(self) -> float | None:
        """Reading of the point."""
        return self.read()

    async def async_set_native_value(self, value: float) -> None:
        """Set the point."""
        await self.command(value)
