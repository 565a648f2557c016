"""One browser for each file, and the example company with an open incident to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import distrusted, fan, put, refused, score, vintage
from tests.integration.alerting_folder import with_incident
from tests.integration.browser.visiting import chromium
from tests.integration.built_example import BuiltExample


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the machine's browser; its event loop must not outlive the file: others run theirs."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def shown(built_example: BuiltExample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built example as a folder of our own, with forecasts and with an open incident."""
    root = tmp_path_factory.mktemp("shown") / "data"
    # What is landed and built is never written again: a name more for it is enough.
    shutil.copytree(built_example.root, root, copy_function=os.link)
    shutil.rmtree(root / "state")
    shutil.copytree(built_example.root / "state", root / "state")
    with_incident(root).store.close()
    shutil.rmtree(root / "lake" / "forecast", ignore_errors=True)
    rows = [
        vintage(subject="db-1/disk", recent=[80.0, None, 84.0]),
        distrusted(vintage_id="v2", subject="batch-1/memory", recent=[60.0, 80.0]),
        refused(vintage_id="v3", subject="gpu-1/cpu"),
    ]
    days = [day for row in rows for day in fan(row)]
    put(Workspace(root), rows, days, [score(rows[0], 7)])
    return root
