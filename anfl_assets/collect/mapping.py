"""Source rows become canonical rows: what the feed's `columns` say, computed batch by batch.

Each record ends as a canonical row, a reject with all its reasons, or was filtered by `where`.
A missing value in a required column is left null here: the expectation suite judges it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from anfl_assets.collect.batch import LINE, Batch
from anfl_assets.collect.collected import rows_schema
from anfl_assets.collect.columns.expressions import Condition
from anfl_assets.collect.convert.by_type import Aim
from anfl_assets.collect.convert.casting import failures, merged
from anfl_assets.collect.convert.evaluate import evaluate
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.rejects import rejects_of
from anfl_assets.collect.row_key import row_keys


@dataclass(frozen=True)
class Mapped:
    """One batch, understood. `rows`: rows_schema(entity). `rejects`: REJECTS.

    `originals` are the source rows that `rows` were made of, one for one.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    filtered: int
    originals: pl.DataFrame


@dataclass(frozen=True)
class Mapping:
    """A feed's mapping with what it needs to judge a value: the time and the organisation."""

    feed: Feed
    organisation: Organisation
    now: datetime

    def apply(self, batch: Batch) -> Mapped:
        """Map one batch; rejects of the reader are passed on."""
        nulled = _with_nulls(batch.rows, self.feed)
        wanted = _wanted(nulled, self.feed.where)
        source = nulled if wanted is None else nulled.filter(wanted)
        original = batch.rows if wanted is None else batch.rows.filter(wanted)
        columns: list[pl.Series] = []
        found: list[pl.DataFrame] = []
        for column in self.feed.table.columns:
            aim = Aim(column, self.feed.table, self.now)
            cast = evaluate(self.feed.columns.get(column.name), aim, source)
            columns.append(cast.values.alias(column.name))
            found += cast.failures
        rows = pl.DataFrame(columns).with_columns(
            source[LINE].alias("line"),
            row_keys(self.feed, source),
        )
        found += self._money_failures(rows)
        failed = merged(found)
        rejects = rejects_of(original, failed)
        if failed.height:
            position = pl.int_range(pl.len(), dtype=pl.UInt32)
            is_failed = position.is_in(failed["row"].implode())
            rows, original = rows.remove(is_failed), original.remove(is_failed)
        return Mapped(
            rows.match_to_schema(rows_schema(self.feed.entity)),
            pl.concat([batch.rejects, rejects]),
            nulled.height - source.height,
            original,
        )

    def _money_failures(self, rows: pl.DataFrame) -> list[pl.DataFrame]:
        """Reject orders in a currency other than the organisation's: there are no rates."""
        own = self.organisation.currency
        if own is None or self.feed.entity != "orders":
            return []
        foreign = rows["currency"] != own
        if not foreign.any():
            return []
        named = failures(rows["currency"], foreign, "no_rate", "")
        reason = pl.format(
            "currency: no rate feed for {} (the organisation counts in {})",
            rows["currency"].filter(foreign),
            pl.lit(own),
        )
        return [named.with_columns(reason.alias("reason"))]


def _with_nulls(rows: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    names = [name for name in feed.needed if rows.schema[name] == pl.String]
    if not feed.nulls or not names:
        return rows
    texts = list(feed.nulls)
    return rows.with_columns(
        pl.when(~pl.col(name).is_in(texts)).then(pl.col(name)).alias(name) for name in names
    )


def _wanted(rows: pl.DataFrame, conditions: Sequence[Condition]) -> pl.Series | None:
    """Return which rows the feed asks for, or None when it asks for all."""
    if not conditions:
        return None
    return rows.select(
        pl.all_horizontal(_holds(condition).fill_null(value=False) for condition in conditions),
    ).to_series()


def _holds(condition: Condition) -> pl.Expr:
    text = pl.col(condition.column).cast(pl.String)
    if condition.is_in is not None:
        return text.is_in(list(condition.is_in))
    if condition.is_not is not None:
        return ~text.is_in(list(condition.is_not)) | text.is_null()
    return text.str.contains(condition.matches or "")
