"""What every test run does once: everything imported is garbage to nobody.

Collecting the tests imports some thousand modules, which live until the end. Looking through them
for cycles again and again took an eighth of the unit tests' time.
"""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Put what was imported where the garbage collector does not look."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_unconfigure() -> None:
    """Let the interpreter end as it would have: duckdb tells of what nobody cleared."""
    gc.unfreeze()
