"""Putting right what a crash left between the ledger and the lake.

The lake decides: a staged landing whose id is in its table's history has happened and is settled;
any other has not and is taken back, so that its files are new again.
"""

from __future__ import annotations

from datetime import datetime

from anfl_assets.store import lake, landings
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.workspace import Workspace


def recover(workspace: Workspace, *, now: datetime) -> dict[str, str]:
    """Settle or take back every staged landing; return {landing_id: "landed" | "taken back"}.

    Raises:
        WorkspaceError: another run is writing, or the ledger cannot be written.

    """
    with workspace.writing(), open_ledger(workspace) as ledger:
        return recover_staged(workspace, ledger, now=now)


def recover_staged(workspace: Workspace, ledger: Ledger, *, now: datetime) -> dict[str, str]:
    """As `recover`, for who already holds the folder."""
    done = {}
    for landing in landings.staged(ledger):
        landing_id = landing["landing_id"]
        path = workspace.table_path(landing["entity"])
        if lake.find_commit(path, "landing_id", landing_id) is None:
            landings.take_back(ledger, landing_id)
            done[landing_id] = "taken back"
        else:
            landings.settle(ledger, landing_id, at=now)
            done[landing_id] = "landed"
    return done
