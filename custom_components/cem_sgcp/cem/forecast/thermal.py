"""Learn how a zone, a tank or a freezer holds its warmth, from what was recorded of it.

    C dT/dt = (T_outdoor - T) / R + efficiency x P + gains          (1R1C: Madsen, Holst 1995; Bacher, Madsen 2011)

From a record of indoor temperature, outdoor temperature and electric power: the time constant R C and the answer to
power by maximum likelihood (`thermal_filter`), then R, C and gains with standard errors. These count that residuals of
a real house hang together (heteroskedasticity and autocorrelation consistent covariance, Newey, West 1987) and come to
R and C by the delta method. What the record does not show is refused with a reason. It must not know where the record
came from, and nothing of devices.
"""

from dataclasses import dataclass
from enum import StrEnum
import math
from typing import Final

import numpy as np

from ..model import ModelError, ThermalModel
from ..model.time_grid import Array
from .quarters import Ints
from .thermal_filter import TIME_CONSTANTS, Fit, Flags, Record, ahead_errors, fit

#: Least record, h, and the share of its end that the forecast error is measured on.
LEAST_HOURS: Final = 48.0
HELD_OUT: Final = 0.25
#: What a thermometer can show, °C; what a heater can draw, W; what varies less, in K and W (standard deviation), rests.
COLDEST, HOTTEST = -80.0, 250.0
MOST_POWER: Final = 1e6
LEAST_CHANGE: Final = 0.25
LEAST_POWER: Final = 1.0
#: A reading this far from both of its neighbours is a fault, K and in multiples of how far these are apart.
SPIKE: Final = (4.0, 3.0)
#: Innovations beyond so many standard deviations are events (a window, a bath): the filter begins anew there.
EVENT: Final = 5.0
MOST_EVENTS: Final = 0.05
#: What one capacity cannot tell of a house that has several, and means of a heater that switches, as a share of it.
FORM_ERROR: Final = 0.03
#: Largest standard errors of R and of C, as a share of them, that still tell something.
MOST_ERROR: Final = 0.4
MOST_CAPACITY_ERROR: Final = 0.8
#: How much worse than no model at all a model may do on what it has not seen.
NO_BETTER: Final = 1.1
#: Periods of what comes every day at the same time (sun, cooking, people), h.
RHYTHMS: Final = (24.0, 12.0)
#: Residuals within so many hours are taken to hang together.
TOGETHER: Final = 24.0
MOST_STEPS: Final = 20_000
#: Steps that a record may have, s.
STEPS: Final = (300.0, 600.0, 900.0, 1800.0, 3600.0)


class Refusal(StrEnum):
    """Why nothing was learned."""

    NO_RECORD = "no_record"
    """A temperature or the power was not recorded at all."""
    TOO_SHORT = "too_short"
    """Less than two days are known."""
    STEADY = "steady"
    """The temperature hardly moves, so that what it takes to move it cannot be told; or the sensor hangs."""
    NO_HEATING = "no_heating"
    """The power never changes, so that its effect cannot be told."""
    WRONG_SIGN = "wrong_sign"
    """It gets colder when it is heated, or warmer when it is cooled: another room's sensor, or a sign."""
    UNCERTAIN = "uncertain"
    """The record does not tell loss and capacity well enough."""
    NO_SKILL = "no_skill"
    """On days it has not seen, the model does worse than none."""


@dataclass(frozen=True, slots=True)
class ThermalLearning:
    """What was learned, or why nothing was: one of the two is there."""

    model: ThermalModel | None = None
    refusal: Refusal | None = None
    solar_gain: float | None = None
    """W of heat for each unit of the solar record above its mean; None: there was none."""


def learn_thermal(
    indoor: Array,
    outdoor: Array,
    power: Array,
    *,
    step: float,
    efficiency: float = 1.0,
    capacity: float | None = None,
    solar: Array | None = None,
    other_gains: bool = True,
) -> ThermalLearning:
    """Return the thermal model of a zone from means over steps of equal length, shape (N,) each, NaN where not known.

    `indoor` and `outdoor` in °C, `power` in W of electricity, consumption positive, `step` in s: an hour for a house,
    a quarter of it for what warms and cools within hours.
    `efficiency` is heat per electricity: 1 of a resistive heater, else the COP, negative of what cools. Where
    `capacity` (Wh/K) is known, the efficiency is learned in its place. `solar` is irradiance or the power of a PV
    plant, positive: it takes the sun out of what the night and the heating are held to explain; the gains of the model
    are the mean with the sun. Without `other_gains` nothing else warms it (a freezer in a cellar), which is what tells
    its loss where the temperature around it never changes. Raises ModelError for shapes and figures that make no
    sense, never for what was recorded.
    """
    _check(indoor, outdoor, power, step=step, efficiency=efficiency, capacity=capacity)
    inside, outside = _without_spikes(indoor), _without_spikes(outdoor)
    heat = np.where(np.isfinite(power) & (np.abs(power) <= MOST_POWER), power, np.nan)
    columns = [heat]
    if other_gains:
        columns.append(np.ones(len(heat)))
        if solar is not None and len(solar) == len(indoor) and (sun := _sun(solar)) is not None:
            columns.append(sun)
    plain = _record(inside, outside, columns, step)
    if refusal := _unfit(plain, inside, heat):
        return ThermalLearning(refusal=refusal)
    # What comes every day at the same hours (people, sun, walls after a setback) is not held against the outdoors.
    rhythmic = _record(inside, outside, [*columns, *_waves(len(heat), step)], step)
    record, other = (rhythmic, plain) if other_gains else (plain, rhythmic)
    found = _fitted(record)
    if found is None:
        return ThermalLearning(refusal=Refusal.UNCERTAIN)
    return _judged(record, found, _fitted(other), efficiency, capacity, gains=other_gains, sunny=len(columns) > 2)


def _check(
    indoor: Array, outdoor: Array, power: Array, *, step: float, efficiency: float, capacity: float | None
) -> None:
    if not len(indoor) == len(outdoor) == len(power):
        raise ModelError("wrong_length", "outdoor", expected=len(indoor), value=min(len(outdoor), len(power)))
    if len(indoor) > MOST_STEPS:
        raise ModelError("too_many", "indoor", value=len(indoor), maximum=MOST_STEPS)
    if step not in STEPS:
        raise ModelError("unknown_option", "step", expected=", ".join(f"{each:.0f}" for each in STEPS), value=step)
    if not math.isfinite(efficiency) or not 0.01 <= abs(efficiency) <= 10.0:
        raise ModelError("too_low", "efficiency", minimum=0.01, value=efficiency)
    if capacity is not None and not (math.isfinite(capacity) and capacity > 0):
        raise ModelError("too_low", "capacity", minimum=0, value=capacity)


# ------------------------------------------------------------------------------------------------- the record


def _without_spikes(values: Array) -> Array:
    """Return temperatures without what no thermometer shows and without single readings far from both neighbours."""
    kept = np.where(np.isfinite(values) & (values >= COLDEST) & (values <= HOTTEST), values, np.nan)
    if len(kept) < 3:
        return kept
    before, after = kept[:-2], kept[2:]
    away = np.minimum(np.abs(kept[1:-1] - before), np.abs(kept[1:-1] - after))
    same_side = (kept[1:-1] - before) * (kept[1:-1] - after) > 0
    spike = same_side & (away > SPIKE[0] + SPIKE[1] * np.abs(after - before))
    kept[1:-1][spike] = np.nan
    return kept


def _sun(solar: Array) -> Array | None:
    """Return the solar record around its mean; night and gaps read as no sun. None where it never shines."""
    values = np.clip(np.nan_to_num(solar, nan=0.0, posinf=0.0, neginf=0.0), 0.0, 1e9)
    return values - values.mean() if values.std() > 0 else None


def _waves(count: int, step: float) -> list[Array]:
    hours = np.arange(count) * step / 3600.0
    return [wave(2 * np.pi * hours / period) for period in RHYTHMS for wave in (np.sin, np.cos)]


def _record(inside: Array, outside: Array, inputs: list[Array], step: float) -> Record:
    """Return what the filter reads.

    Means, not samples, are what is known. The mean of a step differs from that of the step before by what flowed
    between the two middles: half of the inputs of the one and half of those of the other.
    """
    columns = np.column_stack([_between(column) for column in inputs])
    outdoor = _between(outside)
    unknown = ~(np.isfinite(outdoor) & np.isfinite(columns).all(axis=1))
    return Record(
        hours=step / 3600.0,
        seen=inside,
        outdoor=np.where(unknown, 0.0, outdoor),
        columns=np.where(unknown[:, None], 0.0, columns),
        begins=unknown,
    )


def _between(values: Array) -> Array:
    result = np.full(len(values), np.nan)
    result[1:] = (values[1:] + values[:-1]) / 2
    return result


def _unfit(record: Record, inside: Array, heat: Array) -> Refusal | None:
    """Return why a record cannot tell anything, whatever the model."""
    usable = np.isfinite(inside) & ~record.begins
    if usable.sum() * record.hours < LEAST_HOURS:
        return Refusal.TOO_SHORT
    if np.nanstd(inside) < LEAST_CHANGE:
        return Refusal.STEADY
    if record.columns[usable, 0].std() < LEAST_POWER:
        return Refusal.NO_HEATING
    return Refusal.WRONG_SIGN if np.nanmean(heat) < -LEAST_POWER else None


def _fitted(record: Record) -> Fit | None:
    """Fit, and fit again where the filter begins anew after events that no model explains."""
    found = fit(record)
    if found is None:
        return None
    events = found.steps[np.abs(found.innovations) > EVENT]
    if not 0 < len(events) <= MOST_EVENTS * len(found.steps):
        return found
    return fit(_begun_anew(record, events))


def _begun_anew(record: Record, events: Ints) -> Record:
    begins: Flags = record.begins.copy()
    begins[events] = True
    return Record(hours=record.hours, seen=record.seen, outdoor=record.outdoor, columns=record.columns, begins=begins)


# ------------------------------------------------------------------------------------------------- the model


def _judged(
    record: Record,
    found: Fit,
    other: Fit | None,
    efficiency: float,
    capacity: float | None,
    *,
    gains: bool,
    sunny: bool,
) -> ThermalLearning:
    effect = float(found.coefficients[0])
    error = max(math.sqrt(max(float(each[1, 1]), 0.0)) for each in _covariances(found, record.hours))
    if effect * efficiency <= 0:
        wrong = abs(effect) > 2 * error
        return ThermalLearning(refusal=Refusal.WRONG_SIGN if wrong else Refusal.UNCERTAIN)
    figures, errors = _figures(found, record.hours, efficiency, capacity, gains=gains)
    if other is not None and other.coefficients[0] * efficiency > 0:
        # A house has several capacities, each seen at another pace: how far the answer hangs on the question is part
        # of its error.
        others, _ = _figures(other, record.hours, efficiency, capacity, gains=gains)
        errors = (errors[0], math.hypot(errors[1], figures[1] - others[1]), *errors[2:])
    if capacity is None:
        errors = (*errors[:1], math.hypot(errors[1], FORM_ERROR * figures[1]), *errors[2:])
    certain = TIME_CONSTANTS[0] * 1.05 < found.time_constant < TIME_CONSTANTS[1] * 0.95 and abs(effect) > 2 * error
    if not certain or not (
        _tells(figures[0], errors[0], MOST_ERROR) and _tells(figures[1], errors[1], MOST_CAPACITY_ERROR)
    ):
        return ThermalLearning(refusal=Refusal.UNCERTAIN)
    if not 0.01 <= abs(figures[3]) <= 10.0:
        return ThermalLearning(refusal=Refusal.UNCERTAIN)
    residual = _held_out(record)
    if residual is None:
        return ThermalLearning(refusal=Refusal.NO_SKILL)
    return ThermalLearning(
        model=ThermalModel(
            resistance=figures[0],
            resistance_error=errors[0],
            capacity=figures[1],
            capacity_error=errors[1],
            gains=figures[2],
            gains_error=errors[2],
            efficiency=figures[3],
            residual=residual,
            hours=round(len(found.steps) * record.hours, 2),
            learned=True,
        ),
        solar_gain=figures[3] * float(found.coefficients[2]) / effect if sunny else None,
    )


def _tells(value: float, error: float, most: float) -> bool:
    return math.isfinite(value) and math.isfinite(error) and value > 0 and error <= most * value


def _covariances(found: Fit, hours: float) -> tuple[Array, Array]:
    """Return the covariance of ln(time constant) and theta: with independent innovations, and with Newey-West's."""
    jacobian, count = found.jacobian, len(found.innovations)
    inverse: Array = np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-14, hermitian=True).astype(np.float64)
    scores = jacobian * found.innovations[:, None]
    middle = scores.T @ scores
    most = min(round(TOGETHER / hours), count // 4)
    for lag in range(1, most + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1.0 - lag / (most + 1)) * (cross + cross.T)
    robust: Array = inverse @ middle @ inverse * count / (count - jacobian.shape[1])
    return inverse, robust


def _figures(
    found: Fit, hours: float, efficiency: float, capacity: float | None, *, gains: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return R (K/W), C (Wh/K), gains (W) and efficiency with their standard errors (delta method)."""

    def physical(parameters: Array) -> Array:
        constant, effect = float(np.exp(parameters[0])), parameters[1]
        constant_heat = parameters[2] if len(parameters) > 2 and gains else 0.0
        loss = -np.expm1(-hours / constant)
        if capacity is None:
            resistance = effect / (loss * efficiency)
            return np.array([resistance, constant / resistance, constant_heat / (loss * resistance), efficiency])
        resistance = constant / capacity
        return np.array([resistance, capacity, constant_heat / (loss * resistance), effect / (loss * resistance)])

    parameters = np.concatenate(([math.log(found.time_constant)], found.coefficients))
    value = physical(parameters)
    gradient = np.zeros((4, len(parameters)))
    for index in range(len(parameters)):
        change = 1e-5 * max(abs(parameters[index]), 1e-6)
        shifted = parameters.copy()
        shifted[index] += change
        gradient[:, index] = (physical(shifted) - value) / change
    covariances = _covariances(found, hours)
    variances = np.array([np.einsum("ai,ij,aj->a", gradient, each, gradient) for each in covariances])
    errors = np.sqrt(np.clip(variances.max(axis=0), 0.0, None))
    return tuple(float(each) for each in value), tuple(float(each) for each in errors)


def _held_out(record: Record) -> float | None:
    """Return the RMS error one hour ahead on the end of the record, of a model learned before it.

    None where that is worse than a temperature that stays as it is.
    """
    count = len(record.seen)
    split = round((1.0 - HELD_OUT) * count)
    found = fit(record.part(0, split))
    if found is None:
        return None
    errors, still = ahead_errors(record.part(split, count), found, max(round(1.0 / record.hours), 1))
    if not len(errors):
        return None
    own, none = (math.sqrt(float((each**2).mean())) for each in (errors, still))
    return own if own <= NO_BETTER * none else None
