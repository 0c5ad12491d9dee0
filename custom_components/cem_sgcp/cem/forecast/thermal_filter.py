"""The Kalman filter that a thermal model is learned with: one temperature, seen through a noisy sensor.

    T[k] = phi T[k-1] + (1 - phi) T_outdoor + sum_j theta_j u_j[k] + process noise,   y[k] = T[k] + sensor noise

with phi = exp(-step / (R C)). For a given phi and a given ratio of the two noises the innovations are linear in theta,
so that only these two numbers are searched for (concentrated likelihood, de Jong 1991). The filter is that of
grey-box modelling as in CTSM (Kristensen, Madsen, Jørgensen 2004; Bacher, Madsen 2011 for buildings): what the sensor
rounds is noise of the sensor, and does not make a house look draughty as it does in plain least squares. It must not
know what the columns mean.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..model.time_grid import Array

type Flags = NDArray[np.bool_]

#: Time constants (h) and ratios of process to sensor variance that are searched.
TIME_CONSTANTS: Final = (1.0, 3000.0)
RATIOS: Final = (1e-4, 1e3)
#: Points of the first search in either direction, points of each closer look, and how many there are.
COARSE: Final = (18, 8)
FINE: Final = 5
ZOOMS: Final = 5
#: Relative step of the derivative by the time constant.
STEP: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What was recorded, on a uniform grid; steps are numbered k = 0 .. N-1."""

    hours: float
    """Length of a step, h."""
    seen: Array
    """y, shape (N,), NaN where not known."""
    outdoor: Array
    """Mean of T_outdoor on the way from step k-1 to k, shape (N,)."""
    columns: Array
    """u_j on the same way, shape (N, columns)."""
    begins: Flags
    """True where the way from k-1 to k is not known: the filter begins anew there, shape (N,)."""

    def part(self, first: int, last: int) -> Record:
        """Return steps first to last - 1."""
        begins = self.begins[first:last].copy()
        begins[:1] = True
        return Record(
            hours=self.hours,
            seen=self.seen[first:last],
            outdoor=self.outdoor[first:last],
            columns=self.columns[first:last],
            begins=begins,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The most likely time constant, ratio of the noises and coefficients."""

    time_constant: float
    """h"""
    ratio: float
    coefficients: Array
    """theta, shape (columns,)."""
    innovations: Array
    """One step ahead, standardised to a variance of 1 and in order, shape (steps that count,)."""
    steps: NDArray[np.intp]
    """The steps that they belong to, shape (steps that count,)."""
    jacobian: Array
    """Derivatives of the innovations by ln(time constant) and theta, shape (steps that count, 1 + columns)."""


def fit(record: Record) -> Fit | None:
    """Return the fit of largest likelihood; None where too few steps count for the columns."""
    lower, upper = np.log(max(TIME_CONSTANTS[0], record.hours)), np.log(TIME_CONSTANTS[1])
    low, high = np.log(RATIOS[0]), np.log(RATIOS[1])
    constants, ratios = np.linspace(lower, upper, COARSE[0]), np.linspace(low, high, COARSE[1])
    best = (constants[0], ratios[0])
    for _ in range(1 + ZOOMS):
        pairs = np.array([(constant, ratio) for constant in constants for ratio in ratios])
        likelihood = _likelihood(record, np.exp(pairs[:, 0]), np.exp(pairs[:, 1]))
        if not np.isfinite(likelihood).any():
            return None
        best = tuple(pairs[int(np.nanargmax(likelihood))])
        wide, high_wide = constants[1] - constants[0], ratios[1] - ratios[0]
        constants = np.clip(np.linspace(best[0] - wide, best[0] + wide, FINE), lower, upper)
        ratios = np.clip(np.linspace(best[1] - high_wide, best[1] + high_wide, FINE), low, high)
    return _described(record, float(np.exp(best[0])), float(np.exp(best[1])))


def run(record: Record, time_constant: Array, ratio: Array) -> tuple[Array, Array, NDArray[np.intp]]:
    """Filter with several time constants (h) and ratios at once, shape (M,) each.

    Returns the innovations of y and of each column, shape (steps that count, M, 1 + columns), their variances in units
    of the sensor's, shape (steps that count, M), and the steps that count.
    """
    phi = np.exp(-record.hours / time_constant)
    own, known = phi[:, None], np.isfinite(record.seen)
    state = np.zeros((len(phi), 1 + record.columns.shape[1]))
    variance = np.ones(len(phi))
    found, variances, steps = [], [], []
    lost = True
    for k in range(len(record.seen)):
        lost = lost or bool(record.begins[k])
        if lost:
            if known[k]:
                state[:] = 0.0
                state[:, 0] = record.seen[k]
                variance[:] = 1.0
                lost = False
            continue
        state *= own
        state[:, 0] += (1.0 - phi) * record.outdoor[k]
        state[:, 1:] += record.columns[k]
        variance = phi * phi * variance + ratio
        if not known[k]:
            continue
        total = variance + 1.0
        gain = variance / total
        error = -state
        error[:, 0] += record.seen[k]
        state += gain[:, None] * error
        variance = gain
        found.append(error)
        variances.append(total)
        steps.append(k)
    if not found:
        return np.zeros((0, *state.shape)), np.zeros((0, len(phi))), np.zeros(0, dtype=np.intp)
    return np.array(found), np.array(variances), np.array(steps, dtype=np.intp)


def ahead_errors(record: Record, found: Fit, steps: int) -> tuple[Array, Array]:
    """Return the errors of forecasts so many steps ahead, and those of a temperature that stays as it is, K."""
    phi = float(np.exp(-record.hours / found.time_constant))
    drive = (1.0 - phi) * record.outdoor + record.columns @ found.coefficients
    known = np.isfinite(record.seen)
    estimate, variance = np.full(len(known), np.nan), 1.0
    for k in range(len(known)):
        before = np.nan if k == 0 or record.begins[k] else estimate[k - 1]
        if not np.isfinite(before):
            estimate[k], variance = record.seen[k], 1.0
            continue
        predicted = phi * before + drive[k]
        variance = phi * phi * variance + found.ratio
        estimate[k] = predicted
        if known[k]:
            gain = variance / (variance + 1.0)
            estimate[k] = predicted + gain * (record.seen[k] - predicted)
            variance = gain
    if len(known) <= steps:
        return np.zeros(0), np.zeros(0)
    value = estimate[:-steps].copy()
    broken = np.zeros(len(value), dtype=np.bool_)
    for step in range(1, steps + 1):
        value = phi * value + drive[step : len(value) + step]
        broken |= record.begins[step : len(value) + step]
    errors, still = record.seen[steps:] - value, record.seen[steps:] - record.seen[:-steps]
    usable = np.isfinite(errors) & np.isfinite(still) & ~broken
    return errors[usable], still[usable]


def _likelihood(record: Record, time_constant: Array, ratio: Array) -> Array:
    """Return the logarithm of the concentrated likelihood, shape (M,); NaN where it cannot be told."""
    errors, variances, _ = run(record, time_constant, ratio)
    count = len(errors)
    if count <= record.columns.shape[1] + 2:
        return np.full(len(time_constant), np.nan)
    scaled = errors / np.sqrt(variances)[:, :, None]
    products = np.einsum("kmi,kmj->mij", scaled, scaled)
    rest = np.array([_least_squares(product)[1] for product in products])
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = -0.5 * count * np.log(rest / count) - 0.5 * np.log(variances).sum(axis=0)
    return np.where(np.isfinite(result), result, np.nan)


def _least_squares(product: Array) -> tuple[Array, float]:
    """Return theta and the sum of squares that remains, from the sums of products of the innovations."""
    scale = np.sqrt(np.diag(product)[1:])
    safe = np.where(scale > 0, scale, 1.0)
    normal = product[1:, 1:] / np.outer(safe, safe)
    # The filter's own columns are the negative of how the temperature answers.
    theta = np.linalg.lstsq(normal, -product[1:, 0] / safe, rcond=1e-12)[0] / safe
    rest = product[0, 0] + 2 * theta @ product[1:, 0] + theta @ product[1:, 1:] @ theta
    return theta, max(float(rest), 1e-300)


def _described(record: Record, time_constant: float, ratio: float) -> Fit | None:
    """Return the fit with its innovations and how they follow the parameters."""
    near = time_constant * np.array([1.0, np.exp(STEP), np.exp(-STEP)])
    errors, variances, steps = run(record, near, np.full(3, ratio))
    count, columns = len(errors), record.columns.shape[1]
    if count <= columns + 2:
        return None
    scaled = errors / np.sqrt(variances[:, :1])[:, :, None]
    theta, _ = _least_squares(scaled[:, 0].T @ scaled[:, 0])
    weights = np.concatenate(([1.0], theta))
    along = scaled @ weights
    deviation = float(np.sqrt((along[:, 0] ** 2).sum() / (count - columns - 1)))
    if not deviation > 0:
        return None
    by_constant = (along[:, 1] - along[:, 2]) / (2 * STEP)
    return Fit(
        time_constant=time_constant,
        ratio=ratio,
        coefficients=theta,
        innovations=along[:, 0] / deviation,
        steps=steps,
        jacobian=np.column_stack((by_constant, scaled[:, 0, 1:])) / deviation,
    )
