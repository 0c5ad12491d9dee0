"""Stores in the optimisation: behaviour of actuators, level, targets, and what they are meant to do (S2 FRBC).

It must not know any device kind.
"""
