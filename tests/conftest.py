"""What all tests share: the two custom integrations, a clock, and a managed house that is simulated but not mocked."""

import os
from pathlib import Path
import sys

from hypothesis import settings
import pytest

DEMO = str(Path(__file__).parents[1] / "demo")
if DEMO not in sys.path:
    # custom_components has no __init__.py: its two folders are one package for as long as both parents are on the path.
    sys.path.append(DEMO)

import custom_components.cem_sgcp  # noqa: E402, F401 - before Home Assistant looks for one in its own folder

# The same examples at every run, so that a failure is about the change at hand, and no haste on a busy machine;
# HYPOTHESIS_PROFILE=default looks further.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Home Assistant may load custom integrations; a recorder has to be there before that."""
    if "hass" not in request.fixturenames and "enable_custom_integrations" not in request.fixturenames:
        return
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
