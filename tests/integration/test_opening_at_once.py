"""Several processes of a new data folder start at once: each finds its state made, by one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.workspace import Workspace

AT_ONCE, FOLDERS = 6, 4
Open = Callable[[Workspace], AbstractContextManager[Ledger | AlertStore]]


@pytest.mark.parametrize("opened", [open_ledger, open_alerts])
def test_whoever_opens_a_new_state_together_with_others_can_use_it(
    tmp_path: Path, opened: Open
) -> None:
    for number in range(FOLDERS):
        together = threading.Barrier(AT_ONCE)

        def use(workspace: Workspace, together: threading.Barrier = together) -> bool:
            together.wait()
            with opened(workspace):
                return True

        with ThreadPoolExecutor(AT_ONCE) as pool:
            workspace = Workspace(tmp_path / str(number))
            assert all(pool.map(use, [workspace] * AT_ONCE))
