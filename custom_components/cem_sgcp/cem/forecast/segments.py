"""From a measured curve to a handful of slots: piecewise constant segmentation with the least squared error.

Dynamic programming over all ways to cut the curve (Bellman 1961), which is exact for a few hundred steps. It must not
know what is measured.
"""

import numpy as np

from ..model.time_grid import Array

#: A cut must explain this share of the curve's variance, or it is not worth a slot.
WORTHWHILE = 0.003


def segment(values: Array, weights: Array, maximum: int) -> list[int]:
    """Return the bounds of at most `maximum` segments of a curve as indices: 0, ..., steps.

    `values` and `weights` (durations) have the shape (steps,). As few segments are taken as explain the curve: a
    further one must explain a share of `WORTHWHILE` of what a single one leaves unexplained.
    """
    steps = len(values)
    weight = np.concatenate(([0.0], np.cumsum(weights)))
    first = np.concatenate(([0.0], np.cumsum(weights * values)))
    second = np.concatenate(([0.0], np.cumsum(weights * values**2)))
    total = np.maximum(weight[None, :] - weight[:, None], 1e-12)
    # error[i, j]: squared error of one segment from step i to before step j.
    error = (second[None, :] - second[:, None]) - (first[None, :] - first[:, None]) ** 2 / total
    error = np.where(np.arange(steps + 1)[:, None] < np.arange(steps + 1)[None, :], np.maximum(error, 0.0), np.inf)

    best = error[0].copy()
    best[0] = 0.0
    origins: list[np.ndarray[tuple[int], np.dtype[np.intp]]] = []
    errors = [float(best[steps])]
    for _ in range(1, min(maximum, steps)):
        candidates = best[:, None] + error
        origin = candidates.argmin(axis=0)
        best = candidates[origin, np.arange(steps + 1)]
        origins.append(origin)
        errors.append(float(best[steps]))
    count = _worthwhile(errors)
    bounds = [steps]
    for origin in reversed(origins[: count - 1]):
        bounds.append(int(origin[bounds[-1]]))
    bounds.append(0)
    return bounds[::-1]


def _worthwhile(errors: list[float]) -> int:
    """Return how many segments to take; `errors` says what 1, 2, ... of them leave unexplained."""
    least = WORTHWHILE * errors[0]
    count = 1
    for number in range(2, len(errors) + 1):
        # Two cuts may be needed to cut out one peak, so look further than the next.
        if errors[count - 1] - errors[number - 1] > least * (number - count):
            count = number
    return count
