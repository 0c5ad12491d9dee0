"""The heat loss of a zone, tank or freezer, with how far it can be trusted: learned, or stated by the user."""

from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.const import EntityCategory

from .cem.model import ThermalModel
from .coordinator import CemCoordinator
from .devices import KINDS
from .devices.base import Device
from .entity import Attributes, CemDeviceEntity

#: W/K has no device class of its own.
HEAT_LOSS = SensorEntityDescription(
    key="heat_loss",
    translation_key="heat_loss",
    native_unit_of_measurement="W/K",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
    entity_category=EntityCategory.DIAGNOSTIC,
)
#: Temperature difference that the standby loss of a tank is stated at, K.
STANDBY_DIFFERENCE = 45.0


def stated_loss(device: Device) -> float | None:
    """Return the heat loss in W/K that the user stated, or None."""
    loss, standby = device.data.get("heat_loss"), device.data.get("standby_loss")
    if isinstance(loss, int | float) and loss > 0:
        return float(loss)
    if isinstance(standby, int | float) and standby > 0:
        return float(standby) * 1000.0 / 24.0 / STANDBY_DIFFERENCE
    return None


class HeatLossSensor(CemDeviceEntity, SensorEntity):
    """What a kelvin between inside and outside costs, W/K."""

    def __init__(self, coordinator: CemCoordinator, device: Device) -> None:
        """Show the loss of one device's zone."""
        super().__init__(coordinator, device, HEAT_LOSS)

    @property
    def _learned(self) -> ThermalModel | None:
        return self.coordinator.state.thermal.get(self.device.device_id)

    @property
    @override
    def native_value(self) -> Any:
        """What was stated, else what was learned."""
        stated = stated_loss(self.device)
        if stated is not None:
            return round(stated, 3)
        return None if self._learned is None else round(1.0 / self._learned.resistance, 3)

    @property
    @override
    def extra_state_attributes(self) -> Attributes:
        """Where it comes from, what else was learned, and why nothing was."""
        learned, stated = self._learned, stated_loss(self.device)
        refusal = self.coordinator.warmth.refusals.get(self.device.device_id)
        attributes: Attributes = {
            "origin": "stated" if stated is not None else "learned" if learned is not None else "unknown",
            "reason": None if refusal is None else refusal.value,
        }
        if learned is None:
            return attributes
        loss = 1.0 / learned.resistance
        return attributes | {
            "learned_heat_loss": round(loss, 3),
            "heat_loss_error": _rounded(learned.resistance_error, loss * loss),
            "capacity": round(learned.capacity / 1000.0, 3),
            "capacity_error": _rounded(learned.capacity_error, 1e-3),
            "gains": round(learned.gains, 1),
            "gains_error": _rounded(learned.gains_error),
            "efficiency": round(learned.efficiency, 2),
            "residual": _rounded(learned.residual),
            "hours": learned.hours,
            "time_constant": round(learned.resistance * learned.capacity, 1),
        }


def _rounded(value: float | None, factor: float = 1.0) -> float | None:
    return None if value is None else round(value * factor, 3)


def warmth_sensors(coordinator: CemCoordinator, device: Device) -> list[HeatLossSensor]:
    """Return the sensor of a device that heats or cools and can be learned from, or none."""
    learnable = KINDS[device.kind].thermal(device) is not None or stated_loss(device) is not None
    return [HeatLossSensor(coordinator, device)] if learnable else []
