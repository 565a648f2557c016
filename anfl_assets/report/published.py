"""One published build, opened for reading: SQL over every table at the version the build pinned.

A reader holds no lock and waits for nobody; it keeps its versions however many builds follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from anfl_assets.errors import WorkspaceError
from anfl_assets.store import lake
from anfl_assets.store.builds import PublishedBuild, last_published
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.relations import parquet
from anfl_assets.store.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """A build and a private in-memory engine over its tables."""

    workspace: Workspace
    build: PublishedBuild
    connection: DuckDBPyConnection

    def rows(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        """Run a query; return its rows as dictionaries, times in UTC."""
        return rows_of(self.connection.execute(sql, parameters))

    def table(self, model: str, dates: Sequence[date] | None = None) -> str:
        """Say a published table as SQL: its exact files, only those that may hold `dates`.

        Raises:
            WorkspaceError: the build has no such table.
        """
        if model not in self.build.tables:
            known = ", ".join(sorted(self.build.tables))
            raise WorkspaceError(f"build {self.build.build_id}: no table {model!r}; it has {known}")
        path, version = self.workspace.mart_path(model), self.build.tables[model]
        found = lake.files(path, dates, version=version) or lake.files(path, version=version)[:1]
        if not found:
            return self._empty(model)
        return parquet(found)

    def _empty(self, model: str) -> str:
        """Say a table without rows: it has a schema but no file."""
        rows = lake.read(self.workspace.mart_path(model), version=self.build.tables[model])
        if rows is None:
            raise WorkspaceError(f"build {self.build.build_id}: the table {model!r} is gone")
        self.connection.register(f"empty_{model}", rows.to_arrow())
        return f"empty_{model}"


def rows_of(cursor: DuckDBPyConnection) -> list[Row]:
    """Return what a query answered as dictionaries."""
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


@contextmanager
def open_published(
    workspace: Workspace, *, known_at: datetime | None = None
) -> Iterator[Published]:
    """Open the newest published build, or the one that was published at `known_at`.

    Raises:
        WorkspaceError: nothing was published yet; the message says what to run.
    """
    if not workspace.state_path.exists():
        raise WorkspaceError(_nothing(workspace))
    with open_ledger(workspace) as ledger:
        build = last_published(ledger, at=known_at)
    if build is None:
        raise WorkspaceError(_nothing(workspace))
    with opened(workspace, build) as published:
        yield published


@contextmanager
def opened(workspace: Workspace, build: PublishedBuild) -> Iterator[Published]:
    """Open a build that is known."""
    import duckdb

    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield Published(workspace, build, connection)
    finally:
        connection.close()


def _nothing(workspace: Workspace) -> str:
    return f"{workspace.root}: nothing was published there yet; run `anfl run` first"
