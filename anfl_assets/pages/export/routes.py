"""Every published table of a build as CSV or Parquet, whole or one metric's stretch of it.

The tables of forecasts are no part of a build; they are written as they are now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages.boards.routes import asked_moment
from anfl_assets.pages.export.forecasts import forecast_tables
from anfl_assets.pages.export.formats import csv_file, parquet_file
from anfl_assets.pages.export.sending import Exports, SentOnce
from anfl_assets.pages.metric.asked import asked_metric
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.render import page
from anfl_assets.pages.site import Site
from anfl_assets.report.published import Published, opened

if TYPE_CHECKING:
    from threading import Event

    from duckdb import DuckDBPyRelation


class _Write(Protocol):
    """Writes a query's rows to a new file."""

    def __call__(self, query: DuckDBPyRelation, *, until: Event) -> Path:
        """Return the file."""


class _Kind(NamedTuple):
    """How a format is called on the web, and what writes it."""

    media_type: str
    write: _Write


_KINDS = {
    "csv": _Kind("text/csv; charset=utf-8", csv_file),
    "parquet": _Kind("application/vnd.apache.parquet", parquet_file),
}
_ABOUT = "published table of the newest build"


@dataclass(frozen=True)
class _Asked:
    """What is to be exported: a table, of which only what the address names."""

    table: str
    kind: str
    metric_id: str | None
    since: datetime | None
    until: datetime | None


def export_routes() -> list[BaseRoute]:
    """Return the routes of the list of tables and of each as a file."""
    return [
        Route("/tables", _tables),
        Route("/export/{table}.{kind}", _export),
    ]


async def _tables(request: Request) -> Response:
    reading = await _reading(request)
    names = sorted(reading.build.tables)
    kept = sorted(forecast_tables(request.app.state.site.workspace))
    shown = {"reading": reading, "tables": names, "forecasts": kept}
    return page(request, "tables.html.jinja", shown)


async def _export(request: Request) -> Response:
    reading = await _reading(request)
    kept = await asyncio.to_thread(forecast_tables, request.app.state.site.workspace)
    asked = _asked(request, (*reading.build.tables, *kept), reading)
    exports: Exports = request.app.state.exports
    write = partial(_file, request.app.state.site, reading, asked)
    return SentOnce(
        await exports.made(request, write),
        media_type=_KINDS[asked.kind].media_type,
        filename=f"{asked.table}-{reading.build.build_id}.{asked.kind}",
    )


async def _reading(request: Request) -> Reading:
    found: Reading | None = await request.app.state.site.readings.current()
    if found is None:
        raise PageError("nothing was published yet; run `anfl run`", 404)
    return found


def _asked(request: Request, tables: Collection[str], reading: Reading) -> _Asked:
    table, kind = request.path_params["table"], request.path_params["kind"]
    if kind not in _KINDS:
        raise PageError(f".{kind[:10]} is not written; expected one of {', '.join(_KINDS)}", 404)
    if table not in tables:
        known = ", ".join(sorted(tables))
        raise PageError(f"{table[:60]!r} is no {_ABOUT}; there are {known}", 404)
    query = request.query_params
    metric, since, until = query.get("metric"), query.get("since"), query.get("until")
    return _Asked(
        table=table,
        kind=kind,
        metric_id=asked_metric(reading.catalog, metric).metric_id if metric else None,
        since=asked_moment(since) if since else None,
        until=asked_moment(until) if until else None,
    )


def _file(site: Site, reading: Reading, asked: _Asked, until: Event) -> Path:
    with opened(site.workspace, reading.build) as published:
        sql, parameters = _query(published, asked)
        query = published.connection.sql(sql, params=dict(parameters))
        return _KINDS[asked.kind].write(query, until=until)


def _query(published: Published, asked: _Asked) -> tuple[str, dict[str, object]]:
    """Say what is asked as SQL.

    Raises:
        PageError: the table has no such column to choose by.
    """
    kept = forecast_tables(published.workspace)
    source = kept.get(asked.table) or published.table(asked.table)
    columns = {row["column_name"] for row in published.rows(f"describe select * from {source}")}
    wanted = {
        "metric": ("metric_id = $metric", asked.metric_id),
        "since": ("window_end_at > $since", asked.since),
        "until": ("window_end_at <= $until", asked.until),
    }
    given = {name: each for name, each in wanted.items() if each[1] is not None}
    for name, (condition, _) in given.items():
        if condition.split()[0] not in columns:
            raise PageError(f"{asked.table} has no {condition.split()[0]}: leave out {name}")
    where = " and ".join(condition for condition, _ in given.values()) or "true"
    parameters: dict[str, object] = {name: value for name, (_, value) in given.items()}
    return f"select * from {source} where {where}", parameters
