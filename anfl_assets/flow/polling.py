"""One poll of one feed: pull, shape, map, hold each row to its rules.

What it gives is one frame for the spool and the cursor after it. The kept cursor is JSON of the
connector's own (`pull`) and of what the feed's steps remember (`carry`), so both go on together.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.connect.connector import Pull
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.mapping import Mapped, Mapping
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.rejects import bodies
from anfl_assets.collect.shape.step import Origin, shaped
from anfl_assets.flow.spooled import spooled
from anfl_assets.quality.judge_rows import broken_rules
from anfl_assets.store.spool import Note


@dataclass(frozen=True)
class Polled:
    """What a poll brought: `rows` for the spool (`spooled_schema`), how many of them refused.

    `warnings` are the source's, for a person.
    """

    rows: pl.DataFrame
    refused: int
    note: Note
    has_more: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Polling:
    """A feed as it is polled."""

    feed: Feed
    organisation: Organisation

    def poll(self, pull: Pull, cursor: str | None, *, now: datetime) -> Polled:
        """Ask once; `cursor` is that of the last note, None at the very first.

        Raises:
            SourceUnavailable: the source is down; ask again later.
            SourceError: what it answers cannot be used.
            QualityError: the table's suite cannot be read.

        """
        kept: dict[str, Any] = {} if cursor is None else json.loads(cursor)
        pulled = pull.pull(kept.get("pull"), now=now)
        origin = Origin(self.feed.name, kept.get("carry", {}))
        batch = shaped(self.feed.shape, pulled.batch, origin)
        mapped = Mapping(self.feed, self.organisation, now).apply(batch)
        rows, refused = _judged(self.feed.entity, mapped, now)
        after = json.dumps({"pull": pulled.cursor, "carry": origin.carry})
        return Polled(
            spooled(self.feed.entity, rows, refused),
            refused.height,
            Note(after, now, pulled.complete_to),
            pulled.has_more,
            pulled.warnings,
        )


def _judged(entity: str, mapped: Mapped, now: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the good rows and all refused ones; a refused row's body is its source row."""
    told = broken_rules(entity, mapped.rows, now=now)
    is_bad = told["rule"].is_not_null()
    if not is_bad.any():
        return mapped.rows, mapped.rejects
    broken = told.filter(is_bad).with_columns(
        mapped.rows["line"].filter(is_bad), body=bodies(mapped.originals.filter(is_bad))
    )
    return mapped.rows.filter(~is_bad), pl.concat([mapped.rejects, broken.select(REJECTS.names())])
