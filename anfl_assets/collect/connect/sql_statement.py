"""The text of the statements: the operator's query, held to one SELECT, and the page around it.

Names are quoted, values are bound; nothing that comes from a row is ever part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from anfl_assets.collect.connect.sql_database import Described, quoted

# What may hold a semicolon or a word that means nothing: texts, quoted names, comments.
_OPAQUE = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | (\$\w*\$).*?\1""",
    re.VERBOSE | re.DOTALL,
)
_SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*){0,2}")


def one_select(query: str) -> str | None:
    """Return the query without its last semicolon; None where it is not one SELECT or WITH."""
    query = query.strip()
    bare = _OPAQUE.sub(lambda found: " " * len(found[0]), query).rstrip()
    if bare.endswith(";"):
        bare = bare[:-1]
        query = query[: len(bare)].rstrip()
    return query if _SELECT.match(bare) and ";" not in bare else None


def all_of(table: str) -> str | None:
    """Return the query that reads a table, named as `table` or `schema.table`; None if no name."""
    if not _NAME.fullmatch(table):
        return None
    return f"select * from {'.'.join(quoted(part) for part in table.split('.'))}"  # noqa: S608 (quoted)


def source(query: str, columns: Sequence[Described] | None = None) -> str:
    """Return `select … from (query) as source`, all columns where none are named."""
    selected = ", ".join(column.select for column in columns or ())
    # The query may end in a comment: the bracket stands on its own line.
    return f"select {selected or '*'} from (\n{query}\n) as source"  # noqa: S608 (operator's own)
