"""What a feeds file says that alerting needs: whose numbers, what brings which metric, what stops.

Alerting must not end because a feeds file is wrong: then what it still says of the organisation
holds, so that simulated numbers are never told as true ones.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from anfl_assets.alert.policy import Maintenance
from anfl_assets.catalog import Catalog
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.read_organisation import read_organisation
from anfl_assets.config.file import read_section
from anfl_assets.errors import FeedError, WorkspaceError
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.store.alerts.records import Match
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class FeedsTold:
    """The organisation, the feeds of each metric, and announced stops of its components.

    `unlike_feeds` are simulated where the organisation is not, or true where it is simulated.
    """

    organisation: str = ""
    is_simulated: bool = False
    unlike_feeds: frozenset[str] = frozenset()
    feeds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    maintenance: tuple[Maintenance, ...] = ()


def feeds_told(
    workspace: Workspace, environ: Mapping[str, str], catalog: Catalog
) -> tuple[FeedsTold, str]:
    """Read the folder's feeds file; beside it what is wrong with it, empty where nothing is."""
    path = feeds_path(workspace)
    if path is None:
        return FeedsTold(), ""
    try:
        feeds = load_feeds(path, environ)
    except FeedError as error:
        found = _told(_organisation(path))
        return found, f"feeds are not known to alerting: {error}"
    whole = feeds.organisation.is_simulated
    unlike = frozenset(feed.name for feed in feeds.feeds if feed.is_simulated is not whole)
    found = _told(feeds.organisation)
    return replace(found, unlike_feeds=unlike, feeds=_by_metric(catalog, feeds)), ""


def feeds_path(workspace: Workspace) -> Path | None:
    """Return the folder's feeds file; None where there is none or it cannot be told."""
    if not workspace.state_path.exists():
        return None
    try:
        return bound_feeds(workspace)
    except WorkspaceError:
        return None


def _told(organisation: Organisation) -> FeedsTold:
    stops = tuple(
        Maintenance(
            Match(subject=glob.escape(stop.component)),
            stop.start_at,
            stop.end_at,
            f"planned stop of {stop.component}",
        )
        for stop in organisation.maintenance
    )
    return FeedsTold(organisation.name or "", organisation.is_simulated, maintenance=stops)


def _by_metric(catalog: Catalog, feeds: Feeds) -> dict[str, frozenset[str]]:
    return {
        metric.metric_id: frozenset(
            feed.name for feed in feeds.feeds if feed.entity in metric.entities
        )
        for metric in catalog.metrics.values()
    }


def _organisation(path: Path) -> Organisation:
    """Read the organisation of a feeds file that has faults, as far as it can be read."""
    try:
        return read_organisation(read_section(path, FeedError), path.resolve().parent)
    except FeedError:
        return Organisation()
