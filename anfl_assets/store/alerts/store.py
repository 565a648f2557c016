"""Alerting's state as one thing: what `alert`, the senders and people work with."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from anfl_assets.store.alerts.beats import keep_alive
from anfl_assets.store.alerts.connecting import connect
from anfl_assets.store.alerts.database import count_change
from anfl_assets.store.alerts.keeping import keep_outcome, next_silence_id
from anfl_assets.store.alerts.outbox import Outbox
from anfl_assets.store.alerts.queue import Queue
from anfl_assets.store.alerts.reads import Reads
from anfl_assets.store.alerts.receipts import Receipts
from anfl_assets.store.alerts.records import Outcome, State
from anfl_assets.store.alerts.retention import Retention
from anfl_assets.store.alerts.state import load_state
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Transaction:
    """The state, held so that nobody else writes; committed when the `with` statement ends."""

    connection: Connection

    def state(self, now: datetime) -> State:
        """Return all that a step needs to know of before."""
        return load_state(self.connection, now)

    def keep(self, outcome: Outcome, *, now: datetime) -> None:
        """Keep what a step changed; a silence without a number (0) is given one."""
        keep_outcome(self.connection, outcome, now)
        count_change(self.connection)

    def beat(self, name: str, now: datetime) -> None:
        """Keep that a process which evaluates nothing (a deliverer) is alive."""
        keep_alive(self.connection, name, now)

    def next_silence_id(self) -> int:
        """Return the number of the silence to be made."""
        return next_silence_id(self.connection)


class AlertStore(Outbox, Queue, Receipts, Reads, Retention):
    """The state of alerting; open it with `open_alerts`."""

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Hold the state, and commit everything done inside, or nothing.

        Raises:
            WorkspaceError: the disk is full, or the database is held, damaged or out of reach.
        """
        with self.writing() as connection, _collecting_later():
            yield Transaction(connection)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Look for no cycles meanwhile: a storm's records have none, and looking takes a third."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def open_alerts(workspace: Workspace, url: str | None = None) -> AlertStore:
    """Open the state of alerting, making it where it is missing.

    It is a file of the data folder, or in PostgreSQL where a URL is given.

    Raises:
        WorkspaceError: it cannot be made or opened, or another version of the program wrote it.
    """
    with ExitStack() as stack:
        store = stack.enter_context(AlertStore(connect(workspace.state_dir / "alerts.sqlite", url)))
        store.prepare()
        stack.pop_all()  # whoever asked for it closes it
    return store
