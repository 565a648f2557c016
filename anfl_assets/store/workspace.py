"""The data folder: where everything one organisation owns is kept.

Only places and the lock that keeps two writers apart. What is in the files is told by `lake` and
`ledger`; `ANFL_DATA_DIR` and its default are read by the command line, not here.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anfl_assets.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Longer than a collector's commits take: who comes in between waits for them.
COMMIT_WAIT_S = 60.0
_POLL_S = 0.1


class FolderHeld(WorkspaceError):
    """Another landing or build is writing to the data folder."""


@dataclass(frozen=True)
class Workspace:
    """Paths inside one data folder; folders are made by whoever first writes into them."""

    root: Path

    @property
    def lake_dir(self) -> Path:
        """Root of every Delta table."""
        return self.root / "lake"

    @property
    def state_dir(self) -> Path:
        """Folder of the ledger and the lock."""
        return self.root / "state"

    @property
    def state_path(self) -> Path:
        """The SQLite file of the ledger."""
        return self.state_dir / "anfl.sqlite"

    @property
    def builds_dir(self) -> Path:
        """One private folder per dbt build."""
        return self.root / "builds"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME of this organisation."""
        return self.root / "dagster"

    @property
    def example_dir(self) -> Path:
        """Raw files of the example company."""
        return self.root / "example"

    def table_path(self, entity: str) -> Path:
        """Delta table of a canonical entity, inside its store (specification §2.1)."""
        # Processes that only watch know this folder too, and must stay small.
        from anfl_assets.frames import TABLES

        return self.lake_dir / TABLES[entity].store / entity

    def mart_path(self, model: str) -> Path:
        """Delta table of a published dbt model."""
        return self.lake_dir / "marts" / model

    def analysis_path(self, table: str) -> Path:
        """Delta table of what an analysis found (specification §3.1)."""
        return self.lake_dir / "analysis" / table

    def forecast_path(self, table: str) -> Path:
        """Delta table of forecasts, their days or their scores (specification §3.2)."""
        return self.lake_dir / "forecast" / table

    @contextmanager
    def writing(self, *, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the folder's only writer's place; the kernel frees it however the holder ends.

        Raises:
            FolderHeld: another landing or build still holds it after `wait_s`.
            WorkspaceError: the lock cannot be made.
        """
        descriptor = _open_lock(self.state_dir)
        try:
            _take(descriptor, self.root, until=time.monotonic() + wait_s)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(descriptor)


def open_workspace(root: Path) -> Workspace:
    """Make the folder where it is missing and prove that it can be written.

    Raises:
        WorkspaceError: it is a file, or this user may not write there.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(_unusable(root, error)) from error
    if not os.access(root, os.W_OK | os.X_OK):
        message = f"{root}: this user may not write there; choose another --data-dir"
        raise WorkspaceError(message)
    return Workspace(root.resolve())


def _open_lock(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WorkspaceError(_unusable(folder, error)) from error


def _take(descriptor: int, root: Path, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                holder = os.pread(descriptor, 32, 0).decode() or "unknown"
                message = (
                    f"{root}: another run (process {holder}) is writing to this data folder; "
                    "wait until it has ended"
                )
                raise FolderHeld(message) from error
            time.sleep(_POLL_S)
        else:
            return


def _unusable(path: Path, error: OSError) -> str:
    return f"{path}: cannot be used as a data folder: {error.strerror}; choose another --data-dir"
