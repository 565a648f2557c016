"""What every page of one data folder shares: where it reads, what it goes by, what time it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.catalog import Catalog
from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from anfl_assets.pages.live.hub import Hub
from anfl_assets.pages.reading import Readings
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from anfl_assets.store.alerts.store import AlertStore


@dataclass(frozen=True)
class Site:
    """The pages of one data folder. `environ` names places and secrets, never shown anywhere."""

    workspace: Workspace
    catalog: Catalog
    environ: Mapping[str, str]
    readings: Readings
    hub: Hub
    clock: Clock = field(default=SYSTEM_CLOCK)

    def now(self) -> datetime:
        """Return this moment in UTC."""
        return self.clock.now()

    @contextmanager
    def alerts(self) -> Iterator[AlertStore]:
        """Open the state of alerting.

        Raises:
            WorkspaceError: it cannot be opened.
        """
        from anfl_assets.flow.alerting.places import state_url
        from anfl_assets.store.alerts.store import open_alerts

        with open_alerts(self.workspace, state_url(self.environ)) as store:
            yield store


def open_site(
    workspace: Workspace, environ: Mapping[str, str], *, clock: Clock = SYSTEM_CLOCK
) -> Site:
    """Return the site of a data folder; nothing is read until somebody asks."""
    from anfl_assets.catalog import load_catalog

    catalog = load_catalog()
    readings = Readings(workspace, catalog, environ, clock)
    return Site(workspace, catalog, environ, readings, Hub(workspace, environ, clock), clock)
