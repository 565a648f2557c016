"""A handle on one published build: everything asked of it is answered from the same tables.

It holds no connection and no lock, so a build never waits for it, nor it for a build. Where a
function stands at module level in `anfl_assets`, it asks the newest build of the data folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from anfl_assets.errors import WorkspaceError
from anfl_assets.explore.moment import Moment, utc
from anfl_assets.report.published import Published
from anfl_assets.store.builds import PublishedBuild
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

    from anfl_assets.explore.metric_view import MetricView

DATA_DIR_VARIABLE = "ANFL_DATA_DIR"
DEFAULT_DATA_DIR = Path("build/data")


@dataclass(frozen=True)
class Reader:
    """One published build of one data folder; make it with `anfl.open()`.

    Its tables stay as they are however many builds follow, for at least a day: then builds may
    remove files that no newer one needs.
    """

    workspace: Workspace
    build: PublishedBuild

    @property
    def published_at(self) -> datetime:
        """When the build was published (UTC)."""
        return self.build.finished_at

    def metric(self, name: str) -> MetricView:
        """Return one metric by its id, or an alias that means one metric.

        Raises:
            UnknownMetric: none has the name; the message names the nearest.
        """
        from anfl_assets.explore.metric_view import metric_view

        return metric_view(name, lambda: self)

    def metrics(self) -> list[MetricView]:
        """Return every metric in the catalog's order."""
        from anfl_assets.explore.metric_view import every_metric

        return every_metric(lambda: self)

    def status(self, *, as_of: Moment | None = None) -> pl.DataFrame:
        """Return the scoreboard, worst first: what `anfl status --json` prints.

        Frame: one row per metric and subject. `value`, `target`, `threshold` and `change` are in
        `unit`, `staleness_s` in seconds, times in UTC. `as_of` judges the windows that had ended
        by then, as they are known in this build.
        """
        from anfl_assets.explore.board import status

        return status(self, as_of=None if as_of is None else utc(as_of), now=datetime.now(UTC))

    def sql(
        self,
        query: str,
        *,
        parameters: Sequence[object] | Mapping[str, object] = (),
        as_of: Moment | None = None,
    ) -> pl.DataFrame:
        """Answer one query (DuckDB's SQL) over the build's tables; `tables()` lists them.

        `?` and `$name` in the query take `parameters`. With `as_of` each table holds only what
        had ended by then, and the board is judged anew. Nothing can be written, and no file but
        the build's own read. Sums of counts come as decimals (`::bigint` makes them whole numbers),
        and a length of time needs a unit: `epoch(window_end_at - window_start_at)`.

        Raises:
            UserError: it is no query, or the database refuses it; the message says why.
        """
        from anfl_assets.explore.query import answer

        return answer(self, query, parameters, as_of=None if as_of is None else utc(as_of))

    def tables(self) -> pl.DataFrame:
        """Return the columns of every published table.

        Frame: table, column, type; one row per column, tables by name, columns in their order.
        """
        from anfl_assets.explore.query import tables

        return tables(self)

    def incidents(self, *, limit: int = 100) -> pl.DataFrame:
        """Return what alerting told people of, newest first; as it is now, whatever the build.

        Frame: one row per incident; times in UTC. Empty where alerting has never run.
        """
        from anfl_assets.explore.incidents import incidents

        return incidents(self.workspace, limit)

    def forecasts(self, *, known_at: Moment | None = None) -> pl.DataFrame:
        """Return the standing forecasts, the soonest foretold crossing first; whatever the build.

        Frame: one row per metric, subject and form; limits in `unit`, coverages shares of 1.
        `known_at` goes back to what had been forecast by then.
        """
        from anfl_assets.explore.forecasts import forecasts

        return forecasts(self.workspace, known_at=None if known_at is None else utc(known_at))

    def scorecard(self, *, known_at: Moment | None = None) -> pl.DataFrame:
        """Return how well each series was forecast, by lead; `lead_days` null is all of them."""
        from anfl_assets.explore.forecasts import scorecard

        return scorecard(self.workspace, known_at=None if known_at is None else utc(known_at))

    def notices(self) -> list[str]:
        """Return what to know beside the numbers: simulated data, manual sources overdue."""
        from anfl_assets.flow.overdue import notices

        return notices(self.workspace, datetime.now(UTC))

    @contextmanager
    def engine(self) -> Iterator[Published]:
        """Open a private in-memory engine over the build's tables.

        Raises:
            WorkspaceError: a later build has removed the tables.
        """
        import duckdb

        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            try:
                yield Published(self.workspace, self.build, connection)
            except duckdb.IOException as error:
                raise WorkspaceError(_removed(self)) from error


def open_reader(data_dir: str | Path | None = None, *, known_at: Moment | None = None) -> Reader:
    """Open the newest published build of a data folder, or the newest there was at `known_at`.

    The folder is `data_dir`, else $ANFL_DATA_DIR, else build/data, as on the command line.

    `known_at` and `as_of` are two different questions. `known_at` goes back to what was *known*
    then: late data, corrections and definitions that came since are not in it. `as_of` (on
    `status`, `sql` and `history`) goes back to what had *happened* by then, as it is known in the
    build that is open. Both together are allowed.

    Raises:
        WorkspaceError: nothing is published there, or nothing was by then.
    """
    from anfl_assets.store.builds import last_published
    from anfl_assets.store.ledger import open_ledger

    folder = Path(data_dir or os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR)
    workspace = Workspace(folder.resolve())
    if not workspace.state_path.exists():
        raise WorkspaceError(_nothing_at(workspace.root))
    at = None if known_at is None else utc(known_at)
    with open_ledger(workspace) as ledger:
        build = last_published(ledger, at=at)
    if build is None:
        raise WorkspaceError(_nothing_at(workspace.root) if at is None else _nothing_by(at))
    return Reader(workspace, build)


def _nothing_at(root: Path) -> str:
    return (
        f"{root}: nothing is published there; run `anfl run --data-dir {root}` first, or name "
        f"another folder (${DATA_DIR_VARIABLE}, anfl.open('…'))"
    )


def _nothing_by(at: datetime) -> str:
    return (
        f"nothing was published by {at:%Y-%m-%d %H:%M} UTC; known_at asks for the build of then. "
        "For what had happened by then, as it is known now, use as_of"
    )


def _removed(reader: Reader) -> str:
    return (
        f"build {reader.build.build_id}, published {reader.published_at:%Y-%m-%d %H:%M} UTC: a "
        "later build has removed files of its tables (a build keeps them for a day at least); "
        "open a newer one with anfl.open()"
    )
