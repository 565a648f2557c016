"""One query over every table of one build, in an engine that can reach nothing else.

The engine may open the build's own files and no others (`allowed_paths`), its settings are locked,
and only queries are taken: COPY, ATTACH or CREATE are refused before they are run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.errors import UserError
from anfl_assets.explore.known_then import relation_as_of
from anfl_assets.store import lake

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from anfl_assets.explore.reader import Reader
    from anfl_assets.report.published import Published

_COLUMNS = (
    'select table_name as "table", column_name as "column", data_type as type '
    "from information_schema.columns order by table_name, ordinal_position"
)


def answer(
    reader: Reader,
    query: str,
    parameters: Sequence[object] | Mapping[str, object],
    *,
    as_of: datetime | None,
) -> pl.DataFrame:
    """Return what one query answers; columns and types are those of the query.

    Raises:
        UserError: it is not one query, or the database refuses it.
    """
    import duckdb

    with reader.engine() as published:
        _show_tables(published, as_of)
        _close(published)
        try:
            _check(published.connection, query)
            answered = published.connection.sql(query, params=parameters or None)
            return pl.DataFrame(answered.to_arrow_table())
        except duckdb.IOException:
            raise  # files of the build that are gone: the reader knows the words
        except duckdb.Error as error:
            raise UserError(f"the query was refused: {error}") from error
        except pl.exceptions.PolarsError as error:
            # Two columns of one name, or a type without a counterpart (an interval).
            message = f"the answer fits no Polars frame ({error}); name or cast its columns"
            raise UserError(message) from error


def tables(reader: Reader) -> pl.DataFrame:
    """Return the columns of every published table.

    Frame: table, column, type; one row per column.
    """
    with reader.engine() as published:
        _show_tables(published, None)
        return pl.DataFrame(published.connection.sql(_COLUMNS).to_arrow_table())


def _show_tables(published: Published, as_of: datetime | None) -> None:
    for model in published.build.tables:
        relation = (
            published.table(model) if as_of is None else relation_as_of(published, model, as_of)
        )
        published.connection.execute(f'create view "{model}" as select * from {relation}')
    _show_analyses(published, as_of)


def _show_analyses(published: Published, as_of: datetime | None) -> None:
    """Show what analyses found in this build: few rows, committed after it was published."""
    folder = published.workspace.analysis_path("any").parent
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        rows = lake.scan(path)
        if rows is None:
            continue
        found = rows.filter(build_id=published.build.build_id)
        if as_of is not None:
            ended_at = "as_of" if "as_of" in found.collect_schema() else "window_end_at"
            found = found.filter(pl.col(ended_at) <= as_of)
        published.connection.register("analysis", found.collect().to_arrow())
        published.connection.execute(f'create table "{path.name}" as select * from analysis')
        published.connection.unregister("analysis")


def _close(published: Published) -> None:
    """Leave nothing in reach but the build's own files."""
    files = [
        name
        for model, version in published.build.tables.items()
        for name in lake.files(published.workspace.mart_path(model), version=version)
    ]
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in files)
    run = published.connection.execute
    run(f"set allowed_paths = [{listed}]")
    run("set enable_external_access = false")
    run("set python_enable_replacements = false")
    run("set lock_configuration = true")


def _check(connection: DuckDBPyConnection, query: str) -> None:
    from duckdb import StatementType

    statements = connection.extract_statements(query)
    if [each.type for each in statements] not in ([StatementType.SELECT], [StatementType.EXPLAIN]):
        found = ", ".join(each.type.name for each in statements) or "nothing"
        message = f"expected one query (select, describe, explain), found {found}"
        raise UserError(message)
