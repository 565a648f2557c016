"""Loads on their way into the lake: staged, then landed or taken back.

A landing is all loads that one commit to a lake table carries. It is staged here, whole, before
that commit and settled after it; what is still staged at the next start is settled or taken back
by whoever can see whether the commit happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, insert, select, update

from anfl_assets.store.ledger import Ledger, Row
from anfl_assets.store.schema import LIVE_LOADS, LOAD_DATES, LOADS, QUARANTINE, SUITE_RESULTS
from anfl_assets.store.spool import Note

_CHUNK_ROWS = 50_000
# What else is written in the transaction that stages a landing, given the ids of its loads.
Beside = Callable[[Connection, Sequence[int]], None]


@dataclass(frozen=True)
class Load:
    """One content of one file: received = accepted + quarantined + duplicates.

    `replaces` names earlier loads whose rows this one takes the place of; `dates` are the event
    dates it changes; `note` is what a running system said beside its rows.
    """

    path: str
    content_sha256: str
    size_bytes: int
    received: int
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    superseded: int = 0
    first_event_at: datetime | None = None
    last_event_at: datetime | None = None
    dates: frozenset[date] = frozenset()
    replaces: tuple[int, ...] = ()
    is_rejected: bool = False
    message: str = ""
    note: Note | None = None


@dataclass(frozen=True)
class Landing:
    """Loads of one feed that one lake commit carries, with what was set aside.

    `quarantined` has `load` (a position in `loads`), `line`, `rule`, `reason`, `body`; `results`
    are rows of `suite_results` without what the landing itself says.
    """

    landing_id: str
    feed: str
    source: str
    entity: str
    definition_sha256: str
    started_at: datetime
    loads: tuple[Load, ...]
    quarantined: pl.DataFrame
    results: tuple[Mapping[str, Any], ...] = ()


def nothing_beside(_: Connection, __: Sequence[int]) -> None:
    """Write nothing else."""


def stage(ledger: Ledger, landing: Landing, *, beside: Beside = nothing_beside) -> list[int]:
    """Write the landing down in one transaction; return the ids of its loads, in order.

    Raises:
        WorkspaceError: the ledger cannot be written; nothing of the landing is in it.

    """
    with ledger.transaction() as connection:
        load_ids = [_insert_load(connection, landing, load) for load in landing.loads]
        for load_id, load in zip(load_ids, landing.loads, strict=True):
            if load.replaces:
                connection.execute(
                    update(LOADS)
                    .where(LOADS.c.load_id.in_(load.replaces))
                    .values(replaced_by=load_id)
                )
        _insert(connection, LOAD_DATES, _dates(landing, load_ids))
        _insert(connection, LIVE_LOADS, _notes(landing, load_ids))
        for rows in _quarantined(landing, load_ids):
            _insert(connection, QUARANTINE, rows)
        _insert(connection, SUITE_RESULTS, _results(landing))
        beside(connection, load_ids)
    return load_ids


def settle(ledger: Ledger, landing_id: str, *, at: datetime) -> None:
    """Record that the landing's rows are in the lake and those it replaces are not."""
    ours = select(LOADS.c.load_id).where(LOADS.c.landing_id == landing_id)
    with ledger.transaction() as connection:
        connection.execute(
            update(LOADS).where(LOADS.c.replaced_by.in_(ours)).values(status="replaced")
        )
        connection.execute(
            update(LOADS)
            .where(LOADS.c.landing_id == landing_id, LOADS.c.status == "staged")
            .values(status="landed", landed_at=at)
        )


def take_back(ledger: Ledger, landing_id: str) -> None:
    """Forget a landing whose rows never reached the lake; its files are new again."""
    with ledger.transaction() as connection:
        connection.execute(delete(SUITE_RESULTS).where(SUITE_RESULTS.c.landing_id == landing_id))
        connection.execute(delete(LOADS).where(LOADS.c.landing_id == landing_id))


def staged(ledger: Ledger) -> list[Row]:
    """Return `landing_id`, `feed` and `entity` of every landing that was not settled."""
    columns = (LOADS.c.landing_id, LOADS.c.feed, LOADS.c.entity)
    return ledger.rows(select(*columns).where(LOADS.c.status == "staged").distinct())


def _insert_load(connection: Connection, landing: Landing, load: Load) -> int:
    values = {
        "landing_id": landing.landing_id,
        "feed": landing.feed,
        "source": landing.source,
        "entity": landing.entity,
        "definition_sha256": landing.definition_sha256,
        "started_at": landing.started_at,
        "status": "rejected" if load.is_rejected else "staged",
        "path": load.path,
        "content_sha256": load.content_sha256,
        "size_bytes": load.size_bytes,
        "received": load.received,
        "accepted": load.accepted,
        "quarantined": load.quarantined,
        "duplicates": load.duplicates,
        "superseded": load.superseded,
        "first_event_at": load.first_event_at,
        "last_event_at": load.last_event_at,
        "message": load.message,
    }
    query = insert(LOADS).values(values).returning(LOADS.c.load_id)
    return connection.execute(query).scalar_one()


def _insert(connection: Connection, table: Any, rows: list[Row]) -> None:  # noqa: ANN401 - a Table
    if rows:
        connection.execute(insert(table), rows)


def _dates(landing: Landing, load_ids: list[int]) -> list[Row]:
    return [
        {"load_id": load_id, "entity": landing.entity, "date": day}
        for load_id, load in zip(load_ids, landing.loads, strict=True)
        for day in sorted(load.dates)
    ]


def _notes(landing: Landing, load_ids: list[int]) -> list[Row]:
    return [
        {
            "load_id": load_id,
            "cursor": load.note.cursor,
            "polled_at": load.note.polled_at,
            "complete_to": load.note.complete_to,
        }
        for load_id, load in zip(load_ids, landing.loads, strict=True)
        if load.note is not None
    ]


def _quarantined(landing: Landing, load_ids: list[int]) -> Iterator[list[Row]]:
    same = {"feed": landing.feed, "entity": landing.entity, "at": landing.started_at}
    for chunk in landing.quarantined.iter_slices(_CHUNK_ROWS):
        yield [
            {
                **same,
                "load_id": load_ids[row["load"]],
                "path": landing.loads[row["load"]].path,
                "line": row["line"],
                "rule": row["rule"],
                "reason": row["reason"],
                "body": row["body"],
            }
            for row in chunk.iter_rows(named=True)
        ]


def _results(landing: Landing) -> list[Row]:
    same = {
        "landing_id": landing.landing_id,
        "feed": landing.feed,
        "entity": landing.entity,
        "at": landing.started_at,
    }
    return [{**same, **result} for result in landing.results]
