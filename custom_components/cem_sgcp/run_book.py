"""The runs of every appliance: the open one and the last ones that ended.

Use case JWG1100. A run's life follows `cem.runs`; this book only keeps them by device and forgets old ones. It must
not know how a run is planned or started.
"""

from collections.abc import Iterator

from .cem.model import Run
from .store import CemState

KEPT_PER_DEVICE = 5


class RunBook:
    """Runs by device, kept in the state that outlives a restart."""

    def __init__(self, state: CemState) -> None:
        """Work on the runs of the given state."""
        self._state = state

    def of(self, device_id: str) -> tuple[Run, ...]:
        """Return the runs of a device, the latest first."""
        return self._state.runs.get(device_id, ())

    def open(self, device_id: str) -> Run | None:
        """Return the run of a device that is not over, if there is one."""
        return next((run for run in self.of(device_id) if run.open), None)

    def latest(self, device_id: str) -> Run | None:
        """Return the open run of a device, else the one that ended last."""
        return self.open(device_id) or next(iter(self.of(device_id)), None)

    def find(self, run_id: str) -> Run | None:
        """Return a run by its id."""
        return next((run for runs in self._state.runs.values() for run in runs if run.run_id == run_id), None)

    def all_open(self) -> Iterator[Run]:
        """Iterate over all runs that are not over."""
        return (run for runs in tuple(self._state.runs.values()) for run in runs if run.open)

    def put(self, run: Run) -> None:
        """Keep a run, in place of its former version."""
        others = [entry for entry in self.of(run.resource_id) if entry.run_id != run.run_id]
        self._state.runs[run.resource_id] = (run, *others)[:KEPT_PER_DEVICE]

    def drop_unknown(self, device_ids: set[str]) -> None:
        """Forget the runs of devices that are gone."""
        for device_id in set(self._state.runs) - device_ids:
            del self._state.runs[device_id]
