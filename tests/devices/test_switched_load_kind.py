"""Switched load: off and on, hours a local day less what ran, times it must be off, and how it is switched."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, Intent, ModeChoice, ModeQuota, OperationModes
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.house import ADVISE, BERLIN, CONTROLLED, NOW, device, instruct, released, sensing, state, told

LOAD = KINDS["switched_load"]
DATA: dict[str, Any] = {"rated_power": 800, "quota": 6, "switch_entity": "switch.pump"}
OFF = state("switch.pump", "off")
ON = state("switch.pump", "on")


def control_of(data: dict[str, Any], *states: Any, **more: Any) -> OperationModes:
    control = LOAD.sense(device("switched_load", data), ADVISE, sensing(*states, **more)).control
    assert isinstance(control, OperationModes)
    return control


def hours(quota: ModeQuota) -> tuple[datetime, datetime, float]:
    """Local start and end, and hours, of a quota."""
    return quota.start.astimezone(BERLIN), quota.end.astimezone(BERLIN), quota.minimum / 3600


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def test_it_is_off_or_on_at_its_rated_power() -> None:
    control = control_of(DATA, OFF)
    assert [(mode.mode_id, mode.power.end) for mode in control.modes] == [("off", 0.0), ("on", 800.0)]
    assert control.active_mode == "off"
    assert control_of(DATA, ON).active_mode == "on"
    found = LOAD.sense(device("switched_load", DATA), CONTROLLED, sensing(ON))
    assert (found.power, found.maximum_power, found.controllable, found.available) == (800.0, 800.0, True, True)


@pytest.mark.parametrize("value", ["unavailable", "unknown", "nonsense"])
def test_a_switch_that_says_nothing_is_not_available(value: str) -> None:
    found = LOAD.sense(device("switched_load", DATA), CONTROLLED, sensing(state("switch.pump", value)))
    assert not found.available
    assert found.power is None
    assert isinstance(found.control, OperationModes)
    assert found.control.active_mode is None


def test_without_a_switch_to_read_its_power_tells_whether_it_is_on() -> None:
    data = {"rated_power": 800, "quota": 6, "power_entity": "sensor.p", "sequence": [{"action": "script.x"}]}
    assert control_of(data, state("sensor.p", "0.75", "kW")).active_mode == "on"
    assert control_of(data, state("sensor.p", "1", "W")).active_mode == "off"
    assert control_of(data, state("sensor.p", "nan", "W")).active_mode is None


def test_a_frozen_power_sensor_is_a_fault() -> None:
    data = DATA | {"power_entity": "sensor.p", "stale_after": 5}
    seen = sensing(ON, state("sensor.p", "700", "W"), now=NOW + timedelta(minutes=6))
    found = LOAD.sense(device("switched_load", data), ADVISE, seen)
    assert (found.power, found.available) == (None, False)


def test_each_local_day_has_its_hours_and_the_last_only_what_no_longer_fits_behind_the_horizon() -> None:
    found = [hours(quota) for quota in control_of(DATA, OFF).quotas]
    # Now is 13:00 in Berlin, the horizon two days later: the third day ends eleven hours behind it.
    assert found == [(at(23, 13), at(24, 0), 6.0), (at(24, 0), at(25, 0), 6.0)]
    most = DATA | {"quota": 14}
    assert hours(control_of(most, OFF).quotas[-1]) == (at(25, 0), at(25, 13), 3.0)
    # Eleven hours are left of today: more is not asked for.
    assert hours(control_of(most, OFF).quotas[0])[2] == 11.0


def test_what_it_ran_today_is_taken_off() -> None:
    told_by_sensor = DATA | {"on_time_entity": "sensor.today"}
    assert control_of(told_by_sensor, OFF, state("sensor.today", "2.5", "h")).quotas[0].minimum == 3.5 * 3600
    assert control_of(told_by_sensor, OFF, state("sensor.today", "7200", "s")).quotas[0].minimum == 4 * 3600
    changes = ((at(22, 20), "off"), (at(23, 8), "on"), (at(23, 10), "off"), (at(23, 12, 30), "on"))
    recorded = control_of(DATA, ON, mode_changes=tuple((when.astimezone(UTC), mode) for when, mode in changes))
    assert recorded.quotas[0].minimum == 3.5 * 3600
    # Of yesterday nothing counts.
    since_yesterday = control_of(DATA, ON, mode_changes=((at(22, 20), "on"),))
    assert since_yesterday.quotas[0].minimum == 0.0 or since_yesterday.quotas[0].start >= at(24, 0)
    # Without any record what is known is how long it has been on.
    later = control_of(DATA, ON, now=NOW + timedelta(hours=1))
    assert later.quotas[0].minimum == 5 * 3600


@pytest.mark.parametrize(
    ("now", "length"),
    [(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 23), (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 25)],
)
def test_a_day_with_a_change_of_the_clock_is_a_day(now: datetime, length: int) -> None:
    quota = control_of(DATA, OFF, now=now).quotas[0]
    assert (quota.end - quota.start) == timedelta(hours=length)
    assert quota.minimum == 6 * 3600


def test_outside_of_its_window_it_is_off() -> None:
    data = DATA | {"window_start": "10:00:00", "window_end": "18:00:00", "quota": 3}
    quotas = control_of(data, OFF).quotas
    wanted = [hours(quota) for quota in quotas if quota.minimum]
    banned = [hours(quota)[:2] for quota in quotas if quota.maximum == 0]
    assert wanted == [(at(23, 13), at(23, 18), 3.0), (at(24, 10), at(24, 18), 3.0)]
    assert banned == [(at(23, 18), at(24, 10)), (at(24, 18), at(25, 10))]


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    data = DATA | {"window_start": "22:00:00", "window_end": "06:00:00", "quota": 4}
    now = at(24, 1).astimezone(UTC)
    changes = ((at(23, 23).astimezone(UTC), "on"), (at(24, 0, 30).astimezone(UTC), "off"))
    quotas = control_of(data, OFF, now=now, mode_changes=changes).quotas
    first = next(quota for quota in quotas if quota.minimum)
    assert hours(first) == (at(24, 1), at(24, 6), 2.5)


def test_a_most_bounds_the_day_and_never_lies_below_the_quota() -> None:
    data = DATA | {"most": 8, "on_time_entity": "sensor.today"}
    assert control_of(data, OFF, state("sensor.today", "5", "h")).quotas[0].maximum == 3 * 3600
    done = control_of(data, OFF, state("sensor.today", "9", "h")).quotas[0]
    assert (done.minimum, done.maximum) == (0.0, 0.0)


def test_only_if_it_pays_is_a_price_of_each_hour_that_lacks() -> None:
    # 800 W for an hour at 0.25 a kWh.
    assert control_of(DATA | {"price_limit": 0.25}, OFF).quotas[0].price == pytest.approx(0.2)
    assert control_of(DATA, OFF).quotas[0].price is None


def test_least_times_hold_from_the_last_change_of_the_switch() -> None:
    data = DATA | {"minimum_on": 30, "minimum_off": 15, "starts_per_day": 3}
    control = control_of(data, ON, now=NOW + timedelta(minutes=10), starts_today=2)
    on, off = control.timers
    assert (on.duration, on.finished_at) == (1800.0, NOW + timedelta(minutes=30))
    assert (off.duration, off.finished_at) == (900.0, None)
    by_way = {(entry.from_mode, entry.to_mode): entry for entry in control.transitions}
    assert by_way["on", "off"].blocking_timers == ("minimum_on",)
    assert by_way["off", "on"].start_timers == ("minimum_on",)
    assert (control.maximum_starts_per_day, control.starts_today) == (3, 2)
    assert control_of(data, ON, now=NOW + timedelta(minutes=31)).timers[0].finished_at is None


def test_when_its_starts_are_used_up_it_is_held_off_until_midnight() -> None:
    data = DATA | {"starts_per_day": 3}
    (timer,) = control_of(data, OFF, starts_today=3).timers
    assert timer.finished_at == at(24, 0)
    start = next(entry for entry in control_of(data, OFF, starts_today=3).transitions if entry.to_mode == "on")
    assert start.blocking_timers == (timer.timer_id,)
    assert control_of(data, ON, starts_today=3).timers == ()
    assert control_of(data, OFF, starts_today=2).timers == ()


def test_it_is_switched_by_the_mode_that_is_told() -> None:
    one = device("switched_load", DATA)
    on = instruct(intent=Intent.ON, modes=(ModeChoice(actuator_id="d1", mode_id="on"),))
    off = instruct(intent=Intent.OFF, modes=(ModeChoice(actuator_id="d1", mode_id="off"),))
    assert told(one, on, sensing(OFF)) == [("switch.turn_on", "switch.pump", {})]
    assert told(one, off, sensing(ON)) == [("switch.turn_off", "switch.pump", {})]
    # A limit that takes all its power says so without a mode.
    assert told(one, instruct(intent=Intent.HOLD, power=0.0), sensing(ON))[0][0] == "switch.turn_off"
    assert told(one, instruct(InstructionKind.STOP), sensing(ON))[0][0] == "switch.turn_off"


def test_a_select_or_own_actions_switch_too() -> None:
    by_option = device(
        "switched_load",
        {"rated_power": 800, "quota": 6, "select_entity": "select.mode", "option_on": "Run", "option_off": "Stop"},
    )
    seen = sensing(state("select.mode", "Run"))
    assert told(by_option, instruct(power=800.0), seen) == [("select.select_option", "select.mode", {"option": "Run"})]
    assert LOAD.sense(by_option, ADVISE, seen).power == 800.0
    steps = [{"action": "script.pump"}]
    (command,) = LOAD.commands(
        device("switched_load", {"rated_power": 800, "quota": 1, "sequence": steps}),
        instruct(intent=Intent.ON),
        sensing(),
    )
    assert (list(command.sequence), command.variables["power"]) == (steps, 800.0)


def test_handing_back_is_what_the_user_chose() -> None:
    assert released(device("switched_load", DATA), sensing(ON)) == []
    for to, action in (("on", "switch.turn_on"), ("off", "switch.turn_off")):
        assert released(device("switched_load", DATA | {"release_to": to}), sensing(ON))[0][0] == action
    own = device("switched_load", DATA | {"release_sequence": [{"action": "script.back"}]})
    assert released(own, sensing())[0][0] == "sequence"


def test_what_is_wrong_with_a_description() -> None:
    assert LOAD.validate(DATA) == {}
    assert LOAD.validate(DATA | {"most": 5}) == {"most": "most_below_quota"}
    window = {"window_start": "12:00:00", "window_end": "15:00:00"}
    assert LOAD.validate(DATA | window) == {"quota": "quota_above_window"}
    assert LOAD.validate(DATA | {"window_start": "22:00:00", "window_end": "04:00:00"}) == {}
    assert LOAD.validate(DATA | {"select_entity": "select.a", "option_on": "x"}) == {"option_off": "option_missing"}


def test_it_listens_to_its_entities() -> None:
    data = DATA | {"power_entity": "sensor.p", "on_time_entity": "sensor.today", "select_entity": "select.m"}
    assert LOAD.entities(device("switched_load", data)) == {"switch.pump", "sensor.p", "sensor.today", "select.m"}
