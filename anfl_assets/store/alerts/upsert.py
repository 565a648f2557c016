"""Writing many rows at once that may be there already, in SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from anfl_assets.store.alerts.rows import Row


def insert_new(connection: Connection, table: Table, rows: Sequence[Row], *, unique: str) -> None:
    """Insert rows; where one has the same `unique` value, that one stays."""
    if rows:
        statement = _insert(connection, table)
        connection.execute(statement.on_conflict_do_nothing(index_elements=[unique]), list(rows))


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, each in the place of an earlier one with its key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = _insert(connection, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows)
    )


def delete_keys(connection: Connection, table: Table, keys: Sequence[Row]) -> None:
    """Delete the rows with these keys; each names the same columns."""
    if keys:
        # A parameter may not have its column's name in a statement of many rows.
        same = [table.c[name] == bindparam(f"key_{name}") for name in keys[0]]
        rows = [{f"key_{name}": value for name, value in key.items()} for key in keys]
        connection.execute(delete(table).where(*same), rows)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    is_postgresql = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)
