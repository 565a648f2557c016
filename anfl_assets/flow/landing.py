"""One landing: a batch of one feed's files, from bytes to a settled row each in the ledger.

Stage in the ledger, commit to the lake, settle: a crash in between leaves either nothing or what
`recover` completes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import LandingError, SourceError, WorkspaceError
from anfl_assets.flow import deduplicate, lake_rows
from anfl_assets.flow.crash import crash_point
from anfl_assets.flow.deduplicate import Resolved
from anfl_assets.flow.lake_rows import Leaving
from anfl_assets.flow.pending import Pending, definition_sha256
from anfl_assets.flow.receive import Judged, Received, judge, receive, set_aside
from anfl_assets.flow.recover import recover_staged
from anfl_assets.store import landings
from anfl_assets.store.landings import Beside, Landing, Load
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.workspace import Workspace

CURRENCY_SETTING = "currency"


@dataclass(frozen=True)
class Place:
    """Where a landing happens, and as of when."""

    workspace: Workspace
    ledger: Ledger
    organisation: Organisation
    now: datetime


@dataclass(frozen=True)
class Landed:
    """What a landing did: its loads, and why some files could not be read."""

    loads: tuple[Load, ...]
    faults: tuple[SourceError, ...]


def land_batch(place: Place, feed: Feed, batch: Sequence[Pending]) -> Landed:
    """Land the batch as one commit, or leave everything as it was.

    Raises:
        WorkspaceError: no space left in the data folder.
        LandingError: the lake refused the commit.
        QualityError: the table's suite cannot run.

    """
    return land_received(
        place, feed, receive(feed, batch, organisation=place.organisation, now=place.now)
    )


def land_received(place: Place, feed: Feed, received: Received) -> Landed:
    """Land what was read, from wherever it was read, as one commit. Raises as `land_batch`."""
    if not received.files:
        return Landed((), tuple(received.faults))
    currency = currency_of(place, feed, received.rows)
    judged = judge(feed, received, currency=currency, now=place.now)
    return land_judged(place, feed, received, judged)


def land_judged(
    place: Place,
    feed: Feed,
    received: Received,
    judged: Judged,
    *,
    beside: Beside = landings.nothing_beside,
) -> Landed:
    """Land what was judged already; `beside` is written in the ledger with it, or neither is.

    Raises as `land_batch`.
    """
    leaving_ids = _replaced(received, judged)
    resolved, before = _resolved(place, feed, judged, without=leaving_ids)
    dates = lake_rows.dates_of_loads(place.workspace.table_path(feed.entity), leaving_ids)
    leaving = Leaving(
        resolved.leaving, tuple(leaving_ids), frozenset().union(before, *dates.values())
    )
    landing = _landing(place, feed, received, _Outcome(judged, resolved, before, dates))
    write(place, feed, landing, rows=resolved.rows, leaving=leaving, beside=beside)
    return Landed(landing.loads, tuple(received.faults))


@dataclass(frozen=True)
class _Outcome:
    judged: Judged
    resolved: Resolved
    superseded_on: frozenset[date]
    replaced_on: dict[int, frozenset[date]]


def _resolved(
    place: Place, feed: Feed, judged: Judged, *, without: Sequence[int]
) -> tuple[Resolved, frozenset[date]]:
    """Settle keys; return also the dates of the lake rows that leave. Empties `judged.rows`."""
    rows, judged.rows = judged.rows, judged.rows.clear()
    if not feed.key:
        counts = dict(rows["load"].value_counts().iter_rows())
        nothing = Leaving().keys
        return Resolved(rows, rows.clear(), counts, {}, {}, nothing), frozenset()
    path = place.workspace.table_path(feed.entity)
    before = lake_rows.existing(path, feed, rows, without=without)
    resolved = deduplicate.resolve(rows, before.drop("date", "load_id"), list(feed.table.schema))
    gone = before.filter(pl.col("row_key").is_in(resolved.leaving.implode()))
    conflicts = set_aside(
        feed, resolved.conflicts, rule=deduplicate.RULE, reason=pl.lit(deduplicate.REASON)
    )
    judged.set_aside = pl.concat([judged.set_aside, conflicts])
    return resolved, frozenset(gone["date"])


def _replaced(received: Received, judged: Judged) -> list[int]:
    """Return the landed loads whose rows leave; a load rejected whole replaces none of them."""
    return [
        load_id
        for position, item in enumerate(received.files)
        if position not in judged.blocked
        for load_id in item.replaces
    ]


def currency_of(place: Place, feed: Feed, rows: pl.DataFrame) -> str | None:
    """Return the money of this folder: as declared, else that of its first order."""
    if feed.entity != "orders" or place.organisation.currency is not None:
        return place.organisation.currency
    known = place.ledger.setting(CURRENCY_SETTING)
    if known is None:
        known = next((text for text in rows["currency"].drop_nulls().head(1)), None)
        if known is not None:
            place.ledger.keep_setting(CURRENCY_SETTING, known)
    return known


def _landing(place: Place, feed: Feed, received: Received, outcome: _Outcome) -> Landing:
    spans = _spans(feed, outcome.resolved.rows)
    aside = dict(outcome.judged.set_aside["load"].value_counts().iter_rows())
    return Landing(
        landing_id=f"{feed.name}-{place.now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}",
        feed=feed.name,
        source=feed.source,
        entity=feed.entity,
        definition_sha256=definition_sha256(feed, place.organisation),
        started_at=place.now,
        loads=tuple(
            _load(position, received, outcome, {**spans.get(position, {}), "aside": aside})
            for position in range(len(received.files))
        ),
        quarantined=outcome.judged.set_aside,
        results=outcome.judged.results,
    )


def _load(position: int, received: Received, outcome: _Outcome, known: dict[str, Any]) -> Load:
    item, resolved = received.files[position], outcome.resolved
    is_rejected = position in outcome.judged.blocked
    replaces = () if is_rejected else item.replaces
    superseded = resolved.superseded.get(position, 0)
    dates = set(known.get("dates", ())).union(
        *(outcome.replaced_on.get(load_id, ()) for load_id in replaces),
        outcome.superseded_on if superseded else (),
    )
    count = received.received[position]
    twin = item.twin_of is not None
    return Load(
        path=item.found.relative,
        content_sha256=item.content_sha256,
        size_bytes=item.found.size,
        received=count,
        accepted=resolved.accepted.get(position, 0),
        quarantined=known["aside"].get(position, 0),
        duplicates=count if twin else resolved.duplicates.get(position, 0) + item.known,
        superseded=superseded,
        first_event_at=known.get("first_at"),
        last_event_at=known.get("last_at"),
        dates=frozenset(dates),
        replaces=(*replaces, *item.replaces_rejected),
        is_rejected=is_rejected,
        message=_message(position, received, outcome.judged),
        note=item.note,
    )


def _message(position: int, received: Received, judged: Judged) -> str:
    item = received.files[position]
    filtered = received.filtered[position]
    parts = [
        judged.blocked.get(position),
        f"same content as load {item.twin_of}" if item.twin_of is not None else None,
        f"in the place of load {', '.join(map(str, item.replaces))}" if item.replaces else None,
        item.remark,
        f"{filtered} rows the feed does not ask for" if filtered else None,
    ]
    return "; ".join(part for part in parts if part)


def _spans(feed: Feed, rows: pl.DataFrame) -> dict[int, dict[str, Any]]:
    """Return per load the first event's start, the last one's end and all event dates."""
    table = feed.table
    by_date = (
        rows.lazy()
        .group_by("load", date=pl.col(table.event_at).cast(pl.Date))
        .agg(first_at=lake_rows.event_start(table).min(), last_at=lake_rows.event_end(table).max())
        .collect(engine="streaming")
    )
    spans = by_date.group_by("load").agg(
        pl.col("first_at").min(), pl.col("last_at").max(), dates="date"
    )
    return {row["load"]: row for row in spans.iter_rows(named=True)}


def write(
    place: Place,
    feed: Feed,
    landing: Landing,
    *,
    rows: pl.DataFrame,
    leaving: Leaving,
    beside: Beside,
) -> None:
    """Stage the landing, commit it, settle it. Raises as `land_batch`."""
    load_ids = landings.stage(place.ledger, landing, beside=beside)
    crash_point("after_stage")
    metadata = {
        "landing_id": landing.landing_id,
        "load_ids": ",".join(map(str, load_ids)),
        "feed": feed.name,
    }
    path = place.workspace.table_path(feed.entity)
    try:
        if rows.height or leaving.dates:
            stream = lake_rows.provenance(rows, feed, load_ids)
            lake_rows.commit(path, stream, leaving, table=feed.table, metadata=metadata)
    except (LandingError, WorkspaceError):
        # With the disk full the ledger may not take it back now; then the next start does.
        with suppress(WorkspaceError):
            recover_staged(place.workspace, place.ledger, now=place.now)
        raise
    crash_point("after_commit")
    landings.settle(place.ledger, landing.landing_id, at=place.now)
