"""What of our own work ended in a stretch of time: loads and builds, from the ledger alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from anfl_assets.store.builds import BUILDS
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.schema import LOADS


@dataclass(frozen=True)
class Run:
    """A load (of a feed) or a build (`feed` is None) that ended, and whether it succeeded."""

    feed: str | None
    ended_at: datetime
    is_ok: bool


def runs(ledger: Ledger, *, since: datetime, until: datetime) -> list[Run]:
    """Return what ended in the stretch, `until` not included, in order of time.

    A load that was replaced later had succeeded. A build that never wrote its end was killed: it
    ended, badly, when it began; the newest one may still run and is left out.
    """
    found = [*_loads(ledger, since, until), *_builds(ledger, since, until)]
    return sorted(found, key=lambda run: (run.ended_at, run.feed or ""))


def last_landed(ledger: Ledger, *, before: datetime) -> dict[str, datetime]:
    """Return when each feed's last successful load before a moment landed."""
    columns = LOADS.c
    rows = ledger.rows(
        select(columns.feed, func.max(columns.landed_at).label("at"))
        .where(columns.landed_at < before, columns.status.in_(("landed", "replaced")))
        .group_by(columns.feed)
    )
    return {row["feed"]: row["at"] for row in rows}


def _loads(ledger: Ledger, since: datetime, until: datetime) -> list[Run]:
    columns = LOADS.c
    ended = func.coalesce(columns.landed_at, columns.started_at, type_=columns.landed_at.type)
    rows = ledger.rows(
        select(columns.feed, ended.label("ended_at"), columns.status).where(
            ended >= since, ended < until, columns.status.in_(("landed", "replaced", "rejected"))
        )
    )
    return [Run(row["feed"], row["ended_at"], row["status"] != "rejected") for row in rows]


def _builds(ledger: Ledger, since: datetime, until: datetime) -> list[Run]:
    columns = BUILDS.c
    ended = func.coalesce(columns.finished_at, columns.started_at, type_=columns.finished_at.type)
    newest = select(func.max(columns.build_seq)).scalar_subquery()
    is_over = (columns.status != "running") | (columns.build_seq < newest)
    rows = ledger.rows(
        select(ended.label("ended_at"), columns.status).where(
            ended >= since, ended < until, is_over
        )
    )
    return [Run(None, row["ended_at"], row["status"] == "published") for row in rows]
