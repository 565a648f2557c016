"""Where alerting is, by a process's environment: what an organisation wrote, and the state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_FILE_NAME = "alerts.yaml"
_FILE_VARIABLE, _STATE_VARIABLE = "ANFL_ALERTS", "ANFL_ALERTS_URL"


def alerts_path(root: Path, environ: Mapping[str, str]) -> Path:
    """Return where an organisation writes its alerts: the file named, or the data folder's own."""
    named = environ.get(_FILE_VARIABLE)
    return Path(named) if named else root / _FILE_NAME


def written_path(root: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the file that must be read: None where none is named and the folder has none."""
    path = alerts_path(root, environ)
    return path if environ.get(_FILE_VARIABLE) or path.exists() else None


def state_url(environ: Mapping[str, str]) -> str | None:
    """Return the database that holds the state; None for the data folder's own file."""
    return environ.get(_STATE_VARIABLE) or None
