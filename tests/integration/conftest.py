"""What is dear to make and only read: made once for all files, whichever worker runs them."""

from __future__ import annotations

import os

import pytest

from tests.integration.built_example import BuiltExample, built_in


@pytest.fixture(scope="session")
def built_example(tmp_path_factory: pytest.TempPathFactory) -> BuiltExample:
    """The example company as of a Monday in November 2026; tests only read it."""
    base = tmp_path_factory.getbasetemp()
    return built_in(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
