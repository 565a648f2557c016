"""One look at the state of alerting, by a process that must not need what it watches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from anfl_assets.errors import AnflError
from anfl_assets.flow.alerting.watching.conclude import Look
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace


def looking(
    workspace: Workspace, url: str | None, now: Callable[[], datetime]
) -> Callable[[], Look]:
    """Return a look; each opens the state anew, so that nothing broken is held on to."""

    def look() -> Look:
        if url is None and not (workspace.state_dir / "alerts.sqlite").exists():
            # To make the file here would say that alerting has begun.
            return Look(fault=f"{workspace.state_dir / 'alerts.sqlite'} does not exist yet")
        try:
            with open_alerts(workspace, url) as store:
                return _look(store, now())
        except AnflError as error:
            return Look(fault=str(error))
        except OSError as error:
            return Look(fault=error.strerror or str(error))

    return look


def _look(store: AlertStore, now: datetime) -> Look:
    return Look(store.beats(), store.waiting_since(now))
