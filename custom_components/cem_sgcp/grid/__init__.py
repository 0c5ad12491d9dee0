"""Toward the grid: tariffs, signals, forecasts and recorded history, in whatever shape Home Assistant has them.

The grid side of IEC TR 62746-2:2015 figure 1. Everything that enters here leaves in the units of the model. It must not
know devices, plans or the coordinator.
"""
