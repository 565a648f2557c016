"""What `anfl up` says to the people on call when it ends unasked: no watcher is left to say it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.errors import AnflError


def say_last_words(
    root: Path, variables: Mapping[str, str], why: str, *, say: Callable[[str], None]
) -> None:
    """Tell whoever the watcher tells, past the outbox, that everything ends and why.

    `variables` name the sandbox where it stands in. What cannot be sent is said.
    """
    from anfl_assets.deliver.message import Message
    from anfl_assets.flow.alerting.sending.at_once import told_somebody, watch_ways
    from anfl_assets.flow.alerting.watching.loop import SUBJECT

    now = datetime.now(UTC)
    reason = why.partition(";")[0].strip()
    message = Message(
        reason="watch",
        severity="critical",
        at=now,
        dedup_key=f"anfl-up-{now:%Y%m%dT%H%M%S}",
        opened_at=now,
        note=f"{reason[:1].upper()}{reason[1:]}, so all that `anfl up` ran for {root} has ended. "
        "Nothing is judged or sent until it is started again.",
        subject_line=f"{SUBJECT} on {socket.gethostname()}",
    )
    try:
        ways = watch_ways(root, {**os.environ, **variables}, clock=lambda: datetime.now(UTC))
    except AnflError as error:
        say(str(error))
        return
    told_somebody(ways, message, say)
