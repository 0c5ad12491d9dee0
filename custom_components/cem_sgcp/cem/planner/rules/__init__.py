"""The plan by simple rules, where the solver is missing or fails: limits, then targets, then deadlines, then price."""
