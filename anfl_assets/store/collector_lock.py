"""The place of a data folder's one collector: who holds it is the only one to poll and to spool."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.held import is_held
from anfl_assets.store.workspace import Workspace

_POLL_S = 0.1


class CollectorRuns(WorkspaceError):
    """Another process collects in this data folder."""


@contextmanager
def collecting(workspace: Workspace, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the collector's place; the kernel frees it however the holder ends.

    Raises:
        CollectorRuns: another process still holds it after `wait_s`.
        WorkspaceError: the lock cannot be made.
    """
    deadline = time.monotonic() + wait_s
    descriptor = _open(workspace)
    try:
        while not _taken(descriptor):
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 32, 0).decode() or "unknown"
                raise CollectorRuns(
                    f"{workspace.root}: a collector runs there already (process {holder}); "
                    "`anfl feeds status` shows what it does"
                )
            time.sleep(_POLL_S)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_collecting(workspace: Workspace) -> bool:
    """Whether a process holds the collector's place now."""
    return is_held(_path(workspace))


def _open(workspace: Workspace) -> int:
    path = _path(workspace)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be made: {error.strerror}") from error


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _path(workspace: Workspace) -> Path:
    return workspace.state_dir / "collector.lock"
