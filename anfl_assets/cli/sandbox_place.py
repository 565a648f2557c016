"""Where the sandbox of a data folder answers: a person at another terminal has not its variables.

`anfl up` tells its own programs by their environment; `anfl alerts test` beside it looks here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from anfl_assets.store.held import is_held
from anfl_assets.store.workspace import Workspace

_VARIABLES = ("ANFL_SANDBOX_URL", "ANFL_SANDBOX_SMTP")


def variables(url: str, smtp: str) -> dict[str, str]:
    """Return what tells a program where a sandbox answers: its page, and its mail server."""
    return dict(zip(_VARIABLES, (url, smtp), strict=True))


def is_named(environ: Mapping[str, str]) -> bool:
    """Whether an environment names a sandbox already."""
    return any(environ.get(name) for name in _VARIABLES)


@contextmanager
def announced(workspace: Workspace, url: str, smtp: str) -> Iterator[None]:
    """Say in the folder where its sandbox answers, as long as it does."""
    path = _path(workspace)
    path.write_text(json.dumps(variables(url, smtp)), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def with_sandbox(workspace: Workspace, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment; it names the folder's running sandbox where it names none."""
    if is_named(environ) or not _is_running(workspace):
        return environ
    try:
        content = json.loads(_path(workspace).read_text(encoding="utf-8"))
        return {**environ, **{name: str(content[name]) for name in _VARIABLES}}
    except (OSError, ValueError, KeyError, TypeError):
        return environ


def _is_running(workspace: Workspace) -> bool:
    """Whether a sandbox holds the folder's messages: one that was killed left only the file."""
    return is_held(workspace.state_dir / "sandbox.lock")


def _path(workspace: Workspace) -> Path:
    return workspace.state_dir / "sandbox.json"
