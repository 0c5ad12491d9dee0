"""Small houses to plan: prices, base load, PV, battery, car, appliances."""

from collections.abc import Callable, Sequence as Many
from datetime import UTC, datetime, timedelta

import numpy as np

from custom_components.cem_sgcp.cem.model import (
    AllowedLimitRange,
    Direction,
    EnergyProfile,
    FillRate,
    FillRateActuator,
    FillRateElement,
    FillRateMode,
    Goals,
    Group,
    LevelTarget,
    Limit,
    LimitScope,
    LimitType,
    NumberRange,
    PowerEnvelope,
    PowerProfile,
    PriceProfile,
    PriceSlot,
    Resource,
    Run,
    Sequence,
    Series,
    SiteSnapshot,
    Slot,
    TimeGrid,
)

NOW = datetime(2026, 1, 15, 6, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def grid(hours: float = 24, minutes: float = 15, now: datetime = NOW) -> TimeGrid:
    """A grid of equal steps."""
    return TimeGrid.tiered(now, ((minutes * 60, hours * 3600),))


def prices(
    values: Many[float] | float,
    export: Many[float] | float | None = 0.08,
    *,
    start: datetime = NOW,
    minutes: float = 60,
    co2: Many[float] | None = None,
    hours: float = 48,
) -> PriceProfile:
    """Prices of equal slots; a number stands for a flat tariff."""
    count = len(values) if not isinstance(values, int | float) else int(hours * 60 / minutes)
    buys = [values] * count if isinstance(values, int | float) else list(values)
    sells = [export] * count if export is None or isinstance(export, int | float) else list(export)
    step = timedelta(minutes=minutes)
    return PriceProfile(
        slots=tuple(
            PriceSlot(
                start=start + number * step,
                end=start + (number + 1) * step,
                import_price=buy,
                export_price=sell,
                co2=co2[number] if co2 is not None else None,
            )
            for number, (buy, sell) in enumerate(zip(buys, sells, strict=True))
        )
    )


def flat(power: float, hours: float = 72, start: datetime = NOW) -> Series:
    """A power that does not change."""
    return Series.from_values(start - timedelta(hours=1), timedelta(hours=1), [power] * int(hours + 1))


def shaped(function: Callable[[float], float], hours: float = 72, start: datetime = NOW) -> Series:
    """A power that follows a function of the hours since the start."""
    return Series.from_values(start, QUARTER, [function(number / 4) for number in range(int(hours * 4))])


def sun(peak: float, hours: float = 72, start: datetime = NOW) -> Series:
    """Generation of a clear day, negative, W."""

    def power(hour: float) -> float:
        moment = start + timedelta(hours=hour)
        clock = moment.hour + moment.minute / 60
        return -peak * max(float(np.sin((clock - 6) / 12 * np.pi)), 0.0)

    return shaped(power, hours, start)


def photovoltaics(peak: float = 5000, *, curtailable: bool = True, forecast: Series | None = None) -> Resource:
    """PV on the roof."""
    allowed = AllowedLimitRange(limit_type=LimitType.LOWER, range=NumberRange(start=-peak, end=0))
    return Resource(
        resource_id="pv",
        name="PV",
        kind="photovoltaics",
        control=PowerEnvelope(allowed_limit_ranges=(allowed,) if curtailable else (), nominal_power=peak),
        controllable=curtailable,
        forecast=forecast or sun(peak),
    )


def battery(
    level: float = 5000,
    *,
    capacity: float = 10000,
    reserve: float = 0,
    power: float = 5000,
    efficiency: float = 0.95,
    wear: float = 0.0,
    terminal: float | None = None,
    targets: Many[LevelTarget] = (),
    name: str = "battery",
) -> Resource:
    """A home battery; wear in currency per kWh discharged, terminal in currency per kWh."""
    whole = NumberRange(start=0, end=capacity)

    def mode(mode_id: str, watts: float, fill: float, cost: float = 0.0) -> FillRateMode:
        return FillRateMode(
            mode_id=mode_id,
            elements=(
                FillRateElement(
                    level_range=whole,
                    fill_rate=NumberRange(start=0, end=fill / 3600),
                    power=NumberRange(start=0, end=watts),
                    running_cost=NumberRange(start=0, end=cost / 3600),
                ),
            ),
        )

    return Resource(
        resource_id=name,
        name=name,
        kind="battery",
        controllable=True,
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="inverter",
                    modes=(
                        mode("charge", power, power * efficiency),
                        mode("discharge", -power, -power / efficiency, wear * power / 1000),
                        mode("idle", 0, 0),
                    ),
                ),
            ),
            level=level,
            level_range=NumberRange(start=reserve, end=capacity),
            targets=tuple(targets),
            terminal_value=None if terminal is None else terminal / 1000,
        ),
    )


def car(
    need: float = 10000,
    ready: datetime | None = None,
    *,
    least: float = 1380,
    most: float = 11000,
    level: float = 0,
    capacity: float = 60000,
    efficiency: float = 1.0,
    leaves: bool = True,
    terminal: float | None = 0.0,
) -> Resource:
    """A car that charges with at least 6 A or not at all."""
    ready = ready or NOW + timedelta(hours=13)
    return Resource(
        resource_id="car",
        name="car",
        kind="ev_charger",
        controllable=True,
        control=FillRate(
            actuators=(
                FillRateActuator(
                    actuator_id="charger",
                    modes=(
                        FillRateMode(
                            mode_id="charge",
                            elements=(
                                FillRateElement(
                                    level_range=NumberRange(start=0, end=capacity),
                                    fill_rate=NumberRange(
                                        start=least * efficiency / 3600, end=most * efficiency / 3600
                                    ),
                                    power=NumberRange(start=least, end=most),
                                ),
                            ),
                        ),
                        FillRateMode(
                            mode_id="off",
                            elements=(
                                FillRateElement(
                                    level_range=NumberRange(start=0, end=capacity),
                                    fill_rate=NumberRange(start=0, end=0),
                                    power=NumberRange(start=0, end=0),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
            level=level,
            level_range=NumberRange(start=0, end=capacity),
            targets=(LevelTarget(start=ready, end=ready + timedelta(minutes=1), minimum=level + need),),
            departure=ready if leaves else None,
            terminal_value=terminal,
        ),
    )


WASHER = ((900, 150.0), (1500, 2100.0), (1800, 250.0), (1200, 500.0))
"""Slots of a washing machine of 90 minutes: s, W."""


def slots(*pairs: tuple[float, float], **more: object) -> tuple[Slot, ...]:
    """Slots from (s, W)."""
    return tuple(Slot(duration=duration, p_exp=power, **more) for duration, power in pairs)


def appliance(
    *pairs: tuple[float, float],
    name: str = "washer",
    earliest: datetime | None = None,
    latest: datetime | None = None,
    groups: Many[Group] | None = None,
    **more: object,
) -> Resource:
    """An appliance with one run that waits; `more` are fields of the run."""
    sequence = Sequence(sequence_id="normal", slots=slots(*(pairs or WASHER)))
    profile = EnergyProfile(profile_id=f"{name}-profile", groups=tuple(groups or (Group(alternatives=(sequence,)),)))
    run = Run(
        run_id=f"{name}-run",
        resource_id=name,
        profile=profile,
        announced=NOW,
        earliest_start=earliest or NOW,
        latest_end=latest,
        **more,
    )
    return Resource(
        resource_id=name, name=name, kind="appliance", controllable=True, control=PowerProfile(), runs=(run,)
    )


def limit(
    value: float,
    direction: Direction = Direction.IMPORT,
    *,
    start: datetime = NOW,
    hours: float | None = None,
    scope: LimitScope = LimitScope.CONNECTION,
) -> Limit:
    """A limit from the grid operator."""
    return Limit(
        limit_id=f"{direction}-{value}",
        source="test",
        direction=direction,
        value=value,
        start=start,
        end=None if hours is None else start + timedelta(hours=hours),
        scope=scope,
    )


def house(*resources: Resource, **fields: object) -> SiteSnapshot:
    """A house of 300 W base load, 24 h ahead in quarters of an hour, flat tariff; `fields` replace any of that."""
    given: dict[str, object] = {
        "now": NOW,
        "grid": grid(),
        "prices": prices(0.30),
        "base_load": flat(300),
        "resources": resources,
        "goals": Goals(),
    }
    return SiteSnapshot(**{**given, **fields})
