"""What stands now on each window that is judged, asked again and again while live windows come in.

Judged by the same compiled SQL as the board. What a build alone says is read once, and of it only
what can still matter is kept: the changes of a status, and where each run of one ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Self

import polars as pl

from anfl_assets.report.published import Published, Row
from anfl_assets.report.rejudge import LATEST, Parents, built_watermarks, judged
from anfl_assets.store.builds import PublishedBuild
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_GRID_GRAIN = "5 minutes"
_NEVER = "'infinity'::date"


class _Kept(NamedTuple):
    """Which build the kept rows are of, the days judged anew, and from when all windows stay."""

    build_id: str
    dates: frozenset[date]
    from_at: datetime | None


@dataclass
class Latest:
    """Open rows of `fct_status_latest`; close them, or use them in a `with` statement.

    `compiled` is the project's own SQL: for where nothing was built, or only by an earlier version.
    """

    workspace: Workspace
    compiled: Mapping[str, str]
    connection: DuckDBPyConnection
    _kept: _Kept | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.connection.close()

    def rows(
        self, build: PublishedBuild | None, live: pl.DataFrame, *, told: Mapping[str, datetime]
    ) -> list[Row]:
        """Return one row for each metric, subject and grain, live windows in the place of built.

        Frame: `live` has the columns of `fct_metric_status`; `told` is how far live feeds have
        told, by `feed/entity`.
        """
        if build is None and live.is_empty():
            return []
        if build is not None:
            self._keep(build, live)
        self.connection.register("judged_live", live.to_arrow())
        watermarks = {} if build is None else built_watermarks(build)
        parents = Parents(
            metrics="select * from kept.metrics",
            statuses=_statuses(build, live),
            days="select * from kept.days"
            if build
            else "select * from lake.mart.today where false",
            watermarks={name: at for name, at in watermarks.items() if name not in told},
            told=told,
        )
        return judged(self.connection, self._definition(build), parents, LATEST)

    def _definition(self, build: PublishedBuild | None) -> Mapping[str, str]:
        return build.compiled if build is not None and LATEST in build.compiled else self.compiled

    def _keep(self, build: PublishedBuild, live: pl.DataFrame) -> None:
        """Read what the build says, unless it is kept already."""
        dates = frozenset(live["date"].unique()) if live.height else frozenset()
        on_grid = live.filter(grain=_GRID_GRAIN)["window_start_at"] if live.height else None
        from_at = None if on_grid is None else on_grid.min()
        if not isinstance(from_at, datetime):
            from_at = None
        kept = self._kept
        if (
            kept is not None
            and (kept.build_id, kept.dates) == (build.build_id, dates)
            and (from_at is None or (kept.from_at is not None and kept.from_at <= from_at))
        ):
            return
        self._read(Published(self.workspace, build, self.connection), dates, from_at)
        self._kept = _Kept(build.build_id, dates, from_at)

    def _read(self, published: Published, dates: frozenset[date], from_at: datetime | None) -> None:
        run = self.connection.execute
        listed = ", ".join(f"date '{day}'" for day in sorted(dates)) or _NEVER
        first = f"date '{min(dates)}'" if dates else _NEVER
        until = f"timestamptz '{from_at.isoformat()}'" if from_at else "'infinity'::timestamptz"
        metrics = published.table("dim_metric")
        days = published.table("fct_status_day")
        windows = published.table("fct_metric_status", sorted(dates))
        run(f"create or replace table kept.metrics as select * from {metrics}")
        run(_DAYS.format(days=days, listed=listed, first=first))
        run(_WINDOWS.format(windows=windows, listed=listed, until=until))


def open_latest(workspace: Workspace, compiled: Mapping[str, str], metrics: pl.DataFrame) -> Latest:
    """Open it on a data folder; `metrics` is `dim_metric` for as long as nothing is built."""
    import duckdb

    connection = duckdb.connect()
    for setting in ("TimeZone = 'UTC'", "threads = 2"):
        connection.execute(f"set {setting}")
    connection.execute("attach ':memory:' as kept")
    connection.register("metrics", metrics.to_arrow())
    connection.execute("create table kept.metrics as select * from metrics")
    connection.unregister("metrics")
    return Latest(workspace, compiled, connection)


def _statuses(build: PublishedBuild | None, live: pl.DataFrame) -> str:
    if build is None:
        return "select * from judged_live"
    if live.is_empty():
        return "select * from kept.windows"
    return (
        "select built.* from kept.windows as built "
        "anti join judged_live using (metric_id, subject, grain, window_start_at) "
        "union all by name select * from judged_live"
    )


# A day that only goes on with the status of the day before says nothing that its last day does not.
# Days between those that are judged anew may become changes, so they stay.
_DAYS = """
create or replace table kept.days as
select * exclude (is_change)
from (
    select
        *,
        not is_steady or lag(last_status) over by_day is distinct from first_status as is_change
    from {days}
    where date < {first}
    window by_day as (partition by metric_id, subject, grain order by date)
)
qualify
    row_number() over (partition by metric_id, subject, grain order by date desc) = 1
    or date = max(date) filter (is_change) over (partition by metric_id, subject, grain)
union all by name
select * from {days} where date > {first} and date not in ({listed})
"""

# Of windows that only go on with a status the first and the last of a day say it all; those that a
# live one may take the place of stay as they are.
_WINDOWS = """
create or replace table kept.windows as
select *
from {windows}
where date in ({listed})
window by_window as (
    partition by metric_id, subject, grain, date order by window_end_at, window_start_at
)
qualify
    grain != '5 minutes'
    or window_start_at >= {until}
    or status is distinct from lag(status) over by_window
    or lead(status) over by_window is null
"""
