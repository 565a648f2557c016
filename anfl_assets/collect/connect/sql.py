"""The connector *sql*: rows of a PostgreSQL, SQLite or DuckDB database, by the operator's query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import polars as pl

from anfl_assets.collect.connect.connector import Connector, Pull
from anfl_assets.collect.connect.sql_database import Database
from anfl_assets.collect.connect.sql_settings import Settings, read_settings
from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section
from anfl_assets.store.workspace import Workspace

_KEYS = ("url", "query", "table", "cursor", "start", "overlap", "limit", "zone", "timeout")
SCHEMES = ("postgresql", "postgres", "sqlite", "duckdb")
_PASSWORD = re.compile(r"://[^/@\s]*:(?!\$\{)[^/@\s]|[?&]password=(?!\$\{)", re.IGNORECASE)


@dataclass(frozen=True)
class Sql(Connector):
    """A database and what to ask it. A file's path in `url` is below `root`."""

    url: Secret
    root: Path
    settings: Settings

    @property
    def address(self) -> str:
        """The database without user, password and options, and the cursor."""
        by = f" by {self.settings.cursor}" if self.settings.cursor else ""
        parts = urlsplit(self.url.text)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{by}"

    @property
    def is_momentary(self) -> bool:
        """No: a database keeps what it has."""
        return False

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:  # noqa: ARG002
        """Return the pull; the database itself is opened by each."""
        from anfl_assets.collect.connect.sql_pull import SqlPull

        return SqlPull(self._opened, self.settings, needed)

    def first(self, count: int) -> pl.DataFrame:
        """Return some rows, in no order. Raises as `Pull.pull`."""
        from anfl_assets.collect.connect.sql_select import selection

        with self._opened() as database:
            found = database.describe(self.settings.query, None)
            return database.read(*selection(found, self.settings, ()).everything(count))

    def _opened(self) -> Database:
        scheme = urlsplit(self.url.text).scheme
        if scheme in ("postgresql", "postgres"):
            from anfl_assets.collect.connect.sql_postgresql import PostgreSql

            return PostgreSql(self.url, self.settings.timeout)
        path = self.root / file_of(self.url.text)
        if scheme == "sqlite":
            from anfl_assets.collect.connect.sql_sqlite import Sqlite

            return Sqlite(path, self.settings.timeout)
        from anfl_assets.collect.connect.sql_duckdb import DuckDb

        return DuckDb(path, self.settings.timeout)


def file_of(url: str) -> Path:
    """Return the path of `sqlite:///below/root.db`; four slashes begin an absolute one."""
    return Path(unquote(urlsplit(url).path[1:]))


def read_sql(feed: Section, env: Environment) -> Sql | None:
    """Return the connector at `sql`, faults noted."""
    section = feed.section("sql")
    if section is None:
        if feed.content["sql"] is None:
            feed.fault("sql", "url and query, or url and table", "nothing")
        return None
    section.only(_KEYS)
    url, settings = _url(section, env), read_settings(section, feed)
    return None if url is None or settings is None else Sql(url, env.root, settings)


def _url(section: Section, env: Environment) -> Secret | None:
    text = section.text("url")
    if text is None:
        expected = f"an address such as ${{ANFL_SHOP_URL}}: {', '.join(SCHEMES)}"
        section.fault("url", expected, "nothing")
        return None
    if _PASSWORD.search(text):
        expected = "a variable such as ${ANFL_SHOP_URL}: passwords do not stand in files"
        section.fault("url", expected, "***")
        return None
    before = len(section.faults)
    url = env.expanded(section, "url", text)
    if len(section.faults) > before:
        return None
    parts = urlsplit(url)
    if "@" in url.partition("://")[2].removeprefix(parts.netloc):
        section.fault("url", "signs such as / and ? in a password written as %2F and %3F", "***")
        return None
    is_file = parts.scheme in ("sqlite", "duckdb")
    if parts.scheme not in SCHEMES or (is_file and (parts.netloc or not parts.path[1:])):
        expected = "postgresql://host/database, sqlite:///path or duckdb:///path"
        section.fault("url", expected, parts.scheme or "no scheme")
        return None
    return Secret(url)
