"""The build ledger: one row per build, and the table versions readers may open.

A reader opens every table at the version of one published build, so it never sees half of a build.
`consumed_load_id` says up to which load the build has read; the dates of later loads are what the
next one must compute. A build that did not publish leaves no pin, so the next one starts from the
last that did: that heals every crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table, Text, insert, select, update

from anfl_assets.store.ledger import Ledger
from anfl_assets.store.schema import METADATA, UtcDateTime

BUILDS = Table(
    "builds",
    METADATA,
    Column("build_seq", Integer, primary_key=True, autoincrement=True),
    Column("build_id", String, nullable=False, unique=True),
    Column("status", String, nullable=False),
    Column("is_full", Boolean, nullable=False),
    Column("definition_sha256", String(64), nullable=False),
    Column("consumed_load_id", Integer, nullable=False),
    Column("watermarks", JSON, nullable=False),
    Column("tables", JSON, nullable=False),
    Column("compiled", JSON, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("message", Text, nullable=False, default=""),
)


@dataclass(frozen=True)
class PublishedBuild:
    """A build readers may open: `tables` maps a model to the Delta version that belongs to it.

    `compiled` holds each model's SQL as it was computed: the definition behind the numbers.
    """

    build_id: str
    definition_sha256: str
    consumed_load_id: int
    watermarks: Mapping[str, str]
    tables: Mapping[str, int]
    compiled: Mapping[str, str]
    finished_at: datetime


def last_published(ledger: Ledger, *, at: datetime | None = None) -> PublishedBuild | None:
    """Return the newest published build, or the newest that was there at `at`; None if none was."""
    query = select(BUILDS).where(BUILDS.c.status == "published")
    if at is not None:
        query = query.where(BUILDS.c.finished_at <= at)
    rows = ledger.rows(query.order_by(BUILDS.c.build_seq.desc()).limit(1))
    return _published(rows[0]) if rows else None


def last_published_id(ledger: Ledger) -> str | None:
    """Return the id of the newest published build; None if none was."""
    query = select(BUILDS.c.build_id).where(BUILDS.c.status == "published")
    rows = ledger.rows(query.order_by(BUILDS.c.build_seq.desc()).limit(1))
    return str(rows[0]["build_id"]) if rows else None


def begin(
    ledger: Ledger,
    build_id: str,
    *,
    is_full: bool,
    definition_sha256: str,
    consumed_load_id: int,
    watermarks: Mapping[str, str],
    started_at: datetime,
) -> None:
    """Write that a build has begun."""
    with ledger.transaction() as connection:
        connection.execute(
            insert(BUILDS).values(
                build_id=build_id,
                status="running",
                is_full=is_full,
                definition_sha256=definition_sha256,
                consumed_load_id=consumed_load_id,
                watermarks=dict(watermarks),
                tables={},
                compiled={},
                started_at=started_at,
            )
        )


def finish(
    ledger: Ledger,
    build_id: str,
    *,
    status: str,
    tables: Mapping[str, int],
    compiled: Mapping[str, str],
    finished_at: datetime,
    message: str = "",
) -> None:
    """Write how a build ended; `published` makes its tables what readers see, in one commit."""
    with ledger.transaction() as connection:
        connection.execute(
            update(BUILDS)
            .where(BUILDS.c.build_id == build_id)
            .values(
                status=status,
                tables=dict(tables),
                compiled=dict(compiled),
                finished_at=finished_at,
                message=message,
            )
        )


def _published(row: Mapping[str, Any]) -> PublishedBuild:
    return PublishedBuild(
        build_id=row["build_id"],
        definition_sha256=row["definition_sha256"],
        consumed_load_id=row["consumed_load_id"],
        watermarks=row["watermarks"],
        tables=row["tables"],
        compiled=row["compiled"],
        finished_at=row["finished_at"],
    )
