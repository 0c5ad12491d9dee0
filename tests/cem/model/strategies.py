"""Instances of every record, generated from the declarations of the model."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
import types
from typing import Any, Union, get_args, get_origin

from hypothesis import strategies as st

from custom_components.cem_sgcp.cem import model as package
from custom_components.cem_sgcp.cem.model import Model
from custom_components.cem_sgcp.cem.model.base import declared

RECORDS: list[type[Model]] = sorted(
    {
        entry
        for name in package.__all__
        if isinstance(entry := getattr(package, name), type) and issubclass(entry, Model) and entry is not Model
    },
    key=lambda entry: entry.__name__,
)

moments = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# What a later version or another vendor might add to any object.
foreign_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=3,
)
foreign_fields = st.dictionaries(names.map(lambda name: f"x-{name}"), foreign_values, max_size=1)


def value_of(hint: Any, metadata: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a field by itself."""
    if hasattr(hint, "__value__"):
        return value_of(hint.__value__, metadata)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return st.one_of(*(st.none() if kind is types.NoneType else value_of(kind, metadata) for kind in arguments))
    if origin is tuple:
        return st.lists(value_of(arguments[0], metadata), max_size=2).map(tuple)
    if hint is float:
        return st.floats(metadata["minimum"], metadata["maximum"], allow_subnormal=False)
    if hint is int:
        return st.integers(int(metadata["minimum"]), int(metadata["maximum"]))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if isinstance(hint, type) and issubclass(hint, Model):
        return st.deferred(lambda: records(hint))
    return {bool: st.booleans(), str: names, datetime: moments}[hint]


@cache
def records(cls: type[Model]) -> st.SearchStrategy[Any]:
    """Instances of a record that keep its rules."""
    fields = {entry.name: value_of(entry.hint, entry.metadata) for entry in declared(cls)}
    mend = MENDS.get(cls.__name__, lambda draw, values: None)

    @st.composite
    def build(draw: st.DrawFn) -> Model:
        values = {name: draw(strategy) for name, strategy in fields.items()}
        mend(draw, values)
        return cls(**values, extra=draw(foreign_fields))

    return build()


# --------------------------------------------------------------------- rules that fields have among each other
type Mend = Callable[[st.DrawFn, dict[str, Any]], None]


def climb(values: dict[str, Any], *chain: str) -> None:
    """Put the known ones of some fields in ascending order."""
    known = [name for name in chain if values[name] is not None]
    values |= zip(known, sorted(values[name] for name in known), strict=True)


def last(values: dict[str, Any], start: str, end: str, least: float = 1.0) -> None:
    """Make an end come late enough after its start."""
    if values[start] is not None and values[end] is not None:
        values[end] = max(values[end], values[start] + timedelta(seconds=least + 1))


def line_up(entries: tuple[Any, ...], **also: str) -> tuple[Any, ...]:
    """Put entries with start and end one after the other."""
    result: list[Any] = []
    for entry in sorted(entries, key=lambda entry: entry.start):
        if result and entry.start < result[-1].end:
            shift = result[-1].end - entry.start
            entry = entry.replace(start=entry.start + shift, end=entry.end + shift)  # noqa: PLW2901
        result.append(entry)
    return tuple(result)


def rename(entries: tuple[Any, ...], field: str) -> tuple[Any, ...]:
    """Give every entry a name of its own."""
    return tuple(entry.replace(**{field: f"{getattr(entry, field)}{index}"}) for index, entry in enumerate(entries))


def at_least_one(draw: st.DrawFn, values: dict[str, Any], name: str, cls: type[Model]) -> None:
    """Fill a list that may not be empty."""
    values[name] = values[name] or (draw(records(cls)),)


def mend_slot(draw: st.DrawFn, values: dict[str, Any]) -> None:
    # Nine days at most, so that a run of several slots and groups stays within a year.
    for name in ("min_duration", "duration", "max_duration"):
        if values[name] is not None:
            values[name] = min(max(values[name], 1.0), 8e5)
    climb(values, "min_duration", "duration", "max_duration")
    climb(values, "p_min", "p_exp", "p_max")
    for low, high in (("p_lower_95", "p_upper_95"), ("p_lower_68", "p_upper_68")):
        for name, pick in ((low, min), (high, max)):
            if values[name] is not None:
                values[name] = pick(values[name], values["p_exp"])
    climb(values, "p_lower_95", "p_lower_68")
    climb(values, "p_upper_68", "p_upper_95")
    for name in ("e_min", "e_exp", "e_max"):
        if values[name] is not None:
            values[name] = max(-1e5, min(1e5, values[name]))
    climb(values, "e_min", "e_exp", "e_max")
    climb(values, "min_pause", "max_pause")
    last(values, "earliest_start", "latest_end", values["duration"])
    last(values, "scheduled_start", "scheduled_end")
    values["quantities"] = tuple({entry.commodity_quantity: entry for entry in values["quantities"]}.values())


def mend_sequence(draw: st.DrawFn, values: dict[str, Any]) -> None:
    at_least_one(draw, values, "slots", package.Slot)
    total = sum(slot.duration for slot in values["slots"])
    last(values, "earliest_start", "latest_end", total)
    last(values, "scheduled_start", "scheduled_end")
    last(values, "earliest_start", "latest_start")
    last(values, "earliest_end", "latest_end")
    for stem in ("pause_duration", "pause_duration_sum", "active_duration", "active_duration_sum"):
        climb(values, f"{stem}_min", f"{stem}_max")
    if values["active_slot"] is not None:
        values["active_slot"] %= len(values["slots"])


def mend_group(draw: st.DrawFn, values: dict[str, Any]) -> None:
    at_least_one(draw, values, "alternatives", package.Sequence)
    values["alternatives"] = rename(values["alternatives"], "sequence_id")


def mend_profile(draw: st.DrawFn, values: dict[str, Any]) -> None:
    at_least_one(draw, values, "groups", package.Group)
    last(values, "earliest_start", "latest_end", 3e7)
    last(values, "earliest_start", "latest_start")


def mend_easy(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["duration"] = max(values["duration"], 3600.0)
    values["min_duration"] = values["max_duration"] = None
    if values["power"] is None and values["energy"] is None:
        values["power"] = 1000.0
    if values["energy"] is not None:
        values["energy"] = min(values["energy"], 1e9)
    values["min_energy"] = values["max_energy"] = None
    last(values, "earliest_start", "latest_end", values["duration"])


def mend_modes(draw: st.DrawFn, values: dict[str, Any], mode: type[Model]) -> None:
    at_least_one(draw, values, "modes", mode)
    values["modes"] = rename(values["modes"], "mode_id")
    values["timers"] = rename(values["timers"], "timer_id")
    modes = st.sampled_from([entry.mode_id for entry in values["modes"]])
    known = [entry.timer_id for entry in values["timers"]]
    timers = st.lists(st.sampled_from(known), max_size=2) if known else st.just([])
    values["transitions"] = tuple(
        transition.replace(
            from_mode=draw(modes),
            to_mode=draw(modes),
            start_timers=draw(timers),
            blocking_timers=draw(timers),
        )
        for transition in rename(values["transitions"], "transition_id")
    )
    values["active_mode"] = draw(st.none() | modes)
    if "quotas" in values:
        values["quotas"] = tuple(entry.replace(modes=draw(st.lists(modes, max_size=2))) for entry in values["quotas"])


def mend_store(draw: st.DrawFn, values: dict[str, Any]) -> None:
    at_least_one(draw, values, "actuators", package.FillRateActuator)
    values["actuators"] = rename(values["actuators"], "actuator_id")
    low, high = values["level_range"].lower, values["level_range"].upper
    values["level_range"] = values["level_range"].replace(start=low, end=high)


def mend_demand(draw: st.DrawFn, values: dict[str, Any]) -> None:
    at_least_one(draw, values, "actuators", package.DemandDrivenActuator)
    values["actuators"] = rename(values["actuators"], "actuator_id")


def mend_event(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "start", "end")
    if values["action_produce"] is None:
        values["action_consume"] = package.LoadAction.REDUCE


def mend_grid(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["edges"] = tuple(sorted(draw(st.lists(moments, min_size=2, max_size=4, unique=True))))


def mend_device_plan(draw: st.DrawFn, values: dict[str, Any]) -> None:
    for name in ("intent", "power", "lower", "upper"):
        filler = package.Intent.IDLE if name == "intent" else 0.0
        values[name] = (*values[name], filler, filler, filler)[:3]
    for name in ("level", "stored_value"):
        if values[name] is not None:
            values[name] = (*values[name], 0.0, 0.0, 0.0)[:3]


def mend_actuator_plan(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["mode"] = (*values["mode"], "a", "b", "c")[:3]
    values["factor"] = (*values["factor"], 0.0, 0.0, 0.0)[:3]


def mend_quota(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "start", "end")
    climb(values, "minimum", "maximum")


def mend_scenario(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["devices"] = rename(values["devices"], "resource_id")


def mend_plan(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["grid"] = package.TimeGrid.tiered(values["created"].replace(minute=0), ((900, 2700),))
    for name in ("net_power", "base_load", "import_price", "export_price"):
        values[name] = (*values[name], 0.0, 0.0, 0.0)[:3]
    for name in ("price_known", "import_limit", "export_limit", "marginal_price"):
        if values[name]:
            values[name] = (*values[name], *values[name], *values[name])[:3]
    values["devices"] = rename(values["devices"], "resource_id")


def mend_run(draw: st.DrawFn, values: dict[str, Any]) -> None:
    groups = values["profile"].groups[: draw(st.integers(0, 3))]
    values["choice"] = tuple(
        draw(st.sampled_from([entry.sequence_id for entry in group.alternatives])) for group in groups
    )
    values["schedule"] = tuple(entry.replace(group=0, slot=0) for entry in values["schedule"])


def mend_temperature(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "start", "end")
    if values["set_point"] is None:
        values["set_point"] = 20.0
    climb(values, "minimum", "set_point", "maximum")


def mend_price_slot(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "start", "end")
    climb(values, "import_price_min", "import_price", "import_price_max")


def mend_quantity(draw: st.DrawFn, values: dict[str, Any]) -> None:
    climb(values, "lower_limit", "lower_95", "lower_68", "expected", "upper_68", "upper_95", "upper_limit")


def lasting(start: str, end: str) -> Mend:
    return lambda draw, values: last(values, start, end)


def climbing(*chain: str) -> Mend:
    return lambda draw, values: climb(values, *chain)


def mend_constraint(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "valid_from", "valid_until")
    climb(values, "lower_average_power", "upper_average_power")


def mend_target(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "start", "end")
    climb(values, "minimum", "maximum")


def mend_prices(draw: st.DrawFn, values: dict[str, Any]) -> None:
    last(values, "valid_from", "valid_until")
    values["slots"] = line_up(values["slots"])


def mend_temperatures(draw: st.DrawFn, values: dict[str, Any]) -> None:
    climb(values, "minimum", "maximum")
    values["slots"] = line_up(values["slots"])


def mend_series(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["intervals"] = line_up(values["intervals"])


def mend_site(draw: st.DrawFn, values: dict[str, Any]) -> None:
    values["resources"] = rename(values["resources"], "resource_id")
    values["scenarios"] = rename(values["scenarios"], "scenario_id")
    values["capacity_charges"] = rename(values["capacity_charges"], "charge_id")


def mend_fill_mode(draw: st.DrawFn, values: dict[str, Any]) -> None:
    at_least_one(draw, values, "elements", package.FillRateElement)


MENDS: dict[str, Mend] = {
    "ActiveTime": lasting("start", "end"),
    "ActuatorPlan": mend_actuator_plan,
    "CapacityCharge": lasting("period_start", "period_end"),
    "DemandDriven": mend_demand,
    "DemandDrivenActuator": lambda draw, values: mend_modes(draw, values, package.DemandDrivenMode),
    "DevicePlan": mend_device_plan,
    "EasyPowerProfile": mend_easy,
    "EnergyConstraint": mend_constraint,
    "EnergyProfile": mend_profile,
    "FillRate": mend_store,
    "FillRateActuator": lambda draw, values: mend_modes(draw, values, package.FillRateMode),
    "FillRateMode": mend_fill_mode,
    "Group": mend_group,
    "Interval": lasting("start", "end"),
    "LevelTarget": mend_target,
    "ModeQuota": mend_quota,
    "Limit": lasting("start", "end"),
    "LoadManagementEvent": mend_event,
    "OperationModes": lambda draw, values: mend_modes(draw, values, package.OperationMode),
    "Plan": mend_plan,
    "PlannedRun": lasting("start", "end"),
    "PowerEnvelope": lasting("valid_from", "valid_until"),
    "PriceProfile": mend_prices,
    "PriceSlot": mend_price_slot,
    "PriceTier": climbing("lower", "upper"),
    "QuantityValue": mend_quantity,
    "Run": mend_run,
    "ScheduledSlot": lasting("start", "end"),
    "Scenario": mend_scenario,
    "Sequence": mend_sequence,
    "Series": mend_series,
    "SetPoint": lasting("start", "end"),
    "SiteSnapshot": mend_site,
    "Slot": mend_slot,
    "TemperatureProfile": mend_temperatures,
    "TemperatureSlot": mend_temperature,
    "TimeGrid": mend_grid,
}
