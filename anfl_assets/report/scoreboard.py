"""The scoreboard: every metric and subject with its status, worst first.

The rows come from the build's own board (`rpt_scoreboard`); an earlier moment, and this one, are
judged by the same compiled SQL, over the windows that had ended by then or that were judged live.
Staleness and change are added here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from anfl_assets.report.published import Published, Row
from anfl_assets.report.rejudge import as_of_rows
from anfl_assets.wording.looks import STATUS_LOOKS

# The window a value is compared with ends so much earlier: the same time yesterday, the same
# weekday last week, the span before. Months and quarters are calendar lengths.
COMPARED = {
    "5 minutes": "interval '1 day'",
    "hour": "interval '1 day'",
    "day": "interval '7 days'",
    "week": "interval '7 days'",
    "30 days": "interval '30 days'",
    "month": "interval '1 month'",
    "quarter": "interval '3 months'",
}
_BADNESS = tuple(STATUS_LOOKS)
_WANTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "metric_id": pl.String,
    "subject": pl.String,
    "grain": pl.String,
    "window_end_at": pl.Datetime("us", "UTC"),
}
_EARLIER = " ".join(
    f"when '{grain}' then window_end_at - {length}" for grain, length in COMPARED.items()
)
# A live window ends at any moment; what was built of five minutes ends on the grid.
_BEFORE = (
    f"if(grain = '5 minutes', time_bucket(interval '5 minutes', "
    f"window_end_at - {COMPARED['5 minutes']}), case grain {_EARLIER} end)"
)


@dataclass(frozen=True)
class BoardRow:
    """One line of the board. Times are UTC; `value`, `target` and `threshold` are in `unit`.

    `change` is against the comparable window before (same time a day earlier for minutes, the month
    before for months …), in `unit`; None where there is none. `staleness_s` is the age of the
    judged window's end. A row that `is_whole` has parts and is shown, not alerted.
    """

    metric_id: str
    subject: str
    value: float | None
    unit: str
    target: float
    target_operator: str
    threshold: float
    status: str
    since: datetime | None
    window_start_at: datetime | None
    window_end_at: datetime | None
    grain: str
    change: float | None
    sample_count: int
    staleness_s: float | None
    section: str
    domain: str
    severity: str | None
    is_whole: bool


def scoreboard(
    published: Published, *, now: datetime, as_of: datetime | None = None
) -> list[BoardRow]:
    """Return the board, worst status first, then in the catalog's order.

    `as_of` judges only windows that had ended by then; None takes all that was published.
    """
    rows = (
        as_of_rows(published, as_of)
        if as_of
        else published.rows(f"select * from {published.table('rpt_scoreboard')}")
    )
    return board_of(rows, changes(published, rows), order=metric_order(published), now=as_of or now)


def board_of(
    rows: list[Row],
    changed: Mapping[tuple[str, str], float],
    *,
    order: Sequence[str],
    now: datetime,
) -> list[BoardRow]:
    """Return rows of `rpt_scoreboard` as the board, worst first; metrics in the given order."""
    board = [_board_row(row, changed.get(_key(row)), now) for row in rows]
    return sorted(
        board,
        key=lambda row: (
            _BADNESS.index(row.status), row.is_whole, order.index(row.metric_id), row.subject
        ),
    )  # fmt: skip


def changes(published: Published, rows: list[Row]) -> dict[tuple[str, str], float]:
    """Return value less the comparable earlier value, per metric and subject."""
    wanted = [
        (row["metric_id"], row["subject"], row["grain"], row["window_end_at"])
        for row in rows
        if row["value"] is not None and row["grain"] in COMPARED
    ]
    if not wanted:
        return {}
    # All at once: a row at a time, six hundred take longer than the query they are for.
    frame = pl.DataFrame(wanted, schema=_WANTED, orient="row")
    published.connection.register("asked", frame.to_arrow())
    published.connection.execute(
        f"create or replace temp table wanted as select *, {_BEFORE} as before_at from asked"
    )
    ends = published.rows("select distinct before_at from wanted")
    dates = sorted({(row["before_at"] - timedelta(microseconds=1)).date() for row in ends})
    listed = ", ".join(f"date '{day}'" for day in dates)
    found = published.rows(
        "select wanted.metric_id, wanted.subject, any_value(before.value) as value "
        f"from {published.table('fct_metric_status', dates)} as before "
        "inner join wanted on wanted.metric_id = before.metric_id "
        "and wanted.subject = before.subject and wanted.grain = before.grain "
        "and wanted.before_at = before.window_end_at "
        f"where before.date in ({listed}) group by all"
    )
    values = {(row["metric_id"], row["subject"]): row["value"] for row in rows}
    return {
        _key(row): values[_key(row)] - row["value"] for row in found if row["value"] is not None
    }


def metric_order(published: Published) -> list[str]:
    """Return the metrics of the build in the catalog's order."""
    rows = published.rows(f"select metric_id from {published.table('dim_metric')}")
    return [row["metric_id"] for row in rows]


def _key(row: Row) -> tuple[str, str]:
    return row["metric_id"], row["subject"]


def _board_row(row: Row, change: float | None, now: datetime) -> BoardRow:
    ended_at = row["window_end_at"]
    return BoardRow(
        metric_id=row["metric_id"],
        subject=row["subject"],
        value=row["value"],
        unit=row["unit"],
        target=row["target_value"],
        target_operator=row["target_operator"],
        threshold=row["threshold_value"],
        status=row["status"],
        since=row["since_at"],
        window_start_at=row["window_start_at"],
        window_end_at=ended_at,
        grain=row["grain"],
        change=change,
        sample_count=row["sample_count"],
        staleness_s=None if ended_at is None else max((now - ended_at).total_seconds(), 0.0),
        section=row["section"],
        domain=row["domain"],
        severity=row["severity"],
        is_whole=not row["is_alertable"],
    )
