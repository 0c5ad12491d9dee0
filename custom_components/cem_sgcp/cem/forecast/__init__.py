"""What load and generation will do, what an appliance's run will take, and how a zone or a tank holds its warmth.

Forecasts are series in W over the horizon; profiles are learned from recorded runs. They must not know where history,
forecasts or recordings came from.
"""

from .learn import RecordedRun, find_runs, learn_profile, profile_of, update_profile
from .load import forecast_load, load_forecast
from .outdoor import forecast_outdoor
from .pv import forecast_pv, pv_forecast
from .quarters import Basis, Forecast
from .scenarios import make_scenarios
from .thermal import Refusal, ThermalLearning, learn_thermal
from .usage import forecast_use

__all__ = [
    "Basis",
    "Forecast",
    "RecordedRun",
    "Refusal",
    "ThermalLearning",
    "find_runs",
    "forecast_load",
    "forecast_outdoor",
    "forecast_pv",
    "forecast_use",
    "learn_profile",
    "learn_thermal",
    "load_forecast",
    "make_scenarios",
    "profile_of",
    "pv_forecast",
    "update_profile",
]
