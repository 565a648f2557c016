"""Landing: from the files of every feed to the lake, feed by feed (specification §2.1).

Discover, skip what is known, read, validate, de-duplicate, commit. A feed that cannot be read is
reported and the others go on; a data folder that cannot be written stops everything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.collect.discover import FoundFile, content_sha256, find_files
from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.errors import SourceError, SourceUnavailable
from anfl_assets.flow.landing import Place, land_batch
from anfl_assets.flow.pending import Pending, batches, definition_sha256, pending, with_replays
from anfl_assets.flow.recover import recover_staged
from anfl_assets.store.erasures import erased_contents
from anfl_assets.store.landings import Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.replays import replays_of
from anfl_assets.store.tidy import tidy
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class LandProgress:
    """How far a feed is: files done of files to land, rows received so far."""

    feed: str
    files_done: int
    files_total: int
    received: int


@dataclass(frozen=True)
class LandReport:
    """What became of one feed: received = accepted + quarantined + duplicates.

    `status` is `landed`, `nothing` (no new content), `unavailable` (try again later) or `faulty`
    (a file cannot be used as the feed says); `message` says why. Files that could be read are
    landed in every case. `rejected` counts files set aside whole.
    """

    feed: str
    source: str
    entity: str
    status: str
    files: int
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    superseded: int
    rejected: int
    seconds: float
    message: str


def land(
    workspace: Workspace,
    feeds: Feeds,
    *,
    sources: Collection[str] | None = None,
    now: datetime,
    on_progress: Callable[[LandProgress], None] = lambda _: None,
) -> list[LandReport]:
    """Land what is new in the feeds of `sources` (all where None); one report per feed.

    Raises:
        WorkspaceError: the data folder is full, held by another run or cannot be written.
        LandingError: the lake refused a commit; what was landed before stays.
        QualityError: a suite cannot run.

    """
    with workspace.writing(), open_ledger(workspace) as ledger:
        recover_staged(workspace, ledger, now=now)
        place = Place(workspace, ledger, feeds.organisation, now)
        return [
            _land_feed(place, feed, on_progress)
            for feed in feeds.feeds
            if sources is None or feed.source in sources
        ]


def _land_feed(place: Place, feed: Feed, on_progress: Callable[[LandProgress], None]) -> LandReport:
    started = time.monotonic()
    loads: list[Load] = []
    problems: list[SourceError] = []
    chosen = _chosen(place, feed, problems)
    received = 0
    for batch in batches(chosen):
        landed = land_batch(place, feed, batch)
        loads += landed.loads
        problems += landed.faults
        received += sum(load.received for load in landed.loads)
        on_progress(LandProgress(feed.name, len(loads), len(chosen), received))
    if loads:
        tidy(place.workspace.table_path(feed.entity), metadata={"tidied_after": feed.name})
    return _report(feed, loads, problems, seconds=time.monotonic() - started)


def _chosen(place: Place, feed: Feed, problems: list[SourceError]) -> list[Pending]:
    """Return the files to land; those that cannot be looked at go to `problems`."""
    try:
        found = find_files(feed)
    except SourceError as error:
        problems.append(error)
        return []
    files: list[tuple[FoundFile, str]] = []
    for file in found:
        try:
            files.append((file, content_sha256(file)))
        except SourceError as error:
            problems.append(error)
    erased = erased_contents(place.ledger, feed.name)
    chosen = pending(
        [(file, content) for file, content in files if content not in erased],
        reversed(place.ledger.loads(feed=feed.name)),
        definition=definition_sha256(feed, place.organisation),
        has_key=bool(feed.key),
    )
    return with_replays(chosen, replays_of(place.ledger, feed.name))


def _report(
    feed: Feed, loads: list[Load], problems: list[SourceError], *, seconds: float
) -> LandReport:
    status = "landed" if loads else "nothing"
    if problems:
        is_passing = all(isinstance(problem, SourceUnavailable) for problem in problems)
        status = "unavailable" if is_passing else "faulty"
    said = [str(problem) for problem in problems]
    said += [f"{load.path}: rejected: {load.message}" for load in loads if load.is_rejected]
    return LandReport(
        feed=feed.name,
        source=feed.source,
        entity=feed.entity,
        status=status,
        files=len(loads),
        received=sum(load.received for load in loads),
        accepted=sum(load.accepted for load in loads),
        quarantined=sum(load.quarantined for load in loads),
        duplicates=sum(load.duplicates for load in loads),
        superseded=sum(load.superseded for load in loads),
        rejected=sum(load.is_rejected for load in loads),
        seconds=seconds,
        message="\n".join(said),
    )
