"""The deliverer of one data folder: its outbox, channels and pictures, kept open between turns."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Self

from anfl_assets.deliver.message import Message
from anfl_assets.flow.alerting.last_good import LastGood
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.flow.alerting.sending.canary import enqueue_canary
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from anfl_assets.flow.alerting.sending.delivery_health import judge_delivery
from anfl_assets.flow.alerting.sending.tally import SendReport
from anfl_assets.flow.alerting.settings import Settings, kept_settings
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace


@dataclass
class Deliverer:
    """An open deliverer; close it, or use it in a `with` statement."""

    workspace: Workspace
    store: AlertStore
    settings: LastGood[Settings]
    clock: Callable[[], datetime]
    environ: Mapping[str, str]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.store.close()

    def deliver_for(self, seconds: float) -> SendReport:
        """Send what is due, and what becomes due meanwhile, a tenth of a second after it does.

        Raises:
            AlertsError: the channels are wrong, and were never right.
            WorkspaceError: the outbox cannot be read or written.
        """
        settings = self.settings.get()
        delivery = open_delivery(
            settings.channels,
            self.store,
            clock=self.clock,
            by=f"{socket.gethostname()}/{os.getpid()}",
            picture=self._picture,
            upkeep=partial(_look_after, settings, self.store),
        )
        return delivery.stay(seconds)

    def _picture(self, message: Message) -> bytes | None:
        from anfl_assets.flow.alerting.pictures.drawn import drawn

        return drawn(self.workspace, self.environ, message, now=self.clock())


def open_deliverer(
    workspace: Workspace, environ: Mapping[str, str], *, clock: Callable[[], datetime]
) -> Deliverer:
    """Open the deliverer of a data folder; its channels are read when it first delivers.

    Raises:
        WorkspaceError: the state of alerting cannot be opened.
    """
    store = open_alerts(workspace, state_url(environ))
    return Deliverer(workspace, store, kept_settings(workspace, environ), clock, environ)


def _look_after(settings: Settings, store: AlertStore, now: datetime) -> None:
    """Send the daily proof when it is time, and judge how each channel fares."""
    enqueue_canary(settings, store, now)
    judge_delivery(settings, store, now)
