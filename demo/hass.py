"""Home Assistant itself, in a process that ends when the process that started it ends."""

import ctypes
from importlib.util import find_spec
import signal
import sys
from types import ModuleType

from homeassistant.__main__ import main

_PR_SET_PDEATHSIG = 1
# Home Assistant describes its actions only if its voice pipeline can be imported, and that wants two packages which a
# C++ compiler would have to build here. Nobody speaks to this house: the names are enough.
_VOICE = {"pymicro_vad": "MicroVad", "pyspeex_noise": "AudioProcessor"}


def _pretend_voice() -> None:
    for package, name in _VOICE.items():
        if find_spec(package) is None:
            module = ModuleType(package, "Not installed.")
            setattr(module, name, type(name, (), {}))
            sys.modules[package] = module


if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    _pretend_voice()
    sys.exit(main())
