"""The databases of a data folder, opened when somebody first asks and kept open for who asks next.

Opening one costs more than a page's whole reading of it. Both may be asked from several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from anfl_assets.store.alerts.store import AlertStore


@dataclass
class KeptLedger:
    """The ledger of a data folder; opened anew where another file has taken its place."""

    workspace: Workspace
    _ledger: Ledger | None = None
    _file: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Ledger:
        """Return the ledger, made where it is missing.

        Raises:
            WorkspaceError: it cannot be opened.
        """
        with self._lock:
            if self._ledger is None or self._file != self._found():
                self._shut()
                self._ledger = open_ledger(self.workspace)
                self._file = self._found()
            return self._ledger

    def close(self) -> None:
        """Give back its connections; it is opened again if somebody asks."""
        with self._lock:
            self._shut()

    def _shut(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()

    def _found(self) -> int | None:
        """Return which file is there, by its inode."""
        path = self.workspace.state_path
        return path.stat().st_ino if path.exists() else None


@dataclass
class KeptAlerts:
    """The state of alerting, which by itself begins anew where its file was taken away."""

    workspace: Workspace
    environ: Mapping[str, str]
    _store: AlertStore | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> AlertStore:
        """Return the state of alerting, made where it is missing.

        Raises:
            WorkspaceError: it cannot be opened.
        """
        from anfl_assets.flow.alerting.places import state_url
        from anfl_assets.store.alerts.store import open_alerts

        if self._store is not None:
            return self._store
        # Not under the lock: a server that does not answer would keep everybody waiting in turn.
        opened = open_alerts(self.workspace, state_url(self.environ))
        with self._lock:
            if self._store is None:
                self._store = opened
            kept = self._store
        if kept is not opened:
            opened.close()
        return kept

    def close(self) -> None:
        """Give back its connections; it is opened again if somebody asks."""
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            store.close()
