"""Houses, tanks and freezers of known loss and capacity, recorded as Home Assistant would: what learning is held to.

Simulated in minutes, with a thermostat that has a dead band, weather that changes over days, people and sun that no
sensor tells of, and a thermometer that is noisy and rounds.
"""

from dataclasses import dataclass

import numpy as np

from custom_components.cem_sgcp.cem.model.time_grid import Array

MINUTES = 3


@dataclass(frozen=True, kw_only=True)
class Zone:
    """What is true of a zone."""

    resistance: float = 0.008
    capacity: float = 5000.0
    efficiency: float = 1.0
    heater: float = 3000.0
    gains: float = 300.0
    unrest: float = 150.0
    """Heat of people and windows around the mean, W, over hours."""
    sun: float = 0.0
    """Heat of a clear noon, W."""
    setpoint: float = 21.0
    setback: float = 2.0
    band: float = 0.3
    noise: float = 0.05
    rounds: float = 0.1
    mass: float = 0.0
    """Capacity of walls and floors, Wh/K, that the air warms; `capacity` is then that of air and furniture alone."""
    coupling: float = 800.0
    """Between these and the air, W/K."""
    outdoor: float | None = None
    """Temperature around it; None: weather."""
    days: int = 28


@dataclass(frozen=True, eq=False)
class Recording:
    """Means over equal steps."""

    indoor: Array
    outdoor: Array
    power: Array
    sun: Array
    gains: float
    """Mean heat besides the heater, W."""


def record(zone: Zone, seed: int, *, step: float = 3600.0) -> Recording:
    """Let a zone live for some weeks and record it in steps of so many s."""
    chance = np.random.default_rng(seed)
    hour = MINUTES / 60.0
    count = int(zone.days * 24 / hour)
    clock = np.arange(count) * hour
    kept = np.exp(-hour / 60.0)
    days = np.zeros(count)
    pushes = chance.normal(0.0, 4.0 * np.sqrt(1 - kept**2), count)
    for index in range(1, count):
        days[index] = kept * days[index - 1] + pushes[index]
    weather = 4.0 + days + 3.0 * np.sin(2 * np.pi * (clock - 9.0) / 24.0)
    outdoor = weather if zone.outdoor is None else np.full(count, zone.outdoor)
    clear = np.repeat(chance.uniform(0, 1, zone.days), count // zone.days)
    sun = np.clip(np.sin(2 * np.pi * (clock - 6.0) / 24.0), 0.0, None) * clear
    held = np.exp(-hour / 3.0)
    stirs = chance.normal(0.0, zone.unrest * np.sqrt(1 - held**2), count)
    seen = chance.normal(0.0, 0.02, count)
    temperature, power = np.empty(count), np.empty(count)
    inside, stir, on = zone.setpoint, 0.0, False
    walls = inside - 1.0
    for index in range(count):
        wanted = zone.setpoint - (0.0 if 6 <= clock[index] % 24 < 22 else zone.setback)
        away = (wanted - inside - seen[index]) * np.sign(zone.efficiency)
        on = True if away > zone.band / 2 else False if away < -zone.band / 2 else on
        temperature[index], power[index] = inside, zone.heater * on
        stir = held * stir + stirs[index]
        heat = zone.efficiency * power[index] + zone.gains + stir + zone.sun * sun[index]
        if zone.mass:
            flow = zone.coupling * (inside - walls)
            walls += hour * flow / zone.mass
            heat -= flow
        inside += hour * ((outdoor[index] - inside) / zone.resistance + heat) / zone.capacity
    shown = temperature + chance.normal(0.0, zone.noise, count)
    if zone.rounds:
        shown = np.round(shown / zone.rounds) * zone.rounds
    parts = round(step / 60.0 / MINUTES)

    def mean(values: Array) -> Array:
        return values[: len(values) // parts * parts].reshape(-1, parts).mean(axis=1)

    return Recording(
        indoor=mean(shown),
        outdoor=mean(outdoor),
        power=mean(power),
        sun=mean(sun),
        gains=zone.gains + zone.sun * float(sun.mean()),
    )
