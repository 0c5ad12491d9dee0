"""Every field of tables 2 to 5 and of their public siblings has its place in the model."""

from datetime import UTC, datetime

import pytest

from custom_components.cem_sgcp.cem.model import (
    Alert,
    EasyPowerProfile,
    EnergyProfile,
    EventState,
    Group,
    Limit,
    LimitCategory,
    LoadAction,
    LoadManagementEvent,
    Model,
    Phase,
    PriceProfile,
    PriceSlot,
    PriceTier,
    QuantityValue,
    RunState,
    Sequence,
    SetPoint,
    Slot,
    SlotCost,
    TemperatureProfile,
    TemperatureSlot,
)
from custom_components.cem_sgcp.cem.model.base import declared

TABLE_2 = """
S2 PowerProfileDefinition.id | S2 start_time | S2 end_time | S2 PowerSequenceContainer.id | S2 PowerSequence.id
S2 power_sequences_containers | S2 power_sequences | S2 elements | S2 execution_time | S2 duration | S2 power_values
S2 commodity_quantity | S2 value_expected | S2 value_lower_limit | S2 value_upper_limit | S2 value_lower_68PPR
S2 value_upper_68PPR | S2 value_lower_95PPR | S2 value_upper_95PPR | S2 is_interruptible | S2 max_pause_before
S2 abnormal_condition_only | S2 progress | S2 status
SPINE alternativesId | SPINE sequenceId | SPINE powerSequence | SPINE earliestStartTime | SPINE latestStartTime
SPINE earliestEndTime | SPINE latestEndTime | SPINE schedule.startTime | SPINE schedule.endTime | SPINE slotNumber
SPINE activeSlotNumber | SPINE elapsedSlotTime | SPINE remainingSlotTime | SPINE defaultDuration
SPINE durationUncertainty | SPINE minDuration | SPINE maxDuration | SPINE optionalSlot | SPINE slotActivated
SPINE powerMin | SPINE powerMax | SPINE powerExpectedValue | SPINE powerStandardDeviation | SPINE powerSkewness
SPINE energyMin | SPINE energyMax | SPINE energyExpectedValue | SPINE isPausable | SPINE isStoppable
SPINE notInterruptibleAtHighPower | SPINE maxCyclesPerDay | SPINE pauseDurationMin | SPINE pauseDurationMax
SPINE pauseDurationSumMin | SPINE pauseDurationSumMax | SPINE activeDurationMin | SPINE activeDurationMax
SPINE activeDurationSumMin | SPINE activeDurationSumMax | SPINE resumeEnergyEstimated | SPINE resumeCostEstimated
SPINE cheapest | SPINE greenest | SPINE nodeRemoteControllable | SPINE sequenceRemoteControllable
SPINE supportsReselection | SPINE supportsSingleSlotSchedulingOnly | SPINE repetitionsTotal | SPINE taskIdentifier
SPINE state
Matter ForecastID | Matter EarliestStartTime | Matter LatestEndTime | Matter StartTime | Matter EndTime | Matter Slots
Matter ActiveSlotNumber | Matter ElapsedSlotTime | Matter RemainingSlotTime | Matter DefaultDuration
Matter MinDuration | Matter MaxDuration | Matter MinPower | Matter MaxPower | Matter NominalPower
Matter NominalEnergy | Matter IsPausable | Matter SlotIsPausable | Matter MinPauseDuration | Matter MaxPauseDuration
Matter Costs | Matter OptOutState | Matter ESAState
SEMP EarliestStart | SEMP LatestEnd | SEMP MinRunningTime | SEMP MaxRunningTime | SEMP MinEnergy | SEMP MaxEnergy
SEMP InterruptionsAllowed | SEMP OptionalEnergy
"""
TABLE_3 = """
SPINE tariffId | SPINE tier | SPINE boundaryType | SPINE lowerBoundaryValue | SPINE upperBoundaryValue
SPINE absoluteCost | SPINE relativeCost | SPINE renewableEnergyPercentage | SPINE co2Emission | SPINE minValue
SPINE maxValue | OpenADR PRICE | OpenADR EXPORT_PRICE | OpenADR PRICE_ALTERNATE | OpenADR GHG
OpenADR ELECTRICITY_PRICE | OpenADR priceRelative | OpenADR priceMultiplier | OpenADR DEMAND_CHARGE
"""
TABLE_4 = """
SPINE eventId | SPINE eventActionConsume | SPINE eventActionProduce | SPINE eventStateConsume | SPINE limitId
SPINE isLimitActive | SPINE isLimitChangeable | SPINE timePeriod.startTime | SPINE timePeriod.endTime | SPINE value
SPINE limitCategory | SPINE limitDirection | SPINE scopeType | S2 abnormal_condition | OpenADR SIMPLE
OpenADR IMPORT_ | OpenADR EXPORT_CAPACITY_LIMIT | OpenADR DISPATCH_SETPOINT | OpenADR DISPATCH_SETPOINT_RELATIVE
OpenADR CONTROL_LEVEL_OFFSET | OpenADR ALERT_* | OpenADR x-loadControlCapacity | OpenADR x-loadControlLevelOffset
OpenADR x-loadControlPercentOffset | OpenADR LOAD_DISPATCH | Matter PowerAdjustRequest.power | Matter cause
Matter RequestConstraintBasedForecast.loadControl
"""
TABLE_5 = """
S2 FillLevelTargetProfile.elements | S2 fill_level_range | S2 fill_level_label | SPINE setpoint value
OpenADR CONTROL_SETPOINT
"""

RECORDS: dict[str, tuple[type[Model], ...]] = {
    TABLE_2: (EnergyProfile, Group, Sequence, Slot, QuantityValue, SlotCost, EasyPowerProfile),
    TABLE_3: (PriceProfile, PriceSlot, PriceTier),
    TABLE_4: (Limit, SetPoint, LoadManagementEvent),
    TABLE_5: (TemperatureProfile, TemperatureSlot),
}


def siblings(records: tuple[type[Model], ...]) -> set[str]:
    """What the fields of some records are called elsewhere, each with the name of the standard."""
    found: set[str] = set()
    for cls in records:
        for entry in declared(cls):
            standard = ""
            for part in entry.metadata["also"].replace(";", ",").replace(" or ", ", ").split(","):
                words = part.split(None, 1)
                if words and words[0] in {"S2", "SPINE", "Matter", "OpenADR", "SEMP"}:
                    standard, part = words[0], words[1]  # noqa: PLW2901
                if part.strip():
                    found.add(f"{standard} {part.strip()}")
    return found


@pytest.mark.parametrize(
    ("table", "name"),
    [(table, name.strip()) for table in RECORDS for name in table.replace("\n", "|").split("|") if name.strip()],
)
def test_every_field_of_the_siblings_has_its_place(table: str, name: str) -> None:
    assert name in siblings(RECORDS[table])


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (PriceProfile, ["profile_id", "currency", "valid_from", "valid_until"]),
        (PriceSlot, ["start", "end", "import_price", "export_price", "co2", "renewable_share", "kind", "import_tiers"]),
        (
            LoadManagementEvent,
            [
                *["event_id", "created", "start", "end", "action_consume", "action_produce", "value", "share"],
                *["priority", "severity", "reason", "ack_required", "state"],
            ],
        ),
        (TemperatureProfile, ["zone", "medium"]),
        (TemperatureSlot, ["start", "end", "set_point", "minimum", "maximum", "tolerance"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_field_of_tables_3_to_5_is_there(cls: type[Model], names: list[str]) -> None:
    assert set(names) <= {entry.name for entry in declared(cls)}


def test_lists_may_be_as_long_as_the_siblings_allow() -> None:
    most = {
        (EnergyProfile, "groups"): 1000,
        (Group, "alternatives"): 288,
        (Sequence, "slots"): 288,
        (Slot, "quantities"): 10,
    }
    for (cls, name), maximum in most.items():
        assert next(entry for entry in declared(cls) if entry.name == name).metadata["maximum_items"] == maximum


def test_states_actions_and_phases_are_those_of_the_standards() -> None:
    assert [state.value for state in RunState] == [
        *["not_scheduled", "scheduled", "executing", "interrupted", "finished", "aborted"],
    ]
    assert {action.value for action in LoadAction} == {"pause", "resume", "reduce", "increase", "emergency", "normal"}
    assert {state.value for state in EventState} == {
        *["accepted", "started", "stopped", "rejected", "cancelled", "error"],
    }
    assert {"obligation", "recommendation", "optimization"} <= {category.value for category in LimitCategory}
    assert [(phase.value, phase.severity) for phase in Phase] == [("green", 0), ("yellow", 1), ("red", 2), ("black", 3)]
    assert len(Alert) == 10


def test_the_easy_power_profile_is_an_energy_profile_of_one_slot() -> None:
    start, end = datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 23, 18, tzinfo=UTC)
    easy = EasyPowerProfile(
        profile_id="boiler",
        energy=3000,
        min_energy=2500,
        max_energy=3500,
        duration=7200,
        min_duration=3600,
        max_duration=9000,
        earliest_start=start,
        latest_end=end,
        interruptible=True,
        optional=True,
        extra={"vendor": "x"},
    )
    profile = easy.expand()
    assert (profile.profile_id, profile.earliest_start, profile.latest_end) == ("boiler", start, end)
    assert profile.extra == {"vendor": "x"}
    (group,) = profile.groups
    (sequence,) = group.alternatives
    (slot,) = sequence.slots
    assert (slot.p_exp, slot.power, slot.energy, slot.duration) == (1500, 1500, 3000, 7200)
    assert (slot.min_duration, slot.max_duration, slot.e_min, slot.e_max) == (3600, 9000, 2500, 3500)
    assert (slot.optional, slot.pausable, sequence.pausable) == (True, True, True)
    by_power = EasyPowerProfile(profile_id="pump", power=1500, duration=7200).expand()
    assert by_power.groups[0].alternatives[0].energy == 3000


def test_consumption_is_positive_and_generation_negative_in_a_profile() -> None:
    """Figure 25: a slot that generates has negative power and energy."""
    slot = Slot(duration=3600, p_exp=-500, p_min=-800, p_max=-200)
    assert (slot.energy, slot.power) == (-500, -500)


def test_relative_prices_are_factors_of_a_reference() -> None:
    start, end = datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
    slot = PriceSlot(start=start, end=end, relative_import_price=1.5, relative_export_price=0.5)
    profile = PriceProfile(slots=(slot,), reference_import_price=0.2, reference_export_price=0.1)
    assert profile.import_price(slot) == pytest.approx(0.3)
    assert profile.export_prices.at(start) == pytest.approx(0.05)
    assert PriceProfile(slots=(slot,)).import_prices.intervals == ()
    absolute = slot.replace(import_price=0.25)
    assert profile.import_price(absolute) == 0.25
    assert profile.at(start) == slot
    assert profile.at(end) is None
    assert profile.at(start.replace(hour=7)) is None


def test_a_limit_that_is_switched_off_does_not_hold() -> None:
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    limit = Limit(limit_id="lpc", source="eg", direction="import", value=4200, start=start)
    assert limit.active_at(start)
    assert limit.active_at(start.replace(year=2090)), "no end: until it is revoked"
    assert not limit.active_at(start.replace(hour=7))
    assert not limit.replace(active=False).active_at(start)
    ended = limit.replace(end=start.replace(hour=9))
    assert not ended.active_at(start.replace(hour=9))
