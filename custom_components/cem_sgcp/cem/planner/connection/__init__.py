"""The connection point in the optimisation: exchange, tiers, capacity charges, netting, goals and their terms.

It must not know any device.
"""
