"""No money from nothing: without a difference of prices nothing is earned by taking energy in and giving it back."""

from hypothesis import given, settings, strategies as st

from custom_components.cem_sgcp.cem.planner import make_plan

from . import houses


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    price=st.floats(-0.2, 0.6),
    level=st.floats(0, 10_000),
    efficiency=st.floats(0.7, 1.0),
    load=st.floats(0, 3000),
)
def test_a_battery_earns_nothing_where_all_prices_are_one(price: float, level: float, efficiency: float, load: float):
    """Buying and selling cost the same at all times; the store is worth nothing at the end, so it may be sold once."""
    price = round(price, 3)
    battery = houses.battery(level, efficiency=efficiency, terminal=0.0)
    plan = make_plan(
        houses.house(battery, grid=houses.grid(12, 60), prices=houses.prices(price, price), base_load=houses.flat(load))
    )
    hours = 12.0
    bought = load / 1000.0 * hours * price
    sold = max(level / 1000.0 * efficiency * price, 0.0)
    # Where power is paid for being taken, the store may be filled once too, and no more is lost in it than that.
    paid = max(-price, 0.0) * (10_000 - level) / 1000.0 / efficiency
    wasted = 0.0 if price >= 0 else max(-price, 0.0) * 5.0 * hours * (1.0 - efficiency**2)
    assert plan.objective >= bought - sold - paid - wasted - 1e-3


@settings(max_examples=12, deadline=None, derandomize=True)
@given(price=st.floats(0.05, 0.6), level=st.floats(0, 10_000), efficiency=st.floats(0.7, 0.99))
def test_a_battery_beside_a_house_without_load_or_sun_stands_still_on_a_flat_tariff(
    price: float, level: float, efficiency: float
):
    price = round(price, 3)
    battery = houses.battery(level, efficiency=efficiency, wear=0.01)
    house = houses.house(
        battery, grid=houses.grid(12, 60), prices=houses.prices(price, price), base_load=houses.flat(0)
    )
    powers = make_plan(house).device("battery").power
    assert sum(max(power, 0.0) for power in powers) <= 1.0  # W over all hours: nothing is bought to be sold again
