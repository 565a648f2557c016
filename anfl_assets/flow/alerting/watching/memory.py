"""What the watcher told, in a small file of its own: it must not need what it watches."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.watching.conclude import Told


@dataclass
class Memory:
    """What was told of the trouble that lasts; None while there is none.

    Kept in the process as well: where the disk is full, an hour still passes between two messages.
    """

    path: Path
    _told: Told | None = None
    _is_read: bool = False

    def read(self) -> Told | None:
        """Return what was told; what cannot be read was not."""
        if not self._is_read:
            self._told, self._is_read = _read(self.path), True
        return self._told

    def keep(self, told: Told) -> None:
        """Remember it, also over a crash.

        Raises:
            WorkspaceError: it is remembered until this process ends, no longer.
        """
        self._told, self._is_read = told, True
        text = json.dumps(
            {"began_at": told.began_at.isoformat(), "told_at": told.told_at.isoformat()}
        )
        beside = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be written: {error.strerror}") from error

    def forget(self) -> None:
        """It is over, and was told to be.

        Raises:
            WorkspaceError: the file cannot be removed.
        """
        self._told, self._is_read = None, True
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise WorkspaceError(f"{self.path}: cannot be removed: {error.strerror}") from error


def _read(path: Path) -> Told | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        began, told = (datetime.fromisoformat(content[key]) for key in ("began_at", "told_at"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    has_zone = began.tzinfo is not None and told.tzinfo is not None
    return Told(began, told) if has_zone else None
