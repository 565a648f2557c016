"""A published table as of a moment: only what had ended by then, as the build knows it.

Facts are cut by the end of their window, tables by day by the day (a row is filed under the last
day of its period, so a month counts once it is over), and the board is judged anew by its own SQL.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.report.rejudge import BOARD, LATEST, as_of_rows
from anfl_assets.store.relations import fill

if TYPE_CHECKING:
    from anfl_assets.report.published import Published

_JUDGED_ANEW = (BOARD, LATEST)
# Its windows are a day's last ones: a day that is not over would show what was to come.
_BY_DAY = ("fct_status_day",)


def relation_as_of(published: Published, model: str, as_of: datetime) -> str:
    """Say a published table as SQL, as of a moment in UTC."""
    table = published.table(model)
    columns = {
        row["column_name"]: row["column_type"]
        for row in published.rows(f"describe select * from {table}")
    }
    if model in _JUDGED_ANEW:
        rows = as_of_rows(published, as_of, model)
        name = f"judged.{model}"  # a schema of its own: `show tables` lists what is published
        published.connection.execute("create schema if not exists judged")
        fill(published.connection, name, columns, [[row[key] for key in columns] for row in rows])
        return name
    if "window_end_at" in columns and model not in _BY_DAY:
        return f"{table} where window_end_at <= timestamptz '{as_of.isoformat()}'"
    if "date" in columns:
        return f"{table} where date < date '{as_of.date()}'"
    return table
