"""The functions of `import anfl_assets as anfl`: each asks the newest build of the data folder.

The folder is $ANFL_DATA_DIR, else build/data, as on the command line. Several questions of one and
the same build, another folder or a build of earlier: `anfl.open()`, whose functions have the same
names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from anfl_assets.explore.metric_view import MetricView, every_metric, metric_view
from anfl_assets.explore.moment import Moment
from anfl_assets.explore.reader import open_reader

if TYPE_CHECKING:
    import polars as pl


def metric(name: str) -> MetricView:
    """Return one metric by its id, or an alias that means one metric; nothing need be built.

    Raises:
        UnknownMetric: none has the name; the message names the nearest.
    """
    return metric_view(name, open_reader)


def metrics() -> list[MetricView]:
    """Return every metric in the catalog's order; nothing need be built."""
    return every_metric(open_reader)


def status(*, as_of: Moment | None = None) -> pl.DataFrame:
    """Return the scoreboard, worst first: what `anfl status --json` prints; see Reader.status.

    Raises:
        WorkspaceError: nothing is published yet.
    """
    return open_reader().status(as_of=as_of)


def sql(
    query: str,
    *,
    parameters: Sequence[object] | Mapping[str, object] = (),
    as_of: Moment | None = None,
) -> pl.DataFrame:
    """Answer one query (DuckDB's SQL) over the published tables; see Reader.sql.

    Raises:
        UserError: it is no query, or the database refuses it.
        WorkspaceError: nothing is published yet.
    """
    return open_reader().sql(query, parameters=parameters, as_of=as_of)


def tables() -> pl.DataFrame:
    """Return the columns of every published table: table, column, type.

    Raises:
        WorkspaceError: nothing is published yet.
    """
    return open_reader().tables()


def incidents(*, limit: int = 100) -> pl.DataFrame:
    """Return what alerting told people of, newest first; see Reader.incidents.

    Raises:
        WorkspaceError: nothing is published yet.
    """
    return open_reader().incidents(limit=limit)


def forecasts(*, known_at: Moment | None = None) -> pl.DataFrame:
    """Return the standing forecasts, the soonest foretold crossing first; see Reader.forecasts.

    Raises:
        WorkspaceError: nothing is published yet.
    """
    return open_reader().forecasts(known_at=known_at)


def scorecard(*, known_at: Moment | None = None) -> pl.DataFrame:
    """Return how well each series has been forecast, by days ahead; see Reader.scorecard.

    Raises:
        WorkspaceError: nothing is published yet.
    """
    return open_reader().scorecard(known_at=known_at)


def notices() -> list[str]:
    """Return what to know beside the numbers: simulated data, manual sources overdue.

    Raises:
        WorkspaceError: nothing is published yet.
    """
    return open_reader().notices()
