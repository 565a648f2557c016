"""What a landing finds in the lake of its own feed, and the one commit that changes it.

Knows provenance columns and dates; what supersedes what is `deduplicate`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.feed import Feed
from anfl_assets.frames import Table
from anfl_assets.store import lake

_SLICE_ROWS = 65_536


@dataclass(frozen=True)
class Leaving:
    """Lake rows that a landing removes, by key and by load, and every date they are on."""

    keys: pl.Series = field(default_factory=lambda: pl.Series("row_key", [], pl.String))
    load_ids: tuple[int, ...] = ()
    dates: frozenset[date] = frozenset()


def existing(path: Path, feed: Feed, rows: pl.DataFrame, *, without: Sequence[int]) -> pl.DataFrame:
    """Return the feed's lake rows that share a key with `rows`.

    Frame: row_key, date, load_id and the canonical columns. Rows of the loads `without` are left
    out, as they are about to be replaced. Keys are looked up on all dates, unless the key has the
    event time in it: then a key cannot be on another date.
    """
    names = ["row_key", "date", "load_id", *feed.table.schema]
    empty = pl.DataFrame(schema={name: feed.table.landed_schema[name] for name in names})
    keys = rows.select("row_key").lazy()
    dates = _dates(rows, feed.table) if _key_has_event_time(feed) else None
    ours = (pl.col("feed") == feed.name) & ~pl.col("load_id").is_in(list(without))
    looked = lake.scan(path, dates)
    if looked is None or rows.is_empty():
        return empty
    # Two passes: most landings share no key with the past, and then only the keys are read.
    shared = looked.filter(ours).select("row_key", "date").join(keys, on="row_key", how="semi")
    found_on = set(shared.select("date").unique().collect(engine="streaming")["date"])
    found = lake.scan(path, found_on)
    if not found_on or found is None:
        return empty
    return (
        found.filter(ours)
        .select(names)
        .join(keys, on="row_key", how="semi")
        .collect(engine="streaming")
    )


def dates_of_loads(path: Path, load_ids: Sequence[int]) -> dict[int, frozenset[date]]:
    """Return the dates on which each of these loads has rows in the lake."""
    rows = lake.scan(path)
    if rows is None or not load_ids:
        return {}
    found = (
        rows.filter(pl.col("load_id").is_in(list(load_ids)))
        .group_by("load_id")
        .agg(pl.col("date").unique())
        .collect(engine="streaming")
    )
    return {load_id: frozenset(dates) for load_id, dates in found.iter_rows()}


def count_of_loads(path: Path, load_ids: Sequence[int]) -> int:
    """Return how many rows of these loads are in the lake."""
    rows = lake.scan(path)
    if rows is None:
        return 0
    ours = rows.filter(pl.col("load_id").is_in(list(load_ids)))
    return int(ours.select(pl.len()).collect(engine="streaming").item())


def provenance(rows: pl.DataFrame, feed: Feed, load_ids: Sequence[int]) -> lake.Stream:
    """Return the rows as the lake keeps them, sorted by event time.

    A stream, because provenance makes narrow rows twice as wide.
    """
    at = pl.col(feed.table.event_at)
    day = at.cast(pl.Date)
    load_id: pl.Expr = pl.lit(load_ids[0], pl.Int64)
    if len(load_ids) > 1:
        load_id = pl.lit(pl.Series(load_ids, dtype=pl.Int64)).gather(pl.col("load"))
    if not rows[feed.table.event_at].is_sorted():
        rows = rows.sort(feed.table.event_at)
    frames = (
        piece.select(
            *feed.table.schema,
            feed=pl.lit(feed.name),
            load_id=load_id,
            row_key="row_key",
            date=day,
            month=day.dt.truncate("1mo"),
        )
        for piece in rows.iter_slices(_SLICE_ROWS)
    )
    return lake.Stream(feed.table.landed_schema, frames)


def commit(
    path: Path, rows: lake.Stream, leaving: Leaving, *, table: Table, metadata: Mapping[str, str]
) -> None:
    """Add `rows` (`provenance`) and remove what is leaving, in one commit.

    Raises:
        WorkspaceError: no space left.
        LandingError: the commit failed for another reason; nothing of it is visible.

    """
    if not leaving.dates:
        lake.append(path, rows, metadata=metadata)
        return
    coming = pl.concat([pl.DataFrame(schema=rows.schema), *rows.frames])
    dates = leaving.dates | set(coming["date"].unique())
    is_leaving = pl.col("load_id").is_in(leaving.load_ids) | (
        (pl.col("feed") == metadata["feed"]) & pl.col("row_key").is_in(leaving.keys.implode())
    )
    found = lake.read(path, dates)
    if found is not None:
        staying = found.filter(~is_leaving.fill_null(value=False)).select(coming.columns)
        coming = pl.concat([staying, coming]).sort(table.event_at)
    lake.replace_dates(path, coming, dates=dates, metadata=metadata)


def event_end(table: Table) -> pl.Expr:
    """Return when what a row tells of was over, as a UTC timestamp."""
    at = pl.col(table.event_at)
    if "window_s" in table.schema:
        length = (pl.col("window_s") * 1e6).cast(pl.Int64)
        return at + pl.duration(microseconds=length)
    if "period_end_on" in table.schema:
        following = pl.col("period_end_on").dt.offset_by("1d")
        return following.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return at


def event_start(table: Table) -> pl.Expr:
    """Return the event time as a UTC timestamp."""
    at = pl.col(table.event_at)
    if table.schema[table.event_at] == pl.Date:
        return at.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return at


def _dates(rows: pl.DataFrame, table: Table) -> set[date]:
    return set(rows.select(pl.col(table.event_at).cast(pl.Date).unique()).to_series())


def _key_has_event_time(feed: Feed) -> bool:
    read = feed.columns.get(feed.table.event_at)
    return isinstance(read, Read) and read.column in feed.key
