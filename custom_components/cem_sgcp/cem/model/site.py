"""Site snapshot: everything the planner needs to know of the premises at one moment.

It is immutable, serialisable and complete, so that any plan can be computed again elsewhere from the snapshot alone.
It must not know how the values were read.
"""

from datetime import datetime

from .base import Model, item, model, quantity
from .control_types import (
    DemandDriven,
    FillRate,
    NotControllable,
    OperationModes,
    PowerEnvelope,
    PowerProfile,
)
from .load_management import Limit
from .price import PriceProfile
from .rules import unique
from .run import Run
from .scenario import Scenario
from .series import Series
from .tariff import CapacityCharge, NetMetering
from .time_grid import TimeGrid
from .traffic_light import TrafficLight


@model
class Resource(Model):
    """A source of flexibility or a mere load: one device as the brain sees it (S2 resource manager)."""

    resource_id: str = item()
    name: str = item(default="")
    kind: str = item(default="", doc="Device kind, such as battery; only for people")
    control: PowerEnvelope | PowerProfile | OperationModes | FillRate | DemandDriven | NotControllable = item()
    priority: int = quantity(default=5, minimum=1, maximum=10, doc="1 is served first and shed last")
    controllable: bool = item(default=False, doc="The user lets the CEM act, not only advise")
    available: bool = item(default=True, doc="False: its entities are missing, it offers no flexibility")
    power: float | None = quantity("W", default=None, doc="Measured power; None: not known")
    maximum_power: float | None = quantity("W", default=None, minimum=0, doc="Worst case when power is not known")
    forecast: Series | None = item(default=None, doc="Power it will take (+) or give (-) if left alone, W")
    runs: tuple[Run, ...] = item(default=(), maximum_items=100, doc="Runs that are not over, for power profiles")


@model
class Goals(Model):
    """What is wanted besides the lowest cost."""

    preset: str = item(default="cost", doc="What the user chose; only for people, the weights below count")
    co2_price: float = quantity("currency/kg", default=0.0, minimum=0, doc="What a kg of CO2 is worth to the user")
    self_consumption_price: float = quantity(
        "currency/kWh", default=0.0, minimum=0, doc="What it is worth to the user not to feed in a kWh"
    )
    autonomy_price: float = quantity(
        "currency/kWh", default=0.0, minimum=0, doc="What it is worth to the user not to take a kWh from the grid"
    )
    peak_price: float = quantity(
        "currency/kW", default=0.0, minimum=0, doc="What a lower highest import is worth, besides any tariff"
    )
    smoothing_price: float = quantity(
        "currency/kW", default=0.0, minimum=0, doc="What it is worth to change the exchange by a kW less between steps"
    )
    wear_weight: float = quantity(default=1.0, minimum=0, maximum=100, doc="Factor on running costs such as wear")
    comfort_weight: float = quantity(default=1.0, minimum=0, maximum=100, doc="Factor on the prices of comfort")
    move_gain: float = quantity("currency", default=0.05, minimum=0, doc="Least gain for which a start is moved")
    move_share: float = quantity(default=0.05, minimum=0, maximum=1, doc="Least gain as a share of the run's cost")
    frozen_window: float = quantity("s", default=900.0, minimum=0, doc="A start this near is not moved")


@model
class SiteSnapshot(Model):
    """The premises at one moment, with what is known of prices, limits and the future."""

    now: datetime = item()
    grid: TimeGrid = item(doc="The steps to plan on; starts at or shortly before now")
    prices: PriceProfile = item()
    fallback_import_price: float = quantity("currency/kWh", default=0.30, doc="Used where no price is known")
    fallback_export_price: float = quantity("currency/kWh", default=0.0)
    base_load: Series = item(doc="Forecast of all consumption that no resource describes, W")
    resources: tuple[Resource, ...] = item(default=(), maximum_items=1000)
    limits: tuple[Limit, ...] = item(default=(), maximum_items=1000)
    traffic_light: TrafficLight = item(default=TrafficLight())
    net_power: float | None = quantity("W", default=None, doc="Measured at the connection point, import positive")
    goals: Goals = item(default=Goals())
    capacity_charges: tuple[CapacityCharge, ...] = item(
        default=(), maximum_items=100, doc="One for each billing period that the grid touches"
    )
    net_metering: NetMetering | None = item(default=None)
    scenarios: tuple[Scenario, ...] = item(
        default=(), maximum_items=100, doc="Empty: what is expected counts as certain"
    )

    def check(self) -> None:
        """Refuse names that are used twice."""
        unique("resources", (resource.resource_id for resource in self.resources))
        unique("scenarios", (scenario.scenario_id for scenario in self.scenarios))
        unique("capacity_charges", (charge.charge_id for charge in self.capacity_charges))

    def resource(self, resource_id: str) -> Resource | None:
        """Return a resource by its id."""
        return next((entry for entry in self.resources if entry.resource_id == resource_id), None)
