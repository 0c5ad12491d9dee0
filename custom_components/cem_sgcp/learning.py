"""Learning an appliance's profile from its runs as its power sensor sees them.

Samples are collected while the appliance runs and for a while after, and handed to `cem.forecast.learn` when it is
over. What was learned is part of the state that outlives a restart; a run that a restart cut short teaches nothing.
"""

from datetime import datetime, timedelta
import logging

from .cem.forecast import learn_profile, update_profile
from .cem.model import ModelError
from .devices import KINDS
from .devices.base import Device, DeviceSettings, Sensing
from .store import CemState

_LOGGER = logging.getLogger(__name__)

#: Samples closer than this say nothing new (s); longer recordings than this are no single run (s).
SAMPLE_INTERVAL = 5.0
LONGEST_RUN = 24 * 3600.0
#: A rest this long ends a run (s).
REST = 900.0


class Recorder:
    """Collects the power of appliances whose profile is to be learned."""

    def __init__(self, state: CemState) -> None:
        """Learn into the given state."""
        self._state = state
        self._samples: dict[str, list[tuple[datetime, float]]] = {}
        self._last_running: dict[str, datetime] = {}

    def sample(self, device: Device, sensing: Sensing, *, running: bool | None) -> None:
        """Look at an appliance; learn when it has come to rest."""
        if device.data.get("profile_type") != "learned":
            return
        now, key = sensing.now, device.device_id
        power = KINDS[device.kind].sense(device, DeviceSettings(), sensing).power
        samples = self._samples.get(key)
        if running:
            self._last_running[key] = now
            samples = self._samples.setdefault(key, [])
        if samples is None:
            return
        if power is not None and (not samples or (now - samples[-1][0]).total_seconds() >= SAMPLE_INTERVAL):
            samples.append((now, power))
        rest = (now - self._last_running.get(key, now)).total_seconds()
        if samples and (now - samples[0][0]).total_seconds() > LONGEST_RUN:
            self._forget(key)
        elif rest >= REST:
            self._learn(device, samples)
            self._forget(key)

    def finish(self, device: Device) -> None:
        """Learn at once from a run that is known to be over."""
        if samples := self._samples.get(device.device_id):
            self._learn(device, samples)
        self._forget(device.device_id)

    def _learn(self, device: Device, samples: list[tuple[datetime, float]]) -> None:
        start = samples[0][0]
        points = [((moment - start) / timedelta(seconds=1), power) for moment, power in samples]
        try:
            learned = learn_profile(points, profile_id=device.device_id)
            former = self._state.learned.get(device.device_id)
            self._state.learned[device.device_id] = learned if former is None else update_profile(former, learned)
        except ModelError as error:
            _LOGGER.warning("The run of %s could not be learned from: %s", device.name, error)

    def _forget(self, key: str) -> None:
        self._samples.pop(key, None)
        self._last_running.pop(key, None)
