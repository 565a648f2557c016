"""The tables that analyses are kept in: rows of one build, computed after it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anfl_assets.wording.looks import Look

if TYPE_CHECKING:
    from collections.abc import Collection

    from anfl_assets.report.published import Published

# What a table has beyond the fields of a row: the day of `as_of`, by which rows are replaced.
DAY = "date"

# How a verdict is told without colour, the one that needs a person first.
VERDICT_LOOKS = {
    "worsening": Look("✖", "worsening"),
    "improving": Look("✔", "improving"),
    "flat": Look("→", "flat"),
    "together": Look("●", "together"),
    "opposite": Look("○", "opposite"),
    "unrelated": Look("·", "unrelated"),
    "insufficient": Look("…", "insufficient"),
}


def stored_rows(
    published: Published, table: str, columns: Collection[str]
) -> list[dict[str, Any]] | None:
    """Return the rows that were computed of the build; None where nothing was.

    Rows of another version of this program, with other columns, are as good as none.
    """
    import polars as pl

    from anfl_assets.store import lake

    frame = lake.scan(published.workspace.analysis_path(table))
    if frame is None or not set(columns) <= set(frame.collect_schema().names()):
        return None
    rows = frame.filter(pl.col("build_id") == published.build.build_id).select(columns).collect()
    return rows.to_dicts() or None
