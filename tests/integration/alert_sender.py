"""A sender as a process of its own: `python -m tests.integration.alert_sender FOLDER URL HOW`.

It tells each key it claims, three at a time. HOW is `all` (until nothing is due) or `die` (kill
itself with the first claim in its hands). URL is `-` for the folder's own file.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace
from tests.unit.store.alert_records import NOW


def main(folder: str, url: str, how: str) -> None:
    """Claim, tell, and send or die."""
    lease = timedelta(minutes=1)
    with open_alerts(Workspace(Path(folder)), None if url == "-" else url) as store:
        while due := store.claim(NOW, channel="PagerDuty", by="a", lease=lease, limit=3):
            for each in due:
                sys.stdout.write(f"{each.send_key}\n")
            sys.stdout.flush()
            if how == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            store.sent(*(each.notice_id for each in due), reference="r", at=NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
