"""Programs in a process of their own, killed for real where `flow/crash.py` names a point."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from anfl_assets.flow.crash import CRASH_VARIABLE

_PROJECT = Path(__file__).parents[2]


def killed_at(point: str, program: str, folder: Path) -> None:
    """Run a program on a folder until it comes to where it is killed; it must come there."""
    killed = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env={**os.environ, CRASH_VARIABLE: point, "PYTHONPATH": str(_PROJECT)},
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL
