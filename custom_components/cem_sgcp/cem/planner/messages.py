"""Sentences of a plan for people, each with a key so that a user interface can say it in another language.

Times in the values are UTC in ISO 8601 form; the user interface turns them into local time. It must not know how a
fact was found.
"""

from typing import Final

from ..model import Note

MESSAGES: Final[dict[str, str]] = {
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
    "not_proven": "A good plan was found, but not proven to be the best: that may be up to {gap} % cheaper.",
    "fallback_missing": "The solver is not installed; a plan by simple rules is used.",
    "fallback_failed": "The solver found no plan ({reason}); a plan by simple rules is used.",
}


def note(key: str, resource_id: str | None = None, **values: str) -> Note:
    """Return a note with its sentence in English and its values in order."""
    return Note(key=key, text=MESSAGES[key].format(**values), values=tuple(values.values()), resource_id=resource_id)
