"""Hot water that a tank gave, told from its temperature and its heater."""

from datetime import UTC, datetime, timedelta
import math
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.cem_sgcp.cem.forecast import forecast_use
from custom_components.cem_sgcp.cem.model import Series, ThermalModel

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 2, tzinfo=BERLIN).astimezone(UTC)
TANK = ThermalModel(resistance=0.5, capacity=232.0)
CELLAR = 15.0
QUARTER = timedelta(minutes=15)


def draws(moment: datetime) -> float:
    """What the household draws, W: showers in the morning, later at weekends, dishes in the evening."""
    local = moment.astimezone(BERLIN)
    hour = local.hour
    if local.weekday() < 5:
        return 4000.0 if hour == 6 else 1500.0 if hour == 19 else 0.0
    return 5000.0 if hour == 9 else 1000.0 if hour == 18 else 0.0


def live(days: int, *, step: timedelta = QUARTER) -> tuple[Series, Series]:
    """Return temperature and heater power of the tank, with a thermostat from 50 to 55 °C."""
    temperature, on = 55.0, False
    levels, powers = [], []
    minutes = round(step / timedelta(minutes=1))
    for index in range(days * 24 * 60 // minutes):
        level = power = 0.0
        for minute in range(minutes):
            moment = MONDAY + index * step + timedelta(minutes=minute)
            on = True if temperature < 50 else False if temperature > 55 else on
            heat = 3000.0 * on - draws(moment) - (temperature - CELLAR) / TANK.resistance
            temperature += heat / TANK.capacity / 60
            level += temperature / minutes
            power += 3000.0 * on / minutes
        levels.append(round(level, 1))
        powers.append(power)
    return Series.from_values(MONDAY, step, levels, "°C"), Series.from_values(MONDAY, step, powers, "W")


def expected(temperature: Series, power: Series, now: datetime, hours: int) -> Series:
    made = forecast_use(
        temperature, power, TANK, room=CELLAR, now=now, end=now + timedelta(hours=hours), time_zone=BERLIN
    )
    assert made is not None
    return made.series


def energy(series: Series) -> float:
    return sum(entry.value * (entry.end - entry.start).total_seconds() / 3600 for entry in series.intervals)


@pytest.mark.parametrize("step", [QUARTER, timedelta(hours=1)])
def test_a_workday_and_a_weekend_are_foreseen_each_with_its_own_use(step: timedelta) -> None:
    temperature, power = live(21, step=step)
    now = MONDAY + timedelta(days=21)
    use = expected(temperature, power, now, 7 * 24)
    for day in range(7):
        start = now + timedelta(days=day)
        told = sum((use.at(start + quarter * QUARTER) or 0.0) / 4 for quarter in range(96))
        truth = sum(draws(start + quarter * QUARTER) / 4 for quarter in range(96))
        assert told == pytest.approx(truth, rel=0.15)
    assert all(entry.value >= 0 for entry in use.intervals)


def test_the_shower_is_foreseen_in_its_hour() -> None:
    temperature, power = live(21)
    now = MONDAY + timedelta(days=21)
    use = expected(temperature, power, now, 24)
    morning = energy(Series(intervals=tuple(e for e in use.intervals if 5 <= e.start.astimezone(BERLIN).hour < 8)))
    assert morning == pytest.approx(4000.0, rel=0.25)
    # The night draws nothing to speak of.
    night = energy(Series(intervals=tuple(e for e in use.intervals if e.start.astimezone(BERLIN).hour < 5)))
    assert night < 300.0


def test_a_tank_that_nobody_uses_has_no_use() -> None:
    count = 14 * 96
    loss = (50.0 - CELLAR) / TANK.resistance
    temperature = Series.from_values(MONDAY, QUARTER, [50.0] * count)
    power = Series.from_values(MONDAY, QUARTER, [loss] * count)
    use = expected(temperature, power, MONDAY + timedelta(days=14), 48)
    assert max(entry.value for entry in use.intervals) == pytest.approx(0.0, abs=1e-6)


def test_less_than_two_days_foresee_nothing() -> None:
    temperature, power = live(1)
    now = MONDAY + timedelta(days=1)
    for level, heater in ((temperature, power), (Series(intervals=()), power), (temperature, Series(intervals=()))):
        assert (
            forecast_use(level, heater, TANK, room=CELLAR, now=now, end=now + timedelta(hours=24), time_zone=BERLIN)
            is None
        )


readings = st.floats(-300, 1e4) | st.sampled_from([0.0, -1e12, 1e12])


@given(st.lists(st.tuples(readings, readings), min_size=1, max_size=60), readings)
@settings(max_examples=40)
def test_whatever_was_recorded_no_use_is_negative(rows: list[tuple[float, float]], room: float) -> None:
    rows = rows * math.ceil(400 / len(rows))
    temperature = Series.from_values(MONDAY, QUARTER, [row[0] for row in rows])
    power = Series.from_values(MONDAY, QUARTER, [row[1] for row in rows])
    now = MONDAY + len(rows) * QUARTER
    made = forecast_use(temperature, power, TANK, room=room, now=now, end=now + timedelta(days=2), time_zone=BERLIN)
    if made is not None:
        values = np.array([entry.value for entry in made.series.intervals])
        assert (values >= 0).all()
        assert np.isfinite(values).all()
