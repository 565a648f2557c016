"""Which published builds computed something by another definition than the build before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, or_, select

from anfl_assets.store.builds import BUILDS
from anfl_assets.store.ledger import Ledger

# A build is found by when it began and told by when it was published.
_LONGEST_BUILD = timedelta(hours=1)


@dataclass(frozen=True)
class Redefinition:
    """A build whose SQL of these models differs from that of the build before it."""

    at: datetime
    models: frozenset[str]


def redefinitions(ledger: Ledger, *, since: datetime, until: datetime) -> list[Redefinition]:
    """Return the builds published in a stretch of time, both ends included, that redefine models.

    A build's SQL is long, so it is read only where the hash of all definitions has changed; ids
    begin with the moment and have an index, which the moments themselves have not.
    """
    found = (
        _redefinition(ledger, before, after)
        for before, after in _changes(ledger, since - _LONGEST_BUILD, until)
    )
    return [each for each in found if each.models and since <= each.at <= until]


def _changes(ledger: Ledger, since: datetime, until: datetime) -> list[tuple[int, int]]:
    """Return the numbers of neighbouring builds with different hashes."""
    columns = BUILDS.c
    is_published = columns.status == "published"
    first = f"{since:%Y%m%dT%H%M%S}"
    last = f"{until + timedelta(seconds=1):%Y%m%dT%H%M%S}"
    earlier = (
        select(func.max(columns.build_id))
        .where(columns.build_id < first, is_published)
        .scalar_subquery()
    )
    is_near = columns.build_id.between(first, last)
    rows = ledger.rows(
        select(columns.build_seq, columns.definition_sha256)
        .where(is_published, or_(is_near, columns.build_id == earlier))
        .order_by(columns.build_seq)
    )
    return [
        (before["build_seq"], after["build_seq"])
        for before, after in pairwise(rows)
        if before["definition_sha256"] != after["definition_sha256"]
    ]


def _redefinition(ledger: Ledger, before: int, after: int) -> Redefinition:
    columns = BUILDS.c
    rows = ledger.rows(
        select(columns.compiled, columns.finished_at)
        .where(columns.build_seq.in_((before, after)))
        .order_by(columns.build_seq)
    )
    old, new = (row["compiled"] for row in rows)
    differing = frozenset(name for name in old.keys() & new.keys() if old[name] != new[name])
    return Redefinition(rows[1]["finished_at"], differing)
