"""Sentences of a plan for people, each with a key so that a user interface can say it in another language.

Times in the values are UTC in ISO 8601 form; the user interface turns them into local time. It must not know how a
fact was found.
"""

from functools import cache
import re
from typing import Final

from ..model import Note

_PLAIN: Final[dict[str, str]] = {
    "no_prices": "No price is known; {price} {currency}/kWh stands in.",
    "prices_until": "Prices are known until {until}; beyond that {price} {currency}/kWh stands in.",
    "base_load_gap": "The forecast of the house's load has gaps in {steps} steps; its mean stands in.",
    "import_limit_exceeded": "The import limit cannot be kept from {start} to {end}: {power} W more than the {limit} W "
    "allowed. Less load that cannot be moved, or a higher limit, would do.",
    "export_limit_exceeded": "The export limit cannot be kept from {start} to {end}: {power} W more than the {limit} W "
    "allowed. Generation that can be curtailed, or a higher limit, would do.",
    "controllable_limit_exceeded": "The limit of controllable devices cannot be kept from {start} to {end}: {power} W "
    "more than the {limit} W allowed.",
    "target_missed": "{name} misses its target of {target} {unit} at {at} by {shortfall} {unit}. {minutes} min more, "
    "or more power, would do.",
    "target_out_of_reach": "{name} misses its target of {target} {unit} at {at} by {shortfall} {unit}; nothing can "
    "fill it.",
    "level_below": "{name} is below its lowest level by up to {shortfall} {unit} until {until}.",
    "deadline_missed": "{name} cannot be ready by {deadline}; it starts at {start} and is ready at {end}.",
    "run_beyond_horizon": "{name} runs on beyond the end of the plan at {horizon}.",
    "run_left_out": "{name} does not run: it is optional and does not pay.",
    "moved_gain": "{name} moved from {before} to {after}, saves {gain} {currency}.",
    "moved_limit": "{name} moved from {before} to {after}, because a limit or a deadline could not be kept otherwise.",
    "moved_window": "{name} moved from {before} to {after}, because the start before is no longer possible.",
    "peak_raised": "The highest import of the billing period rises from {floor} W to {power} W, which costs {cost} "
    "{currency}.",
    "not_planned": "{name} is not optimised: {reason} What it is expected to do counts.",
    "no_modes": "{name} is not optimised: it has no mode for normal conditions. What it is expected to do counts.",
    "quota_missed": "{name} is on {minutes} min less than wanted between {start} and {end}.",
    "quota_exceeded": "{name} is on {minutes} min more than wanted between {start} and {end}.",
    "demand_not_met": "{name} cannot meet its demand between {start} and {end}: up to {share} % of it lacks.",
    "comfort_missed": "{name} leaves its comfort band by up to {shortfall} {unit} between {start} and {end}; keeping "
    "it costs more than it is said to be worth, or is not possible.",
    "unavailable": "{name} is not available; its forecast counts.",
    "scenarios_left_out": "The plan counts on what is expected: {count} scenarios could not be weighed ({reason}).",
    "not_proven": "A good plan was found, but not proven to be the best: that may be up to {gap} % cheaper.",
    "fallback_missing": "The solver is not installed; a plan by simple rules is used.",
    "fallback_failed": "The solver found no plan ({reason}); a plan by simple rules is used.",
}

#: Why a run starts when it does; each may also say what own generation covers.
_RUNS: Final[dict[str, str]] = {
    "run_cheaper": "{name} starts at {start}: {cost} {currency} instead of {cost_now} {currency} now",
    "run_best": "{name} starts at {start} for {cost} {currency}; the next best start at {next} would cost {next_cost} "
    "{currency}",
    "run_equal": "{name} starts at {start} for {cost} {currency}; no other start is cheaper",
    "run_program_cost": "{name} starts at {start} for {cost} {currency}; {other} would cost {next_cost} {currency}",
    "run_program_deadline": "{name} starts at {start}, because {other} could not be ready by {deadline}",
}

#: Why a run or a device does what it does at first.
_REASONS: Final[dict[str, str]] = {
    **{key: f"{text}." for key, text in _RUNS.items()},
    **{f"{key}_solar": f"{text}; own generation covers {{solar}} %." for key, text in _RUNS.items()},
    "run_started": "{name} has been running since {start}.",
    "run_pinned": "{name} starts at {start}, as its user fixed it.",
    "run_late": "{name} starts at {start}, as soon as it can be, and is ready too late at {end}.",
    "run_waits": "{name} starts at {start}, as late as is safe, because no price is known.",
    "store_needs": "{name} charges now at {price} {currency}/kWh: it needs {missing} {unit} by {at}.",
    "store_charges": "{name} charges now at {price} {currency}/kWh: a stored kWh is worth {value} {currency}.",
    "store_charges_until": "{name} charges now at {price} {currency}/kWh: a stored kWh is worth {value} {currency} "
    "from {until} on.",
    "store_feeds": "{name} feeds in now at {price} {currency}/kWh: kept, a stored kWh is worth {value} {currency}.",
    "store_covers": "{name} covers the house: that saves {price} {currency}/kWh now; kept, a stored kWh is worth "
    "{value} {currency}.",
    "store_takes": "{name} takes surplus: fed in it would earn {sold} {currency}/kWh, stored it is worth {value} "
    "{currency}.",
    "store_holds": "{name} is held: a kWh is worth {price} {currency} now, and {value} {currency} stored.",
    "store_holds_until": "{name} is held until {until}: a kWh is worth {price} {currency} now, and {value} {currency} "
    "stored.",
    "store_waits": "{name} waits until {until}: a kWh costs {price} {currency} now, {later} {currency} then.",
    "store_surplus": "{name} takes surplus only: a kWh costs {price} {currency} now, and is worth {value} {currency} "
    "stored.",
    "store_away": "{name} is away.",
    "store_ready": "{name} takes surplus and covers the house as they come: a stored kWh is worth {value} {currency}.",
    "curtailed_price": "{name} is curtailed: feeding in would cost {price} {currency}/kWh.",
    "curtailed_limit": "{name} is curtailed: no more than {limit} W may be fed in.",
    "curtailed": "{name} is curtailed: what it could give is worth nothing now.",
    "limited": "{name} is limited: no more than {limit} W may be drawn.",
    "mode_on": "{name} is on ({mode}): a kWh costs {price} {currency} now, {mean} {currency} on average.",
    "mode_gives": "{name} gives power ({mode}): a kWh is worth {price} {currency} now, {mean} {currency} on average.",
    "mode_off": "{name} is off: a kWh costs {price} {currency} now, {mean} {currency} on average.",
    "mode_off_until": "{name} is off until {until}: a kWh costs {price} {currency} now, {later} {currency} then.",
}

#: What would help where something could not be kept.
_REMEDIES: Final[dict[str, str]] = {
    "remedy_import_limit": "{power} W more import limit, or {power} W less load that cannot be moved.",
    "remedy_base_load": "{power} W less load that cannot be moved: it alone is above the limit.",
    "remedy_export_limit": "{power} W more export limit, or {power} W more that is used or can be curtailed.",
    "remedy_range": "A lowest level of {level} {unit}.",
    "remedy_target_later": "{minutes} min more, or {power} W more charging power.",
    "remedy_target_limit": "{power} W more import limit, or {minutes} min more.",
    "remedy_target_lower": "A target of {level} {unit}.",
    "remedy_deadline_later": "A deadline {minutes} min later, or a start at {latest} at the latest next time.",
    "remedy_deadline_limit": "A deadline {minutes} min later, or {power} W more import limit.",
    "remedy_deadline": "A deadline {minutes} min later.",
    "remedy_quota_less": "{minutes} min less, or as much more time.",
    "remedy_quota_more": "{minutes} min more.",
    "remedy_demand": "{share} % more supply.",
}

MESSAGES: Final[dict[str, str]] = {**_PLAIN, **_REASONS, **_REMEDIES}


def note(key: str, resource_id: str | None = None, **values: str) -> Note:
    """Return a note with its sentence in English and its values in order."""
    return Note(key=key, text=MESSAGES[key].format(**values), values=tuple(values.values()), resource_id=resource_id)


def values_of(told: Note) -> dict[str, str]:
    """Return the values of a note by their names; empty where its key or its sentence is not known."""
    pattern = _pattern(told.key)
    found = pattern.fullmatch(told.text) if pattern is not None else None
    return {} if found is None else found.groupdict()


@cache
def _pattern(key: str) -> re.Pattern[str] | None:
    text = MESSAGES.get(key)
    if text is None:
        return None
    seen: set[str] = set()
    parts: list[str] = []
    for number, part in enumerate(re.split(r"{(\w+)}", text)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>.*?)")
            seen.add(part)
    return re.compile("".join(parts), re.DOTALL)
