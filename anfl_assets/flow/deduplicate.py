"""One row per key: what a keyed feed's rows do to each other and to the rows in the lake.

Within one load, equal rows of one key are duplicates, and a key with two bodies condemns all its
rows: nothing says which is right. Across loads the later row supersedes the earlier one unless it
says the same. Pure; a row's body is its canonical columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

RULE = "one_body_per_key"
REASON = "another row of this file has the same key and other values"
_IN_LAKE = -1


@dataclass(frozen=True)
class Resolved:
    """What became of rows: received = accepted + conflicts + duplicates.

    `accepted` counts per load every row that said something new; `rows` are those of them that no
    later load of the same landing superseded. `leaving` holds the `row_key` of lake rows to remove.
    Counts are {load: rows}, loads without any left out.
    """

    rows: pl.DataFrame
    conflicts: pl.DataFrame
    accepted: dict[int, int]
    duplicates: dict[int, int]
    superseded: dict[int, int]
    leaving: pl.Series


def conflicting(rows: pl.DataFrame, body: Sequence[str]) -> pl.Series:
    """Return for each row whether its load gives its key two bodies."""
    group = ["load", "row_key"]
    repeated = rows.filter(pl.struct(group).is_duplicated())
    bodies = repeated.unique(subset=[*group, *body]).group_by(group).len()
    torn = bodies.filter(pl.col("len") > 1).select(group)
    marked = rows.select(group).join(
        torn.with_columns(torn=pl.lit(value=True)), on=group, how="left", maintain_order="left"
    )
    return marked["torn"].fill_null(value=False)


def resolve(rows: pl.DataFrame, existing: pl.DataFrame, body: Sequence[str]) -> Resolved:
    """Settle `rows` (with `load`, `line`, `row_key`) against the lake's rows of the same keys.

    Frame: `existing` has `row_key` and the body's columns, one row per key.
    """
    # Hashes are compared instead of texts, at a quarter of the time; two keys of one hash are only
    # looked at more closely than they need be.
    hashes = pl.concat([rows["row_key"], existing["row_key"]]).hash()
    is_met = hashes.is_duplicated().head(rows.height)
    met = rows.filter(is_met)
    alone = rows.filter(~is_met) if met.height else rows
    is_torn = conflicting(met, body)
    crowd = _judged(met.filter(~is_torn), existing, body)
    ours = crowd.filter(pl.col("load") != _IN_LAKE)
    fresh = ours.filter(~pl.col("__same__"))
    kept = fresh.filter(pl.col("load") == pl.col("load").max().over("row_key"))
    return Resolved(
        rows=pl.concat([alone, kept.select(rows.columns)]) if kept.height else alone,
        conflicts=met.filter(is_torn),
        accepted=_counts(pl.concat([alone["load"], fresh["load"]])),
        duplicates=_counts(ours.filter("__same__")["load"]),
        superseded=_counts(fresh.filter("__again__")["load"]),
        leaving=fresh.join(existing.select("row_key"), on="row_key", how="semi")[
            "row_key"
        ].unique(),
    )


def _judged(rows: pl.DataFrame, existing: pl.DataFrame, body: Sequence[str]) -> pl.DataFrame:
    """Return rows and existing ones by key, each compared with the one before it."""
    crowd = pl.concat(
        [rows, existing.with_columns(load=pl.lit(_IN_LAKE, rows.schema["load"]))],
        how="diagonal",
    ).sort("row_key", "load", "line")
    again = pl.col("row_key") == pl.col("row_key").shift(1)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in body)
    return crowd.with_columns(
        again.fill_null(value=False).alias("__again__"),
        (again & same).fill_null(value=False).alias("__same__"),
    )


def _counts(loads: pl.Series) -> dict[int, int]:
    return dict(loads.value_counts().iter_rows())
