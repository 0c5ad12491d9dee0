"""EMHASS on a house from standard input; its schedule and its times to standard output, as JSON.

Runs in EMHASS's own environment, hence imports nothing of this project. The house is written by `__main__.py`. It asks
for what EMHASS recommends for such loads: one constant block each, semi-continuous, within the whole horizon.
"""

import asyncio
import json
import logging
import os
from pathlib import Path
import sys
import tempfile
import time

import emhass
from emhass import utils
from emhass.optimization import Optimization
import pandas as pd

LOG = logging.getLogger("emhass")


async def configuration(house: dict) -> tuple[dict, dict, dict, dict]:
    """Return EMHASS's four dictionaries of settings."""
    package = Path(emhass.__file__).parent
    paths = {
        "data_path": Path(tempfile.mkdtemp()),
        "root_path": package,
        "defaults_path": package / "data" / "config_defaults.json",
        "associations_path": package / "data" / "associations.csv",
    }
    config = await utils.build_config(paths, LOG, str(paths["defaults_path"]))
    battery, count = house["battery"], len(house["blocks"])
    config.update(
        {
            "optimization_time_step": house["minutes"],
            "set_use_pv": True,
            "set_use_battery": True,
            "set_nodischarge_to_grid": False,
            "maximum_power_from_grid": house["limit"],
            "maximum_power_to_grid": house["limit"],
            "battery_charge_power_max": battery["power"],
            "battery_discharge_power_max": battery["power"],
            "battery_charge_efficiency": battery["efficiency"],
            "battery_discharge_efficiency": battery["efficiency"],
            "battery_nominal_energy_capacity": battery["capacity"],
            "battery_minimum_state_of_charge": 0.0,
            "battery_maximum_state_of_charge": 1.0,
            "battery_target_state_of_charge": battery["level"] / battery["capacity"],
            "weight_battery_discharge": battery["wear"],
            "inverter_ac_output_max": house["limit"],
            "inverter_ac_input_max": house["limit"],
            "lp_solver_mip_rel_gap": house["gap"],
            "number_of_deferrable_loads": count,
            "nominal_power_of_deferrable_loads": [block["power"] for block in house["blocks"]],
            "minimum_power_of_deferrable_loads": [0.0] * count,
            "operating_hours_of_each_deferrable_load": [block["hours"] for block in house["blocks"]],
            "treat_deferrable_load_as_semi_cont": [True] * count,
            "set_deferrable_load_single_constant": [True] * count,
            "set_deferrable_startup_penalty": [0.0] * count,
            "set_deferrable_max_startups": [0] * count,
            "start_timesteps_of_each_deferrable_load": [0] * count,
            "end_timesteps_of_each_deferrable_load": [0] * count,
            "cost_forecast_per_deferrable_load": [None] * count,
            "is_electric_load": [True] * count,
            "deferrable_load_max_cost": [0.0] * count,
            "def_minimum_on_time": [0] * count,
            "def_minimum_off_time": [0] * count,
        }
    )
    _, secrets = await utils.build_secrets(paths, LOG, no_response=True)
    params = await utils.build_params(paths, secrets, config, LOG)
    retrieve, optim, plant = utils.get_yaml_parse(json.dumps(params, default=str), LOG)
    optim["delta_forecast_daily"] = pd.Timedelta(minutes=house["minutes"] * len(house["buy"]))
    return retrieve, optim, plant, paths


def main() -> None:
    """Plan twice: afresh, and again with a little more load."""
    out = os.dup(1)
    os.dup2(2, 1)  # what its libraries print must not get between
    answer = plan(json.load(sys.stdin))
    with os.fdopen(out, "w", encoding="utf-8") as stdout:
        json.dump(answer, stdout)


def plan(house: dict) -> dict:
    """Return schedule and seconds."""
    retrieve, optim, plant, paths = asyncio.run(configuration(house))
    index = pd.date_range(house["start"], periods=len(house["buy"]), freq=f"{house['minutes']}min")
    prices = pd.DataFrame({"unit_load_cost": house["buy"], "unit_prod_price": house["sell"]}, index=index)
    sun = pd.Series(house["sun"], index=index)
    load = pd.Series(house["load"], index=index)
    level = house["battery"]["level"] / house["battery"]["capacity"]
    begun = time.perf_counter()
    optimization = Optimization(
        retrieve, optim, plant, "unit_load_cost", "unit_prod_price", "profit", paths, LOG, opt_time_delta=48
    )
    result = optimization.perform_dayahead_forecast_optim(prices, sun, load, soc_init=level, soc_final=level)
    cold = time.perf_counter() - begun
    schedule = {
        "battery": result["P_batt"].tolist(),
        "blocks": [result[f"P_deferrable{number}"].tolist() for number in range(len(house["blocks"]))],
        "status": str(optimization.optim_status),
    }
    begun = time.perf_counter()
    optimization.perform_dayahead_forecast_optim(prices, sun, 1.03 * load, soc_init=level, soc_final=level)
    warm = time.perf_counter() - begun
    return {**schedule, "seconds_cold": cold, "seconds_warm": warm}


if __name__ == "__main__":
    main()
