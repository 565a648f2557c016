"""Landing: from the sources of every feed to the lake, feed by feed (specification §2.1).

Discover, skip what is known, read, validate, de-duplicate, commit. A feed that cannot be read is
reported and the others go on; a data folder that cannot be written stops everything. Running
systems are asked here only while no collector does.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from anfl_assets.collect.discover import FoundFile, content_sha256, find_files
from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.shape.path import told_by_path
from anfl_assets.errors import SourceError, SourceUnavailable
from anfl_assets.flow.ask_feed import ask_feed, lags
from anfl_assets.flow.landing import Place, land_batch
from anfl_assets.flow.pending import Pending, batches, definition_sha256, pending, with_replays
from anfl_assets.flow.recover import recover_staged
from anfl_assets.flow.replay import is_replay, replay_future
from anfl_assets.store import live_loads
from anfl_assets.store.builds import last_published
from anfl_assets.store.collector_lock import CollectorRuns, collecting
from anfl_assets.store.erasures import erased_contents
from anfl_assets.store.landings import Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.replays import replays_of
from anfl_assets.store.tidy import RAW, tidy
from anfl_assets.store.workspace import COMMIT_WAIT_S, Workspace

_SAMPLED = "sampled while `anfl collect --live` runs"


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

    `status` is `landed`, `nothing` (no new content), `unavailable` (try again later), `faulty`
    (a source cannot be used as the feed says) or `live` (a collector's: the counts are those since
    the last published build); `message` says why. What could be read is landed in every case.
    `files` counts loads, `rejected` those set aside whole; `lag_s` is how long ago a running system
    had told everything, None for files.
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
    lag_s: float | None = None


def land(
    workspace: Workspace,
    feeds: Feeds,
    *,
    sources: Collection[str] | None = None,
    now: datetime,
    on_progress: Callable[[LandProgress], None] = lambda _: None,
    wait_s: float = COMMIT_WAIT_S,
) -> list[LandReport]:
    """Land what is new in the feeds of `sources` (all where None); one report per feed.

    Raises:
        WorkspaceError: the data folder is full, still held by another run after `wait_s`, or cannot
            be written.
        LandingError: the lake refused a commit; what was landed before stays.
        QualityError: a suite cannot run.

    """
    with workspace.writing(wait_s=wait_s), open_ledger(workspace) as ledger:
        recover_staged(workspace, ledger, now=now)
        place = Place(workspace, ledger, feeds.organisation, now)
        chosen = [feed for feed in feeds.feeds if sources is None or feed.source in sources]
        live = [feed for feed in chosen if feed.connector is not None]
        reports = {report.feed: report for report in land_live(place, live)}
        return [reports.get(feed.name) or _land_feed(place, feed, on_progress) for feed in chosen]


def land_live(place: Place, feeds: Sequence[Feed]) -> list[LandReport]:
    """Ask running systems for what is new and land it, unless a collector does; report on each."""
    try:
        with collecting(place.workspace):
            reports = [_ask(place, feed) for feed in feeds]
    except CollectorRuns:
        reports = [_collected(place, feed) for feed in feeds]
    found = lags(place) if feeds else {}
    return [replace(report, lag_s=found.get(report.feed)) for report in reports]


def _ask(place: Place, feed: Feed) -> LandReport:
    started = time.monotonic()
    told = ask_feed(place, feed)
    report = _report(
        feed,
        [*told.loads, *replay_future(place, feed)],
        list(told.problems),
        seconds=time.monotonic() - started,
    )
    if report.status == "nothing" and feed.connector and feed.connector.is_momentary:
        return replace(report, status="live", message=_SAMPLED)
    return report


def _collected(place: Place, feed: Feed) -> LandReport:
    """Say what the collector has landed since the last published build."""
    build = last_published(place.ledger)
    landed = live_loads.landed_since(
        place.ledger, feed.name, build.consumed_load_id if build else 0
    )
    report = _report(feed, [], [], seconds=0.0)
    return replace(
        report,
        status="live",
        files=landed.loads,
        received=landed.received,
        accepted=landed.accepted,
        quarantined=landed.quarantined,
        duplicates=landed.duplicates,
        superseded=landed.superseded,
        message="landed by the running collector",
    )


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
    loads += replay_future(place, feed)
    if loads:
        tidy(place.workspace.table_path(feed.entity), RAW, metadata={"tidied_after": feed.name})
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
            files.append((file, _identity(feed, file)))
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


def _identity(feed: Feed, file: FoundFile) -> str:
    """Return the hash by which a file is known: of its bytes, and of what its path tells."""
    content = content_sha256(file)
    told = told_by_path(feed.shape, file.relative)
    return hashlib.sha256(f"{content} {told}".encode()).hexdigest() if told else content


def _report(
    feed: Feed, loads: list[Load], problems: list[SourceError], *, seconds: float
) -> LandReport:
    status = "landed" if loads else "nothing"
    if problems:
        is_passing = all(isinstance(problem, SourceUnavailable) for problem in problems)
        status = "unavailable" if is_passing else "faulty"
    said = [str(problem) for problem in problems]
    said += [f"{load.path}: rejected: {load.message}" for load in loads if load.is_rejected]
    said += [
        f"{load.received:,} row{'s' * (load.received != 1)} landed, {load.message}"
        for load in loads
        if is_replay(load.path)
    ]
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
