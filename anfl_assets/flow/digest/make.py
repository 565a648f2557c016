"""Making a digest of a data folder: its newest build, its incidents, whose numbers they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from anfl_assets.catalog import Catalog, load_catalog
from anfl_assets.flow.alerting.feeds_told import feeds_told
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.flow.analysis.keep_contributions import compute_contributions
from anfl_assets.flow.overdue import notices
from anfl_assets.report.contributions import ContributionRow, stored_contributions
from anfl_assets.report.digest.content import Digest, IncidentTold
from anfl_assets.report.digest.incidents import told_incidents
from anfl_assets.report.digest.read import Around, read_digest
from anfl_assets.report.published import Published, open_published
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace


def make_digest(
    workspace: Workspace,
    environ: Mapping[str, str],
    *,
    now: datetime,
    as_of: datetime | None = None,
) -> Digest:
    """Return the digest of the newest build; `as_of` is an earlier moment to speak for.

    Raises:
        WorkspaceError: nothing was published yet, or the folder cannot be read.
    """
    catalog = load_catalog()
    with open_published(workspace) as published:
        told, _ = feeds_told(workspace, environ, catalog)
        around = Around(
            organisation=told.organisation,
            is_simulated=told.is_simulated,
            notices=tuple(notices(workspace, as_of or now)),
            incidents=_incidents(workspace, environ, as_of or now),
            contributions=_contributions(published, catalog, now=now, as_of=as_of),
        )
        return read_digest(published, catalog, around, now=now, as_of=as_of)


def _contributions(
    published: Published, catalog: Catalog, *, now: datetime, as_of: datetime | None
) -> list[ContributionRow]:
    """Return what was kept of the build; of an earlier moment, or where nothing was, compute it."""
    kept = stored_contributions(published) if as_of is None else None
    return kept or compute_contributions(published, catalog, now=now, as_of=as_of)


def _incidents(
    workspace: Workspace, environ: Mapping[str, str], at: datetime
) -> tuple[IncidentTold, ...] | None:
    url = state_url(environ)
    if url is None and not (workspace.state_dir / "alerts.sqlite").exists():
        return None
    with open_alerts(workspace, url) as store:
        return told_incidents(store, at=at) if store.beats() else None
