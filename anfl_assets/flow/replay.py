"""Replay: refused rows that are good now land after all, once their mapping is mended.

Rows of one load come back as one load, `replay/<load>`, all of a feed in one commit; each is marked
in the ledger in the transaction that stages it, so that a crash leaves it either in quarantine or
landed. What fails again stays where it is. When a load leaves the lake, its replays leave with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl
from sqlalchemy import Connection

from anfl_assets.collect.discover import FoundFile, find_files
from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.errors import SourceUnavailable
from anfl_assets.flow.landing import Place, land_judged
from anfl_assets.flow.pending import Pending, definition_sha256
from anfl_assets.flow.receive import LOAD, SET_ASIDE, Judged, Received
from anfl_assets.flow.recover import recover_staged
from anfl_assets.flow.rejudge import Rejudged, Wanted, rejudge
from anfl_assets.quality.suites import load_suite
from anfl_assets.store import replays
from anfl_assets.store.landings import Beside, Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace

# A collector holds the folder for one commit at a time.
_WAIT_S = 20.0
_PATH = "replay/"
_FUTURE = "future_time"
_FUTURE_SUITE = "_is_not_in_the_future"


@dataclass(frozen=True)
class ReplayProgress:
    """How many refused rows of a feed were read so far."""

    feed: str
    rows: int


@dataclass(frozen=True)
class ReplayReport:
    """What became of one feed's rows: tried = accepted + duplicates + refused + unusable.

    `status` is `landed`, `nothing` (none came through), or `waiting`: its files must be read again
    first, as `message` says. `unusable` counts rows by why they cannot be replayed.
    """

    feed: str
    status: str
    tried: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    unusable: Mapping[str, int] = field(default_factory=dict)
    loads: int = 0
    message: str = ""


Progress = Callable[[ReplayProgress], None]


def replay(
    workspace: Workspace,
    feeds: Feeds,
    chosen: Iterable[Feed],
    wanted: Wanted,
    *,
    now: datetime,
    on_progress: Progress = lambda _: None,
) -> list[ReplayReport]:
    """Land what is good now of the chosen feeds' refused rows; one report per feed.

    Raises:
        WorkspaceError: the folder is full, or another run holds it.
        LandingError: the lake refused a commit; feeds before it are done.
        QualityError: a suite cannot run.

    """
    with workspace.writing(wait_s=_WAIT_S), open_ledger(workspace) as ledger:
        recover_staged(workspace, ledger, now=now)
        place = Place(workspace, ledger, feeds.organisation, now)
        return [_replay(place, feed, wanted, on_progress) for feed in chosen]


def rehearse(
    workspace: Workspace,
    feeds: Feeds,
    chosen: Iterable[Feed],
    wanted: Wanted,
    *,
    now: datetime,
    on_progress: Progress = lambda _: None,
) -> list[ReplayReport]:
    """Say what `replay` would do, without doing it: a duplicate by key may count as accepted."""
    with open_ledger(workspace) as ledger:
        place = Place(workspace, ledger, feeds.organisation, now)
        return [
            _waiting(place, feed)
            or _report(feed, rejudge(place, feed, wanted, on_rows=_told(feed, on_progress)), None)
            for feed in chosen
        ]


def replay_future(place: Place, feed: Feed) -> tuple[Load, ...]:
    """Land rows that were refused as in the future and no longer are; for who holds the folder."""
    suite = {item.rule for item in load_suite(feed.entity).expectations}
    rules = {_FUTURE, *(rule for rule in suite if rule.endswith(_FUTURE_SUITE))}
    found = rejudge(place, feed, Wanted(rules=frozenset(rules)), on_rows=lambda _: None)
    return _land(place, feed, found, remark="refused with load {} as in the future")


def is_replay(path: str) -> bool:
    """Whether the path of a load says that it is a replay."""
    return path.startswith(_PATH)


def _replay(place: Place, feed: Feed, wanted: Wanted, on_progress: Progress) -> ReplayReport:
    waiting = _waiting(place, feed)
    if waiting is not None:
        return waiting
    found = rejudge(place, feed, wanted, on_rows=_told(feed, on_progress))
    loads = _land(place, feed, found, remark="refused rows of load {}, replayed")
    replays.amend(place.ledger, found.changed)
    return _report(feed, found, loads)


def _told(feed: Feed, on_progress: Progress) -> Callable[[int], None]:
    return lambda rows: on_progress(ReplayProgress(feed.name, rows))


def _waiting(place: Place, feed: Feed) -> ReplayReport | None:
    """Return a report where the next run reads files again, and with them all their rows."""
    if feed.connector is not None:
        return None
    try:
        present = {file.relative for file in find_files(feed)}
    except SourceUnavailable:
        return None
    definition = definition_sha256(feed, place.organisation)
    outdated = [
        load["path"]
        for load in place.ledger.loads(feed=feed.name)
        if load["status"] in ("landed", "rejected")
        and load["definition_sha256"] != definition
        and load["path"] in present
    ]
    if not outdated:
        return None
    files = f"{len(outdated)} file{'s' * (len(outdated) > 1)}"
    message = (
        f"its definition has changed, and {files} will be read again with it: `anfl run` first, "
        "then replay what is still refused"
    )
    return ReplayReport(feed.name, "waiting", message=message)


def _land(place: Place, feed: Feed, found: Rejudged, *, remark: str) -> tuple[Load, ...]:
    """Land the rows that came through, with a mark on each; nothing where none did."""
    origins = sorted({*found.rows["load"], *found.known})
    if not origins:
        return ()
    lines = dict(found.rows.group_by("load").agg("line").iter_rows())
    ids = [sorted([*lines.get(load, ()), *found.known.get(load, ())]) for load in origins]
    positions = {load: position for position, load in enumerate(origins)}
    rows = found.rows.with_columns(load=pl.col("load").replace_strict(positions, return_dtype=LOAD))
    nothing = pl.DataFrame(schema=SET_ASIDE)
    received = Received(
        rows.clear(),
        nothing,
        files=[
            _item(load, each, known=len(found.known.get(load, ())), remark=remark.format(load))
            for load, each in zip(origins, ids, strict=True)
        ],
        received=[len(each) for each in ids],
        filtered=[0] * len(ids),
    )
    judged = Judged(rows, nothing, {}, found.judged.results)
    landed = land_judged(place, feed, received, judged, beside=_marking(ids, place.now))
    return landed.loads


def _item(load: int, ids: Sequence[int], *, known: int, remark: str) -> Pending:
    content = hashlib.sha256(f"{load}:{','.join(map(str, ids))}".encode()).hexdigest()
    found = FoundFile(f"{_PATH}{load}", Path(), 0, 0)
    return Pending(found, content, known=known, remark=remark)


def _marking(ids: Sequence[Sequence[int]], at: datetime) -> Beside:
    def beside(connection: Connection, load_ids: Sequence[int]) -> None:
        replays.mark(connection, dict(zip(load_ids, ids, strict=True)), at=at)

    return beside


def _report(feed: Feed, found: Rejudged, loads: Sequence[Load] | None) -> ReplayReport:
    """Report what landed; None: what would."""
    known = sum(map(len, found.known.values()))
    report = ReplayReport(
        feed.name,
        "landed" if found.rows.height or known else "nothing",
        tried=len(found.before),
        accepted=found.rows.height,
        duplicates=known,
        refused=found.refused.height,
        unusable=dict(found.unusable),
    )
    if loads is None:
        return report
    return replace(
        report,
        accepted=sum(load.accepted for load in loads),
        duplicates=sum(load.duplicates for load in loads),
        loads=len(loads),
    )
