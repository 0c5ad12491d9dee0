"""The solver prints nothing: standard output belongs to Home Assistant."""

from pathlib import Path
import subprocess
import sys

ROOT = Path(__file__).parents[3]

PLAN = """
from custom_components.cem_sgcp.cem.planner import make_plan
from tests.cem.planner import houses
print(make_plan(houses.house(houses.battery(), houses.appliance())).status)
"""


def test_a_process_that_plans_prints_nothing_else():
    done = subprocess.run([sys.executable, "-c", PLAN], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "optimal\n"
