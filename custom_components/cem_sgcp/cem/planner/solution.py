"""From the numbers of a solution to the plan: columns, costs, notes.

The cost of a device is its energy at the shadow price of each step: what one kWh more or less would cost the whole
house then. The cost of a run is the difference it makes (see telling/stability.py). It must not
know how the problem was built.
"""

import numpy as np

from ..model import Note, Resource
from ..model.time_grid import Array
from .connection.exchange import Exchange
from .frame import Frame
from .messages import note
from .problem import Solved

#: Powers below this count as none, kW.
TINY = 1e-3


def watts(kilowatts: Array) -> tuple[float, ...]:
    """Return powers in W, rounded to a mW so that noise of the solver does not show."""
    return tuple((np.round(kilowatts * 1000.0, 3) + 0.0).tolist())


def numbers(values: Array, digits: int = 9) -> tuple[float, ...]:
    """Return plain numbers without noise in the last digits."""
    return tuple((np.round(values, digits) + 0.0).tolist())


def limits_in_watts(limit: Array) -> tuple[float | None, ...]:
    """Return limits in W, None where there is none."""
    return tuple(round(value * 1000.0, 3) if np.isfinite(value) else None for value in limit.tolist())


def device_cost(solved: Solved, resource: Resource) -> float:
    """Return the energy of a device at the shadow price of each step, currency."""
    frame = solved.problem.frame
    energy = solved.power(resource) * frame.hours
    # Wishes such as CO2 are no money: they are part of the shadow price where the step imports at the margin. Neither
    # are penalties of relaxed limits.
    price = np.clip(solved.marginal, *frame.price_range)
    return round(float(np.dot(energy, price)), 9)


def marginal_price(solved: Solved) -> tuple[float, ...]:
    """Return the price of one more kWh per step, currency/kWh."""
    return numbers(solved.marginal, 6)


def limit_notes(solved: Solved, exchange: Exchange) -> tuple[Note, ...]:
    """Say which limits a solution could not keep, by how much and when."""
    frame = solved.problem.frame
    found: list[Note] = []
    for key, steps, columns, limit in (
        ("import_limit_exceeded", exchange.over_import_steps, exchange.over_import, frame.import_limit),
        ("export_limit_exceeded", exchange.over_export_steps, exchange.over_export, frame.export_limit),
        (
            "controllable_limit_exceeded",
            exchange.over_controllable_steps,
            exchange.over_controllable,
            frame.controllable_limit,
        ),
    ):
        over = frame.zeros()
        over[steps] = solved.x[columns]
        found += over_notes(frame, key, over, limit)
    return tuple(found)


def peak_notes(solved: Solved, exchange: Exchange) -> tuple[Note, ...]:
    """Say which capacity charges a plan raises, up to which power, and what that costs."""
    currency = solved.problem.frame.snapshot.prices.currency
    return tuple(
        note(
            "peak_raised",
            floor=f"{peak.floor:.0f}",
            power=f"{peak.floor + solved.x[peak.column] * 1000.0:.0f}",
            cost=f"{solved.money[peak.column]:.2f}",
            currency=currency,
        )
        for peak in exchange.peaks
        if solved.x[peak.column] > TINY
    )


def over_notes(frame: Frame, key: str, over: Array, limit: Array) -> list[Note]:
    """Say by how much and when a limit is exceeded; `over` and `limit` in kW per step."""
    broken = np.flatnonzero(over > TINY)
    notes: list[Note] = []
    for span in np.split(broken, np.flatnonzero(np.diff(broken) > 1) + 1):
        if not len(span):
            continue
        worst = span[int(np.argmax(over[span]))]
        notes.append(
            note(
                key,
                start=frame.grid.edges[int(span[0])].isoformat(),
                end=frame.grid.edges[int(span[-1]) + 1].isoformat(),
                power=f"{over[worst] * 1000.0:.0f}",
                limit=f"{limit[worst] * 1000.0:.0f}",
            )
        )
    return notes
