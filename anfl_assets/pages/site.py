"""What every page of one data folder shares: where it reads, what it goes by, what time it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from anfl_assets.catalog import Catalog
from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from anfl_assets.pages.kept_open import KeptAlerts, KeptLedger
from anfl_assets.pages.live.hub import Hub
from anfl_assets.pages.reading import Readings
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Site:
    """The pages of one data folder; close it.

    `environ` names places and secrets, never shown anywhere. `ledger` and `alerts` are asked for
    at each use, from any thread: what they return is not to be closed.
    """

    workspace: Workspace
    catalog: Catalog
    environ: Mapping[str, str]
    ledger: KeptLedger
    alerts: KeptAlerts
    readings: Readings
    hub: Hub
    clock: Clock = field(default=SYSTEM_CLOCK)

    def now(self) -> datetime:
        """Return this moment in UTC."""
        return self.clock.now()

    def close(self) -> None:
        """End the live evaluation and give back what is kept open."""
        self.hub.close()
        self.alerts.close()
        self.ledger.close()


def open_site(
    workspace: Workspace, environ: Mapping[str, str], *, clock: Clock = SYSTEM_CLOCK
) -> Site:
    """Return the site of a data folder; nothing is read until somebody asks."""
    from anfl_assets.catalog import load_catalog

    catalog = load_catalog()
    ledger = KeptLedger(workspace)
    return Site(
        workspace,
        catalog,
        environ,
        ledger,
        KeptAlerts(workspace, environ),
        Readings(workspace, catalog, ledger, clock),
        Hub(workspace, environ, clock),
        clock,
    )
