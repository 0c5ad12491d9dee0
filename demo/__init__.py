"""The demo: a Home Assistant with a simulated house, and the means to start and drive it."""
