"""Reading and judging a batch of files: every row ends as good, or with the reason why not.

First half of a landing; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from anfl_assets.collect.collected import REJECTS, rows_schema
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.read import read_feed_file
from anfl_assets.errors import SourceError
from anfl_assets.flow.pending import Pending
from anfl_assets.quality.validate import validate

LOAD = pl.Int32()
SET_ASIDE = pl.Schema({"load": LOAD, **REJECTS})
CURRENCY_RULE = "one_currency"


@dataclass
class Received:
    """A batch as read: `rows` and `refused` name their file by `load`, a position in `files`.

    `faults` are the files that could not be read at all; they are not in `files`.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    files: list[Pending] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    filtered: list[int] = field(default_factory=list)
    faults: list[SourceError] = field(default_factory=list)


@dataclass
class Judged:
    """Rows that may land, rows set aside (SET_ASIDE), loads rejected whole, suite results."""

    rows: pl.DataFrame
    set_aside: pl.DataFrame
    blocked: dict[int, str]
    results: tuple[dict[str, Any], ...]


def receive(
    feed: Feed, batch: Sequence[Pending], *, organisation: Organisation, now: datetime
) -> Received:
    """Read every file of the batch; one that cannot be read is told and does not stop the others.

    A file whose content is known under another path brings counts only.
    """
    empty = pl.DataFrame(schema=rows_schema(feed.entity)).with_columns(load=pl.lit(None, LOAD))
    rows, refused = [empty], [pl.DataFrame(schema=SET_ASIDE)]
    told = Received(empty, refused[0])
    for item in batch:
        try:
            collected = read_feed_file(feed, item.found, now=now, organisation=organisation)
        except SourceError as error:
            told.faults.append(error)
            continue
        load = pl.lit(len(told.files), LOAD)
        if item.twin_of is None:
            rows.append(collected.rows.with_columns(load=load))
            refused.append(collected.rejects.select(load.alias("load"), *REJECTS))
        told.files.append(item)
        told.received.append(collected.received)
        told.filtered.append(collected.filtered)
    told.rows = pl.concat(rows, rechunk=False)
    told.refused = pl.concat(refused)
    return told


def judge(feed: Feed, received: Received, *, currency: str | None, now: datetime) -> Judged:
    """Hold the rows to their expectations and orders to one currency; empties `received.rows`."""
    rows, received.rows = received.rows, received.rows.clear()
    validated = validate(feed.entity, rows, now=now)
    del rows
    aside = [received.refused, validated.rejected.select(*SET_ASIDE)]
    accepted = validated.accepted
    if feed.entity == "orders" and currency is not None:
        foreign = accepted["currency"] != currency
        aside.append(_foreign(feed, accepted.filter(foreign), currency))
        accepted = accepted.filter(~foreign)
    results = tuple(asdict(result) for result in validated.results)
    return Judged(accepted, pl.concat(aside), dict(validated.blocked), results)


def set_aside(feed: Feed, rows: pl.DataFrame, *, rule: str, reason: pl.Expr) -> pl.DataFrame:
    """Turn canonical rows into quarantine rows (SET_ASIDE) with one rule and reason."""
    body = pl.struct(feed.table.schema.names()).struct.json_encode()
    return rows.select("load", "line", rule=pl.lit(rule), reason=reason, body=body)


def _foreign(feed: Feed, rows: pl.DataFrame, currency: str) -> pl.DataFrame:
    reason = pl.format("no rate feed for {}; the money here is " + currency, "currency")
    return set_aside(feed, rows, rule=CURRENCY_RULE, reason=reason)
