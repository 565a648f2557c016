"""One thread of Polars for frames of a few rows: waking a second one takes longer than they do.

Only where nothing but unit tests runs: frames that are worth two threads are built in integration
tests, which keep them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """Say it before anything imports Polars, and not to programs that integration tests start."""
    asked = [Path(config.invocation_params.dir, arg.split("::")[0]) for arg in config.args]
    if all(path.resolve().is_relative_to(_HERE) for path in asked):
        os.environ["POLARS_MAX_THREADS"] = "1"
