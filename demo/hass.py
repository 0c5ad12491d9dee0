"""Home Assistant itself, in a process that ends when the process that started it ends."""

import ctypes
import signal
import sys

from homeassistant.__main__ import main

_PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
sys.exit(main())
