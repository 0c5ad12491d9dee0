"""Machines with modes in the optimisation: commitment, transitions, timers, starts a day, quotas (S2 OMBC, DDBC, FRBC).

It must not know any device kind.
"""
