"""Runs in the optimisation: patterns of slots and pauses, their possible starts, and what links them (S2 PPBC).

It must not know any appliance.
"""
