"""Where digests are kept: a page and its data for each day, in the data folder.

The newest of a day takes the place of the one before; a reader never finds half of one.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

from anfl_assets.errors import WorkspaceError
from anfl_assets.report.digest.as_json import as_json
from anfl_assets.report.digest.content import Digest
from anfl_assets.store.workspace import Workspace


def kept_page(workspace: Workspace, day: date) -> Path:
    """Return where the digest of a day is; its data lies beside it as JSON."""
    return workspace.root / "reports" / "executive" / f"{day:%Y-%m-%d}.html"


def keep(workspace: Workspace, digest: Digest, page: str) -> Path:
    """Keep a digest under the day it speaks for; return where its page is.

    Raises:
        WorkspaceError: it cannot be written there.
    """
    path = kept_page(workspace, digest.made_at.astimezone(UTC).date())
    data = json.dumps(as_json(digest), default=_plain, ensure_ascii=False, indent=1)
    write_whole(path.with_suffix(".json"), data + "\n")
    write_whole(path, page)
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds all of it.

    Raises:
        WorkspaceError: it cannot be written.
    """
    partly = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partly.write_text(text, encoding="utf-8")
        partly.replace(path)
    except OSError as error:
        partly.unlink(missing_ok=True)
        raise WorkspaceError(f"{path}: cannot be written: {error.strerror}") from error


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
