"""The sql connector on SQLite and DuckDB files: every row once, whatever happens between pulls."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.sql import Sql, read_sql
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError, SourceUnavailable
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
TABLE = "create table orders (id integer, customer text, total {money}, updated_at {time})"
TYPES = {
    "sqlite": {"money": "text", "time": "text"},
    "duckdb": {"money": "decimal(12,2)", "time": "timestamptz"},
}


@dataclass
class Shop:
    """A database file with a table of orders, and the feed that reads it."""

    scheme: str
    path: Path
    cursor: str | None = None

    def run(self, sql: str, rows: Sequence[tuple[Any, ...]] = ((),)) -> None:
        """Run a statement once for each row and commit."""
        opened = sqlite3.connect if self.scheme == "sqlite" else duckdb.connect
        with closing(opened(str(self.path))) as connection:
            if self.scheme == "sqlite":
                connection.execute("pragma synchronous = off")
            for row in rows:
                connection.execute(sql, list(row))
            connection.commit()

    def insert(self, *rows: tuple[int, str | None]) -> None:
        """Insert orders of 1.10 by number and time."""
        given = [(number, "c", "1.10", at) for number, at in rows]
        self.run("insert into orders values (?, ?, ?, ?)", given)

    def source(self, **said: Any) -> Sql:  # noqa: ANN401 - any key of `sql`
        """Read the connector from what the feed says; None takes a key away."""
        content = {"url": f"{self.scheme}:///{self.path.name}", "table": "orders", **said}
        stated = {name: value for name, value in content.items() if value is not None}
        feed = Section("feeds.yaml", "feeds.f", {"sql": stated, "key": ["id"]})
        found = read_sql(feed, Environment({}, self.path.parent))
        assert found is not None, feed.faults
        assert not feed.faults
        return found

    def pull(self, *, now: datetime = NOW, **said: Any) -> Pulled:  # noqa: ANN401 - any key of `sql`
        """Pull once and go on from there."""
        said = {"cursor": "updated_at", **said}
        pull = self.source(**said).open(Workspace(self.path.parent), ("id", "total", "updated_at"))
        pulled = pull.pull(self.cursor, now=now)
        self.cursor = pulled.cursor
        return pulled

    def ids(self, **said: Any) -> list[int]:  # noqa: ANN401 - any key of `sql`
        """Pull until there is no more."""
        found: list[int] = []
        while True:
            pulled = self.pull(**said)
            found += pulled.batch.rows["id"].to_list()
            if not pulled.has_more:
                return found


@pytest.fixture(params=["sqlite", "duckdb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    found = Shop(request.param, tmp_path / f"shop.{request.param}")
    found.run(TABLE.format(**TYPES[found.scheme]))
    return found


def at(seconds: float) -> str:
    """A time shortly before NOW, as both databases hold it."""
    return (NOW - timedelta(hours=1) + timedelta(seconds=seconds)).isoformat()


def test_new_rows_come_once_and_nothing_comes_twice(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, at(1)))
    assert shop.ids() == [1, 2]
    assert shop.ids() == []
    shop.insert((3, at(2)))
    assert shop.ids() == [3]


def test_rows_of_one_cursor_value_that_a_page_cuts_apart_all_come(shop: Shop) -> None:
    shop.insert(*((number, at(0)) for number in range(7)), (7, at(1)))
    assert sorted(shop.ids(limit=2)) == list(range(8))


def test_rows_alike_in_every_column_are_as_many_as_they_are(shop: Shop) -> None:
    shop.insert((1, at(0)), (1, at(0)), (1, at(0)))
    assert shop.ids(limit=2) == [1, 1, 1]
    shop.insert((1, at(0)))
    assert shop.ids() == [1]


def test_a_row_committed_late_with_an_earlier_value_comes_within_the_overlap(shop: Shop) -> None:
    moment = NOW - timedelta(seconds=30)
    shop.insert((1, moment.isoformat()))
    assert shop.ids(now=NOW) == [1]
    shop.insert((2, (moment - timedelta(seconds=50)).isoformat()))
    shop.insert((3, (moment - timedelta(seconds=70)).isoformat()))
    assert shop.ids(now=NOW + timedelta(seconds=5), overlap="1 minute") == [2]


def test_a_changed_row_comes_again_with_its_new_values(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, at(1)))
    shop.ids()
    shop.run(f"update orders set total = '9.99', updated_at = '{at(60)}' where id = 1")  # noqa: S608
    rows = shop.pull().batch.rows
    assert rows.select("id", "total").rows() == [(1, "9.99")]


def test_rows_without_a_cursor_value_are_told_once_and_read_when_they_have_one(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, None))
    pulled = shop.pull()
    assert pulled.batch.rows["id"].to_list() == [1]
    assert pulled.batch.rejects["rule"].to_list() == ["no_cursor_value"]
    assert '"id":"2"' in pulled.batch.rejects["body"][0]
    assert shop.pull().batch.rejects.height == 0
    shop.run(f"update orders set updated_at = '{at(5)}' where id = 2")  # noqa: S608
    assert shop.ids() == [2]


def test_one_row_of_a_far_future_hides_none_that_come_before_it(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, "2099-01-01T00:00:00+00:00"))
    pulled = shop.pull()
    assert pulled.batch.rows["id"].to_list() == [1]
    assert pulled.batch.rejects["rule"].to_list() == ["future_time"]
    shop.insert((3, at(10)))
    assert shop.ids() == [3]
    assert shop.ids(now=datetime(2099, 1, 2, tzinfo=UTC)) == [2]


def test_the_source_has_told_everything_up_to_the_overlap_when_no_page_was_cut(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, at(1)))
    assert shop.pull(limit=1).complete_to is None
    assert shop.pull(overlap="5 minutes").complete_to == NOW - timedelta(minutes=5)


def test_the_first_pull_begins_at_start(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, at(5)))
    assert shop.ids(start=at(3)) == [2]


def test_without_a_cursor_the_query_is_read_whole_and_known_rows_are_left_out(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, None))
    assert sorted(shop.ids(cursor=None)) == [1, 2]
    assert shop.ids(cursor=None) == []
    shop.insert((3, at(0)))
    assert shop.ids(cursor=None) == [3]


def test_more_rows_than_the_limit_without_a_cursor_are_an_error_not_a_loss(shop: Shop) -> None:
    shop.insert((1, at(0)), (2, at(0)))
    with pytest.raises(SourceError, match="more than 1 rows: name a `cursor`"):
        shop.pull(cursor=None, limit=1)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"table": "nowhere"}, "nowhere"),
        ({"query": "select id, updated_at from orders", "table": None}, "'total' is missing"),
        ({"query": "select nonsense(id) as id from orders", "table": None}, "nonsense"),
    ],
)
def test_what_a_person_must_mend_is_a_source_error_in_the_databases_words(
    shop: Shop, said: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        shop.pull(**said)
    assert not isinstance(raised.value, SourceUnavailable)


def test_a_file_that_is_not_there_yet_is_asked_for_again(shop: Shop) -> None:
    shop.path.unlink()
    with pytest.raises(SourceUnavailable, match="no file shop"):
        shop.pull()


def test_a_query_that_takes_too_long_is_asked_again_later(shop: Shop) -> None:
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) "
        "select count(*) as id, 1 as total, 1 as updated_at from n"
    )
    with pytest.raises(SourceUnavailable, match=r"(?i)interrupt"):
        shop.pull(query=endless, table=None, timeout="1 second")


def test_nothing_can_be_written_through_the_query(shop: Shop) -> None:
    shop.insert((1, at(0)))
    found = shop.source(cursor="updated_at")._opened()
    with found as database, pytest.raises(SourceError):
        database.read("delete from orders", ())
    assert shop.ids() == [1]


def test_a_duckdb_file_open_for_writing_elsewhere_is_asked_again_later(tmp_path: Path) -> None:
    shop = Shop("duckdb", tmp_path / "shop.duckdb")
    shop.run(TABLE.format(**TYPES["duckdb"]))
    holding = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(shop.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SourceUnavailable, match="open for writing in another process"):
            shop.pull()
        holder.communicate("\n")
    assert shop.ids() == []


def test_a_sqlite_file_locked_by_a_writer_is_asked_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anfl_assets.collect.connect.sql_sqlite._LOCK_S", 0.05)
    shop = Shop("sqlite", tmp_path / "shop.sqlite")
    shop.run(TABLE.format(**TYPES["sqlite"]))
    with closing(sqlite3.connect(shop.path, isolation_level=None)) as writer:
        writer.execute("begin exclusive")
        with pytest.raises(SourceUnavailable, match="locked"):
            shop.pull()


def test_sqlite_numbers_among_texts_keep_every_digit(tmp_path: Path) -> None:
    shop = Shop("sqlite", tmp_path / "shop.sqlite")
    shop.run("create table orders (id, total, updated_at)")
    shop.run(
        "insert into orders values (?, ?, ?)",
        [(1, "free", 10), (2, 1234567.891, 20), (3, None, 30)],
    )
    rows = shop.pull().batch.rows
    assert rows["total"].to_list() == ["free", "1234567.891", None]


def test_a_cursor_of_whole_numbers_goes_back_as_far_as_said(tmp_path: Path) -> None:
    shop = Shop("sqlite", tmp_path / "shop.sqlite")
    shop.run("create table orders (id integer, total text, updated_at integer)")
    shop.run("insert into orders values (?, '1', ?)", [(1, 100), (2, 105)])
    assert shop.ids(overlap=10) == [1, 2]
    shop.run("insert into orders values (?, '1', ?)", [(3, 96), (4, 80), (5, 106)])
    assert shop.ids(overlap=10) == [3, 5]


def test_decimals_as_cursor_are_in_the_order_of_numbers(tmp_path: Path) -> None:
    shop = Shop("duckdb", tmp_path / "shop.duckdb")
    shop.run("create table orders (id integer, total text, updated_at decimal(12,2))")
    shop.run("insert into orders values (?, '1', ?)", [(n, n + 0.25) for n in (9, 10, 100)])
    assert shop.ids(limit=1) == [9, 10, 100]
    shop.run("insert into orders values (?, '1', ?)", [(1000, 1000.5)])
    assert shop.ids() == [1000]


def test_times_without_an_offset_need_a_zone(tmp_path: Path) -> None:
    shop = Shop("sqlite", tmp_path / "shop.sqlite")
    shop.run(TABLE.format(**TYPES["sqlite"]))
    shop.insert((1, "2026-09-01 13:00:00"))
    with pytest.raises(SourceError, match="updated_at holds times without an offset: say their"):
        shop.pull()
    assert shop.ids(zone="Europe/Berlin") == [1]


def test_an_hour_that_clocks_show_twice_loses_no_row(tmp_path: Path) -> None:
    shop = Shop("sqlite", tmp_path / "shop.sqlite")
    shop.run(TABLE.format(**TYPES["sqlite"]))
    first = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)  # 02:59 in Berlin, a minute before 02:00
    shop.insert((1, "2026-10-25 02:59:00"))
    assert shop.ids(now=first, zone="Europe/Berlin") == [1]
    shop.insert((2, "2026-10-25 02:20:00"))
    assert shop.ids(now=first + timedelta(minutes=21), zone="Europe/Berlin") == [2]


def test_dates_as_cursor_read_the_last_day_again(tmp_path: Path) -> None:
    shop = Shop("duckdb", tmp_path / "shop.duckdb")
    shop.run("create table orders (id integer, total decimal(12,2), updated_at date)")
    shop.run("insert into orders values (?, 1, ?)", [(1, "2026-08-31"), (2, "2026-09-01")])
    assert shop.ids(zone="UTC") == [1, 2]
    shop.run("insert into orders values (?, 1, ?)", [(3, "2026-08-31"), (4, "2026-09-01")])
    assert shop.ids(zone="UTC") == [3, 4]


def test_infinite_times_are_no_value_and_stop_nothing(tmp_path: Path) -> None:
    shop = Shop("duckdb", tmp_path / "shop.duckdb")
    shop.run(TABLE.format(**TYPES["duckdb"]))
    shop.insert((1, "infinity"), (2, "-infinity"), (3, at(0)))
    pulled = shop.pull()
    assert pulled.batch.rows.select("id", "updated_at").rows()[0] == (2, None)
    assert pulled.batch.rows["id"].to_list() == [2, 3]
    assert pulled.batch.rejects["rule"].to_list() == ["no_cursor_value"]
    assert shop.ids() == []


def test_a_duckdb_query_reaches_no_file_but_its_own(tmp_path: Path) -> None:
    shop = Shop("duckdb", tmp_path / "shop.duckdb")
    shop.run(TABLE.format(**TYPES["duckdb"]))
    (tmp_path / "secret.csv").write_text("id,total,updated_at\n1,1,1\n")
    query = f"select * from read_csv('{tmp_path}/secret.csv')"  # noqa: S608
    with pytest.raises(SourceError, match="disabled by configuration"):
        shop.pull(query=query, table=None)


_STEPS = st.lists(
    st.lists(st.tuples(st.integers(-50, 0), st.integers(0, 2)), max_size=6), max_size=5
)


@settings(max_examples=25)
@given(steps=_STEPS, limit=st.integers(1, 4))
def test_whatever_is_committed_within_the_overlap_comes_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[tuple[int, int]]], limit: int
) -> None:
    shop = Shop("sqlite", tmp_path_factory.mktemp("any") / "shop.sqlite")
    shop.run(TABLE.format(**TYPES["sqlite"]))
    committed: list[int] = []
    received: list[int] = []
    for round_, rows in enumerate(steps):
        now = NOW + timedelta(seconds=30 * round_)
        for back, copies in rows:
            # One number for equal rows: how many there are is what counts.
            number = 1000 * round_ + back
            moment = (now + timedelta(seconds=back)).isoformat()
            shop.insert(*[(number, moment)] * copies)
            committed += [number] * copies
        received += shop.ids(now=now, limit=limit)
    assert sorted(received) == sorted(committed)
