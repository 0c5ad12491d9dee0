"""The brain of the customer energy manager.

Pure Python with numpy and HiGHS. It knows nothing of Home Assistant, never reads a clock of its own and speaks
W, Wh, s, °C, currency/kWh, gCO2/kWh and UTC only. Consumption and import are positive, generation and export
negative (IEC TR 62746-2, figure 25).
"""
