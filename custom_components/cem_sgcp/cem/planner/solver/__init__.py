"""The search for the best plan: HiGHS as a linear solver, cuts, dives, branch and bound, ties.

It must not know what columns and rows mean.
"""
