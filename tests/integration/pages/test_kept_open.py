"""What the pages keep open: the same for whoever asks next, another where the folder is another."""

from __future__ import annotations

import shutil
from pathlib import Path

from anfl_assets.pages.kept_open import KeptAlerts, KeptLedger
from anfl_assets.store.workspace import open_workspace


def test_a_ledger_is_opened_once_and_anew_where_another_file_has_taken_its_place(
    tmp_path: Path,
) -> None:
    workspace, other = open_workspace(tmp_path / "data"), open_workspace(tmp_path / "other")
    for folder, name in ((workspace, "before"), (other, "after")):
        kept = KeptLedger(folder)
        kept().keep_setting("name", name)
        kept.close()
    ledger = KeptLedger(workspace)
    assert ledger() is ledger()
    assert ledger().setting("name") == "before"
    shutil.rmtree(workspace.state_path.parent)
    shutil.copytree(other.state_path.parent, workspace.state_path.parent)
    assert ledger().setting("name") == "after"
    ledger.close()


def test_the_state_of_alerting_is_opened_once_and_again_after_it_was_closed(
    tmp_path: Path,
) -> None:
    alerts = KeptAlerts(open_workspace(tmp_path), {})
    assert alerts() is alerts()
    alerts.close()
    assert alerts().open_incidents() == []
    alerts.close()
