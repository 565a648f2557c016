"""The tables that analyses are kept in: rows of one build, computed after it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anfl_assets.wording.looks import Look

if TYPE_CHECKING:
    from collections.abc import Collection

    from anfl_assets.report.published import Published
    from anfl_assets.store.builds import PublishedBuild

# What a table has beyond the fields of a row: the day of `as_of`, by which rows are replaced, and
# which versions of a build's tables they were computed from.
DAY = "date"
OF = "computed_of"
_READ = ("fct_metric_observation", "fct_status_latest", "fct_status_day")

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


def versions(build: PublishedBuild) -> str:
    """Say which versions of its tables a build's analysis is computed from."""
    return "/".join(str(build.tables.get(model)) for model in _READ)


def stored_rows(
    published: Published, table: str, columns: Collection[str]
) -> list[dict[str, Any]] | None:
    """Return the rows that were computed of the build's tables; None where nothing was.

    A later build in which no table changed has the same. Rows of another version of this program,
    with other columns, are as good as none.
    """
    import polars as pl

    from anfl_assets.store import lake

    frame = lake.scan(published.workspace.analysis_path(table))
    if frame is None or not {OF, *columns} <= set(frame.collect_schema().names()):
        return None
    rows = frame.filter(pl.col(OF) == versions(published.build)).select(columns).collect()
    return rows.to_dicts() or None
