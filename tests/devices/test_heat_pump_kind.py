"""Heat pump: building or buffer as a store in °C, COP by the weather; SG-Ready, thermostat, power; JWG112x."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from custom_components.cem_sgcp.cem.model import InstructionKind, ModeChoice, NotControllable, ThermalModel
from custom_components.cem_sgcp.devices import KINDS
from tests.devices.heat_house import (
    HOUR,
    MIDNIGHT,
    energy,
    leak_and_usage,
    levels,
    of,
    plan_day,
    seen,
    sensed,
    store_of,
)
from tests.devices.house import device, instruct, released, said, state, told

HEAT_PUMP = KINDS["heat_pump"]
DATA: dict[str, Any] = {
    "power_entity": "sensor.power",
    "temperature_entity": "sensor.room",
    "max_power": 2500,
    "min_power": 800,
    "flow_temperature": 35,
    "cop_mild": 4.5,
    "cop_cold": 2.9,
    "band_minimum": 20,
    "band_maximum": 22,
    "heat_loss": 150,
    "heat_capacity": 8,
    "internal_gains": 0,
}
BUFFER = DATA | {
    "temperature_entity": "sensor.tank",
    "heats": "buffer",
    "volume": 500,
    "standby_loss": 2.0,
    "room_temperature": 20,
    "band_minimum": 30,
    "band_maximum": 45,
}
CONTACTS = {"contact_1_entity": "switch.one", "contact_2_entity": "switch.two"}


def room(temperature: str = "20.5", power: str = "0", *states: Any, **more: Any) -> Any:
    return seen(state("sensor.power", power, "W"), state("sensor.room", temperature, "°C"), *states, **more)


def tank(temperature: str = "35", **more: Any) -> Any:
    return seen(state("sensor.power", "0", "W"), state("sensor.tank", temperature, "°C"), **more)


# --------------------------------------------------------------------------------------------------- what is sensed


def test_a_building_warms_by_cop_times_power_and_cools_by_its_loss() -> None:
    store = store_of(sensed("heat_pump", DATA, room(outdoor=-7.0)))
    element = store.actuators[0].modes[1].elements[0]
    assert (store.level, store.level_unit) == (20.5, "°C")
    assert (element.power.start, element.power.end) == (800.0, 2500.0)
    # 2500 W x 2.9 into 8 kWh/K.
    assert element.fill_rate.end * 3600 == pytest.approx(2.5 * 2.9 / 8)
    # (21 - -7) K x 150 W/K out of 8 kWh/K.
    assert leak_and_usage(store, 21.0, MIDNIGHT + HOUR) == pytest.approx(28 * 0.150 / 8)
    (target,) = store.targets
    assert (target.minimum, target.maximum, target.price) == (20.0, 22.0, 1.0)


def test_the_cop_follows_the_weather() -> None:
    what = room(outdoor=lambda hour: -7.0 if hour < 12 else 7.0)
    actuator = store_of(sensed("heat_pump", DATA, what)).actuators[0]
    assert actuator.rate_factor is not None
    rate = actuator.modes[1].elements[0].fill_rate.end * 3600
    cold, mild = (actuator.rate_factor.at(MIDNIGHT + number * HOUR) for number in (2, 14))
    assert cold is not None
    assert mild is not None
    assert rate * cold == pytest.approx(2.5 * 2.9 / 8)
    assert rate * mild == pytest.approx(2.5 * 4.5 / 8)


def test_a_buffer_loses_what_the_house_draws_and_hot_water_costs_more() -> None:
    store = store_of(sensed("heat_pump", BUFFER, tank(outdoor=0.0)))
    # 20 K x 150 W/K out of 500 l of water, and the standby loss of 40 °C in 20 °C.
    capacity = 500 * 1.163
    standby = 2000 / 24 / 45 * 20
    assert leak_and_usage(store, 40.0, MIDNIGHT + HOUR) == pytest.approx((3000 + standby) / capacity)
    rates = [element.fill_rate.end for element in store.actuators[0].modes[1].elements]
    assert len(rates) == 3
    assert rates == sorted(rates, reverse=True)


def test_a_learned_house_is_planned_with() -> None:
    learned = ThermalModel(resistance=1 / 220, capacity=11_000.0, gains=200.0, efficiency=3.0, learned=True)
    data = {key: value for key, value in DATA.items() if key not in {"heat_loss", "heat_capacity", "internal_gains"}}
    store = store_of(sensed("heat_pump", data, room(outdoor=0.0, thermal=learned)))
    assert leak_and_usage(store, 20.0, MIDNIGHT + HOUR) == pytest.approx((220 * 20 - 200) / 11_000)


@pytest.mark.parametrize(
    ("power", "mode", "factor"),
    [("1650", "on", 0.5), ("2500", "on", 1.0), ("5", "off", 0.0), ("unavailable", "off", 0.0)],
)
def test_the_active_mode_follows_the_measured_power(power: str, mode: str, factor: float) -> None:
    actuator = store_of(sensed("heat_pump", DATA, room(power=power))).actuators[0]
    assert (actuator.active_mode, actuator.active_factor) == (mode, pytest.approx(factor))


def test_minimum_run_counts_from_when_the_compressor_started() -> None:
    data = DATA | {"running_entity": "binary_sensor.compressor", "minimum_run": 30, "starts_per_day": 4}
    what = room("20.5", "1.2", state("binary_sensor.compressor", "on"), now=MIDNIGHT, starts_today=2)
    actuator = store_of(sensed("heat_pump", data, what)).actuators[0]
    assert (actuator.maximum_starts_per_day, actuator.starts_today) == (4, 2)
    # 1.2 W is not running, whatever the signal says; its pause is not known, so nothing blocks.
    assert actuator.active_mode == "off"
    what = room("20.5", "1200", state("binary_sensor.compressor", "on"))
    running = store_of(sensed("heat_pump", data, what)).actuators[0]
    (timer,) = running.timers
    assert (timer.timer_id, timer.finished_at is not None) == ("run", True)


def test_without_a_signal_of_its_own_it_counts_from_when_it_was_seen_to_start() -> None:
    begun = MIDNIGHT - timedelta(minutes=7)
    what = room("20.5", "1200", mode_changes=((MIDNIGHT - HOUR, "off"), (begun, "on")))
    (timer,) = store_of(sensed("heat_pump", DATA | {"minimum_run": 30}, what)).actuators[0].timers
    assert timer.finished_at == begun + timedelta(minutes=30)


@pytest.mark.parametrize("temperature", ["unavailable", "nan", "-127", "9e9"])
def test_without_a_temperature_it_offers_no_flexibility(temperature: str) -> None:
    found = sensed("heat_pump", DATA, room(temperature, "900"))
    assert isinstance(found.control, NotControllable)
    assert not found.available
    assert found.power == 900.0


def test_fahrenheit_and_kilowatts() -> None:
    what = seen(state("sensor.power", "1.2", "kW"), state("sensor.room", "68", "°F"))
    found = sensed("heat_pump", DATA, what)
    assert found.power == pytest.approx(1200.0)
    assert store_of(found).level == pytest.approx(20.0)


# ------------------------------------------------------------------------------------------------- what it is told


def pair(commands: Any) -> dict[str, bool]:
    """The contacts that commands set."""
    return {str(entity): name.endswith("turn_on") for name, entity, _ in commands}


@pytest.mark.parametrize(
    ("more", "power", "contacts"),
    [
        ({}, 2500.0, (False, True)),
        ({}, 0.0, (False, False)),
        ({"contact_on": "forced"}, 2500.0, (True, True)),
        ({"contact_off": "blocked"}, 0.0, (True, False)),
        ({"contact_off": "blocked", "contact_order": "swapped"}, 0.0, (False, True)),
        ({"contact_order": "swapped"}, 2500.0, (True, False)),
    ],
)
def test_sg_ready_states(more: dict[str, str], power: float, contacts: tuple[bool, bool]) -> None:
    """Contact 1 alone blocks, contact 2 alone recommends, both force."""
    one = device("heat_pump", DATA | CONTACTS | more)
    found = pair(told(one, instruct(power=power), room()))
    assert (found["switch.one"], found["switch.two"]) == contacts


def test_an_sg_ready_state_is_kept_for_ten_minutes_and_blocked_for_two_hours() -> None:
    one = device("heat_pump", DATA | CONTACTS | {"contact_off": "blocked"})
    on, off = state("switch.one", "on"), state("switch.two", "off")
    # The states changed at noon; blocked since then.
    noon = on.last_changed
    early = room("20.5", "0", on, off, now=noon + timedelta(minutes=9))
    assert pair(told(one, instruct(power=2500.0), early)) == {"switch.one": True, "switch.two": False}
    later = room("20.5", "0", on, off, now=noon + timedelta(minutes=11))
    assert pair(told(one, instruct(power=2500.0), later)) == {"switch.one": False, "switch.two": True}
    still = room("20.5", "0", on, off, now=noon + timedelta(minutes=119))
    assert pair(told(one, instruct(power=0.0), still)) == {"switch.one": True, "switch.two": False}
    over = room("20.5", "0", on, off, now=noon + timedelta(minutes=121))
    assert pair(told(one, instruct(power=0.0), over)) == {"switch.one": False, "switch.two": False}


def test_a_limit_blocks_at_once() -> None:
    one = device("heat_pump", DATA | CONTACTS)
    urgent = instruct(power=0.0, urgent=True)
    assert pair(told(one, urgent, room())) == {"switch.one": True, "switch.two": False}


def test_a_thermostat_gets_the_far_end_of_the_band_to_heat_and_the_near_end_to_wait() -> None:
    one = device("heat_pump", DATA | {"climate_entity": "climate.heating"})
    what = room("20.5", "0", state("climate.heating", "heat", temperature=20, min_temp=7, max_temp=30))
    assert told(one, instruct(power=1500.0), what) == [
        ("climate.set_temperature", "climate.heating", {"temperature": 22.0})
    ]
    assert told(one, instruct(power=0.0), what)[0][2] == {"temperature": 20.0}
    fahrenheit = room(
        "20.5", "0", state("climate.heating", "heat", temperature=68, min_temp=45, max_temp=95), temperature_unit="°F"
    )
    assert told(one, instruct(power=1500.0), fahrenheit)[0][2] == {"temperature": pytest.approx(71.6)}


def test_a_power_before_its_switch() -> None:
    data = DATA | {"number_entity": "number.power", "switch_entity": "switch.pump"}
    what = room("20.5", "0", state("number.power", "0", "kW", min=0, max=3, step=0.1))
    one = device("heat_pump", data)
    assert told(one, instruct(power=1500.0), what) == [
        ("number.set_value", "number.power", {"value": 1.5}),
        ("switch.turn_on", "switch.pump", {}),
    ]
    assert told(one, instruct(power=300.0), what) == [
        ("number.set_value", "number.power", {"value": 0.0}),
        ("switch.turn_off", "switch.pump", {}),
    ]
    assert told(one, instruct(InstructionKind.STOP), what)[1] == ("switch.turn_off", "switch.pump", {})


def test_a_mode_without_a_power_says_what_to_do() -> None:
    one = device("heat_pump", DATA | {"switch_entity": "switch.pump"})
    off = instruct(modes=(ModeChoice(actuator_id="compressor", mode_id="off", factor=0.0),))
    on = instruct(modes=(ModeChoice(actuator_id="compressor", mode_id="on", factor=0.0),))
    assert told(one, off, room()) == [("switch.turn_off", "switch.pump", {})]
    assert told(one, on, room()) == [("switch.turn_on", "switch.pump", {})]


def test_own_actions_get_power_and_instruction() -> None:
    one = device("heat_pump", DATA | {"sequence": [{"action": "script.pump"}]})
    (command,) = HEAT_PUMP.commands(one, instruct(power=1200.0), room())
    assert (command.variables["power"], command.variables["instruction"]) == (1200.0, "set")


def test_handed_back_is_normal_operation() -> None:
    data = DATA | CONTACTS | {"climate_entity": "climate.heating", "switch_entity": "switch.pump"}
    data |= {"normal_set_point": 20.5, "contact_off": "blocked"}
    what = room("20.5", "0", state("climate.heating", "heat", temperature=22), state("switch.one", "on"))
    back = released(device("heat_pump", data), what)
    assert ("climate.set_temperature", "climate.heating", {"temperature": 20.5}) in back
    assert ("switch.turn_on", "switch.pump", {}) in back
    assert {"switch.one": False, "switch.two": False}.items() <= pair(back).items()
    assert told(device("heat_pump", data), instruct(InstructionKind.RELEASE), what) == back
    assert released(device("heat_pump", data | {"heat_release": "leave"}), what) == []
    off = released(device("heat_pump", DATA | {"switch_entity": "switch.pump", "heat_release": "off"}), what)
    assert off == [("switch.turn_off", "switch.pump", {})]
    own = device("heat_pump", DATA | CONTACTS | {"release_sequence": [{"action": "script.back"}]})
    assert [said(command)[0] for command in HEAT_PUMP.release(own, what)][-1] == "sequence"


# --------------------------------------------------------------------------------------------------- what is wrong


def test_what_is_wrong_with_a_description() -> None:
    validate = HEAT_PUMP.validate
    assert validate(DATA) == {}
    assert validate(DATA | CONTACTS) == {}
    assert validate(DATA | {"band_maximum": 19}) == {
        "band_maximum": "band_upside_down",
    }
    assert validate(DATA | {"min_power": 3000}) == {"min_power": "minimum_above_maximum"}
    assert validate(DATA | {"contact_1_entity": "switch.one"}) == {"contact_2_entity": "both_contacts_needed"}
    assert validate(DATA | {"contact_1_entity": "switch.a", "contact_2_entity": "switch.a"}) == {
        "contact_2_entity": "same_contact"
    }
    assert validate(DATA | {"day_start": "06:00:00"}) == {"night_start": "both_times_needed"}
    assert validate(DATA | {"heats": "buffer"}) == {"volume": "volume_missing"}
    own = {"climate_entity": "climate.a", "set_point_entity": "climate.a"}
    assert validate(DATA | own) == {"set_point_entity": "set_point_acted_on"}
    assert validate(DATA | own | {"climate_act": "mode"}) == {}


def test_it_listens_to_its_entities_and_tells_what_to_learn_from() -> None:
    one = device("heat_pump", DATA | CONTACTS | {"outdoor_entity": "sensor.outside"})
    expected = {"sensor.power", "sensor.room", "sensor.outside", "switch.one", "switch.two"}
    assert HEAT_PUMP.entities(one) == expected
    sources = HEAT_PUMP.thermal(one)
    assert sources is not None
    assert (sources.indoor, sources.power, sources.outdoor) == ("sensor.room", "sensor.power", "sensor.outside")
    assert 2.9 < sources.efficiency < 4.5


# ------------------------------------------------------------------------------------------------------- its plan


def test_the_house_is_warmed_in_the_cheap_night_and_kept_in_its_band() -> None:
    plan = of(plan_day(sensed("heat_pump", DATA, room("20.5", outdoor=0.0))))
    inside = levels(plan)
    # The last hour of a plan may slide: nobody knows what comes after it.
    assert inside[:92].min() >= 20.0 - 0.02
    assert inside.max() <= 22.2, "a little beyond the band for a short time may pay"
    assert inside[23] > 21.5, "by six in the morning the house has taken what it can hold"
    # A quarter of the day is cheap; without shifting it would get a quarter of the energy.
    assert energy(plan, 0, 6) > 0.4 * energy(plan, 0, 24)


def test_the_heat_of_the_plan_is_what_the_house_loses() -> None:
    """First law: what went in is what was lost and what is stored, by a simulation of its own."""
    plan = of(plan_day(sensed("heat_pump", DATA, room("20.5", outdoor=0.0))))
    # Half way between the shares of Carnot at -7 and 7 °C, of Carnot between 0 and 35 °C.
    share = (2.9 / (308.15 / 42) + 4.5 / (308.15 / 28)) / 2
    curve_cop = share * 308.15 / 35
    inside = 20.5
    for power, level in zip(plan.power, levels(plan), strict=True):
        inside += 0.25 * (power * curve_cop - 150 * inside) / 8000
        assert inside == pytest.approx(level, abs=0.02)


def test_solar_surplus_warms_the_house() -> None:
    """JWG112x: heat pump and PV together: what is left over at noon is taken rather than given away."""
    sunny = plan_day(
        sensed("heat_pump", DATA, room("20.2", outdoor=2.0)),
        price=lambda _: 0.35,
        load=lambda hour: -3000.0 if 10 <= hour < 14 else 300.0,
        export=0.06,
    )
    plan = of(sunny)
    assert energy(plan, 10, 14) > 0.4 * energy(plan, 0, 24)
    assert levels(plan)[55] > 21.5


def test_at_night_it_may_get_cooler_and_is_warm_in_the_morning() -> None:
    data = DATA | {"night_minimum": 18, "day_start": "06:00:00", "night_start": "22:00:00"}
    plan = of(plan_day(sensed("heat_pump", data, room("20.0", outdoor=-5.0)), price=lambda _: 0.30))
    inside = levels(plan)
    assert inside[:20].min() < 19.5, "the night is used"
    assert inside[23:88].min() >= 20.0 - 0.05, "six in the morning to ten at night"


def test_the_mild_hours_of_the_day_are_preferred_on_a_flat_tariff() -> None:
    """COP by weather: the same heat costs less electricity when it is mild outside."""
    what = room("20.5", outdoor=lambda hour: 7.0 if 12 <= hour < 18 else -7.0)
    plan = of(plan_day(sensed("heat_pump", DATA, what), price=lambda _: 0.30))
    assert levels(plan)[71] > 21.3, "warmed up by the end of the mild hours"


def test_the_buffer_is_filled_when_it_is_cheap() -> None:
    plan = of(plan_day(sensed("heat_pump", BUFFER | {"heat_loss": 60}, tank("35", outdoor=5.0))))
    water = levels(plan)
    assert water.min() >= 30 - 0.1
    assert water.max() <= 45 + 0.1
    assert water[23] > 43.0


def test_a_compressor_that_just_started_runs_on() -> None:
    """S2 timers: minimum run of an hour, although the next hour is dear."""
    data = DATA | {"running_entity": "binary_sensor.compressor", "minimum_run": 60}
    begun = state("binary_sensor.compressor", "on")
    now = MIDNIGHT
    object.__setattr__(begun, "last_changed", now - timedelta(minutes=15))
    found = sensed("heat_pump", data, room("21.9", "2500", begun, outdoor=5.0))
    plan = of(plan_day(found, price=lambda hour: 2.0 if hour < 1 else 0.10))
    assert np.all(np.array(plan.power[:3]) >= 799.0)


def test_prices_below_zero_are_used_within_the_band() -> None:
    plan = of(
        plan_day(
            sensed("heat_pump", DATA, room("21", outdoor=8.0)),
            price=lambda hour: -0.05 if 2 <= hour < 5 else 0.30,
        )
    )
    assert energy(plan, 2, 5) > 0.3 * energy(plan, 0, 24)
    assert levels(plan).max() <= 22.2
