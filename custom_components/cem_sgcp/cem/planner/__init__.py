"""What is best: one optimisation over all devices, the grid and their future.

`make_plan` takes a snapshot and returns a plan; it never raises for a valid snapshot. Where the solver is missing or
fails, a plan by simple rules keeps limits and deadlines as far as it can, and says so.
"""

from .connection.goals import PRESETS, preset_goals
from .planning import PlannerOptions, make_plan

__all__ = ["PRESETS", "PlannerOptions", "make_plan", "preset_goals"]
