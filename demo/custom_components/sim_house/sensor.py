"""Everything that is measured, and the series of the market and of the weather service."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from homeassistant.components.sensor import (
    DOMAIN as PLATFORM,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfEnergy, UnitOfPower, UnitOfSpeed, UnitOfTemperature, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import APPLIANCES, PointDescription, SimEntity, there
from .equipment import NAMES, TEMPERATURES
from .house import ApplianceState
from .runtime import SimHouseConfigEntry

PUBLICATION_HOUR = 13  # local time at which the prices of the next day are known


@dataclass(frozen=True, kw_only=True)
class Description(PointDescription, SensorEntityDescription):
    """A sensor of one point."""

    digits: int = 3


def _power(key: str, device: str, point: str = "power", name: str = "Power") -> Description:
    return Description(
        key=key,
        device=device,
        point=point,
        name=name,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
    )


def _energy(key: str, device: str, point: str = "energy", name: str = "Energy") -> Description:
    return Description(
        key=key,
        device=device,
        point=point,
        name=name,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        digits=6,
    )


def _soc(key: str, device: str) -> Description:
    return Description(
        key=key,
        device=device,
        point="soc",
        name="State of charge",
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement="%",
        suggested_display_precision=1,
    )


SENSORS = (
    _power("grid_power", "grid"),
    _energy("grid_import_energy", "grid", "import_energy", "Imported energy"),
    _energy("grid_export_energy", "grid", "export_energy", "Exported energy"),
    _power("base_load_power", "home", "base_load"),
    _energy("base_load_energy", "home", "energy"),
    _power("pv_power", "pv"),
    _energy("pv_energy", "pv"),
    _power("battery_power", "battery"),
    _soc("battery_soc", "battery"),
    _energy("battery_energy_in", "battery", "energy_in", "Energy charged"),
    _energy("battery_energy_out", "battery", "energy_out", "Energy discharged"),
    _power("ev_power", "ev"),
    _soc("ev_soc", "ev"),
    _energy("ev_energy", "ev"),
    Description(
        key="ev_next_departure",
        device="ev",
        point="next_departure",
        name="Next departure",
        device_class=SensorDeviceClass.TIMESTAMP,
    ),
    *(
        description
        for device in APPLIANCES
        for description in (
            _power(f"{device}_power", device),
            _energy(f"{device}_energy", device),
            Description(
                key=f"{device}_state",
                device=device,
                point="state",
                name="State",
                device_class=SensorDeviceClass.ENUM,
                options=[state.value for state in ApplianceState],
            ),
            Description(
                key=f"{device}_remaining",
                device=device,
                point="remaining",
                name="Remaining time",
                device_class=SensorDeviceClass.DURATION,
                native_unit_of_measurement=UnitOfTime.MINUTES,
                suggested_display_precision=0,
                digits=0,
            ),
        )
    ),
)
EQUIPMENT = (
    *(_power(f"{device}_power", device) for device in NAMES if device != "weather"),
    *(_energy(f"{device}_energy", device) for device in NAMES if device != "weather"),
    *(
        Description(
            key=f"{device}_{point}",
            device=device,
            point=point,
            name=name,
            device_class=SensorDeviceClass.TEMPERATURE,
            state_class=SensorStateClass.MEASUREMENT,
            native_unit_of_measurement=UnitOfTemperature.CELSIUS,
            suggested_display_precision=1,
        )
        for device, point, name in (*TEMPERATURES, ("weather", "outdoor", "Outdoor temperature"))
    ),
    _soc("v2h_soc", "v2h"),
    Description(
        key="v2h_next_departure",
        device="v2h",
        point="next_departure",
        name="Next departure",
        device_class=SensorDeviceClass.TIMESTAMP,
    ),
    Description(
        key="cistern_level",
        device="cistern",
        point="percent",
        name="Level",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
    ),
    Description(
        key="pool_pump_hours_today",
        device="pool_pump",
        point="hours_today",
        name="On time today",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        digits=4,
    ),
    Description(
        key="wind_speed",
        device="weather",
        point="wind",
        name="Wind",
        device_class=SensorDeviceClass.WIND_SPEED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfSpeed.METERS_PER_SECOND,
        suggested_display_precision=1,
    ),
)
PRICE = Description(
    key="electricity_price",
    device="market",
    point="price",
    name="Electricity price",
    icon="mdi:cash-clock",
    state_class=SensorStateClass.MEASUREMENT,
    native_unit_of_measurement="EUR/kWh",
    suggested_display_precision=4,
    digits=5,
)
FORECAST = Description(
    key="pv_forecast",
    device="pv",
    point="forecast",
    name="Estimated production today",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=1,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SimHouseConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors."""
    runtime = entry.runtime_data
    async_add_entities(
        SimSensor(runtime, PLATFORM, description) for description in (*SENSORS, *there(runtime, EQUIPMENT))
    )
    async_add_entities([PriceSensor(runtime, PLATFORM, PRICE), ForecastSensor(runtime, PLATFORM, FORECAST)])


class SimSensor(SimEntity, SensorEntity):
    """A point that is measured."""

    entity_description: Description

    @property
    def native_value(self) -> float | str | datetime | None:
        """Reading of the point."""
        value = self.read()
        return round(value, self.entity_description.digits) if isinstance(value, float) else value


class SeriesSensor(SimSensor):
    """A point whose attributes carry a series that changes a few times a day."""

    _series: dict[str, Any] | None = None
    _series_key: object = None

    def series_key(self) -> tuple[date, ...]:
        """The local days that the series covers."""
        raise NotImplementedError

    def build_series(self, days: tuple[date, ...]) -> dict[str, Any]:
        """Build the attributes for these days."""
        raise NotImplementedError

    @property
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Show the series."""
        key = self.series_key()
        if self._series is None or self._series_key != key:
            self._series_key, self._series = key, self.build_series(key)
        return self._series


class PriceSensor(SeriesSensor):
    """Day-ahead price; the series has the shape that the EPEX Spot integration uses."""

    _unrecorded_attributes = frozenset({"data"})

    def series_key(self) -> tuple[date, ...]:
        """Today, and tomorrow as soon as its prices are published."""
        house = self.runtime.house
        today = house.local_day()
        published = house.now.astimezone(house.options.zone).hour >= PUBLICATION_HOUR
        if published or self.runtime.prices_always_known:
            return (today, today + timedelta(days=1))
        return (today,)

    def build_series(self, days: tuple[date, ...]) -> dict[str, Any]:
        """List the prices."""
        return {
            "data": [
                {"start_time": start.isoformat(), "end_time": end.isoformat(), "price_per_kwh": round(price, 5)}
                for day in days
                for start, end, price in self.runtime.house.records.prices(day)
            ]
        }


class ForecastSensor(SeriesSensor):
    """PV forecast; the series have the shape that the Open-Meteo Solar Forecast integration uses."""

    _unrecorded_attributes = frozenset({"watts", "wh_period"})

    def series_key(self) -> tuple[date, ...]:
        """Today and tomorrow."""
        today = self.runtime.house.local_day()
        return (today, today + timedelta(days=1))

    def build_series(self, days: tuple[date, ...]) -> dict[str, Any]:
        """List the powers by quarter-hour and the energies by hour."""
        watts: dict[str, float] = {}
        hours: dict[str, float] = {}
        for start, power in (step for day in days for step in self.runtime.house.pv_forecast(day)):
            # Texts, not datetimes: of the hour that is repeated in autumn, both would be the same key.
            watts[start.isoformat()] = round(power, 1)
            hour = start.replace(minute=0).isoformat()
            hours[hour] = round(hours.get(hour, 0.0) + power / 4, 1)
        return {"watts": watts, "wh_period": hours}
