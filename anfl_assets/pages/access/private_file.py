"""Files that only their owner may read: written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from anfl_assets.errors import WorkspaceError

PRIVATE = 0o600


def write_private(path: Path, text: str) -> None:
    """Put a text in a file's place, for its owner alone; also over a crash it is old or new.

    Raises:
        WorkspaceError: it cannot be written.
    """
    target = path.resolve()  # a link stays one
    try:
        # mkstemp makes files for their owner alone.
        descriptor, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - of a descriptor
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(target)
        _keep_name(target.parent)
    except OSError as error:
        Path(beside).unlink(missing_ok=True)
        raise WorkspaceError(f"{path}: cannot be written: {error.strerror}") from error


def exposure(path: Path) -> str | None:
    """Return what is wrong with who may read or change a file, with the command that mends it."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        wrong = "others of this machine may change it"
    elif mode & stat.S_IROTH:
        wrong = "everybody on this machine may read it"
    else:
        return None
    return f"{path}: {wrong}; `chmod 600 {path}`"


def _keep_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
