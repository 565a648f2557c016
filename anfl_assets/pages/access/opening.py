"""The gate of a data folder: its `access.yaml`, its key, and what was ended before."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from anfl_assets.pages.access.attempts import Attempts
from anfl_assets.pages.access.bind import is_loopback
from anfl_assets.pages.access.current import CurrentAccess
from anfl_assets.pages.access.ended import FILE as ENDED
from anfl_assets.pages.access.ended import Ended
from anfl_assets.pages.access.forms import Forms
from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.access.passwords import Passwords
from anfl_assets.pages.access.read_access import FILE
from anfl_assets.pages.access.secret_key import secret_key
from anfl_assets.pages.access.sessions import Sessions
from anfl_assets.store.workspace import Workspace

_LOG = logging.getLogger(__name__)


def open_gate(
    workspace: Workspace,
    environ: Mapping[str, str],
    *,
    host: str = "127.0.0.1",
    local_name: str = "local",
    tell: Callable[[str], None] = _LOG.warning,
    clock: Clock = SYSTEM_CLOCK,
) -> Gate:
    """Return the gate of pages that listen at `host`; `tell` says what their keeper should know.

    `local_name` is who sits at this machine: nobody is asked there while nobody is configured.

    Raises:
        AccessError: access.yaml is wrong.
        UserError: the key in the environment is none.
        WorkspaceError: no key can be kept in the data folder.
    """
    current = CurrentAccess(workspace.root / FILE, tell)
    secret = secret_key(workspace.state_dir, environ)
    ended = Ended(workspace.state_dir / ENDED, lambda: clock.now().timestamp(), tell)
    return Gate(
        current,
        Sessions(secret, clock.now, ended),
        Forms(secret, clock.now),
        Passwords(clock.monotonic),
        Attempts(clock.monotonic),
        local_name if is_loopback(host) else None,
    )
