"""Makes the simulated house loadable next to the integration under test."""

from pathlib import Path

import custom_components
import pytest

SIM_HOUSE = str(Path(__file__).parents[2] / "demo" / "custom_components")
if SIM_HOUSE not in custom_components.__path__:
    custom_components.__path__.append(SIM_HOUSE)


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Home Assistant may load custom integrations in every test of this folder."""
