"""One pull from Prometheus: which times are asked, and which of the rows are new.

The connector and its YAML are in `prometheus.py`, cursor and times in `prometheus_span.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from anfl_assets.collect.batch import Batch, unsplit_frame
from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.http import HttpReader
from anfl_assets.collect.connect.prometheus_answer import read_matrix
from anfl_assets.collect.connect.prometheus_queries import Histogram, Queries, Query
from anfl_assets.collect.connect.prometheus_rows import (
    Values,
    add_points,
    digests,
    filled,
    rows_frame,
)
from anfl_assets.collect.connect.prometheus_span import Cursor, Span, next_span
from anfl_assets.errors import SourceError

_NOTICED_S = 60
_PATH = "/api/v1/query_range"


@dataclass(frozen=True)
class _Said:
    sent_at: datetime | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class PrometheusPull:
    """Asks one server the same queries again and again."""

    reader: HttpReader
    queries: Queries

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Ask for the points after the cursor, and again for those that may have changed.

        Of the times asked for again, only rows that are new or have changed are handed on. Nothing
        is asked where the clock is behind the cursor; a server whose clock is behind ours is
        believed up to its own now.

        Raises:
            SourceUnavailable: see `HttpReader.get`.
            SourceError: the same, or a query is at fault; its name is said.

        """
        grid = self.queries.grid
        earlier = None if cursor is None else Cursor.read(cursor)
        span = next_span(grid, earlier, now=now)
        if span is None:
            behind = "the clock is behind the last point asked for: nothing is asked until then"
            return Pulled(self._batch({}), cursor or "", None, warnings=(behind,))
        values: Values = {}
        said = [self._add(values, query, span) for query in self.queries.asked]
        asked, span = span, span.until(grid, [one.sent_at for one in said if one.sent_at])
        rows = filled({key: row for key, row in values.items() if span.holds(key[0])}, self.queries)
        hashes = digests(rows)
        told = earlier.told if earlier else frozenset()
        fresh = {key: row for key, row in rows.items() if hashes[key] not in told}
        again = grid.at_or_before(span.last - grid.lag_s)
        kept = frozenset(digest for (at, _), digest in hashes.items() if at >= again)
        return Pulled(
            self._batch(fresh),
            Cursor(span.last, kept).text(),
            datetime.fromtimestamp(span.last - grid.lag_s, UTC),
            has_more=span.last < span.newest,
            warnings=(*_behind(asked, span), *(told for one in said for told in one.warnings)),
        )

    def close(self) -> None:
        """Give the connection back."""
        self.reader.close()

    def _add(self, values: Values, asked: Query | Histogram, span: Span) -> _Said:
        """Ask one query and add its points."""
        params = {
            "query": asked.promql,
            "start": str(span.first),
            "end": str(span.last),
            "step": str(self.queries.grid.step_s),
        }
        try:
            answer = self.reader.get(_PATH, params, accept="application/json")
            matrix = read_matrix(answer.text)
            add_points(values, asked, matrix.series, self.queries.by)
        except SourceError as error:
            raise type(error)(f"query {asked.name!r}: {error}") from error
        told = tuple(f"query {asked.name!r}: {warning}" for warning in matrix.warnings)
        return _Said(answer.sent_at, told)

    def _batch(self, rows: Values) -> Batch:
        return Batch(rows_frame(rows, self.queries), unsplit_frame([]))


def _behind(asked: Span, believed: Span) -> tuple[str, ...]:
    seconds = asked.last - believed.last
    if seconds < _NOTICED_S:
        return ()
    return (f"its clock is {seconds} seconds or more behind ours: asked up to its own now",)
