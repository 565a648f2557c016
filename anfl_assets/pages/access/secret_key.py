"""The key that cookies and forms are signed with: from the environment, or made once and kept."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from anfl_assets.errors import UserError, WorkspaceError
from anfl_assets.pages.access.private_file import PRIVATE, write_private

VARIABLE = "ANFL_PAGES_SECRET"
FILE = "pages.secret"
_SHORTEST = 32


def secret_key(folder: Path, environ: Mapping[str, str]) -> bytes:
    """Return the key; `folder` is where it is kept where the environment has none.

    Raises:
        UserError: the environment's is too short to be one.
        WorkspaceError: it can be neither read nor made.
    """
    given = environ.get(VARIABLE)
    if given is None:
        return _kept(folder)
    if len(given) < _SHORTEST:
        raise UserError(
            f"{VARIABLE}: found {len(given)} characters; expected at least {_SHORTEST} random "
            "ones, such as from `openssl rand -hex 32`, or none: then one is made and kept"
        )
    return given.encode("utf-8", "surrogateescape")


def _kept(folder: Path) -> bytes:
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = path.read_text(encoding="ascii").strip() if path.exists() else ""
        if len(found) >= _SHORTEST:
            path.chmod(PRIVATE)
            return found.encode("ascii")
        return _made(path)
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path}: the pages' key cannot be kept there: {error}") from error


def _made(path: Path) -> bytes:
    """Make a key; of two processes that make one at once, both use the one that was there first."""
    beside = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    made = secrets.token_hex(32)
    write_private(beside, made)
    try:
        os.link(beside, path)
    except FileExistsError:
        there = path.read_text(encoding="ascii").strip()
        if len(there) >= _SHORTEST:
            return there.encode("ascii")
        beside.replace(path)  # what stood there was no key
    finally:
        beside.unlink(missing_ok=True)
    return made.encode("ascii")
