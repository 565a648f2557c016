"""`anfl watch`: a small process beside the others that tells when alerting itself is dead."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import data_dir_option
from anfl_assets.cli.render import printable
from anfl_assets.cli.span import Span
from anfl_assets.errors import AnflError

if TYPE_CHECKING:
    from anfl_assets.deliver.message import Message
    from anfl_assets.flow.alerting.sending.at_once import WatchWays

_SECONDS = timedelta(seconds=1)


@click.command(name="watch")
@data_dir_option
@click.option("--every", type=Span(), default="10s", show_default=True, help="How often it looks.")
@click.option(
    "--silent",
    type=Span(),
    default="60s",
    show_default=True,
    help="A beat older than this is dead.",
)
@click.option(
    "--grace", type=Span(), default="3m", show_default=True, help="Time the services get to start."
)
@click.option(
    "--overdue", type=Span(), default="5m", show_default=True, help="A message may wait so long."
)
def command(
    data_dir: Path, *, every: timedelta, silent: timedelta, grace: timedelta, overdue: timedelta
) -> None:
    """Tell somebody, past everything else, when alerts are not judged or not sent any more.

    Runs until it is stopped; `anfl up` starts it. Calls $ANFL_HEARTBEAT_URL each minute while all
    is well, so that a service outside notices when this machine is gone.
    """
    from anfl_assets.flow.alerting.places import state_url
    from anfl_assets.flow.alerting.watching.conclude import Limits
    from anfl_assets.flow.alerting.watching.heartbeat import (
        EVERY_S,
        URL_VARIABLE,
        heartbeat_url,
        ping,
    )
    from anfl_assets.flow.alerting.watching.look import looking
    from anfl_assets.flow.alerting.watching.loop import Patient, Sparingly, Watcher
    from anfl_assets.flow.alerting.watching.memory import Memory
    from anfl_assets.flow.clock import SYSTEM_CLOCK
    from anfl_assets.store.workspace import Workspace

    workspace = Workspace(data_dir.resolve())
    url = heartbeat_url(os.environ.get(URL_VARIABLE))
    limits = Limits(
        every / _SECONDS, silent / _SECONDS, overdue_s=overdue / _SECONDS, grace_s=grace / _SECONDS
    )
    look = looking(workspace, state_url(os.environ), SYSTEM_CLOCK.now)
    watcher = Watcher(
        limits,
        Patient(look, limit_s=limits.every_s),
        Teller(workspace.root),
        Memory(workspace.state_dir / "watch.json"),
        SYSTEM_CLOCK,
        place=socket.gethostname(),
        say=say,
    )
    if url is not None:
        watcher.when_well = Sparingly(EVERY_S, lambda: ping(url, say), SYSTEM_CLOCK)
    say(f"watching {workspace.root}")
    watcher.run(_until_stopped())


class Teller:
    """Hands a message to whoever alerts.yaml names; what it said last holds while it is faulty."""

    def __init__(self, root: Path) -> None:
        """Read the file once, so that a fault is told before it matters."""
        self.root = root
        self.ways: WatchWays | None = None
        self._read()

    def __call__(self, message: Message) -> bool:
        """Tell; return whether somebody's channel took it."""
        from anfl_assets.flow.alerting.sending.at_once import told_somebody

        self._read()
        return self.ways is not None and told_somebody(self.ways, message, say)

    def _read(self) -> None:
        from anfl_assets.flow.alerting.sending.at_once import watch_ways

        try:
            self.ways = watch_ways(self.root, os.environ, clock=_now)
        except AnflError as error:
            say(f"{error}; what it said before holds" if self.ways else str(error))
            return
        if not self.ways.targets:
            say("nobody can be told: no channel is configured (`anfl alerts check` says more)")


def _now() -> datetime:
    return datetime.now(UTC)


def _until_stopped() -> threading.Event:
    """Return what is set once this process is asked to end."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return stop


def say(line: str) -> None:
    """Write a line of the log, harmless and at once."""
    click.echo(f"{_now():%Y-%m-%dT%H:%M:%SZ} {printable(' '.join(line.split()))}")
    sys.stdout.flush()
