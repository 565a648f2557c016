"""Named points at which a test may kill the process for real, to see what the next start finds."""

from __future__ import annotations

import os
import signal

CRASH_VARIABLE = "ANFL_CRASH_AT"


def crash_point(name: str) -> None:
    """Kill this process as the kernel would if `ANFL_CRASH_AT` names this point."""
    if os.environ.get(CRASH_VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
